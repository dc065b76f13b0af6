import { createHash } from 'node:crypto';
import { blake256 } from '@noble/hashes/blake1.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';

/** Checksums of wallet addresses. All take untrusted text and never throw. */

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

export function encodeBase58(bytes: Uint8Array): string {
  let value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = BASE58[Number(value % 58n)] + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + text;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Base58Check: the last 4 bytes are the first 4 of a double SHA-256 over the rest. */
export function isBase58Check(text: string, alphabet: 'bitcoin' | 'ripple' = 'bitcoin'): boolean {
  const bytes = decodeBase58(text, alphabet === 'bitcoin' ? BASE58 : RIPPLE);
  return endsWithChecksum(bytes, (payload) => sha256(sha256(payload)));
}

/** Decred: as Base58Check, with BLAKE-256 twice. */
export function isBlakeBase58(text: string): boolean {
  return endsWithChecksum(decodeBase58(text, BASE58), (bytes) => blake256(blake256(bytes)));
}

/** Ergo: the last 4 bytes are the first 4 of BLAKE2b-256 over the rest. */
export function isBlake2bBase58(text: string): boolean {
  return endsWithChecksum(decodeBase58(text, BASE58), blake2b256);
}

/** Sia: 32 bytes and the first 6 of their BLAKE2b-256, in hex. */
export function isSiaAddress(text: string): boolean {
  const bytes = Buffer.from(text, 'hex');
  return bytes.length === 38 && bytes.subarray(32).equals(blake2b256(bytes.subarray(0, 32)).subarray(0, 6));
}

function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}

const CHECKSUM_BYTES = 4;

function endsWithChecksum(bytes: Buffer | null, hash: (bytes: Uint8Array) => Uint8Array): boolean {
  if (bytes === null || bytes.length <= CHECKSUM_BYTES) return false;
  const sum = hash(bytes.subarray(0, -CHECKSUM_BYTES)).subarray(0, CHECKSUM_BYTES);
  return bytes.subarray(-CHECKSUM_BYTES).equals(sum);
}

/** Characters of a last block of so many bytes; a whole block has 8 bytes in 11 (monero/src/common/base58.cpp). */
const BLOCK_CHARACTERS = [0, 2, 3, 5, 6, 7, 9, 10, 11];
const MAX_CRYPTONOTE = 512;

/** CryptoNote: Base58 in blocks; the last 4 bytes are the first 4 of Keccak-256 over the rest. */
export function isCryptonoteAddress(text: string): boolean {
  if (text.length > MAX_CRYPTONOTE) return false;
  const blocks: Buffer[] = [];
  for (let at = 0; at < text.length; at += 11) {
    const block = decodeBlock(text.slice(at, at + 11));
    if (block === null) return false;
    blocks.push(block);
  }
  return endsWithChecksum(Buffer.concat(blocks), keccak_256);
}

function decodeBlock(text: string): Buffer | null {
  const size = BLOCK_CHARACTERS.indexOf(text.length);
  let value = 0n;
  for (const char of text) {
    const digit = BASE58.indexOf(char);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  if (size < 1 || value >= 1n << BigInt(8 * size)) return null;
  return Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
}

/** EIP-55: the case of the letters follows Keccak-256 of the address. Null where all have the same: no checksum. */
export function isEip55(text: string): boolean | null {
  const digits = text.slice(2);
  const lower = digits.toLowerCase();
  if (digits === lower || digits === digits.toUpperCase()) return null;
  const hash = Buffer.from(keccak_256(Buffer.from(lower, 'latin1'))).toString('hex');
  return [...digits].every((digit, at) => {
    const isUpper = Number.parseInt(hash[at] ?? '0', 16) >= 8;
    return digit === (isUpper ? digit.toUpperCase() : digit.toLowerCase());
  });
}

/** TON: 36 bytes in URL-safe Base64, the last two CRC-16 (XMODEM) of the others. */
export function isTonAddress(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 36) return false;
  let sum = 0;
  for (const byte of bytes.subarray(0, 34)) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000 ? ((sum << 1) ^ 0x1021) & 0xffff : sum << 1;
  }
  return bytes.readUInt16BE(34) === sum;
}

/** Nimiq: as an IBAN (ISO 13616), the remainder by 97 is 1. */
export function isMod97(text: string): boolean {
  const compact = text.replaceAll(' ', '');
  let remainder = 0;
  for (const char of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    if (Number.isNaN(value)) return false;
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Bech32 (BIP 173) or Bech32m (BIP 350); longer texts than BIP 173 allows are in use and accepted. */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== text && text.toUpperCase() !== text) return false;
  // Some coins write a colon where BIP 173 has the 1.
  const separator = lower.includes(':') ? lower.indexOf(':') : lower.lastIndexOf('1');
  const symbols = toFiveBits(lower.slice(separator + 1));
  if (separator < 1 || symbols === null || symbols.length < 6) return false;
  const sum = bech32Polymod([...expanded(lower.slice(0, separator)), ...symbols]);
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

/** A Segwit address: Bech32 for witness version 0, Bech32m for later ones (BIP 173, BIP 350). */
export function encodeSegwit(prefix: string, version: number, program: Uint8Array): string {
  const symbols = [version, ...regrouped(program)];
  const constant = version === 0 ? BECH32_CONSTANT : BECH32M_CONSTANT;
  const sum = bech32Polymod([...expanded(prefix), ...symbols, 0, 0, 0, 0, 0, 0]) ^ constant;
  const check = [5, 4, 3, 2, 1, 0].map((place) => (sum >>> (5 * place)) & 31);
  return `${prefix}1${[...symbols, ...check].map((value) => BECH32[value]).join('')}`;
}

function expanded(prefix: string): number[] {
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Bytes as groups of five bits, the last filled up with zeros. */
function regrouped(bytes: Uint8Array): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((group) => Number.parseInt(group.padEnd(5, '0'), 2));
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
  const symbols = toFiveBits(lower.slice(colon + 1));
  if (symbols === null || symbols.length < 8) return false;
  const letters = [...prefix].map((char) => char.charCodeAt(0) & 31);
  return cashPolymod([...letters, 0, ...symbols]) === 0n;
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
