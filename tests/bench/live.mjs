/**
 * How many NetFlow v9 records a second come in over loopback UDP without loss, decoded: `node tests/bench/live.mjs` after
 * `npm run build`. A second process sends at each rate; what did not arrive is told, and whether the kernel dropped it.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { cpus, loadavg, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const RECORDS = 24;
/** NetFlow v9 fields (RFC 3954 §8) of each record: number and length. */
const FIELDS = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [2, 4],
  [1, 4],
  [22, 4],
  [21, 4],
  [10, 2],
  [14, 2],
];
const RECORD_BYTES = FIELDS.reduce((sum, [, length]) => sum + length, 0);
const HEADER_BYTES = 20;
const TEMPLATE_ID = 256;

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '100000,300000,600000,900000' },
    seconds: { type: 'string', default: '5' },
    rcvbuf: { type: 'string', default: '32M' },
    send: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help)
  process.stdout.write(
    'usage: node tests/bench/live.mjs [--rates RECORDS/S,…] [--seconds N] [--rcvbuf BYTES]\n',
  );
else if (values.send !== undefined) await send(...values.send.split(',').map(Number));
else await main();

function template() {
  const set = Buffer.alloc(8 + 4 * FIELDS.length);
  set.writeUInt16BE(0, 0);
  set.writeUInt16BE(set.length, 2);
  set.writeUInt16BE(TEMPLATE_ID, 4);
  set.writeUInt16BE(FIELDS.length, 6);
  FIELDS.forEach(([number, length], at) => {
    set.writeUInt16BE(number, 8 + 4 * at);
    set.writeUInt16BE(length, 10 + 4 * at);
  });
  return set;
}

function data() {
  const set = Buffer.alloc(4 + RECORDS * RECORD_BYTES);
  set.writeUInt16BE(TEMPLATE_ID, 0);
  set.writeUInt16BE(set.length, 2);
  for (let record = 0; record < RECORDS; record++) {
    const at = 4 + record * RECORD_BYTES;
    set.writeUInt32BE(0x0a140000 + record, at);
    set.writeUInt32BE(0xc6336400 + record, at + 4);
    set.writeUInt16BE(40_000 + record, at + 8);
    set.writeUInt16BE(443, at + 10);
    set[at + 12] = 6;
    set[at + 13] = 0x18;
    set.writeUInt32BE(10, at + 14);
    set.writeUInt32BE(5000, at + 18);
    set.writeUInt32BE(1000, at + 22);
    set.writeUInt32BE(9000, at + 26);
  }
  return set;
}

function message(set, sequence) {
  const bytes = Buffer.alloc(HEADER_BYTES + set.length);
  bytes.writeUInt16BE(9, 0);
  bytes.writeUInt16BE(RECORDS, 2);
  bytes.writeUInt32BE(60_000, 4);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 8);
  bytes.writeUInt32BE(sequence, 12);
  bytes.writeUInt32BE(1, 16);
  set.copy(bytes, HEADER_BYTES);
  return bytes;
}

/** The exporter: paced by the clock; says at its end how many records it sent. */
async function send(port, rate, seconds) {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.connect(port, '127.0.0.1', resolve));
  const one = (bytes) => new Promise((resolve) => socket.send(bytes, () => resolve()));
  let sequence = 0;
  await one(message(template(), sequence++));
  const set = data();
  const startMs = performance.now();
  let sent = 0;
  for (let passed = 0; passed < seconds; passed = (performance.now() - startMs) / 1000) {
    const due = Math.min(64, Math.floor((passed * rate) / RECORDS) - sent);
    if (due <= 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    await Promise.all(Array.from({ length: due }, () => one(message(set, sequence++))));
    sent += due;
  }
  const took = (performance.now() - startMs) / 1000;
  process.stdout.write(`${sent * RECORDS} ${Math.round((sent * RECORDS) / took)}\n`);
  socket.close();
}

async function main() {
  const built = (path) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
  const { Counters } = await import(built('base/counters.js'));
  const { ExportDecoder } = await import(built('intake/formats/exports/decoder.js'));
  const { openLive } = await import(built('intake/sources/live/index.js'));
  process.stdout.write(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, ${type()} ${release()}, Node ${process.version}\n`,
  );
  for (const rate of values.rates.split(',').map(Number)) {
    let records = 0;
    const decoder = new ExportDecoder({ flow: () => records++, sampledPacket: () => {} }, new Counters());
    const source = openLive(`netflow://127.0.0.1:0?rcvbuf=${values.rcvbuf}`);
    await source.start(
      {
        message: (_source, exporter, bytes, offset, length, timeUs) =>
          decoder.datagram(exporter, bytes, offset, length, timeUs),
      },
      [],
    );
    const port = /(\d+)$/.exec(source.where)?.[1];
    const before = process.cpuUsage();
    const [sent, achieved] = await exported(port, rate);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    const { dropped, receiveBuffer, pieces } = source.figures();
    const lost = sent - records;
    process.stdout.write(
      `asked ${rate} records/s, sent ${achieved}/s: ${records} of ${sent} records decoded, ${lost} lost` +
        ` (kernel dropped ${dropped} datagrams, buffer ${receiveBuffer.granted} bytes); ${((user + system) / pieces).toFixed(1)} us CPU a datagram\n`,
    );
    await source.stop();
  }
}

function exported(port, rate) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), '--send', `${port},${rate},${values.seconds}`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) =>
    child.once('close', (code) =>
      code === 0 ? resolve(text.trim().split(' ').map(Number)) : reject(new Error(`sender: exit ${code}`)),
    ),
  );
}
