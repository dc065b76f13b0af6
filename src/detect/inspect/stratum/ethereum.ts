/** Work for Ethash and its kin over a bare stream: ethproxy, EthereumStratum 1 and 2, stratum1. */
import { anyAnswer, isRefusal, loginAnswer, shareAnswer } from './answers.js';
import { agentClaims, joinClaims, optionClaims, userClaims, workerClaims } from './claims.js';
import { type Claims, type Dialect, FAMILY, type Fact, HELLO, JOB, SHARE } from './dialect.js';
import type { Message } from './message.js';
import { jobId, miningDialect, user } from './mining.js';
import {
  allOf,
  asFields,
  bool,
  eitherHex,
  fields,
  hex,
  list,
  literal,
  oneOf,
  opening,
  optional,
  prefixedHex,
  text,
  tuple,
  whole,
  word,
} from './shapes.js';
import { fromTarget256 } from './targets.js';

const hash = hex(64);
const anyHash = eitherHex(64);

/** job, seed, header, clean; `mining.submit` leaves out the part of the nonce that the pool gave. */
export const ethereumStratum1 = miningDialect({
  name: 'ethereumstratum-1',
  family: 'D',
  hashesPerDifficulty: 2 ** 32,
  job: opening([jobId, hash, hash, bool], oneOf(whole, hex(1, 64)), 2),
  jobCertainty: SHARE,
  share: tuple(user, jobId, hex(8, 16)),
  shareCertainty: HELLO,
});

/** ethminer's `stratum1+tcp`: stratum v1 frames around Ethash work. */
export const ethashStratum = miningDialect({
  name: 'stratum-v1-ethash',
  hashesPerDifficulty: 2 ** 32,
  job: tuple(jobId, anyHash, anyHash, anyHash, bool),
  share: tuple(user, jobId, prefixedHex(16), prefixedHex(64), prefixedHex(64)),
  shareCertainty: HELLO,
  jobTarget: (params) => fromTarget256(params[3]),
});

/** 2^16 hashes a share at least: a boundary begins with zeros, which a hash of something else does not. */
const BOUNDARY = allOf(prefixedHex(64), (value) => (value as string).startsWith('0x0000'));
/** Header hash, seed hash, boundary; then a height, and what pools of two coins add (Zilliqa). */
const WORK = opening(
  [prefixedHex(64), prefixedHex(64), BOUNDARY],
  oneOf(prefixedHex(1, 64), bool, whole, text(0, 128)),
  5,
);
const SUBMITTED_WORK = opening([prefixedHex(16), prefixedHex(64), prefixedHex(64)], text(0, 512), 4);
const HASHRATE = tuple(prefixedHex(1, 64), prefixedHex(1, 64));
const LOGIN = opening([text(1, 512)], text(0, 256), 1);
const NOTHING = optional(list(text(0, 64), 0, 1));

/** Header hash, seed hash, boundary(, height). */
export function isWork(result: unknown): boolean {
  return WORK(result);
}

/** Work pushed as a notification; Conflux sends its hash twice. */
function isNotifiedWork(params: unknown): boolean {
  return WORK(params) && (params as readonly unknown[])[0] !== (params as readonly unknown[])[1];
}

/** Cortex sends the same: its shares say more than the work. */
export function workFact(dialect: string, message: Message): Fact {
  const work = (message.result ?? message.params) as readonly string[];
  return { dialect, certainty: SHARE, role: 'job', jobs: [work[0] ?? ''], target: fromTarget256(work[2]) };
}

/** `eth_submitWork [nonce, header, mix]`: the header names the job. */
export function workShare(dialect: string, message: Message): Fact | null {
  if (message.method !== 'eth_submitWork' || !SUBMITTED_WORK(message.params)) return null;
  return {
    dialect,
    certainty: JOB,
    role: 'share',
    jobs: [(message.params as readonly string[])[1] ?? ''],
    claims: workerClaims(message.root.worker),
    answer: shareAnswer(dialect),
  };
}

/** `eth_submitHashrate [rate, id]`: hashes per second, as the miner states it. */
export function reportedRate(dialect: string, message: Message): Fact | null {
  if (message.method !== 'eth_submitHashrate' || !HASHRATE(message.params)) return null;
  const [rate = '0', id = ''] = message.params as readonly string[];
  const worker = workerClaims(message.root.worker);
  return {
    dialect,
    certainty: SHARE,
    role: 'liveness',
    claims: { ...worker, reportedHps: { reporter: `${id} ${worker.workers?.[0] ?? ''}`, hps: Number(rate) } },
    answer: anyAnswer,
  };
}

const ETHPROXY = 'ethproxy';

export const ethproxy: Dialect<typeof ETHPROXY> = {
  name: ETHPROXY,
  family: 'C',
  coin: null,
  hashesPerDifficulty: null,
  carrier: 'stream',
  recognise: (message) => {
    if (message.answers) {
      return message.method === null && isWork(message.result) ? workFact(ETHPROXY, message) : null;
    }
    if (message.method === 'eth_getWork' && NOTHING(message.params)) return askForWork(message);
    if (message.method === 'mining.notify' && isNotifiedWork(message.params))
      return workFact(ETHPROXY, message);
    if (message.method === 'eth_submitLogin' || message.method === 'eth_login') return ethLogin(message);
    return workShare(ETHPROXY, message) ?? reportedRate(ETHPROXY, message);
  },
};

function ethLogin(message: Message): Fact | null {
  if (!LOGIN(message.params)) return null;
  const params = message.params as readonly unknown[];
  return {
    dialect: ETHPROXY,
    certainty: HELLO,
    role: 'login',
    hold: 'unless-refuted',
    claims: joinClaims(userClaims(params[0], message.root.worker), optionClaims(params[1])),
    answer: loginAnswer(ETHPROXY),
  };
}

function askForWork(message: Message): Fact {
  return {
    dialect: ETHPROXY,
    certainty: HELLO,
    role: 'liveness',
    hold: 'until-confirmed',
    claims: workerClaims(message.root.worker),
    answer: (answer) => {
      if (!isWork(answer.result)) return isRefusal(answer) || answer.error === null ? null : 'neutral';
      const job = workFact(ETHPROXY, answer);
      return { ...job, role: 'poll', also: [job] };
    },
  };
}

const CORTEX = 'cortex';
/** The cycle of 42 edges in place of the mix. */
const CORTEX_SHARE = tuple(prefixedHex(16), prefixedHex(64), prefixedHex(336));
const CORTEX_PREFIX = 'ctxc_';

/** ethproxy with names of its own (CortexTheseus solution/miner, magicpool ctxc/mining.go). */
export const cortex: Dialect<typeof CORTEX> = {
  ...ethproxy,
  name: CORTEX,
  coin: { ticker: 'CTXC', confidence: 0.9 },
  recognise: (message) => {
    if (message.answers) return asCortex(ethproxy.recognise(message));
    if (message.method?.startsWith(CORTEX_PREFIX) !== true) return null;
    const method = `eth_${message.method.slice(CORTEX_PREFIX.length)}`;
    if (method === 'eth_submitWork') return cortexShare(message);
    return asCortex(ethproxy.recognise({ ...message, method }));
  },
};

/** What ethproxy says, under the other name. */
function asCortex<Read extends Fact | 'neutral' | null>(read: Read): Read | Fact {
  if (read === null || read === 'neutral') return read;
  const { also, answer, ...fact } = read as Fact;
  return {
    ...fact,
    dialect: CORTEX,
    ...(also === undefined ? {} : { also: also.map((one) => ({ ...one, dialect: CORTEX })) }),
    ...(answer === undefined ? {} : { answer: (message: Message) => asCortex(answer(message)) }),
  };
}

function cortexShare(message: Message): Fact | null {
  if (!CORTEX_SHARE(message.params)) return null;
  return {
    dialect: CORTEX,
    certainty: JOB,
    role: 'share',
    jobs: [(message.params as readonly string[])[1] ?? ''],
    claims: workerClaims(message.root.worker),
    answer: shareAnswer(CORTEX),
  };
}

const ES2 = 'ethereumstratum-2';
const HELLO_FIELDS = fields({ agent: text(), proto: literal('EthereumStratum/2.0.0') });
const HELLO_ANSWER = fields({ proto: literal('EthereumStratum/2.0.0') });
const SETTINGS = allOf(
  fields({
    target: optional(hex(1, 64)),
    epoch: optional(hex(1, 16)),
    algo: optional(word),
    extranonce: optional(hex(0, 16)),
  }),
  (value) => asFields(value)?.target !== undefined || asFields(value)?.epoch !== undefined,
);
/** Its shares carry a token in place of a user. */
const NO_USER = -1;
const ES2_HASHRATE = tuple(hex(1, 16), word);

/** EIP-1571: numbers are hex without `0x`, the worker is a token. */
export const ethereumStratum2 = miningDialect({
  name: ES2,
  family: 'E',
  job: tuple(jobId, hex(1, 16), hash, literal('0', '1')),
  share: tuple(jobId, hex(8, 16), word),
  shareJobAt: 0,
  shareUserAt: NO_USER,
  more: (message) => es2More(message),
});

function es2More(message: Message): Fact | null {
  const params = asFields(message.params);
  if (message.method === 'mining.hello' && HELLO_FIELDS(params)) return es2Hello(params ?? {});
  if (message.method === 'mining.set' && SETTINGS(params)) {
    const algorithm = params?.algo;
    const target = params?.target;
    return {
      dialect: ES2,
      certainty: HELLO,
      role: 'target',
      target: typeof target === 'string' ? fromTarget256(target.padStart(64, '0')) : null,
      claims: typeof algorithm === 'string' ? { algorithms: [algorithm] } : {},
    };
  }
  if (message.method !== 'mining.hashrate' || !ES2_HASHRATE(message.params)) return null;
  const [rate = '0', token = ''] = message.params as readonly string[];
  const reportedHps = { reporter: token, hps: Number.parseInt(rate, 16) };
  return { dialect: ES2, certainty: HELLO, role: 'liveness', claims: { reportedHps }, answer: anyAnswer };
}

function es2Hello(params: Readonly<Record<string, unknown>>): Fact {
  const host = params.host;
  const port = typeof params.port === 'string' ? Number.parseInt(params.port, 16) : Number.NaN;
  const hosts: Claims['hosts'] =
    typeof host === 'string' ? [{ host, port: port > 0 && port < 65_536 ? port : null }] : [];
  return {
    dialect: ES2,
    certainty: HELLO,
    role: 'hello',
    hold: 'unless-refuted',
    claims: joinClaims(agentClaims(params.agent), { hosts }),
    answer: (answer) => {
      if (HELLO_ANSWER(answer.result)) return { dialect: ES2, certainty: HELLO, role: 'loginAccepted' };
      return answer.error === null || isRefusal(answer)
        ? null
        : { dialect: ES2, certainty: FAMILY, role: 'loginRejected' };
    },
  };
}
