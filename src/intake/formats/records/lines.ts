import { MAX_LINE_BYTES } from './limits.js';

/** Is given each line without its end (LF or CR LF); `number` counts from 1. */
export type LineTaker = (bytes: Buffer, from: number, end: number, number: number) => void;

/** A reader of lines that knows an input's first lines can go on at any line (InputFormat.resumeHead). */
export function wholeLines(head: Buffer): number {
  return head.lastIndexOf(LF) + 1;
}

const LF = 10;
const CR = 13;
const FIRST_CARRY_BYTES = 4096;

/** Cuts chunks of any size into lines; only a line cut by the edge of a chunk is copied. */
export class LineFeed {
  /** Lines longer than MAX_LINE_BYTES, which were left out. */
  tooLong = 0;
  /** Number of the line being read. */
  line = 1;
  readonly #take: LineTaker;
  #carry = Buffer.allocUnsafeSlow(FIRST_CARRY_BYTES);
  #kept = 0;
  #isPassing = false;

  constructor(take: LineTaker) {
    this.#take = take;
  }

  /** Bytes fed of the line that has no end yet; of one that is too long, what comes of it is passed over. */
  get pendingBytes(): number {
    return this.#isPassing ? 0 : this.#kept;
  }

  feed(chunk: Buffer): void {
    let at = 0;
    if (this.#kept > 0 || this.#isPassing) {
      const stop = chunk.indexOf(LF);
      if (stop < 0) {
        this.#keep(chunk, 0);
        return;
      }
      this.#keep(chunk, 0, stop);
      this.#endCarried();
      at = stop + 1;
    }
    for (;;) {
      const stop = chunk.indexOf(LF, at);
      if (stop < 0) break;
      if (stop - at > MAX_LINE_BYTES) this.tooLong++;
      else this.#take(chunk, at, stop > at && chunk[stop - 1] === CR ? stop - 1 : stop, this.line);
      this.line++;
      at = stop + 1;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  /** The last line may lack its end. */
  end(): void {
    if (this.#kept > 0 || this.#isPassing) this.#endCarried();
  }

  #endCarried(): void {
    if (this.#isPassing) this.tooLong++;
    else {
      const end = this.#kept > 0 && this.#carry[this.#kept - 1] === CR ? this.#kept - 1 : this.#kept;
      this.#take(this.#carry, 0, end, this.line);
    }
    this.line++;
    this.#kept = 0;
    this.#isPassing = false;
  }

  #keep(chunk: Buffer, from: number, end = chunk.length): void {
    if (this.#isPassing) return;
    const length = this.#kept + end - from;
    if (length > MAX_LINE_BYTES) {
      this.#isPassing = true;
      return;
    }
    if (length > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
      this.#carry.copy(larger, 0, 0, this.#kept);
      this.#carry = larger;
    }
    chunk.copy(this.#carry, this.#kept, from, end);
    this.#kept = length;
  }
}
