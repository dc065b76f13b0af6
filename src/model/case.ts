/** Where a case stands (docs/units-and-cases.md has the picture). */
export const CASE_STATES = [
  'open',
  'referred',
  'inspected',
  'claimed',
  'watch',
  'rectified',
  'recurred',
  'closed',
] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** What can be done with a case; `note` and `join` change no state. */
export const CASE_ACTIONS = [
  'open',
  'refer',
  'result',
  'rectify',
  'watch',
  'confirm',
  'recur',
  'reopen',
  'close',
  'note',
  'join',
] as const;
export type CaseAction = (typeof CASE_ACTIONS)[number];

/** What an inspection or a self-check found. Words of the inspector, not of rigwatch. */
export const FINDINGS = ['active', 'passive', 'research', 'not-found'] as const;
export type Finding = (typeof FINDINGS)[number];
export const CHECK_METHODS = ['inspection', 'self-check'] as const;
export type CheckMethod = (typeof CHECK_METHODS)[number];

/** By what a case is recognised again: the strings that evidence of one miner shares. */
export interface CaseMarks {
  readonly ips: readonly string[];
  readonly wallets: readonly string[];
  readonly workers: readonly string[];
  /** `address:port agent` of pools and programs seen together. */
  readonly peers: readonly string[];
}

export interface CaseReferral {
  readonly document: string;
  readonly dateUs: number;
  /** Before this time an answer is due; null: none set. */
  readonly deadlineUs: number | null;
}

export interface CaseCheck {
  readonly method: CheckMethod;
  readonly finding: Finding;
  readonly dateUs: number;
  readonly machinesSealed: number | null;
  readonly computersSealed: number | null;
  /** Tickers as reported. */
  readonly coins: readonly string[];
  readonly notes: string | null;
}

export interface Case {
  readonly caseId: number;
  /** Null: the address belongs to no unit; the case is then of its address. */
  readonly unitId: string | null;
  readonly state: CaseState;
  readonly openedUs: number;
  /** How often it recurred: 1 reminder, 2 escalation, 3 and more: the list of the supervising body. */
  readonly recurrences: number;
  readonly marks: CaseMarks;
  readonly referral: CaseReferral | null;
  readonly check: CaseCheck | null;
  /** End of the day for which rectification was last claimed: what is newer counts against it. */
  readonly claimedUs: number | null;
  readonly closedUs: number | null;
}

/** One line of the trail. */
export interface CaseEvent {
  readonly eventId: number;
  readonly atUs: number;
  /** Who did it; `rigwatch` where a rule did. */
  readonly actor: string;
  readonly subject: string;
  readonly action: string;
  readonly why: string;
  /** What changed, JSON. */
  readonly detail: Readonly<Record<string, unknown>>;
}
