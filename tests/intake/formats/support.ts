import { Counters } from '../../../src/base/counters.js';
import type { InputFormat, Problem } from '../../../src/intake/formats/format.js';

export interface Seen {
  timeUs: number;
  linkType: number;
  wireLength: number;
  hex: string;
}

export interface ReadResult {
  frames: Seen[];
  problems: readonly Problem[];
  counters: Record<string, number>;
  records: number;
}

/** Reads a whole input, cut into chunks of the given sizes in turn (default: one chunk). */
export function readAll(format: InputFormat, input: Buffer, sizes: readonly number[] = []): ReadResult {
  const frames: Seen[] = [];
  const counters = new Counters();
  const reader = format.open(
    {
      flow: () => undefined,
      observation: () => undefined,
      frame(packet) {
        const { bytes, view, frameOffset, frameLength } = packet;
        if (view.byteLength !== bytes.length || view.byteOffset !== bytes.byteOffset)
          throw new Error('view and bytes differ');
        if (frameOffset < 0 || frameOffset + frameLength > bytes.length)
          throw new Error('frame outside its bytes');
        frames.push({
          timeUs: packet.timeUs,
          linkType: packet.linkType,
          wireLength: packet.wireLength,
          hex: bytes.toString('hex', frameOffset, frameOffset + frameLength),
        });
      },
    },
    counters,
  );
  // As a source does: one buffer, overwritten with every chunk.
  const reused = Buffer.allocUnsafeSlow(Math.max(1, input.length));
  for (let at = 0, turn = 0; at < input.length; turn++) {
    const size = sizes.length === 0 ? input.length : Math.max(1, sizes[turn % sizes.length] ?? 1);
    const length = input.copy(reused, 0, at, at + size);
    reader.feed(reused.subarray(0, length));
    reused.fill(0xee);
    at += length;
  }
  reader.end();
  return { frames, problems: reader.problems, counters: counters.toObject(), records: reader.records };
}

export const codesOf = (result: ReadResult) => result.problems.map((problem) => problem.code);

/** A frame that is no packet, but whose bytes tell which one it is. */
export const plainFrame = (index: number, length = 20 + index) => ({
  timeUs: 1.7e15 + index * 1000 + 7,
  bytes: Buffer.alloc(length, index + 1),
});
