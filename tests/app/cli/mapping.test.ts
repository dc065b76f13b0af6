import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { declareMapping } from '../../../src/app/cli/mapping.js';
import { MAPPING_MESSAGES } from '../../../src/deliver/print/messages/mapping-messages.js';
import { temporaryFolder } from '../../deliver/samples.js';

let out = '';

beforeEach(() => {
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
  process.exitCode = undefined;
});

const MAPPING =
  'format: csv\ndelimiter: ";"\nfields:\n  src: From\n  dst: To\n  start: When\n  bytes: Size\n';
const SAMPLE = 'When;From;To;Size\n2024-05-20 16:00:30;192.0.2.1;198.51.100.7;12\n';

async function check(mapping: string, sample: string | null, ...args: string[]): Promise<number> {
  const folder = temporaryFolder();
  const [file, csv] = [join(folder, 'm.yaml'), join(folder, 'flows.csv')];
  writeFileSync(file, mapping);
  if (sample !== null) writeFileSync(csv, sample);
  const program = new Command('rigwatch')
    .option('--json', '', false)
    .option('--lang <LANG>', '', 'en')
    .exitOverride();
  declareMapping(program);
  await program.parseAsync([
    'node',
    'x',
    'mapping',
    'check',
    file,
    ...(sample === null ? [] : [csv]),
    ...args,
  ]);
  return Number(process.exitCode ?? 0);
}

describe('rigwatch mapping check', () => {
  it('says where each field comes from, and shows records as they are read', async () => {
    expect(await check(MAPPING, SAMPLE, '--tz', 'Asia/Shanghai')).toBe(0);
    expect(out).toContain('bytes          from "Size"');
    expect(out).toContain('dstPort        not told');
    expect(out).toContain('src=192.0.2.1:0 dst=198.51.100.7:0');
    expect(out).toContain('start=2024-05-20T08:00:30.000Z');
  });

  it('names the columns that the sample lacks, and exits 3', async () => {
    expect(await check(MAPPING.replace('Size', 'Octets'), SAMPLE)).toBe(3);
    expect(out).toContain('bytes          from "Octets"  NOT in the first line');
  });

  it('tells the faults of a mapping with file and line', async () => {
    await expect(check(MAPPING.replace('bytes', 'colour'), null)).rejects.toThrow(
      /m\.yaml:7: unknown field "colour"/,
    );
    await expect(check(MAPPING, SAMPLE, '--tz', 'Mars/Base')).rejects.toThrow(/--tz Mars\/Base/);
  });

  it('prints an object with --json', async () => {
    expect(await check(MAPPING, SAMPLE, '--json', '--tz', 'UTC')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'rigwatch.mapping/1',
      records: [{ bytes: 12, tcp_flags: null }],
    });
  });

  it('has its texts in both languages, with the same places to fill in', () => {
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
    for (const [key, text] of Object.entries(MAPPING_MESSAGES.en)) {
      const translated = Object.entries(MAPPING_MESSAGES['zh-CN']).find(([name]) => name === key)?.[1] ?? '';
      expect(places(translated), key).toEqual(places(text));
    }
  });
});
