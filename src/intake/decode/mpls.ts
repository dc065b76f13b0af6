import type { Packet } from '../../model/packet.js';
import { Layer } from './layer.js';
import { MAX_MPLS_LABELS } from './limits.js';
import { Outcome } from './outcome.js';
import { looksLikeEthernet, looksLikeIp } from './plausible.js';
import type { Walk } from './walk.js';

const LABEL_SIZE = 4;
const CONTROL_WORD_SIZE = 4;

/**
 * An MPLS label stack (RFC 3032). Nothing names its payload: the first nibble is IP's version, or 0 for a
 * pseudo-wire control word (RFC 4385), or the start of a MAC address.
 */
export function mpls(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const { end, wireEnd } = walk;
  let at = walk.at;
  for (let labels = 0; ; labels++) {
    if (labels === MAX_MPLS_LABELS) return Outcome.MALFORMED_MPLS;
    if (end - at < LABEL_SIZE) return Outcome.TRUNCATED_MPLS;
    at += LABEL_SIZE;
    if ((view.getUint8(at - 2) & 1) !== 0) break;
  }
  walk.at = at;
  if (at >= end) return at >= wireEnd ? Outcome.NOT_IP_MPLS : Outcome.TRUNCATED_MPLS;
  if (looksLikeIp(packet, at, end, wireEnd)) return Layer.RAW_IP;
  const nibble = view.getUint8(at) >> 4;
  if (nibble === 0 && looksLikeEthernet(packet, at + CONTROL_WORD_SIZE, end, wireEnd)) {
    walk.at = at + CONTROL_WORD_SIZE;
    return Layer.ETHERNET;
  }
  if (looksLikeEthernet(packet, at, end, wireEnd)) return Layer.ETHERNET;
  return nibble === 4 || nibble === 6 ? Layer.RAW_IP : Outcome.NOT_IP_MPLS;
}
