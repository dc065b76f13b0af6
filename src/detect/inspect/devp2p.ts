/** Ethereum's peer-to-peer protocols: nothing in them but their form can be read, and that tells a node or a wallet. */

/** secp256k1 (SEC 2 §2.4.1): y² = x³ + 7 over this field. */
const FIELD = 2n ** 256n - 2n ** 32n - 977n;
const COORDINATE = 32;
/** Size of what follows (EIP-8), then ECIES: 04, public key, IV, ciphertext, MAC. */
const SIZE = 2;
const KEY_END = SIZE + 1 + 2 * COORDINATE;
/** A signature, a key, a nonce and a version, with 100 to 300 bytes of padding, encrypted (rlpx.md, EIP-8). */
const MIN_AUTH = 194;
const MAX_AUTH = 1024;

export const RLPX_FIRST_BYTES: readonly number[] = [MIN_AUTH >> 8, 1, 2, 3];

/**
 * The first message of RLPx (devp2p rlpx.md, EIP-8). `yes` only where its public key is a point of the curve, which no
 * other 64 bytes are but by a chance of 2^-256.
 */
export function looksLikeRlpx(bytes: Buffer): 'yes' | 'no' | 'more' {
  if (bytes.length < SIZE + 1) {
    const isPossible = bytes.length > 0 && (bytes[0] ?? 255) <= MAX_AUTH >> 8;
    return isPossible ? 'more' : 'no';
  }
  const size = bytes.readUInt16BE(0);
  if (size < MIN_AUTH || size > MAX_AUTH || bytes[SIZE] !== 4) return 'no';
  if (bytes.length < KEY_END) return 'more';
  const x = number(bytes, SIZE + 1);
  const y = number(bytes, SIZE + 1 + COORDINATE);
  return x < FIELD && y < FIELD && (y * y - x * x * x - 7n) % FIELD === 0n ? 'yes' : 'no';
}

function number(bytes: Buffer, at: number): bigint {
  return BigInt(`0x${bytes.toString('hex', at, at + COORDINATE)}`);
}

/** discv4.md: hash (32), signature (64), recovery id, packet type, RLP. */
const RECOVERY = 32 + 64;
const TYPE = RECOVERY + 1;
const BODY = TYPE + 1;
/** RFC-less, but published: packets are at most this long. */
const MAX_DISCV4 = 1280;
const PING = 1;
const PONG = 2;
const FIND_NODE = 3;

/** A Ping, Pong or FindNode of Ethereum's node discovery (devp2p discv4.md), by its form. */
export function looksLikeDiscv4(bytes: Buffer, start: number, length: number): boolean {
  if (length < BODY + 4 || length > MAX_DISCV4 || (bytes[start + RECOVERY] ?? 9) > 1) return false;
  const end = start + length;
  const list = rlpList(bytes, start + BODY, end);
  if (list < 0) return false;
  switch (bytes[start + TYPE]) {
    case PING:
      // Version 4, then the sender's endpoint, a list.
      return bytes[list] === 4 && rlpList(bytes, list + 1, end, true) >= 0;
    case PONG: {
      // The receiver's endpoint, a list, then the hash of the Ping.
      const inner = rlpList(bytes, list, end, true);
      const after = inner < 0 ? -1 : inner + ((bytes[list] ?? 0) - 0xc0);
      return after > 0 && bytes[after] === 0xa0 && after + 33 <= end;
    }
    case FIND_NODE:
      // A public key of 64 bytes.
      return bytes[list] === 0xb8 && bytes[list + 1] === 64;
    default:
      return false;
  }
}

/** Where the items of an RLP list begin; -1: none, or not whole. An outer list may have bytes behind it (EIP-8). */
function rlpList(bytes: Buffer, at: number, end: number, isShort = false): number {
  const first = bytes[at] ?? 0;
  if (first >= 0xc0 && first <= 0xf7) return at + 1 + (first - 0xc0) <= end ? at + 1 : -1;
  if (isShort) return -1;
  const [start, length] =
    first === 0xf8 ? [at + 2, bytes[at + 1] ?? 0] : first === 0xf9 ? [at + 3, readLength(bytes, at)] : [0, 0];
  return start > 0 && start + length <= end && length > 55 ? start : -1;
}

function readLength(bytes: Buffer, at: number): number {
  return ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}
