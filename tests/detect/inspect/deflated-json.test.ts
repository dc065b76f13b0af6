import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayInflateToJson } from '../../../src/detect/inspect/deflated-json.js';

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** As permessage-deflate sends it (RFC 7692 §7.2.1): flushed, without the empty block at the end. */
function deflate(text: string, level: number, strategy: number): Buffer {
  const whole = deflateRawSync(text, { level, strategy, finishFlush: constants.Z_SYNC_FLUSH });
  expect(whole.subarray(-4)).toEqual(TAIL);
  return whole.subarray(0, -4);
}

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
  constants.Z_FILTERED,
];

describe('a look at a deflated message', () => {
  it('lets every JSON message through, however it was deflated', () => {
    const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(value, fc.nat({ max: 9 }), fc.constantFrom(...STRATEGIES), (value, level, strategy) => {
        expect(mayInflateToJson(deflate(JSON.stringify(value), level, strategy))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('lets messages through that are long enough for codes of their own', () => {
    const job = JSON.stringify({
      method: 'job',
      params: { blob: 'a1b2c3d4e5f6'.repeat(40), target: 'b88d0600' },
    });
    for (const strategy of STRATEGIES)
      for (let level = 0; level <= 9; level++)
        expect(mayInflateToJson(deflate(job, level, strategy))).toBe(true);
  });

  it('says no only where nothing that begins like JSON comes out', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        if (mayInflateToJson(Buffer.from(bytes))) return;
        refused++;
        let first = 0;
        try {
          first =
            inflateRawSync(Buffer.concat([bytes, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH })[0] ?? 0;
        } catch {
          // Not deflated at all.
        }
        expect([0x7b, 0x5b]).not.toContain(first);
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(2000);
  });
});
