import { describe, expect, it } from 'vitest';
import { Decoded, Decoder } from '../../../src/intake/decode/index.js';
import { EARLY_PAYLOADS } from '../../../src/intake/flows/limits.js';
import { FlowTable } from '../../../src/intake/flows/table.js';
import { createPacket, type Packet } from '../../../src/model/packet.js';
import { ethernet, tcpSession, udp } from '../../support/frames.js';

/** Feeds frames; tells which TCP conversations became sessions, and which UDP payloads were offered. */
function feed(frames: readonly { readonly bytes: Buffer }[], invites?: (packet: Packet) => boolean) {
  const offered: { port: number; isWatched: boolean }[] = [];
  let sessions = 0;
  let asked = 0;
  const flows = new FlowTable({
    wake: new Uint8Array(256),
    opened: ({ dstPort }) => dstPort === 4433,
    session: () => {
      sessions++;
      return null;
    },
    datagram: () => undefined,
    closed: () => undefined,
    opening: ({ dstPort }, _record, isWatched) => offered.push({ port: dstPort, isWatched }),
    ...(invites === undefined
      ? {}
      : {
          invites: (packet: Packet) => {
            asked++;
            return invites(packet);
          },
        }),
  });
  const decoder = new Decoder();
  frames.forEach(({ bytes }, at) => {
    const packet = createPacket();
    packet.bytes = bytes;
    packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    Object.assign(packet, {
      linkType: 1,
      frameOffset: 0,
      frameLength: bytes.length,
      wireLength: bytes.length,
      timeUs: at,
    });
    if (decoder.decode(packet) === Decoded.TRANSPORT) flows.add(packet, at + 1);
  });
  flows.end();
  return { offered, sessions, asked };
}

const said = (size: number) =>
  tcpSession([
    { direction: 'to-server', atSeconds: 0, bytes: Buffer.alloc(size, 0x99) },
    { direction: 'to-server', atSeconds: 1, bytes: Buffer.alloc(64, 0x99) },
  ]);

describe('beginnings of conversations', () => {
  it('whose first byte says nothing are read where the first payload invites', () => {
    const isLong = ({ payloadWireLength }: Packet) => payloadWireLength === 64;
    expect(feed(said(64), isLong)).toMatchObject({ sessions: 1, asked: 1 });
    // Only the first payload of a sender is asked for.
    expect(feed(said(63), isLong)).toMatchObject({ sessions: 0, asked: 1 });
    expect(feed(said(64))).toMatchObject({ sessions: 0 });
  });

  it('over UDP are offered, a few payloads of each sender, and whether they are watched', () => {
    const datagram = (srcPort: number, dstPort: number) => ({
      bytes: ethernet(udp(Buffer.from('hello'), { srcPort, dstPort, src: '10.0.0.1', dst: '10.0.0.2' })),
    });
    const many = Array.from({ length: EARLY_PAYLOADS + 5 }, () => datagram(5000, 4433));
    const { offered } = feed([...many, datagram(5001, 443), datagram(5002, 53)]);
    expect(offered.filter(({ port }) => port === 4433)).toEqual(
      Array.from({ length: EARLY_PAYLOADS }, () => ({ port: 4433, isWatched: true })),
    );
    expect(offered.filter(({ port }) => port !== 4433)).toEqual([{ port: 443, isWatched: false }]);
  });
});
