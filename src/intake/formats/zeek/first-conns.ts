import type { SessionStarts } from '../log-text.js';
import { Kind, type Row } from '../ndjson.js';
import { F, SLOTS } from './fields.js';

/** Connections that are kept, the newest; the longest uid, bytes (Zeek's have 17 to 19). */
const MAX_CONNS = 131_072;
const MAX_UID = 24;
const FIRST_CONNS = 1024;

/**
 * Connections that conn.log told of before any line of ssl.log or http.log came that may ask when they began. Mostly none
 * ever comes: they are written one after the other, and looked up by nobody.
 */
export class FirstConns implements Row {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CONNS * MAX_UID);
  readonly start = new Int32Array(SLOTS);
  readonly end = new Int32Array(SLOTS);
  readonly kind = new Uint8Array(SLOTS);
  #lengths = new Uint8Array(FIRST_CONNS);
  #startUs = new Float64Array(FIRST_CONNS);
  #next = 0;
  #isFull = false;

  /** A uid longer than any of Zeek's is not kept. */
  add(row: Row, startUs: number): void {
    const from = row.start[F.UID]!;
    const length = row.end[F.UID]! - from;
    if (row.kind[F.UID] === Kind.ABSENT || length > MAX_UID) return;
    const place = this.#next;
    const into = this.bytes;
    const uid = row.bytes;
    const at = place * MAX_UID;
    for (let offset = 0; offset < length; offset++) into[at + offset] = uid[from + offset]!;
    this.#lengths[place] = length;
    this.#startUs[place] = startUs;
    this.#next++;
    if (this.#next === this.#lengths.length) this.#grow();
  }

  /** Notes them all, the oldest first. */
  noteIn(starts: SessionStarts): void {
    this.kind[F.UID] = Kind.STRING;
    const held = this.#isFull ? MAX_CONNS : this.#next;
    for (let index = 0; index < held; index++) {
      const place = (index + (this.#isFull ? this.#next : 0)) % MAX_CONNS;
      this.start[F.UID] = place * MAX_UID;
      this.end[F.UID] = place * MAX_UID + this.#lengths[place]!;
      starts.note(this, F.UID, this.#startUs[place]!);
    }
  }

  #grow(): void {
    if (this.#next === MAX_CONNS) {
      this.#isFull = true;
      this.#next = 0;
      return;
    }
    const size = this.#next * 2;
    const bytes = Buffer.allocUnsafeSlow(size * MAX_UID);
    this.bytes.copy(bytes);
    this.bytes = bytes;
    const lengths = new Uint8Array(size);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    const startUs = new Float64Array(size);
    startUs.set(this.#startUs);
    this.#startUs = startUs;
  }
}
