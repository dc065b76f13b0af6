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

const START_US = 1_625_278_269_120_000;
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

const ROLES = { login: 1, loginAccepted: 1, job: 4, share: 3, shareLinked: 3, shareAccepted: 3 };

function suspect(number) {
  const ip = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const at = number % Number(values.pools);
  const peer = { ip: `203.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, port: 3333 };
  const session = `${ip}|${40_000 + (number % 20_000)}|${peer.ip}|3333|1625278269`;
  const lastUs = START_US + 60_000_000 + number;
  const host = `p${at}.supportxmr.com`;
  return {
    file: {
      ip,
      sessions: [
        {
          session,
          suspect: ip,
          suspectPort: 40_000 + (number % 20_000),
          peer,
          host,
          orientedBy: 'handshake',
          firstUs: START_US,
          lastUs,
          dialect: 'cryptonote',
          wrappers: [],
          tls: false,
          bothDirections: true,
          roles: ROLES,
          logins: [`4Abc${number}.rig-01`],
          workers: ['rig-01'],
          agents: ['XMRig/6.21.0'],
          options: [],
          algorithms: ['rx/0'],
          coins: [{ ticker: 'XMR', basis: 'handshake', confidence: 0.99 }],
          shares: [{ difficulty: 120_001, submitted: 3, accepted: 3, rejected: 0 }],
          reportedHps: null,
          bytesToServer: 1200,
          bytesToClient: 4800,
        },
      ],
      evidence: [],
    },
    verdict: {
      ip,
      level: number % 5 === 0 ? 'probable' : 'confirmed',
      score: 0.9 + (number % 1000) / 10_100,
      arithmetic: [
        { part: 'prior', bans: -3.82 },
        { part: 'P', bans: 6.5 },
      ],
      firstUs: START_US,
      lastUs,
      activeSeconds: 60,
      coins: [{ ticker: 'XMR', basis: 'handshake', confidence: 0.99 }],
      algorithms: ['rx/0'],
      dialects: ['cryptonote'],
      pools: [{ address: peer.ip, port: 3333, host, operator: 'SupportXMR', country: 'DE', tls: false }],
      agents: ['XMRig/6.21.0'],
      wallets: [`4Abc${number}`],
      workers: ['rig-01', `=cmd|'/c calc'!A${number}`],
      sessions: 1,
      miners: { low: 1, high: 3, basis: 'worker-names, parallel-sessions' },
      reasons: [{ code: 'job-answered', text: 'a log-in was answered with a job' }],
      evidence: [
        {
          rule: 'stratum.cryptonote.login',
          item: 'P2',
          group: 'P',
          strength: 'decisive',
          weight: 6.5,
          suspect: ip,
          peer,
          host,
          session,
          bothDirections: true,
          encrypted: false,
          count: 1,
          firstUs: START_US,
          lastUs,
          excerpt: `{"id":1,"method":"login","params":{"login":"4Abc${number}","pass":"x"}}`,
          origin: { source: '/captures/uplink-3.pcapng', format: 'pcapng', record: number },
        },
      ],
    },
  };
}

function fill(path) {
  const summary = {
    path: 'bench',
    sha256: null,
    format: 'pcapng',
    first: null,
    last: null,
    complete: true,
    problems: [],
  };
  const store = openStore(path);
  const run = store.beginRun({ startedUs: START_US, version: '0', rulesVersion: 'r' });
  for (let at = 0; at < Number(values.verdicts); at += BATCH) {
    const size = Math.min(BATCH, Number(values.verdicts) - at);
    const made = Array.from({ length: size }, (_, number) => suspect(at + number));
    store.saveInput(run, {
      contentId: `bench ${at}`,
      rulesVersion: 'r',
      summary,
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
