import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_NEIGHBOUR_NAMES, NeighbourNames } from '../../../../src/detect/rules/match/neighbour-names.js';

const DAY = 86_400e6;
const NOW = 20_000 * DAY;

describe('names of an address that are no pool’s', () => {
  it('counts as a set of names by address does, up to its bound', () => {
    const address = fc.uint8Array({ minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(address, fc.integer({ min: 1, max: 5 })), { maxLength: 60 }), (told) => {
        const names = new NeighbourNames();
        const model = new Map<string, Set<number>>();
        for (const [bytes, name] of told) {
          names.add(name, bytes, 0, 4, NOW);
          const key = bytes.join('.');
          model.set(key, (model.get(key) ?? new Set()).add(name));
        }
        for (const [bytes] of told)
          expect(names.count(bytes, 0, 4, NOW)).toBe(model.get(bytes.join('.'))?.size);
      }),
    );
  });

  it('keeps the names seen last, and forgets by day', () => {
    const names = new NeighbourNames();
    const six = Uint8Array.of(9, 32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    for (let name = 1; name <= MAX_NEIGHBOUR_NAMES; name++) names.add(name, six, 1, 16, NOW - name * DAY);
    expect(names.count(six, 1, 16, NOW - 3 * DAY)).toBe(3);
    names.add(100, six, 1, 16, NOW);
    expect(names.count(six, 1, 16, NOW - 100 * DAY)).toBe(MAX_NEIGHBOUR_NAMES);
    expect(names.count(six, 1, 16, NOW)).toBe(1);
    expect(names.count(Uint8Array.of(1, 2, 3, 4), 0, 4, 0)).toBe(0);
  });

  it('stays bounded, and counts what goes', () => {
    const names = new NeighbourNames();
    const bytes = new Uint8Array(4);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < 200_000; at++) {
      view.setUint32(0, Math.imul(at, 2_654_435_761) >>> 0);
      names.add(at, bytes, 0, 4, NOW);
    }
    const evicted = names.takeEvicted();
    expect(evicted).toBeGreaterThanOrEqual(200_000 - 65_536);
    expect(evicted).toBeLessThan(160_000);
  });
});
