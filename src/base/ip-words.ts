/** Addresses as 32-bit words, for tables that are too large for text: one word for IPv4, four for IPv6. */

import { formatIpv4, formatIpv6 } from './ip.js';

export type IpVersion = 4 | 6;

/**
 * Reads canonical or typed text into `words` (IPv4: word 0; IPv6: words 0 to 3). An IPv4-mapped IPv6 address is read
 * as IPv4. Null where the text is no address: octal, hexadecimal and short IPv4 forms and zones are refused.
 */
export function parseIpWords(text: string, words: Uint32Array): IpVersion | null {
  if (text.includes(':')) return readSix(text, words);
  const word = readFour(text, 0, text.length);
  if (word < 0) return null;
  words[0] = word;
  return 4;
}

/** Canonical text of the address that begins with word 0. */
export function formatIpWords(words: Uint32Array, version: IpVersion): string {
  if (version === 4) return formatIpv4(words[0] ?? 0);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < 4; at++) view.setUint32(at * 4, words[at] ?? 0);
  return formatIpv6(bytes, 0);
}

/** Four decimal parts without leading zeros, from `start` to `end`; -1 where it is something else. */
function readFour(text: string, start: number, end: number): number {
  let word = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start; at <= end; at++) {
    const code = at === end ? 46 : text.charCodeAt(at);
    if (code === 46) {
      if (digits === 0 || part > 255 || dots === 4) return -1;
      word = word * 256 + part;
      part = 0;
      digits = 0;
      dots++;
    } else if (code >= 48 && code <= 57 && digits < 3 && !(digits > 0 && part === 0)) {
      part = part * 10 + code - 48;
      digits++;
    } else return -1;
  }
  return dots === 4 ? word : -1;
}

const GROUPS = 8;
/** Longest text of an address: eight groups, the last two as IPv4. */
const MAX_TEXT = 45;
const groups = new Uint16Array(GROUPS);

function readSix(text: string, words: Uint32Array): IpVersion | null {
  if (text.length > MAX_TEXT) return null;
  let count = 0;
  /** Number of groups before `::`; -1: there is none. */
  let gapAt = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gapAt = 0;
    at = 2;
  }
  while (at < text.length) {
    if (count === GROUPS) return null;
    let end = text.indexOf(':', at);
    if (end < 0) end = text.length;
    const dotted = end === text.length && text.indexOf('.', at) >= 0;
    if (dotted) {
      const word = readFour(text, at, end);
      if (word < 0 || count > GROUPS - 2) return null;
      groups[count++] = word >>> 16;
      groups[count++] = word & 0xffff;
      at = end;
      break;
    }
    const group = readGroup(text, at, end);
    if (group < 0) return null;
    groups[count++] = group;
    if (end === text.length) {
      at = end;
      break;
    }
    at = end + 1;
    if (text.charCodeAt(at) === 58) {
      if (gapAt >= 0) return null;
      gapAt = count;
      at++;
    } else if (at === text.length) return null;
  }
  if (gapAt < 0 ? count !== GROUPS : count >= GROUPS) return null;
  if (gapAt >= 0) {
    const behind = count - gapAt;
    for (let back = 1; back <= behind; back++) groups[GROUPS - back] = groups[count - back] ?? 0;
    groups.fill(0, gapAt, GROUPS - behind);
  }
  for (let word = 0; word < 4; word++)
    words[word] = (((groups[word * 2] ?? 0) << 16) | (groups[word * 2 + 1] ?? 0)) >>> 0;
  if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0xffff) return 6;
  words[0] = words[3] ?? 0;
  return 4;
}

function readGroup(text: string, start: number, end: number): number {
  if (end === start || end - start > 4) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const digit =
      code >= 48 && code <= 57
        ? code - 48
        : code >= 97 && code <= 102
          ? code - 87
          : code >= 65 && code <= 70
            ? code - 55
            : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
