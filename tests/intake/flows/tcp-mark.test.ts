import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TcpMark } from '../../../src/intake/flows/tcp-mark.js';
import { createPacket, type Packet } from '../../../src/model/packet.js';

/** An IPv4 or IPv6 TCP segment with these options. */
function segment(options: Buffer, { ttl = 61, timeUs = 0, ipVersion = 4 } = {}): Packet {
  const padded = Buffer.concat([options, Buffer.alloc((4 - (options.length % 4)) % 4)]);
  const ip = Buffer.alloc(ipVersion === 4 ? 20 : 40);
  ip[0] = ipVersion === 4 ? 0x45 : 0x60;
  ip[ipVersion === 4 ? 9 : 6] = 6;
  const tcp = Buffer.alloc(20);
  tcp[12] = ((20 + padded.length) / 4) << 4;
  const packet = createPacket();
  packet.bytes = Buffer.concat([ip, tcp, padded, Buffer.from('x')]);
  packet.view = new DataView(packet.bytes.buffer, packet.bytes.byteOffset, packet.bytes.length);
  packet.payloadOffset = ip.length + 20 + padded.length;
  packet.srcOffset = ipVersion === 4 ? 12 : 8;
  return Object.assign(packet, { ipVersion, ttl, timeUs });
}

function timestamp(value: number): Buffer {
  const option = Buffer.alloc(12);
  option.set([1, 1, 8, 10]);
  option.writeUInt32BE(value >>> 0, 4);
  return option;
}

describe('marks of a TCP implementation', () => {
  it.each([100, 250, 1000])('tells a clock of %i Hz and when it began, across its overflow', (hz) => {
    for (const ipVersion of [4, 6]) {
      const zeroUs = 1.7e15 - (2 ** 32 / hz) * 1e6 + 5e6;
      const mark = new TcpMark();
      for (let timeUs = 1.7e15; timeUs <= 1.7e15 + 60e6; timeUs += 7e6)
        mark.add(segment(timestamp(Math.floor(((timeUs - zeroUs) / 1e6) * hz)), { timeUs, ipVersion }));
      const stack = mark.stack;
      expect(stack).toMatchObject({ ttl: 61, hasTimestamps: true, clockHz: hz });
      const periodUs = (2 ** 32 / hz) * 1e6;
      const off = Math.abs((stack?.clockZeroUs ?? 0) - zeroUs) % periodUs;
      expect(Math.min(off, periodUs - off)).toBeLessThan(2e4);
    }
  });

  it('tells no rate of a short stretch, nor of a clock that jumps', () => {
    const mark = new TcpMark();
    expect(mark.stack).toBeNull();
    mark.add(segment(timestamp(5), { timeUs: 0 }));
    mark.add(segment(timestamp(505), { timeUs: 5e6 }));
    expect(mark.stack).toEqual({ ttl: 61, hasTimestamps: true, clockHz: null, clockZeroUs: null });
    mark.add(segment(timestamp(1e9), { timeUs: 50e6 }));
    expect(mark.stack?.clockHz).toBeNull();
  });

  it('reads no option where there is none, whatever the bytes are', () => {
    const mark = new TcpMark();
    mark.add(segment(Buffer.alloc(0)));
    expect(mark.stack).toMatchObject({ hasTimestamps: false });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(80), (options, srcOffset) => {
        const packet = segment(Buffer.from(options));
        packet.srcOffset = srcOffset;
        const any = new TcpMark();
        any.add(packet);
        expect(any.stack?.ttl).toBe(61);
      }),
    );
  });
});
