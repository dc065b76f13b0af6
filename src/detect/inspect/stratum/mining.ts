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
import { accepted, extranonceOf, hello, MAX_HOST, STRATUM_V1, subscribe } from './subscription.js';
import { fromDifficulty, fromTarget256 } from './targets.js';

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

/** Methods that all dialects of the family use alike. */
export function recogniseCommon(message: Message): Fact | null {
  return message.method === null ? null : (COMMON.get(message.method)?.(message) ?? null);
}

type Recogniser = (message: Message) => Fact | null;

const COMMON: ReadonlyMap<string, Recogniser> = new Map<string, Recogniser>([
  ['mining.configure', configure],
  ['mining.hello', hello],
  ['mining.subscribe', subscribe],
  ['mining.authorize', authorize],
  // ckpool's own name for it.
  ['mining.auth', authorize],
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

/** Some servers write it as a text. */
const DIFFICULTY = shape.opening([shape.oneOf(shape.positive, shape.decimal)], shape.finite, 1);

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

/** XELIS adds the public key of the payout. */
const SET_EXTRANONCE = shape.opening([shape.eitherHex(0, 64)], shape.oneOf(shape.whole, shape.hex(64)), 2);

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
