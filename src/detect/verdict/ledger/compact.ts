import type { Evidence } from '../../../model/evidence.js';
import type { SuspectFile, SuspectSession } from '../../../model/verdict.js';
import { MAX_EVIDENCE_PER_SUSPECT, MAX_SESSIONS_PER_SUSPECT } from './ledger.js';
import { evidenceKey, mergeEvidence, widen } from './merge.js';
import { foldSession } from './sessions.js';

/** A session that begins so soon after another with the same peer goes on with it: a miner that connected again. */
const RECONNECT_US = 15 * 60e6;
/** Compacting frees this share of the limits, so that it is rare. */
const KEPT_SHARE = 0.75;

export interface CompactLimits {
  readonly sessions: number;
  readonly evidence: number;
}

const LIMITS: CompactLimits = { sessions: MAX_SESSIONS_PER_SUSPECT, evidence: MAX_EVIDENCE_PER_SUSPECT };

export interface Compacted {
  readonly file: SuspectFile;
  /** Sessions and facts that are counted in others now. */
  readonly foldedSessions: number;
  readonly foldedEvidence: number;
}

/** Whether so many are kept of one suspect that compactFile() has something to do. */
export function exceedsLimits(sessions: number, evidence: number): boolean {
  return sessions > LIMITS.sessions || evidence > LIMITS.evidence;
}

/**
 * What live inputs gather of one suspect over months, kept within bounds: null where it is. Of the oldest sessions those
 * that followed each other with the same peer become one; then all of one peer, of which the times of the first stand.
 * Counts always add up. Facts go with their sessions; then the lightest of a rule are counted in another of that rule.
 */
export function compactFile(file: SuspectFile, limits: CompactLimits = LIMITS): Compacted | null {
  if (file.sessions.length <= limits.sessions && file.evidence.length <= limits.evidence) return null;
  const { sessions, homeOf } = foldSessions(file.sessions, limits.sessions);
  const evidence = foldEvidence(file.evidence, homeOf, limits.evidence);
  return {
    file: { ip: file.ip, sessions, evidence },
    foldedSessions: file.sessions.length - sessions.length,
    foldedEvidence: file.evidence.length - evidence.length,
  };
}

interface FoldedSessions {
  readonly sessions: readonly SuspectSession[];
  /** Which session now counts for one that is gone. */
  readonly homeOf: ReadonlyMap<string, string>;
}

function foldSessions(all: readonly SuspectSession[], limit: number): FoldedSessions {
  const homeOf = new Map<string, string>();
  if (all.length <= limit) return { sessions: all, homeOf };
  const kept = Math.max(1, Math.floor(limit * KEPT_SHARE));
  const byTime = [...all].sort((a, b) => a.lastUs - b.lastUs || a.firstUs - b.firstUs);
  let old = byTime.slice(0, byTime.length - kept);
  const recent = byTime.slice(byTime.length - kept);
  const room = Math.max(1, Math.floor((limit - kept) / 2));
  old = foldInto(old, homeOf, (home, next) => next.firstUs - home.lastUs <= RECONNECT_US);
  if (old.length > room) old = foldInto(old, homeOf, () => true);
  // More peers than room: a prober, of whom the newest visits tell enough. What is left out is counted by the caller.
  const left = old.slice(Math.max(0, old.length - room));
  return { sessions: [...left, ...recent], homeOf };
}

/** Folds each session into the last one of its peer before it, if `joins`. Oldest first. */
function foldInto(
  sessions: readonly SuspectSession[],
  homeOf: Map<string, string>,
  joins: (home: SuspectSession, next: SuspectSession) => boolean,
): SuspectSession[] {
  const homes = new Map<string, SuspectSession>();
  const lastOf = new Map<string, string>();
  for (const session of [...sessions].sort((a, b) => a.firstUs - b.firstUs)) {
    const group = `${session.peer.ip}|${session.peer.port}|${session.dialect ?? ''}|${session.tls}`;
    const home = homes.get(lastOf.get(group) ?? '');
    if (home === undefined || !joins(home, session)) {
      homes.set(session.session, session);
      lastOf.set(group, session.session);
      continue;
    }
    const isNext = session.firstUs - home.lastUs <= RECONNECT_US;
    const lastUs = isNext ? Math.max(home.lastUs, session.lastUs) : home.lastUs;
    homes.set(home.session, {
      ...foldSession(home, session),
      lastUs,
      bothDirections: home.bothDirections || session.bothDirections,
    });
    homeOf.set(session.session, home.session);
  }
  return [...homes.values()];
}

function foldEvidence(
  all: readonly Evidence[],
  homeOf: ReadonlyMap<string, string>,
  limit: number,
): readonly Evidence[] {
  const byKey = new Map<string, Evidence>();
  for (const fact of all) {
    const moved = { ...fact, session: fact.session === null ? null : homeIn(homeOf, fact.session) };
    const key = evidenceKey(moved);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? moved : mergeEvidence(known, moved));
  }
  if (byKey.size <= limit) return [...byKey.values()];
  const heaviest = [...byKey.values()].sort(
    (a, b) => rank(b) - rank(a) || Math.abs(b.weight) - Math.abs(a.weight) || b.lastUs - a.lastUs,
  );
  const kept = heaviest.slice(0, Math.floor(limit * KEPT_SHARE));
  const placeOfRule = new Map<string, number>();
  for (const [place, { rule }] of kept.entries()) if (!placeOfRule.has(rule)) placeOfRule.set(rule, place);
  for (const fact of heaviest.slice(kept.length)) {
    const place = placeOfRule.get(fact.rule);
    const home = place === undefined ? undefined : kept[place];
    if (place !== undefined && home !== undefined) kept[place] = { ...home, ...widen(home, fact) };
  }
  return kept;
}

/** What speaks against a miner must not be pushed out by what speaks for one. */
function rank({ strength }: Evidence): number {
  return strength === 'against' ? 1 : 0;
}

/** A home may itself have been folded into another since. */
function homeIn(homeOf: ReadonlyMap<string, string>, session: string): string {
  let at = session;
  for (let next = homeOf.get(at); next !== undefined; next = homeOf.get(at)) at = next;
  return at;
}
