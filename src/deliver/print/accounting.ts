import { stringify } from 'csv-stringify/sync';
import { printable } from '../../base/text.js';
import type { AccountRow, Span } from '../../model/accounting.js';
import type { Language } from '../../model/language.js';
import { categoryTitle } from '../../model/titles.js';
import { formatListing, type ListColumn, type ListOptions } from './listing.js';
import { officeMessage } from './messages/office-messages.js';

/** A figure with its range. */
/** A line with the same line of the period it is compared with. */
export interface ComparedLine {
  readonly now: AccountRow;
  readonly before: AccountRow | null;
}

const KG_PER_TONNE = 1000;
const MAX_COINS = 4;
const SIGNIFICANT = 3;

/** Three significant digits: energy is never known better. */
export function roundedFigure(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT));
}

function figure(value: number): string {
  return roundedFigure(value).toLocaleString('en', { maximumSignificantDigits: SIGNIFICANT });
}

function spanText(span: Span | null, language: Language, unit = 1): string {
  if (span === null) return officeMessage(language, 'unknown');
  const { low, value, high } = span;
  const text = figure(value / unit);
  return low === high ? text : `${text} (${figure(low / unit)}–${figure(high / unit)})`;
}

/** `+12 %` against the period before; empty where there is none. */
function changeText(now: number, before: number | undefined): string {
  if (before === undefined) return '';
  if (before === 0) return now === 0 ? ' (=)' : ' (+)';
  const percent = Math.round(((now - before) / before) * 100);
  return ` (${percent >= 0 ? '+' : ''}${percent} %)`;
}

function columns(by: string): readonly ListColumn<ComparedLine>[] {
  return [
    {
      name: 'group',
      title: 'column.group',
      value: ({ now }) => now.key ?? '',
      cell: ({ now }, language) => groupName(now, by, language),
    },
    {
      name: 'ips',
      title: 'column.count',
      align: 'right',
      value: ({ now }) => String(now.ips),
      cell: ({ now, before }) => `${now.ips.toLocaleString('en')}${changeText(now.ips, before?.ips)}`,
    },
    {
      name: 'flagged',
      title: 'column.flagged',
      align: 'right',
      value: ({ now }) => `${now.confirmed}/${now.probable}`,
      cell: ({ now }) => `${now.confirmed} / ${now.probable}`,
    },
    { name: 'units', title: 'column.units', align: 'right', value: ({ now }) => String(now.units) },
    {
      name: 'miners',
      title: 'column.miners',
      align: 'right',
      value: ({ now }) => (now.miners === null ? '' : `${now.miners.low}-${now.miners.high}`),
      cell: ({ now }, language) =>
        now.miners === null
          ? officeMessage(language, 'unknown')
          : `${spread(now.miners)}${now.miners.ips < now.ips ? ` (${now.miners.ips})` : ''}`,
    },
    {
      name: 'coins',
      title: 'column.coins',
      value: ({ now }) => coinsText(now, Number.POSITIVE_INFINITY),
      cell: ({ now }, language) => coinsText(now, MAX_COINS) || officeMessage(language, 'unknown'),
    },
    {
      name: 'kwh_per_day',
      title: 'column.kwh',
      align: 'right',
      value: ({ now }) => plainFigure(now.kwhPerDay),
      cell: ({ now, before }, language) =>
        spanText(now.kwhPerDay, language) +
        (now.kwhPerDay === null ? '' : changeText(now.kwhPerDay.value, before?.kwhPerDay?.value)),
    },
    {
      name: 'coal_kg_per_day',
      title: 'column.coal',
      align: 'right',
      value: ({ now }) => plainFigure(now.coalKgPerDay),
      cell: ({ now }, language) => spanText(now.coalKgPerDay, language),
    },
    {
      name: 'co2_kg_per_year',
      title: 'column.co2',
      align: 'right',
      value: ({ now }) => plainFigure(now.co2KgPerYear),
      cell: ({ now }, language) => spanText(now.co2KgPerYear, language, KG_PER_TONNE),
    },
  ];
}

const spread = ({ low, high }: { readonly low: number; readonly high: number }) =>
  low === high ? String(low) : `${low}–${high}`;

function groupName({ key, name }: AccountRow, by: string, language: Language): string {
  if (key === null) return officeMessage(language, 'unknown');
  if (key === 'total') return officeMessage(language, 'total');
  if (by === 'category') return categoryTitle(language, key);
  return name === null || name === key ? key : `${key} ${name}`;
}

function coinsText({ coins }: AccountRow, most: number): string {
  const entries = Object.entries(coins);
  const shown = entries.slice(0, most).map(([ticker, count]) => `${ticker} ${count}`);
  return shown.join(', ') + (entries.length > most ? ` +${entries.length - most}` : '');
}

function plainFigure(span: Span | null): string {
  return span === null ? '' : String(roundedFigure(span.value));
}

/** A table for people. */
export function formatAccounts(lines: readonly ComparedLine[], by: string, options: ListOptions): string {
  return formatListing(columns(by), lines, options);
}

type Guard = (cell: string | number | null) => string | number | null;

/** RFC 4180; `guard` keeps spreadsheets from running a text (export/csv.ts). */
export function* accountsCsv(
  lines: readonly ComparedLine[],
  names: { readonly factors: string; readonly assumption: string | null },
  guard: Guard,
): Generator<string> {
  const span = (name: string) => [name, `${name}_low`, `${name}_high`];
  yield stringify([
    [
      'group',
      'name',
      'ips',
      'ips_before',
      'confirmed',
      'probable',
      'suspected',
      'units',
      'miners_low',
      'miners_high',
      'miners_ips',
      'coins',
      ...span('kwh_per_day'),
      'measured_ips',
      'assumed_ips',
      ...span('coal_kg_per_day'),
      ...span('co2_kg_per_year'),
      'factors',
      'assumption',
    ],
  ]);
  const cells = (figures: Span | null) =>
    figures === null ? [null, null, null] : [figures.value, figures.low, figures.high].map(roundedFigure);
  for (const { now, before } of lines) {
    const row = [
      now.key === null ? null : printable(now.key),
      now.name === null ? null : printable(now.name),
      now.ips,
      before?.ips ?? null,
      now.confirmed,
      now.probable,
      now.suspected,
      now.units,
      now.miners?.low ?? null,
      now.miners?.high ?? null,
      now.miners?.ips ?? null,
      coinsText(now, Number.POSITIVE_INFINITY),
      ...cells(now.kwhPerDay),
      now.measuredKwhPerDay?.ips ?? 0,
      now.assumedKwhPerDay?.ips ?? 0,
      ...cells(now.coalKgPerDay),
      ...cells(now.co2KgPerYear),
      names.factors,
      names.assumption,
    ];
    yield stringify([row.map(guard)]);
  }
}

/** `rigwatch.accounting/1`, one line. */
export function toAccountObject(line: AccountRow) {
  const span = (figures: Span | null) =>
    figures === null
      ? null
      : {
          value: roundedFigure(figures.value),
          low: roundedFigure(figures.low),
          high: roundedFigure(figures.high),
        };
  const { measuredKwhPerDay: measured, assumedKwhPerDay: assumed } = line;
  return {
    group: line.key === null ? null : printable(line.key),
    name: line.name === null ? null : printable(line.name),
    ips: line.ips,
    confirmed: line.confirmed,
    probable: line.probable,
    suspected: line.suspected,
    units: line.units,
    miners: line.miners,
    coins: line.coins,
    kwh_per_day: span(line.kwhPerDay),
    measured: measured === null ? null : { ...span(measured), ips: measured.ips },
    assumed: assumed === null ? null : { value: roundedFigure(assumed.value), ips: assumed.ips },
    coal_kg_per_day: span(line.coalKgPerDay),
    co2_kg_per_year: span(line.co2KgPerYear),
  };
}
