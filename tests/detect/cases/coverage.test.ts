import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailyCoverage, longestPause, quietSince } from '../../../src/detect/cases/coverage.js';
import { DAY, START } from './samples.js';

const days = (from: number, to: number) => ({ fromUs: START + from * DAY, toUs: START + to * DAY });

describe('coverage', () => {
  it('adds up overlapping inputs once, day by day', () => {
    const inputs = [days(0, 1.5), days(1.25, 1.5), days(1.75, 2)];
    const shares = [...dailyCoverage(inputs, START, START + 10 * DAY).values()];
    expect(shares).toEqual([1, 0.75]);
  });

  it('never covers more than a day of a day', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }))
      .map(([a, b]) => days(Math.min(a, b) / 10, Math.max(a, b) / 10));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 20 }), (inputs) => {
        for (const share of dailyCoverage(inputs, START, START + 35 * DAY).values()) {
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  it('finds the longest pause between positive items', () => {
    expect(longestPause([])).toBeNull();
    expect(longestPause([days(0, 1)])).toBeNull();
    expect(longestPause([days(5, 6), days(0, 2), days(1, 3), days(9, 9)])).toEqual(days(6, 9));
  });
});

describe('quiet after a claim', () => {
  const claimed = START + 10 * DAY;
  const mined = [days(0, 9)];

  it('takes fourteen covered days', () => {
    const at = (now: number) => quietSince(claimed, mined, [days(0, 100)], START + now * DAY);
    expect(at(23.9)).toMatchObject({ neededDays: 14, quietDays: 13, isQuiet: false });
    expect(at(24)).toMatchObject({ neededDays: 14, quietDays: 14, isQuiet: true, coverage: 1 });
  });

  it('takes three times the longest pause before', () => {
    const pausing = [days(0, 1), days(8, 9)];
    const at = (now: number) => quietSince(claimed, pausing, [days(0, 100)], START + now * DAY);
    expect(at(30)).toMatchObject({ neededDays: 21, quietDays: 20, isQuiet: false });
    expect(at(31).isQuiet).toBe(true);
  });

  it('tells the pause that it is measured by, and how much of it was looked at', () => {
    const captures = [days(0, 1), days(730, 731)];
    const seen = [...captures, days(700, 702.5)];
    const report = quietSince(START + 740 * DAY, captures, seen, START + 741 * DAY);
    expect(report).toMatchObject({ neededDays: 2187, pause: { ...days(1, 730), coveredDays: 2 } });
    expect(quietSince(claimed, mined, seen, START + 12 * DAY).pause).toBeNull();
  });

  it('counts only days that were looked at', () => {
    expect(quietSince(claimed, mined, [days(0, 11)], START + 90 * DAY)).toMatchObject({
      quietDays: 1,
      isQuiet: false,
    });
    // Every other day is not enough, however long it goes on.
    const everyOther = Array.from({ length: 60 }, (_, at) => days(10 + 2 * at, 11 + 2 * at));
    expect(quietSince(claimed, mined, everyOther, START + 130 * DAY).isQuiet).toBe(false);
    // A hole of ten days in between does not undo a covered stretch behind it.
    const withHole = [days(10, 12), days(22, 40)];
    expect(quietSince(claimed, mined, withHole, START + 40 * DAY).isQuiet).toBe(true);
  });

  it('bears one day in ten that was not looked at', () => {
    const nine = Array.from({ length: 10 }, (_, at) => days(10 + 10 * at, 19 + 10 * at));
    expect(quietSince(claimed, mined, nine, START + 100 * DAY).isQuiet).toBe(true);
  });

  it('begins anew behind a positive item after the claim, however weak', () => {
    const lookup = { fromUs: START + 20.5 * DAY, toUs: START + 20.5 * DAY };
    const at = (now: number) => quietSince(claimed, [...mined, lookup], [days(0, 100)], START + now * DAY);
    expect(at(34.9)).toMatchObject({ quietDays: 13, isQuiet: false });
    expect(at(35).isQuiet).toBe(true);
  });
});
