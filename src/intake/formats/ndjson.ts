/** Where a value of a row lies in its line, by kind. Strings without their quotes. */
export const Kind = {
  ABSENT: 0,
  STRING: 1,
  ESCAPED: 2,
  NUMBER: 3,
  NESTED: 4,
  TRUE: 5,
  FALSE: 6,
  TSV: 7,
} as const;

/** The wanted values of one line: where they lie in `bytes`. Reused; valid until the next line. */
export interface Row {
  bytes: Buffer;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly kind: Uint8Array;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const LETTER_T = 116;
const LETTER_F = 102;
const LETTER_N = 110;
const MINUS = 45;

/** Slots of the key table; sparse, so that a look-up seldom probes twice. */
const TABLE_SIZE = 1024;
/** Names of one line whose order is remembered, and the longest such name in words of four bytes. */
const MAX_ORDER = 64;
const WORDS_OF_NAME = 8;
/** Deepest nesting that JSON.parse is trusted with, should the scan not like a line. */
const MAX_NESTING = 512;

/**
 * Finds the wanted members of a JSON object without making strings of them: names are hashed while they are read,
 * values are passed over. `names` may give one slot several names. Members of inner objects are not looked at.
 */
export class ObjectScan implements Row {
  bytes: Buffer = Buffer.alloc(0);
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly kind: Uint8Array;
  readonly #hashes = new Int32Array(TABLE_SIZE);
  readonly #slots = new Int16Array(TABLE_SIZE).fill(-1);
  readonly #names: Buffer[] = new Array<Buffer>(TABLE_SIZE);
  /** Names in the order of an earlier line, each with the `":` after it, as words: lines of one log are alike. */
  readonly #order = new Int32Array(MAX_ORDER * WORDS_OF_NAME);
  readonly #orderLength = new Int32Array(MAX_ORDER);
  readonly #orderSlot = new Int16Array(MAX_ORDER);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #viewed: Buffer | null = null;

  constructor(names: ReadonlyMap<string, number>, slots: number) {
    this.start = new Int32Array(slots);
    this.end = new Int32Array(slots);
    this.kind = new Uint8Array(slots);
    for (const [name, slot] of names) {
      const bytes = Buffer.from(name);
      let hash = 0;
      for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
      let at = hash & (TABLE_SIZE - 1);
      while (this.#slots[at] !== -1) at = (at + 1) & (TABLE_SIZE - 1);
      this.#hashes[at] = hash;
      this.#slots[at] = slot;
      this.#names[at] = bytes;
    }
  }

  /**
   * Reads the object in bytes[from, end). A line that the scan does not like (escaped names, odd values) is given to
   * JSON.parse, and scanned in its plain form. False: it is no JSON object.
   */
  read(bytes: Buffer, from: number, end: number): boolean {
    if (this.scan(bytes, from, end)) return true;
    const plain = normalise(bytes, from, end);
    return plain !== null && this.scan(plain, 0, plain.length);
  }

  /** The scan alone: false where it does not like the bytes. */
  scan(bytes: Buffer, from: number, end: number): boolean {
    const { start: starts, end: ends, kind: kinds } = this;
    this.bytes = bytes;
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    kinds.fill(Kind.ABSENT);
    let at = skipSpace(bytes, from, end);
    if (at >= end || bytes[at] !== OPEN_BRACE) return false;
    at = skipSpace(bytes, at + 1, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return skipSpace(bytes, at + 1, end) === end;
    for (let place = 0; ; place++) {
      if (at >= end || bytes[at] !== QUOTE) return false;
      const nameStart = ++at;
      let slot = -1;
      if (place < MAX_ORDER && this.#isExpected(place, nameStart, end)) {
        slot = this.#orderSlot[place]!;
        at = nameStart + this.#orderLength[place]!;
      } else {
        let hash = 0;
        for (; at < end; at++) {
          const byte = bytes[at]!;
          if (byte === QUOTE) break;
          if (byte === BACKSLASH) return false;
          hash = (Math.imul(hash, 31) + byte) | 0;
        }
        slot = this.#find(hash, bytes, nameStart, at);
        const nameEnd = at;
        if (++at >= end) return false;
        if (bytes[at] !== COLON) {
          at = skipSpace(bytes, at, end);
          if (at >= end || bytes[at] !== COLON) return false;
        } else this.#expect(place, slot, nameStart, nameEnd + 2);
        at++;
      }
      if (at >= end) return false;
      let byte = bytes[at]!;
      if (byte <= 32) {
        at = skipSpace(bytes, at, end);
        if (at >= end) return false;
        byte = bytes[at]!;
      }
      let valueStart = at;
      let valueEnd = at;
      let kind: number = Kind.NUMBER;
      if (byte === QUOTE) {
        kind = Kind.STRING;
        valueStart = ++at;
        for (; at < end; at++) {
          const inner = bytes[at]!;
          if (inner === QUOTE) break;
          if (inner === BACKSLASH) {
            kind = Kind.ESCAPED;
            at++;
          }
        }
        if (at >= end) return false;
        valueEnd = at++;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        kind = Kind.NESTED;
        at = skipNested(bytes, at, end);
        if (at < 0) return false;
        valueEnd = at;
      } else {
        for (; at < end; at++) {
          const inner = bytes[at]!;
          if (inner === COMMA || inner === CLOSE_BRACE || inner <= 32) break;
        }
        valueEnd = at;
        if (byte === LETTER_T) kind = Kind.TRUE;
        else if (byte === LETTER_F) kind = Kind.FALSE;
        else if (byte === LETTER_N) kind = Kind.ABSENT;
        else if (byte !== MINUS && (byte < 48 || byte > 57)) return false;
      }
      if (slot >= 0) {
        starts[slot] = valueStart;
        ends[slot] = valueEnd;
        kinds[slot] = kind;
      }
      if (at < end && bytes[at]! <= 32) at = skipSpace(bytes, at, end);
      if (at >= end) return false;
      const after = bytes[at]!;
      if (after === CLOSE_BRACE) return at + 1 === end || skipSpace(bytes, at + 1, end) === end;
      if (after !== COMMA) return false;
      at++;
      if (at < end && bytes[at]! <= 32) at = skipSpace(bytes, at, end);
    }
  }

  /** Whether the name expected at this place stands here, with its `":`. The last word overlaps the one before. */
  #isExpected(place: number, from: number, end: number): boolean {
    const length = this.#orderLength[place]!;
    if (length === 0 || from + length > end) return false;
    const view = this.#view;
    const order = this.#order;
    let word = place * WORDS_OF_NAME;
    let at = 0;
    for (; at <= length - 4; at += 4) if (view.getInt32(from + at) !== order[word++]) return false;
    return at === length || view.getInt32(from + length - 4) === order[word];
  }

  #expect(place: number, slot: number, from: number, end: number): void {
    const length = end - from;
    if (place >= MAX_ORDER || length < 4 || length > WORDS_OF_NAME * 4) return;
    this.#orderLength[place] = length;
    this.#orderSlot[place] = slot;
    let word = place * WORDS_OF_NAME;
    let at = 0;
    for (; at <= length - 4; at += 4) this.#order[word++] = this.#view.getInt32(from + at);
    if (at < length) this.#order[word] = this.#view.getInt32(end - 4);
  }

  #find(hash: number, bytes: Buffer, from: number, end: number): number {
    let at = hash & (TABLE_SIZE - 1);
    for (;;) {
      const slot = this.#slots[at]!;
      if (slot < 0) return -1;
      if (this.#hashes[at] === hash) {
        const name = this.#names[at]!;
        const length = end - from;
        if (name.length === length) {
          let same = 0;
          while (same < length && name[same] === bytes[from + same]) same++;
          if (same === length) return slot;
        }
      }
      at = (at + 1) & (TABLE_SIZE - 1);
    }
  }
}

function skipSpace(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13 || bytes[at] === 10)) at++;
  return at;
}

/** Past the object or list that begins here; -1 where it does not end. */
export function skipNested(bytes: Buffer, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      for (at++; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
  }
  return -1;
}

function normalise(bytes: Buffer, from: number, end: number): Buffer | null {
  const value = parseJson(bytes.toString('utf8', from, end));
  return isRecord(value) ? Buffer.from(JSON.stringify(value)) : null;
}

/** `undefined` where the text is no JSON, or nested deeper than any log is. */
export function parseJson(text: string): unknown {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code === OPEN_BRACE || code === OPEN_BRACKET) && ++depth > MAX_NESTING) return undefined;
    if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as text; null where it is absent or no plain value. TSV escapes (`\x2c`) and JSON escapes are undone. */
export function textOf(row: Row, slot: number): string | null {
  const [from, end] = [row.start[slot]!, row.end[slot]!];
  switch (row.kind[slot]) {
    case Kind.STRING:
    case Kind.NUMBER:
      return row.bytes.toString('utf8', from, end);
    case Kind.ESCAPED: {
      const text = parseJson(row.bytes.toString('utf8', from - 1, end + 1));
      return typeof text === 'string' ? text : null;
    }
    case Kind.TSV:
      return unescapeTsv(row.bytes.toString('utf8', from, end));
    default:
      return null;
  }
}

/** A nested value; `undefined` where there is none. */
export function nestedOf(row: Row, slot: number): unknown {
  if (row.kind[slot] !== Kind.NESTED) return undefined;
  return parseJson(row.bytes.toString('utf8', row.start[slot]!, row.end[slot]!));
}

/** Zeek writes what would break a line, or is not text, as `\xNN`, and a backslash as `\\`. */
export function unescapeTsv(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|\\)/g, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
