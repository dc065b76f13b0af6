import type { Packet } from '../../model/packet.js';
import { Layer } from './layer.js';
import { MAX_TAGS } from './limits.js';
import { Outcome } from './outcome.js';
import { Note } from './tally.js';
import type { Walk } from './walk.js';

/** IEEE 802.3 §3.2. */
const ETHERNET = { ETHER_TYPE: 12, SIZE: 14 } as const;
/** Values up to here are the length of an 802.3 frame, with LLC behind it. */
const MAX_8023_LENGTH = 1500;

/** IANA ieee-802-numbers, and what vendors use beside them. */
const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  RARP: 0x8035,
  TRANSPARENT_BRIDGING: 0x6558,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  MPLS: 0x8847,
  MPLS_MULTICAST: 0x8848,
  PPPOE_SESSION: 0x8864,
  SERVICE_VLAN: 0x88a8,
  MACSEC: 0x88e5,
  /** 802.1ah: a customer's Ethernet frame behind a 4-byte service tag. */
  BACKBONE_SERVICE: 0x88e7,
  CISCO_META: 0x8909,
  VN_TAG: 0x8926,
  E_TAG: 0x893f,
  OLD_QINQ: 0x9100,
  OLD_QINQ_2: 0x9200,
  OLD_QINQ_3: 0x9300,
} as const;

export function ethernet(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < ETHERNET.SIZE) return Outcome.TRUNCATED_LINK;
  const type = packet.view.getUint16(at + ETHERNET.ETHER_TYPE);
  walk.at = at + ETHERNET.SIZE;
  if (type === EtherType.IPV4) return Layer.IPV4;
  if (type === EtherType.IPV6) return Layer.IPV6;
  return etherType(packet, walk, type);
}

/** What an EtherType leads to, past VLAN and other tags; `walk.at` is behind the type field. */
export function etherType(packet: Packet, walk: Walk, firstType: number): number {
  let type = firstType;
  for (let tags = 0; tags <= MAX_TAGS; tags++) {
    if (type === EtherType.IPV4) return Layer.IPV4;
    if (type === EtherType.IPV6) return Layer.IPV6;
    const size = tagSize(type);
    if (size === 0) return type <= MAX_8023_LENGTH ? length8023(walk, type) : payloadOf(walk, type);
    if (walk.end - walk.at < size) return Outcome.TRUNCATED_LINK;
    walk.at += size;
    type = packet.view.getUint16(walk.at - 2);
  }
  return Outcome.MALFORMED_LINK;
}

/** Bytes of a tag behind its type field, the next type included; 0 where the type is no tag. */
function tagSize(type: number): number {
  switch (type) {
    case EtherType.VLAN:
    case EtherType.SERVICE_VLAN:
    case EtherType.OLD_QINQ:
    case EtherType.OLD_QINQ_2:
    case EtherType.OLD_QINQ_3:
      return 4;
    case EtherType.VN_TAG:
      return 6;
    case EtherType.E_TAG:
    case EtherType.CISCO_META:
      return 8;
    default:
      return 0;
  }
}

/** 802.3: the type field is a length, and what follows it is padding. */
function length8023(walk: Walk, length: number): number {
  if (walk.at + length < walk.wireEnd) walk.wireEnd = walk.at + length;
  if (walk.wireEnd < walk.end) walk.end = walk.wireEnd;
  return Layer.LLC;
}

function payloadOf(walk: Walk, type: number): number {
  switch (type) {
    case EtherType.ARP:
    case EtherType.RARP:
      return Outcome.NOT_IP_ARP;
    case EtherType.MPLS:
    case EtherType.MPLS_MULTICAST:
      walk.tally.note(Note.TUNNEL_MPLS);
      return Layer.MPLS;
    case EtherType.PPPOE_SESSION:
      walk.tally.note(Note.TUNNEL_PPPOE);
      return Layer.PPPOE;
    case EtherType.TRANSPARENT_BRIDGING:
      return Layer.ETHERNET;
    case EtherType.BACKBONE_SERVICE:
      return skip(walk, 4, Layer.ETHERNET);
    case EtherType.MACSEC:
      return Outcome.NOT_IP_MACSEC;
    default:
      return Outcome.NOT_IP_ETHER_TYPE;
  }
}

/** Past a header of fixed size, of which nothing is wanted. */
export function skip(walk: Walk, size: number, layer: Layer): number {
  if (walk.end - walk.at < size) return Outcome.TRUNCATED_LINK;
  walk.at += size;
  return layer;
}

/** A switch tag of `size` bytes between the MAC addresses and the EtherType (Broadcom, Marvell DSA). */
export function taggedEthernet(packet: Packet, walk: Walk, size: number): number {
  const at = walk.at + size;
  if (walk.end - at < ETHERNET.SIZE) return Outcome.TRUNCATED_LINK;
  walk.at = at + ETHERNET.SIZE;
  return etherType(packet, walk, packet.view.getUint16(at + ETHERNET.ETHER_TYPE));
}
