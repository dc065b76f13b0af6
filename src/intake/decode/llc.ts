import type { Packet } from '../../model/packet.js';
import { etherType } from './ethernet.js';
import { Layer } from './layer.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

/** IEEE 802.2 addresses and control; SNAP as in RFC 1042. */
const LLC = { SNAP: 0xaaaa, IP: 0x0606, OSI: 0xfefe, UNNUMBERED: 0x03, SIZE: 3 } as const;
const SNAP = { OUI: 3, TYPE: 6, SIZE: 8 } as const;
/** Encapsulated Ethernet, the bridge-tunnel of 802.1H, Cisco. */
const OUI = { ETHERNET: 0x000000, BRIDGE_TUNNEL: 0x0000f8, CISCO: 0x00000c, BRIDGED: 0x0080c2 } as const;
/** Network layer protocol ids (ISO/IEC TR 9577). */
const Nlpid = { IPV4: 0xcc, IPV6: 0x8e, SNAP: 0x80, PPP: 0xcf } as const;

export function llc(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at;
  if (walk.end - at < LLC.SIZE) return Outcome.TRUNCATED_LINK;
  const saps = view.getUint16(at);
  if (view.getUint8(at + 2) !== LLC.UNNUMBERED) return Outcome.NOT_IP_LLC;
  walk.at = at + LLC.SIZE;
  if (saps === LLC.IP) return Layer.IPV4;
  if (saps === LLC.OSI) return nlpid(packet, walk);
  if (saps !== LLC.SNAP) return Outcome.NOT_IP_LLC;
  return snap(packet, walk);
}

/** Organisation code and type, at `walk.at`. */
function snap(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at - SNAP.OUI;
  if (walk.end - at < SNAP.SIZE) return Outcome.TRUNCATED_LINK;
  const oui = (view.getUint16(at + SNAP.OUI) << 8) | view.getUint8(at + SNAP.OUI + 2);
  const type = view.getUint16(at + SNAP.TYPE);
  walk.at = at + SNAP.SIZE;
  if (oui === OUI.ETHERNET || oui === OUI.BRIDGE_TUNNEL) {
    return type > 1500 ? etherType(packet, walk, type) : Outcome.NOT_IP_LLC;
  }
  // RFC 2684 §5.2: bridged Ethernet behind two bytes of padding, with or without its checksum.
  if (oui === OUI.BRIDGED && (type === 1 || type === 7)) {
    walk.at += 2;
    return Layer.ETHERNET;
  }
  return oui === OUI.CISCO && type === 0x0800 ? Layer.IPV4 : Outcome.NOT_IP_LLC;
}

/** One byte that names the network layer: behind LLC FE-FE-03, and in frame relay (RFC 2427). */
export function nlpid(packet: Packet, walk: Walk): number {
  if (walk.at >= walk.end) return Outcome.TRUNCATED_LINK;
  const id = packet.view.getUint8(walk.at);
  walk.at += 1;
  if (id === Nlpid.IPV4) return Layer.IPV4;
  if (id === Nlpid.IPV6) return Layer.IPV6;
  if (id === Nlpid.PPP) return Layer.PPP;
  return id === Nlpid.SNAP ? snap(packet, walk) : Outcome.NOT_IP_LLC;
}
