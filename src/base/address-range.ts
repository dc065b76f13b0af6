import ipaddr from 'ipaddr.js';
import { formatIpv4, formatIpv6, parseCidr, parseIp } from './ip.js';
import { parseIpWords } from './ip-words.js';

/** First and last address as canonical text, both of one version; `first` is not after `last`. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/** `10.0.0.0/24`, `10.0.0.1-10.0.0.99`, `10.0.0.1-99`, one address, or the same of IPv6; null where it is none of them. */
export function addressRange(text: string): AddressRange | null {
  const dash = text.indexOf('-');
  if (dash < 0) return text.includes('/') ? blockRange(text) : single(text);
  const [from, to] = [text.slice(0, dash).trim(), text.slice(dash + 1).trim()];
  const first = parseIp(from);
  const last = /^\d{1,3}$/.test(to) && first !== null ? parseIp(first.replace(/\d+$/, to)) : parseIp(to);
  return first !== null && last !== null && isOrdered(first, last) ? { first, last } : null;
}

function single(text: string): AddressRange | null {
  const ip = parseIp(text);
  return ip === null ? null : { first: ip, last: ip };
}

/** Bits behind the prefix do not matter: 10.0.0.7/24 is 10.0.0.0/24. */
function blockRange(text: string): AddressRange | null {
  const block = parseCidr(text);
  if (block === null) return null;
  const [low, high] = [Uint8Array.from(block.bytes), Uint8Array.from(block.bytes)];
  for (let bit = block.prefix; bit < low.length * 8; bit++) {
    const mask = 128 >> (bit & 7);
    low[bit >> 3] = (low[bit >> 3] ?? 0) & ~mask;
    high[bit >> 3] = (high[bit >> 3] ?? 0) | mask;
  }
  return { first: formatBytes(low), last: formatBytes(high) };
}

function formatBytes(bytes: Uint8Array): string {
  return bytes.length === 4 ? formatIpv4(new DataView(bytes.buffer).getUint32(0)) : formatIpv6(bytes, 0);
}

function isOrdered(first: string, last: string): boolean {
  const [a, b] = [new Uint32Array(4), new Uint32Array(4)];
  const version = parseIpWords(first, a);
  if (version === null || version !== parseIpWords(last, b)) return false;
  for (let at = 0; at < (version === 4 ? 1 : 4); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** As a block where it is one, else `first-last`; a single address as itself. */
export function formatRange({ first, last }: AddressRange): string {
  if (first === last) return first;
  const [low, high] = [ipaddr.parse(first).toByteArray(), ipaddr.parse(last).toByteArray()];
  let prefix = 0;
  while (prefix < low.length * 8 && bitAt(low, prefix) === bitAt(high, prefix)) prefix++;
  for (let bit = prefix; bit < low.length * 8; bit++)
    if (bitAt(low, bit) !== 0 || bitAt(high, bit) !== 1) return `${first}-${last}`;
  return `${first}/${prefix}`;
}

function bitAt(bytes: readonly number[], bit: number): number {
  return ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
}

export function isSameRange(a: AddressRange, b: AddressRange): boolean {
  return a.first === b.first && a.last === b.last;
}
