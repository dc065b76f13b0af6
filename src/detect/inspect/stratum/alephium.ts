import { shareAnswer } from './answers.js';
import { userClaims } from './claims.js';
import { type Dialect, type Fact, HELLO, JOB } from './dialect.js';
import type { Message } from './message.js';
import { asFields, fields, hex, hexBytes, jobName, list, opening, tuple, whole, word } from './shapes.js';
import { fromTarget256 } from './targets.js';

const ALEPHIUM = 'alephium';
const CHAIN = fields({
  fromGroup: whole,
  toGroup: whole,
  jobId: word,
  headerBlob: hexBytes(64, 8192),
  // Empty where the pool states a difficulty.
  targetBlob: hexBytes(0, 64),
});
const ALEPHIUM_JOB = list(CHAIN, 1, 64);
/** `AlephiumStratum/1.0.0`: job, index of the chain, header. */
const CHAIN_JOB = tuple(jobName, hex(1, 2), hexBytes(400, 2048));
const CHAIN_SHARE = opening([jobName, hex(32, 48)], word, 1);
const ALEPHIUM_SHARE = fields({ jobId: word, fromGroup: whole, toGroup: whole, nonce: hex(16, 64) });

/** Alephium: one job per chain, sixteen at once; the server speaks first and nobody logs in. */
export const alephium: Dialect<typeof ALEPHIUM> = {
  name: ALEPHIUM,
  family: 'I',
  coin: { ticker: 'ALPH', confidence: 0.9 },
  hashesPerDifficulty: null,
  carrier: 'stream',
  recognise: (message: Message): Fact | null => {
    if (message.answers) return null;
    if (message.method === 'mining.notify' && ALEPHIUM_JOB(message.params)) {
      const chains = message.params as readonly { jobId: string; targetBlob: string }[];
      return {
        dialect: ALEPHIUM,
        certainty: JOB,
        role: 'job',
        jobs: chains.map((chain) => chain.jobId),
        // Shorter forms are in use whose scale is not documented; they state nothing.
        target: fromTarget256(chains[0]?.targetBlob),
      };
    }
    if (message.method === 'mining.notify' && CHAIN_JOB(message.params)) {
      return { dialect: ALEPHIUM, certainty: JOB, role: 'job', jobs: [firstOf(message)] };
    }
    if (message.method !== 'mining.submit') return null;
    if (CHAIN_SHARE(message.params)) {
      return {
        dialect: ALEPHIUM,
        certainty: HELLO,
        role: 'share',
        jobs: [firstOf(message)],
        answer: shareAnswer(ALEPHIUM),
      };
    }
    if (!ALEPHIUM_SHARE(message.params)) return null;
    const share = asFields(message.params);
    return {
      dialect: ALEPHIUM,
      certainty: JOB,
      role: 'share',
      jobs: [share?.jobId as string],
      claims: userClaims(share?.worker),
      answer: shareAnswer(ALEPHIUM),
    };
  },
};

function firstOf({ params }: Message): string {
  return String((params as readonly unknown[])[0]);
}
