import type { EfficiencyFact, EstimateRules, FactorFact } from '../../../model/estimate-rule.js';
import type { Energy, Estimate, HashRate, UsedFactor } from '../../../model/verdict.js';

const HOURS_PER_DAY = 24;

/** What energy is reckoned from. */
export interface Consumption {
  readonly rates: readonly HashRate[];
  /** Kinds of machine that the agents name: `asic`, `gpu` …; empty where they name none. */
  readonly devices: readonly string[];
  /** What the coin is mined with in practice, where no agent tells. */
  readonly hardware: readonly string[];
  readonly miners: Estimate | null;
  readonly activeSeconds: number;
  /** Mining was shown, or all but shown: a prior may stand in for what was not measured. */
  readonly isFlagged: boolean;
}

/**
 * Energy over the active time, from the measured hash rate and the efficiency of the class of machine; where no rate
 * was measured, from what machines of that class draw. Null where neither is known.
 */
export function energyOf(consumption: Consumption, rules: EstimateRules): Energy | null {
  const measured = byHashRate(consumption, rules);
  const found = measured ?? byMachine(consumption, rules);
  if (found === null) return null;
  const { kwh, hours } = found;
  return withFactors(
    {
      kwh,
      low: found.low,
      high: found.high,
      basis: found.basis,
      kwhPerDay: (kwh / hours) * HOURS_PER_DAY,
      co2: null,
      coal: null,
    },
    defaultFactor(rules, 'co2'),
    defaultFactor(rules, 'coal'),
  );
}

interface Found extends Estimate {
  readonly kwh: number;
  readonly hours: number;
}

/** Null where the class of machine of one of the algorithms has no figures: half a sum would mislead. */
function byHashRate({ rates, devices }: Consumption, rules: EstimateRules): Found | null {
  if (rates.length === 0) return null;
  let [kwh, low, high, hours] = [0, 0, 0, 0];
  const classes = new Set<string>();
  for (const rate of rates) {
    const rows = rowsFor(rate, devices, rules);
    const joules = rows.flatMap((row) => (row.joules === null ? [] : [row.joules]));
    if (joules.length === 0) return null;
    const least = Math.min(...joules.map((range) => range.low));
    const most = Math.max(...joules.map((range) => range.high));
    const rateHours = rate.seconds / 3600;
    const kilowattHours = (watts: number) => (watts / 1000) * rateHours;
    kwh += kilowattHours(rate.value * Math.sqrt(least * most));
    low += kilowattHours(rate.low * least);
    high += kilowattHours(rate.high * most);
    hours = Math.max(hours, rateHours);
    for (const row of rows) classes.add(`${row.algorithm} ${row.device}`);
  }
  return hours > 0
    ? { kwh, low, high, hours, basis: `hash rate, efficiency of ${[...classes].join(', ')}` }
    : null;
}

/** Of the machines that the agents name, where there are figures for them; else of all that compute this. */
function rowsFor(
  rate: HashRate,
  devices: readonly string[],
  rules: EstimateRules,
): readonly EfficiencyFact[] {
  // What is slower than the slowest machine of a class is none of them.
  const rows = rules.efficiencies.filter(
    (row) => row.algorithm === rate.algorithm && rate.high >= (row.rateLow ?? 0),
  );
  return devices.length === 0 ? rows : rows.filter(({ device }) => devices.includes(device));
}

/** Machines of a known kind draw so much each; of an unknown kind, what an address drew in a published campaign. */
function byMachine(consumption: Consumption, rules: EstimateRules): Found | null {
  const { rates, devices, hardware, miners, activeSeconds, isFlagged } = consumption;
  const hours = activeSeconds / 3600;
  if (!isFlagged || !(hours > 0)) return null;
  const isTooSlow = (kind: string) => rates.some((rate) => isSlowerThan(rate, kind, rules));
  const possible = hardware.filter((kind) => !isTooSlow(kind));
  // What the coin is mined with is out of the question: nothing is known then.
  if (devices.length === 0 && hardware.length > 0 && possible.length === 0) return null;
  const kinds = devices.length > 0 ? devices : possible;
  const ofMachines = rules.efficiencies.filter(
    ({ algorithm, watts }) => algorithm === null && watts !== null,
  );
  const known = ofMachines.filter(({ device }) => kinds.includes(device));
  const rows = known.length > 0 ? known : ofMachines.filter(({ device }) => device === 'any');
  const watts = rows.flatMap((row) => (row.watts === null ? [] : [row.watts]));
  if (watts.length === 0) return null;
  // The published figure is of an address, whatever stands behind it.
  const [least, most] = known.length === 0 ? [1, 1] : [miners?.low ?? 1, miners?.high ?? 1];
  const kilowattHours = (draw: number) => (draw / 1000) * hours;
  const typical = watts.reduce((product, one) => product * one.typical, 1) ** (1 / watts.length);
  return {
    kwh: kilowattHours(typical * least),
    low: kilowattHours(Math.min(...watts.map(({ low }) => low)) * least),
    high: kilowattHours(Math.max(...watts.map(({ high }) => high)) * most),
    hours,
    basis:
      known.length === 0
        ? 'not measured: mean of an address in a published campaign'
        : `not measured: ${known.map(({ device }) => device).join(' or ')} machines, ${least} to ${most}`,
  };
}

/** The measured rate is below that of any machine of this kind. */
function isSlowerThan({ algorithm, high }: HashRate, kind: string, rules: EstimateRules): boolean {
  return rules.efficiencies.some(
    (row) => row.device === kind && row.algorithm === algorithm && high < (row.rateLow ?? 0),
  );
}

function defaultFactor(rules: EstimateRules, kind: FactorFact['kind']): FactorFact | null {
  const ofKind = rules.factors.filter((factor) => factor.kind === kind);
  return ofKind.find(({ isDefault }) => isDefault) ?? null;
}

/** The same energy in carbon dioxide and standard coal by these factors; null: not converted. */
export function withFactors(energy: Energy, co2: FactorFact | null, coal: FactorFact | null): Energy {
  const convert = (factor: FactorFact | null) =>
    factor === null ? null : { kg: energy.kwh * factor.kgPerKwh, factor: used(factor) };
  return { ...energy, co2: convert(co2), coal: convert(coal) };
}

function used({ name, kgPerKwh, source }: FactorFact): UsedFactor {
  return { name, value: kgPerKwh, source };
}
