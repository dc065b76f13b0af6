/** Which chain a job of Bitcoin's form is for: by its height, its time and the difficulty of the network. */
import type { ChainFact, EstimateRules } from '../../../model/estimate-rule.js';
import type { JobClues } from '../../../model/observation.js';

const DIFFICULTY_1 = 0xffff * 2 ** 208;
/** Heights are told by their growth only once there are enough of them. */
const MIN_HEIGHT = 10_000;

/** Of the compact form: mantissa × 256^(exponent − 3), against the target of difficulty 1. */
export function networkDifficulty(bits: string): number | null {
  const compact = Number.parseInt(bits, 16);
  const mantissa = compact & 0x7fffff;
  if (!(mantissa > 0)) return null;
  return DIFFICULTY_1 / (mantissa * 256 ** ((compact >>> 24) - 3));
}

/** Chains that the job fits, in the order of the rule files; none where it tells too little. */
export function chainsOf(clues: JobClues | undefined, rules: EstimateRules): ChainFact[] {
  if (clues === undefined) return [];
  const difficulty = networkDifficulty(clues.bits);
  return rules.chains.filter(
    (chain) =>
      difficulty !== null &&
      (clues.height === null ? isAlone(chain) : fitsHeight(chain, clues)) &&
      difficulty >= (chain.difficultyLow ?? 0) &&
      difficulty < (chain.difficultyHigh ?? Number.POSITIVE_INFINITY),
  );
}

/** No other chain is known to reach its difficulty, which needs no height then. */
function isAlone({ difficultyLow, difficultyHigh }: ChainFact): boolean {
  return difficultyLow !== null && difficultyHigh === null;
}

function fitsHeight(chain: ChainFact, { height, time }: JobClues): boolean {
  if (height === null || height < MIN_HEIGHT) return false;
  const age = time - chain.genesis;
  return age >= height * chain.secondsLow && age <= height * chain.secondsHigh;
}
