import type { Counters } from '../../../base/counters.js';
import { parseIp } from '../../../base/ip.js';
import { phrase } from '../../../base/phrase.js';
import { type Endpoint, sessionKey } from '../../../model/flow.js';
import type {
  DnsObservation,
  HttpObservation,
  Observation,
  TlsObservation,
} from '../../../model/observation.js';
import type { FormatReader, InputFormat, Probe, Problem, RecordSink } from '../format.js';
import { hostName, kept, recordType } from '../log-text.js';
import { isRecord } from '../ndjson.js';
import { ProblemList } from '../problems.js';
import { LineFeed, wholeLines } from '../records/lines.js';

const MAX_PROTOCOLS = 64;
const MAX_PORT = 65_535;

/**
 * Cisco's mercury (`--metadata --dns-json`): one JSON object a line for each packet that told something. It counts nothing
 * and tells of no conversation's end, so only what it has seen is taken: TLS and QUIC server names, HTTP hosts, DNS. Its
 * fingerprints are of a form of their own (neither JA3 nor JA4) and are passed over.
 */
export const mercury: InputFormat = {
  name: 'mercury-json',
  summary: 'mercury JSON: TLS and QUIC server names, HTTP requests and DNS of single packets',
  probe,
  resumeHead: wholeLines,
  open: (sink, counters) => new MercuryReader(sink, counters),
};

function probe(head: Buffer): Probe {
  if (head.length === 0) return 'more';
  const stop = head.indexOf(10);
  const text = head.toString('latin1', 0, stop < 0 ? head.length : stop);
  if (!/^\s*\{\s*"[a-z_]+"\s*:/.test(text)) return 'no';
  const names = /"src_ip"\s*:\s*"[^"]+"\s*,\s*"dst_ip"\s*:\s*"[^"]+"\s*,\s*"protocol"\s*:\s*\d/;
  return names.test(text) && /"event_start"\s*:\s*\d/.test(text) ? 'yes' : 'no';
}

interface Scene {
  readonly timeUs: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly origin: { readonly source: string; readonly format: string; readonly record: number };
}

class MercuryReader implements FormatReader {
  records = 0;
  readonly #sink: RecordSink;
  readonly #counters: Counters;
  readonly #problems = new ProblemList();
  readonly #lines = new LineFeed((bytes, from, end, line) => {
    if (end > from) this.#read(bytes.toString('utf8', from, end), line);
  });
  readonly #counts = { observations: 0, other: 0, badLine: 0 };
  #fed = 0;

  constructor(sink: RecordSink, counters: Counters) {
    this.#sink = sink;
    this.#counters = counters;
  }

  get problems(): readonly Problem[] {
    return this.#problems.list;
  }

  get pendingBytes(): number {
    return this.#lines.pendingBytes;
  }

  feed(chunk: Buffer): void {
    this.#lines.feed(chunk);
    this.#fed += chunk.length;
  }

  end(): void {
    this.#lines.end();
    this.#counters.add('mercury.observations', this.#counts.observations);
    this.#counters.add('mercury.other-line', this.#counts.other);
    this.#counters.add('mercury.bad-line', this.#counts.badLine);
    this.#counters.add('mercury.line-too-long', this.#lines.tooLong);
  }

  #read(text: string, line: number): void {
    const said = parsed(text);
    if (!isRecord(said)) {
      this.#counts.badLine++;
      const what = phrase`line ${line} is no JSON object; such lines were left out`;
      this.#problems.add('bad-line', this.#fed, what);
      return;
    }
    const seen = observationOf(said, line);
    if (seen === null) {
      this.#counts.other++;
      return;
    }
    this.#counts.observations++;
    this.records++;
    this.#sink.observation(seen);
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
