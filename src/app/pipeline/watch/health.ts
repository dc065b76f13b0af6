import type { Metric, Sample } from '../../../deliver/health/metrics.js';
import type { HealthSource } from '../../../deliver/health/server.js';
import type { ExporterFigures } from '../../../intake/formats/exports/exporter.js';
import type { FeedFigures } from './feed.js';
import type { WatchFigures } from './watch.js';

/** Exporters with a line of their own in the metrics; the others are summed under `other`. */
export const MAX_EXPORTER_LABELS = 256;
/** A checkpoint older than this many intervals, and a minute, is overdue. */
const OVERDUE_INTERVALS = 3;
const OVERDUE_MS = 60_000;

export interface WatchHealthOptions {
  readonly intervalMs: number;
  readonly version: string;
  nowMs(): number;
  figures(): WatchFigures;
}

/** What a watch says of itself to whoever supervises it. */
export function watchHealth({ intervalMs, version, nowMs, figures }: WatchHealthOptions): HealthSource {
  return {
    health() {
      const { checkpointMs, startedMs } = figures();
      const ageMs = nowMs() - (checkpointMs ?? startedMs);
      const overdue = ageMs > OVERDUE_INTERVALS * intervalMs + OVERDUE_MS;
      return overdue ? [`nothing was saved for ${Math.round(ageMs / 1000)} s`] : [];
    },
    readiness() {
      const { checkpointError, feeds } = figures();
      const ended = feeds.filter(({ isOver }) => isOver);
      return [
        ...(checkpointError === null ? [] : [checkpointError]),
        ...ended.map(({ url, failure }) => `${url}: ${failure ?? 'has ended'}`),
      ];
    },
    metrics: () => metricsOf(figures(), nowMs(), version),
  };
}

function metricsOf(figures: WatchFigures, nowMs: number, version: string): Metric[] {
  const { feeds, counters } = figures;
  const exporters = withOther(figures.exporters);
  const memory = process.memoryUsage();
  const bySource = (pick: (feed: FeedFigures) => number): Sample[] =>
    feeds.map((feed) => ({ labels: { source: feed.url }, value: pick(feed) }));
  const byExporter = (pick: (exporter: ExporterSums) => number): Sample[] =>
    exporters.map((exporter) => ({ labels: { exporter: exporter.exporter }, value: pick(exporter) }));
  const one = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    gauge('rigwatch_info', 'Always 1; the version and the rules in its labels.', [
      { labels: { version, rules: figures.rulesVersion }, value: 1 },
    ]),
    counter(
      'rigwatch_source_bytes_total',
      'Bytes that a source brought.',
      bySource(({ source }) => source.bytes),
    ),
    counter(
      'rigwatch_source_pieces_total',
      'Datagrams, messages or chunks.',
      bySource(({ source }) => source.pieces),
    ),
    counter(
      'rigwatch_source_dropped_total',
      'Lost before they reached rigwatch: kernel drops of sockets and captures.',
      bySource(({ source }) => source.dropped),
    ),
    gauge(
      'rigwatch_source_lag_bytes',
      'Bytes of followed files that are there and not read yet.',
      bySource(({ source }) => source.lagBytes),
    ),
    gauge(
      'rigwatch_source_receive_buffer_bytes',
      'Receive buffer that the system granted.',
      feeds
        .filter(({ source }) => source.receiveBuffer !== null)
        .map(({ url, source }) => ({ labels: { source: url }, value: source.receiveBuffer?.granted ?? 0 })),
    ),
    counter(
      'rigwatch_source_problems_total',
      'What a source could not read, by the codes of docs/inputs.md.',
      feeds.flatMap(({ url, source }) =>
        source.problems.map(({ code, count }) => ({ labels: { source: url, code }, value: count })),
      ),
    ),
    gauge(
      'rigwatch_source_up',
      '0 where the source has ended or failed.',
      bySource(({ isOver }) => (isOver ? 0 : 1)),
    ),
    gauge(
      'rigwatch_source_heard_seconds',
      'Seconds since it brought something last.',
      feeds
        .filter(({ heardMs }) => heardMs !== null)
        .map(({ url, heardMs }) => ({ labels: { source: url }, value: (nowMs - (heardMs ?? nowMs)) / 1000 })),
    ),
    gauge(
      'rigwatch_record_age_seconds',
      'Seconds between the latest time that a packet or record carried and now.',
      feeds
        .filter(({ lastUs }) => lastUs !== null)
        .map(({ url, lastUs }) => ({ labels: { source: url }, value: nowMs / 1000 - (lastUs ?? 0) / 1e6 })),
    ),
    counter(
      'rigwatch_packets_total',
      'Captured packets.',
      bySource(({ packets }) => packets),
    ),
    counter(
      'rigwatch_flow_records_total',
      'Flow records.',
      bySource(({ flowRecords }) => flowRecords),
    ),
    counter(
      'rigwatch_flow_bytes_total',
      'Bytes that flow records count, as exported.',
      bySource(({ recordBytes }) => recordBytes),
    ),
    counter(
      'rigwatch_flow_packets_total',
      'Packets that flow records count, as exported.',
      bySource(({ recordPackets }) => recordPackets),
    ),
    gauge(
      'rigwatch_conversations',
      'Conversations held in memory.',
      bySource(({ flows, conversations }) => flows + conversations),
    ),
    gauge(
      'rigwatch_sessions_read',
      'Conversations whose bytes are being read.',
      bySource(({ sessions }) => sessions),
    ),
    counter(
      'rigwatch_exporter_datagrams_total',
      'Export messages.',
      byExporter(({ datagrams }) => datagrams),
    ),
    counter(
      'rigwatch_exporter_records_total',
      'Flow records and samples.',
      byExporter(({ records }) => records),
    ),
    counter(
      'rigwatch_exporter_template_misses_total',
      'Data sets that came before their template.',
      byExporter(({ templateMisses }) => templateMisses),
    ),
    gauge(
      'rigwatch_exporter_held_sets',
      'Data sets that wait for their template.',
      byExporter(({ held }) => held),
    ),
    gauge(
      'rigwatch_exporter_templates',
      'Templates known.',
      byExporter(({ templates }) => templates),
    ),
    // What comes late is taken off again: these are no counters.
    gauge(
      'rigwatch_exporter_lost_records',
      'Flow records missing by the sequence numbers.',
      byExporter(({ lost }) => lost),
    ),
    gauge(
      'rigwatch_exporter_lost_messages',
      'Messages missing by the sequence numbers (NetFlow v9, sFlow).',
      byExporter(({ lostMessages }) => lostMessages),
    ),
    counter(
      'rigwatch_exporter_malformed_total',
      'Messages that could not be read.',
      byExporter(({ malformed }) => malformed),
    ),
    gauge(
      'rigwatch_exporter_sampling_interval',
      'One packet in this many is counted; 0 where nobody told.',
      byExporter(({ samplingInterval }) => samplingInterval),
    ),
    gauge(
      'rigwatch_verdicts',
      'Addresses with a verdict of this level in the database.',
      figures.levels.map(({ level, count }) => ({ labels: { level }, value: count })),
    ),
    gauge(
      'rigwatch_suspects_unsaved',
      'Addresses whose facts wait for the next checkpoint.',
      one(figures.unsaved),
    ),
    gauge(
      'rigwatch_checkpoint_age_seconds',
      'Seconds since the state was saved.',
      one((nowMs - (figures.checkpointMs ?? figures.startedMs)) / 1000),
    ),
    gauge(
      'rigwatch_checkpoint_duration_seconds',
      'How long the last one took.',
      one(figures.checkpointSeconds),
    ),
    gauge(
      'rigwatch_checkpoint_failing',
      '1 where the last one failed.',
      one(figures.checkpointError === null ? 0 : 1),
    ),
    ...notifyMetrics(figures),
    counter(
      'rigwatch_events_total',
      'The named counters of docs/performance.md, as they stood at the last checkpoint.',
      Object.entries(counters).map(([name, value]) => ({ labels: { name }, value })),
    ),
    gauge('process_resident_memory_bytes', 'Resident memory.', one(memory.rss)),
    gauge('process_heap_used_bytes', 'JavaScript heap in use.', one(memory.heapUsed)),
    gauge('process_start_time_seconds', 'Unix time of the start.', one(figures.startedMs / 1000)),
  ];
}

function notifyMetrics({ targets }: WatchFigures): Metric[] {
  const by = (pick: (target: WatchFigures['targets'][number]) => number): Sample[] =>
    targets.map((target, at) => ({ labels: { target: `${at + 1} ${target.name}` }, value: pick(target) }));
  return [
    gauge(
      'rigwatch_notify_waiting',
      'Messages that wait to be delivered.',
      by(({ waiting }) => waiting),
    ),
    counter(
      'rigwatch_notify_delivered_total',
      'Messages delivered.',
      by(({ delivered }) => delivered),
    ),
    counter(
      'rigwatch_notify_failures_total',
      'Failed attempts.',
      by(({ failures }) => failures),
    ),
    counter(
      'rigwatch_notify_dropped_total',
      'Messages let go: too many waited.',
      by(({ dropped }) => dropped),
    ),
  ];
}

type ExporterSums = Pick<
  ExporterFigures,
  | 'exporter'
  | 'datagrams'
  | 'records'
  | 'lost'
  | 'lostMessages'
  | 'malformed'
  | 'templateMisses'
  | 'held'
  | 'templates'
  | 'samplingInterval'
>;

const SUMMED = [
  'datagrams',
  'records',
  'lost',
  'lostMessages',
  'malformed',
  'templateMisses',
  'held',
  'templates',
] as const satisfies readonly (keyof ExporterSums)[];

/** Each exporter once, the busiest with a line of their own. */
function withOther(all: readonly ExporterFigures[]): ExporterSums[] {
  const sums = new Map<string, { -readonly [Key in keyof ExporterSums]: ExporterSums[Key] }>();
  const busiest = [...all].sort((a, b) => b.datagrams - a.datagrams);
  for (const figures of busiest) {
    const isOwn = sums.has(figures.exporter) || sums.size < MAX_EXPORTER_LABELS;
    const exporter = isOwn ? figures.exporter : 'other';
    const known = sums.get(exporter);
    if (known === undefined) {
      sums.set(exporter, { ...figures, exporter });
      continue;
    }
    for (const key of SUMMED) known[key] += figures[key];
    known.samplingInterval = Math.max(known.samplingInterval, figures.samplingInterval);
  }
  return [...sums.values()];
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, kind: 'counter', samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, kind: 'gauge', samples };
}
