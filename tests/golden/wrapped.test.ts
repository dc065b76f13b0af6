import { describe, expect, it } from 'vitest';
import { linesOf, SAMPLES } from '../detect/inspect/stratum/sessions.js';
import { tcpSession } from '../support/frames.js';
import { scanFrames } from '../support/scan-frames.js';
import { bitcoinSession, moneroSession, tlsSession } from '../support/sessions.js';
import { ONE_DIRECTION, VARIANTS } from '../support/variants.js';
import { STREAM_WRAPPERS } from '../support/wrappers.js';

const MINERS = new Set(['10.0.0.1', '2001:db8:1::17']);
/** Deflated with context takeover, what comes later cannot be inflated without what came before. */
const NEEDS_ITS_BEGINNING = /context takeover/;

const SESSIONS = {
  'stratum-v1': bitcoinSession('demofarm', ['rig01'], 'cgminer/4.11.1', 4, 3),
  cryptonote: moneroSession('wallet', 'rig', 6, 5),
};

describe('a pool session inside a wrapper gets the level it gets without one', () => {
  it.each(Object.entries(STREAM_WRAPPERS))('%s', async (wrapper, wrap) => {
    const missed: string[] = [];
    for (const [dialect, messages] of Object.entries(SESSIONS)) {
      for (const [variant, capture] of Object.entries(VARIANTS)) {
        const { verdicts } = await scanFrames(capture(wrap(messages)));
        const level = verdicts.find(({ ip }) => MINERS.has(ip))?.level;
        const owed =
          variant === 'late' && NEEDS_ITS_BEGINNING.test(wrapper)
            ? undefined
            : ONE_DIRECTION.has(variant)
              ? 'suspected'
              : 'confirmed';
        if (level !== owed) missed.push(`${dialect} ${variant}: ${level} instead of ${owed}`);
        if (verdicts.some(({ ip }) => !MINERS.has(ip)))
          missed.push(`${dialect} ${variant}: the server is judged`);
      }
    }
    expect(missed).toEqual([]);
  });
});

describe('what is not lines of text, inside a wrapper', () => {
  const BINARY = Object.entries(STREAM_WRAPPERS).filter(([name]) => !name.startsWith('websocket'));

  it.each(BINARY)('frames of BTCAgent in %s', async (_, wrap) => {
    const sample = SAMPLES.find(({ dialect }) => dialect === 'btcagent');
    const { suspects } = await scanFrames(tcpSession(wrap(sample === undefined ? [] : linesOf(sample))));
    expect(suspects[0]?.sessions.find(({ dialect }) => dialect === 'btcagent')).toMatchObject({
      workers: ['rack1'],
      logins: ['account', 'account.rack1'],
      machines: { devices: 1 },
      roles: { share: 2 },
    });
  });

  it.each(BINARY)('TLS in %s: the server that it names is known', async (_, wrap) => {
    const { suspects } = await scanFrames(tcpSession(wrap(tlsSession('xmr.nanopool.org', 2, 20, 7))));
    expect(suspects[0]?.evidence.map(({ rule, host }) => [rule, host])).toContainEqual([
      'endpoint.sni',
      'xmr.nanopool.org',
    ]);
  });
});
