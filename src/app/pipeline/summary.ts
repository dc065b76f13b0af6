import type { Counters } from '../../base/counters.js';
import type { Phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';

export interface ProblemSummary {
  readonly code: string;
  readonly at_byte: number;
  readonly count: number;
  readonly message: Phrase;
}

/** One input of the run summary (contract, `rigwatch.run/1`). */
export interface InputSummary {
  readonly path: string;
  readonly sha256: string | null;
  readonly format: string | null;
  readonly packets: number;
  readonly flow_records: number;
  readonly record_bytes: number;
  readonly record_packets: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly complete: boolean;
  readonly problems: readonly ProblemSummary[];
}

/** Accounts for every byte that was given, so that a user can prove nothing was skipped in silence. */
export interface RunSummary {
  readonly schema: 'rigwatch.run/1';
  readonly started: string;
  readonly seconds: number;
  readonly packets: number;
  readonly flow_records: number;
  /** Bytes of packets on the wire as captured records state them: the sum of captured lengths. */
  readonly bytes: number;
  readonly inputs: readonly InputSummary[];
  readonly counters: Readonly<Record<string, number>>;
  readonly peak_rss_bytes: number;
}

export function summarize(
  startedMs: number,
  elapsedMs: number,
  inputs: readonly InputSummary[],
  bytes: number,
  counters: Counters,
): RunSummary {
  const sum = (pick: (input: InputSummary) => number) =>
    inputs.reduce((total, input) => total + pick(input), 0);
  return {
    schema: 'rigwatch.run/1',
    started: formatTime(startedMs * 1000) ?? '',
    seconds: Math.round(elapsedMs) / 1000,
    packets: sum((input) => input.packets),
    flow_records: sum((input) => input.flow_records),
    bytes,
    inputs,
    counters: counters.toObject(),
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
}
