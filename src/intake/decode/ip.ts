import type { Packet } from '../../model/packet.js';
import { IPV4, IPV6, Protocol } from './headers.js';
import { Layer } from './layer.js';
import { MAX_EXTENSION_HEADERS } from './limits.js';
import { Outcome } from './outcome.js';
import { Note } from './tally.js';
import type { Walk } from './walk.js';

export function ipv4(packet: Packet, walk: Walk): number {
  const view = packet.view;
  const at = walk.at;
  if (walk.end - at < IPV4.SIZE) return Outcome.TRUNCATED_IPV4;
  const first = view.getUint8(at);
  const headerLength = (first & 15) << 2;
  const totalLength = view.getUint16(at + IPV4.TOTAL_LENGTH);
  if (first >> 4 !== 4 || headerLength < IPV4.SIZE) return Outcome.MALFORMED_IPV4;
  if (totalLength !== 0) {
    if (totalLength < headerLength) return Outcome.MALFORMED_IPV4;
    limitEnd(walk, at + totalLength, Note.LENGTH_IPV4);
  } // Zero: written before segmentation by the network card; it reaches to the frame's end.
  walk.at = at + headerLength;
  if (walk.at > walk.end) return Outcome.TRUNCATED_IPV4;
  const protocol = view.getUint8(at + IPV4.PROTOCOL);
  packet.ipVersion = 4;
  packet.srcOffset = at + IPV4.SRC;
  packet.dstOffset = at + IPV4.DST;
  packet.ttl = view.getUint8(at + IPV4.TTL);
  packet.protocol = protocol;
  if ((view.getUint16(at + IPV4.FRAGMENT) & IPV4.FRAGMENT_BITS) !== 0) return Layer.FRAGMENT_V4;
  if (protocol === Protocol.TCP) return Layer.TCP;
  if (protocol === Protocol.UDP) return Layer.UDP;
  return protocolLayer(packet, walk, protocol);
}

export function ipv6(packet: Packet, walk: Walk): number {
  const view = packet.view;
  const at = walk.at;
  if (walk.end - at < IPV6.SIZE) return Outcome.TRUNCATED_IPV6;
  if (view.getUint8(at) >> 4 !== 6) return Outcome.MALFORMED_IPV6;
  const payloadLength = view.getUint16(at + IPV6.PAYLOAD_LENGTH);
  // Zero: a jumbogram (RFC 2675) or segmentation by the network card; it reaches to the frame's end.
  if (payloadLength !== 0) limitEnd(walk, at + IPV6.SIZE + payloadLength, Note.LENGTH_IPV6);
  walk.at = at + IPV6.SIZE;
  const next = view.getUint8(at + IPV6.NEXT_HEADER);
  packet.ipVersion = 6;
  packet.srcOffset = at + IPV6.SRC;
  packet.dstOffset = at + IPV6.DST;
  packet.ttl = view.getUint8(at + IPV6.HOP_LIMIT);
  packet.protocol = next;
  if (next === Protocol.TCP) return Layer.TCP;
  if (next === Protocol.UDP) return Layer.UDP;
  return protocolLayer(packet, walk, next);
}

/** Link layers without a type field: the version says which. */
export function rawIp(packet: Packet, walk: Walk): number {
  if (walk.at >= walk.end) return Outcome.TRUNCATED_LINK;
  const version = packet.view.getUint8(walk.at) >> 4;
  if (version === 4) return Layer.IPV4;
  return version === 6 ? Layer.IPV6 : Outcome.NOT_IP_LINK;
}

/** Cuts the walk off where the header says that its payload ends: what follows is padding. */
function limitEnd(walk: Walk, claimed: number, lie: Note): void {
  if (claimed > walk.wireEnd) {
    walk.tally.note(lie);
    return;
  }
  walk.wireEnd = claimed;
  if (claimed < walk.end) walk.end = claimed;
}

/**
 * What an IP protocol number or next-header value leads to, past IPv6 extension headers and AH, at `walk.at`.
 * The destination stays that of the IP header: a routing header does not change it.
 */
export function protocolLayer(packet: Packet, walk: Walk, protocol: number): number {
  let next = protocol;
  for (let count = 0; count <= MAX_EXTENSION_HEADERS; count++) {
    if (next === Protocol.FRAGMENT && packet.ipVersion === 6) return Layer.FRAGMENT_V6;
    const isAuthentication = next === Protocol.AUTHENTICATION;
    if (!isAuthentication && (packet.ipVersion === 4 || !isExtension(next))) {
      packet.protocol = next;
      return carried(packet, walk, next);
    }
    const truncated = packet.ipVersion === 4 ? Outcome.TRUNCATED_IPV4 : Outcome.TRUNCATED_IPV6;
    if (walk.end - walk.at < 8) return truncated;
    // Units of 4 bytes less 2 for AH (RFC 4302 §2.2), of 8 bytes less 1 for the others (RFC 8200 §4.3).
    const units = packet.view.getUint8(walk.at + 1);
    const length = isAuthentication ? (units + 2) << 2 : (units + 1) << 3;
    next = packet.view.getUint8(walk.at);
    walk.at += length;
    if (walk.at > walk.end) return walk.at > walk.wireEnd ? Outcome.MALFORMED_IPV6 : truncated;
  }
  return Outcome.MALFORMED_IPV6;
}

function isExtension(next: number): boolean {
  return (
    next === Protocol.HOP_BY_HOP ||
    next === Protocol.ROUTING ||
    next === Protocol.DESTINATION ||
    next === Protocol.MOBILITY ||
    next === Protocol.HOST_IDENTITY ||
    next === Protocol.SHIM6
  );
}

function carried(packet: Packet, walk: Walk, protocol: number): number {
  const isOver6 = packet.ipVersion === 6;
  switch (protocol) {
    case Protocol.TCP:
      return Layer.TCP;
    case Protocol.UDP:
      return Layer.UDP;
    case Protocol.IPIP:
      walk.tally.note(isOver6 ? Note.TUNNEL_IN_IPV6 : Note.TUNNEL_IPIP);
      return Layer.IPV4;
    case Protocol.IPV6:
      walk.tally.note(isOver6 ? Note.TUNNEL_IN_IPV6 : Note.TUNNEL_6IN4);
      return Layer.IPV6;
    case Protocol.GRE:
      return Layer.GRE;
    case Protocol.ETHER_IP:
      return Layer.ETHER_IP;
    case Protocol.ETHERNET:
      return Layer.ETHERNET;
    case Protocol.MPLS:
      return Layer.MPLS;
    default:
      return Outcome.OTHER;
  }
}
