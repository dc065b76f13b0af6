import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INSPECTORS } from '../../../src/detect/inspect/index.js';
import type { StratumObservation } from '../../../src/model/observation.js';
import type { Message } from '../../support/frames.js';
import { HAS_SHARED, readTranscript, SHARED } from '../../support/transcripts.js';
import { joined, observe, split } from './support.js';

const FOLDER = join(SHARED, 'reference/transcripts');

function stratumOf(messages: readonly Message[]): StratumObservation[] {
  return observe(INSPECTORS, messages).filter((found) => found.kind === 'stratum');
}

describe.skipIf(!HAS_SHARED)('the whole runner over sample sessions', () => {
  const wrapped: readonly [string, readonly string[], string | null][] = [
    ['http-connect-cgminer', ['connect'], 'btc.pool.example.org:3333'],
    ['socks5-xmrig', ['socks5'], 'xmr.pool.example.org:3333'],
    ['ws-coinhive-deepminer', ['websocket'], 'ws01.miner-gw.example.net:null'],
    ['ws-webminerpool', ['websocket'], 'proxy.example.net:8181'],
    ['btc-cgminer-gbt-http', ['http'], null],
    ['etc-ethminer-getwork-http', ['http'], '198.51.100.77:null'],
    ['xmr-xmrig-daemon-http', ['http'], '198.51.100.60:18081'],
    ['sv2-plaintext-standard', [], '192.0.2.10:34254'],
  ];

  it.each(wrapped)('%s', (name, wrappers, host) => {
    const messages = readTranscript(join(FOLDER, `${name}.jsonl`));
    for (const cut of [messages, joined(messages), split(messages, 1, 97)]) {
      const found = stratumOf(cut);
      expect(found.length, name).toBeGreaterThan(0);
      expect(found[0]?.wrappers).toEqual(wrappers);
      const hosts = found.flatMap((part) => part.namedHosts).map((named) => `${named.host}:${named.port}`);
      if (host !== null) expect(hosts).toContain(host);
    }
  });

  it('reads all miners, whatever the pieces', () => {
    const names = readdirSync(FOLDER).filter(
      (file) => file.endsWith('.jsonl') && !file.startsWith('sv2-noise'),
    );
    expect(names.length).toBeGreaterThan(40);
    const silent = names.filter((name) => {
      const messages = readTranscript(join(FOLDER, name));
      return [messages, joined(messages), split(messages, 2, 50)].some((cut) => stratumOf(cut).length === 0);
    });
    expect(silent).toEqual([]);
  });

  it('sees no share, job or login in look-alikes', () => {
    const folder = join(FOLDER, 'negatives');
    const names = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
    expect(names.length).toBeGreaterThan(30);
    const wrong = names.filter((name) => {
      const messages = readTranscript(join(folder, name));
      return [messages, split(messages, 3, 40)].some((cut) =>
        stratumOf(cut).some(
          ({ dialect, roles }) =>
            dialect.startsWith('stratum-v2') ||
            roles.loginAccepted + roles.job + roles.share + roles.shareAccepted > 0,
        ),
      );
    });
    expect(wrong).toEqual([]);
  });
});
