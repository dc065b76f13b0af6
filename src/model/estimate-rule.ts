import type { RateUnit } from './verdict.js';

/** What the rule files say that estimates are reckoned with; every number is dated or sourced where it stands. */

/** What one share of difficulty 1 takes. */
export interface AlgorithmFact {
  readonly algorithm: string;
  /** Other spellings, lower case; one that ends in `*` stands for all that begin so. */
  readonly aliases: readonly string[];
  readonly unit: RateUnit;
  /** Null where pools of this algorithm state targets, not difficulties. */
  readonly hashesPerDifficulty: number | null;
}

/** What a class of machines draws. */
export interface EfficiencyFact {
  /** `asic`, `gpu`, `cpu`, `browser`; `any` stands for a machine of which nothing is known. */
  readonly device: string;
  /** Null: for any algorithm, by the machine. */
  readonly algorithm: string | null;
  /** Joules per hash (solution), best and worst machines in use; null where stated by the machine. */
  readonly joules: { readonly low: number; readonly high: number } | null;
  /** Hashes per second of the slowest machine of the class: what is slower is of another; null: not told. */
  readonly rateLow: number | null;
  /** Watts of one machine, on top of what it would draw anyway; null where stated by the hash. */
  readonly watts: { readonly low: number; readonly typical: number; readonly high: number } | null;
  readonly source: string;
}

/** A coin's network on one day. */
export interface NetworkFact {
  readonly ticker: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly timeUs: number;
  /** Hashes per second; null where not known. */
  readonly hashrate: number | null;
  /** Coins per block. */
  readonly reward: number | null;
  readonly blockSeconds: number | null;
  readonly source: string;
}

/** How a coin's height grows: a height and a time together name the chain. */
export interface ChainFact {
  readonly ticker: string;
  readonly algorithm: string;
  /** First block, seconds since 1970. */
  readonly genesis: number;
  /** Mean time between blocks since then, slowest and fastest of any year in use, seconds. */
  readonly secondsLow: number;
  readonly secondsHigh: number;
  /** Difficulties that the chain had in that time; null: not told. */
  readonly difficultyLow: number | null;
  readonly difficultyHigh: number | null;
  readonly source: string;
}

/** From kilowatt-hours to carbon dioxide or standard coal. */
export interface FactorFact {
  readonly name: string;
  readonly kind: 'co2' | 'coal';
  /** Kilograms per kilowatt-hour. */
  readonly kgPerKwh: number;
  readonly isDefault: boolean;
  readonly title: Readonly<Record<'en' | 'zh-CN', string>>;
  readonly source: string;
}

/** A text by which a pool signs its coinbases. */
export interface CoinbaseTextFact {
  readonly text: string;
  readonly operator: string;
}

export interface EstimateRules {
  readonly algorithms: readonly AlgorithmFact[];
  readonly efficiencies: readonly EfficiencyFact[];
  readonly networks: readonly NetworkFact[];
  readonly chains: readonly ChainFact[];
  readonly factors: readonly FactorFact[];
  readonly coinbaseTexts: readonly CoinbaseTextFact[];
}

export const NO_ESTIMATE_RULES: EstimateRules = {
  algorithms: [],
  efficiencies: [],
  networks: [],
  chains: [],
  factors: [],
  coinbaseTexts: [],
};
