import { anyAnswer } from './answers.js';
import { agentClaims, joinClaims, userClaims, workerClaims } from './claims.js';
import { type Dialect, type Fact, JOB, SHARE } from './dialect.js';
import { list, word } from './shapes.js';

const BTCAGENT = 'btcagent';
const REGISTER_WORKER = 0x01;
const SUBMIT_SHARES: ReadonlySet<number> = new Set([0x02, 0x03, 0x12, 0x13]);
const SET_DIFFICULTY = 0x05;
/** Header, job 1, session 2, extranonce 4, nonce 4; then time 4 and version bits 4 where the command says so. */
const SMALLEST_SUBMIT = 15;
const LARGEST_SUBMIT = 23;

/**
 * One binary frame after the JSON login: `7F`, command, length16 (all), then the body, little-endian
 * (btcpool docs/AGENT.md). A farm's machines register by name and agent.
 */
export function recogniseFrame(frame: Buffer): Fact | null {
  const command = frame[1] ?? 0;
  if (command === REGISTER_WORKER && frame.length > 8) return registration(frame);
  if (SUBMIT_SHARES.has(command) && frame.length >= SMALLEST_SUBMIT && frame.length <= LARGEST_SUBMIT) {
    // Agents get jobs with short decimal ids, so that one byte can name them.
    return { dialect: BTCAGENT, certainty: JOB, role: 'share', jobs: [String(frame[4])] };
  }
  if (command === SET_DIFFICULTY && frame.length >= 7) {
    return {
      dialect: BTCAGENT,
      certainty: SHARE,
      role: 'target',
      target: { difficulty: 2 ** (frame[4] ?? 0), hashes: 2 ** (frame[4] ?? 0) * 2 ** 32 },
    };
  }
  return null;
}

function registration(frame: Buffer): Fact | null {
  const parts = frame.toString('latin1', 6).split('\0');
  const [agent, login] = parts;
  if (parts.length < 3 || agent === undefined || login === undefined) return null;
  return {
    dialect: BTCAGENT,
    certainty: JOB,
    role: 'login',
    claims: joinClaims(agentClaims(agent), login.includes('.') ? userClaims(login) : workerClaims(login)),
  };
}

export const btcagent: Dialect<typeof BTCAGENT> = {
  name: BTCAGENT,
  family: 'L',
  coin: { ticker: 'BTC', confidence: 0.8 },
  hashesPerDifficulty: 2 ** 32,
  carrier: 'stream',
  recognise: (message) =>
    message.method === 'agent.get_capabilities' && list(list(word, 0, 16), 1, 1)(message.params)
      ? { dialect: BTCAGENT, certainty: JOB, role: 'hello', answer: anyAnswer }
      : null,
};
