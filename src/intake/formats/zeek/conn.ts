import type { FlowFields } from '../../../model/flow-fields.js';
import { Kind, type Row } from '../ndjson.js';
import { parseAddress, parseCount, parseScaled } from '../records/numbers.js';
import { parseTime, TimeUnit } from '../records/times.js';
import { Zone } from '../records/zone.js';
import { F } from './fields.js';

const UTC = new Zone('UTC');
const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;
export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const ICMP6 = 58;
const LETTER_X = 88;
const MAX_TIME_US = 8.64e18;
export const MAX_PORT = 65535;

/**
 * States of a connection whose first SYN the originator sent (Zeek, base/protocols/conn): all but OTH, SHR and RSTRH.
 * Only asked where the history is not told.
 */
const OPENED = new Set(['S0', 'S1', 'S2', 'S3', 'SF', 'REJ', 'RSTO', 'RSTR', 'RSTOS0', 'SH']);

const ALL_FLAGS = 255;
/** Beyond the flags: payload of each side was seen; a SYN of the originator or a SYN/ACK to it. */
const PAYLOAD = 0x100;
const ANSWER = 0x200;
const OPENING = 0x400;
/** What each letter of a history tells; capitals are the originator's. The others tell nothing here. */
export const HISTORY_BITS = new Uint16Array(256);
for (const [letters, bits] of [
  ['S', SYN | OPENING],
  ['h', SYN | ACK | OPENING],
  ['s', SYN],
  ['H', SYN | ACK],
  ['Aa', ACK],
  ['D', ACK | PSH | PAYLOAD],
  ['d', ACK | PSH | ANSWER],
  ['Ff', FIN | ACK],
  ['Rr', RST],
] as const) {
  for (const letter of letters) HISTORY_BITS[letter.charCodeAt(0)] = bits;
}

/** The addresses and ports of a line; false where they are none. */
export function readEnds(row: Row, into: FlowFields): boolean {
  const { bytes, start, end } = row;
  const version = parseAddress(bytes, start[F.ORIG_H]!, end[F.ORIG_H]!, into.bytes, 0);
  if (version === 0) return false;
  if (parseAddress(bytes, start[F.RESP_H]!, end[F.RESP_H]!, into.bytes, 16) !== version) return false;
  into.ipVersion = version;
  into.srcPort = parseCount(bytes, start[F.ORIG_P]!, end[F.ORIG_P]!);
  into.dstPort = parseCount(bytes, start[F.RESP_P]!, end[F.RESP_P]!);
  return into.srcPort >= 0 && into.srcPort <= MAX_PORT && into.dstPort >= 0 && into.dstPort <= MAX_PORT;
}

/** Epoch microseconds; 0 where the line tells none (absent, or blanked with X); NaN where it is no time. */
export function readTime(row: Row): number {
  const from = row.start[F.TS]!;
  if (row.kind[F.TS] === Kind.ABSENT || row.bytes[from] === LETTER_X) return 0;
  const end = row.end[F.TS]!;
  const plain = parseScaled(row.bytes, from, end, 1e6);
  const timeUs = Number.isNaN(plain) ? otherTime(row, from, end) : plain;
  return timeUs >= 0 && timeUs <= MAX_TIME_US ? timeUs : Number.NaN;
}

function otherTime(row: Row, from: number, end: number): number {
  if (row.kind[F.TS] !== Kind.NUMBER) return parseTime(row.bytes, from, end, TimeUnit.SECONDS, UTC);
  return Math.round(Number(row.bytes.toString('latin1', from, end)) * 1e6);
}

/**
 * A line of conn.log, its ends and time being read already. The client is the originator; it is known to have opened
 * the conversation where a SYN of its or a SYN/ACK to it was seen. False where a counter is none.
 */
export function readConn(row: Row, into: FlowFields, startUs: number): boolean {
  into.protocol = protocolOf(row, into.ipVersion);
  const duration = readScaled(row, F.DURATION);
  into.startUs = startUs;
  into.endUs = startUs + Math.max(0, duration);
  into.packets = readCounter(row, F.ORIG_PKTS);
  into.reversePackets = readCounter(row, F.RESP_PKTS);
  into.octets = readCounter(row, row.kind[F.ORIG_IP_BYTES] === Kind.ABSENT ? F.ORIG_BYTES : F.ORIG_IP_BYTES);
  into.reverseOctets = readCounter(
    row,
    row.kind[F.RESP_IP_BYTES] === Kind.ABSENT ? F.RESP_BYTES : F.RESP_IP_BYTES,
  );
  readHistory(row, into);
  return (
    !Number.isNaN(duration) &&
    into.packets >= 0 &&
    into.reversePackets >= 0 &&
    into.octets >= 0 &&
    into.reverseOctets >= 0
  );
}

function readHistory(row: Row, into: FlowFields): void {
  const isTold = row.kind[F.HISTORY] !== Kind.ABSENT;
  let letters = 0;
  if (isTold) {
    const end = row.end[F.HISTORY]!;
    for (let at = row.start[F.HISTORY]!; at < end; at++) letters |= HISTORY_BITS[row.bytes[at]!]!;
  }
  endConn(into, letters);
  if (isTold) return;
  into.payloadPackets = leastPayload(row, F.ORIG_BYTES);
  into.reversePayloadPackets = leastPayload(row, F.RESP_BYTES);
  if (into.protocol !== TCP) return;
  into.tcpFlags = -1;
  if (row.kind[F.CONN_STATE] === Kind.ABSENT) return;
  const state = row.bytes.toString('latin1', row.start[F.CONN_STATE]!, row.end[F.CONN_STATE]!);
  into.isOriented = OPENED.has(state);
}

/** What the letters of the history tell, as their HISTORY_BITS; the protocol being set. */
export function endConn(into: FlowFields, letters: number): void {
  const isTcp = into.protocol === TCP;
  // The answer's payload is what tells a server that spoke.
  into.payloadPackets = (letters & PAYLOAD) === 0 ? 0 : 1;
  into.reversePayloadPackets = (letters & ANSWER) === 0 ? 0 : 1;
  into.tcpFlags = isTcp ? letters & ALL_FLAGS : -1;
  into.isOriented = !isTcp || (letters & OPENING) !== 0;
  if (into.protocol === ICMP || into.protocol === ICMP6) {
    // Type and code stand in place of ports.
    into.srcPort = 0;
    into.dstPort = 0;
  }
}

function leastPayload(row: Row, slot: number): number {
  if (row.kind[slot] === Kind.ABSENT) return -1;
  return readCounter(row, slot) > 0 ? 1 : 0;
}

/** A counter, 0 where it is not told, -1 where it is none. */
function readCounter(row: Row, slot: number): number {
  if (row.kind[slot] === Kind.ABSENT) return 0;
  return parseCount(row.bytes, row.start[slot]!, row.end[slot]!);
}

/** Seconds as microseconds. */
function readScaled(row: Row, slot: number): number {
  if (row.kind[slot] === Kind.ABSENT) return 0;
  const [from, end] = [row.start[slot]!, row.end[slot]!];
  const value = parseScaled(row.bytes, from, end, 1e6);
  return Number.isNaN(value) ? Math.round(Number(row.bytes.toString('latin1', from, end)) * 1e6) : value;
}

function protocolOf(row: Row, ipVersion: number): number {
  const from = row.start[F.PROTO]!;
  if (row.kind[F.PROTO] !== Kind.ABSENT) {
    const first = row.bytes[from]! | 32;
    if (first === 0x74) return TCP;
    if (first === 0x69) return ipVersion === 6 ? ICMP6 : ICMP;
    if (first === 0x75 && (row.bytes[from + 1]! | 32) === 0x64) return UDP;
  }
  const number =
    row.kind[F.IP_PROTO] === Kind.ABSENT
      ? 0
      : parseCount(row.bytes, row.start[F.IP_PROTO]!, row.end[F.IP_PROTO]!);
  return number >= 0 && number <= 255 ? number : 0;
}
