import { phrase } from '../../base/phrase.js';
import { readCsv } from './csv.js';
import { decodeText } from './decode-text.js';
import type { TableFaults } from './faults.js';
import { readJson } from './json.js';
import { MAX_FILE_BYTES } from './limits.js';
import type { RowVisitor, TableBytes } from './table.js';

/** Reads a table by its content, whatever the file is called: XLSX (a zip), JSON (an array, or objects), else CSV. */
export async function readTable(bytes: TableBytes, visitor: RowVisitor, faults: TableFaults): Promise<void> {
  if (bytes.length > MAX_FILE_BYTES) return faults.add(0, phrase`expected at most ${MAX_FILE_BYTES} bytes`);
  const [a, b] = bytes.subarray(0, 2);
  if (a === 0x50 && b === 0x4b) {
    const { readXlsx } = await import('./xlsx.js');
    return await readXlsx(bytes.subarray(), visitor, faults);
  }
  if (a === 0xd0 && b === 0xcf)
    return faults.add(0, phrase`expected CSV, JSON or XLSX, found an old XLS file: save it as XLSX`);
  const pieces = decodeText(bytes, faults);
  if (pieces === null) return;
  const [head = ''] = pieces;
  if (/^\s*[[{]/.test(head.slice(0, 200))) readJson([...pieces].join(''), visitor, faults);
  else await readCsv(pieces, visitor, faults);
}
