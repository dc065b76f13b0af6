import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../src/app/cli/main.js';
import { temporaryFolder } from '../../deliver/samples.js';

let folder = '';
let told = { out: '', err: '' };
let listeners: ReturnType<typeof process.stdout.listeners> = [];

beforeEach(() => {
  folder = temporaryFolder();
  told = { out: '', err: '' };
  listeners = process.stdout.listeners('error');
  for (const [stream, key] of [
    [process.stdout, 'out'],
    [process.stderr, 'err'],
  ] as const)
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      told[key] += String(text);
      return true;
    });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  // The command listens for the end of its pipe, once a process.
  process.stdout.removeAllListeners('error');
  for (const listener of listeners) process.stdout.on('error', listener as () => void);
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** What the command says where it is wrong: both streams, and its exit code. */
async function saidOf(...words: string[]) {
  process.stdout.removeAllListeners('error');
  await main(['node', 'rigwatch', ...words, '--db', join(folder, 'db.sqlite')]);
  const code = process.exitCode;
  process.exitCode = undefined;
  return { ...told, code };
}

/** Three words of English in a row that are no quotation, list of codes or path. */
const ENGLISH = /\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/;
const UNITS = 'unit_id,name,range,valid_from\nU1,One,10.0.0.300,tomorrow\n,Two,10.0.1.0/24,\n';

const wrongs: readonly [name: string, words: () => readonly string[], code: number][] = [
  ['an input that is not there', () => ['scan', join(folder, 'none.pcap')], 2],
  ['an input of no format', () => ['scan', file('a.bin', 'hello')], 2],
  ['a capture that is cut short', () => ['scan', file('a.pcapng', '\n\r\r\n\x1c')], 2],
  ['a table with faults', () => ['units', 'import', file('u.csv', UNITS)], 2],
  ['a table of unknown columns', () => ['units', 'import', file('u.csv', 'unit,rang\n1,2\n')], 2],
  ['results with faults', () => ['cases', 'import', file('r.csv', 'case_id,finding\nx,bored\n')], 2],
  ['a mapping with faults', () => ['mapping', 'check', file('m.yaml', 'format: xml\nfoo: 1\n')], 2],
  ['no database', () => ['verdicts', '10.0.0.1'], 2],
  ['no address', () => ['verdicts', 'x'], 2],
  ['an unknown export', () => ['export', 'foo'], 2],
  ['an unknown scheme', () => ['watch', 'foo://x'], 2],
  ['no evidence log', () => ['evidence', 'show', '1'], 2],
];

describe('errors', () => {
  it.each(wrongs)('are Chinese with --lang zh-CN, and English in JSON: %s', async (_, words, code) => {
    const chinese = await saidOf(...words(), '--lang', 'zh-CN');
    expect(chinese.code).toBe(code);
    expect(chinese.err).toMatch(/^rigwatch: .*\p{Script=Han}/u);
    expect(chinese.err).not.toMatch(ENGLISH);
    told = { out: '', err: '' };
    const json = await saidOf(...words(), '--lang', 'zh-CN', '--json');
    const { schema, message } = JSON.parse(json.err.split('\n')[0] ?? '') as Record<string, string>;
    expect(schema).toBe('rigwatch.error/1');
    expect(message).not.toMatch(/^[^(]*\p{Script=Han}/u);
    expect(message).toMatch(/\b[a-z]+ [a-z]+\b/);
  });

  it('of rule files are Chinese too, with their file and line', async () => {
    mkdirSync(join(folder, 'rules'));
    const path = file('rules/a.yaml', 'kind: strat\nrules: []\n');
    const { out, code } = await saidOf('rules', 'lint', '--rules', join(folder, 'rules'), '--lang', 'zh-CN');
    expect(code).toBe(1);
    expect(out).toContain(`${path}:1: kind 应为以下之一：`);
    expect(out).toContain('（是否应为 "stratum"？）');
    expect(out).not.toMatch(ENGLISH);
  });
});
