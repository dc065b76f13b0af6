import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { declareExport } from '../../../src/app/cli/export.js';
import type { VerdictPool } from '../../../src/model/verdict.js';
import {
  databaseOf,
  START_US,
  sampleEvidence,
  sampleVerdict,
  temporaryFolder,
} from '../../deliver/samples.js';
import { type Said, saidBy } from '../../support/said.js';

/** A name that the bundled lists know, and a network that fronts for anybody (rules/guards.yaml). */
const LISTED = 'pool.supportxmr.com';
const SHARED = '104.16.1.1';

const pool = (address: string, changes: Partial<VerdictPool> = {}): VerdictPool => ({
  address,
  port: 3333,
  host: null,
  operator: null,
  country: null,
  tls: false,
  ...changes,
});

function database(): string {
  const btc = [{ ticker: 'BTC', basis: 'job', confidence: 1 }] as const;
  return databaseOf([
    sampleVerdict({
      pools: [
        pool('198.51.100.7', { host: LISTED }),
        pool('198.51.100.7', { port: 443, host: 'update.vendor.example' }),
        pool(SHARED, { host: LISTED }),
        pool('10.0.0.2'),
        pool('192.168.1.1'),
      ],
      evidence: [sampleEvidence({ firstUs: START_US + 1e6, lastUs: START_US + 2e6 })],
    }),
    sampleVerdict({
      ip: '10.0.0.2',
      level: 'probable',
      score: 0.9,
      coins: btc,
      pools: [pool('203.0.113.5'), pool('198.51.100.7')],
    }),
    sampleVerdict({ ip: '10.0.0.3', level: 'suspected', score: 0.3, pools: [pool('203.0.113.6')] }),
  ]);
}

async function rigwatch(db: string, ...words: string[]): Promise<Said> {
  const program = new Command('rigwatch')
    .option('--db <FILE>', '', db)
    .option('--rules <DIR>', '', [] as never)
    .option('--home <CIDR>', '', (value: string, before: string[]) => [...before, value], [] as string[])
    .option('--json', '', false)
    .option('--lang <LANG>', '', 'en')
    .option('-q, --quiet', '', false)
    .exitOverride();
  declareExport(program);
  return saidBy(() => program.parseAsync(words, { from: 'user' }));
}

const pools = async (...words: string[]) =>
  (await rigwatch(database(), 'export', 'jsonl', '--of', 'pools', ...words)).stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('rigwatch export of pools', () => {
  it('joins what verdicts say of an endpoint, and says why one is not to be blocked', async () => {
    const told = await pools();
    expect(told.map(({ address, port, held_back }) => [address, port, held_back])).toEqual([
      ['10.0.0.2', 3333, 'own'],
      [SHARED, 3333, 'shared'],
      ['192.168.1.1', 3333, 'local'],
      ['198.51.100.7', 443, null],
      ['198.51.100.7', 3333, null],
      ['203.0.113.5', 3333, null],
    ]);
    expect(told[4]).toEqual({
      schema: 'rigwatch.pool/1',
      address: '198.51.100.7',
      port: 3333,
      hosts: [LISTED],
      listed_hosts: [LISTED],
      operator: null,
      country: null,
      tls: false,
      coins: ['BTC', 'XMR'],
      level: 'confirmed',
      score: 0.998,
      suspects: 2,
      // Of the evidence that names it.
      first_seen: '2021-07-03T02:11:09.120Z',
      last_seen: '2021-07-03T02:12:09.120Z',
      held_back: null,
    });
    expect(told[3]).toMatchObject({ hosts: ['update.vendor.example'], listed_hosts: [] });
  });

  it('filters by what the verdicts are, and by home networks', async () => {
    expect((await pools('--coin', 'btc')).map(({ address }) => address)).toEqual([
      '198.51.100.7',
      '203.0.113.5',
    ]);
    expect((await pools('--level', 'suspected')).map(({ address }) => address)).toEqual(['203.0.113.6']);
    const home = await pools('--home', '203.0.113.0/24', '--level', 'suspected');
    expect(home[0]?.held_back).toBe('own');
  });

  it('is the default of lists that other tools act on, and names no suspect', async () => {
    const db = database();
    for (const format of [
      'nftables',
      'ipset',
      'zeek-intel',
      'suricata-iprep',
      'suricata-rules',
      'stix',
      'misp',
    ]) {
      const { stdout, stderr } = await rigwatch(db, 'export', format);
      expect(stdout).not.toMatch(/10\.8\.3\.17|10\.0\.0\.2\b(?!.*network-traffic|")|vendor/);
      expect(stderr).toContain('3 pool endpoints are not for block lists');
    }
    expect((await rigwatch(db, 'export', 'txt', '--of', 'pools')).stdout).toBe('198.51.100.7\n203.0.113.5\n');
  });

  it('with an age leaves out what was seen before', async () => {
    expect((await rigwatch(database(), 'export', 'ipset', '--max-age', '30d')).stdout).not.toContain('add ');
  });
});

describe('rigwatch export', () => {
  it('says how much it would write, and writes nothing', async () => {
    const file = join(temporaryFolder(), 'out.xlsx');
    const { stderr } = await rigwatch(database(), 'export', 'xlsx', '-o', file, '--dry-run');
    expect(stderr).toMatch(/dry run.*2 suspects, \d{4,} bytes/);
    expect(existsSync(file)).toBe(false);
    await rigwatch(database(), 'export', 'xlsx', '-o', file);
    expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
  });

  it('tells of conversations with their source port and Community ID', async () => {
    const line = (await rigwatch(database(), 'export', 'ecs')).stdout.split('\n')[0] ?? '';
    expect(JSON.parse(line)).toMatchObject({
      source: { ip: '10.8.3.17', port: 50_000 },
      destination: { ip: '198.51.100.7', port: 3333, domain: LISTED },
      network: { community_id: [expect.stringMatching(/^1:[\w+/]{27}=$/)] },
    });
  });

  it('defangs for people, marks UTF-8 for Chinese spreadsheets', async () => {
    const { stdout } = await rigwatch(database(), 'export', 'csv', '--defang', '--lang', 'zh-CN');
    expect(stdout.startsWith('\ufeff')).toBe(true);
    expect(stdout).toContain('10[.]8[.]3[.]17');
    expect(stdout).toContain('pool[.]supportxmr[.]com');
    expect(stdout).not.toMatch(/\d\.\d+\.\d+\.\d/);
    expect((await rigwatch(database(), 'export', 'csv', '--no-bom', '--lang', 'zh-CN')).stdout).toMatch(
      /^ip,/,
    );
  });

  it.each([
    ['export-level', ['nftables', '--level', 'suspected']],
    ['export-level', ['suricata-iprep', '--level', 'cleared,confirmed']],
    ['export-subject', ['cef', '--of', 'pools']],
    ['export-subject', ['nftables', '--of', 'suspects', '--with-drop-rule']],
    ['export-defang', ['nftables', '--defang']],
    ['classtype-invalid', ['suricata-rules', '--classtype', 'a; sid:1']],
    ['office-invalid', ['stix', '--office', 'a\nb']],
    ['number-invalid', ['suricata-rules', '--sid-base', '5']],
    ['duration-invalid', ['ipset', '--max-age', 'long']],
  ])('refuses: %s', async (code, words) => {
    await expect(rigwatch(database(), 'export', ...words)).rejects.toMatchObject({ code, exitCode: 2 });
  });
});
