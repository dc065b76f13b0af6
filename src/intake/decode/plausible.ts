import type { Packet } from '../../model/packet.js';

/** Guesses: does a header really begin here? Used where only a port or a nibble says what follows. */

/** An IPv4 or IPv6 header whose lengths fit into what was on the wire. */
export function looksLikeIp(packet: Packet, at: number, end: number, wireEnd: number): boolean {
  if (at >= end) return false;
  const { view } = packet;
  const first = view.getUint8(at);
  if (first >> 4 === 4) {
    if (end - at < 20 || (first & 15) < 5) return false;
    const total = view.getUint16(at + 2);
    return total === 0 || (total >= (first & 15) << 2 && total <= wireEnd - at);
  }
  return first >> 4 === 6 && end - at >= 40 && view.getUint16(at + 4) <= wireEnd - at - 40;
}

/** Ethernet that carries IP, directly or behind VLAN tags, MPLS or PPPoE. */
export function looksLikeEthernet(packet: Packet, at: number, end: number, wireEnd: number): boolean {
  if (end - at < 14) return false;
  switch (packet.view.getUint16(at + 12)) {
    case 0x0800:
    case 0x86dd:
      return looksLikeIp(packet, at + 14, end, wireEnd);
    case 0x8100:
    case 0x88a8:
    case 0x8847:
    case 0x8864:
      return true;
    default:
      return false;
  }
}
