import { writeChunks } from '../../deliver/export/chunks.js';
import { formatListing, type ListColumn, listingTsv } from '../../deliver/print/listing.js';
import { printableValue } from '../../deliver/print/office-json.js';
import { type GlobalOptions, wantsColor } from './globals.js';

/** A list on standard output: objects with --json, a table on a terminal, TSV into a pipe. */
export async function writeList<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  toObject: (row: Row) => unknown,
  globals: GlobalOptions,
): Promise<void> {
  const { stdout } = process;
  if (globals.json) {
    await writeChunks(
      rows.map((row) => `${JSON.stringify(printableValue(toObject(row)))}\n`),
      stdout,
    );
  } else if (stdout.isTTY) {
    const table = formatListing(columns, rows, {
      language: globals.lang,
      color: wantsColor(globals, stdout),
      width: stdout.columns ?? null,
    });
    await writeChunks([`${table}\n`], stdout);
  } else await writeChunks(listingTsv(columns, rows), stdout);
}

/** A remark for people on standard error. */
export function remark(text: string, globals: Pick<GlobalOptions, 'quiet'>): void {
  if (!globals.quiet) process.stderr.write(`${text}\n`);
}
