import type { FlowFields } from '../../../model/flow-fields.js';
import { Kind, ObjectScan, type Row } from '../ndjson.js';
import { parseAddress, parseCount, parseHex } from '../records/numbers.js';
import { parseTime, TimeUnit } from '../records/times.js';
import { Zone } from '../records/zone.js';
import { C, COUNTER_SLOT_COUNT, COUNTER_SLOTS, E } from './fields.js';

const UTC = new Zone('UTC');
const MAX_PORT = 65535;
const TCP = 6;
const SYN = 2;
const MAX_TIME_US = 8.64e18;

const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  icmp: 1,
  'ipv6-icmp': 58,
  icmpv6: 58,
  sctp: 132,
  gre: 47,
};

/** Reads the ends, protocol and counters of EVE events into the reused record. */
export class EveFlow {
  readonly #counters = new ObjectScan(COUNTER_SLOTS, COUNTER_SLOT_COUNT);

  /** Addresses, ports (absent for ICMP) and protocol of an event; false where they are none. */
  readEnds(row: Row, into: FlowFields): boolean {
    const { bytes, start, end, kind } = row;
    if (kind[E.SRC_IP] !== Kind.STRING || kind[E.DEST_IP] !== Kind.STRING) return false;
    const version = parseAddress(bytes, start[E.SRC_IP]!, end[E.SRC_IP]!, into.bytes, 0);
    if (version === 0 || parseAddress(bytes, start[E.DEST_IP]!, end[E.DEST_IP]!, into.bytes, 16) !== version)
      return false;
    into.ipVersion = version;
    into.srcOffset = 0;
    into.dstOffset = 16;
    into.srcPort = countOf(row, E.SRC_PORT);
    into.dstPort = countOf(row, E.DEST_PORT);
    into.protocol = protocolOf(row);
    return into.srcPort >= 0 && into.srcPort <= MAX_PORT && into.dstPort >= 0 && into.dstPort <= MAX_PORT;
  }

  /** `flow`: both directions; source and destination of the event are client and server. */
  readFlow(row: Row, into: FlowFields): boolean {
    if (!this.#readCounters(row, E.FLOW, into)) return false;
    const counters = this.#counters;
    into.packets = countOf(counters, C.PKTS_TOSERVER);
    into.octets = countOf(counters, C.BYTES_TOSERVER);
    into.reversePackets = countOf(counters, C.PKTS_TOCLIENT);
    into.reverseOctets = countOf(counters, C.BYTES_TOCLIENT);
    this.#readFlags(row, into);
    // Picked up in the middle, the first packet seen may be the server's.
    into.isOriented = into.tcpFlags < 0 || (into.tcpFlags & SYN) !== 0;
    return into.packets >= 0 && into.octets >= 0 && into.reversePackets >= 0 && into.reverseOctets >= 0;
  }

  /** `netflow`: one direction a record, and either may be the client's. */
  readNetflow(row: Row, into: FlowFields): boolean {
    if (!this.#readCounters(row, E.NETFLOW, into)) return false;
    into.packets = countOf(this.#counters, C.PKTS);
    into.octets = countOf(this.#counters, C.BYTES);
    into.reversePackets = -1;
    into.reverseOctets = -1;
    into.isOriented = false;
    this.#readFlags(row, into);
    return into.packets >= 0 && into.octets >= 0;
  }

  /** When the conversation of an event began, where its `flow` part tells; else NaN. */
  startOf(row: Row): number {
    if (row.kind[E.FLOW] !== Kind.NESTED) return Number.NaN;
    return this.#counters.read(row.bytes, row.start[E.FLOW]!, row.end[E.FLOW]!)
      ? timeOf(this.#counters, C.START)
      : Number.NaN;
  }

  #readCounters(row: Row, slot: number, into: FlowFields): boolean {
    if (row.kind[slot] !== Kind.NESTED) return false;
    if (!this.#counters.read(row.bytes, row.start[slot]!, row.end[slot]!)) return false;
    const startUs = timeOf(this.#counters, C.START);
    const endUs = timeOf(this.#counters, C.END);
    if (Number.isNaN(startUs)) return false;
    into.startUs = startUs;
    into.endUs = endUs >= startUs ? endUs : startUs;
    return true;
  }

  #readFlags(row: Row, into: FlowFields): void {
    into.tcpFlags = -1;
    if (into.protocol !== TCP || row.kind[E.TCP] !== Kind.NESTED) return;
    const counters = this.#counters;
    // The counters are in `into` by now; the scan is free for the other object.
    if (!counters.read(row.bytes, row.start[E.TCP]!, row.end[E.TCP]!)) return;
    if (counters.kind[C.TCP_FLAGS] !== Kind.STRING) return;
    into.tcpFlags = parseHex(counters.bytes, counters.start[C.TCP_FLAGS]!, counters.end[C.TCP_FLAGS]!);
  }
}

/** Epoch microseconds of an ISO time with its offset; NaN where there is none. */
export function timeOf(row: Row, slot: number): number {
  if (row.kind[slot] !== Kind.STRING) return Number.NaN;
  const timeUs = parseTime(row.bytes, row.start[slot]!, row.end[slot]!, TimeUnit.AUTO, UTC);
  return timeUs >= 0 && timeUs <= MAX_TIME_US ? timeUs : Number.NaN;
}

/** 0 where it is not told, -1 where it is none. */
function countOf(row: Row, slot: number): number {
  if (row.kind[slot] === Kind.ABSENT) return 0;
  return parseCount(row.bytes, row.start[slot]!, row.end[slot]!);
}

function protocolOf(row: Row): number {
  if (row.kind[E.PROTO] === Kind.ABSENT) return 0;
  const [from, end] = [row.start[E.PROTO]!, row.end[E.PROTO]!];
  const number = parseCount(row.bytes, from, end);
  if (number >= 0) return number <= 255 ? number : 0;
  return PROTOCOLS[row.bytes.toString('latin1', from, end).toLowerCase()] ?? 0;
}
