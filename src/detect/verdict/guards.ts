import type { Evidence } from '../../model/evidence.js';
import type { SuspectFile, SuspectSession } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { findProber, type ProberFinding } from './prober.js';
import { isDecisive } from './strength.js';

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
    prober: findProber(file.sessions, context),
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
