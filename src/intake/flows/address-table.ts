import { formatIpv6 } from '../../base/ip.js';
import { hashWords, ID_MASK, roomFor, Slots } from './slots.js';

/** Room at first; see FlowStore. */
const FIRST_IDS = 8192;
const MOST_FIRST_IDS = 65_536;

/**
 * IPv6 addresses as small integers, so that a flow key is four words whatever the IP version. Each flow holds a
 * reference to its two addresses; an address without references is forgotten, so the flow limit bounds this too.
 */
export class AddressTable {
  #words: Int32Array;
  #hashes: Int32Array;
  #references: Int32Array;
  /** Id of the next forgotten address, plus one; 0 ends the list. */
  #freeHead = -1;
  #used = 0;
  readonly #texts = new Map<number, string>();
  readonly #seed: number;
  readonly #slots: Slots;

  constructor(seed: number, expected = 0) {
    const ids = roomFor(expected, FIRST_IDS, MOST_FIRST_IDS);
    this.#words = new Int32Array(ids * 4);
    this.#hashes = new Int32Array(ids);
    this.#references = new Int32Array(ids);
    this.#slots = new Slots(ids * 2, (id) => this.#hashes[id]!);
    this.#seed = seed;
    // See FlowStore: no constant.
    this.#freeHead = 0;
  }

  /** Id of the 16 bytes at `offset`. A new address must be retained before anything else is released. */
  intern(view: DataView, offset: number): number {
    const a = view.getInt32(offset);
    const b = view.getInt32(offset + 4);
    const c = view.getInt32(offset + 8);
    const d = view.getInt32(offset + 12);
    const hash = hashWords(this.#seed, a, b, c, d);
    const { entries, mask } = this.#slots;
    const words = this.#words;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = entries[at]!;
      if (entry === 0) break;
      if ((entry ^ hash) >>> 24 !== 0) continue;
      const id = (entry & ID_MASK) - 1;
      const base = id << 2;
      if (words[base] === a && words[base + 1] === b && words[base + 2] === c && words[base + 3] === d)
        return id;
    }
    return this.#create(hash, a, b, c, d);
  }

  retain(id: number): void {
    this.#references[id]!++;
  }

  release(id: number): void {
    if (--this.#references[id]! > 0) return;
    this.#slots.remove(this.#hashes[id]!, id);
    this.#texts.delete(id);
    this.#words[id << 2] = this.#freeHead;
    this.#freeHead = id + 1;
  }

  /** Forgets all addresses. */
  clear(): void {
    this.#slots.clear();
    this.#texts.clear();
    this.#used = 0;
    this.#freeHead = 0;
  }

  /** Canonical text (RFC 5952), kept while the address is. */
  text(id: number): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const bytes = Buffer.alloc(16);
    this.write(id, new DataView(bytes.buffer, bytes.byteOffset, 16), 0);
    const text = formatIpv6(bytes, 0);
    this.#texts.set(id, text);
    return text;
  }

  /** The 16 bytes of an address, to `offset`. */
  write(id: number, view: DataView, offset: number): void {
    for (let word = 0; word < 4; word++) view.setInt32(offset + word * 4, this.#words[(id << 2) + word]!);
  }

  #create(hash: number, a: number, b: number, c: number, d: number): number {
    let id = this.#freeHead - 1;
    if (id >= 0) {
      this.#freeHead = this.#words[id << 2]!;
    } else {
      id = this.#used++;
      if (id === this.#hashes.length) this.#grow();
    }
    const base = id << 2;
    this.#words[base] = a;
    this.#words[base + 1] = b;
    this.#words[base + 2] = c;
    this.#words[base + 3] = d;
    this.#hashes[id] = hash;
    this.#references[id] = 0;
    this.#slots.insert(hash, id);
    return id;
  }

  #grow(): void {
    this.#words = doubled(this.#words);
    this.#hashes = doubled(this.#hashes);
    this.#references = doubled(this.#references);
  }
}

/** A copy with twice the room, the rest zero. */
function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
