/** Text taken from traffic is hostile. These make it printable; nothing else may print it. */

/** Longest text from traffic that is kept, in characters (contract). */
export const MAX_TRAFFIC_TEXT = 512;

const PLAIN = /^[ -~]*$/;

/**
 * Escapes what could act on a terminal or hide in a log: C0, C1, DEL, bidirectional controls, zero-width
 * characters, lone surrogates, noncharacters (which XML cannot hold), line separators. Cuts at `limit` characters, never inside a surrogate pair.
 */
export function printable(text: string, limit = MAX_TRAFFIC_TEXT): string {
  // What nearly all texts are.
  if (text.length <= limit && PLAIN.test(text)) return text;
  let out = '';
  let length = 0;
  for (const char of text) {
    const shown = isUnsafe(char.codePointAt(0) ?? 0) ? escapeCodePoint(char.codePointAt(0) ?? 0) : char;
    if (length + shown.length > limit) break;
    out += shown;
    length += shown.length;
  }
  return out;
}

function isUnsafe(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    code === 0x061c ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code & 0xfffe) === 0xfffe ||
    (code >= 0xe0000 && code <= 0xe007f)
  );
}

function escapeCodePoint(code: number): string {
  if (code === 0x0a) return '\\n';
  if (code === 0x0d) return '\\r';
  if (code === 0x09) return '\\t';
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Bytes as printable text: Latin-1 reading of at most `limit` bytes, escaped. */
export function printableBytes(bytes: Uint8Array, limit = MAX_TRAFFIC_TEXT): string {
  return printable(
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, limit)).toString('latin1'),
    limit,
  );
}
