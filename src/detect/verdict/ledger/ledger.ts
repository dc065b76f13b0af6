import type { Counters } from '../../../base/counters.js';
import type { Evidence } from '../../../model/evidence.js';
import type { Observation } from '../../../model/observation.js';
import type { SuspectFile, SuspectSession } from '../../../model/verdict.js';
import { countOf } from '../numbers.js';
import { isDecisive, rankOf } from '../strength.js';
import { AgedSet } from './aged-set.js';
import { evidenceKey, mergeEvidence, widen } from './merge.js';
import { SessionNames } from './session-names.js';
import { foldSession, mergeSessions, reverseSession, sessionOf } from './sessions.js';

const MAX_SUSPECTS = 1_000_000;
export const MAX_SESSIONS_PER_SUSPECT = 512;
export const MAX_EVIDENCE_PER_SUSPECT = 1024;
/** Sessions kept in case evidence, or news of their server, comes later. */
const MAX_PENDING_SESSIONS = 65_536;
/** Servers whose visitors are kept because they answered as pools. */
const MAX_WATCHED_SERVERS = 100_000;

export interface LedgerLimits {
  readonly suspects: number;
  readonly sessionsPerSuspect: number;
  readonly evidencePerSuspect: number;
  readonly pendingSessions: number;
  readonly watchedServers: number;
}

const DEFAULT_LIMITS: LedgerLimits = {
  suspects: MAX_SUSPECTS,
  sessionsPerSuspect: MAX_SESSIONS_PER_SUSPECT,
  evidencePerSuspect: MAX_EVIDENCE_PER_SUSPECT,
  pendingSessions: MAX_PENDING_SESSIONS,
  watchedServers: MAX_WATCHED_SERVERS,
};

interface Entry {
  readonly sessions: Map<string, SuspectSession>;
  readonly evidence: Map<string, Evidence>;
  /** Made when something no longer fits: which key takes the counts of others of its peer, of its rule. */
  homes: Homes | null;
  /** Lightest evidence held when it last overflowed: nothing lighter needs a search. */
  lightest: number;
}

interface Homes {
  readonly sessionOfPeer: Map<string, string>;
  readonly evidenceOfRule: Map<string, string>;
}

/**
 * Gathers what was seen of each suspect address until it is drained into the store. An address becomes a suspect
 * by evidence, or by visiting a server that is known to have answered as a pool. Of its sessions only those are
 * kept that speak a pool protocol, carry evidence or visit such a server: the rest of what people do stays theirs.
 * Bounded; what is let go is counted. Under pressure weak suspects and light evidence go first, so that
 * neither forged look-ups nor chatter can push out a miner.
 */
export class Ledger {
  readonly #limits: LedgerLimits;
  readonly #isHome: (ip: string) => boolean;
  readonly #entries = new Map<string, Entry>();
  /** Suspects with nothing but weak evidence, oldest first. */
  readonly #weak = new AgedSet();
  readonly #pending = new Map<string, SuspectSession>();
  readonly #pendingKeys = new AgedSet();
  readonly #watched = new Set<string>();
  readonly #names = new SessionNames();
  /** Keys of sessions that were drained: what comes later of them is still wanted. */
  readonly #drained = new AgedSet();
  /** Suspects that were drained, with the newest last. */
  readonly #drainedSuspects = new AgedSet();
  #dropped = { suspects: 0, evicted: 0, sessions: 0, evidence: 0, pending: 0, servers: 0 };

  /** `isHome`: whose visits to known pools make a suspect; evidence names its suspects itself. */
  constructor(limits: Partial<LedgerLimits> = {}, isHome: (ip: string) => boolean = () => true) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#isHome = isHome;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Keeps the sessions with these servers too: pools learned in earlier runs. */
  watch(ips: Iterable<string>): void {
    for (const ip of ips) {
      if (this.#watched.size < this.#limits.watchedServers) this.#watched.add(ip);
      else if (!this.#watched.has(ip)) this.#dropped.servers++;
    }
  }

  /** One observation and what the rules made of it (often nothing). */
  add(observation: Observation, found: readonly Evidence[]): void {
    const told = sessionOf(observation);
    const name = told === null ? null : this.#names.nameOf(told);
    const isRenamed = told !== null && name !== null && name !== told.session;
    const session = isRenamed ? { ...told, session: name } : told;
    const evidence = isRenamed ? found.map((item) => renamed(item, told.session, name)) : found;
    for (const item of evidence) {
      this.#addEvidence(item);
      if (item.peer !== null && isDecisive(item)) this.watch([item.peer.ip]);
    }
    if (session === null) return;
    // The rules may overrule who was taken for the client, where that was a guess.
    const isReversed = evidence.some(
      ({ suspect }) => suspect === session.peer.ip && suspect !== session.suspect,
    );
    this.#addSession(isReversed ? reverseSession(session) : session, evidence);
  }

  /** Everything gathered so far; the ledger starts anew, but remembers servers and sessions still without evidence. */
  drain(): SuspectFile[] {
    for (const session of [...this.#pending.values()]) {
      const isContact = this.#isContact(session);
      if (!isContact && (session.dialect === null || !this.#isSuspect(session.suspect))) continue;
      const entry = this.#entry(session.suspect, false);
      if (entry === null) continue;
      this.#forgetPending(session.session);
      this.#keepSession(entry, session);
    }
    const files = [...this.#entries].map(([ip, entry]) => ({
      ip,
      sessions: [...entry.sessions.values()],
      evidence: [...entry.evidence.values()],
    }));
    this.expect(files);
    this.#entries.clear();
    this.#weak.clear();
    return files;
  }

  /** What was drained before, perhaps by an earlier process: what comes later of these sessions and suspects is wanted. */
  expect(
    files: Iterable<{ readonly ip: string; readonly sessions: Iterable<{ readonly session: string }> }>,
  ): void {
    for (const { ip, sessions } of files) {
      renew(this.#drainedSuspects, ip);
      for (const { session } of sessions) renew(this.#drained, session);
    }
    while (this.#drained.size > this.#limits.pendingSessions)
      this.#drained.delete(this.#drained.oldest() ?? '');
    while (this.#drainedSuspects.size > this.#limits.suspects)
      this.#drainedSuspects.delete(this.#drainedSuspects.oldest() ?? '');
  }

  /** Takes back what was drained and could not be saved. */
  restore(files: readonly SuspectFile[]): void {
    for (const { ip, sessions, evidence } of files) {
      for (const item of evidence) this.#addEvidence(item);
      const entry = this.#entry(ip, false);
      if (entry === null) this.#dropped.suspects++;
      else for (const session of sessions) this.#keepSession(entry, session);
    }
  }

  /** Adds what was let go since the last report: `ledger.*`. */
  report(counters: Counters): void {
    counters.add('ledger.suspects-dropped', this.#dropped.suspects);
    counters.add('ledger.suspects-evicted', this.#dropped.evicted);
    counters.add('ledger.sessions-folded', this.#dropped.sessions);
    counters.add('ledger.evidence-folded', this.#dropped.evidence);
    counters.add('ledger.pending-evicted', this.#dropped.pending);
    counters.add('ledger.servers-dropped', this.#dropped.servers);
    this.#dropped = { suspects: 0, evicted: 0, sessions: 0, evidence: 0, pending: 0, servers: 0 };
  }

  #isSuspect(ip: string): boolean {
    return this.#entries.has(ip) || this.#drainedSuspects.has(ip);
  }

  #isContact({ suspect, peer }: SuspectSession): boolean {
    return this.#watched.has(peer.ip) && this.#isHome(suspect);
  }

  /** The entry of an address, made if there is room. A suspect of weight takes the room of the oldest weak one. */
  #entry(ip: string, isWeighty: boolean): Entry | null {
    const known = this.#entries.get(ip);
    if (known !== undefined) {
      if (isWeighty) this.#weak.delete(ip);
      return known;
    }
    if (this.#entries.size >= this.#limits.suspects) {
      const oldest = isWeighty ? this.#weak.oldest() : undefined;
      if (oldest === undefined) return null;
      this.#entries.delete(oldest);
      this.#weak.delete(oldest);
      this.#dropped.evicted++;
    }
    const entry: Entry = {
      sessions: new Map(),
      evidence: new Map(),
      homes: null,
      lightest: Number.NEGATIVE_INFINITY,
    };
    this.#entries.set(ip, entry);
    if (!isWeighty) this.#weak.add(ip);
    return entry;
  }

  #addEvidence(item: Evidence): void {
    const entry = this.#entry(item.suspect, rankOf(item.strength) >= rankOf('strong'));
    if (entry === null) {
      this.#dropped.suspects++;
      return;
    }
    const key = evidenceKey(item);
    const known = entry.evidence.get(key);
    if (known !== undefined) {
      entry.evidence.set(key, mergeEvidence(known, item));
      return;
    }
    if (entry.evidence.size < this.#limits.evidencePerSuspect || this.#makeRoom(entry, item.weight)) {
      entry.evidence.set(key, { ...item, count: countOf(item.count) });
      entry.homes = null;
      return;
    }
    this.#dropped.evidence++;
    const home = homesOf(entry).evidenceOfRule.get(item.rule);
    const kept = home === undefined ? undefined : entry.evidence.get(home);
    if (home !== undefined && kept !== undefined) {
      entry.evidence.set(home, { ...kept, ...widen(kept, item) });
    }
  }

  /** Lets the lightest evidence go if it is lighter than what comes. */
  #makeRoom(entry: Entry, weight: number): boolean {
    if (!(weight > entry.lightest)) return false;
    let lightestKey = '';
    let lightest = Number.POSITIVE_INFINITY;
    for (const [key, held] of entry.evidence) {
      // What speaks against a miner must not be pushed out by what speaks for one.
      if (held.strength !== 'against' && held.weight < lightest) {
        lightest = held.weight;
        lightestKey = key;
      }
    }
    entry.lightest = lightest;
    if (!(weight > lightest)) return false;
    entry.evidence.delete(lightestKey);
    this.#dropped.evidence++;
    return true;
  }

  #addSession(session: SuspectSession, evidence: readonly Evidence[]): void {
    const entry = this.#entries.get(session.suspect);
    if (entry?.sessions.has(session.session)) {
      this.#keepSession(entry, session);
      return;
    }
    const pending = this.#pending.get(session.session);
    const whole = pending === undefined ? session : mergeSessions(pending, session);
    const hasEvidence = evidence.some(
      (item) =>
        item.suspect === session.suspect && (item.session === null || item.session === session.session),
    );
    const isContact = this.#isContact(session);
    const isWanted =
      hasEvidence ||
      isContact ||
      this.#drained.has(session.session) ||
      (whole.dialect !== null && this.#isSuspect(session.suspect));
    const home = isWanted ? this.#entry(session.suspect, false) : null;
    if (home !== null) {
      this.#forgetPending(session.session);
      this.#keepSession(home, whole);
      return;
    }
    this.#pending.set(session.session, whole);
    this.#pendingKeys.add(session.session);
    if (this.#pending.size > this.#limits.pendingSessions) {
      this.#forgetPending(this.#pendingKeys.oldest() ?? '');
      this.#dropped.pending++;
    }
  }

  #forgetPending(key: string): void {
    this.#pending.delete(key);
    this.#pendingKeys.delete(key);
  }

  #keepSession(entry: Entry, session: SuspectSession): void {
    const known = entry.sessions.get(session.session);
    if (known !== undefined) {
      entry.sessions.set(session.session, mergeSessions(known, session));
    } else if (entry.sessions.size < this.#limits.sessionsPerSuspect) {
      entry.sessions.set(session.session, session);
      entry.homes = null;
    } else {
      this.#dropped.sessions++;
      const home = entry.sessions.get(homesOf(entry).sessionOfPeer.get(peerOf(session)) ?? '');
      if (home !== undefined) entry.sessions.set(home.session, foldSession(home, session));
    }
  }
}

function renew(names: AgedSet, name: string): void {
  names.delete(name);
  names.add(name);
}

function renamed(item: Evidence, from: string, to: string): Evidence {
  return item.session === from ? { ...item, session: to } : item;
}

function peerOf({ peer, dialect }: SuspectSession): string {
  return `${peer.ip}|${peer.port}|${dialect ?? ''}`;
}

/** Names the first session of each peer and dialect, and the first evidence of each rule, that are kept. */
function homesOf(entry: Entry): Homes {
  if (entry.homes !== null) return entry.homes;
  const homes: Homes = { sessionOfPeer: new Map(), evidenceOfRule: new Map() };
  for (const [key, session] of entry.sessions) {
    const peer = peerOf(session);
    if (!homes.sessionOfPeer.has(peer)) homes.sessionOfPeer.set(peer, key);
  }
  for (const [key, { rule }] of entry.evidence) {
    if (!homes.evidenceOfRule.has(rule)) homes.evidenceOfRule.set(rule, key);
  }
  entry.homes = homes;
  return homes;
}
