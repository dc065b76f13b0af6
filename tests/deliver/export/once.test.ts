import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Once } from '../../../src/deliver/export/once.js';

const MAX_REMEMBERED = 262_144;

it('says what a set would say', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 200 }), (texts) => {
      const [once, set] = [new Once(), new Set<string>()];
      for (const text of texts) {
        expect(once.isFirst(text)).toBe(!set.has(text));
        set.add(text);
      }
    }),
    { numRuns: 20 },
  );
});

it('remembers as many as it says, all of them, and passes what comes beyond', () => {
  const once = new Once();
  const isFirst = (number: number) => once.isFirst(`entry ${number}`);
  const numbers = Array.from({ length: MAX_REMEMBERED }, (_, number) => number);
  expect(numbers.every(isFirst)).toBe(true);
  expect(numbers.some(isFirst)).toBe(false);
  expect([isFirst(MAX_REMEMBERED), isFirst(MAX_REMEMBERED)]).toEqual([true, true]);
});
