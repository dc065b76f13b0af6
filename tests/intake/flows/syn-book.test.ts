import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { hasTimestampsIn, MAX_SYN_KINDS, SynBook } from '../../../src/intake/flows/syn-book.js';
import { createPacket, type Packet } from '../../../src/model/packet.js';
import { ACK, ethernet, SYN, tcp, tcpSession } from '../../support/frames.js';
import { LINUX, MACOS, WINDOWS } from '../../support/syn-options.js';
import { decodeInto, Harness } from './harness.js';

function syn(tcpOptions: Buffer, src = '10.0.0.1', dst = '198.51.100.7'): Packet {
  const packet = createPacket();
  const bytes = ethernet(
    tcp(Buffer.alloc(0), { src, dst, srcPort: 40_000, dstPort: 3333, flags: SYN, tcpOptions }),
  );
  decodeInto(packet, { timeUs: 0, bytes });
  return packet;
}

const textOf = (options: Buffer, book = new SynBook(1)) => book.text(book.numberOf(syn(options)));

describe('kinds of SYN', () => {
  it.each([
    ['Linux', LINUX, '1460:*,7:mss,sok,ts,nop,ws', true],
    ['Windows', WINDOWS, '1460:*,8:mss,nop,ws,nop,nop,sok', false],
    ['macOS', MACOS, '1460:*,6:mss,nop,ws,nop,nop,ts,sok,eol', true],
    ['a scanner that sends none', Buffer.alloc(0), '0:*,0:', false],
    ['an option that nobody knows', Buffer.from([253, 4, 1, 2]), '0:*,0:?', false],
  ])('%s', (_, options, text, hasTimestamps) => {
    expect(textOf(options)).toBe(text);
    expect(hasTimestampsIn(text)).toBe(hasTimestamps);
  });

  it('the same options have one number, whatever their timestamps say, over IPv6 too', () => {
    const book = new SynBook(7);
    const later = Buffer.from(LINUX);
    later.writeUInt32BE(0xfffffff0, 8);
    const number = book.numberOf(syn(LINUX));
    expect(number).toBeGreaterThan(0);
    expect(book.numberOf(syn(later))).toBe(number);
    expect(book.numberOf(syn(LINUX, '2001:db8::1', '2001:db8::2'))).toBe(number);
    expect(book.numberOf(syn(WINDOWS))).not.toBe(number);
  });

  it('a full book keeps what it knows and counts what it does not take', () => {
    const book = new SynBook(3);
    const mss = (size: number) => Buffer.from([2, 4, size >> 8, size & 255]);
    for (let size = 1; size <= MAX_SYN_KINDS; size++) expect(book.numberOf(syn(mss(size)))).toBe(size);
    expect(book.numberOf(syn(mss(MAX_SYN_KINDS + 1)))).toBe(0);
    expect(book.numberOf(syn(mss(77)))).toBe(77);
    const counters = new Counters();
    book.report(counters);
    expect(counters.toObject()).toMatchObject({ 'syn.kinds': 1 });
    expect(book.text(77)).toBe('77:*,0:mss');
  });

  it('survives any options', () => {
    const book = new SynBook(5);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const number = book.numberOf(syn(Buffer.from(bytes)));
        expect(book.text(number) ?? '').toMatch(/^(?:\d{1,5}:\*,\d{1,3}:[a-z?,]*)?$/);
      }),
    );
  });
});

describe('the SYN of a conversation', () => {
  const hello = (text: string) => [
    { direction: 'to-server' as const, atSeconds: 1, bytes: Buffer.from(text) },
  ];
  const stack = { ttl: 61, hasTimestamps: true, syn: '1460:*,7:mss,sok,ts,nop,ws' };

  it('is told to a reader, and with the flow record of a watched conversation that nobody reads', () => {
    const read = new Harness().add(tcpSession(hello('{}\n'), { syn: { options: LINUX, ttl: 61 } }));
    expect(read.heard[0]?.session.clientStack).toMatchObject(stack);
    const watched = new Harness({ keep: true });
    watched.add(tcpSession(hello('\x16\x03'), { syn: { options: LINUX, ttl: 61 } })).end();
    expect(watched.heard).toHaveLength(0);
    expect(watched.closed[0]?.clientStack).toMatchObject(stack);
    // The origin stands in the same word.
    expect(watched.closed[0]?.origin).toEqual({ source: 'a.pcap', format: 'pcap', record: 1 });
  });

  it('is that of the first SYN: a repeated one may have fewer options', () => {
    const frames = tcpSession(hello('\x16\x03'), { syn: { options: LINUX, ttl: 61 } });
    const again = tcpSession([], { close: false }).slice(0, 1);
    const both = new Harness({ keep: true }).add([frames[0]!, ...again, ...frames.slice(1)]).end();
    expect(both.closed).toHaveLength(1);
    expect(both.closed[0]?.clientStack).toMatchObject(stack);
  });

  it('is not there where none was seen, and not the server’s', () => {
    const frames = tcpSession(hello('\x16\x03'), { syn: { options: LINUX, ttl: 61 } });
    const late = new Harness({ keep: true }).add(frames.slice(1)).end();
    expect(late.closed[0]).not.toHaveProperty('clientStack');
    const flags = SYN | ACK;
    const answer = ethernet(
      tcp(Buffer.alloc(0), { src: '198.51.100.7', dst: '10.0.0.1', srcPort: 3333, dstPort: 49152, flags }),
    );
    const answered = new Harness({ keep: true }).add([{ timeUs: 1.7e15, bytes: answer }]).end();
    expect(answered.closed[0]).not.toHaveProperty('clientStack');
  });
});
