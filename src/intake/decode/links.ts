import type { Packet } from '../../model/packet.js';
import { etherType, skip, taggedEthernet } from './ethernet.js';
import { Layer } from './layer.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

/** Link layers that are a short header with a protocol number in it. Sizes and places: tcpdump.org/linktypes.html. */

const NULL_SIZE = 4;
const SLL = { HARDWARE: 2, PROTOCOL: 14, SIZE: 16 } as const;
const SLL2 = { PROTOCOL: 0, HARDWARE: 8, SIZE: 20 } as const;
/** Linux ARPHRD_ numbers of interfaces whose cooked frames are something else than IP with a type. */
const Hardware = { NETLINK: 824, RADIOTAP: 803 } as const;
const PFLOG = { LENGTH: 0, FAMILY: 1, SMALLEST: 4 } as const;
const ENC_SIZE = 12;
const IPNET = { FAMILY: 1, SIZE: 24, SOLARIS_INET6: 26 } as const;
const SLIP_SIZE = 16;
const TOKEN_RING = { SOURCE: 8, SIZE: 14, ROUTED: 0x80 } as const;
const FDDI = { SIZE: 13, LLC_MASK: 0x70, LLC: 0x50 } as const;
const ARCNET = { TYPE: 4, SPLIT: 5, SIZE: 8, EXCEPTION_SIZE: 12, EXCEPTION: 0xff } as const;
const ArcnetType = { IPV4: 0xd4, ARP: 0xd5, IPV6: 0xc4 } as const;
const IEEE1394 = { TYPE: 16, SIZE: 18 } as const;
const INFINIBAND = { TYPE: 40, SIZE: 44 } as const;
const FIBRE_CHANNEL_SIZE = 16;
const SUN_ATM = { TYPE: 0, SIZE: 4, LANE: 1, LLC: 2, LANE_HEADER: 2 } as const;
const DOCSIS = { CONTROL: 0, PARAMETER: 1, SIZE: 6 } as const;
const MPACKET_PREAMBLE = 8;
const NET_ANALYZER_SIZE = 4;

/** Address families of the systems that write them: 2 is IPv4 everywhere, IPv6 has as many numbers as BSDs. */
function familyLayer(family: number): number {
  switch (family) {
    case 2:
      return Layer.IPV4;
    case 10:
    case 24:
    case 28:
    case 30:
      return Layer.IPV6;
    default:
      return Outcome.NOT_IP_LINK;
  }
}

/** The family in the writer's byte order, which may not be the file's: small numbers read well one way only. */
export function nullLoop(packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < NULL_SIZE) return Outcome.TRUNCATED_LINK;
  const big = packet.view.getUint32(walk.at);
  const family = big > 0xffff ? packet.view.getUint32(walk.at, true) : big;
  walk.at += NULL_SIZE;
  return family > 1500 && family <= 0xffff ? etherType(packet, walk, family) : familyLayer(family);
}

export function sll(packet: Packet, walk: Walk): number {
  return cooked(packet, walk, SLL.SIZE, SLL.PROTOCOL, SLL.HARDWARE);
}

export function sll2(packet: Packet, walk: Walk): number {
  return cooked(packet, walk, SLL2.SIZE, SLL2.PROTOCOL, SLL2.HARDWARE);
}

function cooked(packet: Packet, walk: Walk, size: number, protocolAt: number, hardwareAt: number): number {
  const { view } = packet;
  const at = walk.at;
  if (walk.end - at < size) return Outcome.TRUNCATED_LINK;
  const hardware = view.getUint16(at + hardwareAt);
  const protocol = view.getUint16(at + protocolAt);
  walk.at = at + size;
  if (hardware === Hardware.NETLINK) return Outcome.NOT_IP_LINK;
  if (hardware === Hardware.RADIOTAP) return Layer.RADIOTAP;
  // Below 0x600 Linux has its own numbers: 4 is LLC, the rest (raw 802.3, CAN …) carries no IP.
  if (protocol === 4) return Layer.LLC;
  return protocol > 1500 ? etherType(packet, walk, protocol) : Outcome.NOT_IP_LINK;
}

export function pflog(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < PFLOG.SMALLEST) return Outcome.TRUNCATED_LINK;
  const length = (packet.view.getUint8(at + PFLOG.LENGTH) + 3) & ~3;
  if (length < PFLOG.SMALLEST) return Outcome.MALFORMED_LINK;
  walk.at = at + length;
  return familyLayer(packet.view.getUint8(at + PFLOG.FAMILY));
}

export function enc(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < ENC_SIZE) return Outcome.TRUNCATED_LINK;
  const little = packet.view.getUint32(at, true);
  walk.at = at + ENC_SIZE;
  return familyLayer(little > 0xffff ? packet.view.getUint32(at) : little);
}

export function ipnet(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < IPNET.SIZE) return Outcome.TRUNCATED_LINK;
  const family = packet.view.getUint8(at + IPNET.FAMILY);
  walk.at = at + IPNET.SIZE;
  return family === IPNET.SOLARIS_INET6 ? Layer.IPV6 : familyLayer(family);
}

/** Direction and the compressed header in front, as libpcap writes it; compressed packets are not followed. */
export function slip(_packet: Packet, walk: Walk): number {
  return skip(walk, SLIP_SIZE, Layer.RAW_IP);
}

export function tokenRing(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < TOKEN_RING.SIZE) return Outcome.TRUNCATED_LINK;
  walk.at = at + TOKEN_RING.SIZE;
  if ((packet.view.getUint8(at + TOKEN_RING.SOURCE) & TOKEN_RING.ROUTED) !== 0) {
    if (walk.at >= walk.end) return Outcome.TRUNCATED_LINK;
    walk.at += packet.view.getUint8(walk.at) & 31;
  }
  return Layer.LLC;
}

export function fddi(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < FDDI.SIZE) return Outcome.TRUNCATED_LINK;
  walk.at = at + FDDI.SIZE;
  return (packet.view.getUint8(at) & FDDI.LLC_MASK) === FDDI.LLC ? Layer.LLC : Outcome.NOT_IP_LINK;
}

/** Linux ARCNET with RFC 1201 framing; frames that were split in parts are not put together. */
export function arcnet(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at;
  if (walk.end - at < ARCNET.SIZE) return Outcome.TRUNCATED_LINK;
  const type = view.getUint8(at + ARCNET.TYPE);
  const split = view.getUint8(at + ARCNET.SPLIT);
  walk.at = at + (split === ARCNET.EXCEPTION ? ARCNET.EXCEPTION_SIZE : ARCNET.SIZE);
  if (split !== 0 && split !== ARCNET.EXCEPTION) return Outcome.NOT_IP_LINK;
  if (type === ArcnetType.IPV4) return Layer.IPV4;
  if (type === ArcnetType.IPV6) return Layer.IPV6;
  return type === ArcnetType.ARP ? Outcome.NOT_IP_ARP : Outcome.NOT_IP_LINK;
}

export function ieee1394(packet: Packet, walk: Walk): number {
  return typed(packet, walk, IEEE1394.TYPE, IEEE1394.SIZE);
}

export function infiniband(packet: Packet, walk: Walk): number {
  return typed(packet, walk, INFINIBAND.TYPE, INFINIBAND.SIZE);
}

function typed(packet: Packet, walk: Walk, typeAt: number, size: number): number {
  const at = walk.at;
  if (walk.end - at < size) return Outcome.TRUNCATED_LINK;
  walk.at = at + size;
  const type = packet.view.getUint16(at + typeAt);
  return type > 1500 ? etherType(packet, walk, type) : Outcome.NOT_IP_LINK;
}

export function fibreChannel(_packet: Packet, walk: Walk): number {
  return skip(walk, FIBRE_CHANNEL_SIZE, Layer.LLC);
}

export function sunAtm(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < SUN_ATM.SIZE) return Outcome.TRUNCATED_LINK;
  const type = packet.view.getUint8(at + SUN_ATM.TYPE) & 15;
  walk.at = at + SUN_ATM.SIZE;
  if (type === SUN_ATM.LLC) return Layer.LLC;
  if (type !== SUN_ATM.LANE) return Outcome.NOT_IP_LINK;
  walk.at += SUN_ATM.LANE_HEADER;
  return Layer.ETHERNET;
}

/** A packet of the cable network: header, its extension where the lowest control bit is set, Ethernet. */
export function docsis(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < DOCSIS.SIZE) return Outcome.TRUNCATED_LINK;
  const control = packet.view.getUint8(at + DOCSIS.CONTROL);
  if (control >> 6 !== 0) return Outcome.NOT_IP_LINK;
  walk.at = at + DOCSIS.SIZE + ((control & 1) !== 0 ? packet.view.getUint8(at + DOCSIS.PARAMETER) : 0);
  return Layer.ETHERNET;
}

export function mpacket(_packet: Packet, walk: Walk): number {
  return skip(walk, MPACKET_PREAMBLE, Layer.ETHERNET);
}

export function netAnalyzer(_packet: Packet, walk: Walk): number {
  return skip(walk, NET_ANALYZER_SIZE, Layer.ETHERNET);
}

export function broadcomTag(packet: Packet, walk: Walk): number {
  return taggedEthernet(packet, walk, 4);
}

export function broadcomTagFirst(_packet: Packet, walk: Walk): number {
  return skip(walk, 4, Layer.ETHERNET);
}

export function marvellTag(packet: Packet, walk: Walk): number {
  return taggedEthernet(packet, walk, 4);
}

export function marvellTagLong(packet: Packet, walk: Walk): number {
  return taggedEthernet(packet, walk, 8);
}
