import type { FormatReader, Problem } from './format.js';
import type { ProblemList } from './problems.js';

/** Finds whole records in bytes. It may be shown the same unfinished record again, with more bytes behind it. */
export interface RecordWalker {
  /**
   * Handles the whole records of bytes[from, end) and says where the first unfinished one begins; past `end`, where
   * the bytes up to there are of no interest. `base` is the offset in the input of bytes[0]. `isLast`: nothing comes
   * after `end`.
   */
  walk(bytes: Buffer, view: DataView, from: number, end: number, base: number, isLast: boolean): number;
  /** After walk(): bytes that the unfinished record needs, from its beginning. Always more than were there. */
  readonly need: number;
  /** Records handed on so far. */
  readonly records: number;
  readonly problems: ProblemList;
  /** Called once, after the last walk(): reports what was cut short, and what was counted. */
  finish(left: Remainder): void;
}

/** What was left when the input ended. */
export interface Remainder {
  /** Offset in the input of the unfinished record. */
  readonly atByte: number;
  /** Bytes of it that were there; 0: the input ended with a whole record. */
  readonly length: number;
}

const FIRST_CARRY_BYTES = 4096;

/**
 * Cuts chunks of any size into records for a walker. Records lie where they came, without a copy, but for the one cut by
 * the edge of a chunk, which is put together in a buffer of its own.
 */
export class RecordReader implements FormatReader {
  readonly #walker: RecordWalker;
  #carry = Buffer.allocUnsafeSlow(FIRST_CARRY_BYTES);
  #carryView = viewOf(this.#carry);
  #kept = 0;
  /** Bytes still to be passed over. */
  #skip = 0;
  /** Offset in the input of the next byte that feed() will be given. */
  #fed = 0;

  constructor(walker: RecordWalker) {
    this.#walker = walker;
  }

  get records(): number {
    return this.#walker.records;
  }

  get problems(): readonly Problem[] {
    return this.#walker.problems.list;
  }

  get pendingBytes(): number {
    return this.#kept;
  }

  feed(chunk: Buffer): void {
    const size = chunk.length;
    let at = Math.min(this.#skip, size);
    this.#skip -= at;
    while (this.#kept > 0 && at < size) at = this.#completeCarry(chunk, at);
    if (at < size) {
      const next = this.#walker.walk(chunk, viewOf(chunk), at, size, this.#fed, false);
      if (next < size) this.#keep(chunk, next, size);
      else this.#skip = next - size;
    } else {
      this.#skip += at - size;
    }
    this.#fed += size;
  }

  end(): void {
    let at = 0;
    if (this.#kept > 0) {
      const base = this.#fed - this.#kept;
      at = this.#walker.walk(this.#carry, this.#carryView, 0, this.#kept, base, true);
    }
    const missing = Math.max(this.#skip, at - this.#kept);
    const left = missing > 0 ? 1 : this.#kept - at;
    const atByte = missing > 0 ? this.#fed : this.#fed - left;
    this.#kept = 0;
    this.#skip = 0;
    this.#walker.finish({ atByte, length: left });
  }

  /** Fills the carried record from the chunk; returns how far the chunk is used, maybe past its end. */
  #completeCarry(chunk: Buffer, at: number): number {
    const end = at + Math.min(this.#walker.need - this.#kept, chunk.length - at);
    this.#keep(chunk, at, end);
    if (this.#kept < this.#walker.need) return end;
    const next = this.#walker.walk(
      this.#carry,
      this.#carryView,
      0,
      this.#kept,
      this.#fed + end - this.#kept,
      false,
    );
    const used = Math.min(next, this.#kept);
    this.#carry.copyWithin(0, used, this.#kept);
    const past = next - used;
    this.#kept -= used;
    return end + past;
  }

  #keep(chunk: Buffer, from: number, end: number): void {
    const length = this.#kept + end - from;
    if (length > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
      this.#carry.copy(larger, 0, 0, this.#kept);
      this.#carry = larger;
      this.#carryView = viewOf(larger);
    }
    chunk.copy(this.#carry, this.#kept, from, end);
    this.#kept = length;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
