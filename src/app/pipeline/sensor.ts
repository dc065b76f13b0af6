import type { Counters } from '../../base/counters.js';
import { InputError } from '../../base/errors.js';
import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import { formatTime } from '../../base/time.js';
import { createInspection } from '../../detect/inspect/index.js';
import { Matcher, type RuleSet } from '../../detect/rules/index.js';
import { Ledger } from '../../detect/verdict/ledger.js';
import { Decoded, Decoder } from '../../intake/decode/index.js';
import { RecordTables } from '../../intake/flows/record-tables.js';
import { FlowTable } from '../../intake/flows/table.js';
import { ExportDecoder } from '../../intake/formats/exports/decoder.js';
import { looksLikeExport } from '../../intake/formats/exports/recognise.js';
import {
  type FormatReader,
  type InputFormat,
  PROBE_BYTES,
  type RecordSink,
} from '../../intake/formats/format.js';
import { describeHead, detectFormat } from '../../intake/formats/index.js';
import { openSource } from '../../intake/sources/index.js';
import type { Source } from '../../intake/sources/source.js';
import type { FlowRecord } from '../../model/flow.js';
import { createFlowFields, type FlowFields } from '../../model/flow-fields.js';
import type { Observation } from '../../model/observation.js';
import type { Packet } from '../../model/packet.js';
import type { Session } from '../../model/session.js';
import type { SuspectFile } from '../../model/verdict.js';
import type { InputSummary } from './summary.js';

export interface SensorOptions {
  /** Null: by content. */
  readonly format: InputFormat | null;
  /** Those that content is probed for; default: all, local times in the system's zone. */
  readonly formats?: readonly InputFormat[];
  readonly sha256: boolean;
  isHome(ip: string): boolean;
  /** Servers that earlier runs learnt to be pools: contacts with them are kept. */
  readonly poolServers: readonly string[];
  /** True: stop reading; what is known so far is kept. */
  readonly stop: AbortSignal;
  /** After every chunk. */
  onProgress(progress: InputProgress): void;
}

export interface InputProgress {
  readonly source: Source;
  readonly packets: number;
  readonly suspects: number;
}

/** What one input gave. */
export interface InputResult {
  readonly summary: InputSummary;
  readonly contentId: string;
  readonly bytes: number;
  readonly suspects: readonly SuspectFile[];
  readonly state: 'partial' | 'complete';
  /** Null where the input was read to its end as far as it could be; else why it could not be read at all. */
  readonly unreadable: InputError | null;
}

/**
 * Source → format → decode → flows → inspect → rules → ledger: one input from bytes to suspects.
 * This page is where the wings of the house meet.
 */
export async function readInput(
  path: string,
  rules: RuleSet,
  options: SensorOptions,
  counters: Counters,
): Promise<InputResult> {
  const source = await openSource(path, { sha256: options.sha256 });
  const sensor = new Sensor(path, rules, options, counters);
  const stop = () => source.stop();
  options.stop.addEventListener('abort', stop);
  const unreadable = await sensor
    .read(source, options)
    .finally(() => options.stop.removeEventListener('abort', stop));
  const reader = sensor.reader;
  const problems = [...source.problems, ...(reader?.problems ?? [])];
  const stopped = options.stop.aborted;
  const summary: InputSummary = {
    path,
    sha256: await source.sha256(),
    format: sensor.formatName,
    packets: sensor.records,
    flow_records: sensor.flowRecords,
    record_bytes: sensor.recordBytes,
    record_packets: sensor.recordPackets,
    first: formatTime(sensor.firstUs),
    last: formatTime(sensor.lastUs),
    complete: unreadable === null && !stopped && problems.length === 0,
    problems: problems.map(({ code, atByte, count, message }) => ({ code, at_byte: atByte, count, message })),
  };
  return {
    summary,
    contentId: source.contentId(),
    bytes: sensor.bytes,
    suspects: sensor.ledger.drain(),
    state: stopped ? 'partial' : 'complete',
    unreadable,
  };
}

const UDP = 17;
const NO_PAYLOAD = Buffer.alloc(0);
/** Bytes of the shortest flow export that says anything. */
const LEAST_EXPORT = 24;

class Sensor implements RecordSink {
  readonly ledger: Ledger;
  reader: FormatReader | null = null;
  formatName: string | null = null;
  /** Frames. */
  records = 0;
  flowRecords = 0;
  recordBytes = 0;
  recordPackets = 0;
  bytes = 0;
  firstUs = Number.POSITIVE_INFINITY;
  lastUs = Number.NEGATIVE_INFINITY;
  readonly #path: string;
  readonly #counters: Counters;
  readonly #decoder = new Decoder();
  readonly #samples = new Decoder();
  readonly #sample: FlowFields = { ...createFlowFields(), packets: 1 };
  readonly #flows: FlowTable;
  readonly #tables: RecordTables;
  readonly #exports: ExportDecoder;
  readonly #matcher: Matcher;
  readonly #inspection: ReturnType<typeof createInspection>;
  readonly #isHome: (ip: string) => boolean;

  constructor(path: string, rules: RuleSet, options: SensorOptions, counters: Counters) {
    this.#path = path;
    this.#counters = counters;
    this.#isHome = options.isHome;
    this.ledger = new Ledger({}, options.isHome);
    this.ledger.watch(options.poolServers);
    const matcher = new Matcher(rules);
    for (const ip of options.poolServers) matcher.watchServer(ip);
    this.#matcher = matcher;
    const origin = () => ({ source: path, format: this.formatName ?? '' });
    this.#inspection = createInspection((observation) => this.#observe(observation), counters, origin, {
      isInteresting: (name) => matcher.isInterestingName(name),
    });
    const inspection = this.#inspection;
    const isWatched = (packet: Packet) => matcher.isWatched(packet);
    const closed = (record: FlowRecord) => this.#observe(record);
    this.#exports = new ExportDecoder(
      {
        flow: (fields) => this.flow(fields),
        payload: (fields, there, back) => this.payload(fields, there, back),
        sampledPacket: (packet, samplingInterval) => this.#sampled(packet, samplingInterval),
      },
      counters,
    );
    const hooks = {
      wake: inspection.wake,
      opened: isWatched,
      session: (session: Session) => inspection.session(session),
      closed,
    };
    this.#tables = new RecordTables({ ...hooks, pattern: (pattern) => this.#observe(pattern) });
    this.#flows = new FlowTable({
      ...hooks,
      datagram: (packet, record) => inspection.datagram(packet, record),
    });
  }

  frame(packet: Packet): void {
    this.records++;
    this.bytes += packet.frameLength;
    if (packet.timeUs < this.firstUs) this.firstUs = packet.timeUs;
    if (packet.timeUs > this.lastUs) this.lastUs = packet.timeUs;
    if (this.#decoder.decode(packet) !== Decoded.TRANSPORT) return;
    this.#flows.add(packet, this.records);
    if (packet.protocol === UDP && packet.payloadLength >= LEAST_EXPORT) this.#tryExport(packet);
  }

  /** A flow record, from a log, a file or an export that a capture contains. */
  flow(fields: FlowFields): void {
    this.flowRecords++;
    this.recordBytes += fields.octets + Math.max(0, fields.reverseOctets);
    this.recordPackets += fields.packets + Math.max(0, fields.reversePackets);
    this.#cover(fields.startUs);
    this.#cover(fields.endUs);
    this.#tables.add(fields, this.flowRecords);
  }

  /** First payload bytes of the record that comes next. */
  payload(fields: FlowFields, there: Buffer, back: Buffer): void {
    this.#tables.payload(fields, there, back, this.flowRecords + 1);
  }

  observation(observation: Observation): void {
    this.#cover(observation.kind === 'flow' ? observation.startUs : observation.timeUs);
    // A log format does not know the name of what it reads.
    const origin = { ...observation.origin, source: this.#path, format: this.formatName ?? '' };
    this.#observe({ ...observation, origin });
  }

  #cover(timeUs: number): void {
    // Some logs have their times blanked.
    if (timeUs <= 0) return;
    if (timeUs < this.firstUs) this.firstUs = timeUs;
    if (timeUs > this.lastUs) this.lastUs = timeUs;
  }

  /** NetFlow, IPFIX or sFlow that a capture of the exporter's line contains. */
  #tryExport(packet: Packet): void {
    const { bytes, payloadOffset, payloadLength, payloadWireLength } = packet;
    // Versions 0 (sFlow) to 10 (IPFIX): one look for all other UDP.
    if (
      bytes[payloadOffset] !== 0 ||
      (bytes[payloadOffset + 1] ?? 255) > 10 ||
      payloadLength < payloadWireLength
    )
      return;
    if (!looksLikeExport(bytes, payloadOffset, payloadLength)) return;
    const exporter =
      packet.ipVersion === 4
        ? formatIpv4(packet.view.getInt32(packet.srcOffset))
        : formatIpv6(bytes, packet.srcOffset);
    this.#exports.datagram(exporter, bytes, payloadOffset, payloadLength, packet.timeUs);
  }

  /** A packet that an sFlow agent sampled: counted as a record of one packet. */
  #sampled(packet: Packet, samplingInterval: number): void {
    const fields = this.#sample;
    fields.octets = packet.wireLength;
    fields.samplingInterval = samplingInterval;
    fields.startUs = packet.timeUs;
    fields.endUs = packet.timeUs;
    const hasPorts = this.#samples.decode(packet) === Decoded.TRANSPORT;
    fields.ipVersion = hasPorts ? packet.ipVersion : 0;
    fields.bytes = packet.bytes;
    fields.srcOffset = packet.srcOffset;
    fields.dstOffset = packet.dstOffset;
    fields.srcPort = packet.srcPort;
    fields.dstPort = packet.dstPort;
    fields.protocol = packet.protocol;
    fields.tcpFlags = hasPorts && packet.protocol !== UDP ? packet.tcpFlags : -1;
    if (fields.tcpFlags >= 0 && packet.payloadLength > 0) {
      const from = packet.payloadOffset;
      this.payload(fields, packet.bytes.subarray(from, from + packet.payloadLength), NO_PAYLOAD);
    }
    this.flow(fields);
  }

  #observe(observation: Observation): void {
    const evidence = this.#matcher.match(observation).filter((fact) => this.#isHome(fact.suspect));
    this.ledger.add(observation, evidence);
  }

  /** Reads to the end, or until stopped. Returns why nothing could be read at all, or null. */
  async read(source: Source, options: SensorOptions): Promise<InputError | null> {
    let head: Buffer = Buffer.alloc(0);
    for await (const chunk of source.chunks()) {
      if (this.reader === null) {
        head = Buffer.concat([head, chunk]);
        const format = options.format ?? detectFormat(head, options.formats);
        if (format !== null) this.#open(format, head);
        else if (head.length >= PROBE_BYTES) break;
      } else {
        this.reader.feed(chunk);
      }
      options.onProgress({ source, packets: this.records, suspects: this.ledger.size });
      if (options.stop.aborted) break;
    }
    if (this.reader === null) {
      if (source.problems.length > 0 && head.length === 0) return null;
      return new InputError(
        'format-unknown',
        `${this.#path}: ${describeHead(head)}; expected a capture, flow records or a log that docs/inputs.md names (also .gz, .zst, .xz)`,
      );
    }
    if (!options.stop.aborted) this.reader.end();
    this.#flows.end();
    this.#tables.end();
    this.#exports.report();
    this.#tables.report(this.#counters);
    this.#decoder.report(this.#counters);
    this.#flows.report(this.#counters);
    this.#inspection.report(this.#counters);
    this.#matcher.report(this.#counters);
    this.ledger.report(this.#counters);
    return null;
  }

  #open(format: InputFormat, head: Buffer): void {
    this.formatName = format.name;
    this.#flows.setOrigin(this.#path, format.name);
    this.#tables.setOrigin(this.#path, format.name);
    this.reader = format.open(this, this.#counters);
    this.reader.feed(head);
  }
}
