/** Coins that put their own job and share into the `mining.*` grammar: one tuple each (docs/dialects.md). */
import { shareAnswer } from './answers.js';
import { userClaims, workerClaims } from './claims.js';
import { FAMILY, type Fact, HELLO, JOB, SHARE, type Target } from './dialect.js';
import type { Message } from './message.js';
import { jobId, liveness, miningDialect, user } from './mining.js';
import * as shape from './shapes.js';
import { fromDecimalTarget, fromTarget256 } from './targets.js';

const { bool, eitherHex, finite, hex, list, literal, oneOf, prefixedHex, text, tuple, whole } = shape;
const hash = hex(64);
const anyHash = eitherHex(64);

const CLEAN = oneOf(bool, literal('true', 'false'));

/** KawPow, FiroPow, ProgPow (ravencoin: nodejs-pool, kawpowminer EthStratumClient.cpp). */
export const kawpow = miningDialect({
  name: 'stratum-v1-kawpow',
  hashesPerDifficulty: 2 ** 32,
  job: tuple(jobId, anyHash, anyHash, anyHash, CLEAN, whole, eitherHex(1, 8)),
  share: tuple(user, jobId, eitherHex(16), anyHash, anyHash),
  // Ethash has it too, in sessions with jobs of its own.
  shareCertainty: HELLO,
  jobTarget: (params) => fromTarget256(params[3]),
});

/** `b`, the share target, is a decimal number of 60 to 78 digits; `mining.set_difficulty` means nothing. */
const DECIMAL_TARGET: shape.Shape = (value) => typeof value === 'string' && /^\d{20,78}$/.test(value);

const ERGO_HEAD = shape.opening([jobId, whole, hash], oneOf(text(0, 128), whole, bool), 8);

/** Six to eleven elements; between the message and the end a decimal target, wherever the pool puts it. */
const ERGO_JOB: shape.Shape = (value) =>
  ERGO_HEAD(value) && (value as readonly unknown[]).some(DECIMAL_TARGET);

function ergoTarget(params: readonly unknown[]): Target | null {
  return fromDecimalTarget(params.find(DECIMAL_TARGET));
}

export const ergo = miningDialect({
  name: 'ergo',
  coin: { ticker: 'ERG', confidence: 0.9 },
  job: ERGO_JOB,
  share: tuple(user, jobId, hex(0, 16), literal('00000000', ''), hex(16)),
  jobTarget: ergoTarget,
});

/** Kaspa and its clones; Kaspa pools also write `set_extranonce` without prefix. */
export const kaspa = miningDialect({
  name: 'kaspa',
  coin: { ticker: 'KAS', confidence: 0.6 },
  hashesPerDifficulty: 2 ** 32,
  job: oneOf(tuple(jobId, list(whole, 4, 4), whole), tuple(jobId, hex(80)), tuple(jobId, hex(80), whole)),
  share: oneOf(tuple(user, jobId, prefixedHex(1, 16)), tuple(user, jobId, prefixedHex(1, 16), text(0, 128))),
  more: (message: Message): Fact | null =>
    message.method === 'set_extranonce' && tuple(eitherHex(0, 16), whole)(message.params)
      ? { dialect: 'kaspa', certainty: FAMILY, role: 'target', within: 'kaspa' }
      : null,
});

/** Nervos CKB (gominer: ckb-gominer-demo). */
export const ckb = miningDialect({
  name: 'ckb',
  coin: { ticker: 'CKB', confidence: 0.9 },
  job: tuple(jobId, anyHash, whole, anyHash, bool),
  share: oneOf(tuple(user, jobId, hex(24, 32)), tuple(user, jobId, hex(24, 32), hex(1, 32))),
});

/** Kadena: a header of 286 bytes. */
export const kadena = miningDialect({
  name: 'kadena',
  coin: { ticker: 'KDA', confidence: 0.9 },
  job: tuple(jobId, hex(572), bool),
  share: tuple(user, jobId, hex(10)),
  shareCertainty: HELLO,
});

const SIA_V1_JOB = tuple(
  jobId,
  hash,
  shape.hexBytes(2, 60_000),
  shape.hexBytes(0, 60_000),
  list(hash, 0, 64),
  literal(''),
  oneOf(hex(8), literal('')),
  hex(16),
  bool,
);

/**
 * Sia: the whole header goes both ways (btcpool StratumSessionSia.cc); or as Bitcoin's, without a version and with
 * a time of 64 bits (SiaMining, and NiceHash, which sends the root in place of the coinbase).
 */
export const sia = miningDialect({
  name: 'sia',
  coin: { ticker: 'SC', confidence: 0.9 },
  job: oneOf(tuple(jobId, prefixedHex(160), prefixedHex(64)), SIA_V1_JOB),
  share: oneOf(
    tuple(user, jobId, prefixedHex(160)),
    tuple(user, jobId, shape.hexBytes(0, 16), hex(16), oneOf(hex(16), hex(8))),
  ),
  shareCertainty: JOB,
  jobTarget: (params) => (params.length === 3 ? fromTarget256(params[2]) : null),
});

/** Aleo: proofs of some 770 bytes; the target is a number. */
export const aleo = miningDialect({
  name: 'aleo',
  coin: { ticker: 'ALEO', confidence: 0.9 },
  job: tuple(jobId, hash, hash, hash, hash, hash, bool),
  share: tuple(user, jobId, hex(16, 64), shape.hexBytes(512, 8192)),
  more: (message: Message): Fact | null => {
    if (message.method !== 'mining.set_target' || !tuple(shape.positive)(message.params)) return null;
    return { dialect: 'aleo', certainty: HELLO, role: 'target', target: numberTarget(message.params) };
  },
});

function numberTarget(params: unknown): Target | null {
  const value = (params as readonly number[])[0] ?? 0;
  return value > 0 ? { difficulty: value, hashes: null } : null;
}

/** Aeternity and TON: a cycle of 42 edges, which no other `mining.submit` carries; some pools write them in hex. */
export const aeternity = miningDialect({
  name: 'aeternity',
  job: oneOf(
    tuple(jobId, whole, anyHash, bool),
    tuple(jobId, anyHash, bool),
    tuple(jobId, hash, whole, hex(1, 16), bool),
  ),
  share: tuple(user, jobId, eitherHex(1, 32), oneOf(list(whole, 32, 48), list(hex(8), 32, 48))),
  shareCertainty: JOB,
});

const XELIS = 'xelis';

const isXelisVersion: shape.Shape = (value) => typeof value === 'string' && /^xel\/v?\d$/i.test(value);

/** Time, work hash and algorithm: what pools and proxies send today. */
export const xelis = miningDialect({
  name: XELIS,
  coin: { ticker: 'XEL', confidence: 0.9 },
  job: tuple(jobId, hex(1, 16), hash, isXelisVersion, bool),
  // The older form; that of today is below.
  share: tuple(user, jobId, hex(1, 16), hex(16)),
  shareCertainty: JOB,
  more: (message: Message): Fact | null => xelisMore(message),
});

const pong = liveness(shape.optional(list(text(0, 64), 0, 1)), 'either');

/** The first draft's job is as in EthereumStratum/1.0.0; the three parameters of authorize tell them apart. */
const XELIS_DRAFT_JOB = tuple(jobId, hash, hash, bool);

function xelisMore(message: Message): Fact | null {
  if (message.method === 'mining.notify' && XELIS_DRAFT_JOB(message.params))
    return {
      dialect: XELIS,
      certainty: HELLO,
      role: 'job',
      jobs: [String((message.params as unknown[])[0])],
    };
  if (message.method === 'mining.submit') return xelisShare(message);
  if (message.method !== 'mining.pong' && message.method !== 'mining.print') return null;
  const params = message.method === 'mining.pong' ? message.params : [];
  const fact = pong({ ...message, params });
  return fact === null ? null : { ...fact, dialect: XELIS, certainty: HELLO };
}

const XELIS_SHARE = tuple(text(1, 256), jobId, hex(16));
const answerXelis = shareAnswer(XELIS);

/** As in EthereumStratum/1.0.0, but the first parameter names the machine. */
function xelisShare({ params }: Message): Fact | null {
  if (!XELIS_SHARE(params)) return null;
  const [worker, job] = params as readonly unknown[];
  return {
    dialect: XELIS,
    certainty: HELLO,
    role: 'share',
    within: XELIS,
    jobs: [String(job)],
    claims: String(worker).startsWith('xel:') ? userClaims(worker) : workerClaims(worker),
    answer: answerXelis,
  };
}

const boundary = prefixedHex(1, 64);
const isHeight = oneOf(whole, shape.decimal);
/** The node's job is named by its hash; since Octopus the height stands between, and pools name jobs as they like. */
const CONFLUX_JOB = oneOf(
  shape.allOf(
    shape.opening([anyHash, anyHash, oneOf(anyHash, boundary)], oneOf(finite, text(0, 80)), 2),
    (params) => (params as readonly string[])[0] === (params as readonly string[])[1],
  ),
  tuple(jobId, isHeight, prefixedHex(64), oneOf(boundary, shape.decimal)),
);

export const conflux = miningDialect({
  name: 'conflux',
  coin: { ticker: 'CFX', confidence: 0.9 },
  job: CONFLUX_JOB,
  share: oneOf(
    tuple(user, anyHash, eitherHex(1, 64), anyHash),
    tuple(user, jobId, prefixedHex(1, 64), prefixedHex(64)),
  ),
  shareCertainty: SHARE,
  jobTarget: (params) => confluxTarget(isHeight(params[1]) ? params[3] : params[2]),
});

/** Leading zeros may be missing. */
function confluxTarget(target: unknown): Target | null {
  if (!boundary(target)) return fromDecimalTarget(target);
  return fromTarget256((target as string).slice(2).padStart(64, '0'));
}

/** Bits in front of the time, which has 16 digits; or a height, and no time. */
const isTime64: shape.Shape = (value) => typeof value === 'string' && /^0{8}[0-9a-f]{8}$/i.test(value);

/** NexaPow: the commitment to a header (miningcore NexaJob.cs; "Echelon" of mo-miner pool/jobs.js). */
export const nexa = miningDialect({
  name: 'nexa',
  coin: { ticker: 'NEXA', confidence: 0.9 },
  hashesPerDifficulty: 2 ** 32,
  job: oneOf(tuple(jobId, hash, hex(8), isTime64, bool), tuple(jobId, hash, whole, hex(8))),
  // The other form of share is that of stratum v1, with a longer nonce.
  share: oneOf(tuple(user, jobId, hex(24, 32), isTime64), tuple(user, jobId, hex(8), hex(8), hex(16))),
  shareCertainty: HELLO,
});

/** Janushash: no coinbase, only the prefix that commits to the transactions (Warthog's stratum document). */
export const warthog = miningDialect({
  name: 'warthog',
  coin: { ticker: 'WART', confidence: 0.9 },
  job: tuple(jobId, hash, shape.hexBytes(0, 8192), hex(8), hex(8), hex(8), bool),
  share: () => false,
});
