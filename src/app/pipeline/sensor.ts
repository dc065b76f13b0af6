import type { Counters } from '../../base/counters.js';
import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import { createInspection } from '../../detect/inspect/index.js';
import type { Matcher } from '../../detect/rules/index.js';
import { Ledger } from '../../detect/verdict/ledger/ledger.js';
import { NodeLedger } from '../../detect/verdict/ledger/nodes.js';
import { Decoded, Decoder } from '../../intake/decode/index.js';
import { RecordTables } from '../../intake/flows/record-tables.js';
import { FlowTable } from '../../intake/flows/table.js';
import { ExportDecoder } from '../../intake/formats/exports/decoder.js';
import type { ExporterFigures } from '../../intake/formats/exports/exporter.js';
import type { DomainRecall } from '../../intake/formats/exports/recall.js';
import { looksLikeExport } from '../../intake/formats/exports/recognise.js';
import type { RecordSink } from '../../intake/formats/format.js';
import type { FlowRecord } from '../../model/flow.js';
import { createFlowFields, type FlowFields } from '../../model/flow-fields.js';
import type { Observation } from '../../model/observation.js';
import type { Packet } from '../../model/packet.js';
import type { Session } from '../../model/session.js';
import { Excerpts } from './excerpts.js';

export interface SensorOptions {
  isHome(ip: string): boolean;
  /** Servers that earlier runs learnt to be pools: contacts with them are kept. */
  readonly poolServers: readonly string[];
  /** Gives what goes on from before a restart its old name; default: everything is new. */
  rename?(observation: Observation): Observation;
  /** Size of the input, where known: room is made for it at once. */
  readonly expectedBytes?: number;
}

/** The rules in force, with what was learnt under them. Sensors may share one; it may be exchanged while they run. */
export interface Matching {
  matcher: Matcher;
}

const UDP = 17;
const NO_PAYLOAD = Buffer.alloc(0);
/** Bytes of the shortest flow export that says anything. */
const LEAST_EXPORT = 24;

/**
 * Records → decode → flows → inspect → rules → ledger: from what one source brings to suspects, for a file as for months.
 * This page is where the wings of the house meet; where bytes come from is others' business (read-input.ts, watch.ts).
 */
export class Sensor implements RecordSink {
  readonly ledger: Ledger;
  readonly nodes: NodeLedger;
  readonly excerpts = new Excerpts();
  /** Frames. */
  records = 0;
  flowRecords = 0;
  recordBytes = 0;
  recordPackets = 0;
  bytes = 0;
  firstUs = Number.POSITIVE_INFINITY;
  lastUs = Number.NEGATIVE_INFINITY;
  #origin = { source: '', format: '' };
  readonly #options: SensorOptions;
  readonly #matching: Matching;
  readonly #counters: Counters;
  readonly #decoder = new Decoder();
  readonly #samples = new Decoder();
  readonly #sample: FlowFields = { ...createFlowFields(), packets: 1 };
  readonly #flows: FlowTable;
  readonly #tables: RecordTables;
  readonly #exports: ExportDecoder;
  readonly #inspection: ReturnType<typeof createInspection>;

  constructor(matching: Matching, options: SensorOptions, counters: Counters) {
    this.#matching = matching;
    this.#options = options;
    this.#counters = counters;
    this.ledger = new Ledger({}, options.isHome);
    this.ledger.watch(options.poolServers);
    this.nodes = new NodeLedger(options.isHome);
    for (const ip of options.poolServers) matching.matcher.watchServer(ip);
    const origin = () => this.#origin;
    this.#inspection = createInspection((observation) => this.#observe(observation), counters, origin, {
      isInteresting: (name) => matching.matcher.isInterestingName(name),
      mayInterest: (bytes, start, end) => matching.matcher.mayInterest(bytes, start, end),
      neighbours: {
        answered: (packet) => matching.matcher.answered(packet),
        named: (name, bytes, offset, length, timeUs) =>
          matching.matcher.named(name, bytes, offset, length, timeUs),
      },
    });
    const inspection = this.#inspection;
    const isWatched = (packet: Packet) => matching.matcher.isWatched(packet);
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
    const packetHooks = {
      ...hooks,
      invites: (packet: Packet) => inspection.invites(packet),
      glance: (packet: Packet, watched: boolean) => inspection.glance(packet, watched),
      datagram: (packet: Packet, record: number) => inspection.datagram(packet, record),
      opening: (packet: Packet, record: number, watched: boolean) =>
        inspection.opening(packet, record, watched),
    };
    this.#flows = new FlowTable(packetHooks, { expectedBytes: options.expectedBytes ?? 0 });
  }

  /** What comes next was read there, in this format. */
  setOrigin(source: string, format: string): void {
    if (source === this.#origin.source && format === this.#origin.format) return;
    this.#origin = { source, format };
    this.#flows.setOrigin(source, format);
    this.#tables.setOrigin(source, format);
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
    this.#observe({ ...observation, origin: { ...observation.origin, ...this.#origin } });
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

  /** A datagram of `exporter`, or a message of its stream (ExportDecoder). False: it is no flow export. */
  message(
    exporter: string,
    bytes: Buffer,
    offset: number,
    length: number,
    timeUs: number,
    isStream: boolean,
  ): boolean {
    return isStream
      ? this.#exports.message(exporter, bytes, offset, length, timeUs)
      : this.#exports.datagram(exporter, bytes, offset, length, timeUs);
  }

  disconnected(exporter: string): void {
    this.#exports.disconnected(exporter);
  }

  /** Templates and sampling that exporters announced; `revision` changes with them. */
  get templates(): { readonly revision: number; recall(): DomainRecall[] } {
    return this.#exports;
  }

  restoreTemplates(recall: readonly DomainRecall[], nowUs: number): void {
    this.#exports.restore(recall, nowUs);
  }

  /** Hands what is known so far of open conversations to the ledger, which may then be drained and saved; parts add up. */
  tell(nowUs: number): void {
    this.#flows.tell();
    this.#tables.tell(nowUs);
  }

  /** Ends packet conversations silent too long at `nowUs`, in the time of the packets. */
  expire(nowUs: number): void {
    this.#flows.expire(nowUs);
  }

  /** Nothing more will come: every conversation is over. */
  end(): void {
    this.#flows.end();
    this.#inspection.end();
    this.#tables.end();
    this.#decoder.report(this.#counters);
    this.report();
  }

  /** Adds what was counted since the last report; figures of each exporter. */
  report(): ExporterFigures[] {
    const exporters = this.#exports.report();
    this.#tables.report(this.#counters);
    this.#flows.report(this.#counters);
    this.#inspection.report(this.#counters);
    this.#matching.matcher.report(this.#counters);
    this.ledger.report(this.#counters);
    this.nodes.report(this.#counters);
    this.excerpts.report(this.#counters);
    return exporters;
  }

  /** Conversations held: packets', those of them being read, records'. */
  get sizes(): { readonly flows: number; readonly sessions: number; readonly records: number } {
    return { ...this.#flows.sizes, records: this.#tables.size };
  }

  #observe(seen: Observation): void {
    const observation = this.#options.rename?.(seen) ?? seen;
    const evidence = this.#matching.matcher
      .match(observation)
      .filter((fact) => this.#options.isHome(fact.suspect));
    this.ledger.add(observation, evidence);
    if (observation.kind === 'stratum') this.excerpts.add(observation, evidence);
    if (observation.kind === 'node') this.nodes.add(observation);
  }
}
