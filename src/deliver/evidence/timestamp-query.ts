import { randomBytes } from 'node:crypto';

/** DER tags (X.690 §8). */
const Tag = { BOOLEAN: 0x01, INTEGER: 0x02, OCTETS: 0x04, NULL: 0x05, OID: 0x06, SEQUENCE: 0x30 } as const;
/** 2.16.840.1.101.3.4.2.1 (RFC 5754 §2.2). */
const SHA256 = Buffer.from('608648016503040201', 'hex');
const NONCE_BYTES = 8;

/**
 * A TimeStampReq (RFC 3161 §2.4.1), DER: asks a time-stamping authority to confirm that this SHA-256 (32 bytes) existed,
 * with a nonce and its certificate in the answer.
 */
export function timestampQuery(sha256: Buffer, nonce = randomBytes(NONCE_BYTES)): Buffer {
  const algorithm = der(Tag.SEQUENCE, der(Tag.OID, SHA256), der(Tag.NULL));
  return der(
    Tag.SEQUENCE,
    der(Tag.INTEGER, Buffer.from([1])),
    der(Tag.SEQUENCE, algorithm, der(Tag.OCTETS, sha256)),
    der(Tag.INTEGER, unsigned(nonce)),
    der(Tag.BOOLEAN, Buffer.from([0xff])),
  );
}

/** The shortest content of a non-negative INTEGER: no needless zero in front, and never a sign bit. */
function unsigned(bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at++;
  const rest = bytes.subarray(at);
  return (rest[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), rest]) : rest;
}

/** One value; contents here stay below 128 bytes, so that a length is one byte. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
