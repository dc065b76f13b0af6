/** sFlow version 5 (sflow.org, "sFlow Version 5", 2004): packet samples handed on, counter samples passed over. */
import { createFlowFields } from '../../../model/flow-fields.js';
import { createPacket } from '../../../model/packet.js';
import type { Exporter } from './exporter.js';
import { MAX_SFLOW_RECORDS, MAX_SFLOW_SAMPLES } from './limits.js';
import { hashOf, type Message } from './message.js';
import type { ExportSink, Tally } from './sink.js';

/** Sample formats of enterprise 0. */
const FLOW_SAMPLE = 1;
const EXPANDED_FLOW_SAMPLE = 3;
/** Flow record formats. */
const RAW_HEADER = 1;
const SAMPLED_V4 = 3;
const SAMPLED_V6 = 4;

/** Offsets after the sample's type and length words. */
const SAMPLE = { RATE: 8, RECORDS: 28, SIZE: 32 } as const;
const EXPANDED = { RATE: 12, RECORDS: 40, SIZE: 44 } as const;
const RAW = { PROTOCOL: 0, FRAME_LENGTH: 4, STRIPPED: 8, LENGTH: 12, SIZE: 16 } as const;

/** header_protocol to LINKTYPE. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [3, 6],
  [4, 10],
  [5, 107],
  [7, 9],
  [11, 101],
  [12, 101],
  [15, 105],
]);

/** Bytes before the samples; 0 where the header is none of sFlow 5. */
export function sflowHeaderSize(view: DataView, at: number, end: number): number {
  if (end - at < 28 || view.getUint32(at) !== 5) return 0;
  const addressType = view.getUint32(at + 4);
  const size = addressType === 1 ? 28 : addressType === 2 ? 40 : 0;
  if (size === 0 || size > end - at) return 0;
  return view.getUint32(at + size - 4) <= MAX_SFLOW_SAMPLES ? size : 0;
}

export class SflowReader {
  readonly #sink: ExportSink;
  readonly #tally: Tally;
  readonly #packet = createPacket();
  readonly #fields = createFlowFields();

  constructor(sink: ExportSink, tally: Tally) {
    this.#sink = sink;
    this.#tally = tally;
  }

  /** `headerSize` of sflowHeaderSize. */
  read(exporter: Exporter, message: Message, from: number, end: number, headerSize: number): void {
    const { view } = message;
    message.version = 5;
    message.exportUs = message.arrivalUs;
    exporter.speaks('sflow-5');
    if (this.#isDuplicate(exporter, message, from, end, headerSize)) return;
    let at = from + headerSize;
    for (let left = view.getUint32(at - 4); left > 0; left--) {
      const length = end - at < 8 ? -1 : view.getUint32(at + 4);
      if (length < 0 || length > end - at - 8) {
        this.#malformed(exporter);
        return;
      }
      const format = view.getUint32(at);
      if (format === FLOW_SAMPLE || format === EXPANDED_FLOW_SAMPLE)
        this.#readSample(
          exporter,
          message,
          at + 8,
          at + 8 + length,
          format === FLOW_SAMPLE ? SAMPLE : EXPANDED,
        );
      else this.#tally.counterSamples++;
      at += 8 + length;
    }
  }

  #readSample(
    exporter: Exporter,
    message: Message,
    from: number,
    end: number,
    layout: typeof SAMPLE | typeof EXPANDED,
  ): void {
    const { view } = message;
    if (end - from < layout.SIZE) {
      this.#malformed(exporter);
      return;
    }
    const interval = Math.max(view.getUint32(from + layout.RATE), 1);
    const { figures } = exporter;
    figures.samplingInterval = Math.max(figures.samplingInterval, interval);
    figures.records++;
    this.#tally.records++;
    const count = view.getUint32(from + layout.RECORDS);
    if (count > MAX_SFLOW_RECORDS) this.#tally.overLimit++;
    let at = from + layout.SIZE;
    let rawAt = -1;
    let rawEnd = 0;
    let flowAt = -1;
    let flowFormat = 0;
    for (let left = Math.min(count, MAX_SFLOW_RECORDS); left > 0; left--) {
      const length = end - at < 8 ? -1 : view.getUint32(at + 4);
      if (length < 0 || length > end - at - 8) {
        this.#malformed(exporter);
        return;
      }
      const format = view.getUint32(at);
      const body = at + 8;
      at = body + length;
      if (format === RAW_HEADER) {
        rawAt = body;
        rawEnd = at;
      }
      if ((format === SAMPLED_V4 && length >= 32) || (format === SAMPLED_V6 && length >= 56)) {
        flowAt = body;
        flowFormat = format;
      }
    }
    // Some agents give the sampled header's own length as the frame's; the parsed record knows better.
    const ipLength = flowAt < 0 ? 0 : view.getUint32(flowAt);
    if (rawAt >= 0) this.#readHeader(exporter, message, rawAt, rawEnd, interval, ipLength);
    else if (flowAt >= 0) this.#readFlow(message, flowAt, flowFormat, interval);
    else {
      figures.withoutAddresses++;
      this.#tally.withoutAddresses++;
    }
  }

  #readHeader(
    exporter: Exporter,
    message: Message,
    at: number,
    end: number,
    interval: number,
    ipLength: number,
  ): void {
    const { view } = message;
    if (end - at < RAW.SIZE) {
      this.#malformed(exporter);
      return;
    }
    const linkType = LINK_TYPES.get(view.getUint32(at + RAW.PROTOCOL));
    if (linkType === undefined) {
      this.#tally.unsupportedHeaders++;
      return;
    }
    const packet = this.#packet;
    packet.bytes = message.bytes;
    packet.view = view;
    packet.timeUs = message.arrivalUs;
    packet.linkType = linkType;
    packet.frameOffset = at + RAW.SIZE;
    packet.frameLength = Math.min(view.getUint32(at + RAW.LENGTH), end - at - RAW.SIZE);
    const wireLength = view.getUint32(at + RAW.FRAME_LENGTH) - view.getUint32(at + RAW.STRIPPED);
    packet.wireLength = Math.max(wireLength, packet.frameLength, ipLength);
    this.#tally.packetSamples++;
    this.#sink.sampledPacket(packet, interval);
  }

  /** The switch has parsed the packet itself: a flow of one packet. */
  #readFlow(message: Message, at: number, format: number, interval: number): void {
    const { view } = message;
    const fields = this.#fields;
    const size = format === SAMPLED_V4 ? 4 : 16;
    const ports = at + 8 + 2 * size;
    fields.bytes = message.bytes;
    fields.ipVersion = format === SAMPLED_V4 ? 4 : 6;
    fields.octets = view.getUint32(at);
    fields.packets = 1;
    fields.protocol = view.getUint32(at + 4) & 255;
    fields.srcOffset = at + 8;
    fields.dstOffset = at + 8 + size;
    fields.srcPort = view.getUint32(ports) & 0xffff;
    fields.dstPort = view.getUint32(ports + 4) & 0xffff;
    fields.tcpFlags = view.getUint32(ports + 8) & 255;
    fields.startUs = message.arrivalUs;
    fields.endUs = message.arrivalUs;
    fields.samplingInterval = interval;
    this.#sink.flow(fields);
  }

  #isDuplicate(exporter: Exporter, message: Message, from: number, end: number, headerSize: number): boolean {
    const { view, bytes } = message;
    const agentEnd = from + headerSize - 16;
    // Address and sub-agent.
    const sequence = exporter.sequence(bytes.toString('latin1', from + 4, agentEnd + 4));
    if (sequence === null) {
      this.#tally.overLimit++;
      return false;
    }
    const number = view.getUint32(agentEnd + 4);
    if (sequence.isDuplicate(number, hashOf(view, from, end))) {
      exporter.figures.duplicates++;
      this.#tally.duplicates++;
      return true;
    }
    sequence.advance(number, 1);
    return false;
  }

  #malformed(exporter: Exporter): void {
    exporter.figures.malformed++;
    this.#tally.malformed++;
  }
}
