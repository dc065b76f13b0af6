import type { Packet } from '../../../model/packet.js';

/**
 * Told of the DNS answers whose name no rule cares for, in place: they tell who resolves names for others, and who
 * else lives at an address. Nothing of the packet may be kept.
 */
export interface NeighbourSink {
  /** `packet` came from a resolver. True: the message is wanted after all. */
  answered(packet: Packet): boolean;
  /** A name, told by its hash, has the address of `length` (4 or 16) bytes at `offset`. */
  named(nameHash: number, bytes: Buffer, offset: number, length: number, timeUs: number): void;
}

const HEADER = 12;
const TYPE_A = 1;
const TYPE_AAAA = 28;
/** Records and labels that are looked at. */
const MAX_RECORDS = 32;
const MAX_LABELS = 127;
const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Looks at an answer (RFC 1035 §4) without making texts of it; what is not sound is not told. */
export function tellNeighbours(packet: Packet, sink: NeighbourSink): void {
  const { bytes, payloadOffset: start } = packet;
  const end = start + packet.payloadLength;
  // A standard answer without an error to one question.
  if (end - start < HEADER + 5 || (u16(bytes, start + 2) & 0xf80f) !== 0x8000) return;
  if (u16(bytes, start + 4) !== 1) return;
  let at = start + HEADER;
  let hash = FNV_BASIS;
  for (let labels = 0; ; labels++) {
    const length = bytes[at] ?? 0;
    if (length > 63 || labels > MAX_LABELS || at + 1 + length > end) return;
    for (let index = at; index <= at + length; index++)
      hash = Math.imul(hash ^ lower(bytes[index] ?? 0), FNV_PRIME);
    at += 1 + length;
    if (length === 0) break;
  }
  at += 4;
  const count = Math.min(u16(bytes, start + 6), MAX_RECORDS);
  for (let record = 0; record < count; record++) {
    at = skipName(bytes, at, end);
    if (at < 0 || at + 10 > end) return;
    const type = u16(bytes, at);
    const length = u16(bytes, at + 8);
    const data = at + 10;
    at = data + length;
    if (at > end) return;
    if ((type === TYPE_A && length === 4) || (type === TYPE_AAAA && length === 16))
      sink.named(hash, bytes, data, length, packet.timeUs);
  }
}

/** Place behind a name, -1 where it does not end. Pointers are not followed. */
function skipName(bytes: Buffer, from: number, end: number): number {
  let at = from;
  for (let labels = 0; labels <= MAX_LABELS && at < end; labels++) {
    const length = bytes[at] ?? 0;
    if (length >= 0xc0) return at + 2;
    at += 1 + length;
    if (length === 0) return at;
  }
  return -1;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte;
}

function u16(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
