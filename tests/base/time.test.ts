import { describe, expect, it } from 'vitest';
import { formatDay, isDue } from '../../src/base/time.js';

const timeUs = (iso: string) => Date.parse(iso) * 1000;

describe('formatDay', () => {
  it('tells a day of its own zone, the last one where it is an end', () => {
    expect(formatDay(timeUs('2021-10-31T16:00:00Z'), 480)).toBe('2021-11-01');
    expect(formatDay(timeUs('2021-11-15T16:00:00Z'), 480, true)).toBe('2021-11-15');
    expect(formatDay(timeUs('1969-12-31T16:00:00Z'), 480)).toBe('1970-01-01');
  });

  it('passes no day of another zone off as its own', () => {
    expect(formatDay(timeUs('2021-10-31T16:00:00Z'), 0)).toBe('2021-10-31 16:00:00 +00:00');
    expect(formatDay(timeUs('2021-11-01T00:00:00Z'), 480)).toBe('2021-11-01 08:00:00 +08:00');
  });
});

it('is due after its time, and when the clock was set back', () => {
  expect(isDue(1000, 500, 1499)).toBe(false);
  expect(isDue(1000, 500, 1500)).toBe(true);
  expect(isDue(86_400_000, 500, 1000)).toBe(true);
  expect(isDue(Number.NEGATIVE_INFINITY, 500, 0)).toBe(true);
});
