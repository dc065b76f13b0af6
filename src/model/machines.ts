/** What a session tells of the machines behind its client's address. Numbers are of what was seen: at least so many. */
export interface Machines {
  /** Machines with numbers of their own: of a farm's agent (BTCAgent sessions), channels of Stratum V2 that submit shares. */
  readonly devices: number;
  /** Values of the byte of the nonce, or of the extranonce, that a proxy gives each of its miners. */
  readonly partitions: number;
  /** Counters of hashes (`hashcount_total`) that rise independently of each other. */
  readonly counters: number;
  /** Who is named as the client inside: `x-forwarded-for 10.1.2.3`, `via proxy.example` … Said by the traffic itself. */
  readonly inner: readonly string[];
  /** Of the client's TCP packets; null where the session has none or was not read from packets. */
  readonly stack: TcpStack | null;
}

/** Marks of a TCP/IP implementation as they arrive at the sensor. */
export interface TcpStack {
  /** Time to live as seen: the initial one (64, 128, 255) less the hops. */
  readonly ttl: number;
  /** The timestamp option (RFC 7323) is in use. */
  readonly hasTimestamps: boolean;
  /** Ticks a second of its clock, where the session was long enough to tell; null: not known. */
  readonly clockHz: number | null;
  /** Time at which that clock was zero, epoch microseconds: the same for all connections of a host that has one clock. */
  readonly clockZeroUs: number | null;
  /**
   * Options of the SYN as p0f writes them, window size left out: maximum segment size, window scale, order of the options
   * (`1460:*,7:mss,sok,ts,nop,ws`). Absent where the SYN was not seen, or was no packet.
   */
  readonly syn?: string;
}

export const NO_MACHINES: Machines = { devices: 0, partitions: 0, counters: 0, inner: [], stack: null };

/** Names of one session that are kept. */
export const MAX_INNER = 16;

/** Two parts of one session. */
export function mergeMachines(a: Machines | undefined, b: Machines | undefined): Machines | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    devices: Math.max(a.devices, b.devices),
    partitions: Math.max(a.partitions, b.partitions),
    counters: Math.max(a.counters, b.counters),
    inner: [...new Set([...a.inner, ...b.inner])].sort().slice(0, MAX_INNER),
    stack: mergeStacks(a.stack, b.stack),
  };
}

function mergeStacks(a: TcpStack | null, b: TcpStack | null): TcpStack | null {
  if (a === null || b === null) return a ?? b;
  // The one that knows its clock has seen more.
  const fuller = a.clockHz !== null ? a : b;
  const syn = a.syn ?? b.syn;
  return syn === undefined ? fuller : { ...fuller, syn, hasTimestamps: a.hasTimestamps || b.hasTimestamps };
}
