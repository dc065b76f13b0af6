import { describe, expect, it } from 'vitest';
import { Counters } from '../../../../src/base/counters.js';
import { ExportDecoder } from '../../../../src/intake/formats/exports/decoder.js';
import { ipfixFile } from '../../../../src/intake/formats/exports/ipfix-file.js';
import { looksLikeExport } from '../../../../src/intake/formats/exports/recognise.js';
import { randomFrom } from '../../../support/random.js';
import { decodeAll, Sums } from './read-capture.js';

const SECONDS = 1_700_000_000;
const u16 = (...values: number[]) =>
  Buffer.from(values.flatMap((value) => [(value >> 8) & 255, value & 255]));
const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => u16(Math.floor(value / 65536) & 0xffff, value & 0xffff)));
const set = (id: number, ...body: Buffer[]) => {
  const all = Buffer.concat(body);
  return Buffer.concat([u16(id, all.length + 4), all]);
};
const ipfix = (sequence: number, ...sets: Buffer[]) => {
  const all = Buffer.concat(sets);
  return Buffer.concat([u16(10, 16 + all.length), u32(SECONDS, sequence, 7), all]);
};
const v9 = (sequence: number, ...sets: Buffer[]) =>
  Buffer.concat([u16(9, sets.length), u32(5000, SECONDS, sequence, 7), ...sets]);
const v5 = (sequence: number, count: number) =>
  Buffer.concat([
    u16(5, count),
    u32(1000, SECONDS, 0, sequence),
    u16(0, 0x0064),
    ...Array.from({ length: count }, () =>
      // Uptimes from before the wrap to 200 ms after the header's own.
      Buffer.concat([
        u32(0x0a000001, 0x0a000002, 0),
        u16(1, 2),
        u32(3, 300, 0xfffffc18, 1200),
        u16(4444, 3333, 0x18, 0x0600),
        Buffer.alloc(8),
      ]),
    ),
  ]);
const FIELDS = u16(8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 1, 4, 2, 3);
const template = (id = 256) => Buffer.concat([u16(id, 7), FIELDS]);
const record = (octets = 500) =>
  Buffer.concat([
    u32(0x0a000001, 0x0a000002),
    u16(4444, 3333),
    Buffer.from([6]),
    u32(octets),
    Buffer.from([0, 0, 5]),
  ]);
const datagram = (bytes: Buffer) => ({ exporter: '192.0.2.1', bytes, timeUs: SECONDS * 1e6 });
const decode = (...all: Buffer[]) => decodeAll(all.map(datagram));

describe('NetFlow v5', () => {
  it('reads uptimes across the wrap, and the interval whatever the mode', () => {
    const { sums } = decode(v5(0, 2));
    expect([sums.flows, sums.octets, sums.packets]).toEqual([2, 600, 6]);
    expect(sums.times[0]).toEqual([(SECONDS - 2) * 1e6, SECONDS * 1e6 + 200_000]);
    expect([...sums.intervals]).toEqual([100]);
  });

  it('counts gaps as lost flows, takes late ones off again, and drops duplicates', () => {
    const { sums, report } = decode(v5(0, 2), v5(6, 2), v5(2, 2), v5(6, 2), v5(8, 1));
    expect([sums.flows, report[0]?.lost, report[0]?.duplicates]).toEqual([7, 2, 1]);
  });
});

describe('templates', () => {
  for (const [name, wrap, templateSet] of [
    ['v9', v9, 0],
    ['ipfix', ipfix, 2],
  ] as const) {
    it(`${name}: reduced sizes, padding, data before its template`, () => {
      const { sums, report, counters } = decode(
        wrap(0, set(256, record())),
        wrap(1, set(templateSet, template()), set(256, record(), record(70000), Buffer.alloc(3))),
      );
      expect([sums.flows, sums.octets, sums.packets]).toEqual([3, 71000, 15]);
      expect([report[0]?.held, counters['export.template-misses']]).toEqual([0, 1]);
    });

    it(`${name}: another exporter or domain has its own templates`, () => {
      const sums = new Sums();
      const decoder = new ExportDecoder(sums, new Counters());
      const known = wrap(0, set(templateSet, template()));
      const unknown = wrap(1, set(256, record()));
      decoder.datagram('a', known, 0, known.length, SECONDS * 1e6);
      decoder.datagram('b', unknown, 0, unknown.length, SECONDS * 1e6);
      expect(sums.flows).toBe(0);
      expect(decoder.report()[1]?.waiting).toEqual([{ domain: 7, template: 256, sinceUs: SECONDS * 1e6 }]);
    });
  }

  it('a changed template replaces; a withdrawn one is gone, but never over UDP', () => {
    const shorter = Buffer.concat([u16(256, 2), u16(8, 4, 12, 4)]);
    const changed = decode(
      ipfix(0, set(2, template())),
      ipfix(0, set(2, shorter), set(256, u32(1, 2, 3, 4))),
    );
    expect(changed.sums.flows).toBe(2);
    const sums = new Sums();
    const decoder = new ExportDecoder(sums, new Counters());
    const send = (bytes: Buffer) => decoder.message('x', bytes, 0, bytes.length, SECONDS * 1e6);
    send(ipfix(0, set(2, template()), set(256, record())));
    send(ipfix(1, set(2, u16(256, 0)), set(256, record())));
    expect([sums.flows, decoder.report()[0]?.templateMisses]).toEqual([1, 1]);
    expect(decode(ipfix(0, set(2, template()), set(2, u16(256, 0)), set(256, record()))).sums.flows).toBe(1);
  });

  it('variable length, enterprise elements and reverse counters', () => {
    const fields = Buffer.concat([
      u16(300, 5, 8, 4, 12, 4, 0x8001, 65535),
      u32(9999),
      u16(1, 4, 0x8001, 4),
      u32(29305),
    ]);
    const one = (text: Buffer) => Buffer.concat([u32(1, 2), text, u32(10, 20)]);
    const { sums } = decode(
      ipfix(
        0,
        set(2, fields),
        set(
          300,
          one(Buffer.from([3, 1, 2, 3])),
          one(Buffer.concat([Buffer.from([255]), u16(300), Buffer.alloc(300)])),
        ),
      ),
    );
    expect([sums.flows, sums.octets]).toEqual([2, 60]);
  });

  it('holds no more than its bound', () => {
    const big = Buffer.alloc(1400);
    const all = Array.from({ length: 1500 }, (_, index) => ipfix(index, set(256, big)));
    const { report, counters } = decode(...all);
    expect(report[0]?.heldBytes).toBeLessThanOrEqual(1024 * 1024);
    expect(counters['export.held-dropped']).toBe(1500 - (report[0]?.held ?? 0));
  });
});

describe('a TCP connection', () => {
  it('takes its templates with it, and what waits for one; those of others stay', () => {
    let flows = 0;
    const counters = new Counters();
    const decoder = new ExportDecoder(
      { flow: () => flows++, sampledPacket: () => undefined, payload: () => undefined },
      counters,
    );
    const send = (exporter: string, message: Buffer) =>
      decoder.message(exporter, message, 0, message.length, SECONDS * 1e6);
    for (const exporter of ['192.0.2.1', '192.0.2.2', '192.0.2.1#2'])
      send(exporter, ipfix(0, set(2, template()), set(256, record())));
    send('192.0.2.1', ipfix(1, set(999, record())));
    expect([flows, decoder.report()[0]?.held]).toEqual([3, 1]);
    const { revision } = decoder;
    decoder.disconnected('192.0.2.1');
    decoder.disconnected('192.0.2.99');
    expect(decoder.revision).not.toBe(revision);
    expect(decoder.recall().map(({ exporter }) => exporter)).toEqual(['192.0.2.2', '192.0.2.1#2']);
    expect(decoder.report()[0]).toMatchObject({ held: 0, templates: 0, lost: 0 });
    // The same id may now mean another thing: nothing is read by the old definition.
    for (const exporter of ['192.0.2.1', '192.0.2.2', '192.0.2.1#2'])
      send(exporter, ipfix(exporter === '192.0.2.1' ? 0 : 1, set(256, record())));
    expect([flows, decoder.report()[0]?.templateMisses]).toEqual([5, 2]);
    send('192.0.2.1', ipfix(1, set(2, template())));
    expect([flows, decoder.report()[0]?.lost]).toEqual([6, 0]);
  });
});

describe('hostile bytes', () => {
  const sflow = Buffer.concat([
    u32(5, 1, 0x0a000001, 0, 1, 1, 1),
    u32(1, 64, 1, 1, 10, 10, 0, 0, 0, 1),
    u32(1, 24, 1, 60, 4, 8),
    Buffer.alloc(8),
  ]);
  const seeds = [
    v5(0, 3),
    v9(0, set(0, template()), set(256, record(), record())),
    ipfix(0, set(2, template()), set(256, record())),
    sflow,
  ];

  it('knows whole exports', () => {
    expect(seeds.map((bytes) => looksLikeExport(bytes, 0, bytes.length))).toEqual([true, true, true, true]);
    expect(decode(sflow).sums.samples).toBe(1);
    expect(looksLikeExport(Buffer.from('{"id":1,"method":"mining.subscribe"}'), 0, 36)).toBe(false);
  });

  it('is never taken in by a cut or 2,000 mutations', () => {
    const random = randomFrom(7);
    const decoder = new ExportDecoder(new Sums(), new Counters());
    for (const seed of seeds) {
      for (let length = 0; length <= seed.length; length++)
        decoder.datagram('cut', seed, 0, length, SECONDS * 1e6);
      for (let round = 0; round < 500; round++) {
        const bytes = Buffer.from(seed);
        for (let hits = 0; hits < 4; hits++)
          bytes[Math.floor(random() * bytes.length)] = random() < 0.3 ? 255 : Math.floor(random() * 256);
        looksLikeExport(bytes, 0, bytes.length);
        decoder.datagram('hostile', bytes, 0, bytes.length, SECONDS * 1e6);
      }
    }
    expect(decoder.report().length).toBe(2);
  });
});

describe('ipfixFile', () => {
  const file = Buffer.concat([
    ipfix(0, set(2, template())),
    ipfix(0, set(256, record())),
    ipfix(1, set(256, record())),
  ]);
  const read = (bytes: Buffer, size: number) => {
    const reader = ipfixFile.open({ flow: () => {}, frame: () => {}, observation: () => {} }, new Counters());
    for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
    reader.end();
    return { records: reader.records, codes: reader.problems.map(({ code }) => code) };
  };

  it('reads the same in pieces of any size, and finds the next message after damage', () => {
    for (let size = 1; size < file.length; size += 7)
      expect(read(file, size)).toEqual({ records: 2, codes: [] });
    const damaged = Buffer.concat([file, Buffer.from('damage'), ipfix(2, set(256, record()))]);
    expect(read(damaged, 50)).toEqual({ records: 3, codes: ['bad-message'] });
    expect(read(file.subarray(0, file.length - 3), 1000)).toEqual({ records: 1, codes: ['truncated-tail'] });
  });

  it('takes nothing else for itself', () => {
    expect(ipfixFile.probe(file)).toBe('yes');
    expect(ipfixFile.probe(v5(0, 3))).toBe('no');
    expect(ipfixFile.probe(Buffer.from('\x00\x0a text that begins so\nand goes on'))).toBe('no');
  });
});
