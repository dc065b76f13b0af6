import { phrase } from '../../base/phrase.js';
import type { TableFaults } from './faults.js';
import type { TableBytes } from './table.js';

/** Bytes that are decoded at once, so that a file is never whole as text. More are slower: they miss V8's young space. */
const PIECE = 1 << 16;

/**
 * The text of a CSV or JSON file, in pieces, as often as asked: UTF-16 and UTF-8 by their byte order mark, else UTF-8 where
 * the bytes are valid UTF-8, else GB 18030, which Chinese spreadsheets write and which holds GBK and GB 2312. Null, after
 * a fault, where they are none of these.
 */
export function decodeText(bytes: TableBytes, faults: TableFaults): Iterable<string> | null {
  const [a, b] = bytes.subarray(0, 2);
  const marked = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : null;
  for (const encoding of marked === null ? ['utf-8', 'gb18030'] : [marked])
    if (isIn(encoding, bytes)) return { [Symbol.iterator]: () => pieces(bytes, encoding) };
  faults.add(0, phrase`expected text in UTF-8, GB 18030 (GBK) or UTF-16, found bytes that are none of these`);
  return null;
}

function isIn(encoding: string, bytes: TableBytes): boolean {
  try {
    for (const _ of pieces(bytes, encoding));
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Throws TypeError where the bytes are not in this encoding. */
function* pieces(bytes: TableBytes, encoding: string): Generator<string> {
  // Without ignoreBOM the mark is taken off.
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at < bytes.length; at += PIECE)
    yield decoder.decode(bytes.subarray(at, at + PIECE), { stream: at + PIECE < bytes.length });
}
