import type { CoinBasis } from './observation.js';
import type { UnitRef } from './unit.js';
import type { Level } from './verdict.js';

/** One fact of a verdict object. Times are UTC ISO 8601; `peer` is `address:port`. */
export interface EvidenceObject {
  readonly rule: string;
  readonly strength: string;
  readonly peer: string | null;
  readonly count: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly excerpt: string;
}

/** What the outside sees of a verdict: `rigwatch.verdict/1` (docs/outputs.md), in the order of its keys. */
export interface VerdictObject {
  readonly schema: 'rigwatch.verdict/1';
  readonly ip: string;
  readonly level: Level;
  readonly score: number;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly active_seconds: number;
  readonly coins: readonly {
    readonly ticker: string;
    readonly basis: CoinBasis;
    readonly confidence: number;
  }[];
  readonly algorithms: readonly string[];
  readonly dialects: readonly string[];
  readonly pools: readonly {
    readonly address: string;
    readonly port: number;
    readonly host: string | null;
    readonly operator: string | null;
    readonly country: string | null;
    readonly tls: boolean;
    /** How the operator is known: by the lists, or by the signature in the jobs' coinbases. */
    readonly operator_basis: 'endpoint' | 'coinbase-text' | null;
    /** Whom its jobs pay the block reward to. */
    readonly reward_address: string | null;
  }[];
  readonly agents: readonly string[];
  readonly wallets: readonly string[];
  readonly workers: readonly string[];
  readonly sessions: number;
  readonly miners: { readonly low: number; readonly high: number; readonly basis: string } | null;
  readonly hashrate: RateObject | null;
  readonly energy: EnergyObject | null;
  /** Indications, each with what would refute it; null where the verdict is of an older version. */
  readonly nature: {
    readonly active: readonly string[];
    readonly passive: readonly string[];
    readonly research: readonly string[];
  } | null;
  readonly unit: UnitRef | null;
  readonly evidence: readonly EvidenceObject[];
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
  /** Bans (log10 of likelihood ratios) that add up to the score. */
  readonly arithmetic: readonly { readonly part: string; readonly bans: number }[];
  /** Facts that speak against mining. */
  readonly against: readonly EvidenceObject[];
  /** All facts that the verdict rests on; a stored verdict quotes the heaviest of them. */
  readonly evidence_count: number;
  /** One an algorithm; the first is `hashrate`. */
  readonly hashrates: readonly RateObject[];
  /** What miners state of themselves. */
  readonly reported_hashrates: readonly {
    readonly value: number;
    readonly unit: string;
    readonly algorithm: string | null;
  }[];
  readonly activity: ActivityObject | null;
  readonly earnings: readonly {
    readonly ticker: string;
    readonly coins: number;
    readonly low: number;
    readonly high: number;
    readonly basis: string;
    readonly date: string;
    readonly source: string;
  }[];
  readonly payouts: readonly { readonly ticker: string; readonly basis: string }[];
  readonly programs: readonly {
    readonly agent: string;
    readonly program: string | null;
    readonly version: string | null;
    readonly device: string | null;
    readonly model: string | null;
  }[];
  /** Private addresses that the work went to: their own upstream counts the same work again. */
  readonly relays: readonly string[];
}

export interface RateObject {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  readonly algorithm: string;
  readonly basis: string;
  readonly shares: number;
  readonly seconds: number;
}

export interface EnergyObject {
  readonly kwh: number;
  readonly low: number;
  readonly high: number;
  readonly basis: string;
  readonly kwh_per_day: number;
  readonly co2_kg: number | null;
  readonly co2_factor: FactorObject | null;
  readonly coal_kg: number | null;
  readonly coal_factor: FactorObject | null;
}

/** False: of the usual draw of a kind of machine, or of a published mean; nothing of this address was measured. */
export function isMeasured({ basis }: Pick<EnergyObject, 'basis'>): boolean {
  return !basis.startsWith('not measured');
}

export interface FactorObject {
  readonly name: string;
  readonly kg_per_kwh: number;
  readonly source: string;
}

export interface ActivityObject {
  /** `hours` has 24 characters, 1 for an hour with activity. */
  readonly days: readonly { readonly day: string; readonly hours: string }[];
  readonly days_active: number;
  readonly longest_seconds: number;
  readonly longest_idle_seconds: number | null;
  readonly continuity: number;
  readonly runs: number;
}

/** A verdict that is told because it is new or higher than what was told of the address before. */
export interface NoticeObject extends VerdictObject {
  readonly notice: {
    readonly change: 'new' | 'raised';
    /** The level told before; null where it is new. */
    readonly before: Level | null;
    /** UTC ISO 8601, when it was found. */
    readonly at: string;
  };
}
