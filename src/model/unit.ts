import type { AddressRange } from '../base/address-range.js';

/** What kind of house a unit is, as referral figures are broken down. */
export const UNIT_CATEGORIES = [
  'party-government',
  'public-institution',
  'state-enterprise',
  'school',
  'hospital',
  'enterprise',
  'carrier',
  'data-centre',
  'residential',
  'other',
] as const;
export type UnitCategory = (typeof UNIT_CATEGORIES)[number];

/** Who owns addresses. */
export interface Unit {
  /** Unique; what other tables and systems call the unit by. */
  readonly id: string;
  readonly name: string;
  readonly category: UnitCategory | null;
  /** Administrative division code (GB/T 2260 in China), any text. */
  readonly regionCode: string | null;
  readonly region: string | null;
  /** Names, telephones, mail addresses: for letters, never for lists. */
  readonly contacts: string | null;
}

/**
 * What stands behind an address of a range. `direct`: the machine itself; `nat`: the unit's egress, many machines;
 * `carrier-nat`: subscribers of a carrier share the address, told apart by source port and time;
 * `inner`: addresses behind a NAT, which other units may use as well.
 */
export const RANGE_KINDS = ['direct', 'nat', 'carrier-nat', 'inner'] as const;
export type RangeKind = (typeof RANGE_KINDS)[number];

/** Addresses of a unit, and when they were its own. */
export interface UnitRange extends AddressRange {
  readonly unitId: string;
  /** From this time on; null: from the beginning. */
  readonly fromUs: number | null;
  /** Before this time; null: until further notice. */
  readonly toUs: number | null;
  /** Source ports that belong to the unit, both ends included; null: all. Port blocks of carrier NAT. */
  readonly portFrom: number | null;
  readonly portTo: number | null;
  readonly kind: RangeKind;
  readonly isp: string | null;
}

/** A unit as a verdict names it (contract, `unit`). */
export interface UnitRef {
  readonly id: string;
  readonly name: string;
  readonly category: string | null;
  readonly region: string | null;
}

export function toUnitRef(unit: Unit): UnitRef {
  return { id: unit.id, name: unit.name, category: unit.category, region: unit.region ?? unit.regionCode };
}
