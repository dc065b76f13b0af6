import ipaddr from 'ipaddr.js';

/**
 * Addresses as text: IPv4 dotted, IPv6 as RFC 5952, IPv4-mapped IPv6 written as IPv4 (contract).
 * For people's input and for output; the packet path keeps addresses as bytes.
 */

/** IPv4 from its 32-bit value (as a signed or unsigned number). */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** IPv6 from 16 bytes at `offset`, as RFC 5952 §4 writes it; an IPv4-mapped address comes out as IPv4. */
export function formatIpv6(bytes: Uint8Array, offset: number): string {
  const group = (at: number) => ((bytes[offset + 2 * at] ?? 0) << 8) | (bytes[offset + 2 * at + 1] ?? 0);
  // The first longest run of two zero groups or more becomes `::`.
  let zeros = 0;
  let run = 0;
  let runEnd = -1;
  for (let at = 0; at < 8; at++) {
    zeros = group(at) === 0 ? zeros + 1 : 0;
    if (zeros > run && zeros > 1) [run, runEnd] = [zeros, at + 1];
  }
  if (run === 5 && runEnd === 5 && group(5) === 0xffff) return formatIpv4((group(6) << 16) | group(7));
  let text = '';
  for (let at = 0; at < 8; at++) {
    if (at === runEnd - run) {
      text += '::';
      at = runEnd - 1;
    } else text += `${at === 0 || at === runEnd ? '' : ':'}${group(at).toString(16)}`;
  }
  return text;
}

/** The canonical text of an address typed by a person, or `null`. Rejects octal, hex and short IPv4 forms. */
export function parseIp(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString();
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

export interface Cidr {
  readonly bytes: readonly number[];
  readonly prefix: number;
}

/** `10.0.0.0/8`, `2001:db8::/32` or a bare address. `null` where it is neither. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (ip === null) return null;
  const bytes = ipaddr.parse(ip).toByteArray();
  const widest = bytes.length * 8;
  const prefix =
    slash < 0 ? widest : Number(/^\d{1,3}$/.test(text.slice(slash + 1)) ? text.slice(slash + 1) : Number.NaN);
  return Number.isInteger(prefix) && prefix <= widest ? { bytes, prefix } : null;
}

/** Whether an address, as canonical text, lies in a block. */
export function isInCidr(ip: string, block: Cidr): boolean {
  const bytes = ipaddr.parse(ip).toByteArray();
  if (bytes.length !== block.bytes.length) return false;
  for (let bit = 0; bit < block.prefix; bit += 8) {
    const mask = block.prefix - bit >= 8 ? 255 : (255 << (8 - (block.prefix - bit))) & 255;
    if ((((bytes[bit >> 3] ?? 0) ^ (block.bytes[bit >> 3] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

const INNER_RANGES: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
]);

/** Inside somebody's own network: private, loopback, link-local, carrier NAT (RFC 1918, 4193, 6598). */
export function isInnerIp(ip: string): boolean {
  return INNER_RANGES.has(ipaddr.parse(ip).range());
}

const NO_HOST_RANGES: ReadonlySet<string> = new Set(['unspecified', 'broadcast', 'multicast']);

/** Inner, or no host at all: never an endpoint that others could act on. */
export function isLocalIp(ip: string): boolean {
  return isInnerIp(ip) || NO_HOST_RANGES.has(ipaddr.parse(ip).range());
}

/** `1.2.3.4:80`, `[2001:db8::1]:80`. */
export function formatEndpoint(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
