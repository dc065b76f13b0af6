/**
 * How many packets a second `rigwatch watch if://…` takes without loss: `node tests/bench/interface.mjs` as root, after
 * `npm run build`, on Linux with tcpdump, tcpreplay and iproute2. Replays the trace of gen-trace.mjs into one end of a pair of
 * virtual interfaces, watches the other, and tells what came, what was lost and the CPU time of the two processes. Other work
 * on the machine goes behind: the three processes get its largest weight.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '100000,250000' },
    loops: { type: 'string', default: '10' },
    snaplen: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    'usage: node tests/bench/interface.mjs [--rates PACKETS/S,…] [--loops N] [--snaplen BYTES]\n',
  );
  process.exit(0);
}

const PACKETS = 200_000;
/** The count of drops is asked for every 10 seconds. */
const COUNTS_MS = 11_000;
const [FROM, TO, PORT] = ['rwbench0', 'rwbench1', 9479];
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ip = (...args) => execFileSync('ip', args);
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-bench-'));
const trace = join(folder, 'trace.pcap');

execFileSync(process.execPath, [
  here('gen-trace.mjs'),
  ...['--out', trace, '--truth', join(folder, 'truth.json'), '--packets', String(PACKETS)],
]);
ip('link', 'add', FROM, 'mtu', '9000', 'type', 'veth', 'peer', 'name', TO, 'mtu', '9000');
try {
  for (const end of [FROM, TO]) {
    // The kernel would say hello to its neighbours.
    writeFileSync(`/proc/sys/net/ipv6/conf/${end}/disable_ipv6`, '1');
    ip('link', 'set', end, 'up');
  }
  console.log(`${cpus().length} x ${cpus()[0]?.model}, ${type()} ${release()}, node ${process.version}`);
  console.log('packets/s     sent      seen     lost     told  CPU us a packet: rigwatch  tcpdump   load');
  for (const rate of values.rates.split(',').map(Number)) await measure(rate);
} finally {
  ip('link', 'del', FROM);
  rmSync(folder, { recursive: true });
}

async function measure(rate) {
  const sent = PACKETS * Number(values.loops);
  const options = values.snaplen === '' ? '' : `?snaplen=${values.snaplen}`;
  const watch = spawn(
    process.execPath,
    [
      here('../../bin/rigwatch.js'),
      ...['watch', `if://${TO}${options}`, '--quiet', '--health', `127.0.0.1:${PORT}`],
      ...['--db', join(folder, `${rate}.sqlite`)],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    for (let tries = 0; (await metric('source_up')) !== 1; tries++) {
      if (tries > 100) throw new Error('the watch does not come up');
      await delay(100);
    }
    for (const pid of ['self', childOf(watch.pid)]) goAhead(pid);
    const before = await metric('packets_total');
    const startMs = performance.now();
    await replay(rate);
    const seconds = (performance.now() - startMs) / 1000;
    await delay(COUNTS_MS);
    const seen = (await metric('packets_total')) - before;
    const told = await metric('source_dropped_total');
    const [ours, its] = [watch.pid, childOf(watch.pid)].map((pid) => (cpuSeconds(pid) * 1e6) / seen);
    const row = [Math.round(sent / seconds), sent, seen, sent - seen, told];
    const widths = [9, 9, 10, 9, 9];
    console.log(
      `${row.map((value, column) => String(value).padStart(widths[column])).join('')}${ours.toFixed(2).padStart(26)}${its.toFixed(2).padStart(9)}${loadavg()[0].toFixed(1).padStart(7)}`,
    );
  } finally {
    watch.kill();
    await new Promise((resolve) => watch.once('exit', resolve));
  }
}

async function metric(name) {
  try {
    const text = await (await fetch(`http://127.0.0.1:${PORT}/metrics`)).text();
    return Number(new RegExp(`^rigwatch_${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  } catch {
    return Number.NaN;
  }
}

function replay(rate) {
  const args = ['-q', '-K', '-i', FROM, '--pps', String(rate), '--loop', values.loops, trace];
  const program = spawn('tcpreplay', args, { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    program.once('error', reject);
    program.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`tcpreplay ended with ${code}`)),
    );
  });
}

/** Linux weighs sessions against each other (sched(7), autogroup); the watch and the replay are of ours. */
function goAhead(pid) {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, '-20');
  } catch {
    // A kernel without it.
  }
}

function childOf(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
