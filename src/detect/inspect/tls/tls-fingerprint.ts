import { createHash } from 'node:crypto';

/** Fingerprints of a TLS client: which program, or rather which build of which library, speaks. Shared by many. */
export interface TlsFingerprint {
  /** MD5 in hex of version, ciphers, extensions, groups, point formats (salesforce/ja3 README). */
  readonly ja3: string;
  /** FoxIO JA4 (technical_details/JA4.md): `t13d1516h2_8daaf6152771_e5627efa2ab1`. */
  readonly ja4: string;
}

/** First letter of JA4: over TCP, or over QUIC. */
export type JA4Transport = 't' | 'q';

const SERVER_NAME = 0;
const GROUPS = 10;
const POINT_FORMATS = 11;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;
/** Longest lists that are read: real hellos have under 100 of each. */
const MAX_VALUES = 512;
const NOTHING = '000000000000';

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);

interface Hello {
  readonly version: number;
  readonly ciphers: readonly number[];
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatures: readonly number[];
  readonly versions: readonly number[];
  /** First protocol offered; null where none is. */
  readonly protocol: Buffer | null;
}

/**
 * `body`: a ClientHello that parseClientHello() accepts, its 4-byte header stripped. Values of GREASE (RFC 8701) are
 * left out of both. What is cut short or beyond MAX_VALUES does not count.
 */
export function fingerprintOf(body: Buffer, transport: JA4Transport): TlsFingerprint {
  const hello = readHello(body);
  return { ja3: ja3Of(hello), ja4: ja4Of(hello, transport) };
}

function ja3Of({ version, ciphers, extensions, groups, pointFormats }: Hello): string {
  const lists = [ciphers, extensions, groups, pointFormats].map((list) => list.join('-'));
  return createHash('md5')
    .update([version, ...lists].join(','))
    .digest('hex');
}

function ja4Of(hello: Hello, transport: JA4Transport): string {
  const { ciphers, extensions, signatures } = hello;
  const version = VERSIONS.get(Math.max(...hello.versions, hello.versions.length > 0 ? 0 : hello.version));
  const name = extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const counts = count(ciphers) + count(extensions);
  const head = `${transport}${version ?? '00'}${name}${counts}${ends(hello.protocol)}`;
  const others = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN);
  const tail = signatures.length === 0 ? '' : `_${hexList(signatures)}`;
  return [
    head,
    ciphers.length === 0 ? NOTHING : digest(hexList(sorted(ciphers))),
    extensions.length === 0 ? NOTHING : digest(`${hexList(sorted(others))}${tail}`),
  ].join('_');
}

function count(list: readonly number[]): string {
  return String(Math.min(99, list.length)).padStart(2, '0');
}

/** First and last character of the protocol, or of its hex where one of them is no letter or digit. */
function ends(protocol: Buffer | null): string {
  if (protocol === null || protocol.length === 0) return '00';
  const [first, last] = [protocol[0] ?? 0, protocol[protocol.length - 1] ?? 0];
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
  const hex = protocol.toString('hex');
  return `${hex[0]}${hex.at(-1)}`;
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function hexList(list: readonly number[]): string {
  return list.map((value) => value.toString(16).padStart(4, '0')).join(',');
}

function sorted(list: readonly number[]): number[] {
  return [...list].sort((a, b) => a - b);
}

function readHello(body: Buffer): Hello {
  let at = 34 + 1 + (body[34] ?? 0);
  const ciphers = words(body, at + 2, at + 2 + u16(body, at));
  at += 2 + u16(body, at);
  at += 1 + (body[at] ?? 0);
  const extensions: number[] = [];
  const found = new Map<number, readonly [from: number, end: number]>();
  const end = Math.min(body.length, at + 2 + u16(body, at));
  for (at += 2; at + 4 <= end && extensions.length < MAX_VALUES; ) {
    const type = u16(body, at);
    const from = at + 4;
    at = from + u16(body, at + 2);
    if (at > end) break;
    if (isGrease(type)) continue;
    extensions.push(type);
    if (!found.has(type)) found.set(type, [from, at]);
  }
  const [alpnFrom, alpnEnd] = found.get(ALPN) ?? [0, 0];
  const protocolEnd = alpnFrom + 3 + (body[alpnFrom + 2] ?? 0);
  const list = (type: number, skip: number) => {
    const [from, until] = found.get(type) ?? [0, 0];
    return words(body, from + skip, until);
  };
  const [formatsFrom, formatsEnd] = found.get(POINT_FORMATS) ?? [0, 0];
  return {
    version: u16(body, 0),
    ciphers,
    extensions,
    groups: list(GROUPS, 2),
    pointFormats: [...body.subarray(formatsFrom + 1, Math.max(formatsFrom + 1, formatsEnd))],
    signatures: list(SIGNATURE_ALGORITHMS, 2),
    versions: list(SUPPORTED_VERSIONS, 1),
    protocol:
      alpnEnd - alpnFrom >= 3 && protocolEnd <= alpnEnd ? body.subarray(alpnFrom + 3, protocolEnd) : null,
  };
}

/** 16-bit values of a list, GREASE left out. */
function words(body: Buffer, from: number, end: number): number[] {
  const list: number[] = [];
  const last = Math.min(end, body.length) - 1;
  for (let at = from; at < last && list.length < MAX_VALUES; at += 2) {
    const value = u16(body, at);
    if (!isGrease(value)) list.push(value);
  }
  return list;
}

/** 0x0a0a, 0x1a1a … 0xfafa (RFC 8701 §2). */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

function u16(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
