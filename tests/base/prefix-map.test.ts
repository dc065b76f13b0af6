import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AddressRange } from '../../src/base/address-range.js';
import { formatIpv4, parseIp } from '../../src/base/ip.js';
import { parseIpWords } from '../../src/base/ip-words.js';
import { MAX_DEPTH, PrefixMap } from '../../src/base/prefix-map.js';

const words = new Uint32Array(4);

describe('parseIpWords', () => {
  it('reads what parseIp reads, and refuses what it refuses', () => {
    const group = fc.oneof(fc.constant('0'), fc.constant('ffff'), fc.constant('00a'), fc.constant(''));
    const six = fc.array(group, { minLength: 1, maxLength: 10 }).map((groups) => groups.join(':'));
    const four = fc
      .array(fc.oneof(fc.integer({ min: 0, max: 300 }).map(String), fc.constant('010')), {
        minLength: 3,
        maxLength: 5,
      })
      .map((parts) => parts.join('.'));
    const text = fc.oneof(
      six,
      four,
      fc.ipV4(),
      fc.ipV6().filter((ip) => !ip.includes('.')),
      fc.string({ maxLength: 50 }),
    );
    fc.assert(
      fc.property(text, (one) => {
        const known = parseIp(one);
        const version = parseIpWords(one, words);
        expect(version).toBe(known === null ? null : known.includes(':') ? 6 : 4);
        if (version === 4) expect(formatIpv4(words[0] ?? 0)).toBe(known);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads the dotted end of an IPv6 address as strictly as an IPv4 address', () => {
    expect(parseIpWords('::102.3.4.010', words)).toBeNull();
    expect(parseIpWords('64:ff9b::192.0.2.1', words)).toBe(6);
    expect(parseIpWords('::ffff:192.0.2.1', words)).toBe(4);
    // IPv4-compatible (RFC 4291 §2.5.5.1) is not IPv4-mapped.
    expect(parseIpWords('::192.0.2.1', words)).toBe(6);
  });
});

type Six = readonly [number, number, number, number];
const wide = ([a, b, c, d]: Six) => (BigInt(a) << 96n) | (BigInt(b) << 64n) | (BigInt(c) << 32n) | BigInt(d);
const text6 = (value: bigint) =>
  Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16)).join(':');
const text4 = (value: bigint) => formatIpv4(Number(value));

interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** The narrowest range that holds the address, of equal ones the later. */
function naive(spans: readonly Span[], address: bigint): number[] {
  return spans
    .map((span, at) => ({ ...span, at }))
    .filter(({ first, last }) => first <= address && address <= last)
    .sort((a, b) => {
      const difference = a.last - a.first - (b.last - b.first);
      return difference === 0n ? b.at - a.at : difference < 0n ? -1 : 1;
    })
    .map(({ at }) => at);
}

const near4 = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map(BigInt),
  fc.integer({ min: 2 ** 31 - 20, max: 2 ** 31 + 20 }).map(BigInt),
  fc.integer({ min: 2 ** 32 - 40, max: 2 ** 32 - 1 }).map(BigInt),
);
const small = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 2 ** 32 - 5, max: 2 ** 32 - 1 }));
// The first word keeps clear of IPv4-mapped addresses.
const near6 = fc
  .tuple(fc.oneof(fc.constant(0x20010db8), fc.constant(2 ** 32 - 1)), small, small, small)
  .map((six) => wide(six));

const spansOf = (points: fc.Arbitrary<bigint>) =>
  fc.array(
    fc.tuple(points, points).map(([a, b]): Span => ({ first: a < b ? a : b, last: a < b ? b : a })),
    { maxLength: 30 },
  );

describe.each([
  { name: 'IPv4', points: near4, text: text4 },
  { name: 'IPv6', points: near6, text: text6 },
])('PrefixMap of $name', ({ points, text }) => {
  it('finds what a plain walk over all ranges finds', () => {
    fc.assert(
      fc.property(spansOf(points), fc.array(points, { minLength: 1, maxLength: 20 }), (spans, asked) => {
        const map = new PrefixMap(spans.map(({ first, last }) => ({ first: text(first), last: text(last) })));
        for (const address of [...asked, ...spans.flatMap(({ first, last }) => [first, last])]) {
          const expected = naive(spans, address);
          expect(map.find(text(address))).toBe(expected[0] ?? -1);
          expect(map.covering(text(address))).toEqual(expected);
          const even = (range: number) => range % 2 === 0;
          expect(map.find(text(address), even)).toBe(expected.find(even) ?? -1);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('tells of every overlap once, and which of them cross', () => {
    fc.assert(
      fc.property(spansOf(points), (spans) => {
        const told: string[] = [];
        new PrefixMap(
          spans.map(({ first, last }) => ({ first: text(first), last: text(last) })),
          {
            onOverlap: (a, b, crossing) =>
              told.push(`${Math.min(a, b)} ${Math.max(a, b)} ${crossing ? 'crosses' : 'holds'}`),
          },
        );
        const expected = spans.flatMap((a, i) =>
          spans.slice(i + 1).flatMap((b, j) => {
            if (a.first > b.last || b.first > a.last) return [];
            const holds =
              (a.first <= b.first && b.last <= a.last) || (b.first <= a.first && a.last <= b.last);
            return [`${i} ${i + 1 + j} ${holds ? 'holds' : 'crosses'}`];
          }),
        );
        expect(told.sort()).toEqual(expected.sort());
      }),
    );
  });

  it('cuts the space into stretches that lie side by side', () => {
    fc.assert(
      fc.property(spansOf(points), (spans) => {
        const map = new PrefixMap(spans.map(({ first, last }) => ({ first: text(first), last: text(last) })));
        const stretches = [...map.stretches()];
        for (const { first, last, ranges } of stretches) {
          expect(map.covering(first)).toEqual(ranges);
          expect(map.covering(last)).toEqual(ranges);
        }
        if (spans.length > 0) expect(stretches[0]?.ranges.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('PrefixMap', () => {
  it('keeps the versions apart, and reads mapped addresses as IPv4', () => {
    const map = new PrefixMap([
      { first: '::', last: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' },
      { first: '10.0.0.0', last: '10.0.0.255' },
    ]);
    expect(map.find('10.0.0.9')).toBe(1);
    expect(map.find('::ffff:10.0.0.9')).toBe(1);
    expect(map.find('11.0.0.9')).toBe(-1);
    expect(map.find('ffff::')).toBe(0);
    expect(map.find('no address')).toBe(-1);
    expect(map.find('10.0.0.1')).toBe(1);
  });

  it('refuses what is no range', () => {
    const refuse = (range: AddressRange) => expect(() => new PrefixMap([range])).toThrow(RangeError);
    refuse({ first: '10.0.0.2', last: '10.0.0.1' });
    refuse({ first: '10.0.0.2', last: '::1' });
    refuse({ first: '10.0.0', last: '10.0.0.1' });
  });

  it('is bounded where ranges are nested without end', () => {
    const nested = Array.from({ length: 500 }, (_, at) => ({
      first: formatIpv4(at),
      last: formatIpv4(2000 - at),
    }));
    const map = new PrefixMap(nested);
    expect(map.covering('0.0.4.0')).toHaveLength(MAX_DEPTH);
    expect(map.dropped).toBe(500 - MAX_DEPTH);
  });
});
