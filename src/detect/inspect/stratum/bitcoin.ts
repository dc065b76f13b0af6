/** Stratum v1 as Bitcoin speaks it, and the coins that only lengthen its job. */
import type { HeaderJob, HeaderSubmit } from '../../../model/proof.js';
import type { Message } from './message.js';
import { jobId, miningDialect, recogniseCommon, user } from './mining.js';
import {
  allOf,
  bool,
  eitherHex,
  finite,
  hex,
  hexBytes,
  list,
  literal,
  nullable,
  oneOf,
  opening,
  text,
  tuple,
} from './shapes.js';
import { recogniseSubscription, STRATUM_V1 } from './subscription.js';

const hash = hex(64);
const word32 = hex(8);
const coinbase = hexBytes(0, 60_000);
const branches = list(hash, 0, 64);

/** Some servers write it as a text, a number or not at all. */
const clean = oneOf(bool, literal('true', 'false', 0, 1, null));
const extra = oneOf(bool, finite, nullable(text(0, 128)));

/** job, previous hash, coinbase 1 and 2, branches, version, bits, time, clean (cgminer util.c parse_notify). */
const JOB_TUPLE = opening(
  [jobId, hash, hexBytes(2, 60_000), coinbase, branches, word32, word32, word32, clean],
  extra,
  2,
);
/** LBRY has the root of its claim trie third (yiimp job_send.cpp). */
const JOB_WITH_ROOT = tuple(
  jobId,
  hash,
  hash,
  hexBytes(2, 60_000),
  coinbase,
  branches,
  word32,
  word32,
  word32,
  clean,
);
/** user (may be empty), job, extranonce 2, time, nonce(, version bits); NerdMiner does not pad the nonce. */
const short = eitherHex(1, 8);
const SHARE_TUPLE = oneOf(
  opening([text(0, 2048), jobId, eitherHex(0, 64), eitherHex(8), short], eitherHex(1, 16), 2),
  // Time and nonce only.
  tuple(user, jobId, hex(8), hex(8)),
);

/** A coinbase has 64 zeros here; Decred sends its block header instead. */
const DECRED_HEADER = allOf(hex(216), (value) => !(value as string).startsWith('0'.repeat(64), 10));
const DECRED_JOB = tuple(
  jobId,
  hash,
  DECRED_HEADER,
  hexBytes(0, 64),
  list(hash, 0, 0),
  word32,
  word32,
  word32,
  bool,
);

/** Shares are those of stratum v1. */
export const decred = miningDialect({
  name: 'decred',
  coin: { ticker: 'DCR', confidence: 0.9 },
  hashesPerDifficulty: 2 ** 32,
  job: DECRED_JOB,
  share: () => false,
});

/** Null where the job has another form than Bitcoin's. */
function headerJob(params: readonly unknown[]): HeaderJob | null {
  if (!JOB_TUPLE(params)) return null;
  const [id, previousHash, coinbase1, coinbase2, , version, bits, time] = params.toSpliced(
    4,
    1,
    '',
  ) as string[];
  return {
    kind: 'header',
    id: String(id),
    previousHash: previousHash!,
    coinbase1: coinbase1!,
    coinbase2: coinbase2!,
    branches: params[4] as string[],
    version: version!,
    bits: bits!,
    time: time!,
  };
}

const WHOLE_SHARE = opening([user, jobId, hexBytes(0, 64), word32, short], hex(8), 1);

function headerSubmit(params: readonly unknown[]): HeaderSubmit | null {
  if (!WHOLE_SHARE(params)) return null;
  const [, , extranonce2, time, nonce, versionBits] = params as readonly string[];
  return {
    kind: 'header',
    extranonce2: extranonce2!,
    time: time!,
    nonce: nonce!.replace(/^0x/i, ''),
    versionBits: versionBits ?? null,
  };
}

/** Last in the list: it also reads what all dialects of the family share. */
export const stratumV1 = miningDialect({
  name: STRATUM_V1,
  job: (params) => (JOB_TUPLE(params) || JOB_WITH_ROOT(params)) && !DECRED_JOB(params),
  share: SHARE_TUPLE,
  work: headerJob,
  solution: headerSubmit,
  unasked: (message: Message) => recogniseSubscription(message),
  more: (message: Message) => recogniseCommon(message),
});

/** Twelve elements: tree, reserved and witness roots between branches and version (hstratum docs/spec.md). */
export const handshake = miningDialect({
  name: 'handshake',
  coin: { ticker: 'HNS', confidence: 0.9 },
  job: tuple(
    jobId,
    hash,
    hexBytes(2, 60_000),
    coinbase,
    branches,
    hash,
    hash,
    hash,
    word32,
    word32,
    word32,
    bool,
  ),
  share: tuple(user, jobId, hexBytes(0, 64), word32, word32, hash),
});
