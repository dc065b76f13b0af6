import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { type Phrase, phrase } from '../../base/phrase.js';
import type { TableFaults } from './faults.js';
import { MAX_COLUMNS, MAX_RECORD_CHARS, MAX_ROWS } from './limits.js';
import type { RowVisitor } from './table.js';

const DELIMITERS = [',', '\t', ';', '，'];
/** Characters of the first line that are looked at for the delimiter. */
const MAX_FIRST_LINE = 10_000;

/**
 * RFC 4180, or with tabs or semicolons; lines that begin with `#` are remarks, empty ones are skipped. `pieces`: the text,
 * cut anywhere; gone through twice.
 */
export async function readCsv(
  pieces: Iterable<string>,
  visitor: RowVisitor,
  faults: TableFaults,
): Promise<void> {
  let rows = 0;
  let isWanted: boolean | null = null;
  const take = (cells: readonly string[], line: number) => {
    if (cells.length > MAX_COLUMNS) faults.add(line, phrase`expected at most ${MAX_COLUMNS} columns`);
    else if (isWanted === null) isWanted = visitor.header(cells, line);
    else if (isWanted && rows++ < MAX_ROWS) visitor.row(cells, line);
  };
  const parser = parse({
    delimiter: delimiterOf(beginningOf(pieces)),
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
  try {
    await pipeline(pieces, parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 0;
    faults.add(line, phrase`expected CSV (RFC 4180): ${CSV_FAULTS[error.code] ?? error.code}`);
    return;
  }
  if (isWanted === null) faults.add(0, phrase`expected a header line, found an empty file`);
  if (rows > MAX_ROWS) faults.add(0, phrase`expected at most ${MAX_ROWS} rows, found ${rows}`);
}

/** By the codes of csv-parse. */
const CSV_FAULTS: Readonly<Record<string, Phrase>> = {
  CSV_QUOTE_NOT_CLOSED: phrase`quote not closed`,
  CSV_INVALID_CLOSING_QUOTE: phrase`invalid closing quote`,
  INVALID_OPENING_QUOTE: phrase`invalid opening quote`,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: phrase`a character after a closing quote`,
  CSV_MAX_RECORD_SIZE: phrase`a row that is too long`,
};

function beginningOf(pieces: Iterable<string>): string {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length >= MAX_FIRST_LINE) break;
  }
  return text;
}

function delimiterOf(text: string): string {
  const lines = text.slice(0, MAX_FIRST_LINE).split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
