import { stringify } from 'csv-stringify/sync';
import { writeChunks } from './chunks.js';
import { type Cell, type Columns, POOL_COLUMNS, VERDICT_COLUMNS } from './columns.js';
import type { Exporter } from './exporter.js';

/** Rows handed to csv-stringify at once. */
const ROWS = 512;
const BYTE_ORDER_MARK = '\ufeff';

export const csv: Exporter = {
  name: 'csv',
  extension: 'csv',
  summary: {
    en: 'a flat table for spreadsheets (RFC 4180); --bom for those that guess the encoding',
    'zh-CN': '电子表格用的平面表（RFC 4180）；--bom 供会猜测编码的软件使用',
  },
  subjects: ['suspects', 'pools'],
  isForPeople: true,
  write: (selection, out, { bom }) =>
    writeChunks(
      selection.of === 'suspects'
        ? pieces(VERDICT_COLUMNS, selection.verdicts(), bom)
        : pieces(POOL_COLUMNS, selection.pools(), bom),
      out,
    ),
};

/** At the start, and behind a semicolon or line break, where spreadsheets of many countries begin another cell. */
const FORMULA = /(^|;\s*|[\r\n]+)(?=[=+\-@\t\r\n＝＋－＠])/g;

/** A spreadsheet runs a text that starts like a formula; an apostrophe in front makes it text (OWASP, CSV injection). */
export function guardFormula(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replace(FORMULA, "$1'") : cell;
}

function* pieces<Row>(columns: Columns<Row>, rows: Iterable<Row>, bom: boolean): Generator<string> {
  yield (bom ? BYTE_ORDER_MARK : '') + stringify([columns.map(([name]) => name)]);
  let cells: Cell[][] = [];
  for (const row of rows) {
    cells.push(columns.map(([, cell]) => guardFormula(cell(row))));
    if (cells.length < ROWS) continue;
    yield stringify(cells);
    cells = [];
  }
  if (cells.length > 0) yield stringify(cells);
}
