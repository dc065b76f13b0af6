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
  }[];
  readonly agents: readonly string[];
  readonly wallets: readonly string[];
  readonly workers: readonly string[];
  readonly sessions: number;
  readonly miners: { readonly low: number; readonly high: number; readonly basis: string } | null;
  /** Not reckoned in this version. */
  readonly hashrate: null;
  readonly energy: null;
  readonly nature: null;
  readonly unit: UnitRef | null;
  readonly evidence: readonly EvidenceObject[];
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
  /** Bans (log10 of likelihood ratios) that add up to the score. */
  readonly arithmetic: readonly { readonly part: string; readonly bans: number }[];
  /** Facts that speak against mining. */
  readonly against: readonly EvidenceObject[];
  /** All facts that the verdict rests on; a stored verdict quotes the heaviest of them. */
  readonly evidence_count: number;
}
