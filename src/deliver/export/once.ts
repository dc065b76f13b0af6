import { hash } from 'node:crypto';

/** Entries that are remembered so as not to be written twice; beyond, one may come again. */
const MAX_REMEMBERED = 262_144;
/** Open addressing, at most half full: 128 bits of a SHA-256 each, all zero where nothing is. */
const WORDS = 2;
const TABLE = MAX_REMEMBERED * 2 * WORDS;

/** Says whether a text comes for the first time; remembers in 8 MiB outside the heap, however long the texts are. */
export class Once {
  readonly #table = new BigUint64Array(TABLE);
  #size = 0;

  isFirst(text: string): boolean {
    const digest = hash('sha256', text, 'buffer');
    const [high, low] = [digest.readBigUInt64LE(0), digest.readBigUInt64LE(8)];
    let at = (digest.readUInt32LE(16) * WORDS) % TABLE;
    for (; this.#table[at] !== 0n || this.#table[at + 1] !== 0n; at = (at + WORDS) % TABLE)
      if (this.#table[at] === high && this.#table[at + 1] === low) return false;
    if (this.#size < MAX_REMEMBERED) {
      this.#table[at] = high;
      this.#table[at + 1] = low;
      this.#size++;
    }
    return true;
  }
}
