/** Times are epoch microseconds in a double: exact until the year 2255. */

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
