import { DAY_US, HOUR_US } from '../../../base/time.js';
import type { Evidence } from '../../../model/evidence.js';
import type { Activity, SuspectSession } from '../../../model/verdict.js';
import { timeOf } from '../numbers.js';

export interface Interval {
  readonly startUs: number;
  readonly endUs: number;
}

/** More further days add nothing to a verdict; a session that claims to last longer is not walked day by day. */
const MAX_DAYS_OF_SESSION = 8;

export function intervalOf(session: SuspectSession): Interval {
  const startUs = timeOf(session.firstUs);
  return { startUs, endUs: Math.max(startUs, timeOf(session.lastUs)) };
}

/** Length of the union of the sessions' intervals, in whole seconds. */
export function activeSeconds(sessions: readonly SuspectSession[]): number {
  return Math.round(unionSeconds(sessions.map(intervalOf)));
}

/** Length of the union of intervals, in seconds. */
export function unionSeconds(intervals: readonly Interval[]): number {
  return joined(intervals, 0).reduce((sum, { startUs, endUs }) => sum + (endUs - startUs), 0) / 1e6;
}

/** Intervals that overlap, or are no more than `gapUs` apart, as one; in order. */
function joined(intervals: readonly Interval[], gapUs: number): Interval[] {
  const runs: { startUs: number; endUs: number }[] = [];
  for (const { startUs, endUs } of [...intervals].sort((a, b) => a.startUs - b.startUs)) {
    const last = runs.at(-1);
    if (last === undefined || startUs - last.endUs > gapUs) runs.push({ startUs, endUs });
    else last.endUs = Math.max(last.endUs, endUs);
  }
  return runs;
}

/** Runs that are no further apart than this are one (detection.md §6.1). */
const RUN_GAP_US = HOUR_US / 2;
/** Days whose hours are kept. */
export const MAX_ACTIVE_DAYS = 92;

/** When it was at work: hours of each day, longest run, continuity; null where no session was seen. */
export function activityOf(sessions: readonly SuspectSession[]): Activity | null {
  const runs = joined(sessions.map(intervalOf), RUN_GAP_US);
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return null;
  const days = new Map<number, number>();
  let daysActive = 0;
  let hoursActive = 0;
  const lastDay = dayOf(last.endUs);
  let countedHour = Number.NEGATIVE_INFINITY;
  let countedDay = Number.NEGATIVE_INFINITY;
  for (const { startUs, endUs } of joined(sessions.map(intervalOf), 0)) {
    const [from, to] = [Math.max(hourOf(startUs), countedHour + 1), hourOf(endUs)];
    hoursActive += Math.max(0, to - from + 1);
    daysActive += Math.max(0, dayOf(endUs) - Math.max(dayOf(startUs), countedDay + 1) + 1);
    countedHour = Math.max(countedHour, to);
    countedDay = Math.max(countedDay, dayOf(endUs));
    for (let hour = Math.max(from, (lastDay - MAX_ACTIVE_DAYS + 1) * 24); hour <= to; hour++) {
      const day = Math.floor(hour / 24);
      days.set(day, (days.get(day) ?? 0) | (1 << (hour - day * 24)));
    }
  }
  return {
    days: [...days].map(([day, hours]) => ({ day: formatDay(day), hours })),
    daysActive,
    longestSeconds: Math.round(Math.max(...runs.map(({ startUs, endUs }) => endUs - startUs)) / 1e6),
    continuity: hoursActive / (hourOf(last.endUs) - hourOf(first.startUs) + 1),
    runs: runs.length,
    longestIdleSeconds: longestBreak(runs),
  };
}

/** Seconds between the end of a run and the beginning of the next, at most. */
function longestBreak(runs: readonly Interval[]): number {
  const breaks = runs.slice(1).map(({ startUs }, at) => startUs - (runs[at]?.endUs ?? startUs));
  return Math.round(Math.max(0, ...breaks) / 1e6);
}

function hourOf(timeUs: number): number {
  return Math.floor(timeUs / HOUR_US);
}

function formatDay(day: number): string {
  return new Date((day * DAY_US) / 1000).toISOString().slice(0, 10);
}

/** Days (UTC, as numbers) on which mining was seen: of the evidence, and of the sessions it was seen in. */
export function activeDays(evidence: readonly Evidence[], sessions: readonly SuspectSession[]): Set<number> {
  const days = new Set<number>();
  for (const item of evidence) days.add(dayOf(item.firstUs)).add(dayOf(item.lastUs));
  for (const session of sessions) {
    const { startUs, endUs } = intervalOf(session);
    const last = Math.min(dayOf(endUs), dayOf(startUs) + MAX_DAYS_OF_SESSION);
    for (let day = dayOf(startUs); day <= last; day++) days.add(day);
  }
  return days;
}

function dayOf(timeUs: number): number {
  return Math.floor(timeOf(timeUs) / DAY_US);
}

/** The most that are open at one moment; the end belongs to the interval. `weigh` sums over those that are open. */
export function peakOf<T>(
  items: readonly T[],
  intervalFor: (item: T) => Interval,
  keysOf: (item: T) => readonly string[],
): number {
  const starts = items
    .map((item) => ({ item, ...intervalFor(item) }))
    .sort((a, b) => a.startUs - b.startUs || a.endUs - b.endUs);
  const ends = [...starts].sort((a, b) => a.endUs - b.endUs);
  const open = new Map<string, number>();
  let peak = 0;
  let next = 0;
  for (const { item, startUs } of starts) {
    for (let ended = ends[next]; ended !== undefined && ended.endUs < startUs; ended = ends[++next]) {
      for (const key of keysOf(ended.item)) {
        const left = (open.get(key) ?? 0) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
      }
    }
    for (const key of keysOf(item)) open.set(key, (open.get(key) ?? 0) + 1);
    peak = Math.max(peak, open.size);
  }
  return peak;
}
