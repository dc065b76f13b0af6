import { Counters } from '../../base/counters.js';
import { InputError, RigwatchError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import type { Store } from '../../deliver/store/index.js';
import type { CaseChange } from '../../detect/cases/follow-up.js';
import type { DnsRecall, RuleSet } from '../../detect/rules/index.js';
import { mergeFiles } from '../../detect/verdict/ledger/merge.js';
import { expandInputs } from '../../intake/sources/index.js';
import { mergeNodes, type NodeSighting } from '../../model/node.js';
import type { SuspectFile, Verdict } from '../../model/verdict.js';
import { updateCases } from './cases.js';
import type { EvidenceRecorder, Recorded } from './evidence-recorder.js';
import { judge } from './judge.js';
import { type InputResult, type ReadOptions, readInput } from './read-input.js';
import { keepNames, recalledNames } from './recalled-names.js';
import { loadRegister, type Register } from './register.js';
import { type InputSummary, type RunSummary, summarize } from './summary.js';

export interface ScanRequest {
  readonly paths: readonly string[];
  /** The database file: it and what lies beside it are not among the inputs where it is in a folder of them. */
  readonly database?: string;
  readonly rules: RuleSet;
  readonly store: Store;
  readonly version: string;
  readonly sensor: Omit<ReadOptions, 'poolServers' | 'recalled'>;
  /** Writes the evidence log; absent: none is kept. */
  readonly evidence?: EvidenceRecorder;
  /** Called for each input that could not be read, wholly or in part. */
  onTrouble(error: RigwatchError): void;
  onInput(path: string): void;
}

export interface ScanResult {
  readonly summary: RunSummary;
  /** Verdicts of the addresses that this run saw something of. */
  readonly verdicts: readonly Verdict[];
  /** Nodes and wallets of coins that this run saw; never among the verdicts. */
  readonly nodes: readonly NodeSighting[];
  /** What the run changed in cases, by action; empty where no cases are kept. */
  readonly caseChanges: readonly CaseChange[];
  /** Inputs of which nothing could be read. */
  readonly unreadable: number;
  /** Why the results could not be stored; they are complete all the same. */
  readonly storeError: RigwatchError | null;
  /** What went into the evidence log; null where none is kept, or it could not be written. */
  readonly recorded: Recorded | null;
  /** Why the evidence log or its anchor could not be written: the next run makes up for it. */
  readonly evidenceError: RigwatchError | null;
}

/** One run: every input from bytes to stored evidence, then a verdict for each address that was touched. */
export async function scan(request: ScanRequest): Promise<ScanResult> {
  const startedMs = Date.now();
  // Not by the clock: it may be set meanwhile.
  const startedAt = performance.now();
  const counters = new Counters();
  const paths = await expandInputs(request.paths, request.database);
  const keeper = new Keeper(request, startedMs);
  const sensor = { ...request.sensor, poolServers: keeper.poolServers() };
  let recalled = keeper.recalledNames();
  let learnt: DnsRecall | null = null;
  const inputs: InputSummary[] = [];
  const files: SuspectFile[] = [];
  const nodes: NodeSighting[] = [];
  let bytes = 0;
  let unreadable = 0;
  for (const path of paths) {
    if (request.sensor.stop.aborted) break;
    request.onInput(path);
    const result = await readOne(path, request.rules, { ...sensor, recalled }, counters);
    if (result instanceof InputError) {
      unreadable++;
      request.onTrouble(result);
      inputs.push(unreadSummary(path, result));
      continue;
    }
    for (const problem of result.summary.problems)
      request.onTrouble(new InputError(problem.code, phrase`${path}: ${problem.message}`));
    inputs.push(result.summary);
    bytes += result.bytes;
    files.push(...result.suspects);
    nodes.push(...result.nodes);
    // It holds what was recalled before, too.
    learnt = result.recall ?? learnt;
    if (result.recall !== null) recalled = [result.recall];
    keeper.keep(result);
  }
  const unread = paths.slice(inputs.length).map((path) => unreadSummary(path, notBegun(path)));
  if (unread.length > 0) request.onTrouble(notBegun(unread.map(({ path }) => path).join(', ')));
  inputs.push(...unread);
  const verdicts = keeper.verdicts(files);
  const summary = summarize(startedMs, performance.now() - startedAt, inputs, bytes, counters);
  const caseChanges = keeper.updateCases();
  keeper.finish(summary, learnt);
  const evidence = await keeper.record();
  return {
    summary,
    verdicts,
    nodes: mergeNodes(nodes),
    caseChanges,
    unreadable,
    storeError: keeper.error,
    ...evidence,
  };
}

async function readOne(
  path: string,
  rules: RuleSet,
  sensor: ReadOptions,
  counters: Counters,
): Promise<InputResult | InputError> {
  try {
    const result = await readInput(path, rules, sensor, counters);
    return result.unreadable ?? result;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

/** `what`: a path, or several. */
function notBegun(what: string): InputError {
  return new InputError('stopped', phrase`${what}: not read, the run was stopped before`);
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
    problems: [{ code: error.code, at_byte: 0, count: 1, message: error.phrase }],
  };
}

/** Stores what is found. When the store fails (disk full …), remembers why and lets the run go on in memory. */
class Keeper {
  error: RigwatchError | null = null;
  readonly #request: ScanRequest;
  readonly #runId: number | null;
  #register: Register | null = null;

  constructor(request: ScanRequest, startedMs: number) {
    this.#request = request;
    const { store, version, rules } = request;
    this.#runId = this.#try(() =>
      store.beginRun({ startedUs: startedMs * 1000, version, rulesVersion: rules.version }),
    );
  }

  /** Addresses of servers that earlier runs learnt to be pools. */
  poolServers(): readonly string[] {
    return this.#try(() => this.#request.store.learnedServers().map(({ ip }) => ip)) ?? [];
  }

  /** What earlier runs learnt of pools' names and resolvers. */
  recalledNames(): readonly DnsRecall[] {
    return this.#try(() => recalledNames(this.#request.store)) ?? [];
  }

  keep(result: InputResult): void {
    const { store, rules } = this.#request;
    const runId = this.#runId;
    if (this.error !== null || runId === null) return;
    this.#try(() => store.saveInput(runId, { ...result, rulesVersion: rules.version }));
  }

  /** Verdicts of every address that this run saw; those of others change with them where facts went or pools were learnt. */
  verdicts(files: readonly SuspectFile[]): readonly Verdict[] {
    const { rules } = this.#request;
    const judged = this.error === null ? this.#try(() => this.#judgeStored(files)) : null;
    return judged ?? judge(mergeFiles(files), rules);
  }

  #judgeStored(files: readonly SuspectFile[]): readonly Verdict[] {
    const { store, rules } = this.#request;
    const seen = new Set(files.map(({ ip }) => ip));
    const known = { learned: store.learnedServers(), poolServers: store.poolServers() };
    const ips = [...new Set([...seen, ...store.staleSuspects()])];
    const suspects = ips.map((ip) => store.loadSuspect(ip)).filter((file) => file !== null);
    this.#register = suspects.length === 0 ? null : loadRegister(store);
    const all = judge(suspects, rules, known, {
      register: this.#register,
      usesOf: (wallets) => store.walletUses(wallets),
    });
    if (this.#runId !== null) store.saveVerdicts(all, this.#runId);
    const judged = new Set(all.map(({ ip }) => ip));
    store.deleteVerdicts(ips.filter((ip) => !judged.has(ip)));
    return all.filter(({ ip }) => seen.has(ip));
  }

  /** Where cases are kept, they are brought up to date with what this run found. */
  updateCases(): readonly CaseChange[] {
    const { store, rules } = this.#request;
    if (this.error !== null || this.#runId === null) return [];
    return (
      this.#try(() =>
        store.office.nextCaseId() === 1
          ? []
          : updateCases(store, rules, this.#register ?? loadRegister(store), Date.now() * 1000),
      ) ?? []
    );
  }

  finish(summary: RunSummary, learnt: DnsRecall | null): void {
    const runId = this.#runId;
    if (this.error !== null || runId === null) return;
    if (learnt !== null) this.#try(() => keepNames(this.#request.store, learnt));
    this.#try(() =>
      this.#request.store.finishRun(
        runId,
        summary,
        this.#request.sensor.stop.aborted ? 'interrupted' : 'complete',
      ),
    );
  }

  /** The evidence log, and its anchor. Trouble with them is not the run's. */
  async record(): Promise<Pick<ScanResult, 'recorded' | 'evidenceError'>> {
    const { evidence, rules } = this.#request;
    let recorded: Recorded | null = null;
    if (evidence === undefined || this.error !== null) return { recorded, evidenceError: null };
    try {
      recorded = evidence.record(rules.version);
      await evidence.anchor();
      return { recorded, evidenceError: null };
    } catch (error) {
      if (!(error instanceof RigwatchError)) throw error;
      return { recorded, evidenceError: error };
    }
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
