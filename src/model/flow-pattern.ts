import type { Endpoint, Origin } from './flow.js';

/**
 * What the flow records between one client and one server port come to over at most 24 hours (detection.md §4.3, R1 to
 * R13 without R12, whose events belong to the block clock). Null where the exporter does not tell.
 */
export interface PatternFeatures {
  /** R1: IP bytes a packet, client to server. */
  readonly bytesPerPacket: number;
  /** R2: packets a minute, client to server, over the whole time observed. */
  readonly packetsPerMinute: number;
  /** R3: share of the client's records with no other TCP flags than ACK and PSH: pieces of a session under way. */
  readonly underwayShare: number | null;
  /** R4: share of the client's records with SYN; with RST or FIN. */
  readonly openedShare: number | null;
  readonly closedShare: number | null;
  /** R5: hours with a record over hours observed, 0 to 1. */
  readonly coverage: number;
  /** R6: longest time without a record, seconds. */
  readonly longestGapSeconds: number;
  /** R7: coefficient of variation of the client's bytes per 5 minutes; null below MIN_SPANS of them. */
  readonly variation: number | null;
  /** R9, R10: times an hour that the client came from another port than before. */
  readonly portChangesPerHour: number;
  /** R11: clients that the same server port had records with. */
  readonly clients: number;
  /** R13. */
  readonly serverPort: number;
}

export type PatternFeature = keyof PatternFeatures;

export const PATTERN_FEATURES: readonly [PatternFeature, ...PatternFeature[]] = [
  'bytesPerPacket',
  'packetsPerMinute',
  'underwayShare',
  'openedShare',
  'closedShare',
  'coverage',
  'longestGapSeconds',
  'variation',
  'portChangesPerHour',
  'clients',
  'serverPort',
];

/** The flow records between one client and one server port, answered (R8), unsampled, summed up. No judgement. */
export interface FlowPattern {
  readonly kind: 'flow-pattern';
  /** When the last of them ended. */
  readonly timeUs: number;
  readonly startUs: number;
  /** `port`: the last that was seen. */
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly origin: Origin;
  /** Of the client's direction. */
  readonly records: number;
  /** Of them, those that no earlier pattern of this pair told of: what counts adds these up. */
  readonly newRecords: number;
  readonly features: PatternFeatures;
}
