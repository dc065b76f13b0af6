import { ByteQueue } from '../byte-queue.js';

/** Longest frame payload or message that is read. */
export const MAX_MESSAGE = 64 * 1024;

/** Frames of one message. */
const MAX_FRAGMENTS = 1024;

const FIN = 0x80;
const COMPRESSED = 0x40;
const RESERVED = 0x30;
const MASKED = 0x80;
const OPCODE = 0x0f;
const CONTINUATION = 0;
const BINARY = 2;
const CLOSE = 8;
const PONG = 10;

export interface FrameEvents {
  /** A whole text or binary message; `compressed` as RFC 7692 marks it. False: stop reading. */
  message(bytes: Buffer, compressed: boolean, timeUs: number): boolean;
  /** A message was too long, or bytes of it are missing. */
  skipped(reason: 'long' | 'cut'): void;
}

interface Header {
  readonly size: number;
  readonly payload: number;
  readonly fin: boolean;
  readonly compressed: boolean;
  readonly opcode: number;
  /** Offset of the 4 key bytes in the header, or -1. */
  readonly keyAt: number;
}

/** Frame header at `at` (RFC 6455 §5.2). `more`: not whole yet. `bad`: no frame. */
function readHeader(bytes: Buffer, at: number): Header | 'more' | 'bad' {
  if (bytes.length - at < 2) return 'more';
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  const opcode = first & OPCODE;
  const isControl = opcode >= CLOSE;
  if ((first & RESERVED) !== 0 || (opcode > BINARY && !isControl) || opcode > PONG) return 'bad';
  let payload = second & 0x7f;
  if (isControl && (payload > 125 || (first & FIN) === 0)) return 'bad';
  let size = 2;
  if (payload === 126) {
    if (bytes.length - at < 4) return 'more';
    payload = bytes.readUInt16BE(at + 2);
    size = 4;
  } else if (payload === 127) {
    if (bytes.length - at < 10) return 'more';
    const high = bytes.readUInt32BE(at + 2);
    if (high > 0x1fffff) return 'bad';
    payload = high * 2 ** 32 + bytes.readUInt32BE(at + 6);
    size = 10;
  }
  const isMasked = (second & MASKED) !== 0;
  const keyAt = isMasked ? size : -1;
  if (isMasked) size += 4;
  if (bytes.length - at < size) return 'more';
  return { size, payload, fin: (first & FIN) !== 0, compressed: (first & COMPRESSED) !== 0, opcode, keyAt };
}

export interface FirstFrame {
  readonly masked: boolean;
  readonly compressed: boolean;
  /** The message ends with this frame. */
  readonly isWhole: boolean;
  /** First bytes of the payload, unmasked, at most FIRST_BYTES; still deflated where `compressed` says so. */
  readonly begin: Buffer;
  /** All of the payload. */
  text(): Buffer;
}

/** Enough to tell of a deflated message whether it can be one. */
const FIRST_BYTES = 12;

/** The first frame of a message, if all of it is there: for a look at a session already running. */
export function firstFrame(bytes: Buffer): FirstFrame | null {
  const header = readHeader(bytes, 0);
  if (typeof header === 'string' || header.opcode === CONTINUATION || header.opcode > BINARY) return null;
  const { payload, compressed } = header;
  if (payload === 0 || payload > MAX_MESSAGE || header.size + payload > bytes.length) return null;
  return {
    masked: header.keyAt >= 0,
    compressed,
    isWhole: header.fin,
    begin: unmask(bytes, 0, header, Math.min(payload, FIRST_BYTES)),
    text: () => unmask(bytes, 0, header, payload),
  };
}

function unmask(bytes: Buffer, at: number, header: Header, length: number): Buffer {
  const from = at + header.size;
  const payload = Buffer.from(bytes.subarray(from, from + length));
  if (header.keyAt < 0) return payload;
  const key = at + header.keyAt;
  for (let index = 0; index < payload.length; index++) {
    payload[index] = (payload[index] ?? 0) ^ (bytes[key + (index & 3)] ?? 0);
  }
  return payload;
}

/** Puts the messages of one direction together from frames in pieces of any size. */
export class FrameStream {
  readonly #events: FrameEvents;
  readonly #queue = new ByteQueue();
  /** Payload bytes of a frame that is passed over. */
  #skip = 0;
  /** Parts of a message so far; `null` while the rest of its frames is passed over. */
  #parts: Buffer[] | null = [];
  #partsLength = 0;
  #compressed = false;
  #inMessage = false;
  #isLost = false;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  feed(bytes: Buffer, timeUs: number): boolean {
    let rest = bytes;
    if (this.#isLost) {
      // Programs send a frame with one write: a segment most likely begins with a header.
      const header = readHeader(bytes, 0);
      if (typeof header === 'string' || header.opcode === CONTINUATION || header.payload > MAX_MESSAGE)
        return true;
      this.#isLost = false;
    }
    if (this.#skip > 0) {
      const count = Math.min(this.#skip, rest.length);
      this.#skip -= count;
      rest = rest.subarray(count);
    }
    const joined = this.#queue.join(rest);
    let at = 0;
    while (at < joined.length) {
      const header = readHeader(joined, at);
      if (header === 'more') break;
      if (header === 'bad') return false;
      const end = at + header.size + header.payload;
      if (header.payload > MAX_MESSAGE) {
        this.#spoil('long');
        this.#endFrame(header);
        this.#skip = Math.max(0, end - joined.length);
        at = Math.min(end, joined.length);
        continue;
      }
      if (end > joined.length) break;
      if (!this.#frame(joined, at, header, timeUs)) return false;
      at = end;
    }
    this.#queue.used(at);
    return true;
  }

  gap(byteCount: number): void {
    if (byteCount <= this.#skip) {
      this.#skip -= byteCount;
      return;
    }
    this.#skip = 0;
    this.#queue.clear();
    this.#spoil('cut');
    this.#parts = [];
    this.#partsLength = 0;
    this.#inMessage = false;
    this.#isLost = true;
  }

  #frame(bytes: Buffer, at: number, header: Header, timeUs: number): boolean {
    if (header.opcode === CLOSE) return false;
    if (header.opcode > CLOSE) return true;
    if (header.opcode !== CONTINUATION) {
      this.#parts = [];
      this.#partsLength = 0;
      this.#compressed = header.compressed;
      this.#inMessage = true;
    } else if (!this.#inMessage) return true;
    this.#partsLength += header.payload;
    const isLong = this.#partsLength > MAX_MESSAGE || (this.#parts?.length ?? 0) >= MAX_FRAGMENTS;
    if (isLong) this.#spoil('long');
    // Empty fragments would only pile up.
    if (header.payload > 0) this.#parts?.push(unmask(bytes, at, header, header.payload));
    const parts = this.#parts;
    if (!header.fin) return true;
    this.#endFrame(header);
    if (parts === null || parts.length === 0) return true;
    const message = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    return this.#events.message(message, this.#compressed, timeUs);
  }

  #endFrame(header: Header): void {
    if (!header.fin || header.opcode >= CLOSE) {
      this.#inMessage ||= header.opcode < CLOSE;
      return;
    }
    this.#parts = [];
    this.#partsLength = 0;
    this.#inMessage = false;
  }

  /** The message that is being put together cannot be read. */
  #spoil(reason: 'long' | 'cut'): void {
    if (this.#parts !== null) this.#events.skipped(reason);
    this.#parts = null;
  }
}
