import { ORIGIN_BITS } from './flow-store.js';

/** What the flow table may hold and how long it waits. Every limit has its counter (docs/performance.md). */
export interface FlowLimits {
  /** Conversations in the table; above it the longest idle ones go (`flow.evicted`). At most MAX_FLOWS. */
  readonly maxFlows: number;
  /** Conversations being read at once; above it the longest idle of a few is given up (`session.limit`). */
  readonly maxSessions: number;
  /** Bytes of all streams that wait for a missing segment (`tcp.budget`). */
  readonly maxStreamBytes: number;
  /** The same for one direction of one stream: then the hole counts as lost (`tcp.gap`). */
  readonly maxOutOfOrderBytes: number;
  /** Segments of one direction that wait for a missing one. */
  readonly maxOutOfOrderSegments: number;
  /** Silence that ends a TCP conversation, trace time. Pools may be silent for ten minutes. */
  readonly tcpIdleUs: number;
  readonly udpIdleUs: number;
  /** Silence that ends a TCP conversation after RST or both FINs. */
  readonly closedIdleUs: number;
}

export const DEFAULT_LIMITS: FlowLimits = {
  maxFlows: 1_048_576,
  maxSessions: 32_768,
  maxStreamBytes: 128 * 2 ** 20,
  maxOutOfOrderBytes: 256 * 2 ** 10,
  maxOutOfOrderSegments: 256,
  tcpIdleUs: 15 * 60e6,
  udpIdleUs: 60e6,
  closedIdleUs: 5e6,
};

/** Inputs whose names are kept, so that a fact can say where it was read. */
export const MAX_ORIGINS = 2 ** ORIGIN_BITS;
/** Two addresses a flow must fit the 24-bit ids of slots.ts. */
export const MAX_FLOWS = 2 ** 23 - 1;

/** Payload packets of each direction whose first byte is looked at with WAKE_EARLY. */
export const EARLY_PAYLOADS = 4;
/** How often one conversation may be read anew after a reader gave it up. At most 15 (4 bits). */
export const MAX_READINGS = 8;
/** An unread conversation whose early payload comes this far ahead of its turn is read at once: see FlowTable. */
export const EARLY_HOLE_BYTES = 65_536;
/** A SYN with a new sequence number after this silence begins a new conversation, FIN seen or not. */
export const REUSE_IDLE_US = 5e6;
/** Trace time between two sweeps over the table. */
export const SWEEP_US = 30e6;
/** Packets between two sweeps, at least; and for each conversation held, so that sweeping stays cheap. */
export const SWEEP_PACKETS = 4096;
export const SWEEP_PACKETS_PER_FLOW = 4;
/** When the table is full, one conversation in this many is evicted at once. */
export const EVICT_FRACTION = 8;

/** Segments further from the expected one than this belong to something else, until RESYNC_SEGMENTS agree. */
export const MAX_WINDOW_BYTES = 1 << 20;
export const RESYNC_SEGMENTS = 3;
/** A hole that the receiver has acknowledged is waited for this long, then it is lost: the capture missed it. */
export const ACKED_WAIT_SEGMENTS = 64;
export const ACKED_WAIT_US = 10e6;
/** The same where no acknowledgement is seen (one direction captured): longer than any common retransmission. */
export const UNACKED_WAIT_US = 60e6;
