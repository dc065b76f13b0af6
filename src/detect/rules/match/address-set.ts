import { randomInt } from 'node:crypto';
import ipaddr from 'ipaddr.js';

const FIRST_SLOTS = 1024;

/**
 * A set of IPv4 and IPv6 addresses that is asked once for every new conversation, straight from the packet's bytes:
 * open addressing in typed arrays, at most half full, no allocation per question. Words are signed: unsigned ones would
 * be doubles to the engine. The hash is seeded, so that addresses chosen by a stranger do not pile up in one place.
 *
 * `!` after an index: slots are masked to the table's length.
 */
export class AddressSet {
  #seed = randomInt(2 ** 32 - 1) | 0;
  #four = new Int32Array(FIRST_SLOTS);
  #fourSize = 0;
  #six = new Int32Array(FIRST_SLOTS * 4);
  #sixSize = 0;

  get size(): number {
    return this.#fourSize + this.#sixSize;
  }

  clear(): void {
    this.#four.fill(0);
    this.#six.fill(0);
    this.#fourSize = 0;
    this.#sixSize = 0;
  }

  /** Forgets what it holds, and holds what another set does. */
  become(other: AddressSet): void {
    this.#seed = other.#seed;
    this.#four = other.#four.slice();
    this.#fourSize = other.#fourSize;
    this.#six = other.#six.slice();
    this.#sixSize = other.#sixSize;
  }

  /** `ip`: canonical text. The all-zero addresses, which nobody has, are not kept. */
  add(ip: string): void {
    const octets = ip.split('.').map(Number);
    if (octets.length === 4) {
      this.#addFour(octets.reduce((word, octet) => (word << 8) | octet, 0));
      return;
    }
    const view = new DataView(Uint8Array.from(ipaddr.parse(ip).toByteArray()).buffer);
    this.#addSix(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12));
  }

  /** The address of 4 or 16 bytes at `offset`; an IPv4-mapped IPv6 address is looked up as IPv4. */
  hasAt(view: DataView, offset: number, ipVersion: number): boolean {
    if (ipVersion === 4) return this.#hasFour(view.getInt32(offset));
    if (ipVersion !== 6) return false;
    const a = view.getInt32(offset);
    const b = view.getInt32(offset + 4);
    const c = view.getInt32(offset + 8);
    const d = view.getInt32(offset + 12);
    return a === 0 && b === 0 && c === 0xffff ? this.#hasFour(d) : this.#hasSix(a, b, c, d);
  }

  #addFour(word: number): void {
    if (word === 0 || this.#hasFour(word)) return;
    if (++this.#fourSize * 2 > this.#four.length) {
      const old = this.#four;
      this.#four = new Int32Array(old.length * 2);
      for (const one of old) if (one !== 0) this.#placeFour(one);
    }
    this.#placeFour(word);
  }

  #placeFour(word: number): void {
    const mask = this.#four.length - 1;
    let slot = mix(word ^ this.#seed) & mask;
    while (this.#four[slot] !== 0) slot = (slot + 1) & mask;
    this.#four[slot] = word;
  }

  #hasFour(word: number): boolean {
    const table = this.#four;
    const mask = table.length - 1;
    for (let slot = mix(word ^ this.#seed) & mask; table[slot] !== 0; slot = (slot + 1) & mask)
      if (table[slot] === word) return true;
    return false;
  }

  #addSix(a: number, b: number, c: number, d: number): void {
    if ((a | b | c | d) === 0 || this.#hasSix(a, b, c, d)) return;
    if (++this.#sixSize * 8 > this.#six.length) {
      const old = this.#six;
      this.#six = new Int32Array(old.length * 2);
      for (let at = 0; at < old.length; at += 4)
        this.#placeSix(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!);
    }
    this.#placeSix(a, b, c, d);
  }

  #placeSix(a: number, b: number, c: number, d: number): void {
    if ((a | b | c | d) === 0) return;
    const table = this.#six;
    let at = this.#slotSix(a, b, c, d);
    while ((table[at]! | table[at + 1]! | table[at + 2]! | table[at + 3]!) !== 0)
      at = (at + 4) & (table.length - 1);
    table[at] = a;
    table[at + 1] = b;
    table[at + 2] = c;
    table[at + 3] = d;
  }

  #hasSix(a: number, b: number, c: number, d: number): boolean {
    const table = this.#six;
    const mask = table.length - 1;
    for (let at = this.#slotSix(a, b, c, d); ; at = (at + 4) & mask) {
      const w = table[at]!;
      if (w === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d)
        return (a | b | c | d) !== 0;
      if ((w | table[at + 1]! | table[at + 2]! | table[at + 3]!) === 0) return false;
    }
  }

  #slotSix(a: number, b: number, c: number, d: number): number {
    const hash = mix(mix(mix(mix(a ^ this.#seed) ^ b) ^ c) ^ d);
    return (hash << 2) & (this.#six.length - 1);
  }
}

/** The finalizer of MurmurHash3: every bit of the answer depends on every bit of the word. */
function mix(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
