/**
 * How fast the built program's store writes: `node tests/bench/store.mjs` after a build. Rows as a scan makes them, of
 * many addresses; each step saved in transactions as a run does. Wall and CPU seconds, medians of the rounds.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '../../dist/deliver/store/index.js';
import { minerRows, START_US, summaryOf } from './rows.mjs';

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

function suspect(number) {
  const ip = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  const peer = { ip: `198.51.${(number >> 3) & 63}.${number & 7}`, port: 3333 };
  const lastUs = START_US + 60_000_000;
  const { session, verdict } = minerRows({
    number,
    ip,
    peer,
    host: 'pool0.example.org',
    operator: 'Pool',
    lastUs,
  });
  const evidence = Array.from({ length: factsEach }, (_, at) => ({
    rule: at === 0 ? 'stratum.cryptonote.login' : 'endpoint.dns-lookup',
    item: at === 0 ? 'P2' : 'E6',
    group: at === 0 ? 'P' : 'E',
    strength: at === 0 ? 'decisive' : 'weak',
    weight: at === 0 ? 6.5 : 1.5,
    suspect: ip,
    peer: at === 0 ? peer : null,
    host: `pool${at}.example.org`,
    session: at === 0 ? session.session : null,
    bothDirections: at === 0,
    encrypted: false,
    count: 1 + at,
    firstUs: START_US + number,
    lastUs,
    excerpt: `DNS question for pool${at}.example.org: 198.51.100.7; listed as pool pool${at}.example.org (Pool) by a list, 2026-08-01`,
    origin: { source: '/captures/2026-09-01/uplink-3.pcapng', format: 'pcapng', record: number * 7 + at },
  }));
  return {
    file: { ip, sessions: [session], evidence },
    verdict: { ...verdict, evidence: evidence.slice(0, 2) },
  };
}

const made = Array.from({ length: addresses }, (_, number) => suspect(number));
const onlyEvidence = made.map(({ file }) => ({ ...file, sessions: [] }));
const onlySessions = made.map(({ file }) => ({ ...file, evidence: [] }));
const verdicts = made.map(({ verdict }) => verdict);

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
        summary: summaryOf(contentId),
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
