import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { MAX_RECORD_BYTES, RESYNC_WINDOW_BYTES } from '../../../src/intake/formats/limits.js';
import { pcap } from '../../../src/intake/formats/pcap.js';
import { pcapFile } from '../../support/frames.js';
import { codesOf, plainFrame, readAll } from './support.js';

const frames = [0, 1, 2, 3, 4, 5].map((index) => plainFrame(index));
const hexes = frames.map((frame) => frame.bytes.toString('hex'));
const HEADER = 24;
/** Where record `index` of pcapFile(frames) begins. */
const offsetOf = (index: number) =>
  frames.slice(0, index).reduce((sum, { bytes }) => sum + 16 + bytes.length, HEADER);

describe('pcap', () => {
  for (const nanoseconds of [false, true]) {
    for (const bigEndian of [false, true]) {
      it(`reads ${nanoseconds ? 'nano' : 'micro'}seconds, ${bigEndian ? 'big' : 'little'} endian`, () => {
        const result = readAll(pcap, pcapFile(frames, { nanoseconds, bigEndian, linkType: 101 }));
        expect(result.frames.map((frame) => frame.hex)).toEqual(hexes);
        expect(result.frames.map((frame) => frame.timeUs)).toEqual(frames.map((frame) => frame.timeUs));
        expect(result.frames[0]?.linkType).toBe(101);
        expect(result.problems).toEqual([]);
        expect(result.records).toBe(frames.length);
      });
    }
  }

  it('drops the digits below a microsecond', () => {
    const file = pcapFile([plainFrame(0)], { nanoseconds: true });
    file.writeUInt32LE(123_456_999, HEADER + 4);
    expect(readAll(pcap, file).frames[0]?.timeUs).toBe(1.7e15 + 123_456);
  });

  it('reads a file without packets', () => {
    const result = readAll(pcap, pcapFile([]));
    expect(result.frames).toEqual([]);
    expect(result.problems).toEqual([]);
  });

  it('masks the frame check sequence bits off the link type', () => {
    const file = pcapFile([plainFrame(0)], { linkType: 1 });
    file.writeUInt32LE(0x2400_0001 + 0x2000_0000, 20);
    expect(readAll(pcap, file).frames[0]?.linkType).toBe(1);
  });

  it('tells the length on the wire from the captured one, and a lie from either', () => {
    const file = pcapFile([
      { ...plainFrame(0), wireLength: 1500 },
      { ...plainFrame(1), wireLength: 3 },
    ]);
    expect(readAll(pcap, file).frames.map((frame) => frame.wireLength)).toEqual([1500, 21]);
  });

  it('reads Kuznetzov’s variant with its 24-byte record headers', () => {
    const plain = pcapFile(frames);
    const parts = [plain.subarray(0, HEADER)];
    frames.forEach((frame, index) => {
      parts.push(plain.subarray(offsetOf(index), offsetOf(index) + 16), Buffer.alloc(8, 0x55), frame.bytes);
    });
    const file = Buffer.concat(parts);
    file.writeUInt32LE(0xa1b2cd34, 0);
    expect(readAll(pcap, file).frames.map((frame) => frame.hex)).toEqual(hexes);
  });

  it('reads old files, whose two lengths are the other way round', () => {
    const file = pcapFile([{ ...plainFrame(0), wireLength: 60 }]);
    file.writeUInt16LE(2, 6);
    file.writeUInt32LE(60, HEADER + 8);
    file.writeUInt32LE(20, HEADER + 12);
    const [frame] = readAll(pcap, file).frames;
    expect(frame?.hex).toBe(hexes[0]);
    expect(frame?.wireLength).toBe(60);
  });

  it('takes records longer than the snap length, and counts them', () => {
    const file = pcapFile(frames);
    file.writeUInt32LE(22, 16);
    const result = readAll(pcap, file);
    expect(result.frames.map((frame) => frame.hex)).toEqual(hexes);
    expect(result.counters).toEqual({ 'pcap.over-snap-length': 3 });
  });

  it('gives the frames wholly contained in every prefix, and says where it was cut', () => {
    const file = pcapFile(frames);
    for (let cut = 0; cut <= file.length; cut++) {
      const result = readAll(pcap, file.subarray(0, cut));
      const whole = frames.findIndex((_, index) => offsetOf(index + 1) > cut);
      expect(result.frames.length).toBe(whole < 0 ? frames.length : whole);
      const isCut =
        cut > 0 &&
        (cut < HEADER || !frames.some((_, index) => offsetOf(index) === cut)) &&
        cut !== file.length;
      expect(codesOf(result)).toEqual(isCut ? ['truncated-tail'] : []);
      if (isCut) expect(result.problems[0]?.atByte).toBe(cut < HEADER ? 0 : offsetOf(result.frames.length));
    }
  });

  it('reads the same however the bytes are cut into chunks', () => {
    const file = pcapFile(frames);
    const whole = readAll(pcap, file);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        expect(readAll(pcap, file, sizes)).toEqual(whole);
      }),
    );
    expect(readAll(pcap, file, [1])).toEqual(whole);
  });

  for (const sizes of [[], [1], [7, 64]]) {
    it(`finds the way back after a wrong length (chunks ${sizes.join(', ') || 'whole'})`, () => {
      const file = pcapFile(frames);
      file.writeUInt32LE(0x7fffffff, offsetOf(1) + 8);
      const result = readAll(pcap, file, sizes);
      expect(result.frames.map((frame) => frame.hex)).toEqual(hexes.filter((_, index) => index !== 1));
      expect(result.problems).toMatchObject([{ code: 'bad-record-length', atByte: offsetOf(1), count: 1 }]);
      expect(result.counters).toEqual({ 'pcap.resync': 1, 'pcap.bytes-skipped': offsetOf(2) - offsetOf(1) });
    });
  }

  it('finds the way back to the very last record', () => {
    const file = pcapFile(frames);
    file.writeUInt32LE(0x7fffffff, offsetOf(4) + 8);
    expect(readAll(pcap, file).frames.map((frame) => frame.hex)).toEqual(
      hexes.filter((_, index) => index !== 4),
    );
  });

  it('counts damage met several times, keeping where it was first', () => {
    const many = Array.from({ length: 40 }, (_, index) => plainFrame(index, 30));
    const file = pcapFile(many);
    for (const index of [5, 15, 25]) file.writeUInt32LE(MAX_RECORD_BYTES + 1, HEADER + index * 46 + 8);
    const result = readAll(pcap, file);
    expect(result.frames.length).toBe(37);
    expect(result.problems).toMatchObject([{ code: 'bad-record-length', atByte: HEADER + 5 * 46, count: 3 }]);
  });

  it('takes the longest record and no longer one', () => {
    const longest = { timeUs: 1.7e15, bytes: Buffer.alloc(MAX_RECORD_BYTES, 1) };
    expect(readAll(pcap, pcapFile([longest, plainFrame(1)]), [60_000]).frames.length).toBe(2);
    const longer = { timeUs: 1.7e15, bytes: Buffer.alloc(MAX_RECORD_BYTES + 1, 1) };
    const result = readAll(pcap, pcapFile([longer, plainFrame(1)], { snapLength: 2 ** 20 }), [60_000]);
    expect(result.frames.map((frame) => frame.hex)).toEqual([hexes[1]]);
    expect(codesOf(result)).toEqual(['bad-record-length']);
  });

  it('leaves garbage behind the records alone', () => {
    const garbage = Buffer.alloc(5000, 0xab);
    const result = readAll(pcap, Buffer.concat([pcapFile(frames), garbage]), [1000]);
    expect(result.frames.map((frame) => frame.hex)).toEqual(hexes);
    expect(codesOf(result)).toEqual(['bad-record-length']);
    expect(result.counters['pcap.bytes-skipped']).toBe(5000);
  });

  it('gives up where nothing is found within the window, in bounded time', () => {
    const chunk = Buffer.alloc(1 << 20, 0xab);
    let count = 0;
    const reader = pcap.open(
      { frame: () => count++, flow: () => undefined, observation: () => undefined },
      new Counters(),
    );
    reader.feed(pcapFile(frames));
    for (let fed = 0; fed <= RESYNC_WINDOW_BYTES; fed += chunk.length) reader.feed(chunk);
    reader.feed(pcapFile(frames).subarray(HEADER));
    reader.end();
    expect(count).toBe(frames.length);
  });

  it('never throws, whatever bytes are changed', () => {
    const file = pcapFile(frames);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        (changes, size) => {
          const changed = Buffer.from(file);
          for (const [at, value] of changes) changed[at] = value;
          const result = readAll(pcap, changed, [size]);
          expect(result.frames).toEqual(readAll(pcap, changed).frames);
        },
      ),
      { numRuns: 500 },
    );
  });
});
