import type { Evidence } from './evidence.js';
import type { Endpoint, OrientedBy } from './flow.js';
import type { CoinBasis, CoinHint, RoleCounts, ShareSum } from './observation.js';
import type { UnitRef } from './unit.js';

export type Level = 'confirmed' | 'probable' | 'suspected' | 'cleared';
/** Strongest first; "flagged" are the first two. */
export const LEVELS = ['confirmed', 'probable', 'suspected', 'cleared'] as const satisfies readonly Level[];

/** One conversation of a suspect with a peer, as kept in the store. Everything fuse() needs and a person asks for. */
export interface SuspectSession {
  readonly session: string;
  readonly suspect: string;
  readonly suspectPort: number;
  readonly peer: Endpoint;
  readonly host: string | null;
  readonly orientedBy: OrientedBy;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Null for a session that was only seen as a flow or as TLS. */
  readonly dialect: string | null;
  readonly wrappers: readonly string[];
  readonly tls: boolean;
  readonly bothDirections: boolean;
  readonly roles: RoleCounts;
  readonly logins: readonly string[];
  readonly workers: readonly string[];
  readonly agents: readonly string[];
  readonly options: readonly string[];
  readonly algorithms: readonly string[];
  readonly coins: readonly CoinHint[];
  readonly shares: readonly ShareSum[];
  readonly reportedHps: number | null;
  /** Null where the input does not count them. */
  readonly bytesToServer: number | null;
  readonly bytesToClient: number | null;
  /** One packet in this many was counted by the exporter of the flow records; absent: every packet. */
  readonly samplingInterval?: number;
}

/** What a rule file knows of a pool endpoint. */
export interface PoolEndpoint {
  readonly address: string | null;
  readonly port: number | null;
  readonly host: string | null;
  readonly operator: string | null;
  /** ISO 3166-1 alpha-2, or null where not known. Regions such as EU or ASIA are not countries. */
  readonly country: string | null;
  readonly coins: readonly string[];
}

/** Everything known of one address: the input of fuse(). */
export interface SuspectFile {
  readonly ip: string;
  readonly sessions: readonly SuspectSession[];
  readonly evidence: readonly Evidence[];
}

/** A sentence that explains the verdict: a cap that held it down, a guard, an open question. */
export interface Reason {
  /** Stable, kebab-case: `prober`, `dns-only`, `one-direction` … Translated by the message catalogue. */
  readonly code: string;
  readonly text: string;
}

export interface VerdictCoin {
  readonly ticker: string;
  readonly basis: CoinBasis;
  readonly confidence: number;
}

export interface VerdictPool {
  readonly address: string;
  readonly port: number;
  readonly host: string | null;
  readonly operator: string | null;
  readonly country: string | null;
  readonly tls: boolean;
}

export interface Estimate {
  readonly low: number;
  readonly high: number;
  readonly basis: string;
}

/** What is concluded of one address over one period. Printed by formatVerdict() as `rigwatch.verdict/1`. */
export interface Verdict {
  readonly ip: string;
  readonly level: Level;
  /** Posterior probability, 0 to 1. */
  readonly score: number;
  /** The sum that gave the score: prior and each group, in bans. */
  readonly arithmetic: readonly { readonly part: string; readonly bans: number }[];
  readonly firstUs: number;
  readonly lastUs: number;
  readonly activeSeconds: number;
  readonly coins: readonly VerdictCoin[];
  readonly algorithms: readonly string[];
  readonly dialects: readonly string[];
  readonly pools: readonly VerdictPool[];
  readonly agents: readonly string[];
  readonly wallets: readonly string[];
  readonly workers: readonly string[];
  readonly sessions: number;
  readonly miners: Estimate | null;
  readonly reasons: readonly Reason[];
  readonly evidence: readonly Evidence[];
  /** Owner of the address at the time of the last evidence; null: not known; absent: no register was asked. */
  readonly unit?: UnitRef | null;
}
