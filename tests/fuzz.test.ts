import { describe, expect, it } from 'vitest';
import { demoCapture } from './support/demo.js';
import { pcapFile, tcpSession } from './support/frames.js';
import { randomFrom } from './support/random.js';
import { scanBytes } from './support/scan-frames.js';
import { bitcoinSession } from './support/sessions.js';

/**
 * Damaged input: no throw, no hang, and nothing is made up. RIGWATCH_FUZZ sets the number of mutations
 * (default 10,000).
 */
const MUTATIONS = Number(process.env.RIGWATCH_FUZZ ?? 10_000);

function mutate(capture: Buffer, seed: number): Buffer {
  const random = randomFrom(seed);
  const out = Buffer.from(capture);
  const pick = () => Math.floor(random() * out.length);
  for (let times = 1 + Math.floor(random() * 20); times > 0; times--) {
    const at = pick();
    const kind = random();
    if (kind < 0.4) out[at] = Math.floor(random() * 256);
    else if (kind < 0.6) out[at] = (out[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    else if (kind < 0.75) out.fill(random() < 0.5 ? 0xff : 0, at, Math.min(out.length, at + 8));
    else if (kind < 0.9) out.copyWithin(at, pick(), pick());
    else return out.subarray(0, at);
  }
  return out;
}

describe('damaged captures', () => {
  const small = pcapFile(tcpSession(bitcoinSession('fuzzfarm', ['r1'], 'cgminer/4.11.1', 1, 3).slice(0, 8)));

  it(`survive ${MUTATIONS} seeded mutations`, { timeout: 600_000 }, async () => {
    const demo = demoCapture();
    let confirmed = 0;
    for (let seed = 1; seed <= MUTATIONS; seed++) {
      const capture = mutate(seed % 20 === 0 ? demo : small, seed);
      try {
        const { verdicts } = await scanBytes(capture);
        confirmed += verdicts.filter(({ level }) => level === 'confirmed').length;
      } catch (error) {
        // A capture whose first bytes are gone has no known format: that is said, not survived in silence.
        if (!(error instanceof Error) || error.name !== 'InputError')
          throw new Error(`seed ${seed}`, { cause: error });
      }
    }
    // Most mutations leave the handshake readable.
    expect(confirmed).toBeGreaterThan(MUTATIONS / 4);
  });

  it('are read as far as they go when cut at every byte', { timeout: 300_000 }, async () => {
    let whole = 0;
    for (let length = 24; length < small.length; length += 1) {
      const { summary } = await scanBytes(small.subarray(0, length));
      expect(summary.packets).toBeGreaterThanOrEqual(whole);
      whole = summary.packets;
    }
    expect(whole).toBeGreaterThan(8);
  });
});
