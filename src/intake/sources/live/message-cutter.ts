/** IPFIX message header (RFC 7011 §3.1): version and length come first. */
const HEADER_BYTES = 16;
const VERSION = 10;
/** Enough to know the length. */
const LENGTH_KNOWN_BYTES = 4;
/** The length field has 16 bits. */
const MAX_MESSAGE_BYTES = 65_535;

/** One message, in bytes[offset, offset + length); valid during the call. */
export type MessageTaker = (bytes: Buffer, offset: number, length: number) => void;

/**
 * Cuts a stream, in pieces of any size, into IPFIX messages. Whole ones lie where they came; the one cut by the edge of
 * a piece is put together in a buffer of its own, which is never larger than a message can be.
 */
export class MessageCutter {
  readonly #take: MessageTaker;
  #carry = Buffer.alloc(0);
  #kept = 0;

  constructor(take: MessageTaker) {
    this.#take = take;
  }

  /** Whether some of a message has come, and not yet all. */
  get isMidMessage(): boolean {
    return this.#kept > 0;
  }

  /** False: this is no IPFIX, and nothing after it can be believed. Whole messages before were handed on. */
  feed(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#kept > 0) {
        const next = this.#complete(chunk, at);
        if (next < 0) return false;
        at = next;
        continue;
      }
      const left = chunk.length - at;
      const length = left < LENGTH_KNOWN_BYTES ? LENGTH_KNOWN_BYTES : lengthOf(chunk, at);
      if (length < 0) return false;
      if (length > left) {
        this.#keep(chunk, at, chunk.length, length);
        return true;
      }
      this.#take(chunk, at, length);
      at += length;
    }
    return true;
  }

  /** Where the bytes go on after the carried message, or after what there was of it; -1: no IPFIX. */
  #complete(chunk: Buffer, at: number): number {
    if (this.#kept < LENGTH_KNOWN_BYTES) {
      const end = Math.min(chunk.length, at + LENGTH_KNOWN_BYTES - this.#kept);
      this.#keep(chunk, at, end, LENGTH_KNOWN_BYTES);
      return this.#kept === LENGTH_KNOWN_BYTES && lengthOf(this.#carry, 0) < 0 ? -1 : end;
    }
    const length = lengthOf(this.#carry, 0);
    const end = Math.min(chunk.length, at + length - this.#kept);
    this.#keep(chunk, at, end, length);
    if (this.#kept === length) {
      this.#kept = 0;
      this.#take(this.#carry, 0, length);
    }
    return end;
  }

  #keep(chunk: Buffer, from: number, end: number, whole: number): void {
    if (this.#carry.length < whole) {
      const larger = Buffer.allocUnsafeSlow(Math.min(MAX_MESSAGE_BYTES, Math.max(whole, 2048)));
      this.#carry.copy(larger, 0, 0, this.#kept);
      this.#carry = larger;
    }
    chunk.copy(this.#carry, this.#kept, from, end);
    this.#kept += end - from;
  }
}

/** -1 where no message begins. */
function lengthOf(bytes: Buffer, at: number): number {
  const length = bytes.readUInt16BE(at + 2);
  return bytes.readUInt16BE(at) === VERSION && length >= HEADER_BYTES ? length : -1;
}
