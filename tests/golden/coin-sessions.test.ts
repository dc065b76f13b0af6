import { describe, expect, it } from 'vitest';
import { COIN_SESSIONS } from '../support/coin-sessions.js';
import { talk } from '../support/dialect-sessions.js';
import { tcpSession } from '../support/frames.js';
import { scanFrames } from '../support/scan-frames.js';
import { ONE_DIRECTION, VARIANTS } from '../support/variants.js';

/** Of each session: a job, a share, its answer. */
const ROUNDS = 8;

describe.each(Object.entries(COIN_SESSIONS))('%s', (_name, session) => {
  const messages = talk(session.said);

  it('is confirmed, with its dialect, coin, wallet and program', async () => {
    const { verdicts, suspects } = await scanFrames(tcpSession(messages));
    const roles = suspects[0]?.sessions[0]?.roles;
    expect(roles?.shareLinked).toBe(ROUNDS);
    expect((roles?.shareAccepted ?? 0) + (roles?.shareRejected ?? 0)).toBe(ROUNDS);
    expect(verdicts.map(({ level }) => level)).toEqual(['confirmed']);
    const [verdict] = verdicts;
    expect(verdict?.dialects).toEqual([session.dialect]);
    if (session.coin !== null) expect(verdict?.coins[0]?.ticker).toBe(session.coin);
    expect(verdict?.wallets).toContain(session.wallet);
    expect(verdict?.agents).toEqual(session.agent === null ? [] : [session.agent]);
  });

  it.each(Object.keys(VARIANTS))('is found %s', async (variant) => {
    const { verdicts } = await scanFrames(VARIANTS[variant]!(messages));
    const owed = ONE_DIRECTION.has(variant) ? 'suspected' : 'confirmed';
    expect(verdicts.map(({ level }) => level)).toEqual([owed]);
  });

  it('is found when it ends with the first eight messages', async () => {
    const { verdicts } = await scanFrames(tcpSession(messages.slice(0, 8), { close: false }));
    expect(verdicts.map(({ level }) => level)).not.toEqual([]);
  });
});
