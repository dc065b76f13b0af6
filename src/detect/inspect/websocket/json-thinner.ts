/** Objects and lists nested deeper than this come out empty: `{"result":{"transactions":[{},{}]}}`. */
const KEPT_DEPTH = 3;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Leaves the frame of a long JSON text and empties what is deep inside it. A block template of today carries some
 * megabytes of transactions, of which nobody here needs more than that they are there.
 */
export class JsonThinner {
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  /** Writes what stays of `bytes` into `into` from `at` on; where it ends, or -1 where it does not fit. */
  thin(bytes: Buffer, into: Buffer, at: number): number {
    let end = at;
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      let isKept = this.#depth <= KEPT_DEPTH;
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === 0x7b || byte === 0x5b) this.#depth++;
      else if (byte === 0x7d || byte === 0x5d) isKept = --this.#depth <= KEPT_DEPTH;
      if (!isKept) continue;
      if (end === into.length) return -1;
      into[end++] = byte;
    }
    return end;
  }
}
