import type { Stats } from 'node:fs';

/** A file of which nothing is read for now: empty, a copy of another, or not to be opened. */
export interface Resting {
  size: number;
  modifiedMs: number;
  changedMs: number;
  /** Streams that had ended when it was considered: what it is a copy of may be among those that end later. */
  ended: number;
  /** Considered again then, epoch milliseconds, though nothing has changed. */
  retryMs: number;
  isRefused: boolean;
  seen: number;
}

/** The files that rest, by place (device and inode), and whether one is to be considered again. */
export class RestingFiles {
  readonly #resting = new Map<string, Resting>();
  #ended = 0;

  get size(): number {
    return this.#resting.size;
  }

  /** A stream has ended: every file is considered again. */
  streamEnded(): void {
    this.#ended++;
  }

  /** The one that rests there, and may go on resting; null where none does, or it is to be considered again. */
  at(place: string, { size, mtimeMs }: Stats, nowMs: number): Resting | null {
    const resting = this.#resting.get(place);
    if (resting === undefined || resting.size !== size || resting.modifiedMs !== mtimeMs) return null;
    return resting.ended === this.#ended && nowMs < resting.retryMs ? resting : null;
  }

  rest(
    place: string,
    { size, mtimeMs: modifiedMs }: Stats,
    round: number,
    nowMs: number,
    retryMs: number,
  ): Resting {
    const known = this.#resting.get(place);
    const rest = { size, modifiedMs, ended: this.#ended, retryMs, seen: round };
    if (known !== undefined && known.size === size && known.modifiedMs === modifiedMs)
      return Object.assign(known, rest);
    const fresh = { ...rest, changedMs: nowMs, isRefused: false };
    this.#resting.set(place, fresh);
    return fresh;
  }

  wake(place: string): void {
    this.#resting.delete(place);
  }

  /** Forgets those that were not seen in this round. */
  sweep(round: number): void {
    for (const [place, { seen }] of this.#resting) if (seen !== round) this.#resting.delete(place);
  }
}
