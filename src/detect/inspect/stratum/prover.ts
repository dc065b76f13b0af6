/** Checks the accepted shares of one session against their jobs: group P1 (detection.md §2.1). */
import type {
  HeaderJob,
  HeaderProof,
  HeaderSubmit,
  ProofJob,
  ProofSubmit,
  ProofTally,
  ShareProof,
} from '../../../model/proof.js';
import type { Target } from './dialect.js';
import {
  GENERAL_VERSION_MASK,
  type HeaderAlgorithm,
  hashOf,
  headerOf,
  hex256,
  proveResult,
  resultTarget,
  targetOf,
} from './share-proof.js';

/** Shares of a session whose header is hashed; the comparison of a CryptoNote result costs nothing and has no limit. */
export const MAX_HASHED_SHARES = 4;
/** Characters of jobs that a session keeps for its shares; the newest job is kept whatever its size. */
const MAX_JOB_CHARS = 16_384;
/** Characters of a job that a proof may hold: larger coinbases prove nothing here. */
const MAX_PROOF_CHARS = 24_576;
/**
 * How unlikely chance must be before shares prove anything, in bits (log2 of the expected hashes, summed over the
 * shares). Headers are tried by two algorithms, so they must show more.
 */
const HEADER_BITS = 16;
const RESULT_BITS = 8;
const ALGORITHMS = ['sha256d', 'scrypt'] as const satisfies readonly HeaderAlgorithm[];
const TWO_256 = 2 ** 256;
const TWO_64 = 2 ** 64;

interface KeptJob {
  readonly job: ProofJob;
  readonly chars: number;
  /** In force when the job was sent. */
  readonly extranonce1: string | null;
}

/** One algorithm's record in this session. */
interface Trial {
  bits: number;
  failed: number;
}

export class Prover {
  /** The first share that, with those before it, proved work; null until then. */
  proof: ShareProof | null = null;
  readonly #jobs = new Map<string, KeptJob>();
  #chars = 0;
  #extranonce1: string | null = null;
  #versionMask: string | null = null;
  #hashed = 0;
  #bits = 0;
  readonly #trials = new Map<HeaderAlgorithm, Trial>();
  #candidate: ShareProof | null = null;
  /** Verified shares that were not yet counted: until there are enough of them they prove nothing. */
  #waiting = 0;
  #tally = { verified: 0, failed: 0 };
  #unchecked = 0;

  /** The algorithm that the rebuilt headers prove; null where they prove none. */
  get algorithm(): HeaderAlgorithm | null {
    return this.proof?.kind === 'header' ? this.proof.algorithm : null;
  }

  /** Counts since it was last asked. */
  takeTally(): ProofTally {
    const tally = this.#tally;
    this.#tally = { verified: 0, failed: 0 };
    return tally;
  }

  /** Accepted shares since it was last asked whose job was not captured, or that came after the limit. */
  takeUnchecked(): number {
    const unchecked = this.#unchecked;
    this.#unchecked = 0;
    return unchecked;
  }

  extranonce(extranonce1: string): void {
    this.#extranonce1 = extranonce1;
  }

  versionMask(mask: string): void {
    this.#versionMask = mask;
  }

  job(job: ProofJob): void {
    // Headers that will not be hashed any more need no jobs.
    if (job.kind === 'header' && this.#isSpent) return;
    const chars = charsOf(job);
    this.#forget(job.id);
    this.#jobs.set(job.id, { job, chars, extranonce1: this.#extranonce1 });
    this.#chars += chars;
    for (const oldest of this.#jobs.keys()) {
      if (this.#chars <= MAX_JOB_CHARS || oldest === job.id) break;
      this.#forget(oldest);
    }
  }

  /** The server took this share. `targets`: that of its job first, then what is in force now. */
  accepted(jobId: string, submit: ProofSubmit, targets: readonly (Target | null)[], timeUs: number): void {
    const kept = this.#jobs.get(jobId);
    if (kept === undefined) {
      this.#unchecked++;
      return;
    }
    const { job } = kept;
    if (job.kind === 'result' && submit.kind === 'result') {
      const target = resultTarget(job.target);
      if (target === null || target === 0n) return;
      this.#count(proveResult(job, submit, timeUs), Math.log2(TWO_64 / Number(target)), RESULT_BITS);
    } else if (job.kind === 'header' && submit.kind === 'header') {
      this.#tryHeader(job, kept, submit, targets, timeUs);
    }
  }

  get #isSpent(): boolean {
    return this.#hashed >= MAX_HASHED_SHARES;
  }

  #tryHeader(
    job: HeaderJob,
    { chars, extranonce1 }: KeptJob,
    submit: HeaderSubmit,
    targets: readonly (Target | null)[],
    timeUs: number,
  ): void {
    const stated = targets.filter((target) => target !== null);
    if (this.#isSpent || extranonce1 === null || chars > MAX_PROOF_CHARS || stated.length === 0) {
      this.#unchecked++;
      return;
    }
    this.#hashed++;
    const versionMask = submit.versionBits === null ? null : (this.#versionMask ?? GENERAL_VERSION_MASK);
    const header = headerOf(job, extranonce1, submit, versionMask);
    const base = { kind: 'header', timeUs, job, extranonce1, submit, versionMask } as const;
    let found: HeaderProof | null = null;
    for (const algorithm of this.#algorithms()) {
      const hash = hashOf(header, algorithm);
      const met = meetOne(hash, stated, algorithm);
      const trial = this.#trials.get(algorithm) ?? { bits: 0, failed: 0 };
      this.#trials.set(algorithm, trial);
      if (met === null) {
        trial.failed++;
        continue;
      }
      trial.bits += Math.log2(TWO_256 / Number(BigInt(`0x${met.target}`)));
      found ??= { ...base, algorithm, ...met, header: header.toString('hex'), hash };
    }
    const trial = found === null ? undefined : this.#trials.get(found.algorithm);
    this.#bits = 0;
    this.#count(trial?.failed === 0 ? found : null, trial?.bits ?? 0, HEADER_BITS);
    if (this.#isSpent) this.#jobs.clear();
  }

  /** Once one has been met by every share, only that one. */
  #algorithms(): readonly HeaderAlgorithm[] {
    const unrefuted = ALGORITHMS.filter((algorithm) => (this.#trials.get(algorithm)?.failed ?? 0) === 0);
    return unrefuted.length > 0 ? unrefuted : ALGORITHMS;
  }

  #count(proof: ShareProof | null, bits: number, enough: number): void {
    if (proof === null) {
      this.#tally.failed++;
      return;
    }
    if (this.#candidate === null || !isSameWork(this.#candidate, proof)) {
      this.#candidate = proof;
      this.#waiting = 0;
    }
    this.#bits += bits;
    this.#waiting++;
    if (this.#bits < enough) return;
    this.proof ??= this.#candidate;
    this.#tally.verified += this.#waiting;
    this.#waiting = 0;
  }

  #forget(id: string): void {
    this.#chars -= this.#jobs.get(id)?.chars ?? 0;
    this.#jobs.delete(id);
  }
}

function isSameWork(a: ShareProof, b: ShareProof): boolean {
  return a.kind === 'header' && b.kind === 'header' ? a.algorithm === b.algorithm : a.kind === b.kind;
}

function charsOf(job: ProofJob): number {
  if (job.kind === 'result') return job.id.length + job.target.length + (job.blob?.length ?? 0);
  return 256 + job.id.length + job.coinbase1.length + job.coinbase2.length + 64 * job.branches.length;
}

/** The first of the targets that the hash meets. */
function meetOne(
  hash: string,
  stated: readonly Target[],
  algorithm: HeaderAlgorithm,
): Pick<HeaderProof, 'difficulty' | 'target'> | null {
  for (const { difficulty, threshold } of stated) {
    const value = threshold === undefined ? targetOf(difficulty, algorithm) : BigInt(`0x${threshold}`);
    if (value === null) continue;
    const target = hex256(value);
    if (hash <= target) return { difficulty: threshold === undefined ? difficulty : null, target };
  }
  return null;
}
