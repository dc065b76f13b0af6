/** Exports of one capture: its one-way flows as NetFlow v5, v9, IPFIX, nfdump CSV and JSON, and a Zeek conn.log. */
import { formatIpv4, formatIpv6 } from '../../src/base/ip.js';
import { Decoded, Decoder } from '../../src/intake/decode/index.js';
import { createPacket } from '../../src/model/packet.js';
import { addressBytes, ethernet, type Frame, pcapFile, udp } from './frames.js';

export interface OneWayFlow {
  src: string;
  dst: string;
  srcPort: number;
  dstPort: number;
  protocol: number;
  flags: number;
  /** Epoch microseconds. */
  startUs: number;
  endUs: number;
  packets: number;
  /** IP bytes. */
  octets: number;
  payload: number;
}

/** The one-way flows of Ethernet frames, in the order of their first packets. */
export function flowsOf(frames: readonly Frame[]): OneWayFlow[] {
  const flows = new Map<string, OneWayFlow>();
  const decoder = new Decoder();
  const packet = createPacket();
  for (const frame of frames) {
    Object.assign(packet, {
      bytes: frame.bytes,
      view: new DataView(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.length),
      timeUs: frame.timeUs,
      linkType: 1,
      frameOffset: 0,
      frameLength: frame.bytes.length,
      wireLength: frame.bytes.length,
    });
    if (decoder.decode(packet) !== Decoded.TRANSPORT) continue;
    const text = (at: number) =>
      packet.ipVersion === 4 ? formatIpv4(packet.bytes.readInt32BE(at)) : formatIpv6(packet.bytes, at);
    const { srcPort, dstPort, protocol } = packet;
    const [src, dst] = [text(packet.srcOffset), text(packet.dstOffset)];
    const key = `${src} ${srcPort} ${dst} ${dstPort} ${protocol}`;
    const flow = flows.get(key) ?? {
      ...{ src, dst, srcPort, dstPort, protocol, flags: 0, packets: 0, octets: 0, payload: 0 },
      startUs: frame.timeUs,
      endUs: frame.timeUs,
    };
    flows.set(key, flow);
    if (protocol === 6) flow.flags |= packet.tcpFlags;
    flow.endUs = frame.timeUs;
    flow.packets++;
    flow.octets += frame.bytes.length - (frame.bytes.readUInt16BE(12) === 0x8100 ? 18 : 14);
    flow.payload += packet.payloadLength;
  }
  return [...flows.values()];
}

const BOOT_US = 3_600_000_000;
const MOST_RECORDS = 24;
const TEMPLATE = 256;

const batches = (flows: readonly OneWayFlow[]) =>
  Array.from({ length: Math.ceil(flows.length / MOST_RECORDS) }, (_, at) =>
    flows.slice(at * MOST_RECORDS, (at + 1) * MOST_RECORDS),
  );

const fixed = (size: number, ...values: readonly (readonly [bytes: number, value: number])[]): Buffer => {
  const out = Buffer.alloc(size);
  let at = 0;
  for (const [bytes, value] of values) {
    if (bytes === 8) out.writeBigUInt64BE(BigInt(value), at);
    else out.writeUIntBE(value, at, bytes);
    at += bytes;
  }
  return out;
};

/** A capture of datagrams from an exporter to its collector. */
function captureOf(datagrams: readonly Buffer[], timeUs: number): Buffer {
  return pcapFile(
    datagrams.map((bytes, at) => ({
      timeUs: timeUs + at * 1000,
      bytes: ethernet(udp(bytes, { src: '192.0.2.250', dst: '192.0.2.251', srcPort: 40_999, dstPort: 2055 })),
    })),
  );
}

const lastOf = (flows: readonly OneWayFlow[]) => Math.max(...flows.map(({ endUs }) => endUs)) + 5e6;

/** Milliseconds of the exporter's uptime at a time; its boot lies an hour before `nowUs`. */
const uptime = (timeUs: number, nowUs: number) => Math.max(0, Math.floor((timeUs - nowUs + BOOT_US) / 1000));

/** NetFlow v5: IPv4 alone, to the millisecond. */
export function netflow5(flows: readonly OneWayFlow[]): Buffer {
  const nowUs = lastOf(flows);
  let sequence = 0;
  const datagrams = batches(flows.filter(({ src }) => !src.includes(':'))).map((batch) => {
    const header = fixed(
      24,
      ...([
        [2, 5],
        [2, batch.length],
        [4, BOOT_US / 1000],
        [4, Math.floor(nowUs / 1e6)],
      ] as const),
      ...([
        [4, (nowUs % 1e6) * 1000],
        [4, sequence],
      ] as const),
    );
    sequence += batch.length;
    const records = batch.map((flow) => {
      const record = fixed(
        48,
        ...([
          [8, 0],
          [4, 0],
          [4, 0],
          [4, flow.packets],
          [4, flow.octets],
        ] as const),
        ...([
          [4, uptime(flow.startUs, nowUs)],
          [4, uptime(flow.endUs, nowUs)],
        ] as const),
        ...([
          [2, flow.srcPort],
          [2, flow.dstPort],
          [1, 0],
          [1, flow.flags],
          [1, flow.protocol],
        ] as const),
      );
      addressBytes(flow.src).copy(record, 0);
      addressBytes(flow.dst).copy(record, 4);
      return record;
    });
    return Buffer.concat([header, ...records]);
  });
  return captureOf(datagrams, nowUs);
}

const FIELDS = [
  [4, 1],
  [6, 1],
  [7, 2],
  [11, 2],
  [1, 8],
  [2, 8],
] as const;

/** Template sets for IPv4 (256) and IPv6 (257); times by the elements given. */
function templates(setId: number, times: readonly (readonly [number, number])[]): Buffer {
  const sets = [
    [8, 12, 4],
    [27, 28, 16],
  ].map(([src = 0, dst = 0, size = 0], at) => {
    const fields = [[src, size], [dst, size], ...FIELDS, ...times] as const;
    return fixed(
      4 + fields.length * 4,
      [2, TEMPLATE + at],
      [2, fields.length],
      ...fields.flatMap(
        ([element, length]) =>
          [
            [2, element],
            [2, length],
          ] as const,
      ),
    );
  });
  const body = Buffer.concat(sets);
  return Buffer.concat([fixed(4, [2, setId], [2, 4 + body.length]), body]);
}

/** Data sets of v9 and IPFIX. `time` gives the bytes of one time. */
function dataSets(batch: readonly OneWayFlow[], time: (timeUs: number) => Buffer): Buffer {
  const sets = [4, 16].map((size, at) => {
    const records = batch
      .filter(({ src }) => src.includes(':') === (size === 16))
      .map((flow) =>
        Buffer.concat([
          addressBytes(flow.src),
          addressBytes(flow.dst),
          fixed(
            22,
            [1, flow.protocol],
            [1, flow.flags],
            [2, flow.srcPort],
            [2, flow.dstPort],
            [8, flow.octets],
            [8, flow.packets],
          ),
          time(flow.startUs),
          time(flow.endUs),
        ]),
      );
    const body = Buffer.concat(records);
    return body.length === 0
      ? body
      : Buffer.concat([fixed(4, [2, TEMPLATE + at], [2, 4 + body.length]), body]);
  });
  return Buffer.concat(sets);
}

/** NetFlow v9: its header counts whole seconds, so all times are up to one early. */
export function netflow9(flows: readonly OneWayFlow[]): Buffer {
  const nowUs = lastOf(flows);
  const datagrams = batches(flows).map((batch, at) => {
    const body = Buffer.concat([
      templates(0, [
        [22, 4],
        [21, 4],
      ]),
      dataSets(batch, (timeUs) => fixed(4, [4, uptime(timeUs, nowUs)])),
    ]);
    const header = [
      [2, 9],
      [2, batch.length + 2],
      [4, BOOT_US / 1000],
      [4, Math.floor(nowUs / 1e6)],
      [4, at],
      [4, 0],
    ] as const;
    return Buffer.concat([fixed(20, ...header), body]);
  });
  return captureOf(datagrams, nowUs);
}

export function ipfix(flows: readonly OneWayFlow[]): Buffer {
  const nowUs = lastOf(flows);
  let sequence = 0;
  const datagrams = batches(flows).map((batch) => {
    const body = Buffer.concat([
      templates(2, [
        [152, 8],
        [153, 8],
      ]),
      dataSets(batch, (timeUs) => fixed(8, [8, Math.floor(timeUs / 1000)])),
    ]);
    const header = [
      [2, 10],
      [2, 16 + body.length],
      [4, Math.floor(nowUs / 1e6)],
      [4, sequence],
      [4, 1],
    ] as const;
    sequence += batch.length;
    return Buffer.concat([fixed(16, ...header), body]);
  });
  return captureOf(datagrams, nowUs);
}

const FLAG_LETTERS = 'CEUAPRSF';
const flagText = (flags: number) =>
  [...FLAG_LETTERS].map((letter, at) => (flags & (128 >> at) ? letter : '.')).join('');
const protocolName = (protocol: number) => (protocol === 6 ? 'TCP' : 'UDP');
const dateText = (timeUs: number) => new Date(timeUs / 1000).toISOString().slice(0, 23);

/** `nfdump -o csv` of 1.7.1: whole seconds, UTC here. */
export function nfdumpCsv(flows: readonly OneWayFlow[]): Buffer {
  const lines = flows.map((flow) => {
    const [start, end] = [flow.startUs, flow.endUs].map((time) =>
      dateText(time).slice(0, 19).replace('T', ' '),
    );
    const duration = ((flow.endUs - flow.startUs) / 1e6).toFixed(3);
    return `${start},${end},${duration},${flow.src},${flow.dst},${flow.srcPort},${flow.dstPort},${protocolName(flow.protocol)},${flagText(flow.flags)},0,0,${flow.packets},${flow.octets},0,0`;
  });
  const head = 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt';
  return Buffer.from([head, ...lines, 'Summary', 'flows,bytes,packets', '1,1,1', ''].join('\n'));
}

/** `nfdump -o json`. */
export function nfdumpJson(flows: readonly OneWayFlow[]): Buffer {
  const records = flows.map((flow) => {
    const version = flow.src.includes(':') ? 6 : 4;
    return {
      type: 'FLOW',
      first: dateText(flow.startUs),
      last: dateText(flow.endUs),
      in_packets: flow.packets,
      in_bytes: flow.octets,
      proto: flow.protocol,
      tcp_flags: flagText(flow.flags),
      src_port: flow.srcPort,
      dst_port: flow.dstPort,
      [`src${version}_addr`]: flow.src,
      [`dst${version}_addr`]: flow.dst,
    };
  });
  return Buffer.from(`${JSON.stringify(records, null, '\t')}\n`);
}

/** A Zeek conn.log in JSON: both directions in one line. */
export function zeekConn(flows: readonly OneWayFlow[]): Buffer {
  const reply = (flow: OneWayFlow) =>
    flows.find(
      ({ src, srcPort, dst, dstPort, protocol }) =>
        src === flow.dst &&
        srcPort === flow.dstPort &&
        dst === flow.src &&
        dstPort === flow.srcPort &&
        protocol === flow.protocol,
    );
  const lines = flows
    .filter((flow) => flow.startUs <= (reply(flow)?.startUs ?? Number.POSITIVE_INFINITY))
    .map((flow, at) => {
      const back = reply(flow);
      return JSON.stringify({
        ts: flow.startUs / 1e6,
        uid: `C${at}`,
        'id.orig_h': flow.src,
        'id.orig_p': flow.srcPort,
        'id.resp_h': flow.dst,
        'id.resp_p': flow.dstPort,
        proto: protocolName(flow.protocol).toLowerCase(),
        duration: (Math.max(flow.endUs, back?.endUs ?? 0) - flow.startUs) / 1e6,
        orig_bytes: flow.payload,
        resp_bytes: back?.payload ?? 0,
        conn_state: 'SF',
        history: 'ShADadFf',
        orig_pkts: flow.packets,
        orig_ip_bytes: flow.octets,
        resp_pkts: back?.packets ?? 0,
        resp_ip_bytes: back?.octets ?? 0,
      });
    });
  return Buffer.from(`${lines.join('\n')}\n`);
}
