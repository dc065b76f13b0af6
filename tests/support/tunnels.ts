/** Builders for link layers, tunnels and fragments around an IP packet. From the outside in, like frames.ts. */
import { ethernet, ip, udp } from './frames.js';

const OUTER = { src: '192.0.2.1', dst: '192.0.2.2' };
const OUTER_6 = { src: '2001:db8::a', dst: '2001:db8::b' };

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function u16(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
}

function join(...parts: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? hex(part) : part)));
}

const etherType = (packet: Buffer) => u16(packet[0]! >> 4 === 6 ? 0x86dd : 0x0800);
const pppType = (packet: Buffer) => u16(packet[0]! >> 4 === 6 ? 0x0057 : 0x0021);
const family = (packet: Buffer) => (packet[0]! >> 4 === 6 ? 30 : 2);

/** LLC and SNAP with an EtherType. */
export const llcSnap = (packet: Buffer) => join('aaaa03000000', etherType(packet), packet);

/** 802.3: a length where Ethernet II has its type. */
export function ethernet8023(packet: Buffer): Buffer {
  const body = llcSnap(packet);
  return join('0200000000020200 00000001', u16(body.length), body);
}

export const pppoe = (packet: Buffer) =>
  ethernet(join('11000001', u16(packet.length + 2), pppType(packet), packet), { etherType: 0x8864 });

export function mplsLabels(packet: Buffer, count = 1): Buffer {
  const labels = Array.from({ length: count }, (_, at) => hex(at === count - 1 ? '0001f1ff' : '0001f0ff'));
  return Buffer.concat([...labels, packet]);
}

export const mpls = (packet: Buffer, count = 1) => ethernet(mplsLabels(packet, count), { etherType: 0x8847 });

/** Ethernet in MPLS, with the control word of a pseudo-wire. */
export const pseudoWire = (packet: Buffer, controlWord = true) =>
  mpls(join(controlWord ? '00000000' : '', ethernet(packet)));

export const overIpv4 = (payload: Buffer, protocol: number) => ethernet(ip(payload, { ...OUTER, protocol }));
export const overIpv6 = (payload: Buffer, protocol: number) =>
  ethernet(ip(payload, { ...OUTER_6, protocol }));
const overUdp = (payload: Buffer, dstPort: number, srcPort = 50000) =>
  ethernet(udp(payload, { ...OUTER, srcPort, dstPort }));

/** GRE version 0 with the optional fields that `flags` names. */
export function gre(packet: Buffer, flags = 0, type: Buffer = etherType(packet)): Buffer {
  const optional = (flags & 0xc000 ? 4 : 0) + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);
  // One source route of 4 bytes, then the empty one that ends them.
  const routes = flags & 0x4000 ? '08000004 c0000201 00000000' : '';
  return overIpv4(join(u16(flags), type, Buffer.alloc(optional), routes, packet), 47);
}

export const pptp = (packet: Buffer) =>
  overIpv4(
    join('3081880b', u16(packet.length + 4), '0001 00000001 00000002 ff03', pppType(packet), packet),
    47,
  );

export const vxlan = (packet: Buffer) => overUdp(join('0800000000002a00', ethernet(packet)), 4789);

export const geneve = (packet: Buffer) =>
  overUdp(join('02 00 6558 00002a00 0102800100000000', ethernet(packet)), 6081);

/** IPv4 or IPv6 in it, as VXLAN-GPE and the network service header name it. */
const nextProtocol = (packet: Buffer) => ((packet[0] ?? 0) >> 4 === 6 ? '02' : '01');

export const vxlanGpe = (packet: Buffer) =>
  overUdp(join(`0c0000${nextProtocol(packet)}00002a00`, packet), 4790);

/** A network service header in VXLAN-GPE. */
export const nshInVxlanGpe = (packet: Buffer) =>
  overUdp(join('0c00000400002a00', `000202${nextProtocol(packet)}00000001`, packet), 4790);

/** Without options and without Ethernet. */
export const geneveIp = (packet: Buffer) =>
  overUdp(join('0000', etherType(packet), '00002a00', packet), 6081);

/** With an extension header of 4 bytes. */
export const gtpU = (packet: Buffer) =>
  overUdp(join('34ff', u16(packet.length + 8), '00000001 00000085 01001000', packet), 2152, 2152);

/** With authentication and origin headers; carries IPv6 only. */
export const teredo = (packet: Buffer) =>
  overUdp(
    join('0001 02 03 aabb 010203 0000000000000000 00', '0000 1234 3fffffff'.replaceAll(' ', ''), packet),
    3544,
  );

export const l2tp = (packet: Buffer) =>
  overUdp(join('4002', u16(packet.length + 12), '00010001 ff03', pppType(packet), packet), 1701, 1701);

export interface Wrapper {
  readonly name: string;
  readonly linkType: number;
  readonly wrap: (packet: Buffer) => Buffer;
  /** The one version that it can carry; both where this is not said. */
  readonly version?: 4 | 6;
}

const ieee80211 = (control: string, rest: string, packet: Buffer) =>
  join(control, '0000', '020000000001020000000002020000000003 1000', rest, llcSnap(packet));

/** Every way to carry an IP packet that the decoder knows, with a frame of each. */
export const WRAPPERS: readonly Wrapper[] = [
  { name: 'ethernet', linkType: 1, wrap: (packet) => ethernet(packet) },
  { name: 'vlan', linkType: 1, wrap: (packet) => ethernet(packet, { vlans: [7] }) },
  { name: 'qinq', linkType: 1, wrap: (packet) => ethernet(packet, { vlans: [7, 8] }) },
  { name: 'padded', linkType: 1, wrap: (packet) => join(ethernet(packet), Buffer.alloc(12, 0x7b)) },
  { name: '802.3', linkType: 1, wrap: ethernet8023 },
  {
    name: 'provider bridge',
    linkType: 1,
    wrap: (packet) => ethernet(join('00000001', ethernet(packet)), { etherType: 0x88e7 }),
  },
  { name: 'pppoe', linkType: 1, wrap: pppoe },
  { name: 'mpls', linkType: 1, wrap: (packet) => mpls(packet, 3) },
  { name: 'pseudo-wire', linkType: 1, wrap: (packet) => pseudoWire(packet) },
  { name: 'pseudo-wire without control word', linkType: 1, wrap: (packet) => pseudoWire(packet, false) },
  { name: 'gre', linkType: 1, wrap: (packet) => gre(packet) },
  { name: 'gre with all fields', linkType: 1, wrap: (packet) => gre(packet, 0xf000) },
  { name: 'gre ethernet', linkType: 1, wrap: (packet) => gre(ethernet(packet), 0x2000, u16(0x6558)) },
  { name: 'gre mpls', linkType: 1, wrap: (packet) => gre(mplsLabels(packet), 0, u16(0x8847)) },
  { name: 'pptp', linkType: 1, wrap: pptp },
  { name: 'erspan 1', linkType: 1, wrap: (packet) => gre(ethernet(packet), 0, u16(0x88be)) },
  {
    name: 'erspan 2',
    linkType: 1,
    wrap: (packet) => gre(join(Buffer.alloc(8, 16), ethernet(packet)), 0x1000, u16(0x88be)),
  },
  {
    name: 'erspan 3',
    linkType: 1,
    wrap: (packet) =>
      gre(join('2001000000000000 00000001', Buffer.alloc(8), ethernet(packet)), 0x1000, u16(0x22eb)),
  },
  { name: 'ip-in-ip', linkType: 1, wrap: (packet) => overIpv4(packet, 4), version: 4 },
  { name: '6in4', linkType: 1, wrap: (packet) => overIpv4(packet, 41), version: 6 },
  { name: '4in6', linkType: 1, wrap: (packet) => overIpv6(packet, 4), version: 4 },
  { name: '6in6', linkType: 1, wrap: (packet) => overIpv6(packet, 41), version: 6 },
  { name: 'etherip', linkType: 1, wrap: (packet) => overIpv4(join('3000', ethernet(packet)), 97) },
  { name: 'mpls in ip', linkType: 1, wrap: (packet) => overIpv4(mplsLabels(packet), 137) },
  { name: 'mpls in udp', linkType: 1, wrap: (packet) => overUdp(mplsLabels(packet), 6635) },
  {
    name: 'ah',
    linkType: 1,
    wrap: (packet) => overIpv4(join('04040000 00000001 00000002', Buffer.alloc(12), packet), 51),
    version: 4,
  },
  { name: 'vxlan', linkType: 1, wrap: vxlan },
  { name: 'vxlan-gpe', linkType: 1, wrap: vxlanGpe },
  {
    name: 'vxlan-gpe with ethernet',
    linkType: 1,
    wrap: (packet) => overUdp(join('0c00000300002a00', ethernet(packet)), 4790),
  },
  { name: 'nsh in vxlan-gpe', linkType: 1, wrap: nshInVxlanGpe },
  { name: 'geneve', linkType: 1, wrap: geneve },
  { name: 'geneve without ethernet', linkType: 1, wrap: geneveIp },
  { name: 'gtp-u', linkType: 1, wrap: gtpU },
  { name: 'teredo', linkType: 1, wrap: teredo, version: 6 },
  { name: 'l2tp', linkType: 1, wrap: l2tp },
  {
    name: 'vxlan in gre in 6in4',
    linkType: 1,
    wrap: (packet) => overIpv4(ip(vxlan(packet).subarray(14), { ...OUTER_6, protocol: 4 }), 41),
  },
  { name: 'null', linkType: 0, wrap: (packet) => join(Buffer.from([family(packet), 0, 0, 0]), packet) },
  { name: 'loop', linkType: 108, wrap: (packet) => join(Buffer.from([0, 0, 0, family(packet)]), packet) },
  { name: 'raw', linkType: 101, wrap: (packet) => packet },
  { name: 'raw bsd', linkType: 12, wrap: (packet) => packet },
  { name: 'raw openbsd', linkType: 14, wrap: (packet) => packet },
  { name: 'ipv4', linkType: 228, wrap: (packet) => packet, version: 4 },
  { name: 'ipv6', linkType: 229, wrap: (packet) => packet, version: 6 },
  { name: 'ppp', linkType: 9, wrap: (packet) => join('ff03', pppType(packet), packet) },
  { name: 'ppp bare', linkType: 9, wrap: (packet) => join(pppType(packet).subarray(1), packet) },
  { name: 'ppp hdlc', linkType: 50, wrap: (packet) => join('ff03', pppType(packet), packet) },
  { name: 'ppp hdlc cisco', linkType: 50, wrap: (packet) => join('0f00', etherType(packet), packet) },
  { name: 'pppoe alone', linkType: 51, wrap: (packet) => pppoe(packet).subarray(14) },
  { name: 'ppp pppd', linkType: 166, wrap: (packet) => join('0003', pppType(packet), packet) },
  { name: 'ppp with direction', linkType: 204, wrap: (packet) => join('01ff03', pppType(packet), packet) },
  { name: 'cisco hdlc', linkType: 104, wrap: (packet) => join('0f00', etherType(packet), packet) },
  {
    name: 'frame relay',
    linkType: 107,
    wrap: (packet) => join('1841', packet[0]! >> 4 === 6 ? '038e' : '03cc', packet),
  },
  { name: 'frame relay cisco', linkType: 107, wrap: (packet) => join('1841', etherType(packet), packet) },
  { name: 'atm', linkType: 100, wrap: llcSnap },
  { name: 'sun atm', linkType: 123, wrap: (packet) => join('02000020', llcSnap(packet)) },
  {
    name: 'sll',
    linkType: 113,
    wrap: (packet) => join('0000000100060200000000010000', etherType(packet), packet),
  },
  {
    name: 'sll2',
    linkType: 276,
    wrap: (packet) => join(etherType(packet), '0000 00000002 0001 04 06 0200000000010000', packet),
  },
  {
    name: 'pflog',
    linkType: 117,
    wrap: (packet) => join(Buffer.from([61, family(packet)]), Buffer.alloc(62), packet),
  },
  {
    name: 'enc',
    linkType: 109,
    wrap: (packet) => join(Buffer.from([family(packet), 0, 0, 0]), Buffer.alloc(8), packet),
  },
  {
    name: 'nflog',
    linkType: 239,
    wrap: (packet) => {
      const head = Buffer.alloc(4);
      head.writeUInt16LE(packet.length + 4, 0);
      head.writeUInt16LE(9, 2);
      return join('02000028 05000a0000000000', head, packet);
    },
  },
  {
    name: 'ieee 1394',
    linkType: 138,
    wrap: (packet) => join(Buffer.alloc(16, 2), etherType(packet), packet),
  },
  {
    name: 'infiniband',
    linkType: 242,
    wrap: (packet) => join(Buffer.alloc(40), etherType(packet), '0000', packet),
  },
  {
    name: 'token ring',
    linkType: 6,
    wrap: (packet) => join('1040 020000000002 820000000001 0230', llcSnap(packet)),
  },
  { name: 'fddi', linkType: 10, wrap: (packet) => join('50 020000000002 020000000001', llcSnap(packet)) },
  {
    name: 'arcnet',
    linkType: 129,
    wrap: (packet) => join('0102 0000', packet[0]! >> 4 === 6 ? 'c4' : 'd4', '000001', packet),
  },
  { name: 'docsis', linkType: 143, wrap: (packet) => join('010301000000 aabbcc', ethernet(packet)) },
  {
    name: 'ppi',
    linkType: 192,
    wrap: (packet) => join('00001000 01000000 0800040000000000', ethernet(packet)),
  },
  {
    name: 'pktap',
    linkType: 258,
    wrap: (packet) => join('6c000000 01000000 01000000', Buffer.alloc(96), ethernet(packet)),
  },
  {
    name: 'erf',
    linkType: 197,
    wrap: (packet) =>
      join(Buffer.alloc(8), '82 04 0000 0000 0000', Buffer.alloc(8), '0000', ethernet(packet)),
  },
  { name: 'juniper', linkType: 178, wrap: (packet) => join('4d474380 0004 01020304', ethernet(packet)) },
  { name: 'mpacket', linkType: 274, wrap: (packet) => join('55555555555555d5', ethernet(packet)) },
  {
    name: 'brcm tag',
    linkType: 281,
    wrap: (packet) => join(ethernet(packet).subarray(0, 12), '20000001', ethernet(packet).subarray(12)),
  },
  {
    name: 'edsa',
    linkType: 285,
    wrap: (packet) =>
      join(ethernet(packet).subarray(0, 12), 'dada0000c0000001', ethernet(packet).subarray(12)),
  },
  { name: 'wifi', linkType: 105, wrap: (packet) => ieee80211('0801', '', packet) },
  { name: 'wifi qos', linkType: 105, wrap: (packet) => ieee80211('8802', '0000', packet) },
  { name: 'wifi four addresses', linkType: 105, wrap: (packet) => ieee80211('0803', '020000000004', packet) },
  {
    name: 'radiotap',
    linkType: 127,
    wrap: (packet) => join('00000900 02000000 00', ieee80211('0801', '', packet)),
  },
  {
    name: 'radiotap padded',
    linkType: 127,
    wrap: (packet) => join('00001100 03000000 0000000000000000 20', ieee80211('8801', '0000 0000', packet)),
  },
  {
    name: 'prism',
    linkType: 119,
    wrap: (packet) => join('44000000 90000000', Buffer.alloc(136), ieee80211('0801', '', packet)),
  },
  {
    name: 'avs',
    linkType: 163,
    wrap: (packet) => join('80211001 00000040', Buffer.alloc(56), ieee80211('0801', '', packet)),
  },
];

/** Fragments of an IPv4 or IPv6 packet, `size` payload bytes each (a multiple of 8), in order. */
export function fragments(packet: Buffer, size: number, id = 77): Buffer[] {
  const isV6 = packet[0]! >> 4 === 6;
  const headerLength = isV6 ? 40 : 20;
  const payload = packet.subarray(headerLength);
  const out: Buffer[] = [];
  for (let offset = 0; offset < payload.length; offset += size) {
    const more = offset + size < payload.length;
    out.push(fragment(packet, offset, payload.subarray(offset, offset + size), more, id));
  }
  return out;
}

/** One fragment with the addresses and protocol of `packet`. */
export function fragment(packet: Buffer, offset: number, part: Buffer, more: boolean, id = 77): Buffer {
  const out = Buffer.from(packet.subarray(0, packet[0]! >> 4 === 6 ? 40 : 20));
  if (out.length === 20) {
    out.writeUInt16BE(20 + part.length, 2);
    out.writeUInt16BE(id, 4);
    out.writeUInt16BE((offset >> 3) | (more ? 0x2000 : 0), 6);
    return join(out, part);
  }
  const header = Buffer.alloc(8);
  header[0] = out[6]!;
  header.writeUInt16BE(offset | (more ? 1 : 0), 2);
  header.writeUInt32BE(id, 4);
  out[6] = 44;
  out.writeUInt16BE(8 + part.length, 4);
  return join(out, header, part);
}

/** Extension headers of IPv6 between `packet`'s header and its payload: their numbers, 8 bytes each. */
export function extensions(packet: Buffer, numbers: readonly number[]): Buffer {
  const out = Buffer.from(packet.subarray(0, 40));
  const chain = [...numbers, packet[6]!];
  out[6] = chain[0]!;
  out.writeUInt16BE(packet.length - 40 + 8 * numbers.length, 4);
  const headers = numbers.map((_, at) => Buffer.from([chain[at + 1]!, 0, 1, 4, 0, 0, 0, 0]));
  return Buffer.concat([out, ...headers, packet.subarray(40)]);
}
