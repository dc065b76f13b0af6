import type { Counters } from '../../../base/counters.js';

/** Longest JSON value that is read whole, bytes. */
export const MAX_VALUE_BYTES = 65_536;
/** A longer value that was cut is told only as far as it is complete. */
const MAX_CUT_BYTES = 2048;
/** Brackets within brackets. */
export const MAX_DEPTH = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const NUL = 0;
/** First byte of a binary frame of BTCAgent between the lines. */
const FRAME_MARK = 0x7f;
const FRAME_HEADER = 4;
const MAX_FRAME = 4096;

/**
 * `between`: before a value · `inside`: in a value · `frame`: in a binary frame · `lost`: in something that is
 * not JSON, or whose start is missing; a value begins again where a closing bracket, blanks and `{` meet.
 */
type State = 'between' | 'inside' | 'frame' | 'lost';

/** A JSON value of which the end was lost: all of what came, the text that it ends in unfinished where `endsInText`. */
export interface CutValue {
  readonly parsed: unknown;
  readonly endsInText: boolean;
}

export interface JsonSink {
  /**
   * One whole JSON value at the root, parsed; `partial`: its end is missing, what was complete is kept. `cut`: the
   * same with its last member as far as it came, where bytes were lost and that can be told.
   */
  value(parsed: unknown, text: string, partial: boolean, cut: CutValue | null): void;
  /** One binary frame `7F command length16` with its header. */
  frame(bytes: Buffer): void;
}

/** A blank between values: anything up to space, NUL included, and the bytes of a byte order mark. */
function isBlank(byte: number): boolean {
  return byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf;
}

/**
 * Cuts a byte stream into JSON values by balance of brackets outside strings, so it does not need line ends;
 * values may be joined, split, padded with NUL or blanks. Keeps at most one value (MAX_VALUE_BYTES).
 */
export class JsonStream {
  readonly #sink: JsonSink;
  readonly #counters: Counters;
  readonly #byLine: boolean;
  #state: State = 'between';
  /** The part of the value or frame that came with earlier bytes. */
  #kept = Buffer.alloc(0);
  #keptLength = 0;
  readonly #stack = new Uint8Array(MAX_DEPTH);
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Everything before this offset of the value is complete, at this depth. */
  #safeOffset = 0;
  #safeDepth = 0;
  /** Last byte outside blanks while lost. */
  #lastByte = 0;
  /** Bytes that were not JSON. */
  junkBytes = 0;

  /** `byLine`: every line may begin a value, whatever came before it (bodies and frames out of a wrapper). */
  constructor(sink: JsonSink, counters: Counters, byLine: boolean) {
    this.#sink = sink;
    this.#counters = counters;
    this.#byLine = byLine;
  }

  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'inside') at = this.#readInside(bytes, at);
      else if (this.#state === 'frame') at = this.#readFrame(bytes, at);
      else at = this.#seek(bytes, at);
    }
  }

  /** Bytes are missing: the value in hand is repaired and handed on, the next is looked for. */
  gap(): void {
    if (this.#state === 'inside') this.#finishPartial('stratum.json-gap');
    this.#reset('between');
  }

  end(): void {
    if (this.#state === 'inside') this.#finishPartial('stratum.json-cut');
    this.#reset('between');
  }

  #reset(state: State): void {
    this.#state = state;
    this.#keptLength = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#safeOffset = 0;
    this.#safeDepth = 0;
    this.#lastByte = 0;
    if (this.#kept.length > MAX_FRAME) this.#kept = Buffer.alloc(0);
  }

  /** To the next start of a value or frame, from `between` or `lost`. */
  #seek(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (isBlank(byte)) {
        if (byte === LINE_FEED && this.#byLine) this.#state = 'between';
        continue;
      }
      if (this.#state === 'between') {
        if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return this.#begin('inside', at);
        if (byte === FRAME_MARK) return this.#begin('frame', at);
        this.#counters.add('stratum.json-resync');
        this.#state = 'lost';
      } else if (
        byte === OPEN_BRACE &&
        (this.#lastByte === CLOSE_BRACE || this.#lastByte === CLOSE_BRACKET)
      ) {
        return this.#begin('inside', at);
      }
      this.junkBytes++;
      this.#lastByte = byte;
    }
    return bytes.length;
  }

  #begin(state: State, at: number): number {
    this.#reset(state);
    return at;
  }

  #readInside(bytes: Buffer, from: number): number {
    /** Offset in the value of bytes[0]. */
    const base = this.#keptLength - from;
    const limit = Math.min(bytes.length, from + MAX_VALUE_BYTES - this.#keptLength);
    for (let at = from; at < limit; at++) {
      const byte = bytes[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
        else if (byte === LINE_FEED || byte === NUL) return this.#breakOff(at + 1);
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (this.#depth === MAX_DEPTH) return this.#abandon('stratum.json-too-deep', at + 1);
        this.#stack[this.#depth++] = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (this.#stack[this.#depth - 1] !== byte) return this.#abandon('stratum.json-invalid', at + 1);
        this.#depth--;
        this.#markSafe(base + at + 1);
        if (this.#depth === 0) {
          this.#finish(bytes, from, at + 1);
          return at + 1;
        }
      } else if (byte === COMMA) this.#markSafe(base + at);
    }
    this.#keep(bytes, from, limit);
    if (this.#keptLength >= MAX_VALUE_BYTES) {
      this.#finishPartial('stratum.json-too-long');
      this.#reset('lost');
    }
    return limit;
  }

  #markSafe(offset: number): void {
    this.#safeOffset = offset;
    this.#safeDepth = this.#depth;
  }

  #finish(bytes: Buffer, from: number, to: number): void {
    const whole = this.#keptLength === 0;
    if (!whole) this.#keep(bytes, from, to);
    const text = whole ? bytes.toString('utf8', from, to) : this.#kept.toString('utf8', 0, this.#keptLength);
    this.#reset('between');
    this.#hand(text, false, null);
  }

  /** Drops the unfinished last member and closes what is open. */
  #finishPartial(counter: string): void {
    this.#counters.add(counter);
    if (this.#safeDepth === 0) return;
    const cut = counter === 'stratum.json-gap' ? this.#cutValue() : null;
    this.#hand(this.#closed(this.#kept.toString('utf8', 0, this.#safeOffset), this.#safeDepth), true, cut);
  }

  /** A text with the brackets that are open there closed. */
  #closed(text: string, openDepth: number): string {
    let closed = text;
    for (let depth = openDepth; depth > 0; depth--) closed += String.fromCharCode(this.#stack[depth - 1]!);
    return closed;
  }

  /** Null where the value ends in anything but a text or a bracket: half a number looks like a whole one. */
  #cutValue(): CutValue | null {
    if (this.#escaped || this.#keptLength > MAX_CUT_BYTES) return null;
    const last = this.#kept[this.#keptLength - 1];
    if (!this.#inString && last !== QUOTE && last !== OPEN_BRACKET) return null;
    const kept = this.#kept.toString('utf8', 0, this.#keptLength);
    const text = this.#closed(this.#inString ? `${kept}"` : kept, this.#depth);
    try {
      return { parsed: JSON.parse(text), endsInText: this.#inString };
    } catch {
      // It ends in the name of a member, or within an escape.
      return null;
    }
  }

  #hand(text: string, partial: boolean, cut: CutValue | null): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      this.#counters.add('stratum.json-invalid');
      this.junkBytes += text.length;
      return;
    }
    this.#sink.value(parsed, text, partial, cut);
  }

  /** A line ended within a string: the value is broken, the next line is a fresh start. */
  #breakOff(next: number): number {
    this.#counters.add('stratum.json-invalid');
    this.junkBytes += this.#keptLength;
    this.#reset('between');
    return next;
  }

  #abandon(counter: string, next: number): number {
    this.#counters.add(counter);
    this.junkBytes += this.#keptLength;
    this.#reset('lost');
    return next;
  }

  #readFrame(bytes: Buffer, from: number): number {
    const headerEnd = Math.min(bytes.length, from + Math.max(0, FRAME_HEADER - this.#keptLength));
    this.#keep(bytes, from, headerEnd);
    if (this.#keptLength < FRAME_HEADER) return headerEnd;
    const length = this.#kept.readUInt16LE(2);
    if (length < FRAME_HEADER || length > MAX_FRAME) return this.#abandon('stratum.frame-invalid', headerEnd);
    const end = Math.min(bytes.length, headerEnd + length - this.#keptLength);
    this.#keep(bytes, headerEnd, end);
    if (this.#keptLength === length) {
      const frame = Buffer.from(this.#kept.subarray(0, length));
      this.#reset('between');
      this.#sink.frame(frame);
    }
    return end;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const needed = this.#keptLength + to - from;
    if (needed > this.#kept.length) {
      const larger = Buffer.allocUnsafe(
        Math.max(needed, Math.min(MAX_VALUE_BYTES, this.#kept.length * 2), 512),
      );
      this.#kept.copy(larger, 0, 0, this.#keptLength);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#keptLength, from, to);
    this.#keptLength = needed;
  }
}
