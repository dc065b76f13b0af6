/** Reads the export datagrams of a capture, and sums what an ExportDecoder tells of them. */
import { readFileSync } from 'node:fs';
import { Counters } from '../../../../src/base/counters.js';
import { formatIpv4, formatIpv6 } from '../../../../src/base/ip.js';
import { Decoded, Decoder } from '../../../../src/intake/decode/index.js';
import { ExportDecoder } from '../../../../src/intake/formats/exports/decoder.js';
import type { ExporterFigures } from '../../../../src/intake/formats/exports/exporter.js';
import { looksLikeExport } from '../../../../src/intake/formats/exports/recognise.js';
import { pcap } from '../../../../src/intake/formats/pcap.js';
import { pcapng } from '../../../../src/intake/formats/pcapng.js';
import type { PacketSequence } from '../../../../src/model/flow.js';
import type { FlowFields } from '../../../../src/model/flow-fields.js';
import type { Packet } from '../../../../src/model/packet.js';

export interface Datagram {
  exporter: string;
  bytes: Buffer;
  timeUs: number;
}

export function readDatagrams(path: string, port: number): Datagram[] {
  const bytes = readFileSync(path);
  const datagrams: Datagram[] = [];
  const decoder = new Decoder();
  const format = pcap.probe(bytes.subarray(0, 4096)) === 'yes' ? pcap : pcapng;
  const reader = format.open(
    {
      frame(packet) {
        if (decoder.decode(packet) !== Decoded.TRANSPORT || packet.protocol !== 17) return;
        if (packet.dstPort !== port) return;
        const { payloadOffset: at, payloadLength: length, srcOffset } = packet;
        datagrams.push({
          exporter:
            packet.ipVersion === 4
              ? formatIpv4(packet.bytes.readInt32BE(srcOffset))
              : formatIpv6(packet.bytes, srcOffset),
          bytes: Buffer.from(packet.bytes.subarray(at, at + length)),
          timeUs: packet.timeUs,
        });
      },
      flow: () => {},
      observation: () => {},
    },
    new Counters(),
  );
  reader.feed(bytes);
  reader.end();
  return datagrams;
}

export class Sums {
  flows = 0;
  octets = 0;
  packets = 0;
  samples = 0;
  scaledFrameBytes = 0;
  scaledFrames = 0;
  payloads: string[] = [];
  sequences: PacketSequence[] = [];
  times: [number, number][] = [];
  intervals = new Set<number>();
  flow(fields: FlowFields): void {
    this.flows++;
    this.octets += fields.octets + Math.max(fields.reverseOctets, 0);
    this.packets += fields.packets + Math.max(fields.reversePackets, 0);
    this.times.push([fields.startUs, fields.endUs]);
    this.intervals.add(fields.samplingInterval);
    if (fields.sequence !== null) this.sequences.push(fields.sequence);
  }
  sampledPacket(packet: Packet, interval: number): void {
    this.samples++;
    this.scaledFrameBytes += packet.wireLength * interval;
    this.scaledFrames += interval;
    this.intervals.add(interval);
  }
  payload(_fields: FlowFields, there: Buffer, back: Buffer): void {
    this.payloads.push(there.toString('latin1'), back.toString('latin1'));
  }
}

export function decodeAll(datagrams: readonly Datagram[]): {
  sums: Sums;
  report: ExporterFigures[];
  counters: Record<string, number>;
  unlike: number;
  refused: number;
} {
  const sums = new Sums();
  const counters = new Counters();
  const decoder = new ExportDecoder(sums, counters);
  let unlike = 0;
  let refused = 0;
  for (const { exporter, bytes, timeUs } of datagrams) {
    if (!looksLikeExport(bytes, 0, bytes.length)) unlike++;
    if (!decoder.datagram(exporter, bytes, 0, bytes.length, timeUs)) refused++;
  }
  const report = decoder.report();
  return { sums, report, counters: counters.toObject(), unlike, refused };
}
