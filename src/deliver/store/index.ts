import type { PacketExcerpt, SuspectExcerpt } from '../../model/evidence-log.js';
import type { NodeSighting } from '../../model/node.js';
import type { SuspectFile, Verdict, VerdictPool } from '../../model/verdict.js';
import { Addresses } from './addresses.js';
import type { NewEvent } from './audit.js';
import type { CaseFilter, StoredChange } from './cases.js';
import { type CoveredTime, coveredTimes } from './covered-times.js';
import { Endpoints, type LearnedServer } from './endpoints.js';
import { EvidenceTable, type StoredProof } from './evidence.js';
import { EvidenceLogTable, type EvidenceSource, type StoredHead } from './evidence-log.js';
import { guarded, guardedRows } from './failures.js';
import { type InputState, type InputSummary, Inputs, type StoredInput } from './inputs.js';
import { Live, type LiveMerging, type LivePosition, type LiveSaved, type Notice } from './live.js';
import { Nodes } from './nodes.js';
import { Office } from './office.js';
import { type Database, openDatabase, type StoreOptions } from './open.js';
import { PacketExcerpts } from './packet-excerpts.js';
import { type Conversation, Pools, type StoredPool } from './pools.js';
import { type NewRun, type RunState, type RunSummary, Runs } from './runs.js';
import { type SessionCapture, Sessions } from './sessions.js';
import type { StoredRange, UnitChanges } from './units.js';
import { type StoredVerdict, type VerdictFilter, Verdicts } from './verdicts.js';

export type {
  CaseFilter,
  Conversation,
  EvidenceSource,
  InputState,
  InputSummary,
  LearnedServer,
  LiveMerging,
  LivePosition,
  LiveSaved,
  NewEvent,
  NewRun,
  Notice,
  StoredChange,
  StoredHead,
  StoredInput,
  StoredPool,
  StoredProof,
  StoredRange,
  StoredVerdict,
  UnitChanges,
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
  readonly nodes?: readonly NodeSighting[];
  readonly excerpts?: readonly SuspectExcerpt[];
  /** Default: partial where the summary is incomplete and names no problem that would explain it (a stop). */
  readonly state?: InputState;
}

/** Opens, creates or migrates the database at `path`. Throws StoreError with one clear line. */
export function openStore(path: string, options: StoreOptions = {}): Store {
  // Preparing the statements reads the schema, which may be damaged.
  return guarded(path, () => new Store(openDatabase(path, options), path));
}

/** What is known, in one SQLite file. Every method throws StoreError where SQLite refuses. */
export class Store {
  readonly path: string;
  /** State of inputs that never end. */
  readonly live: Live;
  readonly evidenceLog: EvidenceLogTable;
  readonly office: Office;
  readonly #db: Database;
  readonly #addresses: Addresses;
  readonly #runs: Runs;
  readonly #inputs: Inputs;
  readonly #sessions: Sessions;
  readonly #evidence: EvidenceTable;
  readonly #nodes: Nodes;
  readonly #excerpts: PacketExcerpts;
  readonly #endpoints: Endpoints;
  readonly #verdicts: Verdicts;
  readonly #pools: Pools;

  constructor(db: Database, path: string) {
    this.path = path;
    this.#db = db;
    this.#addresses = new Addresses(db);
    this.#runs = new Runs(db);
    this.#sessions = new Sessions(db);
    this.#evidence = new EvidenceTable(db);
    this.#nodes = new Nodes(db);
    this.#excerpts = new PacketExcerpts(db);
    this.evidenceLog = new EvidenceLogTable(db, path, this.#addresses);
    this.#inputs = new Inputs(db, {
      sessions: this.#sessions,
      evidence: this.#evidence,
      nodes: this.#nodes,
      excerpts: this.#excerpts,
    });
    this.#endpoints = new Endpoints(db);
    this.#verdicts = new Verdicts(db, this.#addresses);
    this.#pools = new Pools(db);
    this.office = new Office(db, path, (action) => this.#write(action));
    this.live = new Live(db, path, {
      addresses: this.#addresses,
      inputs: this.#inputs,
      sessions: this.#sessions,
      evidence: this.#evidence,
      nodes: this.#nodes,
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

  beginRun(run: NewRun): number {
    return this.#write(() => this.#runs.begin(run));
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
      this.#insertSuspects(inputId, result.suspects);
      this.#insertExcerpts(inputId, result.excerpts ?? []);
      for (const node of result.nodes ?? []) this.#nodes.save(inputId, this.#addresses.idOf(node.ip), node);
      const state = result.state ?? (wasStopped ? 'partial' : 'complete');
      this.#inputs.finish(inputId, contentId, { summary, size: result.bytes ?? null, state });
    });
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

  /** Where each session of an address was read. */
  captures(ip: string): SessionCapture[] {
    return guarded(this.path, () => {
      const ipId = this.#addresses.find(ip);
      return ipId === null ? [] : this.#sessions.captures(ipId);
    });
  }

  /** Frames that were kept of an address's sessions, the heaviest first. */
  packetExcerpts(ip: string, limit: number): PacketExcerpt[] {
    return guarded(this.path, () => this.#excerpts.load(ip, limit));
  }

  /** Adds frames to an input that is never finished; to be called within atomically(). */
  saveExcerpts(inputId: number, excerpts: readonly SuspectExcerpt[]): void {
    guarded(this.path, () => this.#insertExcerpts(inputId, excerpts));
  }

  /** Nodes and wallets of coins: of one address, or all; by address. */
  nodes(ip: string | null = null): NodeSighting[] {
    return guarded(this.path, () => this.#nodes.list(ip));
  }

  /** Every address with evidence, by text. */
  suspects(): string[] {
    return guarded(this.path, () => this.#evidence.suspects());
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
    for (let at = 0; at < verdicts.length; at += MAX_ROWS_PER_TRANSACTION) {
      const batch = verdicts.slice(at, at + MAX_ROWS_PER_TRANSACTION);
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

  hasVerdicts(): boolean {
    return guarded(this.path, () => this.#verdicts.hasAny());
  }

  /** By score, then last seen, then address; streams. */
  listVerdicts(filter: VerdictFilter = {}): Generator<StoredVerdict> {
    return guardedRows(this.path, this.#verdicts.list(filter));
  }

  /** Endpoints that the chosen verdicts name, by address, then port; streams. */
  listPools(filter: VerdictFilter = {}): Generator<StoredPool> {
    return guardedRows(this.path, this.#pools.list(filter));
  }

  /** The latest conversations of an address with endpoints that its verdict names. */
  conversations(ip: string): Conversation[] {
    return guarded(this.path, () => this.#pools.conversations(ip));
  }

  /** From here on this connection, opened for reading only, sees the database as it is now, until it is closed. */
  holdStill(): void {
    guarded(this.path, () => this.#db.exec('BEGIN; SELECT count(*) FROM sqlite_schema'));
  }

  /** Addresses whose verdicts name one of these wallets. */
  walletUses(wallets: readonly string[]): { readonly wallet: string; readonly ip: string }[] {
    return guarded(this.path, () => this.#verdicts.walletUses(wallets));
  }

  loadVerdict(ip: string): StoredVerdict | null {
    return guarded(this.path, () => this.#verdicts.load(ip));
  }

  /** Proofs of shares, of one address or (null) of all; streams. */
  proofs(ip: string | null): Generator<StoredProof> {
    return guardedRows(this.path, this.#evidence.proofs(ip));
  }

  /** When somebody looked, as far as it is known. */
  coveredTimes(): CoveredTime[] {
    return guarded(this.path, () => coveredTimes(this.#db));
  }

  /** When positive items of an address were seen. */
  positiveTimes(ip: string): { fromUs: number; toUs: number }[] {
    return guarded(this.path, () => this.#evidence.positiveTimes(ip));
  }

  /** Folds the write-ahead log back into the file, as far as readers allow. */
  close(): void {
    if (!this.#db.open) return;
    guarded(this.path, () => {
      if (!this.#db.readonly) this.#db.pragma('wal_checkpoint(PASSIVE)');
      this.#db.close();
    });
  }

  #insertExcerpts(inputId: number, excerpts: readonly SuspectExcerpt[]): void {
    for (const excerpt of excerpts) this.#excerpts.save(inputId, this.#addresses.idOf(excerpt.ip), excerpt);
  }

  #insertSuspects(inputId: number, files: readonly SuspectFile[]): void {
    let seq = this.#evidence.lastSeq(inputId);
    for (const file of files) {
      const ipId = this.#addresses.idOf(file.ip);
      const names = new Map<string, string>();
      for (const told of file.sessions) {
        const session = this.#sessions.nameOf(ipId, told);
        if (session !== told.session) names.set(told.session, session);
        this.#sessions.save(inputId, ipId, { ...told, session }, null);
      }
      for (const fact of file.evidence) {
        const session = fact.session === null ? null : (names.get(fact.session) ?? fact.session);
        this.#evidence.save(inputId, ++seq, ipId, { ...fact, session });
      }
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
