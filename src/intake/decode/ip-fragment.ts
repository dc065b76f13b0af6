import type { Packet } from '../../model/packet.js';
import { ADDRESS_ROOM } from './fragments.js';
import { protocolLayer } from './ip.js';
import { MAX_DATAGRAM_BYTES } from './limits.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

/** RFC 791 §3.1: bytes before the source address, where `packet.srcOffset` points. */
const IPV4_BACK = { ID: 8, FRAGMENT: 6 } as const;
/** RFC 8200 §4.5. */
const FRAGMENT_HEADER = { NEXT_HEADER: 0, OFFSET: 2, ID: 4, SIZE: 8 } as const;

/** An IPv4 header with a fragment offset or more-fragments bit was read; `walk.at` is at its payload. */
export function fragmentV4(packet: Packet, walk: Walk): number {
  const field = packet.view.getUint16(packet.srcOffset - IPV4_BACK.FRAGMENT);
  const id = packet.view.getUint16(packet.srcOffset - IPV4_BACK.ID);
  const key = `${addresses(packet, 8)}4${packet.protocol},${id}`;
  return reassemble(packet, walk, key, packet.protocol, (field & 0x1fff) << 3, (field & 0x2000) !== 0);
}

/** An IPv6 fragment header stands at `walk.at`. */
export function fragmentV6(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at;
  if (walk.end - at < FRAGMENT_HEADER.SIZE) return Outcome.TRUNCATED_IPV6;
  walk.at = at + FRAGMENT_HEADER.SIZE;
  const next = view.getUint8(at + FRAGMENT_HEADER.NEXT_HEADER);
  const field = view.getUint16(at + FRAGMENT_HEADER.OFFSET);
  const more = (field & 1) !== 0;
  // An atomic fragment (RFC 6946) is whole and has nothing to do with others of the same id.
  if (field >> 3 === 0 && !more) return protocolLayer(packet, walk, next);
  const key = `${addresses(packet, 32)}6${view.getUint32(at + FRAGMENT_HEADER.ID)}`;
  return reassemble(packet, walk, key, next, field & 0xfff8, more);
}

function addresses(packet: Packet, length: number): string {
  return packet.bytes.toString('latin1', packet.srcOffset, packet.srcOffset + length);
}

/** Keeps the fragment; with the last one missing, goes on with the whole datagram in a buffer of its own. */
function reassemble(
  packet: Packet,
  walk: Walk,
  key: string,
  protocol: number,
  offset: number,
  more: boolean,
): number {
  const length = walk.wireEnd - walk.at;
  if (length === 0 || offset + length > MAX_DATAGRAM_BYTES || (more && length % 8 !== 0)) {
    return Outcome.MALFORMED_FRAGMENT;
  }
  if (walk.end < walk.wireEnd) {
    // Cut by the snap length: never to be whole, but the first fragment still has the ports.
    return offset === 0 ? protocolLayer(packet, walk, protocol) : Outcome.TRUNCATED_FRAGMENT;
  }
  const { bytes, timeUs } = packet;
  const whole = walk.fragments.add({ key, timeUs, protocol, offset, length, more, bytes, at: walk.at });
  if (whole === null) return Outcome.PENDING;
  const addressLength = packet.ipVersion === 4 ? 8 : 32;
  bytes.copy(whole.bytes, 0, packet.srcOffset, packet.srcOffset + addressLength);
  const frame = walk.borrowed ?? packet;
  walk.borrowed = { bytes: frame.bytes, view: frame.view, datagram: whole.bytes };
  packet.bytes = whole.bytes;
  packet.view = new DataView(whole.bytes.buffer, whole.bytes.byteOffset, whole.bytes.byteLength);
  packet.isReassembled = true;
  packet.srcOffset = 0;
  packet.dstOffset = addressLength / 2;
  walk.at = ADDRESS_ROOM;
  walk.end = ADDRESS_ROOM + whole.total;
  walk.wireEnd = walk.end;
  // A UDP tunnel around this datagram lies in another buffer: no way back, and no need of one.
  walk.outer.at = -1;
  return protocolLayer(packet, walk, whole.protocol);
}
