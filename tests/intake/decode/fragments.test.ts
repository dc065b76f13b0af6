import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { FragmentTable } from '../../../src/intake/decode/fragments.js';
import { Decoded, Decoder } from '../../../src/intake/decode/index.js';
import { MAX_DATAGRAMS, MAX_FRAGMENT_BYTES } from '../../../src/intake/decode/limits.js';
import { Tally } from '../../../src/intake/decode/tally.js';
import { createPacket } from '../../../src/model/packet.js';
import { ethernet, tcp, udp } from '../../support/frames.js';
import { fragment, fragments, vxlan } from '../../support/tunnels.js';
import { decodeFrame, fieldsOf, setFrame } from './frames.js';

const V4 = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 40000, dstPort: 3333, seq: 7, ack: 8 };
const V6 = { ...V4, src: '2001:db8::1', dst: '2001:db8::2' };
const payload = Buffer.from(Array.from({ length: 3000 }, (_, at) => at & 255));

function countersOf(decoder: Decoder): Record<string, number> {
  const counters = new Counters();
  decoder.report(counters);
  return counters.toObject();
}

describe.each([
  ['IPv4', V4],
  ['IPv6', V6],
])('fragments of %s', (_name, segment) => {
  const packet = tcp(payload, segment);
  const whole = decodeFrame(new Decoder(), ethernet(packet));
  const parts = fragments(packet, 504).map((part) => ethernet(part));

  it('in order and reversed give the whole segment with the last one that comes', () => {
    for (const order of [parts, [...parts].reverse()]) {
      const decoder = new Decoder();
      const results = order.map((part) => decodeFrame(decoder, part));
      expect(results.pop()).toEqual(whole);
      expect(results.every((result) => result.status === Decoded.PENDING && result.version === 0)).toBe(true);
      expect(countersOf(decoder)).toEqual({
        'decode.fragment.kept': parts.length - 1,
        'decode.fragment.reassembled': 1,
        'decode.tcp': 1,
      });
    }
  });

  it('in any order, some of them twice', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(parts, { minLength: parts.length }),
        fc.nat(parts.length - 2),
        (order, twice) => {
          const decoder = new Decoder();
          const sent = [...order.slice(0, twice + 1), order[twice]!, ...order.slice(twice + 1)];
          const results = sent.map((part) => decodeFrame(decoder, part));
          expect(results.at(-1)).toEqual(whole);
          expect(countersOf(decoder)).toMatchObject({ 'decode.fragment.duplicate': 1 });
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });

  it('are never whole while one is missing', () => {
    for (let missing = 0; missing < parts.length; missing++) {
      const decoder = new Decoder();
      const results = parts.filter((_, at) => at !== missing).map((part) => decodeFrame(decoder, part));
      expect(results.every(({ status }) => status === Decoded.PENDING)).toBe(true);
      expect(countersOf(decoder)).toMatchObject({ 'decode.fragment.unfinished': 1 });
    }
  });

  it('that overlap keep the byte that came first', () => {
    const decoder = new Decoder();
    const data = packet.subarray(packet.length - payload.length - 20);
    const evil = Buffer.alloc(1008, 0xee);
    decodeFrame(decoder, ethernet(fragment(packet, 0, data.subarray(0, 1504), true)));
    decodeFrame(decoder, ethernet(fragment(packet, 1000, evil, true)));
    const last = ethernet(fragment(packet, 1504, data.subarray(1504), false));
    const result = decodeFrame(decoder, last);
    const got = Buffer.from(result.payload, 'hex');
    expect(got.subarray(0, 1484)).toEqual(payload.subarray(0, 1484));
    expect(got.subarray(1484, 1988).every((byte) => byte === 0xee)).toBe(true);
    expect(got.subarray(1988)).toEqual(payload.subarray(1988));
    expect(countersOf(decoder)).toMatchObject({ 'decode.fragment.overlap': 2, 'decode.tcp': 1 });
  });

  it('of different ids do not mix', () => {
    const decoder = new Decoder();
    const other = fragments(packet, 504, 78).map((part) => ethernet(part));
    decodeFrame(decoder, parts[0]!);
    const results = other.slice(1).map((part) => decodeFrame(decoder, part));
    expect(results.every(({ status }) => status === Decoded.PENDING)).toBe(true);
    expect(decodeFrame(decoder, other[0]!)).toEqual(whole);
  });

  it('are given up after 30 s of capture time, and when the clock jumps back', () => {
    for (const timeUs of [1.7e15 + 31e6, 1.7e15 - 31e6]) {
      const decoder = new Decoder();
      decodeFrame(decoder, parts[0]!);
      for (const part of parts.slice(1))
        expect(decodeFrame(decoder, part, { timeUs }).status).toBe(Decoded.PENDING);
      expect(countersOf(decoder)).toMatchObject({ 'decode.fragment.timeout': 1 });
    }
  });

  it('cut by the snap length give the ports of the first and nothing else', () => {
    const decoder = new Decoder();
    const results = parts.map((part) =>
      decodeFrame(decoder, part.subarray(0, 100), { wireLength: part.length }),
    );
    expect(results[0]).toMatchObject({ status: Decoded.TRANSPORT, ports: [40000, 3333], wire: 484 });
    expect(results.slice(1).every(({ status }) => status === Decoded.TRUNCATED)).toBe(true);
  });

  it('leave the memory of the next frame alone', () => {
    const decoder = new Decoder();
    // One chunk with all frames, set once, as the formats do.
    const plain = ethernet(udp(Buffer.from('next'), segment));
    const frames = [...parts, plain, ...parts, plain];
    const p = setFrame(createPacket(), Buffer.concat(frames));
    const chunk = p.bytes;
    let at = 0;
    const results = frames.map((frame) => {
      p.frameOffset = at;
      p.frameLength = frame.length;
      p.wireLength = frame.length;
      at += frame.length;
      return fieldsOf(p, decoder.decode(p));
    });
    expect(results[parts.length - 1]).toEqual(whole);
    expect(results.at(-2)).toEqual(whole);
    expect(results.at(-1)!.payload).toBe(Buffer.from('next').toString('hex'));
    expect(p.bytes).toBe(chunk);
  });
});

describe('hostile fragments', () => {
  const packet = tcp(payload, V4);

  it('past the largest datagram, empty, or of odd length are malformed', () => {
    const decoder = new Decoder();
    const status = (offset: number, length: number, more: boolean) =>
      decodeFrame(decoder, ethernet(fragment(packet, offset, Buffer.alloc(length), more))).status;
    expect(status(65528, 16, false)).toBe(Decoded.MALFORMED);
    expect(status(8, 0, true)).toBe(Decoded.MALFORMED);
    expect(status(8, 9, true)).toBe(Decoded.MALFORMED);
    expect(status(8, 9, false)).toBe(Decoded.PENDING);
  });

  it('that contradict the known end are ignored', () => {
    const decoder = new Decoder();
    const data = packet.subarray(20);
    decodeFrame(decoder, ethernet(fragment(packet, 1504, data.subarray(1504), false)));
    decodeFrame(decoder, ethernet(fragment(packet, 1504, Buffer.alloc(8, 1), false)));
    decodeFrame(decoder, ethernet(fragment(packet, 4000, Buffer.alloc(80, 1), true)));
    const result = decodeFrame(decoder, ethernet(fragment(packet, 0, data.subarray(0, 1504), true)));
    expect(result.payload).toBe(payload.toString('hex'));
    expect(countersOf(decoder)).toMatchObject({ 'decode.fragment.overlap': 2 });
  });

  it('in a flood stay within the memory bounds', () => {
    const tally = new Tally();
    const table = new FragmentTable(tally);
    const bytes = Buffer.alloc(64);
    const count = 3 * MAX_DATAGRAMS;
    for (let at = 0; at < count; at++) {
      const offset = at % 3 === 0 ? 65000 : 0;
      table.add({ key: `${at}`, timeUs: 0, protocol: 6, offset, length: 64, more: true, bytes, at: 0 });
      expect(table.heldBytes).toBeLessThanOrEqual(MAX_FRAGMENT_BYTES);
    }
    expect(table.size).toBeLessThanOrEqual(MAX_DATAGRAMS);
    const counters = new Counters();
    tally.report(counters);
    expect(counters.get('decode.fragment.evicted')).toBe(count - table.size);
  });

  it('with holes everywhere are dropped', () => {
    const tally = new Tally();
    const table = new FragmentTable(tally);
    const bytes = Buffer.alloc(8);
    for (let offset = 16; offset < 16 + 16 * 257; offset += 16) {
      table.add({ key: 'holes', timeUs: 0, protocol: 6, offset, length: 8, more: true, bytes, at: 0 });
    }
    expect(table.size).toBe(0);
    expect(table.heldBytes).toBe(0);
  });
});

describe('fragments and tunnels', () => {
  it('are followed inside a reassembled outer packet, and again inside that', () => {
    const inner = udp(Buffer.from('inner'), { ...V4, dstPort: 5353 });
    const innerParts = fragments(inner, 8).map((part) => vxlan(part).subarray(14));
    const decoder = new Decoder();
    let last = decodeFrame(decoder, ethernet(innerParts[0]!));
    for (const [at, part] of innerParts.entries()) {
      for (const outer of fragments(part, 48, 100 + at)) last = decodeFrame(decoder, ethernet(outer));
    }
    expect(last).toMatchObject({ status: Decoded.TRANSPORT, ports: [40000, 5353] });
    expect(Buffer.from(last.payload, 'hex').toString()).toBe('inner');
  });
});
