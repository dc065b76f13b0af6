import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { sampleEvidence, sampleVerdict, temporaryFolder } from '../samples.js';
import { exportedBytes, samplePool, selectionOf } from './selection.js';

/** LibreOffice opens what we write, as a person would; only where it is installed. */
const hasOffice = spawnSync('soffice', ['--version']).status === 0;

const FORMULAS = [
  '=1+1',
  '+1+1',
  '-1+1',
  '@SUM(1+1)',
  '=HYPERLINK("http://127.0.0.1:9/","x")',
  '=WEBSERVICE("http://127.0.0.1:9/")',
  `=cmd|'/c calc'!A1`,
  '=DDE("soffice";"/etc/passwd";"A1")',
  '\t=1+1',
  '＝1+1',
  '_x003D_1+1',
  'x; =1+1',
  'x,=1+1\r\n=1+1',
];
const verdicts = FORMULAS.map((name) =>
  toVerdictObject(
    sampleVerdict({
      coins: [{ ticker: name, basis: 'job', confidence: 1 }],
      pools: [{ address: '198.51.100.7', port: 1, host: name, operator: name, country: name, tls: false }],
      evidence: [sampleEvidence({ rule: name })],
      unit: { id: name, name, category: name, region: name },
    }),
  ),
);
const pools = FORMULAS.map((name) =>
  samplePool({ hosts: [name], operator: name, country: name, coins: [name] }),
);

/** The sheets as LibreOffice has them once it has read the file, formulas evaluated; comma or semicolon. */
function opened(file: string, separator: ',' | ';'): string {
  const folder = temporaryFolder();
  const csvFilter = `--infilter=CSV:${separator.charCodeAt(0)},34,76,1,,0,false,true,false,false,false,-1`;
  const done = spawnSync(
    'soffice',
    [
      '--headless',
      `-env:UserInstallation=file://${folder}/profile`,
      ...(file.endsWith('.csv') ? [csvFilter] : []),
      '--convert-to',
      'fods',
      '--outdir',
      folder,
      file,
    ],
    { timeout: 240_000 },
  );
  expect(done.status).toBe(0);
  return readFileSync(
    join(folder, `${file.slice(file.lastIndexOf('/') + 1, file.lastIndexOf('.'))}.fods`),
    'utf8',
  );
}

describe.runIf(hasOffice)('hostile names in LibreOffice', () => {
  it('are text in xlsx and csv, and a formula is one: the test can fail', async () => {
    const folder = temporaryFolder();
    const control = join(folder, 'control.csv');
    writeFileSync(control, '=1+1\n');
    expect(opened(control, ',')).toContain('table:formula=');
    for (const of of ['suspects', 'pools'] as const) {
      for (const name of ['xlsx', 'csv']) {
        const file = join(folder, `${of}.${name}`);
        writeFileSync(file, await exportedBytes(name, selectionOf(of, { verdicts, pools })));
        for (const separator of name === 'csv' ? ([',', ';'] as const) : ([','] as const)) {
          const sheet = opened(file, separator);
          expect(sheet).toContain('1+1');
          expect(sheet).not.toMatch(/table:formula=|xlink:href="http|<dde|<office:dde/i);
        }
      }
    }
  }, 900_000);
});
