import type { Title } from './language.js';

/** Facts from the tables (CSV) beside the rules: programs, pools, wallets, coins, malware. */

export type Device = 'asic' | 'gpu' | 'cpu' | 'proxy' | 'browser';

/** A program, and how the texts by which it names itself are recognised. */
export interface AgentFact {
  readonly program: string;
  /** Null where the program runs on several kinds. */
  readonly device: Device | null;
  /** Lower case; an agent that contains one of them, letter case apart, is this program. */
  readonly tokens: readonly string[];
  readonly examples: { readonly positive: readonly string[]; readonly negative: readonly string[] };
  readonly file: string;
  readonly line: number;
}

export const POOL_KINDS = ['fqdn', 'domain-suffix', 'ip'] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

export const POOL_ROLES = [
  'pool',
  'solo',
  'hashrate-market',
  'proxy',
  'p2pool',
  'malware-c2-pool',
  'web-miner',
  'dashboard-only',
  'exchange',
  'management',
] as const;
export type PoolRole = (typeof POOL_ROLES)[number];

export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** One row of a pool list. Times are epoch microseconds of the lists that named it; null where undated. */
export interface PoolRow {
  readonly host: string;
  readonly kind: PoolKind;
  readonly ports: readonly number[];
  readonly tlsPorts: readonly number[];
  readonly operator: string | null;
  readonly coins: readonly string[];
  readonly region: string | null;
  readonly country: string | null;
  readonly role: PoolRole;
  readonly confidence: Confidence;
  /** Names of the lists, for provenance. */
  readonly source: string;
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  readonly file: string;
  readonly line: number;
}

export const CHECKSUMS = [
  'none',
  'base58check',
  'base58-other',
  'bech32',
  'bech32m',
  'cashaddr',
  'cryptonote',
  'eip55',
  'crc16',
  'mod97',
  'blake2b',
] as const;
export type Checksum = (typeof CHECKSUMS)[number];

/** How the addresses of a coin are written. */
export interface WalletFormat {
  /** Upper-case ticker. */
  readonly coin: string;
  readonly format: string;
  readonly prefix: string;
  /** RegExp source, anchored at both ends, cheap on any input (detect/rules/syntax/pattern.ts). */
  readonly pattern: string;
  readonly checksum: Checksum;
  readonly minLength: number;
  readonly maxLength: number;
  readonly file: string;
  readonly line: number;
}

/** An indicator that published reports tie to malware that mines. */
export interface MalwareFact {
  /** A wallet as written, `address:port`, or a host name in lower case. */
  readonly indicator: string;
  readonly type: 'wallet' | 'endpoint' | 'name';
  readonly family: string;
  /** Who published it. */
  readonly source: string;
  readonly file: string;
  readonly line: number;
}

/** Read when first asked; throws RuleError then where a file has faults. */
export interface MalwareBook {
  /** Reads all that was not read yet; how many there are. */
  readAll(): number;
  of(indicator: string): MalwareFact | null;
}

export interface CoinFact {
  readonly ticker: string;
  readonly name: Title;
  readonly algorithms: readonly string[];
  /** What it is mined with in practice; empty where not known. */
  readonly hardware: readonly Device[];
}

/**
 * What contact with a listed name or address means. `stratum`: mining happens there. `domain`: an operator's domain,
 * this host of it unknown. `site`: a web site, exchange or rig management; a visit is not mining.
 */
export type PoolUse = 'stratum' | 'domain' | 'web-miner' | 'site';

/** Who lives at a name or address, by the lists. */
export interface PoolBook {
  readonly rows: readonly PoolRow[];
  /** Longest match first; an exact name beats a suffix of the same length. `name`: lower case, no trailing dot. */
  ofName(name: string): PoolRow | null;
  /** `ip`: canonical text. */
  ofIp(ip: string): PoolRow | null;
  /** `name`: the name that led to the row; null where an address did. */
  useOf(row: PoolRow, name: string | null): PoolUse;
}
