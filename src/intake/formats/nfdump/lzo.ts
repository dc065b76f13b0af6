/** Distance of the instruction that ends a stream. */
const END_DISTANCE = 16384;
/** How many literals preceded an instruction below 16: none, 1 to 3, or a run of four and more. */
const LONG_RUN = 4;

/**
 * Decodes one LZO1X block (Linux Documentation/staging/lzo.rst) into `into`; the number of bytes written, or -1 where the
 * block is damaged or larger than `into`.
 */
export function decodeLzoBlock(bytes: Uint8Array, into: Uint8Array): number {
  const end = bytes.length;
  const room = into.length;
  let at = 0;
  let out = 0;
  let state = 0;

  /** `plain`, or where that is 0 `base` and as many times 255 as null bytes follow, and the byte after them. */
  const lengthOf = (plain: number, base: number): number => {
    if (plain !== 0) return plain;
    let length = base;
    while (at < end && bytes[at] === 0) {
      length += 255;
      at++;
    }
    return at < end ? length + bytes[at++]! : Number.POSITIVE_INFINITY;
  };
  const literals = (count: number): boolean => {
    if (count > end - at || count > room - out) return false;
    for (let index = 0; index < count; index++) into[out + index] = bytes[at + index]!;
    at += count;
    out += count;
    return true;
  };

  if (end > 0 && bytes[0]! > 17) {
    const count = bytes[at++]! - 17;
    if (!literals(count)) return -1;
    state = Math.min(count, LONG_RUN);
  }
  while (at < end) {
    const code = bytes[at++]!;
    if (code < 16 && state === 0) {
      if (!literals(3 + lengthOf(code, 15))) return -1;
      state = LONG_RUN;
      continue;
    }
    let length: number;
    let distance: number;
    let trailing = code & 3;
    if (code >= 64) {
      if (at >= end) return -1;
      length = code >= 128 ? 5 + ((code >> 5) & 3) : 3 + ((code >> 5) & 1);
      distance = (bytes[at++]! << 3) + ((code >> 2) & 7) + 1;
    } else if (code >= 16) {
      length = 2 + (code >= 32 ? lengthOf(code & 31, 31) : lengthOf(code & 7, 7));
      if (end - at < 2) return -1;
      const word = bytes[at]! | (bytes[at + 1]! << 8);
      at += 2;
      trailing = word & 3;
      distance = code >= 32 ? (word >> 2) + 1 : END_DISTANCE + ((code & 8) << 11) + (word >> 2);
      if (code < 32 && distance === END_DISTANCE) return at === end ? out : -1;
    } else {
      if (at >= end) return -1;
      length = state === LONG_RUN ? 3 : 2;
      distance = (bytes[at++]! << 2) + (code >> 2) + (state === LONG_RUN ? 2049 : 1);
    }
    if (distance > out || length > room - out) return -1;
    // Byte by byte: a match may overlap what it writes.
    for (let index = 0; index < length; index++) into[out + index] = into[out - distance + index]!;
    out += length;
    if (!literals(trailing)) return -1;
    state = trailing;
  }
  return -1;
}
