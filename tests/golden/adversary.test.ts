import { describe, expect, it } from 'vitest';
import { BENIGN_SESSIONS, UNPROMPTED } from '../support/benign-sessions.js';
import { DIALECT_SESSIONS, FRAMED_SESSIONS, talk } from '../support/dialect-sessions.js';
import { type Frame, type Message, tcpSession } from '../support/frames.js';
import { scanFrames } from '../support/scan-frames.js';
import { ONE_DIRECTION, VARIANTS } from '../support/variants.js';

const plain = (messages: readonly Message[]) => tcpSession(messages);
const CAPTURES: Record<string, (messages: readonly Message[]) => Frame[]> = {
  plain,
  late: VARIANTS.late ?? plain,
  segments: VARIANTS.segments ?? plain,
  'to-server': VARIANTS['to-server'] ?? plain,
  'to-client': VARIANTS['to-client'] ?? plain,
};
/** Beginnings that hide who is the client. */
const BEGINNINGS: Record<string, (messages: readonly Message[]) => Frame[]> = {
  'without the first': (messages) => tcpSession(messages.slice(1), { handshake: false }),
  'between high ports': (messages) =>
    tcpSession(messages.slice(3), { handshake: false, clientPort: 40001, serverPort: 50001 }),
};

/** The office looks at both ends, so that no end is spared by chance. */
describe('sessions that only look like mining', () => {
  it('are never flagged, and their servers not even suspected', async () => {
    const accused: string[] = [];
    for (const [name, messages] of Object.entries(BENIGN_SESSIONS)) {
      for (const [variant, capture] of Object.entries({ ...CAPTURES, ...BEGINNINGS })) {
        const { verdicts } = await scanFrames(capture(messages));
        for (const { ip, level } of verdicts)
          if (level !== 'suspected' || ip !== '10.0.0.1') accused.push(`${name}, ${variant}: ${ip} ${level}`);
      }
    }
    expect(accused).toEqual([]);
    expect(Object.keys(BENIGN_SESSIONS).length).toBeGreaterThan(85);
  }, 300_000);
});

describe('proofs of work that nobody asked for', () => {
  it('are of another service, where the beginning was heard', async () => {
    expect((await scanFrames(plain(UNPROMPTED))).verdicts).toEqual([]);
    const late = tcpSession(UNPROMPTED, { handshake: false });
    expect((await scanFrames(late)).verdicts.map(({ level }) => level)).toEqual(['confirmed']);
  });
});

describe('spellings of pool protocols', () => {
  it('are confirmed where both sides speak, suspected where one is seen', async () => {
    const missed: string[] = [];
    const spelled = Object.entries(DIALECT_SESSIONS).map(([name, said]) => [name, talk(said)] as const);
    for (const [name, messages] of [...spelled, ...Object.entries(FRAMED_SESSIONS)]) {
      for (const [variant, capture] of Object.entries(CAPTURES)) {
        const { verdicts } = await scanFrames(capture(messages));
        const owed = ONE_DIRECTION.has(variant) ? 'suspected' : 'confirmed';
        if (verdicts.length !== 1 || verdicts[0]?.level !== owed)
          missed.push(`${name}, ${variant}: ${verdicts.map(({ ip, level }) => `${ip} ${level}`)}`);
      }
    }
    expect(missed).toEqual([]);
  }, 300_000);
});
