import type { Counters } from '../../../base/counters.js';
import { MAX_SEQUENCE, type PacketSequence } from '../../../model/flow.js';
import { createFlowFields } from '../../../model/flow-fields.js';
import type { RecordSink } from '../format.js';
import { isRecord, parseJson } from '../ndjson.js';
import { parseAddress, parseCount } from './numbers.js';
import { PacketColumn, PacketColumns } from './packet-columns.js';
import { isNoDate, parseTime } from './times.js';
import { protocolNumber, tcpFlags } from './words.js';
import type { Zone } from './zone.js';

/** What a column may hold. */
export const Field = {
  NONE: 0,
  SRC: 1,
  DST: 2,
  SRC_PORT: 3,
  DST_PORT: 4,
  PROTOCOL: 5,
  FLAGS: 6,
  START: 7,
  END: 8,
  DURATION: 9,
  PACKETS: 10,
  OCTETS: 11,
  REVERSE_PACKETS: 12,
  REVERSE_OCTETS: 13,
  SAMPLING: 14,
  /** Argus' arrow. */
  ARROW: 15,
  /** `NODATA`, `SKIPDATA`: a line that tells of no flow. */
  STATUS: 16,
  /** `REJECT`, `DROP`: refused packets. */
  ACTION: 17,
  /** nfdump's record type; only `FLOW` is one. */
  TYPE: 18,
  /** Flags of the first packet: SYN without ACK says who opened. */
  INITIAL_FLAGS: 19,
  /** There in a line that describes the exporter and tells of no flow. */
  CONFIG: 20,
  /** joy's list of packets: payload bytes, direction, milliseconds since the one before. */
  PACKET_LIST: 21,
  /** Lists of packets in columns of their own, and the first payload bytes of each direction as hex: UniRec. */
  PACKET_SIZES: 22,
  PACKET_TIMES: 23,
  PACKET_FLAGS: 24,
  PACKET_DIRECTIONS: 25,
  CONTENT: 26,
  REVERSE_CONTENT: 27,
} as const;

const UNIT_SHIFT = 8;

/** A field and, for times, its unit, in one number. */
export function column(field: number, unit = 0): number {
  return field | (unit << UNIT_SHIFT);
}
const FIELD_MASK = 255;

/** What the octets of a format count; turned into IP bytes. */
export type OctetsOf = 'ip' | 'ethernet' | 'payload';

const ETHERNET_HEADER = 14;
const TCP_HEADER = 20;
const UDP_HEADER = 8;

const DASH = 45;
const NONE = Buffer.alloc(0);
/** Longest payload that is read of one direction, in hex digits. */
const MAX_CONTENT_DIGITS = 8192;
/** Longest list of packets, bytes: 200 of them take about 6,000. */
const MAX_LIST_BYTES = 16_384;

/** What became of a record. */
const Outcome = { TOLD: 0, NO_ADDRESS: 1, NO_FLOW: 2, NOT_IP: 3 } as const;
const OUTCOME_COUNTERS = ['', 'records.no-address', 'records.no-flow', 'records.not-ip'] as const;

/** Puts one flow record together from the texts of its fields. */
export class FlowBuilder {
  /** What is known so far of the record being put together. */
  readonly flow = createFlowFields();
  readonly #sink: RecordSink;
  readonly #zone: Zone;
  readonly #octetsOf: OctetsOf;
  readonly #outcomes = [0, 0, 0, 0];
  readonly #packets: PacketColumns;
  #there: Buffer = NONE;
  #back: Buffer = NONE;
  /** IP versions of its addresses, 0: not told yet; its duration, -1: not told. */
  srcVersion = 0;
  dstVersion = 0;
  durationUs = -1;
  #outcome: number = Outcome.TOLD;
  #isReversed = false;
  #noTime = 0;
  #clockSuspect = 0;
  /** Records whose protocol is 0: lines that were aggregated over it. */
  noProtocol = 0;

  constructor(sink: RecordSink, zone: Zone, octetsOf: OctetsOf) {
    this.#sink = sink;
    this.#zone = zone;
    this.#octetsOf = octetsOf;
    this.#packets = new PacketColumns(zone);
  }

  /** Flows handed on. */
  get told(): number {
    return this.#outcomes[Outcome.TOLD] ?? 0;
  }

  begin(): void {
    const flow = this.flow;
    flow.srcPort = 0;
    flow.dstPort = 0;
    flow.protocol = 0;
    flow.tcpFlags = -1;
    flow.startUs = -1;
    flow.endUs = -1;
    flow.packets = 0;
    flow.octets = 0;
    flow.reversePackets = -1;
    flow.reverseOctets = -1;
    flow.samplingInterval = 1;
    flow.isOriented = false;
    flow.isRefused = false;
    flow.sequence = null;
    this.#packets.begin();
    this.#there = NONE;
    this.#back = NONE;
    this.srcVersion = 0;
    this.dstVersion = 0;
    this.durationUs = -1;
    this.#outcome = Outcome.TOLD;
    this.#isReversed = false;
  }

  /** Takes bytes[from, end) as the value of a column; false where it does not fit. Empty and `-` mean: not known. */
  set(code: number, bytes: Buffer, from: number, end: number): boolean {
    if (end <= from || this.#outcome !== Outcome.TOLD) return true;
    if (end - from === 1 && bytes[from] === DASH) return true;
    const flow = this.flow;
    switch (code & FIELD_MASK) {
      case Field.SRC:
        return this.#setAddress(bytes, from, end, true);
      case Field.DST:
        return this.#setAddress(bytes, from, end, false);
      case Field.SRC_PORT:
        flow.srcPort = portNumber(bytes, from, end);
        return flow.srcPort >= 0;
      case Field.DST_PORT:
        flow.dstPort = portNumber(bytes, from, end);
        return flow.dstPort >= 0;
      case Field.PROTOCOL:
        flow.protocol = protocolNumber(bytes, from, end);
        if (flow.protocol < 0) this.#outcome = Outcome.NOT_IP;
        return true;
      case Field.FLAGS:
        flow.tcpFlags = tcpFlags(bytes, from, end);
        return flow.tcpFlags >= 0;
      case Field.START:
        if (isNoDate(bytes, from, end)) return true;
        flow.startUs = parseTime(bytes, from, end, code >> UNIT_SHIFT, this.#zone);
        return flow.startUs >= 0;
      case Field.END:
        if (isNoDate(bytes, from, end)) return true;
        flow.endUs = parseTime(bytes, from, end, code >> UNIT_SHIFT, this.#zone);
        return flow.endUs >= 0;
      case Field.DURATION:
        this.durationUs = parseTime(bytes, from, end, code >> UNIT_SHIFT, this.#zone);
        return this.durationUs >= 0;
      case Field.PACKETS:
        flow.packets = parseCount(bytes, from, end);
        return flow.packets >= 0 || this.#isUnknownCount(bytes, from, end);
      case Field.OCTETS:
        flow.octets = parseCount(bytes, from, end);
        return flow.octets >= 0 || this.#isUnknownCount(bytes, from, end);
      case Field.REVERSE_PACKETS:
        flow.reversePackets = parseCount(bytes, from, end);
        return flow.reversePackets >= 0;
      case Field.REVERSE_OCTETS:
        flow.reverseOctets = parseCount(bytes, from, end);
        return flow.reverseOctets >= 0;
      case Field.SAMPLING: {
        const interval = parseCount(bytes, from, end);
        flow.samplingInterval = Math.max(1, interval);
        return interval >= 0;
      }
      case Field.PACKET_SIZES:
        return this.#packets.set(PacketColumn.SIZES, bytes, from, end);
      case Field.PACKET_TIMES:
        return this.#packets.set(PacketColumn.TIMES, bytes, from, end);
      case Field.PACKET_FLAGS:
        return this.#packets.set(PacketColumn.FLAGS, bytes, from, end);
      case Field.PACKET_DIRECTIONS:
        return this.#packets.set(PacketColumn.DIRECTIONS, bytes, from, end);
      case Field.CONTENT:
        this.#there = fromHex(bytes, from, end);
        return true;
      case Field.REVERSE_CONTENT:
        this.#back = fromHex(bytes, from, end);
        return true;
      case Field.PACKET_LIST:
        flow.sequence = packetList(bytes, from, end);
        return true;
      default:
        this.#setWord(code & FIELD_MASK, bytes, from, end);
        return true;
    }
  }

  /** The record is whole: hands it on, or counts why not. */
  finish(): void {
    const flow = this.flow;
    if (this.#outcome === Outcome.TOLD && (this.srcVersion === 0 || this.srcVersion !== this.dstVersion)) {
      this.#outcome = Outcome.NO_ADDRESS;
    }
    this.#outcomes[this.#outcome]!++;
    if (this.#outcome !== Outcome.TOLD) return;
    flow.ipVersion = this.srcVersion;
    if (flow.protocol === 0) this.noProtocol++;
    this.#settleReverse();
    this.#settleTimes();
    if (this.#octetsOf !== 'ip') this.#toIpBytes();
    if (flow.sequence !== null) flow.sequence = startingAt(flow.sequence, flow.startUs);
    else flow.sequence = this.#packets.sequence();
    if (this.#there.length + this.#back.length > 0) this.#sink.payload?.(flow, this.#there, this.#back);
    if (this.#isReversed) this.#swap();
    this.#sink.flow(flow);
    flow.srcOffset = 0;
    flow.dstOffset = 16;
  }

  count(counters: Counters): void {
    for (let outcome = 1; outcome < OUTCOME_COUNTERS.length; outcome++) {
      counters.add(OUTCOME_COUNTERS[outcome]!, this.#outcomes[outcome]);
    }
    counters.add('records.no-time', this.#noTime);
    counters.add('records.clock-suspect', this.#clockSuspect);
  }

  /** Of two addresses for one end (IPv4 and IPv6 columns), the one that is not all zeros counts. */
  #setAddress(bytes: Buffer, from: number, end: number, isSource: boolean): boolean {
    const at = isSource ? 0 : 16;
    const had = isSource ? this.srcVersion : this.dstVersion;
    if (had !== 0 && isUnspecified(bytes, from, end)) return true;
    const version = parseAddress(bytes, from, end, this.flow.bytes, at);
    if (isSource) this.srcVersion = version;
    else this.dstVersion = version;
    return version !== 0;
  }

  /** -1 stands for no data in cloud logs. */
  #isUnknownCount(bytes: Buffer, from: number, end: number): boolean {
    if (end - from !== 2 || bytes[from] !== DASH || bytes[from + 1] !== 49) return false;
    this.#outcome = Outcome.NO_FLOW;
    return true;
  }

  #setWord(field: number, bytes: Buffer, from: number, end: number): void {
    const first = bytes[from]! | 32;
    const last = bytes[end - 1]!;
    if (field === Field.ARROW) {
      const isKnown = bytes.subarray(from, end).indexOf(63 /* ? */) < 0;
      const toRight = last === 62 /* > */;
      this.#isReversed = isKnown && !toRight && bytes[from] === 60 /* < */;
      this.flow.isOriented = isKnown && (toRight || this.#isReversed);
    } else if (field === Field.STATUS) {
      if (first !== 111 /* ok */) this.#outcome = Outcome.NO_FLOW;
    } else if (field === Field.ACTION) {
      this.flow.isRefused = first === 114 || first === 100; // reject, drop, deny
    } else if (field === Field.TYPE) {
      if (first !== 102 /* flow */) this.#outcome = Outcome.NO_FLOW;
    } else if (field === Field.INITIAL_FLAGS) {
      this.flow.isOriented = (tcpFlags(bytes, from, end) & 0x12) === 0x02;
    } else if (field === Field.CONFIG) {
      this.#outcome = Outcome.NO_FLOW;
    }
  }

  /** Tools write zeros where the exporter tells of one direction only. */
  #settleReverse(): void {
    const flow = this.flow;
    if (flow.reversePackets <= 0 && flow.reverseOctets <= 0) {
      flow.reversePackets = -1;
      flow.reverseOctets = -1;
      if (flow.protocol === 6) return;
      flow.isOriented = false;
    } else {
      flow.reversePackets = Math.max(0, flow.reversePackets);
      flow.reverseOctets = Math.max(0, flow.reverseOctets);
    }
  }

  /** A duration has milliseconds where nfdump 1.6/1.7.1 writes the times in whole seconds. */
  #settleTimes(): void {
    const flow = this.flow;
    const duration = this.durationUs;
    if (flow.startUs < 0) {
      if (flow.endUs < 0) {
        this.#noTime++;
        flow.startUs = 0;
        flow.endUs = 0;
        return;
      }
      flow.startUs = Math.max(0, flow.endUs - Math.max(0, duration));
    }
    if (flow.endUs < 0) flow.endUs = flow.startUs + Math.max(0, duration);
    else if (duration >= 0 && Math.floor(flow.endUs / 1e6) * 1e6 === flow.endUs) {
      const end = flow.startUs + duration;
      if (Math.abs(end - flow.endUs) < 1e6) flow.endUs = end;
    }
    if (flow.endUs < flow.startUs) {
      this.#clockSuspect++;
      flow.endUs = flow.startUs + Math.max(0, duration);
    }
  }

  #toIpBytes(): void {
    const flow = this.flow;
    let header = -ETHERNET_HEADER;
    if (this.#octetsOf === 'payload') {
      header = flow.ipVersion === 6 ? 40 : 20;
      if (flow.protocol === 6) header += TCP_HEADER;
      else if (flow.protocol === 17) header += UDP_HEADER;
    }
    flow.octets = Math.max(0, flow.octets + header * flow.packets);
    if (flow.reversePackets >= 0) {
      flow.reverseOctets = Math.max(0, flow.reverseOctets + header * flow.reversePackets);
    }
  }

  /** The destination opened the conversation. */
  #swap(): void {
    const flow = this.flow;
    flow.srcOffset = 16;
    flow.dstOffset = 0;
    const { srcPort, packets, octets } = flow;
    flow.srcPort = flow.dstPort;
    flow.dstPort = srcPort;
    if (flow.reversePackets < 0) return;
    flow.packets = flow.reversePackets;
    flow.octets = flow.reverseOctets;
    flow.reversePackets = packets;
    flow.reverseOctets = octets;
  }
}

/** nfdump writes ICMP as `type.code`, Argus as hex. */
function portNumber(bytes: Buffer, from: number, end: number): number {
  const plain = parseCount(bytes, from, end);
  if (plain >= 0) return plain <= 0xffff ? plain : -1;
  const text = bytes.toString('latin1', from, Math.min(end, from + 16));
  const icmp = /^(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (icmp !== null) return (Number(icmp[1]) & 255) * 256 + (Number(icmp[2]) & 255);
  return /^0x[0-9a-f]{1,4}$/i.test(text) ? Number(text) : -1;
}

function fromHex(bytes: Buffer, from: number, end: number): Buffer {
  return Buffer.from(bytes.toString('latin1', from, Math.min(end, from + MAX_CONTENT_DIGITS)), 'hex');
}

/** Times from 0; null where the list is none, empty or longer than any tool writes. */
function packetList(bytes: Buffer, from: number, end: number): PacketSequence | null {
  if (end - from > MAX_LIST_BYTES) return null;
  const list = parseJson(bytes.toString('latin1', from, end));
  if (!Array.isArray(list) || list.length === 0) return null;
  const timesUs: number[] = [];
  const sizes: number[] = [];
  let timeUs = 0;
  for (const packet of list.slice(0, MAX_SEQUENCE)) {
    const { b, dir, ipt } = isRecord(packet) ? packet : {};
    if (typeof b !== 'number' || typeof ipt !== 'number' || !(ipt >= 0) || (dir !== '>' && dir !== '<'))
      return null;
    timeUs += ipt * 1000;
    timesUs.push(timeUs);
    sizes.push(dir === '>' ? b : -b);
  }
  return { timesUs, sizes, flags: [] };
}

function startingAt(sequence: PacketSequence, startUs: number): PacketSequence {
  return { ...sequence, timesUs: sequence.timesUs.map((timeUs) => startUs + timeUs) };
}

function isUnspecified(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 48 && byte !== 46 && byte !== 58) return false;
  }
  return true;
}
