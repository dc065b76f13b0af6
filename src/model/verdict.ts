import type { Evidence } from './evidence.js';
import type { Endpoint, OrientedBy } from './flow.js';
import type { Machines } from './machines.js';
import type { Nature } from './nature.js';
import type { CoinBasis, CoinHint, JobClues, RoleCounts, ShareSum } from './observation.js';
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
  /** What its jobs say of their chain, where they are of Bitcoin's form. */
  readonly clues?: JobClues;
  /** What the session tells of the machines behind the address; absent: nothing. */
  readonly machines?: Machines;
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
  /** How the operator is known; absent: by the endpoint. */
  readonly operatorBasis?: 'coinbase-text';
  /** Whom the jobs pay the block reward to; absent where not known. */
  readonly rewardAddress?: string;
}

export interface Estimate {
  readonly low: number;
  readonly high: number;
  readonly basis: string;
}

export type RateUnit = 'H/s' | 'Sol/s' | 'graph/s';

/** Work per second of one algorithm, from shares; `low` to `high` holds the true value in 95 of 100 cases. */
export interface HashRate extends Estimate {
  readonly value: number;
  readonly unit: RateUnit;
  readonly algorithm: string;
  /** Shares that it rests on. */
  readonly shares: number;
  /** Time that they were found in. */
  readonly seconds: number;
}

/** A rate that the miner states of itself: nobody checks it. */
export interface ReportedRate {
  readonly value: number;
  readonly unit: RateUnit;
  readonly algorithm: string | null;
}

/** A conversion factor of rules/factors.csv, as used. */
export interface UsedFactor {
  readonly name: string;
  /** Kilograms per kilowatt-hour. */
  readonly value: number;
  readonly source: string;
}

/** Energy over the active time, kilowatt-hours. */
export interface Energy extends Estimate {
  readonly kwh: number;
  /** The same running all day. */
  readonly kwhPerDay: number;
  /** Kilograms of carbon dioxide and of standard coal for `kwh`; null where no factor is given. */
  readonly co2: { readonly kg: number; readonly factor: UsedFactor } | null;
  readonly coal: { readonly kg: number; readonly factor: UsedFactor } | null;
}

/** When it was at work, UTC. */
export interface Activity {
  /** At most MAX_ACTIVE_DAYS, the latest. Bit h of `hours` stands for the hour from h:00. */
  readonly days: readonly { readonly day: string; readonly hours: number }[];
  readonly daysActive: number;
  readonly longestSeconds: number;
  /** Active hours of the hours from the first to the last. */
  readonly continuity: number;
  /** Runs that are more than half an hour apart. */
  readonly runs: number;
  /** Longest break between two runs; 0 with one run; absent in verdicts of earlier versions. */
  readonly longestIdleSeconds?: number;
}

/** Coins that the measured work finds on average in the time it was seen, before fees. */
export interface Earnings extends Estimate {
  readonly ticker: string;
  readonly coins: number;
  /** Day and source of the network's numbers. */
  readonly date: string;
  readonly source: string;
}

/** Money that goes out in another coin than the one mined. */
export interface Payout {
  readonly ticker: string;
  readonly basis: 'wallet' | 'login' | 'option';
}

/** What an agent text says of program and machine: as the client states it. */
export interface ProgramFact {
  readonly agent: string;
  readonly program: string | null;
  readonly version: string | null;
  readonly device: string | null;
  readonly model: string | null;
}

/** What is reckoned from the sessions of a verdict. */
export interface Estimates {
  /** Of the algorithm with the most shares; null: no accepted share of known difficulty. */
  readonly hashrate: HashRate | null;
  /** One an algorithm: rates of different algorithms are never added. */
  readonly hashrates: readonly HashRate[];
  readonly reported: readonly ReportedRate[];
  readonly energy: Energy | null;
  readonly activity: Activity | null;
  readonly earnings: readonly Earnings[];
  readonly payouts: readonly Payout[];
  readonly programs: readonly ProgramFact[];
  /** Private addresses that the work went to: a farm's proxy or pool, whose own upstream counts the same work. */
  readonly relays: readonly string[];
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
  /** Signs of who runs it and why; absent or null where it was judged by a version that did not look. */
  readonly nature?: Nature | null;
  readonly reasons: readonly Reason[];
  readonly evidence: readonly Evidence[];
  readonly estimates?: Estimates;
  /** Owner of the address at the time of the last evidence; null: not known; absent: no register was asked. */
  readonly unit?: UnitRef | null;
}
