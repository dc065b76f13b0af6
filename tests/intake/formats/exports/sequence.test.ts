import { describe, expect, it } from 'vitest';
import { Sequence } from '../../../../src/intake/formats/exports/sequence.js';

const UNITS = 10;

/** Loss after messages of UNITS units with these numbers. */
function lostAfter(numbers: readonly number[]): number {
  const sequence = new Sequence();
  for (const number of numbers) sequence.advance(number >>> 0, UNITS);
  return sequence.lost;
}

const run = (from: number, to: number) =>
  Array.from({ length: (to - from) / UNITS }, (_, at) => from + at * UNITS);

describe('sequence numbers', () => {
  it('tell what is missing, also across the wrap', () => {
    expect(lostAfter([...run(0, 100), ...run(130, 200)])).toBe(30);
    expect(lostAfter([...run(-100, -20), ...run(10, 100)])).toBe(30);
  });

  it('take off what comes late, and only what was missing', () => {
    expect(lostAfter([0, 40, 20, 50, 10])).toBe(10);
    expect(lostAfter([-30, 10, -10, 20, -20, 0])).toBe(0);
    expect(lostAfter([0, 40, 20, 20])).toBe(20);
  });

  it('keep the loss of before a restart, whatever comes after', () => {
    expect(lostAfter([...run(5000, 6000), ...run(6050, 7000), ...run(0, 3000)])).toBe(50);
    expect(lostAfter([...run(5000, 6000), ...run(6050, 7000), ...run(0, 100), ...run(120, 200)])).toBe(70);
    expect(lostAfter([...run(5000, 6000), ...run(0, 100), ...run(0, 100), ...run(0, 100)])).toBe(0);
  });

  it('count messages of before a restart that come after it', () => {
    expect(lostAfter([...run(5000, 6000), ...run(6010, 7000), 0, 6000, ...run(10, 100)])).toBe(0);
    expect(lostAfter([...run(5000, 6000), 0, 10, 6000, ...run(20, 100)])).toBe(0);
  });

  it('take one that is far too late for no restart', () => {
    // More gaps than are remembered, then the first of them.
    const gaps = Array.from({ length: 200 }, (_, at) => at * 20);
    expect(lostAfter([...gaps, 10, ...run(4000, 4100)])).toBe(199 * 10 + 10);
  });

  it('know a restart by an uptime that goes back, also where the numbers go on', () => {
    const sequence = new Sequence();
    const day = 86_400_000;
    const send = (number: number, nowMs: number, bootMs: number) =>
      sequence.advance(number, UNITS, UNITS, { bootMs, uptimeMs: nowMs - bootMs });
    send(0, day, 0);
    send(30, day + 100, 0);
    expect(sequence.lost).toBe(20);
    // Ten messages of the new process were never seen, which nobody can know.
    send(100, day + 20_000, day + 10_000);
    send(110, day + 20_100, day + 10_000);
    expect(sequence.lost).toBe(20);
    // From before the restart, late.
    send(10, day + 150, 0);
    send(120, day + 20_200, day + 10_000);
    expect(sequence.lost).toBe(10);
  });

  it('are not taken in by an uptime that wraps, or stands still', () => {
    const wrapping = new Sequence();
    const wrap = 2 ** 32;
    wrapping.advance(0, UNITS, UNITS, { bootMs: 1000, uptimeMs: wrap - 500 });
    wrapping.advance(30, UNITS, UNITS, { bootMs: 1000 + wrap, uptimeMs: 500 });
    expect(wrapping.lost).toBe(20);
    const still = new Sequence();
    still.advance(0, UNITS, UNITS, { bootMs: 0, uptimeMs: 600_000 });
    still.advance(30, UNITS, UNITS, { bootMs: 90_000, uptimeMs: 600_000 });
    expect(still.lost).toBe(20);
  });

  it('begin anew where a message told no count', () => {
    const sequence = new Sequence();
    sequence.advance(0, UNITS);
    sequence.advance(10, -1);
    sequence.advance(500, UNITS);
    sequence.advance(520, UNITS);
    expect(sequence.lost).toBe(10);
  });
});
