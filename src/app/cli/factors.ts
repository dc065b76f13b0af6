import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { withFactors } from '../../detect/verdict/estimates/energy.js';
import type { EstimateRules, FactorFact } from '../../model/estimate-rule.js';
import type { Verdict } from '../../model/verdict.js';
import { loadRules } from '../pipeline/load-rules.js';

/** Options that choose how energy is converted. */
export interface FactorOptions {
  readonly co2Factor?: string;
  readonly coalFactor?: string;
}

/** The same verdict with its energy converted by the chosen factors; unchanged where none was chosen. */
export async function factorsFrom(
  options: FactorOptions,
  dirs: readonly string[],
): Promise<<V extends Verdict>(verdict: V) => V> {
  const { co2Factor, coalFactor } = options;
  if (co2Factor === undefined && coalFactor === undefined) return (verdict) => verdict;
  const { estimates } = await loadRules(dirs);
  const co2 = co2Factor === undefined ? null : chosen(estimates, 'co2', co2Factor);
  const coal = coalFactor === undefined ? null : chosen(estimates, 'coal', coalFactor);
  return (verdict) => {
    const energy = verdict.estimates?.energy ?? null;
    if (verdict.estimates === undefined || energy === null) return verdict;
    const converted = withFactors(energy, co2, coal);
    return {
      ...verdict,
      estimates: {
        ...verdict.estimates,
        energy: {
          ...energy,
          co2: co2 === null ? energy.co2 : converted.co2,
          coal: coal === null ? energy.coal : converted.coal,
        },
      },
    };
  };
}

function chosen({ factors }: EstimateRules, kind: FactorFact['kind'], name: string): FactorFact {
  const found = factors.find((factor) => factor.kind === kind && factor.name === name);
  if (found !== undefined) return found;
  const names = factors.filter((factor) => factor.kind === kind).map((factor) => factor.name);
  throw new UsageError('factor-unknown', phrase`--${kind}-factor ${name}: expected one of ${names}`);
}
