import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../../src/app/pipeline/load-rules.js';
import { RuleError } from '../../../../src/base/errors.js';
import { parseRules } from '../../../../src/detect/rules/index.js';

function faultsOf(text: string): string[] {
  try {
    parseRules([{ path: 't.csv', text }]);
    return [];
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return error.faults.map(({ line, message }) => `${line}: ${message}`);
  }
}

describe('tables of estimates', () => {
  it.each([
    ['algorithm,unit,hashes_per_difficulty\nrx/0,H/s,1\n', []],
    ['algorithm,unit,hashes_per_difficulty\nrx/0,kH/s,1\n', ['2: unit: expected H/s, Sol/s, graph/s']],
    ['algorithm,unit,hashes_per_difficulty\nRX,H/s,1\n', ['2: algorithm: expected a name in lower case']],
    [
      'algorithm,unit,hashes_per_difficulty\nrx/0,H/s,-1\n',
      ['2: hashes_per_difficulty: expected a number above 0'],
    ],
    [
      'device,algorithm,joules_low,joules_high,watts_low,watts_high\ncpu,rx/0,2e-2,1e-2,,\n',
      ['2: joules_low, joules_high'],
    ],
    ['device,algorithm,joules_low,joules_high,watts_low,watts_high\ncpu,,,,60,250\n', []],
    [
      'device,algorithm,joules_low,joules_high,watts_low,watts_high\ncpu,rx/0,,,60,250\n',
      ['2: expected joules with an algorithm'],
    ],
    [
      'device,algorithm,joules_low,joules_high,watts_low,watts_high\noven,,,,60,250\n',
      ['2: device: expected asic'],
    ],
    ['ticker,date,network_hashrate,block_reward\nXMR,2026-13-01,,0.6\n', ['2: date: expected YYYY-MM-DD']],
    ['ticker,date,network_hashrate,block_reward\nXMR,2026-03-01,3e9,0.6\n', []],
    [
      'ticker,date,network_hashrate,block_reward\nXMR,2026-03-01,many,0.6\n',
      ['2: network_hashrate: expected a number above 0'],
    ],
    [
      'ticker,algorithm,genesis,seconds_low,seconds_high\nLTC,scrypt,1317972665,150,144\n',
      ['2: seconds_low, seconds_high'],
    ],
    ['name,kind,kg_per_kwh\nmine,steam,1\n', ['2: kind: expected co2, coal']],
    ['name,kind,kg_per_kwh\nMine,co2,1\n', ['2: name: expected a word']],
    ['name,kind,kg_per_kwh\nmine,co2,\n', ['2: kg_per_kwh: expected a number above 0, found nothing']],
    ['coinbase_text,operator\nabc,Pool\n', ['2: coinbase_text: expected 4 to 64 characters']],
  ])('%j', (text, starts) => {
    const faults = faultsOf(text);
    expect(faults.length > 0).toBe(starts.length > 0);
    for (const start of starts)
      expect(
        faults.some((fault) => fault.startsWith(start)),
        faults.join(),
      ).toBe(true);
  });

  it('of the user replace rows of the same name', () => {
    const read = (kwh: string) => ({
      path: `${kwh}.csv`,
      text: `name,kind,kg_per_kwh,default\nmine,co2,${kwh},yes\n`,
    });
    const { estimates } = parseRules([read('0.1'), read('0.2')]);
    expect(estimates.factors).toMatchObject([{ name: 'mine', kgPerKwh: 0.2, isDefault: true }]);
  });

  it('that come with rigwatch name one default factor of each kind, and a source for every number', async () => {
    const { estimates, coins } = await loadRules([]);
    for (const kind of ['co2', 'coal'])
      expect(estimates.factors.filter((row) => row.kind === kind && row.isDefault)).toHaveLength(1);
    const sourced = [
      ...estimates.factors,
      ...estimates.networks,
      ...estimates.chains,
      ...estimates.efficiencies,
    ];
    expect(sourced.filter(({ source }) => source === '')).toEqual([]);
    expect(estimates.networks.every(({ ticker }) => coins.has(ticker))).toBe(true);
    // The longest text that fits decides.
    const lengths = estimates.coinbaseTexts.map(({ text }) => text.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });
});
