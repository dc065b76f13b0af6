import { describe, expect, it } from 'vitest';
import { decodeLz4Block } from '../../../../src/intake/formats/nfdump/lz4.js';
import { nfcapd } from '../../../../src/intake/formats/nfdump/nfcapd.js';
import { readAll } from '../records/read.js';

const NONE = 0;
const UNKNOWN = 9;
const LZ4 = 3;

/** One V3 record with generic, IPv4 or IPv6, and counter elements. */
function record(isIpv6: boolean, isLittle: boolean): Buffer {
  const addressSize = isIpv6 ? 36 : 12;
  const size = 12 + 52 + addressSize + 28;
  const bytes = Buffer.alloc(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const u16 = (at: number, value: number): void => view.setUint16(at, value, isLittle);
  const u64 = (at: number, value: bigint): void => view.setBigUint64(at, value, isLittle);
  u16(0, 11);
  u16(2, size);
  u16(4, 3);
  u16(12, 1);
  u16(14, 52);
  u64(16, 1716192030000n);
  u64(24, 1716193121419n);
  u64(40, 159n);
  u64(48, 5_000_000_000n);
  u16(56, 46838);
  u16(58, 3333);
  view.setUint8(60, 6);
  view.setUint8(61, 0x1a);
  const address = 64;
  u16(address, isIpv6 ? 3 : 2);
  u16(address + 2, addressSize);
  if (isIpv6) {
    u64(address + 4, 0x20010db800000000n);
    u64(address + 12, 1n);
    u64(address + 20, 0x20010db800000000n);
    u64(address + 28, 2n);
  } else {
    view.setUint32(address + 4, 0xc0000201, isLittle);
    view.setUint32(address + 8, 0xc6336407, isLittle);
  }
  const counters = address + addressSize;
  u16(counters, 5);
  u16(counters + 2, 28);
  u64(counters + 12, 7n);
  u64(counters + 20, 900n);
  return bytes;
}

/** Literals only: valid LZ4, if not small. */
function lz4Literals(bytes: Buffer): Buffer {
  const lengths: number[] = [];
  let left = bytes.length - 15;
  for (; left >= 255; left -= 255) lengths.push(255);
  lengths.push(left);
  return Buffer.concat([Buffer.from([0xf0, ...lengths]), bytes]);
}

function file(isLittle = true, compression = NONE): Buffer {
  const records = Buffer.concat([record(false, isLittle), record(true, isLittle)]);
  const stored = compression === LZ4 ? lz4Literals(records) : records;
  const bytes = Buffer.alloc(40 + 12 + stored.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint16(0, 0xa50c, isLittle);
  view.setUint16(2, 2, isLittle);
  view.setUint8(16, compression);
  view.setUint32(40, 2, isLittle);
  view.setUint32(44, stored.length, isLittle);
  view.setUint16(48, 3, isLittle);
  stored.copy(bytes, 52);
  return bytes;
}

describe('nfcapd', () => {
  it.each([
    ['little endian', file()],
    ['big endian', file(false)],
    ['LZ4', file(true, LZ4)],
  ])('reads both address families and both directions: %s', (_, input) => {
    expect(nfcapd.probe(input)).toBe('yes');
    const { flows, problems } = readAll(nfcapd, input);
    expect(problems).toEqual([]);
    expect(flows).toHaveLength(2);
    expect(flows[0]).toMatchObject({
      src: 'c0000201',
      dst: 'c6336407',
      srcPort: 46838,
      dstPort: 3333,
      startUs: 1716192030000000,
      endUs: 1716193121419000,
      packets: 159,
      octets: 5_000_000_000,
      reversePackets: 7,
      reverseOctets: 900,
    });
    expect(flows[1]).toMatchObject({ ipVersion: 6, dst: '20010db8000000000000000000000002' });
    for (const size of [1, 2, 5, 39, 53]) expect(readAll(nfcapd, input, size).flows).toEqual(flows);
  });

  it('says what to run where blocks are compressed in a way it does not read', () => {
    const { flows, problems, counters } = readAll(nfcapd, file(true, UNKNOWN));
    expect(flows).toHaveLength(0);
    expect(String(problems[0]?.message)).toContain('nfdump -r FILE');
    expect(counters['nfcapd.unread-records']).toBe(2);
  });

  it('tells where a file is cut, at every byte', () => {
    const input = file();
    for (let length = 1; length < input.length; length++) {
      const { flows, problems } = readAll(nfcapd, input.subarray(0, length));
      expect(flows).toHaveLength(0);
      expect(problems.map((one) => one.code)).toEqual(length === 40 ? [] : ['truncated-tail']);
    }
  });

  it('takes no hostile length', () => {
    const input = file();
    input.writeUInt32LE(0xffffffff, 44);
    expect(readAll(nfcapd, input).problems[0]?.code).toBe('bad-block-length');
    const zero = file();
    zero.writeUInt16LE(0, 54);
    expect(readAll(nfcapd, zero).problems[0]?.code).toBe('bad-record-length');
  });

  it('survives 2000 mutations', () => {
    let seed = 99;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 2000; round++) {
      const input = file(true, round % 2 === 0 ? NONE : LZ4);
      for (let hit = 0; hit <= random(4); hit++) input[random(input.length)] = random(256);
      expect(readAll(nfcapd, input, 1 + random(300)).flows.length).toBeLessThanOrEqual(20);
    }
  });
});

describe('LZ4 blocks', () => {
  it('copies overlapping matches', () => {
    const out = new Uint8Array(32);
    const block = Uint8Array.from([0x13, 0x61, 1, 0, 0x10, 0x62]);
    expect(decodeLz4Block(block, out)).toBe(9);
    expect(Buffer.from(out.subarray(0, 9)).toString()).toBe('aaaaaaaab');
  });

  it('refuses what reaches outside', () => {
    const out = new Uint8Array(16);
    expect(decodeLz4Block(Uint8Array.from([0x10, 0x61, 2, 0, 0]), out)).toBe(-1);
    expect(decodeLz4Block(Uint8Array.from([0x1f, 0x61, 1, 0, 255, 255, 0]), out)).toBe(-1);
    expect(decodeLz4Block(Uint8Array.from([0xf0, 255, 255]), out)).toBe(-1);
  });
});
