import type { Counters } from '../../base/counters.js';
import type { Phrase } from '../../base/phrase.js';
import type { FlowFields } from '../../model/flow-fields.js';
import type { Observation } from '../../model/observation.js';
import type { Packet } from '../../model/packet.js';

export type Probe = 'yes' | 'no' | 'more';

/** Something of the input that could not be read; goes into the run summary. */
export interface Problem {
  /** Kebab-case: `truncated-tail`, `bad-record-length` … */
  readonly code: string;
  /** Offset in the (decompressed) input where it was met first. */
  readonly atByte: number;
  count: number;
  /** One sentence for a person: what was found, what was expected, what was done. */
  readonly message: Phrase;
}

/** Takes records as they are read. The packet is reused; only its frame part is filled. */
export interface RecordSink {
  frame(packet: Packet): void;
  /** One flow record; reused by the caller. */
  flow(fields: FlowFields): void;
  /**
   * First payload bytes of the conversation of the record that flow() will tell next: from its source and from its
   * destination. Reused by the caller; one may be empty, where the record tells of one direction.
   */
  payload?(fields: FlowFields, there: Buffer, back: Buffer): void;
  /** What a log that has already looked tells (DNS, TLS, HTTP). */
  observation(observation: Observation): void;
}

/** An input format. `probe` is cheap, pure, and never asks for more than PROBE_BYTES. */
export interface InputFormat {
  readonly name: string;
  probe(head: Buffer): Probe;
  /**
   * How many of the first bytes a fresh reader must have seen to go on at the beginning of any later record; asked with
   * the first bytes of an input. Absent: all that lies before the record.
   */
  resumeHead?(head: Buffer): number;
  open(sink: RecordSink, counters: Counters): FormatReader;
}

/** Eats bytes as they come, in pieces of any size, and hands on whole records. Synchronous. */
export interface FormatReader {
  feed(chunk: Buffer): void;
  /** No more bytes will come; reports what was cut short. */
  end(): void;
  readonly problems: readonly Problem[];
  /** Bytes fed that belong to a record which is not whole yet. */
  readonly pendingBytes: number;
  /** Frames handed on so far. */
  readonly records: number;
}

/** Enough of an input to know its format. */
export const PROBE_BYTES = 4096;
