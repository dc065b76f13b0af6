import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NameSet } from '../../../../src/detect/rules/match/name-set.js';

const holds = (set: NameSet, name: string) => {
  const bytes = Buffer.from(`.x${name}y.`, 'latin1');
  return set.mayHold(bytes, 2, 2 + Buffer.byteLength(name, 'latin1'));
};

describe('a set of names', () => {
  const label = fc.stringMatching(/^[a-z0-9_-]{1,8}$/);
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

  it('holds each name and all that is below it, in any letter case', () => {
    fc.assert(
      fc.property(fc.array(host, { minLength: 1, maxLength: 300 }), host, (names, below) => {
        const set = new NameSet(names);
        for (const name of names) {
          expect(holds(set, name)).toBe(true);
          expect(holds(set, `${below}.${name}`.toUpperCase())).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('holds no other', () => {
    const set = new NameSet(['pool.example.org', 'example.com']);
    for (const name of ['example.org', 'apool.example.org', 'org', 'example.com.au', 'www.google.com'])
      expect(holds(set, name)).toBe(false);
  });

  it('says yes to what is no plain name', () => {
    const set = new NameSet(['example.com']);
    for (const name of ['', 'a.', 'a b', '[::1]', 'a:80', 'caf\xe9.fr', 'a\0'])
      expect(holds(set, name)).toBe(true);
  });

  it('can be empty', () => {
    expect(holds(new NameSet([]), 'example.com')).toBe(false);
  });
});
