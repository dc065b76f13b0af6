import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MachineClues } from '../../../../src/detect/inspect/stratum/machines.js';
import { randomFrom } from '../../../support/random.js';
import { toClient, toServer } from '../support.js';
import { run } from './harness.js';

const share = (nonce: string, more: object = {}) =>
  ({ method: 'submit', params: { id: 's', job_id: 'j', nonce, result: 'ab'.repeat(32), ...more } }) as never;
const hex = (value: number, bytes: number) => value.toString(16).padStart(bytes * 2, '0');

describe('clues of machines behind one session', () => {
  it('finds the byte that a proxy gives each miner, whatever the others are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(1e6), (miners, seed) => {
        const clues = new MachineClues();
        const random = randomFrom(seed);
        for (let at = 0; at < miners * 8; at++) {
          const low = Math.floor(random() * 2 ** 24);
          clues.share(share(hex(low, 3) + hex(at % miners, 1)));
        }
        expect(clues.partitions).toBe(miners);
      }),
      { numRuns: 50 },
    );
  });

  it('finds none in one value, in bytes that come once, or in what is no hex', () => {
    const lone = new MachineClues();
    for (let at = 0; at < 20; at++) lone.share(share(`${hex(at * 9, 1)}000000`));
    expect(lone.partitions).toBe(1);
    const odd = new MachineClues();
    for (const nonce of ['xyz', '', 'abc', 'a'.repeat(2000)]) odd.share(share(nonce));
    expect(odd.partitions).toBe(0);
  });

  it('reads the extranonce of Bitcoin’s form', () => {
    const clues = new MachineClues();
    for (let at = 0; at < 30; at++)
      clues.share({
        method: 'mining.submit',
        params: ['w', 'j', `${hex(at % 3, 1)}${hex(at, 3)}`, '0', '0'],
      } as never);
    expect(clues.partitions).toBe(3);
  });

  it('tells counters of hashes that rise apart', () => {
    const clues = new MachineClues();
    const lines = [1000, 500_000, 90_000_000];
    for (let at = 0; at < 12; at++) {
      const line = at % 3;
      lines[line] = (lines[line] ?? 0) + 100;
      clues.share(share('00000000', { hashcount_total: lines[line] }));
    }
    // The first values rise as one line does: only what falls behind shows another.
    expect(clues.counters).toBeGreaterThan(1);
    expect(clues.counters).toBeLessThanOrEqual(3);
    const one = new MachineClues();
    for (let at = 0; at < 12; at++) one.share(share('00000000', { hashcount_total: at * 50 }));
    expect(one.counters).toBe(1);
  });

  it('counts the machines of a farm agent by their numbers', () => {
    const clues = new MachineClues();
    const frame = (command: number, session: number, length: number) => {
      const bytes = Buffer.alloc(length);
      bytes.set([0x7f, command]);
      bytes.writeUInt16LE(session, command === 1 ? 4 : 5);
      return bytes;
    };
    for (const session of [0, 1, 500, 1]) clues.frame(frame(1, session, 30));
    clues.frame(frame(2, 7, 15));
    clues.frame(Buffer.from([0x7f, 2]));
    clues.frame(Buffer.from([0x7f, 5, 9, 0, 3, 1, 0, 44, 0]));
    expect(clues.devices).toBe(4);
  });

  it('takes any message', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (params, method) => {
        new MachineClues().share({ method, params } as never);
      }),
    );
  });

  it('is absent from sessions that tell nothing', () => {
    const { stratum } = run([
      toServer('{"id":1,"method":"mining.subscribe","params":["cgminer/4.11.1"]}\n'),
      toClient('{"id":1,"result":[[["mining.notify","ab12cd34"]],"08000002",4],"error":null}\n'),
    ]);
    expect(stratum).toHaveLength(1);
    for (const seen of stratum) expect(seen.machines).toBeUndefined();
  });
});
