import { describe, expect, it } from 'vitest';
import { COIN_SESSIONS } from '../support/coin-sessions.js';
import { rounds, s, talk } from '../support/dialect-sessions.js';
import { tcpSession } from '../support/frames.js';
import { scanFrames } from '../support/scan-frames.js';
import { hex } from '../support/sessions.js';
import { ONE_DIRECTION, VARIANTS } from '../support/variants.js';
import { webSocketAt } from '../support/wrappers.js';

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

/** A daemon's work over a WebSocket, whose miner has found nothing yet: all it says is its path. */
describe.each([
  [
    'dero',
    'DERO',
    '/ws/dero1qy0khp9s9yw2h0eu20xmy9lth3zp5cacmx3rwt6k45l568d2mmcf6qgcsevzx',
    (n: number) => ({
      jobid: `169600000000${n}.0.notified`,
      blockhashing_blob: hex(96, n),
      difficulty: '9000000',
      height: 2_000_000 + n,
      lasterror: '',
    }),
  ],
  [
    'xelis-getwork',
    'XEL',
    '/getwork/xel:vs3mfyywt0fjys0rgslue7mm4wr23xdgejsjk0ld7f2kxng4d4nqqnkdufz/rig1',
    (n: number) => ({
      new_job: {
        algorithm: 'xel/v3',
        difficulty: '25000000',
        height: 12_345 + n,
        miner_work: hex(224, n),
        topoheight: 22_345 + n,
      },
    }),
  ],
] as const)('%s, a wallet in the path', (dialect, coin, path, job) => {
  const pushed = talk(rounds([], (n) => [s(job(n))]));

  it('is a login that the jobs accept', async () => {
    const { verdicts } = await scanFrames(tcpSession(webSocketAt(path)(pushed)));
    expect(verdicts.map(({ level }) => level)).toEqual(['confirmed']);
    expect(verdicts[0]).toMatchObject({
      dialects: [dialect],
      coins: [{ ticker: coin }],
      wallets: [path.split('/')[2]],
    });
  });

  it('is quoted without what may be a password', async () => {
    const { suspects } = await scanFrames(tcpSession(webSocketAt(`${path}?password=hunter2`)(pushed)));
    const told = JSON.stringify(suspects);
    expect(told).toContain(path.split('/')[2]);
    expect(told).not.toContain('hunter2');
  });

  it('is none where no wallet is named', async () => {
    const { verdicts } = await scanFrames(tcpSession(webSocketAt('/feed')(pushed)));
    expect(verdicts.map(({ level }) => level)).toEqual(['suspected']);
  });
});
