import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { readInput } from '../../../src/app/pipeline/read-input.js';
import { Counters } from '../../../src/base/counters.js';

it('says nothing of the format of what was stopped before its first bytes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-stopped-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'nothing');
  writeFileSync(path, '');
  const rules = await loadRules([]);
  const read = (stop: AbortSignal) =>
    readInput(
      path,
      rules,
      { format: null, sha256: false, isHome: () => true, poolServers: [], stop, onProgress: () => undefined },
      new Counters(),
    );
  expect(await read(AbortSignal.abort())).toMatchObject({ unreadable: null, state: 'partial' });
  expect((await read(new AbortController().signal)).unreadable?.code).toBe('format-unknown');
});

it('does not wait for the writer of a FIFO when it was stopped before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-stopped-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'nobody');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const options = { format: null, sha256: false, isHome: () => true, poolServers: [] };
  const stop = AbortSignal.abort();
  const read = readInput(
    path,
    await loadRules([]),
    { ...options, stop, onProgress: () => undefined },
    new Counters(),
  );
  expect(await read).toMatchObject({ unreadable: null, state: 'partial' });
}, 10_000);
