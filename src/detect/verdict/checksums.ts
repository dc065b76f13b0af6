import { createHash } from 'node:crypto';

/** Checksums of wallet addresses that Node's own hashes can verify. All take untrusted text and never throw. */

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Ripple's order of the same letters. */
const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BECH32_CONSTANT = 1;
const BECH32M_CONSTANT = 0x2bc830a3;
/** Decoding base 58 is quadratic; no address that ends in a double SHA-256 comes near this. */
const MAX_BASE58 = 128;

function decodeBase58(text: string, alphabet: string): Buffer | null {
  if (text.length > MAX_BASE58) return null;
  let value = 0n;
  for (const char of text) {
    const digit = alphabet.indexOf(char);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  let zeros = 0;
  while (text[zeros] === alphabet[0]) zeros++;
  const hex = value === 0n ? '' : value.toString(16);
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')]);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Base58Check: the last 4 bytes are the first 4 of a double SHA-256 over the rest. */
export function isBase58Check(text: string, alphabet: 'bitcoin' | 'ripple' = 'bitcoin'): boolean {
  const bytes = decodeBase58(text, alphabet === 'bitcoin' ? BASE58 : RIPPLE);
  if (bytes === null || bytes.length < 5) return false;
  return sha256(sha256(bytes.subarray(0, -4)))
    .subarray(0, 4)
    .equals(bytes.subarray(-4));
}

/** Bech32 (BIP 173) or Bech32m (BIP 350); longer texts than BIP 173 allows are in use and accepted. */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== text && text.toUpperCase() !== text) return false;
  // Some coins write a colon where BIP 173 has the 1.
  const separator = lower.includes(':') ? lower.indexOf(':') : lower.lastIndexOf('1');
  const prefix = [...lower.slice(0, separator)].map((char) => char.charCodeAt(0));
  const data = toFiveBits(lower.slice(separator + 1));
  if (separator < 1 || data === null || data.length < 6) return false;
  const sum = bech32Polymod([
    ...prefix.map((code) => code >> 5),
    0,
    ...prefix.map((code) => code & 31),
    ...data,
  ]);
  return sum === BECH32_CONSTANT || sum === BECH32M_CONSTANT;
}

function toFiveBits(text: string): number[] | null {
  const values: number[] = [];
  for (const char of text) {
    const value = BECH32.indexOf(char);
    if (value < 0) return null;
    values.push(value);
  }
  return values;
}

function bech32Polymod(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) if ((top >> bit) & 1) sum ^= generator;
  }
  return sum >>> 0;
}

/** CashAddr's 40-bit code over prefix and payload, as Bitcoin Cash, eCash, Kaspa and its forks use it. */
export function isCashAddr(text: string, defaultPrefix: string): boolean {
  const lower = text.toLowerCase();
  const colon = lower.indexOf(':');
  const prefix = colon < 0 ? defaultPrefix : lower.slice(0, colon);
  const data = toFiveBits(lower.slice(colon + 1));
  if (data === null || data.length < 8) return false;
  const letters = [...prefix].map((char) => char.charCodeAt(0) & 31);
  return cashPolymod([...letters, 0, ...data]) === 0n;
}

function cashPolymod(values: readonly number[]): bigint {
  const generators = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n];
  let sum = 1n;
  for (const value of values) {
    const top = sum >> 35n;
    sum = ((sum & 0x07ffffffffn) << 5n) ^ BigInt(value);
    for (const [bit, generator] of generators.entries()) if ((top >> BigInt(bit)) & 1n) sum ^= generator;
  }
  return sum ^ 1n;
}
