import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/** A version of QUIC whose first packets can be read by anybody: their keys come from the connection id in clear. */
interface QuicVersion {
  readonly salt: Buffer;
  /** Value of the two type bits of a long header that says Initial. */
  readonly initialType: number;
  /** HKDF infos of key, initialization vector and header protection. */
  readonly infos: readonly [key: Buffer, iv: Buffer, hp: Buffer];
}

/** What HKDF-Expand-Label (RFC 8446 §7.1) is asked for: one block, so `length` is at most 32. */
function hkdfInfo(label: string, length: number): Buffer {
  return Buffer.concat([
    Buffer.from([0, length, 6 + label.length]),
    Buffer.from(`tls13 ${label}`, 'latin1'),
    Buffer.from([0, 1]),
  ]);
}

const CLIENT_IN = hkdfInfo('client in', 32);

/** RFC 9001 §5.2 and RFC 9369 §3. */
const VERSIONS: ReadonlyMap<number, QuicVersion> = new Map([
  [
    0x00000001,
    {
      salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'),
      initialType: 0,
      infos: [hkdfInfo('quic key', 16), hkdfInfo('quic iv', 12), hkdfInfo('quic hp', 16)],
    },
  ],
  [
    0x6b3343cf,
    {
      salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
      initialType: 1,
      infos: [hkdfInfo('quicv2 key', 16), hkdfInfo('quicv2 iv', 12), hkdfInfo('quicv2 hp', 16)],
    },
  ],
]);

/** A client must make the datagrams of its Initials this long (RFC 9000 §14.1): what is shorter is no beginning. */
const MIN_INITIAL_DATAGRAM = 1200;
const MAX_CONNECTION_ID = 20;
const TAG = 16;
const SAMPLE = 16;
/** Frames of one packet that are looked at; browsers cut their hello into some tens on purpose. */
const MAX_FRAMES = 256;

const FRAME_PADDING = 0;
const FRAME_PING = 1;
const FRAME_ACK = 2;
const FRAME_ACK_ECN = 3;
const FRAME_CRYPTO = 6;

/** Where the parts of an Initial packet lie. */
export interface InitialHeader {
  readonly version: number;
  /** Destination connection id, from which the keys are derived. */
  readonly idStart: number;
  readonly idEnd: number;
  /** Of the (protected) packet number. */
  readonly numberStart: number;
  readonly start: number;
  /** Exclusive; other packets of the datagram may follow. */
  readonly end: number;
}

export interface CryptoFrame {
  /** Place of `bytes` in the stream of handshake bytes. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** One look at most: whether a datagram may begin with an Initial of a version that can be read. */
export function looksLikeInitial(bytes: Buffer, start: number, length: number): boolean {
  const first = bytes[start] ?? 0;
  if (length < MIN_INITIAL_DATAGRAM || (first & 0xc0) !== 0xc0) return false;
  return VERSIONS.get(bytes.readUInt32BE(start + 1))?.initialType === ((first >> 4) & 3);
}

/** Header of a long packet at `start` of the datagram that ends at `end`; null: no Initial, or not sound. */
export function parseInitial(bytes: Buffer, start: number, end: number): InitialHeader | null {
  if (end - start < 7) return null;
  const version = bytes.readUInt32BE(start + 1);
  const first = bytes[start] ?? 0;
  if ((first & 0xc0) !== 0xc0 || VERSIONS.get(version)?.initialType !== ((first >> 4) & 3)) return null;
  const idStart = start + 6;
  const idEnd = idStart + (bytes[start + 5] ?? 0);
  const sourceLength = bytes[idEnd] ?? 0;
  const token = varint(bytes, idEnd + 1 + sourceLength, end);
  if (idEnd - idStart > MAX_CONNECTION_ID || sourceLength > MAX_CONNECTION_ID || token === null) return null;
  const length = varint(bytes, token.end + token.value, end);
  if (length === null || length.value < 4 + SAMPLE || length.end + length.value > end) return null;
  return { version, idStart, idEnd, numberStart: length.end, start, end: length.end + length.value };
}

/** Keys of the packets that a client sends in the Initial space. */
export interface InitialKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly hp: Buffer;
}

/**
 * RFC 9001 §5.2. `id`: destination connection id of the client's first packet; `version` as in a header read. Only the
 * key of the header is worked out at once: most of what fails does so before the others are needed.
 */
export function clientKeys(version: number, id: Buffer): InitialKeys | null {
  const known = VERSIONS.get(version);
  if (known === undefined) return null;
  const secret = hmac(hmac(known.salt, id), CLIENT_IN);
  const [keyInfo, ivInfo, hpInfo] = known.infos;
  let key: Buffer | null = null;
  let iv: Buffer | null = null;
  return {
    get key() {
      key ??= hmac(secret, keyInfo).subarray(0, 16);
      return key;
    },
    get iv() {
      iv ??= hmac(secret, ivInfo).subarray(0, 12);
      return iv;
    },
    hp: hmac(secret, hpInfo).subarray(0, 16),
  };
}

/** The frames' bytes of an Initial packet; null where they do not open: another's key, damage, or no QUIC at all. */
export function openInitial(bytes: Buffer, header: InitialHeader, keys: InitialKeys): Buffer | null {
  const { start, numberStart, end } = header;
  const mask = createCipheriv('aes-128-ecb', keys.hp, null).update(
    bytes.subarray(numberStart + 4, numberStart + 4 + SAMPLE),
  );
  const head = Buffer.from(bytes.subarray(start, numberStart + 4));
  head[0] = (head[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  // Reserved bits are 0 (RFC 9000 §17.2): three of four packets under another's key end here.
  if (((head[0] ?? 0) & 0x0c) !== 0) return null;
  const numberLength = 1 + ((head[0] ?? 0) & 3);
  const nonce = Buffer.from(keys.iv);
  for (let at = 0; at < numberLength; at++) {
    const byte = (bytes[numberStart + at] ?? 0) ^ (mask[1 + at] ?? 0);
    head[numberStart - start + at] = byte;
    const place = nonce.length - numberLength + at;
    nonce[place] = (nonce[place] ?? 0) ^ byte;
  }
  const bodyStart = numberStart + numberLength;
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce, { authTagLength: TAG });
  decipher.setAAD(head.subarray(0, numberStart - start + numberLength));
  decipher.setAuthTag(bytes.subarray(end - TAG, end));
  const plain = decipher.update(bytes.subarray(bodyStart, end - TAG));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return plain;
}

/** CRYPTO frames (RFC 9000 §19.6) of a packet; ends at a frame that an Initial may not have, or that is cut. */
export function cryptoFrames(plain: Buffer): CryptoFrame[] {
  const found: CryptoFrame[] = [];
  let at = 0;
  for (let frames = 0; at < plain.length && frames < MAX_FRAMES; ) {
    const type = plain[at++] ?? 0;
    if (type === FRAME_PADDING) continue;
    frames++;
    if (type === FRAME_PING) continue;
    if (type === FRAME_ACK || type === FRAME_ACK_ECN) {
      const end = skipAck(plain, at, type === FRAME_ACK_ECN);
      if (end === null) break;
      at = end;
      continue;
    }
    if (type !== FRAME_CRYPTO) break;
    const offset = varint(plain, at, plain.length);
    const length = offset === null ? null : varint(plain, offset.end, plain.length);
    if (offset === null || length === null || length.end + length.value > plain.length) break;
    at = length.end + length.value;
    found.push({ offset: offset.value, bytes: plain.subarray(length.end, at) });
  }
  return found;
}

function skipAck(plain: Buffer, start: number, hasEcn: boolean): number | null {
  // Largest acknowledged, delay, count of ranges, first range; then two numbers a range.
  let at = start;
  let left = 4;
  for (let seen = 1; left > 0; seen++, left--) {
    const number = varint(plain, at, plain.length);
    if (number === null) return null;
    at = number.end;
    if (seen === 3) left += 2 * Math.min(number.value, plain.length) + (hasEcn ? 3 : 0);
  }
  return at;
}

/** RFC 9000 §16; null where it is cut, or larger than anything that fits in a datagram. */
function varint(
  bytes: Buffer,
  at: number,
  end: number,
): { readonly value: number; readonly end: number } | null {
  if (at >= end) return null;
  const first = bytes[at] ?? 0;
  const size = 1 << (first >> 6);
  if (at + size > end) return null;
  let value = first & 0x3f;
  for (let index = 1; index < size; index++) value = value * 256 + (bytes[at + index] ?? 0);
  return value > 0xffff_ffff ? null : { value, end: at + size };
}

function hmac(key: Buffer, message: Buffer): Buffer {
  return createHmac('sha256', key).update(message).digest();
}
