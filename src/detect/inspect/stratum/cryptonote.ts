/** The object grammar `login` / `job` / `submit`: CryptoNote, and what borrowed it (Bytom; grin.ts). */

import type { ResultJob } from '../../../model/proof.js';
import { MINER_AGENT } from './agents.js';
import { anyAnswer, isRefusal, shareAnswer } from './answers.js';
import { agentClaims, joinClaims, optionClaims, userClaims, workerClaims } from './claims.js';
import { coinsOfAlgorithm } from './coins.js';
import { type Dialect, FAMILY, type Fact, HELLO, JOB, SHARE } from './dialect.js';
import { GRIN, graphJob, graphShare, templateAsker } from './grin.js';
import type { Message } from './message.js';
import * as shape from './shapes.js';
import { fromCryptonoteTarget } from './targets.js';

const { fields, hex, hexBytes, jobName, list, oneOf, onlyFields, optional, positive, text, whole, word } =
  shape;

const CRYPTONOTE = 'cryptonote';
const BYTOM = 'bytom';

const TARGET = oneOf(hex(8), hex(16), hex(64));
const isTari: shape.Shape = (value) =>
  typeof value === 'string' && /^(?:sha3x|cuckaroo\w{0,8}|c29\w{0,8}|tari\w{0,16})$/i.test(value);
/**
 * A header of 40 bytes or more (76 where it is Monero's); a hash of 32 is enough where the target has 32 itself
 * (Poseidon coins), or Tari's algorithm and the height stand beside it.
 */
const JOB_FIELDS = oneOf(
  fields({ job_id: jobName, blob: hexBytes(80, 8192), target: TARGET }),
  fields({ job_id: jobName, blob: hexBytes(64, 8192), target: hex(64) }),
  fields({ job_id: jobName, blob: hex(64), target: TARGET, algo: isTari, height: whole }),
);
/** xmr-node-proxy: the template instead of the header. */
const TEMPLATE_JOB = fields({
  job_id: jobName,
  blocktemplate_blob: hexBytes(152, 60_000),
  target_diff: positive,
  reserved_offset: whole,
});
/** Self-select: the miner takes the template from a node of its own. */
const SELF_SELECT_JOB = fields({
  job_id: jobName,
  pool_wallet: text(),
  extra_nonce: hex(2, 64),
  target: TARGET,
});
const BYTOM_JOB = fields({
  job_id: word,
  version: hex(16),
  height: hex(16),
  previous_block_hash: hex(64),
  transactions_merkle_root: hex(64),
  nonce: hex(16),
  seed: hex(64),
  target: hex(1, 64),
});

function jobOf(value: unknown): Fact | null {
  const job = shape.asFields(value);
  if (job === null) return null;
  const graph = graphJob(job);
  if (graph !== null) return graph;
  const jobs = [String(job.job_id)];
  if (BYTOM_JOB(job)) {
    return { dialect: BYTOM, certainty: JOB, role: 'job', jobs, target: fromCryptonoteTarget(job.target) };
  }
  if (!JOB_FIELDS(job) && !TEMPLATE_JOB(job) && !SELF_SELECT_JOB(job)) return null;
  const algorithm = typeof job.algo === 'string' ? job.algo : null;
  const hashes = typeof job.target_diff === 'number' ? job.target_diff : null;
  return {
    dialect: CRYPTONOTE,
    certainty: JOB,
    role: 'job',
    jobs,
    target: hashes === null ? fromCryptonoteTarget(job.target) : { difficulty: hashes, hashes },
    work: resultJob(job, algorithm),
    claims: algorithm === null ? {} : { algorithms: [algorithm], coins: coinsOfAlgorithm(algorithm) },
  };
}

/** Targets of these are written most significant byte first (xmrig Job.cpp). */
const BIG_ENDIAN = new Set(['rx/yada']);

/** Null where the target has another form than that of CryptoNote results. */
function resultJob(job: shape.Fields, algorithm: string | null): ResultJob | null {
  const { target, target_diff: difficulty, blob } = job;
  const stated = Number.isSafeInteger(difficulty) ? `d${difficulty}` : target;
  if (typeof stated !== 'string' || stated.length > 24 || BIG_ENDIAN.has(algorithm ?? '')) return null;
  return {
    kind: 'result',
    id: String(job.job_id),
    blob: typeof blob === 'string' ? blob : null,
    target: stated,
  };
}

const LOGIN = fields({
  login: text(1, 512),
  pass: optional(text(0, 256)),
  agent: optional(text(0, 256)),
  rigid: optional(text(0, 256)),
  algo: optional(list(word, 1, 128)),
});
const BARE_LOGIN = onlyFields('login', 'pass', 'rigid');

/** Shortest address of the family; longer than names of people. */
export const MIN_WALLET = 40;

/**
 * Shops and games log in with the same fields. A miner's agent or a list of algorithms is a miner's; without
 * them only the answer can tell.
 */
function login(message: Message): Fact | null {
  const params = shape.asFields(message.params);
  if (params === null || !LOGIN(params)) return null;
  const named = typeof params.agent === 'string' && params.agent !== '';
  if (!named && params.algo === undefined && !BARE_LOGIN(params)) return null;
  const telling = params.algo !== undefined || (named && isMinersLogin(params));
  return {
    dialect: CRYPTONOTE,
    certainty: FAMILY,
    role: 'login',
    hold: telling ? 'unless-refuted' : 'until-confirmed',
    claims: joinClaims(
      userClaims(params.login, params.rigid),
      workerClaims(machineName(params.login)),
      agentClaims(params.agent),
      optionClaims(params.pass),
    ),
    answer: loginAnswer,
  };
}

/** Many a service is told the name of its client; that of a miner is known, or its login is as long as a wallet. */
function isMinersLogin(params: shape.Fields): boolean {
  return MINER_AGENT.test(String(params.agent)) || String(params.login).length >= MIN_WALLET;
}

/** Behind a proxy miners log in with the name of the machine; no wallet of this family is that short. */
function machineName(text: unknown): string | null {
  return typeof text === 'string' && /^[\w-]{1,32}$/.test(text) ? text : null;
}

export function loginAnswer(message: Message): Fact | 'neutral' | null {
  if (isRefusal(message)) return null;
  if (message.error !== null) return { dialect: CRYPTONOTE, certainty: FAMILY, role: 'loginRejected' };
  // Its servers repeat the method in the answer; a plain "ok" is anybody's.
  if (message.result === 'ok' && message.method === 'login')
    return { dialect: GRIN, certainty: HELLO, role: 'loginAccepted' };
  if (CHOSEN(message.result)) return { dialect: CRYPTONOTE, certainty: FAMILY, role: 'loginAccepted' };
  return loginWithJob(message);
}

/** `result: {id, job, status}`: the first job comes with the answer to the login. */
function loginWithJob(message: Message): Fact | null {
  const job = jobOf(shape.asFields(message.result)?.job);
  return job === null ? null : { dialect: job.dialect, certainty: JOB, role: 'loginAccepted', also: [job] };
}

/** A pool of many algorithms goes on in the language of the one it chose (nodejs-pool lib/pool/protocol.js). */
const CHOSEN = shape.allOf(
  fields({ id: oneOf(word, whole), algo: word, extra_nonce: hexBytes(2, 16) }),
  onlyFields('id', 'algo', 'extra_nonce', 'status'),
);

const SHARE_FIELDS = fields({
  id: oneOf(text(1, 256), whole),
  job_id: jobName,
  nonce: hex(8, 16),
  result: hex(64),
});
const CYCLE_SHARE = fields({
  id: text(1, 256),
  job_id: word,
  nonce: oneOf(hex(8, 16), whole),
  pow: list(whole, 32, 48),
});
const answerShare = shareAnswer(CRYPTONOTE);

function share(message: Message): Fact | null {
  const params = shape.asFields(message.params);
  if (params === null) return null;
  const graph = graphShare(params);
  if (graph !== null) return graph;
  if (!SHARE_FIELDS(params) && !CYCLE_SHARE(params)) return null;
  const algorithm = typeof params.algo === 'string' ? params.algo : null;
  return {
    dialect: CRYPTONOTE,
    certainty: SHARE,
    role: 'share',
    jobs: [String(params.job_id)],
    claims: algorithm === null ? {} : { algorithms: [algorithm], coins: coinsOfAlgorithm(algorithm) },
    solution:
      typeof params.result === 'string'
        ? { kind: 'result', nonce: String(params.nonce), result: params.result }
        : null,
    answer: answerShare,
  };
}

const KEEPALIVE = shape.allOf(fields({ id: text(1, 256) }), onlyFields('id'));
const BLOCK_TEMPLATE = fields({
  blob: hexBytes(152, 60_000),
  height: whole,
  difficulty: positive,
  prev_hash: hex(64),
});

function alive(dialect: string, certainty: 0 | 1): Fact {
  return { dialect, certainty, role: 'liveness', answer: anyAnswer };
}

function recognise(message: Message): Fact | null {
  if (message.answers) return loginWithJob(message) ?? jobOf(message.result);
  switch (message.method) {
    case 'login':
      return login(message);
    case 'job':
      return jobOf(message.params);
    case 'submit':
      return share(message);
    case 'keepalived':
      return KEEPALIVE(message.params) ? alive(CRYPTONOTE, FAMILY) : null;
    case 'block_template':
      return BLOCK_TEMPLATE(message.params) ? alive(CRYPTONOTE, HELLO) : null;
    case 'getwork':
      return KEEPALIVE(message.params) ? askForJob(BYTOM) : null;
    case 'getjob':
      return fields({ id: text(1, 256) })(message.params) ? askForJob(CRYPTONOTE) : null;
    case 'getjobtemplate': {
      const asker = templateAsker(message.params);
      return asker === null ? null : askForJob(asker);
    }
    default:
      return null;
  }
}

function askForJob(dialect: string): Fact {
  return {
    ...alive(dialect, HELLO),
    hold: 'until-confirmed',
    answer: (answer) =>
      jobOf(answer.result) ?? loginWithJob(answer) ?? (answer.error === null ? null : 'neutral'),
  };
}

export const cryptonote: Dialect<typeof CRYPTONOTE> = {
  name: CRYPTONOTE,
  family: 'B',
  coin: null,
  hashesPerDifficulty: 1,
  carrier: 'stream',
  recognise,
};

/** Recognised by `cryptonote`, whose messages it borrows; this says what the name stands for. */
export const bytom: Dialect<typeof BYTOM> = {
  ...cryptonote,
  name: BYTOM,
  coin: { ticker: 'BTM', confidence: 0.9 },
  recognise: () => null,
};
