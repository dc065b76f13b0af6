import type { Counters } from '../../../base/counters.js';
import { createFlowFields, type FlowFields } from '../../../model/flow-fields.js';
import type { RecordSink } from '../format.js';

const RecordType = { COMMON_V0: 10, V3: 11 } as const;

/** V3 record header (nfdump 1.7 nfxV3.h), bytes. */
const V3 = { ELEMENTS: 4, FLAGS: 10, SIZE: 12, EVENT: 1 } as const;
/** Elements of a V3 record: type and length, then the value. */
const Element = { GENERIC: 1, IPV4: 2, IPV6: 3, COUNTERS: 5, IN_PAYLOAD: 29, OUT_PAYLOAD: 30 } as const;
const ELEMENT_HEADER = 4;
const NONE = Buffer.alloc(0);
const GENERIC = {
  FIRST: 4,
  LAST: 12,
  PACKETS: 28,
  OCTETS: 36,
  SRC_PORT: 44,
  DST_PORT: 46,
  PROTOCOL: 48,
  FLAGS: 49,
  SIZE: 52,
} as const;
const COUNTERS = { OUT_PACKETS: 12, OUT_OCTETS: 20, SIZE: 28 } as const;

/** Common record of nfdump 1.6 (nffile.h, common_record_t), bytes. */
const V0 = {
  FLAGS: 4,
  MSEC_FIRST: 8,
  MSEC_LAST: 10,
  FIRST: 12,
  LAST: 16,
  TCP_FLAGS: 21,
  PROTOCOL: 22,
  SRC_PORT: 24,
  DST_PORT: 26,
  SIZE: 32,
  IS_IPV6: 1,
  WIDE_PACKETS: 2,
  WIDE_OCTETS: 4,
  IS_EVENT: 8,
} as const;

/** Reads the records of one decompressed nfcapd block. */
export class FlowBytes {
  told = 0;
  readonly #sink: RecordSink;
  readonly #flow: FlowFields = createFlowFields();
  #noAddress = 0;
  #noFlow = 0;
  #isLittle = true;
  /** nfpcapd's first payload bytes of the record in hand: from its source, from its destination. */
  #there: Buffer = NONE;
  #back: Buffer = NONE;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  count(counters: Counters): void {
    counters.add('records.no-address', this.#noAddress);
    counters.add('records.no-flow', this.#noFlow);
  }

  /** False: a record's length is impossible; those before it were handed on. */
  read(view: DataView, length: number, isLittle: boolean): boolean {
    this.#isLittle = isLittle;
    let at = 0;
    while (length - at >= 4) {
      const type = view.getUint16(at, isLittle);
      const size = view.getUint16(at + 2, isLittle);
      if (size < 4 || size > length - at) return false;
      if (type === RecordType.V3) this.#readV3(view, at, size);
      else if (type === RecordType.COMMON_V0) this.#readV0(view, at, size);
      at += size;
    }
    return at === length;
  }

  #readV3(view: DataView, at: number, size: number): void {
    if (size < V3.SIZE) return;
    const little = this.#isLittle;
    const flow = this.#begin();
    const end = at + size;
    let hasCounters = false;
    let element = at + V3.SIZE;
    for (let left = view.getUint16(at + V3.ELEMENTS, little); left > 0; left--) {
      if (end - element < ELEMENT_HEADER) break;
      const type = view.getUint16(element, little);
      const length = view.getUint16(element + 2, little);
      if (length < ELEMENT_HEADER || length > end - element) break;
      if (type === Element.GENERIC && length >= GENERIC.SIZE) {
        hasCounters = true;
        flow.startUs = this.#wide(view, element + GENERIC.FIRST) * 1000;
        flow.endUs = this.#wide(view, element + GENERIC.LAST) * 1000;
        flow.packets = this.#wide(view, element + GENERIC.PACKETS);
        flow.octets = this.#wide(view, element + GENERIC.OCTETS);
        flow.srcPort = view.getUint16(element + GENERIC.SRC_PORT, little);
        flow.dstPort = view.getUint16(element + GENERIC.DST_PORT, little);
        flow.protocol = view.getUint8(element + GENERIC.PROTOCOL);
        flow.tcpFlags = view.getUint8(element + GENERIC.FLAGS);
      } else if (type === Element.IPV4 && length >= 12) this.#address4(view, element + ELEMENT_HEADER);
      else if (type === Element.IPV6 && length >= 36) this.#address6(view, element + ELEMENT_HEADER);
      else if (type === Element.COUNTERS && length >= COUNTERS.SIZE) {
        flow.reversePackets = this.#wide(view, element + COUNTERS.OUT_PACKETS);
        flow.reverseOctets = this.#wide(view, element + COUNTERS.OUT_OCTETS);
      } else if (type === Element.IN_PAYLOAD) this.#there = payloadOf(view, element, length);
      else if (type === Element.OUT_PAYLOAD) this.#back = payloadOf(view, element, length);
      element += length;
    }
    const isEvent = (view.getUint8(at + V3.FLAGS) & V3.EVENT) !== 0;
    if (hasCounters) this.#tell(isEvent);
    else this.#noFlow++;
  }

  #readV0(view: DataView, at: number, size: number): void {
    if (size < V0.SIZE + 16) return;
    const little = this.#isLittle;
    const flow = this.#begin();
    const flags = view.getUint8(at + V0.FLAGS);
    const addresses = at + V0.SIZE;
    const packetsAt = addresses + ((flags & V0.IS_IPV6) !== 0 ? 32 : 8);
    const octetsAt = packetsAt + ((flags & V0.WIDE_PACKETS) !== 0 ? 8 : 4);
    const used = octetsAt + ((flags & V0.WIDE_OCTETS) !== 0 ? 8 : 4);
    if (used > at + size) {
      this.#noFlow++;
      return;
    }
    flow.startUs =
      view.getUint32(at + V0.FIRST, little) * 1e6 + view.getUint16(at + V0.MSEC_FIRST, little) * 1e3;
    flow.endUs = view.getUint32(at + V0.LAST, little) * 1e6 + view.getUint16(at + V0.MSEC_LAST, little) * 1e3;
    flow.tcpFlags = view.getUint8(at + V0.TCP_FLAGS);
    flow.protocol = view.getUint8(at + V0.PROTOCOL);
    flow.srcPort = view.getUint16(at + V0.SRC_PORT, little);
    flow.dstPort = view.getUint16(at + V0.DST_PORT, little);
    if ((flags & V0.IS_IPV6) !== 0) this.#address6(view, addresses);
    else this.#address4(view, addresses);
    flow.packets =
      (flags & V0.WIDE_PACKETS) !== 0 ? this.#wide(view, packetsAt) : view.getUint32(packetsAt, little);
    flow.octets =
      (flags & V0.WIDE_OCTETS) !== 0 ? this.#wide(view, octetsAt) : view.getUint32(octetsAt, little);
    this.#tell((flags & V0.IS_EVENT) !== 0);
  }

  #begin(): FlowFields {
    const flow = this.#flow;
    flow.ipVersion = 0;
    flow.reversePackets = -1;
    flow.reverseOctets = -1;
    this.#there = NONE;
    this.#back = NONE;
    return flow;
  }

  /** Firewall events without bytes tell of no traffic. */
  #tell(isEvent: boolean): void {
    const flow = this.#flow;
    if (flow.ipVersion === 0) this.#noAddress++;
    else if (isEvent && flow.octets === 0) this.#noFlow++;
    else {
      this.#settleReverse();
      if (flow.endUs < flow.startUs) flow.endUs = flow.startUs;
      this.told++;
      this.#sink.flow(flow);
      if (this.#there.length + this.#back.length > 0) this.#sink.payload?.(flow, this.#there, this.#back);
    }
  }

  /** Zeros, or the same numbers as in the other direction (FortiOS): the exporter told of one direction. */
  #settleReverse(): void {
    const flow = this.#flow;
    const isEmpty = flow.reversePackets <= 0 && flow.reverseOctets <= 0;
    const isRepeated = flow.reversePackets === flow.packets && flow.reverseOctets === flow.octets;
    if (!isEmpty && !isRepeated) return;
    flow.reversePackets = -1;
    flow.reverseOctets = -1;
  }

  /** Addresses lie in the writer's byte order: IPv4 as one 32-bit number, IPv6 as two of 64 bits. */
  #address4(view: DataView, at: number): void {
    const { bytes } = this.#flow;
    bytes.writeUInt32BE(view.getUint32(at, this.#isLittle), 0);
    bytes.writeUInt32BE(view.getUint32(at + 4, this.#isLittle), 16);
    this.#flow.ipVersion = 4;
  }

  #address6(view: DataView, at: number): void {
    const { bytes } = this.#flow;
    const [high, low] = this.#isLittle ? [4, 0] : [0, 4];
    for (let word = 0; word < 32; word += 8) {
      bytes.writeUInt32BE(view.getUint32(at + word + high, this.#isLittle), word);
      bytes.writeUInt32BE(view.getUint32(at + word + low, this.#isLittle), word + 4);
    }
    this.#flow.ipVersion = 6;
  }

  #wide(view: DataView, at: number): number {
    const first = view.getUint32(at, this.#isLittle);
    const second = view.getUint32(at + 4, this.#isLittle);
    return this.#isLittle ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  }
}

/** A view into the block. */
function payloadOf({ buffer, byteOffset }: DataView, element: number, length: number): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset + element + ELEMENT_HEADER, length - ELEMENT_HEADER);
}
