import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { parseTime } from '../../base/time.js';
import { categoryOf } from '../../intake/tables/units.js';
import { UNIT_CATEGORIES, type UnitCategory } from '../../model/unit.js';
import { LEVELS, type Level } from '../../model/verdict.js';

/** Options that choose verdicts, as people type them. */

export function parseLevels(text: string): Level[] {
  return text.split(',').map((word) => {
    const level = LEVELS.find((name) => name === word.trim().toLowerCase());
    if (level !== undefined) return level;
    throw new UsageError('level-unknown', phrase`--level ${text}: expected some of ${LEVELS.join(',')}`);
  });
}

/** Of `--category`: English or Chinese, as in the tables of units. */
export function parseCategory(text: string): UnitCategory {
  const [option, category] = ['--category', categoryOf(text)];
  if (category !== null) return category;
  throw new UsageError('word-unknown', phrase`${option} ${text}: expected one of ${UNIT_CATEGORIES}`);
}

/** A whole number of at least 0. */
export function parseCount(option: string, text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new UsageError('number-invalid', phrase`${option} ${text}: expected a whole number, 0 or more`);
}

export function parseScore(text: string): number {
  const value = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new UsageError('score-invalid', phrase`--min-score ${text}: expected a number from 0 to 1`);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DURATION = /^(\d{1,9})\s*(ms|[smhdw])$/i;

/** Milliseconds of `500ms`, `10s`, `5m`, `2h`, between `least` and `most`. */
export function parseDuration(option: string, text: string, least: number, most: number): number {
  const [, count, unit = ''] = DURATION.exec(text.trim()) ?? [];
  const ms = Number(count) * (unit.toLowerCase() === 'ms' ? 1 : (SECONDS[unit.toLowerCase()] ?? 0) * 1000);
  if (ms >= least && ms <= most) return ms;
  throw new UsageError(
    'duration-invalid',
    phrase`${option} ${text}: expected a duration such as 10s, 5m or 500ms, from ${least / 1000} s to ${most / 1000} s`,
  );
}

const AGO = /^(\d{1,9})\s*([smhdw])\s+ago$/i;
/** A date alone is its midnight UTC; a time needs its zone. */
const ISO_8601 = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?$/i;

/** Epoch microseconds of `2021-07-03`, `2021-07-03T02:11:09+08:00`, `2h ago` or `yesterday`. */
export function parseWhen(option: string, text: string, nowMs: number): number {
  const ago = AGO.exec(text.trim());
  if (ago !== null)
    return (nowMs - Number(ago[1]) * (SECONDS[(ago[2] ?? '').toLowerCase()] ?? 0) * 1000) * 1000;
  if (text.trim().toLowerCase() === 'yesterday') return (nowMs - 86_400_000) * 1000;
  const timeUs = ISO_8601.test(text.trim()) ? parseTime(text.trim().replace(' ', 'T')) : null;
  if (timeUs !== null) return timeUs;
  throw new UsageError(
    'time-invalid',
    phrase`${option} ${text}: expected ISO 8601 with a zone (2021-07-03T02:11:09Z, 2021-07-03), or "2h ago" (s m h d w)`,
  );
}
