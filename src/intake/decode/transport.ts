import type { Packet } from '../../model/packet.js';
import { TCP, UDP } from './headers.js';
import { Outcome } from './outcome.js';
import { Note } from './tally.js';
import { udpTunnel } from './udp-tunnel.js';
import type { Walk } from './walk.js';

export function tcp(packet: Packet, walk: Walk): number {
  const view = packet.view;
  const at = walk.at;
  if (walk.end - at < TCP.SIZE) {
    return walk.wireEnd - at < TCP.SIZE ? Outcome.MALFORMED_TCP : Outcome.TRUNCATED_TCP;
  }
  const offsetFlags = view.getUint16(at + TCP.OFFSET_FLAGS);
  const headerLength = (offsetFlags >> 12) << 2;
  const wirePayload = walk.wireEnd - at - headerLength;
  if (headerLength < TCP.SIZE || wirePayload < 0) return Outcome.MALFORMED_TCP;
  packet.srcPort = view.getUint16(at + TCP.SRC_PORT);
  packet.dstPort = view.getUint16(at + TCP.DST_PORT);
  packet.tcpSeq = view.getUint32(at + TCP.SEQ);
  packet.tcpAck = view.getUint32(at + TCP.ACK);
  packet.tcpFlags = offsetFlags & 0xff;
  // Options cut off by the snap length leave no payload, but the ports and numbers hold.
  const start = at + headerLength < walk.end ? at + headerLength : walk.end;
  packet.payloadOffset = start;
  packet.payloadLength = walk.end - start;
  packet.payloadWireLength = wirePayload;
  return Outcome.TCP;
}

/** Reads the header and, where the port is a tunnel's and the payload looks like one, goes on inside. */
export function udp(packet: Packet, walk: Walk): number {
  const status = readUdp(packet, walk);
  return status === Outcome.UDP ? udpTunnel(packet, walk) : status;
}

/** The UDP header at `walk.at`, which stays there. */
export function readUdp(packet: Packet, walk: Walk): number {
  const view = packet.view;
  const at = walk.at;
  if (walk.end - at < UDP.SIZE) {
    return walk.wireEnd - at < UDP.SIZE ? Outcome.MALFORMED_UDP : Outcome.TRUNCATED_UDP;
  }
  const length = view.getUint16(at + UDP.LENGTH);
  let wireLength = walk.wireEnd - at;
  // Zero is legal: a jumbogram (RFC 2675) or segmentation by the network card reaches to the end of the packet.
  if (length !== 0) {
    if (length < UDP.SIZE) return Outcome.MALFORMED_UDP;
    if (length > wireLength) walk.tally.note(Note.LENGTH_UDP);
    else wireLength = length;
  }
  const captured = walk.end - at;
  packet.srcPort = view.getUint16(at + UDP.SRC_PORT);
  packet.dstPort = view.getUint16(at + UDP.DST_PORT);
  packet.tcpFlags = 0;
  packet.tcpSeq = 0;
  packet.tcpAck = 0;
  packet.payloadOffset = at + UDP.SIZE;
  packet.payloadLength = (wireLength < captured ? wireLength : captured) - UDP.SIZE;
  packet.payloadWireLength = wireLength - UDP.SIZE;
  return Outcome.UDP;
}
