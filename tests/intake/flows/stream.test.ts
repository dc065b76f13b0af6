import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/intake/flows/limits.js';
import { TcpStream } from '../../../src/intake/flows/stream.js';
import { StreamTally } from '../../../src/intake/flows/tally.js';
import { createPacket } from '../../../src/model/packet.js';

interface Segment {
  seq: number;
  text: string;
  /** Wire length; default: all of it was captured. */
  wire?: number;
  timeUs?: number;
}

function streamOf(
  startSeq: number,
  limits: Partial<typeof DEFAULT_LIMITS> = {},
  most = Number.POSITIVE_INFINITY,
) {
  const tally = new StreamTally();
  const state = { text: '', gaps: [] as number[] };
  const sink = {
    tally,
    limits: { ...DEFAULT_LIMITS, ...limits },
    deliver: (_side: number, bytes: Buffer) => {
      state.text += bytes.toString('latin1');
      return state.text.length < most;
    },
    gap: (_side: number, byteCount: number) => {
      state.gaps.push(byteCount);
      state.text += '_';
    },
  };
  const stream = new TcpStream(sink, 0, startSeq);
  const packet = createPacket();
  const push = (segment: Segment) => {
    packet.bytes = Buffer.from(`xx${segment.text}yy`, 'latin1');
    packet.timeUs = segment.timeUs ?? 0;
    packet.tcpSeq = segment.seq >>> 0;
    packet.tcpFlags = 16;
    packet.payloadOffset = 2;
    packet.payloadLength = segment.text.length;
    packet.payloadWireLength = segment.wire ?? segment.text.length;
    stream.push(packet);
  };
  return { stream, tally, state, push };
}

const ALPHABET = Array.from({ length: 300 }, (_, at) => String.fromCharCode(32 + (at % 90))).join('');

describe('TcpStream', () => {
  it('gives the whole, however it is cut, overlapped, repeated, reordered and wrapped', () => {
    const pieces = fc.array(fc.tuple(fc.nat(299), fc.integer({ min: 1, max: 60 })), { maxLength: 40 });
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 299 }), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        cuts,
        pieces,
        fc.infiniteStream(fc.nat(1000)),
        (isn, cut, extra, dice) => {
          const ends = [...cut.sort((a, b) => a - b), ALPHABET.length];
          const whole = ends.map((end, at) => [at === 0 ? 0 : ends[at - 1]!, end] as const);
          const all = [
            ...whole,
            ...extra.map(([from, length]) => [from, Math.min(300, from + length)] as const),
          ];
          const shuffled = all
            .map((range) => ({ range, order: dice.next().value as number }))
            .sort((a, b) => a.order - b.order);
          const { push, state, tally } = streamOf(isn);
          for (const { range } of shuffled) push({ seq: isn + range[0], text: ALPHABET.slice(...range) });
          expect(state).toEqual({ text: ALPHABET, gaps: [] });
          expect(tally.waitingBytes).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets the first bytes win where copies differ', () => {
    const { push, state, tally } = streamOf(100);
    push({ seq: 100, text: 'abcd' });
    push({ seq: 102, text: 'XXef' });
    push({ seq: 108, text: 'ijkl' });
    push({ seq: 106, text: 'ghYYYYmn' });
    expect(state.text).toBe('abcdefghijklmn');
    expect(tally.overlaps).toBeGreaterThan(0);
  });

  it('lets the first of two waiting copies win, on either side', () => {
    const { push, state } = streamOf(0);
    push({ seq: 4, text: 'efgh' });
    push({ seq: 2, text: 'cdXXXXij' });
    push({ seq: 0, text: 'ab' });
    expect(state.text).toBe('abcdefghij');
  });

  it('drops what it has, and keep-alive probes', () => {
    const { push, state, tally } = streamOf(0);
    push({ seq: 0, text: 'abcd' });
    push({ seq: 0, text: 'abcd' });
    push({ seq: 3, text: '\0' });
    expect(state.text).toBe('abcd');
    expect([tally.retransmissions, tally.keepAlives]).toEqual([1, 1]);
  });

  it('takes a zero-window probe as the byte that it is', () => {
    const { push, state } = streamOf(0);
    push({ seq: 0, text: 'a' });
    push({ seq: 0, text: 'abc' });
    expect(state.text).toBe('abc');
  });

  it('tells of bytes that the snap length cut, in order', () => {
    const { push, state, tally } = streamOf(0);
    push({ seq: 10, text: 'klm', wire: 10 });
    push({ seq: 0, text: 'abcde', wire: 10 });
    push({ seq: 20, text: 'u' });
    expect(state).toEqual({ text: 'abcde_klm_u', gaps: [5, 7] });
    expect(tally.snapped).toBe(2);
  });

  it('tells of a whole segment without captured bytes', () => {
    const { push, state } = streamOf(0);
    push({ seq: 0, text: '', wire: 10 });
    push({ seq: 10, text: 'k' });
    expect(state).toEqual({ text: '_k', gaps: [10] });
  });

  it('waits for a hole that is acknowledged, but not for ever', () => {
    const { push, state, stream } = streamOf(0);
    push({ seq: 5, text: 'fgh', timeUs: 1e6 });
    stream.acknowledge(8, 2e6);
    expect(state.text).toBe('');
    stream.acknowledge(8, 20e6);
    expect(state).toEqual({ text: '_fgh', gaps: [5] });
  });

  it('counts an acknowledged hole as lost after many segments', () => {
    const { push, state, stream, tally } = streamOf(0);
    push({ seq: 5, text: 'f' });
    stream.acknowledge(6, 0);
    for (let at = 0; at < 70; at++) push({ seq: 6 + at, text: 'g' });
    expect(state.gaps).toEqual([5]);
    expect(state.text.length).toBe(72);
    expect([tally.gaps, tally.gapBytes]).toEqual([1, 5]);
  });

  it('does without acknowledgements: time alone, or too many bytes, too many segments', () => {
    const byTime = streamOf(0);
    byTime.push({ seq: 5, text: 'f', timeUs: 0 });
    byTime.push({ seq: 6, text: 'g', timeUs: 61e6 });
    expect(byTime.state.text).toBe('_fg');
    const byBytes = streamOf(0, { maxOutOfOrderBytes: 1000 });
    byBytes.push({ seq: 5, text: 'f'.repeat(900) });
    expect(byBytes.state.gaps).toEqual([5]);
    const byCount = streamOf(0, { maxOutOfOrderSegments: 2 });
    for (const seq of [5, 7, 9]) byCount.push({ seq, text: 'f' });
    expect(byCount.state.text).toBe('_f');
    expect(byCount.tally.waitingBytes).toBeGreaterThan(0);
    byCount.stream.flush(0);
    expect(byCount.state).toEqual({ text: '_f_f_f', gaps: [5, 1, 1] });
    expect(byCount.tally.waitingBytes).toBe(0);
  });

  it('ignores segments far off, but follows three that agree', () => {
    const { push, state, tally } = streamOf(0);
    push({ seq: 0, text: 'ab' });
    push({ seq: 0x40000000, text: 'evil' });
    push({ seq: 2, text: 'cd' });
    expect(state.text).toBe('abcd');
    for (const [at, text] of ['ee', 'ff', 'gg', 'hh'].entries()) push({ seq: 0x50000000 + at * 2, text });
    expect(state).toEqual({ text: 'abcd_gghh', gaps: [0x50000004 - 4] });
    expect([tally.outOfWindow, tally.resyncs]).toEqual([4, 1]);
  });

  it('stops in the middle of what waits when nobody listens any more', () => {
    const { push, state } = streamOf(0, {}, 3);
    push({ seq: 2, text: 'c' });
    push({ seq: 3, text: 'd' });
    push({ seq: 0, text: 'ab' });
    expect(state.text).toBe('abc');
  });
});
