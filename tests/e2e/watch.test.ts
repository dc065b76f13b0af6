import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/deliver/store/index.js';
import { minerLogs } from '../app/watch/logs.js';
import { type Message, pcapFile, tcpSession } from '../support/frames.js';
import { randomFrom } from '../support/random.js';
import { Sqlite } from '../support/sqlite.js';

/** `rigwatch watch` as users run it: built, with real sockets, files, signals and kills. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = join(ROOT, 'bin', 'rigwatch.js');
const SOFTFLOWD = '/usr/sbin/softflowd';

let folder = '';
const running = new Set<ChildProcess>();
beforeAll(() => {
  expect(existsSync(join(ROOT, 'dist', 'app', 'cli', 'main.js')), 'npm test builds dist/').toBe(true);
  folder = mkdtempSync(join(tmpdir(), 'rigwatch-watch-'));
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Running {
  readonly child: ChildProcess;
  readonly said: { out: string; err: string };
  /** Sends a signal and waits for the end; the exit code, or the signal. */
  stop(signal: NodeJS.Signals): Promise<number | string | null>;
}

async function watch(args: readonly string[], input: 'ignore' | 'pipe' = 'ignore'): Promise<Running> {
  const child = spawn(process.execPath, [COMMAND, 'watch', ...args], {
    cwd: folder,
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: '', LC_MESSAGES: '', RIGWATCH_DB: '' },
    stdio: [input, 'pipe', 'pipe'],
  });
  running.add(child);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.out += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.err += chunk;
  });
  const exit = once(child, 'exit').finally(() => running.delete(child));
  await Promise.race([exit, expect.poll(() => said.err, { timeout: 60_000 }).toContain('watching')]);
  return {
    child,
    said,
    async stop(signal) {
      child.kill(signal);
      const [code, by] = (await exit) as [number | null, string | null];
      return code ?? by;
    },
  };
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
  return port;
}

const objects = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** What is known of each suspect, without where it was read. */
function known(db: string) {
  const store = openStore(db, { readOnly: true });
  const all = store.suspects().map((ip) => {
    const file = store.loadSuspect(ip);
    return {
      ip,
      level: store.loadVerdict(ip)?.level,
      sessions: file?.sessions.map(({ session, bytesToServer, bytesToClient, lastUs }) => ({
        ...{ session, bytesToServer, bytesToClient, lastUs },
      })),
      // Patterns of many records are told every five minutes, and begin anew after a kill.
      evidence: file?.evidence
        .filter(({ rule }) => !rule.startsWith('flow-pattern.'))
        .map(({ rule, count, session, weight }) => JSON.stringify([rule, count, session, weight]))
        .sort(),
    };
  });
  store.close();
  return all;
}

function recordsOf(db: string, url: string): number {
  const store = openStore(db, { readOnly: true });
  const text = store.live.noted(store.findInput(`live ${url}`)?.inputId ?? 0);
  store.close();
  return (JSON.parse(text ?? '{"flow_records":0}') as { flow_records: number }).flow_records;
}

describe('a followed log', () => {
  it('killed again and again while it grows and rotates, comes to what a scan finds', async () => {
    const random = randomFrom(5);
    const dir = join(folder, 'zeek');
    mkdirSync(dir);
    const db = join(folder, 'zeek.sqlite');
    const notices = join(folder, 'zeek.ndjson');
    const whole = minerLogs(5).conn;
    const log = join(dir, 'conn.log');
    const url = `file://${dir}/`;
    const args = [url, '--db', db, '--interval', '1s', '--notify', `file:${notices}`];
    let written = 0;
    for (let round = 0; written < whole.length; round++) {
      const running = await watch(args);
      // Lines come in pieces, some of them cut; then it dies, whatever it was doing.
      for (let piece = 0; piece < 6 && written < whole.length; piece++) {
        const next = Math.min(whole.length, written + 1 + Math.floor((random() * whole.length) / 12));
        appendFileSync(log, whole.subarray(written, next));
        written = next;
        await sleep(random() * 400);
      }
      expect(await running.stop('SIGKILL')).toBe('SIGKILL');
      if (round === 1) {
        // Rotation while nobody looks, at a line's end.
        const end = whole.indexOf(10, written) + 1;
        if (end > written) appendFileSync(log, whole.subarray(written, end));
        written = Math.max(written, end);
        renameSync(log, join(dir, 'conn.2026-03-02-01.log'));
      }
    }
    const last = await watch(args);
    const lines = whole.toString().trimEnd().split('\n');
    const connections = lines.filter((line) => line.includes('"duration"')).length;
    await expect.poll(() => recordsOf(db, url), { timeout: 60_000, interval: 200 }).toBe(connections);
    expect(await last.stop('SIGTERM')).toBe(143);
    expect(recordsOf(db, url)).toBe(connections);
    expect(last.said.err).toContain('stopped and saved');

    writeFileSync(join(folder, 'whole.log'), whole);
    const scan = join(folder, 'scan.sqlite');
    spawnSync(process.execPath, [COMMAND, 'scan', 'whole.log', '--db', scan], { cwd: folder });
    expect(known(scan)).toHaveLength(12);
    expect(known(db)).toEqual(known(scan));
    // Sent once each; a kill between delivery and its noting may send one again.
    const sent = objects(readFileSync(notices, 'utf8')).map(({ ip }) => ip);
    expect(new Set(sent).size).toBe(12);
    expect(sent.length).toBeLessThanOrEqual(12 * 2);
  }, 300_000);
});

describe('standard output', () => {
  it('that nobody reads any more ends the watch, after a save of all that was read', async () => {
    const dir = join(folder, 'unread');
    mkdirSync(dir);
    const log = join(dir, 'conn.log');
    const db = join(folder, 'unread.sqlite');
    const url = `file://${log}`;
    const running = await watch([url, '--db', db, '--interval', '1s']);
    const exit = once(running.child, 'exit');
    running.child.stdout?.destroy();
    const whole = minerLogs(5).conn;
    writeFileSync(log, whole);
    expect(await exit).toEqual([2, null]);
    expect(running.said.err).toContain('standard output was closed');
    expect(running.said.err).toContain('stopped and saved');
    const lines = whole.toString().trimEnd().split('\n');
    expect(recordsOf(db, url)).toBe(lines.filter((line) => line.includes('"duration"')).length);
  }, 60_000);
});

describe('rules', () => {
  it('are read again at SIGHUP; bad ones change nothing and cost one line', async () => {
    const rules = join(folder, 'rules');
    mkdirSync(rules);
    const file = join(rules, 'mine.yaml');
    writeFileSync(file, 'kind: endpoint\nrules:\n  - id: endpoint.dns-lookup\n    enabled: false\n');
    const log = join(folder, 'sighup.log');
    const db = join(folder, 'sighup.sqlite');
    writeFileSync(log, '');
    const running = await watch([
      `file://${log}`,
      '--db',
      db,
      '--interval',
      '1s',
      '--rules',
      rules,
      '--json',
    ]);
    writeFileSync(file, 'kind: endpoint\nrules:\n  - id: 7\n    weight: much\n');
    running.child.kill('SIGHUP');
    await expect.poll(() => running.said.err, { timeout: 30_000 }).toContain('the rules were not changed');
    const complaints = objects(
      running.said.err
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .join('\n'),
    );
    expect(complaints).toMatchObject([{ schema: 'rigwatch.error/1', code: 'rules-invalid' }]);
    const whole = minerLogs(6).conn;
    const half = whole.indexOf(10, whole.length / 2) + 1;
    appendFileSync(log, whole.subarray(0, half));
    await expect.poll(() => objects(running.said.out).length, { timeout: 30_000 }).toBeGreaterThan(0);
    writeFileSync(file, 'kind: endpoint\nrules: []\n');
    running.child.kill('SIGHUP');
    await expect.poll(() => running.said.err, { timeout: 30_000 }).toContain('rules read again');
    appendFileSync(log, whole.subarray(half));
    await expect.poll(() => objects(running.said.out).length, { timeout: 30_000 }).toBe(12);
    expect(await running.stop('SIGINT')).toBe(130);
    const rulesSeen = known(db).flatMap(({ evidence }) => evidence ?? []);
    // The look-ups of the first half were off all the while, those of the second on.
    const lookups = rulesSeen.filter((fact) => fact.includes('endpoint.dns-lookup')).length;
    expect(lookups).toBeLessThan(12);
    expect(objects(running.said.out)[0]).toMatchObject({
      schema: 'rigwatch.verdict/1',
      notice: { change: 'new' },
    });
  }, 180_000);
});

describe('the end', () => {
  it('that cannot be saved is said, with exit code 2; the next start reads the file from there', async () => {
    const log = join(folder, 'locked.log');
    const db = join(folder, 'locked.sqlite');
    const args = [log, '--db', db, '--interval', '1s'];
    const { conn } = minerLogs(3);
    writeFileSync(log, conn.subarray(0, 5000));
    const running = await watch(args);
    await expect.poll(() => recordsOf(db, log), { timeout: 30_000 }).toBeGreaterThan(0);
    const lock = new Sqlite(db);
    lock.exec('BEGIN IMMEDIATE');
    appendFileSync(log, conn.subarray(5000));
    await expect.poll(() => running.said.err, { timeout: 30_000 }).toContain('nothing is lost yet');
    expect(await running.stop('SIGTERM')).toBe(2);
    expect(running.said.err).toMatch(/the end could not be saved: what was found since \d{4}-/);
    expect(running.said.err).not.toContain('stopped and saved');
    lock.close();
    const again = await watch(args);
    const lines = conn.toString().trimEnd().split('\n');
    const records = lines.filter((line) => !line.includes('"query"')).length;
    await expect.poll(() => recordsOf(db, log), { timeout: 30_000 }).toBe(records);
    expect(await again.stop('SIGTERM')).toBe(143);
  }, 90_000);

  it('does not come because nobody hears its complaints any more', async () => {
    const secret = join(folder, 'unheard');
    mkdirSync(secret);
    const running = await watch([secret, '--db', join(folder, 'unheard.sqlite'), '--interval', '1s']);
    running.child.stderr?.destroy();
    writeFileSync(join(secret, 'what.log'), 'of no known format\n'.repeat(10_000));
    running.child.kill('SIGHUP');
    await sleep(3000);
    expect(await running.stop('SIGTERM')).toBe(143);
  }, 60_000);
});

describe('what cannot be', () => {
  it('is said in one line, with exit code 2', async () => {
    const taken = createSocket('udp4');
    taken.bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    const attempts: readonly (readonly [string[], RegExp])[] = [
      [[`udp://127.0.0.1:${port}`], new RegExp(`${port}.*(in use|taken)`)],
      [['gopher://x'], /gopher/],
      [['udp://127.0.0.1:0', '--interval', '1h'], /--interval 1h: expected/],
      [['-', '--notify', 'ftp://x'], /--notify ftp:\/\/x: expected/],
      [['-', '--health', 'here'], /--health here: expected/],
    ];
    for (const [args, message] of attempts) {
      const { status, stderr } = spawnSync(
        process.execPath,
        [COMMAND, 'watch', ...args, '--db', join(folder, 'wrong.sqlite')],
        { encoding: 'utf8', input: '' },
      );
      expect([args, status]).toEqual([args, 2]);
      expect(stderr).toMatch(message);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    taken.close();
  }, 180_000);
});

it('ends by itself when standard input does', async () => {
  const db = join(folder, 'stdin.sqlite');
  const { status, stdout } = spawnSync(process.execPath, [COMMAND, 'watch', '-', '--db', db, '--json'], {
    input: minerLogs(8).conn,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(status).toBe(0);
  expect(objects(stdout)).toHaveLength(12);
}, 90_000);

it('says by its exit code that standard input was in no known format', () => {
  const args = ['watch', '-', '--db', join(folder, 'odd.sqlite'), '--quiet'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    input: Buffer.alloc(5000, 0xa7),
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([status, stdout]).toEqual([3, '']);
  expect(stderr).toContain('expected a capture, flow records or a log');
}, 90_000);

describe.skipIf(!existsSync(SOFTFLOWD))('softflowd', () => {
  it.each([
    ['5', 'udp'],
    ['9', 'netflow'],
    ['10', 'ipfix'],
  ])(
    'version %s exports a replayed capture to %s://',
    async (version, scheme) => {
      // softflowd sets all times to now, and lists age: this one is of today.
      const rules = join(folder, `pools-${version}`);
      mkdirSync(rules);
      const today = new Date().toISOString().slice(0, 10);
      const columns =
        'host,kind,ports,tls_ports,operator,coins,region,country,role,confidence,source,first_seen,last_seen,notes';
      writeFileSync(
        join(rules, 'pools.csv'),
        `${columns}\n203.0.113.99,ip,3333,,Test,XMR,,,pool,high,test,2020-01-01,${today},\n`,
      );
      const messages: Message[] = Array.from({ length: 40 }, (_, at) => ({
        direction: at % 2 === 0 ? 'to-server' : 'to-client',
        atSeconds: at * 2,
        bytes: Buffer.from('x'.repeat(200)),
      }));
      const clients = ['10.20.5.1', '10.20.5.2', '10.20.5.3'];
      const frames = clients.flatMap((client, at) =>
        tcpSession(messages, {
          client,
          server: '203.0.113.99',
          serverPort: 3333,
          clientPort: 40_000 + at,
          startUs: Date.parse('2026-03-02T01:00:00Z') * 1000,
        }),
      );
      const capture = join(folder, `pool-${version}.pcap`);
      writeFileSync(capture, pcapFile(frames.sort((a, b) => a.timeUs - b.timeUs)));
      const port = await freePort();
      const health = await freePort();
      const url = `${scheme}://127.0.0.1:${port}`;
      const db = join(folder, `softflowd-${version}.sqlite`);
      const running = await watch([
        url,
        '--rules',
        rules,
        '--db',
        db,
        '--interval',
        '1s',
        '--json',
        '--health',
        `127.0.0.1:${health}`,
      ]);
      const replay = spawnSync(SOFTFLOWD, ['-v', version, '-n', `127.0.0.1:${port}`, '-r', capture, '-d'], {
        timeout: 20_000,
      });
      expect(replay.status).toBe(0);
      await expect
        .poll(
          () =>
            objects(running.said.out)
              .map(({ ip }) => ip)
              .sort(),
          { timeout: 60_000 },
        )
        .toEqual(clients);
      const metrics = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text();
      expect(metrics).toMatch(/rigwatch_exporter_lost_records\{exporter="127\.0\.0\.1"\} 0/);
      expect(metrics).toMatch(/rigwatch_verdicts\{level="suspected"\} 3/);
      expect((await fetch(`http://127.0.0.1:${health}/readyz`)).status).toBe(200);
      expect(await running.stop('SIGTERM')).toBe(143);
      expect(known(db).map(({ level }) => level)).toEqual(['suspected', 'suspected', 'suspected']);
    },
    120_000,
  );
});
