import type { Packet } from '../../model/packet.js';
import { Layer } from './layer.js';
import { MAX_OPTION_BLOCKS } from './limits.js';
import { linkLayer } from './link-types.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

/** Headers that the capturing system puts before the frame, and that name the link layer behind them. */

/** Per-Packet Information 1.0.7; little-endian. */
const PPI = { LENGTH: 2, LINK_TYPE: 4, SIZE: 8 } as const;
/** XNU bsd/net/pktap.h; little-endian. */
const PKTAP = { LENGTH: 0, RECORD_TYPE: 4, LINK_TYPE: 8, SIZE: 12, RECORD_PACKET: 1 } as const;
/** Endace ERF types: the low 7 bits; the highest bit says that extension headers of 8 bytes follow. */
const ERF = { TYPE: 8, SIZE: 16, EXTENSION: 8, HAS_EXTENSION: 0x80 } as const;
/** Linux nfnetlink_log: lengths and types in the writer's byte order, which is little-endian nearly always. */
const NFLOG = { FAMILY: 0, SIZE: 4, FIELD_HEADER: 4, PAYLOAD: 9 } as const;
/** Junos: "MGC", flags, then extensions with a length of their own. */
const JUNIPER = { MAGIC: 0x4d4743, FLAGS: 3, SIZE: 4, HAS_EXTENSION: 0x80, NO_LINK_LAYER: 0x02 } as const;

export function ppi(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < PPI.SIZE) return Outcome.TRUNCATED_LINK;
  const length = packet.view.getUint16(at + PPI.LENGTH, true);
  if (length < PPI.SIZE) return Outcome.MALFORMED_LINK;
  walk.at = at + length;
  return linkLayer(walk, packet.view.getUint32(at + PPI.LINK_TYPE, true));
}

export function pktap(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < PKTAP.SIZE) return Outcome.TRUNCATED_LINK;
  const length = packet.view.getUint32(at + PKTAP.LENGTH, true);
  if (length < PKTAP.SIZE) return Outcome.MALFORMED_LINK;
  if (length > walk.end - at) return Outcome.TRUNCATED_LINK;
  if (packet.view.getUint32(at + PKTAP.RECORD_TYPE, true) !== PKTAP.RECORD_PACKET) return Outcome.NOT_IP_LINK;
  walk.at = at + length;
  return linkLayer(walk, packet.view.getUint32(at + PKTAP.LINK_TYPE, true));
}

export function erf(packet: Packet, walk: Walk): number {
  const { view } = packet;
  let at = walk.at;
  if (walk.end - at < ERF.SIZE) return Outcome.TRUNCATED_LINK;
  let type = view.getUint8(at + ERF.TYPE);
  const kind = type & 0x7f;
  at += ERF.SIZE;
  for (let count = 0; (type & ERF.HAS_EXTENSION) !== 0; count++) {
    if (count === MAX_OPTION_BLOCKS) return Outcome.MALFORMED_LINK;
    if (walk.end - at < ERF.EXTENSION) return Outcome.TRUNCATED_LINK;
    type = view.getUint8(at);
    at += ERF.EXTENSION;
  }
  walk.at = at;
  switch (kind) {
    case 1: // HDLC_POS, plain and with colour or hash
    case 10:
    case 15:
    case 19:
      return Layer.PPP_HDLC;
    case 2: // ETH, the same; two bytes of offset and padding come first
    case 11:
    case 16:
    case 20:
      walk.at += 2;
      return Layer.ETHERNET;
    case 22:
      return Layer.IPV4;
    case 23:
      return Layer.IPV6;
    default:
      return Outcome.NOT_IP_LINK;
  }
}

/** The packet is one of the fields of a netlink message. */
export function nflog(packet: Packet, walk: Walk): number {
  const { view } = packet;
  let at = walk.at;
  if (walk.end - at < NFLOG.SIZE) return Outcome.TRUNCATED_LINK;
  at += NFLOG.SIZE;
  for (let fields = 0; fields < MAX_OPTION_BLOCKS; fields++) {
    if (walk.end - at < NFLOG.FIELD_HEADER) return Outcome.TRUNCATED_LINK;
    const isLittle = view.getUint16(at + 2, true) < 256;
    const length = view.getUint16(at, isLittle);
    if (length < NFLOG.FIELD_HEADER) return Outcome.MALFORMED_LINK;
    if ((view.getUint16(at + 2, isLittle) & 0x7fff) === NFLOG.PAYLOAD) {
      walk.wireEnd = Math.min(walk.wireEnd, at + length);
      walk.end = Math.min(walk.end, walk.wireEnd);
      walk.at = at + NFLOG.FIELD_HEADER;
      return Layer.RAW_IP;
    }
    at += (length + 3) & ~3;
  }
  return Outcome.MALFORMED_LINK;
}

export function juniperEthernet(packet: Packet, walk: Walk): number {
  return juniper(packet, walk, Layer.ETHERNET);
}

export function juniperPpp(packet: Packet, walk: Walk): number {
  return juniper(packet, walk, Layer.PPP);
}

export function juniperHdlc(packet: Packet, walk: Walk): number {
  return juniper(packet, walk, Layer.CISCO_HDLC);
}

function juniper(packet: Packet, walk: Walk, layer: Layer): number {
  const { view } = packet;
  const at = walk.at;
  if (walk.end - at < JUNIPER.SIZE + 2) return Outcome.TRUNCATED_LINK;
  const flagsWord = view.getUint32(at);
  if (flagsWord >>> 8 !== JUNIPER.MAGIC) return Outcome.MALFORMED_LINK;
  walk.at = at + JUNIPER.SIZE;
  if ((flagsWord & JUNIPER.HAS_EXTENSION) !== 0) walk.at += 2 + view.getUint16(walk.at);
  if ((flagsWord & JUNIPER.NO_LINK_LAYER) === 0) return layer;
  // Four bytes of Junos' own, then the network packet.
  walk.at += 4;
  return Layer.RAW_IP;
}
