import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBE_BYTES } from '../../../../src/intake/formats/format.js';
import { detectFormat } from '../../../../src/intake/formats/index.js';
import { mercury } from '../../../../src/intake/formats/mercury/mercury.js';
import { scanBytes } from '../../../support/scan-frames.js';

const ENDS =
  '"ip":{"version":4,"ttl":64,"id":"7bba"},"src_ip":"10.1.2.3","dst_ip":"198.51.100.7","protocol":6,"src_port":40000,"dst_port":14433,"event_start":1772323200.500000';
const TLS = `{"fingerprints":{"tls":"tls/(0303)"},"tls":{"client":{"version":"0303","server_name":"xmr-eu1.nanopool.org","application_layer_protocol_negotiation":["http/1.1"]}},${ENDS}}`;
const TCP = `{"fingerprints":{"tcp":"tcp/(40)"},"tcp":{"seq":1},${ENDS}}`;

const scan = async (text: string) => (await scanBytes(Buffer.from(text))).suspects;

describe('mercury', () => {
  it.each([
    ['TLS', TLS],
    ['a SYN', TCP],
  ])('is known by its first line (%s)', (_, line) => {
    expect(detectFormat(Buffer.from(`${line}\n`))?.name).toBe('mercury-json');
  });

  it.each([
    [
      'with a fingerprint before',
      '{"fingerprints":{"tls_server":"tls_server/(0303)(c02f)"},"tls":{"server":{"certs":',
    ],
    ['without', '{"tls":{"server":{"certs":'],
  ])('is known by its beginning where certificates make the first line long (%s)', async (_, beginning) => {
    const long = `${beginning}[{"base64":"${'MIIF'.repeat(4000)}"}]}},${ENDS}}`;
    const head = Buffer.from(long).subarray(0, PROBE_BYTES);
    expect(detectFormat(head)?.name).toBe('mercury-json');
    // Of a stream that has brought less, nobody can tell yet; and none of these is mercury's.
    expect(mercury.probe(head.subarray(0, 1000))).toBe('more');
    for (const other of [
      `{"src_ip":"${'1'.repeat(5000)}`,
      `{"tls":{"sni":"${'a'.repeat(5000)}`,
      `{"tls":{"server":{}}}\n`,
    ])
      expect(detectFormat(Buffer.from(other).subarray(0, PROBE_BYTES))?.name).not.toBe('mercury-json');
    expect((await scan(`${long}\n${TLS}\n`)).map(({ ip }) => ip)).toEqual(['10.1.2.3']);
  });

  it('gives the server names that clients ask for', async () => {
    const suspects = await scan(`${TCP}\n${TLS}\n`);
    expect(suspects.map(({ ip }) => ip)).toEqual(['10.1.2.3']);
    expect(suspects[0]?.evidence.map(({ item, host }) => [item, host])).toContainEqual([
      'E3',
      'xmr-eu1.nanopool.org',
    ]);
    expect(await scan(`${TLS.replace('xmr-eu1.nanopool.org', 'www.example.org')}\n`)).toEqual([]);
  });

  it('tells a question from its answer: the client asks', async () => {
    const dns = (part: string, ends: string) =>
      `{"dns":{"${part}":{"question":[{"name":"xmr-eu1.nanopool.org.","type":"A"}]}},${ends}}`;
    const back = ENDS.replace('10.1.2.3', 'X')
      .replace('198.51.100.7', '10.1.2.3')
      .replace('X', '198.51.100.7');
    for (const line of [dns('query', ENDS), dns('response', back)])
      expect((await scan(`${line}\n`)).map(({ ip }) => ip)).toEqual(['10.1.2.3']);
  });

  it('leaves out lines that are none, and is thrown by nothing', async () => {
    const { counters } = await scanBytes(
      Buffer.from(`${TLS}\nno line\n{"tls":1,${ENDS}}\n${TLS.slice(0, 90)}`),
    );
    expect(counters['mercury.bad-line']).toBe(2);
    expect(counters['mercury.other-line']).toBe(1);
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.nat(TLS.length), async (text, at) => {
        await scan(`${TLS}\n${TLS.slice(0, at)}${text}${TLS.slice(at)}\n`);
      }),
      { numRuns: 100 },
    );
  });
});
