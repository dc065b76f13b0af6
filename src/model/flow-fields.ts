import type { PacketSequence } from './flow.js';

/**
 * One flow record as a flow exporter or a log told it. Reused: valid only until the next record is read. Counters are
 * as exported, never multiplied by the sampling interval.
 */
export interface FlowFields {
  /** Holds the addresses: 4 or 16 bytes each at srcOffset and dstOffset. Always a Buffer. */
  bytes: Buffer;
  /** 4 or 6; 0 where the record has no addresses (then it is counted, and told to nobody). */
  ipVersion: number;
  srcOffset: number;
  dstOffset: number;
  srcPort: number;
  dstPort: number;
  /** IP protocol number. */
  protocol: number;
  /** OR of TCP flags; -1 where not exported. */
  tcpFlags: number;
  /** Epoch microseconds. */
  startUs: number;
  endUs: number;
  packets: number;
  octets: number;
  /** The other direction; -1 where the exporter sends each direction as a record of its own. */
  reversePackets: number;
  reverseOctets: number;
  /** Packets with payload, each direction, as a least number; -1 where the input does not say. */
  payloadPackets: number;
  reversePayloadPackets: number;
  /** One packet in this many was counted; 1 is every packet. */
  samplingInterval: number;
  /** True where the source is known to have opened the conversation (biflow, Zeek, EVE); false: it may be either. */
  isOriented: boolean;
  /** First packets one by one, from the source positive; null where not told. Not reused. */
  sequence: PacketSequence | null;
  /** True where a filter refused the packets (cloud flow logs, REJECT): an attempt, no traffic. */
  isRefused: boolean;
}

export function createFlowFields(): FlowFields {
  return {
    bytes: Buffer.alloc(32),
    ipVersion: 0,
    srcOffset: 0,
    dstOffset: 16,
    srcPort: 0,
    dstPort: 0,
    protocol: 0,
    tcpFlags: -1,
    startUs: 0,
    endUs: 0,
    packets: 0,
    octets: 0,
    reversePackets: -1,
    reverseOctets: -1,
    payloadPackets: -1,
    reversePayloadPackets: -1,
    samplingInterval: 1,
    isOriented: false,
    sequence: null,
    isRefused: false,
  };
}
