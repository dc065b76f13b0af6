import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { EvidenceRecorder } from '../../../src/app/pipeline/evidence-recorder.js';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { Watch } from '../../../src/app/pipeline/watch/watch.js';
import type { RigwatchError } from '../../../src/base/errors.js';
import { parseAnchors } from '../../../src/deliver/evidence/anchor.js';
import { entriesOf } from '../../../src/deliver/evidence/read.js';
import { verifyFiles } from '../../../src/deliver/evidence/verify.js';
import { openStore } from '../../../src/deliver/store/index.js';
import { temporaryFolder } from '../../deliver/samples.js';
import { pcapFile, tcpSession } from '../../support/frames.js';
import { scanBytes } from '../../support/scan-frames.js';
import { moneroSession } from '../../support/sessions.js';
import { FakeSource } from './fake-source.js';

const rules = await loadRules([]);
const START_US = Date.parse('2026-03-02T01:00:00Z') * 1000;

/** Two miners in the classic format, of which a reader needs the header alone to go on anywhere. */
const CAPTURE = pcapFile(
  [1, 2]
    .flatMap((at) =>
      tcpSession(moneroSession(`48${'fakeDemoAddress'.repeat(6)}123`, `rig-${at}`, 10, at), {
        client: `10.20.6.${at}`,
        server: '203.0.113.44',
        serverPort: 14_444,
        clientPort: 41_000 + at,
        startUs: START_US + at * 7e6,
      }),
    )
    .sort((a, b) => a.timeUs - b.timeUs),
);

/** Watches the capture piece by piece, begun anew in the middle of it. */
async function watched(path: string, anchor: string | null): Promise<RigwatchError[]> {
  const troubles: RigwatchError[] = [];
  const file = { name: 'capture', bytes: CAPTURE };
  for (const isLast of [false, true]) {
    const store = openStore(path);
    const nowMs = () => Date.parse('2026-03-02T02:00:00Z');
    const sensor = { name: 'test', clockOffsetSeconds: 1.5 };
    const source = new FakeSource();
    const watch = new Watch({
      sources: [source],
      rules,
      store,
      version: 'test',
      format: null,
      intervalMs: 1000,
      minLevel: 'suspected',
      targets: [],
      evidence: new EvidenceRecorder(store, { version: 'test', sensor, anchor, nowMs }),
      isHome: () => true,
      nowMs,
      onNews: () => undefined,
      onTrouble: (error) => troubles.push(error),
    });
    await watch.start();
    for (let pieces = 0; isLast || pieces < 2; pieces++) {
      const isMore = source.bring(file, 1500);
      watch.checkpoint();
      // Anchors go out between checkpoints.
      await sleep(30);
      if (!isMore) break;
    }
    if (isLast) source.finish(file);
    const stop = new AbortController();
    stop.abort();
    await watch.run(stop.signal);
    store.close();
  }
  return troubles;
}

it('logs what it finds as it finds it, with the packets, over restarts, and anchors it', async () => {
  const bodies: string[] = [];
  const server = createServer((request, answer) => {
    request.on('data', (chunk) => bodies.push(String(chunk)));
    request.on('end', () => answer.end());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const path = join(temporaryFolder(), 'db.sqlite');
  expect(await watched(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).toEqual([]);

  const entries = [...entriesOf(`${path}.evidence`)].filter(({ kind }) => kind === 'verdict');
  const materials = entries.map(({ body }) => `${(body.verdict as { ip: string }).ip} ${body.material}`);
  expect(new Set(materials).size).toBe(materials.length);
  const anchors = parseAnchors(Buffer.from(bodies.join('')));
  const heads = anchors.map((anchor) => ({ ...anchor, source: 'anchors' }));
  const found = verifyFiles([`${path}.evidence`], { fingerprint: null, heads });
  expect(found.faults).toEqual([]);
  expect(found.heads.length).toBeGreaterThan(1);
  expect(found.heads.every(({ result }) => result === 'holds')).toBe(true);
  expect(found.heads.at(-1)?.seq).toBe(found.entries);

  for (const ip of ['10.20.6.1', '10.20.6.2']) {
    const last = entries.filter(({ body }) => (body.verdict as { ip: string }).ip === ip).at(-1);
    expect(last?.body).toMatchObject({
      sensor: { name: 'test', clock_offset_seconds: 1.5 },
      verdict: { level: 'confirmed' },
      sources: [{ path: 'file:///fake', sha256: null, complete: false }],
    });
    const [excerpt] = (last?.body.excerpts ?? []) as { pcapng: string }[];
    const { verdicts } = await scanBytes(Buffer.from(excerpt?.pcapng ?? '', 'base64'));
    expect(verdicts).toMatchObject([{ ip, level: 'confirmed', dialects: ['cryptonote'] }]);
  }
});

it('goes on where the anchor cannot be reached, and says so once', async () => {
  const path = join(temporaryFolder(), 'db.sqlite');
  const troubles = await watched(path, 'http://127.0.0.1:1/');
  // One line for each process that had something to anchor, however often it tried.
  expect([...new Set(troubles.map(({ code }) => code))]).toEqual(['anchor-failed']);
  expect(troubles.length).toBeLessThanOrEqual(2);
  expect(verifyFiles([`${path}.evidence`], { fingerprint: null, heads: [] }).faultCount).toBe(0);
});
