/** Coins that put their own job and share into the `mining.*` grammar: one tuple each (docs/dialects.md). */
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

/** Sia: the whole header goes both ways (btcpool StratumSessionSia.cc). */
export const sia = miningDialect({
  name: 'sia',
  coin: { ticker: 'SC', confidence: 0.9 },
  job: tuple(jobId, prefixedHex(160), prefixedHex(64)),
  share: tuple(user, jobId, prefixedHex(160)),
  shareCertainty: JOB,
  jobTarget: (params) => fromTarget256(params[2]),
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

/** Aeternity and TON: a cycle of 42 edges, which no other `mining.submit` carries. */
export const aeternity = miningDialect({
  name: 'aeternity',
  job: oneOf(tuple(jobId, whole, anyHash, bool), tuple(jobId, anyHash, bool)),
  share: tuple(user, jobId, eitherHex(1, 32), list(whole, 32, 48)),
  shareCertainty: JOB,
});

const XELIS = 'xelis';

/** Job as in EthereumStratum/1.0.0; the three parameters of authorize tell them apart. */
export const xelis = miningDialect({
  name: XELIS,
  coin: { ticker: 'XEL', confidence: 0.9 },
  job: tuple(jobId, hash, hash, bool),
  jobCertainty: HELLO,
  share: tuple(user, jobId, hex(1, 16), hex(16)),
  shareCertainty: JOB,
  more: (message: Message): Fact | null => xelisMore(message),
});

const pong = liveness(shape.optional(list(text(0, 64), 0, 1)), 'either');

function xelisMore(message: Message): Fact | null {
  if (message.method !== 'mining.pong' && message.method !== 'mining.print') return null;
  const params = message.method === 'mining.pong' ? message.params : [];
  const fact = pong({ ...message, params });
  return fact === null ? null : { ...fact, dialect: XELIS, certainty: HELLO };
}

/** Conflux node: the job id is the hash itself. */
const CONFLUX_JOB: shape.Shape = shape.allOf(
  shape.opening([anyHash, anyHash, anyHash], oneOf(finite, text(0, 80)), 2),
  (params) => (params as readonly string[])[0] === (params as readonly string[])[1],
);

export const conflux = miningDialect({
  name: 'conflux',
  coin: { ticker: 'CFX', confidence: 0.9 },
  job: CONFLUX_JOB,
  share: tuple(user, anyHash, eitherHex(1, 64), anyHash),
  shareCertainty: SHARE,
  jobTarget: (params) => fromTarget256(params[2]),
});
