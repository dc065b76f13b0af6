import type { AccountRow, Span } from '../../model/accounting.js';
import type { UnitRef } from '../../model/unit.js';
import { isMeasured } from '../../model/verdict-object.js';
import type { Assumption, FactorSet } from './factors.js';

const DAY_MS = 86_400_000;
const DAYS_PER_YEAR = 365;

/** What is counted of a verdict object (`rigwatch.verdict/1`); null where it is not known. */
export interface AccountedVerdict {
  readonly ip: string;
  readonly level: string;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly coins: readonly { readonly ticker: string }[];
  readonly miners: { readonly low: number; readonly high: number } | null;
  /** Of the time in which it was seen to mine; counted where its basis is a measurement. */
  readonly energy: {
    readonly kwh: number;
    readonly low: number;
    readonly high: number;
    readonly basis: string;
  } | null;
  readonly unit: UnitRef | null;
}

export const GROUPINGS = ['all', 'unit', 'category', 'region', 'level'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface AccountOptions {
  readonly by: Grouping;
  readonly factors: FactorSet;
  /** Null: what was not measured stays unknown. */
  readonly assumption: Assumption | null;
  /** Only verdicts seen in the period; ISO 8601, `until` excluded; null: open. */
  readonly since: string | null;
  readonly until: string | null;
}

/** Adds up verdict objects as they stream by. */
export class Accounts {
  readonly options: AccountOptions;
  readonly #rows = new Map<string, Sum>();
  readonly #total = new Sum(null, null);

  constructor(options: AccountOptions) {
    this.options = options;
  }

  add(verdict: AccountedVerdict): void {
    const { since, until, by } = this.options;
    if (since !== null && (verdict.last_seen ?? '') < since) return;
    if (until !== null && (verdict.first_seen ?? '') >= until) return;
    const [key, name] = groupOf(verdict, by);
    const id = key === null ? '\n' : key;
    const row = this.#rows.get(id) ?? new Sum(key, name);
    this.#rows.set(id, row);
    row.add(verdict);
    this.#total.add(verdict);
  }

  /** Most addresses first, the unknown last. */
  rows(): AccountRow[] {
    const { by } = this.options;
    if (by === 'all') return [];
    return [...this.#rows.values()]
      .sort(
        (a, b) => Number(a.key === null) - Number(b.key === null) || b.ips - a.ips || compare(a.key, b.key),
      )
      .map((row) => row.toRow(this.options));
  }

  total(): AccountRow {
    return this.#total.toRow(this.options);
  }
}

/** What so many mining addresses would come to by an assumption: the arithmetic of campaign reports. */
export function estimate(
  ips: number,
  assumption: Assumption,
  factors: FactorSet,
): {
  readonly kwhPerDay: number;
  readonly coalKgPerDay: number;
  readonly co2KgPerYear: number;
} {
  const kwhPerDay = ips * assumption.kwhPerIpDay;
  return {
    kwhPerDay,
    coalKgPerDay: kwhPerDay * factors.coalKgPerKwh,
    co2KgPerYear: kwhPerDay * DAYS_PER_YEAR * factors.co2KgPerKwh,
  };
}

function groupOf({ unit, level }: AccountedVerdict, by: Grouping): [string | null, string | null] {
  switch (by) {
    case 'all':
      return ['all', null];
    case 'level':
      return [level, level];
    case 'unit':
      return [unit?.id ?? null, unit?.name ?? null];
    case 'category':
      return [unit?.category ?? null, unit?.category ?? null];
    case 'region':
      return [unit?.region ?? null, unit?.region ?? null];
  }
}

class Sum {
  readonly key: string | null;
  readonly #name: string | null;
  ips = 0;
  readonly #levels = new Map<string, number>();
  readonly #units = new Set<string>();
  readonly #coins = new Map<string, number>();
  readonly #miners = { low: 0, high: 0, ips: 0 };
  readonly #measured = { low: 0, value: 0, high: 0, ips: 0 };

  constructor(key: string | null, name: string | null) {
    this.key = key;
    this.#name = name;
  }

  add({ level, unit, coins, miners, energy, first_seen, last_seen }: AccountedVerdict): void {
    this.ips++;
    this.#levels.set(level, (this.#levels.get(level) ?? 0) + 1);
    if (unit !== null) this.#units.add(unit.id);
    for (const ticker of new Set(coins.map((coin) => coin.ticker)))
      this.#coins.set(ticker, (this.#coins.get(ticker) ?? 0) + 1);
    if (miners !== null) {
      this.#miners.low += miners.low;
      this.#miners.high += miners.high;
      this.#miners.ips++;
    }
    const days = daysBetween(first_seen, last_seen);
    if (energy !== null && isMeasured(energy) && days !== null) {
      this.#measured.low += energy.low / days;
      this.#measured.value += energy.kwh / days;
      this.#measured.high += energy.high / days;
      this.#measured.ips++;
    }
  }

  toRow({ factors, assumption }: AccountOptions): AccountRow {
    const measured = this.#measured.ips === 0 ? null : { ...this.#measured };
    const others = this.ips - this.#measured.ips;
    const assumed =
      assumption === null || others === 0 ? null : { value: others * assumption.kwhPerIpDay, ips: others };
    const kwh = measured === null && assumed === null ? null : sumOf(measured, assumed?.value ?? 0);
    return {
      key: this.key,
      name: this.#name,
      ips: this.ips,
      confirmed: this.#levels.get('confirmed') ?? 0,
      probable: this.#levels.get('probable') ?? 0,
      suspected: this.#levels.get('suspected') ?? 0,
      units: this.#units.size,
      miners: this.#miners.ips === 0 ? null : { ...this.#miners },
      coins: Object.fromEntries([...this.#coins].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))),
      measuredKwhPerDay: measured,
      assumedKwhPerDay: assumed,
      kwhPerDay: kwh,
      coalKgPerDay: kwh === null ? null : times(kwh, factors.coalKgPerKwh),
      co2KgPerYear: kwh === null ? null : times(kwh, factors.co2KgPerKwh * DAYS_PER_YEAR),
    };
  }
}

function sumOf(measured: Span | null, assumed: number): Span {
  return {
    low: (measured?.low ?? 0) + assumed,
    value: (measured?.value ?? 0) + assumed,
    high: (measured?.high ?? 0) + assumed,
  };
}

function times({ low, value, high }: Span, factor: number): Span {
  return { low: low * factor, value: value * factor, high: high * factor };
}

/** Energy is of the whole time an address was seen; what was seen for less than a day is of that day. */
function daysBetween(first: string | null, last: string | null): number | null {
  if (first === null || last === null) return null;
  const ms = Date.parse(last) - Date.parse(first);
  return Number.isNaN(ms) ? null : Math.max(1, ms / DAY_MS);
}

function compare(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
