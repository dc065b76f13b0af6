import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pcap } from '../../../src/intake/formats/pcap.js';
import { pcapParser } from '../../../src/intake/formats/pcap-parser.js';
import { pcapFile } from '../../support/frames.js';
import { codesOf, plainFrame, readAll } from './support.js';

const anyFrame = fc.record({
  timeUs: fc.tuple(fc.nat(0xffffffff), fc.nat(999_999)).map(([seconds, us]) => seconds * 1e6 + us),
  bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  cut: fc.nat(2000),
});

describe('pcap-parser', () => {
  it('agrees with our reader on times, lengths and bytes', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 12 }),
        fc.boolean(),
        fc.nat(300),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
        (drafts, bigEndian, linkType, sizes) => {
          const frames = drafts.map(({ cut, ...frame }) => ({
            ...frame,
            wireLength: frame.bytes.length + cut,
          }));
          const file = pcapFile(frames, { bigEndian, linkType });
          const theirs = readAll(pcapParser, file, sizes);
          expect(theirs).toEqual(readAll(pcap, file, sizes));
          expect(theirs.frames.length).toBe(frames.length);
        },
      ),
    );
  });

  it('says what the package keeps to itself: a cut tail', () => {
    const file = pcapFile([plainFrame(0), plainFrame(1)]);
    const result = readAll(pcapParser, file.subarray(0, file.length - 1));
    expect(result.frames.length).toBe(1);
    expect(result.problems).toMatchObject([{ code: 'truncated-tail', atByte: 24 + 16 + 20 }]);
  });

  it('stops at a record that the package would gather for ever', () => {
    const file = pcapFile([plainFrame(0), plainFrame(1)]);
    file.writeUInt32LE(0x7fffffff, 24 + 16 + 20 + 8);
    const result = readAll(pcapParser, Buffer.concat([file, Buffer.alloc(1 << 22)]), [4096]);
    expect(result.frames.length).toBe(1);
    expect(codesOf(result)).toEqual(['bad-record-length']);
  });

  it('turns what the package refuses into a problem', () => {
    expect(codesOf(readAll(pcapParser, pcapFile([plainFrame(0)], { nanoseconds: true })))).toEqual([
      'unreadable',
    ]);
  });
});
