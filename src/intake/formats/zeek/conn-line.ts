import type { FlowFields } from '../../../model/flow-fields.js';
import { Kind, type Row, skipNested } from '../ndjson.js';
import { parseAddress, takeIpv4 } from '../records/numbers.js';
import { endConn, HISTORY_BITS, ICMP, ICMP6, MAX_PORT, TCP, UDP } from './conn.js';
import { F, SLOT_OF, SLOTS } from './fields.js';

/** Members of a line that are remembered, and the longest name in words of eight bytes, with its `"` and `":`. */
const MAX_MEMBERS = 64;
const WORDS_OF_NAME = 4;
const WORD_BYTES = 8;
/** Lines that are looked at for names that are new: a log has few shapes, or none. */
const MAX_LESSONS = 1024;
/** Exact as doubles: counters; the whole seconds of a time, which is then in microseconds. */
const MOST_DIGITS = 15;
const MAX_SECONDS = 9e9;
/** So many fit 32 bits. */
const INTEGER_DIGITS = 9;
const MOST_DECIMALS = 6;

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const LETTER_F = 102;
const LETTER_N = 110;
const LETTER_T = 116;
/** Of one second with so many digits behind the point. */
const MICROSECONDS = [1e6, 1e5, 1e4, 1e3, 1e2, 10, 1] as const;

const word = (text: string): number => Buffer.from(text).readInt32LE(0);
const TCP_WORD = word('tcp"');
const UDP_WORD = word('udp"');
const ICMP_WORD = word('icmp');

/** What is done with a member's value. Numbers come first. */
const Use = {
  TS: 0,
  DURATION: 1,
  ORIG_P: 2,
  RESP_P: 3,
  ORIG_PKTS: 4,
  RESP_PKTS: 5,
  ORIG_IP_BYTES: 6,
  RESP_IP_BYTES: 7,
  ORIG_BYTES: 8,
  RESP_BYTES: 9,
  ORIG_H: 10,
  RESP_H: 11,
  PROTO: 12,
  HISTORY: 13,
  UID: 14,
  SERVICE: 15,
  CONN_STATE: 16,
  NONE: 17,
} as const;
const LAST_NUMBER = Use.RESP_BYTES;

const USE_OF_SLOT: ReadonlyMap<number, number> = new Map([
  [F.TS, Use.TS],
  [F.DURATION, Use.DURATION],
  [F.ORIG_P, Use.ORIG_P],
  [F.RESP_P, Use.RESP_P],
  [F.ORIG_PKTS, Use.ORIG_PKTS],
  [F.RESP_PKTS, Use.RESP_PKTS],
  [F.ORIG_IP_BYTES, Use.ORIG_IP_BYTES],
  [F.RESP_IP_BYTES, Use.RESP_IP_BYTES],
  [F.ORIG_BYTES, Use.ORIG_BYTES],
  [F.RESP_BYTES, Use.RESP_BYTES],
  [F.ORIG_H, Use.ORIG_H],
  [F.RESP_H, Use.RESP_H],
  [F.PROTO, Use.PROTO],
  [F.HISTORY, Use.HISTORY],
  [F.UID, Use.UID],
  [F.SERVICE, Use.SERVICE],
  [F.CONN_STATE, Use.CONN_STATE],
]);

/**
 * Lines of conn.log as Zeek writes them in JSON, in one pass from bytes to fields. Names are not looked up: they are
 * compared with those of earlier lines, in their order, of which a line may leave out some. What is written in any other
 * way is refused, and left to ObjectScan and readConn, which come to the same.
 */
export class ConnLine implements Row {
  bytes: Buffer = Buffer.alloc(0);
  readonly start = new Int32Array(SLOTS);
  readonly end = new Int32Array(SLOTS);
  /** Only of UID and SERVICE. */
  readonly kind = new Uint8Array(SLOTS);
  #members = 0;
  /** What wordsOf() makes of each name. */
  readonly #names = new Float64Array(MAX_MEMBERS * WORDS_OF_NAME);
  readonly #lengths = new Int32Array(MAX_MEMBERS);
  readonly #uses = new Int32Array(MAX_MEMBERS);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the address that #address() read. */
  #version = 0;
  #hasNewName = true;
  #lessons = 0;

  /** False: the line is to be read by others; the fields are worth nothing then. */
  read(bytes: Buffer, from: number, end: number, into: FlowFields): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    const names = this.#names;
    const lengths = this.#lengths;
    const members = this.#members;
    const { start: starts, end: ends, kind: kinds } = this;
    this.#hasNewName = false;
    kinds[F.UID] = kinds[F.SERVICE] = Kind.ABSENT;
    into.startUs = -1;
    into.srcPort = -1;
    into.dstPort = -1;
    into.packets = 0;
    into.reversePackets = 0;
    let durationUs = 0;
    let origBytes = 0;
    let respBytes = 0;
    let origIpBytes = -1;
    let respIpBytes = -1;
    let origVersion = 0;
    let respVersion = 0;
    let protocol = 0;
    let history = -1;
    const historyBits = HISTORY_BITS;
    let isConn = false;
    let place = 0;
    for (let at = from + 1; ; at++) {
      // Which member: its name as wordsOf() makes words of it.
      for (; ; place++) {
        if (place === members) {
          this.#hasNewName = true;
          return false;
        }
        const stop = at + lengths[place]!;
        if (stop >= end) continue;
        const name = place * WORDS_OF_NAME;
        if (stop - at < WORD_BYTES) {
          if (view.getInt32(at, true) !== names[name] || view.getInt32(stop - 4, true) !== names[name + 1])
            continue;
        } else if (
          view.getFloat64(at, true) !== names[name] ||
          view.getFloat64(stop - 8, true) !== names[name + 1] ||
          (stop - at > 2 * WORD_BYTES &&
            (view.getFloat64(at + 8, true) !== names[name + 2] ||
              view.getFloat64(stop - 16, true) !== names[name + 3]))
        )
          continue;
        at = stop;
        break;
      }
      const use = this.#uses[place++]!;
      if (use <= LAST_NUMBER) {
        const first = at;
        // As 32-bit integers for as long as it may, at half the time.
        const ninth = at + INTEGER_DIGITS < end ? at + INTEGER_DIGITS : end;
        let few = 0;
        for (; at < ninth; at++) {
          const digit = (bytes[at]! - ZERO) >>> 0;
          if (digit > 9) break;
          few = (few * 10 + digit) | 0;
        }
        let value = few;
        if (at === ninth) {
          for (; at < end; at++) {
            const digit = (bytes[at]! - ZERO) >>> 0;
            if (digit > 9) break;
            value = value * 10 + digit;
          }
        }
        if (at === first || at - first > MOST_DIGITS) return false;
        if (use <= Use.DURATION) {
          if (value > MAX_SECONDS) return false;
          value *= 1e6;
          if (at < end && bytes[at] === DOT) {
            const point = ++at;
            const last = point + MOST_DECIMALS < end ? point + MOST_DECIMALS : end;
            let fraction = 0;
            for (; at < last; at++) {
              const digit = (bytes[at]! - ZERO) >>> 0;
              if (digit > 9) break;
              fraction = (fraction * 10 + digit) | 0;
            }
            if (at === point) return false;
            value += fraction * MICROSECONDS[at - point]!;
          }
          if (use === Use.TS) into.startUs = value;
          else durationUs = value;
        } else if (use <= Use.RESP_P) {
          if (value > MAX_PORT) return false;
          if (use === Use.ORIG_P) into.srcPort = value;
          else into.dstPort = value;
        } else if (use === Use.ORIG_PKTS) {
          into.packets = value;
          isConn = true;
        } else if (use === Use.RESP_PKTS) into.reversePackets = value;
        else if (use === Use.ORIG_IP_BYTES) origIpBytes = value;
        else if (use === Use.RESP_IP_BYTES) respIpBytes = value;
        else if (use === Use.ORIG_BYTES) origBytes = value;
        else respBytes = value;
      } else if (bytes[at] === QUOTE) {
        const first = ++at;
        if (use === Use.ORIG_H || use === Use.RESP_H) {
          const offset = use === Use.ORIG_H ? 0 : 16;
          at = this.#address(bytes, at, end, into.bytes, offset);
          if (at < 0) return false;
          if (use === Use.ORIG_H) origVersion = this.#version;
          else respVersion = this.#version;
        } else if (use === Use.PROTO) {
          if (at + 5 >= end) return false;
          const name = view.getInt32(at, true);
          if (name === TCP_WORD) protocol = TCP;
          else if (name === UDP_WORD) protocol = UDP;
          else if (name !== ICMP_WORD || bytes[++at + 3] !== QUOTE) return false;
          else protocol = ICMP;
          at += 3;
        } else {
          let letters = 0;
          for (; at < end; at++) {
            const byte = bytes[at]!;
            if (byte === QUOTE) break;
            if (byte === BACKSLASH) return false;
            letters |= historyBits[byte]!;
          }
          if (use === Use.HISTORY) history = letters;
          else if (use === Use.UID) {
            starts[F.UID] = first;
            ends[F.UID] = at;
            kinds[F.UID] = Kind.STRING;
          } else if (use === Use.SERVICE) kinds[F.SERVICE] = Kind.STRING;
          else if (use === Use.CONN_STATE) isConn = true;
        }
        at++;
      } else {
        if (use !== Use.NONE) return false;
        at = skipOther(bytes, at, end);
        if (at < 0) return false;
      }
      if (at >= end) return false;
      const after = bytes[at]!;
      if (after === COMMA) continue;
      if (after !== CLOSE_BRACE || at + 1 !== end) return false;
      break;
    }
    if (origVersion === 0 || origVersion !== respVersion || into.srcPort < 0 || into.dstPort < 0)
      return false;
    // Without a time or a history there is more to ask.
    if (!isConn || protocol === 0 || history < 0 || into.startUs <= 0) return false;
    into.ipVersion = origVersion;
    into.protocol = protocol === ICMP && origVersion === 6 ? ICMP6 : protocol;
    into.endUs = into.startUs + durationUs;
    into.octets = origIpBytes < 0 ? origBytes : origIpBytes;
    into.reverseOctets = respIpBytes < 0 ? respBytes : respIpBytes;
    endConn(into, history);
    return true;
  }

  /** Learns the names of a line of conn.log that read() refused and ObjectScan took. */
  learn(bytes: Buffer, from: number, end: number): void {
    if (!this.#hasNewName || this.#lessons >= MAX_LESSONS) return;
    this.#lessons++;
    let place = 0;
    for (let at = from + 1; bytes[at] === QUOTE; at++) {
      const close = bytes.indexOf(QUOTE, at + 1);
      const length = close + 2 - at;
      if (close < 0 || close + 2 >= end || bytes[close + 1] !== COLON || length > WORDS_OF_NAME * WORD_BYTES)
        return;
      if (length < 4 || !isAscii(bytes, at, close)) return;
      const known = this.#find(bytes, at, length);
      if (known < 0 && !this.#insert(place, bytes, at, length)) return;
      // Another order than that of the lines before: no shape to rely on.
      if (known >= 0 && known < place) return;
      place = Math.max(known, place) + 1;
      at += length;
      at = bytes[at] === QUOTE ? bytes.indexOf(QUOTE, at + 1) + 1 : skipOther(bytes, at, end);
      if (at <= 0 || at >= end || bytes[at] !== COMMA) return;
    }
  }

  #find(bytes: Buffer, at: number, length: number): number {
    for (let place = 0; place < this.#members; place++) {
      if (this.#lengths[place] !== length) continue;
      const words = wordsOf(bytes, at, length);
      if (words.every((one, index) => one === this.#names[place * WORDS_OF_NAME + index])) return place;
    }
    return -1;
  }

  /** False: there is no room, or another name of the same is there. */
  #insert(place: number, bytes: Buffer, at: number, length: number): boolean {
    const slot = SLOT_OF.get(bytes.toString('latin1', at + 1, at + length - 2));
    const use = slot === undefined ? Use.NONE : (USE_OF_SLOT.get(slot) ?? Use.NONE);
    if (this.#members === MAX_MEMBERS) return false;
    if (use !== Use.NONE && this.#uses.subarray(0, this.#members).includes(use)) return false;
    this.#names.copyWithin((place + 1) * WORDS_OF_NAME, place * WORDS_OF_NAME, this.#members * WORDS_OF_NAME);
    this.#lengths.copyWithin(place + 1, place, this.#members);
    this.#uses.copyWithin(place + 1, place, this.#members);
    this.#members++;
    this.#names.set(wordsOf(bytes, at, length), place * WORDS_OF_NAME);
    this.#lengths[place] = length;
    this.#uses[place] = use;
    return true;
  }

  /** Reads the address that begins here: the place of the quote behind it and #version, or -1. */
  #address(bytes: Buffer, from: number, end: number, into: Buffer, offset: number): number {
    let at = takeIpv4(bytes, from, end, QUOTE, into, offset);
    if (at >= 0) {
      this.#version = 4;
      return at;
    }
    at = from;
    for (; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) return -1;
    this.#version = parseAddress(bytes, from, at, into, offset);
    return this.#version === 0 ? -1 : at;
  }
}

/**
 * A name with its quotes and colon as words that overlap: two of four bytes where it is short, else of eight, from both
 * ends. As they are read they are doubles, which are compared like any words: ASCII makes no NaN and no zero.
 */
function wordsOf(bytes: Buffer, at: number, length: number): number[] {
  const stop = at + length;
  if (length < WORD_BYTES) return [bytes.readInt32LE(at), bytes.readInt32LE(stop - 4)];
  const words = [bytes.readDoubleLE(at), bytes.readDoubleLE(stop - 8)];
  if (length > 2 * WORD_BYTES) words.push(bytes.readDoubleLE(at + 8), bytes.readDoubleLE(stop - 16));
  return words;
}

/** Printable and none of JSON's escapes. */
function isAscii(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 32 || byte > 126 || byte === BACKSLASH) return false;
  }
  return true;
}

/** Past a value that is no string and is not wanted; -1 where it is none. */
function skipOther(bytes: Buffer, from: number, end: number): number {
  const first = bytes[from]!;
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(bytes, from, end);
  const isPlain = first === LETTER_T || first === LETTER_F || first === LETTER_N || first === MINUS;
  if (!isPlain && (first < ZERO || first > 57)) return -1;
  let at = from;
  while (at < end && bytes[at] !== COMMA && bytes[at] !== CLOSE_BRACE && bytes[at]! > 32) at++;
  return at;
}
