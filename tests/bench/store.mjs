/**
 * How fast the built program's store writes: `node tests/bench/store.mjs` after a build. Rows as a scan makes them, of
 * many addresses; each step saved in transactions as a run does. Wall and CPU seconds, medians of the rounds.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '../../dist/deliver/store/index.js';

const { values } = parseArgs({
  options: {
    addresses: { type: 'string', default: '50000' },
    facts: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    'usage: node tests/bench/store.mjs [--addresses N] [--facts N] [--rounds N]\n' +
      '  --addresses  suspects, each with a verdict and a session\n  --facts      evidence rows of each\n',
  );
  process.exit(0);
}
const addresses = Number(values.addresses);
const factsEach = Number(values.facts);
const START_US = 1_625_278_269_120_000;

const ROLES = {
  hello: 0,
  login: 1,
  loginAccepted: 1,
  job: 4,
  target: 0,
  share: 3,
  shareLinked: 3,
  shareAccepted: 3,
};

function suspect(number) {
  const ip = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  const peer = { ip: `198.51.${(number >> 3) & 63}.${number & 7}`, port: 3333 };
  const session = `${ip}|${40_000 + (number % 20_000)}|${peer.ip}|3333|1625278269`;
  const evidence = Array.from({ length: factsEach }, (_, at) => ({
    rule: at === 0 ? 'stratum.cryptonote.login' : 'endpoint.dns-lookup',
    item: at === 0 ? 'P2' : 'E6',
    group: at === 0 ? 'P' : 'E',
    strength: at === 0 ? 'decisive' : 'weak',
    weight: at === 0 ? 6.5 : 1.5,
    suspect: ip,
    peer: at === 0 ? peer : null,
    host: `pool${at}.example.org`,
    session: at === 0 ? session : null,
    bothDirections: at === 0,
    encrypted: false,
    count: 1 + at,
    firstUs: START_US + number,
    lastUs: START_US + 60_000_000,
    excerpt: `DNS question for pool${at}.example.org: 198.51.100.7; listed as pool pool${at}.example.org (Pool) by a list, 2026-08-01`,
    origin: { source: '/captures/2026-09-01/uplink-3.pcapng', format: 'pcapng', record: number * 7 + at },
  }));
  const file = {
    ip,
    sessions: [
      {
        session,
        suspect: ip,
        suspectPort: 40_000 + (number % 20_000),
        peer,
        host: 'pool0.example.org',
        orientedBy: 'handshake',
        firstUs: START_US,
        lastUs: START_US + 60_000_000,
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
    evidence,
  };
  const verdict = {
    ip,
    level: 'confirmed',
    score: 0.998,
    arithmetic: [
      { part: 'prior', bans: -3.82 },
      { part: 'P', bans: 6.5 },
    ],
    firstUs: START_US,
    lastUs: START_US + 60_000_000,
    activeSeconds: 60,
    coins: [{ ticker: 'XMR', basis: 'handshake', confidence: 0.99 }],
    algorithms: ['rx/0'],
    dialects: ['cryptonote'],
    pools: [
      {
        address: peer.ip,
        port: 3333,
        host: 'pool0.example.org',
        operator: 'Pool',
        country: 'US',
        tls: false,
      },
    ],
    agents: ['XMRig/6.21.0'],
    wallets: [`4Abc${number}`],
    workers: ['rig-01'],
    sessions: 1,
    miners: { low: 1, high: 3, basis: 'worker-names, parallel-sessions' },
    reasons: [{ code: 'job-answered', text: 'a log-in was answered with a job' }],
    evidence: evidence.slice(0, 2),
  };
  return { file, verdict };
}

const made = Array.from({ length: addresses }, (_, number) => suspect(number));
const onlyEvidence = made.map(({ file }) => ({ ...file, sessions: [] }));
const onlySessions = made.map(({ file }) => ({ ...file, evidence: [] }));
const verdicts = made.map(({ verdict }) => verdict);
const summary = (path) => ({
  path,
  sha256: null,
  format: 'pcap',
  first: null,
  last: null,
  complete: true,
  problems: [],
});

function timed(action) {
  const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  action();
  const used = process.cpuUsage(cpu);
  return { wall: Number(process.hrtime.bigint() - start) / 1e9, cpu: (used.user + used.system) / 1e6 };
}

function round() {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-store-'));
  try {
    const path = join(folder, 'db.sqlite');
    const store = openStore(path);
    const run = store.beginRun({ startedUs: START_US, version: '0', rulesVersion: 'r' });
    const input = (contentId, suspects) =>
      store.saveInput(run, {
        contentId,
        rulesVersion: 'r',
        summary: summary(contentId),
        suspects,
        state: 'complete',
      });
    const times = {
      evidence: timed(() => input('evidence', onlyEvidence)),
      sessions: timed(() => input('sessions', onlySessions)),
      'verdicts, new': timed(() => store.saveVerdicts(verdicts, run)),
      'verdicts, again': timed(() => store.saveVerdicts(verdicts, run)),
    };
    store.close();
    return { times, bytes: statSync(path).size };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const rounds = Array.from({ length: Number(values.rounds) }, round);
const ROWS = {
  evidence: addresses * factsEach,
  sessions: addresses,
  'verdicts, new': addresses,
  'verdicts, again': addresses,
};
const print = (text) => process.stdout.write(`${text}\n`);
print(
  `machine   ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(2)}, node ${process.version}`,
);
print(`database  ${(median(rounds.map(({ bytes }) => bytes)) / 1e6).toFixed(1)} MB\n`);
print('                     rows    rows/s wall    rows/s CPU');
for (const [name, rows] of Object.entries(ROWS)) {
  const rate = (kind) =>
    Math.round(rows / median(rounds.map(({ times }) => times[name][kind]))).toLocaleString('en');
  print(
    `${name.padEnd(15)}${rows.toLocaleString('en').padStart(10)}${rate('wall').padStart(15)}${rate('cpu').padStart(14)}`,
  );
}
