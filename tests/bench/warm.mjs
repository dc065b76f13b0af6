/**
 * What a scan costs once everything is compiled: `node tests/bench/warm.mjs TRACE [ROUNDS]` after `npm run build` scans the
 * trace several times in one process, without the hash, and prints CPU and wall seconds of each time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../../bin/bundle.js';

const [, , trace, rounds = '4'] = process.argv;
if (trace === undefined) {
  process.stderr.write('usage: node tests/bench/warm.mjs TRACE [ROUNDS]\n');
  process.exit(2);
}
const { main } = load();
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-warm-'));
for (let round = 1; round <= Number(rounds); round++) {
  const db = join(folder, `${round}.sqlite`);
  const [before, beganMs] = [process.cpuUsage(), performance.now()];
  await main(['node', 'rigwatch', '--quiet', '--db', db, 'scan', trace, '--no-sha256']);
  const { user, system } = process.cpuUsage(before);
  const [cpu, wall] = [(user + system) / 1e6, (performance.now() - beganMs) / 1e3];
  process.stderr.write(`${round}: ${cpu.toFixed(2)} CPU s, ${wall.toFixed(2)} s\n`);
}
rmSync(folder, { recursive: true });
process.exitCode = 0;
