/** A share that anybody can recompute from the bytes on the wire (detection.md P1). All texts are hex unless said otherwise. */

/** One job of Stratum v1 as Bitcoin speaks it, in the spelling of `mining.notify`. */
export interface HeaderJob {
  readonly kind: 'header';
  /** As sent; any text. */
  readonly id: string;
  /** 32 bytes, each word of 4 bytes reversed. */
  readonly previousHash: string;
  readonly coinbase1: string;
  readonly coinbase2: string;
  /** Merkle branches, 32 bytes each, in the order they are hashed in. */
  readonly branches: readonly string[];
  readonly version: string;
  readonly bits: string;
  /** Of the job; a share may move it on. */
  readonly time: string;
}

/** One submitted share of that form, in the spelling of `mining.submit`. */
export interface HeaderSubmit {
  readonly kind: 'header';
  readonly extranonce2: string;
  readonly time: string;
  readonly nonce: string;
  /** BIP 310; null where the share rolls no version bits. */
  readonly versionBits: string | null;
}

/** One job of the CryptoNote dialects. */
export interface ResultJob {
  readonly kind: 'result';
  readonly id: string;
  /** Block hashing blob; null where the job carries a template. */
  readonly blob: string | null;
  /** As sent: 4 or 8 bytes little-endian; a difficulty in decimal where the job states one. */
  readonly target: string;
}

export interface ResultSubmit {
  readonly kind: 'result';
  readonly nonce: string;
  /** The hash that the miner found, as sent. */
  readonly result: string;
}

export type ProofJob = HeaderJob | ResultJob;
export type ProofSubmit = HeaderSubmit | ResultSubmit;

/** The block header was rebuilt and hashed: proves the work. */
export interface HeaderProof {
  readonly kind: 'header';
  readonly algorithm: 'sha256d' | 'scrypt';
  readonly timeUs: number;
  readonly job: HeaderJob;
  readonly extranonce1: string;
  readonly submit: HeaderSubmit;
  /** Bits that the share may roll; null where it rolls none. */
  readonly versionMask: string | null;
  /** As the pool stated it; null where it stated the target itself. */
  readonly difficulty: number | null;
  /** 32 bytes, most significant first; the hash is not above it. */
  readonly target: string;
  /** 80 bytes. */
  readonly header: string;
  /** 32 bytes, most significant first. */
  readonly hash: string;
}

/**
 * The hash that the miner submitted meets the job's target. The hash itself (RandomX, CryptoNight) is taken as sent:
 * the server, which recomputes it, accepted it.
 */
export interface ResultProof {
  readonly kind: 'result';
  readonly timeUs: number;
  readonly job: ResultJob;
  readonly submit: ResultSubmit;
  /** Top 8 bytes of the target, most significant first; those of the result are below it. */
  readonly target: string;
}

export type ShareProof = HeaderProof | ResultProof;

/** What a third party gets who recomputes a proof. */
export interface Recomputed {
  /** What was computed (of a result: what was sent), most significant byte first. */
  readonly hash: string;
  readonly target: string;
  readonly meetsTarget: boolean;
  /** Header, hash and target are those that the record says. */
  readonly matchesRecord: boolean;
}

/** What came of the shares of one part of a session that were checked. */
export interface ProofTally {
  /** Accepted shares that meet their target. */
  readonly verified: number;
  /** Accepted shares that do not, by any algorithm known here. */
  readonly failed: number;
}
