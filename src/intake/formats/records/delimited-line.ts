import { column, Field, type FlowBuilder } from './builder.js';
import { DIGITS_BITS, MOST_DIGITS, takeDigits, takeIpv4 } from './numbers.js';
import { parsePlainDate, TimeUnit } from './times.js';
import type { Zone } from './zone.js';

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const TCP = 6;
const UDP = 17;
const MAX_PORT = 0xffff;
const MOST_OF_A_BYTE = 0xff;

/** The loop over columns reads these for each; of an imported object V8 would look them up every time. */
const { NONE, SRC, DST, SRC_PORT, DST_PORT, PROTOCOL, FLAGS, START, END } = Field;
const { PACKETS, OCTETS, REVERSE_PACKETS, REVERSE_OCTETS } = Field;

const MOST_DECIMALS = 6;
/** Of one second with so many digits behind the point. */
const MICROSECONDS = [1e6, 1e5, 1e4, 1e3, 1e2, 10, 1] as const;
const DURATION_SECONDS = column(Field.DURATION, TimeUnit.SECONDS);

/** `YYYY-MM-DD hh:mm:ss`, and what lies before its seconds. */
const DATE_BYTES = 19;
const MINUTE_BYTES = 16;
/** Minutes whose time is remembered, by the minute of their hour. */
const KNOWN_MINUTES = 64;

/** Makes letters small in a word of three and their delimiter. */
const LOWER_CASE = 0x00202020;
const wordOf = (name: string, delimiter: number): number =>
  Buffer.concat([Buffer.from(name), Buffer.from([delimiter])]).readInt32LE();

/** Flags as nfdump writes them (`...AP.S.`), by byte; -1: no such letter. */
const FLAG_BITS = new Int16Array(256).fill(-1);
FLAG_BITS[DOT] = 0;
for (const [place, letter] of [...'FSRPAUEC'].entries()) FLAG_BITS[letter.charCodeAt(0)] = 1 << place;

/**
 * One line of a delimited log, in one pass over its wanted columns. What is written as tools write it (plain digits, dotted
 * addresses, `YYYY-MM-DD hh:mm:ss[.ffffff]`, TCP, UDP) goes into the flow at once, anything else through FlowBuilder.set().
 */
export class DelimitedLine {
  /** After a scan that failed: the column, and its value; both ends of the line where it is too short. */
  badColumn = 0;
  badFrom = 0;
  badEnd = 0;
  readonly #builder: FlowBuilder;
  readonly #zone: Zone;
  readonly #delimiter: number;
  readonly #tcpWord: number;
  readonly #udpWord: number;
  #bytes: Buffer | null = null;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** The two halves of `YYYY-MM-DD hh:mm` as doubles, which plain text makes no NaN, and epoch microseconds. */
  readonly #firsts = new Float64Array(KNOWN_MINUTES);
  readonly #rests = new Float64Array(KNOWN_MINUTES);
  readonly #minuteUs = new Float64Array(KNOWN_MINUTES);
  /** What #takeDate() read; a number that a call returned would be allocated. */
  readonly #timeUs = new Float64Array(1);

  constructor(builder: FlowBuilder, zone: Zone, delimiter: number) {
    this.#builder = builder;
    this.#zone = zone;
    this.#delimiter = delimiter;
    this.#tcpWord = wordOf('tcp', delimiter);
    this.#udpWord = wordOf('udp', delimiter);
  }

  /** `plan`: codes by column, up to the last one wanted. False: a value does not fit, or the line is too short. */
  scan(plan: Uint16Array, bytes: Buffer, from: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    const builder = this.#builder;
    const flow = builder.flow;
    const delimiter = this.#delimiter;
    const last = plan.length - 1;
    builder.begin();
    // Places are kept 32-bit integers (| 0), which #other()'s answer would make tagged values.
    let at = from | 0;
    for (let index = 0; index <= last; index++) {
      const code = plan[index]!;
      let stop = -1;
      // Tested in the order of how often; a switch over so many is slower.
      if (code === SRC_PORT || code === DST_PORT || (code >= PACKETS && code <= REVERSE_OCTETS)) {
        const taken = takeDigits(bytes, at, end);
        const value = taken >> DIGITS_BITS;
        const place = (at + (taken & MOST_DIGITS)) | 0;
        if (taken >= 0 && (place === end || bytes[place] === delimiter)) {
          if (code === PACKETS) flow.packets = value;
          else if (code === OCTETS) flow.octets = value;
          else if (code === REVERSE_PACKETS) flow.reversePackets = value;
          else if (code === REVERSE_OCTETS) flow.reverseOctets = value;
          else if (code === SRC_PORT) flow.srcPort = value;
          else flow.dstPort = value;
          if (code >= PACKETS || value <= MAX_PORT) stop = place;
        }
      } else if (code === NONE) {
        if (delimiter !== SPACE && bytes[at] !== QUOTE) {
          stop = at;
          while (stop < end && bytes[stop] !== delimiter) stop++;
        }
      } else if (code === SRC || code === DST) {
        const isSource = code === SRC;
        if ((isSource ? builder.srcVersion : builder.dstVersion) === 0) {
          stop = takeIpv4(bytes, at, end, delimiter, flow.bytes, isSource ? 0 : 16);
          if (stop >= 0) {
            if (isSource) builder.srcVersion = 4;
            else builder.dstVersion = 4;
          }
        }
      } else if (code === START || code === END) {
        stop = this.#takeDate(bytes, view, at, end);
        if (stop >= 0) {
          if (code === START) flow.startUs = this.#timeUs[0]!;
          else flow.endUs = this.#timeUs[0]!;
        }
      } else if (code === DURATION_SECONDS) {
        const whole = takeDigits(bytes, at, end);
        let place = (at + (whole & MOST_DIGITS)) | 0;
        if (whole >= 0 && place < end) {
          let durationUs = (whole >> DIGITS_BITS) * 1e6;
          if (bytes[place] === DOT) {
            const part = takeDigits(bytes, place + 1, end);
            const decimals = part & MOST_DIGITS;
            if (part >= 0 && decimals <= MOST_DECIMALS) {
              durationUs += (part >> DIGITS_BITS) * MICROSECONDS[decimals]!;
              place = (place + 1 + decimals) | 0;
            }
          }
          if (place === end || bytes[place] === delimiter) {
            builder.durationUs = durationUs;
            stop = place;
          }
        }
      } else if (code === FLAGS) {
        let flags = 0;
        let place = at;
        for (; place < end; place++) {
          const bit = FLAG_BITS[bytes[place]!]!;
          if (bit < 0) break;
          flags |= bit;
        }
        if (place > at && (place === end || bytes[place] === delimiter)) {
          flow.tcpFlags = flags;
          stop = place;
        }
      } else if (code === PROTOCOL && at + 3 < end) {
        const word = view.getInt32(at, true) | LOWER_CASE;
        if (word === this.#tcpWord || word === this.#udpWord) {
          flow.protocol = word === this.#tcpWord ? TCP : UDP;
          stop = (at + 3) | 0;
        }
      }
      if (stop < 0 && (code === PROTOCOL || code === FLAGS)) stop = this.#takeNumber(code, bytes, at, end);
      if (stop < 0) {
        stop = this.#other(code, index, bytes, at, end);
        if (stop < 0) return false;
      }
      if (stop >= end && index < last) return this.#fail(index + 1, end, end);
      at = (stop + 1) | 0;
    }
    return true;
  }

  /** A protocol or flags as a plain number: the place of the delimiter behind it, or -1. */
  #takeNumber(code: number, bytes: Buffer, at: number, end: number): number {
    const taken = takeDigits(bytes, at, end);
    const value = taken >> DIGITS_BITS;
    const stop = (at + (taken & MOST_DIGITS)) | 0;
    if (taken < 0 || value > MOST_OF_A_BYTE || (stop !== end && bytes[stop] !== this.#delimiter)) return -1;
    if (code === PROTOCOL) this.#builder.flow.protocol = value;
    else this.#builder.flow.tcpFlags = value;
    return stop;
  }

  /** Takes a value that is written in another way: the place of the delimiter behind it, or -1. */
  #other(code: number, index: number, bytes: Buffer, from: number, end: number): number {
    const delimiter = this.#delimiter;
    let at = from;
    if (delimiter === SPACE) while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    let start = at;
    let stop: number;
    if (bytes[at] === QUOTE && at < end) {
      start = at + 1;
      stop = closingQuote(bytes, start, end);
      at = stop + 1;
      while (at < end && bytes[at] !== delimiter) at++;
    } else {
      while (at < end && bytes[at] !== delimiter) at++;
      // A date is one value, though a blank parts it from its hour.
      if (delimiter === SPACE && isDay(bytes, start, at) && bytes[at + 3] === COLON)
        for (at++; at < end && bytes[at] !== delimiter; ) at++;
      stop = at;
    }
    if (code === NONE) return at;
    while (stop > start && bytes[stop - 1] === SPACE) stop--;
    while (start < stop && bytes[start] === SPACE) start++;
    if (this.#builder.set(code, bytes, start, stop)) return at;
    this.#fail(index, start, stop);
    return -1;
  }

  #fail(index: number, from: number, end: number): false {
    this.badColumn = index;
    this.badFrom = from;
    this.badEnd = end;
    return false;
  }

  /** Reads the date that begins here into #timeUs: the place of the delimiter behind it, or -1. */
  #takeDate(bytes: Buffer, view: DataView, at: number, end: number): number {
    let stop = (at + DATE_BYTES) | 0;
    if (stop >= end) return -1;
    let fractionUs = 0;
    if (bytes[stop] === DOT) {
      const part = takeDigits(bytes, stop + 1, end);
      const decimals = part & MOST_DIGITS;
      if (part < 0 || decimals > MOST_DECIMALS) return -1;
      fractionUs = (part >> DIGITS_BITS) * MICROSECONDS[decimals]!;
      stop = (stop + 1 + decimals) | 0;
    }
    if (stop !== end && bytes[stop] !== this.#delimiter) return -1;
    const tens = (bytes[at + MINUTE_BYTES + 1]! - ZERO) >>> 0;
    const ones = (bytes[at + MINUTE_BYTES + 2]! - ZERO) >>> 0;
    const isPlain = bytes[at + MINUTE_BYTES] === COLON && tens < 6 && ones < 10;
    const secondsUs = (tens * 10 + ones) * 1e6;
    const minute = (bytes[at + MINUTE_BYTES - 2]! * 10 + bytes[at + MINUTE_BYTES - 1]!) & (KNOWN_MINUTES - 1);
    const firsts = this.#firsts;
    const rests = this.#rests;
    const first = view.getFloat64(at, true);
    const rest = view.getFloat64(at + 8, true);
    if (isPlain && first === firsts[minute] && rest === rests[minute]) {
      this.#timeUs[0] = this.#minuteUs[minute]! + secondsUs + fractionUs;
      return stop;
    }
    if (bytes[at + 4] !== DASH) return -1;
    const timeUs = parsePlainDate(bytes, at, this.#zone);
    if (!(timeUs >= 0)) return -1;
    this.#timeUs[0] = timeUs + fractionUs;
    if (isPlain) {
      firsts[minute] = first;
      rests[minute] = rest;
      this.#minuteUs[minute] = timeUs - secondsUs;
    }
    return stop;
  }
}

/** `YYYY-MM-DD` */
function isDay(bytes: Buffer, from: number, end: number): boolean {
  return end - from === 10 && bytes[from + 4] === DASH && bytes[from + 7] === DASH;
}

/** Where a quoted value ends; a doubled quote stands for itself. */
function closingQuote(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end) {
    if (bytes[at] === QUOTE) {
      if (bytes[at + 1] !== QUOTE || at + 1 >= end) return at;
      at++;
    }
    at++;
  }
  return end;
}
