/** Miners in web pages, over WebSocket: the Coinhive family and webminerpool. Their messages carry no ids. */
import { userClaims } from './claims.js';
import { coinsOfAlgorithm } from './coins.js';
import { type Dialect, type Fact, HELLO, JOB, type Role } from './dialect.js';
import {
  asFields,
  type Fields,
  fields,
  hex,
  hexBytes,
  nullable,
  optional,
  text,
  whole,
  word,
} from './shapes.js';
import { fromCryptonoteTarget } from './targets.js';

const JOB_FIELDS = fields({ job_id: word, blob: hexBytes(152, 8192), target: hex(8, 16) });
const SHARE_FIELDS = fields({ job_id: word, nonce: hex(8, 16), result: hex(64) });
/** Answers come in the order of the shares. */
const LOGIN_KEY = 'browser-login';
const SHARE_KEY = 'browser-share';

function answer(dialect: string, role: Role, key: string): Fact {
  return { dialect, certainty: HELLO, role, key };
}

function jobFact(dialect: string, job: Fields): Fact {
  const algorithm = typeof job.algo === 'string' ? job.algo : null;
  return {
    dialect,
    certainty: JOB,
    role: 'job',
    jobs: [job.job_id as string],
    target: fromCryptonoteTarget(job.target),
    work: {
      kind: 'result',
      id: job.job_id as string,
      blob: job.blob as string,
      target: job.target as string,
    },
    claims: algorithm === null ? {} : { algorithms: [algorithm], coins: coinsOfAlgorithm(algorithm) },
  };
}

function shareFact(dialect: string, share: Fields): Fact {
  const solution = {
    kind: 'result',
    nonce: share.nonce as string,
    result: share.result as string,
  } as const;
  return { dialect, certainty: JOB, role: 'share', jobs: [share.job_id as string], solution, key: SHARE_KEY };
}

const COINHIVE = 'browser-coinhive';
const AUTH = fields({ site_key: text(8, 256), user: optional(nullable(text(0, 256))) });

/** `{"type", "params"}` (deepMiner server.js, coin-hive-stratum). */
export const coinhive: Dialect<typeof COINHIVE> = {
  name: COINHIVE,
  family: 'J',
  coin: null,
  hashesPerDifficulty: 1,
  carrier: 'stream',
  recognise: ({ method, root, params }) => {
    const inner = asFields(params);
    if (method !== null || typeof root.type !== 'string' || inner === null) return null;
    switch (root.type) {
      case 'auth':
        return AUTH(inner)
          ? {
              dialect: COINHIVE,
              certainty: HELLO,
              role: 'login',
              hold: 'unless-refuted',
              claims: userClaims(inner.site_key, inner.user),
              key: LOGIN_KEY,
            }
          : null;
      case 'authed':
        return fields({ hashes: whole })(inner) ? answer(COINHIVE, 'loginAccepted', LOGIN_KEY) : null;
      case 'job':
        return JOB_FIELDS(inner) ? jobFact(COINHIVE, inner) : null;
      case 'submit':
        return SHARE_FIELDS(inner) ? shareFact(COINHIVE, inner) : null;
      case 'hash_accepted':
        return fields({ hashes: whole })(inner) ? answer(COINHIVE, 'shareAccepted', SHARE_KEY) : null;
      default:
        return null;
    }
  },
};

const WEBMINERPOOL = 'browser-webminerpool';
const HANDSHAKE = fields({ pool: optional(text(1, 253)), login: optional(text(1, 512)), version: whole });

/** `{"identifier", …}` with the fields at the root (webminerpool server main.cs). */
export const webminerpool: Dialect<typeof WEBMINERPOOL> = {
  name: WEBMINERPOOL,
  family: 'J',
  coin: null,
  hashesPerDifficulty: 1,
  carrier: 'stream',
  recognise: ({ method, root }) => {
    if (method !== null || typeof root.identifier !== 'string') return null;
    switch (root.identifier) {
      case 'handshake':
        return HANDSHAKE(root) ? handshakeFact(root) : null;
      case 'job':
        return JOB_FIELDS(root) ? jobFact(WEBMINERPOOL, root) : null;
      case 'solved':
        return SHARE_FIELDS(root) ? shareFact(WEBMINERPOOL, root) : null;
      case 'hashsolved':
        return answer(WEBMINERPOOL, 'shareAccepted', SHARE_KEY);
      default:
        return null;
    }
  },
};

function handshakeFact(root: Fields): Fact | null {
  const login = root.login ?? root.loginid;
  if (typeof login !== 'string') return null;
  return {
    dialect: WEBMINERPOOL,
    certainty: HELLO,
    role: 'login',
    hold: 'unless-refuted',
    claims: {
      ...userClaims(login, root.userid),
      hosts: typeof root.pool === 'string' ? [{ host: root.pool, port: null }] : [],
    },
    key: LOGIN_KEY,
  };
}
