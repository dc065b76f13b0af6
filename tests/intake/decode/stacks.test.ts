import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { Decoded, Decoder } from '../../../src/intake/decode/index.js';
import { plain } from '../../../src/intake/decode/plain.js';
import { addressBytes, ethernet, type SegmentOptions, tcp, udp } from '../../support/frames.js';
import { extensions, WRAPPERS } from '../../support/tunnels.js';
import { decodeFrame, fieldsOf, framePacket } from './frames.js';

const port = fc.integer({ min: 20000, max: 65535 });
const word = fc.nat(0xffffffff);
const ipv4 = fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.1.${a}.${b}`);
const ipv6 = fc
  .tuple(fc.nat(0xffff), fc.nat(0xffff))
  .map(([a, b]) => `2001:db8::${a.toString(16)}:${b.toString(16)}`);

interface Segment extends SegmentOptions {
  isTcp: boolean;
  payload: Uint8Array;
}

const segmentOf = (version: 4 | 6): fc.Arbitrary<Segment> =>
  fc.record({
    src: version === 4 ? ipv4 : ipv6,
    dst: version === 4 ? ipv4 : ipv6,
    srcPort: port,
    dstPort: port,
    seq: word,
    ack: word,
    flags: fc.nat(255),
    ttl: fc.integer({ min: 1, max: 255 }),
    isTcp: fc.boolean(),
    payload: fc.uint8Array({ minLength: 0, maxLength: 80 }),
  });

const build = (segment: Segment) => (segment.isTcp ? tcp : udp)(Buffer.from(segment.payload), segment);

function expected(segment: Segment) {
  const { isTcp, payload } = segment;
  return {
    status: Decoded.TRANSPORT,
    version: segment.src.includes(':') ? 6 : 4,
    src: addressBytes(segment.src).toString('hex'),
    dst: addressBytes(segment.dst).toString('hex'),
    ttl: segment.ttl,
    protocol: isTcp ? 6 : 17,
    ports: [segment.srcPort, segment.dstPort],
    flags: isTcp ? segment.flags : 0,
    seq: isTcp ? segment.seq : 0,
    ack: isTcp ? segment.ack : 0,
    payload: Buffer.from(payload).toString('hex'),
    wire: payload.length,
  };
}

describe('every link layer and tunnel', () => {
  const cases = WRAPPERS.flatMap(({ version, ...wrapper }) =>
    (version === undefined ? ([4, 6] as const) : [version]).map((each) => ({ ...wrapper, version: each })),
  );

  it.each(cases)('$name with IPv$version gives back what was put in', ({ linkType, wrap, version }) => {
    const decoder = new Decoder();
    fc.assert(
      fc.property(segmentOf(version), (segment) => {
        const frame = wrap(build(segment));
        expect(decodeFrame(decoder, frame, { linkType })).toEqual(expected(segment));
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it.each(cases)('$name with IPv$version reads nothing of its neighbours', ({ linkType, wrap, version }) => {
    const decoder = new Decoder();
    const [segment] = fc.sample(segmentOf(version), { numRuns: 1, seed: 2 });
    const frame = wrap(build(segment!));
    for (let length = 0; length <= frame.length; length++) {
      const cut = frame.subarray(0, length);
      const zeros = { before: Buffer.alloc(64), after: Buffer.alloc(256) };
      const ones = { before: Buffer.alloc(64, 0xff), after: Buffer.concat([frame, Buffer.alloc(64, 0xff)]) };
      const wireLength = length % 2 === 0 ? frame.length : length;
      const first = decodeFrame(decoder, cut, { linkType, wireLength, ...zeros });
      expect(decodeFrame(decoder, cut, { linkType, wireLength, ...ones })).toEqual(first);
      expect(decodeFrame(decoder, cut, { linkType, wireLength })).toEqual(first);
    }
  });

  it('reads a plain frame alike on the straight path and on the walk', () => {
    const decoder = new Decoder();
    const segment = fc.oneof(segmentOf(4), segmentOf(6));
    const vlans = fc.array(fc.nat(4095), { maxLength: 2 });
    fc.assert(
      fc.property(segment, vlans, fc.nat(20), fc.nat(40), (each, tags, padding, cut) => {
        const whole = Buffer.concat([ethernet(build(each), { vlans: tags }), Buffer.alloc(padding)]);
        const frame = whole.subarray(0, whole.length - cut);
        const packet = framePacket(frame, { wireLength: whole.length });
        const outcome = plain(packet);
        fc.pre(outcome <= 1);
        // The walk is taken for every link type but Ethernet: here, with a preamble in front.
        const walked = framePacket(Buffer.concat([Buffer.alloc(8), frame]), {
          linkType: 274,
          wireLength: 8 + whole.length,
        });
        expect(decoder.decode(walked)).toBe(Decoded.TRANSPORT);
        expect(fieldsOf(walked, Decoded.TRANSPORT)).toEqual(fieldsOf(packet, Decoded.TRANSPORT));
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('counts each frame once, and each tunnel by name', () => {
    const decoder = new Decoder();
    const segment = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 40000, dstPort: 3333 };
    const six = { ...segment, src: '2001:db8::1', dst: '2001:db8::2' };
    for (const { wrap, linkType, version } of WRAPPERS) {
      decodeFrame(decoder, wrap(tcp(Buffer.from('x'), version === 6 ? six : segment)), { linkType });
    }
    const counters = new Counters();
    decoder.report(counters);
    expect(counters.get('decode.tcp')).toBe(WRAPPERS.length);
    for (const name of [
      'vxlan',
      'geneve',
      'gtp-u',
      'teredo',
      'l2tp',
      'gre',
      'pptp',
      'erspan',
      'ipip',
      '6in4',
    ]) {
      expect(counters.get(`decode.tunnel.${name}`), name).toBeGreaterThan(0);
    }
    const again = new Counters();
    decoder.report(again);
    expect(again.toObject()).toEqual({});
  });
});

describe('IPv6 extension headers', () => {
  const segment = { src: '2001:db8::1', dst: '2001:db8::2', srcPort: 40000, dstPort: 3333 };
  const packet = tcp(Buffer.from('share'), segment);

  it('are passed by, in any number up to the bound', () => {
    const decoder = new Decoder();
    for (const numbers of [[0], [60], [43], [0, 60, 43, 60], [135], new Array(16).fill(60)]) {
      const fields = decodeFrame(decoder, ethernet(extensions(packet, numbers)));
      expect(fields).toMatchObject({ status: Decoded.TRANSPORT, ports: [40000, 3333] });
      expect(Buffer.from(fields.payload, 'hex').toString()).toBe('share');
    }
  });

  it('are malformed past the bound', () => {
    const fields = decodeFrame(new Decoder(), ethernet(extensions(packet, new Array(17).fill(60))));
    expect(fields).toMatchObject({ status: Decoded.MALFORMED, version: 0 });
  });
});
