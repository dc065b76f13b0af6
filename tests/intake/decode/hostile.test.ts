import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { Decoder } from '../../../src/intake/decode/index.js';
import { tcp, udp } from '../../support/frames.js';
import { randomFrom } from '../../support/random.js';
import { HAS_SHARED, SHARED } from '../../support/transcripts.js';
import { fragments, WRAPPERS } from '../../support/tunnels.js';
import { decodeFault, framePacket } from './frames.js';
import { walkCapture } from './walker.js';

const V4 = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 40000, dstPort: 3333 };
const V6 = { ...V4, src: '2001:db8::1', dst: '2001:db8::2' };
const CAPTURES = join(SHARED, 'corpus', 'captures');

/** Frames counted under the outcomes, tunnels and other notes left out. */
function outcomes(decoder: Decoder): number {
  const counters = new Counters();
  decoder.report(counters);
  const notes = /^decode\.(tunnel|length-lie|fragment\.(?!kept))/;
  return Object.entries(counters.toObject()).reduce(
    (sum, [name, count]) => sum + (notes.test(name) ? 0 : count),
    0,
  );
}

function builtFrames(): { frame: Buffer; linkType: number }[] {
  return WRAPPERS.flatMap(({ wrap, linkType, version }) => {
    const payload = Buffer.from('{"id":1,"method":"mining.subscribe","params":[]}\n');
    const segment = version === 6 ? V6 : V4;
    const packets = [tcp(payload, segment), udp(payload, segment), ...fragments(udp(payload, segment), 24)];
    return packets.map((packet) => ({ frame: wrap(packet), linkType }));
  });
}

describe('hostile frames', () => {
  it('give a status when cut at any byte, and are counted once', () => {
    const decoder = new Decoder();
    let count = 0;
    for (const { frame, linkType } of builtFrames()) {
      for (let length = 0; length < frame.length; length++, count++) {
        const wireLength = count % 2 === 0 ? frame.length : length;
        const packet = framePacket(frame.subarray(0, length), { linkType, wireLength });
        const fault = decodeFault(decoder, packet);
        if (fault !== null) expect.unreachable(`${fault} ${linkType} ${length} ${frame.toString('hex')}`);
      }
    }
    expect(outcomes(decoder)).toBe(count);
  });

  it('give a status after 20,000 random changes, and are counted once', () => {
    const random = randomFrom(7);
    const below = (limit: number) => Math.floor(random() * limit);
    const decoder = new Decoder();
    const frames = builtFrames();
    const count = 20_000;
    for (let run = 0; run < count; run++) {
      const { frame, linkType } = frames[below(frames.length)]!;
      const bytes = Buffer.from(frame.subarray(0, frame.length - (run % 4 === 0 ? below(frame.length) : 0)));
      for (let changes = 1 + below(6); changes > 0 && bytes.length > 0; changes--) {
        bytes[below(bytes.length)] = random() < 0.3 ? [0, 0xff, 0x80, 0x45][below(4)]! : below(256);
      }
      const wireLength = run % 3 === 0 ? below(0xffffffff) : bytes.length;
      const packet = framePacket(bytes, {
        linkType: run % 10 === 0 ? below(300) : linkType,
        wireLength,
        timeUs: below(100) * 1e6,
      });
      const fault = decodeFault(decoder, packet);
      if (fault !== null) expect.unreachable(`${fault} ${packet.linkType} ${bytes.toString('hex')}`);
    }
    expect(outcomes(decoder)).toBe(count);
  });

  it.skipIf(!HAS_SHARED || !existsSync(CAPTURES))('of all sample captures give a status', () => {
    let count = 0;
    const decoder = new Decoder();
    for (const name of readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' })) {
      const path = join(CAPTURES, name);
      if (!statSync(path).isFile()) continue;
      walkCapture(readFileSync(path), (packet) => {
        const fault = decodeFault(decoder, packet);
        if (fault !== null) expect.unreachable(`${fault} ${name} frame ${count}`);
        count++;
      });
    }
    expect(count).toBeGreaterThan(1000);
    expect(outcomes(decoder)).toBe(count);
  });
});
