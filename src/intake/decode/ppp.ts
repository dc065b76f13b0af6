import type { Packet } from '../../model/packet.js';
import { etherType } from './ethernet.js';
import { Layer } from './layer.js';
import { nlpid } from './llc.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

/** RFC 1662 §3.1: address FF, control 03; may be left out. */
const ADDRESS_CONTROL = 0xff03;
/** IANA ppp-numbers. */
const PppProtocol = { IPV4: 0x0021, IPV6: 0x0057, MPLS: 0x0281, MPLS_MULTICAST: 0x0283 } as const;
/** RFC 2516 §4. */
const PPPOE = { VERSION_TYPE: 0, CODE: 1, LENGTH: 4, SIZE: 6 } as const;
const CISCO_HDLC = { UNICAST: 0x0f, MULTICAST: 0x8f, SIZE: 4 } as const;
/** Frame relay addresses are 2 to 4 bytes (Q.922 §3.3); the last has its lowest bit set. */
const MAX_FRAME_RELAY_ADDRESS = 4;

export function ppp(packet: Packet, walk: Walk): number {
  const { view } = packet;
  let at = walk.at;
  if (walk.end - at >= 2 && view.getUint16(at) === ADDRESS_CONTROL) at += 2;
  if (at >= walk.end) return Outcome.TRUNCATED_LINK;
  // An odd first byte is a compressed protocol field (RFC 1661 §6.5).
  let protocol = view.getUint8(at);
  if ((protocol & 1) !== 0) at += 1;
  else {
    if (walk.end - at < 2) return Outcome.TRUNCATED_LINK;
    protocol = view.getUint16(at);
    at += 2;
  }
  walk.at = at;
  if (protocol === PppProtocol.IPV4) return Layer.IPV4;
  if (protocol === PppProtocol.IPV6) return Layer.IPV6;
  if (protocol === PppProtocol.MPLS || protocol === PppProtocol.MPLS_MULTICAST) return Layer.MPLS;
  return Outcome.NOT_IP_PPP;
}

export function pppoe(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at;
  if (walk.end - at < PPPOE.SIZE) return Outcome.TRUNCATED_LINK;
  if (view.getUint8(at + PPPOE.VERSION_TYPE) !== 0x11) return Outcome.MALFORMED_LINK;
  if (view.getUint8(at + PPPOE.CODE) !== 0) return Outcome.NOT_IP_PPP;
  walk.at = at + PPPOE.SIZE;
  const wireEnd = walk.at + view.getUint16(at + PPPOE.LENGTH);
  if (wireEnd < walk.wireEnd) walk.wireEnd = wireEnd;
  if (walk.wireEnd < walk.end) walk.end = walk.wireEnd;
  return Layer.PPP;
}

export function ciscoHdlc(packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < CISCO_HDLC.SIZE) return Outcome.TRUNCATED_LINK;
  walk.at += CISCO_HDLC.SIZE;
  const type = packet.view.getUint16(walk.at - 2);
  if (type === 0xfefe) return Outcome.NOT_IP_LLC;
  return type > 1500 ? etherType(packet, walk, type) : Outcome.NOT_IP_LINK;
}

/** LINKTYPE_PPP_HDLC holds PPP in HDLC framing (RFC 1662) or Cisco HDLC; the address byte tells. */
export function pppHdlc(packet: Packet, walk: Walk): number {
  if (walk.at >= walk.end) return Outcome.TRUNCATED_LINK;
  const address = packet.view.getUint8(walk.at);
  return address === CISCO_HDLC.UNICAST || address === CISCO_HDLC.MULTICAST ? Layer.CISCO_HDLC : Layer.PPP;
}

/** LINKTYPE_PPP_PPPD, LINKTYPE_PPP_WITH_DIR: the direction in front of PPP, or in place of its address FF. */
export function pppDirection(packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < 2) return Outcome.TRUNCATED_LINK;
  walk.at += packet.view.getUint8(walk.at + 1) === 0x03 ? 2 : 1;
  return Layer.PPP;
}

/** Frame relay, IETF (RFC 2427) or Cisco encapsulation. */
export function frameRelay(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const start = walk.at;
  let at = start;
  do {
    if (at >= walk.end) return Outcome.TRUNCATED_LINK;
    if (at - start === MAX_FRAME_RELAY_ADDRESS) return Outcome.MALFORMED_LINK;
    at += 1;
  } while ((view.getUint8(at - 1) & 1) === 0);
  if (walk.end - at < 2) return Outcome.TRUNCATED_LINK;
  const type = view.getUint16(at);
  if (type >> 8 !== 0x03) {
    walk.at = at + 2;
    return type > 1500 ? etherType(packet, walk, type) : Outcome.NOT_IP_LINK;
  }
  walk.at = (type & 255) === 0 ? at + 2 : at + 1;
  return nlpid(packet, walk);
}
