import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What the built command says when something is wrong around it, as its user meets it. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = join(ROOT, 'bin', 'rigwatch.js');
const DEMO = join(ROOT, 'fixtures', 'demo', 'input.pcapng');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rigwatch-trouble-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENV = { ...process.env, LANG: 'C.UTF-8', LC_ALL: '', LC_MESSAGES: '' };
const path = (name: string) => join(folder, name);

function rigwatch(args: readonly string[], out: 'pipe' | number = 'pipe') {
  const child = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env: ENV,
    encoding: 'utf8',
    stdio: ['ignore', out, 'pipe'],
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

function started(args: readonly string[]): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: ENV, stdio: 'pipe' });
  return { child, ended: new Promise((resolve) => child.on('exit', resolve)) };
}

describe('output that cannot be written', () => {
  // 1 would say that --fail-on was met.
  it.skipIf(process.platform !== 'linux')('is told in one line, with exit code 2', () => {
    const full = openSync('/dev/full', 'w');
    const db = path('full.sqlite');
    const { code, err } = rigwatch(['scan', DEMO, '--quiet', '--db', db], full);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'rigwatch: standard output: cannot be written (the disk is full); what was printed is cut short\n',
    });
    expect(rigwatch(['verdicts', '--db', db]).out).toContain('confirmed');
  });
});

describe('a run that is stopped', () => {
  it('ends while a FIFO has no writer yet', async () => {
    expect(spawnSync('mkfifo', [path('nobody')]).status).toBe(0);
    const args = ['scan', 'nobody', '--log-level', 'info', '--db', path('nobody.sqlite')];
    const { child, ended } = started(args);
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });

  it('saves and says 129 when the terminal goes away, and how far it came', { timeout: 60_000 }, async () => {
    expect(spawnSync('mkfifo', [path('endless')]).status).toBe(0);
    const args = ['scan', 'endless', 'after.pcap', '--db', path('hup.sqlite')];
    copyFileSync(DEMO, path('after.pcap'));
    const { child, ended } = started(args);
    let err = '';
    child.stderr?.on('data', (text) => {
      err += text;
    });
    const demo = readFileSync(DEMO);
    const writer = createWriteStream(path('endless'));
    writer.on('error', () => undefined);
    await new Promise((resolve) => writer.write(Buffer.concat([demo, demo.subarray(0, 180_000)]), resolve));
    child.kill('SIGHUP');
    expect(await ended).toBe(129);
    writer.destroy();
    expect(err).toMatch(/endless: reading was stopped after \d+ bytes; what was found until then is kept\n/);
    expect(err).toContain('after.pcap: not read, the run was stopped before\n');
    expect(rigwatch(['verdicts', '--db', path('hup.sqlite')]).out).toContain('confirmed');
  });
});

describe('inputs that are none', () => {
  it('are named: an empty folder, a link that leads nowhere', () => {
    mkdirSync(path('empty'));
    symlinkSync('/nowhere/at/all', path('broken'));
    const db = path('none.sqlite');
    expect(rigwatch(['scan', 'empty', '--quiet', '--db', db])).toMatchObject({
      code: 2,
      err: 'rigwatch: empty: no files in this folder\n',
    });
    expect(rigwatch(['scan', 'broken', '--quiet', '--db', db])).toMatchObject({
      code: 2,
      err: 'rigwatch: broken: a link to /nowhere/at/all, which is not there\n',
    });
  });

  it('leaves its own database out of the folder that holds it', () => {
    mkdirSync(path('here'));
    copyFileSync(DEMO, path('here/my.pcap'));
    const scan = () => rigwatch(['scan', 'here', '--quiet', '--db', path('here/rigwatch.sqlite')]);
    expect(scan()).toMatchObject({ code: 0, err: '' });
    expect(scan()).toMatchObject({ code: 0, err: '' });
    copyFileSync(path('here/rigwatch.sqlite'), path('here/other.sqlite'));
    expect(scan()).toMatchObject({ code: 3, err: expect.stringContaining('here/other.sqlite: SQLite') });
  });
});

describe('a database that is none', () => {
  it('is a folder', () => {
    expect(rigwatch(['verdicts', '--db', folder])).toMatchObject({
      code: 2,
      err: `rigwatch: database ${folder}: it is a folder; name a file with --db\n`,
    });
  });

  it('is damaged where its schema lies', () => {
    const db = path('damaged.sqlite');
    rigwatch(['scan', DEMO, '--quiet', '--db', db]);
    rigwatch(['cases', 'update', '--db', db]);
    const bytes = readFileSync(db);
    bytes.fill(0xa5, 4096, 40 * 4096);
    for (const ending of ['-wal', '-shm']) rmSync(`${db}${ending}`, { force: true });
    writeFileSync(db, bytes);
    for (const command of [['verdicts'], ['cases', 'list'], ['scan', DEMO]]) {
      const { code, err } = rigwatch([...command, '--quiet', '--db', db]);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^rigwatch: database .*damaged/) });
    }
  });
});
