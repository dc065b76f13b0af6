import { type AddressRange, addressRange } from '../../base/address-range.js';
import { parseIp } from '../../base/ip.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { DAY_US, MINUTE_US } from '../../base/time.js';
import type { CellOf } from './columns.js';
import { quoted, type TableFaults } from './faults.js';

/** Ranges in one cell. */
const MAX_RANGES_IN_CELL = 1000;
const MAX_COUNT = 1_000_000;
const MAX_PORT = 65_535;

/** Reads the cells of one row; what is wrong is reported with the column, the line and what was expected. */
export class RowReader {
  readonly #cell: CellOf;
  readonly #line: number;
  readonly #faults: TableFaults;
  readonly #utcOffsetMinutes: number;
  isFaulty = false;

  constructor(cell: CellOf, line: number, faults: TableFaults, utcOffsetMinutes: number) {
    this.#cell = cell;
    this.#line = line;
    this.#faults = faults;
    this.#utcOffsetMinutes = utcOffsetMinutes;
  }

  /** `text`: the part of the cell that is wrong. */
  fault(column: string, expected: Phrase, text = this.#cell(column)): null {
    this.isFaulty = true;
    const found = text === '' ? phrase`nothing` : quoted(text);
    this.#faults.add(this.#line, phrase`${this.title(column)}: expected ${expected}, found ${found}`);
    return null;
  }

  /** What the file calls it. */
  title(column: string): string {
    return this.#faults.titleOf(column);
  }

  text(column: string): string | null {
    const text = this.#cell(column).trim();
    return text === '' ? null : text;
  }

  /** Full-width digits and letters, which Chinese input makes, as plain ones. */
  plain(column: string): string | null {
    const text = this.text(column);
    return text === null ? null : plain(text);
  }

  needed(column: string): string {
    return this.text(column) ?? this.fault(column, phrase`a text`) ?? '';
  }

  /** One of `words`, or of their other names. */
  choice<Word extends string>(
    column: string,
    words: readonly Word[],
    also: Readonly<Record<string, Word>>,
  ): Word | null {
    const text = this.plain(column)?.toLowerCase() ?? null;
    if (text === null) return null;
    const word = words.find((one) => one === text) ?? (Object.hasOwn(also, text) ? also[text] : undefined);
    return word ?? this.fault(column, phrase`one of ${words} (${Object.keys(also)})`);
  }

  count(column: string): number | null {
    const text = this.plain(column);
    if (text === null) return null;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value <= MAX_COUNT ? value : this.fault(column, phrase`a whole number up to ${MAX_COUNT}`);
  }

  /** Epoch microseconds: the beginning of the day, or the time if one is given. */
  date(column: string): number | null {
    return this.#date(column)?.timeUs ?? null;
  }

  /** The same, but of a day its end: what it was valid until, that day included. */
  endDate(column: string): number | null {
    const date = this.#date(column);
    return date === null ? null : date.timeUs + (date.isDay ? DAY_US : 0);
  }

  #date(column: string): ReadDate | null {
    const text = this.text(column);
    if (text === null) return null;
    const date = parseDate(text, this.#utcOffsetMinutes);
    return date ?? this.fault(column, phrase`a date such as 2021-07-03 (2021/7/3, 20210703, 2021年7月3日)`);
  }

  /** A port, or the first and last of a block. */
  ports(column: string): { readonly from: number; readonly to: number } | null {
    const text = this.plain(column);
    if (text === null) return null;
    const [, first = '', last = first] = /^(\d{1,5})(?:\s*[-~–—至]\s*(\d{1,5}))?$/.exec(text) ?? [];
    const [from, to] = [Number(first || Number.NaN), Number(last || first || Number.NaN)];
    return from <= to && to <= MAX_PORT ? { from, to } : this.fault(column, phrase`ports such as 1024-2047`);
  }

  /** Blocks, `first-last` and single addresses, several with `;` or blanks between. */
  ranges(column: string): AddressRange[] {
    const text = this.text(column);
    if (text === null) return [];
    const pieces = splitRanges(text);
    if (pieces.length > MAX_RANGES_IN_CELL) {
      this.fault(column, phrase`at most ${MAX_RANGES_IN_CELL} ranges in a cell`);
      return [];
    }
    return pieces.flatMap((piece) => {
      const range = addressRange(piece);
      if (range !== null) return [range];
      this.fault(column, phrase`10.0.0.0/24, 10.0.0.1-10.0.0.99 or one address (IPv4 or IPv6)`, piece);
      return [];
    });
  }

  /** First and last address in columns of their own; without a last one, the first alone. */
  pair(firstColumn: string, lastColumn: string): AddressRange | null {
    const first = this.address(firstColumn);
    const last = this.text(lastColumn) === null ? first : this.address(lastColumn);
    if (first === null || last === null) return null;
    return addressRange(`${first}-${last}`) ?? this.fault(lastColumn, phrase`an address not before ${first}`);
  }

  address(column: string): string | null {
    const text = this.text(column);
    return text === null
      ? null
      : (parseIp(plain(text)) ?? this.fault(column, phrase`an IPv4 or IPv6 address`));
  }

  /** Tickers, upper case. */
  coins(column: string): string[] {
    const words = (this.plain(column) ?? '').split(/[\s,;、/|]+/);
    return [...new Set(words.filter((word) => word !== '').map((word) => word.toUpperCase()))];
  }

  /** `08:00-20:00`, `22-6`. */
  hours(column: string): { readonly from: number; readonly to: number } | null {
    const text = this.plain(column);
    if (text === null) return null;
    const [, fromHour = '', fromMinute = '0', toHour = '', toMinute = '0'] =
      /^(\d{1,2})(?::(\d\d))?\s*[-~–—至]\s*(\d{1,2})(?::(\d\d))?$/.exec(text) ?? [];
    const from = Number(fromHour || Number.NaN) * 60 + Number(fromMinute);
    const to = Number(toHour || Number.NaN) * 60 + Number(toMinute);
    const isTime = from <= 1440 && to <= 1440 && Number(fromMinute) < 60 && Number(toMinute) < 60;
    return isTime ? { from, to } : this.fault(column, phrase`hours such as 08:00-20:00`);
  }
}

const ASCII = /^[\x20-\x7e]*$/;

function plain(text: string): string {
  return ASCII.test(text) ? text : text.normalize('NFKC');
}

/** A dash with blanks around it belongs to its range; everything else that stands between ranges parts them. */
function splitRanges(text: string): string[] {
  if (/^[\w.:/-]+$/.test(text)) return [text];
  return plain(text)
    .replace(/\s*[-~–—至]\s*/g, '-')
    .split(/[\s;,、]+/)
    .filter((piece) => piece !== '');
}

const DATE =
  /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/i;

export interface ReadDate {
  readonly timeUs: number;
  /** No time of day was given. */
  readonly isDay: boolean;
}

/** A date or time as people and spreadsheets write it; without a zone it is taken at the office's offset from UTC. */
export function parseDate(text: string, utcOffsetMinutes: number): ReadDate | null {
  if (text !== latest.text || utcOffsetMinutes !== latest.utcOffsetMinutes)
    latest = { text, utcOffsetMinutes, date: readDate(text, utcOffsetMinutes) };
  return latest.date;
}

/** Tables say the same day row after row. */
let latest = { text: '', utcOffsetMinutes: 0, date: null as ReadDate | null };

function readDate(text: string, utcOffsetMinutes: number): ReadDate | null {
  const match = DATE.exec(plain(text).trim());
  if (match === null) return null;
  const [, year, m, d, m2, d2, hour, minute = '0', second = '0', zone] = match;
  const [month, day] = [Number(m ?? m2), Number(d ?? d2)];
  const ms = Date.UTC(Number(year), month - 1, day, Number(hour ?? 0), Number(minute), Number(second));
  const date = new Date(ms);
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDate || Number(minute) > 59 || Number(second) > 59) return null;
  const offset = zone === undefined ? utcOffsetMinutes : offsetOf(zone);
  return { timeUs: ms * 1000 - offset * MINUTE_US, isDay: hour === undefined };
}

function offsetOf(zone: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
