import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { declareExport } from '../../../src/app/cli/export.js';
import { parseLevels, parseWhen } from '../../../src/app/cli/filters.js';
import { declareVerdicts } from '../../../src/app/cli/verdicts.js';
import { EXPORTERS } from '../../../src/deliver/export/index.js';
import { databaseOf, sampleVerdict, temporaryFolder } from '../../deliver/samples.js';
import { type Said, saidBy } from '../../support/said.js';

async function rigwatch(db: string, ...words: string[]): Promise<Said> {
  const program = new Command('rigwatch')
    .option('--db <FILE>', '', db)
    .option('--json', '', false)
    .option('--lang <LANG>', '', 'en')
    .option('--no-color')
    .option('-q, --quiet', '', false)
    .exitOverride();
  declareVerdicts(program);
  declareExport(program);
  return saidBy(() => program.parseAsync(words, { from: 'user' }));
}

/** Vitest's own output may or may not be a terminal. */
function onTerminal(columns: number | null): void {
  const before = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };
  Object.assign(process.stdout, { isTTY: columns !== null, columns: columns ?? undefined });
  onTestFinished(() => {
    Object.assign(process.stdout, before);
  });
}

function database(): string {
  return databaseOf([
    sampleVerdict(),
    sampleVerdict({ ip: '10.0.0.2', level: 'probable', score: 0.9 }),
    sampleVerdict({ ip: '10.0.0.3', level: 'suspected', score: 0.3 }),
  ]);
}

const firstFields = (text: string, at: number) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[at]);

describe('rigwatch verdicts', () => {
  it('prints TSV into a pipe, a table on a terminal, NDJSON when asked', async () => {
    const db = database();
    onTerminal(null);
    expect(firstFields((await rigwatch(db, 'verdicts')).stdout, 2)).toEqual([
      'ip',
      '10.8.3.17',
      '10.0.0.2',
      '10.0.0.3',
    ]);
    const json = (await rigwatch(db, 'verdicts', '--json', '--level', 'probable')).stdout;
    expect(JSON.parse(json)).toMatchObject({ schema: 'rigwatch.verdict/1', ip: '10.0.0.2' });
    onTerminal(90);
    const table = await rigwatch(db, 'verdicts', '--limit', '2', '--no-color');
    expect(table.stdout).toMatch(/^level .*\nconfirmed .*\nprobable .*\n$/);
    expect(table.stderr).toContain('only the first 2');
    expect((await rigwatch(db, 'verdicts', '--lang', 'zh-CN')).stdout).toContain('确认');
  });

  it('filters and pages', async () => {
    const db = database();
    onTerminal(null);
    const listed = async (...options: string[]) =>
      firstFields((await rigwatch(db, 'verdicts', ...options)).stdout, 2).slice(1);
    expect(await listed('--limit', '1', '--offset', '1')).toEqual(['10.0.0.2']);
    expect(await listed('--text', '0.0 rig')).toEqual(['10.0.0.2', '10.0.0.3']);
    expect(await listed('--coin', 'BTC')).toEqual([]);
    expect(await listed('--until', '2021-01-01')).toEqual([]);
    expect((await rigwatch(db, 'verdicts', '--coin', 'BTC')).stderr).toBe(
      'no verdict fits; the database holds others, which these options leave out\n',
    );
    expect(await listed('--since', '2021-07-03T10:00:00+08:00')).toHaveLength(3);
  });

  it('explains one address', async () => {
    const db = database();
    onTerminal(null);
    const { stdout } = await rigwatch(db, 'verdicts', '::ffff:10.8.3.17');
    expect(stdout).toContain('Brief on 10.8.3.17');
    expect(stdout).toContain('source port 50000');
    expect((await rigwatch(db, 'verdicts', '10.1.1.1')).stdout).toContain('There is no verdict');
    expect(await rigwatch(db, 'verdicts', '10.1.1.1', '--json')).toEqual({
      stdout: '',
      stderr:
        'There is no verdict on 10.1.1.1: nothing that was read so far shows mining, which does not prove that there is none.\n',
      code: 0,
    });
  });

  it.each([
    ['address-invalid', ['10.1']],
    ['level-unknown', ['--level', 'certain']],
    ['number-invalid', ['--limit', '-1']],
    ['time-invalid', ['--since', '2021-07-03T02:11']],
  ])('refuses: %s', async (code, words) => {
    await expect(rigwatch(database(), 'verdicts', ...words)).rejects.toMatchObject({ code, exitCode: 2 });
  });

  it('says that there is no database', async () => {
    const missing = join(temporaryFolder(), 'none.sqlite');
    await expect(rigwatch(missing, 'verdicts')).rejects.toMatchObject({ code: 'store-missing', exitCode: 2 });
  });
});

describe('rigwatch export', () => {
  it('hands over flagged addresses unless told otherwise', async () => {
    const db = database();
    expect((await rigwatch(db, 'export', 'txt')).stdout).toBe('10.8.3.17\n10.0.0.2\n');
    expect((await rigwatch(db, 'export', 'txt', '--level', 'suspected')).stdout).toBe('10.0.0.3\n');
    expect((await rigwatch(db, 'export', 'txt', '--min-score', '0.95')).stdout).toBe('10.8.3.17\n');
    expect((await rigwatch(db, 'export', 'txt', '--since', '1h ago')).stdout).toBe('');
    expect((await rigwatch(db, 'export', 'txt', '--until', '2021-01-01')).stdout).toBe('');
    const listed = (await rigwatch(db, 'export', '--list')).stdout.trimEnd().split('\n');
    expect(listed.map((line) => line.split('\t')[0])).toEqual(EXPORTERS.map(({ name }) => name));
  });

  it('writes a file', async () => {
    const file = join(temporaryFolder(), 'out.csv');
    expect((await rigwatch(database(), 'export', 'csv', '-o', file)).stdout).toBe('');
    expect(firstFields(readFileSync(file, 'utf8').replaceAll(',', '\t'), 0)).toEqual([
      'ip',
      '10.8.3.17',
      '10.0.0.2',
    ]);
  });

  it.each([
    ['export-unknown', ['parquet']],
    ['export-unknown', []],
    ['score-invalid', ['txt', '--min-score', '2']],
  ])('refuses: %s', async (code, words) => {
    await expect(rigwatch(database(), 'export', ...words)).rejects.toMatchObject({ code, exitCode: 2 });
  });
});

describe('what people type', () => {
  it('levels and times', () => {
    expect(parseLevels('Confirmed, cleared')).toEqual(['confirmed', 'cleared']);
    const now = Date.parse('2021-07-03T12:00:00Z');
    const when = (text: string) => new Date(parseWhen('--since', text, now) / 1000).toISOString();
    expect(when('2h ago')).toBe('2021-07-03T10:00:00.000Z');
    expect(when('yesterday')).toBe('2021-07-02T12:00:00.000Z');
    expect(when('2021-07-03')).toBe('2021-07-03T00:00:00.000Z');
    expect(when('2021-07-03 02:11:09.5+08:00')).toBe('2021-07-02T18:11:09.500Z');
    expect(() => when('2021-13-40')).toThrow('expected ISO 8601');
  });
});
