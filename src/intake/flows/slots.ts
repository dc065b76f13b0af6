/**
 * The index of an open-addressing table: hash to a small id, linear probing, load at most one half.
 * An entry is 0 (free) or the top 8 bits of the hash over the id plus one, so that a look-up rarely touches
 * a record in vain. Owners probe `entries` themselves, inlined in their hot loop.
 */

const TAG_MASK = 0xff000000 | 0;
export const ID_MASK = 0x00ffffff;

export class Slots {
  entries: Int32Array;
  mask: number;
  #count = 0;
  readonly #hashOf: (id: number) => number;

  /** `size` must be a power of two; `hashOf` must give what was passed to insert(). */
  constructor(size: number, hashOf: (id: number) => number) {
    this.entries = new Int32Array(size);
    this.mask = size - 1;
    this.#hashOf = hashOf;
  }

  /** The id must not be there yet. */
  insert(hash: number, id: number): void {
    if (++this.#count * 2 > this.entries.length) this.#grow();
    this.#place(hash, id);
  }

  /** Closes the hole by moving later entries up: no tombstones that would fill the table over time. */
  remove(hash: number, id: number): void {
    const { entries, mask } = this;
    let hole = hash & mask;
    while ((entries[hole]! & ID_MASK) !== id + 1) {
      if (entries[hole] === 0) return;
      hole = (hole + 1) & mask;
    }
    for (let at = (hole + 1) & mask; entries[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashOf((entries[at]! & ID_MASK) - 1) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      entries[hole] = entries[at]!;
      hole = at;
    }
    entries[hole] = 0;
    this.#count--;
  }

  clear(): void {
    this.entries.fill(0);
    this.#count = 0;
  }

  #place(hash: number, id: number): void {
    const { entries, mask } = this;
    let at = hash & mask;
    while (entries[at] !== 0) at = (at + 1) & mask;
    entries[at] = (hash & TAG_MASK) | (id + 1);
  }

  #grow(): void {
    const old = this.entries;
    this.entries = new Int32Array(old.length * 2);
    this.mask = this.entries.length - 1;
    for (const entry of old) {
      if (entry === 0) continue;
      const id = (entry & ID_MASK) - 1;
      this.#place(this.#hashOf(id), id);
    }
  }
}

/** The least power of two that holds `expected`, within bounds that are powers of two. */
export function roomFor(expected: number, least: number, most: number): number {
  let room = least;
  while (room < expected && room < most) room *= 2;
  return room;
}

/** Four words to a 32-bit hash; the seed keeps an attacker from choosing keys that collide. */
export function hashWords(seed: number, a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a ^ seed, 0xcc9e2d51);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 14) ^ c, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ d, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
