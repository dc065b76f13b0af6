import { afterEach, expect, it, vi } from 'vitest';
import { Deliverer } from '../../../src/app/pipeline/watch/deliverer.js';
import type { NotifyTarget } from '../../../src/deliver/notify/target.js';
import { openStore } from '../../../src/deliver/store/index.js';

afterEach(() => {
  vi.useRealTimers();
});

it('tells of a target that fails now and then once, and of one that has failed since, later', async () => {
  vi.useFakeTimers();
  const store = openStore(':memory:');
  const got: string[] = [];
  const troubles: string[] = [];
  let calls = 0;
  let isGone = false;
  const target: NotifyTarget = {
    name: 'http://hook',
    key: 'hook',
    send: async (bodies) => {
      if (isGone || calls++ % 2 === 0) throw new Error('answered 500');
      got.push(...bodies);
    },
    close: async () => undefined,
  };
  const deliverer = new Deliverer(store, [target], (message) => troubles.push(String(message)));
  const tell = async (body: string, waitMs: number) => {
    store.atomically(() => deliverer.add(body, 0));
    deliverer.kick();
    await vi.advanceTimersByTimeAsync(waitMs);
  };
  for (const body of ['1', '2', '3', '4']) await tell(body, 5000);
  expect(got).toEqual(['1', '2', '3', '4']);
  expect(troubles).toEqual(['--notify http://hook: answered 500; trying again']);
  isGone = true;
  await tell('5', 5000);
  expect(troubles).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_200_000);
  expect(troubles).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(troubles).toHaveLength(2);
  isGone = false;
  calls = 1;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(got.at(-1)).toBe('5');
  expect(deliverer.figures()).toMatchObject([{ waiting: 0, delivered: 5 }]);
  store.close();
});
