import type { Packet } from '../../model/packet.js';
import { ETHERNET, EtherType, IPV4, IPV6, Protocol, TCP, UDP, VLAN_TAG } from './headers.js';
import { FIRST_LAYER } from './layer.js';
import { MAX_TAGS } from './limits.js';
import { Outcome } from './outcome.js';
import { isTunnelPort } from './udp-tunnel.js';

/** Not a frame for plain(): something is rare, cut or wrong. The walk reads it from its start. */
export const NOT_PLAIN = FIRST_LAYER;

/**
 * Ethernet, VLAN tags, IPv4 or IPv6, TCP or UDP, as nearly all frames are: one function with everything in
 * local variables, 2 to 3 times as fast as the walk, which would read the same from such a frame (a test
 * holds them to that). Whatever is not in order is left to the walk, which also does the counting.
 */
export function plain(packet: Packet): number {
  const view = packet.view;
  let at = packet.frameOffset;
  let end = at + packet.frameLength;
  let wireEnd = packet.wireLength > packet.frameLength ? at + packet.wireLength : end;
  if (end - at < ETHERNET.SIZE) return NOT_PLAIN;
  let type = view.getUint16(at + ETHERNET.ETHER_TYPE);
  at += ETHERNET.SIZE;
  for (let tags = 0; type === EtherType.VLAN || type === EtherType.SERVICE_VLAN; tags++) {
    if (tags === MAX_TAGS || end - at < VLAN_TAG.SIZE) return NOT_PLAIN;
    type = view.getUint16(at + VLAN_TAG.TYPE);
    at += VLAN_TAG.SIZE;
  }
  let protocol = 0;
  if (type === EtherType.IPV4) {
    if (end - at < IPV4.SIZE) return NOT_PLAIN;
    const headerLength = (view.getUint8(at) - 0x40) << 2;
    const ipEnd = at + view.getUint16(at + IPV4.TOTAL_LENGTH);
    if (headerLength < IPV4.SIZE || headerLength > 60 || ipEnd > wireEnd) return NOT_PLAIN;
    if ((view.getUint16(at + IPV4.FRAGMENT) & IPV4.FRAGMENT_BITS) !== 0) return NOT_PLAIN;
    wireEnd = ipEnd;
    protocol = view.getUint8(at + IPV4.PROTOCOL);
    packet.ipVersion = 4;
    packet.srcOffset = at + IPV4.SRC;
    packet.dstOffset = at + IPV4.DST;
    packet.ttl = view.getUint8(at + IPV4.TTL);
    at += headerLength;
  } else if (type === EtherType.IPV6) {
    if (end - at < IPV6.SIZE || view.getUint8(at) >> 4 !== 6) return NOT_PLAIN;
    const payloadLength = view.getUint16(at + IPV6.PAYLOAD_LENGTH);
    if (payloadLength === 0 || at + IPV6.SIZE + payloadLength > wireEnd) return NOT_PLAIN;
    protocol = view.getUint8(at + IPV6.NEXT_HEADER);
    packet.ipVersion = 6;
    packet.srcOffset = at + IPV6.SRC;
    packet.dstOffset = at + IPV6.DST;
    packet.ttl = view.getUint8(at + IPV6.HOP_LIMIT);
    at += IPV6.SIZE;
    wireEnd = at + payloadLength;
  } else return NOT_PLAIN;
  if (wireEnd < end) end = wireEnd;
  packet.protocol = protocol;
  if (protocol === Protocol.TCP) {
    if (end - at < TCP.SIZE) return NOT_PLAIN;
    const offsetFlags = view.getUint16(at + TCP.OFFSET_FLAGS);
    const start = at + ((offsetFlags >> 12) << 2);
    if (start - at < TCP.SIZE || start > end) return NOT_PLAIN;
    packet.srcPort = view.getUint16(at + TCP.SRC_PORT);
    packet.dstPort = view.getUint16(at + TCP.DST_PORT);
    packet.tcpSeq = view.getUint32(at + TCP.SEQ);
    packet.tcpAck = view.getUint32(at + TCP.ACK);
    packet.tcpFlags = offsetFlags & 0xff;
    packet.payloadOffset = start;
    packet.payloadLength = end - start;
    packet.payloadWireLength = wireEnd - start;
    return Outcome.TCP;
  }
  if (protocol !== Protocol.UDP || end - at < UDP.SIZE) return NOT_PLAIN;
  const length = view.getUint16(at + UDP.LENGTH);
  const srcPort = view.getUint16(at + UDP.SRC_PORT);
  const dstPort = view.getUint16(at + UDP.DST_PORT);
  if (length < UDP.SIZE || length > wireEnd - at || isTunnelPort(srcPort, dstPort)) return NOT_PLAIN;
  packet.srcPort = srcPort;
  packet.dstPort = dstPort;
  packet.tcpFlags = 0;
  packet.tcpSeq = 0;
  packet.tcpAck = 0;
  packet.payloadOffset = at + UDP.SIZE;
  packet.payloadLength = (length < end - at ? length : end - at) - UDP.SIZE;
  packet.payloadWireLength = length - UDP.SIZE;
  return Outcome.UDP;
}
