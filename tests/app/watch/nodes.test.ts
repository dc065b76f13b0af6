import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { Watch } from '../../../src/app/pipeline/watch/watch.js';
import { openStore, type Store } from '../../../src/deliver/store/index.js';
import type { RuleSet } from '../../../src/model/rule.js';
import { temporaryFolder } from '../../deliver/samples.js';
import { pcapFile, tcpSession } from '../../support/frames.js';
import { electrumSession } from '../../support/sessions.js';
import { FakeSource } from './fake-source.js';

let rules: RuleSet;
beforeAll(async () => {
  rules = await loadRules([]);
});

async function begin(store: Store, source: FakeSource): Promise<Watch> {
  const watch = new Watch({
    sources: [source],
    rules,
    store,
    version: 'test',
    format: null,
    intervalMs: 1000,
    minLevel: 'suspected',
    targets: [],
    isHome: (ip) => ip.startsWith('10.'),
    nowMs: () => Date.parse('2026-03-02T02:00:00Z'),
    onNews: () => undefined,
    onTrouble: () => undefined,
  });
  await watch.start();
  return watch;
}

const session = (port: number) =>
  tcpSession(electrumSession(), {
    client: '10.0.0.7',
    server: '192.0.2.50',
    clientPort: port,
    serverPort: 50_001,
  });
const capture = {
  name: 'a.pcap',
  bytes: pcapFile([...session(40_001), ...session(40_002), ...session(40_003)]),
};

it('keeps nodes and wallets of coins, each conversation counted once, whatever the database does or kills', async () => {
  const path = `${temporaryFolder()}/db.sqlite`;
  const store = openStore(path, { busyMs: 0 });
  const other = openStore(path, { busyMs: 0 });
  onTestFinished(() => {
    store.close();
    other.close();
  });
  const source = new FakeSource();
  const watch = await begin(store, source);
  const third = Math.ceil(capture.bytes.length / 3);
  source.bring(capture, third);
  other.atomically(() => expect(watch.checkpoint()).toBe(false));
  source.bring(capture, third);
  expect(watch.checkpoint()).toBe(true);
  expect(watch.checkpoint()).toBe(true);

  // Killed: the next process knows what was saved, and no more.
  const again = new FakeSource();
  const next = await begin(store, again);
  while (again.bring(capture, 700)) expect(next.checkpoint()).toBe(true);
  expect(next.checkpoint()).toBe(true);
  expect(store.nodes()).toMatchObject([
    { ip: '10.0.0.7', protocol: 'electrum', sessions: 3, peers: 1, peer: { ip: '192.0.2.50', port: 50_001 } },
  ]);
});
