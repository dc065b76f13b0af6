/** Builds frames, sessions and captures for tests, from the outside in. All lengths and checksums are right. */
import { randomFrom } from './random.js';

export interface Frame {
  timeUs: number;
  bytes: Buffer;
  /** Bytes on the wire; default: all of `bytes`. */
  wireLength?: number;
}

function checksum(parts: readonly Buffer[]): number {
  let sum = 0;
  const all = Buffer.concat(parts as Buffer[]);
  for (let at = 0; at < all.length; at += 2) sum += (all[at]! << 8) | (all[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** 4 or 16 bytes of an address in text form (no zone, no embedded dotted part except plain IPv4). */
export function addressBytes(ip: string): Buffer {
  if (!ip.includes(':')) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail = ''] = ip.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const middle = ip.includes('::') ? new Array(8 - left.length - right.length).fill('0') : [];
  return Buffer.from(
    [...left, ...middle, ...right].flatMap((word) => [
      Number.parseInt(word, 16) >> 8,
      Number.parseInt(word, 16) & 255,
    ]),
  );
}

/** Ethernet II; each VLAN id adds an 802.1Q tag (two: outer 0x88a8, inner 0x8100). */
export function ethernet(
  payload: Buffer,
  options: { etherType?: number; vlans?: readonly number[] } = {},
): Buffer {
  const type = options.etherType ?? (payload[0]! >> 4 === 6 ? 0x86dd : 0x0800);
  const tags = (options.vlans ?? []).flatMap((id, index, all) => {
    const tag = Buffer.alloc(4);
    tag.writeUInt16BE(all.length > 1 && index === 0 ? 0x88a8 : 0x8100, 0);
    tag.writeUInt16BE(id, 2);
    return [tag];
  });
  const header = Buffer.from('020000000002020000000001', 'hex');
  const tail = Buffer.alloc(2);
  tail.writeUInt16BE(type, 0);
  return Buffer.concat([header, ...tags, tail, payload]);
}

export interface IpOptions {
  src: string;
  dst: string;
  protocol: number;
  ttl?: number;
  id?: number;
  /** Fragment offset in bytes (a multiple of 8) and whether more follow. IPv4 only. */
  fragmentOffset?: number;
  moreFragments?: boolean;
}

/** IPv4 or IPv6, by the form of `src`. */
export function ip(payload: Buffer, options: IpOptions): Buffer {
  const src = addressBytes(options.src);
  const dst = addressBytes(options.dst);
  if (src.length === 16) {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(0x60000000, 0);
    header.writeUInt16BE(payload.length, 4);
    header[6] = options.protocol;
    header[7] = options.ttl ?? 64;
    return Buffer.concat([header, src, dst, payload]);
  }
  const header = Buffer.alloc(12);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(options.id ?? 0, 4);
  header.writeUInt16BE(((options.fragmentOffset ?? 0) >> 3) | (options.moreFragments ? 0x2000 : 0), 6);
  header[8] = options.ttl ?? 64;
  header[9] = options.protocol;
  header.writeUInt16BE(checksum([header, src, dst]), 10);
  return Buffer.concat([header, src, dst, payload]);
}

function pseudoHeader(src: string, dst: string, protocol: number, length: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length, 0);
  tail[7] = protocol;
  return Buffer.concat([addressBytes(src), addressBytes(dst), tail]);
}

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export interface SegmentOptions {
  src: string;
  dst: string;
  srcPort: number;
  dstPort: number;
  seq?: number;
  ack?: number;
  flags?: number;
  ttl?: number;
  /** TCP options; padded with zeros to whole words. */
  tcpOptions?: Buffer;
}

/** An IP packet with a TCP segment. */
export function tcp(payload: Buffer, options: SegmentOptions): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(options.srcPort, 0);
  header.writeUInt16BE(options.dstPort, 2);
  header.writeUInt32BE((options.seq ?? 0) >>> 0, 4);
  header.writeUInt32BE((options.ack ?? 0) >>> 0, 8);
  const given = options.tcpOptions ?? Buffer.alloc(0);
  const extra = Buffer.concat([given, Buffer.alloc(-given.length & 3)]);
  header[12] = (5 + extra.length / 4) << 4;
  header[13] = options.flags ?? ACK | (payload.length > 0 ? PSH : 0);
  header.writeUInt16BE(65535, 14);
  header.writeUInt16BE(
    checksum([
      pseudoHeader(options.src, options.dst, 6, 20 + extra.length + payload.length),
      header,
      extra,
      payload,
    ]),
    16,
  );
  return ip(Buffer.concat([header, extra, payload]), { ...options, protocol: 6 });
}

/** An IP packet with a UDP datagram. */
export function udp(payload: Buffer, options: Omit<SegmentOptions, 'seq' | 'ack' | 'flags'>): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(options.srcPort, 0);
  header.writeUInt16BE(options.dstPort, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  header.writeUInt16BE(
    checksum([pseudoHeader(options.src, options.dst, 17, 8 + payload.length), header, payload]),
    6,
  );
  return ip(Buffer.concat([header, payload]), { ...options, protocol: 17 });
}

export interface Message {
  direction: 'to-server' | 'to-client';
  /** Seconds since the session began. */
  atSeconds: number;
  bytes: Buffer;
}

export interface SessionOptions {
  client?: string;
  server?: string;
  clientPort?: number;
  serverPort?: number;
  startUs?: number;
  /** SYN, SYN-ACK, ACK before the first message; default true. */
  handshake?: boolean;
  /** FINs after the last message; default true. */
  close?: boolean;
  /** Largest segment, payload bytes; default 1448. */
  segmentBytes?: number;
  /** Swap neighbouring segments of one message train and repeat some, by this seed. */
  shuffleSeed?: number;
  /** Keep only the packets of one direction. */
  only?: 'to-server' | 'to-client';
  vlans?: readonly number[];
  /** Initial sequence numbers: client's and server's. */
  firstSeq?: readonly [number, number];
  /** TCP options and time to live of the client's SYN. */
  syn?: { readonly options: Buffer; readonly ttl: number };
  /** Wrap each IP packet; default Ethernet (with `vlans`). */
  link?: (ipPacket: Buffer) => Buffer;
}

/** One TCP conversation as frames in time order. */
export function tcpSession(messages: readonly Message[], options: SessionOptions = {}): Frame[] {
  const client = options.client ?? '10.0.0.1';
  const server = options.server ?? '198.51.100.7';
  const ports = [options.clientPort ?? 49152, options.serverPort ?? 3333] as const;
  const startUs = options.startUs ?? 1.7e15;
  const next = [...(options.firstSeq ?? [1000, 2000])] as [number, number];
  const link = options.link ?? ((packet: Buffer) => ethernet(packet, { vlans: options.vlans ?? [] }));
  const frames: (Frame & { side: number })[] = [];
  const send = (side: 0 | 1, timeUs: number, payload: Buffer, flags: number) => {
    const packet = tcp(payload, {
      src: side === 0 ? client : server,
      dst: side === 0 ? server : client,
      srcPort: ports[side],
      dstPort: ports[side === 0 ? 1 : 0],
      seq: next[side],
      ack: flags & ACK ? next[side === 0 ? 1 : 0] : 0,
      flags,
      ...(flags === SYN && options.syn !== undefined
        ? { tcpOptions: options.syn.options, ttl: options.syn.ttl }
        : {}),
    });
    frames.push({ timeUs, bytes: link(packet), side });
    next[side] = (next[side] + payload.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
  };
  const none = Buffer.alloc(0);
  if (options.handshake ?? true) {
    send(0, startUs - 3000, none, SYN);
    send(1, startUs - 2000, none, SYN | ACK);
    send(0, startUs - 1000, none, ACK);
  }
  const most = options.segmentBytes ?? 1448;
  let last = startUs;
  for (const message of messages) {
    last = Math.max(last + 10, startUs + Math.round(message.atSeconds * 1e6));
    for (let at = 0; at < message.bytes.length; at += most) {
      send(
        message.direction === 'to-server' ? 0 : 1,
        last++,
        message.bytes.subarray(at, at + most),
        ACK | PSH,
      );
    }
  }
  if (options.close ?? true) {
    send(0, last + 1000, none, FIN | ACK);
    send(1, last + 2000, none, FIN | ACK);
  }
  let kept = frames.filter((frame) => !options.only || frame.side === (options.only === 'to-server' ? 0 : 1));
  if (options.shuffleSeed !== undefined) kept = shuffle(kept, options.shuffleSeed);
  return kept.map(({ timeUs, bytes }) => ({ timeUs, bytes }));
}

function shuffle<F extends Frame>(frames: readonly F[], seed: number): F[] {
  const random = randomFrom(seed);
  const out = [...frames];
  for (let at = 3; at + 1 < out.length; at++) {
    const [left, right] = [out[at]!, out[at + 1]!];
    if (random() < 0.2 && right.timeUs - left.timeUs < 5000) {
      [out[at], out[at + 1]] = [
        { ...right, timeUs: left.timeUs },
        { ...left, timeUs: right.timeUs },
      ];
      at++;
    }
  }
  return out.flatMap((frame, at) =>
    at > 3 && random() < 0.1 ? [frame, { ...frame, timeUs: frame.timeUs + 1 }] : [frame],
  );
}

export interface CaptureOptions {
  linkType?: number;
  nanoseconds?: boolean;
  bigEndian?: boolean;
  snapLength?: number;
}

/** Classic pcap. */
export function pcapFile(frames: readonly Frame[], options: CaptureOptions = {}): Buffer {
  const big = options.bigEndian ?? false;
  const u32 = (values: readonly number[]) => {
    const out = Buffer.alloc(values.length * 4);
    values.forEach((value, at) => {
      big ? out.writeUInt32BE(value >>> 0, at * 4) : out.writeUInt32LE(value >>> 0, at * 4);
    });
    return out;
  };
  const versions = Buffer.alloc(4);
  big ? versions.writeUInt16BE(2, 0) : versions.writeUInt16LE(2, 0);
  big ? versions.writeUInt16BE(4, 2) : versions.writeUInt16LE(4, 2);
  const snap = options.snapLength ?? 262144;
  const parts: Buffer[] = [
    u32([options.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4]),
    versions,
    u32([0, 0, snap, options.linkType ?? 1]),
  ];
  for (const frame of frames) {
    const kept = frame.bytes.subarray(0, snap);
    const fraction = (frame.timeUs % 1e6) * (options.nanoseconds ? 1000 : 1);
    parts.push(
      u32([Math.floor(frame.timeUs / 1e6), fraction, kept.length, frame.wireLength ?? frame.bytes.length]),
      kept,
    );
  }
  return Buffer.concat(parts);
}

/** Minimal pcapng: one section, one interface, enhanced packet blocks, microseconds. */
export function pcapngFile(frames: readonly Frame[], options: CaptureOptions = {}): Buffer {
  const block = (type: number, body: Buffer) => {
    const length = 12 + body.length + ((4 - (body.length % 4)) % 4);
    const out = Buffer.alloc(length);
    out.writeUInt32LE(type, 0);
    out.writeUInt32LE(length, 4);
    body.copy(out, 8);
    out.writeUInt32LE(length, length - 4);
    return out;
  };
  const parts: Buffer[] = [
    block(0x0a0d0d0a, Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex')),
    block(1, Buffer.from([(options.linkType ?? 1) & 255, (options.linkType ?? 1) >> 8, 0, 0, 0, 0, 4, 0])),
  ];
  for (const frame of frames) {
    const header = Buffer.alloc(20);
    header.writeUInt32LE(Math.floor(frame.timeUs / 2 ** 32), 4);
    header.writeUInt32LE(frame.timeUs % 2 ** 32, 8);
    header.writeUInt32LE(frame.bytes.length, 12);
    header.writeUInt32LE(frame.wireLength ?? frame.bytes.length, 16);
    parts.push(block(6, Buffer.concat([header, frame.bytes])));
  }
  return Buffer.concat(parts);
}
