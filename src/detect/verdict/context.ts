import { type EstimateRules, NO_ESTIMATE_RULES } from '../../model/estimate-rule.js';
import type { Endpoint } from '../../model/flow.js';
import type { Guards } from '../../model/rule.js';
import type { AgentFact, CoinFact, MalwareFact, WalletFormat } from '../../model/rule-table.js';
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

/** A person's act, or an entry in the registry of declared research. */
export interface Clearance {
  readonly atUs: number;
  /** Null: without an end. */
  readonly untilUs: number | null;
  readonly reason: string;
  /** Declared research: what the wire shows within its time is what was declared, and does not reopen it. */
  readonly isDeclared?: true;
}

/** Everything that fuse() knows besides the file of the suspect. */
export interface FuseContext {
  readonly priorProbability: number;
  /** Most that a group may add, in bans. Groups P and E have no cap but the discount. */
  readonly caps: { readonly T: number; readonly B: number; readonly C: number };
  /** Numbers of N1: RuleSet.guards. */
  readonly guards: Pick<Guards, 'prober'>;
  /** What the lists know of an endpoint: RuleSet.poolOf. */
  readonly poolOf: (query: {
    readonly ip: string;
    readonly port: number;
    readonly host?: string;
  }) => PoolEndpoint | null;
  /** By ticker: RuleSet.coins. */
  readonly coins: ReadonlyMap<string, CoinFact>;
  readonly wallets: readonly WalletFormat[];
  /** RuleSet.estimates. */
  readonly estimates: EstimateRules;
  /** The program that an agent text names: RuleSet.programOf. */
  readonly programOf: (agent: string) => AgentFact | null;
  /** What published reports say of a wallet, an endpoint or a name: RuleSet.malware. */
  readonly malwareOf: (indicator: string) => MalwareFact | null;
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
  guards: {
    prober: {
      weight: -6,
      minEndpoints: 10,
      windowSeconds: 3600,
      medianSeconds: 60,
      minChecks: 10,
      watchSeconds: 1800,
    },
  },
  poolOf: () => null,
  coins: new Map(),
  wallets: [],
  estimates: NO_ESTIMATE_RULES,
  programOf: () => null,
  malwareOf: () => null,
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
