import type { NameGlance } from '../../../model/glance.js';
import { EXTENSION_SERVER_NAME, MAX_NAME } from '../tls/client-hello.js';
import { CLIENT_HELLO, MAX_HELLO } from '../tls/tls.js';
import { MAX_RECORD, RECORD_HEADER } from '../tls/tls-handshake.js';

/** Record header, handshake header, version, random, and the length of the session id. */
const SESSION_ID = RECORD_HEADER + 4 + 34;

/**
 * A ClientHello whose server name the rules do not know: by offsets, no text made. The rest of the hello may still be
 * on its way, for the first name is the one that counts; where the snap length cut it (`isCut`) the rest never comes,
 * and a hello cut before its name is nobody's. False for all that is unusual: hellos in several records, names
 * of another type; and for a hello without a name, of which the server's certificate may tell.
 */
export function dismissesHello(
  bytes: Buffer,
  start: number,
  end: number,
  isCut: boolean,
  mayInterest: NameGlance,
): boolean {
  if (end - start <= RECORD_HEADER) return false;
  if (
    bytes[start + 1] !== 3 ||
    (bytes[start + 2] as number) > 4 ||
    bytes[start + RECORD_HEADER] !== CLIENT_HELLO
  )
    return false;
  if (end - start < SESSION_ID + 1) return isCut;
  const record = u16(bytes, start + 3);
  const hello = u16(bytes, start + 7);
  if (record > MAX_RECORD || hello + 4 > record || bytes[start + 6] !== 0 || hello > MAX_HELLO) return false;
  if (bytes[start + 9] !== 3) return false;
  const helloEnd = start + RECORD_HEADER + 4 + hello;
  const seenEnd = Math.min(end, helloEnd);
  const isLost = isCut && seenEnd < helloEnd;
  // legacy_session_id, cipher_suites, legacy_compression_methods
  let at = start + SESSION_ID + 1 + (bytes[start + SESSION_ID] as number);
  if (at + 2 > seenEnd) return isLost;
  const suites = u16(bytes, at);
  if (suites < 2 || suites % 2 !== 0) return false;
  at += 2 + suites;
  if (at + 1 > seenEnd) return isLost;
  at += 1 + (bytes[at] as number);
  if (at + 2 > seenEnd) return isLost;
  const extensionsEnd = Math.min(helloEnd, at + 2 + u16(bytes, at));
  at += 2;
  while (at + 4 <= extensionsEnd) {
    if (at + 4 > seenEnd) return isLost;
    const isName = u16(bytes, at) === EXTENSION_SERVER_NAME;
    const from = at + 4;
    at = from + u16(bytes, at + 2);
    if (!isName) continue;
    if (isLost && at > seenEnd) return true;
    // server_name_list: its length, then type, length and name of the first entry.
    if (from + 5 > Math.min(at, seenEnd) || bytes[from + 2] !== 0) return false;
    const length = u16(bytes, from + 3);
    const name = from + 5;
    if (at > extensionsEnd || length === 0 || length > MAX_NAME || name + length > Math.min(at, seenEnd))
      return false;
    return !mayInterest(bytes, name, name + length);
  }
  return false;
}

function u16(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
