/**
 * Beginnings of messages whose end was lost, to the snap length or to the capture: what is there must fit the grammar
 * of its method as far as it goes, and go far enough to tell. A text that ends unfinished is no claim: half a wallet is
 * another wallet.
 */
import { MINER_AGENT } from './agents.js';
import { anyAnswer, shareAnswer } from './answers.js';
import { userClaims } from './claims.js';
import { loginAnswer, MIN_WALLET } from './cryptonote.js';
import { type Claims, FAMILY, type Fact, HELLO } from './dialect.js';
import { ethproxy } from './ethereum.js';
import type { CutMessage, Message } from './message.js';
import { jobId, recogniseCommon, user } from './mining.js';
import { asFields, eitherHex, type Fields, hex, jobName, prefixedHex, text } from './shapes.js';
import { STRATUM_V1 } from './subscription.js';

/** Digits of a hash or a header that must be there: eight fit by chance once in 4,294,967,296. */
const MIN_DIGITS = 8;
/** The same of a nonce, behind a user and a job. */
const MIN_NONCE_DIGITS = 4;
/** Of the names in the answer to a subscription: `mining.set`, `mining.not`. */
const MIN_NAME = 10;

const CRYPTONOTE = 'cryptonote';
const ETHPROXY = 'ethproxy';

/** Null where too little is there, or it is of no dialect whose beginnings are known. */
export function recogniseCut({ message, endsInText }: CutMessage): Fact | null {
  if (message.answers) return cutAnswer(message);
  switch (message.method) {
    case 'mining.subscribe':
    case 'mining.authorize':
    case 'mining.configure':
    case 'eth_submitLogin':
    case 'eth_login':
      return cutGreeting(message, endsInText);
    case 'mining.notify':
      return cutNotify(message.params, endsInText);
    case 'mining.submit':
      return cutSubmit(message);
    case 'eth_submitWork':
      return cutWorkShare(message, endsInText);
    case 'login':
      return cutLogin(message, endsInText);
    case 'job':
      return cutJob(message.params);
    case 'submit':
      return cutShare(message, endsInText);
    default:
      return unnamedShare(message);
  }
}

/** The grammars of greetings let their lists be short: a beginning with one parameter fits. */
function cutGreeting(message: Message, endsInText: boolean): Fact | null {
  if (!Array.isArray(message.params) || message.params.length === 0) return null;
  const fact = recogniseCommon(message) ?? ethproxy.recognise(message);
  if (fact === null || !endsInText) return fact;
  const { claims: _, ...rest } = fact;
  return rest;
}

const HASH = eitherHex(64);
const HASH_BEGUN = eitherHex(MIN_DIGITS, 64);
const DIGITS = hex(0, 60_000);

/** job, previous hash (seed hash), then hex, as far as it came. */
function cutNotify(params: unknown, endsInText: boolean): Fact | null {
  if (!Array.isArray(params)) return null;
  const [id, hash, ...more] = params as unknown[];
  const isHash = params.length === 2 && endsInText ? HASH_BEGUN(hash) : HASH(hash);
  if (!jobId(id) || !isHash || !more.slice(0, 2).every((one) => typeof one !== 'string' || DIGITS(one)))
    return null;
  return { dialect: STRATUM_V1, certainty: FAMILY, role: 'job', jobs: [String(id)] };
}

const NONCE_BEGUN = eitherHex(MIN_NONCE_DIGITS, 64);
const answerMining = shareAnswer(STRATUM_V1);

/** user, job, and the beginning of a nonce or second extranonce. */
function cutSubmit({ params }: Message): Fact | null {
  if (!Array.isArray(params) || params.length < 3) return null;
  const [login, job, nonce, ...more] = params as unknown[];
  if (!user(login) || !jobId(job) || !NONCE_BEGUN(nonce) || !more.every(eitherHex(0, 64))) return null;
  return miningShare(job, userClaims(login));
}

/** cgminer writes the parameters first: whole ones, of a session that is known, tell without the name of the method. */
function unnamedShare({ method, params }: Message): Fact | null {
  if (method !== null && !'mining.submit'.startsWith(method)) return null;
  if (!Array.isArray(params) || params.length < 5 || params.length > 6) return null;
  const [login, job, extranonce2, time, nonce] = params as unknown[];
  const isShare = user(login) && jobId(job) && hex(0, 64)(extranonce2) && hex(8)(time) && eitherHex(8)(nonce);
  return isShare ? { ...miningShare(job, userClaims(login)), within: STRATUM_V1 } : null;
}

function miningShare(job: unknown, claims: Claims): Fact {
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'share',
    jobs: [String(job)],
    claims,
    answer: answerMining,
  };
}

const NONCE_64 = prefixedHex(16);
const WORK_HASH = prefixedHex(64);
const WORK_HASH_BEGUN = prefixedHex(MIN_DIGITS, 64);

/** nonce, then the header hash that names the job. */
function cutWorkShare({ params }: Message, endsInText: boolean): Fact | null {
  if (!Array.isArray(params)) return null;
  const [nonce, header] = params as unknown[];
  const isBegun = params.length === 2 && endsInText;
  if (!NONCE_64(nonce) || !(isBegun ? WORK_HASH_BEGUN : WORK_HASH)(header)) return null;
  return {
    dialect: ETHPROXY,
    certainty: HELLO,
    role: 'share',
    ...(isBegun ? {} : { jobs: [header as string] }),
    answer: shareAnswer(ETHPROXY),
  };
}

/** Shops and games log in too: the login must be as long as a wallet, or the agent a miner's. */
function cutLogin({ params }: Message, endsInText: boolean): Fact | null {
  const login = asFields(params);
  if (login === null || !text(1, 512)(login.login)) return null;
  const isMiners =
    String(login.login).length >= MIN_WALLET ||
    (typeof login.agent === 'string' && MINER_AGENT.test(login.agent));
  if (!isMiners) return null;
  return {
    dialect: CRYPTONOTE,
    certainty: FAMILY,
    role: 'login',
    hold: 'unless-refuted',
    claims: endsInText && lastField(login) === 'login' ? {} : userClaims(login.login),
    answer: loginAnswer,
  };
}

const BLOB_BEGUN = hex(MIN_DIGITS, 8192);

function cutJob(params: unknown): Fact | null {
  const job = asFields(params);
  if (job === null || !BLOB_BEGUN(job.blob) || !(job.job_id === undefined || jobName(job.job_id)))
    return null;
  return { dialect: CRYPTONOTE, certainty: FAMILY, role: 'job' };
}

/** Session, job and the beginning of a nonce; less is a sign of life in a session that is known. */
function cutShare({ params }: Message, endsInText: boolean): Fact | null {
  const share = asFields(params);
  if (share === null || !text(1, 256)(share.id)) return null;
  const fact = { dialect: CRYPTONOTE, certainty: FAMILY } as const;
  const isNamed = jobName(share.job_id) && !(endsInText && lastField(share) === 'job_id');
  if (isNamed && hex(MIN_NONCE_DIGITS, 16)(share.nonce))
    return { ...fact, role: 'share', jobs: [String(share.job_id)], answer: shareAnswer(CRYPTONOTE) };
  const isBegun = Object.keys(share).every((name) => name === 'id' || name === 'job_id' || name === 'nonce');
  return isBegun ? { ...fact, role: 'liveness', within: CRYPTONOTE, answer: anyAnswer } : null;
}

function cutAnswer(message: Message): Fact | null {
  const job = cutJob(asFields(message.result)?.job);
  const key = message.key === null ? {} : { key: message.key };
  if (job !== null)
    return { dialect: CRYPTONOTE, certainty: FAMILY, role: 'loginAccepted', also: [job], ...key };
  if (!Array.isArray(message.result)) return null;
  if (isSubscriptionBegun(message.result))
    return { dialect: STRATUM_V1, certainty: FAMILY, role: 'loginAccepted', ...key };
  const [header, seed] = message.result as unknown[];
  // Lists of hashes are answers of any Ethereum node: only where the miner was heard.
  return WORK_HASH(header) && WORK_HASH_BEGUN(seed)
    ? { dialect: ETHPROXY, certainty: HELLO, role: 'job', jobs: [header as string], within: ETHPROXY }
    : null;
}

const NOTICES = ['mining.set_difficulty', 'mining.notify', 'mining.set_target'] as const;

/** `[[["mining.set_difficulty", …` or `[["mining.notify", …`: nothing but a pool sends this. */
function isSubscriptionBegun([first]: readonly unknown[]): boolean {
  const inner: unknown = Array.isArray(first) ? first[0] : null;
  const name: unknown = Array.isArray(inner) ? inner[0] : inner;
  return (
    typeof name === 'string' && name.length >= MIN_NAME && NOTICES.some((notice) => notice.startsWith(name))
  );
}

function lastField(fields: Fields): string | undefined {
  return Object.keys(fields).at(-1);
}
