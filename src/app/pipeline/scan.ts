import { Counters } from '../../base/counters.js';
import { InputError, RigwatchError } from '../../base/errors.js';
import type { Store } from '../../deliver/store/index.js';
import type { RuleSet } from '../../detect/rules/index.js';
import { expandInputs } from '../../intake/sources/index.js';
import type { SuspectFile, Verdict } from '../../model/verdict.js';
import { type InputResult, readInput, type SensorOptions } from './sensor.js';
import { type InputSummary, type RunSummary, summarize } from './summary.js';
import { judge } from './judge.js';

export interface ScanRequest {
  readonly paths: readonly string[];
  readonly rules: RuleSet;
  readonly store: Store;
  readonly version: string;
  readonly sensor: SensorOptions;
  /** Called for each input that could not be read, wholly or in part. */
  onTrouble(error: RigwatchError): void;
  onInput(path: string): void;
}

export interface ScanResult {
  readonly summary: RunSummary;
  /** Verdicts of the addresses that this run saw something of. */
  readonly verdicts: readonly Verdict[];
  /** Inputs of which nothing could be read. */
  readonly unreadable: number;
  /** Why the results could not be stored; they are complete all the same. */
  readonly storeError: RigwatchError | null;
}

/** One run: every input from bytes to stored evidence, then a verdict for each address that was touched. */
export async function scan(request: ScanRequest): Promise<ScanResult> {
  const startedMs = Date.now();
  const counters = new Counters();
  const paths = await expandInputs(request.paths);
  const keeper = new Keeper(request, startedMs);
  const inputs: InputSummary[] = [];
  const files: SuspectFile[] = [];
  let bytes = 0;
  let unreadable = 0;
  for (const path of paths) {
    if (request.sensor.isStopped()) break;
    request.onInput(path);
    const result = await readOne(path, request, counters);
    if (result instanceof InputError) {
      unreadable++;
      request.onTrouble(result);
      inputs.push(unreadSummary(path, result));
      continue;
    }
    for (const problem of result.summary.problems) request.onTrouble(new InputError(problem.code, `${path}: ${problem.message}`));
    inputs.push(result.summary);
    bytes += result.bytes;
    files.push(...result.suspects);
    keeper.keep(result);
  }
  const verdicts = keeper.verdicts(files);
  const summary = summarize(startedMs, Date.now(), inputs, bytes, counters);
  keeper.finish(summary);
  return { summary, verdicts, unreadable, storeError: keeper.error };
}

async function readOne(path: string, request: ScanRequest, counters: Counters): Promise<InputResult | InputError> {
  try {
    const result = await readInput(path, request.rules, request.sensor, counters);
    return result.unreadable ?? result;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function unreadSummary(path: string, error: InputError): InputSummary {
  return {
    path,
    sha256: null,
    format: null,
    packets: 0,
    flow_records: 0,
    record_bytes: 0,
    record_packets: 0,
    first: null,
    last: null,
    complete: false,
    problems: [{ code: error.code, at_byte: 0, count: 1, message: error.message }],
  };
}

/** Stores what is found. When the store fails (disk full …), remembers why and lets the run go on in memory. */
class Keeper {
  error: RigwatchError | null = null;
  readonly #request: ScanRequest;
  readonly #runId: number | null;

  constructor(request: ScanRequest, startedMs: number) {
    this.#request = request;
    const { store, version, rules } = request;
    this.#runId = this.#try(() => store.beginRun({ startedUs: startedMs * 1000, version, rulesVersion: rules.version }));
  }

  keep(result: InputResult): void {
    const { store, rules } = this.#request;
    const runId = this.#runId;
    if (this.error !== null || runId === null) return;
    this.#try(() => store.saveInput(runId, { ...result, rulesVersion: rules.version }));
  }

  verdicts(files: readonly SuspectFile[]): readonly Verdict[] {
    const { store, rules } = this.#request;
    if (this.error === null && this.#runId !== null) {
      const runId = this.#runId;
      const judged = this.#try(() => {
        const fromStore = judge(files, rules, store);
        store.saveVerdicts(fromStore, runId);
        return fromStore;
      });
      if (judged !== null) return judged;
    }
    return judge(files, rules, null);
  }

  finish(summary: RunSummary): void {
    const runId = this.#runId;
    if (this.error !== null || runId === null) return;
    this.#try(() => this.#request.store.finishRun(runId, summary, this.#request.sensor.isStopped() ? 'interrupted' : 'complete'));
  }

  #try<T>(action: () => T): T | null {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof RigwatchError)) throw error;
      this.error = error;
      return null;
    }
  }
}
