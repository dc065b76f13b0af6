import type { TableFaults } from './faults.js';
import { MAX_COLUMNS, MAX_RECORD_CHARS, MAX_ROWS } from './limits.js';
import type { RowVisitor } from './table.js';

const DELIMITERS = [',', '\t', ';', '，'];
const NO_CSV = `expected CSV (RFC 4180): quotes around whole cells, closed; at most ${MAX_RECORD_CHARS} characters a row`;

/**
 * RFC 4180, or with tabs or semicolons; lines that begin with `#` are remarks, empty ones are skipped. `pieces`: the text,
 * cut anywhere. A general parser took a third of the time of an import of a million rows.
 */
export function readCsv(pieces: Iterable<string>, visitor: RowVisitor, faults: TableFaults): void {
  let rows = 0;
  let delimiter = '';
  let isWanted = true;
  for (const { text, line } of recordsOf(pieces)) {
    const isLong = text.length > MAX_RECORD_CHARS;
    if (!isLong && (text.startsWith('#') || text.trim() === '')) continue;
    const isHeader = delimiter === '';
    if (isHeader) delimiter = delimiterOf(text);
    const cells = isLong ? null : cellsOf(text, delimiter);
    if (cells === null) {
      faults.add(line, NO_CSV);
      return;
    }
    if (cells.length > MAX_COLUMNS) faults.add(line, `expected at most ${MAX_COLUMNS} columns`);
    else if (isHeader) isWanted = visitor.header(cells, line);
    else if (isWanted && rows++ < MAX_ROWS) visitor.row(cells, line);
  }
  if (delimiter === '') faults.add(0, 'expected a header line, found an empty file');
  if (rows > MAX_ROWS) faults.add(0, `expected at most ${MAX_ROWS} rows, found ${rows}`);
}

interface TextRecord {
  /** Without the line end, quotes and all; longer than MAX_RECORD_CHARS: cut, and the last. */
  readonly text: string;
  /** On which it begins. */
  readonly line: number;
}

/** Lines, a line end within quotes apart. */
function* recordsOf(pieces: Iterable<string>): Generator<TextRecord> {
  let rest = '';
  let line = 1;
  let newline = '';
  for (const piece of pieces) {
    const text = rest + piece;
    newline ||= newlineOf(text);
    const cursor = { quote: -1 };
    let at = 0;
    while (newline !== '') {
      const end = endOf(text, at, newline, cursor);
      if (end < 0) break;
      const record = text.slice(at, newline === '\n' && text[end - 1] === '\r' ? end - 1 : end);
      yield { text: record, line };
      line += 1 + countOf(record, newline);
      at = end + 1;
    }
    rest = text.slice(at);
    if (rest.length > MAX_RECORD_CHARS) break;
  }
  if (rest !== '') yield { text: rest, line };
}

/** LF, which stands for CRLF too; CR where it comes first and alone; empty: not to be told yet. */
function newlineOf(text: string): string {
  if (text.includes('\n')) return '\n';
  return /\r./.test(text) ? '\r' : '';
}

/** Where the record that begins at `start` ends; -1: not in this text. The cursor's quote is the next, so that none is looked for twice. */
function endOf(text: string, start: number, newline: string, cursor: { quote: number }): number {
  let end = text.indexOf(newline, start);
  if (text[start] === '#') return end;
  if (cursor.quote < start) cursor.quote = endOrLength(text, '"', start);
  while (end >= 0 && cursor.quote < end) {
    const close = text.indexOf('"', cursor.quote + 1);
    if (close < 0) return -1;
    if (close > end) end = text.indexOf(newline, close);
    cursor.quote = endOrLength(text, '"', close + 1);
  }
  return end;
}

function countOf(text: string, what: string): number {
  return text.includes(what) ? text.split(what).length - 1 : 0;
}

/** Without the blanks around them; null where a quote is not closed, or stands within a cell without quotes. */
function cellsOf(text: string, delimiter: string): string[] | null {
  if (!text.includes('"')) return text.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  for (let at = 0; at <= text.length; at++) {
    let end = endOrLength(text, delimiter, at);
    if (text.slice(at, end).trimStart().startsWith('"')) {
      const open = text.indexOf('"', at);
      let close = text.indexOf('"', open + 1);
      while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
      end = endOrLength(text, delimiter, close + 1);
      if (close < 0 || text.slice(close + 1, end).trim() !== '') return null;
      cells.push(text.slice(open + 1, close).replaceAll('""', '"'));
    } else {
      const cell = text.slice(at, end).trim();
      if (cell.includes('"')) return null;
      cells.push(cell);
    }
    at = end;
  }
  return cells;
}

function endOrLength(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

/** The one that stands most often in the header. */
function delimiterOf(header: string): string {
  const counts = DELIMITERS.map((delimiter) => countOf(header, delimiter));
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
