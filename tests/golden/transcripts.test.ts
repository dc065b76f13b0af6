import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Level } from '../../src/model/verdict.js';
import { scanFrames } from '../support/scan-frames.js';
import { HAS_SHARED, readTranscript, SHARED } from '../support/transcripts.js';
import { ONE_DIRECTION, VARIANTS } from '../support/variants.js';

/**
 * Sample sessions of some 48 dialects, each captured in nine ways: at least 99 in 100 get the level that the evidence
 * owes (docs/verdicts.md), and no look-alike is ever flagged.
 */
const FOLDER = join(SHARED, 'reference', 'transcripts');
const NOISE_SEEN_WHOLE = new Set(['plain', 'segments', 'ipv6', 'qinq', 'rewritten', 'early']);
const list = (folder: string) =>
  HAS_SHARED ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];

function owed(file: string, variant: string): Level | undefined {
  // Sizes of encrypted frames alone never confirm, and without the handshake they say nothing.
  if (file.startsWith('sv2-noise') && !NOISE_SEEN_WHOLE.has(variant)) return undefined;
  // One direction alone is never more than suspected.
  return file.startsWith('sv2-noise') || ONE_DIRECTION.has(variant) ? 'suspected' : 'confirmed';
}

describe.skipIf(!HAS_SHARED)('transcripts', { timeout: 300_000 }, () => {
  it('get the level that their evidence owes', async () => {
    const missed: string[] = [];
    let tried = 0;
    for (const file of list(FOLDER)) {
      const messages = readTranscript(join(FOLDER, file));
      for (const [name, capture] of Object.entries(VARIANTS)) {
        const { verdicts } = await scanFrames(capture(messages));
        tried++;
        const level = verdicts.find(
          (verdict) => verdict.ip === '10.0.0.1' || verdict.ip === '2001:db8:1::17',
        )?.level;
        const others = verdicts.filter(
          (verdict) => verdict.ip !== '10.0.0.1' && verdict.ip !== '2001:db8:1::17',
        );
        if (level !== owed(file, name))
          missed.push(`${file} ${name}: ${level ?? 'none'} instead of ${owed(file, name)}`);
        if (others.length > 0)
          missed.push(`${file} ${name}: also ${others.map((other) => `${other.ip} ${other.level}`)}`);
      }
    }
    expect(tried).toBeGreaterThan(400);
    expect(missed.length / tried, missed.join('\n')).toBeLessThanOrEqual(0.01);
  });

  it('of look-alikes flag nobody', async () => {
    const flagged: string[] = [];
    const folder = join(FOLDER, 'negatives');
    for (const file of list(folder)) {
      const messages = readTranscript(join(folder, file));
      for (const [name, capture] of Object.entries(VARIANTS)) {
        const { verdicts } = await scanFrames(capture(messages));
        for (const { ip, level } of verdicts)
          if (level !== 'suspected') flagged.push(`${file} ${name}: ${ip} ${level}`);
      }
    }
    expect(flagged).toEqual([]);
  });
});
