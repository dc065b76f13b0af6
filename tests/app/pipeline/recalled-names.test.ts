import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { scan } from '../../../src/app/pipeline/scan.js';
import { openStore } from '../../../src/deliver/store/index.js';
import { temporaryFolder } from '../../deliver/samples.js';
import { ethernet, type Frame, pcapFile, tcpSession, udp } from '../../support/frames.js';
import { dnsExchange } from '../../support/sessions.js';

const rules = await loadRules([]);
const START = 1.76e15;
const CLIENT = '10.0.0.9';
const POOL = '203.0.113.77';

/** The client asks for a name and is told an address. */
function lookUp(name: string, ip: string, timeUs: number): Frame[] {
  const [question, answer] = dnsExchange(name, ip, 3600);
  const ends = { src: CLIENT, dst: '10.0.0.53', srcPort: 40_000, dstPort: 53 };
  const back = { src: '10.0.0.53', dst: CLIENT, srcPort: 53, dstPort: 40_000 };
  return [
    { timeUs, bytes: ethernet(udp(question, ends)) },
    { timeUs: timeUs + 2e4, bytes: ethernet(udp(answer, back)) },
  ];
}

/** A minute of bytes that nobody can read. */
function talk(startUs: number): Frame[] {
  const messages = Array.from({ length: 12 }, (_, at) => ({
    direction: at % 2 === 0 ? ('to-server' as const) : ('to-client' as const),
    atSeconds: at * 5,
    bytes: Buffer.alloc(90, 0xc0 + at),
  }));
  return tcpSession(messages, { client: CLIENT, server: POOL, serverPort: 10_343, startUs });
}

async function itemsOf(folder: string, captures: readonly (readonly Frame[])[]): Promise<string[][]> {
  const store = openStore(join(folder, 'db.sqlite'));
  const found: string[][] = [];
  for (const [at, frames] of captures.entries()) {
    const path = join(folder, `${found.length}-${at}.pcap`);
    writeFileSync(path, pcapFile(frames));
    await scan({
      paths: [path],
      rules,
      store,
      version: '0',
      sensor: {
        format: null,
        sha256: false,
        isHome: () => true,
        stop: new AbortController().signal,
        onProgress: () => undefined,
      },
      onTrouble: (error) => {
        throw error;
      },
      onInput: () => undefined,
    });
    found.push(store.loadSuspect(CLIENT)?.evidence.map(({ item }) => item) ?? []);
  }
  store.close();
  return found;
}

describe('what a scan learns of names', () => {
  it('explains a connection in the next capture, within the time of the answer', async () => {
    const captures = [
      lookUp('xmr.nanopool.org', POOL, START),
      talk(START + 600e6),
      talk(START + 30 * 86_400e6),
    ];
    const [first, second, third] = await itemsOf(temporaryFolder(), captures);
    expect(first).not.toContain('E5');
    expect(second).toContain('E5');
    // A month later the answer explains nothing more: the facts stay those of the second capture.
    expect(third?.filter((item) => item === 'E5')).toEqual(second?.filter((item) => item === 'E5'));
    // Without the first capture the second tells nothing.
    expect((await itemsOf(temporaryFolder(), captures.slice(1, 2)))[0]).toEqual([]);
  });
});
