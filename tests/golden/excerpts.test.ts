import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_KEPT_BYTES, MAX_KEPT_FRAMES } from '../../src/intake/flows/frame-ring.js';
import { temporaryFolder } from '../deliver/samples.js';
import { DIALECT_SESSIONS, FRAMED_SESSIONS, talk } from '../support/dialect-sessions.js';
import { type Message, type SessionOptions, tcpSession } from '../support/frames.js';
import { type ScanOutcome, scanBytes, scanFrames } from '../support/scan-frames.js';
import { bitcoinSession, moneroSession, tlsSession, webSession } from '../support/sessions.js';
import { STREAM_WRAPPERS } from '../support/wrappers.js';

const dialectsOf = ({ verdicts }: ScanOutcome) => verdicts.flatMap((verdict) => verdict.dialects);
const levelsOf = ({ verdicts }: ScanOutcome) => verdicts.map(({ ip, level }) => `${ip} ${level}`);

/** What the excerpt alone leads to, against what the whole session led to. */
async function compare(messages: readonly Message[], options: SessionOptions = {}) {
  const whole = await scanFrames(tcpSession(messages, options));
  const [excerpt] = whole.excerpts;
  const alone = excerpt === undefined ? null : await scanBytes(excerpt.pcapng);
  return { whole, excerpt, alone };
}

describe('the excerpt of a session, read by itself, is of the same dialect and level', () => {
  const sessions = {
    ...Object.fromEntries(Object.entries(DIALECT_SESSIONS).map(([name, said]) => [name, talk(said)])),
    ...FRAMED_SESSIONS,
  };
  it.each(Object.entries(sessions))('%s', async (_, messages) => {
    const { whole, excerpt, alone } = await compare(messages);
    expect(whole.verdicts.length).toBeGreaterThan(0);
    expect(excerpt?.frames).toBeLessThanOrEqual(MAX_KEPT_FRAMES);
    expect(alone === null ? [] : dialectsOf(alone)).toEqual(dialectsOf(whole));
    expect(alone === null ? [] : levelsOf(alone)).toEqual(levelsOf(whole));
  });

  it.each(Object.entries(STREAM_WRAPPERS))('inside %s', async (_, wrap) => {
    for (const messages of [
      bitcoinSession('demofarm', ['rig01'], 'cgminer/4.11.1', 4, 3),
      moneroSession('wallet', 'rig', 6, 5),
    ]) {
      const { whole, alone } = await compare(wrap(messages));
      expect(alone === null ? [] : levelsOf(alone)).toEqual(levelsOf(whole));
      expect(alone === null ? [] : dialectsOf(alone)).toEqual(dialectsOf(whole));
    }
  });

  it.each([
    ['in small segments', { segmentBytes: 100 }],
    ['reordered and repeated', { shuffleSeed: 7 }],
    ['without its handshake', { handshake: false }],
    ['in IPv6 and VLANs', { client: '2001:db8::1', server: '2001:db8::2', vlans: [12, 7] }],
  ] as const)('%s', async (_, options) => {
    const { whole, alone } = await compare(
      bitcoinSession('demofarm', ['rig01'], 'cgminer/4.11.1', 8, 3),
      options,
    );
    expect(alone === null ? [] : levelsOf(alone)).toEqual(levelsOf(whole));
  });
});

describe('excerpts', () => {
  it('are bounded, whatever a session sends', async () => {
    const huge = bitcoinSession('x'.repeat(5000), ['rig01', 'rig02'], 'a'.repeat(8000), 20, 3);
    const { excerpts, counters } = await scanFrames(tcpSession(huge, { segmentBytes: 60_000 }));
    expect(excerpts[0]?.frames).toBeGreaterThan(1);
    expect(excerpts[0]?.pcapng.length).toBeLessThan(MAX_KEPT_BYTES + 200 * MAX_KEPT_FRAMES);
    expect((counters['excerpt.frame-cut'] ?? 0) + (counters['excerpt.frame-left-out'] ?? 0)).toBeGreaterThan(
      0,
    );
  });

  it('say what each frame shows, and under which rule', async () => {
    const { excerpts } = await scanFrames(tcpSession(moneroSession('wallet', 'rig', 6, 5)));
    const text = excerpts[0]?.pcapng.toString('latin1') ?? '';
    expect(text).toContain('cryptonote login');
    expect(text).toContain('cryptonote share');
    expect(text).toContain('stratum.cryptonote');
  });

  it('are not kept of anything else', async () => {
    for (const messages of [webSession('www.example.org'), tlsSession('pool.supportxmr.com', 13, 40, 41)])
      expect((await scanFrames(tcpSession(messages))).excerpts).toEqual([]);
  });

  const tcpdump = spawnSync('tcpdump', ['--version']).status === 0;
  it.runIf(tcpdump)('open in tcpdump, every frame of them', async () => {
    const { excerpts } = await scanFrames(tcpSession(moneroSession('wallet', 'rig', 6, 5)));
    const path = join(temporaryFolder(), 'excerpt.pcapng');
    writeFileSync(path, excerpts[0]?.pcapng ?? '');
    const { stdout, status } = spawnSync('tcpdump', ['-nr', path], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(excerpts[0]?.frames ?? 0);
  });
});
