import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSPECTORS } from '../../../src/detect/inspect/index.js';
import { parseCertificate } from '../../../src/detect/inspect/tls/certificate.js';
import { parseClientHello } from '../../../src/detect/inspect/tls/client-hello.js';
import { fingerprintOf } from '../../../src/detect/inspect/tls/tls-fingerprint.js';
import { CERTIFICATE, CERTIFICATES, SERVER_FLIGHT } from './server-flight.js';
import { feedAll, observe, split, startRun, toClient, toServer, withoutTimes } from './support.js';

const u16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255]);
const words = (hex: string) => hex.split(',').map((word) => Number.parseInt(word, 16));
const list = (values: readonly number[]) => Buffer.concat([u16(values.length * 2), ...values.map(u16)]);

interface Parts {
  readonly version?: number;
  readonly ciphers: readonly number[];
  readonly extensions: readonly (readonly [type: number, body: Buffer])[] | null;
}

/** Body of a ClientHello. */
function hello({ version = 0x0303, ciphers, extensions }: Parts): Buffer {
  const blocks = (extensions ?? []).map(([type, body]) => Buffer.concat([u16(type), u16(body.length), body]));
  const all = Buffer.concat(blocks);
  return Buffer.concat([
    u16(version),
    Buffer.alloc(32, 5),
    Buffer.from([0]),
    list(ciphers),
    Buffer.from([1, 0]),
    ...(extensions === null ? [] : [u16(all.length), all]),
  ]);
}

const handshake = (type: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type, body.length >> 16]), u16(body.length), body]);
const record = (body: Buffer, type = 22) =>
  Buffer.concat([Buffer.from([type, 3, 3]), u16(body.length), body]);

const SERVER_NAME = Buffer.from('000e00000b6578616d706c652e636f6d', 'hex');

describe('fingerprints of TLS clients', () => {
  // The example of FoxIO's technical_details/JA4.md: a browser's hello, GREASE among its values.
  const browser = hello({
    ciphers: [0x2a2a, ...words('1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035')],
    extensions: [
      [0x5a5a, Buffer.alloc(0)],
      [0x001b, Buffer.from([2, 0, 2])],
      [0x0000, SERVER_NAME],
      [0x0033, Buffer.alloc(40)],
      [0x0010, Buffer.from('000c02683208687474702f312e31', 'hex')],
      [0x4469, Buffer.alloc(3)],
      [0x0017, Buffer.alloc(0)],
      [0x002d, Buffer.from([1, 1])],
      [0x000d, list(words('0403,0804,0401,0503,0805,0501,0806,0601'))],
      [0x0005, Buffer.alloc(5)],
      [0x0023, Buffer.alloc(0)],
      [0x0012, Buffer.alloc(0)],
      [0x002b, Buffer.from('06caca03040303', 'hex')],
      [0xff01, Buffer.from([0])],
      [0x000b, Buffer.from([1, 0])],
      [0x000a, list(words('baba,001d,0017,0018'))],
      [0x0015, Buffer.alloc(9)],
      [0xcaca, Buffer.from([0])],
    ],
  });

  it('is the published JA4 of a browser, over TCP and QUIC', () => {
    expect(fingerprintOf(browser, 't').ja4).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    expect(fingerprintOf(browser, 'q').ja4).toBe('q13d1516h2_8daaf6152771_e5627efa2ab1');
  });

  it('is the published JA3 (salesforce/ja3), with extensions and without', () => {
    const old = hello({
      version: 769,
      ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
      extensions: [
        [0, SERVER_NAME],
        [10, list([23, 24, 25])],
        [11, Buffer.from([1, 0])],
      ],
    });
    expect(fingerprintOf(old, 't').ja3).toBe('ada70206e40642a3e4461f35503241d5');
    const older = hello({
      version: 769,
      ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99],
      extensions: null,
    });
    expect(fingerprintOf(older, 't')).toMatchObject({ ja3: 'de350869b8c85de67a350c8d186f11e6' });
    expect(fingerprintOf(older, 't').ja4).toMatch(/^t10i110000_[0-9a-f]{12}_000000000000$/);
  });

  it('writes the protocol in hex where it is no text, and counts no more than 99', () => {
    const ja4 = (alpn: string, ciphers = [0x1301]) =>
      fingerprintOf(
        hello({
          ciphers,
          extensions: [
            [
              16,
              Buffer.concat([
                u16(alpn.length / 2 + 1),
                Buffer.from([alpn.length / 2]),
                Buffer.from(alpn, 'hex'),
              ]),
            ],
          ],
        }),
        't',
      ).ja4.split('_')[0];
    expect(ja4('ab')).toBe('t12i0101ab');
    expect(ja4('302e31')).toBe('t12i010101');
    expect(ja4('30ab')).toBe('t12i01013b');
    expect(
      ja4(
        '6832',
        Array.from({ length: 150 }, (_, at) => at),
      ),
    ).toBe('t12i9901h2');
  });

  it('does not depend on GREASE nor, for JA4, on the order of ciphers and extensions', () => {
    const types = [5, 10, 11, 23, 35, 51];
    const of = (ciphers: readonly number[], order: readonly number[]) =>
      fingerprintOf(
        hello({ ciphers, extensions: order.map((type) => [type, Buffer.alloc(4)] as const) }),
        't',
      );
    const whole = of([0x1301, 0x1302, 0xc02b], types);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(types, { minLength: types.length }),
        fc.integer({ min: 0, max: 15 }),
        (order, grease) => {
          const value = (grease << 4) | 0xa;
          const other = of([value * 0x101, 0xc02b, 0x1302, 0x1301], [value * 0x101, ...order]);
          expect(other.ja4).toBe(whole.ja4);
        },
      ),
    );
  });

  it('reads whatever bytes a hello may be', () => {
    fc.assert(
      fc.property(fc.nat(browser.length), fc.uint8Array({ maxLength: 80 }), fc.nat(), (cut, junk, at) => {
        const bytes = Buffer.concat([browser.subarray(0, cut), Buffer.from(junk)]);
        if (bytes.length > 0) bytes[at % bytes.length] = 0x55;
        if (parseClientHello(bytes) === null) return;
        const { ja3, ja4 } = fingerprintOf(bytes, 't');
        expect(ja3).toMatch(/^[0-9a-f]{32}$/);
        expect(ja4).toMatch(/^t(?:\d\d|s[23])[di]\d{4}[0-9a-zA-Z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('certificates', () => {
  it('tells whom one is for, and who signed it', () => {
    const name = 'C=XX, O=Example Pool ; Ltd, CN=*.pool.example';
    expect(parseCertificate(CERTIFICATE)).toEqual({
      subject: name,
      issuer: name,
      names: ['*.pool.example', 'xmr.pool.example'],
    });
  });

  it('never reads past its end, whatever is cut or flipped', () => {
    for (let cut = 0; cut < CERTIFICATE.length; cut++)
      expect(parseCertificate(CERTIFICATE.subarray(0, cut))).toBeNull();
    fc.assert(
      fc.property(
        fc.nat(CERTIFICATE.length - 1),
        fc.nat(255),
        fc.nat(CERTIFICATE.length - 1),
        (at, byte, other) => {
          const bytes = Buffer.from(CERTIFICATE);
          bytes[at] = byte;
          bytes[other] = 0xff;
          const found = parseCertificate(bytes);
          for (const text of [found?.subject ?? '', ...(found?.names ?? [])])
            expect(text.length).toBeLessThanOrEqual(512);
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        parseCertificate(Buffer.from(bytes));
      }),
    );
  });

  it('takes time in proportion to hostile nesting and counts', () => {
    let nested = Buffer.alloc(0);
    while (nested.length < 30_000) {
      const { length } = nested;
      nested = Buffer.concat([Buffer.from([0x30, 0x83, length >> 16]), u16(length), nested]);
    }
    const started = performance.now();
    for (let run = 0; run < 200; run++) parseCertificate(nested);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('the certificate in a session', () => {
  const flight = SERVER_FLIGHT;
  const nameless = toServer(
    record(handshake(1, hello({ ciphers: [0x1301, 0xc02f], extensions: [[11, Buffer.from([1, 0])]] }))),
  );

  it('names the server where the client does not, however it is cut', () => {
    const messages = [nameless, toClient(flight)];
    const whole = observe(INSPECTORS, messages);
    expect(whole).toMatchObject([
      {
        kind: 'tls',
        serverName: null,
        answered: true,
        certificate: { names: ['*.pool.example', 'xmr.pool.example'] },
      },
    ]);
    for (let seed = 0; seed < 40; seed++)
      expect(withoutTimes(observe(INSPECTORS, split(messages, seed, 90)))).toEqual(withoutTimes(whole));
  });

  it('lies in records of any size', () => {
    const body = flight.subarray(5);
    const parts: Buffer[] = [];
    for (let at = 0; at < body.length; at += 37) parts.push(record(body.subarray(at, at + 37)));
    expect(observe(INSPECTORS, [nameless, toClient(Buffer.concat(parts))])).toMatchObject([
      { certificate: { names: ['*.pool.example', 'xmr.pool.example'] } },
    ]);
  });

  it('is of no interest where no rule knows its names, and unseen in TLS 1.3', () => {
    const uninteresting = startRun(INSPECTORS);
    uninteresting.runner.wantsName = () => false;
    expect(feedAll(uninteresting, [nameless, toClient(flight)])).toBe(false);
    expect(uninteresting.observations).toEqual([]);

    const asked: string[] = [];
    const interesting = startRun(INSPECTORS);
    interesting.runner.wantsName = (name) => asked.push(name) > 0 && name === 'pool.example';
    feedAll(interesting, [nameless, toClient(flight)]);
    expect(asked).toEqual(['pool.example']);
    expect(interesting.observations).toHaveLength(1);

    const extensions = Buffer.from('0006002b00020304', 'hex');
    const modern = handshake(
      2,
      Buffer.concat([u16(0x0303), Buffer.alloc(33), u16(0x1301), Buffer.from([0]), extensions]),
    );
    const watched = startRun(INSPECTORS, { watched: true });
    feedAll(watched, [nameless, toClient(record(modern)), toClient(record(handshake(11, CERTIFICATES)))]);
    expect(watched.observations).toMatchObject([{ certificate: null, answered: true }]);
  });

  it('tells what was known where the server answers with an alert, or bytes are missing', () => {
    const alert = startRun(INSPECTORS, { watched: true });
    expect(feedAll(alert, [nameless, toClient(record(Buffer.from([2, 40]), 21))])).toBe(false);
    expect(alert.observations).toMatchObject([{ answered: true, certificate: null }]);

    const lossy = startRun(INSPECTORS, { watched: true });
    feedAll(lossy, [nameless, toClient(flight.subarray(0, 100))]);
    lossy.reader.gap('to-client', 300, 1.7e15);
    lossy.reader.end(1.7e15);
    expect(lossy.observations).toMatchObject([{ answered: true, certificate: null }]);
  });
});
