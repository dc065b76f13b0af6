import { constants, createDeflateRaw } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { http } from '../../../src/detect/inspect/http/http.js';
import { proxyProtocol } from '../../../src/detect/inspect/proxy-protocol.js';
import { socks } from '../../../src/detect/inspect/socks.js';
import { websocket } from '../../../src/detect/inspect/websocket/websocket.js';
import type { Message } from '../../support/frames.js';
import { feedAll, joined, lineKeeper, split, startRun, toClient, toServer } from './support.js';

function read(messages: readonly Message[], options = {}) {
  const keeper = lineKeeper();
  let hints = '';
  const spy = {
    ...keeper,
    start(context: Parameters<typeof keeper.start>[0]) {
      const inner = keeper.start(context);
      return {
        ...inner,
        end: () => {
          hints = JSON.stringify(context.hints);
        },
      };
    },
  };
  const run = startRun([websocket, http, spy, socks, proxyProtocol], options);
  const wanted = feedAll(run, messages);
  return { ...run, wanted, lines: keeper.lines, hints: JSON.parse(hints === '' ? '{}' : hints) };
}

function expectSameWhateverThePieces(messages: readonly Message[]): ReturnType<typeof read> {
  const whole = read(joined(messages));
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (seed, most) => {
      const cut = read(split(messages, seed, most));
      expect(cut.lines).toEqual(whole.lines);
      expect(cut.hints).toEqual(whole.hints);
    }),
    { numRuns: 40 },
  );
  return whole;
}

const [ASK, REPLY] = ['{"id":1,"method":"login"}', '{"id":1,"result":{}}'];
const INSIDE = [toServer(`${ASK}\n`), toClient(`${REPLY}\n`)];

function expectInside(lines: readonly { text: string }[]): void {
  expect(lines.map((line) => line.text)).toEqual([ASK, REPLY]);
}

describe('socks', () => {
  const host = 'xmr.pool.example.org';
  const named = Buffer.concat([
    Buffer.from([5, 1, 0, 3, host.length]),
    Buffer.from(host),
    Buffer.from([0x0d, 0x05]),
  ]);

  it('5: by name, without a password', () => {
    const { lines, hints } = expectSameWhateverThePieces([
      toServer(Buffer.from([5, 1, 0])),
      toClient(Buffer.from([5, 0])),
      toServer(named),
      toClient(Buffer.from('05000001000000000000', 'hex')),
      ...INSIDE,
    ]);
    expectInside(lines);
    expect(hints).toMatchObject({ wrappers: ['socks5'], namedHosts: [{ host, port: 3333 }] });
  });

  it('5: by address, the password is not kept', () => {
    const { lines, hints } = expectSameWhateverThePieces([
      toServer(Buffer.from([5, 2, 0, 2])),
      toClient(Buffer.from([5, 2])),
      toServer(
        Buffer.concat([Buffer.from([1, 4]), Buffer.from('user'), Buffer.from([6]), Buffer.from('secret')]),
      ),
      toClient(Buffer.from([1, 0])),
      toServer(Buffer.from('05010001c63364070d05', 'hex')),
      toClient(Buffer.from(`05000004${'00'.repeat(16)}0000`, 'hex')),
      ...INSIDE,
    ]);
    expectInside(lines);
    expect(hints.namedHosts).toEqual([{ host: '198.51.100.7', port: 3333 }]);
    expect(JSON.stringify(hints)).not.toMatch(/user|secret/);
  });

  it('5: by IPv6 address, and only what the client sent was captured', () => {
    const { lines, hints } = read([
      toServer(Buffer.from('050100', 'hex')),
      toServer(Buffer.from(`05010004${'20010db8000000000000000000000001'}0d05`, 'hex')),
      toServer(`${ASK}\n`),
    ]);
    expect(lines).toHaveLength(1);
    expect(hints.namedHosts).toEqual([{ host: '2001:db8::1', port: 3333 }]);
  });

  it('5: only what the server sent was captured', () => {
    const { lines } = read([
      toClient(Buffer.from([5, 0])),
      toClient(Buffer.from('05000001000000000000', 'hex')),
      toClient(`${REPLY}\n`),
    ]);
    expect(lines).toHaveLength(1);
  });

  it('4 and 4a', () => {
    const grant = toClient(Buffer.from('005a000000000000', 'hex'));
    const four = expectSameWhateverThePieces([
      toServer(Buffer.from('04010d05c633640700', 'hex')),
      grant,
      ...INSIDE,
    ]);
    expectInside(four.lines);
    expect(four.hints).toMatchObject({
      wrappers: ['socks4'],
      namedHosts: [{ host: '198.51.100.7', port: 3333 }],
    });
    const byName = Buffer.concat([Buffer.from('04010d050000000100', 'hex'), Buffer.from(`${host}\0`)]);
    const { hints } = expectSameWhateverThePieces([toServer(byName), grant, ...INSIDE]);
    expect(hints.namedHosts).toEqual([{ host, port: 3333 }]);
  });

  it('is done when the proxy refuses', () => {
    const refused = read([
      toServer(Buffer.from([5, 1, 0])),
      toClient(Buffer.from([5, 0])),
      toServer(named),
      toClient(Buffer.from('05050001000000000000', 'hex')),
    ]);
    expect(refused.wanted).toBe(false);
    expect(read([toServer(Buffer.from([5, 1, 0])), toClient(Buffer.from('HTTP/1.1 400 Bad'))]).wanted).toBe(
      false,
    );
  });
});

describe('PROXY protocol', () => {
  it('1', () => {
    const { lines, hints } = expectSameWhateverThePieces([
      toServer(`PROXY TCP4 203.0.113.9 198.51.100.7 40000 3333\r\n${ASK}\n`),
      toClient(`${REPLY}\n`),
    ]);
    expectInside(lines);
    expect(hints).toMatchObject({
      wrappers: ['proxy-protocol'],
      inner: ['proxy 203.0.113.9:40000'],
    });
  });

  it('2', () => {
    const head = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007109c63364079c400d05', 'hex');
    const { lines, hints } = expectSameWhateverThePieces([
      toServer(Buffer.concat([head, Buffer.from(`${ASK}\n`)])),
      toClient(`${REPLY}\n`),
    ]);
    expectInside(lines);
    expect(hints.inner).toEqual(['proxy 203.0.113.9:40000']);
  });
});

const UPGRADE = [
  toServer(
    'GET /proxy HTTP/1.1\r\nHost: ws.example.net\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
  ),
  toClient('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
];

function frame(payload: Buffer | string, options: { masked?: boolean; first?: number } = {}): Buffer {
  const body = Buffer.from(payload as string);
  const mask = options.masked ? 0x80 : 0;
  const first = options.first ?? 0x81;
  const size = Buffer.alloc(body.length < 126 ? 2 : body.length < 65536 ? 4 : 10);
  size[0] = first;
  size[1] = mask | (size.length === 2 ? body.length : size.length === 4 ? 126 : 127);
  if (size.length === 4) size.writeUInt16BE(body.length, 2);
  if (size.length === 10) size.writeUInt32BE(body.length, 6);
  if (!options.masked) return Buffer.concat([size, body]);
  const key = Buffer.from([0x27, 0x01, 0xfb, 0x4b]);
  for (let at = 0; at < body.length; at++) body[at]! ^= key[at & 3]!;
  return Buffer.concat([size, key, body]);
}

describe('websocket', () => {
  it('hands on messages of both sides, masked, fragmented, with control frames between', () => {
    const long = `{"blob":"${'a'.repeat(700)}"}`;
    const { lines, hints } = expectSameWhateverThePieces([
      ...UPGRADE,
      toServer(frame(ASK, { masked: true })),
      toClient(
        Buffer.concat([
          frame(REPLY.slice(0, 5), { first: 0x01 }),
          frame('ping', { first: 0x89 }),
          frame(REPLY.slice(5), { first: 0x80 }),
          frame(long, { first: 0x82 }),
        ]),
      ),
    ]);
    expect(lines.map((line) => line.text)).toEqual([ASK, REPLY, long]);
    expect(hints).toMatchObject({
      wrappers: ['websocket'],
      namedHosts: [{ host: 'ws.example.net', port: null }],
    });
  });

  it('passes over messages that are too long, and goes on', () => {
    const big = frame(`{"x":"${'b'.repeat(100_000)}"}`);
    const { lines, runner } = read([...UPGRADE, toClient(Buffer.concat([big, frame(REPLY)]))]);
    expect(lines.map((line) => line.text)).toEqual([REPLY]);
    expect(runner.counters.get('websocket.message-long')).toBe(1);
  });

  it('inflates messages that refer to earlier ones', async () => {
    const deflate = createDeflateRaw();
    const pack = (text: string) =>
      new Promise<Buffer>((resolve) => {
        const out: Buffer[] = [];
        const keep = (piece: Buffer) => out.push(piece);
        deflate.on('data', keep);
        deflate.write(text);
        deflate.flush(constants.Z_SYNC_FLUSH, () => {
          deflate.off('data', keep);
          resolve(Buffer.concat(out).subarray(0, -4));
        });
      });
    const [first, second] = [await pack(REPLY), await pack(REPLY)];
    expect(second.length).toBeLessThan(first.length);
    const { lines } = expectSameWhateverThePieces([
      ...UPGRADE,
      toClient(frame(first, { first: 0xc1 })),
      toClient(frame(second, { first: 0xc1 })),
    ]);
    expect(lines.map((line) => line.text)).toEqual([REPLY, REPLY]);
    const { runner } = read([...UPGRADE, toClient(frame(second, { first: 0xc1 }))]);
    expect(runner.counters.get('websocket.not-inflated')).toBe(1);
  });

  it('finds its place again behind a gap', () => {
    const keeper = lineKeeper();
    const run = startRun([websocket, http, keeper]);
    for (const { direction, bytes } of UPGRADE) run.reader.feed(direction, bytes, 1);
    run.reader.feed('to-client', frame(REPLY).subarray(0, 9), 2);
    run.reader.gap('to-client', 400, 3);
    run.reader.feed('to-client', frame(REPLY), 4);
    expect(keeper.lines.map((line) => line.text)).toEqual([REPLY]);
  });

  it('joins lines that a tunnel of bytes cut into messages, and forgets half of one where the rest is lost', () => {
    const pieces = (text: string) => [text.slice(0, 9), text.slice(9, 14), text.slice(14)];
    const cut = pieces(`${REPLY}\n${REPLY}\n`).map((text) => frame(text, { first: 0x82 }));
    const { lines } = expectSameWhateverThePieces([...UPGRADE, toClient(Buffer.concat(cut))]);
    expect(lines.map((line) => line.text)).toEqual([REPLY, REPLY]);
    const lost = [frame(REPLY.slice(0, 9)), frame(REPLY.slice(9).padEnd(100_000)), frame(REPLY)];
    expect(read([...UPGRADE, toClient(Buffer.concat(lost))]).lines.map((line) => line.text)).toEqual([REPLY]);
  });

  it('reads a session that was running already, and knows the client by its masks', () => {
    const { lines, session, hints } = read([toClient(frame(ASK, { masked: true })), toServer(frame(REPLY))], {
      orientedBy: 'port',
    });
    expect(lines.map((line) => line.direction)).toEqual(['to-server', 'to-client']);
    expect(session.client.port).toBe(3333);
    expect(hints.wrappers).toEqual(['websocket']);
  });

  it('stops at a close frame and at what is no frame', () => {
    expect(read([...UPGRADE, toClient(frame('', { first: 0x88 }))]).wanted).toBe(false);
    expect(read([...UPGRADE, toClient(Buffer.from([0xf1, 0x05, 1, 2, 3]))]).wanted).toBe(false);
  });
});

describe('wrappers in wrappers', () => {
  const connect = (host: string) => [
    toServer(`CONNECT ${host}:3333 HTTP/1.1\r\n\r\n`),
    toClient('HTTP/1.1 200 OK\r\n\r\n'),
  ];

  it('SOCKS in CONNECT', () => {
    const { lines, hints } = expectSameWhateverThePieces([
      ...connect('gate.example.org'),
      toServer(Buffer.from([5, 1, 0])),
      toClient(Buffer.from([5, 0])),
      toServer(Buffer.from('05010001c63364070d05', 'hex')),
      toClient(Buffer.from('05000001000000000000', 'hex')),
      ...INSIDE,
    ]);
    expectInside(lines);
    expect(hints.wrappers).toEqual(['connect', 'socks5']);
    expect(hints.namedHosts).toHaveLength(2);
  });

  it('are followed so deep and no deeper', () => {
    const nest = (depth: number) =>
      Array.from({ length: depth }, (_, at) => connect(`h${at}.example.org`)).flat();
    expectInside(read([...nest(4), ...INSIDE]).lines);
    const deep = read([...nest(40), ...INSIDE]);
    expect(deep.wanted).toBe(false);
    expect(deep.runner.counters.get('inspect.too-deep')).toBe(1);
  });
});
