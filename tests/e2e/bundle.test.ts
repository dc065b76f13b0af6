import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads the bundle of an installation in a process of its own; the files that had to be compiled for it. */
function compiledAnew(root: string): string[] {
  const bundle = pathToFileURL(join(root, 'bin', 'bundle.js')).href;
  const code = `const bundle = await import(${JSON.stringify(bundle)});
    if (typeof bundle.load().main !== 'function') throw new Error('no main');
    process.stdout.write(JSON.stringify(bundle.compiledAnew));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

it('starts with the code that the build compiled', () => {
  expect(compiledAnew(ROOT)).toEqual([]);
});

it('starts without it, and with what is none', () => {
  for (const name of ['bin', 'dist/bundle', 'package.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const compiled = join(folder, 'dist', 'bundle', 'cli', 'compiled');
  const [version = ''] = readdirSync(compiled);
  for (const name of readdirSync(join(compiled, version)))
    writeFileSync(join(compiled, version, name), 'none');
  const anew = compiledAnew(folder);
  expect(anew).toContain('./main.cjs');
  rmSync(compiled, { recursive: true });
  mkdirSync(compiled);
  expect(compiledAnew(folder)).toEqual(anew);
});

it('says nothing of how it is loaded', () => {
  const bin = join(ROOT, 'bin', 'rigwatch.js');
  // Loads the YAML parser, which the bundle leaves outside.
  const { status, stderr } = spawnSync(process.execPath, [bin, 'report', 'factors'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
