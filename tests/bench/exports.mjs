/**
 * How fast and in how much memory each export is written: `node tests/bench/exports.mjs` after a build. A database of so many
 * verdicts, each with a session, is made once; each export then runs in a process of its own, its output thrown away.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXPORTERS } from '../../dist/deliver/export/index.js';
import { openStore } from '../../dist/deliver/store/index.js';
import { minerRows, START_US, summaryOf } from './rows.mjs';

const { values } = parseArgs({
  options: {
    verdicts: { type: 'string', default: '1000000' },
    pools: { type: 'string', default: '20000' },
    only: { type: 'string' },
    db: { type: 'string' },
    child: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    'usage: node tests/bench/exports.mjs [--verdicts N] [--pools N] [--only FORMAT,…] [--db FILE]\n' +
      '  --pools  endpoints that they name\n  --db     keep the database in this file; made if it is not there\n',
  );
  process.exit(0);
}

const BATCH = 10_000;
const print = (text) => process.stdout.write(`${text}\n`);
const SECONDS = 1e9;

/** The command itself, in this process, so that its memory can be read at the end. */
if (values.child !== undefined) {
  const [format, of] = values.child.split(' ');
  const { main } = await import('../../dist/app/cli/main.js');
  const start = process.hrtime.bigint();
  await main(['node', 'rigwatch', '--db', values.db, '-q', 'export', format, '--of', of, '-o', '/dev/null']);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  print(
    JSON.stringify({
      wall: Number(process.hrtime.bigint() - start) / SECONDS,
      cpu: (userCPUTime + systemCPUTime) / 1e6,
      rss: maxRSS * 1024,
    }),
  );
  process.exit(process.exitCode ?? 0);
}

function suspect(number) {
  const ip = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const at = number % Number(values.pools);
  const peer = { ip: `203.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, port: 3333 };
  const lastUs = START_US + 60_000_000 + number;
  const host = `p${at}.supportxmr.com`;
  const { session, verdict } = minerRows({ number, ip, peer, host, operator: 'SupportXMR', lastUs });
  const fact = {
    rule: 'stratum.cryptonote.login',
    item: 'P2',
    group: 'P',
    strength: 'decisive',
    weight: 6.5,
    suspect: ip,
    peer,
    host,
    session: session.session,
    bothDirections: true,
    encrypted: false,
    count: 1,
    firstUs: START_US,
    lastUs,
    excerpt: `{"id":1,"method":"login","params":{"login":"4Abc${number}","pass":"x"}}`,
    origin: { source: '/captures/uplink-3.pcapng', format: 'pcapng', record: number },
  };
  return {
    file: { ip, sessions: [session], evidence: [] },
    verdict: {
      ...verdict,
      level: number % 5 === 0 ? 'probable' : 'confirmed',
      score: 0.9 + (number % 1000) / 10_100,
      workers: ['rig-01', `=cmd|'/c calc'!A${number}`],
      evidence: [fact],
    },
  };
}

function fill(path) {
  const store = openStore(path);
  const run = store.beginRun({ startedUs: START_US, version: '0', rulesVersion: 'r' });
  for (let at = 0; at < Number(values.verdicts); at += BATCH) {
    const size = Math.min(BATCH, Number(values.verdicts) - at);
    const made = Array.from({ length: size }, (_, number) => suspect(at + number));
    store.saveInput(run, {
      contentId: `bench ${at}`,
      rulesVersion: 'r',
      summary: summaryOf('bench'),
      suspects: made.map(({ file }) => file),
    });
    store.saveVerdicts(
      made.map(({ verdict }) => verdict),
      run,
    );
  }
  store.close();
}

const folder = values.db === undefined ? mkdtempSync(join(tmpdir(), 'rigwatch-exports-')) : null;
const path = values.db ?? join(folder, 'db.sqlite');
try {
  if (!existsSync(path)) fill(path);
  print(
    `machine   ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(2)}, node ${process.version}`,
  );
  print(
    `database  ${Number(values.verdicts).toLocaleString('en')} verdicts, ${Number(values.pools).toLocaleString('en')} pools, ${(statSync(path).size / 1e6).toFixed(0)} MB\n`,
  );
  print('format          of          wall s    CPU s   verdicts/s CPU   peak MB');
  const only = values.only?.split(',');
  for (const { name, subjects } of EXPORTERS) {
    if (only !== undefined && !only.includes(name)) continue;
    for (const of of subjects) {
      const child = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), '--db', path, '--child', `${name} ${of}`],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
      );
      if (child.status !== 0) {
        print(`${name} of ${of}: failed`);
        process.exitCode = 1;
        continue;
      }
      const { wall, cpu, rss } = JSON.parse(child.stdout.trimEnd().split('\n').at(-1));
      const rate = Math.round(Number(values.verdicts) / cpu).toLocaleString('en');
      print(
        `${name.padEnd(16)}${of.padEnd(9)}${wall.toFixed(1).padStart(9)}${cpu.toFixed(1).padStart(9)}${rate.padStart(17)}${(rss / 1e6).toFixed(0).padStart(10)}`,
      );
    }
  }
} finally {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
}
