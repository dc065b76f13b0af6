import type { Evidence } from '../../../model/evidence.js';
import type { SuspectFile, SuspectSession } from '../../../model/verdict.js';
import { countOf, timeOf } from '../numbers.js';
import { SessionNames } from './session-names.js';
import { mergeSessions } from './sessions.js';

/** Facts of one key add up: rule, peer, host, session. */
export function evidenceKey(evidence: Evidence): string {
  const peer = evidence.peer === null ? '' : `${evidence.peer.ip}|${evidence.peer.port}`;
  return `${evidence.rule}\n${peer}\n${evidence.host ?? ''}\n${evidence.session ?? ''}`;
}

/** What two facts of one key come to. */
export function widen(a: Evidence, b: Evidence): Pick<Evidence, 'count' | 'firstUs' | 'lastUs'> {
  return {
    count: countOf(countOf(a.count) + countOf(b.count)),
    firstUs: Math.min(timeOf(a.firstUs), timeOf(b.firstUs)),
    lastUs: Math.max(timeOf(a.lastUs), timeOf(b.lastUs)),
  };
}

/** The heavier one decides item and strength; the earlier one is quoted, so that order does not matter. */
export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  const heavier = b.weight > a.weight ? b : a;
  const earlier = timeOf(b.firstUs) < timeOf(a.firstUs) ? b : a;
  return {
    ...heavier,
    ...widen(a, b),
    bothDirections: a.bothDirections || b.bothDirections,
    excerpt: earlier.excerpt,
    origin: earlier.origin,
    ...proofOf(earlier, a, b),
  };
}

/** The proof of the one that is quoted, else the other's. */
function proofOf(...facts: readonly Evidence[]): Pick<Evidence, 'proof'> {
  const proof = facts.find((fact) => fact.proof !== undefined)?.proof;
  return proof === undefined ? {} : { proof };
}

/** One file an address, where several inputs (or drains) told of it, without a store that would merge them. */
export function mergeFiles(files: Iterable<SuspectFile>): SuspectFile[] {
  const merged = new Map<
    string,
    { sessions: Map<string, SuspectSession>; evidence: Map<string, Evidence> }
  >();
  const names = new SessionNames();
  for (const file of files) {
    const entry = merged.get(file.ip) ?? { sessions: new Map(), evidence: new Map() };
    merged.set(file.ip, entry);
    const renamed = new Map<string, string>();
    for (const told of file.sessions) {
      const session = { ...told, session: names.nameOf(told) };
      renamed.set(told.session, session.session);
      const known = entry.sessions.get(session.session);
      entry.sessions.set(session.session, known === undefined ? session : mergeSessions(known, session));
    }
    for (const told of file.evidence) {
      const session = told.session === null ? null : (renamed.get(told.session) ?? told.session);
      const evidence = { ...told, session };
      const key = evidenceKey(evidence);
      const known = entry.evidence.get(key);
      entry.evidence.set(key, known === undefined ? evidence : mergeEvidence(known, evidence));
    }
  }
  return [...merged].map(([ip, { sessions, evidence }]) => ({
    ip,
    sessions: [...sessions.values()],
    evidence: [...evidence.values()],
  }));
}
