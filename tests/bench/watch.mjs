/**
 * `rigwatch watch` under load for as long as you like: `node tests/bench/watch.mjs --minutes 30 --kills 2` after `npm run build`. NetFlow
 * v5, v9 and IPFIX over loopback UDP, IPFIX over TCP, and a folder of Zeek logs, with miners among the clients; datagrams come
 * late, twice, damaged or never, templates change, exporters start anew, logs rotate, and the watch is killed (-9) and started again.
 * Told every ten seconds: records, loss, memory, how long a save takes. At the end: whether all is accounted for (exit code 1: not).
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Account } from './watch/account.mjs';
import { RECORDS } from './watch/encode.mjs';
import { tcpExporter, udpExporter } from './watch/exporters.mjs';
import { mb, measure, slopeOf } from './watch/measure.mjs';
import { ZeekLog } from './watch/zeek-log.mjs';

const TELL_SECONDS = 10;
/** How long nobody listens after a kill, milliseconds. */
const DOWN_MS = 2000;
/** Memory is judged from then on: tables fill at first. */
const SETTLED_SECONDS = 180;
/** Parts of the load: three exporters by UDP, one by TCP, lines of a log. */
const SHARES = [0.25, 0.25, 0.25, 0.15];
const LOG_SHARE = 0.1;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    rate: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '0' },
    miners: { type: 'string', default: '700' },
    heap: { type: 'string' },
    port: { type: 'string', default: '29555' },
    help: { type: 'boolean', default: false },
  },
});

async function main(seconds, rate, kills, miners) {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-load-'));
  const soak = new Soak(folder);
  try {
    await soak.begin(miners);
    await soak.run(seconds, rate, kills);
    process.exitCode = (await soak.end()) ? 0 : 1;
  } finally {
    soak.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

const UDP_PORT = Number(values.port);
const HEALTH = `127.0.0.1:${UDP_PORT + 1}`;
const TCP_PORT = UDP_PORT + 2;

class Soak {
  #folder;
  #db;
  #logs;
  #log;
  #child = null;
  #exit = null;
  #account;
  #udp = [];
  #tcp;
  #startMs = 0;
  #lifeStart = 0;
  /** Seconds and resident bytes of this life of the watch. */
  #memory = [];

  constructor(folder) {
    this.#folder = folder;
    this.#db = join(folder, 'db.sqlite');
    this.#logs = join(folder, 'zeek');
    for (const name of ['rules', 'zeek']) mkdirSync(join(folder, name));
    const today = new Date().toISOString().slice(0, 10);
    writeFileSync(
      join(folder, 'rules', 'pools.csv'),
      'host,kind,ports,tls_ports,operator,coins,region,country,role,confidence,source,first_seen,last_seen,notes\n' +
        `203.0.113.99,ip,3333,,Test,XMR,,,pool,high,test,2020-01-01,${today},\n`,
    );
  }

  async begin(miners) {
    this.#log = new ZeekLog(this.#logs);
    await this.#start();
    this.#udp = await Promise.all(
      [5, 9, 10].map((version, at) => udpExporter(version, at + 1, miners, UDP_PORT)),
    );
    this.#tcp = await tcpExporter(4, miners, TCP_PORT);
    await this.#tcp.open();
    this.#account = new Account(this.#db, this.#udp, this.#tcp, this.#log);
  }

  async run(seconds, rate, kills) {
    this.#startMs = performance.now();
    const killAt = Array.from({ length: kills }, (_, at) => ((at + 1) * seconds) / (2 * kills + 1));
    const all = [...this.#udp, this.#tcp];
    const sent = all.map(() => 0);
    let lines = 0;
    let tellAt = TELL_SECONDS;
    let from = 0;
    for (let passed = 0; passed < seconds; passed = this.#passed()) {
      if (passed >= (killAt[0] ?? Number.POSITIVE_INFINITY) && (await this.#isUnsaved())) {
        killAt.shift();
        await this.#killAndRestart();
        // What was not sent meanwhile is not made up for.
        from += this.#passed() - passed;
      }
      const jobs = all.map(async (exporter, at) => {
        const due = Math.floor(((this.#passed() - from) * rate * SHARES[at]) / RECORDS) - sent[at];
        for (let turn = 0; turn < Math.min(due, 64); turn++) await exporter.send();
        sent[at] += Math.max(0, Math.min(due, 64));
      });
      await Promise.all(jobs);
      const due = Math.floor((this.#passed() - from) * rate * LOG_SHARE) - lines;
      this.#log.write(Math.max(0, due));
      lines += Math.max(0, due);
      if (passed >= tellAt) {
        tellAt = passed + TELL_SECONDS;
        await this.#say(passed);
      }
      await sleep(2);
    }
  }

  /** Everything sent is read and saved, the watch ended; the account. Whether it comes out even. */
  async end() {
    for (const exporter of [...this.#udp, this.#tcp]) await exporter.calmDown();
    for (const exporter of [...this.#udp, this.#tcp]) await exporter.send(true);
    await this.#drained();
    await this.#say(this.#passed());
    this.#account.close(await measure(HEALTH));
    this.#tellMemory();
    this.#child.kill('SIGTERM');
    const code = await this.#exit;
    this.#log.close();
    for (const exporter of this.#udp) exporter.close();
    await this.#tcp.close();
    this.#account.endLife('SIGTERM');
    process.stdout.write(`ended with ${code}\n`);
    const { lines, isEven } = this.#account.result();
    process.stdout.write(`${lines.join('\n')}\n`);
    return isEven && code === 143;
  }

  kill() {
    this.#child?.kill('SIGKILL');
  }

  async #start() {
    const command = fileURLToPath(new URL('../../bin/rigwatch.js', import.meta.url));
    const inputs = [
      `netflow://127.0.0.1:${UDP_PORT}`,
      `ipfix+tcp://127.0.0.1:${TCP_PORT}`,
      `file://${this.#logs}/`,
    ];
    const options = [
      '--db',
      this.#db,
      '--rules',
      join(this.#folder, 'rules'),
      '--json',
      '--quiet',
      '--health',
      HEALTH,
    ];
    const limits = values.heap === undefined ? [] : [`--max-old-space-size=${values.heap}`];
    this.#child = spawn(process.execPath, [...limits, command, 'watch', ...inputs, ...options], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#exit = new Promise((resolve) =>
      this.#child.once('exit', (code, signal) => resolve(code ?? signal)),
    );
    this.#memory = [];
    this.#lifeStart = performance.now();
    for (;;) {
      const isUp = await fetch(`http://${HEALTH}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isUp) return;
      await sleep(100);
    }
  }

  /** Everything sent before has been read, so that what the kill loses is known to the record; see Account. */
  async #killAndRestart() {
    for (const exporter of [...this.#udp, this.#tcp]) await exporter.calmDown();
    for (const exporter of [...this.#udp, this.#tcp]) await exporter.send(true);
    await this.#drained(false);
    this.#account.close(await measure(HEALTH));
    this.#tellMemory();
    this.#child.kill('SIGKILL');
    await this.#exit;
    await this.#tcp.close();
    this.#account.endLife('kill -9');
    const untilMs = performance.now() + DOWN_MS;
    while (performance.now() < untilMs) {
      for (const exporter of this.#udp) await exporter.send(true);
      this.#log.write(10);
      await sleep(10);
    }
    this.#account.skip();
    await this.#start();
    for (const exporter of this.#udp) await exporter.calmDown();
    this.#tcp.sequence = 0;
    await this.#tcp.calmDown();
    await this.#tcp.open();
    process.stdout.write(`${Math.round(this.#passed())} s: killed (-9) and started again\n`);
  }

  /** In the middle between two saves, where a kill costs most. */
  async #isUnsaved() {
    const { savedSeconds } = await measure(HEALTH);
    return savedSeconds > 3 && savedSeconds < 6;
  }

  /** Waits until nothing more is read; `withLog`: of the logs too. */
  async #drained(withLog = true) {
    let before = -1;
    for (let same = 0; same < 4; ) {
      await sleep(500);
      const { records, logRecords } = await measure(HEALTH);
      const now = withLog ? records + logRecords : records;
      same = now === before ? same + 1 : 0;
      before = now;
    }
  }

  #passed() {
    return (performance.now() - this.#startMs) / 1000;
  }

  async #say(passed) {
    const figures = await measure(HEALTH);
    const age = (performance.now() - this.#lifeStart) / 1000;
    if (age >= SETTLED_SECONDS) this.#memory.push([age, figures.rss]);
    const wal = statSync(`${this.#db}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    process.stdout.write(
      `${Math.round(passed)} s: ${figures.records + figures.logRecords} read since its start, ${figures.lost} + ${figures.lostMessages} × ${RECORDS} lost, ` +
        `${mb(figures.rss)} resident, ${mb(figures.heap)} heap, save ${(figures.save * 1000).toFixed(0)} ms, ${figures.verdicts} verdicts, ` +
        `database ${mb(statSync(this.#db).size)} + ${mb(wal)}\n`,
    );
  }

  #tellMemory() {
    if (this.#memory.length < 6) return;
    const sizes = this.#memory.map(([, rss]) => rss);
    const slope = slopeOf(this.#memory) * 60;
    process.stdout.write(
      `memory from ${SETTLED_SECONDS} s on: ${mb(Math.min(...sizes))} to ${mb(Math.max(...sizes))}, ` +
        `least-squares slope ${(slope / 1e6).toFixed(3)} MB a minute over ${sizes.length} samples\n`,
    );
  }
}

if (values.help)
  process.stdout.write(
    'usage: node tests/bench/watch.mjs [--minutes N] [--rate RECORDS/S] [--kills N] [--miners N] [--heap MB] [--port N]\n' +
      '--kills: kill -9 so many times, in the first half; --miners: clients with a pool, each exporter; --heap: what the watch may use of\n' +
      'JavaScript heap (default: as Node.js sees fit); --port: this and the next two\n',
  );
else
  await main(Number(values.minutes) * 60, Number(values.rate), Number(values.kills), Number(values.miners));
