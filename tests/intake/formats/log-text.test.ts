import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateOf } from '../../../src/intake/formats/log-text.js';
import { scanBytes } from '../../support/scan-frames.js';

describe('the certificate that a log names', () => {
  it.each([
    ['RFC 4514', 'CN=pool.example.org,O=Some\\, Inc.,C=US', ['pool.example.org']],
    ['Suricata', 'C=US, O=Some, CN=*.Pool.Example.Org', ['*.pool.example.org']],
    ['OpenSSL', 'CN=pool.example.org/OU=a/O=b', ['pool.example.org']],
    ['no host name', 'CN=Some Body, O=b', []],
    ['an escaped comma is no new attribute', 'O=a\\,CN=pool.example.org', []],
    ['no common name', 'O=b', []],
  ])('%s', (_, subject, names) => {
    expect(certificateOf(subject, 'CN=ca', undefined)).toMatchObject({ names, issuer: 'CN=ca' });
  });

  it('alternative names stand in the place of the subject’s', () => {
    const found = certificateOf('CN=a.example', undefined, ['b.example', 'C.example.', 7, 'not a name']);
    expect(found).toEqual({ subject: 'CN=a.example', issuer: '', names: ['b.example', 'c.example'] });
    expect(certificateOf(undefined, 'CN=ca', [])).toBeNull();
    expect(certificateOf('', null, null)).toBeNull();
  });

  it('is bounded, escaped, and quick, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const found = certificateOf(text, text, [text]);
        expect(found?.subject ?? '').not.toMatch(/[\x00-\x1f]/);
        for (const name of found?.names ?? []) expect(name).toMatch(/^[*a-z0-9_.-]+$/);
      }),
    );
    const startMs = performance.now();
    certificateOf(`${'CN=,'.repeat(50_000)}${'\\,'.repeat(50_000)}`, null, null);
    expect(performance.now() - startMs).toBeLessThan(500);
  });

  it.each([
    [
      'Suricata',
      '{"timestamp":"2026-03-01T00:00:00.000000+0000","flow_id":1,"event_type":"tls","src_ip":"10.1.2.3","src_port":40000,"dest_ip":"198.51.100.7","dest_port":14433,"proto":"TCP","tls":{"version":"TLS 1.2","subject":"CN=xmr-eu1.nanopool.org","issuerdn":"CN=R3"}}',
    ],
    [
      'Zeek',
      '{"ts":1772323200.5,"uid":"Ca1","id.orig_h":"10.1.2.3","id.orig_p":40000,"id.resp_h":"198.51.100.7","id.resp_p":14433,"version":"TLSv12","cipher":"x","resumed":false,"established":true,"subject":"CN=xmr-eu1.nanopool.org","issuer":"CN=R3"}',
    ],
  ])('of %s makes E4 where the client names no server', async (_, line) => {
    const { suspects } = await scanBytes(Buffer.from(`${line}\n`));
    expect(suspects[0]?.evidence.map(({ item, host }) => [item, host])).toContainEqual([
      'E4',
      'xmr-eu1.nanopool.org',
    ]);
    const other = line.replaceAll('xmr-eu1.nanopool.org', 'www.example.org');
    expect((await scanBytes(Buffer.from(`${other}\n`))).suspects).toEqual([]);
  });
});
