import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import type { PatternFeatures } from '../../model/flow-pattern.js';

/**
 * What is kept of one client and one server port: a row of 48 words (192 bytes) for two panes of 12 hours, so that the
 * features always look back over 12 to 24 hours. Addresses are four words; IPv4 is mapped (RFC 4291 §2.5.5.2).
 *
 * `!` after an index: rows are only addressed by ids below `used`.
 */
export const ROW_WORDS = 48;
export const CLIENT = 0;
export const SERVER = 4;
/** Server port in the high half, the client's last port in the low. */
export const PORTS = 8;
export const HASH = 9;
/** End of the last record, epoch seconds. */
const LAST = 10;
/** One bit for each of the last 24 hours (hour modulo 24), and the last hour. */
const HOURS = 11;
const LAST_HOUR = 12;
/** The 5 minutes being summed, and the client's bytes in them (float). */
const SPAN = 13;
const SPAN_BYTES = 14;
/** Of the records of both panes, those that were told before. */
const TOLD = 15;
const PANE = 16;
const PANE_WORDS = 16;

/** Words of a pane. Floats where the second line says so. */
const P = {
  FIRST: 0,
  PACKETS: 1,
  BACK_PACKETS: 2,
  RECORDS: 3,
  /** Of them with flags; underway, opened, closed. */
  FLAGGED: 4,
  UNDERWAY: 5,
  OPENED: 6,
  CLOSED: 7,
  GAP: 8,
  PORT_CHANGES: 9,
  SPANS: 10,
  // Floats.
  OCTETS: 11,
  BACK_OCTETS: 12,
  SUM: 13,
  SQUARES: 14,
} as const;

const HOUR_SECONDS = 3600;
const DAY_HOURS = 24;
export const PANE_SECONDS = 12 * HOUR_SECONDS;
const SPAN_SECONDS = 300;
/** Spans of one record at most: none lasts longer than what is looked back on. */
const MAX_SPANS_OF_RECORD = (2 * PANE_SECONDS) / SPAN_SECONDS;
/** Fewer spans say nothing of how steady traffic is. */
const MIN_SPANS = 6;

const MAPPED = 0xffff;
/** TCP flags (RFC 9293 §3.1). */
const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;

/** One record as the row takes it. Times in epoch seconds. */
export interface Piece {
  start: number;
  end: number;
  packets: number;
  octets: number;
  backPackets: number;
  backOctets: number;
  /** -1: not told. */
  tcpFlags: number;
  clientPort: number;
  /** False: a record of the server's packets alone. */
  isFromClient: boolean;
}

export class PairRows {
  words: Int32Array;
  #floats: Float32Array;

  constructor(rows: number) {
    this.words = new Int32Array(rows * ROW_WORDS);
    this.#floats = new Float32Array(this.words.buffer);
  }

  get capacity(): number {
    return this.words.length / ROW_WORDS;
  }

  grow(): void {
    const old = this.words;
    this.words = new Int32Array(old.length * 2);
    this.words.set(old);
    this.#floats = new Float32Array(this.words.buffer);
  }

  /** Readies a row whose key was just written. */
  begin(id: number, piece: Piece): void {
    const row = id * ROW_WORDS;
    this.words.fill(0, row + LAST, row + ROW_WORDS);
    this.words[row + LAST] = piece.start;
    this.words[row + LAST_HOUR] = Math.floor(piece.start / HOUR_SECONDS);
    this.words[row + SPAN] = Math.floor(piece.start / SPAN_SECONDS);
  }

  add(id: number, piece: Piece): void {
    const { words } = this;
    const floats = this.#floats;
    const row = id * ROW_WORDS;
    const pane = row + PANE;
    const isFirst = words[pane + P.RECORDS] === 0 && words[pane + P.BACK_PACKETS] === 0;
    words[pane + P.FIRST] = isFirst ? piece.start : Math.min(words[pane + P.FIRST]!, piece.start);
    words[pane + P.GAP] = Math.max(words[pane + P.GAP]!, piece.start - words[row + LAST]!);
    words[row + LAST] = Math.max(words[row + LAST]!, piece.end);
    words[pane + P.BACK_PACKETS] = capped(words[pane + P.BACK_PACKETS]! + piece.backPackets);
    floats[pane + P.BACK_OCTETS] = floats[pane + P.BACK_OCTETS]! + piece.backOctets;
    this.#markHours(row, piece.start, piece.end);
    if (!piece.isFromClient) return;
    words[pane + P.PACKETS] = capped(words[pane + P.PACKETS]! + piece.packets);
    floats[pane + P.OCTETS] = floats[pane + P.OCTETS]! + piece.octets;
    words[pane + P.RECORDS] = capped(words[pane + P.RECORDS]! + 1);
    if (piece.tcpFlags >= 0) this.#countFlags(pane, piece.tcpFlags);
    const port = words[row + PORTS]! & 0xffff;
    if (port !== piece.clientPort) {
      if (port !== 0) words[pane + P.PORT_CHANGES] = capped(words[pane + P.PORT_CHANGES]! + 1);
      words[row + PORTS] = (words[row + PORTS]! & ~0xffff) | piece.clientPort;
    }
    this.#spread(row, piece);
  }

  /** Twelve hours are over: the current pane becomes the earlier one. False: the row has nothing left. */
  roll(id: number): boolean {
    const pane = id * ROW_WORDS + PANE;
    this.words.copyWithin(pane + PANE_WORDS, pane, pane + PANE_WORDS);
    this.words.fill(0, pane, pane + PANE_WORDS);
    const told = id * ROW_WORDS + TOLD;
    this.words[told] = Math.min(this.words[told]!, this.records(id));
    return this.records(id) > 0;
  }

  /** Records of the client in both panes. */
  records(id: number): number {
    return this.#total(id, P.RECORDS);
  }

  /** Records since this was asked last, as far as they have not left the panes. */
  takeUntold(id: number): number {
    const told = id * ROW_WORDS + TOLD;
    const untold = this.records(id) - this.words[told]!;
    this.words[told] = this.records(id);
    return untold;
  }

  firstSeconds(id: number): number {
    const pane = id * ROW_WORDS + PANE;
    const earlier = this.words[pane + PANE_WORDS + P.FIRST]!;
    return earlier > 0 ? earlier : this.words[pane + P.FIRST]!;
  }

  lastSeconds(id: number): number {
    return this.words[id * ROW_WORDS + LAST]!;
  }

  /** R8: packets came back. */
  isAnswered(id: number): boolean {
    return this.#total(id, P.BACK_PACKETS) > 0;
  }

  serverPort(id: number): number {
    return this.words[id * ROW_WORDS + PORTS]! >>> 16;
  }

  clientPort(id: number): number {
    return this.words[id * ROW_WORDS + PORTS]! & 0xffff;
  }

  /** `at` is CLIENT or SERVER. */
  address(id: number, at: number): string {
    const from = id * ROW_WORDS + at;
    const words = this.words.subarray(from, from + 4);
    if (words[0] === 0 && words[1] === 0 && words[2] === MAPPED) return formatIpv4(words[3]!);
    const bytes = Buffer.alloc(16);
    for (const [index, word] of words.entries()) bytes.writeInt32BE(word, index * 4);
    return formatIpv6(bytes, 0);
  }

  features(id: number, clients: number): PatternFeatures {
    const row = id * ROW_WORDS;
    const flagged = this.#total(id, P.FLAGGED);
    const share = (word: number) => (flagged === 0 ? null : this.#total(id, word) / flagged);
    const packets = Math.max(1, this.#total(id, P.PACKETS));
    const seconds = Math.max(1, this.lastSeconds(id) - this.firstSeconds(id));
    return {
      bytesPerPacket: this.#sum(id, P.OCTETS) / packets,
      packetsPerMinute: (packets * 60) / seconds,
      underwayShare: share(P.UNDERWAY),
      openedShare: share(P.OPENED),
      closedShare: share(P.CLOSED),
      coverage: this.#coverage(row, id),
      longestGapSeconds: Math.max(
        this.words[row + PANE + P.GAP]!,
        this.words[row + PANE + PANE_WORDS + P.GAP]!,
      ),
      variation: this.#variation(id),
      portChangesPerHour: (this.#total(id, P.PORT_CHANGES) * HOUR_SECONDS) / Math.max(seconds, HOUR_SECONDS),
      clients,
      serverPort: this.serverPort(id),
    };
  }

  #countFlags(pane: number, flags: number): void {
    const { words } = this;
    words[pane + P.FLAGGED]!++;
    if ((flags & (SYN | FIN | RST)) === 0 && (flags & (ACK | PSH)) !== 0) words[pane + P.UNDERWAY]!++;
    if ((flags & SYN) !== 0) words[pane + P.OPENED]!++;
    if ((flags & (FIN | RST)) !== 0) words[pane + P.CLOSED]!++;
  }

  #markHours(row: number, start: number, end: number): void {
    const { words } = this;
    const last = words[row + LAST_HOUR]!;
    const to = Math.floor(end / HOUR_SECONDS);
    const from = Math.max(Math.floor(start / HOUR_SECONDS), Math.max(to, last) - DAY_HOURS + 1);
    for (let hour = Math.max(last, to - DAY_HOURS) + 1; hour <= to; hour++)
      words[row + HOURS] = words[row + HOURS]! & ~(1 << (hour % DAY_HOURS));
    for (let hour = from; hour <= to; hour++)
      words[row + HOURS] = words[row + HOURS]! | (1 << (hour % DAY_HOURS));
    if (to > last) words[row + LAST_HOUR] = to;
  }

  /** Bytes spread evenly over the 5-minute spans that the record covers; what is older than the open span is left. */
  #spread(row: number, { start, end, octets }: Piece): void {
    const { words } = this;
    const floats = this.#floats;
    const to = Math.floor(end / SPAN_SECONDS);
    const from = Math.max(Math.floor(start / SPAN_SECONDS), to - MAX_SPANS_OF_RECORD);
    const each = octets / (to - from + 1);
    for (let span = from; span <= to; span++) {
      const open = words[row + SPAN]!;
      if (span < open) continue;
      if (span > open) this.#closeSpans(row, span);
      floats[row + SPAN_BYTES] = floats[row + SPAN_BYTES]! + each;
    }
  }

  #closeSpans(row: number, next: number): void {
    const { words } = this;
    const floats = this.#floats;
    const pane = row + PANE;
    const bytes = floats[row + SPAN_BYTES]!;
    words[pane + P.SPANS] = capped(words[pane + P.SPANS]! + next - words[row + SPAN]!);
    floats[pane + P.SUM] = floats[pane + P.SUM]! + bytes;
    floats[pane + P.SQUARES] = floats[pane + P.SQUARES]! + bytes * bytes;
    floats[row + SPAN_BYTES] = 0;
    words[row + SPAN] = next;
  }

  #coverage(row: number, id: number): number {
    const last = this.words[row + LAST_HOUR]!;
    const first = Math.floor(this.firstSeconds(id) / HOUR_SECONDS);
    const observed = Math.min(DAY_HOURS, Math.max(1, last - first + 1));
    let covered = 0;
    for (let hour = last - observed + 1; hour <= last; hour++)
      if ((this.words[row + HOURS]! & (1 << (hour % DAY_HOURS))) !== 0) covered++;
    return covered / observed;
  }

  #variation(id: number): number | null {
    const spans = this.#total(id, P.SPANS);
    if (spans < MIN_SPANS) return null;
    const mean = this.#sum(id, P.SUM) / spans;
    const variance = this.#sum(id, P.SQUARES) / spans - mean * mean;
    return mean > 0 ? Math.sqrt(Math.max(0, variance)) / mean : null;
  }

  #total(id: number, word: number): number {
    const at = id * ROW_WORDS + PANE + word;
    return this.words[at]! + this.words[at + PANE_WORDS]!;
  }

  #sum(id: number, word: number): number {
    const at = id * ROW_WORDS + PANE + word;
    return this.#floats[at]! + this.#floats[at + PANE_WORDS]!;
  }
}

function capped(count: number): number {
  return Math.min(count, 0x7fffffff);
}

/** Four words of an address at `at` into `out`. */
export function readAddress(
  bytes: Buffer,
  at: number,
  ipVersion: number,
  out: Int32Array,
  word: number,
): void {
  if (ipVersion === 4) {
    out[word] = 0;
    out[word + 1] = 0;
    out[word + 2] = MAPPED;
    out[word + 3] = wordAt(bytes, at);
    return;
  }
  for (let index = 0; index < 4; index++) out[word + index] = wordAt(bytes, at + index * 4);
}

function wordAt(bytes: Buffer, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
