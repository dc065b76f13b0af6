import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { http } from '../../../src/detect/inspect/http/http.js';
import { websocket } from '../../../src/detect/inspect/websocket/websocket.js';
import {
  feedAll,
  joined,
  lineKeeper,
  observe,
  split,
  startRun,
  toClient,
  toServer,
  withoutTimes,
} from './support.js';

const CALL = '{"id":1,"jsonrpc":"2.0","method":"eth_getWork","params":[]}';
const WORK = '{"id":1,"jsonrpc":"2.0","result":["0x01","0x02","0x03"]}';

function post(body: string, path = '/', headers = ''): string {
  return `POST ${path} HTTP/1.1\r\nHost: Pool.Example.org:8080\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function answer(body: string, headers = 'Content-Type: application/json\r\n'): string {
  return `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function read(messages: Parameters<typeof feedAll>[1], options = {}) {
  const keeper = lineKeeper();
  const run = startRun([websocket, http, keeper], options);
  const wanted = feedAll(run, messages);
  return { ...run, wanted, lines: keeper.lines };
}

describe('http', () => {
  it('hands JSON-RPC bodies and their answers on, a line each', () => {
    const { lines, session, observations, wanted } = read([
      toServer(post(CALL, '/miner/4/rig1', 'Authorization: Basic d2FsbGV0OnNlY3JldA==\r\n')),
      toClient(answer(WORK)),
      toServer(post(CALL)),
      toClient(answer(WORK)),
    ]);
    expect(wanted).toBe(true);
    expect(lines.map((line) => line.text)).toEqual([CALL, WORK, CALL, WORK]);
    expect(lines.map((line) => line.direction)).toEqual(['to-server', 'to-client', 'to-server', 'to-client']);
    expect(observations).toHaveLength(2);
    expect(observations[0]).toMatchObject({
      kind: 'http',
      host: 'pool.example.org',
      method: 'POST',
      answered: true,
      client: session.client,
    });
  });

  it('tells hosts, agents, logins, marks and the path to what is inside', () => {
    let seen: unknown;
    const spy = {
      ...lineKeeper(),
      probe: (_server: Buffer, _client: Buffer, hints: unknown) => {
        seen = structuredClone(hints);
        return 'yes' as const;
      },
    };
    const head =
      'X-Mining-Extensions: longpoll\r\nUser-Agent: cgminer 3.7.2\r\nAuthorization: Basic d2FsbGV0OnNlY3JldA==\r\nX-Forwarded-For: 10.1.2.3, 10.9.9.9\r\nVia: 1.1 squid.lan\r\n';
    observe([http, spy].reverse().slice(1).concat(spy), [toServer(post(CALL, '/lp', head))]);
    expect(seen).toEqual({
      wrappers: ['http'],
      namedHosts: [{ host: 'pool.example.org', port: 8080 }],
      agents: ['cgminer 3.7.2'],
      logins: ['wallet'],
      inner: ['x-forwarded-for 10.1.2.3, 10.9.9.9', 'via 1.1 squid.lan'],
      marks: new Set(['x-mining-extensions']),
      path: '/lp',
    });
    expect(JSON.stringify(seen)).not.toContain('secret');
  });

  it('is done with ordinary web traffic after the first answer', () => {
    const { wanted, observations, lines } = read([
      toServer('GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\n\r\n'),
      toClient(answer('{"method":"mining.notify"}', 'Content-Type: text/html\r\n')),
    ]);
    expect(wanted).toBe(false);
    expect(lines).toEqual([]);
    expect(observations).toMatchObject([
      { host: 'www.example.com', userAgent: 'Mozilla/5.0', answered: true },
    ]);
  });

  it('keeps text bodies from what is inside, whatever words are in them', () => {
    const body = `{"method":"mining.subscribe"}`;
    const asHtml = post(body).replace('application/json', 'text/html');
    expect(read([toServer(asHtml), toClient(answer(WORK))]).lines).toEqual([]);
  });

  it('reads answers to polling requests', () => {
    const { lines } = read([
      toServer('GET /getheight HTTP/1.1\r\nHost: 10.0.0.9:18081\r\n\r\n'),
      toClient(answer('{"hash":"aa","height":7}')),
    ]);
    expect(lines.map((line) => line.text)).toEqual(['{"hash":"aa","height":7}']);
  });

  it('reads chunked, compressed and close-delimited bodies', () => {
    const zipped = gzipSync(WORK);
    const { lines } = read([
      toServer(post(CALL) + post(CALL) + post(CALL)),
      toClient(
        `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n5;x=y\r\n${WORK.slice(0, 5)}\r\n${(WORK.length - 5).toString(16)}\r\n${WORK.slice(5)}\r\n0\r\nX: y\r\n\r\n`,
      ),
      toClient(
        Buffer.concat([
          Buffer.from(
            `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`,
          ),
          zipped,
        ]),
      ),
      toClient(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${WORK}`),
    ]);
    expect(lines.map((line) => line.text)).toEqual([CALL, CALL, CALL, WORK, WORK, WORK]);
  });

  it('keeps the frame of a body that is too long: a block template without its transactions', () => {
    const transaction = { data: 'ab'.repeat(300), txid: `"}]\\${'c'.repeat(60)}`, depends: [1, [2]] };
    const template = (transactions: unknown) => ({
      result: { version: 4, transactions, coinbaseaux: { flags: 'x' }, rules: ['segwit'] },
    });
    const long = JSON.stringify(template(Array.from({ length: 2000 }, () => transaction)));
    const { lines } = read([toServer(post(CALL)), ...split([toClient(answer(long))], 4, 3000)]);
    expect(long.length).toBeGreaterThan(1_000_000);
    expect(JSON.parse(lines[1]?.text ?? '')).toEqual(template(Array.from({ length: 2000 }, () => ({}))));
    const endless = JSON.stringify({ result: 'a'.repeat(100_000) });
    expect(read([toServer(post(CALL)), toClient(answer(endless))]).lines).toHaveLength(1);
  });

  it('does not unpack bombs', () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, '{'));
    const { lines } = read([
      toServer(post(CALL)),
      toClient(
        Buffer.concat([
          Buffer.from(
            `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`,
          ),
          bomb,
        ]),
      ),
    ]);
    expect(lines).toHaveLength(1);
  });

  it('hands on what goes through a CONNECT tunnel, and names its host', () => {
    const { lines, observations } = read([
      toServer('CONNECT btc.pool.example.org:3333 HTTP/1.1\r\nHost: btc.pool.example.org:3333\r\n\r\n'),
      toClient('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno'),
      toServer('CONNECT btc.pool.example.org:3333 HTTP/1.1\r\nProxy-Authorization: Basic eDp5\r\n\r\n'),
      toClient('HTTP/1.1 200 Connection established\r\n\r\n'),
      toServer('{"id":1}\n'),
      toClient('{"id":1,"result":true}\n'),
    ]);
    expect(lines.map((line) => line.text)).toEqual(['{"id":1}', '{"id":1,"result":true}']);
    expect(observations[0]).toMatchObject({ method: 'CONNECT', host: 'btc.pool.example.org' });
  });

  it('follows a tunnel of which one direction was captured', () => {
    const client = [toServer('CONNECT p.example.org:3333 HTTP/1.1\r\n\r\n'), toServer('{"id":1}\n')];
    expect(read(client).lines).toHaveLength(1);
    const server = [toClient('HTTP/1.1 200 Connection established\r\n\r\n'), toClient('{"id":1}\n')];
    expect(read(server).lines).toHaveLength(1);
  });

  it('turns a session round whose requests come from the assumed server', () => {
    const { session, lines } = read([toClient(post(CALL)), toServer(answer(WORK))], {
      orientedBy: 'first-packet',
    });
    expect(session).toMatchObject({ orientedBy: 'content', client: { ip: '198.51.100.7' } });
    expect(lines.map((line) => line.direction)).toEqual(['to-server', 'to-client']);
    expect(read([toClient(post(CALL))]).wanted).toBe(false);
  });

  it('goes on behind a gap', () => {
    const keeper = lineKeeper();
    const run = startRun([http, keeper]);
    const [first, second] = [post(CALL), answer(WORK)];
    run.reader.feed('to-server', Buffer.from(first.slice(0, -20)), 1);
    run.reader.gap('to-server', 10, 2);
    run.reader.feed('to-server', Buffer.from(first.slice(-10) + first), 3);
    run.reader.feed('to-client', Buffer.from(second), 4);
    run.reader.gap('to-client', 1000, 5);
    run.reader.feed('to-client', Buffer.from('rest of something'), 6);
    run.reader.feed('to-client', Buffer.from(second), 7);
    expect(keeper.lines.map((line) => line.text)).toEqual([CALL, WORK, WORK]);
  });

  it('gives the same whatever the pieces', () => {
    const packed = deflateRawSync(WORK);
    const session = [
      toServer(post(CALL, '/', 'X-Mining-Extensions: longpoll\r\n')),
      toClient(answer(WORK)),
      toServer(post(CALL) + post(CALL)),
      toClient(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${WORK.length.toString(16)}\r\n${WORK}\r\n0\r\n\r\n`,
      ),
      toClient(
        Buffer.concat([
          Buffer.from(
            `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: deflate\r\nContent-Length: ${packed.length}\r\n\r\n`,
          ),
          packed,
        ]),
      ),
    ];
    const whole = read(joined(session));
    expect(whole.lines).toHaveLength(6);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 90 }), (seed, most) => {
        const cut = read(split(session, seed, most));
        expect(cut.lines).toEqual(whole.lines);
        expect(withoutTimes(cut.observations)).toEqual(withoutTimes(whole.observations));
      }),
      { numRuns: 60 },
    );
  });
});
