import { parseIp } from '../../../base/ip.js';
import type { Endpoint, Origin } from '../../../model/flow.js';
import type { DnsObservation, HttpObservation, TlsObservation } from '../../../model/observation.js';
import { certificateOf, fingerprint, hostName, kept, recordType, ttlOf } from '../log-text.js';
import { isRecord } from '../ndjson.js';

/** What Suricata itself saw: the `dns`, `tls` and `http` parts of its events. */

const MAX_ANSWERS = 64;
const DNS_PORT = 53;

/** What all observations of one line share. */
export interface Scene {
  readonly timeUs: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly origin: Origin;
}

/** Answers are logged from the server to the client; the port tells, where only one end has the service's. */
export function swapsDns(part: unknown, srcPort: number, dstPort: number): boolean {
  if ((srcPort === DNS_PORT) !== (dstPort === DNS_PORT)) return srcPort === DNS_PORT;
  return isRecord(part) && (part.type === 'answer' || part.type === 'response');
}

/**
 * The three forms: v1 (4.0), each answer a line of its own; v2 (4.1), all answers in `answers`, or in `grouped` alone;
 * v3 (8.0), the questions in `queries`. Null where no name is asked for.
 */
export function dnsOf(part: unknown, scene: Scene): DnsObservation | null {
  if (!isRecord(part)) return null;
  const query = Array.isArray(part.queries) ? part.queries[0] : part;
  const asked = isRecord(query) ? query : part;
  const question = hostName(typeof asked.rrname === 'string' ? asked.rrname : null);
  if (question === null) return null;
  const answered = part.type === 'answer' || part.type === 'response' || Array.isArray(part.answers);
  const isGood = part.rcode === undefined || part.rcode === 'NOERROR' || part.rcode === 0;
  return {
    kind: 'dns',
    ...scene,
    question,
    questionType: recordType(asked.rrtype),
    answered,
    addresses: answered && isGood ? addressesOf(part, question) : [],
  };
}

interface Answer {
  readonly owner: string | null;
  readonly type: unknown;
  readonly data: string;
  readonly ttl: number;
}

/** Addresses of the question and of what its aliases lead to, with the least TTL on the way. */
function addressesOf(part: Record<string, unknown>, question: string): DnsObservation['addresses'] {
  const answers = answersOf(part);
  const reached = new Map<string, number>([[question, Number.MAX_SAFE_INTEGER]]);
  let name = question;
  for (const _ of answers) {
    const alias = answers.find(({ owner, type }) => owner === name && type === 'CNAME');
    const target = hostName(alias?.data ?? null);
    if (alias === undefined || target === null || reached.has(target)) break;
    reached.set(target, Math.min(alias.ttl, reached.get(name) ?? alias.ttl));
    name = target;
  }
  return answers.flatMap(({ owner, type, data, ttl }) => {
    const least = owner === null ? ttl : reached.get(owner);
    const ip = type === 'A' || type === 'AAAA' ? parseIp(data) : null;
    return ip === null || least === undefined ? [] : [{ ip, ttl: Math.min(ttl, least) }];
  });
}

function answersOf(part: Record<string, unknown>): Answer[] {
  if (Array.isArray(part.answers)) return part.answers.slice(0, MAX_ANSWERS).flatMap(answerOf);
  if (part.rdata !== undefined) return answerOf(part);
  const { grouped } = part;
  if (!isRecord(grouped)) return [];
  // Without owners and TTLs: all that is grouped under one question is its.
  return ['A', 'AAAA'].flatMap((type) => {
    const list = grouped[type];
    return Array.isArray(list)
      ? list.slice(0, MAX_ANSWERS).map((data) => ({ owner: null, type, data: String(data), ttl: 0 }))
      : [];
  });
}

function answerOf(value: unknown): Answer[] {
  if (!isRecord(value) || typeof value.rdata !== 'string') return [];
  const owner = hostName(typeof value.rrname === 'string' ? value.rrname : null);
  return [{ owner, type: value.rrtype, data: value.rdata, ttl: ttlOf(value.ttl) }];
}

/** Null where it is no object. Older versions write ja3 as text. */
export function tlsOf(part: unknown, scene: Scene, session: string): TlsObservation | null {
  if (!isRecord(part)) return null;
  const ja3 = isRecord(part.ja3) ? part.ja3.hash : part.ja3;
  const offered = part.client_alpns;
  return {
    kind: 'tls',
    ...scene,
    session,
    serverName: hostName(typeof part.sni === 'string' ? part.sni : null),
    alpn: Array.isArray(offered)
      ? offered.slice(0, MAX_ANSWERS).flatMap((name) => kept(name) ?? [])
      : [kept(part.server_alpn)].flatMap((name) => name ?? []),
    ja3: fingerprint(ja3),
    ja4: fingerprint(part.ja4),
    certificate: certificateOf(part.subject, part.issuerdn, part.subjectaltname),
    answered: part.subject !== undefined || part.ja3s !== undefined || isVersion(part.version),
  };
}

/** The version agreed on, which takes an answer. */
function isVersion(version: unknown): boolean {
  return typeof version === 'string' && version !== 'UNDETERMINED';
}

/** Null where only an answer was seen. */
export function httpOf(part: unknown, scene: Scene, session: string): HttpObservation | null {
  if (!isRecord(part)) return null;
  const method = kept(part.http_method);
  if (method === null) return null;
  return {
    kind: 'http',
    ...scene,
    session,
    host: hostName(typeof part.hostname === 'string' ? part.hostname : null, true),
    method,
    userAgent: kept(part.http_user_agent),
    answered: typeof part.status === 'number',
  };
}
