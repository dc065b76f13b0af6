import { CsvError, parse } from 'csv-parse/sync';
import { phrase } from '../../base/phrase.js';
import type { TableFaults } from './faults.js';
import { MAX_COLUMNS, MAX_RECORD_CHARS, MAX_ROWS } from './limits.js';
import type { RowVisitor } from './table.js';

const DELIMITERS = [',', '\t', ';', '，'];
/** Characters of the first line that are looked at for the delimiter. */
const MAX_FIRST_LINE = 10_000;

/** RFC 4180, or with tabs or semicolons; lines that begin with `#` are remarks, empty ones are skipped. */
export function readCsv(text: string, visitor: RowVisitor, faults: TableFaults): void {
  let rows = 0;
  let isWanted: boolean | null = null;
  const take = (cells: readonly string[], line: number) => {
    if (cells.length > MAX_COLUMNS) faults.add(line, phrase`expected at most ${MAX_COLUMNS} columns`);
    else if (isWanted === null) isWanted = visitor.header(cells, line);
    else if (isWanted && rows++ < MAX_ROWS) visitor.row(cells, line);
  };
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      comment: '#',
      comment_no_infix: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: MAX_RECORD_CHARS,
      on_record: (cells: string[], { lines }) => {
        take(cells, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 0;
    faults.add(
      line,
      phrase`expected CSV (RFC 4180): ${error.code.replace(/^CSV_/, '').toLowerCase().replaceAll('_', ' ')}`,
    );
    return;
  }
  if (isWanted === null) faults.add(0, phrase`expected a header line, found an empty file`);
  if (rows > MAX_ROWS) faults.add(0, phrase`expected at most ${MAX_ROWS} rows, found ${rows}`);
}

function delimiterOf(text: string): string {
  const lines = text.slice(0, MAX_FIRST_LINE).split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
