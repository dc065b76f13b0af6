import ipaddr from 'ipaddr.js';
import { formatIpWords, type IpVersion, parseIpWords } from './ip-words.js';

/** First and last address as canonical text, both of one version; `first` is not after `last`. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

const [low, high] = [new Uint32Array(4), new Uint32Array(4)];

/** `10.0.0.0/24`, `10.0.0.1-10.0.0.99`, `10.0.0.1-99`, one address, or the same of IPv6; null where it is none of them. */
export function addressRange(text: string): AddressRange | null {
  const dash = text.indexOf('-');
  const slash = text.indexOf('/');
  if (dash >= 0) return pairRange(text.slice(0, dash).trim(), text.slice(dash + 1).trim());
  const version = parseIpWords(slash < 0 ? text : text.slice(0, slash), low);
  if (version === null) return null;
  high.set(low);
  return slash < 0 || spread(version, text.slice(slash + 1)) ? rangeOf(version) : null;
}

function pairRange(from: string, to: string): AddressRange | null {
  const version = parseIpWords(from, low);
  const last = /^\d{1,3}$/.test(to) && version === 4 ? from.replace(/\d+$/, to) : to;
  if (version === null || version !== parseIpWords(last, high)) return null;
  for (let at = 0; at < (version === 4 ? 1 : 4); at++) {
    const difference = (low[at] ?? 0) - (high[at] ?? 0);
    if (difference < 0) break;
    if (difference > 0) return null;
  }
  return rangeOf(version);
}

/** From `low` = `high` to the ends of the block. Bits behind the prefix do not matter: 10.0.0.7/24 is 10.0.0.0/24. */
function spread(version: IpVersion, prefixText: string): boolean {
  const words = version === 4 ? 1 : 4;
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (!(prefix <= words * 32)) return false;
  for (let word = 0; word < words; word++) {
    const kept = Math.max(0, Math.min(32, prefix - word * 32));
    const free = kept === 32 ? 0 : 0xffffffff >>> kept;
    low[word] = ((low[word] ?? 0) & ~free) >>> 0;
    high[word] = ((high[word] ?? 0) | free) >>> 0;
  }
  return true;
}

function rangeOf(version: IpVersion): AddressRange {
  return { first: formatIpWords(low, version), last: formatIpWords(high, version) };
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
