import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { InputError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { printable } from '../../base/text.js';
import type { NoticeObject } from '../../model/verdict-object.js';
import { type NotifyTarget, SEND_TIMEOUT_MS } from './target.js';

/** Facility local0 (RFC 5424 §6.2.1). */
const FACILITY = 16;
const SEVERITY: Readonly<Record<NoticeObject['level'], number>> = {
  confirmed: 4,
  probable: 4,
  suspected: 5,
  cleared: 6,
};
/** The enterprise number set aside for documentation (RFC 5612): rigwatch has none of its own. */
const SD_ID = 'rigwatch@32473';
/** Names in one element, and what a UDP message may hold (RFC 5426 §3.2). */
const MAX_NAMES = 8;
const MAX_DATAGRAM = 2048;
/** How long an orderly end of the connection may take. */
const CLOSE_MS = 1000;

/** An RFC 5424 message of one verdict: structured data for programs, then a sentence. */
export function formatSyslog(verdict: NoticeObject, host: string, pid: number): string {
  const priority = FACILITY * 8 + SEVERITY[verdict.level];
  const pool = verdict.pools[0];
  const pairs: readonly (readonly [string, string])[] = [
    ['ip', verdict.ip],
    ['level', verdict.level],
    ['change', verdict.notice.change],
    ['score', String(verdict.score)],
    ['first', verdict.first_seen ?? ''],
    ['last', verdict.last_seen ?? ''],
    [
      'coins',
      verdict.coins
        .slice(0, MAX_NAMES)
        .map(({ ticker }) => ticker)
        .join(','),
    ],
    ['dialects', verdict.dialects.slice(0, MAX_NAMES).join(',')],
    ['pool', pool === undefined ? '' : (pool.host ?? pool.address)],
    ['pool_port', pool === undefined ? '' : String(pool.port)],
    ['rule', verdict.evidence[0]?.rule ?? ''],
  ];
  const elements = pairs
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${escapeValue(value)}"`);
  const text = `${verdict.level}: ${verdict.ip} ${pool === undefined ? '' : `with ${pool.host ?? pool.address}:${pool.port}`}`;
  return `<${priority}>1 ${verdict.notice.at} ${headerField(host)} rigwatch ${pid} VERDICT [${SD_ID} ${elements.join(' ')}] ${printable(text.trim())}`;
}

/** RFC 5424 §6.3.3. */
function escapeValue(value: string): string {
  return printable(value).replace(/["\\\]]/g, '\\$&');
}

/** PRINTUSASCII, at most 255, or the nil value. */
function headerField(text: string): string {
  return text.replace(/[^!-~]/g, '').slice(0, 255) || '-';
}

function messageOf(body: string): Buffer {
  // Bodies are our own: toNotice() of app/pipeline made them.
  return Buffer.from(formatSyslog(JSON.parse(body) as NoticeObject, hostname(), process.pid));
}

export interface SyslogAddress {
  readonly host: string;
  readonly port: number;
}

/** `syslog://`: a datagram each (RFC 5426). Nobody answers: what is lost on the way is lost. */
export function syslogUdpTarget({ host, port }: SyslogAddress, key: string): NotifyTarget {
  return {
    name: `syslog://${host}:${port}`,
    key,
    async send(bodies) {
      const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
      try {
        for (const body of bodies) {
          const message = messageOf(body).subarray(0, MAX_DATAGRAM);
          await new Promise<void>((resolve, reject) => {
            socket.send(message, port, host, (error) => (error === null ? resolve() : reject(error)));
          });
        }
      } finally {
        socket.close();
      }
    },
    close: async () => undefined,
  };
}

/** `syslog+tcp://`: one connection that stays, octet counting (RFC 6587 §3.4.1). */
export function syslogTcpTarget({ host, port }: SyslogAddress, key: string): NotifyTarget {
  const name = `syslog+tcp://${host}:${port}`;
  let socket: Socket | null = null;
  const drop = () => {
    socket?.destroy();
    socket = null;
  };
  return {
    name,
    key,
    async send(bodies) {
      const frames = bodies.map((body) => {
        const message = messageOf(body);
        return Buffer.concat([Buffer.from(`${message.length} `), message]);
      });
      try {
        // The peer may have closed it meanwhile.
        if (socket?.writable !== true) drop();
        socket ??= await dial(host, port);
        await written(socket, Buffer.concat(frames), name);
      } catch (error) {
        drop();
        throw error;
      }
    },
    async close() {
      if (socket === null) return;
      const closed = once(socket, 'close');
      socket.end();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
      drop();
    },
  };
}

async function dial(host: string, port: number): Promise<Socket> {
  const socket = connect(port, host);
  const giveUp = setTimeout(
    () => socket.destroy(new InputError('notify-failed', phrase`no connection in time`)),
    SEND_TIMEOUT_MS,
  );
  try {
    await once(socket, 'connect');
  } finally {
    clearTimeout(giveUp);
  }
  // An error after this is seen at the next write, or as the end of the connection.
  socket.on('error', () => undefined);
  socket.resume();
  return socket;
}

/** Until the system has taken all of it. Syslog has no answer: what the peer never reads is not known. */
function written(socket: Socket, bytes: Buffer, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(
      () => reject(new InputError('notify-slow', phrase`${name}: takes nothing`)),
      SEND_TIMEOUT_MS,
    );
    socket.write(bytes, (error) => {
      clearTimeout(giveUp);
      if (error) reject(error);
      else resolve();
    });
  });
}
