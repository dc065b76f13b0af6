import type { Packet } from '../../model/packet.js';
import { EtherType, UDP } from './headers.js';
import { Layer } from './layer.js';
import { NextProtocol } from './nsh.js';
import { Outcome } from './outcome.js';
import { looksLikeEthernet, looksLikeIp } from './plausible.js';
import { Note } from './tally.js';
import type { Walk } from './walk.js';

/** IANA, and 8472 of Linux before VXLAN had a number. */
const Port = {
  L2TP: 1701,
  GTP_U: 2152,
  TEREDO: 3544,
  VXLAN: 4789,
  VXLAN_GPE: 4790,
  GENEVE: 6081,
  MPLS: 6635,
  VXLAN_LINUX: 8472,
} as const;
const IS_TUNNEL_PORT = new Uint8Array(0x10000);
for (const port of Object.values(Port)) IS_TUNNEL_PORT[port] = 1;

/** RFC 7348 §5; the extension for other protocols than Ethernet is draft-ietf-nvo3-vxlan-gpe §3. */
const VXLAN = { FLAGS: 0, NEXT: 3, SIZE: 8, HAS_NETWORK: 0x08 } as const;
/** RFC 8926 §3.4. */
const GENEVE = { VERSION_OPTIONS: 0, TYPE: 2, SIZE: 8 } as const;
/** RFC 4380 §5.1.1. */
const TEREDO = { AUTHENTICATION: 1, AUTHENTICATION_SIZE: 13, ORIGIN: 0, ORIGIN_SIZE: 8 } as const;
/** 3GPP TS 29.281 §5.1. */
const GTP = { FLAGS: 0, TYPE: 1, LENGTH: 2, SIZE: 8, OPTIONAL_SIZE: 4, G_PDU: 255 } as const;
/** RFC 2661 §3.1. */
const L2TP = { CONTROL: 0x8000, LENGTH: 0x4000, SEQUENCE: 0x0800, OFFSET: 0x0200 } as const;
const MAX_GTP_EXTENSIONS = 8;

/** Whether udpTunnel() has a look at datagrams between these ports. */
export function isTunnelPort(srcPort: number, dstPort: number): boolean {
  return (IS_TUNNEL_PORT[srcPort]! | IS_TUNNEL_PORT[dstPort]!) !== 0;
}

/**
 * After readUdp(): UDP where this is plain UDP, else the layer inside, with `walk` moved and the way back kept.
 * The ports are no proof, as any program may use them: something plausible must lie inside.
 */
export function udpTunnel(packet: Packet, walk: Walk): number {
  const { srcPort, dstPort } = packet;
  if (!isTunnelPort(srcPort, dstPort)) return Outcome.UDP;
  switch (IS_TUNNEL_PORT[dstPort] === 1 ? dstPort : srcPort) {
    case Port.VXLAN:
    case Port.VXLAN_LINUX:
      return enter(packet, walk, vxlanInner(packet, walk), Layer.ETHERNET, Note.TUNNEL_VXLAN);
    case Port.VXLAN_GPE:
      return vxlanGpe(packet, walk);
    case Port.GENEVE:
      return geneve(packet, walk);
    case Port.GTP_U:
      return enter(packet, walk, gtpInner(packet, walk), Layer.RAW_IP, Note.TUNNEL_GTP_U);
    case Port.MPLS:
      return enter(packet, walk, mplsInner(packet, walk), Layer.MPLS, Note.TUNNEL_MPLS);
    case Port.TEREDO:
      return enter(packet, walk, teredoInner(packet, walk), Layer.IPV6, Note.TUNNEL_TEREDO);
    default:
      return enter(packet, walk, l2tpInner(packet, walk), Layer.PPP, Note.TUNNEL_L2TP);
  }
}

/** Goes on at `inner`, unless that is -1. */
function enter(packet: Packet, walk: Walk, inner: number, layer: Layer, note: Note): number {
  if (inner < 0) return Outcome.UDP;
  const outer = walk.outer;
  outer.at = walk.at;
  outer.end = walk.end;
  outer.wireEnd = walk.wireEnd;
  outer.ipVersion = packet.ipVersion;
  outer.srcOffset = packet.srcOffset;
  outer.dstOffset = packet.dstOffset;
  outer.ttl = packet.ttl;
  walk.tally.note(note);
  walk.at = inner;
  walk.end = packet.payloadOffset + packet.payloadLength;
  walk.wireEnd = packet.payloadOffset + packet.payloadWireLength;
  return layer;
}

/** What was taken for a tunnel was none: back to the UDP header, which readUdp() then reads again. */
export function leaveTunnel(packet: Packet, walk: Walk): void {
  const outer = walk.outer;
  walk.at = outer.at;
  walk.end = outer.end;
  walk.wireEnd = outer.wireEnd;
  packet.ipVersion = outer.ipVersion;
  packet.srcOffset = outer.srcOffset;
  packet.dstOffset = outer.dstOffset;
  packet.ttl = outer.ttl;
  packet.protocol = 17;
  outer.at = -1;
  walk.tally.note(Note.TUNNEL_REJECTED);
}

/** The functions below say where the inner header begins, or -1 where the payload is not of that tunnel. */

function vxlanInner(packet: Packet, walk: Walk): number {
  const at = walk.at + UDP.SIZE;
  const end = at + packet.payloadLength;
  if (end - at < VXLAN.SIZE || (packet.view.getUint8(at + VXLAN.FLAGS) & VXLAN.HAS_NETWORK) === 0) return -1;
  return looksLikeEthernet(packet, at + VXLAN.SIZE, end, at + packet.payloadWireLength)
    ? at + VXLAN.SIZE
    : -1;
}

function vxlanGpe(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at + UDP.SIZE;
  const end = at + packet.payloadLength;
  if (end - at < VXLAN.SIZE) return Outcome.UDP;
  // Some writers leave the flag away that says that this field counts; zero is VXLAN as ever.
  const next = view.getUint8(at + VXLAN.NEXT);
  if (next === 0 || next === NextProtocol.ETHERNET) {
    return enter(packet, walk, vxlanInner(packet, walk), Layer.ETHERNET, Note.TUNNEL_VXLAN);
  }
  const inner = at + VXLAN.SIZE;
  if (next === NextProtocol.NSH) return enter(packet, walk, inner, Layer.NSH, Note.TUNNEL_VXLAN);
  if (!looksLikeIp(packet, inner, end, at + packet.payloadWireLength)) return Outcome.UDP;
  return enter(packet, walk, inner, Layer.RAW_IP, Note.TUNNEL_VXLAN);
}

function geneve(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at + UDP.SIZE;
  const end = at + packet.payloadLength;
  if (end - at < GENEVE.SIZE) return Outcome.UDP;
  const first = view.getUint8(at + GENEVE.VERSION_OPTIONS);
  if (first >> 6 !== 0) return Outcome.UDP;
  const inner = at + GENEVE.SIZE + ((first & 0x3f) << 2);
  const wireEnd = at + packet.payloadWireLength;
  const type = view.getUint16(at + GENEVE.TYPE);
  if (type === EtherType.TRANSPARENT_BRIDGING && looksLikeEthernet(packet, inner, end, wireEnd)) {
    return enter(packet, walk, inner, Layer.ETHERNET, Note.TUNNEL_GENEVE);
  }
  if ((type === EtherType.IPV4 || type === EtherType.IPV6) && looksLikeIp(packet, inner, end, wireEnd)) {
    return enter(packet, walk, inner, Layer.RAW_IP, Note.TUNNEL_GENEVE);
  }
  return Outcome.UDP;
}

function gtpInner(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const start = walk.at + UDP.SIZE;
  const end = start + packet.payloadLength;
  if (end - start < GTP.SIZE) return -1;
  const flags = view.getUint8(start + GTP.FLAGS);
  // Version 1, protocol type GTP; anything but user data (echo, error indication) stays UDP.
  if (flags >> 4 !== 3 || view.getUint8(start + GTP.TYPE) !== GTP.G_PDU) return -1;
  const wireEnd = start + packet.payloadWireLength;
  if (view.getUint16(start + GTP.LENGTH) > wireEnd - start - GTP.SIZE) return -1;
  let at = start + GTP.SIZE;
  if ((flags & 7) !== 0) {
    at += GTP.OPTIONAL_SIZE;
    if (at > end) return -1;
    // Only the E flag makes the next-type byte count; extensions are chained, in units of 4 bytes.
    let next = (flags & 4) !== 0 ? view.getUint8(at - 1) : 0;
    for (let count = 0; next !== 0; count++) {
      if (count === MAX_GTP_EXTENSIONS || at >= end) return -1;
      const length = view.getUint8(at) << 2;
      at += length;
      if (length === 0 || at > end) return -1;
      next = view.getUint8(at - 1);
    }
  }
  return looksLikeIp(packet, at, end, wireEnd) ? at : -1;
}

function teredoInner(packet: Packet, walk: Walk): number {
  const { view } = packet;
  let at = walk.at + UDP.SIZE;
  const end = at + packet.payloadLength;
  const wireEnd = at + packet.payloadWireLength;
  if (end - at >= TEREDO.AUTHENTICATION_SIZE && view.getUint16(at) === TEREDO.AUTHENTICATION) {
    at += TEREDO.AUTHENTICATION_SIZE + view.getUint8(at + 2) + view.getUint8(at + 3);
  }
  if (end - at >= TEREDO.ORIGIN_SIZE && view.getUint16(at) === TEREDO.ORIGIN) at += TEREDO.ORIGIN_SIZE;
  return end - at >= 40 && view.getUint8(at) >> 4 === 6 && looksLikeIp(packet, at, end, wireEnd) ? at : -1;
}

function l2tpInner(packet: Packet, walk: Walk): number {
  const { view } = packet;
  let at = walk.at + UDP.SIZE;
  const end = at + packet.payloadLength;
  if (end - at < 6) return -1;
  const flags = view.getUint16(at);
  if ((flags & L2TP.CONTROL) !== 0 || (flags & 15) !== 2) return -1;
  at += 6 + ((flags & L2TP.LENGTH) !== 0 ? 2 : 0) + ((flags & L2TP.SEQUENCE) !== 0 ? 4 : 0);
  if ((flags & L2TP.OFFSET) !== 0) {
    if (end - at < 2) return -1;
    at += 2 + view.getUint16(at);
  }
  // Only PPP with IP inside is worth leaving the UDP datagram for.
  let ip = at;
  if (end - ip >= 2 && view.getUint16(ip) === 0xff03) ip += 2;
  if (end - ip < 2) return -1;
  const type = view.getUint16(ip);
  if (type === 0x0021 || type === 0x0057) ip += 2;
  else if (type >> 8 === 0x21 || type >> 8 === 0x57) ip += 1;
  else return -1;
  return looksLikeIp(packet, ip, end, walk.wireEnd) ? at : -1;
}

/** MPLS in UDP (RFC 7510): a label stack that ends, with IP after it. */
function mplsInner(packet: Packet, walk: Walk): number {
  const start = walk.at + UDP.SIZE;
  const end = start + packet.payloadLength;
  for (let at = start; end - at >= 4 && at - start < 16; at += 4) {
    if ((packet.view.getUint8(at + 2) & 1) === 0) continue;
    return looksLikeIp(packet, at + 4, end, walk.wireEnd) ? start : -1;
  }
  return -1;
}
