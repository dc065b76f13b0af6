import { readSync } from 'node:fs';

/** Longest line of a log or package; an entry at all its limits takes half of it. */
export const MAX_LINE_BYTES = 1 << 20;
const CHUNK_BYTES = 1 << 18;
const LINE_FEED = 0x0a;

export interface Line {
  /** Without its line feed; of one that is too long the first MAX_LINE_BYTES. */
  readonly bytes: Buffer;
  /** Where it was read; empty where that has no name. */
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly atByte: number;
  /** False: the file ends in it. */
  readonly isWhole: boolean;
  readonly isTooLong: boolean;
}

/** Fills a buffer with what stands at a position; returns how many bytes, 0 at the end. */
export type ReadAt = (into: Buffer, position: number) => number;

export function reading(file: number): ReadAt {
  return (into, position) => readSync(file, into, 0, into.length, position);
}

/** The lines of what is read, one at a time, in bounded memory. */
export function* linesOf(readAt: ReadAt, file = ''): Generator<Line> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let [held, heldBytes, atByte, position]: [Buffer[], number, number, number] = [[], 0, 0, 0];
  let number = 0;
  const line = (isWhole: boolean): Line => {
    const isTooLong = heldBytes > MAX_LINE_BYTES;
    const bytes = Buffer.concat(held).subarray(0, MAX_LINE_BYTES);
    return { bytes, file, number: ++number, atByte, isWhole, isTooLong };
  };
  for (;;) {
    const count = readAt(chunk, position);
    if (count === 0) break;
    let start = 0;
    while (start < count) {
      const found = chunk.subarray(0, count).indexOf(LINE_FEED, start);
      const end = found < 0 ? count : found;
      // One byte more than is allowed is enough to know that it is too long.
      if (heldBytes <= MAX_LINE_BYTES) held.push(Buffer.from(chunk.subarray(start, end)));
      heldBytes += end - start;
      start = end + 1;
      if (found < 0) break;
      yield line(true);
      [held, heldBytes, atByte] = [[], 0, position + start];
    }
    position += count;
  }
  if (heldBytes > 0) yield line(false);
}
