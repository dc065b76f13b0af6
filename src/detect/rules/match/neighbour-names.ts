import { DAY_US } from '../../../base/time.js';

/** Sets of entries, by the address's hash: of a full set the entry not seen for longest goes. */
const SETS = 2 ** 14;
const WAYS = 4;
/** Names of one address that are told apart. */
export const MAX_NEIGHBOUR_NAMES = 8;
/** Two words of the address, the day it was last seen, then a hash and a day for each name. */
const NAMES = 3;
const ENTRY = NAMES + 2 * MAX_NEIGHBOUR_NAMES;
const FNV_PRIME = 0x01000193;

/**
 * How many names, that are no pool's, DNS gave to an address: 65,536 addresses in 5 MB, nothing allocated for an
 * answer. Names are known by their hash (32 bits), IPv6 addresses by theirs (64 bits): that two fall together is
 * as rare as it is harmless, one name less or more being counted.
 */
export class NeighbourNames {
  #evicted = 0;
  /** Made with the first answer: most inputs have none. */
  #words = new Int32Array(0);
  #high = 0;
  #low = 0;

  add(nameHash: number, bytes: Uint8Array, offset: number, length: number, timeUs: number): void {
    if (this.#words.length === 0) this.#words = new Int32Array(SETS * WAYS * ENTRY);
    this.#hash(bytes, offset, length);
    const words = this.#words;
    const day = dayOf(timeUs);
    let at = this.#find();
    if (at < 0) {
      at = this.#oldest();
      if (words[at + 2] !== 0) this.#evicted++;
      words.fill(0, at, at + ENTRY);
      words[at] = this.#high;
      words[at + 1] = this.#low;
    }
    if (day > (words[at + 2] ?? 0)) words[at + 2] = day;
    // The same name again, a free place, or that of the name not seen for longest.
    let place = at + NAMES;
    let before = 0;
    for (let name = at + NAMES; name < at + ENTRY; name += 2) {
      const seen = words[name + 1] ?? 0;
      const isSame = words[name] === (nameHash | 0);
      if (isSame && seen) {
        place = name;
        before = seen;
        break;
      }
      if (seen < (words[place + 1] ?? 0)) place = name;
    }
    words[place] = nameHash | 0;
    words[place + 1] = Math.max(before, day);
  }

  /** How many addresses went since this was asked last. */
  takeEvicted(): number {
    const evicted = this.#evicted;
    this.#evicted = 0;
    return evicted;
  }

  /** Names seen on the day of `sinceUs` or later. */
  count(bytes: Uint8Array, offset: number, length: number, sinceUs: number): number {
    if (this.#words.length === 0) return 0;
    this.#hash(bytes, offset, length);
    const at = this.#find();
    if (at < 0) return 0;
    const since = dayOf(sinceUs);
    let found = 0;
    for (let name = at + NAMES; name < at + ENTRY; name += 2)
      if ((this.#words[name + 1] ?? 0) !== 0 && (this.#words[name + 1] ?? 0) >= since) found++;
    return found;
  }

  #hash(bytes: Uint8Array, offset: number, length: number): void {
    let high = 0x811c9dc5 ^ length;
    let low = 0x9747b28c;
    for (let at = offset; at < offset + length; at++) {
      high = Math.imul(high ^ (bytes[at] ?? 0), FNV_PRIME);
      low = Math.imul(low + (bytes[at] ?? 0), 0x5bd1e995) ^ (low >>> 15);
    }
    this.#high = high | 0;
    this.#low = low | 0;
  }

  #set(): number {
    return ((this.#high ^ (this.#high >>> 15)) & (SETS - 1)) * WAYS * ENTRY;
  }

  #find(): number {
    const words = this.#words;
    const set = this.#set();
    for (let at = set; at < set + WAYS * ENTRY; at += ENTRY)
      if (words[at + 2] !== 0 && words[at] === this.#high && words[at + 1] === this.#low) return at;
    return -1;
  }

  #oldest(): number {
    const words = this.#words;
    const set = this.#set();
    let oldest = set;
    for (let at = set; at < set + WAYS * ENTRY; at += ENTRY)
      if ((words[at + 2] ?? 0) < (words[oldest + 2] ?? 0)) oldest = at;
    return oldest;
  }
}

/** Days since 1970, from 1 on: 0 marks what is free. */
function dayOf(timeUs: number): number {
  return Math.max(1, Math.floor(timeUs / DAY_US));
}
