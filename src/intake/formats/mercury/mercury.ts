import { parseIp } from '../../../base/ip.js';
import { phrase } from '../../../base/phrase.js';
import { type Endpoint, sessionKey } from '../../../model/flow.js';
import type {
  DnsObservation,
  HttpObservation,
  Observation,
  TlsObservation,
} from '../../../model/observation.js';
import type { InputFormat, Probe } from '../format.js';
import { PROBE_BYTES } from '../format.js';
import { LogReader } from '../log-reader.js';
import { hostName, kept, recordType } from '../log-text.js';
import { isRecord } from '../ndjson.js';
import { wholeLines } from '../records/lines.js';

const MAX_PROTOCOLS = 64;
const MAX_PORT = 65_535;

/**
 * Cisco's mercury (`--metadata --dns-json`): one JSON object a line for each packet that told something. It counts nothing
 * and tells of no conversation's end, so only what it has seen is taken: TLS and QUIC server names, HTTP hosts, DNS. Its
 * fingerprints are of a form of their own (neither JA3 nor JA4) and are passed over.
 */
export const mercury: InputFormat = {
  name: 'mercury-json',
  probe,
  resumeHead: wholeLines,
  open: (sink, counters) => new MercuryReader('mercury', sink, counters),
};

/** Who spoke and when stand at a line's end. */
const ENDS = /"src_ip"\s*:\s*"[^"]+"\s*,\s*"dst_ip"\s*:\s*"[^"]+"\s*,\s*"protocol"\s*:\s*\d/;
/** How it begins: a fingerprint that names its own form, or a message of one of the protocols that are read. */
const BEGINNING =
  /^\s*\{\s*("fingerprints"\s*:\s*\{\s*"([a-z_]+)"\s*:\s*"\2\/|"(tls|dtls|quic)"\s*:\s*\{\s*"(client|server)"\s*:\s*\{|"(dns|http)"\s*:\s*\{\s*"(query|request|response)"\s*:\s*\{)/;

/** A first line with certificates may be longer than all that is shown: then its beginning tells. */
function probe(head: Buffer): Probe {
  if (head.length === 0) return 'more';
  const stop = head.indexOf(10);
  const text = head.toString('latin1', 0, stop < 0 ? head.length : stop);
  if (!/^\s*\{\s*"[a-z_]+"\s*:/.test(text)) return 'no';
  if (ENDS.test(text) && /"event_start"\s*:\s*\d/.test(text)) return 'yes';
  if (stop >= 0 || !BEGINNING.test(text)) return 'no';
  return head.length < PROBE_BYTES ? 'more' : 'yes';
}

interface Scene {
  readonly timeUs: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly origin: { readonly source: string; readonly format: string; readonly record: number };
}

class MercuryReader extends LogReader {
  #other = 0;

  protected readLine(bytes: Buffer, from: number, end: number): void {
    const said = parsed(bytes.toString('utf8', from, end));
    if (!isRecord(said)) {
      this.bad(phrase`is no JSON object`);
      return;
    }
    const seen = observationOf(said, this.line);
    if (seen === null) this.#other++;
    else this.observe(seen);
  }

  protected finish() {
    return { 'other-line': this.#other };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Null where the line tells of nothing that is looked for, or its ends are not sound. */
function observationOf(said: Record<string, unknown>, record: number): Observation | null {
  const source = endpointOf(said.src_ip, said.src_port);
  const target = endpointOf(said.dst_ip, said.dst_port);
  const seconds = said.event_start;
  if (source === null || target === null || typeof seconds !== 'number' || !(seconds > 0)) return null;
  const origin = { source: '', format: '', record };
  const timeUs = Math.round(seconds * 1e6);
  const asked: Scene = { timeUs, client: source, server: target, origin };
  const answered: Scene = { timeUs, client: target, server: source, origin };
  const { tls, quic, http, dns } = said;
  if (isRecord(tls) && isRecord(tls.client)) return tlsOf(tls.client, asked);
  if (isRecord(quic)) return tlsOf(isRecord(quic.tls) ? quic.tls.client : quic.client, asked);
  if (isRecord(http) && isRecord(http.request)) return httpOf(http.request, asked);
  if (isRecord(dns) && isRecord(dns.response)) return dnsOf(dns.response, true, answered);
  if (isRecord(dns) && isRecord(dns.query)) return dnsOf(dns.query, false, asked);
  return null;
}

function endpointOf(ip: unknown, port: unknown): Endpoint | null {
  const address = typeof ip === 'string' ? parseIp(ip) : null;
  if (address === null || typeof port !== 'number' || !(port >= 0 && port <= MAX_PORT)) return null;
  return { ip: address, port: Math.floor(port) };
}

function tlsOf(client: unknown, scene: Scene): TlsObservation | null {
  if (!isRecord(client)) return null;
  const offered = client.application_layer_protocol_negotiation;
  return {
    kind: 'tls',
    ...scene,
    session: sessionKey(scene.client, scene.server, scene.timeUs),
    serverName: hostName(typeof client.server_name === 'string' ? client.server_name : null),
    alpn: Array.isArray(offered) ? offered.slice(0, MAX_PROTOCOLS).flatMap((name) => kept(name) ?? []) : [],
    ja3: null,
    ja4: null,
    answered: false,
  };
}

function httpOf(request: Record<string, unknown>, scene: Scene): HttpObservation | null {
  const method = kept(request.method);
  if (method === null) return null;
  return {
    kind: 'http',
    ...scene,
    session: sessionKey(scene.client, scene.server, scene.timeUs),
    host: hostName(typeof request.host === 'string' ? request.host : null, true),
    method,
    userAgent: kept(request.user_agent),
    answered: false,
  };
}

/** The question alone: under which keys addresses of answers are written no sample shows. */
function dnsOf(message: Record<string, unknown>, answered: boolean, scene: Scene): DnsObservation | null {
  const asked = Array.isArray(message.question) ? message.question[0] : null;
  if (!isRecord(asked)) return null;
  const question = hostName(typeof asked.name === 'string' ? asked.name : null);
  if (question === null) return null;
  return {
    kind: 'dns',
    ...scene,
    question,
    questionType: recordType(asked.type),
    answered,
    addresses: [],
  };
}
