/** From a target as sent to the hashes a share takes: W = 2^256 / target (and its shorter forms). */
import type { Target } from './dialect.js';

const TWO_32 = 2 ** 32;
const TWO_64 = 2 ** 64;
const TWO_256 = 2 ** 256;

function stated(hashes: number, threshold?: string): Target | null {
  if (!Number.isFinite(hashes) || hashes <= 0) return null;
  return { difficulty: hashes, hashes, ...(threshold === undefined ? {} : { threshold }) };
}

/** A difficulty number as in `mining.set_difficulty`; the dialect or the algorithm gives its worth. */
export function fromDifficulty(difficulty: unknown): Target | null {
  const value = Number(difficulty);
  return Number.isFinite(value) && value > 0 ? { difficulty: value, hashes: null } : null;
}

/** 64 hex digits, big-endian, `0x` allowed. */
export function fromTarget256(target: unknown): Target | null {
  if (typeof target !== 'string') return null;
  const digits = target.replace(/^0x/i, '');
  if (digits.length !== 64) return null;
  let value = 0;
  for (let at = 0; at < 64; at += 8) value = value * TWO_32 + Number.parseInt(digits.slice(at, at + 8), 16);
  return stated(TWO_256 / value, digits.toLowerCase());
}

/** A decimal share target (Ergo's `b`). */
export function fromDecimalTarget(target: unknown): Target | null {
  return typeof target === 'string' ? stated(TWO_256 / Number(target)) : null;
}

/**
 * CryptoNote: 4 bytes little-endian by XMRig's integer rule, 8 bytes little-endian, or 64 digits big-endian
 * (xmrig/src/base/net/stratum/Job.cpp).
 */
export function fromCryptonoteTarget(target: unknown): Target | null {
  if (typeof target !== 'string') return null;
  if (target.length === 64) return fromTarget256(target);
  const bytes = Buffer.from(target, 'hex');
  if (bytes.length === 4) {
    const short = bytes.readUInt32LE(0);
    return short === 0 ? null : stated(Math.floor((TWO_32 - 1) / short));
  }
  if (bytes.length === 8) {
    const long = bytes.readBigUInt64LE(0);
    return long === 0n ? null : stated(TWO_64 / Number(long));
  }
  return null;
}

/** Beam's packed u32: exponent in the top byte, mantissa with a hidden bit below (beam/core/difficulty.h). */
export function fromPackedDifficulty(packed: unknown): Target | null {
  if (typeof packed !== 'number' || !Number.isInteger(packed) || packed < 0 || packed >= TWO_32) return null;
  return stated((0x1000000 + (packed % 0x1000000)) * 2 ** (Math.floor(packed / 0x1000000) - 24));
}
