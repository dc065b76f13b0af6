/**
 * Whether `rigwatch watch` counts what nfcapd counts: `node tests/bench/exporters.mjs` after `npm run build`. The trace of
 * gen-trace.mjs goes through each exporter that is installed (softflowd, pmacctd, nfreplay), its datagrams twice over
 * loopback: to nfcapd (sFlow: sfcapd), whose file nfdump adds up, and to the watch. nfcapd multiplies where NetFlow v5 and
 * sFlow tell a sampling interval; the watch does not, so that its sums are compared times that interval.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PACKETS = 200_000;
const [TEE, THEIRS, OURS, HEALTH] = [47_001, 47_002, 47_003, 47_004];
const TO = `127.0.0.1:${TEE}`;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-exporters-'));
const trace = join(folder, 'trace.pcap');

const softflowd = (...args) => ['softflowd', '-a', '-d', '-n', TO, '-r', trace, ...args];
const pmacctd = (plugin, ...lines) => {
  const file = join(folder, 'pmacctd.conf');
  const common = [
    `plugins: ${plugin}`,
    `${plugin}_receiver: ${TO}`,
    `pcap_savefile: ${trace}`,
    'daemonize: false',
    'aggregate: src_host,dst_host,src_port,dst_port,proto,tos,tcpflags',
    'plugin_buffer_size: 102400',
    'plugin_pipe_size: 10240000',
  ];
  writeFileSync(file, `${[...common, ...lines].join('\n')}\n`);
  return ['pmacctd', '-f', file];
};
/** Name, scheme, whether theirs is multiplied, and the command (made when its turn comes). */
const RUNS = [
  ['softflowd v5', 'netflow', true, () => softflowd('-v', '5')],
  ['softflowd v5 1:10', 'netflow', true, () => softflowd('-v', '5', '-s', '10')],
  ['softflowd v9', 'netflow', false, () => softflowd('-v', '9')],
  ['softflowd v9 1:10', 'netflow', false, () => softflowd('-v', '9', '-s', '10')],
  ['softflowd ipfix', 'ipfix', false, () => softflowd('-v', '10')],
  ['softflowd ipfix biflow', 'ipfix', false, () => softflowd('-v', '10', '-b')],
  ['softflowd ipfix us', 'ipfix', false, () => softflowd('-v', '10', '-A', 'micro')],
  ['softflowd ipfix tcp', 'ipfix+tcp', false, () => softflowd('-v', '10', '-P', 'tcp')],
  ['pmacctd nfprobe v5', 'netflow', true, () => pmacctd('nfprobe', 'nfprobe_version: 5')],
  ['pmacctd nfprobe v9', 'netflow', false, () => pmacctd('nfprobe', 'nfprobe_version: 9')],
  ['pmacctd nfprobe ipfix', 'ipfix', false, () => pmacctd('nfprobe', 'nfprobe_version: 10')],
  [
    'pmacctd nfprobe 1:10',
    'ipfix',
    false,
    () => pmacctd('nfprobe', 'nfprobe_version: 10', 'sampling_rate: 10'),
  ],
  ['pmacctd sfprobe 1:10', 'sflow', true, () => pmacctd('sfprobe', 'sampling_rate: 10')],
  ['nfreplay v5', 'netflow', true, () => nfreplay('5')],
  ['nfreplay v9', 'netflow', false, () => nfreplay('9')],
];
/** The file that nfcapd wrote of softflowd v9. */
let kept = null;
const nfreplay = (version) => [
  'nfreplay',
  '-H',
  '127.0.0.1',
  '-p',
  TEE,
  '-v',
  version,
  '-d',
  '200',
  '-r',
  kept,
];

try {
  const truth = join(folder, 'truth.json');
  execFileSync(process.execPath, [
    here('gen-trace.mjs'),
    ...['--out', trace, '--truth', truth, '--packets', String(PACKETS)],
  ]);
  writeRules(JSON.parse(readFileSync(truth, 'utf8')).pools);
  console.log(versionOf('softflowd', '-h'), '|', versionOf('pmacctd', '-V'), '|', versionOf('nfdump', '-V'));
  console.log(
    '                        nfdump: flows  packets      bytes   rigwatch: flows  packets      bytes  lost  1:N  suspects',
  );
  for (const run of RUNS) await compare(...run);
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(name, scheme, isMultiplied, command) {
  const isUdp = scheme !== 'ipfix+tcp';
  const dir = join(folder, name.replaceAll(/[^a-z0-9]/g, '-'));
  mkdirSync(dir);
  const collector = scheme === 'sflow' ? 'sfcapd' : 'nfcapd';
  const theirs = spawn(collector, ['-p', THEIRS, '-w', dir, '-t', '3600', '-B', '4000000'], {
    stdio: 'ignore',
  });
  theirs.once('error', () => {});
  const ours = spawn(
    process.execPath,
    [
      here('../../bin/rigwatch.js'),
      ...[
        'watch',
        `${scheme}://127.0.0.1:${isUdp ? OURS : TEE}`,
        '--health',
        `127.0.0.1:${HEALTH}`,
        '--quiet',
      ],
      ...['--db', join(folder, 'db.sqlite'), '--rules', join(folder, 'rules'), '--interval', '1s', '--json'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  ours.stdout.on('data', (text) => {
    said += text;
  });
  const tee = isUdp ? await openTee() : null;
  try {
    while (Number.isNaN(await metric('source_up'))) await delay(100);
    const [program, ...args] = command();
    const exporter = spawn(program, args.map(String), { stdio: 'ignore' });
    const isThere = await once(exporter, 'exit').then(
      () => true,
      () => false,
    );
    await delay(3000);
    const [records, packets, bytes] = await Promise.all(
      ['flow_records', 'flow_packets', 'flow_bytes'].map((what) => metric(`${what}_total`)),
    );
    const interval = await metric('exporter_sampling_interval');
    const lost = (await metric('exporter_lost_records')) + (await metric('exporter_lost_messages'));
    ours.kill();
    theirs.kill();
    await once(ours, 'exit');
    await delay(500);
    if (!isThere) return console.log(`${name.padEnd(24)}${program} is not installed`);
    const suspects = new Set(
      said
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).ip),
    ).size;
    const times = isMultiplied ? Math.max(1, interval) : 1;
    const sums = isUdp ? nfdumpSums(dir, name) : null;
    const same =
      sums === null || (sums[0] === records && sums[1] === packets * times && sums[2] === bytes * times);
    const shown = (values, first) =>
      values.map((value, at) => String(value).padStart([first, 9, 11][at])).join('');
    console.log(
      `${name.padEnd(24)}${sums === null ? '-'.padStart(33) : shown(sums, 13)}${shown([records, packets, bytes], 18)}${String(lost).padStart(6)}${String(interval).padStart(5)}${String(suspects).padStart(10)}${same ? '' : '  differs'}`,
    );
  } finally {
    tee?.close();
    ours.kill('SIGKILL');
    theirs.kill();
    for (const file of readdirSync(folder)) if (file.startsWith('db.')) rmSync(join(folder, file));
  }
}

/** Each datagram once more to both. */
async function openTee() {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
  const out = createSocket('udp4');
  socket.on('message', (bytes) => {
    for (const port of [THEIRS, OURS]) out.send(bytes, port, '127.0.0.1');
  });
  socket.bind(TEE, '127.0.0.1');
  await once(socket, 'listening');
  return { close: () => [socket, out].map((one) => one.close()) };
}

function nfdumpSums(dir, name) {
  const file = readdirSync(dir).find((path) => /^nfcapd\.\d+$/.test(path));
  if (file === undefined) return null;
  if (name === 'softflowd v9') kept = join(dir, file);
  const text = execFileSync('nfdump', ['-I', '-r', join(dir, file)], { encoding: 'utf8', stdio: 'pipe' });
  return ['Flows', 'Packets', 'Bytes'].map((key) =>
    Number(new RegExp(`^${key}: (\\d+)`, 'm').exec(text)?.[1]),
  );
}

async function metric(name) {
  try {
    const text = await (await fetch(`http://127.0.0.1:${HEALTH}/metrics`)).text();
    return Number(new RegExp(`^rigwatch_${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  } catch {
    return Number.NaN;
  }
}

function writeRules(pools) {
  mkdirSync(join(folder, 'rules'));
  const rows = pools.flatMap(({ ip, port, tls_port, coin }) =>
    ip.map(
      (address) =>
        `${address},ip,${port};${tls_port},Bench,${coin},pool,high,gen-trace.mjs,2023-01-01,2026-12-31`,
    ),
  );
  const columns = 'host,kind,ports,operator,coins,role,confidence,source,first_seen,last_seen';
  writeFileSync(join(folder, 'rules', 'pools.csv'), `${[columns, ...rows].join('\n')}\n`);
}

function versionOf(program, option) {
  const { stdout, stderr } = spawnSync(program, [option], { encoding: 'utf8' });
  return (
    /^.*\d+\.\d+\.\d+.*$/m
      .exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0]
      .trim()
      .slice(0, 60) ?? `no ${program}`
  );
}
