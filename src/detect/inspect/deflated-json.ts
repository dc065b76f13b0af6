/** Block types (RFC 1951 §3.2.3). */
const STORED = 0;
const FIXED = 1;
const RESERVED = 3;
/** Codes of `{` and `[` in fixed blocks, eight bits (§3.2.6): 0x30 and the byte. */
const FIXED_BRACE = 0xab;
const FIXED_BRACKET = 0x8b;
/** Numbers of lengths and distances that a dynamic block may tell of, less what every one has (§3.2.7). */
const MAX_HLIT = 29;
const MAX_HDIST = 29;
/** Bits before the lengths of the code length codes, and what those codes add up to when they are complete. */
const DYNAMIC_HEADER = 17;
const WHOLE = 128;

/**
 * Whether a deflated message (RFC 1951) that refers to none before it may begin with `{` or `[`, by its first bits:
 * to try and fail takes zlib as long as a hundred packets take. False is certain; bits behind the end count as 0.
 */
export function mayInflateToJson(bytes: Buffer): boolean {
  const type = bitsAt(bytes, 1, 2);
  if (type === RESERVED) return false;
  if (type === STORED) return bytes.length < 5 || (bitsAt(bytes, 8, 16) ^ bitsAt(bytes, 24, 16)) === 0xffff;
  if (type === FIXED) {
    // Huffman codes lie with their first bit first.
    let code = 0;
    for (let bit = 0; bit < 8; bit++) code = (code << 1) | bitsAt(bytes, 3 + bit, 1);
    // Seven zero bits end the block: it is empty, and says nothing.
    return code === FIXED_BRACE || code === FIXED_BRACKET || code >> 1 === 0;
  }
  if (bitsAt(bytes, 3, 5) > MAX_HLIT || bitsAt(bytes, 8, 5) > MAX_HDIST) return false;
  const codes = bitsAt(bytes, 13, 4) + 4;
  let sum = 0;
  for (let code = 0; code < codes; code++) {
    const length = bitsAt(bytes, DYNAMIC_HEADER + code * 3, 3);
    if (length > 0) sum += WHOLE >> length;
  }
  return sum === WHOLE;
}

/** Up to 16 bits from place `at`, the first the lowest. */
function bitsAt(bytes: Buffer, at: number, count: number): number {
  const from = at >> 3;
  const word = (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
  return (word >> (at & 7)) & ((1 << count) - 1);
}
