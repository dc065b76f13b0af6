import { expect, it } from 'vitest';
import { formatAccounts } from '../../../src/deliver/print/accounting.js';

const line = (key: string, low: number, high: number, coins: Readonly<Record<string, number>>) => ({
  now: {
    key,
    name: null,
    ips: 3,
    confirmed: 3,
    probable: 0,
    suspected: 0,
    units: 1,
    miners: { low, high, ips: 3 },
    coins,
    measuredKwhPerDay: null,
    assumedKwhPerDay: null,
    kwhPerDay: null,
    coalKgPerDay: null,
    co2KgPerYear: null,
  },
  before: null,
});

it('says a range only where there is one, and of what is not known that it is not', () => {
  const lines = [line('U1', 3, 3, {}), line('U2', 3, 9, { XMR: 2 })];
  const cells = formatAccounts(lines, 'unit', { language: 'zh-CN', color: false, width: null })
    .split('\n')
    .slice(1)
    .map((text) => text.trim().split(/\s{2,}/));
  expect(cells).toEqual([
    ['U1', '3', '3 / 0', '1', '3', '未知', '未知', '未知', '未知'],
    ['U2', '3', '3 / 0', '1', '3–9', 'XMR 2', '未知', '未知', '未知'],
  ]);
});
