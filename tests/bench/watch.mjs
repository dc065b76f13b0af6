/**
 * `rigwatch watch` under load for as long as you like: `node tests/bench/watch.mjs --minutes 30` after `npm run build`. Exporters send
 * NetFlow v5 over loopback, with miners among the clients; some datagrams come twice, are damaged, or late; exporters start anew
 * now and then. Told every ten seconds: records, loss, memory, how long a save takes. At the end: whether all is accounted for.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const RECORDS = 30;
const HEADER_BYTES = 24;
const RECORD_BYTES = 48;
const EXPORTERS = 4;
const POOL = 0xcb007163; // 203.0.113.99
const PORT = 29_555;
const HEALTH = 29_556;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    rate: { type: 'string', default: '20000' },
    miners: { type: 'string', default: '2000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help)
  process.stdout.write('usage: node tests/bench/watch.mjs [--minutes N] [--rate RECORDS/S] [--miners N]\n');
else await main(Number(values.minutes) * 60, Number(values.rate), Number(values.miners));

/** An exporter that has its own clock of sequence numbers, and its own address on the loopback network. */
function createExporter(number, miners) {
  const socket = createSocket('udp4');
  const bound = new Promise((resolve) => socket.bind(0, `127.0.0.${number + 2}`, resolve));
  const bytes = Buffer.alloc(HEADER_BYTES + RECORDS * RECORD_BYTES);
  let sequence = 0;
  return {
    socket,
    bound,
    restart() {
      sequence = 0;
    },
    next() {
      const nowMs = Date.now();
      bytes.writeUInt16BE(5, 0);
      bytes.writeUInt16BE(RECORDS, 2);
      bytes.writeUInt32BE(600_000, 4);
      bytes.writeUInt32BE(Math.floor(nowMs / 1000), 8);
      bytes.writeUInt32BE((nowMs % 1000) * 1e6, 12);
      bytes.writeUInt32BE(sequence, 16);
      bytes.writeUInt8(number, 21);
      sequence += RECORDS;
      for (let record = 0; record < RECORDS; record++) {
        const at = HEADER_BYTES + record * RECORD_BYTES;
        const isMiner = Math.random() < 0.02;
        const client = Math.floor(Math.random() * (isMiner ? miners : 200_000));
        bytes.writeUInt32BE(0x0a000000 + client, at);
        bytes.writeUInt32BE(isMiner ? POOL : 0xc0000200 + (client & 255), at + 4);
        bytes.writeUInt32BE(10, at + 16);
        bytes.writeUInt32BE(5000, at + 20);
        bytes.writeUInt32BE(590_000, at + 24);
        bytes.writeUInt32BE(599_000, at + 28);
        bytes.writeUInt16BE(
          isMiner ? 40_000 + (client % 1000) : 1024 + Math.floor(Math.random() * 60_000),
          at + 32,
        );
        bytes.writeUInt16BE(isMiner ? 3333 : 443, at + 34);
        bytes.writeUInt8(0x18, at + 37);
        bytes.writeUInt8(6, at + 38);
      }
      return bytes;
    },
  };
}

async function main(seconds, rate, miners) {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-load-'));
  const db = join(folder, 'db.sqlite');
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(
    join(rules, 'pools.csv'),
    'host,kind,ports,tls_ports,operator,coins,region,country,role,confidence,source,first_seen,last_seen,notes\n' +
      `203.0.113.99,ip,3333,,Test,XMR,,,pool,high,test,2020-01-01,${today},\n`,
  );
  const command = fileURLToPath(new URL('../../bin/rigwatch.js', import.meta.url));
  const args = ['watch', `netflow://127.0.0.1:${PORT}`, '--db', db, '--rules', rules, '--json', '--quiet'];
  const child = spawn(process.execPath, [command, ...args, '--health', `127.0.0.1:${HEALTH}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  await sleep(3000);
  const sent = { records: 0, twice: 0, damaged: 0, restarts: 0 };
  try {
    await load(seconds, rate, miners, sent, db);
    await sleep(11_000);
    const last = await measure();
    const missing = sent.records - last.records;
    process.stdout.write(
      `sent ${sent.records} records, read ${last.records}, ${missing} missing; kernel dropped ${last.dropped} datagrams, ` +
        `${last.lost} records lost by sequence numbers; ${sent.twice} datagrams sent twice, ${sent.damaged} damaged (${last.malformed} counted), ${sent.restarts} restarts\n`,
    );
  } finally {
    child.kill('SIGTERM');
    process.stdout.write(`ended with ${await exit}\n`);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(seconds, rate, miners, sent, db) {
  const exporters = Array.from({ length: EXPORTERS }, (_, number) => createExporter(number, miners));
  await Promise.all(exporters.map(({ bound }) => bound));
  const startMs = performance.now();
  let datagrams = 0;
  let toldAt = 10;
  for (let passed = 0; passed < seconds; passed = (performance.now() - startMs) / 1000) {
    const due = Math.min(64, Math.floor((passed * rate) / RECORDS) - datagrams);
    if (due <= 0) await sleep(1);
    const jobs = [];
    for (let at = 0; at < due; at++) jobs.push(sendOne(exporters[(datagrams + at) % EXPORTERS], sent));
    await Promise.all(jobs);
    datagrams += Math.max(0, due);
    if (passed >= toldAt) {
      toldAt += 10;
      const { records, rss, heap, save, verdicts, lost } = await measure();
      const wal = statSync(`${db}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      process.stdout.write(
        `${Math.round(passed)} s: ${records} records read of ${sent.records}, ${lost} lost, ${mb(rss)} resident, ${mb(heap)} heap, ` +
          `save ${(save * 1000).toFixed(0)} ms, ${verdicts} verdicts, database ${mb(statSync(db).size)} + ${mb(wal)}\n`,
      );
    }
  }
  for (const { socket } of exporters) socket.close();
}

async function sendOne(exporter, sent) {
  const chance = Math.random();
  const put = (bytes) =>
    new Promise((resolve) => exporter.socket.send(bytes, PORT, '127.0.0.1', () => resolve()));
  if (chance < 0.0005) {
    exporter.restart();
    sent.restarts++;
  }
  const bytes = Buffer.from(exporter.next());
  if (chance > 0.999) {
    // Cut in the middle of a record: no part of it can be trusted.
    await put(bytes.subarray(0, HEADER_BYTES + 10));
    sent.damaged++;
    return;
  }
  await put(bytes);
  sent.records += RECORDS;
  if (chance > 0.997) {
    await put(bytes);
    sent.twice++;
  }
}

async function measure() {
  const text = await (await fetch(`http://127.0.0.1:${HEALTH}/metrics`)).text();
  const sum = (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    records: sum('rigwatch_flow_records_total'),
    lost: sum('rigwatch_exporter_lost_records'),
    dropped: sum('rigwatch_source_dropped_total'),
    malformed: sum('rigwatch_exporter_malformed_total'),
    rss: sum('process_resident_memory_bytes'),
    heap: sum('process_heap_used_bytes'),
    save: sum('rigwatch_checkpoint_duration_seconds'),
    verdicts: sum('rigwatch_verdicts'),
  };
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
