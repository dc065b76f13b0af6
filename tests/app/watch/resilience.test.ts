import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { watchHealth } from '../../../src/app/pipeline/watch/health.js';
import { isNews, type News } from '../../../src/app/pipeline/watch/news.js';
import { Watch, type WatchRequest } from '../../../src/app/pipeline/watch/watch.js';
import { InputError, type RigwatchError, StoreError } from '../../../src/base/errors.js';
import { phrase } from '../../../src/base/phrase.js';
import type { NotifyTarget } from '../../../src/deliver/notify/target.js';
import { openStore, type Store } from '../../../src/deliver/store/index.js';
import type { Declaration } from '../../../src/model/declaration.js';
import type { RuleSet } from '../../../src/model/rule.js';
import { netflow5, netflow9 } from './exports.js';
import { FakeSource } from './fake-source.js';
import { minerLogs } from './logs.js';

let rules: RuleSet;
beforeAll(async () => {
  rules = await loadRules([]);
});

const NOW_MS = Date.parse('2026-03-02T02:00:00Z');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rigwatch-watch-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function begin(store: Store, sources: readonly FakeSource[], more: Partial<WatchRequest> = {}) {
  const news: News[] = [];
  const troubles: RigwatchError[] = [];
  const clock = { nowMs: NOW_MS };
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
    nowMs: () => clock.nowMs,
    onNews: (more) => news.push(...more),
    onTrouble: (error) => troubles.push(error),
    ...more,
  });
  await watch.start();
  return { watch, news, troubles, clock };
}

const logs = { name: 'conn.log', bytes: minerLogs(3).conn };
/** Facts of connections and look-ups; patterns of many records are told at intervals of their own. */
const factsOf = (store: Store, ip: string) =>
  (store.loadSuspect(ip)?.evidence ?? []).filter(({ rule }) => !rule.startsWith('flow-pattern.'));
const facts = (store: Store) =>
  store.suspects().map((ip) => ({ ip, facts: factsOf(store, ip).map(({ count }) => count) }));

it('keeps what the database refuses, tells it once, and saves it with the next checkpoint', async () => {
  const path = join(folder(), 'db.sqlite');
  const store = openStore(path, { busyMs: 0 });
  const source = new FakeSource();
  const { watch, troubles, news } = await begin(store, [source]);
  source.bring(logs, 30_000);
  const other = openStore(path, { busyMs: 0 });
  other.atomically(() => {
    expect(watch.checkpoint()).toBe(false);
    expect(watch.checkpoint()).toBe(false);
  });
  expect(troubles.map(({ code }) => code)).toEqual(['store-locked']);
  expect(news).toEqual([]);
  expect(watch.figures()).toMatchObject({ checkpointMs: null });
  expect(watch.figures().unsaved).toBeGreaterThan(0);
  source.bring(logs, 1_000_000);
  expect(watch.checkpoint()).toBe(true);
  const late = facts(store);
  other.close();
  store.close();

  const smooth = openStore(join(folder(), 'db.sqlite'));
  const same = new FakeSource();
  const calm = await begin(smooth, [same]);
  same.bring(logs, 1_000_000);
  calm.watch.checkpoint();
  expect(late).toEqual(facts(smooth));
  expect(late.length).toBe(12);
  smooth.close();
});

it('counts no verdict that was rolled back', async () => {
  const store = openStore(join(folder(), 'db.sqlite'));
  const source = new FakeSource();
  const { watch, troubles } = await begin(store, [source]);
  source.bring(logs, 1_000_000);
  const atomically = store.atomically.bind(store);
  vi.spyOn(store, 'atomically').mockImplementationOnce((work) =>
    atomically(() => {
      work();
      throw new StoreError('store-full', phrase`the disk is full`);
    }),
  );
  const suspected = () => watch.figures().levels.find(({ level }) => level === 'suspected')?.count ?? 0;
  expect(watch.checkpoint()).toBe(false);
  expect(troubles).toMatchObject([{ code: 'store-full' }]);
  expect([suspected(), watch.figures().unsaved]).toEqual([0, 12]);
  expect(watch.checkpoint()).toBe(true);
  expect(suspected()).toBeGreaterThan(0);
  store.close();
});

it('tells each kind of trouble of a source once, and counts it by its code', async () => {
  const store = openStore(join(folder(), 'db.sqlite'));
  const source = new FakeSource('file:///var/log/zeek');
  const { watch, troubles } = await begin(store, [source]);
  const message = phrase`${'/var/log/zeek/dns.log'}: cannot be read (${phrase`permission denied`})`;
  const trouble = { code: 'file-unreadable', atByte: 0, count: 1, message };
  source.problems = [trouble];
  watch.checkpoint();
  source.problems = [{ ...trouble, count: 7 }];
  watch.checkpoint();
  expect(troubles.map(({ code, message }) => [code, message])).toEqual([
    ['file-unreadable', 'file:///var/log/zeek: /var/log/zeek/dns.log: cannot be read (permission denied)'],
  ]);
  const health = watchHealth({
    intervalMs: 1000,
    version: 'test',
    nowMs: () => NOW_MS,
    figures: () => watch.figures(),
  });
  const metric = health.metrics().find(({ name }) => name === 'rigwatch_source_problems_total');
  expect(metric?.samples).toEqual([
    { labels: { source: 'file:///var/log/zeek', code: 'file-unreadable' }, value: 7 },
  ]);
  store.close();
});

it('gives way to another process that watches into the same database, and saves nothing any more', async () => {
  const path = join(folder(), 'db.sqlite');
  const [first, second] = [openStore(path), openStore(path)];
  const [a, b] = [new FakeSource('file:///a'), new FakeSource('file:///b')];
  const old = await begin(first, [a]);
  a.bring(logs, 1_000_000);
  const running = old.watch.run(new AbortController().signal);
  const young = await begin(second, [b]);
  await expect(running).rejects.toMatchObject({ code: 'store-conflict', exitCode: 2 });
  // Whoever runs it tells it: once is enough.
  expect(old.troubles).toEqual([]);
  expect(second.suspects()).toEqual([]);
  b.bring(logs, 1_000_000);
  young.watch.checkpoint();
  expect(second.suspects()).toHaveLength(12);
  first.close();
  second.close();
});

it('leaves the database to who watches into it, where it cannot open its own sources', async () => {
  const path = join(folder(), 'db.sqlite');
  const [first, second] = [openStore(path), openStore(path)];
  const [a, b] = [new FakeSource(), new FakeSource()];
  const old = await begin(first, [a]);
  b.start = () => Promise.reject(new InputError('port-taken', phrase`the port is taken`));
  await expect(begin(second, [b])).rejects.toMatchObject({ code: 'port-taken' });
  a.bring(logs, 1_000_000);
  expect(old.watch.checkpoint()).toBe(true);
  expect(first.suspects()).toHaveLength(12);
  // One that can takes over, as ever.
  await begin(second, [new FakeSource('file:///b')]);
  expect(old.watch.checkpoint()).toBe(false);
  first.close();
  second.close();
});

it('tells what is new and what rises, and nothing below the level asked for', () => {
  expect(isNews('suspected', null, 'suspected')).toBe(true);
  expect(isNews('suspected', null, 'probable')).toBe(false);
  expect(isNews('confirmed', 'suspected', 'probable')).toBe(true);
  expect(isNews('confirmed', 'confirmed', 'suspected')).toBe(false);
  expect(isNews('suspected', 'confirmed', 'suspected')).toBe(false);
  expect(isNews('cleared', null, 'suspected')).toBe(false);
});

/** A target that takes nothing until it is told to. */
function stubborn(): NotifyTarget & { bodies: string[]; takes: boolean; tries: number } {
  return {
    name: 'test',
    key: 'test',
    bodies: [],
    takes: false,
    tries: 0,
    async send(bodies) {
      this.tries++;
      if (!this.takes) throw new InputError('notify-refused', phrase`not yet`);
      this.bodies.push(...bodies);
    },
    close: async () => undefined,
  };
}

it('delivers what could not be delivered before it was killed, once', async () => {
  const path = join(folder(), 'db.sqlite');
  const target = stubborn();
  const store = openStore(path);
  const source = new FakeSource();
  const { watch, troubles } = await begin(store, [source], { targets: [target] });
  source.bring(logs, 1_000_000);
  watch.checkpoint();
  await expect.poll(() => target.tries).toBe(1);
  expect(troubles.map(({ code }) => code)).toEqual(['notify-failed']);
  expect(watch.figures().targets[0]).toMatchObject({ waiting: 12, delivered: 0, failures: 1 });
  store.close();

  target.takes = true;
  const again = openStore(path);
  const next = await begin(again, [new FakeSource()], { targets: [target] });
  await expect.poll(() => target.bodies.length).toBe(12);
  next.watch.checkpoint();
  await expect.poll(() => next.watch.figures().targets[0]?.waiting).toBe(0);
  const objects = target.bodies.map(
    (body) => JSON.parse(body) as { ip: string; schema: string; notice: object },
  );
  expect(new Set(objects.map(({ ip }) => ip)).size).toBe(12);
  expect(objects[0]).toMatchObject({ schema: 'rigwatch.verdict/1', notice: { change: 'new', before: null } });
  again.close();
});

it('explains flows after a restart by DNS answers of before', async () => {
  const path = join(folder(), 'db.sqlite');
  const lines = logs.bytes.toString().trimEnd().split('\n');
  const file = (kind: RegExp) => ({
    name: String(kind),
    bytes: Buffer.from(
      lines
        .filter((line) => kind.test(line))
        .map((line) => `${line}\n`)
        .join(''),
    ),
  });
  const store = openStore(path);
  const source = new FakeSource();
  const { watch } = await begin(store, [source]);
  source.bring(file(/"query"/), 1_000_000);
  watch.checkpoint();
  store.close();
  const again = openStore(path);
  const later = new FakeSource();
  const next = await begin(again, [later]);
  later.bring(file(/"duration"/), 1_000_000);
  next.watch.checkpoint();
  const rulesOf = factsOf(again, '10.20.7.1').map(({ rule }) => rule);
  expect(rulesOf).toEqual(['endpoint.dns-lookup', 'endpoint.dns-flow']);
  again.close();
});

it('goes on under new rules without losing what it knows', async () => {
  const store = openStore(join(folder(), 'db.sqlite'));
  const source = new FakeSource();
  const { watch } = await begin(store, [source]);
  source.bring(logs, 40_000);
  watch.useRules(await loadRules([]));
  source.bring(logs, 1_000_000);
  watch.checkpoint();
  const whole = openStore(join(folder(), 'db.sqlite'));
  const same = new FakeSource();
  const calm = await begin(whole, [same]);
  same.bring(logs, 1_000_000);
  calm.watch.checkpoint();
  expect(facts(store)).toHaveLength(12);
  expect(facts(store)).toEqual(facts(whole));
  store.close();
  whole.close();
});

it('judges by the new rules from then on', async () => {
  const dir = folder();
  const mine = 'id: endpoint.dns-flow';
  writeFileSync(
    join(dir, 'mine.yaml'),
    `kind: endpoint\nrules:\n  - ${mine}\n    enabled: false\n  - id: endpoint.dns-flow-shared\n    enabled: false\n`,
  );
  const store = openStore(join(folder(), 'db.sqlite'));
  const source = new FakeSource();
  const { watch } = await begin(store, [source]);
  watch.useRules(await loadRules([dir]));
  source.bring(logs, 1_000_000);
  watch.checkpoint();
  const found = factsOf(store, '10.20.7.1').map(({ rule }) => rule);
  expect(found).toEqual(['endpoint.dns-lookup']);
  store.close();
});

it('sums what sources bring, over restarts', async () => {
  const path = join(folder(), 'db.sqlite');
  const sums = (store: Store) => {
    const text = store.live.noted(store.findInput('live udp://test')?.inputId ?? 0);
    return JSON.parse(text ?? '{}') as { flow_records: number; record_bytes: number };
  };
  for (let run = 1; run <= 3; run++) {
    const store = openStore(path);
    const source = new FakeSource('udp://test');
    const { watch } = await begin(store, [source]);
    source.message('192.0.2.1', netflow5(run * 10, 10, NOW_MS / 1000), NOW_MS * 1000);
    source.message('192.0.2.1', Buffer.from('this is no flow export at all'), NOW_MS * 1000);
    watch.checkpoint();
    expect(sums(store)).toMatchObject({ flow_records: run * 10, record_bytes: run * 10 * 1500 });
    expect(watch.figures().counters['live.not-an-export']).toBe(1);
    expect(watch.figures().exporters[0]).toMatchObject({ exporter: '192.0.2.1', records: 10 });
    store.close();
  }
});

it('ends when its sources have, and says why when one failed', async () => {
  const store = openStore(join(folder(), 'db.sqlite'));
  const [a, b] = [new FakeSource('file:///a'), new FakeSource('file:///b')];
  const { watch, troubles } = await begin(store, [a, b]);
  const running = watch.run(new AbortController().signal);
  a.fail(new InputError('capture-ended', phrase`it died`));
  await expect.poll(() => troubles.length).toBe(1);
  b.bring(logs, 1_000_000);
  b.end();
  await expect(running).rejects.toMatchObject({ code: 'capture-ended' });
  // What the other brought is saved all the same.
  expect(store.suspects()).toHaveLength(12);
  store.close();
});

it('forgets conversations of records that are over, and holds no more than its bounds', async () => {
  const store = openStore(join(folder(), 'db.sqlite'));
  const source = new FakeSource();
  const { watch, clock } = await begin(store, [source]);
  source.bring(logs, 1_000_000);
  watch.checkpoint();
  expect(watch.figures().feeds[0]?.conversations).toBe(12);
  clock.nowMs += 3_600_000;
  watch.checkpoint();
  expect(watch.figures().feeds[0]?.conversations).toBe(0);
  store.close();
});

it('reads records by templates of before a restart, unless the pause was long', async () => {
  const path = join(folder(), 'db.sqlite');
  const run = async (pauseMs: number, kinds: readonly ('template' | 'data')[]) => {
    const store = openStore(path);
    const source = new FakeSource('netflow://test');
    const { watch, clock } = await begin(store, [source], { nowMs: () => NOW_MS + pauseMs });
    clock.nowMs += pauseMs;
    kinds.forEach((kind, at) => {
      source.message('192.0.2.1', netflow9(kind, at, (NOW_MS + pauseMs) / 1000), (NOW_MS + pauseMs) * 1000);
    });
    watch.checkpoint();
    const { exporters, feeds } = watch.figures();
    store.close();
    return { records: feeds[0]?.flowRecords, misses: exporters[0]?.templateMisses, held: exporters[0]?.held };
  };
  expect(await run(0, ['template', 'data'])).toEqual({ records: 1, misses: 0, held: 0 });
  expect(await run(60_000, ['data', 'data'])).toEqual({ records: 2, misses: 0, held: 0 });
  expect(await run(3_600_000, ['data'])).toEqual({ records: 0, misses: 1, held: 1 });
  expect(await run(3_660_000, ['data', 'template'])).toEqual({ records: 1, misses: 1, held: 0 });
});

it('takes up no template of a TCP connection, which ended with the process', async () => {
  const path = join(folder(), 'db.sqlite');
  const run = async (...kinds: ('template' | 'data')[]) => {
    const store = openStore(path);
    const source = new FakeSource('ipfix+tcp://test', 'tcp');
    const { watch } = await begin(store, [source]);
    kinds.forEach((kind, at) => {
      source.message('192.0.2.1', netflow9(kind, at, NOW_MS / 1000), NOW_MS * 1000);
    });
    watch.checkpoint();
    const { exporters, feeds } = watch.figures();
    store.close();
    return { records: feeds[0]?.flowRecords, misses: exporters[0]?.templateMisses };
  };
  expect(await run('template', 'data')).toEqual({ records: 1, misses: 0 });
  expect(await run('data')).toEqual({ records: 0, misses: 1 });
});

/** Of `first` to `last`, for ever, whatever they mine. */
function declared(reference: string, first: string, last: string): Declaration {
  return {
    ...{ reference, unitId: null, range: { first, last }, purpose: 'research', approver: 'the office' },
    ...{ fromUs: 1, toUs: null, coins: [], maxMiners: null, hours: null, utcOffsetMinutes: 480 },
  };
}

const EVENT = { atUs: 1, actor: 'test', subject: 'registry', action: 'declare', why: 'a test', detail: {} };

it('raises no alarm over what is declared, also where it was declared while it ran', async () => {
  const store = openStore(join(folder(), 'db.sqlite'));
  store.office.saveDeclarations([declared('R-1', '10.20.7.1', '10.20.7.4')], [EVENT]);
  const source = new FakeSource();
  const { watch, news } = await begin(store, [source]);
  store.office.saveDeclarations([declared('R-2', '10.20.7.5', '10.20.7.8')], [EVENT]);
  watch.useRules(rules);
  source.bring(logs, 1_000_000);
  watch.checkpoint();
  expect(news.map(({ verdict }) => verdict.ip).sort()).toEqual(
    [9, 10, 11, 12].map((at) => `10.20.7.${at}`).sort(),
  );
  expect([...store.listVerdicts()].filter(({ level }) => level === 'cleared')).toHaveLength(8);
  store.close();
});
