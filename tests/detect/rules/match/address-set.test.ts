import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIpv4, formatIpv6 } from '../../../../src/base/ip.js';
import { Matcher } from '../../../../src/detect/rules/index.js';
import { AddressSet } from '../../../../src/detect/rules/match/address-set.js';
import { createPacket } from '../../../../src/model/packet.js';
import { dns, rulesWith } from '../support.js';

const four = fc.uint8Array({ minLength: 4, maxLength: 4 });
const six = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  four.map((tail) => Uint8Array.from([...new Uint8Array(10), 255, 255, ...tail])),
);
const textOf = (bytes: Uint8Array) =>
  bytes.length === 4
    ? formatIpv4(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0))
    : formatIpv6(bytes, 0);

describe('AddressSet', () => {
  it('answers as a plain set of texts does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(four, six), { maxLength: 40 }),
        fc.array(fc.oneof(four, six)),
        (held, asked) => {
          const set = new AddressSet();
          const oracle = new Set(held.map(textOf).filter((text) => text !== '0.0.0.0' && text !== '::'));
          for (const bytes of held) set.add(textOf(bytes));
          expect(set.size).toBe(oracle.size);
          for (const bytes of [...held, ...asked]) {
            const padded = Buffer.from([7, ...bytes]);
            const view = new DataView(padded.buffer, padded.byteOffset, padded.length);
            expect(set.hasAt(view, 1, bytes.length === 4 ? 4 : 6)).toBe(oracle.has(textOf(bytes)));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('grows, and can be cleared', () => {
    const set = new AddressSet();
    for (let at = 1; at <= 5000; at++) {
      set.add(formatIpv4(at * 65_537));
      set.add(`2001:db8::${at.toString(16)}`);
    }
    expect(set.size).toBe(10_000);
    const view = new DataView(new ArrayBuffer(16));
    let found = 0;
    for (let at = 1; at <= 6000; at++) {
      view.setUint32(0, at * 65_537);
      if (set.hasAt(view, 0, 4)) found++;
    }
    expect(found).toBe(5000);
    set.clear();
    expect(set.hasAt(view, 0, 4)).toBe(false);
    expect(set.size).toBe(0);
  });
});

describe('isWatched', () => {
  const pools =
    'host,kind,ports\n198.51.100.7,ip,3333\n2001:db8::7,ip,3333\npool.example,domain-suffix,3333\n';
  const packet = (source: readonly number[], target: readonly number[]) => {
    const bytes = Buffer.from([0, 0, ...source, ...target]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const ipVersion = source.length === 4 ? 4 : 6;
    return { ...createPacket(), bytes, view, ipVersion, srcOffset: 2, dstOffset: 2 + source.length };
  };
  const [miner, pool, other] = [
    [10, 0, 0, 9],
    [198, 51, 100, 7],
    [203, 0, 113, 9],
  ] as const;

  it('by a listed address on either side', () => {
    const matcher = new Matcher(rulesWith(pools));
    expect(matcher.isWatched(packet(miner, pool))).toBe(true);
    expect(matcher.isWatched(packet(pool, miner))).toBe(true);
    expect(matcher.isWatched(packet(miner, other))).toBe(false);
    const [low, six] = [
      new Array<number>(15).fill(0),
      [0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 7],
    ];
    expect(matcher.isWatched(packet([...low, 9], six))).toBe(true);
    expect(matcher.isWatched(packet([...low, 9], [...low, 8]))).toBe(false);
    expect(matcher.isWatched({ ...packet(miner, pool), ipVersion: 0 })).toBe(false);
  });

  it('by an address that DNS gave for a pool', () => {
    const matcher = new Matcher(rulesWith(pools));
    matcher.match(dns('xmr.pool.example', ['203.0.113.9']));
    expect(matcher.isWatched(packet(miner, other))).toBe(true);
  });

  it('forgets learnt addresses when there are too many, never the listed ones', () => {
    const matcher = new Matcher(rulesWith(pools), { dns: { poolAddresses: 2 } });
    for (let at = 1; at <= 9; at++) matcher.match(dns('xmr.pool.example', [`203.0.113.${at}`]));
    expect(matcher.isWatched(packet(miner, other))).toBe(true);
    expect(matcher.isWatched(packet(miner, [203, 0, 113, 1]))).toBe(false);
    expect(matcher.isWatched(packet(miner, pool))).toBe(true);
  });
});
