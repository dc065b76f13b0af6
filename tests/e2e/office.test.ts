import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The built command as an office uses it that has no register of units yet. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = join(ROOT, 'bin', 'rigwatch.js');
const DEMO = join(ROOT, 'fixtures', 'demo', 'input.pcapng');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rigwatch-office-'));
  rigwatch(['scan', DEMO, '--quiet']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rigwatch(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawnSync(process.execPath, [COMMAND, ...args, '--db', join(folder, 'office.sqlite')], {
    cwd: folder,
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: '', LC_MESSAGES: '', ...env },
    encoding: 'utf8',
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

it('is told why nothing can be planned, and what to do', () => {
  rigwatch(['cases', 'update']);
  const cases = rigwatch(['cases', 'list', '--json']).out.trim().split('\n').length;
  expect(cases).toBeGreaterThanOrEqual(4);
  expect(rigwatch(['cases', 'plan', '--teams', '1', '--units', '5']).err).toContain(
    `Cases of no known unit, which cannot be planned: ${cases} (rigwatch units import, then cases update)`,
  );
});

it('sees in the trail which addresses came when', () => {
  expect(rigwatch(['cases', 'show', '1']).out).toMatch(/ opened · .* · 10\.20\.3\.17\n?/);
});

it('is told that there is nothing to recompute', () => {
  const { code, out, err } = rigwatch(['evidence', 'verify', '10.20.3.17']);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toContain('nothing to recompute');
});

it('gives its zone once, in the environment', () => {
  writeFileSync(join(folder, 'units.csv'), 'unit_id,name,range,valid_from\nU1,One,192.0.2.0/24,2021-01-01\n');
  const zone = { RIGWATCH_UTC_OFFSET: '+08:00' };
  expect(rigwatch(['units', 'import', 'units.csv'], zone).code).toBe(0);
  expect(rigwatch(['units', 'list', '--ranges', '--json']).out).toContain('2020-12-31T16:00:00.000Z');
  const wrong = rigwatch(['units', 'import', 'units.csv'], { RIGWATCH_UTC_OFFSET: 'Beijing' });
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('expected an offset such as +08:00') });
});
