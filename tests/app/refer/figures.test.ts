import { expect, it } from 'vitest';
import { figuresOf } from '../../../src/app/pipeline/refer/figures.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { energyText } from '../../../src/deliver/refer/words.js';
import { sampleVerdict } from '../../deliver/samples.js';

const factors = { co2_kg: null, co2_factor: null, coal_kg: null, coal_factor: null };
const using = (kwh: number, low: number, high: number, perDay: number, basis = 'by hash rate') => ({
  ...toVerdictObject(sampleVerdict()),
  energy: { kwh, low, high, kwh_per_day: perDay, basis, ...factors },
});

it('electricity a day has the bounds of what was seen, and leaves out what was not measured', () => {
  const figures = figuresOf([
    using(0.5, 0.25, 1.5, 60),
    using(2, 1, 4, 10),
    using(9, 9, 9, 900, 'not measured: cpu machines, 1 to 1'),
  ]);
  expect(figures.energy).toEqual({
    addresses: 2,
    kwh_per_day: 70,
    kwh_per_day_low: 35,
    kwh_per_day_high: 200,
  });
  if (figures.energy === null) throw new Error('no energy');
  expect(energyText(figures.energy, 'en')).toBe('70 (35 to 200)');
  expect(energyText(figures.energy, 'zh-CN')).toBe('70（35 至 200）');
});
