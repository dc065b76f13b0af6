import type { Case } from './case.js';
import type { VerdictObject } from './verdict-object.js';

/** Who a package is for: `unit` holds what concerns one unit, `office` figures of many and no address. */
export const REFERRAL_PROFILES = ['unit', 'office'] as const;
export type ReferralProfile = (typeof REFERRAL_PROFILES)[number];

/** One conversation, with what a look-up in NAT, DHCP or proxy logs needs. Times are UTC ISO 8601. */
export interface ReferralSession {
  readonly start: string | null;
  readonly end: string | null;
  readonly seconds: number;
  readonly source_ip: string;
  readonly source_port: number;
  readonly destination_ip: string;
  readonly destination_port: number;
  readonly host: string | null;
  readonly operator: string | null;
  readonly country: string | null;
  /** Dialect as read, `tls` where it could not be read, null where only counters were seen. */
  readonly protocol: string | null;
  readonly coins: readonly string[];
  readonly wallets: readonly string[];
  readonly logins: readonly string[];
  readonly workers: readonly string[];
  readonly agents: readonly string[];
  /** As counted; null where the input does not count them. Of sampled records, not scaled. */
  readonly bytes_to_server: number | null;
  readonly bytes_to_client: number | null;
  readonly shares_submitted: number;
  readonly shares_accepted: number;
  /** Heaviest fact of this conversation, as seen on the wire. */
  readonly quote: string | null;
  readonly rule: string | null;
  /** SHA-256 of the input it was read in; null where that has none (live). */
  readonly capture_sha256: string | null;
}

/** Something to do on site. `values` are for the sentence of the message catalogue. */
export interface SiteCheck {
  readonly phase: SitePhase;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** In the order of an inspection. */
export const SITE_PHASES = ['locate', 'look', 'active', 'passive', 'research', 'photograph', 'keep'] as const;
export type SitePhase = (typeof SITE_PHASES)[number];

/** An input that facts were read in. */
export interface ReferralCapture {
  /** Last part of its path. */
  readonly name: string;
  readonly format: string | null;
  readonly sha256: string | null;
}

export interface ReferralAddress {
  readonly case: number;
  readonly verdict: VerdictObject;
  /** `direct`, `nat`, `carrier-nat`, `inner`: what stands between the address and the machine; null: not known. */
  readonly behind: string | null;
  readonly isp: string | null;
  /** Oldest first. */
  readonly sessions: readonly ReferralSession[];
  /** Conversations that are not listed: there are more than a package holds. */
  readonly sessions_left_out: number;
  readonly captures: readonly ReferralCapture[];
  readonly checks: readonly SiteCheck[];
}

export interface ReferralCase {
  readonly id: number;
  readonly state: Case['state'];
  readonly opened: string | null;
  /** 0 none, 1 reminder, 2 escalation, 3 the list of the supervising body. */
  readonly repeat_level: number;
  readonly addresses: readonly string[];
}

/** Null where not known; sums of what is known. */
export interface ReferralFigures {
  readonly addresses: number;
  readonly confirmed: number;
  readonly probable: number;
  readonly sessions: number;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly coins: readonly string[];
  /** Addresses whose machines could be counted, and their sum. */
  readonly miners: { readonly addresses: number; readonly low: number; readonly high: number } | null;
  readonly energy: {
    readonly addresses: number;
    readonly kwh_per_day: number;
    /** All lower bounds, all upper bounds: never narrower than what is known. */
    readonly kwh_per_day_low: number;
    readonly kwh_per_day_high: number;
  } | null;
}

/** A unit as its own package names it. */
export interface ReferralUnit {
  readonly id: string;
  readonly name: string;
  readonly category: string | null;
  readonly region: string | null;
  readonly contacts: string | null;
}

/** One line of what an upper office gets: figures only. */
export interface ReferralUnitFigures extends ReferralFigures {
  /** Null: addresses that belong to no unit. */
  readonly unit: Omit<ReferralUnit, 'contacts'> | null;
  readonly cases: number;
  /** Cases by state. */
  readonly states: Readonly<Record<string, number>>;
  readonly highest_repeat_level: number;
}

/** `rigwatch.referral/1` (schemas/referral-1.schema.json), in the order of its keys. */
export interface Referral {
  readonly schema: 'rigwatch.referral/1';
  readonly profile: ReferralProfile;
  readonly document: string;
  /** Days of `utc_offset`, `2021-11-01`. */
  readonly date: string;
  readonly deadline: string | null;
  /** Of days, and of the times in letters and tables: `+08:00`. */
  readonly utc_offset: string;
  /** Who sends it, and whom to ask; as given. */
  readonly office: string | null;
  readonly contact: string | null;
  /** Of the `unit` profile; null: the owner of the address is not known. */
  readonly unit: ReferralUnit | null;
  readonly figures: ReferralFigures;
  /** Empty in the `office` profile. */
  readonly cases: readonly ReferralCase[];
  /** Empty in the `office` profile. */
  readonly addresses: readonly ReferralAddress[];
  /** Empty in the `unit` profile. */
  readonly units: readonly ReferralUnitFigures[];
  /** What was kept out, and how many: `sessions-of-other-owners` … */
  readonly left_out: Readonly<Record<string, number>>;
}
