import type { Counters } from '../../base/counters.js';
import { InputError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import { type DnsRecall, Matcher, type RuleSet } from '../../detect/rules/index.js';
import { type FormatReader, type InputFormat, PROBE_BYTES } from '../../intake/formats/format.js';
import { describeHead, detectFormat } from '../../intake/formats/index.js';
import { openSource } from '../../intake/sources/index.js';
import type { Source, SourceProblem } from '../../intake/sources/source.js';
import type { SuspectExcerpt } from '../../model/evidence-log.js';
import type { NodeSighting } from '../../model/node.js';
import type { SuspectFile } from '../../model/verdict.js';
import { Sensor, type SensorOptions } from './sensor.js';
import type { InputSummary } from './summary.js';

export interface ReadOptions extends SensorOptions {
  /** Null: by content. */
  readonly format: InputFormat | null;
  /** Those that content is probed for; default: all, local times in the system's zone. */
  readonly formats?: readonly InputFormat[];
  readonly sha256: boolean;
  /** What earlier runs and inputs learnt of pools' names. */
  readonly recalled?: readonly DnsRecall[];
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
  readonly nodes: readonly NodeSighting[];
  readonly excerpts: readonly SuspectExcerpt[];
  readonly state: 'partial' | 'complete';
  /** What is known of pools' names now; null where nothing was learnt. */
  readonly recall: DnsRecall | null;
  /** Null where the input was read to its end as far as it could be; else why it could not be read at all. */
  readonly unreadable: InputError | null;
}

/** Source → format → sensor: one file, or standard input, from bytes to suspects. */
export async function readInput(
  path: string,
  rules: RuleSet,
  options: ReadOptions,
  counters: Counters,
): Promise<InputResult> {
  const source = await openSource(path, { sha256: options.sha256 });
  const matcher = new Matcher(rules);
  for (const recall of options.recalled ?? []) matcher.restore(recall);
  const before = matcher.revision;
  const sensorOptions = { ...options, expectedBytes: source.sizeBytes ?? 0 };
  const sensor = new Sensor({ matcher }, sensorOptions, counters);
  const reading = new Reading(path, sensor, options, counters);
  const stop = () => source.stop();
  options.stop.addEventListener('abort', stop);
  // What was aborted while the source was opened tells nobody any more.
  if (options.stop.aborted) stop();
  const unreadable = await reading
    .read(source)
    .finally(() => options.stop.removeEventListener('abort', stop));
  const stopped = options.stop.aborted;
  const problems = [
    ...source.problems,
    ...(reading.reader?.problems ?? []),
    ...(stopped ? [stoppedAt(source)] : []),
  ];
  const summary: InputSummary = {
    path,
    sha256: await source.sha256(),
    format: reading.format,
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
    nodes: sensor.nodes.drain(),
    excerpts: sensor.excerpts.drain(),
    recall: matcher.revision === before ? null : matcher.recall(),
    state: stopped ? 'partial' : 'complete',
    unreadable,
  };
}

function stoppedAt({ bytesRead, sizeBytes }: Source): SourceProblem {
  const message =
    sizeBytes === null
      ? phrase`reading was stopped after ${bytesRead} bytes; what was found until then is kept`
      : phrase`reading was stopped after ${bytesRead} of ${sizeBytes} bytes; what was found until then is kept`;
  return { code: 'stopped', atByte: bytesRead, count: 1, message };
}

class Reading {
  reader: FormatReader | null = null;
  format: string | null = null;
  readonly #path: string;
  readonly #sensor: Sensor;
  readonly #options: ReadOptions;
  readonly #counters: Counters;

  constructor(path: string, sensor: Sensor, options: ReadOptions, counters: Counters) {
    this.#path = path;
    this.#sensor = sensor;
    this.#options = options;
    this.#counters = counters;
  }

  /** Reads to the end, or until stopped. Returns why nothing could be read at all, or null. */
  async read(source: Source): Promise<InputError | null> {
    const options = this.#options;
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
      options.onProgress({ source, packets: this.#sensor.records, suspects: this.#sensor.ledger.size });
      if (options.stop.aborted) break;
    }
    if (this.reader === null) {
      // What was stopped before its first bytes says nothing of its format.
      if (options.stop.aborted || (source.problems.length > 0 && head.length === 0)) return null;
      return unknownFormat(this.#path, head);
    }
    if (!options.stop.aborted) this.reader.end();
    this.#sensor.end();
    return null;
  }

  #open(format: InputFormat, head: Buffer): void {
    this.format = format.name;
    this.#sensor.setOrigin(this.#path, format.name);
    this.reader = format.open(this.#sensor, this.#counters);
    this.reader.feed(head);
  }
}

export function unknownFormat(path: string, head: Buffer): InputError {
  return new InputError(
    'format-unknown',
    phrase`${path}: ${describeHead(head)}; expected a capture, flow records or a log that docs/inputs.md names (also .gz, .zst, .xz)`,
  );
}
