import type { Counters } from '../../base/counters.js';
import type { Packet } from '../../model/packet.js';
import { hashWords, ID_MASK, Slots } from './slots.js';
import { Kind, optionLength, optionsOf } from './tcp-options.js';

/** Kinds of SYN that are told apart: a row of the flow table has 12 bits for one. What comes after is `syn.kinds`. */
export const MAX_SYN_KINDS = 4095;
const WORDS = 3;
/** Options whose order is kept, in 4 bits each: two words. */
const MAX_ORDER = 16;

/** Names of options in p0f's signatures, by their code in an order word. */
const NAMES = ['', 'eol', 'nop', 'mss', 'ws', 'sok', 'ts', '?'] as const;
const OTHER = 7;
const CODES: Readonly<Record<number, number>> = {
  [Kind.END]: 1,
  [Kind.NOP]: 2,
  [Kind.MSS]: 3,
  [Kind.SCALE]: 4,
  [Kind.SACK_PERMITTED]: 5,
  [Kind.TIMESTAMP]: 6,
};

/**
 * The options of SYN packets, by number: a network has few kinds of them, so that a conversation keeps a number alone.
 * What an attacker makes up fills the book, no more: kinds that were there before it stay known.
 */
export class SynBook {
  readonly #words = new Int32Array((MAX_SYN_KINDS + 1) * WORDS);
  readonly #seed: number;
  readonly #slots: Slots;
  #used = 0;
  #full = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#slots = new Slots(1024, (id) => this.#hashAt(id));
  }

  /** Number of the options of a decoded SYN, from 1; 0: cut, not readable, or the book is full. */
  numberOf(packet: Packet): number {
    const start = optionsOf(packet);
    if (start < 0) return 0;
    const { bytes, view } = packet;
    let [low, high, sizes] = [0, 0, 0];
    let at = start;
    for (let seen = 0; seen < MAX_ORDER; seen++) {
      const length = optionLength(packet, at, seen);
      if (length === 0) break;
      const kind = bytes[at] ?? 0;
      const code = CODES[kind] ?? OTHER;
      if (seen < 8) low |= code << (seen * 4);
      else high |= code << ((seen - 8) * 4);
      if (kind === Kind.MSS && length === 4) sizes = (sizes & 0xffff) | (view.getUint16(at + 2) << 16);
      else if (kind === Kind.SCALE && length === 3) sizes = (sizes & ~0xff) | (bytes[at + 2] ?? 0);
      if (kind === Kind.END) break;
      at += length;
    }
    return this.#intern(low, high, sizes);
  }

  /** A number's options in p0f's notation (TcpStack.syn); null for 0. */
  text(number: number): string | null {
    if (number <= 0 || number > this.#used) return null;
    const at = number * WORDS;
    const sizes = this.#words[at + 2] ?? 0;
    const order: string[] = [];
    for (let place = 0; place < MAX_ORDER; place++) {
      const code = ((this.#words[at + (place >> 3)] ?? 0) >>> ((place & 7) * 4)) & 15;
      if (code === 0) break;
      order.push(NAMES[code] ?? '?');
    }
    return `${sizes >>> 16}:*,${sizes & 0xff}:${order.join(',')}`;
  }

  /** Adds what was counted since the last call. */
  report(counters: Counters): void {
    counters.add('syn.kinds', this.#full);
    this.#full = 0;
  }

  #intern(low: number, high: number, sizes: number): number {
    const hash = hashWords(this.#seed, low, high, sizes, 0);
    const words = this.#words;
    const { entries, mask } = this.#slots;
    for (let slot = hash & mask; entries[slot] !== 0; slot = (slot + 1) & mask) {
      const number = (entries[slot] ?? 0) & ID_MASK;
      const at = number * WORDS;
      if (words[at] === low && words[at + 1] === high && words[at + 2] === sizes) return number;
    }
    if (this.#used >= MAX_SYN_KINDS) {
      this.#full++;
      return 0;
    }
    const number = ++this.#used;
    words.set([low, high, sizes], number * WORDS);
    this.#slots.insert(hash, number - 1);
    return number;
  }

  #hashAt(id: number): number {
    const at = (id + 1) * WORDS;
    const [low = 0, high = 0, sizes = 0] = this.#words.subarray(at, at + WORDS);
    return hashWords(this.#seed, low, high, sizes, 0);
  }
}

/** Whether options in this notation have timestamps. */
export function hasTimestampsIn(syn: string): boolean {
  return /[:,]ts(?:,|$)/.test(syn);
}
