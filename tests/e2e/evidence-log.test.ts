import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { EvidenceRecorder } from '../../src/app/pipeline/evidence-recorder.js';
import { entriesOf } from '../../src/deliver/evidence/read.js';
import { verifyFiles } from '../../src/deliver/evidence/verify.js';
import { openStore } from '../../src/deliver/store/index.js';
import { sampleVerdict, temporaryFolder } from '../deliver/samples.js';
import { pcapFile, tcpSession } from '../support/frames.js';
import { randomFrom } from '../support/random.js';
import { moneroSession } from '../support/sessions.js';

/** The evidence log as users get it: the built command, files on the disk, kills. `npm test` builds it first. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = join(ROOT, 'bin', 'rigwatch.js');
const DEMO = join(ROOT, 'fixtures', 'demo', 'input.pcapng');
/** Confirmed, and one that is probable: what is flagged is logged. */
const FLAGGED = ['10.20.3.17', '10.20.5.8', '10.20.7.101', '10.20.9.4', '2001:db8:20::33'];

beforeAll(() => {
  expect(existsSync(join(ROOT, 'dist', 'app', 'cli', 'main.js')), 'npm test builds dist/').toBe(true);
});

function office() {
  const folder = temporaryFolder();
  const rigwatch = (...args: readonly string[]) => {
    const child = spawnSync(process.execPath, [COMMAND, '--db', 'db.sqlite', ...args], {
      cwd: folder,
      env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: '', LC_MESSAGES: '', RIGWATCH_DB: '' },
      encoding: 'utf8',
    });
    return { code: child.status, out: child.stdout, err: child.stderr };
  };
  return { folder, log: join(folder, 'db.sqlite.evidence'), rigwatch };
}

const objects = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('rigwatch scan', () => {
  it('logs each flagged verdict with what it rests on, once', () => {
    const { rigwatch: run } = office();
    const options = ['--anchor', 'anchors.ndjson', '--sensor', 'exit-1', '--clock-offset', '-0.25'];
    expect(run('scan', DEMO, ...options).code).toBe(0);
    expect(run('scan', DEMO, ...options).code).toBe(0);
    const listed = objects(run('evidence', 'list', '--json').out);
    expect(listed.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(
      listed
        .slice(1)
        .map(({ ip }) => ip)
        .sort(),
    ).toEqual(FLAGGED);
    expect(listed[0]).toMatchObject({ kind: 'start', ip: null });
    const logged = listed.slice(1).map(({ kind, change, level }) => `${kind} ${change} ${level}`);
    expect(logged.sort()).toEqual([...Array(4).fill('verdict new confirmed'), 'verdict new probable']);

    const [{ body }] = objects(run('evidence', 'show', '10.20.5.8', '--json').out);
    const sha256 = createHash('sha256').update(readFileSync(DEMO)).digest('hex');
    expect(body).toMatchObject({
      change: 'new',
      before: null,
      rules: expect.stringMatching(/^[0-9a-f]{12}$/),
      sensor: { name: 'exit-1', clock_offset_seconds: -0.25 },
      sources: [{ path: DEMO, sha256, complete: true, format: 'pcapng', packets: 906 }],
      verdict: { schema: 'rigwatch.verdict/1', ip: '10.20.5.8', level: 'confirmed' },
    });
    expect(body.verdict.arithmetic.at(-1).part).toBe('total');
    expect(body.facts[0]).toMatchObject({ strength: 'decisive', source: DEMO, item: 'P1' });
    const [excerpt] = body.excerpts;
    expect(createHash('sha256').update(Buffer.from(excerpt.pcapng, 'base64')).digest('hex')).toBe(
      excerpt.sha256,
    );
    const found = run('evidence', 'verify', '--anchor', 'anchors.ndjson');
    expect(found).toMatchObject({ code: 0, err: '' });
    expect(found.out).toContain('every byte holds');
    expect(found.out).toContain('anchors.ndjson: 1 of 1 heads hold');
    expect(run('evidence', 'verify', '--lang', 'zh-CN').out).toContain('每个字节均通过验证');
    expect(run('evidence', 'show', '2', '--lang', 'zh-CN').out).toContain('决定性事实');
  });

  it('where the input was not hashed, says which content and which record it was', () => {
    const { folder: at, rigwatch: run } = office();
    writeFileSync(join(at, 'capture.pcap'), pcapFile(tcpSession(moneroSession('wallet', 'rig', 6, 5))));
    expect(run('scan', 'capture.pcap', '--no-sha256').code).toBe(0);
    const [{ body }] = objects(run('evidence', 'show', '10.0.0.1', '--json').out);
    expect(body.sources[0]).toMatchObject({
      sha256: null,
      content_id: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(body.facts[0].record).toBeGreaterThan(0);
    expect(body.facts[0].excerpt.length).toBeGreaterThan(10);
  });

  it('tells of what an insider did to the log, now and in all later runs', () => {
    const { folder: at, log: path, rigwatch: run } = office();
    run('scan', DEMO);
    const whole = readFileSync(path);
    const anchor = join(at, 'anchors.ndjson');
    run('evidence', 'anchor', anchor);

    writeFileSync(path, whole.toString().replace('10.20.5.8', '10.20.5.9'));
    const changed = run('evidence', 'verify');
    expect(changed.code).toBe(1);
    expect(changed.out).toContain('CHANGED');

    const cut = whole.subarray(0, whole.lastIndexOf('\n', whole.length - 2) + 1);
    writeFileSync(path, cut);
    const truncated = run('evidence', 'verify', '--anchor', 'anchors.ndjson');
    expect(truncated.code).toBe(1);
    expect(truncated.out).toContain('every byte holds');
    expect(truncated.out).toContain('db.sqlite: head of entry 6 IS MISSING');
    expect(truncated.out).toContain('anchors.ndjson: head of entry 6 IS MISSING');

    // The next verdict goes on with the log, which says itself what happened.
    writeFileSync(join(at, 'more.pcap'), pcapFile(tcpSession(moneroSession('wallet', 'rig', 6, 5))));
    const later = run('scan', 'more.pcap');
    expect(later.err).toContain('the evidence log is not as the database knew it');
    expect(objects(run('evidence', 'list', '--json').out).map(({ kind }) => kind)).toContain('break');
    expect(run('evidence', 'verify').code).toBe(1);

    rmSync(path);
    const gone = run('evidence', 'verify');
    expect(gone.code).toBe(1);
    expect(gone.out).toContain('head of entry 6 IS MISSING');
  });

  it('keeps its results where the log refuses, says so, and makes up for it', () => {
    const { log: path, rigwatch: run } = office();
    run('evidence', 'key');
    writeFileSync(path, 'not a log\n');
    const refused = run('scan', DEMO, '--json');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('does not begin like a log');
    expect(objects(refused.out)).toHaveLength(7);
    rmSync(path);
    writeFileSync(join(path, '..', 'none.pcap'), pcapFile([]));
    expect(run('scan', 'none.pcap').code).toBe(0);
    expect(objects(run('evidence', 'list', '--json').out)).toHaveLength(1 + FLAGGED.length);
  });
});

describe('rigwatch evidence', () => {
  it('hands over packets and packages that hold without the database', () => {
    const { folder, rigwatch } = office();
    rigwatch('scan', DEMO);
    expect(rigwatch('evidence', 'export', '10.20.3.17', '-o', 'x.pcapng').code).toBe(0);
    expect(rigwatch('evidence', 'export', '10.20.3.17', '-o', 'x.ndjson').code).toBe(0);
    const key = rigwatch('evidence', 'key');
    const other = office();
    for (const name of ['x.pcapng', 'x.ndjson']) copyFileSync(join(folder, name), join(other.folder, name));
    writeFileSync(join(other.folder, 'office.pem'), key.out);
    expect(key.out).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(key.err).toMatch(/key [0-9a-f]{64}/);

    const scanned = objects(other.rigwatch('scan', 'x.pcapng', '--json').out);
    expect(scanned).toMatchObject([{ ip: '10.20.3.17', level: 'confirmed', dialects: ['stratum-v1'] }]);
    expect(other.rigwatch('evidence', 'verify', 'x.ndjson', '--key', 'office.pem').code).toBe(0);
    const [found] = objects(other.rigwatch('evidence', 'verify', 'x.ndjson', '--json').out);
    expect(found).toMatchObject({ kind: 'package', whole: true, entries: 1, key_known: null });
    const text = readFileSync(join(other.folder, 'x.ndjson'), 'utf8');
    writeFileSync(join(other.folder, 'x.ndjson'), text.replace('confirmed', 'suspected'));
    expect(other.rigwatch('evidence', 'verify', 'x.ndjson').code).toBe(1);
  });

  it('has one line for what it cannot do', () => {
    const { folder, rigwatch } = office();
    for (const args of [
      ['verify'],
      ['verify', 'nonsense'],
      ['list'],
      ['list', 'nonsense'],
      ['show', 'x'],
      ['export', '-o', 'x.pcapng'],
      ['export', '10.0.0.1', '-o', 'x.ndjson'],
      ['anchor'],
      ['anchor', 'file'],
      ['verify', '--key', 'none.pem'],
    ]) {
      const { code, err } = rigwatch('evidence', ...args);
      expect([args, code, err.trim().split('\n').length]).toEqual([args, 2, 1]);
    }
    for (const args of [
      ['--clock-offset', 'x'],
      ['--sensor', ''],
      ['--anchor', 'http://['],
    ])
      expect(rigwatch('scan', join(folder, 'none'), ...args).code).toBe(2);
  });
});

const WRITER = `
const { openStore } = await import(process.argv[2] + '/deliver/store/index.js');
const { EvidenceRecorder } = await import(process.argv[2] + '/app/pipeline/evidence-recorder.js');
const { verdict, path } = JSON.parse(process.argv[3]);
const store = openStore(path);
const sensor = { name: 'test', clockOffsetSeconds: null };
const recorder = new EvidenceRecorder(store, { version: '0', sensor, anchor: null, nowMs: Date.now });
for (let round = Date.now(); ; round++) {
  const run = store.beginRun({ startedUs: 1, version: '0', rulesVersion: '0' });
  const level = round % 2 === 0 ? 'confirmed' : 'probable';
  store.saveVerdicts(Array.from({ length: 5 }, (_, at) => ({ ...verdict, ip: '10.0.0.' + at, level })), run);
  recorder.record('0');
  if (process.stdout.writableLength === 0) process.stdout.write('.');
}`;

it('whatever moment it is killed at, every verdict is in the log, once and whole', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'db.sqlite');
  writeFileSync(join(folder, 'writer.mjs'), WRITER);
  const task = JSON.stringify({ verdict: sampleVerdict(), path });
  const random = randomFrom(11);
  for (let kill = 0; kill < 12; kill++) {
    const child = spawn(
      process.execPath,
      [join(folder, 'writer.mjs'), pathToFileURL(join(ROOT, 'dist')).href, task],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    await sleep(random() * 40);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const store = openStore(path);
    const sensor = { name: 'test', clockOffsetSeconds: null };
    const recorder = new EvidenceRecorder(store, { version: '0', sensor, anchor: null, nowMs: Date.now });
    expect(recorder.record('0').isBroken).toBe(false);
    const heads = store.evidenceLog.heads(100_000).map((head) => ({ ...head, source: 'db', isValid: true }));
    const found = verifyFiles([`${path}.evidence`], { fingerprint: null, heads });
    expect(found.faults).toEqual([]);
    expect(found.heads.filter(({ result }) => result !== 'holds')).toEqual([]);
    const last = new Map<unknown, unknown>();
    for (const { kind, body } of entriesOf(`${path}.evidence`)) {
      if (kind !== 'verdict') continue;
      const { ip } = body.verdict as { readonly ip: string };
      expect(last.get(ip)).not.toBe(body.material);
      last.set(ip, body.material);
    }
    const levels = [...store.listVerdicts()].map(({ ip, level }) => [ip, level]);
    for (const [ip, level] of levels) expect(String(last.get(ip)).split(' ')[0]).toBe(level);
    store.close();
  }
});
