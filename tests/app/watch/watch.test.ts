import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { judge } from '../../../src/app/pipeline/judge.js';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { readInput } from '../../../src/app/pipeline/read-input.js';
import type { News } from '../../../src/app/pipeline/watch/news.js';
import { Watch, type WatchRequest } from '../../../src/app/pipeline/watch/watch.js';
import { Counters } from '../../../src/base/counters.js';
import type { RigwatchError } from '../../../src/base/errors.js';
import { openStore, type Store } from '../../../src/deliver/store/index.js';
import { superseding } from '../../../src/detect/rules/match/superseded.js';
import type { LiveSource } from '../../../src/intake/sources/live/live.js';
import type { RuleSet } from '../../../src/model/rule.js';
import type { SuspectFile, Verdict } from '../../../src/model/verdict.js';
import { demoCapture } from '../../support/demo.js';
import { pcapFile, tcpSession } from '../../support/frames.js';
import { randomFrom } from '../../support/random.js';
import { moneroSession } from '../../support/sessions.js';
import { Sqlite } from '../../support/sqlite.js';
import { FakeSource } from './fake-source.js';
import { minerLogs } from './logs.js';

/**
 * Without the rules on sums over hours: what those come to depends on when one looks, and sums that were not told yet are
 * begun anew after a restart (docs/operating.md).
 */
let rules: RuleSet;
beforeAll(async () => {
  const all = await loadRules([]);
  rules = { ...all, rules: all.rules.filter(({ kind }) => kind !== 'flow-pattern') };
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rigwatch-watch-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface Bench {
  readonly watch: Watch;
  readonly news: News[];
  readonly troubles: RigwatchError[];
  nowMs: number;
}

async function begin(
  store: Store,
  sources: readonly LiveSource[],
  more: Partial<WatchRequest> = {},
): Promise<Bench> {
  const bench = {
    news: [] as News[],
    troubles: [] as RigwatchError[],
    nowMs: Date.parse('2026-03-02T02:00:00Z'),
  };
  const watch = new Watch({
    sources,
    rules,
    store,
    version: 'test',
    format: null,
    intervalMs: 1000,
    minLevel: 'suspected',
    targets: [],
    isHome: () => true,
    nowMs: () => bench.nowMs,
    onNews: (news) => bench.news.push(...news),
    onTrouble: (error) => bench.troubles.push(error),
    ...more,
  });
  await watch.start();
  return Object.assign(bench, { watch });
}

/** What a scan of the same bytes finds. */
async function scanned(bytes: Buffer, name: string): Promise<readonly SuspectFile[]> {
  const path = join(folder(), name);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(path, bytes);
  const options = {
    format: null,
    sha256: false,
    isHome: () => true,
    poolServers: [],
    stop: new AbortController().signal,
    onProgress: () => undefined,
  };
  return (await readInput(path, rules, options, new Counters())).suspects;
}

/**
 * What is compared: everything but where it was read, and texts that quote a moment. A session that was told before its
 * last packets (an empty acknowledgement, FIN) does not count them into its facts' last time: those are compared by the
 * second.
 */
function essence(files: readonly SuspectFile[]) {
  const byKey = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  const sorted = (list: readonly object[]) => [...list].sort(byKey);
  return sorted(
    files.map(({ ip, sessions, evidence }) => ({
      ip,
      sessions: sorted(
        sessions.map(
          ({ session, roles, bytesToServer, bytesToClient, firstUs, lastUs, dialect, shares }) => ({
            ...{ session, roles, bytesToServer, bytesToClient, firstUs, lastUs, dialect, shares },
          }),
        ),
      ),
      evidence: sorted(
        superseding(rules)(evidence).map(
          ({ rule, session, count, group, firstUs, lastUs, weight, strength, host, bothDirections }) => ({
            ...{ rule, session, count, weight, strength, host, bothDirections },
            // A rule that needs more than the first part of a session holds from a later one on.
            firstUs: group === 'P' ? 0 : firstUs,
            lastSeconds: Math.round(lastUs / 1e6),
          }),
        ),
      ),
    })),
  );
}

const conclusions = (verdicts: Iterable<Verdict>) =>
  [...verdicts].map(({ ip, level, score }) => `${ip} ${level} ${score.toFixed(6)}`).sort();

/** Miners in the classic format, of which a reader needs the header alone to go on anywhere. */
function minerCapture(): Buffer {
  const login = `48${'fakeDemoAddress'.repeat(6)}123`;
  const frames = [1, 2, 3].flatMap((at) =>
    tcpSession(moneroSession(login, `rig-${at}`, 10, at), {
      client: `10.20.6.${at}`,
      server: '203.0.113.44',
      serverPort: 14_444,
      clientPort: 41_000 + at,
      startUs: Date.parse('2026-03-02T01:00:00Z') * 1000 + at * 7e6,
    }),
  );
  return pcapFile(frames.sort((a, b) => a.timeUs - b.timeUs));
}

const stored = (store: Store) =>
  store
    .suspects()
    .map((ip) => store.loadSuspect(ip))
    .filter((file) => file !== null);

describe.each([
  ['a capture', 'demo.pcapng', () => demoCapture()],
  ['Zeek logs', 'conn.log', () => minerLogs(7).conn],
  ['Suricata events', 'eve.json', () => minerLogs(7).eve],
] as const)('%s', (_, name, make) => {
  it.each([1, 2, 3])('comes to the same as a scan, however it is cut (%i)', async (seed) => {
    const random = randomFrom(seed);
    const bytes = make();
    const store = openStore(join(folder(), 'db.sqlite'));
    const source = new FakeSource();
    const { watch, troubles } = await begin(store, [source]);
    while (source.bring({ name, bytes }, 1 + Math.floor(random() * 20_000)))
      if (random() < 0.3) watch.checkpoint();
    source.finish({ name, bytes });
    const stop = new AbortController();
    stop.abort();
    await watch.run(stop.signal);
    expect(troubles).toEqual([]);
    const expected = await scanned(bytes, name);
    expect(expected.length).toBeGreaterThan(4);
    expect(essence(stored(store))).toEqual(essence(expected));
    expect(conclusions(store.listVerdicts())).toEqual(conclusions(judge(expected, rules)));
    store.close();
  });
});

describe('the register of units', () => {
  const event = { atUs: 0, actor: 'x', subject: 'units', action: 'import', why: '', detail: {} };
  const own = (store: Store, id: string, network: string) => {
    const range = { unitId: id, first: `${network}.0`, last: `${network}.255`, isp: null };
    const always = { fromUs: null, toUs: null, portFrom: null, portTo: null, kind: 'direct' as const };
    const facts = { category: null, regionCode: null, region: null, contacts: null };
    const changes = { units: [{ id, name: id, ...facts }], added: [{ ...range, ...always }] };
    store.office.saveUnits({ ...changes, ended: [], replaced: [] }, event);
  };

  it('is asked for the owner of each address, and anew at a reload', async () => {
    const store = openStore(join(folder(), 'db.sqlite'));
    own(store, 'U1', '10.20.5');
    const source = new FakeSource();
    const { watch, news } = await begin(store, [source]);
    const file = { name: 'demo.pcapng', bytes: demoCapture() };
    while (source.bring(file, 100_000));
    source.finish(file);
    watch.checkpoint();
    const unitOf = (ip: string) => store.loadVerdict(ip)?.unit?.id ?? null;
    expect(news.find(({ verdict }) => verdict.ip === '10.20.5.8')?.verdict.unit?.id).toBe('U1');
    expect([unitOf('10.20.5.8'), unitOf('10.20.3.17')]).toEqual(['U1', null]);
    own(store, 'U2', '10.20.3');
    watch.useRules(rules);
    const db = new Sqlite(store.path);
    db.prepare('UPDATE addresses SET is_stale = 1 WHERE ip = ?').run('10.20.3.17');
    db.close();
    watch.checkpoint();
    expect(unitOf('10.20.3.17')).toBe('U2');
    const stop = new AbortController();
    stop.abort();
    await watch.run(stop.signal);
    store.close();
  });
});

describe('killed again and again', () => {
  it.each([
    ['zeek', 11],
    ['zeek', 12],
    ['zeek', 13],
    ['eve', 14],
    ['eve', 15],
  ] as const)('logs lose and double nothing (%s, %i)', async (kind, seed) => {
    const random = randomFrom(seed);
    const bytes = kind === 'eve' ? minerLogs(seed).eve : minerLogs(seed).conn;
    const path = join(folder(), 'db.sqlite');
    const name = 'conn.log';
    let isMore = true;
    let starts = 0;
    const news: string[] = [];
    while (isMore) {
      starts++;
      const store = openStore(path);
      const source = new FakeSource();
      const bench = await begin(store, [source]);
      // As long as it lives: some pieces, some checkpoints, then gone in the middle of an interval.
      for (let step = 0; step < 12 && isMore; step++) {
        isMore = source.bring({ name, bytes }, 1 + Math.floor((random() * bytes.length) / 20));
        if (random() < 0.4) bench.watch.checkpoint();
      }
      if (!isMore) {
        source.finish({ name, bytes });
        bench.watch.checkpoint();
      }
      news.push(...bench.news.map(({ verdict, before }) => `${verdict.ip} ${before} ${verdict.level}`));
      store.close();
    }
    expect(starts).toBeGreaterThan(2);
    const store = openStore(path);
    const expected = await scanned(bytes, name);
    expect(expected).toHaveLength(12);
    expect(essence(stored(store))).toEqual(essence(expected));
    // Each is told once, over all restarts.
    expect(news.map((line) => line.split(' ')[0]).sort()).toEqual(expected.map(({ ip }) => ip).sort());
    expect(conclusions(store.listVerdicts())).toEqual(conclusions(judge(expected, rules)));
    store.close();
  });

  it.each([
    ['pcapng', 21],
    ['pcapng', 22],
    ['pcap', 23],
  ] as const)('a capture keeps its miners, and each session once (%s, %i)', async (kind, seed) => {
    const random = randomFrom(seed);
    const bytes = kind === 'pcap' ? minerCapture() : demoCapture();
    const path = join(folder(), 'db.sqlite');
    const name = 'demo.pcapng';
    let isMore = true;
    while (isMore) {
      const store = openStore(path);
      const source = new FakeSource();
      const { watch } = await begin(store, [source]);
      for (let step = 0; step < 6 && isMore; step++) {
        isMore = source.bring({ name, bytes }, 1 + Math.floor((random() * bytes.length) / 3));
        if (random() < 0.6) watch.checkpoint();
      }
      if (!isMore) watch.checkpoint();
      store.close();
    }
    const store = openStore(path);
    const expected = await scanned(bytes, name);
    const keys = (files: readonly SuspectFile[]) =>
      files.flatMap(({ ip, sessions }) => sessions.map(({ session }) => `${ip} ${session}`)).sort();
    const expectedKeys = new Set(keys(expected));
    expect(keys(stored(store)).filter((key) => !expectedKeys.has(key))).toEqual([]);
    const confirmed = (verdicts: Iterable<{ ip: string; level: string }>) =>
      [...verdicts]
        .filter(({ level }) => level === 'confirmed')
        .map(({ ip }) => ip)
        .sort();
    expect(confirmed(store.listVerdicts()).length).toBeGreaterThan(2);
    expect(confirmed(store.listVerdicts())).toEqual(confirmed(judge(expected, rules)));
    store.close();
  });
});
