import { parseCount, parseHex } from './numbers.js';

/** Names that tools write for IP protocols. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['ipip', 4],
  ['tcp', 6],
  ['egp', 8],
  ['igp', 9],
  ['udp', 17],
  ['dccp', 33],
  ['ipv6', 41],
  ['rsvp', 46],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['icmp6', 58],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['eigrp', 88],
  ['ospf', 89],
  ['pim', 103],
  ['vrrp', 112],
  ['l2tp', 115],
  ['sctp', 132],
  ['udplite', 136],
  // Argus names what it takes UDP to carry.
  ['rtp', 17],
  ['rtcp', 17],
  ['udt', 17],
]);

/** An IP protocol, as number or name; -1 where it is none (ARP, Argus' own records). */
export function protocolNumber(bytes: Buffer, from: number, end: number): number {
  const plain = parseCount(bytes, from, end);
  if (plain >= 0) return plain <= 255 ? plain : -1;
  if (end - from === 3) {
    const last = bytes[end - 1]! | 32;
    const first = bytes[from]! | 32;
    if (first === 116 && (bytes[from + 1]! | 32) === 99 && last === 112) return 6;
    if (first === 117 && (bytes[from + 1]! | 32) === 100 && last === 112) return 17;
  }
  return PROTOCOLS.get(bytes.toString('latin1', from, Math.min(end, from + 16)).toLowerCase()) ?? -1;
}

const FLAG_LETTERS = 'fsrpauec';
const QUOTE = 34;

/** TCP flags as number, hex, letters (`...AP.S.`, `FS PA`) or list of names (`["SYN", "ACK"]`); -1: none of these. */
export function tcpFlags(bytes: Buffer, from: number, end: number): number {
  const plain = parseCount(bytes, from, end);
  if (plain >= 0) return plain & 255;
  if (bytes[from] === 48 && (bytes[from + 1]! | 32) === 120) {
    const hex = parseHex(bytes, from + 2, end);
    return hex < 0 ? -1 : hex & 255;
  }
  if (bytes[from] === 91 /* [ */) return namedFlags(bytes, from, end);
  let flags = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 46 || byte === 32 || byte === 45) continue;
    const bit = flagBit(byte);
    if (bit === 0) return -1;
    flags |= bit;
  }
  return flags;
}

function namedFlags(bytes: Buffer, from: number, end: number): number {
  let flags = 0;
  for (let at = from + 1; at < end; at++) if (bytes[at - 1] === QUOTE) flags |= flagBit(bytes[at]!);
  return flags;
}

function flagBit(byte: number): number {
  const letter = byte | 32;
  switch (letter) {
    case 97:
      return 16;
    case 112:
      return 8;
    case 115:
      return 2;
    default: {
      const place = FLAG_LETTERS.indexOf(String.fromCharCode(letter));
      return place < 0 ? 0 : 1 << place;
    }
  }
}
