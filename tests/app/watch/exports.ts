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
