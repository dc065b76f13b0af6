import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { UsageError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';
import { DAY_US } from '../../base/time.js';
import { parseDate } from '../../intake/tables/cells.js';
import { MAX_FILE_BYTES } from '../../intake/tables/limits.js';
import type { Deed } from '../pipeline/cases.js';
import type { DeedOptions } from './deed-options.js';

/** Characters of a name or a reason. */
const MAX_WORDS = 1000;

export function deedOf({ by, why }: DeedOptions): Deed {
  return {
    actor: (by ?? accountName()).slice(0, MAX_WORDS),
    why: (why ?? '').slice(0, MAX_WORDS),
    atUs: Date.now() * 1000,
  };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry, as in containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Minutes east of Greenwich. */
export function parseOffset(text: string): number {
  const [, sign, hours = '', minutes = ''] = /^([+-])(\d\d):?(\d\d)$/.exec(text) ?? [];
  const size = Number(hours || Number.NaN) * 60 + Number(minutes);
  if (size <= 14 * 60 && Number(minutes) < 60) return sign === '-' ? -size : size;
  throw new UsageError('offset-invalid', phrase`--utc-offset ${text}: expected an offset such as +08:00`);
}

/** The beginning of a day, or (`end`) of the next one, so that the day itself is included. */
export function parseDay(option: string, text: string, utcOffsetMinutes: number, end = false): number {
  const date = parseDate(text, utcOffsetMinutes);
  if (date !== null) return date.timeUs + (end && date.isDay ? DAY_US : 0);
  throw new UsageError('date-invalid', phrase`${option} ${text}: expected a date such as 2021-07-03`);
}

/** The beginning of today in that zone. */
export function today(utcOffsetMinutes: number, nowUs: number): number {
  const offsetUs = utcOffsetMinutes * 60e6;
  return Math.floor((nowUs + offsetUs) / DAY_US) * DAY_US - offsetUs;
}

/** The date of a document and its deadline, the moment after its last day; a date that is given and lies behind it is refused. */
export function datesOfDocument(
  { date, deadline }: { readonly date?: string; readonly deadline?: string },
  utcOffsetMinutes: number,
  nowUs: number,
): { readonly dateUs: number; readonly deadlineUs: number | null } {
  const dateUs =
    date === undefined ? today(utcOffsetMinutes, nowUs) : parseDay('--date', date, utcOffsetMinutes);
  if (deadline === undefined) return { dateUs, deadlineUs: null };
  const deadlineUs = parseDay('--deadline', deadline, utcOffsetMinutes, true);
  if (date === undefined || deadlineUs > dateUs) return { dateUs, deadlineUs };
  throw new UsageError(
    'date-invalid',
    phrase`--deadline ${deadline}: expected a day not before the date of the document (--date)`,
  );
}

/** Why a file that a person named cannot be read. */
export function unreadable(path: string, error: Error): Phrase {
  return 'code' in error && error.code === 'ENOENT'
    ? phrase`${path}: no such file or folder`
    : phrase`${path}: cannot be read (${systemReason(error)})`;
}

/** The bytes of a table that a person names. */
export async function readTableFile(path: string): Promise<Buffer> {
  try {
    const stats = await stat(path);
    if (stats.size > MAX_FILE_BYTES)
      throw new UsageError('table-too-large', phrase`${path}: expected at most ${MAX_FILE_BYTES} bytes`);
    return await readFile(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error instanceof UsageError) throw error;
    throw new UsageError('table-unreadable', unreadable(path, error), { cause: error });
  }
}
