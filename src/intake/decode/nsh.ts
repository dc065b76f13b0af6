import type { Packet } from '../../model/packet.js';
import { Layer } from './layer.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

/** RFC 8300 §2.2: the low 6 bits of the length byte count words of 4 bytes, this header included. */
const NSH = { LENGTH: 1, NEXT: 3, SIZE: 8 } as const;
/** What follows a network service header or VXLAN-GPE. */
export const NextProtocol = { IPV4: 1, IPV6: 2, ETHERNET: 3, NSH: 4, MPLS: 5 } as const;

export function nsh(packet: Packet, walk: Walk): number {
  const at = walk.at;
  if (walk.end - at < NSH.SIZE) return Outcome.TRUNCATED_TUNNEL;
  const length = (packet.view.getUint8(at + NSH.LENGTH) & 0x3f) << 2;
  if (length < NSH.SIZE) return Outcome.MALFORMED_TUNNEL;
  walk.at = at + length;
  switch (packet.view.getUint8(at + NSH.NEXT)) {
    case NextProtocol.IPV4:
      return Layer.IPV4;
    case NextProtocol.IPV6:
      return Layer.IPV6;
    case NextProtocol.ETHERNET:
      return Layer.ETHERNET;
    case NextProtocol.MPLS:
      return Layer.MPLS;
    default:
      return Outcome.NOT_IP_ETHER_TYPE;
  }
}
