import { DAY_US } from '../../base/time.js';

/** A day (UTC) counts as covered from this share of its seconds on. */
const COVERED_SHARE = 0.9;
/** Least covered days without a positive item. */
export const LEAST_QUIET_DAYS = 14;
/** The quiet must last this many times the longest pause that the miner made before. */
const GAP_FACTOR = 3;
/** Days that are looked at, backwards from now: three years. */
export const MAX_DAYS = 1096;

export interface Interval {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Share of each day (UTC, as a number of days since 1970) that the inputs cover, from their first and last times. */
export function dailyCoverage(
  inputs: readonly Interval[],
  sinceUs: number,
  nowUs: number,
): Map<number, number> {
  const from = Math.max(sinceUs, nowUs - MAX_DAYS * DAY_US);
  const days = new Map<number, number>();
  let reachedUs = from;
  for (const { fromUs, toUs } of [...inputs].sort((a, b) => a.fromUs - b.fromUs)) {
    const end = Math.min(toUs, nowUs);
    let start = Math.max(fromUs, reachedUs);
    while (start < end) {
      const day = Math.floor(start / DAY_US);
      const stop = Math.min(end, (day + 1) * DAY_US);
      days.set(day, (days.get(day) ?? 0) + (stop - start) / DAY_US);
      start = stop;
    }
    reachedUs = Math.max(reachedUs, end);
  }
  return days;
}

/** Longest pause between positive items; null where there is at most one stretch. */
export function longestPause(positives: readonly Interval[]): Interval | null {
  let longest: Interval | null = null;
  let reachedUs = Number.NaN;
  for (const { fromUs, toUs } of [...positives].sort((a, b) => a.fromUs - b.fromUs)) {
    if (fromUs - reachedUs > lengthOf(longest)) longest = { fromUs: reachedUs, toUs: fromUs };
    reachedUs = Number.isNaN(reachedUs) ? toUs : Math.max(reachedUs, toUs);
  }
  return longest;
}

const lengthOf = (pause: Interval | null) => (pause === null ? 0 : pause.toUs - pause.fromUs);

/** A pause, and on how many of its days anybody could have seen that it was none. */
export interface Pause extends Interval {
  readonly coveredDays: number;
}

export interface QuietReport {
  /** Covered days without a positive item that are needed: max(14, 3 × the longest earlier gap). */
  readonly neededDays: number;
  /** Covered days of the best stretch of days so far that is covered to 90 % as a whole. */
  readonly quietDays: number;
  /** Share of that stretch that is covered. */
  readonly coverage: number;
  readonly isQuiet: boolean;
  /** The longest pause before the claim; null: there was none. */
  readonly pause: Pause | null;
}

/**
 * Whether a claim of rectification has held (detection.md §6.5): within the quiet since the claim, or since the last
 * positive item after it, some stretch of days is covered to 90 % and holds enough covered days. The day of the claim,
 * and that of a positive item, do not count.
 */
export function quietSince(
  claimedUs: number,
  positives: readonly Interval[],
  inputs: readonly Interval[],
  nowUs: number,
): QuietReport {
  const before = positives.filter(({ fromUs }) => fromUs < claimedUs);
  const pause = longestPause(before);
  const neededDays = Math.max(LEAST_QUIET_DAYS, Math.ceil((GAP_FACTOR * lengthOf(pause)) / DAY_US));
  const lastUs = positives.reduce((last, { toUs }) => Math.max(last, toUs), claimedUs);
  const first = Math.ceil(Math.max(claimedUs, lastUs) / DAY_US);
  const days = dailyCoverage(inputs, first * DAY_US, nowUs);
  const best = bestStretch(days, first, Math.floor(nowUs / DAY_US), neededDays);
  return {
    neededDays,
    ...best,
    isQuiet: best.quietDays >= neededDays,
    pause: pause === null ? null : { ...pause, coveredDays: coveredDays(pause, inputs) },
  };
}

/** Whole days of the pause that the inputs cover; of a pause beyond MAX_DAYS, of its last ones. */
function coveredDays({ fromUs, toUs }: Interval, inputs: readonly Interval[]): number {
  const days = dailyCoverage(inputs, fromUs, toUs);
  return [...days.values()].filter((share) => share >= COVERED_SHARE).length;
}

/** The stretch with most covered days among those that are covered to 90 %; the shortest that is enough will do. */
function bestStretch(
  days: ReadonlyMap<number, number>,
  first: number,
  end: number,
  needed: number,
): { quietDays: number; coverage: number } {
  let best = { quietDays: 0, coverage: 0 };
  for (let start = Math.max(first, end - MAX_DAYS); start < end; start++) {
    let sum = 0;
    let covered = 0;
    for (let day = start; day < end; day++) {
      const share = days.get(day) ?? 0;
      sum += share;
      if (share >= COVERED_SHARE) covered++;
      const coverage = sum / (day - start + 1);
      if (coverage < COVERED_SHARE || covered <= best.quietDays) continue;
      best = { quietDays: covered, coverage };
      if (covered >= needed) return best;
    }
  }
  return best;
}
