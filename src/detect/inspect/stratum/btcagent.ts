import { anyAnswer } from './answers.js';
import { agentClaims, joinClaims, userClaims, workerClaims } from './claims.js';
import { type Dialect, type Fact, JOB, SHARE } from './dialect.js';
import { list, word } from './shapes.js';

const BTCAGENT = 'btcagent';
const REGISTER_WORKER = 0x01;
/** Frame length by command: header 4, job 1, session 2, extranonce 4, nonce 4; with time 4; with version bits 4. */
const SUBMIT_LENGTHS: ReadonlyMap<number, number> = new Map([
  [0x02, 15],
  [0x03, 19],
  [0x12, 19],
  [0x13, 23],
]);
const SET_DIFFICULTY = 0x05;
/** Header 4, exponent 1, count of sessions 2; then 2 for each. */
const SET_DIFFICULTY_LENGTH = 7;

/**
 * One binary frame after the JSON login: `7F`, command, length16 (all), then the body, little-endian
 * (btcpool docs/AGENT.md). A farm's machines register by name and agent.
 */
export function recogniseFrame(frame: Buffer): Fact | null {
  const command = frame[1] ?? 0;
  if (command === REGISTER_WORKER && frame.length > 8) return registration(frame);
  if (SUBMIT_LENGTHS.get(command) === frame.length) {
    // Agents get jobs with short decimal ids, so that one byte can name them.
    return { dialect: BTCAGENT, certainty: JOB, role: 'share', jobs: [String(frame[4])] };
  }
  if (command === SET_DIFFICULTY && frame.length === SET_DIFFICULTY_LENGTH + 2 * sessionCount(frame)) {
    return {
      dialect: BTCAGENT,
      certainty: SHARE,
      role: 'target',
      target: { difficulty: 2 ** (frame[4] ?? 0), hashes: 2 ** (frame[4] ?? 0) * 2 ** 32 },
    };
  }
  return null;
}

function sessionCount(frame: Buffer): number {
  return frame.length < SET_DIFFICULTY_LENGTH ? -1 : frame.readUInt16LE(5);
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
