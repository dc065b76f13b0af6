/**
 * Grin and Epic Cash: `login`, `job` and `submit` as in CryptoNote, around a `pre_pow` and solutions as lists of
 * numbers (grin-miner and epic-miner, src/bin/types.rs). Epic has three algorithms side by side.
 */
import { shareAnswer } from './answers.js';
import { type Dialect, FAMILY, type Fact, HELLO, JOB, SHARE } from './dialect.js';
import type { Message } from './message.js';
import {
  type Fields,
  fields,
  finite,
  hexBytes,
  list,
  literal,
  oneOf,
  optional,
  positive,
  tuple,
  whole,
} from './shapes.js';
import { fromDifficulty } from './targets.js';

export const GRIN = 'grin';
export const EPIC = 'epic';

const PRE_POW = hexBytes(200, 2048);
const GRIN_JOB = fields({ difficulty: positive, height: whole, job_id: whole, pre_pow: PRE_POW });
const EPIC_ALGORITHM = literal('cuckoo', 'progpow', 'randomx');
const EPIC_JOB = fields({
  algorithm: EPIC_ALGORITHM,
  difficulty: list(tuple(EPIC_ALGORITHM, positive), 1, 8),
  height: whole,
  job_id: whole,
  pre_pow: PRE_POW,
});
const CYCLE = list(whole, 8, 64);
const GRIN_SHARE = fields({ edge_bits: whole, height: whole, job_id: whole, nonce: whole, pow: CYCLE });
const SOLUTION = oneOf(CYCLE, tuple(whole, CYCLE));
const EPIC_SHARE = fields({
  height: whole,
  job_id: whole,
  nonce: whole,
  pow: oneOf(fields({ RandomX: SOLUTION }), fields({ ProgPow: SOLUTION }), fields({ Cuckoo: SOLUTION })),
});

/** What a job of either says, or null. */
export function graphJob(job: Fields): Fact | null {
  const jobs = [String(job.job_id)];
  if (GRIN_JOB(job))
    return { dialect: GRIN, certainty: JOB, role: 'job', jobs, target: fromDifficulty(job.difficulty) };
  return EPIC_JOB(job) ? { dialect: EPIC, certainty: JOB, role: 'job', jobs } : null;
}

/** What a share for either says, or null. */
export function graphShare(params: Fields): Fact | null {
  const dialect = GRIN_SHARE(params) ? GRIN : EPIC_SHARE(params) ? EPIC : null;
  if (dialect === null) return null;
  const answerShare = shareAnswer(dialect);
  return {
    dialect,
    certainty: SHARE,
    role: 'share',
    jobs: [String(params.job_id)],
    answer: (answer) =>
      typeof answer.result === 'string' && answer.result.startsWith('blockfound')
        ? { dialect, certainty: FAMILY, role: 'shareAccepted' }
        : answerShare(answer),
  };
}

const PARAMETERLESS = optional(literal(null));
const WANTED = fields({ algorithm: EPIC_ALGORITHM });

/** Whose `getjobtemplate` it is, or null. */
export function templateAsker(params: unknown): string | null {
  if (PARAMETERLESS(params)) return GRIN;
  return WANTED(params) ? EPIC : null;
}

const STATUS = fields({ accepted: whole, rejected: whole, stale: whole, difficulty: finite, height: whole });

function grinStatus(message: Message): Fact | 'neutral' | null {
  if (STATUS(message.result)) return { dialect: GRIN, certainty: HELLO, role: 'liveness', side: 'server' };
  return message.result === 'ok' ? 'neutral' : null;
}

/** Jobs, shares and logins are recognised by `cryptonote`, whose calls they are. */
export const grin: Dialect<typeof GRIN> = {
  name: GRIN,
  family: 'G',
  coin: null,
  hashesPerDifficulty: null,
  carrier: 'stream',
  recognise(message) {
    if (message.answers || !PARAMETERLESS(message.params)) return null;
    return message.method === 'status' || message.method === 'keepalive'
      ? {
          dialect: GRIN,
          certainty: FAMILY,
          role: 'liveness',
          hold: 'until-confirmed',
          answer: grinStatus,
        }
      : null;
  },
};

export const epic: Dialect<typeof EPIC> = {
  ...grin,
  name: EPIC,
  coin: { ticker: 'EPIC', confidence: 0.9 },
  recognise: () => null,
};
