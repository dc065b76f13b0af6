import type { Counters } from '../../base/counters.js';
import { RESYNC_WINDOW_BYTES } from './limits.js';

/** Answers of a RunTest; any other number says how many bytes from `at` on it takes to tell. */
export const Run = { NO: 0, YES: 1 } as const;

/** Whether records seem to begin at `at`. */
type RunTest = (view: DataView, at: number, end: number, isLast: boolean) => number;

/** Asked for beyond what a candidate needs, so that the work for a byte stays constant however candidates lie. */
const SLACK_BYTES = 262144;

/** Finds the way back to records after damage. */
export class Resync {
  /** Damage was met, and no records were found after it yet. */
  isLost = false;
  /** None were found within the window; the rest of the input is not read. */
  isOver = false;
  /** While lost, after search(): bytes wanted from the offset it returned. */
  need = 0;
  readonly #name: string;
  readonly #counters: Counters;
  readonly #isRun: RunTest;
  #lostAt = 0;

  /** `name` is the first word of the counters: `pcap.resync`, `pcap.bytes-skipped`. */
  constructor(name: string, counters: Counters, isRun: RunTest) {
    this.#name = name;
    this.#counters = counters;
    this.#isRun = isRun;
  }

  begin(atByte: number): void {
    this.isLost = true;
    this.#lostAt = atByte;
  }

  /** Offset in `view` to go on from: the first record, or the first byte that needs more bytes to be judged. */
  search(view: DataView, from: number, end: number, base: number, isLast: boolean): number {
    if (this.isOver) return this.#passOver(end - from, end);
    const stop = Math.min(end, this.#lostAt + RESYNC_WINDOW_BYTES - base);
    // The byte at which damage was met begins no record.
    for (let at = Math.max(from, this.#lostAt + 1 - base); at < stop; at++) {
      const answer = this.#isRun(view, at, end, isLast);
      if (answer === Run.NO) continue;
      if (answer === Run.YES) {
        this.isLost = false;
        this.#counters.add(`${this.#name}.resync`);
        this.#counters.add(`${this.#name}.bytes-skipped`, base + at - this.#lostAt);
        return at;
      }
      this.need = answer + SLACK_BYTES;
      return at;
    }
    this.need = 1;
    if (stop < end || isLast) {
      this.isOver = true;
      return this.#passOver(base + end - this.#lostAt, end);
    }
    return end;
  }

  #passOver(count: number, end: number): number {
    this.#counters.add(`${this.#name}.bytes-skipped`, count);
    return end;
  }
}
