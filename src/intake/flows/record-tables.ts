import type { Counters } from '../../base/counters.js';
import type { FlowFields } from '../../model/flow-fields.js';
import type { FlowPattern } from '../../model/flow-pattern.js';
import type { FlowHooks } from './hooks.js';
import { OpeningTable } from './opening-table.js';
import { PairTable } from './pair-table.js';
import { RecordTable } from './record-table.js';

/** How often a caller that runs for ever is told what the records of a pair come to. */
const PATTERN_INTERVAL_US = 300 * 1e6;

export interface RecordHooks extends Pick<FlowHooks, 'wake' | 'opened' | 'session' | 'closed'> {
  /** What the records of a client and a server port came to. */
  pattern(pattern: FlowPattern): void;
}

/** Everything that flow records pass through: conversations joined, patterns summed up, payload offered to readers. */
export class RecordTables {
  readonly #conversations: RecordTable;
  readonly #pairs: PairTable;
  readonly #openings: OpeningTable;
  /** The payload of the record that comes next asks for its conversation. */
  #isKept = false;
  /** When patterns are told next, in the clock of tell(). */
  #patternsDueUs = 0;

  constructor(hooks: RecordHooks) {
    this.#conversations = new RecordTable(hooks);
    this.#pairs = new PairTable(hooks.pattern);
    this.#openings = new OpeningTable(hooks);
  }

  setOrigin(source: string, format: string): void {
    this.#conversations.setOrigin(source, format);
    this.#pairs.setOrigin(source, format);
    this.#openings.setOrigin(source, format);
  }

  /** First payload bytes of the record that add() gets next; `record` is its number. */
  payload(fields: FlowFields, there: Buffer, back: Buffer, record: number): void {
    this.#isKept = this.#openings.add(fields, there, back, record);
  }

  /** `record` counts from 1. The fields are read at once; they may be reused. */
  add(fields: FlowFields, record: number): void {
    this.#conversations.add(fields, record, this.#isKept);
    this.#isKept = false;
    this.#pairs.add(fields, record);
  }

  /** Conversations held. */
  get size(): number {
    return this.#conversations.size;
  }

  /** For a caller that runs for ever: tells what is known so far of open conversations, and patterns now and then. */
  tell(nowUs: number): void {
    this.#conversations.tell(nowUs);
    if (nowUs < this.#patternsDueUs) return;
    this.#patternsDueUs = nowUs + PATTERN_INTERVAL_US;
    this.#pairs.tell();
  }

  /** The input is over: everything that is still held is told. */
  end(): void {
    this.#openings.end();
    this.#conversations.end();
    this.#pairs.tell();
  }

  /** Adds what was counted since the last report: `records.*`. */
  report(counters: Counters): void {
    this.#conversations.report(counters);
    this.#pairs.report(counters);
    this.#openings.report(counters);
  }
}
