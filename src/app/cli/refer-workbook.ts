import { Writable } from 'node:stream';
import { XlsxWorkbook } from '../../deliver/export/xlsx-workbook.js';
import type { ReferSheet } from '../../deliver/refer/sheets.js';

/** The sheets as one XLSX file, in this order. */
export async function workbookOf(sheets: readonly ReferSheet[]): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const book = await XlsxWorkbook.open(out);
  for (const { name, columns, rows, keys } of sheets)
    await book.addSheet(name, columns, rows, { keys, wraps: true });
  await book.finish(sheets.map(({ name }) => name));
  return Buffer.concat(chunks);
}
