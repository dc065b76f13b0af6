import { parseIp } from '../../../base/ip.js';
import type { Origin } from '../../../model/flow.js';
import type { FlowFields } from '../../../model/flow-fields.js';
import type { DnsObservation, HttpObservation, TlsObservation } from '../../../model/observation.js';
import {
  certificateOf,
  clientOf,
  fingerprint,
  hostName,
  kept,
  recordType,
  serverOf,
  ttlOf,
} from '../log-text.js';
import { Kind, nestedOf, type Row, textOf, unescapeTsv } from '../ndjson.js';
import { F } from './fields.js';

/** What Zeek itself saw: lines of dns.log, ssl.log and http.log. The ends are in `fields`. */

const MAX_ADDRESSES = 64;
const TYPE_A = 1;
const TYPE_AAAA = 28;
const MAX_TYPE = 65535;

/** Null where the line asks for no name. Zeek's answers are a flat list: all of a question for addresses belong to it. */
export function dnsOf(
  row: Row,
  fields: FlowFields,
  timeUs: number,
  origin: Origin,
  setSeparator: string,
): DnsObservation | null {
  const question = hostName(textOf(row, F.QUERY));
  if (question === null) return null;
  const rcode = textOf(row, F.RCODE);
  const typed = Number(textOf(row, F.QTYPE) ?? recordType(textOf(row, F.QTYPE_NAME)));
  const questionType = typed >= 0 && typed <= MAX_TYPE ? typed : 0;
  const answers = listOf(row, F.ANSWERS, setSeparator);
  const asksAddress = questionType === 0 || questionType === TYPE_A || questionType === TYPE_AAAA;
  return {
    kind: 'dns',
    timeUs,
    client: clientOf(fields),
    server: serverOf(fields),
    origin,
    question,
    questionType,
    answered: rcode !== null || answers.length > 0,
    addresses:
      asksAddress && (rcode === null || rcode === '0')
        ? addressesOf(answers, listOf(row, F.TTLS, setSeparator))
        : [],
  };
}

function addressesOf(answers: readonly string[], ttls: readonly string[]): DnsObservation['addresses'] {
  const found: { ip: string; ttl: number }[] = [];
  let least = Number.MAX_SAFE_INTEGER;
  for (const [at, answer] of answers.slice(0, MAX_ADDRESSES).entries()) {
    const ip = parseIp(answer);
    const ttl = ttlOf(ttls[at]);
    if (ip === null) least = Math.min(least, ttl);
    else found.push({ ip, ttl });
  }
  return found.map(({ ip, ttl }) => ({ ip, ttl: Math.min(ttl, least) }));
}

export function tlsOf(
  row: Row,
  fields: FlowFields,
  timeUs: number,
  origin: Origin,
  session: string,
): TlsObservation {
  const alpn = kept(textOf(row, F.NEXT_PROTOCOL));
  return {
    kind: 'tls',
    timeUs,
    client: clientOf(fields),
    server: serverOf(fields),
    origin,
    session,
    serverName: hostName(textOf(row, F.SERVER_NAME)),
    alpn: alpn === null ? [] : [alpn],
    ja3: fingerprint(textOf(row, F.JA3)),
    ja4: fingerprint(textOf(row, F.JA4)),
    certificate: certificateOf(textOf(row, F.SUBJECT), textOf(row, F.ISSUER), null),
    answered: isTrue(row, F.ESTABLISHED) || row.kind[F.CIPHER] !== Kind.ABSENT || serverSpoke(row),
  };
}

/** Small letters of ssl_history are the server's. */
function serverSpoke(row: Row): boolean {
  return /[a-z]/.test(textOf(row, F.SSL_HISTORY) ?? '');
}

function isTrue(row: Row, slot: number): boolean {
  return (
    row.kind[slot] === Kind.TRUE || (row.kind[slot] === Kind.TSV && row.bytes[row.start[slot]!] === 0x54)
  );
}

/** Null where only an answer was seen. */
export function httpOf(
  row: Row,
  fields: FlowFields,
  timeUs: number,
  origin: Origin,
  session: string,
): HttpObservation | null {
  const method = kept(textOf(row, F.METHOD));
  if (method === null) return null;
  return {
    kind: 'http',
    timeUs,
    client: clientOf(fields),
    server: serverOf(fields),
    origin,
    session,
    host: hostName(textOf(row, F.HOST), true),
    method,
    userAgent: kept(textOf(row, F.USER_AGENT)),
    answered: row.kind[F.STATUS_CODE] !== Kind.ABSENT,
  };
}

function listOf(row: Row, slot: number, setSeparator: string): string[] {
  if (row.kind[slot] === Kind.TSV) {
    // Separators inside an element are escaped, so the list is cut before escapes are undone.
    return row.bytes.toString('utf8', row.start[slot]!, row.end[slot]!).split(setSeparator).map(unescapeTsv);
  }
  const value = nestedOf(row, slot);
  return Array.isArray(value) ? value.map(String) : [];
}
