import { printable } from '../../../base/text.js';
import { type Direction, sessionKey } from '../../../model/flow.js';
import type { StreamReader } from '../../../model/session.js';
import { noteAgent, noteHost, noteInner, noteLogin } from '../hints.js';
import type { Inspector, InspectorContext, Probe, WrapperHints } from '../inspector.js';
import { opposite } from '../run.js';
import { JsonBody } from './http-body.js';
import {
  beginsLikeAnswer,
  bodyFraming,
  FORWARDING_HEADERS,
  type HttpHead,
  MINING_HEADERS,
  parseAuthority,
  probeStartLine,
} from './http-head.js';
import { type AfterHead, HttpStream } from './http-stream.js';

/** Requests without an answer yet; of more, the oldest is taken for unanswered. */
const MAX_PENDING = 16;
/** So many requests of a session are told of; later ones only when the host changes. */
const MAX_TOLD = 4;
/** Changes of host that are told of. */
const MAX_TOLD_HOSTS = 64;

/** Paths that solo miners poll without a JSON-RPC body (xmrig DaemonClient.cpp, getwork long polling). */
const POLLED_PATH = /^\/(getheight|get_height|getinfo|get_info|getwork|getblocktemplate|lp|longpoll)\b/i;
const MINER_AGENT = /miner|xmrig|xmr-stak|t-rex\/|srbminer|lolminer|gminer|rigel\//i;
const RPC_METHOD = /"method"\s*:\s*"/;
const RPC_RESULT = /"(result|error)"\s*:/;

/**
 * HTTP/1.x: requests with their host, tunnels (CONNECT, WebSocket), and JSON-RPC bodies, which may be work for a
 * miner. Anything else is web traffic: told once, then no longer read.
 */
export const http: Inspector = {
  name: 'http',
  keepsFrames: true,
  probe(toServer, toClient): Probe {
    if (toServer.length > 0) {
      const request = probeStartLine(toServer, 'request');
      return request === 'no' ? probeStartLine(toServer, 'answer') : request;
    }
    const answer = probeStartLine(toClient, 'answer');
    return answer === 'no' ? probeStartLine(toClient, 'request') : answer;
  },
  start: (context) => new HttpReader(context),
};

const STOP: AfterHead = { kind: 'stop' };

interface Exchange {
  readonly timeUs: number;
  readonly method: string;
  readonly host: string | null;
  readonly userAgent: string | null;
  /** `connect` or `websocket` where the request asks for a tunnel. */
  readonly tunnel: 'connect' | 'websocket' | null;
  /** A JSON-RPC body, or signs of work being polled: the answer is worth reading. */
  isWorthReading: boolean;
  isComplete: boolean;
}

class HttpReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #requests: HttpStream;
  readonly #answers: HttpStream;
  readonly #pending: Exchange[] = [];
  #inner: StreamReader | null = null;
  /** Null: the answer's request was not seen. */
  #answered: Exchange | null = null;
  #isInterim = false;
  #sent: JsonBody | null = null;
  #received: JsonBody | null = null;
  #told = 0;
  #lastHost: string | null = null;
  #toldHosts = 0;
  #started = false;

  constructor(context: InspectorContext) {
    this.#context = context;
    this.#requests = new HttpStream('request', {
      head: (head, timeUs) => this.#request(head, timeUs),
      body: (bytes) => this.#sent?.add(bytes),
      done: (isWhole, timeUs) => this.#requestDone(isWhole, timeUs),
      tunnel: (bytes, timeUs) => this.#tunnel(bytes, timeUs),
    });
    this.#answers = new HttpStream('answer', {
      head: (head) => this.#answer(head),
      body: (bytes) => this.#received?.add(bytes),
      done: (isWhole, timeUs) => this.#answerDone(isWhole, timeUs),
      tunnel: (bytes, timeUs) => this.#inner?.feed('to-client', bytes, timeUs) ?? false,
    });
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    let from = direction;
    if (!this.#started) {
      this.#started = true;
      if (beginsLikeAnswer(bytes) === (from === 'to-server')) {
        if (!this.#context.swapSides()) return false;
        from = opposite(from);
      }
    }
    return (from === 'to-server' ? this.#requests : this.#answers).feed(bytes, timeUs);
  }

  gap(direction: Direction, byteCount: number, timeUs: number): void {
    (direction === 'to-server' ? this.#requests : this.#answers).gap(byteCount, timeUs);
    // In a tunnel the missing bytes were the inner protocol's.
    this.#inner?.gap(direction, byteCount, timeUs);
  }

  tell(): void {
    this.#inner?.tell?.();
  }

  end(timeUs: number): void {
    this.#answers.end(timeUs);
    for (const exchange of this.#pending) this.#tell(exchange, false);
    this.#pending.length = 0;
    this.#inner?.end(timeUs);
    this.#inner = null;
  }

  #request(head: HttpHead, timeUs: number): AfterHead {
    const { hints } = this.#context;
    const { headers, method } = head;
    const isConnect = method === 'CONNECT';
    const named = parseAuthority(
      isConnect ? head.target : (authorityOf(head.target) ?? headers.get('host') ?? ''),
    );
    if (named !== null) noteHost(hints, named.host, named.port);
    hints.path = printable(pathOf(head.target));
    const agent = printable(headers.get('user-agent') ?? '');
    noteAgent(hints, agent);
    noteBasicLogin(hints, headers.get('authorization'));
    for (const name of FORWARDING_HEADERS) noteInner(hints, name, headers.get(name) ?? '');
    const isMarked = noteMarks(hints, headers);
    const isUpgrade = /\bwebsocket\b/i.test(headers.get('upgrade') ?? '');
    const exchange: Exchange = {
      timeUs,
      method: method ?? '',
      host: named?.host ?? null,
      userAgent: agent === '' ? null : agent,
      tunnel: isConnect ? 'connect' : isUpgrade ? 'websocket' : null,
      isWorthReading: isMarked || MINER_AGENT.test(agent) || POLLED_PATH.test(hints.path),
      isComplete: false,
    };
    if (
      exchange.tunnel === null &&
      !exchange.isWorthReading &&
      !mayHaveBody(head) &&
      !this.#isWanted(exchange.host)
    )
      return STOP;
    this.#pending.push(exchange);
    if (this.#pending.length > MAX_PENDING) this.#drop(this.#pending.shift());
    if (exchange.tunnel !== null) return { kind: 'tunnel' };
    const framing = bodyFraming(head, null) ?? STOP;
    this.#sent = framing.kind === 'none' ? null : new JsonBody(headers);
    return framing;
  }

  #requestDone(isWhole: boolean, timeUs: number): boolean {
    const exchange = this.#pending.at(-1) ?? this.#answered;
    const body = this.#sent?.finish() ?? null;
    if (exchange === null || exchange === undefined) return true;
    exchange.isComplete = true;
    if (body !== null && RPC_METHOD.test(body.toString('latin1'))) {
      exchange.isWorthReading = true;
      if (isWhole) return this.#feedInner('to-server', body, timeUs);
    }
    if (exchange.isWorthReading) return true;
    // Answered before it was complete, or several in a row that nobody answers: no need to wait.
    return exchange !== this.#answered && this.#pending.length < 2;
  }

  #answer(head: HttpHead): AfterHead {
    const { status, headers } = head;
    const isTunnelAnswer = status === 101 || status < 200;
    this.#isInterim = isTunnelAnswer && status !== 101;
    if (this.#isInterim) return { kind: 'none' };
    const exchange = this.#pending.shift() ?? null;
    this.#answered = exchange;
    if (exchange !== null) this.#tell(exchange, true);
    const isMarked = noteMarks(this.#context.hints, headers);
    if (exchange !== null && isMarked) exchange.isWorthReading = true;
    const tunnel = exchange === null ? unaskedTunnel(head) : exchange.tunnel;
    if (tunnel !== null) {
      if (tunnel === 'connect' ? status >= 200 && status < 300 : status === 101) {
        this.#openTunnel(tunnel);
        return { kind: 'tunnel' };
      }
      // Refused. The client may try again (with a password, say) if it has not begun to speak through the tunnel.
      if (tunnel !== 'connect' || this.#inner !== null) return STOP;
      this.#requests.resume();
    } else if (status === 101 || (exchange?.isComplete && !exchange.isWorthReading)) {
      return STOP;
    }
    this.#received = new JsonBody(headers);
    return bodyFraming(head, exchange?.method ?? null) ?? STOP;
  }

  #answerDone(isWhole: boolean, timeUs: number): boolean {
    if (this.#isInterim) {
      this.#isInterim = false;
      return true;
    }
    const exchange = this.#answered;
    const body = this.#received?.finish() ?? null;
    if (exchange?.tunnel === 'connect') return true;
    if (exchange !== null && !exchange.isWorthReading) return !exchange.isComplete;
    if (body === null || !isWhole) return exchange !== null;
    if (exchange === null && this.#inner === null && !RPC_RESULT.test(body.toString('latin1'))) return false;
    return this.#feedInner('to-client', body, timeUs);
  }

  #feedInner(direction: Direction, body: Buffer, timeUs: number): boolean {
    this.#inner ??= this.#context.unwrap('http');
    // One piece: the inner protocol must not depend on how HTTP was cut.
    const line = Buffer.allocUnsafe(body.length + 1);
    body.copy(line);
    line[body.length] = 0x0a;
    return this.#inner.feed(direction, line, timeUs);
  }

  /** Bytes of the client behind a request for a tunnel: it would not send them before the answer let it. */
  #tunnel(bytes: Buffer, timeUs: number): boolean {
    if (this.#inner === null) this.#openTunnel(this.#pending.at(-1)?.tunnel ?? 'connect');
    return this.#inner?.feed('to-server', bytes, timeUs) ?? false;
  }

  #openTunnel(tunnel: 'connect' | 'websocket'): void {
    if (this.#inner !== null) return;
    // The frames are the same wrapper's second half: their inspector takes the mark away.
    if (tunnel === 'websocket') this.#context.hints.marks.add('upgrade');
    this.#inner = this.#context.unwrap(tunnel);
  }

  #drop(exchange: Exchange | undefined): void {
    if (exchange !== undefined) this.#tell(exchange, false);
  }

  /** The rules care for the host, or for the addresses. */
  #isWanted(host: string | null): boolean {
    const { session, wantsName } = this.#context;
    return session.watched || (host !== null && (wantsName?.(host) ?? true));
  }

  #tell(exchange: Exchange, answered: boolean): void {
    if (!this.#isWanted(exchange.host)) return;
    const isNewHost = exchange.host !== this.#lastHost && this.#toldHosts < MAX_TOLD_HOSTS;
    if (isNewHost) this.#toldHosts++;
    else if (this.#told >= MAX_TOLD) return;
    this.#told++;
    this.#lastHost = exchange.host;
    const { session } = this.#context;
    this.#context.emit({
      kind: 'http',
      timeUs: exchange.timeUs,
      client: session.client,
      server: session.server,
      origin: session.origin,
      session: sessionKey(session.client, session.server, session.startUs),
      host: exchange.host,
      method: exchange.method,
      userAgent: exchange.userAgent,
      answered,
    });
  }
}

/** The tunnel that an answer opens when its request was not seen. */
function unaskedTunnel(head: HttpHead): 'connect' | 'websocket' | null {
  const { status, headers } = head;
  if (status === 101) return /\bwebsocket\b/i.test(headers.get('upgrade') ?? '') ? 'websocket' : null;
  const hasBody = ['content-length', 'content-type', 'transfer-encoding'].some((name) => headers.has(name));
  return status === 200 && !hasBody ? 'connect' : null;
}

/** Authority of a request to a proxy (`GET http://host/path`). */
function authorityOf(target: string): string | null {
  return /^https?:\/\/(?:[^/@]*@)?([^/?#]+)/i.exec(target)?.[1] ?? null;
}

function mayHaveBody({ headers }: HttpHead): boolean {
  return headers.has('content-length') || headers.has('transfer-encoding');
}

function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?#]+/i, '');
}

/** The user of Basic authorization (RFC 7617); the password is not kept. */
function noteBasicLogin(hints: WrapperHints, authorization: string | undefined): void {
  const encoded = /^Basic\s+([A-Za-z0-9+/]{2,1024}={0,2})$/i.exec(authorization ?? '')?.[1];
  if (encoded !== undefined)
    noteLogin(hints, Buffer.from(encoded, 'base64').toString('utf8').split(':', 1)[0] ?? '');
}

/** Whether any header is one of mining; `X-Stratum` names the pool beside. */
function noteMarks(hints: WrapperHints, headers: ReadonlyMap<string, string>): boolean {
  let isMarked = false;
  for (const name of MINING_HEADERS) {
    const value = headers.get(name);
    if (value === undefined) continue;
    isMarked = true;
    hints.marks.add(name);
    const named =
      name === 'x-stratum'
        ? parseAuthority(value.replace(/^[a-z+0-9]+:\/\//i, '').replace(/\/.*$/, ''))
        : null;
    if (named !== null) noteHost(hints, named.host, named.port);
  }
  return isMarked;
}
