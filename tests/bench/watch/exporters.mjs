/** Exporters that send, start anew, change templates; and what the way to the collector does to their messages. */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { dataSet, message, netflow5, RECORDS, templateSet, withdrawalSet } from './encode.mjs';

export const POOL = 0xcb007163; // 203.0.113.99
const MINER_SHARE = 0.02;
const DOUBLED = 0.005;
const LATE = 0.01;
const GONE = 0.002;
const DAMAGED = 0.002;
/** Messages after a restart or a new template in which nothing is lost: such loss no sequence number would tell. */
const CALM = 8;
const REFRESH_MS = 20_000;
const CHANGE_MS = 17_000;
const RESTART_MS = 45_000;

/** What one exporter did since it was made; records unless it says messages. */
export function createTally() {
  return {
    sent: 0,
    miners: 0,
    minersGone: 0,
    gone: 0,
    damaged: 0,
    doubled: 0,
    late: 0,
    restarts: 0,
    changes: 0,
    withdrawals: 0,
  };
}

export class Exporter {
  version;
  sequence = 0;
  bootMs = Date.now() - 60_000;
  tally = createTally();
  network;
  miners;
  put;
  layout = 0;
  templateId = 256;
  calm = CALM;
  hasJustLost = false;
  refreshAt = 0;
  changeAt = Date.now() + CHANGE_MS * Math.random();
  restartAt = Date.now() + RESTART_MS * Math.random();
  /** Messages on a longer way: each with how many of the next overtake it. */
  waiting = [];
  isReliable = false;

  constructor(version, number, miners) {
    this.version = version;
    this.network = 0x0a000000 + number * 0x40000;
    this.miners = miners;
  }

  /** One message of RECORDS records, and what befalls it. `isSafe`: nothing does. */
  async send(isSafe = false) {
    const nowMs = Date.now();
    let isGuarded = isSafe;
    // What was lost last is only noticed by the next number of the same count. Before the sets: a new connection begins with
    // its templates (RFC 7011 §8), or what waits for one is read by the next, of another layout perhaps.
    if (!isSafe && nowMs >= this.restartAt && !this.hasJustLost) {
      await this.restart();
      isGuarded = true;
    }
    const sets = [];
    if (this.version !== 5) {
      if (nowMs >= this.changeAt) isGuarded = (await this.change(sets)) || isGuarded;
      if (nowMs >= this.refreshAt || this.calm > CALM - 3) {
        this.refreshAt = nowMs + REFRESH_MS;
        sets.push(templateSet(this.version, this.templateId, this.layout));
      }
    }
    const records = Array.from({ length: RECORDS }, () => this.record(nowMs));
    const miners = records.filter(({ server }) => server === POOL).length;
    const bytes =
      this.version === 5
        ? netflow5(this, records, nowMs)
        : message(this, [...sets, dataSet(this, this.templateId, this.layout, records)], nowMs);
    this.sequence = (this.sequence + (this.version === 9 ? 1 : RECORDS)) >>> 0;
    this.tally.sent += RECORDS;
    this.tally.miners += miners;
    await this.deliver(bytes, miners, isGuarded, sets.length > 0);
  }

  record(nowMs) {
    const isMiner = Math.random() < MINER_SHARE;
    const client = Math.floor(Math.random() * (isMiner ? this.miners : 200_000));
    const startMs = Math.max(this.bootMs, nowMs - 10_000);
    return {
      client: this.network + client,
      server: isMiner ? POOL : 0xc0000200 + (client & 255),
      port: isMiner ? 40_000 + (client % 1000) : 1024 + Math.floor(Math.random() * 60_000),
      serverPort: isMiner ? 3333 : 443,
      startMs,
      endMs: Math.max(startMs, nowMs - 1000),
    };
  }

  async deliver(bytes, miners, isGuarded, hasTemplate) {
    const due = this.waiting.filter((one) => --one.overtakenBy < 0);
    this.waiting = this.waiting.filter(({ overtakenBy }) => overtakenBy >= 0);
    const chance = Math.random();
    const mayLose = !isGuarded && !this.isReliable && !hasTemplate && this.calm <= 0;
    this.calm--;
    this.hasJustLost = mayLose && chance < GONE + DAMAGED;
    if (mayLose && chance < GONE) {
      this.tally.gone += RECORDS;
      this.tally.minersGone += miners;
    } else if (mayLose && chance < GONE + DAMAGED) {
      this.tally.damaged += RECORDS;
      this.tally.minersGone += miners;
      await this.put(damage(bytes));
    } else if (!isGuarded && !this.isReliable && chance > 1 - LATE) {
      this.tally.late++;
      this.waiting.push({ bytes, overtakenBy: 1 + Math.floor(Math.random() * 3) });
    } else {
      await this.put(bytes);
      if (!this.isReliable && chance > 1 - LATE - DOUBLED) {
        this.tally.doubled++;
        await this.put(bytes);
      }
    }
    for (const one of due) await this.put(one.bytes);
  }

  /** What is on its way arrives. */
  async settle() {
    for (const { bytes } of this.waiting.splice(0)) await this.put(bytes);
  }

  /** Another layout under the same id, or under another one. Returns whether the message must arrive, and in order. */
  async change(sets) {
    this.changeAt = Date.now() + CHANGE_MS;
    this.refreshAt = 0;
    this.tally.changes++;
    this.layout = 1 - this.layout;
    this.calm = CALM;
    if (this.isReliable) {
      this.tally.withdrawals++;
      sets.push(withdrawalSet(this.templateId));
    }
    if (Math.random() < 0.5) {
      this.templateId++;
      return false;
    }
    await this.settle();
    return true;
  }

  /** Numbers and uptime begin anew; what is on its way may arrive after that. */
  async restart() {
    this.restartAt = Date.now() + RESTART_MS;
    this.tally.restarts++;
    if (this.version !== 5) await this.settle();
    this.sequence = 0;
    this.bootMs = Date.now() - 1000;
    this.calm = CALM;
    this.refreshAt = 0;
  }

  /** Before silence, or after it: templates are told again. */
  async calmDown() {
    await this.settle();
    this.calm = CALM;
    this.refreshAt = 0;
  }
}

/** Cut inside a record, or no longer to be recognised. */
function damage(bytes) {
  if (Math.random() < 0.5) return bytes.subarray(0, 24 + 10);
  const out = Buffer.from(bytes);
  out.writeUInt16BE(0x4f4f, 0);
  return out;
}

export async function udpExporter(version, number, miners, port) {
  const exporter = new Exporter(version, number, miners);
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.bind(0, `127.0.0.${number + 1}`, resolve));
  exporter.put = (bytes) => new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()));
  exporter.close = () => socket.close();
  return exporter;
}

/** IPFIX over TCP: a restart is a new connection. */
export async function tcpExporter(number, miners, port) {
  const exporter = new Exporter(10, number, miners);
  exporter.isReliable = true;
  let socket = null;
  exporter.open = async () => {
    socket = connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${number + 1}` });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
  };
  exporter.close = () =>
    new Promise((resolve) => (socket.destroyed ? resolve() : socket.once('close', resolve).end()));
  exporter.put = async (bytes) => {
    if (!socket.write(bytes))
      await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
  };
  const { restart } = exporter;
  exporter.restart = async () => {
    await exporter.close();
    await restart.call(exporter);
    await exporter.open();
  };
  return exporter;
}
