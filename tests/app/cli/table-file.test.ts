import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TableFile } from '../../../src/app/cli/table-file.js';
import { temporaryFolder } from '../../deliver/samples.js';

it('reads any part of a file as if all of it were in memory', () => {
  const path = join(temporaryFolder(), 'units.csv');
  const bytes = randomBytes(200_000);
  writeFileSync(path, bytes);
  const file = new TableFile(path);
  expect([file.length, file.hash()]).toEqual([
    bytes.length,
    createHash('sha256').update(bytes).digest('hex'),
  ]);
  for (const [start, end] of [
    [0, 2],
    [0, 0],
    [65_536, 131_072],
    [199_999, 300_000],
    [300_000, 300_001],
    [0, undefined],
  ] as const)
    expect(Buffer.from(file.subarray(start, end)).equals(bytes.subarray(start, end))).toBe(true);
  truncateSync(path, 1000);
  expect(() => file.subarray(0, 2000)).toThrow('it became shorter while it was read');
  file.close();
});

it('says in one line what cannot be read', () => {
  const folder = temporaryFolder();
  expect(() => new TableFile(folder)).toThrow(`${folder}: cannot be read (it is a folder)`);
  expect(() => new TableFile(join(folder, 'none'))).toThrow('no such file or folder');
  const large = join(folder, 'large');
  expect(spawnSync('truncate', ['-s', '600M', large]).status).toBe(0);
  expect(() => new TableFile(large)).toThrow('expected at most 536870912 bytes');
});
