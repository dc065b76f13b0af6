import { describe, expect, it } from 'vitest';
import { loadFactors } from '../../../src/app/pipeline/load-factors.js';
import { RuleError } from '../../../src/base/errors.js';
import { type AccountedVerdict, Accounts, estimate } from '../../../src/detect/accounting/account.js';
import { parseFactors } from '../../../src/detect/accounting/factors.js';

const { factors, assumptions } = await loadFactors();
const zhejiang = factors.find(({ id }) => id === 'zhejiang-2021');
const national = factors.find(({ id }) => id === 'cn-2023');
const assumed = assumptions.find(({ id }) => id === 'zhejiang-2021');
const jiangsu = assumptions.find(({ id }) => id === 'jiangsu-2021');
if (!zhejiang || !national || !assumed || !jiangsu) throw new Error('the bundled factors lack an entry');

describe('the worked example of Zhejiang, 2021', () => {
  it('comes out: 4,699 IPs, 148,500 kWh/day, 60 t coal/day, 54,000 t CO2/year', () => {
    const { kwhPerDay, coalKgPerDay, co2KgPerYear } = estimate(4699, assumed, zhejiang);
    expect(Math.round(kwhPerDay)).toBe(148_500);
    expect((coalKgPerDay / 1000).toPrecision(2)).toBe('60');
    expect(Math.round(co2KgPerYear / 1e6)).toBe(54);
  });

  it('is far below that with the official grid factor', () => {
    expect(Math.round(estimate(4699, assumed, national).co2KgPerYear / 1e5) / 10).toBe(28.8);
  });

  it('and Jiangsu: 4,502 IPs, 260,000 kWh/day', () => {
    expect(Math.round(estimate(4502, jiangsu, national).kwhPerDay)).toBe(260_000);
  });
});

function verdict(changes: Partial<AccountedVerdict> = {}): AccountedVerdict {
  return {
    ip: '10.0.0.1',
    level: 'confirmed',
    first_seen: '2021-07-01T00:00:00.000Z',
    last_seen: '2021-07-03T00:00:00.000Z',
    coins: [{ ticker: 'XMR' }],
    miners: { low: 1, high: 3 },
    energy: null,
    unit: { id: 'U1', name: 'One', category: 'school', region: 'R1' },
    ...changes,
  };
}

const options = { by: 'unit', factors: zhejiang, assumption: null, since: null, until: null } as const;

function account(
  verdicts: readonly AccountedVerdict[],
  changes: Partial<ConstructorParameters<typeof Accounts>[0]> = {},
) {
  const accounts = new Accounts({ ...options, ...changes });
  for (const one of verdicts) accounts.add(one);
  return accounts;
}

it('names the source of every bundled figure in Chinese too', () => {
  for (const { source } of [...factors, ...assumptions]) expect(source['zh-CN']).toMatch(/\p{Script=Han}/u);
});

describe('accounting', () => {
  it('takes no class of machines and no published mean for a measurement', () => {
    for (const basis of [
      'not measured: cpu machines, 1 to 1',
      'not measured: mean of an address in a published campaign',
    ]) {
      const total = account([verdict({ energy: { kwh: 20, low: 10, high: 40, basis } })]).total();
      expect(total).toMatchObject({ measuredKwhPerDay: null, kwhPerDay: null });
    }
  });

  it('leaves unknown what was not measured', () => {
    expect(account([verdict()]).total()).toMatchObject({
      ips: 1,
      miners: { low: 1, high: 3, ips: 1 },
      kwhPerDay: null,
      coalKgPerDay: null,
      co2KgPerYear: null,
    });
    expect(account([verdict({ miners: null })]).total().miners).toBeNull();
  });

  it('spreads measured energy over the days it was measured in, and keeps assumptions apart', () => {
    const measured = verdict({ energy: { kwh: 20, low: 10, high: 40, basis: 'hash rate' } });
    const total = account([measured, verdict()], { assumption: { ...assumed, kwhPerIpDay: 30 } }).total();
    expect(total.measuredKwhPerDay).toEqual({ value: 10, low: 5, high: 20, ips: 1 });
    expect(total.assumedKwhPerDay).toEqual({ value: 30, ips: 1 });
    expect(total.kwhPerDay).toEqual({ value: 40, low: 35, high: 50 });
    expect(total.coalKgPerDay?.value).toBeCloseTo(40 * 0.404);
    expect(total.co2KgPerYear?.value).toBeCloseTo(40 * 365 * 0.9963);
    // What was seen for an hour used what it used on that day.
    const short = verdict({
      last_seen: '2021-07-01T01:00:00.000Z',
      energy: { kwh: 2, low: 1, high: 3, basis: 'hash rate' },
    });
    expect(account([short]).total().kwhPerDay?.value).toBe(2);
  });

  it('groups by unit, region, category, the unknown last', () => {
    const verdicts = [
      verdict({ unit: null, coins: [] }),
      verdict({ unit: null, level: 'probable' }),
      verdict({ unit: null }),
      verdict(),
      verdict({ coins: [{ ticker: 'XMR' }, { ticker: 'BTC' }] }),
      verdict({ unit: { id: 'U2', name: 'Two', category: 'school', region: 'R2' } }),
    ];
    const by = (grouping: 'unit' | 'category' | 'region') =>
      account(verdicts, { by: grouping })
        .rows()
        .map(({ key, ips, units }) => [key, ips, units]);
    expect(by('unit')).toEqual([
      ['U1', 2, 1],
      ['U2', 1, 1],
      [null, 3, 0],
    ]);
    expect(by('category')).toEqual([
      ['school', 3, 2],
      [null, 3, 0],
    ]);
    expect(by('region').map(([key]) => key)).toEqual(['R1', 'R2', null]);
    expect(account(verdicts).total().coins).toEqual({ XMR: 5, BTC: 1 });
  });

  it('counts what was seen in the period', () => {
    const count = (since: string | null, until: string | null) =>
      account([verdict()], { since, until }).total().ips;
    expect(count('2021-07-03T00:00:00.000Z', null)).toBe(1);
    expect(count('2021-07-03T00:00:00.001Z', null)).toBe(0);
    expect(count(null, '2021-07-01T00:00:00.001Z')).toBe(1);
    expect(count(null, '2021-07-01T00:00:00.000Z')).toBe(0);
  });
});

describe('a factors file', () => {
  it('names everything that is wrong with it', () => {
    const faults = (value: unknown) => {
      try {
        parseFactors('f.yaml', value);
      } catch (error) {
        if (error instanceof RuleError) return error.faults.length;
      }
      return 0;
    };
    expect(faults(null)).toBe(2);
    expect(faults({ factors: [{ id: 'x' }], assumptions: [] })).toBe(5);
    expect(faults({ factors: [], assumptions: [{ id: 'BAD ID' }, 7] })).toBe(2);
  });
});
