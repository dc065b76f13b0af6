import { type Phrase, phrase } from '../../../base/phrase.js';
import { type Faults, quote } from './faults.js';
import { suggest } from './suggest.js';

/** Rows of one table, header apart. */
const MAX_ROWS = 2_000_000;

export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvFile {
  readonly path: string;
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * Reads a CSV file (RFC 4180, LF or CRLF, UTF-8 with or without BOM), line numbers kept. The pool list is read at
 * every start: this takes a tenth of the time of a general parser.
 */
export function readCsv(path: string, text: string, faults: Faults): CsvFile {
  const rows: CsvRow[] = [];
  let header: readonly string[] | null = null;
  const cursor = { at: text.startsWith('\ufeff') ? 1 : 0, quoteAt: -1 };
  let line = 1;
  while (cursor.at < text.length) {
    const record = nextRecord(text, cursor);
    const startLine = line;
    line += 1 + countNewlines(record);
    if (record.trim() === '' || record.startsWith('#')) continue;
    const cells = record.includes('"') ? quotedCells(record) : record.split(',');
    if (cells === null)
      faults.add(path, startLine, null, phrase`expected a closing quote, and a comma after it`);
    else if (header === null) header = cells;
    else if (cells.length !== header.length)
      faults.add(path, startLine, null, phrase`expected ${header.length} cells, found ${cells.length}`);
    else if (rows.length === MAX_ROWS) {
      faults.add(path, startLine, null, phrase`expected at most ${MAX_ROWS} rows`);
      break;
    } else rows.push({ line: startLine, cells });
  }
  if (header === null) faults.add(path, 0, null, phrase`expected a header line, found an empty file`);
  return { path, header: header ?? [], rows };
}

/** The next record without its line end. `quoteAt` remembers the next quote, so that no text is searched twice. */
function nextRecord(text: string, cursor: { at: number; quoteAt: number }): string {
  const start = cursor.at;
  let end = indexOrEnd(text, '\n', start);
  if (cursor.quoteAt < start) cursor.quoteAt = indexOrEnd(text, '"', start);
  for (
    let inside = false;
    cursor.quoteAt < text.length;
    cursor.quoteAt = indexOrEnd(text, '"', cursor.quoteAt + 1)
  ) {
    if (!inside && cursor.quoteAt > end) break;
    inside = !inside;
    end = inside ? text.length : indexOrEnd(text, '\n', cursor.quoteAt);
  }
  cursor.at = end + 1;
  return text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
}

function indexOrEnd(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

function countNewlines(record: string): number {
  let newlines = 0;
  for (let at = record.indexOf('\n'); at >= 0; at = record.indexOf('\n', at + 1)) newlines++;
  return newlines;
}

/** Null where a quote is not closed, or is followed by something else than a comma. */
function quotedCells(record: string): string[] | null {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      let cell = '';
      let close = record.indexOf('"', at + 1);
      for (; close >= 0 && record[close + 1] === '"'; close = record.indexOf('"', close + 2)) {
        cell += record.slice(at + 1, close + 1);
        at = close + 1;
      }
      if (close < 0) return null;
      cells.push(cell + record.slice(at + 1, close));
      at = close + 1;
      if (at < record.length && record[at] !== ',') return null;
    } else {
      const comma = record.indexOf(',', at);
      const end = comma < 0 ? record.length : comma;
      cells.push(record.slice(at, end));
      at = end;
    }
    if (at >= record.length) return cells;
    at++;
  }
}

export interface RowPlace {
  readonly file: string;
  readonly line: number;
}

/** One kind of table: what its columns are called, and what a row means. */
export interface TableKind<Row> {
  readonly name: string;
  /** Column and what it holds, in the order they are documented. */
  readonly columns: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  /** Null, after a report, where the row is wrong. `cell` gives the empty text for a column that is not there. */
  readRow(cell: (column: string) => string, report: (message: Phrase) => void, place: RowPlace): Row | null;
}

/** The rows of a table, checked one by one. */
export function readTable<Row>(
  kind: TableKind<Row>,
  file: CsvFile,
  faults: Faults,
): { readonly line: number; readonly row: Row }[] {
  const known = Object.keys(kind.columns);
  const position = new Map<string, number>();
  for (const [at, name] of file.header.entries()) {
    if (!known.includes(name))
      faults.add(
        file.path,
        1,
        null,
        phrase`unknown column ${quote(name)}${suggest(name, known)}; expected ${known}`,
      );
    else if (position.has(name))
      faults.add(file.path, 1, null, phrase`expected the column ${quote(name)} once`);
    else position.set(name, at);
  }
  const missing = kind.required.filter((name) => !position.has(name));
  if (missing.length > 0) {
    faults.add(file.path, 1, null, phrase`expected the columns ${missing}, which are missing`);
    return [];
  }
  let cells: readonly string[] = [];
  let line = 0;
  const cell = (column: string) => cells[position.get(column) ?? -1] ?? '';
  const report = (message: Phrase) => faults.add(file.path, line, null, message);
  const rows: { line: number; row: Row }[] = [];
  for (const one of file.rows) {
    cells = one.cells;
    line = one.line;
    const row = kind.readRow(cell, report, { file: file.path, line });
    if (row !== null) rows.push({ line, row });
  }
  return rows;
}
