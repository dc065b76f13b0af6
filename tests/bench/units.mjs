/**
 * How fast units are imported and looked up: `npm run build && node tests/bench/units.mjs [--ranges N]`.
 * Prints the median of the rounds; compare the ratios, not the seconds.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { formatIpv4 } from '../../dist/base/ip.js';
import { PrefixMap } from '../../dist/base/prefix-map.js';

const { values } = parseArgs({
  options: { ranges: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' } },
});
const COUNT = Number(values.ranges);
const ROUNDS = Number(values.rounds);
const LOOKUPS = 500_000;

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
function timed(action) {
  const times = [];
  let result;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    result = action();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return { ms: median(times), result };
}

/** Blocks of 8 to 4,096 addresses side by side with holes, every tenth with a smaller one inside. */
function makeRanges(count) {
  const ranges = [];
  let state = 1;
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  let at = 2 ** 24;
  while (ranges.length < count) {
    const size = 2 ** (3 + next(9));
    ranges.push({ first: formatIpv4(at), last: formatIpv4(at + size - 1) });
    if (ranges.length % 10 === 0) ranges.push({ first: formatIpv4(at + 2), last: formatIpv4(at + 5) });
    at += size + (next(4) === 0 ? size : 0);
    if (at > 3.7e9) at = 2 ** 24 + next(64);
  }
  return ranges.slice(0, count);
}

const ranges = makeRanges(COUNT);
const built = timed(() => new PrefixMap(ranges));
const map = built.result;
let state = 7;
const texts = Array.from({ length: LOOKUPS }, () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return formatIpv4(state);
});
let sum = 0;
const byText = timed(() => {
  for (const text of texts) sum += map.find(text);
});
const report = {
  node: process.version,
  cpu: cpus()[0]?.model,
  ranges: COUNT,
  build_ms: Math.round(built.ms),
  lookup_ns: Math.round((byText.ms * 1e6) / texts.length),
  dropped: map.dropped,
  check: sum,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
