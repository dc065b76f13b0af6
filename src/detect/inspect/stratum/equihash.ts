import { JOB } from './dialect.js';
import { jobId, miningDialect, user } from './mining.js';
import { allOf, bool, hex, hexBytes, oneOf, opening, text, tuple } from './shapes.js';

/** (n, k) by bytes of a solution: 2^k · (n / (k + 1) + 1) / 8. */
const PARAMETERS: ReadonlyMap<number, string> = new Map([
  [1344, 'equihash-200-9'],
  [400, 'equihash-192-7'],
  [100, 'equihash-144-5'],
  [68, 'equihash-96-5'],
  [52, 'equihash-125-4'],
]);

/** Bytes of a solution with its CompactSize length in front; 0 where the two do not agree. */
function solutionBytes(solution: string): number {
  const long = solution.slice(0, 2).toLowerCase() === 'fd';
  const digits = long ? solution.slice(4, 6) + solution.slice(2, 4) : solution.slice(0, 2);
  const stated = Number.parseInt(digits, 16);
  return solution.length === stated * 2 + (long ? 6 : 2) ? stated : 0;
}

const solution = allOf(hexBytes(100, 4096), (value) => solutionBytes(value as string) > 0);

/** ZIP 301; pools of forks add the names of parameters and personalisation to the job. */
export const zip301 = miningDialect({
  name: 'zip-301',
  job: opening(
    [jobId, hex(8), hex(64), hex(64), hex(64), hex(8), hex(8), bool],
    oneOf(text(0, 4096), bool),
    3,
  ),
  share: tuple(user, jobId, hex(8), hexBytes(0, 64), solution),
  shareCertainty: JOB,
  algorithm: (share) => PARAMETERS.get(solutionBytes(share[4] as string)) ?? null,
});
