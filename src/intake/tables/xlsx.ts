import { phrase } from '../../base/phrase.js';
import type { TableFaults } from './faults.js';
import { MAX_COLUMNS, MAX_ROWS, MAX_SHEET_CELLS, MAX_SHEET_ROWS, MAX_UNPACKED_BYTES } from './limits.js';
import type { RowVisitor } from './table.js';

/** Parts that hold text and numbers; pictures, macros and the rest are never unpacked. */
const PARTS =
  /^(?:\[Content_Types\]\.xml|_rels\/\.rels|xl\/(?:workbook|sharedStrings|styles)\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[^/]+\.xml)$/;
const SHEET = /^xl\/worksheets\//;

/**
 * The first sheet of an XLSX workbook (ECMA-376). The file is unpacked here first, within bounds that its own
 * directory cannot lie about, and handed to the reader packed anew.
 */
export async function readXlsx(bytes: Uint8Array, visitor: RowVisitor, faults: TableFaults): Promise<void> {
  const parts = await unpack(bytes, faults);
  if (parts === null || !isWithinBounds(parts, faults)) return;
  const [{ zipSync }, { readSheet }] = await Promise.all([
    import('fflate'),
    import('read-excel-file/universal'),
  ]);
  let rows: readonly (readonly unknown[])[];
  try {
    const clean = zipSync(parts, { level: 0 });
    rows = await readSheet(clean.buffer as ArrayBuffer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return faults.add(0, phrase`expected an XLSX workbook with a sheet: ${why.slice(0, 200)}`);
  }
  hand(rows, visitor, faults);
}

/** A declared size that is too small cuts the part off; one that is too large is refused before anything is unpacked. */
async function unpack(bytes: Uint8Array, faults: TableFaults): Promise<Record<string, Uint8Array> | null> {
  const { unzipSync } = await import('fflate');
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!PARTS.test(name)) return false;
        total += originalSize;
        if (total > MAX_UNPACKED_BYTES) throw new TooLarge();
        return true;
      },
    });
  } catch (error) {
    faults.add(
      0,
      error instanceof TooLarge
        ? phrase`expected at most ${MAX_UNPACKED_BYTES} bytes once unpacked; save a larger table as CSV`
        : phrase`expected an XLSX workbook: the zip is damaged`,
    );
    return null;
  }
}

class TooLarge extends Error {}

/** A cell named XFD1048576 alone would make a sheet of 17 thousand million cells. */
function isWithinBounds(parts: Readonly<Record<string, Uint8Array>>, faults: TableFaults): boolean {
  for (const [name, part] of Object.entries(parts)) {
    if (!SHEET.test(name)) continue;
    let columns = 1;
    let rows = 1;
    const text = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1');
    for (const [, letters = '', digits = ''] of text.matchAll(
      /\sr\s*=\s*["']([A-Za-z]{0,8})(\d{1,20})["']/g,
    )) {
      columns = Math.max(columns, columnNumber(letters));
      rows = Math.max(rows, Number(digits));
    }
    if (columns > MAX_COLUMNS || rows > MAX_SHEET_ROWS || columns * rows > MAX_SHEET_CELLS) {
      faults.add(
        0,
        phrase`expected a sheet of at most ${MAX_SHEET_ROWS - 1} rows behind the header, ${MAX_COLUMNS} columns and ${MAX_SHEET_CELLS} cells, found ${rows - 1} rows and ${columns} columns (empty ones that are formatted count); save a larger table as CSV, which may have ${MAX_ROWS} rows`,
      );
      return false;
    }
  }
  return true;
}

function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

function hand(rows: readonly (readonly unknown[])[], visitor: RowVisitor, faults: TableFaults): void {
  let isWanted: boolean | null = null;
  for (const [at, row] of rows.entries()) {
    const cells = row.map(cellText);
    if (cells.every((cell) => cell === '') || cells[0]?.startsWith('#')) continue;
    if (isWanted === null) isWanted = visitor.header(cells, at + 1);
    else if (isWanted) visitor.row(cells, at + 1);
  }
  if (isWanted === null) faults.add(0, phrase`expected a header row, found an empty sheet`);
}

/** Dates as ISO 8601: a spreadsheet's date has no zone, and comes as midnight UTC. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (!(value instanceof Date)) return String(value).trim();
  if (Number.isNaN(value.getTime())) return '';
  const text = value.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
}
