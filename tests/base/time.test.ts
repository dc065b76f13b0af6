import { expect, it } from 'vitest';
import { isDue } from '../../src/base/time.js';

it('is due after its time, and when the clock was set back', () => {
  expect(isDue(1000, 500, 1499)).toBe(false);
  expect(isDue(1000, 500, 1500)).toBe(true);
  expect(isDue(86_400_000, 500, 1000)).toBe(true);
  expect(isDue(Number.NEGATIVE_INFINITY, 500, 0)).toBe(true);
});
