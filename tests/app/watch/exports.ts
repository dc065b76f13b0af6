const HEADER = 24;
const RECORD = 48;

/** A NetFlow v5 datagram (Cisco's layout) of `count` records of one packet and 1,500 bytes each, to made-up addresses. */
export function netflow5(sequence: number, count: number, seconds: number): Buffer {
  const bytes = Buffer.alloc(HEADER + count * RECORD);
  bytes.writeUInt16BE(5, 0);
  bytes.writeUInt16BE(count, 2);
  bytes.writeUInt32BE(600_000, 4);
  bytes.writeUInt32BE(Math.floor(seconds), 8);
  bytes.writeUInt32BE(sequence, 16);
  for (let at = 0; at < count; at++) {
    const from = HEADER + at * RECORD;
    bytes.writeUInt32BE(0x0a140000 + sequence + at, from);
    bytes.writeUInt32BE(0xc0000250, from + 4);
    bytes.writeUInt32BE(1, from + 16);
    bytes.writeUInt32BE(1500, from + 20);
    bytes.writeUInt32BE(590_000, from + 24);
    bytes.writeUInt32BE(591_000, from + 28);
    bytes.writeUInt16BE(40_000, from + 32);
    bytes.writeUInt16BE(443, from + 34);
    bytes.writeUInt8(6, from + 38);
  }
  return bytes;
}

/** NetFlow v9 fields (RFC 3954 §8): addresses, ports, protocol, bytes, packets, times. */
const FIELDS = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [1, 4],
  [2, 4],
  [22, 4],
  [21, 4],
] as const;
const V9_RECORD = FIELDS.reduce((sum, [, length]) => sum + length, 0);
const TEMPLATE = 256;

/** A NetFlow v9 datagram: the template, or one record of 1,500 bytes that needs it. */
export function netflow9(kind: 'template' | 'data', sequence: number, seconds: number): Buffer {
  const set = kind === 'template' ? templateSet() : dataSet();
  const bytes = Buffer.alloc(20 + set.length);
  bytes.writeUInt16BE(9, 0);
  bytes.writeUInt16BE(1, 2);
  bytes.writeUInt32BE(600_000, 4);
  bytes.writeUInt32BE(Math.floor(seconds), 8);
  bytes.writeUInt32BE(sequence, 12);
  set.copy(bytes, 20);
  return bytes;
}

function templateSet(): Buffer {
  const set = Buffer.alloc(8 + FIELDS.length * 4);
  set.writeUInt16BE(set.length, 2);
  set.writeUInt16BE(TEMPLATE, 4);
  set.writeUInt16BE(FIELDS.length, 6);
  for (const [at, [number, length]] of FIELDS.entries()) {
    set.writeUInt16BE(number, 8 + at * 4);
    set.writeUInt16BE(length, 10 + at * 4);
  }
  return set;
}

function dataSet(): Buffer {
  const set = Buffer.alloc(4 + V9_RECORD);
  set.writeUInt16BE(TEMPLATE, 0);
  set.writeUInt16BE(set.length, 2);
  set.writeUInt32BE(0x0a140001, 4);
  set.writeUInt32BE(0xc0000250, 8);
  set.writeUInt16BE(40_000, 12);
  set.writeUInt16BE(443, 14);
  set.writeUInt8(6, 16);
  set.writeUInt32BE(1500, 17);
  set.writeUInt32BE(1, 21);
  set.writeUInt32BE(590_000, 25);
  set.writeUInt32BE(591_000, 29);
  return set;
}
