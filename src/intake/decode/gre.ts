import type { Packet } from '../../model/packet.js';
import { etherType } from './ethernet.js';
import { Layer } from './layer.js';
import { MAX_OPTION_BLOCKS } from './limits.js';
import { Outcome } from './outcome.js';
import { Note } from './tally.js';
import type { Walk } from './walk.js';

/** RFC 2784, RFC 2890; routing of RFC 1701; version 1 is PPTP's (RFC 2637 §4.1). */
const GRE = { FLAGS: 0, TYPE: 2, SIZE: 4 } as const;
const Flag = { CHECKSUM: 0x8000, ROUTING: 0x4000, KEY: 0x2000, SEQUENCE: 0x1000, ACK: 0x0080 } as const;
const GreType = { PPP: 0x880b, ERSPAN_2: 0x88be, ERSPAN_3: 0x22eb, WCCP: 0x883e } as const;
/** Aruba access points send 802.11 frames; the low byte is theirs. */
const ARUBA = { FIRST: 0x8200, LAST: 0x82ff, OTHER: 0x9000 } as const;
/** draft-foschiano-erspan. */
const ERSPAN_2_SIZE = 8;
const ERSPAN_3 = { TYPE_FLAGS: 10, SIZE: 12, SUBHEADER_SIZE: 8 } as const;

/** The IP header before it stands in `packet`, and stays there where GRE carries nothing that we read. */
export function gre(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const { end } = walk;
  let at = walk.at;
  if (end - at < GRE.SIZE) return Outcome.TRUNCATED_TUNNEL;
  const flags = view.getUint16(at + GRE.FLAGS);
  const type = view.getUint16(at + GRE.TYPE);
  const version = flags & 7;
  if (version > 1) return Outcome.OTHER;
  const hasSequence = (flags & Flag.SEQUENCE) !== 0;
  at += GRE.SIZE;
  if ((flags & (Flag.CHECKSUM | Flag.ROUTING)) !== 0) at += 4;
  if ((flags & Flag.KEY) !== 0) at += 4;
  if (hasSequence) at += 4;
  if (version === 1 && (flags & Flag.ACK) !== 0) at += 4;
  if (version === 0 && (flags & Flag.ROUTING) !== 0) at = skipRoutes(packet, at, end);
  if (at < 0 || at > end) return Outcome.TRUNCATED_TUNNEL;
  walk.at = at;
  // A keep-alive or a bare acknowledgement.
  if (at === walk.wireEnd) return Outcome.OTHER;
  if (type === GreType.PPP) {
    walk.tally.note(Note.TUNNEL_PPTP);
    return Layer.PPP;
  }
  if (type === GreType.ERSPAN_2 || type === GreType.ERSPAN_3) {
    walk.tally.note(Note.TUNNEL_ERSPAN);
    // Type I has no header of its own, and no sequence number in GRE.
    if (type === GreType.ERSPAN_2) return hasSequence ? Layer.ERSPAN_2 : Layer.ETHERNET;
    return Layer.ERSPAN_3;
  }
  if (type === GreType.WCCP) {
    // Version 2 puts 4 bytes of its own in front of IP; the first of them is never 4x.
    if (at < end && view.getUint8(at) >> 4 !== 4) walk.at = at + 4;
    walk.tally.note(Note.TUNNEL_GRE);
    return Layer.IPV4;
  }
  if ((type >= ARUBA.FIRST && type <= ARUBA.LAST) || type === ARUBA.OTHER) {
    walk.tally.note(Note.TUNNEL_GRE);
    return Layer.WIFI;
  }
  const inner = type > 1500 ? etherType(packet, walk, type) : Outcome.OTHER;
  if (inner === Outcome.NOT_IP_ETHER_TYPE) return Outcome.OTHER;
  walk.tally.note(Note.TUNNEL_GRE);
  return inner;
}

/** Source route entries of RFC 1701: family, offset, length; ends with an empty one. -1: cut short or endless. */
function skipRoutes(packet: Packet, start: number, end: number): number {
  let at = start;
  for (let count = 0; count < MAX_OPTION_BLOCKS && end - at >= 4; count++) {
    const family = packet.view.getUint16(at);
    const length = packet.view.getUint8(at + 3);
    at += 4 + length;
    if (family === 0 && length === 0) return at;
  }
  return -1;
}

export function erspan2(_packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < ERSPAN_2_SIZE) return Outcome.TRUNCATED_TUNNEL;
  walk.at += ERSPAN_2_SIZE;
  return Layer.ETHERNET;
}

export function erspan3(packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < ERSPAN_3.SIZE) return Outcome.TRUNCATED_TUNNEL;
  const flags = packet.view.getUint16(walk.at + ERSPAN_3.TYPE_FLAGS);
  walk.at += ERSPAN_3.SIZE + ((flags & 1) !== 0 ? ERSPAN_3.SUBHEADER_SIZE : 0);
  const frameType = (flags >> 10) & 31;
  if (frameType === 0) return Layer.ETHERNET;
  return frameType === 2 ? Layer.RAW_IP : Outcome.MALFORMED_TUNNEL;
}

/** RFC 3378: two bytes, version 3. */
export function etherIp(packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < 2) return Outcome.TRUNCATED_TUNNEL;
  if (packet.view.getUint8(walk.at) >> 4 !== 3) return Outcome.OTHER;
  walk.at += 2;
  walk.tally.note(Note.TUNNEL_ETHER_IP);
  return Layer.ETHERNET;
}
