import type { Counters } from '../../../base/counters.js';
import type { RigwatchError } from '../../../base/errors.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import { formatTime } from '../../../base/time.js';
import type { ExporterFigures } from '../../../intake/formats/exports/exporter.js';
import type { DomainRecall } from '../../../intake/formats/exports/recall.js';
import type { InputFormat } from '../../../intake/formats/format.js';
import { FORMATS } from '../../../intake/formats/index.js';
import type {
  LiveFigures,
  LiveKind,
  LiveSink,
  LiveSource,
  StreamInfo,
  StreamSink,
} from '../../../intake/sources/live/live.js';
import type { SuspectExcerpt } from '../../../model/evidence-log.js';
import type { NodeSighting } from '../../../model/node.js';
import type { SuspectFile } from '../../../model/verdict.js';
import { type Matching, Sensor, type SensorOptions } from '../sensor.js';
import type { InputSummary } from '../summary.js';
import { LiveStream } from './live-stream.js';

export interface FeedOptions {
  readonly inputId: number;
  readonly matching: Matching;
  readonly counters: Counters;
  readonly format: InputFormat | null;
  /** Those that content is probed for; default: all, local times in the system's zone. */
  readonly formats?: readonly InputFormat[];
  readonly sensor: SensorOptions;
  readonly before: FeedTotals;
  /** Sessions that an earlier process saved and that may go on. */
  readonly expected: readonly {
    readonly ip: string;
    readonly sessions: readonly { readonly session: string }[];
  }[];
  nowMs(): number;
  onTrouble(code: string, message: Phrase): void;
}

export type FeedSummary = Omit<InputSummary, 'complete'> & { readonly complete: false };

/** What an input came to before this process started. */
export type FeedTotals = Pick<
  InputSummary,
  'packets' | 'flow_records' | 'record_bytes' | 'record_packets' | 'first' | 'last'
>;

export const NO_TOTALS: FeedTotals = {
  packets: 0,
  flow_records: 0,
  record_bytes: 0,
  record_packets: 0,
  first: null,
  last: null,
};

export interface FeedFigures {
  readonly url: string;
  readonly kind: LiveKind;
  readonly where: Phrase;
  readonly source: LiveFigures;
  readonly packets: number;
  readonly flowRecords: number;
  /** As exported, before sampling is multiplied in. */
  readonly recordBytes: number;
  readonly recordPackets: number;
  /** Conversations held. */
  readonly flows: number;
  readonly sessions: number;
  readonly conversations: number;
  /** When something came last; null: never. */
  readonly heardMs: number | null;
  /** Latest time that a packet or record carried, epoch microseconds; null: none. */
  readonly lastUs: number | null;
  /** Null: it runs, or ended as it should. */
  readonly failure: string | null;
  readonly isOver: boolean;
}

/** Packets' clock and ours this close together, it is the same time: silence then ends conversations. */
const SAME_CLOCK_US = 3600e6;
const QUIET_MS = 60_000;

/** One live source and its sensor: an input that never ends. */
export class Feed implements LiveSink {
  readonly source: LiveSource;
  failed: RigwatchError | null = null;
  isOver = false;
  #options: FeedOptions | null = null;
  #sensor: Sensor | null = null;
  readonly #streams = new Set<LiveStream>();
  #heardMs: number | null = null;
  #exporter = '';
  #templateRevision = 0;
  /** Codes of its trouble that were told. */
  readonly #told = new Set<string>();

  constructor(source: LiveSource) {
    this.source = source;
  }

  /** To be called once, before the source is started. */
  prepare(options: FeedOptions): void {
    this.#options = options;
    this.#sensor = new Sensor(options.matching, options.sensor, options.counters);
    this.#sensor.ledger.expect(options.expected);
  }

  get inputId(): number {
    return this.#opened().options.inputId;
  }

  /** Suspects that wait to be saved. */
  get suspects(): number {
    return this.#sensor?.ledger.size ?? 0;
  }

  message(
    source: LiveSource,
    exporter: string,
    bytes: Buffer,
    offset: number,
    length: number,
    timeUs: number,
    isStream: boolean,
  ): void {
    const { sensor, options } = this.#opened();
    this.#heardMs = timeUs / 1000;
    if (exporter !== this.#exporter) {
      this.#exporter = exporter;
      sensor.setOrigin(`${source.url} from ${exporter}`, 'export');
    }
    if (!sensor.message(exporter, bytes, offset, length, timeUs, isStream))
      options.counters.add('live.not-an-export');
  }

  disconnected(exporter: string): void {
    this.#opened().sensor.disconnected(exporter);
  }

  open(_source: LiveSource, info: StreamInfo): StreamSink {
    const { sensor, options } = this.#opened();
    const { counters, format, formats = FORMATS, onTrouble } = options;
    const stream = new LiveStream(info, sensor, {
      format,
      formats,
      counters,
      onTrouble: (code, message) => {
        this.#told.add(code);
        onTrouble(code, message);
      },
      onBytes: () => {
        this.#heardMs = options.nowMs();
        this.#exporter = '';
      },
      onEnd: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  /** Each kind of trouble that the source has met is told once, in the words of the first; figures count the rest. */
  tellTroubles(): void {
    const { source } = this;
    const { onTrouble } = this.#opened().options;
    for (const { code, message } of source.figures().problems) {
      if (this.#told.has(code)) continue;
      this.#told.add(code);
      onTrouble(code, phrase`${printable(source.url)}: ${message}`);
    }
  }

  /** Everything found since the last time. Conversations that go on are told as far as they are known. */
  drain(nowUs: number): SuspectFile[] {
    const { sensor } = this.#opened();
    for (const stream of this.#streams) stream.settle();
    sensor.tell(nowUs);
    this.#expire(nowUs);
    return sensor.ledger.drain();
  }

  /** Nodes and wallets of coins seen since the last time. */
  drainNodes(): NodeSighting[] {
    return this.#opened().sensor.nodes.drain();
  }

  /** Frames of sessions that drain() told of. */
  drainExcerpts(): SuspectExcerpt[] {
    return this.#opened().sensor.excerpts.drain();
  }

  /** Templates that changed since the last time they were asked for; null: none did. `isWhole`: all, in any case. */
  templates(isWhole: boolean): readonly DomainRecall[] | null {
    const { templates } = this.#opened().sensor;
    if (!isWhole && templates.revision === this.#templateRevision) return null;
    this.#templateRevision = templates.revision;
    return templates.recall();
  }

  /** Those of TCP ended with the connections that the earlier process had. */
  restoreTemplates(recall: readonly DomainRecall[], nowUs: number): void {
    if (this.source.kind !== 'tcp') this.#opened().sensor.restoreTemplates(recall, nowUs);
  }

  restore(
    files: readonly SuspectFile[],
    nodes: readonly NodeSighting[],
    excerpts: readonly SuspectExcerpt[],
  ): void {
    const { sensor } = this.#opened();
    sensor.ledger.restore(files);
    sensor.nodes.restore(nodes);
    sensor.excerpts.restore(excerpts);
  }

  watchServers(ips: Iterable<string>): void {
    this.#opened().sensor.ledger.watch(ips);
  }

  report(): ExporterFigures[] {
    return this.#opened().sensor.report();
  }

  /** The source has stopped: every conversation is told as far as it went. The next start goes on with it. */
  end(): void {
    this.#opened().sensor.end();
  }

  figures(): FeedFigures {
    const { source } = this;
    const { sensor } = this.#opened();
    const { flows, sessions, records } = sensor.sizes;
    return {
      url: source.url,
      kind: source.kind,
      where: source.where,
      source: source.figures(),
      packets: sensor.records,
      flowRecords: sensor.flowRecords,
      recordBytes: sensor.recordBytes,
      recordPackets: sensor.recordPackets,
      flows,
      sessions,
      conversations: records,
      heardMs: this.#heardMs,
      lastUs: Number.isFinite(sensor.lastUs) ? sensor.lastUs : null,
      failure: this.failed?.message ?? null,
      isOver: this.isOver,
    };
  }

  /** Its entry in the `inputs` table: sums since it was watched first, over restarts. */
  summary(): FeedSummary {
    const { sensor, options } = this.#opened();
    const { before } = options;
    return {
      path: this.source.url,
      sha256: null,
      format: 'live',
      packets: before.packets + sensor.records,
      flow_records: before.flow_records + sensor.flowRecords,
      record_bytes: before.record_bytes + sensor.recordBytes,
      record_packets: before.record_packets + sensor.recordPackets,
      first: before.first ?? formatTime(sensor.firstUs),
      last: formatTime(sensor.lastUs) ?? before.last,
      complete: false,
      problems: this.source.figures().problems.map(({ code, atByte, count, message }) => ({
        code,
        at_byte: atByte,
        count,
        message,
      })),
    };
  }

  /** Where no packet comes, none says that time goes by. */
  #expire(nowUs: number): void {
    const { sensor } = this.#opened();
    const heardMs = this.#heardMs;
    if (heardMs === null || sensor.records === 0) return;
    const quietUs = nowUs - heardMs * 1000;
    if (quietUs >= QUIET_MS * 1000 && Math.abs(heardMs * 1000 - sensor.lastUs) <= SAME_CLOCK_US)
      sensor.expire(sensor.lastUs + quietUs);
  }

  #opened(): { readonly sensor: Sensor; readonly options: FeedOptions } {
    if (this.#sensor === null || this.#options === null)
      throw new Error('a feed was used before it was opened');
    return { sensor: this.#sensor, options: this.#options };
  }
}
