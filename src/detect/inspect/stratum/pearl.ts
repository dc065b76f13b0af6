/**
 * Pearl: proofs of matrix products, far longer than a JSON value is read here. Three spellings are in use: objects
 * (HeroMiners, LuckyPool, Kryptex), lists of stratum v1 (AlphaPool and kin), and a puzzle before the first job.
 */
import { anyAnswer, isRefusal, loginAnswer, shareAnswer } from './answers.js';
import { agentClaims, joinClaims, optionClaims, userClaims } from './claims.js';
import { type Dialect, type Fact, HELLO, JOB, type Target } from './dialect.js';
import type { Message } from './message.js';
import { jobId, user } from './mining.js';
import * as shape from './shapes.js';
import { fromTarget256 } from './targets.js';

const { bool, eitherHex, fields, hex, literal, onlyFields, optional, text, tuple, whole } = shape;

const PEARL = 'pearl';
/** A header of 76 bytes, without the proof. */
const HEADER = hex(152);
const JOB_FIELDS = fields({
  job_id: jobId,
  header: HEADER,
  target: eitherHex(1, 64),
  height: optional(whole),
});
const JOB_LIST = tuple(jobId, hex(64), HEADER, whole, hex(8), hex(8), bool);
/** Shorter ones are something else: a proof holds rows of two matrices. */
const PROOF = /^[A-Za-z0-9+/_-]{1000,}={0,2}$/;
const isProof: shape.Shape = (value) => typeof value === 'string' && PROOF.test(value);
const SHARE_FIELDS = fields({ job_id: jobId, plain_proof: isProof });
const SHARE_LIST = tuple(user, jobId, isProof);
/** What is left of a share whose proof was too long to read. */
const SHARE_BEGUN = shape.allOf(fields({ job_id: jobId }), onlyFields('job_id', 'worker', 'hs', 'hashrate'));
const LIST_BEGUN = tuple(user, jobId);
/** How most pools name jobs; with it the beginning of a share tells by itself. */
const POOL_JOB = /^[0-9a-f]{8}(?:_\d{1,20}|-[0-9a-f]{16})$/;
/** Shorter than any address: a purse of a game is not meant. */
const MIN_WALLET = 40;
const LOGIN_FIELDS = fields({
  wallet: text(MIN_WALLET, 512),
  worker: optional(text(0, 256)),
  pass: optional(text(0, 256)),
});
const SEED = hex(64);
const CHALLENGE = fields({ seed: SEED, difficulty: whole });
const RESPONSE = shape.oneOf(fields({ seed: SEED, nonce: text(1, 32) }), tuple(SEED, text(1, 32)));
const MATRICES = fields({ m: whole, n: whole, k: whole, rank: whole });
const PARAMETERS = shape.oneOf(MATRICES, tuple(MATRICES));

const answerShare = shareAnswer(PEARL);
const answerLogin = loginAnswer(PEARL);

export const pearl: Dialect<typeof PEARL> = {
  name: PEARL,
  family: 'A',
  coin: { ticker: 'PRL', confidence: 0.9 },
  hashesPerDifficulty: 2 ** 32,
  carrier: 'stream',
  recognise: (message) => {
    if (message.answers) return null;
    switch (message.method) {
      case 'mining.authorize':
        return login(message);
      case 'mining.notify':
        return job(message.params);
      case 'mining.submit':
        return share(message);
      case 'pearl.challenge':
        return CHALLENGE(message.params) ? sign('server') : null;
      case 'pearl.challenge_response':
      case 'pearl.response':
        return RESPONSE(message.params) ? sign('client') : null;
      case 'pearl.set_mining_params':
        return PARAMETERS(message.params) ? sign('server') : null;
      default:
        return null;
    }
  },
};

/** What keeps a session going and gives no work. */
function sign(side: 'client' | 'server'): Fact {
  return { dialect: PEARL, certainty: HELLO, role: 'liveness', side, answer: anyAnswer };
}

/** Lists are read by the grammar that all of family A share. */
function login({ params }: Message): Fact | null {
  if (!LOGIN_FIELDS(params)) return null;
  const { wallet, worker, pass, agent } = shape.asFields(params) ?? {};
  return {
    dialect: PEARL,
    certainty: HELLO,
    role: 'login',
    hold: 'unless-refuted',
    claims: joinClaims(userClaims(wallet, worker), agentClaims(agent), optionClaims(pass)),
    answer: (answer) => {
      if (isRefusal(answer)) return null;
      // Kryptex repeats the type of the session.
      const repeats = fields({ type: literal('v2') })(answer.result);
      return repeats ? { dialect: PEARL, certainty: HELLO, role: 'loginAccepted' } : answerLogin(answer);
    },
  };
}

function job(params: unknown): Fact | null {
  const named = JOB_FIELDS(params);
  if (!named && !JOB_LIST(params)) return null;
  const id = named ? shape.asFields(params)?.job_id : (params as readonly unknown[])[0];
  return {
    dialect: PEARL,
    certainty: JOB,
    role: 'job',
    jobs: [String(id)],
    target: named ? targetOf(shape.asFields(params)?.target) : null,
  };
}

/** Leading zeros may be missing. */
function targetOf(target: unknown): Target | null {
  return fromTarget256(String(target).replace(/^0x/i, '').padStart(64, '0'));
}

function share({ params, partial }: Message): Fact | null {
  const isWhole = SHARE_FIELDS(params) || SHARE_LIST(params);
  if (!isWhole && !(partial && (SHARE_BEGUN(params) || LIST_BEGUN(params)))) return null;
  const list = Array.isArray(params) ? (params as readonly unknown[]) : null;
  const named = shape.asFields(params);
  const id = String(list === null ? named?.job_id : list[1]);
  return {
    dialect: PEARL,
    certainty: JOB,
    role: 'share',
    jobs: [id],
    claims: userClaims(list === null ? named?.worker : list[0]),
    ...(isWhole || POOL_JOB.test(id) ? {} : { within: PEARL }),
    answer: answerShare,
  };
}
