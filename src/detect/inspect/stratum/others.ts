/** Dialects with a spelling all of their own: Beam, Iron Fish, Hathor, DERO. */
import { loginAnswer, shareAnswer } from './answers.js';
import { agentClaims, joinClaims, userClaims } from './claims.js';
import {
  type Certainty,
  type Claims,
  type Dialect,
  type Fact,
  HELLO,
  JOB,
  type Role,
  type Target,
} from './dialect.js';
import {
  asFields,
  bool,
  fields,
  finite,
  hex,
  hexBytes,
  oneOf,
  optional,
  positive,
  text,
  whole,
  word,
} from './shapes.js';
import { fromPackedDifficulty, fromTarget256 } from './targets.js';

const BEAM = 'beam';
const BEAM_LOGIN = fields({ api_key: text(1, 512) });
const BEAM_JOB = fields({ id: word, difficulty: whole, input: hex(64), height: optional(whole) });
const BEAM_SHARE = fields({ id: word, nonce: hex(16), output: hex(208) });
const BEAM_RESULT = fields({ id: word, code: finite, description: text(0, 256) });
const BEAM_LOGIN_KEY = 'beam-login';

/** Fields at the root; every answer of the server is `method: "result"` (btcpool StratumSessionBeam.cc). */
export const beam: Dialect<typeof BEAM> = {
  name: BEAM,
  family: 'F',
  coin: { ticker: 'BEAM', confidence: 0.9 },
  hashesPerDifficulty: null,
  carrier: 'stream',
  recognise: ({ method, root }) => {
    const key = `beam-${String(root.id)}`;
    if (method === 'login' && BEAM_LOGIN(root)) {
      return ask(BEAM, HELLO, 'login', { claims: userClaims(root.api_key), key: BEAM_LOGIN_KEY });
    }
    if (method === 'job' && BEAM_JOB(root)) {
      return jobFact(BEAM, String(root.id), fromPackedDifficulty(root.difficulty));
    }
    if (method === 'solution' && BEAM_SHARE(root)) {
      return { dialect: BEAM, certainty: JOB, role: 'share', jobs: [String(root.id)], key };
    }
    if (method !== 'result' || !BEAM_RESULT(root)) return null;
    const good = root.code === 0 || root.code === 1;
    if (root.id === 'login') return verdict(BEAM, good ? 'loginAccepted' : 'loginRejected', BEAM_LOGIN_KEY);
    return verdict(BEAM, good ? 'shareAccepted' : 'shareRejected', key);
  },
};

function ask(dialect: string, certainty: Certainty, role: Role, more: Partial<Fact>): Fact {
  return { dialect, certainty, role, hold: 'unless-refuted', ...more };
}

function jobFact(dialect: string, id: string, target: Target | null, claims: Claims = {}): Fact {
  return { dialect, certainty: JOB, role: 'job', jobs: [id], target, claims };
}

/** An answer that names its request by a key of the dialect's own. */
export function verdict(dialect: string, role: Role, key: string): Fact {
  return { dialect, certainty: HELLO, role, key };
}

const IRONFISH = 'ironfish';
/** Pools let the name of a machine follow. */
const isPublicAddress = (value: unknown) =>
  typeof value === 'string' && /^[0-9a-f]{64}(?:[.+/][\w.-]{1,64})?$/i.test(value);
const IRONFISH_SUBSCRIBE = fields({
  publicAddress: isPublicAddress,
  version: optional(whole),
  name: optional(text(0, 256)),
});
const IRONFISH_JOB = fields({ miningRequestId: whole, header: hexBytes(200, 1024) });
const IRONFISH_SHARE = fields({ miningRequestId: whole, randomness: hex(8, 32) });
const IRONFISH_VERDICT = fields({ id: whole, result: bool });

/** `body` instead of `params`; the ids of the two sides are independent (ironfish stratumServer.ts). */
export const ironfish: Dialect<typeof IRONFISH> = {
  name: IRONFISH,
  family: 'H',
  coin: { ticker: 'IRON', confidence: 0.9 },
  hashesPerDifficulty: null,
  carrier: 'stream',
  recognise: (message) => {
    const body = asFields(message.root.body);
    if (body === null) return null;
    const common = { dialect: IRONFISH, certainty: HELLO } as const;
    switch (message.method) {
      case 'mining.subscribe':
        if (!IRONFISH_SUBSCRIBE(body)) return null;
        return ask(IRONFISH, HELLO, 'login', {
          claims: joinClaims(userClaims(body.publicAddress, body.name), agentClaims(body.agent)),
          key: IRONFISH,
        });
      case 'mining.subscribed':
        return fields({ clientId: whole })(body) ? verdict(IRONFISH, 'loginAccepted', IRONFISH) : null;
      case 'mining.set_target':
        return fields({ target: hex(64) })(body)
          ? { ...common, role: 'target', target: fromTarget256(body.target) }
          : null;
      case 'mining.notify':
        return IRONFISH_JOB(body) ? jobFact(IRONFISH, String(body.miningRequestId), null) : null;
      case 'mining.submit':
        if (!IRONFISH_SHARE(body)) return null;
        return {
          ...common,
          certainty: JOB,
          role: 'share',
          jobs: [String(body.miningRequestId)],
          key: `iron${message.key}`,
        };
      case 'mining.submitted':
        if (!IRONFISH_VERDICT(body)) return null;
        return verdict(
          IRONFISH,
          body.result === true ? 'shareAccepted' : 'shareRejected',
          `ironn${String(body.id)}`,
        );
      case 'mining.get_status':
      case 'mining.wait_for_work':
        return { ...common, role: 'liveness', side: 'either' };
      default:
        return null;
    }
  },
};

const HATHOR = 'hathor';
const HATHOR_JOB = fields({ job_id: word, data: hexBytes(64, 8192), nonce_size: whole, weight: finite });
const HATHOR_SHARE = fields({ job_id: word, nonce: hex(1, 64) });

/** The methods have no prefix; `mine_txs`, and jobs with a weight, are Hathor's own. */
export const hathor: Dialect<typeof HATHOR> = {
  name: HATHOR,
  family: 'A',
  coin: { ticker: 'HTR', confidence: 0.8 },
  hashesPerDifficulty: null,
  carrier: 'stream',
  recognise: (message) => {
    const params = asFields(message.params);
    if (message.answers || params === null) return null;
    if (message.method === 'subscribe' && fields({ mine_txs: bool })(params)) {
      return ask(HATHOR, HELLO, 'hello', { claims: userClaims(params.address), answer: loginAnswer(HATHOR) });
    }
    if (message.method === 'job' && HATHOR_JOB(params)) return jobFact(HATHOR, String(params.job_id), null);
    if (message.method !== 'submit' || !HATHOR_SHARE(params) || Object.keys(params).length > 3) return null;
    return {
      dialect: HATHOR,
      certainty: HELLO,
      role: 'share',
      within: HATHOR,
      jobs: [String(params.job_id)],
      answer: shareAnswer(HATHOR),
    };
  },
};

const DERO = 'dero';
const DERO_JOB = fields({
  jobid: word,
  blockhashing_blob: hexBytes(80, 512),
  height: whole,
  difficulty: oneOf(text(1, 32), positive),
});
const DERO_SHARE = fields({ jobid: word, mbl_blob: hexBytes(80, 512) });

/** WebSocket, a job every half second (derohe cmd/derod/rpc/websocket_getwork_server.go). */
export const dero: Dialect<typeof DERO> = {
  name: DERO,
  family: 'J',
  coin: { ticker: 'DERO', confidence: 0.9 },
  hashesPerDifficulty: 1,
  carrier: 'stream',
  recognise: ({ method, root }) => {
    if (method !== null) return null;
    if (DERO_JOB(root)) {
      const hashes = Number(root.difficulty);
      return jobFact(DERO, String(root.jobid), hashes > 0 ? { difficulty: hashes, hashes } : null);
    }
    return DERO_SHARE(root)
      ? { dialect: DERO, certainty: JOB, role: 'share', jobs: [String(root.jobid)] }
      : null;
  },
};

const XELIS_GETWORK = 'xelis-getwork';
/** Hash of the header, time, nonce, extra nonce, key of the miner: 112 bytes. */
const MINER_WORK = hex(224);
const XELIS_JOB = fields({
  miner_work: MINER_WORK,
  difficulty: oneOf(text(1, 80), positive),
  height: whole,
  topoheight: optional(whole),
});

/** XELIS nodes and pools over WebSocket (xelis-mining-proxy listen_getwork.go); the header names the job. */
export const xelisGetwork: Dialect<typeof XELIS_GETWORK> = {
  name: XELIS_GETWORK,
  family: 'J',
  coin: { ticker: 'XEL', confidence: 0.9 },
  hashesPerDifficulty: 1,
  carrier: 'stream',
  recognise: ({ method, root }) => {
    if (method !== null) return null;
    const job = asFields(root.new_job);
    if (job !== null && XELIS_JOB(job)) {
      const hashes = Number(job.difficulty);
      return jobFact(
        XELIS_GETWORK,
        headerOf(job.miner_work),
        hashes > 0 ? { difficulty: hashes, hashes } : null,
      );
    }
    const work = root.miner_work ?? root.block_template;
    if (Object.keys(root).length !== 1 || !MINER_WORK(work)) return null;
    return { dialect: XELIS_GETWORK, certainty: HELLO, role: 'share', jobs: [headerOf(work)] };
  },
};

function headerOf(work: unknown): string {
  return String(work).slice(0, 64);
}
