/** Shortest match of the LZ4 block format. */
const MIN_MATCH = 4;

/**
 * Decodes one raw LZ4 block (lz4_Block_format.md) into `into`; the number of bytes written, or -1 where the block is
 * damaged or larger than `into`.
 */
export function decodeLz4Block(bytes: Uint8Array, into: Uint8Array): number {
  const end = bytes.length;
  const room = into.length;
  let at = 0;
  let out = 0;
  while (at < end) {
    const token = bytes[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (at >= end) return -1;
        more = bytes[at++]!;
        literals += more;
      }
    }
    if (literals > end - at || literals > room - out) return -1;
    if (literals > 32) into.set(bytes.subarray(at, at + literals), out);
    else for (let index = 0; index < literals; index++) into[out + index] = bytes[at + index]!;
    at += literals;
    out += literals;
    if (at === end) return out;
    if (end - at < 2) return -1;
    const distance = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    if (distance === 0 || distance > out) return -1;
    let length = (token & 15) + MIN_MATCH;
    if (length === 15 + MIN_MATCH) {
      let more = 255;
      while (more === 255) {
        if (at >= end) return -1;
        more = bytes[at++]!;
        length += more;
      }
    }
    if (length > room - out) return -1;
    if (distance >= length && length > 32) into.copyWithin(out, out - distance, out - distance + length);
    else for (let index = 0; index < length; index++) into[out + index] = into[out - distance + index]!;
    out += length;
  }
  return -1;
}
