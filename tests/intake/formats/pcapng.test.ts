import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BLOCK_BYTES, MAX_RECORD_BYTES } from '../../../src/intake/formats/limits.js';
import { pcapng } from '../../../src/intake/formats/pcapng.js';
import { pcapngFile } from '../../support/frames.js';
import { block, enhanced, interfaceBlock, obsolete, option, section, simple } from './blocks.js';
import { codesOf, plainFrame, readAll } from './support.js';

const frames = [0, 1, 2, 3, 4, 5].map((index) => plainFrame(index));
const hexes = frames.map((frame) => frame.bytes.toString('hex'));
const data = (index: number) => frames[index]!.bytes;
const TICKS = 1_700_000_000_123_456n;

describe('pcapng', () => {
  it('reads the plain case', () => {
    const result = readAll(pcapng, pcapngFile(frames, { linkType: 113 }));
    expect(result.frames.map((frame) => frame.hex)).toEqual(hexes);
    expect(result.frames.map((frame) => frame.timeUs)).toEqual(frames.map((frame) => frame.timeUs));
    expect(result.frames[0]?.linkType).toBe(113);
    expect(result.problems).toEqual([]);
    expect(result.counters).toEqual({});
  });

  it('reads several sections, each in its byte order and with its own interfaces', () => {
    const file = Buffer.concat([
      section(false),
      interfaceBlock(false, 1),
      interfaceBlock(false, 101),
      enhanced(false, 1, TICKS, data(0)),
      section(true),
      interfaceBlock(true, 113),
      enhanced(true, 0, TICKS, data(1), 999),
      section(false),
      interfaceBlock(false, 276),
      enhanced(false, 0, TICKS, data(2)),
    ]);
    const result = readAll(pcapng, file);
    expect(result.frames.map(({ linkType, wireLength, hex }) => [linkType, wireLength, hex])).toEqual([
      [101, 20, hexes[0]],
      [113, 999, hexes[1]],
      [276, 22, hexes[2]],
    ]);
    expect(new Set(result.frames.map((frame) => frame.timeUs))).toEqual(new Set([1_700_000_000_123_456]));
    expect(result.problems).toEqual([]);
  });

  const resolutions: [name: string, value: number, ticks: bigint, timeUs: number, within: number][] = [
    ['seconds', 0, 1_700_000_000n, 1.7e15, 0],
    ['milliseconds', 3, 1_700_000_000_123n, 1_700_000_000_123_000, 0],
    ['microseconds', 6, TICKS, 1_700_000_000_123_456, 0],
    ['nanoseconds', 9, 1_700_000_000_123_456_999n, 1_700_000_000_123_456, 0],
    ['a hundredth of a microsecond', 8, 170_000_000_012_345_699n, 1_700_000_000_123_456, 0],
    ['picoseconds, as far as they reach', 12, 17_000_000_123_456_999_999n, 17_000_000_123_456, 0],
    ['2^-10 s', 0x8a, 1_700_000_000n * 1024n + 512n, 1_700_000_000_500_000, 0],
    ['2^-20 s', 0x94, 1_700_000_000n * 1_048_576n + 524_288n, 1_700_000_000_500_000, 0],
    ['2^-32 s', 0xa0, 1_700_000_000n * 4_294_967_296n + 2_147_483_648n, 1_700_000_000_500_000, 1],
  ];
  for (const [name, value, ticks, timeUs, within] of resolutions) {
    for (const big of [false, true]) {
      it(`reads times in ${name}, ${big ? 'big' : 'little'} endian`, () => {
        const options = option(big, 9, Buffer.from([value]));
        const file = Buffer.concat([
          section(big),
          interfaceBlock(big, 1, options),
          enhanced(big, 0, ticks, data(0)),
        ]);
        expect(Math.abs((readAll(pcapng, file).frames[0]?.timeUs ?? 0) - timeUs)).toBeLessThanOrEqual(within);
      });
    }
  }

  it('adds the time offset, which may be negative', () => {
    const offset = Buffer.alloc(8);
    offset.writeBigInt64BE(-3600n);
    const file = Buffer.concat([
      section(true),
      interfaceBlock(true, 1, option(true, 2, Buffer.from('eth0x')), option(true, 14, offset)),
      enhanced(true, 0, TICKS, data(0)),
    ]);
    expect(readAll(pcapng, file).frames[0]?.timeUs).toBe(1_700_000_000_123_456 - 3.6e9);
  });

  it('reads obsolete packet blocks', () => {
    const file = Buffer.concat([
      section(true),
      interfaceBlock(true, 1),
      interfaceBlock(true, 12),
      obsolete(true, 1, TICKS, data(0)),
    ]);
    expect(readAll(pcapng, file).frames).toEqual([
      { timeUs: 1_700_000_000_123_456, linkType: 12, wireLength: 20, hex: hexes[0] },
    ]);
  });

  it('reads simple packet blocks, which have no time, to the snap length', () => {
    const file = Buffer.concat([
      section(false),
      interfaceBlock(false, 1, Buffer.alloc(0), Buffer.alloc(0), 10),
      simple(false, data(3), 23),
      enhanced(false, 0, TICKS, data(0)),
      simple(false, data(3).subarray(0, 10), 23),
    ]);
    const result = readAll(pcapng, file);
    expect(result.frames.map(({ timeUs, wireLength, hex }) => [timeUs, wireLength, hex.length / 2])).toEqual([
      [0, 23, 10],
      [1_700_000_000_123_456, 20, 20],
      [1_700_000_000_123_456, 23, 10],
    ]);
    expect(result.counters).toEqual({ 'pcapng.no-timestamp': 2 });
  });

  it('passes over blocks that it does not know, also those larger than any buffer', () => {
    const large = block(false, 0x8000_0123, Buffer.alloc(MAX_BLOCK_BYTES + 4));
    const file = Buffer.concat([
      section(false),
      block(false, 0xbad, Buffer.alloc(8)),
      interfaceBlock(false, 1),
      large,
      enhanced(false, 0, TICKS, data(0)),
      block(false, 5, Buffer.alloc(12)),
      enhanced(false, 0, TICKS, data(1)),
    ]);
    for (const sizes of [[], [1 << 19]]) {
      const result = readAll(pcapng, file, sizes);
      expect(result.frames.map((frame) => frame.hex)).toEqual([hexes[0], hexes[1]]);
      expect(result.counters).toEqual({ 'pcapng.blocks-skipped': 3 });
      expect(result.problems).toEqual([]);
    }
  });

  it('leaves out frames of interfaces that are not there', () => {
    const file = Buffer.concat([
      section(false),
      enhanced(false, 0, TICKS, data(0)),
      simple(false, data(1), 21),
      obsolete(false, 0, TICKS, data(2)),
      interfaceBlock(false, 1),
      enhanced(false, 7, TICKS, data(3)),
      enhanced(false, 0, TICKS, data(4)),
    ]);
    const result = readAll(pcapng, file);
    expect(result.frames.map((frame) => frame.hex)).toEqual([hexes[4]]);
    expect(result.problems).toMatchObject([{ code: 'unknown-interface', atByte: 28, count: 4 }]);
  });

  it('clamps a captured length that its block does not hold', () => {
    const lie = enhanced(false, 0, TICKS, data(0));
    lie.writeUInt32LE(5000, 20);
    const result = readAll(
      pcapng,
      Buffer.concat([section(false), interfaceBlock(false, 1), lie, enhanced(false, 0, TICKS, data(1))]),
    );
    expect(result.frames.map((frame) => frame.hex)).toEqual([hexes[0], hexes[1]]);
    expect(result.counters).toEqual({ 'pcapng.captured-length-clamped': 1 });
  });

  it('leaves out a frame that is too long, and goes on behind it', () => {
    const file = Buffer.concat([
      section(false),
      interfaceBlock(false, 1),
      enhanced(false, 0, TICKS, Buffer.alloc(MAX_RECORD_BYTES + 4)),
      enhanced(false, 0, TICKS, data(1)),
    ]);
    const result = readAll(pcapng, file, [65536]);
    expect(result.frames.map((frame) => frame.hex)).toEqual([hexes[1]]);
    expect(codesOf(result)).toEqual(['bad-record-length']);
  });

  it('leaves out packet blocks too short for their fields', () => {
    const file = Buffer.concat([
      section(false),
      interfaceBlock(false, 1),
      block(false, 6, Buffer.alloc(8)),
      block(false, 2, Buffer.alloc(0)),
      block(false, 3, Buffer.alloc(0)),
      block(false, 1, Buffer.alloc(0)),
      enhanced(false, 0, TICKS, data(0)),
    ]);
    const result = readAll(pcapng, file);
    expect(result.frames.map((frame) => frame.hex)).toEqual([hexes[0]]);
    expect(result.problems).toMatchObject([{ code: 'bad-block-length', count: 3 }]);
  });

  it('counts trailing lengths that differ', () => {
    const off = enhanced(false, 0, TICKS, data(0));
    off.writeUInt32LE(8, off.length - 4);
    const result = readAll(
      pcapng,
      Buffer.concat([section(false), interfaceBlock(false, 1), off, enhanced(false, 0, TICKS, data(1))]),
    );
    expect(result.frames.length).toBe(2);
    expect(result.counters).toEqual({ 'pcapng.trailer-mismatch': 1 });
  });

  for (const [length, sizes] of [
    [8, []],
    [33, [1]],
    [0xfffffff0, [50]],
  ] as [number, number[]][]) {
    it(`finds the way back after a block of ${length} bytes`, () => {
      const parts = [
        section(false),
        interfaceBlock(false, 1),
        ...frames.map(({ bytes }) => enhanced(false, 0, TICKS, bytes)),
      ];
      parts[4]!.writeUInt32LE(length, 4);
      const result = readAll(pcapng, Buffer.concat(parts), sizes);
      expect(result.frames.map((frame) => frame.hex)).toEqual(hexes.filter((_, index) => index !== 2));
      expect(codesOf(result)).toEqual(['bad-block-length']);
      expect(result.counters['pcapng.resync']).toBe(1);
      expect(result.counters['pcapng.bytes-skipped']).toBe(parts[4]!.length);
    });
  }

  it('gives the frames wholly contained in every prefix', () => {
    const file = pcapngFile(frames);
    const ends: number[] = [];
    for (let at = 28 + 20; at < file.length; ) {
      at += file.readUInt32LE(at + 4);
      ends.push(at);
    }
    for (let cut = 0; cut <= file.length; cut++) {
      const result = readAll(pcapng, file.subarray(0, cut));
      expect(result.frames.length).toBe(ends.filter((end) => end <= cut).length);
      expect(codesOf(result)).toEqual([0, 28, 48, ...ends].includes(cut) ? [] : ['truncated-tail']);
    }
  });

  it('reads the same however the bytes are cut into chunks', () => {
    const file = Buffer.concat([
      pcapngFile(frames),
      section(true),
      block(true, 0x1234, Buffer.alloc(300)),
      interfaceBlock(true, 1),
      enhanced(true, 0, TICKS, data(2)),
      simple(true, data(1), 21),
    ]);
    const whole = readAll(pcapng, file);
    expect(whole.frames.length).toBe(8);
    expect(readAll(pcapng, file, [1])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 130 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        expect(readAll(pcapng, file, sizes)).toEqual(whole);
      }),
    );
  });

  it('never throws, whatever bytes are changed', () => {
    const file = Buffer.concat([
      section(true),
      interfaceBlock(true, 1, option(true, 9, Buffer.from([9])), option(true, 14, Buffer.alloc(8))),
      enhanced(true, 0, TICKS, data(0)),
      obsolete(true, 0, TICKS, data(1)),
      simple(true, data(2), 22),
      pcapngFile(frames),
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        (changes, size) => {
          const changed = Buffer.from(file);
          for (const [at, value] of changes) changed[at] = value;
          const result = readAll(pcapng, changed, [size]);
          expect(result.frames).toEqual(readAll(pcapng, changed).frames);
          expect(result.frames.every((frame) => Number.isFinite(frame.timeUs))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
