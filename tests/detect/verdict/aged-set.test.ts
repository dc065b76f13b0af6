import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AgedSet } from '../../../src/detect/verdict/ledger/aged-set.js';
import { cpuMs } from '../../support/cpu.js';

it('names the oldest, whatever was added, deleted and added again', () => {
  const step = fc.record({
    act: fc.constantFrom('add', 'delete', 'oldest', 'clear'),
    name: fc.constantFrom(...'abcde'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const aged = new AgedSet();
      const plain = new Set<string>();
      for (const { act, name } of steps) {
        if (act === 'add') {
          aged.add(name);
          plain.add(name);
        } else if (act === 'delete') {
          aged.delete(name);
          plain.delete(name);
        } else if (act === 'clear' && name === 'a') {
          aged.clear();
          plain.clear();
        }
        const [oldest] = plain;
        if (act === 'oldest') expect(aged.oldest()).toBe(oldest);
        expect(aged.has(name)).toBe(plain.has(name));
        expect(aged.size).toBe(plain.size);
      }
    }),
    { numRuns: 500 },
  );
});

it('takes constant time', () => {
  const aged = new AgedSet();
  for (let n = 0; n < 200_000; n++) aged.add(`${n}`);
  const started = cpuMs();
  for (let n = 0; n < 200_000; n++) {
    aged.delete(aged.oldest() ?? '');
    aged.add(`again${n}`);
  }
  expect(aged.oldest()).toBe('again0');
  expect(cpuMs() - started).toBeLessThan(2000);
});

it('holds no more than its names, however many came and went since it was asked', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const set = new AgedSet();
  set.add('first');
  expect(set.oldest()).toBe('first');
  const before = heap();
  for (let at = 0; at < 1_000_000; at++) {
    set.add(`name ${at}`);
    if (at >= 1000) set.delete(`name ${at - 1000}`);
  }
  // A thousand tables that were outgrown take 50 MB.
  expect(heap() - before).toBeLessThan(5e6);
  expect(set.oldest()).toBe('first');
  set.delete('first');
  expect(set.oldest()).toBe('name 999000');
});
