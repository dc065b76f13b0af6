import { describe, expect, it } from 'vitest';
import { phrase } from '../../../src/base/phrase.js';
import { createRegistry, excessesOf } from '../../../src/detect/cases/registry.js';
import type { Declaration } from '../../../src/model/declaration.js';
import { sampleSession, sampleVerdict } from '../../deliver/samples.js';
import { DAY, START } from './samples.js';

const HOUR = 3_600e6;

function declaration(changes: Partial<Declaration> = {}): Declaration {
  return {
    reference: 'R-1',
    unitId: null,
    range: { first: '10.0.0.0', last: '10.0.0.9' },
    purpose: 'course',
    approver: 'science office',
    fromUs: START,
    toUs: START + 30 * DAY,
    coins: [],
    maxMiners: null,
    hours: null,
    utcOffsetMinutes: 480,
    ...changes,
  };
}

describe('the registry', () => {
  it('covers addresses of a range while it is valid', () => {
    const registry = createRegistry([declaration()], () => null);
    expect(registry('10.0.0.9', START)?.declaration.reference).toBe('R-1');
    expect(registry('10.0.0.9', START + 30 * DAY)).toBeNull();
    expect(registry('10.0.0.9', START - 1)).toBeNull();
    expect(registry('10.0.0.10', START)).toBeNull();
    expect(registry('2001:db8::1', START)).toBeNull();
  });

  it('covers a unit by who owns the address then', () => {
    const owner = (_ip: string, timeUs: number) => (timeUs < START + DAY ? 'U1' : 'U2');
    const registry = createRegistry([declaration({ unitId: 'U1', range: null })], owner);
    expect(registry('192.0.2.1', START)).not.toBeNull();
    expect(registry('192.0.2.1', START + DAY)).toBeNull();
  });

  it('takes the declaration that lasts longest', () => {
    const registry = createRegistry(
      [declaration(), declaration({ reference: 'R-2', toUs: null }), declaration({ reference: 'R-3' })],
      () => null,
    );
    expect(registry('10.0.0.1', START)).toMatchObject({ untilUs: null, declaration: { reference: 'R-2' } });
  });
});

describe('what goes beyond a declaration', () => {
  const verdict = sampleVerdict({ firstUs: START, miners: { low: 3, high: 9, basis: '' } });
  const codes = (changes: Partial<Declaration>, sessions = [sampleSession()]) =>
    excessesOf(declaration(changes), verdict, sessions, []).map(({ code }) => code);

  it('is told: coin, number, time', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ coins: ['XMR'], maxMiners: 3 })).toEqual([]);
    expect(codes({ coins: ['BTC'], maxMiners: 2 })).toEqual(['other-coin', 'more-miners']);
    const [uncovered] = excessesOf(declaration(), verdict, [], [START + 5e6, START]);
    expect(uncovered).toEqual({
      code: 'not-covered',
      text: phrase`evidence of ${'2021-10-01T00:00:00.000Z'}, when nothing was declared`,
    });
  });

  it('is told: hours of the office, with ten minutes of grace', () => {
    // 08:00 to 20:00 at UTC+8 is 00:00 to 12:00 UTC.
    const hours = { from: 480, to: 1200 };
    const at = (from: number, to: number) => [
      sampleSession({ firstUs: START + from * HOUR, lastUs: START + to * HOUR }),
    ];
    expect(codes({ hours }, at(0, 12))).toEqual([]);
    expect(codes({ hours }, at(23.9, 36.1))).toEqual([]);
    expect(codes({ hours }, at(23.5, 27))).toEqual(['outside-hours']);
    expect(codes({ hours }, at(6, 12.5))).toEqual(['outside-hours']);
    expect(codes({ hours }, at(14, 15))).toEqual(['outside-hours']);
    expect(codes({ hours }, at(1, 27))).toEqual(['outside-hours']);
    // What was before is for the declaration of then.
    expect(codes({ hours }, at(-10, -9))).toEqual([]);
    // Over midnight: 22:00 to 06:00 at UTC+8 is 14:00 to 22:00 UTC.
    expect(codes({ hours: { from: 1320, to: 360 } }, at(14, 22))).toEqual([]);
    expect(codes({ hours: { from: 1320, to: 360 } }, at(13, 22))).toEqual(['outside-hours']);
    expect(codes({ hours: { from: 0, to: 1440 } }, at(0, 40))).toEqual([]);
  });
});
