import type { TcpStack } from './machines.js';
import type { PushFeatures } from './pushes.js';

/** Where something was read, so that a person can go back to it. `record` is a frame or record number from 1. */
export interface Origin {
  readonly source: string;
  readonly format: string;
  readonly record: number;
}

/** `ip` is canonical text (base/ip.ts). */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

export interface Traffic {
  readonly packets: number;
  /** IP bytes where known (flow records), else frame bytes on the wire. */
  readonly bytes: number;
  /** Packets with payload; 0 where the input does not say. */
  readonly payloadPackets: number;
}

/** Packets of one sequence at most: ipfixprobe tells 30, joy 50 to 200. */
export const MAX_SEQUENCE = 200;

/** The first packets of a conversation one by one, where the exporter tells them. All lists are of one length. */
export interface PacketSequence {
  readonly timesUs: readonly number[];
  /** Payload bytes; to the server positive, to the client negative. */
  readonly sizes: readonly number[];
  /** TCP flags of each; empty where not told. */
  readonly flags: readonly number[];
}

/** Who spoke to whom, how much, when; counters as exported, with the sampling interval beside them. */
export interface FlowRecord {
  readonly kind: 'flow';
  readonly origin: Origin;
  readonly startUs: number;
  readonly endUs: number;
  /** 6 TCP, 17 UDP. */
  readonly protocol: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly orientedBy: OrientedBy;
  readonly toServer: Traffic;
  /** Null where the exporter sends each direction as a record of its own. */
  readonly toClient: Traffic | null;
  /** OR of all TCP flags seen; null where unknown. */
  readonly tcpFlags: number | null;
  /** One packet in this many was counted; 1 is every packet. Counters are not scaled. */
  readonly samplingInterval: number;
  /**
   * Of a conversation that is told in parts (live inputs): what earlier parts have told already of the bytes. All
   * parts have it, and the same ends and start; the other counts are from the beginning.
   */
  readonly told?: ToldBytes;
  /** Marks of the client's SYN; absent where it was not seen as a packet. */
  readonly clientStack?: TcpStack;
  /** Absent where the exporter tells of no single packets. At most MAX_SEQUENCE, in the order told. */
  readonly sequence?: PacketSequence;
  /** Since the beginning; absent where they were not counted, and where there was none. */
  readonly pushes?: PushFeatures;
}

export interface ToldBytes {
  readonly toServer: number;
  readonly toClient: number;
}

/** How we know which end is the client. A guess weighs less, and content may overrule it. */
export type OrientedBy = 'handshake' | 'content' | 'port' | 'first-packet';

export type Direction = 'to-server' | 'to-client';

/**
 * Name of one conversation. Inputs that put its start into different seconds make different names: whoever joins
 * sightings asks isOneConversation() and keeps the name that was there first.
 */
export function sessionKey(client: Endpoint, server: Endpoint, startUs: number): string {
  return `${client.ip}|${client.port}|${server.ip}|${server.port}|${Math.floor(startUs / 1e6)}`;
}

/**
 * How far apart two exporters may put the start of one conversation: nfdump and logs round to the second, NetFlow v9
 * counts from a header in whole seconds (RFC 3954 §5.1).
 */
const START_TOLERANCE_US = 2_000_000;

export interface Interval {
  readonly firstUs: number;
  readonly lastUs: number;
}

/**
 * Whether two sightings between the same addresses and ports are one conversation: they began together as far as
 * exporters can tell, or one lies for the most part within the other (a port cannot be used twice at once).
 */
export function isOneConversation(a: Interval, b: Interval): boolean {
  if (Math.abs(a.firstUs - b.firstUs) <= START_TOLERANCE_US) return true;
  const sharedUs = Math.min(a.lastUs, b.lastUs) - Math.max(a.firstUs, b.firstUs);
  const shorterUs = Math.min(a.lastUs - a.firstUs, b.lastUs - b.firstUs);
  return sharedUs >= 0 && 2 * sharedUs >= shorterUs;
}
