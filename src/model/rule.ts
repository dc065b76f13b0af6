import type { EstimateRules } from './estimate-rule.js';
import type { Strength } from './evidence.js';
import type { PatternFeature, PatternFeatures } from './flow-pattern.js';
import type { Title } from './language.js';
import type { RoleCounts } from './observation.js';
import type { PushFeature, PushFeatures } from './pushes.js';
import type {
  AgentFact,
  CoinFact,
  Confidence,
  MalwareBook,
  PoolBook,
  PoolKind,
  PoolRole,
  WalletFormat,
} from './rule-table.js';
import type { PoolEndpoint } from './verdict.js';

/** One rule file as text; `path` is what faults name. */
export interface RuleText {
  readonly path: string;
  readonly text: string;
  /** What `text` says, read beforehand (prereadYaml); spares the start the YAML parser. */
  readonly preread?: unknown;
}

export interface RuleMeta {
  /** Stable, dotted, kebab-case: `endpoint.sni`. A `*` stands for the dialect: `stratum.*.login`. */
  readonly id: string;
  readonly title: Title;
  /** Where the knowledge or the number comes from. */
  readonly references: readonly string[];
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** `file:line` of the rule of the same id that this one replaced. */
  readonly overrides: string | null;
}

/** A rule that turns a fact into evidence. `weight` in bans (log10 of the likelihood ratio). */
export interface WeighingRule extends RuleMeta {
  /** Row of the evidence table of docs/verdicts.md. */
  readonly item: string;
  readonly weight: number;
  readonly strength: Strength;
}

export type Role = keyof RoleCounts;

export interface StratumMatch {
  /** Least counts, all of them. */
  readonly all: Partial<RoleCounts>;
  /** Of each group, at least one role was seen. */
  readonly any: readonly (readonly Role[])[];
  /** The counts of these roles together. */
  readonly total: { readonly of: readonly Role[]; readonly min: number } | null;
  /** Accepted shares whose work was recomputed, at least. */
  readonly proved: number;
  /** Null: does not matter. */
  readonly bothDirections: boolean | null;
  /** At least one of these wrappers; empty: does not matter. */
  readonly wrappers: readonly string[];
  /** At least one agent contains one of these, letter case apart; empty: does not matter. */
  readonly agents: readonly string[];
}

/** What a session of a pool protocol must have shown (group P). */
export interface StratumRule extends WeighingRule {
  readonly kind: 'stratum';
  /** Names of dialects; `*` is every one that `exceptDialects` does not name. */
  readonly dialects: readonly string[];
  readonly exceptDialects: readonly string[];
  readonly match: StratumMatch;
  /** Items that need not be told of a session of which this rule tells. */
  readonly supersedes: readonly string[];
  /** The content was not read; the shape was. */
  readonly encrypted: boolean;
  readonly examples: {
    readonly positive: readonly StratumExample[];
    readonly negative: readonly StratumExample[];
  };
}

/** The least that a stratum rule looks at. */
export interface StratumExample {
  readonly name: string;
  readonly line: number;
  readonly dialect: string;
  readonly roles: Partial<RoleCounts>;
  /** Accepted shares of this part of the session whose work was recomputed. */
  readonly proved: number;
  readonly bothDirections: boolean;
  readonly wrappers: readonly string[];
  readonly agents: readonly string[];
}

/** How a pool endpoint came to be known; each has its rule. */
export type EndpointBasis =
  | 'sni'
  | 'certificate'
  | 'http-host'
  | 'named'
  | 'dns-lookup'
  | 'dns-flow'
  | 'dns-flow-shared'
  | 'ip-port'
  | 'ip'
  | 'web-miner';

/** What contact with a known pool endpoint weighs (group E). */
export interface EndpointRule extends WeighingRule {
  readonly kind: 'endpoint';
  readonly basis: EndpointBasis;
  /** Weight where only the operator's domain is known, not the very host. */
  readonly domainWeight: number;
  /** The weight halves with every so many days between the list and the traffic; null: never. */
  readonly halfLifeDays: number | null;
  readonly examples: {
    readonly positive: readonly EndpointExample[];
    readonly negative: readonly EndpointExample[];
  };
}

/** A contact with an endpoint; `pool` is the row that the list is taken to hold. */
export interface EndpointExample {
  readonly name: string;
  readonly line: number;
  readonly pool: {
    readonly host: string;
    readonly kind: PoolKind;
    readonly role: PoolRole;
    readonly ports: readonly number[];
  };
  /** Name looked up, or named by the client; null in a contact by address. */
  readonly host: string | null;
  readonly port: number;
}

/** What a TLS client weighs (group T): weak, and only told of sessions with a known or suspected pool. */
export interface TlsRule extends WeighingRule {
  readonly kind: 'tls';
  readonly match: {
    readonly serverName: 'absent' | null;
    readonly alpn: 'absent' | null;
    readonly ja3: readonly string[];
    readonly ja4: readonly string[];
  };
  readonly examples: { readonly positive: readonly TlsExample[]; readonly negative: readonly TlsExample[] };
}

export interface TlsExample {
  readonly name: string;
  readonly line: number;
  readonly serverName: string | null;
  readonly alpn: readonly string[];
  readonly ja3: string | null;
  readonly ja4: string | null;
}

/** Largest value of a feature that a rule may name: above it nothing is. */
export const UNBOUNDED = 1e9;

/** Bans for a feature of flow records in a range, both ends included. */
export interface PatternPoint {
  readonly feature: PatternFeature;
  readonly min: number;
  readonly max: number;
  readonly bans: number;
}

/**
 * What the flow records of a client with a server weigh (group B): the sum of points, of each feature the first whose
 * range holds, at most `weight`; told from `least` on. Always weak.
 */
export interface FlowPatternRule extends WeighingRule {
  readonly kind: 'flow-pattern';
  readonly minRecords: number;
  readonly minMinutes: number;
  readonly least: number;
  readonly points: readonly PatternPoint[];
  readonly examples: {
    readonly positive: readonly PatternExample[];
    readonly negative: readonly PatternExample[];
  };
}

export interface PatternExample {
  readonly name: string;
  readonly line: number;
  readonly features: PatternFeatures;
}

/** A feature of pushes in a range, both ends included. */
export interface PushRange {
  readonly feature: PushFeature;
  readonly min: number;
  readonly max: number;
}

/** What a server that speaks unasked weighs (group B), where all ranges hold. */
export interface PushRule extends WeighingRule {
  readonly kind: 'pushes';
  readonly ranges: readonly PushRange[];
  readonly examples: { readonly positive: readonly PushExample[]; readonly negative: readonly PushExample[] };
}

export interface PushExample {
  readonly name: string;
  readonly line: number;
  readonly features: PushFeatures;
}

/** A guard: a threshold or factor that holds evidence down. */
export interface GuardRule extends RuleMeta {
  readonly kind: 'guard';
  readonly item: string | null;
}

export type Rule = StratumRule | EndpointRule | TlsRule | FlowPatternRule | PushRule | GuardRule;

/** Numbers of the guards, from guards.yaml. Weights in bans, times in seconds or days as named. */
export interface Guards {
  /** N1: one client greets pools without a share: many of them, briefly or for long, or briefly again and again. */
  readonly prober: {
    readonly weight: number;
    readonly minEndpoints: number;
    readonly windowSeconds: number;
    /** The median of the session lengths is below this. */
    readonly medianSeconds: number;
    /** So many handshakes, each shorter than that, are a monitor's, whatever the number of pools. */
    readonly minChecks: number;
    /** As many pools as `minEndpoints`, each greeted for at least this long, are watched. */
    readonly watchSeconds: number;
  };
  /** N2: the address answers other people's DNS questions. */
  readonly resolver: { readonly weight: number };
  /** N3: no payload came back. */
  readonly attempted: { readonly factor: number };
  /** N6: a coin's node, wallet or Electrum. */
  readonly node: { readonly weight: number };
  /** E10: a visit of a pool's web site. */
  readonly site: { readonly weight: number };
  /** The share of the names of an address that belong to the pool; below, an address proves nothing. */
  readonly sharedHosting: {
    readonly minExclusivity: number;
    readonly windowDays: number;
    /** Address blocks of networks that front for anybody: there an address proves nothing. */
    readonly cdn: readonly string[];
  };
  /** The connection itself names another host than the pool's. */
  readonly otherName: { readonly factor: number };
  /** Contact on a port of the web that the list does not give for this pool. */
  readonly webPort: { readonly factor: number; readonly ports: readonly number[] };
  /** How much a row of pools.csv is trusted. */
  readonly listConfidence: Readonly<Record<Confidence, number>>;
  /** How long a DNS answer explains a connection. */
  readonly dnsAnswer: {
    /** After the TTL, for the client that asked. */
    readonly graceSeconds: number;
    /** For other clients. */
    readonly sharedSeconds: number;
    readonly maxTtlSeconds: number;
  };
}

export interface PoolQuery {
  readonly ip?: string | null;
  readonly port?: number | null;
  readonly host?: string | null;
}

/** Everything the rule files say, checked and compiled. Immutable: shared by all matchers. */
export interface RuleSet {
  /** First 12 hex digits of SHA-256 over the contents of the files. */
  readonly version: string;
  readonly rules: readonly Rule[];
  /** Ids switched off by `enabled: false`. */
  readonly disabled: readonly string[];
  readonly pools: PoolBook;
  readonly wallets: readonly WalletFormat[];
  readonly coins: ReadonlyMap<string, CoinFact>;
  readonly agents: readonly AgentFact[];
  readonly malware: MalwareBook;
  readonly guards: Guards;
  readonly estimates: EstimateRules;
  /** The program that an agent text names. */
  programOf(agent: string): AgentFact | null;
  /** What the lists know of an endpoint: by name where one is given, else by address. */
  poolOf(query: PoolQuery): PoolEndpoint | null;
}
