import type { Counters } from '../../base/counters.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import type { FlowFields } from '../../model/flow-fields.js';
import type { Observation } from '../../model/observation.js';
import type { FormatReader, Problem, RecordSink } from './format.js';
import { ProblemList } from './problems.js';
import { LineFeed } from './records/lines.js';

/**
 * What readers of logs share: a line tells of a flow, of something that was seen, or of nothing that is looked for. `name`
 * is the format's, and that of its counters: `zeek.bad-line`.
 */
export abstract class LogReader implements FormatReader {
  records = 0;
  /** Number, from 1, of the line that the record being told was read from. */
  line = 0;
  readonly #name: string;
  readonly #sink: RecordSink;
  readonly #counters: Counters;
  readonly #problems = new ProblemList();
  readonly #lines = new LineFeed((bytes, from, end, line) => {
    this.line = line;
    if (end > from) this.readLine(bytes, from, end);
  });
  #badLines = 0;
  #flows = 0;
  #observations = 0;
  /** Offset in the input of the chunk being read. */
  #fed = 0;

  constructor(name: string, sink: RecordSink, counters: Counters) {
    this.#name = name;
    this.#sink = sink;
    this.#counters = counters;
  }

  /** One line, not empty, in bytes[from, end). */
  protected abstract readLine(bytes: Buffer, from: number, end: number): void;

  /** Called once, when all lines were read: tells what waits, and gives what else is counted, by the rest of its name. */
  protected abstract finish(): Readonly<Record<string, number>>;

  get problems(): readonly Problem[] {
    return this.#problems.list;
  }

  get pendingBytes(): number {
    return this.#lines.pendingBytes;
  }

  feed(chunk: Buffer): void {
    this.#lines.feed(chunk);
    this.#fed += chunk.length;
  }

  end(): void {
    this.#lines.end();
    const counted = {
      ...this.finish(),
      flows: this.#flows,
      observations: this.#observations,
      'bad-line': this.#badLines,
      'line-too-long': this.#lines.tooLong,
    };
    for (const [what, count] of Object.entries(counted)) this.#counters.add(`${this.#name}.${what}`, count);
  }

  protected tellFlow(fields: FlowFields): void {
    this.records++;
    this.#flows++;
    this.#sink.flow(fields);
  }

  /** Null: nothing was. */
  protected observe(observation: Observation | null): void {
    if (observation === null) return;
    this.records++;
    this.#observations++;
    this.#sink.observation(observation);
  }

  /** `what` is wrong with the line: `is no JSON object`. */
  protected bad(what: Phrase): void {
    this.#badLines++;
    this.#problems.add('bad-line', this.#fed, phrase`line ${this.line} ${what}; such lines were left out`);
  }
}
