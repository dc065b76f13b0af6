/** Slots for each name: at most a quarter is full, so that most look-ups end at their first slot. */
const SLOTS_PER_NAME = 4;
const FNV_PRIME = 0x01000193;
const FNV_BASIS = 0x811c9dc5;

/** Bytes of host names as the lists write them: lower case; 0 for a byte that no listed name has. */
const FOLDED = new Uint8Array(256);
for (const char of 'abcdefghijklmnopqrstuvwxyz0123456789-_.') FOLDED[char.charCodeAt(0)] = char.charCodeAt(0);
for (let letter = 0x41; letter <= 0x5a; letter++) FOLDED[letter] = letter | 0x20;
const DOT = 0x2e;

/**
 * The hashes of listed names and domains, asked for nearly every name in the traffic, straight from its bytes and
 * without a text being made of it. It may say yes to a name that is not listed, never no to one that is.
 */
export class NameSet {
  readonly #slots: Int32Array;

  /** `names` as the lists write them: lower case, no trailing dot. */
  constructor(names: readonly string[]) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(1, names.length) * SLOTS_PER_NAME)));
    const mask = this.#slots.length - 1;
    for (const name of names) {
      let hash = FNV_BASIS | 0;
      for (let at = name.length - 1; at >= 0; at--) hash = Math.imul(hash ^ name.charCodeAt(at), FNV_PRIME);
      let slot = spread(hash) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = marked(hash);
    }
  }

  /**
   * Whether the name from `start` to `end`, in any letter case, or a domain above it could be listed. Yes as well
   * where it is not written as a plain host name: whoever reads it then must look more closely.
   */
  mayHold(bytes: Buffer, start: number, end: number): boolean {
    if (end <= start || bytes[end - 1] === DOT) return true;
    // From its end: each domain above the name is on the way.
    let hash = FNV_BASIS | 0;
    for (let at = end - 1; at >= start; at--) {
      const char = FOLDED[bytes[at] as number] as number;
      if (char === 0 || (char === DOT && this.#has(hash))) return true;
      hash = Math.imul(hash ^ char, FNV_PRIME);
    }
    return this.#has(hash);
  }

  #has(hash: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const mark = marked(hash);
    for (let slot = spread(hash) & mask; slots[slot] !== 0; slot = (slot + 1) & mask)
      if (slots[slot] === mark) return true;
    return false;
  }
}

/** An empty slot is 0. */
function marked(hash: number): number {
  return hash === 0 ? 1 : hash;
}

/** FNV's high bits are its best. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}
