import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The built command as users run it: arguments in; output, exit code and database out. `npm test` builds it first. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = join(ROOT, 'bin', 'rigwatch.js');
const DEMO = join(ROOT, 'fixtures', 'demo', 'input.pcapng');
/** TLS with a known pool that pushes: probable. */
const ENCRYPTED = '10.20.9.4';
const MINERS = ['10.20.3.17', '10.20.5.8', '10.20.7.101', '2001:db8:20::33'];

let folder = '';
beforeAll(() => {
  expect(existsSync(join(ROOT, 'dist', 'app', 'cli', 'main.js')), 'npm test builds dist/').toBe(true);
  folder = mkdtempSync(join(tmpdir(), 'rigwatch-e2e-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENV = { ...process.env, LANG: 'C.UTF-8', LC_ALL: '', LC_MESSAGES: '', NO_COLOR: '1', RIGWATCH_DB: '' };
const database = (name: string) => join(folder, `${name}.sqlite`);

function rigwatch(args: readonly string[], input?: Buffer) {
  const { RIGWATCH_DB: _, ...env } = ENV;
  const child = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env,
    input,
    encoding: 'utf8',
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

const objects = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const confirmed = (text: string) =>
  objects(text)
    .filter(({ level }) => level === 'confirmed')
    .map(({ ip }) => ip)
    .sort();

describe('rigwatch scan', () => {
  it('names the miners of the demo, and nobody else', () => {
    const { code, out, err } = rigwatch(['scan', DEMO, '--json', '--db', database('demo')]);
    expect(code).toBe(0);
    expect(confirmed(out)).toEqual(MINERS);
    const probable = objects(out).filter(({ level }) => level === 'probable');
    expect(probable.map(({ ip }) => ip)).toEqual([ENCRYPTED]);
    expect(err).toContain('4 confirmed, 1 probable');
  });

  it('reads standard input and compressed files alike', () => {
    const bytes = readFileSync(DEMO);
    const packed = join(folder, 'no-name-says-so');
    writeFileSync(packed, gzipSync(bytes));
    expect(confirmed(rigwatch(['scan', '-', '--json', '--db', database('stdin')], bytes).out)).toEqual(
      MINERS,
    );
    expect(confirmed(rigwatch(['scan', packed, '--json', '--db', database('gz')]).out)).toEqual(MINERS);
  });

  it('doubles nothing when it is run again, from the file or from a copy', () => {
    const db = database('again');
    const copy = join(folder, 'copy.pcapng.gz');
    writeFileSync(copy, gzipSync(readFileSync(DEMO)));
    const first = rigwatch(['scan', DEMO, '--json', '--db', db]).out;
    expect(rigwatch(['scan', DEMO, '--json', '--db', db]).out).toBe(first);
    rigwatch(['scan', copy, '--json', '--db', db]);
    const stored = objects(rigwatch(['verdicts', '--json', '--db', db]).out);
    const counts = (all: Record<string, unknown>[]) =>
      all.map(({ ip, sessions, score }) => ({ ip, sessions, score }));
    expect(counts(stored)).toEqual(counts(objects(first)));
  });

  it('accounts for its inputs in the summary', () => {
    const summary = join(folder, 'summary.json');
    const cut = join(folder, 'cut.pcapng');
    writeFileSync(cut, readFileSync(DEMO).subarray(0, 100_001));
    const { code } = rigwatch(['scan', cut, DEMO, '--summary', summary, '--db', database('sum')]);
    expect(code).toBe(3);
    const run = JSON.parse(readFileSync(summary, 'utf8'));
    expect(run).toMatchObject({
      schema: 'rigwatch.run/1',
      inputs: [{ complete: false }, { complete: true }],
    });
    expect(run.inputs[0].problems[0]).toMatchObject({ code: 'truncated-tail', count: 1 });
    expect(run.inputs[1].sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(run.packets).toBe(run.inputs[0].packets + run.inputs[1].packets);
  });

  it('reads flow records of any columns through a mapping file', () => {
    const mapping = join(folder, 'mapping.yaml');
    const records = join(folder, 'records.csv');
    const rules = join(folder, 'rules');
    mkdirSync(rules);
    writeFileSync(
      join(rules, 'pools.csv'),
      'host,kind,ports,operator,role,confidence,source,first_seen,last_seen\n198.51.100.9,ip,3333,Demo,pool,high,test,2026-01-01,2026-03-01\n',
    );
    writeFileSync(
      mapping,
      'format: csv\ntime: s\nfields: {src: client, dst: server, srcPort: from, dstPort: to, protocol: proto, start: began, end: ended, packets: pk, bytes: by}\n',
    );
    writeFileSync(
      records,
      'client,from,server,to,proto,began,ended,pk,by\n10.1.1.1,50000,198.51.100.9,3333,6,1771000000,1771003600,500,90000\n198.51.100.9,3333,10.1.1.1,50000,6,1771000000,1771003600,500,120000\n',
    );
    const args = [
      'scan',
      records,
      '--mapping',
      mapping,
      '--rules',
      rules,
      '--json',
      '--db',
      database('flows'),
    ];
    const { code, out, err } = rigwatch(args);
    expect(objects(out)).toEqual([
      expect.objectContaining({ ip: '10.1.1.1', level: 'suspected', active_seconds: 3600, sessions: 1 }),
    ]);
    expect(err).toContain('2 flow records');
    expect(code).toBe(0);
    writeFileSync(mapping, 'format: csv\nfields: {source: client}\n');
    expect(rigwatch(args)).toMatchObject({ code: 2, err: expect.stringContaining('unknown field') });
  });

  it('keeps the exit codes of the contract', () => {
    const db = database('codes');
    expect(rigwatch(['scan', DEMO, '--fail-on', 'confirmed', '--db', db]).code).toBe(1);
    expect(rigwatch(['scan', '/nowhere', '--db', db]).code).toBe(2);
    expect(rigwatch(['scan', COMMAND, '--db', db]).code).toBe(2);
    expect(rigwatch(['scan', COMMAND, DEMO, '--db', db]).code).toBe(3);
    expect(rigwatch(['scan', DEMO, '--home', 'nonsense', '--db', db])).toMatchObject({ code: 2 });
    expect(rigwatch(['scan', DEMO, '--db', join(folder, 'none', 'x.sqlite')]).code).toBe(2);
    expect(rigwatch(['frobnicate']).code).toBe(2);
    expect(rigwatch(['--help']).code).toBe(0);
  });

  it('says what is wrong in one line, as an object with --json', () => {
    const plain = rigwatch(['scan', '/nowhere', '--db', database('err')]);
    expect(plain.err.trim()).toBe('rigwatch: /nowhere: no such file or folder');
    const json = rigwatch(['scan', '/nowhere', '--json', '--db', database('err')]);
    expect(objects(json.err)).toEqual([
      expect.objectContaining({ schema: 'rigwatch.error/1', code: 'input-missing' }),
    ]);
    expect(plain.out + json.out).toBe('');
  });

  it('lets no file name act on the terminal', () => {
    const name = join(folder, 'evil\u001b[31m\u0007.pcap');
    writeFileSync(name, 'no capture');
    for (const args of [[name], [`${name}.missing`]]) {
      const { code, err } = rigwatch(['scan', ...args, '--db', database('evil')]);
      expect(code).toBe(2);
      expect(err).toContain('evil\\x1b[31m\\x07.pcap');
      expect(err).not.toContain('\u001b');
    }
  });

  it('judges only the monitored networks when told them', () => {
    const { out } = rigwatch(['scan', DEMO, '--json', '--home', '10.20.5.0/24', '--db', database('home')]);
    expect(objects(out).map(({ ip }) => ip)).toEqual(['10.20.5.8']);
  });

  it('stops at Ctrl-C, keeps what is known, and says 130', { timeout: 300_000 }, async () => {
    const db = database('stop');
    const { RIGWATCH_DB: _, ...env } = ENV;
    const fifo = join(folder, 'endless');
    expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
    const child = spawn(process.execPath, [COMMAND, 'scan', fifo, '--json', '--db', db], { env });
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    const exit = exitOf(child);
    // A pipe holds 64 KiB: once all is written, the first of the two sections has been read.
    const demo = readFileSync(DEMO);
    const writer = createWriteStream(fifo);
    writer.on('error', () => undefined);
    await new Promise((resolve) => writer.write(Buffer.concat([demo, demo.subarray(0, 180_000)]), resolve));
    child.kill('SIGINT');
    expect(await exit).toBe(130);
    writer.destroy();
    expect(confirmed(out).length).toBeGreaterThan(0);
    expect(confirmed(rigwatch(['verdicts', '--json', '--db', db]).out)).toEqual(confirmed(out));
  });

  it('loses nothing that was known when it is killed, and doubles nothing afterwards', async () => {
    const db = database('kill');
    rigwatch(['scan', DEMO, '--db', db]);
    const before = rigwatch(['verdicts', '--json', '--db', db]).out;
    const { RIGWATCH_DB: _, ...env } = ENV;
    for (const delayMs of [60, 120, 180, 300]) {
      const child = spawn(process.execPath, [COMMAND, 'scan', DEMO, '--json', '--db', db], {
        env,
        stdio: 'ignore',
      });
      // It may be done before it is killed.
      const over = exitOf(child);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      child.kill('SIGKILL');
      await over;
      expect(rigwatch(['verdicts', '--json', '--db', db]).out).toBe(before);
    }
    rigwatch(['scan', DEMO, '--db', db]);
    expect(rigwatch(['verdicts', '--json', '--db', db]).out).toBe(before);
  });

  it('ends quietly when the reader of its output goes away', () => {
    const line = `"${process.execPath}" "${COMMAND}" scan "${DEMO}" --json --quiet --db "${database('pipe')}" | head -c 1`;
    const { status, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${line}`], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('says and keeps what it came to, though nobody reads its output', () => {
    const summary = join(folder, 'unread.json');
    const options = `--fail-on confirmed --summary "${summary}" --quiet --db "${database('unread')}"`;
    const line = `"${process.execPath}" "${COMMAND}" scan "${DEMO}" ${options} | true`;
    const { status, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${line}`], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(readFileSync(summary, 'utf8'))).toMatchObject({ schema: 'rigwatch.run/1' });
  });
});

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', resolve));
}

describe('rigwatch verdicts and export', () => {
  it('explain one address, and list suspects for other tools', () => {
    const db = database('lists');
    rigwatch(['scan', DEMO, '--db', db]);
    expect(rigwatch(['verdicts', '10.20.3.17', '--db', db]).out).toContain('rack2x03');
    expect(rigwatch(['verdicts', '10.20.3.17', '--db', db, '--lang', 'zh-CN']).out).toMatch(
      /[\u4e00-\u9fff]{4}/,
    );
    const flagged = [...MINERS, ENCRYPTED].sort();
    expect(rigwatch(['export', 'txt', '--db', db]).out.trim().split('\n').sort()).toEqual(flagged);
    expect(rigwatch(['export', 'csv', '--db', db]).out.split('\n')).toHaveLength(flagged.length + 2);
    expect(objects(rigwatch(['export', 'jsonl', '--db', db]).out)).toHaveLength(flagged.length);
  });

  it('writes Chinese briefs without a sentence of English, but for quotes and paths', () => {
    const db = database('chinese');
    rigwatch(['scan', DEMO, '--db', db]);
    for (const ip of [...MINERS, ENCRYPTED, '10.20.12.9', '10.20.11.5']) {
      const { out } = rigwatch(['verdicts', ip, '--db', db, '--lang', 'zh-CN']);
      const words = out.replaceAll('rigwatch units import', '');
      expect(words.match(/\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/g) ?? [], ip).toEqual([]);
    }
  });
});
