import { phrase } from '../../base/phrase.js';
import type { TableFaults } from './faults.js';

/**
 * The text of a CSV or JSON file: UTF-16 and UTF-8 by their byte order mark, else UTF-8 where the bytes are valid
 * UTF-8, else GB 18030, which Chinese spreadsheets write and which holds GBK and GB 2312. Null, after a fault, where
 * they are none of these.
 */
export function decodeText(bytes: Uint8Array, faults: TableFaults): string | null {
  const [a, b] = bytes;
  const marked = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : null;
  for (const encoding of marked === null ? ['utf-8', 'gb18030'] : [marked]) {
    try {
      // Without ignoreBOM the mark is taken off.
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not in this encoding.
    }
  }
  faults.add(0, phrase`expected text in UTF-8, GB 18030 (GBK) or UTF-16, found bytes that are none of these`);
  return null;
}
