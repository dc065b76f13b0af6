/** JSON-RPC exchanges over HTTP/1.x in every framing that miners and work servers use (stratum-dialects.md §8). */
import { gzipSync } from 'node:zlib';
import type { Message } from './frames.js';

export interface Exchange {
  readonly path: string;
  readonly call: string;
  readonly answer: string;
}

type Framing = (exchanges: readonly Exchange[]) => Message[];

const JSON_TYPE = 'Content-Type: application/json\r\n';
const HOST = 'Host: pool.example.org:8080\r\n';

function message(direction: Message['direction'], atSeconds: number, ...parts: (string | Buffer)[]): Message {
  return { direction, atSeconds, bytes: Buffer.concat(parts.map((part) => Buffer.from(part as string))) };
}

function post({ path, call }: Exchange, headers = '', version = '1.1'): string {
  return `POST ${path} HTTP/${version}\r\n${HOST}${JSON_TYPE}${headers}Content-Length: ${call.length}\r\n\r\n${call}`;
}

function ok(body: string | Buffer, headers = ''): Buffer {
  const head = `HTTP/1.1 200 OK\r\n${JSON_TYPE}${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body as string)]);
}

/** A body in chunks of `size` bytes, with an extension and a trailer (RFC 9112 §7.1). */
function chunked(body: string, size: number): string {
  const chunks: string[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.slice(at, at + size);
    chunks.push(`${part.length.toString(16)};n=${at}\r\n${part}\r\n`);
  }
  return `${chunks.join('')}0\r\nX-End: yes\r\n\r\n`;
}

/** Each call, then its answer, on the one connection. */
function inTurn(ask: (one: Exchange) => string | Buffer, reply: (one: Exchange) => string | Buffer): Framing {
  return (exchanges) =>
    exchanges.flatMap((one, at) => [
      message('to-server', at * 4, ask(one)),
      message('to-client', at * 4 + 1, reply(one)),
    ]);
}

/** Framings that keep one connection open; `HTTP/1.0` ones have no place here: see `perConnection`. */
export const KEPT_ALIVE: Readonly<Record<string, Framing>> = {
  'keep-alive': inTurn(
    (one) => post(one),
    ({ answer }) => ok(answer),
  ),
  'chunked answers': inTurn(
    (one) => post(one),
    ({ answer }) => `HTTP/1.1 200 OK\r\n${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n${chunked(answer, 23)}`,
  ),
  'chunked calls': inTurn(
    ({ path, call }) =>
      `POST ${path} HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n${chunked(call, 17)}`,
    ({ answer }) => ok(answer),
  ),
  'gzip answers': inTurn(
    (one) => post(one, 'Accept-Encoding: gzip\r\n'),
    ({ answer }) => ok(gzipSync(answer), 'Content-Encoding: gzip\r\n'),
  ),
  'chunked and gzip answers': inTurn(
    (one) => post(one),
    ({ answer }) => {
      const zipped = gzipSync(answer);
      const head = `HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n`;
      const [half, size] = [zipped.length >> 1, (bytes: Buffer) => `${bytes.length.toString(16)}\r\n`];
      const parts = [zipped.subarray(0, half), zipped.subarray(half)];
      return Buffer.concat([
        Buffer.from(head),
        ...parts.flatMap((part) => [Buffer.from(size(part)), part, Buffer.from('\r\n')]),
        Buffer.from('0\r\n\r\n'),
      ]);
    },
  ),
  /** The server holds the second call back until there is new work, minutes later. */
  'long polling': (exchanges) =>
    exchanges.flatMap((one, at) => [
      message(
        'to-server',
        at * 120,
        at === 0
          ? post(one, 'X-Mining-Extensions: longpoll midstate rollntime\r\n')
          : post({ ...one, path: '/lp' }, 'X-Mining-Extensions: longpoll\r\n'),
      ),
      message(
        'to-client',
        at * 120 + (at === 0 ? 1 : 110),
        ok(one.answer, at === 0 ? 'X-Long-Polling: /lp\r\n' : ''),
      ),
    ]),
  /** All calls before the first answer, answers in one piece. */
  pipelined: (exchanges) => [
    message('to-server', 0, ...exchanges.map((one) => post(one))),
    message('to-client', 1, ...exchanges.map(({ answer }) => ok(answer))),
  ],
  'expect 100-continue': (exchanges) =>
    exchanges.flatMap((one, at) => {
      const whole = post(one, 'Expect: 100-continue\r\n');
      const end = whole.indexOf('\r\n\r\n') + 4;
      return [
        message('to-server', at * 4, whole.slice(0, end)),
        message('to-client', at * 4 + 0.5, 'HTTP/1.1 100 Continue\r\n\r\n'),
        message('to-server', at * 4 + 1, whole.slice(end)),
        message('to-client', at * 4 + 2, ok(one.answer)),
      ];
    }),
  'answers that end other than their length says: chunked wins': inTurn(
    (one) => post(one),
    ({ answer }) =>
      `HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(answer, 50)}`,
  ),
};

/** HTTP/1.0: a connection for each call, the answer without a length runs until the close. */
export function perConnection(exchanges: readonly Exchange[], agent: string): Message[][] {
  return exchanges.map((one) => [
    message('to-server', 0, post(one, `User-Agent: ${agent}\r\n`, '1.0')),
    message('to-client', 1, `HTTP/1.0 200 OK\r\n${JSON_TYPE}\r\n${one.answer}`),
  ]);
}
