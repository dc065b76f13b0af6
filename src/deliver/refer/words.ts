import { formatEndpoint } from '../../base/ip.js';
import { formatOffset, formatZoned, parseTime } from '../../base/time.js';
import type { Language } from '../../model/language.js';
import type { ReferralAddress, ReferralFigures, SiteCheck } from '../../model/referral.js';
import type { VerdictObject } from '../../model/verdict-object.js';
import { type ReferKey, referMessage, referWord } from './messages.js';

/** How a package is worded; what other catalogues say is brought along. */
export interface ReferWords {
  readonly language: Language;
  readonly utcOffsetMinutes: number;
  /** What a rule saw or a reason says, in the reader's language; a quote of traffic as it stands. */
  seen(excerpt: string): string;
  /** Sentences on a sign that a verdict names; null where there is none of that code. */
  indication(
    code: string,
    values: SiteCheck['values'],
  ): { readonly seen: string; readonly refute: string } | null;
}

/** With blanks in Chinese too: where there is none, Writer breaks a line amid a port or a name. */
const COMMAS = { en: ', ', 'zh-CN': '、 ' } as const;

/** Names in one sentence; the rest is counted. */
const MAX_NAMES = 8;

export const zoneOf = ({ utcOffsetMinutes }: ReferWords): string => `UTC${formatOffset(utcOffsetMinutes)}`;

/** Clock time of the zone, which is named; empty where there is none. */
export function timeText(iso: string | null, { utcOffsetMinutes }: ReferWords): string {
  const timeUs = iso === null ? null : parseTime(iso);
  return timeUs === null ? '' : (formatZoned(timeUs, utcOffsetMinutes) ?? '');
}

/** The same without the zone: where the title of the column names it. */
export function clockText(iso: string | null, words: ReferWords): string {
  return timeText(iso, words).slice(0, 19);
}

/** `2021年11月1日`, `1 November 2021` of `2021-11-01`. */
export function dayText(day: string, language: Language): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  if (language === 'zh-CN') return `${year}年${month}月${date}日`;
  const name = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });
  return `${date} ${name.format(new Date(Date.UTC(year, month - 1, date)))} ${year}`;
}

export function durationText(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0
    ? referMessage(language, 'duration.hours', { hours, minutes })
    : referMessage(language, 'duration.minutes', { minutes, seconds: whole % 60 });
}

/** With blanks, where a line may break: names of traffic have none. */
export function listText(
  names: readonly string[],
  { language }: Pick<ReferWords, 'language'>,
  limit = MAX_NAMES,
  separator: string = COMMAS[language],
): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - limit;
  const shown = distinct.slice(0, limit).join(separator);
  return more > 0 ? `${shown} +${more}` : shown;
}

/** `8`, `8 to 12`. */
export function rangeText(
  { low, high }: { readonly low: number; readonly high: number },
  language: Language,
): string {
  return low === high ? String(low) : referMessage(language, 'range', { low, high });
}

/** kWh a day with its bounds. */
export function energyText(energy: NonNullable<ReferralFigures['energy']>, language: Language): string {
  const { kwh_per_day: value, kwh_per_day_low: low, kwh_per_day_high: high } = energy;
  return low === high ? String(value) : referMessage(language, 'estimate', { value, low, high });
}

export function poolText({ address, port, host, operator, country }: VerdictObject['pools'][number]): string {
  const end = formatEndpoint(address, port);
  const owner = [operator, country].filter((text) => text !== null).join(', ');
  return `${host === null ? end : `${host} = ${end}`}${owner === '' ? '' : ` (${owner})`}`;
}

export function checkText(check: SiteCheck, words: ReferWords): string {
  const { language } = words;
  const values = Object.fromEntries(
    Object.entries(check.values).map(([name, value]) => [name, valueText(name, value, words)]),
  );
  if (check.code !== 'indication') return referWord(language, 'check', check.code, values);
  const code = String(check.values.indication);
  const said = words.indication(code, check.values);
  return said === null ? code : referMessage(language, 'check.indication', { ...said });
}

/** Values that hold no words of the traffic. */
const LISTS = new Set(['ports', 'peers', 'addresses']);

/** Times of a check are `first` and `last`; lists of numbers are parted as the language does; an empty text is not known. */
function valueText(name: string, value: string | number, words: ReferWords): string {
  if (name === 'first' || name === 'last') return timeText(String(value), words);
  if (LISTS.has(name) && value !== '') return String(value).replaceAll(', ', COMMAS[words.language]);
  return value === '' ? referMessage(words.language, 'unknown') : String(value);
}

export const label = (
  key: ReferKey,
  words: ReferWords,
  values: Record<string, string | number> = {},
): string => referMessage(words.language, key, values);

/** Below this a coin is a possibility: what an algorithm is also used for. */
const LIKELY_COIN = 0.5;

export const coinsOf = ({ verdict }: ReferralAddress, words: ReferWords): string[] => [
  ...new Set(
    verdict.coins.map(({ ticker, confidence }) =>
      confidence < LIKELY_COIN ? label('coin.possible', words, { ticker }) : ticker,
    ),
  ),
];
