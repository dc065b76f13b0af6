/** Export messages as devices send them: NetFlow v5 (Cisco), v9 (RFC 3954), IPFIX (RFC 7011), each of RECORDS records. */

export const RECORDS = 24;
/** Bytes and packets of every record. */
export const OCTETS = 5000;
export const PACKETS = 10;

/** Elements and widths; the second layout orders them otherwise, and has a name of variable length (IPFIX alone). */
const LAYOUTS = {
  9: [
    [8, 4, 12, 4, 2, 4, 1, 4, 22, 4, 21, 4, 7, 2, 11, 2, 4, 1, 6, 1],
    [4, 1, 6, 1, 5, 1, 8, 4, 7, 2, 12, 4, 11, 2, 21, 4, 22, 4, 1, 8, 2, 8],
  ],
  10: [
    [8, 4, 12, 4, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 4, 1, 6, 1],
    [4, 1, 6, 1, 96, 65535, 8, 4, 7, 2, 12, 4, 11, 2, 153, 8, 152, 8, 1, 4, 2, 4],
  ],
};
const NAME = Buffer.from('\x05https');

/** What is sent of one connection; times in epoch milliseconds. */
function valueIn(element, record, { version, bootMs }) {
  const time = (ms) => (version === 10 ? ms : ms - bootMs);
  switch (element) {
    case 1:
      return OCTETS;
    case 2:
      return PACKETS;
    case 4:
      return 6;
    case 6:
      return 0x18;
    case 7:
      return record.port;
    case 8:
      return record.client;
    case 11:
      return record.serverPort;
    case 12:
      return record.server;
    case 21:
    case 153:
      return time(record.endMs);
    case 22:
    case 152:
      return time(record.startMs);
    default:
      return 0;
  }
}

function set(id, body) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(4 + body.length, 2);
  return Buffer.concat([head, body]);
}

function words(...values) {
  const out = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) out.writeUInt16BE(value, at * 2);
  return out;
}

/** The template set that defines `id`. */
export function templateSet(version, id, layout) {
  const fields = LAYOUTS[version][layout];
  return set(version === 9 ? 0 : 2, Buffer.concat([words(id, fields.length / 2), words(...fields)]));
}

/** RFC 7011 §8.1. */
export function withdrawalSet(id) {
  return set(2, words(id, 0));
}

export function dataSet(exporter, id, layout, records) {
  const fields = LAYOUTS[exporter.version][layout];
  const parts = [];
  for (const record of records)
    for (let at = 0; at < fields.length; at += 2) {
      const [element, width] = [fields[at], fields[at + 1]];
      if (width === 65535) parts.push(NAME);
      else {
        const bytes = Buffer.alloc(width);
        const value = valueIn(element, record, exporter);
        if (width === 8) bytes.writeBigUInt64BE(BigInt(value));
        else bytes.writeUIntBE(value, 0, width);
        parts.push(bytes);
      }
    }
  return set(id, Buffer.concat(parts));
}

/** A message of these sets; v9 tells how many records of any kind. */
export function message(exporter, sets, nowMs) {
  const body = Buffer.concat(sets);
  const { version, bootMs, sequence } = exporter;
  const head = Buffer.alloc(version === 9 ? 20 : 16);
  head.writeUInt16BE(version, 0);
  head.writeUInt16BE(version === 9 ? RECORDS + sets.length - 1 : 16 + body.length, 2);
  let at = 4;
  if (version === 9) at = head.writeUInt32BE(nowMs - bootMs, at);
  at = head.writeUInt32BE(Math.floor(nowMs / 1000), at);
  at = head.writeUInt32BE(sequence, at);
  head.writeUInt32BE(7, at);
  return Buffer.concat([head, body]);
}

export function netflow5({ bootMs, sequence }, records, nowMs) {
  const bytes = Buffer.alloc(24 + records.length * 48);
  bytes.writeUInt16BE(5, 0);
  bytes.writeUInt16BE(records.length, 2);
  bytes.writeUInt32BE(nowMs - bootMs, 4);
  bytes.writeUInt32BE(Math.floor(nowMs / 1000), 8);
  bytes.writeUInt32BE((nowMs % 1000) * 1e6, 12);
  bytes.writeUInt32BE(sequence, 16);
  for (const [index, record] of records.entries()) {
    const at = 24 + index * 48;
    bytes.writeUInt32BE(record.client, at);
    bytes.writeUInt32BE(record.server, at + 4);
    bytes.writeUInt32BE(PACKETS, at + 16);
    bytes.writeUInt32BE(OCTETS, at + 20);
    bytes.writeUInt32BE(record.startMs - bootMs, at + 24);
    bytes.writeUInt32BE(record.endMs - bootMs, at + 28);
    bytes.writeUInt16BE(record.port, at + 32);
    bytes.writeUInt16BE(record.serverPort, at + 34);
    bytes.writeUInt8(0x18, at + 37);
    bytes.writeUInt8(6, at + 38);
  }
  return bytes;
}
