import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { dns } from '../../../src/detect/inspect/dns/dns.js';
import type { NeighbourSink } from '../../../src/detect/inspect/dns/dns-neighbours.js';
import { createInspection, INSPECTORS } from '../../../src/detect/inspect/index.js';
import { node } from '../../../src/detect/inspect/node.js';
import { stratumV2 } from '../../../src/detect/inspect/stratum-v2/stratum-v2.js';
import { tls } from '../../../src/detect/inspect/tls/tls.js';
import type { DnsObservation, Observation, StratumObservation } from '../../../src/model/observation.js';
import { createPacket } from '../../../src/model/packet.js';
import { WAKE_ALWAYS, WAKE_EARLY } from '../../../src/model/wake.js';
import type { Message } from '../../support/frames.js';
import { randomFrom } from '../../support/random.js';
import { feedAll, joined, observe, split, startRun, toClient, toServer, withoutTimes } from './support.js';

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);

function sameWhateverThePieces(
  messages: readonly Message[],
  options: Parameters<typeof observe>[2] = {},
): Observation[] {
  const whole = observe(INSPECTORS, joined(messages), options);
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 60 }), (seed, most) => {
      const cut = observe(INSPECTORS, split(messages, seed, most), options);
      expect(withoutTimes(cut)).toEqual(withoutTimes(whole));
    }),
    { numRuns: 40 },
  );
  return whole;
}

function helloBody(name: string | null, alpn: readonly string[]): Buffer {
  const extension = (type: number, body: Buffer) => Buffer.concat([u16(type), u16(body.length), body]);
  const entry = Buffer.concat([Buffer.from([0]), u16(name?.length ?? 0), Buffer.from(name ?? '')]);
  const names = Buffer.concat(alpn.map((text) => Buffer.from([text.length, ...Buffer.from(text)])));
  const extensions = Buffer.concat([
    extension(0x0a0a, Buffer.alloc(0)),
    ...(name === null ? [] : [extension(0, Buffer.concat([u16(entry.length), entry]))]),
    ...(alpn.length === 0 ? [] : [extension(16, Buffer.concat([u16(names.length), names]))]),
    extension(51, Buffer.alloc(1200)),
  ]);
  const head = Buffer.concat([u16(0x0303), Buffer.alloc(32, 7), Buffer.from([32]), Buffer.alloc(32, 9)]);
  const suites = Buffer.concat([u16(4), u16(0x1301), u16(0x1302), Buffer.from([1, 0])]);
  const body = Buffer.concat([head, suites, u16(extensions.length), extensions]);
  return Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
}

const record = (type: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type, 3, 1]), u16(body.length), body]);
/** Of TLS 1.3: with supported_versions. */
const SERVER_HELLO = toClient(
  record(
    22,
    Buffer.concat([
      Buffer.from([2, 0, 0, 46, 3, 3]),
      Buffer.alloc(36),
      Buffer.from('0006002b00020304', 'hex'),
    ]),
  ),
);

describe('tls', () => {
  it('names who is called, and is then done', () => {
    const body = helloBody('Pool.Example.org', ['h2', 'http/1.1']);
    const messages = [toServer(record(22, body)), SERVER_HELLO];
    expect(sameWhateverThePieces(messages)).toMatchObject([
      {
        kind: 'tls',
        serverName: 'pool.example.org',
        alpn: ['h2', 'http/1.1'],
        answered: true,
        certificate: null,
      },
    ]);
    expect(feedAll(startRun([tls]), messages)).toBe(false);
  });

  it('puts a hello together from several records', () => {
    const body = helloBody('a.example.org', []);
    const records = [body.subarray(0, 3), body.subarray(3, 200), body.subarray(200)].map((part) =>
      record(22, part),
    );
    const found = sameWhateverThePieces([toServer(Buffer.concat(records)), SERVER_HELLO]);
    expect(found).toMatchObject([{ serverName: 'a.example.org', alpn: [] }]);
  });

  it('tells of a hello without a name only where an address of it is watched', () => {
    const hello = toServer(record(22, helloBody(null, [])));
    const run = startRun(INSPECTORS, { watched: true });
    feedAll(run, [hello]);
    expect(run.observations).toMatchObject([{ serverName: null, answered: false }]);
    expect(sameWhateverThePieces([hello])).toEqual([]);
  });

  it('turns a session round when the hello comes from the assumed server', () => {
    const run = startRun(INSPECTORS, { orientedBy: 'port' });
    feedAll(run, [
      toClient(record(22, helloBody('a.example.org', []))),
      { ...SERVER_HELLO, direction: 'to-server' },
    ]);
    expect(run.observations).toMatchObject([{ client: { port: 3333 }, answered: true }]);
    const surely = startRun(INSPECTORS);
    expect(feedAll(surely, [toClient(record(22, helloBody('a.example.org', [])))])).toBe(false);
    expect(surely.observations).toEqual([]);
  });

  it('does not read what is no hello', () => {
    expect(observe([tls], [toServer(record(23, Buffer.alloc(50)))])).toEqual([]);
    expect(observe([tls], [SERVER_HELLO])).toEqual([]);
  });
});

function name(text: string): Buffer {
  const labels = text === '' ? [] : text.split('.');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

interface DnsParts {
  flags: number;
  question: string;
  type?: number;
  records?: readonly { owner: Buffer; type: number; ttl: number; data: Buffer }[];
}

function dnsMessage({ flags, question, type = 1, records = [] }: DnsParts): Buffer {
  return Buffer.concat([
    u16(7),
    u16(flags),
    u16(1),
    u16(records.length),
    u16(0),
    u16(0),
    name(question),
    u16(type),
    u16(1),
    ...records.map(({ owner, type: kind, ttl, data }) =>
      Buffer.concat([owner, u16(kind), u16(1), u16(ttl >>> 16), u16(ttl & 0xffff), u16(data.length), data]),
    ),
  ]);
}

const POINTER = u16(0xc00c);
const A = (owner: Buffer, ip: number[], ttl = 300) => ({ owner, type: 1, ttl, data: Buffer.from(ip) });

function datagram(
  payload: Buffer,
  fromResolver: boolean,
  wants?: (name: string) => boolean,
  neighbours?: NeighbourSink,
): Observation[] {
  const found: Observation[] = [];
  const inspection = createInspection(
    (observation) => found.push(observation),
    new Counters(),
    () => ({ source: 'test.pcap', format: 'pcap' }),
    {
      ...(wants === undefined ? {} : { isInteresting: wants }),
      ...(neighbours === undefined ? {} : { neighbours }),
    },
  );
  const addresses = Buffer.from([10, 0, 0, 1, 10, 0, 0, 53]);
  const packet = createPacket();
  packet.bytes = Buffer.concat([
    fromResolver ? Buffer.from([10, 0, 0, 53, 10, 0, 0, 1]) : addresses,
    payload,
  ]);
  Object.assign(packet, {
    timeUs: 5,
    ipVersion: 4,
    srcOffset: 0,
    dstOffset: 4,
    protocol: 17,
    payloadOffset: 8,
  });
  packet.payloadLength = payload.length;
  packet.srcPort = fromResolver ? 53 : 40000;
  packet.dstPort = fromResolver ? 40000 : 53;
  inspection.datagram(packet, 42);
  return found;
}

describe('dns', () => {
  it('follows aliases to the addresses, and takes the least time to live', () => {
    const alias = { owner: POINTER, type: 5, ttl: 60, data: name('Edge.example.net') };
    const payload = dnsMessage({
      flags: 0x8180,
      question: 'XMR.Pool.example.org',
      records: [
        alias,
        A(name('edge.EXAMPLE.net'), [203, 0, 113, 7]),
        A(name('other.example.net'), [203, 0, 113, 8]),
      ],
    });
    expect(datagram(payload, true)).toEqual([
      {
        kind: 'dns',
        timeUs: 5,
        client: { ip: '10.0.0.1', port: 40000 },
        server: { ip: '10.0.0.53', port: 53 },
        origin: { source: 'test.pcap', format: 'pcap', record: 42 },
        question: 'xmr.pool.example.org',
        questionType: 1,
        answered: true,
        addresses: [{ ip: '203.0.113.7', ttl: 60 }],
        aliases: ['edge.example.net'],
      },
    ]);
    // What anybody's name is an alias of may be of interest where the name itself is not.
    expect(datagram(payload, true, (text) => text === 'edge.example.net')).toHaveLength(1);
    expect(datagram(payload, true, (text) => text === 'other.example.net')).toEqual([]);
  });

  it('tells whether recursion was wanted: who asks from the root on is a resolver', () => {
    const iterates = (flags: number) =>
      datagram(dnsMessage({ flags, question: 'xmr.pool.example.org', records: [] }), true).map(
        (seen) => seen.kind === 'dns' && seen.iterates === true,
      );
    expect([0x8180, 0x8100, 0x8400, 0x8080].map(iterates)).toEqual([[false], [false], [true], [false]]);
  });

  it('tells in place who lives at an address, of names that no rule cares for', () => {
    const named: string[] = [];
    const sink = {
      answered: () => false,
      named: (hash: number, bytes: Buffer, offset: number, length: number) => {
        named.push(`${hash} ${[...bytes.subarray(offset, offset + length)].join('.')}`);
      },
    };
    const answer = (question: string, fourth: number) =>
      dnsMessage({
        flags: 0x8180,
        question,
        records: [
          { owner: POINTER, type: 5, ttl: 60, data: name('x.example.net') },
          A(POINTER, [203, 0, 113, fourth]),
        ],
      });
    datagram(answer('a.example.org', 7), true, () => false, sink);
    datagram(answer('A.EXAMPLE.org', 7), true, () => false, sink);
    datagram(answer('b.example.org', 8), true, () => false, sink);
    expect(named.map((text) => text.split(' ')[1])).toEqual(['203.0.113.7', '203.0.113.7', '203.0.113.8']);
    expect(new Set(named).size).toBe(2);
    // Nothing of questions, failures, or answers cut short.
    datagram(dnsMessage({ flags: 0x0100, question: 'c.example.org' }), false, () => false, sink);
    const cut = answer('d.example.org', 9);
    for (let length = 0; length < cut.length; length++)
      datagram(cut.subarray(0, length), true, () => false, sink);
    expect(named).toHaveLength(3);
  });

  it('is wanted whatever it says where its sender turns out to be a resolver', () => {
    const payload = dnsMessage({ flags: 0x8180, question: 'www.example.org' });
    const sink = { answered: () => true, named: () => undefined };
    expect(datagram(payload, true, () => false, sink)).toMatchObject([{ question: 'www.example.org' }]);
  });

  it('tells of questions, and of names that do not exist', () => {
    const asked = datagram(dnsMessage({ flags: 0x0100, question: 'a.example.org', type: 28 }), false);
    expect(asked).toMatchObject([{ answered: false, questionType: 28, client: { ip: '10.0.0.1' } }]);
    const none = datagram(dnsMessage({ flags: 0x8183, question: 'a.example.org' }), true);
    expect(none).toMatchObject([{ answered: true, addresses: [] }]);
  });

  it('leaves failures, wrong directions, unwanted and unreadable names alone', () => {
    expect(datagram(dnsMessage({ flags: 0x8182, question: 'a.example.org' }), true)).toEqual([]);
    expect(datagram(dnsMessage({ flags: 0x8180, question: 'a.example.org' }), false)).toEqual([]);
    expect(datagram(dnsMessage({ flags: 0x0100, question: 'a b.example.org' }), false)).toEqual([]);
    const asked: string[] = [];
    const refuse = (text: string) => asked.push(text) < 0;
    expect(datagram(dnsMessage({ flags: 0x8180, question: 'WWW.example.org' }), true, refuse)).toEqual([]);
    expect(asked).toEqual(['www.example.org']);
  });

  it('is not caught in loops of pointers', () => {
    const loop = Buffer.concat([Buffer.from('0007010000010000000000000161c00c', 'hex'), u16(1), u16(1)]);
    expect(datagram(loop, false)).toEqual([]);
    const self = Buffer.concat([Buffer.from('000701000001000000000000c00c', 'hex'), u16(1), u16(1), u16(0)]);
    expect(datagram(self, false)).toEqual([]);
  });

  it('reads messages over TCP at port 53 only', () => {
    const framed = (payload: Buffer) => Buffer.concat([u16(payload.length), payload]);
    const messages = [
      toServer(framed(dnsMessage({ flags: 0x0100, question: 'a.example.org' }))),
      toClient(
        framed(
          dnsMessage({ flags: 0x8180, question: 'a.example.org', records: [A(POINTER, [203, 0, 113, 1])] }),
        ),
      ),
    ];
    const found = sameWhateverThePieces(messages, { serverPort: 53 }) as DnsObservation[];
    expect(found.map((message) => message.answered)).toEqual([false, true]);
    expect(found[1]?.addresses).toEqual([{ ip: '203.0.113.1', ttl: 300 }]);
    expect(observe([dns], messages, { serverPort: 54 })).toEqual([]);
  });
});

describe('node', () => {
  const version = Buffer.concat([
    Buffer.from('f9beb4d9', 'hex'),
    Buffer.from('version\0\0\0\0\0'),
    Buffer.from('6600000011223344', 'hex'),
    Buffer.alloc(102),
  ]);

  it('knows the peer-to-peer protocols of coins', () => {
    expect(sameWhateverThePieces([toServer(version)])).toMatchObject([
      { kind: 'node', protocol: 'bitcoin-p2p', coin: 'BTC' },
    ]);
    const dogecoin = Buffer.from(version);
    dogecoin.writeUInt32BE(0xc0c0c0c0, 0);
    expect(observe(INSPECTORS, [toClient(dogecoin)])).toMatchObject([{ coin: 'DOGE' }]);
    const levin = Buffer.from('0121010101010101e20000000000000001e9030000000000000100000001000000', 'hex');
    expect(sameWhateverThePieces([toServer(levin)], { serverPort: 18080 })).toMatchObject([
      { protocol: 'monero-levin', coin: 'XMR' },
    ]);
  });

  it('needs more than a magic', () => {
    const odd = Buffer.from(version);
    odd[5] = 0x20;
    expect(observe([node], [toServer(odd)])).toEqual([]);
    expect(
      observe([node], [toServer(Buffer.from('0121010101010101ffffffffffffffff01e9030000', 'hex'))]),
    ).toEqual([]);
  });
});

const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const u32 = (value: number) => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
};
const sv2 = (type: number, payload: Buffer, channel = false) =>
  Buffer.concat([Buffer.from([0, channel ? 0x80 : 0, type]), u32(payload.length).subarray(0, 3), payload]);

function setup(protocol = 0): Buffer {
  const versions = Buffer.from([protocol, 2, 0, 2, 0, 1, 0, 0, 0]);
  return sv2(
    0,
    Buffer.concat([
      versions,
      text('192.0.2.10'),
      u16(0xce85),
      text('Vendor'),
      text('S9i'),
      text('fw 1.0'),
      text(''),
    ]),
  );
}

describe('stratum v2 in clear', () => {
  const hashRate = Buffer.alloc(4);
  hashRate.writeFloatLE(14e12);
  const target = Buffer.concat([Buffer.alloc(24), Buffer.from([0xff, 0xff]), Buffer.alloc(6)]);
  const share = (job: number) =>
    toServer(sv2(0x1a, Buffer.concat([u32(2), u32(1), u32(job), Buffer.alloc(12)]), true));
  const job = toClient(sv2(0x15, Buffer.concat([u32(2), u32(9), Buffer.alloc(37)]), true));
  const accept = (count: number) =>
    toClient(sv2(0x1c, Buffer.concat([u32(2), u32(1), u32(count), Buffer.alloc(8)]), true));
  const session = [
    toServer(setup()),
    toClient(sv2(1, Buffer.alloc(6))),
    toServer(sv2(0x10, Buffer.concat([u32(1), text('acct.rig1'), hashRate, Buffer.alloc(32, 255)]))),
    toClient(sv2(0x11, Buffer.concat([u32(1), u32(2), target, text('pfx'), u32(1)]))),
    job,
    share(9),
    share(8),
    accept(2),
  ];

  it('reads all roles and who mines', () => {
    const [found, ...rest] = sameWhateverThePieces(session) as StratumObservation[];
    expect(rest).toEqual([]);
    expect(found).toMatchObject({
      dialect: 'stratum-v2',
      roles: { hello: 1, login: 1, loginAccepted: 2, job: 1, share: 2, shareLinked: 1, shareAccepted: 2 },
      logins: ['acct.rig1'],
      workers: ['rig1'],
      agents: ['Vendor S9i fw 1.0'],
      namedHosts: [{ host: '192.0.2.10', port: 34254 }],
      shares: [{ difficulty: 65536, submitted: 2, accepted: 2, rejected: 0 }],
    });
    expect(found?.reportedHps).toBeCloseTo(14e12, -7);
  });

  it('recognises a session that was running already', () => {
    const found = sameWhateverThePieces([
      job,
      share(9),
      accept(1),
      share(9),
      accept(1),
    ]) as StratumObservation[];
    expect(found[0]?.roles).toMatchObject({ hello: 0, share: 2, shareLinked: 2, shareAccepted: 2 });
  });

  it('counts the channels that submit shares, not those that are only opened', () => {
    const shareOn = (channel: number) =>
      toServer(sv2(0x1a, Buffer.concat([u32(channel), u32(1), u32(9), Buffer.alloc(12)]), true));
    const opened = (channel: number) =>
      toClient(sv2(0x11, Buffer.concat([u32(1), u32(channel), target, text('pfx'), u32(1)])));
    const farm = [...session, opened(3), shareOn(3), opened(4), shareOn(4), opened(5), shareOn(3), accept(4)];
    const found = sameWhateverThePieces(farm) as StratumObservation[];
    expect(found[0]?.machines).toMatchObject({ devices: 3 });
    expect((observe([stratumV2], session) as StratumObservation[])[0]).not.toHaveProperty('machines');
  });

  it('tells of long sessions in parts that add up', () => {
    const late = session.map((message, at) => ({ ...message, atSeconds: at * 100 }));
    const found = observe([stratumV2], late) as StratumObservation[];
    expect(found.map(({ part }) => part)).toEqual([0, 1]);
    expect(found.reduce((sum, { roles }) => sum + roles.share, 0)).toBe(2);
    expect(found[1]?.rolesSoFar.hello).toBe(1);
  });

  it('is silent about the other protocols of the family and about zeros', () => {
    expect(observe(INSPECTORS, [toServer(setup(2)), toClient(sv2(1, Buffer.alloc(6)))])).toEqual([]);
    expect(observe(INSPECTORS, [toServer(Buffer.alloc(5000))])).toEqual([]);
  });
});

describe('stratum v2 under noise', () => {
  const random = randomFrom(5);
  const bytes = (size: number) => Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
  const handshake = [
    toServer(bytes(64)),
    toClient(bytes(234), 0.1),
    toServer(bytes(103), 0.2),
    toClient(bytes(44), 0.3),
    toServer(bytes(92), 0.4),
  ];
  const opened = toClient(bytes(87 + 83 + 86), 0.5);
  const shares = (size: number, every: number) =>
    Array.from({ length: 8 }, (_, at) => [
      toServer(bytes(size), 1 + at * every),
      toClient(bytes(58), 1.1 + at * every),
    ]).flat();

  it('needs the rhythm of shares behind the handshake', () => {
    const found = sameWhateverThePieces([...handshake, opened, ...shares(62, 6)]);
    expect(found).toMatchObject([{ dialect: 'stratum-v2-noise', roles: { hello: 1, share: 0 }, logins: [] }]);
    expect(sameWhateverThePieces([...handshake, opened, ...shares(71, 3)])).toHaveLength(1);
  });

  it('is not taken in by sizes that fit by chance', () => {
    const bulk = [
      handshake[0],
      handshake[1],
      toClient(bytes(1400), 0.2),
      toServer(bytes(48), 0.4),
    ] as Message[];
    const quick = [...handshake, opened, ...shares(62, 0.3)];
    const uneven = [...handshake, opened, ...shares(62, 6).slice(0, 4), ...shares(75, 6)];
    const zeros = [toServer(Buffer.alloc(64)), ...handshake.slice(1), opened, ...shares(62, 6)];
    for (const messages of [handshake, bulk, quick, uneven, zeros])
      expect(observe(INSPECTORS, messages)).toEqual([]);
  });
});

describe('the wake table', () => {
  it('wakes late for objects only, and not for what is neither text nor known', () => {
    const { wake } = createInspection(
      () => {},
      new Counters(),
      () => ({ source: '', format: '' }),
    );
    expect(wake.indexOf(WAKE_EARLY | WAKE_ALWAYS)).toBe(0x7b);
    expect([...wake].filter((mark) => (mark & WAKE_ALWAYS) !== 0)).toHaveLength(1);
    for (const byte of [0x16, 0x47, 0x50, 0x48, 0x43, 0x5b, 0x05, 0x00, 0xf9])
      expect(wake[byte]).toBe(WAKE_EARLY);
    expect([...wake].filter((mark) => mark !== 0).length).toBeLessThan(40);
  });
});
