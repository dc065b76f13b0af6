import { ByteQueue } from '../byte-queue.js';

export const RECORD_HANDSHAKE = 22;
export const RECORD_HEADER = 5;
/** 2^14 and the expansion that old versions allow (RFC 5246 §6.2.3). */
export const MAX_RECORD = 0x4000 + 2048;
const MESSAGE_HEADER = 4;
const EMPTY: Buffer = Buffer.alloc(0);
/** Longest message that is waited for: a ClientHello is under 4 KiB, a chain of certificates rarely over 10. */
const MAX_HANDSHAKE_MESSAGE = 32 * 1024;

/**
 * Cuts handshake messages (RFC 8446 §4) out of the TLS records of one direction. A message may lie in several
 * records, a record hold several messages; both may be cut anywhere by segments.
 */
export class HandshakeMessages {
  readonly #records = new ByteQueue();
  /** Handshake bytes of records already cut open. */
  #held: Buffer = EMPTY;

  /**
   * Tells each whole message until `take` returns false; its body is lent. False: nothing more is to be read, as
   * `take` said so or what follows is no handshake (in clear) any more.
   */
  read(bytes: Buffer, take: (type: number, body: Buffer) => boolean): boolean {
    const joined = this.#records.join(bytes);
    let at = 0;
    let goesOn = true;
    while (goesOn && joined.length - at >= RECORD_HEADER) {
      const length = joined.readUInt16BE(at + 3);
      const isHandshake = joined[at] === RECORD_HANDSHAKE && joined[at + 1] === 3;
      if (!isHandshake || length === 0 || length > MAX_RECORD) goesOn = false;
      else if (joined.length - at < RECORD_HEADER + length) break;
      else {
        goesOn = this.#open(joined.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length), take);
        at += RECORD_HEADER + length;
      }
    }
    this.#records.used(at);
    if (!goesOn) this.clear();
    return goesOn;
  }

  /** A message or record has begun and is not whole. */
  get isWaiting(): boolean {
    return this.#records.length > 0 || this.#held.length > 0;
  }

  /** What is there of the body of a message of this type that begins the record in hand; lent. Null: there is none. */
  unfinished(type: number): Buffer | null {
    if (this.#held.length > 0) return null;
    const joined = this.#records.join(EMPTY);
    this.#records.used(0);
    if (joined[0] !== RECORD_HANDSHAKE || joined[RECORD_HEADER] !== type) return null;
    return joined.subarray(Math.min(joined.length, RECORD_HEADER + MESSAGE_HEADER));
  }

  /** Forgets what waits: bytes were lost. */
  clear(): void {
    this.#records.clear();
    this.#held = EMPTY;
  }

  #open(record: Buffer, take: (type: number, body: Buffer) => boolean): boolean {
    const bytes = this.#held.length === 0 ? record : Buffer.concat([this.#held, record]);
    let at = 0;
    while (bytes.length - at >= MESSAGE_HEADER) {
      const length = bytes.readUIntBE(at + 1, 3);
      if (length > MAX_HANDSHAKE_MESSAGE) return false;
      const end = at + MESSAGE_HEADER + length;
      if (bytes.length < end) break;
      if (!take(bytes[at] ?? 0, bytes.subarray(at + MESSAGE_HEADER, end))) return false;
      at = end;
    }
    // It waits for another record, while `bytes` may be only lent.
    this.#held = at === bytes.length ? EMPTY : Buffer.from(bytes.subarray(at));
    return true;
  }
}
