import { describe, expect, it } from 'vitest';
import { scanFrames } from '../support/scan-frames.js';
import { bitcoinSession, moneroSession } from '../support/sessions.js';
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
