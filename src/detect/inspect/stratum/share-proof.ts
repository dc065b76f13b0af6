/** Rebuilds and hashes shares: the work itself, checked. Pure; takes untrusted text that has its shape already. */
import { createHash, scryptSync } from 'node:crypto';
import type {
  HeaderJob,
  HeaderProof,
  HeaderSubmit,
  Recomputed,
  ResultJob,
  ResultProof,
  ResultSubmit,
  ShareProof,
} from '../../../model/proof.js';

export type HeaderAlgorithm = HeaderProof['algorithm'];

/** Bits that BIP 320 sets aside for rolling. */
export const GENERAL_VERSION_MASK = '1fffe000';

/** Target of difficulty 1: 0xffff × 2^208. */
const DIFFICULTY_1 = 0xffffn << 208n;
/** Pools state scrypt difficulties against a target 65,536 times as large (hashrate.md §2). */
const SCRYPT_FACTOR = 65_536n;
/** Difficulties may be fractions: they are reckoned with in units of 2^-40. */
const FRACTION = 2 ** 40;
const MAX_TARGET = (1n << 256n) - 1n;
const MAX_U64 = (1n << 64n) - 1n;
const MAX_U32 = (1n << 32n) - 1n;
/** Litecoin's parameters: N = 1024, r = 1, p = 1. */
const SCRYPT = { N: 1024, r: 1, p: 1 } as const;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
export const sha256d = (bytes: Uint8Array) => sha256(sha256(bytes));

/** Largest hash, as a number, that meets a difficulty; null where there is none. */
export function targetOf(difficulty: number, algorithm: HeaderAlgorithm): bigint | null {
  const units = Math.round(difficulty * FRACTION);
  if (!Number.isFinite(units) || units < 1) return null;
  const easiest = algorithm === 'scrypt' ? DIFFICULTY_1 * SCRYPT_FACTOR : DIFFICULTY_1;
  const target = (easiest * BigInt(FRACTION)) / BigInt(units);
  return target > MAX_TARGET ? MAX_TARGET : target;
}

/** The 80 bytes that were hashed (bitcoin: primitives/block.h; cgminer util.c gen_stratum_work). */
export function headerOf(
  job: HeaderJob,
  extranonce1: string,
  submit: HeaderSubmit,
  versionMask: string | null,
): Buffer {
  const coinbase = Buffer.from(job.coinbase1 + extranonce1 + submit.extranonce2 + job.coinbase2, 'hex');
  const root = job.branches.reduce<Buffer>(
    (hash, branch) => sha256d(Buffer.concat([hash, Buffer.from(branch, 'hex')])),
    sha256d(coinbase),
  );
  return Buffer.concat([
    word(rolledVersion(job.version, submit.versionBits, versionMask)),
    Buffer.from(job.previousHash, 'hex').swap32(),
    root,
    word(submit.time),
    word(job.bits),
    word(submit.nonce),
  ]);
}

/** BIP 310: the bits under the mask are the share's, the others the job's. */
function rolledVersion(version: string, bits: string | null, mask: string | null): string {
  if (bits === null) return version;
  const rolled = Number.parseInt(mask ?? GENERAL_VERSION_MASK, 16);
  const value = (Number.parseInt(version, 16) & ~rolled) | (Number.parseInt(bits, 16) & rolled);
  return (value >>> 0).toString(16);
}

/** Four bytes, least significant first, of up to 8 hex digits. */
function word(digits: string): Buffer {
  return Buffer.from(digits.padStart(8, '0'), 'hex').reverse();
}

/** The proof-of-work hash of a header, most significant byte first. */
export function hashOf(header: Uint8Array, algorithm: HeaderAlgorithm): string {
  const hash = algorithm === 'scrypt' ? scryptSync(header, header, 32, SCRYPT) : sha256d(header);
  return hash.reverse().toString('hex');
}

export function hex256(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

/**
 * The top 8 bytes that a CryptoNote result must stay below: XMRig's integer rule for 4-byte targets, 8 bytes as they
 * are, or a difficulty (xmrig/src/base/net/stratum/Job.cpp setTarget, toDiff). Null where the text is none of these.
 */
export function resultTarget(stated: string): bigint | null {
  if (/^[0-9a-f]{8}$/i.test(stated)) {
    const short = BigInt(Buffer.from(stated, 'hex').readUInt32LE(0));
    return short === 0n ? null : MAX_U64 / (MAX_U32 / short);
  }
  if (/^[0-9a-f]{16}$/i.test(stated)) return Buffer.from(stated, 'hex').readBigUInt64LE(0);
  if (!/^d[1-9]\d{0,18}$/.test(stated)) return null;
  return MAX_U64 / BigInt(stated.slice(1));
}

/** The last 8 bytes of a result are its most significant ones. */
function topOf(result: string): bigint {
  return Buffer.from(result, 'hex').readBigUInt64LE(24);
}

export function proveResult(job: ResultJob, submit: ResultSubmit, timeUs: number): ResultProof | null {
  const target = resultTarget(job.target);
  if (target === null || topOf(submit.result) >= target) return null;
  return { kind: 'result', timeUs, job, submit, target: target.toString(16).padStart(16, '0') };
}

/**
 * From job, extranonce, submit and what the pool stated alone; nothing that the record says of the outcome is
 * believed. Null where the record is damaged.
 */
export function recompute(proof: ShareProof): Recomputed | null {
  if (!isWhole(proof)) return null;
  if (proof.kind === 'result') return recomputeResult(proof);
  const header = headerOf(proof.job, proof.extranonce1, proof.submit, proof.versionMask);
  const hash = hashOf(header, proof.algorithm);
  const stated = proof.difficulty === null ? null : targetOf(proof.difficulty, proof.algorithm);
  const target = stated === null ? proof.target : hex256(stated);
  return {
    hash,
    target,
    meetsTarget: hash <= target,
    matchesRecord: header.toString('hex') === proof.header && hash === proof.hash && target === proof.target,
  };
}

const HEX = /^(?:[0-9a-f]{2})*$/i;
const HASH = /^[0-9a-f]{64}$/i;
const WORD = /^[0-9a-f]{1,8}$/i;

/** The fields that are computed with have their shape: the record may come from anywhere. */
function isWhole(proof: ShareProof): boolean {
  const { job, submit } = proof;
  if (proof.kind === 'result') {
    return job?.kind === 'result' && submit?.kind === 'result' && HASH.test(submit.result);
  }
  if (job?.kind !== 'header' || submit?.kind !== 'header') return false;
  const words = [job.version, job.bits, submit.time, submit.nonce, submit.versionBits ?? '0'];
  return (
    (proof.algorithm === 'sha256d' || proof.algorithm === 'scrypt') &&
    [job.previousHash, proof.target, ...job.branches].every((text) => HASH.test(text)) &&
    [job.coinbase1, proof.extranonce1, submit.extranonce2, job.coinbase2].every((text) => HEX.test(text)) &&
    [...words, proof.versionMask ?? '0'].every((text) => WORD.test(text))
  );
}

function recomputeResult({ job, submit, target: recorded }: ResultProof): Recomputed {
  const target = resultTarget(job.target) ?? 0n;
  return {
    hash: Buffer.from(submit.result, 'hex').reverse().toString('hex'),
    target: target.toString(16).padStart(16, '0'),
    meetsTarget: topOf(submit.result) < target,
    matchesRecord: target.toString(16).padStart(16, '0') === recorded,
  };
}
