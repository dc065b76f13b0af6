import { Counters } from '../../../base/counters.js';
import { RigwatchError } from '../../../base/errors.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { Matcher, type RuleSet } from '../../../detect/rules/index.js';
import type { ExporterFigures } from '../../../intake/formats/exports/exporter.js';
import type { LiveSink, LiveSource, StreamInfo, StreamSink } from '../../../intake/sources/live/live.js';
import { Feed, type FeedFigures, NO_TOTALS } from '../watch/feed.js';
import { type Finding, found } from './doctor.js';

/** An exporter's clock may be off by this, seconds: export and arrival lie apart a little. */
const MOST_SKEW_SECONDS = 30;
/** At coarser sampling than this behaviour cannot be judged. */
const COARSE_SAMPLING = 10;
/** Exporters and troubles of a source that are told of. */
const MOST_TOLD = 50;
/** Exporters whose clocks are compared. */
const MAX_CLOCKS = 4096;

/** Opens the sources and listens for a while, keeping nothing. `wait` resolves when it has been long enough. */
export async function checkSources(
  sources: readonly LiveSource[],
  rules: RuleSet,
  seconds: number,
  wait: () => Promise<void>,
  nowMs: () => number,
): Promise<Finding[]> {
  const listeners = sources.map((source) => new Listener(source, rules, nowMs));
  for (const listener of listeners) await listener.start();
  if (listeners.some(({ isOpen }) => isOpen)) await wait();
  await Promise.all(listeners.map((listener) => listener.stop()));
  return listeners.flatMap((listener) => listener.findings(seconds));
}

/** Seconds that the exporter's clock is behind ours, by the header of one message; null where it tells no time. */
export function clockOffset(bytes: Buffer, offset: number, length: number, arrivalUs: number): number | null {
  if (length < 16) return null;
  const version = bytes.readUInt16BE(offset);
  // NetFlow 1, 5, 7 and 9 carry seconds since 1970 behind the uptime, IPFIX behind its length; sFlow carries none.
  const at = version === 10 ? 4 : version >= 1 && version <= 9 ? 8 : -1;
  return at < 0 ? null : arrivalUs / 1e6 - bytes.readUInt32BE(offset + at);
}

class Listener implements LiveSink {
  isOpen = false;
  readonly #source: LiveSource;
  readonly #feed: Feed;
  readonly #clocks = new Map<string, number>();
  readonly #troubles: Phrase[] = [];
  #refusal: Phrase | null = null;

  constructor(source: LiveSource, rules: RuleSet, nowMs: () => number) {
    this.#source = source;
    this.#feed = new Feed(source);
    this.#feed.prepare({
      inputId: 0,
      before: NO_TOTALS,
      matching: { matcher: new Matcher(rules) },
      counters: new Counters(),
      format: null,
      sensor: { isHome: () => true, poolServers: [] },
      expected: [],
      nowMs,
      onTrouble: (_code, message) => {
        if (this.#troubles.length < MOST_TOLD) this.#troubles.push(message);
      },
    });
  }

  async start(): Promise<void> {
    try {
      await this.#source.start(this, []);
      this.isOpen = true;
      // A source that fails later says so by silence, and by its problems.
      this.#source.ended.catch((error: unknown) => this.#refuse(error));
    } catch (error) {
      this.#refuse(error);
    }
  }

  async stop(): Promise<void> {
    if (this.isOpen) await this.#source.stop();
  }

  message(...args: Parameters<LiveSink['message']>): void {
    const [, exporter, bytes, offset, length, timeUs] = args;
    const behind = clockOffset(bytes, offset, length, timeUs);
    if (behind !== null && (this.#clocks.has(exporter) || this.#clocks.size < MAX_CLOCKS))
      this.#clocks.set(exporter, behind);
    this.#feed.message(...args);
  }

  disconnected(exporter: string): void {
    this.#feed.disconnected(exporter);
  }

  open(source: LiveSource, stream: StreamInfo): StreamSink {
    return this.#feed.open(source, stream);
  }

  findings(seconds: number): Finding[] {
    const { url } = this.#source;
    if (this.#refusal !== null)
      return [found('source', 'problem', 'source.cannot', { reason: this.#refusal })];
    // What has begun but is of no known length yet is read as far as it goes.
    this.#feed.drain(0);
    const exporters = this.#feed.report();
    const figures = this.#feed.figures();
    return [
      found('source', 'ok', 'source.opened', { url, where: figures.where }),
      ...this.#traffic(figures, exporters.length, seconds),
      ...this.#troubles.map((reason) => found('source', 'warning', 'source.trouble', { reason })),
      ...figures.source.problems.map(({ message }) =>
        found('source', 'warning', 'source.trouble', { reason: phrase`${url}: ${message}` }),
      ),
      ...exporters.slice(0, MOST_TOLD).flatMap((exporter) => this.#exporter(exporter)),
    ];
  }

  #traffic(
    { url, kind, source, packets, flowRecords }: FeedFigures,
    exporters: number,
    seconds: number,
  ): Finding[] {
    const findings: Finding[] = [];
    const buffer = source.receiveBuffer;
    if (buffer !== null && buffer.granted < buffer.asked)
      findings.push(found('source', 'warning', 'source.small-buffer', { url, ...buffer }));
    if (source.dropped > 0)
      findings.push(found('source', 'warning', 'source.dropped', { url, dropped: source.dropped }));
    const isSocket = kind === 'udp' || kind === 'tcp';
    if (source.bytes === 0) {
      const port = /:(\d+)/.exec(url.replace(/^[a-z+]+:/, ''))?.[1] ?? '';
      findings.push(
        isSocket
          ? found('source', 'problem', 'source.silent', { url, seconds, port, protocol: kind })
          : found('source', 'problem', 'source.silent-file', { url, seconds }),
      );
      return findings;
    }
    const values = { url, bytes: source.bytes, packets, records: flowRecords, seconds };
    // An exporter may be silent, or wait for its templates; who sends to a socket and is none is at the wrong door.
    const isEmpty = packets + flowRecords + exporters === 0;
    const state = !isEmpty ? 'ok' : isSocket ? 'problem' : 'warning';
    findings.push(found('source', state, isEmpty ? 'source.nothing' : 'source.read', values));
    return findings;
  }

  #exporter(figures: ExporterFigures): Finding[] {
    const { exporter, formats, datagrams, records, templates, samplingInterval, waiting } = figures;
    const warn = (key: Finding['key'], values: Finding['values']) =>
      found('exporter', 'warning', key, { exporter, ...values });
    const behind = this.#clocks.get(exporter) ?? 0;
    const findings = [
      found('exporter', 'ok', 'exporter.ok', {
        exporter,
        formats: formats.join(' ') || '?',
        datagrams,
        records,
        templates,
        sampling: samplingInterval === 0 ? '?' : `1:${samplingInterval}`,
      }),
    ];
    if (waiting.length > 0) {
      const ids = [...new Set(waiting.map(({ template }) => template))].slice(0, 8).join(' ');
      const key = 'exporter.no-template';
      findings.push(
        found('exporter', records === 0 ? 'problem' : 'warning', key, {
          exporter,
          misses: figures.templateMisses,
          ids,
        }),
      );
    }
    if (figures.lost + figures.lostMessages > 0)
      findings.push(warn('exporter.lost', { lost: figures.lost, messages: figures.lostMessages }));
    if (figures.malformed > 0) findings.push(warn('exporter.malformed', { malformed: figures.malformed }));
    if (Math.abs(behind) > MOST_SKEW_SECONDS)
      findings.push(warn('exporter.skew', { seconds: Math.round(behind) }));
    if (figures.suspectTimes > 0) findings.push(warn('exporter.times', { count: figures.suspectTimes }));
    if (samplingInterval > COARSE_SAMPLING)
      findings.push(warn('exporter.sampled', { sampling: samplingInterval }));
    return findings;
  }

  #refuse(error: unknown): void {
    if (!(error instanceof RigwatchError)) throw error;
    this.#refusal = error.phrase;
  }
}
