import type { Evidence } from '../../model/evidence.js';
import type { SuspectSession } from '../../model/verdict.js';
import { DAY_US, timeOf } from './numbers.js';

interface Interval {
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
  const intervals = sessions.map(intervalOf).sort((a, b) => a.startUs - b.startUs);
  let totalUs = 0;
  let reachedUs = Number.NEGATIVE_INFINITY;
  for (const { startUs, endUs } of intervals) {
    if (endUs <= reachedUs) continue;
    totalUs += endUs - Math.max(startUs, reachedUs);
    reachedUs = endUs;
  }
  return Math.round(totalUs / 1e6);
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
