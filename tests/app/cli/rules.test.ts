import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collect } from '../../../src/app/cli/globals.js';
import { declareRules } from '../../../src/app/cli/rules.js';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';

let dir = '';
let out = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rigwatch-rules-'));
  out = '';
  process.exitCode = undefined;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
  process.exitCode = undefined;
});

async function run(...args: string[]): Promise<number> {
  const program = new Command('rigwatch')
    .option('--rules <DIR>', '', collect, [])
    .option('--json', '', false)
    .option('--lang <LANG>', '', 'en')
    .exitOverride();
  declareRules(program);
  await program.parseAsync(['node', 'rigwatch', ...args]);
  return Number(process.exitCode ?? 0);
}

describe('rigwatch rules', () => {
  it('lint is silent on clean rules', async () => {
    expect(await run('rules', 'lint')).toBe(0);
    expect(out).toBe('');
  });

  it('lint prints each fault with its line, and exits 1', async () => {
    writeFileSync(join(dir, 'mine.csv'), 'host,kind\nUPPER.example,fqdn\n');
    writeFileSync(join(dir, 'mine.yaml'), 'kind: stratum\nrules:\n  - { id: a.b }\n');
    expect(await run('--rules', dir, 'rules', 'lint')).toBe(1);
    expect(out).toContain(`${join(dir, 'mine.csv')}:2: host: expected a name`);
    expect(out).toContain(`${join(dir, 'mine.yaml')}:3: [a.b] expected the key "item", which is missing`);
    out = '';
    await run('--rules', dir, '--json', 'rules', 'lint');
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({
      schema: 'rigwatch.fault/1',
      line: 2,
      ruleId: null,
    });
  });

  it('refuses a folder that is not there', async () => {
    await expect(run('--rules', join(dir, 'none'), 'rules', 'lint')).rejects.toMatchObject({
      code: 'rules-unreadable',
      exitCode: 2,
    });
  });

  it('list shows overrides', async () => {
    const guard =
      'kind: guard\nrules:\n  - id: guard.resolver\n    title: { en: Mine, zh-CN: 我的 }\n    references: []\n    limits: { weight: -1 }\n';
    writeFileSync(join(dir, 'guards.yaml'), guard);
    expect(await run('--rules', dir, 'rules', 'list')).toBe(0);
    expect(out).toMatch(/^guard\.resolver\tguard\tMine\toverrides .*guards\.yaml:\d+$/m);
    expect(out).toMatch(/^stratum\.\*\.mining\tP2 \+8 decisive\t/m);
    expect((await loadRules([dir])).guards.resolver.weight).toBe(-1);
  });

  it('test passes, and fails on a wrong example', async () => {
    expect(await run('rules', 'test')).toBe(0);
    writeFileSync(join(dir, 'agents.csv'), 'program,tokens,examples\nThing,thing/,Other/1.0\n');
    expect(await run('--rules', dir, 'rules', 'test')).toBe(1);
    expect(out).toBe(
      `${join(dir, 'agents.csv')}:2: [Thing] example "Other/1.0": expected a match, found none\n`,
    );
  });

  it('explain knows evidence ids, names and addresses', async () => {
    await run('rules', 'explain', 'stratum.cryptonote.login');
    expect(out).toContain('stratum.*.login (stratum)\nA login answered by a well-formed job');
    out = '';
    await run('--lang', 'zh-CN', 'rules', 'explain', 'endpoint.sni');
    expect(out).toContain('SNI');
    out = '';
    await run('rules', 'explain', 'pushes.jobs');
    expect(out).toContain('\n  feature modalShare, min 0.8\n  feature modalBytes, min 120, max 2000\n');
    writeFileSync(join(dir, 'p.csv'), 'host,kind,ports\n2001:db8::7,ip,3333\npool.example,domain-suffix,\n');
    for (const [query, host] of [
      ['2001:db8:0::7', '2001:db8::7'],
      ['x.pool.example:3333', 'pool.example'],
    ] as const) {
      out = '';
      await run('--rules', dir, '--json', 'rules', 'explain', query);
      expect(JSON.parse(out)).toMatchObject({ schema: 'rigwatch.pool/1', host });
    }
    await expect(run('rules', 'explain', 'no.such.rule')).rejects.toMatchObject({ code: 'rule-unknown' });
  });

  it('schema prints what rules/schema holds', async () => {
    await run('rules', 'schema', '-o', dir);
    for (const kind of ['stratum', 'endpoint', 'tls', 'flow-pattern', 'pushes', 'guard']) {
      const name = `${kind}.schema.json`;
      const published = new URL(`../../../rules/schema/${name}`, import.meta.url);
      expect(readFileSync(join(dir, name), 'utf8')).toBe(readFileSync(published, 'utf8'));
    }
    out = '';
    await run('rules', 'schema', 'stratum');
    expect(JSON.parse(out)).toMatchObject({ properties: { kind: { const: 'stratum' } } });
    await expect(run('rules', 'schema', 'none')).rejects.toMatchObject({ exitCode: 2 });
  });
});
