import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { formatIpv6, isInnerIp, isLocalIp } from '../../src/base/ip.js';

/** What the package makes of the same 16 bytes. */
function byPackage(bytes: readonly number[]): string {
  const address = new ipaddr.IPv6([...bytes]);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

/** Groups of which many are zero, so that runs of every length, number and place come up. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});

describe('formatIpv6', () => {
  it.each([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000000000000000000', '2001:db8::'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['00000000000000000000ffffc0000201', '192.0.2.1'],
    ['00000000000000000000fffff0000201', '240.0.2.1'],
    ['00000000000000000000ffff00000000', '0.0.0.0'],
  ])('%s is %s', (hex, text) => {
    expect(formatIpv6(Buffer.from(hex, 'hex'), 0)).toBe(text);
  });

  it('agrees with ipaddr.js, wherever in a buffer the address stands', () => {
    fc.assert(
      fc.property(groups, fc.nat(5), (words, offset) => {
        const bytes = words.flatMap((word) => [word >> 8, word & 255]);
        const buffer = Buffer.concat([Buffer.alloc(offset, 0xaa), Buffer.from(bytes), Buffer.alloc(3, 0xbb)]);
        expect(formatIpv6(buffer, offset)).toBe(byPackage(bytes));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('isInnerIp', () => {
  it.each([
    ['10.1.2.3', true],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['100.64.0.1', true],
    ['127.0.0.1', true],
    ['169.254.1.1', true],
    ['fd00::1', true],
    ['fe80::1', true],
    ['198.51.100.7', false],
    ['2001:db8::1', false],
    ['8.8.8.8', false],
  ])('%s: %s', (ip, isInner) => {
    expect(isInnerIp(ip)).toBe(isInner);
  });
});

describe('isLocalIp', () => {
  it.each([
    ['10.1.2.3', true],
    ['0.0.0.0', true],
    ['255.255.255.255', true],
    ['224.0.0.1', true],
    ['ff02::1', true],
    ['::', true],
    ['198.51.100.7', false],
    ['2001:db8::1', false],
  ])('%s: %s', (ip, isLocal) => {
    expect(isLocalIp(ip)).toBe(isLocal);
  });
});
