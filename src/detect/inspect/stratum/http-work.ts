/**
 * Work over HTTP bodies (family K): getwork, BIP 22 getblocktemplate, eth_getWork, monerod. The same calls are
 * made by explorers and monitors, so what counts is decided over the session (session-state.ts).
 */
import type { JobClues } from '../../../model/observation.js';
import { shareAnswer } from './answers.js';
import { userClaims, workerClaims } from './claims.js';
import { type AnswerGrammar, type Dialect, type Fact, HELLO, JOB, SHARE } from './dialect.js';
import { isWork, reportedRate, workFact, workShare } from './ethereum.js';
import type { Message } from './message.js';
import {
  allOf,
  asFields,
  fields,
  hex,
  hexBytes,
  list,
  optional,
  positive,
  text,
  tuple,
  whole,
} from './shapes.js';
import { fromTarget256 } from './targets.js';

/** Largest block that fits a JSON value here, hex digits. */
const MAX_BLOCK = 65_000;
const BLOCK = tuple(hexBytes(160, MAX_BLOCK));

function askForWork(dialect: string, answer: AnswerGrammar, claims: Fact['claims'] = {}): Fact {
  return {
    dialect,
    certainty: HELLO,
    role: 'liveness',
    hold: 'until-confirmed',
    asksForWork: true,
    claims,
    answer,
  };
}

function round(dialect: string, jobs: readonly string[], target: Fact['target'] = null): Fact {
  return { dialect, certainty: JOB, role: 'poll', jobs, target };
}

/** Work whose request was not captured: a job, not a round. */
function workAlone(answer: Fact | 'neutral' | null): Fact | null {
  return answer === null || answer === 'neutral' ? null : { ...answer, role: 'job' };
}

/** `submitblock` answers null for yes, a reason for no (BIP 22). */
function blockShare(dialect: string): Fact {
  return {
    dialect,
    certainty: SHARE,
    role: 'share',
    answer: (answer) => {
      if (answer.error === null && (answer.result === null || asFields(answer.result)?.status === 'OK')) {
        return { dialect, certainty: HELLO, role: 'shareAccepted' };
      }
      return { dialect, certainty: HELLO, role: 'shareRejected' };
    },
  };
}

const GETWORK = 'getwork';
/** 2^16 hashes at least, as of Ethash (ethereum.ts); sent with its bytes reversed. Test networks: half of all hashes. */
const REVERSED_TARGET = allOf(hex(64), (value) => /(?:0000|7f)$/i.test(value as string));
const GETWORK_ANSWER = fields({ data: hex(256), target: REVERSED_TARGET });
const NO_PARAMS = optional(list(text(), 0, 0));
const WORK_DATA = tuple(hexBytes(160, 1024));

export const getwork: Dialect<typeof GETWORK> = {
  name: GETWORK,
  family: 'K',
  coin: null,
  hashesPerDifficulty: null,
  carrier: 'http',
  recognise: (message) => {
    const { method, params } = message;
    if (message.answers) return workAlone(getworkAnswer(message));
    if (method !== 'getwork') return null;
    if (WORK_DATA(params)) {
      return { dialect: GETWORK, certainty: JOB, role: 'share', answer: shareAnswer(GETWORK) };
    }
    return NO_PARAMS(params) ? askForWork(GETWORK, getworkAnswer) : null;
  },
};

function getworkAnswer(answer: Message): Fact | 'neutral' | null {
  if (!GETWORK_ANSWER(answer.result)) return answer.error === null ? null : 'neutral';
  const { data, target } = asFields(answer.result) ?? {};
  // The target is sent with its bytes reversed (bitcoin RPC getwork).
  const reversed = Buffer.from(String(target), 'hex').reverse().toString('hex');
  // A header in words of 4 bytes, most significant first: time and bits stand at bytes 68 and 72.
  const header = String(data);
  return {
    ...round(GETWORK, [header.slice(0, 64)], fromTarget256(reversed)),
    clues: chainClues(header.slice(144, 152), null, Number.parseInt(header.slice(136, 144), 16)),
  };
}

/** Of a node's work: it has no pool's coinbase. */
function chainClues(bits: string, height: number | null, time: number): JobClues {
  return { bits, height, time, texts: [], outputs: [], mergeMined: false };
}

const BITS = hex(8);
const GETBLOCKTEMPLATE = 'getblocktemplate';
const TEMPLATE_PARAMS = optional(list(fields({}), 0, 1));
/** The list of transactions comes before the rest, and may be cut with it. */
const TEMPLATE = fields({
  version: whole,
  previousblockhash: hex(64),
  transactions: list(fields({}), 0, 20_000),
});

export const getblocktemplate: Dialect<typeof GETBLOCKTEMPLATE> = {
  name: GETBLOCKTEMPLATE,
  family: 'K',
  coin: null,
  hashesPerDifficulty: null,
  carrier: 'http',
  recognise: (message) => {
    const { method, params } = message;
    if (message.answers) return workAlone(templateAnswer(message));
    if (method === 'getblocktemplate' && TEMPLATE_PARAMS(params)) {
      return askForWork(GETBLOCKTEMPLATE, templateAnswer);
    }
    return method === 'submitblock' && BLOCK(params) ? blockShare(GETBLOCKTEMPLATE) : null;
  },
};

function templateAnswer(answer: Message): Fact | 'neutral' | null {
  if (!TEMPLATE(answer.result)) return answer.error === null ? null : 'neutral';
  const { bits, height, curtime } = asFields(answer.result) ?? {};
  const known = BITS(bits) && whole(curtime);
  return {
    ...round(GETBLOCKTEMPLATE, []),
    ...(known
      ? { clues: chainClues(bits as string, whole(height) ? (height as number) : null, curtime as number) }
      : {}),
  };
}

const ETH_GETWORK = 'eth-getwork';

export const ethGetwork: Dialect<typeof ETH_GETWORK> = {
  name: ETH_GETWORK,
  family: 'K',
  coin: null,
  hashesPerDifficulty: null,
  carrier: 'http',
  recognise: (message) => {
    if (message.answers) return workAlone(ethAnswer(message));
    if (message.method === 'eth_getWork' && NO_PARAMS(message.params)) {
      return askForWork(ETH_GETWORK, ethAnswer, workerClaims(message.root.worker));
    }
    return workShare(ETH_GETWORK, message) ?? reportedRate(ETH_GETWORK, message);
  },
};

function ethAnswer(answer: Message): Fact | 'neutral' | null {
  if (!isWork(answer.result)) return answer.error === null ? null : 'neutral';
  return { ...workFact(ETH_GETWORK, answer), role: 'poll' };
}

const MONERO_DAEMON = 'monero-daemon';
const WALLET_PARAMS = fields({ wallet_address: text(40, 256) });
const MONERO_TEMPLATE = fields({
  blocktemplate_blob: hexBytes(152, MAX_BLOCK),
  blockhashing_blob: hexBytes(152, 1024),
  height: whole,
  difficulty: positive,
});
const TEMPLATE_METHODS = new Set(['getblocktemplate', 'get_block_template']);
const SUBMIT_METHODS = new Set(['submitblock', 'submit_block']);

/** Solo mining on monerod (XMRig DaemonClient.cpp); a lone `submitblock` is taken for Bitcoin's. */
export const moneroDaemon: Dialect<typeof MONERO_DAEMON> = {
  name: MONERO_DAEMON,
  family: 'K',
  coin: null,
  hashesPerDifficulty: 1,
  carrier: 'http',
  recognise: (message) => {
    const { method, params } = message;
    if (message.answers) return workAlone(moneroAnswer(message));
    if (TEMPLATE_METHODS.has(method ?? '') && WALLET_PARAMS(params)) {
      return askForWork(MONERO_DAEMON, moneroAnswer, userClaims(asFields(params)?.wallet_address));
    }
    return SUBMIT_METHODS.has(method ?? '') && BLOCK(params) ? blockShare(MONERO_DAEMON) : null;
  },
};

function moneroAnswer(answer: Message): Fact | 'neutral' | null {
  if (!MONERO_TEMPLATE(answer.result)) return answer.error === null ? null : 'neutral';
  const template = asFields(answer.result) ?? {};
  const difficulty = template.difficulty as number;
  return {
    ...round(MONERO_DAEMON, [], { difficulty, hashes: difficulty }),
    claims:
      typeof template.seed_hash === 'string'
        ? { algorithms: ['rx/0'], coins: [{ ticker: 'XMR', basis: 'job', confidence: 0.7 }] }
        : {},
  };
}
