import type { Endpoint } from '../../model/flow.js';
import type { PoolEndpoint, SuspectFile } from '../../model/verdict.js';
import {
  findPoolServers,
  indexLearned,
  type LearnedIndex,
  type LearnedServer,
  learnServers,
} from './learned.js';

/** 4,699 mining addresses among 30 million (detection.md §3.1). */
export const DEFAULT_PRIOR = 1.5e-4;

export interface PoolQuery {
  readonly ip: string | null;
  readonly port: number | null;
  readonly host: string | null;
}

/** How the addresses of a coin are written, as rule files say it. */
export interface WalletFormat {
  readonly coin: string;
  readonly format: string;
  /** RegExp source, anchored. */
  readonly pattern: string;
  /** In words: `base58check`, `bech32`, `bech32m`, `cashaddr` …; anything else is not verified. */
  readonly checksum: string;
}

/** A person's act, or an entry in the registry of declared research. */
export interface Clearance {
  readonly atUs: number;
  /** Null: without an end. */
  readonly untilUs: number | null;
  readonly reason: string;
}

/** When handshakes count as probing (N1). */
export interface ProberThresholds {
  readonly endpoints: number;
  readonly windowUs: number;
  readonly medianSessionUs: number;
  readonly bans: number;
}

/** Everything that fuse() knows besides the file of the suspect. */
export interface FuseContext {
  readonly priorProbability: number;
  /** Most that a group may add, in bans. Groups P and E have no cap but the discount. */
  readonly caps: { readonly T: number; readonly B: number; readonly C: number };
  readonly prober: ProberThresholds;
  readonly poolOf: (query: PoolQuery) => PoolEndpoint | null;
  readonly wallets: readonly WalletFormat[];
  readonly learned: LearnedIndex;
  /** Addresses that were themselves the server of a decisive session. */
  readonly poolServers: ReadonlySet<string>;
  /** Many unrelated names live at this address (a CDN, a shared host). */
  readonly isShared: (ip: string) => boolean;
  /** Distinct monitored clients seen at a server with behaviour evidence. */
  readonly clientsAt: (peer: Endpoint) => number;
  readonly cleared: (ip: string) => Clearance | null;
}

export const DEFAULT_CONTEXT: FuseContext = {
  priorProbability: DEFAULT_PRIOR,
  caps: { T: 1.5, B: 2.5, C: 6 },
  prober: { endpoints: 10, windowUs: 3_600_000_000, medianSessionUs: 60_000_000, bans: -6 },
  poolOf: () => null,
  wallets: [],
  learned: new Map(),
  poolServers: new Set(),
  isShared: () => false,
  clientsAt: () => 0,
  cleared: () => null,
};

/** What earlier runs learnt: plain data, as the store keeps it. */
export interface Knowledge {
  readonly learned: readonly LearnedServer[];
  readonly poolServers: readonly string[];
}

/** What the decisive sessions of `files` teach, added to what was known. The store keeps the answer. */
export function learnFrom(
  files: readonly SuspectFile[],
  known: Knowledge = { learned: [], poolServers: [] },
): Knowledge {
  const poolServers = findPoolServers(files);
  for (const ip of known.poolServers) poolServers.add(ip);
  return {
    learned: learnServers(files, poolServers, known.learned),
    poolServers: [...poolServers].sort(),
  };
}

/** A context for fuse(): knowledge (see learnFrom), and whatever else differs from the defaults. */
export function createContext(
  knowledge: Knowledge,
  options: Partial<Omit<FuseContext, 'learned' | 'poolServers'>> = {},
): FuseContext {
  return {
    ...DEFAULT_CONTEXT,
    ...options,
    learned: indexLearned(knowledge.learned),
    poolServers: new Set(knowledge.poolServers),
  };
}
