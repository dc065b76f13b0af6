/** Values of text records, read from bytes without making a string. `end` is exclusive. */

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MAX_DIGITS = 20;

/** A whole number, or -1. A fraction of zeros is forgiven (`12.000`). */
export function parseCount(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  let at = from;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === from || at - from > MAX_DIGITS) return -1;
  if (at === end) return value;
  if (bytes[at] !== DOT) return -1;
  for (at++; at < end; at++) if (bytes[at] !== ZERO) return -1;
  return value;
}

/** A decimal number times `scale`, rounded to a whole one; NaN where it is none. */
export function parseScaled(bytes: Buffer, from: number, end: number, scale: number): number {
  let whole = 0;
  let at = from;
  const isNegative = bytes[at] === 45;
  if (isNegative) at++;
  const first = at;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (at === first || at - first > MAX_DIGITS) return Number.NaN;
  let fraction = 0;
  if (at < end) {
    if (bytes[at] !== DOT) return Number.NaN;
    let weight = 0.1;
    for (at++; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return Number.NaN;
      fraction += digit * weight;
      weight /= 10;
    }
  }
  const value = Math.round(whole * scale + fraction * scale);
  return isNegative ? -value : value;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** 0x…, without its prefix; -1 where it is none. */
export function parseHex(bytes: Buffer, from: number, end: number): number {
  if (from >= end || end - from > 8) return -1;
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = hexDigit(bytes[at]!);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= NINE) return byte - ZERO;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Writes an address' bytes at `offset` of `into`: 4, 6, or 0 where the text is none. */
export function parseAddress(
  bytes: Buffer,
  from: number,
  end: number,
  into: Uint8Array,
  offset: number,
): number {
  if (end - from > 64) return 0;
  for (let at = from; at < end && at < from + 5; at++) {
    if (bytes[at] === 58) return parseIpv6(bytes, from, end, into, offset) ? 6 : 0;
  }
  return parseIpv4(bytes, from, end, into, offset) ? 4 : 0;
}

function parseIpv4(bytes: Buffer, from: number, end: number, into: Uint8Array, offset: number): boolean {
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT) {
      if (digits === 0 || dots === 3) return false;
      into[offset + dots++] = octet;
      octet = 0;
      digits = 0;
    } else {
      if (byte < ZERO || byte > NINE || ++digits > 3) return false;
      octet = octet * 10 + byte - ZERO;
      if (octet > 255) return false;
    }
  }
  if (dots !== 3 || digits === 0) return false;
  into[offset + 3] = octet;
  return true;
}

/** What takeDigits() gives holds the count of digits in its lowest bits, all of them set for the most it may be. */
export const DIGITS_BITS = 4;
export const MOST_DIGITS = 15;
/** So many, and their count, fit 31 bits. */
const FEW_DIGITS = 8;

/** The plain number that begins here: `value << DIGITS_BITS | count of digits`; -1 where there is none, or one of more than 8. */
export function takeDigits(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  let at = from;
  for (; at < end; at++) {
    const digit = (bytes[at]! - ZERO) >>> 0;
    if (digit > 9) break;
    value = (value * 10 + digit) | 0;
  }
  const digits = at - from;
  return digits === 0 || digits > FEW_DIGITS ? -1 : (value << DIGITS_BITS) | digits;
}

/** The longest dotted address, and what ends it. */
const DOTTED_BYTES = 16;

/**
 * Writes the dotted address that begins here and ends with `delimiter`: the place of that; or -1, for the general reader,
 * and what was written means nothing then.
 */
export function takeIpv4(
  bytes: Buffer,
  from: number,
  end: number,
  delimiter: number,
  into: Uint8Array,
  offset: number,
): number {
  if (from + DOTTED_BYTES > end) return -1;
  let at = from;
  for (let place = 0; place < 4; place++) {
    let octet = (bytes[at++]! - ZERO) >>> 0;
    if (octet > 9) return -1;
    let digit = (bytes[at]! - ZERO) >>> 0;
    if (digit <= 9) {
      octet = octet * 10 + digit;
      digit = (bytes[++at]! - ZERO) >>> 0;
      if (digit <= 9) {
        octet = octet * 10 + digit;
        at++;
      }
    }
    if (octet > 255 || bytes[at++] !== (place < 3 ? DOT : delimiter)) return -1;
    into[offset + place] = octet;
  }
  return at - 1;
}

function parseIpv6(bytes: Buffer, from: number, end: number, into: Uint8Array, offset: number): boolean {
  let written = 0;
  let gapAt = -1;
  let at = from;
  if (bytes[at] === 58) {
    if (bytes[at + 1] !== 58) return false;
    at++;
  }
  while (at < end && bytes[at] !== 37 /* % */) {
    if (bytes[at] === 58) {
      if (gapAt >= 0) return false;
      gapAt = written;
      at++;
      continue;
    }
    const start = at;
    let group = 0;
    for (; at < end; at++) {
      const digit = hexDigit(bytes[at]!);
      if (digit < 0) break;
      group = group * 16 + digit;
    }
    if (at < end && bytes[at] === DOT) {
      if (written > 12 || !parseIpv4(bytes, start, end, into, offset + written)) return false;
      written += 4;
      at = end;
      break;
    }
    if (at === start || at - start > 4 || written > 14) return false;
    into[offset + written] = group >> 8;
    into[offset + written + 1] = group & 255;
    written += 2;
    if (at < end && bytes[at] === 58) {
      at++;
      if (at === end) return false;
    }
  }
  if (gapAt < 0) return written === 16;
  if (written >= 16) return false;
  const tail = written - gapAt;
  into.copyWithin(offset + 16 - tail, offset + gapAt, offset + written);
  into.fill(0, offset + gapAt, offset + 16 - tail);
  return true;
}
