import { describe, expect, it } from 'vitest';
import { estimateLines, formatRate } from '../../../src/deliver/print/estimates.js';
import { hourText } from '../../../src/deliver/print/estimates-json.js';
import { ESTIMATE_MESSAGES } from '../../../src/deliver/print/messages/estimate-messages.js';
import { PROOF_MESSAGES } from '../../../src/deliver/print/messages/proof-messages.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { openStore } from '../../../src/deliver/store/index.js';
import type { Estimates } from '../../../src/model/verdict.js';
import { START_US, sampleVerdict, temporaryFolder } from '../samples.js';

const FACTOR = { name: 'national-2023', value: 0.5306, source: 'a notice' };
const RATE = {
  value: 5400.4,
  low: 4100,
  high: 6900,
  unit: 'H/s',
  algorithm: 'rx/0',
  basis: 'submitted-shares',
  shares: 187,
  seconds: 7200,
} as const;
const ESTIMATES: Estimates = {
  hashrate: RATE,
  hashrates: [RATE],
  reported: [{ value: 1.11e8, unit: 'H/s', algorithm: 'etchash' }],
  energy: {
    kwh: 3.1,
    low: 1.9,
    high: 5.2,
    kwhPerDay: 37.2,
    basis: 'hash rate, efficiency of rx/0 cpu',
    co2: { kg: 1.645, factor: FACTOR },
    coal: null,
  },
  activity: {
    days: [{ day: '2026-03-02', hours: (1 << 0) | (1 << 23) }],
    daysActive: 1,
    longestSeconds: 3600,
    continuity: 0.5,
    runs: 2,
  },
  earnings: [
    { ticker: 'XMR', coins: 0.0007, low: 0.0005, high: 0.0009, basis: 'b', date: '2026-03-01', source: 's' },
  ],
  payouts: [{ ticker: 'BTC', basis: 'wallet' }],
  relays: ['10.0.0.13'],
  programs: [
    { agent: 'XMRig/6.21.0 \u001b[31m', program: 'XMRig', version: '6.21.0', device: null, model: null },
  ],
};

describe('the estimates of a brief', () => {
  it('say how much, how long and at what cost', () => {
    const text = estimateLines(ESTIMATES, 'en').join('\n');
    expect(text).toContain(
      'Hash rate: 5.4 kH/s of rx/0 (95 %: 4.1 kH/s to 6.9 kH/s), from 187 shares in 2h00m',
    );
    expect(text).toContain('Stated by the miner itself, unchecked: 111 MH/s');
    expect(text).toContain('3.1 kWh (1.9 to 5.2)');
    expect(text).toContain('by hash rate and the efficiency of rx/0 cpu');
    expect(text).toContain('Carbon dioxide: 1.65 kg (factor national-2023: 0.5306 kg/kWh)');
    expect(text).toContain('on 2026-03-02 (UTC): 00:00–01:00, 23:00–24:00');
    expect(text).toContain('0.0007 XMR');
    expect(text).toContain('BTC (the address that is paid)');
    expect(text).not.toContain('Standard coal');
    expect(text).not.toContain('\u001b');
  });

  it('in Chinese too, and without a placeholder left', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      for (const basis of [
        'not measured: gpu machines, 1 to 3',
        'not measured: mean of an address in a published campaign',
      ]) {
        const energy = { ...ESTIMATES.energy!, basis };
        const lines = estimateLines({ ...ESTIMATES, energy }, language);
        expect(lines.join('\n')).not.toMatch(/[{}]|undefined|NaN/);
        expect(lines.length).toBeGreaterThan(8);
      }
    }
    expect(estimateLines(ESTIMATES, 'zh-CN').join('\n')).toContain('算力：5.4 kH/s');
    for (const texts of [...Object.values(ESTIMATE_MESSAGES), ...Object.values(PROOF_MESSAGES)]) {
      const names = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
      expect(names(texts['zh-CN'])).toEqual(names(texts.en));
      expect(texts['zh-CN']).toMatch(/\p{Script=Han}/u);
    }
  });

  it('are silent where nothing is known', () => {
    const none = { hashrate: null, hashrates: [], reported: [], energy: null, activity: null } as const;
    expect(estimateLines({ ...none, earnings: [], payouts: [], programs: [], relays: [] }, 'en')).toEqual([]);
    expect(estimateLines(undefined, 'en')).toEqual([]);
  });
});

describe('the estimates of a verdict object', () => {
  it('have the names that docs/outputs.md gives', () => {
    const object = toVerdictObject(sampleVerdict({ estimates: ESTIMATES }));
    expect(object.hashrate).toEqual({ ...RATE, value: 5400 });
    expect(object.energy).toMatchObject({
      kwh: 3.1,
      kwh_per_day: 37.2,
      co2_kg: 1.645,
      co2_factor: { name: 'national-2023', kg_per_kwh: 0.5306 },
      coal_kg: null,
    });
    expect(object.activity?.days).toEqual([{ day: '2026-03-02', hours: '100000000000000000000001' }]);
    expect(object.programs[0]?.agent).toBe('XMRig/6.21.0 \\x1b[31m');
    expect(toVerdictObject(sampleVerdict())).toMatchObject({ hashrate: null, energy: null, activity: null });
  });

  it('come back from the store', () => {
    const store = openStore(`${temporaryFolder()}/db.sqlite`);
    const run = store.beginRun({ startedUs: START_US, version: '0', rulesVersion: '0' });
    store.saveVerdicts([sampleVerdict({ estimates: ESTIMATES })], run);
    expect(store.loadVerdict('10.8.3.17')?.estimates).toEqual(ESTIMATES);
    store.close();
  });
});

describe('formatRate', () => {
  it.each([
    [0, '0 H/s'],
    [21.34, '21.3 H/s'],
    [999, '999 H/s'],
    [1000, '1 kH/s'],
    [13.5e12, '13.5 TH/s'],
    [1e30, '1.00e+9 ZH/s'],
  ])('%d', (value, text) => expect(formatRate(value, 'H/s')).toBe(text));

  it('hours', () => expect(hourText(0b110)).toBe(`011${'0'.repeat(21)}`));
});
