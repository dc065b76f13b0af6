import type { FlowFields } from '../../../model/flow-fields.js';
import type { Packet } from '../../../model/packet.js';

/** Takes what exports tell. Everything handed on is reused: valid only until the call returns. */
export interface ExportSink {
  flow(fields: FlowFields): void;
  /**
   * A sampled packet as it was on the wire, cut after its headers; only the frame part is filled (decode it). One packet
   * in `samplingInterval` was taken.
   */
  sampledPacket(packet: Packet, samplingInterval: number): void;
  /**
   * First payload bytes of the flow that is told next, from its source and from its destination; views into `fields.bytes`,
   * one may be empty. ipfixprobe's idpContent and idpContentRev.
   */
  payload?(fields: FlowFields, there: Buffer, back: Buffer): void;
}

/** Totals of all exporters. Plain numbers; the decoder adds them to the counters. */
export interface Tally {
  records: number;
  optionRecords: number;
  packetSamples: number;
  counterSamples: number;
  malformed: number;
  duplicates: number;
  templateMisses: number;
  refusedTemplates: number;
  withoutAddresses: number;
  suspectTimes: number;
  /** Aggregates without host pairs. */
  unsupportedV8: number;
  /** Domains, templates or samples above their limit. */
  overLimit: number;
  unsupportedHeaders: number;
  exportersForgotten: number;
}

export function createTally(): Tally {
  return {
    records: 0,
    optionRecords: 0,
    packetSamples: 0,
    counterSamples: 0,
    malformed: 0,
    duplicates: 0,
    templateMisses: 0,
    refusedTemplates: 0,
    withoutAddresses: 0,
    suspectTimes: 0,
    unsupportedV8: 0,
    overLimit: 0,
    unsupportedHeaders: 0,
    exportersForgotten: 0,
  };
}
