import { describe, expect, it } from 'vitest';
import { decodeBzip2Block } from '../../../../src/intake/formats/nfdump/bzip2.js';
import { decodeLzoBlock } from '../../../../src/intake/formats/nfdump/lzo.js';
import { randomFrom } from '../../../support/random.js';

const END = [0x11, 0, 0];
const text = (value: string) => [...Buffer.from(value)];

function decoded(decode: typeof decodeLzoBlock, bytes: readonly number[], room = 4096): string | null {
  const into = Buffer.alloc(room);
  const length = decode(Uint8Array.from(bytes), into);
  return length < 0 ? null : into.toString('latin1', 0, length);
}

describe('LZO1X blocks', () => {
  it.each([
    ['a first run of literals', [17 + 5, ...text('hello'), ...END], 'hello'],
    ['a long run', [0, 2, ...text('x'.repeat(20)), ...END], 'x'.repeat(20)],
    ['a run of more than 255', [0, 0, 0, 27, ...text('y'.repeat(555)), ...END], 'y'.repeat(555)],
    [
      'a match of 3 and its trailing literals',
      [17 + 4, ...text('abcd'), 0x40 | (3 << 2) | 1, 0, 90, ...END],
      'abcdabcZ',
    ],
    [
      'a match of 5 to 8, one that overlaps',
      [17 + 4, ...text('abcd'), 0x80 | 0x60, 0, ...END],
      'abcddddddddd',
    ],
    [
      'a match with a distance of 14 bits',
      [17 + 4, ...text('abcd'), 0x20 | 2, 3 << 2, 0, ...END],
      'abcdabcd',
    ],
    [
      'a match whose length takes more bytes',
      [17 + 4, ...text('abcd'), 0x20, 1, 0, 0, ...END],
      `abcd${'d'.repeat(34)}`,
    ],
    ['a match of 2 after trailing literals', [17 + 1, ...text('a'), 0x00, 0, ...END], 'aaa'],
  ])('are read: %s', (_what, bytes, wanted) => {
    expect(decoded(decodeLzoBlock, bytes)).toBe(wanted);
  });

  it.each([
    ['nothing', []],
    ['no end', [17 + 5, ...text('hello')]],
    ['literals that are not there', [17 + 9, 1]],
    ['a length that does not end', [0, 0, 0, 0]],
    ['a match before the beginning', [17 + 4, ...text('abcd'), 0x80, 9, ...END]],
    ['more than fits', [0, 0, 0, 200, ...text('y'.repeat(600)), ...END]],
    ['bytes behind the end', [17 + 5, ...text('hello'), ...END, 1]],
  ])('are refused: %s', (_what, bytes) => {
    expect(decoded(decodeLzoBlock, bytes, 300)).toBeNull();
  });

  it('of any bytes end', () => {
    const random = randomFrom(5);
    for (let round = 0; round < 5000; round++) {
      const bytes = Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256));
      const result = decoded(decodeLzoBlock, bytes, 512);
      expect(result === null || result.length <= 512).toBe(true);
    }
  });
});

/** `printf hello | bzip2` */
const HELLO = Buffer.from('QlpoOTFBWSZTWRkxZT0AAACBAAJEoAAhmmgzTQczi7kinChIDJiynoA=', 'base64');

describe('bzip2 blocks', () => {
  it('are read, and refused where they are damaged, cut or too large', () => {
    expect(decoded(decodeBzip2Block, [...HELLO])).toBe('hello');
    expect(decoded(decodeBzip2Block, [...HELLO], 4)).toBeNull();
    // Its own sum fits where only the one of the whole stream is cut away.
    for (let cut = 0; cut < HELLO.length; cut++)
      expect([null, 'hello']).toContain(decoded(decodeBzip2Block, [...HELLO.subarray(0, cut)]));
    expect(decoded(decodeBzip2Block, [...HELLO.subarray(0, HELLO.length >> 1)])).toBeNull();
    const damaged = Buffer.from(HELLO);
    damaged[20]! ^= 0x55;
    expect(decoded(decodeBzip2Block, [...damaged])).toBeNull();
  });
});
