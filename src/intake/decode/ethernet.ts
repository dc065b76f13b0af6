import type { Packet } from '../../model/packet.js';
import { ETHERNET, EtherType } from './headers.js';
import { Layer } from './layer.js';
import { MAX_TAGS } from './limits.js';
import { Outcome } from './outcome.js';
import { Note } from './tally.js';
import type { Walk } from './walk.js';

/** Values up to here are the length of an 802.3 frame, with LLC behind it. */
const MAX_8023_LENGTH = 1500;

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
    case EtherType.NSH:
      return Layer.NSH;
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
