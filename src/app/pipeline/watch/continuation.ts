import { type Endpoint, type FlowRecord, sessionKey, type Traffic } from '../../../model/flow.js';
import type { Observation, RoleCounts, StratumObservation } from '../../../model/observation.js';
import type { SuspectSession } from '../../../model/verdict.js';

/** A gap that ends a conversation of flow records (flows/record-table.ts) ends it over a restart, too. */
export const CONTINUES_WITHIN_US = 30.5 * 60e6;
/** Sessions of before a restart that are remembered. */
export const MAX_CONTINUED = 65_536;
/** Clocks and first packets differ a little between what tells of one connection. */
const SAME_START_US = 5e6;
const SYN = 2;

interface Earlier {
  readonly session: string;
  readonly startUs: number;
  readonly lastUs: number;
  readonly roles: RoleCounts;
}

/**
 * Conversations that were open when the process ended: what comes of them afterwards gets the old name, so that their parts
 * add up. A connection that is seen to begin is a new one.
 */
export class Continuation {
  readonly #earlier = new Map<string, Earlier>();

  /** Newest first; of two with the same ends the newest stands. */
  constructor(sessions: Iterable<SuspectSession>) {
    for (const { session, firstUs, lastUs, roles } of sessions) {
      const named = parseKey(session);
      if (named === null || this.#earlier.has(named.ends)) continue;
      const isExact = Math.floor(firstUs / 1e6) === named.startSeconds;
      this.#earlier.set(named.ends, {
        session,
        startUs: isExact ? firstUs : named.startSeconds * 1e6,
        lastUs,
        roles,
      });
    }
  }

  rename(observation: Observation): Observation {
    if (this.#earlier.size === 0) return observation;
    switch (observation.kind) {
      case 'flow':
        return this.#renameFlow(observation);
      case 'stratum':
        return this.#renameStratum(observation);
      case 'http':
      case 'node': {
        const earlier = this.#continued(observation, startOf(observation.session), false);
        return earlier === null ? observation : { ...observation, session: earlier.session };
      }
      default:
        return observation;
    }
  }

  #renameFlow(seen: FlowRecord): FlowRecord {
    const begins = seen.tcpFlags !== null && (seen.tcpFlags & SYN) !== 0;
    const earlier = this.#continued(seen, seen.startUs, begins);
    if (earlier !== null) return { ...seen, startUs: earlier.startUs, told: seen.told ?? NOTHING };
    const other = reverse(seen);
    const reversed = this.#continued(other, seen.startUs, begins);
    return reversed === null ? seen : { ...other, startUs: reversed.startUs, told: other.told ?? NOTHING };
  }

  #renameStratum(seen: StratumObservation): StratumObservation {
    const begins = seen.orientedBy === 'handshake';
    const earlier = this.#continued(seen, startOf(seen.session), begins);
    if (earlier === null) return seen;
    const rolesSoFar = add(earlier.roles, seen.rolesSoFar);
    return { ...seen, session: earlier.session, part: seen.part + 1, rolesSoFar };
  }

  #continued(
    { client, server }: { readonly client: Endpoint; readonly server: Endpoint },
    startUs: number,
    begins: boolean,
  ): Earlier | null {
    const earlier = this.#earlier.get(endsOf(client, server));
    if (earlier === undefined) return null;
    if (begins) return Math.abs(startUs - earlier.startUs) <= SAME_START_US ? earlier : null;
    const isNear =
      startUs >= earlier.startUs - SAME_START_US && startUs - earlier.lastUs <= CONTINUES_WITHIN_US;
    return isNear ? earlier : null;
  }
}

const NOTHING = { toServer: 0, toClient: 0 };
const NO_TRAFFIC: Traffic = { packets: 0, bytes: 0, payloadPackets: 0 };

function reverse(seen: FlowRecord): FlowRecord {
  const { told } = seen;
  return {
    ...seen,
    client: seen.server,
    server: seen.client,
    toServer: seen.toClient ?? NO_TRAFFIC,
    toClient: seen.toServer,
    ...(told === undefined ? {} : { told: { toServer: told.toClient, toClient: told.toServer } }),
  };
}

function add(a: RoleCounts, b: RoleCounts): RoleCounts {
  const sum: Record<string, number> = { ...a };
  for (const [role, count] of Object.entries(b)) sum[role] = (sum[role] ?? 0) + count;
  return sum as unknown as RoleCounts;
}

function endsOf(client: Endpoint, server: Endpoint): string {
  const key = sessionKey(client, server, 0);
  return key.slice(0, key.lastIndexOf('|'));
}

function startOf(session: string): number {
  return (parseKey(session)?.startSeconds ?? 0) * 1e6;
}

function parseKey(session: string): { readonly ends: string; readonly startSeconds: number } | null {
  const bar = session.lastIndexOf('|');
  const startSeconds = Number(session.slice(bar + 1));
  return bar > 0 && Number.isFinite(startSeconds) ? { ends: session.slice(0, bar), startSeconds } : null;
}
