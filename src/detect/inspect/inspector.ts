import type { Counters } from '../../base/counters.js';
import type { Observation } from '../../model/observation.js';
import type { Session, StreamReader } from '../../model/session.js';

export type Probe = 'yes' | 'no' | 'more';

/** What the wrappers around a protocol told: filled from the outside in, read by the protocol inside. */
export interface WrapperHints {
  /** Names of the wrappers, from the outside in: `http`, `websocket`, `socks5`, `socks4`, `connect`, `proxy-protocol`. */
  readonly wrappers: string[];
  /** Hosts that the client asked for (CONNECT, SOCKS, HTTP Host, `X-Stratum` of an answer). */
  readonly namedHosts: { host: string; port: number | null }[];
  /** User-Agent values. */
  readonly agents: string[];
  /** User names of HTTP Basic authorization. */
  readonly logins: string[];
  /** Who is named as the client inside: `x-forwarded-for 10.1.2.3`. Anybody can write that: a lead, no proof. */
  readonly inner: string[];
  /** `x-mining-extensions`, `x-stratum`, `x-long-polling` … headers of mining over HTTP, lower case. */
  readonly marks: Set<string>;
  /** Path of the last HTTP request (its worker or wallet part may matter), printable. */
  path: string | null;
}

/** What is known of a session before it is read: nothing. */
export function createHints(): WrapperHints {
  return {
    wrappers: [],
    namedHosts: [],
    agents: [],
    logins: [],
    inner: [],
    marks: new Set(),
    path: null,
  };
}

/** What an inspector may use while it reads one session. */
export interface InspectorContext {
  readonly session: Session;
  readonly hints: WrapperHints;
  readonly counters: Counters;
  emit(observation: Observation): void;
  /**
   * A reader for the inner bytes: they are probed anew, by all inspectors. Depth is bounded. A name that is the
   * innermost already is not noted again. When the reader's feed() returns false, the wrapper returns false too.
   */
  unwrap(wrapper: string): StreamReader;
  /**
   * Content shows that the assumed client is the server: swaps them once, unless a handshake decided or a wrapper
   * did. True: from now on, the bytes just being fed included, each direction is the other one; all later calls
   * come with the new direction, and per-direction state that the reader kept so far is its own to exchange.
   */
  swapSides(): boolean;
  /** Whether any rule could care for this DNS name (lower case, no trailing dot); absent: all names matter. */
  wantsName?(name: string): boolean;
}

/** Recognises one family of protocols in a session, or inside a wrapper. */
export interface Inspector {
  readonly name: string;
  /** What it reads may turn out to be a pool protocol: frames are to be at hand from its beginning on. */
  readonly keepsFrames?: boolean;
  /**
   * A look at the first bytes of each direction (one may be empty); pure, cheap. `more`: not decidable yet;
   * asked again when more bytes came, up to PROBE_LIMIT bytes a direction.
   */
  probe(toServer: Buffer, toClient: Buffer, hints: WrapperHints): Probe;
  start(context: InspectorContext): StreamReader;
}

/** An inspector that still says `more` after this many bytes of a direction is taken to say `no`. */
export const PROBE_LIMIT = 4096;
