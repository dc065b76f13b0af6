import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressRange, formatRange } from '../../src/base/address-range.js';
import { isInCidr, parseCidr } from '../../src/base/ip.js';

describe('addressRange', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.0', '10.0.0.255', '10.0.0.0/24'],
    ['10.0.0.77/24', '10.0.0.0', '10.0.0.255', '10.0.0.0/24'],
    ['10.0.0.1-10.0.0.99', '10.0.0.1', '10.0.0.99', '10.0.0.1-10.0.0.99'],
    ['10.0.0.1-99', '10.0.0.1', '10.0.0.99', '10.0.0.1-10.0.0.99'],
    ['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255', '0.0.0.0/0'],
    ['2001:DB8::/33', '2001:db8::', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff', '2001:db8::/33'],
    ['2001:db8::5-2001:db8::7', '2001:db8::5', '2001:db8::7', '2001:db8::5-2001:db8::7'],
    ['::ffff:192.0.2.0/120', null, null, null],
    ['10.0.0.9-10.0.0.1', null, null, null],
    ['10.0.0.1-::1', null, null, null],
    ['10.0.0.1/33', null, null, null],
    ['10.0.0.1/', null, null, null],
    ['010.0.0.1', null, null, null],
    ['10.0.0', null, null, null],
    ['', null, null, null],
  ])('%s', (text, first, last, shown) => {
    const range = addressRange(text);
    expect(range).toEqual(first === null ? null : { first, last });
    if (range !== null) expect(formatRange(range)).toBe(shown);
  });

  it('is the block that parseCidr reads, and reads what formatRange writes', () => {
    const block = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(
        fc.ipV6().filter((ip) => !ip.includes('.')),
        fc.integer({ min: 0, max: 128 }),
      ),
    );
    fc.assert(
      fc.property(block, ([ip, prefix]) => {
        const text = `${ip}/${prefix}`;
        const range = addressRange(text);
        const known = parseCidr(text);
        if (range === null || known === null) return expect(range).toBe(known);
        expect(isInCidr(range.first, known) && isInCidr(range.last, known)).toBe(true);
        expect(addressRange(formatRange(range))).toEqual(range);
      }),
    );
  });
});
