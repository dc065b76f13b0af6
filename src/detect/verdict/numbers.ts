/** Numbers that came from traffic or from rule files, made safe to add up; and one order for text. */

/** No single item may say more than this; beyond it a double cannot hold the difference anyway. */
const MAX_ITEM_BANS = 20;

/** A weight in bans; what is not a number weighs nothing. */
export function bansOf(weight: number): number {
  return Number.isNaN(weight) ? 0 : Math.max(-MAX_ITEM_BANS, Math.min(MAX_ITEM_BANS, weight));
}

/** A count: whole, not negative, exact as a double. */
export function countOf(value: number): number {
  return value > 0 ? Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER) : 0;
}

/** The last time that a Date can show, in microseconds. */
const MAX_TIME_US = 8.64e18;

/** A time in microseconds that can be shown and reckoned with; 0 where it is none. */
export function timeOf(timeUs: number): number {
  return Number.isNaN(timeUs) ? 0 : Math.max(-MAX_TIME_US, Math.min(MAX_TIME_US, timeUs));
}

/** By code unit, the same on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Distinct, sorted, at most `limit`. */
export function sortedUnion(lists: Iterable<Iterable<string>>, limit: number): string[] {
  const all = new Set<string>();
  for (const list of lists) for (const text of list) if (text !== '') all.add(text);
  return [...all].sort(compareText).slice(0, limit);
}
