import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import {
  FRAMES_PER_INITIAL,
  FREE_INITIALS,
  MAX_WAITING_HELLOS,
  QuicReader,
} from '../../../src/detect/inspect/quic/quic.js';
import {
  clientKeys,
  cryptoFrames,
  type InitialKeys,
  looksLikeInitial,
  openInitial,
  parseInitial,
} from '../../../src/detect/inspect/quic/quic-initial.js';
import type { TlsObservation } from '../../../src/model/observation.js';
import { createPacket, type Packet } from '../../../src/model/packet.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const [V1, V2] = [0x00000001, 0x6b3343cf];
/** RFC 9001 appendix A, RFC 9369 appendix A. */
const CONNECTION_ID = hex('8394c8f03e515708');
const CRYPTO_FRAME = hex(
  '060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff',
);
const HELLO = CRYPTO_FRAME.subarray(4);

/** A protected client Initial (RFC 9001 §5), padded to `size` bytes of frames. */
function seal(
  frames: Buffer,
  { version = V1, id = CONNECTION_ID, number = 2, size = 1162, flip = false } = {},
): Buffer {
  const keys = clientKeys(version, id) as InitialKeys;
  const plain = Buffer.concat([frames, Buffer.alloc(Math.max(0, size - frames.length))]);
  const first = version === V1 ? 0xc3 : 0xd3;
  const head = Buffer.concat([
    Buffer.from([first, 0, 0, 0, 0, id.length]),
    id,
    Buffer.alloc(4),
    Buffer.alloc(4),
  ]);
  head.writeUInt32BE(version, 1);
  // Source id and token are empty.
  head.writeUInt16BE(0x4000 | (4 + plain.length + 16), 6 + id.length + 2);
  head.writeUInt32BE(number, head.length - 4);
  const nonce = Buffer.from(keys.iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce).setAAD(head);
  const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const mask = createCipheriv('aes-128-ecb', keys.hp, null).update(body.subarray(0, 16));
  head[0] = first ^ ((mask[0] ?? 0) & 0x0f);
  for (let at = 0; at < 4; at++) {
    const place = head.length - 4 + at;
    head[place] = (head[place] ?? 0) ^ (mask[1 + at] ?? 0);
  }
  const sealed = Buffer.concat([head, body]);
  if (flip) sealed[300] = (sealed[300] ?? 0) ^ 1;
  return sealed;
}

const varint = (value: number) => Buffer.from([0x40 | (value >> 8), value & 255]);
const crypto = (offset: number, bytes: Buffer) =>
  Buffer.concat([Buffer.from([6]), varint(offset), varint(bytes.length), bytes]);

interface Sent {
  readonly fromServer?: boolean;
  readonly port?: number;
  readonly timeUs?: number;
  readonly record?: number;
}

function packetOf(
  payload: Buffer,
  { fromServer = false, port = 50_000, timeUs = 1.7e15 }: Sent = {},
): Packet {
  const packet = createPacket();
  const ends = fromServer ? '0a0000020a000001' : '0a0000010a000002';
  packet.bytes = Buffer.concat([hex(ends), payload]);
  packet.ipVersion = 4;
  packet.protocol = 17;
  packet.srcOffset = 0;
  packet.dstOffset = 4;
  [packet.srcPort, packet.dstPort] = fromServer ? [443, port] : [port, 443];
  packet.payloadOffset = 8;
  packet.payloadLength = payload.length;
  packet.timeUs = timeUs;
  return packet;
}

function reader(wanted: (name: string) => boolean = () => true) {
  const found: TlsObservation[] = [];
  const quic = new QuicReader((observation) => found.push(observation), wanted);
  const read = (payload: Buffer, sent: Sent = {}, isWatched = false) =>
    quic.read(packetOf(payload, sent), sent.record ?? 0, isWatched, () => ({
      source: 't',
      format: 'pcap',
      record: 1,
    }));
  const counts = () => {
    const counters = new Counters();
    quic.report(counters);
    return counters.toObject();
  };
  return { found, quic, read, counts };
}

describe('QUIC Initial packets', () => {
  it('derives the published keys of versions 1 and 2', () => {
    expect(clientKeys(V1, CONNECTION_ID)).toEqual({
      key: hex('1f369613dd76d5467730efcbe3b1a22d'),
      iv: hex('fa044b2f42a3fd3b46fb255c'),
      hp: hex('9f50449e04a0e810283a1e9933adedd2'),
    });
    expect(clientKeys(V2, CONNECTION_ID)).toEqual({
      key: hex('8b1a0bc121284290a29e0971b5cd045d'),
      iv: hex('91f73e2351d8fa91660e909f'),
      hp: hex('45b95e15235d6f45a6b19cbcb0294ba9'),
    });
    expect(clientKeys(0xff00001d, CONNECTION_ID)).toBeNull();
  });

  it('opens the published packet of RFC 9001 A.2', () => {
    const sealed = seal(CRYPTO_FRAME);
    expect(sealed.subarray(0, 38).toString('hex')).toBe(
      'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b',
    );
    expect(sealed.subarray(-16).toString('hex')).toBe('e221af44860018ab0856972e194cd934');
    const header = parseInitial(sealed, 0, sealed.length);
    const plain = header && openInitial(sealed, header, clientKeys(V1, CONNECTION_ID) as InitialKeys);
    expect(plain?.subarray(0, CRYPTO_FRAME.length)).toEqual(CRYPTO_FRAME);
    expect(cryptoFrames(plain ?? Buffer.alloc(0))).toEqual([{ offset: 0, bytes: HELLO }]);
  });

  it.each([V1, V2])('names who is called (version %i)', (version) => {
    const { read, found } = reader();
    read(seal(CRYPTO_FRAME, { version }));
    expect(found).toEqual([]);
    read(Buffer.alloc(1200, 0xe0), { fromServer: true });
    expect(found).toMatchObject([
      {
        kind: 'tls',
        transport: 'quic',
        serverName: 'example.com',
        alpn: ['alpn'],
        answered: true,
        client: { ip: '10.0.0.1', port: 50_000 },
        server: { ip: '10.0.0.2', port: 443 },
      },
    ]);
    expect(found[0]?.ja4).toMatch(/^q13d0211an_/);
  });

  it('puts a hello together from frames in any order, over packets in any order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: HELLO.length - 1 }), { maxLength: 12 }),
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        (cuts, seed, packets) => {
          const edges = [0, ...cuts.sort((a, b) => a - b), HELLO.length];
          const frames = edges
            .slice(1)
            .map((end, at) => crypto(edges[at] ?? 0, HELLO.subarray(edges[at], end)));
          const shuffled = frames
            .map((frame, at) => ({ frame, key: ((at + 1) * (seed + 7919)) % 1009 }))
            .sort((a, b) => a.key - b.key)
            .map(({ frame }) => frame);
          const { read, found, quic } = reader();
          for (let packet = 0; packet < packets; packet++) {
            const mine = shuffled.filter((_, at) => at % packets === packet);
            // PING and ACK frames between them.
            read(
              seal(Buffer.concat([Buffer.from('01', 'hex'), hex('0200000000'), ...mine]), { number: packet }),
            );
          }
          quic.end();
          expect(found).toMatchObject([{ serverName: 'example.com', answered: false }]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('tells only of names that a rule could care for, and of watched addresses', () => {
    const indifferent = reader(() => false);
    indifferent.read(seal(CRYPTO_FRAME));
    indifferent.quic.end();
    expect(indifferent.found).toEqual([]);
    indifferent.read(seal(CRYPTO_FRAME), {}, true);
    indifferent.quic.end();
    expect(indifferent.found).toHaveLength(1);
  });

  it('does not open what was changed on the way, and counts it', () => {
    const { read, found, quic, counts } = reader();
    read(seal(CRYPTO_FRAME, { flip: true }));
    read(seal(CRYPTO_FRAME, { id: hex('00'), size: 1200 }).fill(9, 6, 7));
    quic.end();
    expect(found).toEqual([]);
    expect(counts()).toMatchObject({ 'quic.initials': 2, 'quic.initials-unopened': 2 });
  });

  it('tries none that comes from the port of a service', () => {
    const { read, counts, found, quic } = reader();
    read(seal(CRYPTO_FRAME), { fromServer: true });
    quic.end();
    expect(found).toEqual([]);
    expect(counts()).not.toHaveProperty('quic.initials');
  });

  it('opens no more than its budget, which grows with the frames, but for watched addresses', () => {
    const { read, counts, found, quic } = reader();
    const sealed = seal(CRYPTO_FRAME);
    for (let port = 1; port <= FREE_INITIALS + 5; port++) read(sealed, { port });
    read(sealed, { port: 60_000 }, true);
    read(sealed, { port: 60_001, record: FRAMES_PER_INITIAL });
    read(sealed, { port: 60_002, record: FRAMES_PER_INITIAL });
    quic.end();
    // The first frame's part of one is used up by the last that was free.
    expect(found).toHaveLength(FREE_INITIALS + 2);
    expect(counts()).toMatchObject({ 'quic.initials-over-budget': 6 });
  });

  it('keeps no more unfinished hellos than its bound', () => {
    const { read, counts } = reader();
    const half = seal(crypto(0, HELLO.subarray(0, 100)));
    for (let port = 1; port <= MAX_WAITING_HELLOS + 3; port++)
      read(half, { port, record: port * FRAMES_PER_INITIAL });
    expect(counts()).toMatchObject({ 'quic.hellos-evicted': 3 });
  });

  it('survives any bytes', () => {
    const sealed = seal(CRYPTO_FRAME);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }),
        fc.nat(1300),
        (changes, cut) => {
          const bytes = Buffer.from(sealed.subarray(0, cut));
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
          const { read, found, quic } = reader();
          read(Buffer.concat([bytes, Buffer.alloc(Math.max(0, 1200 - bytes.length))]));
          read(bytes);
          quic.end();
          for (const { serverName } of found) expect(serverName).toBe('example.com');
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const { bytes: part } of cryptoFrames(Buffer.from(bytes)))
          expect(part.length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 1000 },
    );
    expect(looksLikeInitial(Buffer.alloc(1300), 0, 1300)).toBe(false);
  });
});
