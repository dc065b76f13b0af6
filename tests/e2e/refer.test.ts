import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/app/cli/main.js';
import { sha256, verifyPackage } from '../../src/deliver/refer/package.js';
import { temporaryFolder } from '../deliver/samples.js';
import { pcapFile, tcpSession } from '../support/frames.js';
import { jsonLines, saidBy } from '../support/said.js';
import { moneroSession } from '../support/sessions.js';

const BIN = fileURLToPath(new URL('../../bin/rigwatch.js', import.meta.url));
const UNITS = ['A', 'B', 'C', 'D'];
const DOCUMENT = ['--document', '2026-17', '--deadline', '2026-05-15', '--letter', 'html'];

async function rigwatch(db: string, ...words: string[]): Promise<Record<string, unknown>[]> {
  const program = createProgram();
  const args = ['--db', db, '--json', '-q', ...words];
  return jsonLines((await saidBy(() => program.parseAsync(args, { from: 'user' }))).stdout);
}

/** A database with a case of each unit, its log key made. */
async function prepared(): Promise<{ folder: string; db: string; out: string }> {
  const folder = temporaryFolder();
  const [db, out] = [join(folder, 'd.sqlite'), join(folder, 'out')];
  const frames = UNITS.flatMap((unit, at) =>
    tcpSession(moneroSession(`48${unit.repeat(93)}`, `rig-${unit}`, 4, at + 1), {
      client: `10.1.0.${at + 1}`,
      clientPort: 41_001 + at,
      server: '198.51.100.44',
      serverPort: 14_444,
      startUs: Date.parse('2026-04-02T01:00:00Z') * 1000,
    }),
  );
  writeFileSync(join(folder, 'a.pcap'), pcapFile(frames));
  const rows = UNITS.map((unit, at) => `${unit},Unit ${unit},10.1.0.${at + 1}`);
  writeFileSync(join(folder, 'units.csv'), ['unit_id,name,range', ...rows].join('\n'));
  await rigwatch(db, 'units', 'import', join(folder, 'units.csv'));
  await rigwatch(db, 'scan', join(folder, 'a.pcap'));
  await rigwatch(db, 'cases', 'update');
  return { folder, db, out };
}

const build = (db: string, out: string, ...words: string[]) =>
  rigwatch(db, 'refer', 'build', '--all', ...DOCUMENT, ...words, '-o', out);

const packagesIn = (folder: string): Map<string, string> =>
  new Map(
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => name.endsWith('.zip'))
      .map((name) => [name, sha256(readFileSync(join(folder, name)))]),
  );

/** Every unit has one package, which is whole, and whose hash its case's trail names. */
async function expectDone(db: string, out: string): Promise<void> {
  const found = packagesIn(out);
  expect([...found.keys()].sort()).toEqual(UNITS.map((unit) => `2026-17_${unit}.zip`));
  for (const name of found.keys())
    expect(verifyPackage(readFileSync(join(out, name)), null).faults, name).toEqual([]);
  const listed = await rigwatch(db, 'refer', 'list');
  expect(new Map(listed.map(({ file, sha256: sum }) => [file, sum]))).toEqual(found);
  expect(listed).toHaveLength(UNITS.length);
  const states = (await rigwatch(db, 'cases', 'list')).map(({ state }) => state);
  expect(states).toEqual(UNITS.map(() => 'referred'));
}

describe('refer build after one that was killed', () => {
  it('between its packages and its marks: marks for what is there, as it is', async () => {
    const { folder, db, out } = await prepared();
    const before = join(folder, 'before.sqlite');
    copyFileSync(db, before);
    await build(db, out, '--date', '2026-05-01');
    const made = packagesIn(out);
    // As it was before the transaction; of the packages one was not there yet.
    copyFileSync(before, db);
    rmSync(join(out, '2026-17_C.zip'));
    expect((await build(db, out, '--dry-run')).map(({ cases }) => cases)).toEqual([[1], [2], [3], [4]]);
    const [first] = await build(db, out, '--date', '2026-05-09');
    expect(first).toMatchObject({ unit: 'A', cases: [1], sha256: made.get('2026-17_A.zip') });
    await expectDone(db, out);
    for (const [name, sum] of made) if (name !== '2026-17_C.zip') expect(packagesIn(out).get(name)).toBe(sum);
    // The package says what day it is of, whatever day it is taken up on.
    const dates = (await rigwatch(db, 'cases', 'list')).map(
      ({ referral }) => (referral as { date: string }).date,
    );
    expect(dates.map((date) => date.slice(0, 10))).toEqual([
      '2026-05-01',
      '2026-05-01',
      '2026-05-09',
      '2026-05-01',
    ]);
  }, 60_000);

  it('takes up no package that is not its own, and none of another content', async () => {
    const { folder, db, out } = await prepared();
    const before = join(folder, 'before.sqlite');
    copyFileSync(db, before);
    await build(db, out, '--profile', 'both', '--date', '2026-05-01');
    copyFileSync(before, db);
    const file = join(out, '2026-17_B.zip');
    const bytes = readFileSync(file);
    const refused = async (content: Uint8Array, ...words: string[]) => {
      writeFileSync(file, content);
      await expect(build(db, out, '--date', '2026-05-01', ...words)).rejects.toThrow('is there already');
      expect(readFileSync(file).equals(Buffer.from(content))).toBe(true);
    };
    const altered = Buffer.from(bytes);
    altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1;
    await refused(altered);
    await refused(bytes.subarray(0, -1));
    await refused(readFileSync(join(out, '2026-17_A.zip')));
    await refused(bytes, '--key', join(folder, 'other.pem'));
    expect(existsSync(join(folder, 'other.pem'))).toBe(false);
    expect((await rigwatch(db, 'cases', 'list')).map(({ state }) => state)).toEqual(UNITS.map(() => 'open'));
    // Figures of another day are not those of the packages.
    await expect(build(db, out, '--profile', 'both', '--date', '2026-05-02')).rejects.toThrow('office.zip');
    await build(db, out, '--profile', 'both', '--date', '2026-05-01');
    rmSync(join(out, '2026-17_office.zip'));
    await expectDone(db, out);
  }, 60_000);

  it('makes no second package of a number, here or in another folder', async () => {
    const { folder, db, out } = await prepared();
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    // Killed: the trail says where it began, the packages are there, nothing is marked.
    const taken = join(folder, 'taken.sqlite');
    copyFileSync(db, taken);
    await build(taken, out, '--date', '2026-05-01', '--key', `${db}.evidence.key`);
    for (const name of readdirSync(out)) renameSync(join(out, name), join(kept, name));
    await rigwatch(db, 'refer', 'build', '1', ...DOCUMENT, '-o', out);
    for (const name of readdirSync(kept))
      if (!name.includes('_A')) renameSync(join(kept, name), join(out, name));
    await expect(build(db, join(folder, 'elsewhere'))).rejects.toThrow(`expected -o ${out}`);
    await build(db, out);
    await expectDone(db, out);
    // Done: the number is taken.
    for (const where of [out, join(folder, 'elsewhere')])
      await expect(rigwatch(db, 'refer', 'build', '2', ...DOCUMENT, '-o', where)).rejects.toThrow(
        '2026-17_B.zip: a package of this number went out already',
      );
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
    await expectDone(db, out);
  }, 60_000);

  it('at any moment: comes to the same end, and changes no package that was there', async () => {
    const { db, out } = await prepared();
    const args = ['--db', db, '-q', 'refer', 'build', '--all', ...DOCUMENT, '-o', out];
    const seen = new Map<string, string>();
    const expectUnchanged = () => {
      const found = packagesIn(out);
      for (const [name, sum] of seen) expect(found.get(name), name).toBe(sum);
      for (const [name, sum] of found) seen.set(name, sum);
    };
    let kills = 0;
    for (const count of [0, 1, 2, 3, 4, 4, 4]) {
      const child = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore' });
      const gone = once(child, 'exit');
      while (child.exitCode === null && packagesIn(out).size < count) await sleep(1);
      child.kill('SIGKILL');
      await gone;
      if (child.signalCode === 'SIGKILL') kills++;
      expectUnchanged();
    }
    expect(kills).toBeGreaterThan(3);
    // Nothing to do where the last one had marked them.
    await build(db, out);
    expectUnchanged();
    await expectDone(db, out);
  }, 120_000);
});
