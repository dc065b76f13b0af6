import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { domainName, plainText } from '../../../src/deliver/export/names.js';
import { SIGNATURES } from '../../../src/deliver/export/suricata-signatures.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { DIALECTS } from '../../../src/detect/inspect/stratum/index.js';
import { sampleVerdict, temporaryFolder } from '../samples.js';
import { exportedText, samplePool, selectionOf } from './selection.js';

const pools = [
  samplePool(),
  samplePool({ port: 443, score: 0.5, last_seen: '2021-07-03T12:00:00.000Z' }),
  samplePool({ address: '198.51.100.8', listed_hosts: [], hosts: ['update.vendor.example'] }),
  samplePool({ address: '203.0.113.9', held_back: 'shared', listed_hosts: ['front.example'] }),
  samplePool({ address: '10.1.1.1', held_back: 'local', listed_hosts: [] }),
  samplePool({ address: '2001:db8::7', listed_hosts: ['pool.example'] }),
];
const ofPools = selectionOf('pools', { pools });
const ofSuspects = selectionOf('suspects', { verdicts: [toVerdictObject(sampleVerdict())], pools });
const WEEK = { maxAgeSeconds: 7 * 86_400 };

/** Whether a tool is there, and we may ask the kernel in a network of our own. */
function hasTool(name: string): boolean {
  return process.platform === 'linux' && spawnSync('unshare', ['-n', name, '--version']).status === 0;
}

describe('nftables', () => {
  it('lists single addresses with time-outs, and drops nothing', async () => {
    const text = await exportedText('nftables', ofPools, WEEK);
    expect(text).toContain(
      'add element inet rigwatch pools4 { 198.51.100.7 timeout 561600s comment "confirmed 0.998 suspects 3", 198.51.100.8 timeout',
    );
    expect(text).toContain('pools6 { 2001:db8::7 timeout');
    expect(text).not.toMatch(/203\.0\.113|10\.1\.1\.1|drop|10\.8\.3\.17/);
  });

  it('drops what goes to pools if asked', async () => {
    const text = await exportedText('nftables', ofPools, { withDropRule: true });
    expect(text).toContain('add rule inet rigwatch forward ip daddr @pools4 counter drop');
    expect(text).not.toContain('timeout 5');
  });

  it.runIf(hasTool('nft'))('is taken by nft, twice, each address by itself', async () => {
    const file = join(temporaryFolder(), 'pools.nft');
    writeFileSync(file, await exportedText('nftables', ofPools, { ...WEEK, withDropRule: true }));
    execFileSync('unshare', ['-n', 'nft', '-c', '-f', file]);
    const listed = execFileSync('unshare', [
      '-n',
      'sh',
      '-c',
      'nft -f "$0" && nft -f "$0" && nft list ruleset',
      file,
    ]);
    expect(String(listed)).toMatch(/198\.51\.100\.7 timeout 6d12h.*"confirmed 0.998 suspects 3"/);
    expect(String(listed)).toMatch(/198\.51\.100\.8 timeout/);
    expect(String(listed).match(/drop/g)).toHaveLength(4);
  });

  it.runIf(hasTool('nft'))('is refused by nft where it is broken: the check can fail', async () => {
    const file = join(temporaryFolder(), 'pools.nft');
    writeFileSync(file, (await exportedText('nftables', ofPools)).replace('198.51.100.7', '198.51.100.777'));
    expect(spawnSync('unshare', ['-n', 'nft', '-c', '-f', file]).status).not.toBe(0);
  });
});

describe('ipset', () => {
  it('builds sets aside and swaps them in', async () => {
    const lines = (await exportedText('ipset', ofPools, WEEK)).trimEnd().split('\n');
    expect(lines).toContain(
      'add rigwatch-pools4-new 198.51.100.7 timeout 561600 comment "confirmed 0.998 suspects 3"',
    );
    expect(lines.at(-2)).toBe('swap rigwatch-pools6-new rigwatch-pools6');
    expect(lines.filter((line) => line.startsWith('add '))).toHaveLength(3);
  });

  it.runIf(hasTool('ipset'))('is taken by ipset restore, twice', async () => {
    const text = await exportedText('ipset', ofPools, WEEK);
    const script = 'cat > list; ipset restore -exist < list && ipset restore -exist < list && ipset list';
    const listed = execFileSync('unshare', ['-n', 'sh', '-c', script], {
      input: text,
      cwd: temporaryFolder(),
    });
    expect(String(listed)).toMatch(/198\.51\.100\.7 timeout 5\d+ comment "confirmed 0.998 suspects 3"/);
    expect(String(listed)).toContain('2001:db8::7');
    expect(String(listed)).not.toContain('-new');
  });
});

describe('zeek-intel', () => {
  it('has Zeek’s columns, addresses once and listed names alone', async () => {
    const lines = (await exportedText('zeek-intel', ofPools)).trimEnd().split('\n');
    expect(lines[0]).toBe(
      '#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\tmeta.do_notice',
    );
    expect(lines.slice(1).map((line) => line.split('\t').slice(0, 2).join(' '))).toEqual([
      '198.51.100.7 Intel::ADDR',
      '198.51.100.8 Intel::ADDR',
      '2001:db8::7 Intel::ADDR',
      'pool.example Intel::DOMAIN',
      'front.example Intel::DOMAIN',
    ]);
    for (const line of lines.slice(1)) expect(line.split('\t')).toHaveLength(6);
  });
});

/** Options of a rule, as Suricata's parser cuts them: at semicolons that no backslash precedes. */
function optionsOf(rule: string): string[] {
  const [, body = ''] = /^alert \w+ \S+ \S+ -> \S+ \S+ \((.*)\)$/.exec(rule) ?? [];
  return body
    .split(/(?<!\\);/)
    .map((option) => option.trim())
    .filter((option) => option !== '');
}

describe('suricata', () => {
  it('rules: one option list each, quotes paired, own signature ids of the range', async () => {
    const rules = (await exportedText('suricata-rules', ofPools))
      .split('\n')
      .filter((line) => line.startsWith('alert'));
    const sids = new Set<string>();
    for (const rule of rules) {
      const options = optionsOf(rule);
      expect(options.length).toBeGreaterThan(5);
      for (const option of options) expect(option).toMatch(/^[a-z_.]+(:("[^"\\;]*"|[^"\\]*))?$/);
      const sid = options.find((option) => option.startsWith('sid:'))?.slice(4) ?? '';
      expect(Number(sid)).toBeGreaterThanOrEqual(1_900_000);
      expect(Number(sid)).toBeLessThan(2_000_000);
      sids.add(sid);
    }
    expect(sids.size).toBe(rules.length);
    expect(
      rules.filter((rule) => rule.includes('content:"|22|mining.subscribe|22|"; fast_pattern;')),
    ).toHaveLength(2);
    expect(rules.filter((rule) => rule.includes('dns.query; content:"pool.example"'))).toHaveLength(1);
    expect(rules.join()).not.toContain('update.vendor.example');
  });

  it('rules: a name keeps its signature id whatever else is listed', async () => {
    const sidOf = (text: string) => /dns\.query; content:"pool\.example".*sid:(\d+)/.exec(text)?.[1];
    const alone = await exportedText('suricata-rules', selectionOf('pools', { pools: [samplePool()] }));
    expect(sidOf(await exportedText('suricata-rules', ofPools))).toBe(sidOf(alone));
  });

  it('iprep: address, category below 60, score to 127', async () => {
    const lines = (await exportedText('suricata-iprep', ofPools)).trimEnd().split('\n');
    expect(lines[0]).toBe('# categories.txt: 40,CoinPool,Cryptocurrency mining pools');
    expect(lines.slice(2)).toEqual(['198.51.100.7,40,127', '198.51.100.8,40,127', '2001:db8::7,40,127']);
    expect(await exportedText('suricata-iprep', ofSuspects)).toContain('\n10.8.3.17,41,127\n');
  });
});

describe('names', () => {
  it('are domain names, or nothing', () => {
    expect(domainName('Pool.Example.')).toBe('pool.example');
    for (const text of [
      '198.51.100.7',
      'a',
      'a b.example',
      "x';drop.example",
      'a..b',
      '-',
      `${'a'.repeat(64)}.example`,
      '1.2',
    ])
      expect(domainName(text)).toBeNull();
  });

  it('are plain where the format has no escapes', () => {
    expect(plainText('a"b\\c\td;e\u202e', 99)).toBe('a_b_c_d_e_');
  });
});

describe('signatures', () => {
  it('have numbers of their own and name rules that there are', () => {
    expect(new Set(SIGNATURES.map(({ number }) => number)).size).toBe(SIGNATURES.length);
    const dialects = new Set(DIALECTS.map(({ name }) => `${name}`));
    for (const { rule, number } of SIGNATURES) {
      const [, dialect = '', what = ''] = /^stratum\.(.+)\.(login|mining|midstream)$/.exec(rule) ?? [];
      expect([rule, dialects.has(dialect), what !== '', number < 1000]).toEqual([rule, true, true, true]);
    }
  });
});
