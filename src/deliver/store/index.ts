import type { SuspectFile, Verdict, VerdictPool } from '../../model/verdict.js';
import { Addresses } from './addresses.js';
import { Endpoints, type LearnedServer } from './endpoints.js';
import { EvidenceTable } from './evidence.js';
import { guarded } from './failures.js';
import { type InputInfo, type InputState, type InputSummary, Inputs, type StoredInput } from './inputs.js';
import { Live, type LiveMerging, type LivePosition, type LiveSaved, type Notice } from './live.js';
import { type Database, openDatabase, type StoreOptions } from './open.js';
import { type RunInfo, type RunState, type RunSummary, Runs } from './runs.js';
import { type MergeSessions, Sessions } from './sessions.js';
import { type StoredVerdict, type VerdictFilter, Verdicts } from './verdicts.js';

export type {
  InputInfo,
  InputState,
  InputSummary,
  LearnedServer,
  LiveMerging,
  LivePosition,
  LiveSaved,
  Notice,
  RunInfo,
  StoredInput,
  StoredVerdict,
  VerdictFilter,
};

/** A transaction of more rows than this helps nothing and keeps other writers waiting. */
const MAX_ROWS_PER_TRANSACTION = 10_000;

/** An input that was read in one go. */
export interface InputResult {
  readonly contentId: string;
  readonly rulesVersion: string;
  readonly bytes?: number;
  readonly summary: InputSummary & {
    readonly path: string;
    readonly complete: boolean;
    readonly problems: readonly unknown[];
  };
  readonly suspects: readonly SuspectFile[];
  /** Default: partial where the summary is incomplete and names no problem that would explain it (a stop). */
  readonly state?: InputState;
}

/** Opens, creates or migrates the database at `path`. Throws StoreError with one clear line. */
export function openStore(path: string, options: StoreOptions = {}): Store {
  return new Store(openDatabase(path, options), path);
}

/** What is known, in one SQLite file. Every method throws StoreError where SQLite refuses. */
export class Store {
  readonly path: string;
  /** State of inputs that never end. */
  readonly live: Live;
  readonly #db: Database;
  readonly #addresses: Addresses;
  readonly #runs: Runs;
  readonly #inputs: Inputs;
  readonly #sessions: Sessions;
  readonly #evidence: EvidenceTable;
  readonly #endpoints: Endpoints;
  readonly #verdicts: Verdicts;

  constructor(db: Database, path: string) {
    this.path = path;
    this.#db = db;
    this.#addresses = new Addresses(db);
    this.#runs = new Runs(db);
    this.#sessions = new Sessions(db);
    this.#evidence = new EvidenceTable(db);
    this.#inputs = new Inputs(db, path, {
      sessions: this.#sessions,
      evidence: this.#evidence,
    });
    this.#endpoints = new Endpoints(db);
    this.#verdicts = new Verdicts(db, this.#addresses);
    this.live = new Live(db, path, {
      addresses: this.#addresses,
      inputs: this.#inputs,
      sessions: this.#sessions,
      evidence: this.#evidence,
      verdicts: this.#verdicts,
    });
  }

  /** Everything that `action` does, in one transaction: whatever happens, all of it is kept or nothing. */
  atomically<T>(action: () => T): T {
    return this.#write(action);
  }

  /** Brings the learned columns of `endpoints` in line with the evidence. */
  refreshEndpoints(): void {
    this.#write(() => this.#endpoints.refresh());
  }

  beginRun(info: RunInfo): number {
    return this.#write(() => this.#runs.begin(info));
  }

  finishRun(runId: number, summary: RunSummary, state: RunState): void {
    this.#write(() => {
      this.#endpoints.refresh();
      this.#runs.finish(runId, summary, state);
    });
  }

  /** The last scan of this content, if it was stored. */
  findInput(contentId: string): StoredInput | null {
    return guarded(this.path, () => this.#inputs.find(contentId));
  }

  /** The whole of an input in one transaction: whatever happens, either the old facts are there or the new ones. */
  saveInput(runId: number, result: InputResult): void {
    const { summary, contentId, rulesVersion } = result;
    const wasStopped = !summary.complete && summary.problems.length === 0;
    this.#write(() => {
      const inputId = this.#inputs.begin(runId, { contentId, path: summary.path, rulesVersion });
      this.#insertSuspects(inputId, result.suspects, null);
      const state = result.state ?? (wasStopped ? 'partial' : 'complete');
      this.#inputs.finish(inputId, summary, result.bytes ?? null, state);
    });
  }

  /** Starts an input that is saved in several steps; its facts are seen once it is finished. */
  beginInput(runId: number, info: InputInfo): number {
    return this.#write(() => this.#inputs.begin(runId, info));
  }

  /** Adds facts. Parts of one session from several calls are joined by `merge`; evidence adds up. */
  saveSuspects(inputId: number, files: readonly SuspectFile[], merge: MergeSessions): void {
    for (const batch of batches(files, (file) => 1 + file.sessions.length + file.evidence.length)) {
      this.#write(() => {
        this.#inputs.assertOpen(inputId);
        this.#insertSuspects(inputId, batch, merge);
      });
    }
  }

  finishInput(inputId: number, summary: InputSummary, state: InputState, size: number | null = null): void {
    this.#write(() => this.#inputs.finish(inputId, summary, size, state));
  }

  /** Everything known of an address, over all inputs; null where nothing is. */
  loadSuspect(ip: string): SuspectFile | null {
    return guarded(this.path, () => {
      const ipId = this.#addresses.find(ip);
      if (ipId === null) return null;
      const sessions = this.#sessions.load(ipId, ip);
      const evidence = this.#evidence.load(ipId, ip);
      return sessions.length + evidence.length === 0 ? null : { ip, sessions, evidence };
    });
  }

  /** Every address with evidence, by text. */
  suspects(): string[] {
    return guarded(this.path, () =>
      this.#db
        .prepare<[], string>(
          `SELECT ip FROM addresses WHERE EXISTS (SELECT 1 FROM evidence JOIN inputs USING (input_id)
             WHERE evidence.ip_id = addresses.ip_id AND state <> 'open') ORDER BY ip`,
        )
        .pluck()
        .all(),
    );
  }

  /** Servers that answered as pools (E1), learned from decisive evidence. */
  learnedServers(): LearnedServer[] {
    return guarded(this.path, () => this.#endpoints.learned());
  }

  /** Addresses that were themselves the server of a decisive session. */
  poolServers(): string[] {
    return guarded(this.path, () => this.#endpoints.poolServers());
  }

  /** Addresses whose facts changed since they were last judged, also by facts that went away. */
  staleSuspects(): string[] {
    return guarded(this.path, () => this.#verdicts.stale());
  }

  saveVerdicts(verdicts: readonly Verdict[], runId: number): void {
    for (const batch of batches(verdicts, () => 1)) {
      this.#write(() => {
        const pools = new Map<string, VerdictPool>();
        this.#verdicts.save(batch, runId);
        for (const verdict of batch) {
          for (const pool of verdict.pools) pools.set(`${pool.address} ${pool.port} ${pool.host}`, pool);
        }
        this.#endpoints.save(pools.values());
      });
    }
  }

  /**
   * No verdict can be reached on these any more: theirs are deleted, and they are no longer stale. Only for addresses that were
   * judged: others may have become stale meanwhile, by another process. Returns how many verdicts went.
   */
  deleteVerdicts(ips: readonly string[]): number {
    return this.#write(() => this.#verdicts.deleteOf(ips));
  }

  /** By score, then last seen, then address; streams. */
  *listVerdicts(filter: VerdictFilter = {}): Generator<StoredVerdict> {
    const rows = this.#verdicts.list(filter);
    for (;;) {
      const next = guarded(this.path, () => rows.next());
      if (next.done) return;
      yield next.value;
    }
  }

  loadVerdict(ip: string): StoredVerdict | null {
    return guarded(this.path, () => this.#verdicts.load(ip));
  }

  /** Folds the write-ahead log back into the file, as far as readers allow. */
  close(): void {
    if (!this.#db.open) return;
    guarded(this.path, () => {
      if (!this.#db.readonly) this.#db.pragma('wal_checkpoint(PASSIVE)');
      this.#db.close();
    });
  }

  #insertSuspects(inputId: number, files: readonly SuspectFile[], merge: MergeSessions | null): void {
    let seq = this.#evidence.lastSeq(inputId);
    for (const file of files) {
      const ipId = this.#addresses.idOf(file.ip);
      for (const session of file.sessions) this.#sessions.save(inputId, ipId, session, merge);
      for (const fact of file.evidence) this.#evidence.save(inputId, ++seq, ipId, fact);
    }
  }

  #write<T>(action: () => T): T {
    try {
      return guarded(this.path, () => this.#db.transaction(action).immediate());
    } catch (error) {
      this.#addresses.forget();
      throw error;
    }
  }
}

/** Pieces of at most MAX_ROWS_PER_TRANSACTION rows; an item larger than that is a piece of its own. */
function* batches<T>(items: readonly T[], sizeOf: (item: T) => number): Generator<readonly T[]> {
  let start = 0;
  let rows = 0;
  for (const [at, item] of items.entries()) {
    const size = sizeOf(item);
    if (at > start && rows + size > MAX_ROWS_PER_TRANSACTION) {
      yield items.slice(start, at);
      start = at;
      rows = 0;
    }
    rows += size;
  }
  if (start < items.length) yield items.slice(start);
}
