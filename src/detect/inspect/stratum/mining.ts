/** The `mining.*` grammar of family A, shared by all coins that speak it (dialects differ in job and share). */

import type { ProofJob, ProofSubmit } from '../../../model/proof.js';
import { anyAnswer, isRefusal, loginAnswer, shareAnswer } from './answers.js';
import { agentClaims, joinClaims, optionClaims, userClaims } from './claims.js';
import {
  type AnswerGrammar,
  type Certainty,
  type Dialect,
  FAMILY,
  type Fact,
  HELLO,
  JOB,
  SHARE,
  type Target,
} from './dialect.js';
import type { Message } from './message.js';
import * as shape from './shapes.js';
import { fromDifficulty, fromTarget256 } from './targets.js';

export const STRATUM_V1 = 'stratum-v1';
const ES1 = 'EthereumStratum/1.0.0';
const MAX_HOST = 253;

export const jobId = shape.jobName;
export const user = shape.text(1, 2048);
const short = shape.nullable(shape.text(0, 256));

/** One dialect of the family: the tuple of its job and of its share. */
export interface MiningSpec<Name extends string = string> {
  readonly name: Name;
  readonly family?: string;
  readonly coin?: Dialect['coin'];
  readonly hashesPerDifficulty?: number | null;
  readonly job: shape.Shape;
  readonly share: shape.Shape;
  /** Jobs and shares that look like this in several dialects name it less surely. */
  readonly jobCertainty?: Certainty;
  readonly shareCertainty?: Certainty;
  /** Where a share has its user and job; default 0 and 1. */
  readonly shareUserAt?: number;
  readonly shareJobAt?: number;
  readonly jobTarget?: (params: readonly unknown[]) => Target | null;
  readonly algorithm?: (share: readonly unknown[]) => string | null;
  /** What a share can be recomputed from. */
  readonly work?: (params: readonly unknown[]) => ProofJob | null;
  readonly solution?: (params: readonly unknown[]) => ProofSubmit | null;
  /** Answers that show by themselves what they are. */
  readonly unasked?: (message: Message) => Fact | null;
  /** Other messages of this dialect alone. */
  readonly more?: (message: Message) => Fact | null;
}

export function miningDialect<const Name extends string>(spec: MiningSpec<Name>): Dialect<Name> {
  const answer = shareAnswer(spec.name);
  return {
    name: spec.name,
    family: spec.family ?? 'A',
    coin: spec.coin ?? null,
    hashesPerDifficulty: spec.hashesPerDifficulty ?? null,
    carrier: 'stream',
    recognise: (message) => {
      if (message.answers) return spec.unasked?.(message) ?? null;
      if (message.method === 'mining.notify' && spec.job(message.params)) return jobFact(spec, message);
      if (message.method === 'mining.submit' && spec.share(message.params))
        return shareFact(spec, message, answer);
      return spec.more?.(message) ?? null;
    },
  };
}

function jobFact(spec: MiningSpec, message: Message): Fact {
  const params = message.params as readonly unknown[];
  return {
    dialect: spec.name,
    certainty: spec.jobCertainty ?? JOB,
    role: 'job',
    jobs: [String(params[0])],
    target: spec.jobTarget?.(params) ?? null,
    work: spec.work?.(params) ?? null,
  };
}

function shareFact(spec: MiningSpec, message: Message, answer: AnswerGrammar): Fact {
  const params = message.params as readonly unknown[];
  const algorithm = spec.algorithm?.(params) ?? null;
  return {
    dialect: spec.name,
    certainty: spec.shareCertainty ?? SHARE,
    role: 'share',
    jobs: [String(params[spec.shareJobAt ?? 1])],
    claims: joinClaims(
      userClaims(params[spec.shareUserAt ?? 0], message.root.worker),
      algorithm === null ? {} : { algorithms: [algorithm] },
    ),
    solution: spec.solution?.(params) ?? null,
    answer,
  };
}

/** The full answer to `mining.subscribe` is unlike anything else, even where the request was not captured. */
export function recogniseSubscription(message: Message): Fact | null {
  return isSubscription(message.result) ? subscribed(message) : null;
}

/** Methods that all dialects of the family use alike. */
export function recogniseCommon(message: Message): Fact | null {
  return message.method === null ? null : (COMMON.get(message.method)?.(message) ?? null);
}

type Recogniser = (message: Message) => Fact | null;

const COMMON: ReadonlyMap<string, Recogniser> = new Map<string, Recogniser>([
  ['mining.configure', configure],
  ['mining.subscribe', subscribe],
  ['mining.authorize', authorize],
  ['mining.extranonce.subscribe', liveness(shape.list(shape.text(), 0, 2))],
  ['mining.suggest_difficulty', liveness(shape.tuple(shape.oneOf(shape.finite, shape.text(1, 32))))],
  ['mining.suggest_target', liveness(shape.tuple(shape.hex(1, 64)))],
  ['mining.capabilities', liveness(shape.tuple(shape.fields({})))],
  ['mining.get_transactions', liveness(shape.tuple(jobId))],
  ['agent.get_capabilities', liveness(shape.tuple(shape.list(shape.word, 0, 16)))],
  ['mining.set_difficulty', setDifficulty],
  ['mining.set_target', setTarget],
  ['mining.set_extranonce', setExtranonce],
  ['mining.set_version_mask', setVersionMask],
  ['mining.ping', liveness(shape.optional(shape.list(short, 0, 2)), 'either')],
  ['client.get_version', getVersion],
  ['client.reconnect', liveness(shape.list(shape.oneOf(short, shape.whole), 0, 3), 'server')],
  ['client.show_message', liveness(shape.list(shape.text(0, 4096), 1, 2), 'server')],
]);

const CONNECTION_URL = /^(?:[a-z][\w+.-]*:\/\/)?([A-Za-z0-9._-]+)(?::(\d{1,5}))?(?:\/|$)/;
const MASK = shape.hex(8);
const EXTRANONCE = shape.hexBytes(0, 64);
const CONFIGURE = shape.opening([shape.list(shape.word, 0, 16)], shape.fields({}), 1);

function configure(message: Message): Fact | null {
  if (!CONFIGURE(message.params)) return null;
  const options = shape.asFields((message.params as readonly unknown[])[1]);
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'hello',
    hold: 'unless-refuted',
    claims: joinClaims(agentClaims(options?.['info.sw-version']), agentClaims(options?.['info.hw-version']), {
      hosts: urlHost(options?.['info.connection-url']),
    }),
    answer: (answer) => {
      if (isRefusal(answer)) return null;
      if (answer.error !== null) return accepted('loginRejected');
      const granted = shape.asFields(answer.result);
      return granted === null ? 'neutral' : { ...accepted('loginAccepted'), ...maskOf(granted) };
    },
  };
}

/** `stratum+tcp://host:port`, as the miner was told to connect (BIP 310, extension info). */
function urlHost(url: unknown): { host: string; port: number | null }[] {
  const found = typeof url === 'string' ? CONNECTION_URL.exec(url.slice(0, 2 * MAX_HOST)) : null;
  const [, host = '', port] = found ?? [];
  if (host === '' || host.length > MAX_HOST) return [];
  return [{ host, port: Number(port) > 0 && Number(port) < 65_536 ? Number(port) : null }];
}

/** BIP 310: the bits that shares may roll. */
function maskOf(granted: shape.Fields): Pick<Fact, 'versionMask'> {
  const mask = granted['version-rolling.mask'];
  return MASK(mask) ? { versionMask: mask as string } : {};
}

function accepted(
  role: 'loginAccepted' | 'loginRejected',
  dialect = STRATUM_V1,
  certainty: Certainty = FAMILY,
): Fact {
  return { dialect, certainty, role };
}

const SUBSCRIBE = shape.list(shape.oneOf(short, shape.whole), 0, 5);

function subscribe(message: Message): Fact | null {
  if (message.params === undefined || message.params === null) return bareSubscribe();
  if (!SUBSCRIBE(message.params)) return null;
  const list = message.params as readonly unknown[];
  const [dialect, certainty] = subscribeDialect(list);
  return {
    dialect,
    certainty,
    role: 'hello',
    hold: 'unless-refuted',
    claims: joinClaims(agentClaims(typeof list[1] === 'number' ? list[2] : list[0]), { hosts: hostOf(list) }),
    answer: subscribeAnswer,
  };
}

/** EthereumStratum/2.0.0 subscribes without parameters and is answered with the name of the session. */
function bareSubscribe(): Fact {
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'hello',
    hold: 'until-confirmed',
    answer: (answer) => (shape.word(answer.result) ? accepted('loginAccepted') : subscribeAnswer(answer)),
  };
}

function subscribeDialect(params: readonly unknown[]): [string, Certainty] {
  const protocol = params[1];
  if (protocol === ES1) return ['ethereumstratum-1', HELLO];
  if (typeof protocol === 'string' && protocol.startsWith('AleoStratum/')) return ['aleo', HELLO];
  const port = params[3];
  const named = typeof params[2] === 'string' && params[2] !== '' && !params[2].includes(':');
  return params.length === 4 && named && port !== null ? ['zip-301', HELLO] : [STRATUM_V1, FAMILY];
}

/** `[agent, session, host, port]`, `[agent, session, "host:port", null]`, or the old order `[host, port, agent]`. */
function hostOf(params: readonly unknown[]): { host: string; port: number | null }[] {
  const [host, port] = typeof params[1] === 'number' ? params : params.slice(2);
  if (typeof host !== 'string' || host === '' || host.length > MAX_HOST) return [];
  const joined = /^(.*):(\d{1,5})$/.exec(host);
  const number = Number(joined?.[2] ?? port ?? Number.NaN);
  return [{ host: joined?.[1] ?? host, port: number > 0 && number < 65_536 ? number : null }];
}

const SUBSCRIPTION = shape.tuple(
  shape.literal('mining.set_difficulty', 'mining.notify', 'mining.set_target'),
  short,
);
/** `[[pairs], extranonce1, size]`: nothing but a pool sends this. */
const FULL_ANSWER = shape.opening(
  [shape.oneOf(SUBSCRIPTION, shape.list(SUBSCRIPTION, 1, 4)), shape.hex(0, 64)],
  shape.whole,
  1,
);
const ES1_ANSWER = shape.opening(
  [shape.tuple(shape.literal('mining.notify'), short, shape.literal(ES1)), shape.hex(0, 32)],
  shape.whole,
  1,
);
const KASPA_ANSWER = shape.tuple(shape.literal(true), shape.literal(ES1));
/** `[null, extranonce1(, size)]`, `[session, nonce1]`, `["null", extranonce1, size]`. */
const SHORT_ANSWER = shape.opening([short, short], shape.whole, 1);

function isSubscription(result: unknown): boolean {
  return FULL_ANSWER(result) || ES1_ANSWER(result) || KASPA_ANSWER(result);
}

function subscribed(message: Message): Fact {
  if (ES1_ANSWER(message.result)) return accepted('loginAccepted', 'ethereumstratum-1', HELLO);
  if (KASPA_ANSWER(message.result)) return accepted('loginAccepted', 'kaspa', HELLO);
  return { ...accepted('loginAccepted'), ...extranonceOf(message.result) };
}

/** The second of a whole answer to a subscription. */
function extranonceOf(result: unknown): Pick<Fact, 'extranonce1'> {
  const extranonce1 = Array.isArray(result) ? result[1] : null;
  return EXTRANONCE(extranonce1) ? { extranonce1: extranonce1 as string } : {};
}

function subscribeAnswer(message: Message): Fact | 'neutral' | null {
  if (isRefusal(message)) return null;
  if (message.error !== null || message.result === false) return accepted('loginRejected');
  if (isSubscription(message.result)) return subscribed(message);
  if (SHORT_ANSWER(message.result) || message.result === true || message.result === 'true') {
    return { ...accepted('loginAccepted'), ...extranonceOf(message.result) };
  }
  return message.result === null || message.result === undefined ? 'neutral' : null;
}

const AUTHORIZE = shape.opening([user], short, 2);
const answerAuthorize = loginAnswer(STRATUM_V1);

function authorize(message: Message): Fact | null {
  if (!AUTHORIZE(message.params)) return null;
  const params = message.params as readonly unknown[];
  const withWorker = params.length === 3;
  return {
    dialect: withWorker ? 'xelis' : STRATUM_V1,
    certainty: withWorker ? HELLO : FAMILY,
    role: 'login',
    hold: 'unless-refuted',
    claims: joinClaims(
      userClaims(params[0], withWorker ? params[1] : message.root.worker),
      optionClaims(params.at(-1)),
    ),
    // EthereumStratum/2.0.0 answers with the token of the worker.
    answer: (answer) => (shape.word(answer.result) ? accepted('loginAccepted') : answerAuthorize(answer)),
  };
}

const DIFFICULTY = shape.opening([shape.positive], shape.finite, 1);

function setDifficulty(message: Message): Fact | null {
  if (!DIFFICULTY(message.params)) return null;
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'target',
    target: fromDifficulty((message.params as readonly unknown[])[0]),
  };
}

const TARGET = shape.opening([shape.eitherHex(64)], short, 1);

function setTarget(message: Message): Fact | null {
  if (!TARGET(message.params)) return null;
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'target',
    target: fromTarget256((message.params as readonly unknown[])[0]),
  };
}

const SET_EXTRANONCE = shape.opening([shape.eitherHex(0, 64)], shape.whole, 1);

function setExtranonce(message: Message): Fact | null {
  if (!SET_EXTRANONCE(message.params)) return null;
  const [extranonce1] = message.params as readonly string[];
  return { dialect: STRATUM_V1, certainty: FAMILY, role: 'target', ...extranonceOf([null, extranonce1]) };
}

const VERSION_MASK = shape.tuple(MASK);

function setVersionMask(message: Message): Fact | null {
  if (!VERSION_MASK(message.params)) return null;
  const [versionMask = ''] = message.params as readonly string[];
  return { dialect: STRATUM_V1, certainty: FAMILY, role: 'target', versionMask };
}

export function liveness(params: shape.Shape, side: 'client' | 'server' | 'either' = 'client'): Recogniser {
  return (message) =>
    params(message.params)
      ? { dialect: STRATUM_V1, certainty: FAMILY, role: 'liveness', side, answer: anyAnswer }
      : null;
}

/** The pool asks for the agent; the miner's answer tells it at any time of the session. */
function getVersion(message: Message): Fact | null {
  if (!shape.optional(shape.nullable(shape.list(short, 0, 1)))(message.params)) return null;
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'liveness',
    side: 'server',
    answer: (answer) =>
      shape.text(1, 256)(answer.result)
        ? {
            dialect: STRATUM_V1,
            certainty: FAMILY,
            role: 'liveness',
            side: 'client',
            claims: agentClaims(answer.result),
          }
        : 'neutral',
  };
}
