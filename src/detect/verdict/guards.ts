import { formatEndpoint } from '../../base/ip.js';
import type { Evidence } from '../../model/evidence.js';
import type { SuspectFile, SuspectSession } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { intervalOf } from './estimates/activity.js';
import { countOf } from './numbers.js';
import { isDecisive } from './strength.js';

/** Many short handshakes with many pools and no share: a measurement or a test, in numbers for the reason. */
export interface ProberFinding {
  readonly endpoints: number;
  readonly sessions: number;
  readonly medianSeconds: number;
}

/** What the guards of group N found: what speaks against, or changes what a fact is worth. */
export interface Findings {
  readonly prober: ProberFinding | null;
  /** Sessions in which the client is a node or a wallet (N6). */
  readonly nodes: ReadonlySet<string>;
  /** The address serves decisive Stratum sessions itself. */
  readonly isPoolServer: boolean;
  /** Bans, zero or less, that N2 adds to E8 and E9 … */
  readonly resolverBans: number;
  /** … and N4 to group B. */
  readonly knownApplicationBans: number;
  /** No contact with a listed or named endpoint was answered (N3); the rules have weighed that already. */
  readonly isAttempt: boolean;
  /** Registrable domains of pools whose web site was visited (E10). */
  readonly websites: ReadonlySet<string>;
}

/** Dialects in which work is fetched by polling, as a pool does from its coin's daemon. */
const POLLING = /getblocktemplate|getwork|gbt|daemon/i;
const LISTED = /^E[3-8]$/;

export function findGuards(file: SuspectFile, context: FuseContext): Findings {
  const nodes = new Set<string>();
  const websites = new Set<string>();
  let resolverBans = 0;
  let knownApplicationBans = 0;
  for (const evidence of file.evidence) {
    if (evidence.item === 'N6' && evidence.session !== null) nodes.add(evidence.session);
    else if (evidence.item === 'N2') resolverBans = Math.min(resolverBans, evidence.weight);
    else if (evidence.item === 'N4') knownApplicationBans = Math.min(knownApplicationBans, evidence.weight);
    else if (evidence.item === 'E10' && evidence.host !== null)
      websites.add(registrableDomain(evidence.host));
  }
  return {
    prober: findProber(file.sessions, context.guards.prober),
    nodes: withoutMiners(nodes, file.evidence),
    isPoolServer: context.poolServers.has(file.ip),
    resolverBans,
    knownApplicationBans,
    isAttempt: isAttempt(file),
    websites,
  };
}

/** A wallet's greeting inside a session that also shows answered shares does not make it a wallet's session. */
function withoutMiners(nodes: ReadonlySet<string>, evidence: readonly Evidence[]): ReadonlySet<string> {
  const miners = new Set(
    evidence
      .filter((item) => (item.item === 'P1' || item.item === 'P2') && isDecisive(item))
      .map((item) => item.session),
  );
  return new Set([...nodes].filter((session) => !miners.has(session)));
}

/** Demoted from decisive to strong: what a prober's handshakes and a pool's own polling show. */
export function isDemoted(
  evidence: Evidence,
  session: SuspectSession | undefined,
  guards: Findings,
): boolean {
  if (guards.prober !== null && (evidence.item === 'P2' || evidence.item === 'P3')) return true;
  return guards.isPoolServer && (evidence.item === 'P5' || (session !== undefined && isPolling(session)));
}

export function isPolling({ dialect }: SuspectSession): boolean {
  return dialect !== null && POLLING.test(dialect);
}

/**
 * N1. The window of handshakes with the most distinct endpoints; in force only where no session of the address
 * submitted a share, so that probing cannot hide a miner.
 */
function findProber(
  sessions: readonly SuspectSession[],
  { minEndpoints, windowSeconds, medianSeconds }: FuseContext['guards']['prober'],
): ProberFinding | null {
  if (sessions.some(hasShare)) return null;
  const windowUs = windowSeconds * 1e6;
  const shakes = sessions
    .filter(({ dialect, roles }) => dialect !== null && countOf(roles.hello) + countOf(roles.login) > 0)
    .map((session) => ({
      ...intervalOf(session),
      endpoint: formatEndpoint(session.peer.ip, session.peer.port),
    }))
    .sort((a, b) => a.startUs - b.startUs || a.endUs - b.endUs);
  const endpoints = new Map<string, number>();
  let found: ProberFinding | null = null;
  let first = 0;
  let lastTested = -1;
  for (const [index, shake] of shakes.entries()) {
    endpoints.set(shake.endpoint, (endpoints.get(shake.endpoint) ?? 0) + 1);
    for (let old = shakes[first]; old !== undefined; old = shakes[++first]) {
      if (shake.startUs - old.startUs <= windowUs) break;
      const left = (endpoints.get(old.endpoint) ?? 0) - 1;
      if (left > 0) endpoints.set(old.endpoint, left);
      else endpoints.delete(old.endpoint);
    }
    const isLastOfWindow =
      (shakes[index + 1]?.startUs ?? Number.POSITIVE_INFINITY) - (shakes[first]?.startUs ?? 0) > windowUs;
    if (endpoints.size < minEndpoints || !isLastOfWindow || first === lastTested) continue;
    lastTested = first;
    const window = shakes.slice(first, index + 1);
    const medianUs = median(window.map(({ startUs, endUs }) => endUs - startUs));
    if (medianUs >= medianSeconds * 1e6 || endpoints.size <= (found?.endpoints ?? 0)) continue;
    found = { endpoints: endpoints.size, sessions: window.length, medianSeconds: medianUs / 1e6 };
  }
  return found;
}

export function hasShare({ roles, shares }: SuspectSession): boolean {
  return (
    countOf(roles.share) > 0 ||
    countOf(roles.shareAccepted) > 0 ||
    shares.some((sum) => countOf(sum.submitted) > 0)
  );
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1] ?? 0, sorted[middle] ?? 0];
  return (low + high) / 2;
}

/**
 * N3: every contact with a listed endpoint is known to have failed. A direction that the sensor may have missed
 * is not known to have failed: missing evidence is ignorance.
 */
function isAttempt(file: SuspectFile): boolean {
  const failed = new Set(file.evidence.filter(({ item }) => item === 'N3').map(({ session }) => session));
  const sessions = new Map(file.sessions.map((session) => [session.session, session]));
  const listed = file.evidence.filter(({ item, peer }) => LISTED.test(item) && peer !== null);
  return (
    listed.length > 0 &&
    listed.every(({ session, bothDirections }) => {
      if (bothDirections || session === null) return false;
      if (failed.has(null) || failed.has(session)) return true;
      const seen = sessions.get(session);
      return (
        seen !== undefined &&
        !seen.bothDirections &&
        seen.bytesToClient === 0 &&
        (seen.bytesToServer ?? 0) > 0
      );
    })
  );
}

/** `pool.example.com` → `example.com`; a label such as `com` or `co` before a country is not a name of its own. */
export function registrableDomain(host: string): string {
  const labels = host.toLowerCase().split('.');
  const isSecondLevel = labels.length > 2 && /^(?:com|co|net|org|gov|edu|ac)$/.test(labels.at(-2) ?? '');
  return labels.slice(isSecondLevel ? -3 : -2).join('.');
}
