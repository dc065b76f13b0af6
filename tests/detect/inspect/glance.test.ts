import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { Counters } from '../../../src/base/counters.js';
import { parseDns } from '../../../src/detect/inspect/dns/dns-message.js';
import { glanceAt } from '../../../src/detect/inspect/glance/glance.js';
import { dismissesDns } from '../../../src/detect/inspect/glance/glance-dns.js';
import { INSPECTORS } from '../../../src/detect/inspect/index.js';
import { Matcher, parseRules } from '../../../src/detect/rules/index.js';
import { Decoded, Decoder } from '../../../src/intake/decode/index.js';
import { detectFormat } from '../../../src/intake/formats/index.js';
import { Glance } from '../../../src/model/glance.js';
import { createPacket, type Packet } from '../../../src/model/packet.js';
import { HAS_SHARED, SHARED } from '../../support/transcripts.js';
import { POOLS } from '../rules/support.js';
import { SERVER_FLIGHT } from './server-flight.js';
import { feedAll, startRun, toClient, toServer } from './support.js';

const small = new Matcher(parseRules([{ path: '/test/pools.csv', text: POOLS }]));
const bundled = new Matcher(await loadRules([]));

/** `cutBytes`: so many more were on the wire. */
function packetOf(payload: Buffer, cutBytes = 0): Packet {
  // Not at the beginning of its memory, and with something behind that is none of it.
  const bytes = Buffer.concat([Buffer.alloc(3, 0x16), payload, Buffer.alloc(8, 0xee)]);
  return {
    ...createPacket(),
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    protocol: 6,
    payloadOffset: 3,
    payloadLength: payload.length,
    payloadWireLength: payload.length + cutBytes,
  };
}

function glance(payload: Buffer, matcher = small, cutBytes = 0): Glance {
  return glanceAt(
    packetOf(payload, cutBytes),
    false,
    (...where) => matcher.mayInterest(...where),
    INSPECTORS,
  );
}

/** What the inspectors come to: whether they had enough of it after `first`, and how much was told in the end. */
function readBy(matcher: Matcher, first: Buffer, rest: Buffer): { isDone: boolean; told: number } {
  const run = startRun(INSPECTORS, { wantsName: (name) => matcher.isInterestingName(name) });
  const isDone = !run.reader.feed('to-server', Buffer.from(first), run.session.startUs);
  const answer = first[0] === 0x16 ? SERVER_FLIGHT : 'HTTP/1.1 200 OK\r\n\r\n';
  if (!isDone) feedAll(run, [toServer(rest), toClient(answer)]);
  run.reader.end(run.session.startUs);
  return { isDone, told: run.observations.length };
}

/** How much is told of a conversation whose first segment the snap length cut behind `first`. */
function toldOfCut(first: Buffer, cutBytes: number): number {
  const run = startRun(INSPECTORS, { wantsName: (name) => small.isInterestingName(name) });
  run.reader.feed('to-server', Buffer.from(first), run.session.startUs);
  run.reader.gap('to-server', cutBytes, run.session.startUs);
  feedAll(run, [toClient(first[0] === 0x16 ? SERVER_FLIGHT : 'HTTP/1.1 200 OK\r\n\r\n')]);
  run.reader.end(run.session.startUs);
  return run.observations.length;
}

/** The first one in nine of ten. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));

const LISTED = ['xmr.pool.example', 'a.pool.example', 'pool.example', 'scripts.example', 'www.site.example'];
const name = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...LISTED) },
      {
        weight: 3,
        arbitrary: fc.constantFrom('www.example.org', 'notpool.example', 'pool.example.com', 'a', '_x.-y'),
      },
      { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) },
    ),
    mostly('', '.', '..', ':80', ':99999', ' ', '\0', 'é'),
    mostly('', 'www.', 'É.', ' ', '\0.', `${'x'.repeat(240)}.`),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  )
  .map(([host, behind, before, upper]) =>
    [...(before + host + behind)]
      .map((char, at) => (upper[at % upper.length] ? char.toUpperCase() : char))
      .join(''),
  );

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const extension = (type: number, body: Buffer) => Buffer.concat([u16(type), u16(body.length), body]);
const nameExtension = (text: string, type = 0) => {
  const bytes = Buffer.from(text, 'latin1');
  const entry = Buffer.concat([Buffer.from([type]), u16(bytes.length), bytes]);
  return extension(0, Buffer.concat([u16(entry.length), entry]));
};
const hello = fc
  .record({
    names: fc.array(name, { maxLength: 2 }),
    nameType: fc.constantFrom(0, 0, 0, 0, 1),
    before: fc.constantFrom(0, 0, 20, 1200),
    sessionId: fc.constantFrom(0, 32),
    minor: fc.constantFrom(1, 3, 4, 5),
  })
  .map(({ names, nameType, before, sessionId, minor }) => {
    const extensions = Buffer.concat([
      ...(before === 0 ? [] : [extension(51, Buffer.alloc(before))]),
      ...names.map((text) => nameExtension(text, nameType)),
      extension(16, Buffer.from([0, 3, 2, 0x68, 0x32])),
    ]);
    const body = Buffer.concat([
      Buffer.from([3, 3]),
      Buffer.alloc(32, 7),
      Buffer.from([sessionId]),
      Buffer.alloc(sessionId, 9),
      Buffer.from([0, 4, 0x13, 1, 0x13, 2, 1, 0]),
      u16(extensions.length),
      extensions,
    ]);
    const message = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
    return Buffer.concat([Buffer.from([0x16, 3, minor]), u16(message.length), message]);
  });

const header = fc.oneof(
  { weight: 4, arbitrary: name.map((host) => `Host: ${host}`) },
  fc.constantFrom(
    'hOST:\texample.org \t',
    'Host: [2001:db8::1]:80',
    'Host:',
    ' Host: pool.example',
    'Host : pool.example',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64)',
    'user-agent: XMRig/6.21',
    'User-Agent: my-Miner',
    'User-Agent: T-Rex/0.26',
    'Upgrade: websocket',
    'Upgrade-Insecure-Requests: 1',
    'Content-Length: 0',
    'content-LENGTH: 17',
    'Transfer-Encoding: chunked',
    'Content-Type: application/json',
    'X-Mining-Extensions: longpoll',
    'x-long-polling: /lp',
    'X-Requested-With: XMLHttpRequest',
    'Authorization: Basic dTpw',
    'no colon at all',
  ),
);
const request = fc
  .tuple(
    mostly('GET', 'HEAD', 'POST', 'get', 'GET\0', 'CONNECT', 'HEAT'),
    mostly(
      '/',
      '/index.html',
      '/getwork',
      '/lp',
      '/GETINFO',
      '/login',
      'http://pool.example/',
      '*',
      '',
      '/a b',
    ),
    mostly('HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2', 'http/1.1'),
    fc.array(header, { maxLength: 5 }),
    mostly('\r\n', '\n', '\r'),
    fc.constantFrom('', '', '{"method": "getwork"}', 'GET /x HTTP/1.1\r\nHost: pool.example\r\n\r\n'),
  )
  .map(([method, target, version, headers, eol, behind]) =>
    Buffer.from(`${[`${method} ${target} ${version}`, ...headers].join(eol)}${eol}${eol}${behind}`, 'latin1'),
  );

/** Cut somewhere, or with some bytes changed. */
const damaged = (payload: fc.Arbitrary<Buffer>) =>
  fc
    .tuple(
      payload,
      fc.option(fc.nat(2000), { freq: 3 }),
      fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 2 }),
    )
    .map(([bytes, cut, changes]) => {
      const changed = Buffer.from(bytes);
      for (const [at, byte] of changes) changed[at % changed.length] = byte;
      const end = cut === null ? changed.length : 1 + (cut % changed.length);
      return { first: changed.subarray(0, end), rest: changed.subarray(end) };
    });

const RUNS = { numRuns: 3000 };

describe('a glance', () => {
  it('dismisses no hello that a reader would tell of', () => {
    const dismissed = { count: 0 };
    fc.assert(
      fc.property(damaged(hello), ({ first, rest }) => {
        if (glance(first) === Glance.READ) return;
        dismissed.count++;
        // Where the rest is on its way, the reader waits for it, for nothing.
        expect(readBy(small, first, rest).told).toBe(0);
      }),
      RUNS,
    );
    expect(dismissed.count).toBeGreaterThan(100);
  });

  it('dismisses no web request that a reader would go on with', () => {
    const dismissed = { count: 0 };
    fc.assert(
      fc.property(damaged(request), ({ first, rest }) => {
        if (glance(first) === Glance.READ) return;
        dismissed.count++;
        expect(readBy(small, first, rest)).toEqual({ isDone: true, told: 0 });
      }),
      RUNS,
    );
    expect(dismissed.count).toBeGreaterThan(100);
  });

  it('dismisses nothing cut by the snap length that a reader would tell of', () => {
    const dismissed = { count: 0 };
    fc.assert(
      fc.property(damaged(fc.oneof(hello, request)), ({ first, rest }) => {
        if (rest.length === 0 || glance(first, small, rest.length) === Glance.READ) return;
        dismissed.count++;
        expect(toldOfCut(first, rest.length)).toBe(0);
      }),
      RUNS,
    );
    expect(dismissed.count).toBeGreaterThan(100);
  });

  it('dismisses a hello or request that was cut before its name, and reads one that names a pool', () => {
    const web = Buffer.from('GET /index.html HTTP/1.1\r\nHost: xmr.pool.example\r\nAccept: */*\r\n\r\n');
    const start = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
    const begun = Buffer.concat([start, Buffer.alloc(60, 7)]);
    expect(glance(start, small, 500)).toBe(Glance.DISMISS_CLIENT);
    expect(glance(begun.subarray(0, 40), small)).toBe(Glance.READ);
    expect(glance(begun.subarray(0, 40), small, 480)).toBe(Glance.DISMISS_CLIENT);
    expect(glance(web.subarray(0, 30), small)).toBe(Glance.READ);
    expect(glance(web.subarray(0, 30), small, 40)).toBe(Glance.DISMISS_CLIENT);
    expect(glance(web.subarray(0, 60), small, 10)).toBe(Glance.READ);
  });

  it('dismisses what no inspector wants, and nothing else', () => {
    const first = fc.oneof(fc.constantFrom(...Buffer.from('{[ GPHCOD\x05\x04\0\x7f\x81\xf9')), fc.nat(255));
    const second = fc.oneof(fc.constantFrom(...Buffer.from('"{ \x01\x02\xbe')), fc.nat(255));
    const payload = fc
      .tuple(first, second, fc.uint8Array({ minLength: 40, maxLength: 200 }))
      .map(([a, b, rest]) => Buffer.from([a, b, ...rest]));
    const dismissed = { count: 0 };
    fc.assert(
      fc.property(payload, fc.constantFrom('to-server', 'to-client'), (bytes, direction) => {
        if (glance(bytes) !== Glance.DISMISS) return;
        dismissed.count++;
        const { runner, reader, observations, session } = startRun(INSPECTORS);
        expect(reader.feed(direction, bytes, session.startUs)).toBe(false);
        reader.end(session.startUs);
        expect([runner.unclaimed, observations.length]).toEqual([1, 0]);
      }),
      RUNS,
    );
    expect(dismissed.count).toBeGreaterThan(100);
    expect(glance(Buffer.from('{"id": 1,'))).toBe(Glance.READ);
  });

  it('dismisses no DNS message that would be told of, or counted as malformed', () => {
    const labels = name.map((text) =>
      Buffer.concat(
        text
          .split('.')
          .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
      ),
    );
    // An alias of a listed name, or an address.
    const alias = Buffer.from('\x03xmr\x04pool\x07example\0', 'latin1');
    const answer = fc.constantFrom(
      Buffer.from([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, alias.length, ...alias]),
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]),
    );
    const message = fc
      .tuple(labels, fc.constantFrom(0x0100, 0x8180, 0x2800, 0x8183), mostly([0], [0xc0, 12], []), answer)
      .map(([question, flags, close, record]) =>
        Buffer.concat([
          Buffer.from([0, 7, flags >> 8, flags & 255, 0, 1, 0, flags >> 15, 0, 0, 0, 0]),
          question,
          Buffer.from([...close, 0, 1, 0, 1]),
          flags >= 0x8000 ? record : Buffer.alloc(0),
        ]),
      );
    const dismissed = { count: 0 };
    fc.assert(
      fc.property(damaged(message), ({ first }) => {
        if (!dismissesDns(first, 0, first.length, (...where) => small.mayInterest(...where))) return;
        dismissed.count++;
        expect(parseDns(first, 0, first.length, (text) => small.isInterestingName(text))).toBe('unwanted');
      }),
      RUNS,
    );
    expect(dismissed.count).toBeGreaterThan(100);
  });

  it('reads everything of conversations with a watched address', () => {
    const web = Buffer.from('GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n');
    const unlisted = () => false;
    expect(glanceAt(packetOf(web), false, unlisted, INSPECTORS)).toBe(Glance.DISMISS_CLIENT);
    expect(glanceAt(packetOf(web), true, unlisted, INSPECTORS)).toBe(Glance.READ);
  });

  it('takes the first name of a hello, as the reader does', () => {
    const names = [nameExtension('www.example.org'), nameExtension('xmr.pool.example')];
    const helloOf = (...extensions: Buffer[]) => {
      const all = Buffer.concat(extensions);
      const body = Buffer.concat([
        Buffer.from([3, 3]),
        Buffer.alloc(33),
        Buffer.from([0, 2, 0x13, 1, 1, 0]),
        u16(all.length),
        all,
      ]);
      const message = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
      return Buffer.concat([Buffer.from([0x16, 3, 1]), u16(message.length), message]);
    };
    const [decoy, pool] = [helloOf(...names), helloOf(...names.reverse())];
    expect([glance(decoy), glance(pool)]).toEqual([Glance.DISMISS_CLIENT, Glance.READ]);
    expect([decoy, pool].map((bytes) => readBy(small, bytes, Buffer.alloc(0)).told)).toEqual([0, 1]);
  });

  it.skipIf(!HAS_SHARED)(
    'dismisses nothing in real captures that a reader would tell of',
    { timeout: 300_000 },
    () => {
      const corpus = join(SHARED, 'corpus');
      const labels: { path: string }[] = parse(readFileSync(join(corpus, 'labels.csv')), { columns: true });
      const captures = labels.filter(({ path }) => path.startsWith('captures/'));
      const wrong: string[] = [];
      let dismissed = 0;
      for (const { path } of captures)
        for (const { payload, isDns } of payloadsOf(join(corpus, path))) {
          if (isDns) {
            if (!dismissesDns(payload, 0, payload.length, (...where) => bundled.mayInterest(...where)))
              continue;
            dismissed++;
            if (
              parseDns(payload, 0, payload.length, (text) => bundled.isInterestingName(text)) !== 'unwanted'
            )
              wrong.push(path);
          } else {
            if (glance(payload, bundled) === Glance.READ) continue;
            dismissed++;
            if (readBy(bundled, payload, Buffer.alloc(0)).told > 0) wrong.push(path);
          }
        }
      expect(wrong).toEqual([]);
      expect(dismissed).toBeGreaterThan(1000);
    },
  );
});

function payloadsOf(path: string): { payload: Buffer; isDns: boolean }[] {
  const found: { payload: Buffer; isDns: boolean }[] = [];
  const input = readFileSync(path);
  const decoder = new Decoder();
  const sink = {
    flow: () => undefined,
    observation: () => undefined,
    frame(packet: Packet) {
      if (decoder.decode(packet) !== Decoded.TRANSPORT || packet.payloadLength <= 0) return;
      const isDns = packet.protocol === 17 && (packet.srcPort === 53 || packet.dstPort === 53);
      if (!isDns && packet.protocol !== 6) return;
      const at = packet.payloadOffset;
      found.push({ payload: Buffer.from(packet.bytes.subarray(at, at + packet.payloadLength)), isDns });
    },
  };
  const reader = detectFormat(input)?.open(sink, new Counters());
  reader?.feed(input);
  reader?.end();
  return found;
}
