import type { KeptFrame } from './evidence-log.js';
import type { Direction, Endpoint, FlowRecord, OrientedBy, Origin } from './flow.js';
import type { FlowPattern } from './flow-pattern.js';
import type { Machines } from './machines.js';
import type { ProofTally, ShareProof } from './proof.js';

interface Observed {
  readonly timeUs: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly origin: Origin;
}

/** How often each role of a pool protocol was seen (stratum-dialects.md §1), well-formed messages only. */
export interface RoleCounts {
  /** R1, client: subscribe, configure, hello. */
  readonly hello: number;
  /** R2, client: login, authorize. */
  readonly login: number;
  /** Positive answers of the server to R1 or R2 that have the dialect's shape. */
  readonly loginAccepted: number;
  /** Negative answers to R1 or R2. */
  readonly loginRejected: number;
  /** R3, server: job, notify. */
  readonly job: number;
  /** R4, server: difficulty, target. */
  readonly target: number;
  /** R5, client: share. */
  readonly share: number;
  /** Shares whose job id (header hash …) was seen in a job of this session. */
  readonly shareLinked: number;
  /** R6, server: the answer to a share. */
  readonly shareAccepted: number;
  readonly shareRejected: number;
  /** R7, both: keepalive, reported hash rate, polling. */
  readonly liveness: number;
  /** Request and answer pairs that carried work by polling (getwork, getblocktemplate, eth_getWork). */
  readonly poll: number;
}

export const NO_ROLES: RoleCounts = {
  hello: 0,
  login: 0,
  loginAccepted: 0,
  loginRejected: 0,
  job: 0,
  target: 0,
  share: 0,
  shareLinked: 0,
  shareAccepted: 0,
  shareRejected: 0,
  liveness: 0,
  poll: 0,
};

export type CoinBasis = 'handshake' | 'job' | 'wallet' | 'algorithm' | 'endpoint';

export interface CoinHint {
  /** Upper-case ticker. */
  readonly ticker: string;
  readonly basis: CoinBasis;
  /** 0 to 1. */
  readonly confidence: number;
}

/** One quoted message; `text` is printable and at most 512 characters. */
export interface Quote {
  readonly timeUs: number;
  readonly direction: Direction;
  /** Key of RoleCounts that the message counted for. */
  readonly role: keyof RoleCounts;
  readonly text: string;
}

export interface ShareSum {
  /** Difficulty as the pool states it; `null` where no target was seen. */
  readonly difficulty: number | null;
  /** Expected hashes (solutions, graphs) per share where the dialect itself tells; else the algorithm decides. */
  readonly hashesPerShare?: number;
  readonly submitted: number;
  readonly accepted: number;
  readonly rejected: number;
}

/** What a job of Bitcoin's form says of the chain that it is for (BIP 34, BIP 22). */
export interface JobClues {
  /** Compact target of the network, 8 hex digits. */
  readonly bits: string;
  /** Of the block that is mined; null where the coinbase does not tell. */
  readonly height: number | null;
  /** Of the job, seconds since 1970. */
  readonly time: number;
  /** Printable texts of the coinbase: pools sign there. */
  readonly texts: readonly string[];
  /** Scripts that the coinbase pays to, hex, the largest sum first. */
  readonly outputs: readonly string[];
  /** The coinbase commits to blocks of other chains too. */
  readonly mergeMined: boolean;
}

/**
 * What one session showed of a pool protocol, from its start (or the last observation of the same session:
 * `part` counts from 0) to `endUs`. Counts are of this part only, so parts add up; lists are bounded.
 */
export interface StratumObservation extends Observed {
  readonly kind: 'stratum';
  /** sessionKey() of the conversation. */
  readonly session: string;
  readonly part: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly orientedBy: OrientedBy;
  /** Name of the dialect, e.g. `stratum-v1`, `cryptonote`, `ethproxy`. */
  readonly dialect: string;
  /** From the outside in: `http`, `websocket`, `socks5`, `socks4`, `connect`, `proxy-protocol`. */
  readonly wrappers: readonly string[];
  readonly roles: RoleCounts;
  /** Roles seen in this session since its beginning (earlier parts included). */
  readonly rolesSoFar: RoleCounts;
  readonly bothDirections: boolean;
  /** Text of the login, user or authorize field, as sent. */
  readonly logins: readonly string[];
  /** Names of machines where a field of their own carries them, or split from a login. */
  readonly workers: readonly string[];
  readonly agents: readonly string[];
  /** Password options that carry meaning, such as `c=LTC`; never a password itself. */
  readonly options: readonly string[];
  readonly algorithms: readonly string[];
  readonly coins: readonly CoinHint[];
  /** Host and port that the client names in the stream (subscribe, CONNECT, SOCKS, HTTP Host). */
  readonly namedHosts: readonly { readonly host: string; readonly port: number | null }[];
  readonly shares: readonly ShareSum[];
  /** Hash rate that the miner itself reports, hashes per second; null where it does not. */
  readonly reportedHps: number | null;
  readonly quotes: readonly Quote[];
  /** Of the first job of Bitcoin's form in this part; absent where there was none. */
  readonly clues?: JobClues;
  /** Accepted shares of this part that were recomputed or compared; absent where none was. */
  readonly proofs?: ProofTally;
  /** The first share of the session that proved work, where it was in this part or an earlier one. */
  readonly proof?: ShareProof;
  /** Of the session since its beginning; absent where nothing tells. */
  readonly machines?: Machines;
  /** Frames that show the roles of the session, since its beginning; absent where it was not read from frames. */
  readonly frames?: readonly KeptFrame[];
}

/** Who a server's certificate is for. Unverified: what the server says of itself. */
export interface CertificateNames {
  /** `CN=pool.example, O=…`; printable, empty for an empty name. */
  readonly subject: string;
  readonly issuer: string;
  /** DNS names, lower case, wildcards as `*.pool.example`; of the subject where there are no alternative names. */
  readonly names: readonly string[];
}

/** A TLS ClientHello, and what of the server's answer could be read. */
export interface TlsObservation extends Observed {
  readonly kind: 'tls';
  readonly session: string;
  readonly serverName: string | null;
  readonly alpn: readonly string[];
  /** Fingerprints of the client, GREASE left out; null where the input does not give them. */
  readonly ja3: string | null;
  readonly ja4: string | null;
  /** Of the server, as TLS 1.2 and older show it; absent or null where it was not seen. */
  readonly certificate?: CertificateNames | null;
  /** Absent: TCP. */
  readonly transport?: 'tcp' | 'quic';
  /** The server answered with a TLS record. */
  readonly answered: boolean;
}

/** One DNS answer or question. `server` is the resolver. */
export interface DnsObservation extends Observed {
  readonly kind: 'dns';
  /** Lower case, no trailing dot, at most 253 characters, printable. */
  readonly question: string;
  readonly questionType: number;
  /** False: only the question was seen. */
  readonly answered: boolean;
  /** Addresses from A and AAAA records, CNAME chain followed; TTL in seconds. */
  readonly addresses: readonly { readonly ip: string; readonly ttl: number }[];
  /** Names that the question's is an alias of (CNAME), in the order of the chain; absent: none. */
  readonly aliases?: readonly string[];
  /** Whoever asks wants no recursion (RFC 1035 §4.1.1, RD 0): a resolver on its way from the root. */
  readonly iterates?: true;
}

/** An HTTP request line with its Host, wrapped protocols excluded. */
export interface HttpObservation extends Observed {
  readonly kind: 'http';
  readonly session: string;
  readonly host: string | null;
  readonly method: string;
  readonly userAgent: string | null;
  readonly answered: boolean;
}

/** A coin's peer-to-peer, Electrum or wallet protocol: interest in a chain, not mining. */
export interface NodeObservation extends Observed {
  readonly kind: 'node';
  readonly session: string;
  /** `bitcoin-p2p`, `monero-levin`, `electrum`, `eth-rpc` … */
  readonly protocol: string;
  readonly coin: string | null;
}

export type Observation =
  | StratumObservation
  | TlsObservation
  | DnsObservation
  | HttpObservation
  | NodeObservation
  | FlowPattern
  | FlowRecord;
