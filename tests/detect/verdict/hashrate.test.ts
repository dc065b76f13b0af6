import { describe, expect, it } from 'vitest';
import { ratesOf, reportedRates, type Work } from '../../../src/detect/verdict/estimates/hashrate.js';
import { poissonLimits } from '../../../src/detect/verdict/estimates/poisson.js';
import { mergeSessions } from '../../../src/detect/verdict/ledger/sessions.js';
import type { SuspectSession } from '../../../src/model/verdict.js';
import { randomFrom } from '../../support/random.js';
import { session } from './builders.js';

const START = 1.7e15;

function work(seconds: number, more: Partial<SuspectSession>, hashesPerDifficulty: number | null = 1): Work {
  return {
    session: session({ firstUs: START, lastUs: START + seconds * 1e6, ...more }),
    algorithm: 'rx/0',
    unit: 'H/s',
    hashesPerDifficulty,
  };
}

const shares = (difficulty: number | null, accepted: number, more = {}) => ({
  difficulty,
  submitted: accepted,
  accepted,
  rejected: 0,
  ...more,
});

describe('poissonLimits', () => {
  it.each([
    // Multiples of the estimate, as tables of the exact limits have them.
    [1, 0.025, 5.57],
    [3, 0.206, 2.92],
    [5, 0.325, 2.33],
    [10, 0.48, 1.84],
    [20, 0.61, 1.54],
    [30, 0.675, 1.43],
    [50, 0.742, 1.32],
    [100, 0.814, 1.216],
    [400, 0.904, 1.103],
  ])('of %d', (count, low, high) => {
    const limits = poissonLimits(count);
    expect(limits.low / count).toBeCloseTo(low, 2);
    expect(limits.high / count).toBeCloseTo(high, 2);
  });

  it('of none, of fractions, of very many', () => {
    expect(poissonLimits(0)).toEqual({ low: 0, high: expect.closeTo(3.689, 3) });
    expect(poissonLimits(2.5).low).toBeGreaterThan(poissonLimits(2).low);
    const many = poissonLimits(1e7);
    expect(many.low).toBeCloseTo(1e7 - 1.96 * Math.sqrt(1e7), -2);
    expect(many.high).toBeCloseTo(1e7 + 1.96 * Math.sqrt(1e7), -2);
  });
});

describe('ratesOf', () => {
  it('sums what the shares took over the time', () => {
    const [rate] = ratesOf([work(1000, { shares: [shares(20_000, 30)] })]);
    expect(rate).toMatchObject({
      value: 600,
      shares: 30,
      seconds: 1000,
      basis: 'submitted-shares',
      unit: 'H/s',
    });
    expect([rate!.low, rate!.high]).toEqual([expect.closeTo(404.8, 0), expect.closeTo(856.6, 0)]);
  });

  it('counts each share at the difficulty it was found at', () => {
    const [rate] = ratesOf([
      work(1000, { shares: [shares(10_000, 10), shares(40_000, 10), shares(1e6, 0)] }),
    ]);
    expect(rate!.value).toBe(500);
    // Fewer equal shares would tell as much.
    expect(rate!.high / rate!.value).toBeGreaterThan(poissonLimits(20).high / 20);
  });

  it('adds sessions at the same time, and takes one after the other as one', () => {
    const both = [work(1000, { shares: [shares(10_000, 10)] }), work(1000, { shares: [shares(10_000, 10)] })];
    expect(ratesOf(both)[0]!.value).toBe(200);
    const later = work(1000, { firstUs: START + 2e9, lastUs: START + 3e9, shares: [shares(10_000, 10)] });
    expect(ratesOf([both[0]!, later])[0]).toMatchObject({ value: 100, seconds: 2000 });
  });

  it('does not take shares of unknown worth for none', () => {
    const [rate] = ratesOf([work(1000, { shares: [shares(10_000, 10), shares(null, 10)] })]);
    expect(rate!.value).toBe(200);
    expect(ratesOf([work(1000, { shares: [shares(null, 10)] })])).toEqual([]);
    expect(ratesOf([work(1000, { shares: [shares(64, 10)] }, null)])).toEqual([]);
  });

  it('takes the worth that the dialect states, before that of the algorithm', () => {
    const stated = shares(5, 10, { hashesPerShare: 4e9 });
    expect(ratesOf([work(1000, { shares: [stated] }, 1)])[0]!.value).toBe(4e7);
  });

  it('counts no refused share, and says so where nobody answered', () => {
    const refused = { difficulty: 1000, submitted: 10, accepted: 5, rejected: 5 };
    expect(ratesOf([work(10, { shares: [refused] })])[0]!.shares).toBe(5);
    const unanswered = { difficulty: 1000, submitted: 10, accepted: 0, rejected: 0 };
    expect(ratesOf([work(10, { shares: [unanswered] })])[0]).toMatchObject({
      shares: 10,
      basis: 'submitted-shares, not all answered',
    });
  });

  it('never adds algorithms, and survives any number', () => {
    const other = { ...work(10, { shares: [shares(7, 3)] }), algorithm: 'kawpow' };
    expect(ratesOf([work(10, { shares: [shares(7, 9)] }), other]).map(({ algorithm }) => algorithm)).toEqual([
      'rx/0',
      'kawpow',
    ]);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e308]) {
      for (const rate of ratesOf([work(10, { shares: [shares(odd, 3), shares(1, odd)] })])) {
        expect(Number.isNaN(rate.value)).toBe(false);
      }
    }
    expect(ratesOf([work(0, { shares: [shares(7, 9)] })])).toEqual([]);
  });

  it('holds the true rate in nineteen of twenty simulated sessions, whatever the vardiff', () => {
    const random = randomFrom(20_260_301);
    let [held, tried] = [0, 0];
    for (let round = 0; round < 600; round++) {
      const truth = 10 ** (2 + 4 * random());
      const seconds = 600 + 3000 * random();
      const groups = new Map<number, number>();
      let aim = 10 + 30 * random();
      let at = 0;
      for (;;) {
        const difficulty = Math.max(1, Math.round(truth * aim));
        at += -Math.log(1 - random()) * (difficulty / truth);
        if (at > seconds) break;
        groups.set(difficulty, (groups.get(difficulty) ?? 0) + 1);
        if (random() < 0.1) aim = 10 + 30 * random();
      }
      const found = [...groups].map(([difficulty, count]) => shares(difficulty, count));
      const [rate] = ratesOf([work(seconds, { shares: found })]);
      if (rate === undefined || rate.shares < 10) continue;
      tried++;
      if (rate.low <= truth && truth <= rate.high) held++;
    }
    expect(tried).toBeGreaterThan(400);
    expect(held / tried).toBeGreaterThan(0.93);
  });
});

describe('reportedRates', () => {
  it('are the most that was stated at one moment', () => {
    const states = (from: number, to: number, reportedHps: number) =>
      session({ firstUs: START + from * 1e6, lastUs: START + to * 1e6, reportedHps });
    const workOf = () => ({ algorithm: 'etchash', unit: 'H/s' as const });
    const rates = reportedRates([states(0, 100, 5e7), states(50, 150, 6e7), states(200, 300, 7e7)], workOf);
    expect(rates).toEqual([{ value: 1.1e8, unit: 'H/s', algorithm: 'etchash' }]);
    expect(reportedRates([session({})], workOf)).toEqual([]);
  });
});

describe('merged sessions', () => {
  it('keep what a share is worth', () => {
    const part = (accepted: number) => session({ shares: [shares(2, accepted, { hashesPerShare: 2e10 })] });
    const { shares: sums } = mergeSessions(part(3), part(4));
    expect(sums).toEqual([shares(2, 7, { hashesPerShare: 2e10 })]);
  });
});
