import { DAY_US } from '../../base/time.js';

/** A day (UTC) counts as covered from this share of its seconds on. */
const COVERED_SHARE = 0.9;
/** Least covered days without a positive item. */
const LEAST_QUIET_DAYS = 14;
/** The quiet must last this many times the longest pause that the miner made before. */
const GAP_FACTOR = 3;
/** Days that are looked at, backwards from now: three years. */
const MAX_DAYS = 1096;

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

/** Longest pause between positive items, in days; 0 where there is at most one stretch. */
export function longestGapDays(positives: readonly Interval[]): number {
  let longest = 0;
  let reachedUs = Number.NaN;
  for (const { fromUs, toUs } of [...positives].sort((a, b) => a.fromUs - b.fromUs)) {
    if (fromUs > reachedUs) longest = Math.max(longest, (fromUs - reachedUs) / DAY_US);
    reachedUs = Number.isNaN(reachedUs) ? toUs : Math.max(reachedUs, toUs);
  }
  return longest;
}

export interface QuietReport {
  /** Covered days without a positive item that are needed: max(14, 3 × the longest earlier gap). */
  readonly neededDays: number;
  /** Covered days of the best stretch of days so far that is covered to 90 % as a whole. */
  readonly quietDays: number;
  /** Share of that stretch that is covered. */
  readonly coverage: number;
  readonly isQuiet: boolean;
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
  const neededDays = Math.max(LEAST_QUIET_DAYS, Math.ceil(GAP_FACTOR * longestGapDays(before)));
  const lastUs = positives.reduce((last, { toUs }) => Math.max(last, toUs), claimedUs);
  const first = Math.ceil(Math.max(claimedUs, lastUs) / DAY_US);
  const days = dailyCoverage(inputs, first * DAY_US, nowUs);
  const best = bestStretch(days, first, Math.floor(nowUs / DAY_US), neededDays);
  return { neededDays, ...best, isQuiet: best.quietDays >= neededDays };
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
