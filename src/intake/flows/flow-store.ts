import { alignedMemory } from '../../base/aligned-memory.js';
import type { Packet } from '../../model/packet.js';
import { AddressTable } from './address-table.js';
import { hashWords, ID_MASK, roomFor, Slots } from './slots.js';

/**
 * Conversations as rows of typed arrays: one row of 16 words (a cache line) for what every packet touches, another of
 * 8 words for the rest. Rows are dense and reused; the index over them is Slots. Sides: A (0) is the end with the
 * lower address and port, B (1) the other, so both directions find the same row.
 *
 * `!` after an index: rows are only addressed by ids that find() or create() gave, so they are always inside.
 */

/** Words of a row. A pair of words is [side A, side B]. */
export const ADDRESS_A = 0;
const ADDRESS_B = 1;
/** Port of A in the high half, of B in the low. */
export const PORTS = 2;
export const META = 3;
/** Time of the last packet: a double over words 4 and 5. */
const LAST = 4;
const HASH = 6;
/** Slot of the session that reads this conversation, plus one; 0 is none. */
export const SESSION = 7;
export const PACKETS = 8;
/** Low 32 bits; the rest is in BYTES_HIGH. */
export const BYTES = 10;
export const PAYLOADS = 12;
/** Sequence number after the last payload seen: what an in-order next segment would carry. */
export const NEXT_SEQ = 14;
export const ROW_WORDS = 16;

/** Words of the other row, which only the first and the odd packet touches. Time of the first packet: a double. */
const START = 0;
/** Frame number of the first packet, and which of the table's inputs it came from. */
export const RECORD = 2;
export const ORIGIN = 3;
/** Above the ORIGIN_BITS of that word, of the first SYN: its time to live (8 bits) and number in the SynBook (12). */
export const ORIGIN_BITS = 12;
const SYN_TTL_SHIFT = ORIGIN_BITS;
const SYN_KIND_SHIFT = SYN_TTL_SHIFT + 8;
/** Initial sequence numbers. */
export const ISN = 4;
/** Bytes above 2^32. */
export const BYTES_HIGH = 6;
export const RARE_WORDS = 8;

/** Bits of META. A bit with side B's beside it is shifted left by the side. */
export const TCP = 1 << 0;
export const IPV6 = 1 << 1;
const KEY_BITS = TCP | IPV6;
export const FIRST_FROM_B = 1 << 2;
export const SYN_FROM_A = 1 << 3;
export const SYN_ACK_FROM_A = 1 << 5;
export const FIN_FROM_A = 1 << 7;
export const SEQ_KNOWN_A = 1 << 9;
export const CLOSED = 1 << 11;
/** closed() is wanted. */
export const KEEP = 1 << 12;
/** A reader gave up: only WAKE_ALWAYS wakes it again. */
export const DISMISSED = 1 << 13;
/** A reader said by content which end is the client, and whether that is B. */
export const BY_CONTENT = 1 << 14;
export const CLIENT_IS_B = 1 << 15;
export const READINGS_SHIFT = 16;
export const READINGS_ONE = 1 << READINGS_SHIFT;
export const FLAGS_SHIFT = 20;
export const LIVE = 1 << 30;

/** Room at first: small, for a folder may hold thousands of small inputs; growing copies, a few times in all. */
const FIRST_ROWS = 16_384;
const MOST_FIRST_ROWS = 131_072;

/**
 * Conversations heard last, by the low bits of their hash: a power of two, small enough to stay in the processor's
 * second cache, which the index does not. It answers five look-ups of six.
 */
const RECENT = 16_384;
const RECENT_MASK = RECENT - 1;

export class FlowStore {
  words: Int32Array;
  /** Doubles over the same memory as `words`. */
  times: Float64Array;
  rare: Int32Array;
  #rareTimes: Float64Array;
  readonly addresses: AddressTable;
  /** Conversations held. */
  live = 0;
  /** Rows in use or free for reuse: ids are below this. */
  used = 0;
  /** Side that sent the packet of the last find(): 0 is A. */
  side = 0;
  #freeHead = -1;
  #keyA = 0;
  #keyB = 0;
  #keyPorts = 0;
  #keyBits = 0;
  #keyHash = 0;
  readonly #seed: number;
  /** Entries as in Slots, but they may be of rows that are gone. */
  readonly #recent = new Int32Array(RECENT);
  readonly #slots: Slots;

  /** The seed goes into all hashes. Room for `expected` conversations saves copying; results depend on neither. */
  constructor(seed: number, expected = 0) {
    const rows = roomFor(expected, FIRST_ROWS, MOST_FIRST_ROWS);
    this.words = alignedWords(rows * ROW_WORDS);
    this.times = doublesOver(this.words);
    this.rare = alignedWords(rows * RARE_WORDS);
    this.#rareTimes = doublesOver(this.rare);
    this.#slots = new Slots(rows * 2, (id) => this.words[id * ROW_WORDS + HASH]!);
    this.#seed = seed;
    this.addresses = new AddressTable(seed, expected / 4);
    // A field that never changed is compiled in as a constant: the first change would have all hot functions compiled again.
    this.#freeHead = 0;
  }

  /** Id of the packet's conversation, or -1. Sets `side`, and remembers the key for a create() right after. */
  find(packet: Packet): number {
    const { view } = packet;
    let bits = packet.protocol === 6 ? TCP : 0;
    let a: number;
    let b: number;
    if (packet.ipVersion === 4) {
      a = view.getInt32(packet.srcOffset);
      b = view.getInt32(packet.dstOffset);
    } else {
      bits |= IPV6;
      a = this.addresses.intern(view, packet.srcOffset);
      b = this.addresses.intern(view, packet.dstOffset);
    }
    let ports: number;
    if (a < b || (a === b && packet.srcPort <= packet.dstPort)) {
      this.side = 0;
      ports = (packet.srcPort << 16) | packet.dstPort;
    } else {
      this.side = 1;
      ports = (packet.dstPort << 16) | packet.srcPort;
      const other = a;
      a = b;
      b = other;
    }
    const hash = hashWords(this.#seed, a, b, ports, bits);
    const recent = this.#recent[hash & RECENT_MASK]!;
    if (recent !== 0 && (recent ^ hash) >>> 24 === 0) {
      const id = (recent & ID_MASK) - 1;
      if (this.#isAt(id, a, b, ports, bits)) return id;
    }
    const { entries, mask } = this.#slots;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = entries[at]!;
      if (entry === 0) break;
      if ((entry ^ hash) >>> 24 !== 0) continue;
      const id = (entry & ID_MASK) - 1;
      if (!this.#isAt(id, a, b, ports, bits)) continue;
      this.#recent[hash & RECENT_MASK] = entry;
      return id;
    }
    this.#keyA = a;
    this.#keyB = b;
    this.#keyPorts = ports;
    this.#keyBits = bits;
    this.#keyHash = hash;
    return -1;
  }

  /** Whether a row, which may be free, is a conversation of this key. */
  #isAt(id: number, a: number, b: number, ports: number, bits: number): boolean {
    const row = id * ROW_WORDS;
    const { words } = this;
    return (
      words[row + PORTS] === ports &&
      words[row + ADDRESS_A] === a &&
      words[row + ADDRESS_B] === b &&
      (words[row + META]! & (KEY_BITS | LIVE)) === (bits | LIVE)
    );
  }

  /** A row for the key that find() just missed; the caller then calls begin(). */
  create(): number {
    let id = this.#freeHead - 1;
    if (id >= 0) {
      this.#freeHead = this.words[id * ROW_WORDS]!;
    } else {
      id = this.used++;
      if (id * ROW_WORDS === this.words.length) this.#grow();
    }
    const row = id * ROW_WORDS;
    this.words[row + ADDRESS_A] = this.#keyA;
    this.words[row + ADDRESS_B] = this.#keyB;
    this.words[row + PORTS] = this.#keyPorts;
    this.words[row + HASH] = this.#keyHash;
    this.words[row + META] = this.#keyBits;
    this.#slots.insert(this.#keyHash, id);
    this.live++;
    return id;
  }

  /** Addresses of the key that find() just missed stay known until the row is removed. */
  retainKey(): void {
    if ((this.#keyBits & IPV6) === 0) return;
    this.addresses.retain(this.#keyA);
    this.addresses.retain(this.#keyB);
  }

  /** Empties a row for a new conversation of the same key. `side` must be that of the packet. */
  begin(id: number, packet: Packet): void {
    const row = id * ROW_WORDS;
    const { words } = this;
    const bits = words[row + META]! & KEY_BITS;
    words[row + META] = bits | LIVE | (this.side === 1 ? FIRST_FROM_B : 0);
    for (let word = row + SESSION; word < row + ROW_WORDS; word++) words[word] = 0;
    this.setLastUs(id, packet.timeUs);
    const { rare } = this;
    this.#rareTimes[(id * RARE_WORDS + START) >> 1] = packet.timeUs;
    for (let word = id * RARE_WORDS + RECORD; word < (id + 1) * RARE_WORDS; word++) rare[word] = 0;
  }

  remove(id: number): void {
    const row = id * ROW_WORDS;
    const { words } = this;
    this.#slots.remove(words[row + HASH]!, id);
    if (words[row + META]! & IPV6) {
      this.addresses.release(words[row + ADDRESS_A]!);
      this.addresses.release(words[row + ADDRESS_B]!);
    }
    words[row + META] = 0;
    words[row] = this.#freeHead;
    this.#freeHead = id + 1;
    this.live--;
  }

  originOf(id: number): number {
    return this.rare[id * RARE_WORDS + ORIGIN]! & ((1 << ORIGIN_BITS) - 1);
  }

  /** The first SYN of a conversation is kept; `kind` is its number in the SynBook. */
  setSyn(id: number, ttl: number, kind: number): void {
    this.rare[id * RARE_WORDS + ORIGIN]! |= (kind << SYN_KIND_SHIFT) | ((ttl & 255) << SYN_TTL_SHIFT);
  }

  /** 0: no SYN was kept. */
  synKind(id: number): number {
    return this.rare[id * RARE_WORDS + ORIGIN]! >>> SYN_KIND_SHIFT;
  }

  synTtl(id: number): number {
    return (this.rare[id * RARE_WORDS + ORIGIN]! >>> SYN_TTL_SHIFT) & 255;
  }

  /** Removes all rows at once. */
  clear(): void {
    this.#slots.clear();
    this.addresses.clear();
    this.#recent.fill(0);
    this.used = 0;
    this.#freeHead = 0;
    this.live = 0;
  }

  isLive(id: number): boolean {
    return (this.words[id * ROW_WORDS + META]! & LIVE) !== 0;
  }

  startUs(id: number): number {
    return this.#rareTimes[(id * RARE_WORDS + START) >> 1]!;
  }

  lastUs(id: number): number {
    return this.times[(id * ROW_WORDS + LAST) >> 1]!;
  }

  setLastUs(id: number, timeUs: number): void {
    this.times[(id * ROW_WORDS + LAST) >> 1] = timeUs;
  }

  #grow(): void {
    this.words = grown(this.words);
    this.times = doublesOver(this.words);
    this.rare = grown(this.rare);
    this.#rareTimes = doublesOver(this.rare);
  }
}

/** Zeroes whose first word most likely begins a cache line, so that a row is one and not the ends of two. */
function alignedWords(count: number): Int32Array {
  const { memory, offset } = alignedMemory(count * 4);
  return new Int32Array(memory, offset, count);
}

function doublesOver(words: Int32Array): Float64Array {
  return new Float64Array(words.buffer, words.byteOffset, words.length / 2);
}

/** A copy with twice the room, the rest zero. */
function grown(words: Int32Array): Int32Array {
  const larger = alignedWords(words.length * 2);
  larger.set(words);
  return larger;
}
