import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { createContext } from '../../../src/detect/verdict/context.js';
import { activityOf, MAX_ACTIVE_DAYS } from '../../../src/detect/verdict/estimates/activity.js';
import { chainsOf, networkDifficulty } from '../../../src/detect/verdict/estimates/chains.js';
import { energyOf, withFactors } from '../../../src/detect/verdict/estimates/energy.js';
import { type EstimateBasis, estimate } from '../../../src/detect/verdict/estimates/estimates.js';
import { programsOf } from '../../../src/detect/verdict/estimates/programs.js';
import { poolsOf } from '../../../src/detect/verdict/pools.js';
import { identitiesOf } from '../../../src/detect/verdict/wallets.js';
import type { JobClues } from '../../../src/model/observation.js';
import type { SuspectSession } from '../../../src/model/verdict.js';
import { session } from './builders.js';

const rules = await loadRules([]);
const context = createContext(
  { learned: [], poolServers: [] },
  {
    coins: rules.coins,
    wallets: rules.wallets,
    estimates: rules.estimates,
    programOf: (agent) => rules.programOf(agent),
  },
);
const HOUR = 3_600_000_000;
const utc = (text: string) => Date.parse(text) * 1000;
const from = (start: string, hours: number, more: Partial<SuspectSession> = {}) =>
  session({ firstUs: utc(start), lastUs: utc(start) + hours * HOUR, ...more });

function estimateOf(sessions: readonly SuspectSession[], more: Partial<EstimateBasis> = {}) {
  const basis: EstimateBasis = {
    sessions,
    wallets: identitiesOf(sessions, rules.wallets).wallets,
    coins: [],
    agents: sessions.flatMap(({ agents }) => agents),
    miners: { low: 1, high: 1, basis: '' },
    level: 'confirmed',
    lastUs: Math.max(...sessions.map(({ lastUs }) => lastUs)),
    ...more,
  };
  return estimate(basis, context);
}

/** Block 848,500 of Bitcoin, mined about 20 June 2024 at a difficulty of 83.68 × 10^12. */
const BITCOIN: JobClues = {
  bits: '17035d18',
  height: 848_500,
  time: Date.parse('2024-06-20T00:00:00Z') / 1000,
  texts: ['/ViaBTC/Mined by someone/'],
  outputs: [],
  mergeMined: false,
};
const MINING = { ...session().roles, job: 3, share: 9, shareAccepted: 9 };
const accepted = (difficulty: number, count: number) => [
  { difficulty, submitted: count, accepted: count, rejected: 0 },
];

describe('chains', () => {
  it('reckons the difficulty of the network', () => {
    expect(networkDifficulty('1d00ffff')).toBe(1);
    expect(networkDifficulty('17035d18')! / 1e12).toBeCloseTo(83.68, 1);
    expect(networkDifficulty('170ed10b')! / 1e12).toBeCloseTo(18.997, 2);
    for (const bits of ['00000000', '', 'zz', '1d800000']) expect(networkDifficulty(bits)).toBeNull();
  });

  it('are named by height, time and difficulty together', () => {
    const tickers = (clues: JobClues) => chainsOf(clues, rules.estimates).map(({ ticker }) => ticker);
    expect(tickers(BITCOIN)).toEqual(['BTC']);
    // Less work at the same height: a fork.
    expect(tickers({ ...BITCOIN, bits: '1a008000' })).toEqual([]);
    expect(tickers({ ...BITCOIN, bits: '18021fdb' })).toContain('BCH');
    expect(tickers({ ...BITCOIN, height: 2_520_000, time: Date.parse('2023-08-02') / 1000 })).toEqual([
      'LTC',
    ]);
    expect(tickers({ ...BITCOIN, height: 100_000 })).toEqual([]);
    expect(tickers({ ...BITCOIN, height: null })).toEqual(['BTC']);
    expect(chainsOf(undefined, rules.estimates)).toEqual([]);
  });
});

describe('hash rate, energy and coins', () => {
  it('of a Bitcoin session that names nothing but its job', () => {
    const one = from('2024-06-20T00:00:00Z', 1, {
      clues: BITCOIN,
      roles: MINING,
      agents: ['bmminer/2.0.0/Antminer S9/13500'],
      shares: accepted(2 ** 20, 10),
    });
    const found = estimateOf([one], { coins: [{ ticker: 'BTC', basis: 'job', confidence: 0.95 }] });
    const hashes = 10 * 2 ** 20 * 4_295_032_833;
    expect(found.hashrate).toMatchObject({ algorithm: 'sha256d', shares: 10, value: hashes / 3600 });
    // Ten shares of ten thousand billion hashes are a machine of 12.5 TH/s: an S9 draws 1.2 kW at that.
    expect(found.energy?.low).toBeLessThan(1.2);
    expect(found.energy?.high).toBeGreaterThan(1.2);
    expect(found.energy?.basis).toContain('sha256d asic');
    const coins = (hashes / (networkDifficulty(BITCOIN.bits)! * 2 ** 32)) * 3.125;
    expect(found.earnings).toMatchObject([{ ticker: 'BTC', date: '2024-06-20' }]);
    expect(found.earnings[0]?.coins).toBeCloseTo(coins, 12);
    expect(found.programs).toMatchObject([
      { program: 'Bitmain Antminer', device: 'asic', model: 'Antminer S9' },
    ]);
  });

  it('expects no coins where the table is too old or silent', () => {
    const monero = (start: string) =>
      estimateOf([from(start, 1, { algorithms: ['rx/0'], roles: MINING, shares: accepted(1e5, 20) })], {
        coins: [{ ticker: 'XMR', basis: 'job', confidence: 0.9 }],
      });
    expect(monero('2022-06-01T00:00:00Z').earnings).toEqual([]);
    const bitcoin = (start: string) =>
      estimateOf([from(start, 1, { algorithms: ['sha256d'], roles: MINING, shares: accepted(1e5, 20) })], {
        coins: [{ ticker: 'BTC', basis: 'job', confidence: 0.9 }],
      });
    expect(bitcoin('2024-06-01T00:00:00Z').earnings).toMatchObject([{ ticker: 'BTC', date: '2024-06-20' }]);
    expect(bitcoin('2026-01-01T00:00:00Z').earnings).toEqual([]);
  });

  it('takes the class of machine that the agent names, and none that draws nothing', () => {
    const scrypt = (agents: string[], difficulty: number) =>
      estimateOf([
        from('2026-03-02T00:00:00Z', 1, {
          algorithms: ['scrypt'],
          agents,
          roles: MINING,
          shares: accepted(difficulty, 20),
        }),
      ]).energy;
    expect(scrypt([], 5e8)?.basis).toBe('hash rate, efficiency of scrypt asic');
    expect(scrypt(['cpuminer-opt-26.1-x64L'], 1)?.basis).toBe('not measured: cpu machines, 1 to 1');
    expect(scrypt([], 0.001)?.basis).toContain('not measured');
  });

  it('does not take a slow machine for one of a class that is faster', () => {
    const slow = (ticker: string, algorithm: string, difficulty: number) =>
      estimateOf(
        [
          from('2026-03-02T00:00:00Z', 1, {
            algorithms: [algorithm],
            roles: MINING,
            shares: accepted(difficulty, 20),
          }),
        ],
        { coins: [{ ticker, basis: 'job', confidence: 0.9 }] },
      ).energy;
    expect(slow('BTC', 'sha256d', 1)).toBeNull();
    expect(slow('LTC', 'scrypt', 1)).toBeNull();
    expect(slow('XMR', 'rx/0', 1e5)?.basis).toBe('hash rate, efficiency of rx/0 cpu');
    expect(slow('XMR', 'cn/r', 1e5)?.basis).toBe('not measured: cpu machines, 1 to 1');
  });

  it('gives no energy for a mere suspicion without a rate', () => {
    const attempt = from('2026-03-02T00:00:00Z', 1, { roles: MINING });
    expect(estimateOf([attempt], { level: 'suspected' }).energy).toBeNull();
    expect(estimateOf([attempt], { level: 'probable' }).energy?.basis).toContain('published campaign');
  });

  it('names coins that are paid out, not mined', () => {
    const one = from('2026-03-02T00:00:00Z', 1, {
      dialect: 'stratum-v1-kawpow',
      roles: MINING,
      logins: ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa.rig'],
      options: ['c=BTC', 'mc=RVN'],
    });
    expect(estimateOf([one]).payouts).toEqual([{ ticker: 'BTC', basis: 'option' }]);
    expect(estimateOf([{ ...one, options: [] }]).payouts).toEqual([{ ticker: 'BTC', basis: 'wallet' }]);
    expect(
      estimateOf([{ ...one, options: [], logins: ['RVN:RFgfbeoNw871vQe7jFf2YACXYhq5EpfQ6o'] }]).payouts,
    ).toEqual([]);
  });
});

describe('the Zhejiang figures', () => {
  const factor = (name: string) => rules.estimates.factors.find((one) => one.name === name) ?? null;

  it('come out of the rules under their own names only', () => {
    const day = energyOf(
      { rates: [], devices: [], hardware: [], miners: null, activeSeconds: 86_400, isFlagged: true },
      rules.estimates,
    )!;
    expect(day.kwhPerDay * 4699).toBeCloseTo(148_500, -2.5);
    expect(day.co2?.factor.name).toBe('national-2023');
    const own = withFactors(day, factor('zhejiang-2021'), factor('zhejiang-coal-2021'));
    expect((own.coal!.kg * 4699) / 1000).toBeCloseTo(60, 0);
    expect((own.co2!.kg * 4699 * 365) / 1e6).toBeCloseTo(54, 0);
  });
});

describe('activityOf', () => {
  it('marks hours of days, runs and continuity', () => {
    const found = activityOf([
      from('2026-03-02T22:30:00Z', 3),
      from('2026-03-03T01:40:00Z', 0.1),
      from('2026-03-03T09:00:00Z', 0.5),
    ]);
    expect(found).toEqual({
      days: [
        { day: '2026-03-02', hours: (1 << 22) | (1 << 23) },
        { day: '2026-03-03', hours: (1 << 0) | (1 << 1) | (1 << 9) },
      ],
      daysActive: 2,
      longestSeconds: 3 * 3600 + 16 * 60,
      // From 01:46 to 09:00.
      longestIdleSeconds: 7 * 3600 + 14 * 60,
      continuity: 5 / 12,
      runs: 2,
    });
    expect(activityOf([])).toBeNull();
  });

  it('keeps the latest days of a session that claims to last for ever', () => {
    const found = activityOf([from('1990-01-01T00:00:00Z', 24 * 365 * 40)])!;
    expect(found.days.length).toBeLessThanOrEqual(MAX_ACTIVE_DAYS);
    expect(found.daysActive).toBeGreaterThan(14_000);
    expect(found.continuity).toBe(1);
  });
});

describe('who and with what', () => {
  it.each([
    [`0014751e76e8199196d454941c45d1b3a323f1433bd6`, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    [
      '512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    ],
    ['76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ['a91489abcdefabbaabbaabbaabbaabbaabbaabbaabba87', '3EExK1K1TF3v7zsFtQHt14XqexCwgmXM1y'],
    ['6a04deadbeef', null],
  ])('reads the address that the reward goes to: %s', (script, address) => {
    const [pool] = poolsOf([session({ clues: { ...BITCOIN, outputs: [script] } })], [], context);
    expect(pool?.rewardAddress ?? null).toBe(address);
  });

  it('names the operator by the signature in the jobs, where no list knows the server', () => {
    const [pool] = poolsOf([session({ clues: BITCOIN })], [], context);
    expect(pool).toMatchObject({ operator: 'ViaBTC', operatorBasis: 'coinbase-text' });
    const [unsigned] = poolsOf([session({ clues: { ...BITCOIN, texts: ['/nobody/'] } })], [], context);
    expect(unsigned).toMatchObject({ operator: null });
    expect(unsigned).not.toHaveProperty('operatorBasis');
  });

  it.each([
    ['bmminer/2.0.0/Antminer S9/13500', 'Antminer S9', 'asic'],
    ['Antminer S19j Pro/2023', 'Antminer S19j Pro', 'asic'],
    ['2022-09-27-0-26ba61b9-22.08.1-plus;bosminer-plus-am1-s9 0.9.0-26ba61b9', 'Antminer S9', 'asic'],
    ['bitaxe/BM1370/v2.6.0', 'bitaxe BM1370', 'asic'],
    ['NerdQAxe++/BM1370/v1.0.20', 'NerdQAxe++ BM1370', 'asic'],
    ['XMRig/6.26.0 (Linux x86_64) libuv/1.51.0 gcc/13.2.0', null, null],
    ['xmrig-proxy/6.26.0', null, 'proxy'],
    ['', null, null],
  ])('%s', (agent, model, device) => {
    expect(programsOf([agent], context)).toMatchObject([{ model, device }]);
  });
});
