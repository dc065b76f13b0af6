/**
 * How often somebody who does not mine gets a verdict: `npm run bench -- benign`. Made-up traffic through the whole
 * program: flow records of long sessions, much of it as near to mining as it goes, captures that nobody can read, and
 * services that use the words of mining.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { addressOf, flowRecords, KINDS, kindOf, SPECIAL, TALKS, talks } from './gen-benign.mjs';

const { values } = parseArgs({
  options: {
    addresses: { type: 'string', default: '100000' },
    sessions: { type: 'string', default: '100000' },
    hours: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    'usage: npm run bench -- benign [--addresses N] [--sessions N] [--hours N] [--seed N]\n' +
      '  --addresses  that flow records tell of, each with one or two long sessions\n' +
      '  --sessions   of each kind of capture\n' +
      '  --hours      that flow records last\n',
  );
  process.exit(0);
}

const LEVELS = ['confirmed', 'probable', 'suspected'];
/** Addresses of one run: their pairs fit the table of flow patterns. */
const BATCH = 10_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-benign-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const listed = parse(readFileSync(here('../../rules/pools.csv')), { columns: true })
  .filter(({ kind, ports }) => kind === 'ip' && ports !== '')
  .map(({ host, ports }) => [host, Number(ports.split(/[;\s]/)[0])]);

/** Verdicts and counters of one run over what `pieces` yields. */
async function scan(pieces, format) {
  const summary = join(folder, 'summary.json');
  const args = ['scan', '-', '--json', '--home', '10.0.0.0/8', '--no-sha256', '--summary', summary];
  const child = spawn(
    process.execPath,
    [here('../../bin/rigwatch.js'), ...args, ...format, '--db', join(folder, 'bench.sqlite')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  const ended = once(child, 'close');
  for (const piece of pieces) if (!child.stdin.write(piece)) await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`rigwatch ended with exit code ${code}`);
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `bench.sqlite${end}`), { force: true });
  const verdicts = out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return { verdicts, counters: JSON.parse(readFileSync(summary)).counters };
}

/** Upper 95 % limit of a rate, per million: exact (Poisson), by bisection; 3.0 / n where nothing was seen. */
function limit(seen, count) {
  const atMost = (mean) => {
    let term = Math.exp(-mean);
    let sum = term;
    for (let k = 1; k <= seen; k++) sum += term *= mean / k;
    return sum;
  };
  let [low, high] = [seen, seen + 10 + 5 * Math.sqrt(seen)];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 0.05) low = middle;
    else high = middle;
  }
  return (high / count) * 1e6;
}

const tallies = new Map();
const tally = (kind) => {
  const known = tallies.get(kind) ?? { addresses: 0, confirmed: 0, probable: 0, suspected: 0 };
  tallies.set(kind, known);
  return known;
};
const totals = {};
const add = (counters) => {
  for (const [name, count] of Object.entries(counters)) totals[name] = (totals[name] ?? 0) + count;
};

const addresses = Number(values.addresses);
const options = { hours: Number(values.hours), seed: Number(values.seed), listed };
for (let from = 0; from < addresses; from += BATCH) {
  const count = Math.min(BATCH, addresses - from);
  const kinds = new Map();
  for (let at = from; at < from + count; at++) {
    kinds.set(addressOf(at), kindOf(at));
    tally(kindOf(at)).addresses++;
  }
  const { verdicts, counters } = await scan(flowRecords({ ...options, from, count }), [
    '--format',
    'nfdump-csv',
  ]);
  for (const { ip, level } of verdicts) tally(kinds.get(ip) ?? 'not made')[level]++;
  add(counters);
  process.stderr.write(`benign: ${from + count} of ${addresses} addresses\n`);
}
const sessions = Number(values.sessions);
for (const kind of Object.keys(TALKS)) {
  for (let from = 0; from < sessions; from += BATCH) {
    const count = Math.min(BATCH, sessions - from);
    tally(kind).addresses += count;
    const { verdicts, counters } = await scan(talks(kind, { ...options, from, count }), ['--format', 'pcap']);
    for (const { level } of verdicts) tally(kind)[level]++;
    for (const verdict of verdicts.filter(({ level }) => level !== 'suspected'))
      process.stderr.write(`benign: flagged: ${JSON.stringify(verdict.evidence)}\n`);
    add(counters);
    process.stderr.write(`benign: ${from + count} of ${sessions} sessions, ${kind}\n`);
  }
}

const row = (cells) =>
  console.log(
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(12) : String(cell).padStart(11))).join(''),
  );
row(['kind', 'addresses', ...LEVELS]);
for (const kind of [...Object.keys(KINDS), ...Object.keys(SPECIAL), ...Object.keys(TALKS), 'not made']) {
  const seen = tallies.get(kind);
  if (seen !== undefined) row([kind, seen.addresses, ...LEVELS.map((level) => seen[level])]);
}
const all = [...tallies.values()];
const sum = (name) => all.reduce((total, one) => total + one[name], 0);
const [count, flagged] = [sum('addresses'), sum('confirmed') + sum('probable')];
console.log(
  `flow patterns: ${totals['records.patterns'] ?? 0}, of them like a pool session (B19): ${totals['rules.evidence.b19'] ?? 0}`,
);
console.log(
  `flagged: ${flagged} of ${count}, ${((flagged / count) * 1e6).toFixed(2)} in a million; at most ${limit(flagged, count).toFixed(2)} (95 %)`,
);
