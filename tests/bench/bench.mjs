/**
 * How fast the built program is: `npm run bench`. Makes a trace, checks that what is found in it is right, then times
 * whole processes in turn with public tools that are installed. Compare the ratios, not the seconds.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const GNU_TIME = '/usr/bin/time';
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '2000000' },
    'pkts-per-flow': { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    trace: { type: 'string' },
    peers: { type: 'string', default: 'cat,tcpdump,ndpiReader,softflowd' },
    drop: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    'usage: npm run bench -- [--packets N] [--pkts-per-flow N] [--rounds N] [--trace FILE] [--peers LIST] [--drop]\n' +
      '  --trace  where the trace is made or reused (with FILE.json beside it); default: in the temporary folder\n' +
      '  --peers  what is timed beside it, where installed: cat,tcpdump,ndpiReader,softflowd (default), tshark, nfpcapd\n' +
      '  --drop   delete the trace afterwards\n',
  );
  process.exit(0);
}

function fail(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(1);
}

function makeTrace() {
  const name = `rigwatch-bench-${values.packets}-${values['pkts-per-flow']}.pcap`;
  const path = values.trace ?? join(tmpdir(), name);
  if (existsSync(path) && existsSync(`${path}.json`)) return path;
  process.stderr.write(`bench: making ${path} …\n`);
  const made = spawnSync(
    process.execPath,
    [
      here('gen-trace.mjs'),
      ...['--out', path, '--truth', `${path}.json`],
      ...['--packets', values.packets, '--pkts-per-flow', values['pkts-per-flow']],
    ],
    { stdio: 'inherit' },
  );
  if (made.status !== 0) fail('the trace could not be made');
  return path;
}

/** First line that a command prints with --version (or the like), or null where it is not installed. */
function versionOf(command, flag) {
  const { error, stdout, stderr } = spawnSync(command, [flag], { encoding: 'utf8' });
  if (error) return null;
  return (
    `${stdout}${stderr}`
      .split('\n')
      .map((line) => line.trim())
      .find((line) => /\d\.\d/.test(line)) ?? 'installed'
  );
}

/** Runs a command with its output thrown away: CPU and wall seconds, peak memory in MB (null: not known). */
function time({ command, args }) {
  const whole = existsSync(GNU_TIME)
    ? [GNU_TIME, ['-f', '%U %S %e %M', command, ...args]]
    : ['bash', ['-c', 'TIMEFORMAT="%U %S %R 0"; time "$@"', 'bash', command, ...args]];
  const { status, stderr } = spawnSync(whole[0], whole[1], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 26,
  });
  if (status !== 0) fail(`${command} ended with exit code ${status}:\n${stderr}`);
  const [user, system, wall, kib] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { cpu: user + system, wall, rss: kib ? kib / 1024 : null };
}

/** What the verdicts say against what the trace holds. Sessions inside TLS are not owed. */
function check(verdicts, truth) {
  const flagged = new Map(
    verdicts
      .filter(({ level }) => level === 'confirmed' || level === 'probable')
      .map((verdict) => [verdict.ip, new Set(verdict.pools.map((pool) => `${pool.address} ${pool.port}`))]),
  );
  const sessions = truth.miners.flatMap(({ ip, sessions: all }) =>
    all.map((session) => ({ ip, ...session })),
  );
  const clear = sessions.filter((session) => !session.encrypted);
  const missed = clear.filter(({ ip, server, port }) => !flagged.get(ip)?.has(`${server} ${port}`));
  const miners = new Set(sessions.map(({ ip }) => ip));
  const wrong = [...flagged.keys()].filter((ip) => !miners.has(ip));
  return { clear: clear.length, missed, encrypted: sessions.length - clear.length, wrong };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const trace = makeTrace();
const truth = JSON.parse(readFileSync(`${trace}.json`, 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-bench-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
  if (values.drop) for (const path of [trace, `${trace}.json`]) rmSync(path, { force: true });
});

let runs = 0;
/** A new database for each run. */
const scan = (...more) => ({
  command: process.execPath,
  args: [
    here('../../bin/rigwatch.js'),
    ...['scan', trace, '--db', join(folder, `${++runs}.sqlite`), '--json', '--quiet'],
    ...more,
  ],
});

const first = scan();
const found = spawnSync(first.command, first.args, {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 1 << 28,
});
if (found.status !== 0) fail(`rigwatch scan ended with exit code ${found.status}`);
const verdicts = found.stdout
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));
const result = check(verdicts, truth);
const print = (text) => process.stdout.write(`${text}\n`);
print(
  `machine   ${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
);
print(
  `load      ${loadavg()
    .map((load) => load.toFixed(2))
    .join(' ')}`,
);
print(`node      ${process.version}`);
print(`trace     ${truth.packets} packets, ${(statSync(trace).size / 1e6).toFixed(1)} MB`);
print(
  `found     ${result.clear - result.missed.length} of ${result.clear} clear-text mining sessions (${result.encrypted} more inside TLS), ` +
    `${result.wrong.length} addresses wrongly flagged`,
);
for (const { ip, dialect, server, port, midstream } of result.missed)
  print(`missed    ${ip} -> ${server} ${port}, ${dialect}${midstream ? ', already running' : ''}`);
for (const ip of result.wrong) print(`wrong     ${ip}`);
if (result.missed.length + result.wrong.length > 0) fail('speed does not count while the output is wrong');

const contestants = [
  {
    name: 'rigwatch',
    version: JSON.parse(readFileSync(here('../../package.json'), 'utf8')).version,
    run: () => scan(),
  },
  // Peers do not hash what they read.
  { name: 'no-sha256', version: 'rigwatch --no-sha256', run: () => scan('--no-sha256') },
  ...[
    { name: 'cat', flag: '--version', args: [trace] },
    { name: 'tcpdump', flag: '--version', args: ['-nr', trace, '-w', '/dev/null', 'tcp port 3333'] },
    { name: 'ndpiReader', flag: '-h', args: ['-q', '-i', trace] },
    { name: 'softflowd', flag: '-h', args: ['-r', trace, '-n', '127.0.0.1:9', '-d'] },
    { name: 'nfpcapd', flag: '-V', args: ['-r', trace, '-w', folder] },
    {
      name: 'tshark',
      flag: '--version',
      args: ['-nr', trace, '-Y', 'tcp.port == 3333', '-T', 'fields', '-e', 'ip.src', '-e', 'tcp.payload'],
    },
  ]
    .filter(({ name }) => values.peers.split(',').includes(name))
    .map(({ name, flag, args }) => ({
      name,
      version: versionOf(name, flag),
      run: () => ({ command: name, args }),
    })),
].filter(({ version }) => version !== null);

const rounds = Array.from({ length: Number(values.rounds) }, () => contestants.map(({ run }) => time(run())));
print(
  `\n${values.rounds} rounds in turn, medians; ratio: CPU seconds of the peer over those of rigwatch in the same round`,
);
print('                CPU s    wall s   Mpkt/s     MB/s   peak MB    ratio (least – most)');
contestants.forEach(({ name, version }, at) => {
  const of = (key) => rounds.map((round) => round[at][key]);
  const cpu = median(of('cpu'));
  const peak = of('rss').includes(null) ? '–' : Math.max(...of('rss')).toFixed(0);
  const ratios = rounds.map((round) => round[at].cpu / round[0].cpu);
  const columns = [
    name.padEnd(12),
    cpu.toFixed(2).padStart(9),
    median(of('wall')).toFixed(2).padStart(9),
    (truth.packets / cpu / 1e6).toFixed(2).padStart(8),
    (statSync(trace).size / cpu / 1e6).toFixed(0).padStart(8),
    peak.padStart(9),
    `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)})`.padStart(
      22,
    ),
  ];
  print(`${columns.join(' ')}   ${version}`);
});
