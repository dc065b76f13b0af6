import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Glance } from '../../../src/model/glance.js';
import type { Packet } from '../../../src/model/packet.js';
import {
  ACK,
  addressBytes,
  ethernet,
  FIN,
  type Frame,
  type Message,
  PSH,
  RST,
  type SessionOptions,
  SYN,
  tcp,
  tcpSession,
  udp,
} from '../../support/frames.js';
import { randomFrom } from '../../support/random.js';
import { Harness } from './harness.js';

const START = 1.7e15;
const HELLO = '{"id":1,"method":"mining.subscribe","params":["cgminer/4.11"]}\n';
const REPLY = '{"id":1,"result":[[["mining.notify","ae68"]],"0800",4],"error":null}\n';
const LOGIN = '{"id":2,"method":"mining.authorize","params":["wallet.rig","x"]}\n';

const say = (direction: Message['direction'], atSeconds: number, text: string): Message => ({
  direction,
  atSeconds,
  bytes: Buffer.from(text, 'latin1'),
});
const TALK = [say('to-server', 0, HELLO), say('to-client', 0.1, REPLY), say('to-server', 0.2, LOGIN)];

interface Piece {
  from?: 'client' | 'server';
  atSeconds?: number;
  seq?: number;
  ack?: number;
  flags?: number;
  text?: string;
  clientPort?: number;
  serverPort?: number;
}

/** One TCP segment between 10.0.0.1:49152 and 198.51.100.7:3333. */
function segment(piece: Piece): Frame {
  const ends = [
    { ip: '10.0.0.1', port: piece.clientPort ?? 49152 },
    { ip: '198.51.100.7', port: piece.serverPort ?? 3333 },
  ] as const;
  const [src, dst] = piece.from === 'server' ? [ends[1], ends[0]] : ends;
  const bytes = tcp(Buffer.from(piece.text ?? '', 'latin1'), {
    src: src.ip,
    dst: dst.ip,
    srcPort: src.port,
    dstPort: dst.port,
    seq: piece.seq ?? 0,
    ack: piece.ack ?? 0,
    flags: piece.flags ?? ACK,
  });
  return { timeUs: START + (piece.atSeconds ?? 0) * 1e6, bytes: ethernet(bytes) };
}

function datagram(atSeconds: number, dstPort = 53, src = '10.0.0.1'): Frame {
  const bytes = udp(Buffer.from('question'), { src, dst: '10.0.0.53', srcPort: 5000, dstPort });
  return { timeUs: START + atSeconds * 1e6, bytes: ethernet(bytes) };
}

describe('a glance', () => {
  const WEB = 'GET / HTTP/1.1\r\n\r\n';
  const web = [say('to-server', 0, WEB), say('to-client', 0.1, 'HTTP/1.1 200 OK\r\n\r\n')];

  it('sees the payload that would begin a session, and spares it', () => {
    const seen: [string, boolean][] = [];
    const glance = ({ bytes, payloadOffset: at, payloadLength }: Packet, isWatched: boolean) => {
      seen.push([bytes.toString('latin1', at, at + payloadLength), isWatched]);
      return Glance.DISMISS;
    };
    const harness = new Harness({ glance, keep: true })
      .add([...tcpSession(web), segment({ clientPort: 7, text: 'Nothing', seq: 1 })])
      .end();
    expect(seen).toEqual([[WEB, true]]);
    expect(harness.heard).toEqual([]);
    expect(harness.counters()).toMatchObject({ 'session.glanced': 1 });
    expect(harness.counters()).not.toHaveProperty('session.opened');
  });

  it('changes nothing where it cannot tell', () => {
    const { heard } = new Harness({ glance: () => Glance.READ }).add(tcpSession(web)).end();
    expect(heard[0]?.toServer).toBe(WEB);
  });

  it('is not asked where bytes before are missing', () => {
    const harness = new Harness({ glance: () => Glance.DISMISS })
      .add([segment({ text: '', flags: SYN }), segment({ text: 'GET', seq: 100 })])
      .add([segment({ text: 'x'.repeat(99), seq: 1 })])
      .end();
    expect(harness.heard[0]?.toServer).toBe(`${'x'.repeat(99)}GET`);
  });

  it('does not keep a dismissed conversation from waking to what always wakes', () => {
    const glance = ({ bytes, payloadOffset }: Packet) =>
      bytes[payloadOffset] === 0x47 ? Glance.DISMISS : Glance.READ;
    const { heard } = new Harness({ glance })
      .add([segment({ text: 'GET', seq: 1 }), segment({ text: 'GET', seq: 4 })])
      .add([segment({ text: HELLO, seq: 7 })])
      .end();
    expect(heard.map((one) => one.toServer)).toEqual([HELLO]);
  });

  it('tells who the client is, unless a handshake did', () => {
    const glance = () => Glance.DISMISS_CLIENT;
    const ends = (...pieces: Piece[]) => {
      const { closed } = new Harness({ glance, keep: true }).add(pieces.map(segment)).end();
      return [closed[0]?.client.port, closed[0]?.orientedBy];
    };
    const fromServer = { from: 'server', text: 'GET', serverPort: 50000, clientPort: 40000 } as const;
    expect(ends(fromServer)).toEqual([50000, 'first-packet']);
    expect(ends({ ...fromServer, text: '' }, { ...fromServer, from: 'client', text: 'GET' })).toEqual([
      40000,
      'content',
    ]);
    expect(ends({ ...fromServer, serverPort: 443 })).toEqual([443, 'content']);
    expect(ends({ ...fromServer, flags: SYN, text: '' }, { ...fromServer, from: 'client', seq: 1 })).toEqual([
      50000,
      'handshake',
    ]);
  });
});

describe('reading', () => {
  const whole = (options: SessionOptions) => new Harness().add(tcpSession(TALK, options)).end();

  it('gives both streams, oriented by the handshake', () => {
    const { heard } = whole({});
    expect(heard).toHaveLength(1);
    const [one] = heard;
    expect([one?.toServer, one?.toClient, one?.ended]).toEqual([HELLO + LOGIN, REPLY, 1]);
    expect(one?.session).toMatchObject({
      client: { ip: '10.0.0.1', port: 49152 },
      server: { ip: '198.51.100.7', port: 3333 },
      orientedBy: 'handshake',
      bothDirections: true,
      origin: { source: 'a.pcap', format: 'pcap', record: 1 },
    });
  });

  it('gives the same however the conversation travels', () => {
    fc.assert(
      fc.property(
        fc.record({
          segmentBytes: fc.integer({ min: 20, max: 200 }),
          shuffleSeed: fc.nat(),
          firstSeq: fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 0xffffff80, max: 0xffffffff })),
          vlans: fc.constantFrom([], [7], [7, 8]),
          v6: fc.boolean(),
        }),
        ({ v6, ...options }) => {
          const ends = v6 ? { client: '2001:db8::9', server: '2001:db8::1' } : {};
          const { heard } = whole({ ...options, ...ends });
          expect(heard.map((one) => [one.toServer, one.toClient])).toEqual([[HELLO + LOGIN, REPLY]]);
          expect(heard[0]?.session.client).toEqual({ ip: v6 ? '2001:db8::9' : '10.0.0.1', port: 49152 });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads one direction alone', () => {
    const up = whole({ only: 'to-server' });
    expect(up.heard.map((one) => [one.toServer, one.toClient])).toEqual([[HELLO + LOGIN, '']]);
    expect(up.heard[0]?.session.bothDirections).toBe(false);
    const down = whole({ only: 'to-client' });
    expect(down.heard.map((one) => [one.toServer, one.toClient])).toEqual([['', REPLY]]);
    expect(down.heard[0]?.session.client.ip).toBe('10.0.0.1');
  });

  it('waits for a first segment that comes late', () => {
    const { heard } = new Harness()
      .add([
        segment({ seq: 99, flags: SYN }),
        segment({ from: 'server', seq: 499, flags: SYN | ACK }),
        segment({ seq: 110, text: 'scribe"}\n' }),
        segment({ seq: 100, text: '{"id":"sub' }),
      ])
      .end();
    expect(heard.map((one) => one.toServer)).toEqual(['{"id":"subscribe"}\n']);
  });

  it('begins in the middle, with whoever speaks first', () => {
    const busy = Array.from({ length: 10 }, (_, at) => segment({ seq: 100 + at, text: 'x', atSeconds: at }));
    const { heard } = new Harness()
      .add([...busy, segment({ seq: 110, text: '{"late"', atSeconds: 10 })])
      .add([segment({ seq: 117, text: ':1}\n', atSeconds: 11 })])
      .add([segment({ from: 'server', seq: 7, text: 'ok\n', atSeconds: 12 })])
      .end();
    expect(heard.map((one) => [one.toServer, one.toClient])).toEqual([['{"late":1}\n', 'ok\n']]);
    expect(heard[0]?.session.orientedBy).toBe('port');
  });

  it('is not confused by a keep-alive probe as the first packet', () => {
    const { heard } = new Harness().add([segment({ seq: 99 }), segment({ seq: 100, text: '{"a":1}' })]).end();
    expect(heard.map((one) => one.toServer)).toEqual(['{"a":1}']);
  });

  it('looks at early bytes only early, at inviting ones always', () => {
    const talk = (first: string, at: number) =>
      Array.from({ length: 8 }, (_, n) => segment({ seq: n, text: n === at ? first : 'x', atSeconds: n }));
    expect(new Harness().add(talk('G', 3)).heard).toHaveLength(1);
    expect(new Harness().add(talk('G', 4)).heard).toHaveLength(0);
    expect(new Harness().add(talk('{', 7)).heard).toHaveLength(1);
  });

  it('frees a dismissed session and wakes it again a few times only', () => {
    const harness = new Harness({ onFeed: () => false });
    for (let at = 0; at < 50; at++) harness.add([segment({ seq: at, text: '{', atSeconds: at })]);
    expect(harness.heard).toHaveLength(8);
    expect(harness.heard.every((one) => one.ended === 1)).toBe(true);
    harness.end();
    expect(harness.closed).toHaveLength(1);
    expect(harness.counters()).toMatchObject({ 'session.opened': 8, 'session.dismissed': 8 });
  });

  it('does not wake for an early byte of the other side after a dismissal', () => {
    const harness = new Harness({ onFeed: () => false });
    harness.add([segment({ text: 'G' }), segment({ from: 'server', text: 'G' })]).end();
    expect(harness.heard).toHaveLength(1);
  });

  it('takes no for an answer', () => {
    const harness = new Harness({ refuse: true }).add(tcpSession(TALK)).end();
    expect([harness.heard.length, harness.closed.length]).toEqual([0, 0]);
  });

  it('follows a reader that swaps the sides', () => {
    const harness = new Harness({
      onFeed: (heard) => {
        const { session } = heard;
        if (session.orientedBy === 'content') return true;
        const { client } = session;
        session.client = session.server;
        session.server = client;
        session.orientedBy = 'content';
        return true;
      },
    });
    harness.add([
      segment({ seq: 1, text: '{job}' }),
      segment({ seq: 6, text: '{more}' }),
      segment({ from: 'server', seq: 1, text: '{share}' }),
    ]);
    harness.end();
    expect(harness.heard[0]?.turns).toEqual(['to-server', 'to-client', 'to-server']);
    expect(harness.heard[0]).toMatchObject({ toServer: '{job}{share}', toClient: '{more}' });
    expect(harness.closed[0]).toMatchObject({ orientedBy: 'content', client: { ip: '198.51.100.7' } });
  });

  it('tells of one loss, as one gap of the right size', () => {
    const { heard } = new Harness()
      .add([
        segment({ seq: 100, text: '{"a":1}\n' }),
        segment({ seq: 150, text: '{"b":2}\n', atSeconds: 1 }),
        segment({ from: 'server', seq: 1, ack: 158, atSeconds: 2 }),
        segment({ seq: 158, text: '{"c":3}\n', atSeconds: 30 }),
      ])
      .end();
    expect(heard.map((one) => one.toServer)).toEqual(['{"a":1}\n<42>{"b":2}\n{"c":3}\n']);
  });

  it('goes on after a forged RST', () => {
    const { heard } = new Harness()
      .add([
        segment({ seq: 1, text: '{"a"' }),
        segment({ from: 'server', seq: 0, flags: RST }),
        segment({ seq: 5, text: ':1}', atSeconds: 9 }),
      ])
      .end();
    expect(heard.map((one) => one.toServer)).toEqual(['{"a":1}']);
  });
});

describe('orientation', () => {
  const clientOf = (frames: readonly Frame[]) => {
    const [record] = new Harness({ keep: true }).add(frames).end().closed;
    return `${record?.client.port} ${record?.orientedBy}`;
  };

  it('believes SYN and SYN-ACK over ports', () => {
    expect(clientOf([segment({ from: 'server', flags: SYN })])).toBe('3333 handshake');
    expect(clientOf([segment({ flags: SYN | ACK })])).toBe('3333 handshake');
    expect(clientOf([segment({ from: 'server', flags: SYN | ACK })])).toBe('49152 handshake');
  });

  it('believes ports over the first packet', () => {
    expect(clientOf([segment({ from: 'server' })])).toBe('49152 port');
    expect(clientOf([segment({ clientPort: 5000, serverPort: 443, from: 'server' })])).toBe('5000 port');
  });

  it('else takes the first to speak', () => {
    expect(clientOf([segment({ clientPort: 5000, from: 'server' })])).toBe('3333 first-packet');
    expect(clientOf([segment({ serverPort: 50001 })])).toBe('49152 first-packet');
  });
});

describe('conversations', () => {
  it('counts both directions', () => {
    const [record] = new Harness({ keep: true }).add(tcpSession(TALK)).end().closed;
    expect(record).toMatchObject({
      kind: 'flow',
      protocol: 6,
      startUs: START - 3000,
      toServer: { packets: 5, payloadPackets: 2, bytes: 54 * 5 + HELLO.length + LOGIN.length },
      toClient: { packets: 3, payloadPackets: 1, bytes: 54 * 3 + REPLY.length },
      tcpFlags: SYN | ACK | PSH | FIN,
      samplingInterval: 1,
      origin: { source: 'a.pcap', format: 'pcap', record: 1 },
    });
    expect(record?.endUs).toBeGreaterThan(START);
  });

  it('counts bytes beyond 32 bits', () => {
    const huge = { ...segment({}), wireLength: 0xfffffff0 };
    const [record] = new Harness({ keep: true }).add([huge, huge, huge]).end().closed;
    expect(record?.toServer.bytes).toBe(0xfffffff0 * 3);
  });

  it('is silent about those that nobody asked for', () => {
    const harness = new Harness().add([segment({ text: 'x' }), datagram(0)]).end();
    expect([harness.opened, harness.closed.length]).toEqual([2, 0]);
    expect(harness.counters()).toEqual({ 'flow.tcp': 1, 'flow.udp': 1 });
    expect(harness.counters()).toEqual({});
  });

  it('asks again at the end about those that nobody asked for, by their addresses', () => {
    for (const [src, dst] of [
      ['10.0.0.1', '198.51.100.7'],
      ['198.51.100.7', '10.0.0.1'],
      ['2001:db8::1', '2001:db8::7'],
    ] as const) {
      const bytes = ethernet(tcp(Buffer.from('x'), { src, dst, srcPort: 49152, dstPort: 3333 }));
      const asked: Set<string>[] = [];
      const keepAtEnd = ({ view, ipVersion, srcOffset, dstOffset, srcPort, dstPort, protocol }: Packet) => {
        const size = ipVersion === 4 ? 4 : 16;
        const end = (offset: number, port: number) =>
          `${Buffer.from(view.buffer, view.byteOffset + offset, size).toString('hex')} ${port} ${protocol}`;
        asked.push(new Set([end(srcOffset, srcPort), end(dstOffset, dstPort)]));
        return true;
      };
      const closed = (keep: boolean) =>
        new Harness({ keep, keepAtEnd }).add([{ timeUs: START, bytes }]).end().closed;
      expect([closed(true).length, asked.length, closed(false).length]).toEqual([1, 0, 1]);
      const hex = (ip: string) => addressBytes(ip).toString('hex');
      expect(asked).toEqual([new Set([`${hex(src)} 49152 6`, `${hex(dst)} 3333 6`])]);
    }
  });

  it('says of a session whether its conversation was of interest from the beginning', () => {
    const watched = (keep: boolean) => new Harness({ keep }).add(tcpSession(TALK)).heard[0]?.session.watched;
    expect([watched(true), watched(false)]).toEqual([true, false]);
  });

  it('tells the end of a conversation only if a reader asked who speaks', () => {
    const closed = (asks: boolean) =>
      new Harness({ asks, onFeed: () => false }).add(tcpSession(TALK)).end().closed;
    expect([closed(true).length, closed(false).length]).toEqual([1, 0]);
  });

  it('names the ends of a session while it lives', () => {
    const { heard } = new Harness({ asks: false }).add(tcpSession(TALK));
    expect(heard[0]?.session.server).toEqual({ ip: '198.51.100.7', port: 3333 });
    const late = new Harness({ asks: false }).add(tcpSession(TALK)).end().heard[0];
    expect(() => late?.session.server).toThrow('after it was over');
  });

  it('hands on datagrams of port 53, and no others', () => {
    const harness = new Harness().add([datagram(0), datagram(1, 443), datagram(2)]).end();
    expect(harness.datagrams).toEqual([1, 3]);
  });

  it('begins anew when the ports are used again', () => {
    const second = tcpSession(TALK, { startUs: START + 10e6, firstSeq: [5e8, 6e8] });
    const harness = new Harness().add(tcpSession(TALK)).add(second).end();
    expect(harness.heard.map((one) => one.toServer)).toEqual([HELLO + LOGIN, HELLO + LOGIN]);
    expect(harness.heard.map((one) => one.session.startUs)).toEqual([START - 3000, START + 10e6 - 3000]);
    expect(harness.counters()['flow.reused']).toBe(1);
  });

  it('begins anew after silence, even without FIN, but not for a repeated SYN', () => {
    const syn = (atSeconds: number, seq: number) => segment({ flags: SYN, seq, atSeconds });
    const opened = (frames: readonly Frame[]) => new Harness().add(frames).opened;
    expect(opened([syn(0, 7), syn(3, 7), syn(9, 7)])).toBe(1);
    expect(opened([syn(0, 7), syn(9, 8)])).toBe(2);
    expect(opened([syn(0, 7), segment({ from: 'server', flags: SYN | ACK, seq: 1, atSeconds: 6 })])).toBe(1);
    expect(opened([syn(0, 7), segment({ from: 'server', flags: RST | ACK }), syn(1, 8)])).toBe(2);
    expect(opened([segment({ seq: 8, text: 'x' }), syn(0.001, 7)])).toBe(1);
  });

  it('ends a silent conversation, by the clock of the trace', () => {
    const quiet = (minutes: number) => [
      segment({ text: '{' }),
      segment({ seq: 1, text: '{', atSeconds: minutes * 60 }),
    ];
    expect(new Harness().add(quiet(14)).end().heard).toHaveLength(1);
    expect(new Harness().add(quiet(16)).end().heard).toHaveLength(2);
    expect(new Harness().add([datagram(0), datagram(59), datagram(200)]).opened).toBe(2);
  });

  it('sweeps out what is over while others go on', () => {
    const harness = new Harness({ limits: { tcpIdleUs: 100e6 } }).add([
      segment({ text: '{', clientPort: 1111 }),
    ]);
    for (let at = 0; at < 9000; at++) harness.add([datagram(at / 10)]);
    expect(harness.heard[0]?.ended).toBe(1);
    expect(harness.closed).toHaveLength(1);
    expect(harness.counters()['flow.expired']).toBe(1);
  });

  it('does not let one wrong timestamp end everything', () => {
    const harness = new Harness().add([segment({ text: '{"a"' })]);
    for (let at = 0; at < 6000; at++) harness.add([datagram(at === 5000 ? 1e9 : at / 1000)]);
    harness.add([segment({ seq: 4, text: ':1}', atSeconds: 6 })]).end();
    expect(harness.heard.map((one) => one.toServer)).toEqual(['{"a":1}']);
  });

  it('names the input in which a conversation began', () => {
    const harness = new Harness({ keep: true }).add([segment({ text: 'x' })]);
    harness.table.setOrigin('b.pcap', 'pcapng');
    harness
      .add([segment({ seq: 1, text: 'x', atSeconds: 1 }), segment({ clientPort: 9, atSeconds: 1 })])
      .end();
    expect(harness.closed.map((record) => [record.origin.source, record.origin.record])).toEqual([
      ['a.pcap', 1],
      ['b.pcap', 3],
    ]);
  });
});

describe('bounds', () => {
  /** A SYN from the nth of many clients; every third of them by IPv6. */
  const syn = (nth: number, timeUs: number): Frame => {
    const isV6 = nth % 3 === 0;
    const src = isV6
      ? `2001:db8::${(nth >> 16).toString(16)}:${(nth & 0xffff).toString(16)}`
      : `10.${nth >> 16}.${(nth >> 8) & 255}.${nth & 255}`;
    const dst = isV6 ? '2001:db8:1::1' : '192.0.2.1';
    return {
      timeUs,
      bytes: ethernet(tcp(Buffer.alloc(0), { src, dst, srcPort: 40000, dstPort: 80, flags: SYN, seq: 5 })),
    };
  };

  it('evicts the longest idle, never what is read or was just heard', () => {
    const harness = new Harness({ limits: { maxFlows: 1000 }, keep: true });
    harness.add([segment({ text: '{"a"', clientPort: 49001 })]);
    for (let nth = 0; nth < 20_000; nth++) harness.add([syn(nth, START + nth)]);
    const { 'flow.evicted': evicted = 0 } = harness.counters();
    expect(harness.closed).toHaveLength(evicted);
    expect(20_001 - evicted).toBeLessThanOrEqual(1000);
    expect(20_001 - evicted).toBeGreaterThan(800);
    expect(Math.min(...harness.closed.map((record) => 19_999 - (record.startUs - START)))).toBeGreaterThan(
      800,
    );
    harness.add([segment({ seq: 4, text: ':1}', clientPort: 49001, atSeconds: 1 })]).end();
    expect(harness.heard.map((one) => one.toServer)).toEqual(['{"a":1}']);
    expect(harness.closed).toHaveLength(20_001);
  });

  it('works with a table of one', () => {
    const harness = new Harness({ limits: { maxFlows: 1 }, keep: true });
    for (let nth = 0; nth < 10; nth++) harness.add([syn(nth, START)]);
    expect(harness.closed).toHaveLength(9);
    expect(harness.end().closed).toHaveLength(10);
  });

  it('grows and finds again, 10,000 conversations of both IP versions', () => {
    const harness = new Harness({ keep: true });
    for (let round = 0; round < 2; round++)
      for (let nth = 0; nth < 10_000; nth++) harness.add([syn(nth, START)]);
    harness.end();
    expect(harness.opened).toBe(10_000);
    expect(harness.closed.every((record) => record.toServer.packets === 2)).toBe(true);
    expect(new Set(harness.closed.map((record) => record.client.ip)).size).toBe(10_000);
  });

  it('is empty after the end, and can be used again', () => {
    const harness = new Harness({ keep: true });
    for (let time = 1; time <= 2; time++) {
      for (let nth = 0; nth < 1000; nth++) harness.add([syn(nth, START)]);
      expect(harness.table.sizes.flows).toBe(1000);
      harness.end();
      expect(harness.table.sizes.flows).toBe(0);
      expect(harness.opened).toBe(time * 1000);
      expect(harness.closed).toHaveLength(time * 1000);
    }
    expect(harness.closed.every((record) => record.toServer.packets === 1)).toBe(true);
    const addresses = (from: number) =>
      harness.closed.slice(from, from + 1000).map(({ client }) => client.ip);
    expect(addresses(1000)).toEqual(addresses(0));
  });

  it('tells apart more conversations than it remembers as heard last', () => {
    const harness = new Harness({ keep: true });
    for (let round = 0; round < 2; round++)
      for (let nth = 0; nth < 40_000; nth++) harness.add([syn(nth, START)]);
    harness.end();
    expect(harness.opened).toBe(40_000);
    expect(harness.closed.every((record) => record.toServer.packets === 2)).toBe(true);
  });

  it('does not find a conversation again that was swept out, but begins it anew', () => {
    const harness = new Harness({ keep: true, limits: { udpIdleUs: 10e6 } });
    // What is left in a free row is its address overwritten, with zero in the first: this one stays as it was.
    const heard = [datagram(0, 4000, '0.0.0.0'), datagram(0.1, 4000, '0.0.0.0')];
    harness.add([...heard, segment({})]);
    for (let at = 0; at < 9000; at++) harness.add([segment({ atSeconds: at / 10 })]);
    expect(harness.closed).toHaveLength(1);
    harness.add(heard).end();
    expect(harness.closed.map(({ protocol, toServer }) => [protocol, toServer.packets])).toEqual([
      [17, 2],
      [17, 2],
      [6, 9001],
    ]);
  });

  it('reads so many sessions at once and no more', () => {
    const harness = new Harness({ limits: { maxSessions: 10 } });
    for (let port = 50_001; port <= 50_100; port++)
      harness.add([segment({ clientPort: port, text: '{', atSeconds: port - 50_000 })]);
    expect(harness.heard.filter((one) => one.ended === 0)).toHaveLength(10);
    expect(harness.end().heard.every((one) => one.ended === 1)).toBe(true);
    expect(harness.counters()['session.limit']).toBe(90);
  });

  it('keeps the bytes of all streams together within their budget', () => {
    const harness = new Harness({ limits: { maxStreamBytes: 100_000 } });
    const blob = 'z'.repeat(1400);
    for (let port = 50_001; port <= 50_200; port++) {
      harness.add([segment({ clientPort: port, seq: 0, text: '{' })]);
      harness.add([segment({ clientPort: port, seq: 9, text: blob })]);
    }
    const delivered = harness.heard.filter((one) => one.toServer === `{<8>${blob}`).length;
    expect(200 - delivered).toBeLessThan(100_000 / 1400);
    expect(harness.counters()['tcp.budget']).toBe(delivered);
    expect(harness.end().heard.every((one) => one.toServer === `{<8>${blob}`)).toBe(true);
  });

  it('survives anything, with clocks that jump', () => {
    const random = randomFrom(1);
    const below = (n: number) => Math.floor(random() * n);
    const times = [0, -5e6, 1e6, START, START + 1e15, 4294967295e6];
    const harness = new Harness({
      keep: true,
      limits: { maxFlows: 50, maxSessions: 8, maxStreamBytes: 30_000, maxOutOfOrderBytes: 4000 },
      onFeed: () => random() < 0.9,
    });
    for (let at = 0; at < 50_000; at++) {
      const text = random() < 0.5 ? '' : `${random() < 0.5 ? '{' : 'x'}${'y'.repeat(below(600))}`;
      const near = below(4) === 0 ? 2 ** 32 * random() : below(3000) - 1500;
      const frame = segment({
        from: random() < 0.5 ? 'client' : 'server',
        clientPort: 3300 + below(66),
        seq: near >>> 0,
        ack: below(3000),
        flags: random() < 0.7 ? ACK : below(256),
        text,
      });
      frame.timeUs = (times[below(at % 1000 < 500 ? 1 : times.length)] ?? 0) + at;
      harness.add([frame]);
    }
    harness.end();
    expect(harness.closed).toHaveLength(harness.opened);
    expect(harness.heard.length).toBeGreaterThan(1000);
    expect(harness.heard.every((one) => one.ended === 1)).toBe(true);
  });

  it('ignores what is neither TCP nor UDP', () => {
    const icmp = datagram(0);
    icmp.bytes = Buffer.from(icmp.bytes);
    icmp.bytes.writeUInt8(1, 14 + 9);
    expect(new Harness().add([icmp]).opened).toBe(0);
  });
});
