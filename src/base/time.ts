/** Times are epoch microseconds in a double: exact until the year 2255. */

export const MINUTE_US = 60e6;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;

/** UTC ISO 8601 with milliseconds, as in the contract. `null` where the time cannot be shown. */
export function formatTime(timeUs: number): string | null {
  const ms = Math.floor(timeUs / 1000);
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}

/** The other way round. `null` where the text is not a time. */
export function parseTime(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms * 1000;
}

/** `+08:00` of minutes east of Greenwich. */
export function formatOffset(utcOffsetMinutes: number): string {
  const size = Math.abs(utcOffsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${utcOffsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `2021-07-03 10:11:09 +08:00`: clock time of a zone, which is always named. `null` where it cannot be shown. */
export function formatZoned(timeUs: number, utcOffsetMinutes: number): string | null {
  const text = formatTime(timeUs + utcOffsetMinutes * 60e6);
  return text === null
    ? null
    : `${text.slice(0, 10)} ${text.slice(11, 19)} ${formatOffset(utcOffsetMinutes)}`;
}

/**
 * `2021-07-03` of a time at which a day of that zone begins (with `end`: has ended), else clock time with its zone: a day of
 * another zone is never passed off as one of this.
 */
export function formatDay(timeUs: number, utcOffsetMinutes: number, end = false): string | null {
  const clockUs = timeUs + utcOffsetMinutes * 60e6;
  if (clockUs % DAY_US !== 0) return formatZoned(timeUs, utcOffsetMinutes);
  return formatTime(clockUs - (end ? DAY_US : 0))?.slice(0, 10) ?? null;
}

/** Whether something last done at `lastMs` is to be done again; a clock that was set back must not put it off. */
export function isDue(lastMs: number, everyMs: number, nowMs: number): boolean {
  return nowMs < lastMs || nowMs - lastMs >= everyMs;
}
