/**
 * Makes the same one-way flow records in several forms: NetFlow v5, v9 and IPFIX datagrams, nfdump CSV (of 1.7.1, and of
 * 1.7.2 and later), Zeek conn.log in JSON. The same count gives the same bytes. One record in a thousand goes to 192.0.2.0/24.
 */
const START_S = 1_700_000_000;
const SPAN_S = 3600;
const UPTIME_MS = 7_200_000;
const BATCH = 24;
const FIELDS = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [1, 4],
  [2, 4],
]; // prettier-ignore

function* randoms(seed) {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    yield state >>> 8;
  }
}

/** One record after the other: addresses as numbers, times in milliseconds. */
export function* records(count) {
  const random = randoms(7);
  const next = () => random.next().value;
  for (let at = 0; at < count; at++) {
    const server = at % 1000 === 0 ? 0xc0000200 + (next() & 255) : 0xc6120000 + (next() & 0x1ffff);
    const packets = 1 + (next() % 200);
    const start = START_S * 1000 + Math.floor((at / count) * SPAN_S * 1000);
    yield {
      src: 0x0a000000 + (next() & 0xffff),
      dst: server,
      srcPort: 32_768 + (next() & 0x7fff),
      dstPort: [443, 80, 3333, 53, 8080][next() % 5],
      protocol: next() % 5 === 0 ? 17 : 6,
      flags: 0x1b,
      packets,
      octets: packets * (40 + (next() % 1400)),
      start,
      end: start + (next() % 300_000),
    };
  }
}

function* batches(count) {
  let batch = [];
  for (const record of records(count)) {
    batch.push(record);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const NOW_MS = (START_S + SPAN_S + 600) * 1000;
const uptime = (time) => UPTIME_MS - (NOW_MS - time);

function header(version, count, sequence, length) {
  const out = Buffer.alloc(version === 5 ? 24 : version === 9 ? 20 : 16);
  out.writeUInt16BE(version, 0);
  out.writeUInt16BE(version === 10 ? length : count, 2);
  if (version === 10) {
    out.writeUInt32BE(NOW_MS / 1000, 4);
    out.writeUInt32BE(sequence, 8);
    return out;
  }
  out.writeUInt32BE(UPTIME_MS, 4);
  out.writeUInt32BE(NOW_MS / 1000, 8);
  out.writeUInt32BE(sequence, version === 5 ? 16 : 12);
  return out;
}

function body5(batch) {
  const out = Buffer.alloc(batch.length * 48);
  batch.forEach((one, index) => {
    const at = index * 48;
    out.writeUInt32BE(one.src, at);
    out.writeUInt32BE(one.dst, at + 4);
    out.writeUInt32BE(one.packets, at + 16);
    out.writeUInt32BE(one.octets, at + 20);
    out.writeUInt32BE(uptime(one.start), at + 24);
    out.writeUInt32BE(uptime(one.end), at + 28);
    out.writeUInt16BE(one.srcPort, at + 32);
    out.writeUInt16BE(one.dstPort, at + 34);
    out[at + 37] = one.flags;
    out[at + 38] = one.protocol;
  });
  return out;
}

function template(version) {
  const fields = [
    ...FIELDS,
    ...(version === 9
      ? [
          [22, 4],
          [21, 4],
        ]
      : [
          [152, 8],
          [153, 8],
        ]),
  ]; // prettier-ignore
  const out = Buffer.alloc(8 + fields.length * 4);
  out.writeUInt16BE(version === 9 ? 0 : 2, 0);
  out.writeUInt16BE(out.length, 2);
  out.writeUInt16BE(256, 4);
  out.writeUInt16BE(fields.length, 6);
  for (const [index, [element, length]] of fields.entries()) {
    out.writeUInt16BE(element, 8 + index * 4);
    out.writeUInt16BE(length, 10 + index * 4);
  }
  return out;
}

function bodyTemplated(version, batch) {
  const size = 22 + (version === 9 ? 8 : 16);
  const out = Buffer.alloc(4 + batch.length * size);
  out.writeUInt16BE(256, 0);
  out.writeUInt16BE(out.length, 2);
  batch.forEach((one, index) => {
    const at = 4 + index * size;
    out.writeUInt32BE(one.src, at);
    out.writeUInt32BE(one.dst, at + 4);
    out.writeUInt16BE(one.srcPort, at + 8);
    out.writeUInt16BE(one.dstPort, at + 10);
    out[at + 12] = one.protocol;
    out[at + 13] = one.flags;
    out.writeUInt32BE(one.octets, at + 14);
    out.writeUInt32BE(one.packets, at + 18);
    for (const [place, time] of [one.start, one.end].entries()) {
      if (version === 9) out.writeUInt32BE(uptime(time), at + 22 + place * 4);
      else out.writeBigUInt64BE(BigInt(time), at + 22 + place * 8);
    }
  });
  return out;
}

/** Datagrams of version 5, 9 or 10 (IPFIX); the template comes with every hundredth. */
export function* datagrams(version, count) {
  let sequence = 0;
  let sent = 0;
  for (const batch of batches(count)) {
    const parts =
      version === 5
        ? [body5(batch)]
        : [...(sent % 100 === 0 ? [template(version)] : []), bodyTemplated(version, batch)];
    const length = 16 + parts.reduce((sum, part) => sum + part.length, 0);
    const announced = version === 9 && sent % 100 === 0 ? 1 : 0;
    yield Buffer.concat([header(version, batch.length + announced, sequence, length), ...parts]);
    sequence += version === 9 ? 1 : batch.length;
    sent++;
  }
}

/** A capture of these datagrams: Ethernet, IPv4, UDP, checksums left out. */
export function* capture(version, count) {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  yield head;
  for (const datagram of datagrams(version, count)) {
    const frame = Buffer.alloc(16 + 42);
    const length = 42 + datagram.length;
    frame.writeUInt32LE(NOW_MS / 1000, 0);
    frame.writeUInt32LE(length, 8);
    frame.writeUInt32LE(length, 12);
    frame.writeUInt16BE(0x0800, 28);
    frame[30] = 0x45;
    frame.writeUInt16BE(length - 14, 32);
    frame[38] = 64;
    frame[39] = 17;
    frame.writeUInt32BE(0x7f000001, 42);
    frame.writeUInt32BE(0x7f000001, 46);
    frame.writeUInt16BE(40_000, 50);
    frame.writeUInt16BE(version === 10 ? 4739 : 2055, 52);
    frame.writeUInt16BE(8 + datagram.length, 54);
    yield Buffer.concat([frame, datagram]);
  }
}

const dotted = (ip) => `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
const clock = (time) => new Date(time).toISOString().slice(0, 19).replace('T', ' ');
const precise = (time) => new Date(time).toISOString().slice(0, 23).replace('T', ' ');
const NO_MAC = '00:00:00:00:00:00';
const CSV_TAIL = `0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,${Array(4).fill(NO_MAC)},${Array(10).fill('0-0-0')},    0.000,    0.000,    0.000,127.0.0.1,0/0,1,2023-11-14 23:30:00.000`;

/** The 48 columns of `nfdump -o csv` of 1.7.1. */
export function* nfdumpCsv(count) {
  yield 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr\n';
  for (const one of records(count)) {
    const duration = ((one.end - one.start) / 1000).toFixed(3);
    yield `${clock(one.start)},${clock(one.end)},${duration},${dotted(one.src)},${dotted(one.dst)},${one.srcPort},${one.dstPort},${one.protocol === 6 ? 'TCP' : 'UDP'},...AP.SF,0,0,${one.packets},${one.octets},0,0,${CSV_TAIL}\n`;
  }
}

/** The columns of `nfdump -o csv` of 1.7.2 and later. */
export function* nfdumpShortCsv(count) {
  yield 'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n';
  for (const one of records(count)) {
    const duration = ((one.end - one.start) / 1000).toFixed(3);
    yield `${precise(one.start)},${duration},${one.protocol},${dotted(one.src)},${one.srcPort},${dotted(one.dst)},${one.dstPort},${one.packets},${one.octets},1\n`;
  }
}

export function* zeekConn(count) {
  let at = 0;
  for (const one of records(count)) {
    const payload = Math.max(0, one.octets - one.packets * 40);
    yield `{"ts":${(one.start / 1000).toFixed(6)},"uid":"C${(1e12 + at++).toString(36)}","id.orig_h":"${dotted(one.src)}","id.orig_p":${one.srcPort},"id.resp_h":"${dotted(one.dst)}","id.resp_p":${one.dstPort},"proto":"${one.protocol === 6 ? 'tcp' : 'udp'}","service":"ssl","duration":${((one.end - one.start) / 1000).toFixed(6)},"orig_bytes":${payload},"resp_bytes":${payload},"conn_state":"SF","local_orig":true,"missed_bytes":0,"history":"ShADadFf","orig_pkts":${one.packets},"orig_ip_bytes":${one.octets},"resp_pkts":${one.packets},"resp_ip_bytes":${one.octets}}\n`;
  }
}
