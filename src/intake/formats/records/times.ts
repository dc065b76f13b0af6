import { isDigit, parseScaled } from './numbers.js';
import type { Zone } from './zone.js';

const NO_DATE = Buffer.from('0000-00-00');
const NO_DIGITS = -1_000_000;

/** How a column tells the time. AUTO: by magnitude, or as text. */
export const TimeUnit = { AUTO: 0, SECONDS: 1, MILLISECONDS: 2, MICROSECONDS: 3, NANOSECONDS: 4 } as const;

/** Microseconds in one unit; 0 stands for AUTO. */
const SCALES = [0, 1e6, 1e3, 1, 1e-3] as const;

/** Epoch numbers from here on are in milliseconds, microseconds, nanoseconds (5138 AD in the unit before). */
const AUTO_BOUNDS = [1e11, 1e14, 1e17] as const;

/** Epoch microseconds, or NaN: a number in `unit`, or text as dates are written, local to `zone` unless it says. */
export function parseTime(bytes: Buffer, from: number, end: number, unit: number, zone: Zone): number {
  for (let at = from + 1; at < end && at <= from + 5; at++) {
    const byte = bytes[at];
    if (byte === 45 /* - */ || byte === 47 /* / */) return parseDate(bytes, from, end, zone);
  }
  const scale = SCALES[unit] ?? 0;
  if (scale !== 0) return parseScaled(bytes, from, end, scale);
  const plain = parseScaled(bytes, from, end, 1);
  if (!(plain >= 0)) return Number.NaN;
  const step = AUTO_BOUNDS.findIndex((bound) => plain < bound);
  return parseScaled(bytes, from, end, SCALES[step < 0 ? TimeUnit.NANOSECONDS : step + 1] ?? 1);
}

/** `0000-00-00 00:00:00…`, as pmacct writes a time that it does not know. */
export function isNoDate(bytes: Buffer, from: number, end: number): boolean {
  return (
    end - from >= NO_DATE.length &&
    bytes.compare(NO_DATE, 0, NO_DATE.length, from, from + NO_DATE.length) === 0
  );
}

/** `YYYY-MM-DD hh:mm:ss[.frac][Z|±hh[:]mm]`; `/` and `T` as separators too. */
function parseDate(bytes: Buffer, from: number, end: number, zone: Zone): number {
  if (end - from < 19 || bytes[from + 16] !== 58) return Number.NaN;
  const second = pair(bytes, from + 17);
  if (second < 0 || second > 60) return Number.NaN;
  let at = from + 19;
  let fraction = 0;
  if (at < end && bytes[at] === 46) {
    let weight = 1e5;
    for (at++; at < end && isDigit(bytes[at]); at++) {
      fraction += (bytes[at]! - 48) * weight;
      weight /= 10;
    }
  }
  const local = minuteOf(bytes, from, zone) + second;
  const offset = at === end ? zone.offsetSeconds(local) : writtenOffset(bytes, at, end);
  return (local - offset) * 1e6 + Math.floor(fraction + 1e-6);
}

/** `YYYY-MM-DD hh:mm:ss` at `from`, all of it there, local to `zone`: epoch microseconds, or NaN. */
export function parsePlainDate(bytes: Buffer, from: number, zone: Zone): number {
  if (bytes[from + 16] !== 58) return Number.NaN;
  const second = pair(bytes, from + 17);
  if (second < 0 || second > 60) return Number.NaN;
  const local = minuteOf(bytes, from, zone) + second;
  return (local - zone.offsetSeconds(local)) * 1e6;
}

/** Local seconds of the minute in `YYYY-MM-DD hh:mm`, or NaN; the last day is remembered, as records come in order. */
function minuteOf(bytes: Buffer, from: number, zone: Zone): number {
  const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
  const month = pair(bytes, from + 5);
  const day = pair(bytes, from + 8);
  const hour = pair(bytes, from + 11);
  const minute = pair(bytes, from + 14);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return Number.NaN;
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || bytes[from + 13] !== 58) return Number.NaN;
  const key = (year * 100 + month) * 100 + day;
  if (key !== zone.dayKey) {
    zone.dayKey = key;
    zone.daySeconds = daysOf(year, month, day) * 86400;
  }
  return zone.daySeconds + hour * 3600 + minute * 60;
}

/** Seconds east of UTC; NaN where it is none. */
function writtenOffset(bytes: Buffer, from: number, end: number): number {
  const sign = bytes[from];
  if ((sign === 90 || sign === 122) && end - from === 1) return 0;
  if (sign !== 43 && sign !== 45) return Number.NaN;
  const hours = pair(bytes, from + 1);
  const minutesAt = bytes[from + 3] === 58 ? from + 4 : from + 3;
  const minutes = end > from + 3 ? pair(bytes, minutesAt) : 0;
  if (end > minutesAt + 2 || hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return Number.NaN;
  return (sign === 43 ? 1 : -1) * (hours * 3600 + minutes * 60);
}

/** Two digits; far below 0 where they are none, so that sums with it are, too. */
function pair(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS;
}

/** Days since 1970-01-01 (Howard Hinnant, chrono-compatible date algorithms). */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}
