/** NetFlow v1, v5 and v7: records of one layout (Cisco "NetFlow Export Datagram Format"). */
import { createFlowFields } from '../../../model/flow-fields.js';
import { ageOf, fromUptime, settleTimes } from './clock.js';
import type { Exporter } from './exporter.js';
import { hashOf, type Message } from './message.js';
import type { ExportSink, Tally } from './sink.js';

const HEADER = { COUNT: 2, UPTIME: 4, SECONDS: 8, NANOSECONDS: 12, SEQUENCE: 16, ENGINE: 20, SAMPLING: 22 };

/** The first 36 bytes are the same in all three. */
const RECORD = { SRC: 0, DST: 4, PACKETS: 16, OCTETS: 20, FIRST: 24, LAST: 28, SRC_PORT: 32, DST_PORT: 34 };

interface Variant {
  readonly headerSize: number;
  readonly recordSize: number;
  readonly maxCount: number;
  readonly protocolAt: number;
  readonly flagsAt: number;
}

const VARIANTS: Readonly<Record<number, Variant>> = {
  1: { headerSize: 16, recordSize: 52, maxCount: 24, protocolAt: 38, flagsAt: 40 },
  5: { headerSize: 24, recordSize: 48, maxCount: 30, protocolAt: 38, flagsAt: 37 },
  7: { headerSize: 24, recordSize: 52, maxCount: 28, protocolAt: 38, flagsAt: 37 },
};

/** The low 14 bits; the mode above them is often 0 although an interval is set (Juniper). */
const INTERVAL_MASK = 0x3fff;

/** Bytes of the message at `at` if it is a whole v1, v5 or v7 one, else 0. */
export function fixedSize(view: DataView, at: number, end: number): number {
  if (end - at < 16) return 0;
  const variant = VARIANTS[view.getUint16(at)];
  const count = view.getUint16(at + HEADER.COUNT);
  if (variant === undefined || count === 0 || count > variant.maxCount) return 0;
  const size = variant.headerSize + count * variant.recordSize;
  return size <= end - at ? size : 0;
}

export class FixedReader {
  readonly #sink: ExportSink;
  readonly #tally: Tally;
  readonly #fields = createFlowFields();

  constructor(sink: ExportSink, tally: Tally) {
    this.#sink = sink;
    this.#tally = tally;
  }

  /** The message of `size` bytes (of fixedSize) at `at`. */
  read(exporter: Exporter, message: Message, at: number, size: number): void {
    const { view } = message;
    const version = view.getUint16(at);
    const variant = VARIANTS[version];
    if (variant === undefined) return;
    const { figures } = exporter;
    const count = view.getUint16(at + HEADER.COUNT);
    exporter.speaks(`netflow-${version}`);
    message.version = version;
    message.uptimeMs = view.getUint32(at + HEADER.UPTIME);
    const nanoseconds = Math.min(view.getUint32(at + HEADER.NANOSECONDS), 999_999_999);
    message.exportUs = view.getUint32(at + HEADER.SECONDS) * 1e6 + Math.floor(nanoseconds / 1000);
    if (version !== 1 && this.#isDuplicate(exporter, message, at, size, count)) return;
    const interval = version === 5 ? view.getUint16(at + HEADER.SAMPLING) & INTERVAL_MASK : 0;
    figures.samplingInterval = Math.max(figures.samplingInterval, interval);
    figures.records += count;
    this.#tally.records += count;
    const suspect = this.#readRecords(message, at + variant.headerSize, count, variant, interval);
    figures.suspectTimes += suspect;
    this.#tally.suspectTimes += suspect;
  }

  #readRecords(message: Message, from: number, count: number, variant: Variant, interval: number): number {
    const { view } = message;
    const fields = this.#fields;
    fields.bytes = message.bytes;
    fields.ipVersion = 4;
    fields.samplingInterval = Math.max(interval, 1);
    const { recordSize, protocolAt, flagsAt } = variant;
    let suspect = 0;
    let at = from;
    for (let index = 0; index < count; index++, at += recordSize) {
      fields.srcOffset = at + RECORD.SRC;
      fields.dstOffset = at + RECORD.DST;
      fields.packets = view.getUint32(at + RECORD.PACKETS);
      fields.octets = view.getUint32(at + RECORD.OCTETS);
      fields.startUs = fromUptime(message, view.getUint32(at + RECORD.FIRST));
      fields.endUs = fromUptime(message, view.getUint32(at + RECORD.LAST));
      fields.srcPort = view.getUint16(at + RECORD.SRC_PORT);
      fields.dstPort = view.getUint16(at + RECORD.DST_PORT);
      fields.protocol = view.getUint8(at + protocolAt);
      fields.tcpFlags = view.getUint8(at + flagsAt);
      if (settleTimes(fields, message, false)) suspect++;
      this.#sink.flow(fields);
    }
    return suspect;
  }

  /** Each engine counts its own flows. */
  #isDuplicate(exporter: Exporter, message: Message, at: number, size: number, count: number): boolean {
    const { view, version } = message;
    const engine = version === 5 ? view.getUint16(at + HEADER.ENGINE) : 0;
    const sequence = exporter.sequence(version * 0x10000 + engine);
    if (sequence === null) {
      this.#tally.overLimit++;
      return false;
    }
    const number = view.getUint32(at + HEADER.SEQUENCE);
    if (sequence.isDuplicate(number, hashOf(view, at, at + size))) {
      exporter.figures.duplicates++;
      this.#tally.duplicates++;
      return true;
    }
    sequence.advance(number, count, count, ageOf(message));
    return false;
  }
}
