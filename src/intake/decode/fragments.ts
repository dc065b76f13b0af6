import {
  FRAGMENT_TIMEOUT_US,
  MAX_DATAGRAM_BYTES,
  MAX_DATAGRAMS,
  MAX_FRAGMENT_BYTES,
  MAX_PIECES,
} from './limits.js';
import { Note, type Tally } from './tally.js';

/** Room before the payload for the two addresses, so that a whole datagram brings them along. */
export const ADDRESS_ROOM = 32;
const SMALLEST_BUFFER = 4096;

/** One fragmented datagram while its pieces come in. */
export interface Datagram {
  readonly key: string;
  readonly firstUs: number;
  /** ADDRESS_ROOM bytes, then the payload as far as it is known. */
  bytes: Buffer;
  /** Payload bytes of the whole datagram; -1 until its last fragment is seen. */
  total: number;
  /** What comes first in the payload; -1 until the first fragment is seen. */
  protocol: number;
  /** The parts that are there: start, end, start, end … ascending, never touching. */
  pieces: number[];
}

/** One fragment: `length` bytes at `at` of `bytes`, for `offset` of the datagram's payload. */
export interface Fragment {
  readonly key: string;
  readonly timeUs: number;
  readonly protocol: number;
  readonly offset: number;
  readonly length: number;
  readonly more: boolean;
  readonly bytes: Buffer;
  readonly at: number;
}

/**
 * Puts fragmented IP datagrams together (RFC 791 §3.2, RFC 8200 §4.5) in bounded memory. Where fragments
 * overlap, the byte that came first stays. Datagrams in need of room push out the oldest.
 */
export class FragmentTable {
  readonly #datagrams = new Map<string, Datagram>();
  readonly #tally: Tally;
  #heldBytes = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Memory held for unfinished datagrams, bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get size(): number {
    return this.#datagrams.size;
  }

  /** The whole datagram, which then is no longer kept, or null as long as something is missing. */
  add(fragment: Fragment): Datagram | null {
    this.#expire(fragment.timeUs);
    const datagram = this.#datagrams.get(fragment.key) ?? this.#open(fragment);
    const end = fragment.offset + fragment.length;
    if (!fitsTotal(datagram, end, fragment.more)) {
      this.#tally.note(Note.OVERLAP);
      return null;
    }
    this.#grow(datagram, end);
    const fresh = fill(datagram, fragment);
    if (fresh === 0) this.#tally.note(Note.DUPLICATE);
    else if (fresh < fragment.length) this.#tally.note(Note.OVERLAP);
    if (!fragment.more) datagram.total = end;
    if (fragment.offset === 0 && datagram.protocol < 0) datagram.protocol = fragment.protocol;
    if (datagram.pieces.length === 2 && datagram.pieces[0] === 0 && datagram.pieces[1] === datagram.total) {
      this.#drop(datagram, Note.REASSEMBLED);
      return datagram;
    }
    if (datagram.pieces.length > 2 * MAX_PIECES) this.#drop(datagram, Note.EVICTED);
    return null;
  }

  /** The input ended: nothing will become whole any more. */
  end(): void {
    for (const datagram of this.#datagrams.values()) this.#drop(datagram, Note.UNFINISHED);
  }

  #open(fragment: Fragment): Datagram {
    if (this.#datagrams.size >= MAX_DATAGRAMS) this.#evictOldest(null);
    const { key, timeUs } = fragment;
    const bytes = Buffer.allocUnsafeSlow(0);
    const datagram: Datagram = { key, firstUs: timeUs, bytes, total: -1, protocol: -1, pieces: [] };
    this.#datagrams.set(key, datagram);
    return datagram;
  }

  #grow(datagram: Datagram, end: number): void {
    const held = datagram.bytes.length;
    if (ADDRESS_ROOM + end <= held) return;
    const wanted = Math.max(SMALLEST_BUFFER, 2 * held, ADDRESS_ROOM + end);
    const bytes = Buffer.allocUnsafeSlow(Math.min(wanted, ADDRESS_ROOM + MAX_DATAGRAM_BYTES));
    datagram.bytes.copy(bytes);
    datagram.bytes = bytes;
    this.#heldBytes += bytes.length - held;
    while (this.#heldBytes > MAX_FRAGMENT_BYTES && this.#datagrams.size > 1) this.#evictOldest(datagram);
  }

  /** Oldest first, which a Map keeps; a clock that jumped back ends a datagram as well. */
  #expire(nowUs: number): void {
    for (const datagram of this.#datagrams.values()) {
      if (Math.abs(nowUs - datagram.firstUs) <= FRAGMENT_TIMEOUT_US) return;
      this.#drop(datagram, Note.TIMEOUT);
    }
  }

  #evictOldest(spared: Datagram | null): void {
    for (const datagram of this.#datagrams.values()) {
      if (datagram === spared) continue;
      this.#drop(datagram, Note.EVICTED);
      return;
    }
  }

  #drop(datagram: Datagram, why: Note): void {
    this.#datagrams.delete(datagram.key);
    this.#heldBytes -= datagram.bytes.length;
    this.#tally.note(why);
  }
}

/** Whether a fragment agrees with what is known of the datagram's end. The first that named an end is believed. */
function fitsTotal(datagram: Datagram, end: number, more: boolean): boolean {
  if (datagram.total >= 0) return more ? end <= datagram.total : end === datagram.total;
  return more || end >= (datagram.pieces.at(-1) ?? 0);
}

/** Copies what is not there yet; returns how many bytes that were. */
function fill(datagram: Datagram, fragment: Fragment): number {
  const { offset, bytes, at } = fragment;
  const end = offset + fragment.length;
  const merged: number[] = [];
  let [start, stop, from, fresh] = [offset, end, offset, 0];
  const copy = (to: number) => {
    if (to <= from) return;
    bytes.copy(datagram.bytes, ADDRESS_ROOM + from, at + from - offset, at + to - offset);
    fresh += to - from;
  };
  const after: number[] = [];
  for (let index = 0; index + 1 < datagram.pieces.length; index += 2) {
    const [low, high] = [datagram.pieces[index]!, datagram.pieces[index + 1]!];
    if (high < offset) merged.push(low, high);
    else if (low > end) after.push(low, high);
    else {
      copy(low);
      from = Math.max(from, high);
      start = Math.min(start, low);
      stop = Math.max(stop, high);
    }
  }
  copy(end);
  merged.push(start, stop, ...after);
  datagram.pieces = merged;
  return fresh;
}
