import { printable } from '../../base/text.js';
import type { Activity, Energy, Estimates, HashRate, UsedFactor } from '../../model/verdict.js';
import type {
  ActivityObject,
  EnergyObject,
  FactorObject,
  RateObject,
  VerdictObject,
} from '../../model/verdict-object.js';

/** Digits of an estimate: more are not known. */
const SIGNIFICANT = 4;
const HOURS = 24;

type EstimateObjects = Pick<
  VerdictObject,
  'hashrates' | 'reported_hashrates' | 'activity' | 'earnings' | 'payouts' | 'programs' | 'relays'
>;

/** The fields of a verdict object that say how much, how long and at what cost. */
export function toEstimateObjects(estimates: Estimates | undefined): EstimateObjects {
  return {
    hashrates: (estimates?.hashrates ?? []).map(toRate),
    reported_hashrates: (estimates?.reported ?? []).map(({ value, unit, algorithm }) => ({
      value: significant(value),
      unit,
      algorithm: algorithm === null ? null : printable(algorithm),
    })),
    activity: estimates?.activity == null ? null : toActivity(estimates.activity),
    earnings: (estimates?.earnings ?? []).map(({ ticker, coins, low, high, basis, date, source }) => ({
      ticker,
      coins: significant(coins),
      low: significant(low),
      high: significant(high),
      basis,
      date,
      source,
    })),
    payouts: (estimates?.payouts ?? []).map(({ ticker, basis }) => ({ ticker: printable(ticker), basis })),
    programs: (estimates?.programs ?? []).map(({ agent, program, version, device, model }) => ({
      agent: printable(agent),
      program,
      version: version === null ? null : printable(version),
      device,
      model: model === null ? null : printable(model),
    })),
    relays: [...(estimates?.relays ?? [])],
  };
}

export function rateOrNull(rate: HashRate | null | undefined): RateObject | null {
  return rate == null ? null : toRate(rate);
}

function toRate({ value, low, high, unit, algorithm, basis, shares, seconds }: HashRate): RateObject {
  return {
    value: significant(value),
    low: significant(low),
    high: significant(high),
    unit,
    algorithm: printable(algorithm),
    basis,
    shares,
    seconds,
  };
}

export function energyOrNull(energy: Energy | null | undefined): EnergyObject | null {
  if (energy == null) return null;
  const { kwh, low, high, basis, kwhPerDay, co2, coal } = energy;
  return {
    kwh: significant(kwh),
    low: significant(low),
    high: significant(high),
    basis: printable(basis),
    kwh_per_day: significant(kwhPerDay),
    co2_kg: co2 === null ? null : significant(co2.kg),
    co2_factor: co2 === null ? null : toFactor(co2.factor),
    coal_kg: coal === null ? null : significant(coal.kg),
    coal_factor: coal === null ? null : toFactor(coal.factor),
  };
}

function toFactor({ name, value, source }: UsedFactor): FactorObject {
  return { name, kg_per_kwh: value, source };
}

function toActivity({
  days,
  daysActive,
  longestSeconds,
  longestIdleSeconds,
  continuity,
  runs,
}: Activity): ActivityObject {
  return {
    days: days.map(({ day, hours }) => ({ day, hours: hourText(hours) })),
    days_active: daysActive,
    longest_seconds: longestSeconds,
    longest_idle_seconds: longestIdleSeconds ?? null,
    continuity: significant(continuity),
    runs,
  };
}

/** One character an hour, from 0:00: 1 where there was activity. */
export function hourText(hours: number): string {
  return Array.from({ length: HOURS }, (_, hour) => ((hours >> hour) & 1 ? '1' : '0')).join('');
}

function significant(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT));
}
