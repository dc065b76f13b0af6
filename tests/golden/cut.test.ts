import { describe, expect, it } from 'vitest';
import { BENIGN_SESSIONS } from '../support/benign-sessions.js';
import { DIALECT_SESSIONS, talk } from '../support/dialect-sessions.js';
import { type Message, pcapFile, tcpSession } from '../support/frames.js';
import { scanBytes } from '../support/scan-frames.js';
import { ONE_DIRECTION, VARIANTS } from '../support/variants.js';

/** Frame bytes kept, Ethernet header included: what operators choose, and what falls between the fields. */
const SNAP_LENGTHS = [96, 128, 144, 160, 192, 224, 256] as const;

async function levelsOf(messages: readonly Message[], capture: string, snapLength: number) {
  const frames = VARIANTS[capture]?.(messages) ?? tcpSession(messages);
  return (await scanBytes(pcapFile(frames, { snapLength }))).verdicts.map(({ ip, level }) => ({ ip, level }));
}

describe('captures cut by the snap length', () => {
  it('accuse nobody who only looks like a miner', { timeout: 300_000 }, async () => {
    const accused: string[] = [];
    for (const [name, messages] of Object.entries(BENIGN_SESSIONS))
      for (const snapLength of SNAP_LENGTHS)
        for (const capture of ['plain', 'late'])
          for (const { ip, level } of await levelsOf(messages, capture, snapLength))
            if (level !== 'suspected' || ip !== '10.0.0.1')
              accused.push(`${name}, ${capture} at ${snapLength}: ${ip} ${level}`);
    expect(accused).toEqual([]);
  });

  it('show one direction of a miner as no more than suspected', { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    for (const [name, said] of Object.entries(DIALECT_SESSIONS))
      for (const snapLength of SNAP_LENGTHS)
        for (const capture of ONE_DIRECTION)
          for (const { ip, level } of await levelsOf(talk(said), capture, snapLength))
            if (level !== 'suspected') wrong.push(`${name}, ${capture} at ${snapLength}: ${ip} ${level}`);
    expect(wrong).toEqual([]);
  });

  it('show who mines, at 256 bytes', { timeout: 300_000 }, async () => {
    const missed: string[] = [];
    for (const [name, said] of Object.entries(DIALECT_SESSIONS)) {
      const [first] = await levelsOf(talk(said), 'plain', 256);
      if (first?.level !== 'confirmed') missed.push(`${name}: ${first?.level}`);
    }
    expect(missed).toEqual([]);
  });
});
