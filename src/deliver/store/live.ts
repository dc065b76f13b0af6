import { phrase } from '../../base/phrase.js';
import type { Evidence } from '../../model/evidence.js';
import type { NodeSighting } from '../../model/node.js';
import type { Level, SuspectFile, SuspectSession } from '../../model/verdict.js';
import type { Addresses } from './addresses.js';
import type { EvidenceTable } from './evidence.js';
import { storeError } from './failures.js';
import type { InputSummary, Inputs, NewInput } from './inputs.js';
import type { Nodes } from './nodes.js';
import type { Database } from './open.js';
import type { MergeSessions, Sessions } from './sessions.js';
import { integer } from './values.js';
import type { Verdicts } from './verdicts.js';

/** How far a stream of a live input was read; what the fields mean is the business of who saves them. */
export interface LivePosition {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly fingerprint: string;
}

/** How facts are joined: known to the detecting wing, handed in by whoever saves. */
export interface LiveMerging {
  readonly sessions: MergeSessions;
  readonly evidence: (a: Evidence, b: Evidence) => Evidence;
  readonly keyOf: (fact: Evidence) => string;
  /** Whether so many rows of one address are too many. */
  readonly exceeds: (sessions: number, evidence: number) => boolean;
  readonly compact: (file: SuspectFile) => {
    readonly file: SuspectFile;
    readonly foldedSessions: number;
    readonly foldedEvidence: number;
  } | null;
}

/** What one save came to. */
export interface LiveSaved {
  /** Addresses of which something new is known, not only more of the same. */
  readonly changed: readonly string[];
  readonly foldedSessions: number;
  readonly foldedEvidence: number;
}

/** A message to be delivered: a row of the outbox. */
export interface Notice {
  readonly noticeId: number;
  readonly body: string;
}

export interface LiveTables {
  readonly addresses: Addresses;
  readonly inputs: Inputs;
  readonly sessions: Sessions;
  readonly evidence: EvidenceTable;
  readonly nodes: Nodes;
  readonly verdicts: Verdicts;
}

/** Name under which the process that watches signs. */
const OWNER = 'owner';

/**
 * State of inputs that never end. Every method wants to be called within Store.atomically(), so that facts, verdicts,
 * positions and what was notified are saved together or not at all.
 */
export class Live {
  readonly #path: string;
  readonly #tables: LiveTables;
  readonly #positions;
  readonly #savePosition;
  readonly #deletePosition;
  readonly #state;
  readonly #saveState;
  readonly #notified;
  readonly #saveNotified;
  readonly #addNotice;
  readonly #pending;
  readonly #pendingCount;
  readonly #deleteNotice;
  readonly #trim;

  constructor(db: Database, path: string, tables: LiveTables) {
    this.#path = path;
    this.#tables = tables;
    this.#positions = db.prepare<[number], LivePosition>(
      'SELECT id, name, bytes, fingerprint FROM live_positions WHERE input_id = ? ORDER BY id',
    );
    this.#savePosition = db.prepare<[number, string, string, number, string]>(
      'INSERT OR REPLACE INTO live_positions (input_id, id, name, bytes, fingerprint) VALUES (?, ?, ?, ?, ?)',
    );
    this.#deletePosition = db.prepare<[number, string]>(
      'DELETE FROM live_positions WHERE input_id = ? AND id = ?',
    );
    this.#state = db.prepare<[string], string>('SELECT value FROM live_state WHERE name = ?').pluck();
    this.#saveState = db.prepare<[string, string]>(
      'INSERT OR REPLACE INTO live_state (name, value) VALUES (?, ?)',
    );
    this.#notified = db.prepare<[number], Level>('SELECT level FROM notified WHERE ip_id = ?').pluck();
    this.#saveNotified = db.prepare<[number, string, number]>(
      'INSERT OR REPLACE INTO notified (ip_id, level, notified_us) VALUES (?, ?, ?)',
    );
    this.#addNotice = db.prepare<[string, string, number]>(
      'INSERT INTO notices (target, body, created_us) VALUES (?, ?, ?)',
    );
    this.#pending = db.prepare<[string, number], Notice>(
      'SELECT notice_id AS noticeId, body FROM notices WHERE target = ? ORDER BY notice_id LIMIT ?',
    );
    this.#pendingCount = db
      .prepare<[string], number>('SELECT count(*) FROM notices WHERE target = ?')
      .pluck();
    this.#deleteNotice = db.prepare<[number]>('DELETE FROM notices WHERE notice_id = ?');
    this.#trim = db.prepare<[string, string, number]>(
      `DELETE FROM notices WHERE target = ? AND notice_id IN
         (SELECT notice_id FROM notices WHERE target = ? ORDER BY notice_id DESC LIMIT -1 OFFSET ?)`,
    );
  }

  /** From now on `owner` alone saves: another process that watches into this database finds out, and stops. Returns who it was. */
  takeOver(owner: string): string | null {
    const before = this.state(OWNER);
    this.#saveState.run(OWNER, owner);
    return before;
  }

  /** What `owner` took over goes back to who had it `before`; nothing where another one has it by now. */
  giveBack(owner: string, before: string | null): void {
    if (before !== null && this.state(OWNER) === owner) this.#saveState.run(OWNER, before);
  }

  assertOwner(owner: string): void {
    if (this.#state.get(OWNER) === owner) return;
    throw storeError(
      'store-conflict',
      this.#path,
      phrase`another rigwatch watch has taken it over`,
      phrase`run one at a time`,
    );
  }

  /** The input of a source, made where there is none yet. Returns its number. */
  goOn(runId: number, input: NewInput): number {
    return this.#tables.inputs.goOn(runId, input);
  }

  /** What note() said last, as JSON; null where it never did. */
  noted(inputId: number): string | null {
    return this.#tables.inputs.summary(inputId);
  }

  note(inputId: number, summary: InputSummary, size: number): void {
    this.#tables.inputs.note(inputId, summary, size);
  }

  /** Adds facts: parts of a session add up, facts of one key become one row. Their verdicts are stale then. */
  save(inputId: number, files: readonly SuspectFile[], merging: LiveMerging): LiveSaved {
    const changed: string[] = [];
    const touched: number[] = [];
    let [foldedSessions, foldedEvidence] = [0, 0];
    let seq = this.#tables.evidence.lastSeq(inputId);
    for (const file of files) {
      const ipId = this.#tables.addresses.idOf(file.ip);
      touched.push(ipId);
      const before = seq;
      seq = this.#saveEvidence(inputId, ipId, file, seq, merging);
      if (seq > before) changed.push(file.ip);
      for (const session of file.sessions) {
        this.#tables.sessions.save(inputId, ipId, session, merging.sessions);
        this.#tables.sessions.publishOne(inputId, ipId, session.session);
      }
      const compacted = this.#compact(inputId, ipId, file.ip, merging);
      if (compacted === null) continue;
      foldedSessions += compacted.foldedSessions;
      foldedEvidence += compacted.foldedEvidence;
      seq = this.#replace(inputId, ipId, compacted.file, seq);
    }
    this.#tables.verdicts.markStale(touched);
    return { changed, foldedSessions, foldedEvidence };
  }

  /** Adds nodes and wallets of coins seen since. */
  saveNodes(inputId: number, nodes: readonly NodeSighting[]): void {
    for (const node of nodes) this.#tables.nodes.save(inputId, this.#tables.addresses.idOf(node.ip), node);
  }

  /** Sessions that were going on within `us` of the last of the input. */
  recentSessions(inputId: number, us: number, limit: number): SuspectSession[] {
    const [last] = this.#tables.sessions.recent(inputId, 0, 1);
    return last === undefined ? [] : this.#tables.sessions.recent(inputId, last.lastUs - us, limit);
  }

  recentContacts(inputId: number, sinceUs: number, limit: number): { rule: string; session: string }[] {
    return this.#tables.evidence.recent(inputId, sinceUs, limit);
  }

  positions(inputId: number): LivePosition[] {
    return this.#positions.all(inputId);
  }

  /** Positions no longer named are forgotten. */
  savePositions(inputId: number, positions: readonly LivePosition[]): void {
    const before = new Map(this.#positions.all(inputId).map((position) => [position.id, position]));
    for (const position of positions) {
      const known = before.get(position.id);
      before.delete(position.id);
      if (known !== undefined && isSame(known, position)) continue;
      const { id, name, bytes, fingerprint } = position;
      this.#savePosition.run(inputId, id, name, integer(bytes), fingerprint);
    }
    for (const id of before.keys()) this.#deletePosition.run(inputId, id);
  }

  /** Text kept under a name; null where there is none. */
  state(name: string): string | null {
    return this.#state.get(name) ?? null;
  }

  saveState(name: string, value: string): void {
    this.#saveState.run(name, value);
  }

  /** The level last told of an address; null where it was never told of. */
  notifiedLevel(ip: string): Level | null {
    const ipId = this.#tables.addresses.find(ip);
    return ipId === null ? null : (this.#notified.get(ipId) ?? null);
  }

  saveNotified(ip: string, level: Level, timeUs: number): void {
    this.#saveNotified.run(this.#tables.addresses.idOf(ip), level, integer(timeUs));
  }

  /** Puts a message into the outbox of a target; returns how many of the oldest had to go for it. */
  addNotice(target: string, body: string, timeUs: number, most: number): number {
    this.#addNotice.run(target, body, integer(timeUs));
    return this.#trim.run(target, target, most).changes;
  }

  /** What a target has not been given yet, oldest first. */
  pendingNotices(target: string, limit: number): Notice[] {
    return this.#pending.all(target, limit);
  }

  pendingCount(target: string): number {
    return this.#pendingCount.get(target) ?? 0;
  }

  delivered(noticeIds: readonly number[]): void {
    for (const id of noticeIds) this.#deleteNotice.run(id);
  }

  countLevels(): { readonly level: Level; readonly count: number }[] {
    return this.#tables.verdicts.countLevels();
  }

  #saveEvidence(
    inputId: number,
    ipId: number,
    file: SuspectFile,
    lastSeq: number,
    merging: LiveMerging,
  ): number {
    if (file.evidence.length === 0) return lastSeq;
    const { evidence } = this.#tables;
    const known = new Map(
      evidence.ofInput(inputId, ipId, file.ip).map((row) => [merging.keyOf(row.fact), row]),
    );
    let seq = lastSeq;
    for (const fact of file.evidence) {
      const before = known.get(merging.keyOf(fact));
      if (before === undefined) evidence.save(inputId, ++seq, ipId, fact);
      else evidence.update(inputId, before.seq, merging.evidence(before.fact, fact));
    }
    return seq;
  }

  #compact(inputId: number, ipId: number, ip: string, merging: LiveMerging) {
    const { sessions, evidence } = this.#tables;
    if (!merging.exceeds(sessions.countOf(inputId, ipId), evidence.countOf(inputId, ipId))) return null;
    return merging.compact({
      ip,
      sessions: sessions.sightings(inputId, ipId, ip),
      evidence: evidence.ofInput(inputId, ipId, ip).map(({ fact }) => fact),
    });
  }

  #replace(inputId: number, ipId: number, file: SuspectFile, lastSeq: number): number {
    const { sessions, evidence } = this.#tables;
    sessions.replaceAll(inputId, ipId, file.sessions);
    evidence.dropOne(inputId, ipId);
    let seq = lastSeq;
    for (const fact of file.evidence) evidence.save(inputId, ++seq, ipId, fact);
    return seq;
  }
}

function isSame(a: LivePosition, b: LivePosition): boolean {
  return a.bytes === b.bytes && a.name === b.name && a.fingerprint === b.fingerprint;
}
