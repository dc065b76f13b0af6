import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/deliver/store/index.js';
import { sampleEvidence, sampleSession, temporaryFolder } from '../samples.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SUSPECTS = 300;

/** Compiles the store, so that a process of its own can run it. */
function compile(folder: string): void {
  const options =
    '--module nodenext --target es2023 --types node --skipLibCheck --erasableSyntaxOnly --rootDir src';
  const compiled = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '--ignoreConfig',
      ...options.split(' '),
      '--outDir',
      join(folder, 'out'),
      'src/deliver/store/index.ts',
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect(compiled.stdout + compiled.stderr).toBe('');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}

/** Saves the same input for ever, each time with another count in all of its evidence. */
const WRITER = `
import { openStore } from './out/deliver/store/index.js';
const { session, evidence, path, suspects } = JSON.parse(process.argv[2]);
const store = openStore(path);
for (let count = 1; ; count++) {
  const run = store.beginRun({ startedUs: 1, version: '0', rulesVersion: '0' });
  store.saveInput(run, {
    contentId: 'a', rulesVersion: '0',
    summary: { path: 'a.pcap', sha256: null, format: 'pcap', first: null, last: null, complete: true, problems: [] },
    suspects: Array.from({ length: suspects }, (_, at) => ({
      ip: '10.0.0.' + at,
      sessions: [{ ...session, session: 's' + at, suspect: '10.0.0.' + at, suspectPort: count }],
      evidence: [{ ...evidence, session: 's' + at, suspect: '10.0.0.' + at, count }],
    })),
  });
  if (count === 1) process.stdout.write('ready');
}`;

it('keeps either the old facts of an input or the new ones when it is killed', async () => {
  const folder = temporaryFolder();
  compile(folder);
  writeFileSync(join(folder, 'writer.js'), WRITER);
  const path = join(folder, 'db.sqlite');
  const task = JSON.stringify({
    session: sampleSession(),
    evidence: sampleEvidence(),
    path,
    suspects: SUSPECTS,
  });
  for (const delayMs of [5, 33, 71]) {
    const child = spawn(process.execPath, [join(folder, 'writer.js'), task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await sleep(delayMs);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = openStore(path);
    const files = store.suspects().map((ip) => store.loadSuspect(ip));
    const versions = files.flatMap((file) => [file?.sessions[0]?.suspectPort, file?.evidence[0]?.count]);
    expect(versions).toHaveLength(SUSPECTS * 2);
    expect(new Set(versions).size).toBe(1);
    store.close();
  }
});
