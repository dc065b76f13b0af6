import type { AddressRange } from '../base/address-range.js';

/** Hours of a day, in minutes since midnight; `to` before `from` runs over midnight. */
export interface DayHours {
  readonly from: number;
  readonly to: number;
}

/** A declared project: mining for research or under permit, with its limits. What exceeds them is not covered. */
export interface Declaration {
  /** Number of the filing; unique. */
  readonly reference: string;
  /** A unit, a range of addresses, or the addresses of the range that belong to the unit. */
  readonly unitId: string | null;
  readonly range: AddressRange | null;
  readonly purpose: string;
  readonly approver: string;
  readonly fromUs: number;
  /** Before this time; null: until it is ended. */
  readonly toUs: number | null;
  /** Tickers, upper case; empty: any coin. */
  readonly coins: readonly string[];
  readonly maxMiners: number | null;
  readonly hours: DayHours | null;
  /** Of the office that keeps the registry: what `hours` are counted in. */
  readonly utcOffsetMinutes: number;
}
