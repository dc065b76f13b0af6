/**
 * What is found in captures that the snap length cut: `npm run bench -- snap`. The same trace at each length; the
 * mining sessions in clear text by the level of their address, and addresses that do not mine but got a verdict.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '2000000' },
    lengths: { type: 'string', default: '96,128,192,256' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write('usage: npm run bench -- snap [--packets N] [--lengths BYTES,BYTES,…]\n');
  process.exit(0);
}

const GNU_TIME = '/usr/bin/time';
const LEVELS = ['confirmed', 'probable', 'suspected'];
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-snap-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command} ended with exit code ${status}:\n${stderr}`);
  return { stdout, stderr };
}

/** Verdicts, and the peak memory in MB where GNU time is there to tell it. */
function scan(trace) {
  const node = [process.execPath, here('../../bin/rigwatch.js'), 'scan', trace, '--json'];
  const command = [...node, '--no-sha256', '--db', join(folder, 'bench.sqlite')];
  const timed = existsSync(GNU_TIME) ? [GNU_TIME, '-f', '%M', ...command] : command;
  const { stdout, stderr } = run(timed[0], timed.slice(1));
  const peak = timed === command ? null : Number(stderr.trim().split('\n').at(-1)) / 1024;
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { verdicts: lines.map((line) => JSON.parse(line)), peak };
}

process.stdout.write('snap length   confirmed   probable   suspected   not found   wrong   peak MB\n');
for (const length of values.lengths.split(',')) {
  const trace = join(folder, 'trace.pcap');
  const truthFile = join(folder, 'truth.json');
  const size = ['--packets', values.packets, '--snaplen', length];
  run(process.execPath, [here('gen-trace.mjs'), '--out', trace, '--truth', truthFile, ...size]);
  const { miners } = JSON.parse(readFileSync(truthFile, 'utf8'));
  const { verdicts, peak } = scan(trace);
  rmSync(join(folder, 'bench.sqlite'), { force: true });
  const byIp = new Map(verdicts.map((verdict) => [verdict.ip, verdict]));
  const found = new Map();
  for (const { ip, sessions } of miners)
    for (const { encrypted, server, port } of sessions) {
      if (encrypted) continue;
      const verdict = byIp.get(ip);
      const isNamed = verdict?.pools.some((pool) => pool.address === server && pool.port === port);
      const level = isNamed ? verdict.level : 'none';
      found.set(level, (found.get(level) ?? 0) + 1);
    }
  const mining = new Set(miners.map(({ ip }) => ip));
  const wrong = verdicts.filter(({ ip }) => !mining.has(ip)).length;
  const [a, b, c] = LEVELS.map((level) => String(found.get(level) ?? 0));
  const missed = String(found.get('none') ?? 0);
  process.stdout.write(
    `${length.padStart(11)}${a.padStart(12)}${b.padStart(11)}${c.padStart(12)}${missed.padStart(12)}` +
      `${String(wrong).padStart(8)}${(peak === null ? '–' : peak.toFixed(0)).padStart(10)}\n`,
  );
}
