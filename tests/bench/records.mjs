/**
 * How fast flow records are read: `npm run bench -- records`. The same records in each form; each reader alone, in this
 * process, and the whole program beside nfdump. Compare the ratios, not the seconds.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { capture, datagrams, nfdumpCsv, nfdumpShortCsv, zeekConn } from './gen-records.mjs';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write('usage: npm run bench -- records [--records N] [--rounds N]\n');
  process.exit(0);
}
const COUNT = Number(values.records);
const ROUNDS = Number(values.rounds);
const CHUNK = 512 * 1024;
const dist = (path) => new URL(`../../dist/${path}`, import.meta.url).href;
const { Counters } = await import(dist('base/counters.js'));
const { detectFormat } = await import(dist('intake/formats/index.js'));
const { ExportDecoder } = await import(dist('intake/formats/exports/decoder.js'));

const folder = mkdtempSync(join(tmpdir(), 'rigwatch-records-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function write(name, pieces) {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  let held = [];
  let size = 0;
  const flush = () => {
    if (size > 0) writeSync(file, Buffer.concat(held));
    [held, size] = [[], 0];
  };
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    held.push(bytes);
    size += bytes.length;
    if (size > 1 << 20) flush();
  }
  flush();
  closeSync(file);
  return path;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** CPU seconds of this process that `work` takes. */
function cpuOf(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

let octets = 0;
let seen = 0;
const sink = {
  frame: () => {},
  observation: () => {},
  sampledPacket: () => {},
  flow(fields) {
    seen++;
    octets += fields.octets;
  },
};

/** Datagrams as the collector has them: decoded, nothing else. */
function decodeDatagrams(version) {
  const all = Buffer.concat([...datagrams(version, COUNT)]);
  const ends = [];
  let end = 0;
  for (const datagram of datagrams(version, COUNT)) {
    end += datagram.length;
    ends.push(end);
  }
  return () => {
    const decoder = new ExportDecoder(sink, new Counters());
    let at = 0;
    for (const next of ends) {
      decoder.datagram('192.0.2.1', all, at, next - at, 1.7e15);
      at = next;
    }
  };
}

function readFile(path) {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  return () => {
    const file = openSync(path, 'r');
    let reader = null;
    for (;;) {
      const length = readSync(file, buffer, 0, CHUNK, null);
      if (length === 0) break;
      const chunk = buffer.subarray(0, length);
      reader ??= detectFormat(chunk).open(sink, new Counters());
      reader.feed(chunk);
    }
    reader.end();
    closeSync(file);
  };
}

/** The records through nfcapd over loopback, slowly enough for it; null where it is not installed. */
async function collected() {
  if (spawnSync('nfcapd', ['-V']).error) return null;
  const port = 20_000 + Math.floor(Math.random() * 30_000);
  const args = ['-b', '127.0.0.1', '-p', String(port), '-w', folder, '-t', '86400', '-y', '-B', '4000000'];
  const collector = spawn('nfcapd', args, { stdio: 'ignore' });
  await new Promise((done) => setTimeout(done, 500));
  const socket = createSocket('udp4');
  let sent = 0;
  for (const datagram of datagrams(9, COUNT)) {
    await new Promise((done) => socket.send(datagram, port, '127.0.0.1', done));
    if (++sent % 50 === 0) await new Promise((done) => setTimeout(done, 2));
  }
  await new Promise((done) => setTimeout(done, 1000));
  socket.close();
  collector.kill('SIGTERM');
  await new Promise((done) => collector.on('exit', done));
  const name = readdirSync(folder).find((one) => /^nfcapd\.\d+$/.test(one));
  return name === undefined ? null : join(folder, name);
}

const print = (text) => process.stdout.write(`${text}\n`);
const perSecond = (seconds) => (COUNT / seconds / 1e6).toFixed(2).padStart(8);

print(`machine   ${cpus().length} x ${cpus()[0]?.model}, node ${process.version}`);
print(`records   ${COUNT}, ${ROUNDS} rounds, medians of CPU seconds`);

const files = {
  v5: write('v5.pcap', capture(5, COUNT)),
  v9: write('v9.pcap', capture(9, COUNT)),
  ipfix: write('ipfix.pcap', capture(10, COUNT)),
  csv: write('nfdump.csv', nfdumpCsv(COUNT)),
  zeek: write('conn.log', zeekConn(COUNT)),
};
const shortCsv = write('nfdump-1.7.2.csv', nfdumpShortCsv(COUNT));
const stored = await collected();

const readers = [
  ['v5 datagrams', decodeDatagrams(5)],
  ['v9 datagrams', decodeDatagrams(9)],
  ['ipfix datagrams', decodeDatagrams(10)],
  ['nfdump csv', readFile(files.csv)],
  ['nfdump 1.7.2 csv', readFile(shortCsv)],
  ['zeek json', readFile(files.zeek)],
  ...(stored === null ? [] : [['nfcapd lz4', readFile(stored)]]),
];
print('\nreader alone        CPU s   M rec/s');
for (const [name, read] of readers) {
  seen = 0;
  read();
  // nfcapd may lose datagrams where the machine is busy: then it is no measure.
  if (seen < COUNT * (name === 'nfcapd lz4' ? 0.99 : 1))
    throw new Error(`${name}: ${seen} of ${COUNT} records read`);
  const seconds = median(Array.from({ length: ROUNDS }, () => cpuOf(read)));
  print(`${name.padEnd(16)} ${seconds.toFixed(3).padStart(8)}  ${perSecond(seconds)}`);
}

const GNU_TIME = '/usr/bin/time';
function timeOf(command, args) {
  const whole = existsSync(GNU_TIME)
    ? [GNU_TIME, ['-f', '%U %S', command, ...args]]
    : ['bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', command, ...args]];
  const { status, stderr } = spawnSync(whole[0], whole[1], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${command} ended with exit code ${status}:\n${stderr}`);
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

let runs = 0;
const bin = fileURLToPath(new URL('../../bin/rigwatch.js', import.meta.url));
const scan = (path) => () =>
  timeOf(process.execPath, [
    bin,
    'scan',
    path,
    '--db',
    join(folder, `${++runs}.sqlite`),
    '--quiet',
    '--no-sha256',
  ]);
const contestants = [
  ...Object.entries(files).map(([name, path]) => [`scan ${name}`, scan(path)]),
  ...(stored === null
    ? []
    : [
        ['scan nfcapd', scan(stored)],
        ['nfdump filter', () => timeOf('nfdump', ['-r', stored, '-q', '-o', 'csv', 'net 192.0.2.0/24'])],
        ['nfdump -s', () => timeOf('nfdump', ['-r', stored, '-q', '-s', 'srcip/bytes', '-n', '10'])],
      ]),
];
const rounds = Array.from({ length: ROUNDS }, () => contestants.map(([, run]) => run()));
const nfdumpAt = contestants.findIndex(([name]) => name === 'nfdump -s');
print('\nwhole process       CPU s   M rec/s   ratio to nfdump -s in the same round');
contestants.forEach(([name], at) => {
  const seconds = median(rounds.map((round) => round[at]));
  const ratio = nfdumpAt < 0 ? '–' : median(rounds.map((round) => round[nfdumpAt] / round[at])).toFixed(2);
  print(`${name.padEnd(16)} ${seconds.toFixed(2).padStart(8)}  ${perSecond(seconds)}  ${ratio.padStart(6)}`);
});
if (stored !== null) print(`\nnfdump    ${execFileSync('nfdump', ['-V'], { encoding: 'utf8' }).trim()}`);
if (octets === 0 || readFileSync(files.csv).length === 0) throw new Error('nothing was read');
