import { printable } from '../../../base/text.js';

/** A TLS ClientHello (RFC 8446 §4.1.2) as far as it tells who is called. */
export interface ClientHello {
  /** server_name of type host_name (RFC 6066), lower case; null where there is none. */
  readonly serverName: string | null;
  /** Protocol names offered (RFC 7301). */
  readonly alpn: readonly string[];
}

export const EXTENSION_SERVER_NAME = 0;
const EXTENSION_ALPN = 16;
const MAX_ALPN = 16;
export const MAX_NAME = 253;

/** Reads the body of a ClientHello handshake message (its 4-byte header stripped). `null`: not one. */
export function parseClientHello(body: Buffer): ClientHello | null {
  // legacy_version, random, legacy_session_id
  if (body.length < 35 || body[0] !== 3) return null;
  let at = 34 + 1 + (body[34] ?? 0);
  // cipher_suites
  if (at + 2 > body.length) return null;
  const suites = u16(body, at);
  if (suites < 2 || suites % 2 !== 0) return null;
  at += 2 + suites;
  // legacy_compression_methods
  if (at + 1 > body.length) return null;
  at += 1 + (body[at] ?? 0);
  if (at > body.length) return null;
  // TLS 1.2 and older may end here.
  if (at + 2 > body.length) return { serverName: null, alpn: [] };
  const end = Math.min(body.length, at + 2 + u16(body, at));
  at += 2;
  let serverName: string | null = null;
  let alpn: readonly string[] = [];
  while (at + 4 <= end) {
    const type = u16(body, at);
    const from = at + 4;
    at = from + u16(body, at + 2);
    if (at > end) break;
    if (type === EXTENSION_SERVER_NAME) serverName ??= readServerName(body, from, at);
    else if (type === EXTENSION_ALPN) alpn = readAlpn(body, from, at);
  }
  return { serverName, alpn };
}

function readServerName(body: Buffer, from: number, end: number): string | null {
  let at = from + 2;
  while (at + 3 <= end) {
    const length = u16(body, at + 1);
    const start = at + 3;
    at = start + length;
    if (at > end) return null;
    if (body[start - 3] !== 0 || length === 0 || length > MAX_NAME) continue;
    const name = body.toString('latin1', start, at).toLowerCase();
    return printable(name.endsWith('.') ? name.slice(0, -1) : name, MAX_NAME);
  }
  return null;
}

function readAlpn(body: Buffer, from: number, end: number): readonly string[] {
  const names: string[] = [];
  for (let at = from + 2; at < end && names.length < MAX_ALPN; ) {
    const start = at + 1;
    at = start + (body[at] ?? 0);
    if (at > end) break;
    names.push(printable(body.toString('latin1', start, at), 255));
  }
  return names;
}

function u16(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
