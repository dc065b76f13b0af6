import type { Packet } from '../../model/packet.js';

const TCP = 6;
const TCP_HEADER = 20;
/** Options of one header that are looked at. */
const MAX_OPTIONS = 20;

/** Kinds of TCP options (IANA): end, no operation, maximum segment size, window scale, SACK permitted, timestamps. */
export const Kind = { END: 0, NOP: 1, MSS: 2, SCALE: 3, SACK_PERMITTED: 4, TIMESTAMP: 8 } as const;

/**
 * Offset of the options of a decoded TCP packet; they end at its payload. -1: the header is cut, or not where it is
 * looked for (IPv6 extension headers are not looked through).
 */
export function optionsOf({ bytes, ipVersion, srcOffset, payloadOffset }: Packet): number {
  // IPv4: 12 bytes before the source address; IPv6: 8.
  const isFour = ipVersion === 4;
  const ip = srcOffset - (isFour ? 12 : 8);
  if (ip < 0 || payloadOffset < 0) return -1;
  const start = ip + (isFour ? ((bytes[ip] ?? 0) & 15) * 4 : 40);
  if (bytes[isFour ? ip + 9 : ip + 6] !== TCP) return -1;
  const end = start + ((bytes[start + 12] ?? 0) >> 4) * 4;
  if (end > bytes.length || end !== payloadOffset || end < start + TCP_HEADER) return -1;
  return start + TCP_HEADER;
}

/**
 * Length of the option at `at`, at least 1; 0 where there is none that lies within the header, or `seen` are enough.
 * The walk: `for (at = optionsOf(packet); (length = optionLength(packet, at, seen++)) > 0; at += length)`.
 */
export function optionLength({ bytes, payloadOffset }: Packet, at: number, seen: number): number {
  if (at < 0 || at >= payloadOffset || seen >= MAX_OPTIONS) return 0;
  const kind = bytes[at] ?? 0;
  if (kind === Kind.END || kind === Kind.NOP) return 1;
  const length = bytes[at + 1] ?? 0;
  return length < 2 || at + length > payloadOffset ? 0 : length;
}
