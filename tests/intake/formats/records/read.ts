import { Counters } from '../../../../src/base/counters.js';
import type { InputFormat, Problem } from '../../../../src/intake/formats/format.js';
import { createRecordFormats } from '../../../../src/intake/formats/records/index.js';
import type { FlowFields } from '../../../../src/model/flow-fields.js';

export interface ReadFlow extends Omit<FlowFields, 'bytes'> {
  readonly src: string;
  readonly dst: string;
}

export interface ReadResult {
  readonly flows: readonly ReadFlow[];
  readonly packets: number;
  readonly octets: number;
  readonly problems: readonly Problem[];
  readonly counters: Readonly<Record<string, number>>;
}

/** The one format that takes the input, by its content. */
export function formatOf(input: Buffer, tz = 'UTC'): InputFormat | null {
  const fitting = createRecordFormats({ tz }).filter((one) => one.probe(input.subarray(0, 4096)) === 'yes');
  if (fitting.length > 1) throw new Error(`several formats fit: ${fitting.map((one) => one.name).join(' ')}`);
  return fitting[0] ?? null;
}

/** Reads all of the input, in chunks of a size; counters of both directions summed. */
export function readAll(format: InputFormat, input: Buffer, chunkBytes = 65536): ReadResult {
  const flows: ReadFlow[] = [];
  let packets = 0;
  let octets = 0;
  const counters = new Counters();
  const address = (flow: FlowFields, at: number): string =>
    flow.bytes.subarray(at, at + (flow.ipVersion === 6 ? 16 : 4)).toString('hex');
  const reader = format.open(
    {
      frame: () => {},
      observation: () => {},
      flow: (flow) => {
        const { bytes: _, ...rest } = flow;
        flows.push({ ...rest, src: address(flow, flow.srcOffset), dst: address(flow, flow.dstOffset) });
        packets += flow.packets + Math.max(0, flow.reversePackets);
        octets += flow.octets + Math.max(0, flow.reverseOctets);
      },
    },
    counters,
  );
  for (let at = 0; at < input.length; at += chunkBytes) {
    // A copy, then overwritten: a reader must not keep what it was shown.
    const chunk = Buffer.from(input.subarray(at, at + chunkBytes));
    reader.feed(chunk);
    chunk.fill(0x7b);
  }
  reader.end();
  return { flows, packets, octets, problems: reader.problems, counters: counters.toObject() };
}
