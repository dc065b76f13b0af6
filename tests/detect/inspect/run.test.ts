import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSPECTORS } from '../../../src/detect/inspect/index.js';
import { type Inspector, PROBE_LIMIT, type Probe } from '../../../src/detect/inspect/inspector.js';
import type { Direction } from '../../../src/model/flow.js';
import type { Message } from '../../support/frames.js';
import { randomFrom } from '../../support/random.js';
import { feedAll, observe, startRun, toClient, toServer } from './support.js';

interface Heard {
  readonly direction: Direction;
  readonly text: string;
}

/** Says what it is told to, and remembers what it is fed. */
function listener(
  probe: (toServer: Buffer, toClient: Buffer) => Probe,
  options: { swapOn?: string; stopOn?: string } = {},
): Inspector & { readonly heard: Heard[]; ended: number } {
  const self = {
    name: 'listener',
    heard: [] as Heard[],
    ended: 0,
    probe,
    start(context: Parameters<Inspector['start']>[0]) {
      return {
        feed(direction: Direction, bytes: Buffer) {
          let from = direction;
          const text = bytes.toString('latin1');
          if (text === options.swapOn && context.swapSides())
            from = from === 'to-server' ? 'to-client' : 'to-server';
          self.heard.push({ direction: from, text });
          return text !== options.stopOn;
        },
        gap: (direction: Direction, byteCount: number) => {
          self.heard.push({ direction, text: `gap ${byteCount}` });
        },
        end: () => {
          self.ended++;
        },
      };
    },
  };
  return self;
}

const never = listener(() => 'no');
const onX = (toServer: Buffer, toClient: Buffer): Probe =>
  toServer.includes('x') || toClient.includes('x') ? 'yes' : 'more';

describe('the runner', () => {
  it('replays what was held, in order, to the inspector that says yes', () => {
    const wanting = listener(onX);
    const messages = [toServer('a'), toClient('b'), toClient('c'), toServer('x'), toClient('d')];
    expect(feedAll(startRun([never, wanting]), messages)).toBe(true);
    expect(wanting.heard).toEqual([
      { direction: 'to-server', text: 'a' },
      { direction: 'to-client', text: 'bc' },
      { direction: 'to-server', text: 'x' },
      { direction: 'to-client', text: 'd' },
    ]);
    expect(wanting.ended).toBe(1);
  });

  it('dismisses what nobody wants, at once or at the limit of probing', () => {
    expect(feedAll(startRun([never]), [toServer('abc')])).toBe(false);
    const waiting = startRun([listener(onX)]);
    const piece = Buffer.alloc(100, 'a');
    let fed = 0;
    while (waiting.reader.feed('to-server', piece, 0)) fed += piece.length;
    expect(fed).toBeLessThanOrEqual(PROBE_LIMIT);
    expect(waiting.runner.unclaimed).toBe(1);
  });

  it('probes anew behind a gap, and passes the gap on', () => {
    const wanting = listener((server) =>
      server.toString() === 'x' ? 'yes' : server.length > 3 ? 'no' : 'more',
    );
    const { reader } = startRun([wanting]);
    reader.feed('to-server', Buffer.from('ab'), 1);
    reader.feed('to-client', Buffer.from('kept'), 2);
    reader.gap('to-server', 500, 3);
    reader.feed('to-server', Buffer.from('x'), 4);
    expect(wanting.heard.map((heard) => heard.text)).toEqual(['gap 500', 'kept', 'x']);
  });

  it('relabels what was held when the sides are swapped', () => {
    const wanting = listener(onX, { swapOn: 'a' });
    const run = startRun([wanting], { orientedBy: 'first-packet' });
    feedAll(run, [toServer('a'), toClient('b'), toServer('x'), toClient('d')]);
    expect(wanting.heard.map((heard) => heard.direction)).toEqual([
      'to-client',
      'to-server',
      'to-client',
      'to-server',
    ]);
    expect(run.session).toMatchObject({
      orientedBy: 'content',
      client: { port: 3333 },
      server: { port: 49152 },
    });
  });

  it('swaps once, and never against a handshake', () => {
    const twice = listener(() => 'yes', { swapOn: 'a' });
    const run = startRun([twice], { orientedBy: 'port' });
    feedAll(run, [toServer('a'), toServer('a')]);
    expect(run.session.client.port).toBe(3333);
    const sure = startRun([listener(() => 'yes', { swapOn: 'a' })]);
    feedAll(sure, [toServer('a')]);
    expect(sure.session).toMatchObject({ orientedBy: 'handshake', client: { port: 49152 } });
  });

  it('is done when the reader is, and ends it once', () => {
    const wanting = listener(() => 'yes', { stopOn: 'b' });
    const { reader } = startRun([wanting]);
    expect(reader.feed('to-server', Buffer.from('a'), 1)).toBe(true);
    expect(reader.feed('to-server', Buffer.from('b'), 2)).toBe(false);
    expect(reader.feed('to-server', Buffer.from('c'), 3)).toBe(false);
    reader.end(4);
    reader.end(5);
    expect(wanting.heard).toHaveLength(2);
    expect(wanting.ended).toBe(1);
  });
});

const TEMPLATES: readonly (readonly Message[])[] = [
  [
    toServer(
      'POST /x HTTP/1.1\r\nHost: a:1\r\nContent-Length: 20\r\nContent-Type: application/json\r\n\r\n{"method":"getwork"}',
    ),
    toClient(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"res\r\n6\r\nult":1\r\n1\r\n}\r\n0\r\n\r\n',
    ),
  ],
  [
    toServer('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n'),
    toClient(
      'HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x08{"a":"b"\xc1\x05\xaa\x56\x4a\x02\x00',
    ),
    toServer('\x81\x83\x01\x02\x03\x04abc'),
  ],
  [
    toServer('\x05\x01\x00\x05\x01\x00\x03\x01a\x00\x50'),
    toClient('\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00'),
    toServer('\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x03\x03'.padEnd(53, '\x01')),
  ],
  [toServer('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n{"id":1,"method":"mining.subscribe","params":[]}\n')],
  [toServer('\x00\x1d\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03abc\x03def\x00\x00\x01\x00\x01')],
  [toServer('\x00\x00\x00\x16\x00\x00\x00\x02\x00\x02\x00\x00\x00\x00\x00\x011\x01\x02\x012\x013\x014\x015')],
  [toServer('\xf9\xbe\xb4\xd9version\x00\x00\x00\x00\x00\x66\x00\x00\x00\x11\x22\x33\x44')],
];

describe('hostile input', () => {
  it('never makes a reader throw, whatever is changed, cut or missing', () => {
    const random = randomFrom(20_260_801);
    const below = (limit: number) => Math.floor(random() * limit);
    for (let round = 0; round < 4000; round++) {
      const template = TEMPLATES[below(TEMPLATES.length)] ?? [];
      const run = startRun(INSPECTORS, {
        orientedBy: random() < 0.5 ? 'handshake' : 'port',
        serverPort: random() < 0.3 ? 53 : 3333,
      });
      let wanted = true;
      for (const message of template) {
        const bytes = Buffer.from(message.bytes);
        for (let change = below(4); change > 0; change--) bytes[below(bytes.length)] = below(256);
        const side = random() < 0.1 ? 'to-client' : message.direction;
        for (let at = 0; at < bytes.length && wanted; ) {
          const length = 1 + below(random() < 0.5 ? 8 : 200);
          if (random() < 0.05) run.reader.gap(side, 1 + below(70_000), round);
          else wanted = run.reader.feed(side, bytes.subarray(at, at + length), round);
          at += length;
        }
      }
      run.reader.end(round);
      for (const found of run.observations) {
        // Nothing from traffic may act on a terminal.
        expect(JSON.stringify(found)).not.toMatch(/\\u00[01]|\\u007f/);
      }
    }
  });

  it('takes random bytes for nothing', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 3000 }),
        fc.uint8Array({ maxLength: 3000 }),
        (a, b) => {
          const found = observe(INSPECTORS, [toServer(Buffer.from(a)), toClient(Buffer.from(b))]);
          expect(found.filter(({ kind }) => kind === 'stratum' || kind === 'node')).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a header without end', 'GET / HTTP/1.1\r\nX: ', 'a'],
    ['endless headers', 'GET / HTTP/1.1\r\n', 'X: y\r\n'],
    [
      'an endless body',
      'POST / HTTP/1.1\r\nContent-Length: 999999999\r\nContent-Type: application/json\r\n\r\n{',
      ' ',
    ],
    ['endless chunks', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\n{\r\n'],
    [
      'a message in endless fragments',
      'GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x01\x80abcd',
      '\x00\x81abcda',
    ],
    ['an endless hello', '\x16\x03\x01\x00\x01\x01', '\x16\x03\x01\x00\x01\x00'],
  ])('holds little of %s', (_name, head, rest) => {
    const { reader } = startRun(INSPECTORS);
    const piece = Buffer.from(rest.repeat(Math.ceil(1000 / rest.length)), 'latin1');
    let wanted = reader.feed('to-server', Buffer.from(head, 'latin1'), 0);
    const before = process.memoryUsage();
    for (let fed = 0; fed < 20_000_000 && wanted; fed += piece.length)
      wanted = reader.feed('to-server', piece, 0);
    const after = process.memoryUsage();
    const grown = after.arrayBuffers - before.arrayBuffers + after.heapUsed - before.heapUsed;
    expect(grown).toBeLessThan(40_000_000);
    reader.end(0);
  });
});
