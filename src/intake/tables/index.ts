import { phrase } from '../../base/phrase.js';
import { readCsv } from './csv.js';
import { decodeText } from './decode-text.js';
import type { TableFaults } from './faults.js';
import { readJson } from './json.js';
import { MAX_FILE_BYTES } from './limits.js';
import type { RowVisitor } from './table.js';

/** Reads a table by its content, whatever the file is called: XLSX (a zip), JSON (an array, or objects), else CSV. */
export async function readTable(bytes: Uint8Array, visitor: RowVisitor, faults: TableFaults): Promise<void> {
  if (bytes.length > MAX_FILE_BYTES) return faults.add(0, phrase`expected at most ${MAX_FILE_BYTES} bytes`);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    const { readXlsx } = await import('./xlsx.js');
    return await readXlsx(bytes, visitor, faults);
  }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf)
    return faults.add(0, phrase`expected CSV, JSON or XLSX, found an old XLS file: save it as XLSX`);
  const text = decodeText(bytes, faults);
  if (text === null) return;
  if (/^\s*[[{]/.test(text.slice(0, 200))) readJson(text, visitor, faults);
  else readCsv(text, visitor, faults);
}
