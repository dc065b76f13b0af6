import { stringify } from 'csv-stringify/sync';
import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter } from './exporter.js';

type Cell = string | number | null;

const SECONDS_PER_HOUR = 3600;
const SEPARATOR = '; ';
/** Rows handed to csv-stringify at once. */
const ROWS = 512;
const BYTE_ORDER_MARK = '\ufeff';

/** In this order; a column is only ever added at the end. */
const COLUMNS: readonly (readonly [name: string, cell: (verdict: VerdictObject) => Cell])[] = [
  ['ip', ({ ip }) => ip],
  ['unit_id', ({ unit }) => unit?.id ?? null],
  ['unit_name', ({ unit }) => unit?.name ?? null],
  ['level', ({ level }) => level],
  ['score', ({ score }) => score],
  ['coins', ({ coins }) => [...new Set(coins.map(({ ticker }) => ticker))].join(SEPARATOR)],
  ['pools', ({ pools }) => pools.map(poolName).join(SEPARATOR)],
  ['first_seen', ({ first_seen }) => first_seen],
  ['last_seen', ({ last_seen }) => last_seen],
  ['active_hours', ({ active_seconds }) => Number((active_seconds / SECONDS_PER_HOUR).toFixed(2))],
  ['miners_low', ({ miners }) => miners?.low ?? null],
  ['miners_high', ({ miners }) => miners?.high ?? null],
  ['kwh', ({ energy }) => energy?.kwh ?? null],
  ['evidence_count', ({ evidence_count }) => evidence_count],
  ['top_rule', ({ evidence }) => evidence[0]?.rule ?? null],
];

export const csv: Exporter = {
  name: 'csv',
  extension: 'csv',
  summary: 'a flat table for spreadsheets (RFC 4180); --bom for those that guess the encoding',
  write: (verdicts, out, { bom }) => writeChunks(pieces(verdicts, bom), out),
};

function poolName({ host, address, port }: VerdictObject['pools'][number]): string {
  const name = host ?? address;
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}

/** A spreadsheet runs a text that starts like a formula; an apostrophe in front makes it text (OWASP, CSV injection). */
export function guardFormula(cell: Cell): Cell {
  return typeof cell === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell;
}

function* pieces(verdicts: Iterable<VerdictObject>, bom: boolean): Generator<string> {
  yield (bom ? BYTE_ORDER_MARK : '') + stringify([COLUMNS.map(([name]) => name)]);
  let rows: Cell[][] = [];
  for (const verdict of verdicts) {
    rows.push(COLUMNS.map(([, cell]) => guardFormula(cell(verdict))));
    if (rows.length < ROWS) continue;
    yield stringify(rows);
    rows = [];
  }
  if (rows.length > 0) yield stringify(rows);
}
