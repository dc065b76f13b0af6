import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { writePackage } from '../../../src/deliver/refer/index.js';
import {
  buildPackage,
  MANIFEST,
  PUBLIC_KEY,
  SIGNATURE,
  verifyPackage,
} from '../../../src/deliver/refer/package.js';
import { temporaryFolder } from '../samples.js';
import { NO_EVIDENCE, packageOptions, sampleReferral, temporarySigner } from './sample.js';

const ABOUT = {
  profile: 'unit',
  document: '2021-17',
  unit: 'U1',
  created: '2021-11-01T00:00:00.000Z',
  generator: 'rigwatch test',
  language: 'en',
  evidence_log: null,
} as const;

const small = (signer = temporarySigner()) =>
  buildPackage(
    [
      { name: 'letter.html', bytes: strToU8('<p>letter</p>') },
      { name: 'evidence/10.0.0.1.jsonl', bytes: strToU8('{}\n') },
    ],
    ABOUT,
    signer,
  );

const codes = (bytes: Uint8Array, key: string | null = null) =>
  verifyPackage(bytes, key).faults.map(({ code }) => code);

describe('a package', () => {
  it('holds as it was built, and is the same when it is built again', () => {
    const signer = temporarySigner();
    const bytes = small(signer);
    expect(codes(bytes)).toEqual([]);
    expect(codes(bytes, signer.publicKey)).toEqual([]);
    expect(verifyPackage(bytes, null).fingerprint).toBe(signer.fingerprint);
    expect(Buffer.compare(small(signer), bytes)).toBe(0);
  });

  it('does not hold once any byte of it is another, the zip around the files included', () => {
    const bytes = small();
    const unnoticed: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        if (codes(changed).length === 0) unnoticed.push(at);
      }
    }
    expect(unnoticed).toEqual([]);
  });

  it('does not hold where it is cut, longer, or a byte is dropped', () => {
    const bytes = small();
    const unnoticed: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      if (codes(bytes.subarray(0, at)).length === 0) unnoticed.push(`cut ${at}`);
      const dropped = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      if (codes(dropped).length === 0) unnoticed.push(`dropped ${at}`);
    }
    for (const more of [Buffer.from([0]), Buffer.from('PK'), Buffer.from(bytes)]) {
      if (codes(Buffer.concat([bytes, more])).length === 0) unnoticed.push('behind');
      if (codes(Buffer.concat([more, bytes])).length === 0) unnoticed.push('before');
    }
    expect(unnoticed).toEqual([]);
  });

  it('is said to be cut wherever it is cut', () => {
    const bytes = small();
    const said = new Set<string>();
    for (let at = 0; at < bytes.length; at++)
      said.add(String(verifyPackage(bytes.subarray(0, at), null).faults[0]?.subject));
    expect([...said]).toEqual(['no zip file, or cut']);
  });

  it('does not hold where files are swapped, left out, added or in another order', () => {
    const entries = unzipSync(small());
    const again = (changed: Record<string, Uint8Array>) =>
      zipSync(changed, { level: 0, mtime: new Date(1980, 0, 1) });
    expect(codes(again(entries))).toEqual([]);
    const { 'letter.html': letter, ...withoutLetter } = entries;
    expect(codes(again(withoutLetter))).toContain('missing');
    expect(codes(again({ ...withoutLetter, 'letter.html': letter ?? new Uint8Array() }))).toEqual([
      'container',
    ]);
    expect(codes(again({ ...entries, 'note.txt': strToU8('x') }))).toEqual(['extra']);
    const swapped = {
      ...entries,
      'letter.html': entries['evidence/10.0.0.1.jsonl'] ?? new Uint8Array(),
      'evidence/10.0.0.1.jsonl': letter ?? new Uint8Array(),
    };
    expect(codes(again(swapped))).toEqual(['altered', 'altered']);
    expect(codes(zipSync(entries, { mtime: new Date(1980, 0, 1) }))).toEqual(['not-a-package']);
  });

  it('signed anew by somebody else is told by the key that was expected', () => {
    const [office, insider] = [temporarySigner(), temporarySigner()];
    const forged = small(insider);
    expect(codes(forged)).toEqual([]);
    expect(codes(forged, office.publicKey)).toEqual(['key']);
    // The signature of one with the key of the other.
    const entries = { ...unzipSync(forged), [PUBLIC_KEY]: strToU8(office.publicKey) };
    expect(codes(zipSync(entries, { level: 0, mtime: new Date(1980, 0, 1) }))).toContain('signature');
  });

  it('that is anything else is refused without a throw', () => {
    for (const bytes of [
      new Uint8Array(),
      strToU8('PK'),
      Buffer.alloc(4096, 0xff),
      zipSync({ '../x': strToU8('x') }, { level: 0 }),
      zipSync({ __proto__x: strToU8('x'), [MANIFEST]: strToU8('{"files":[null]}') }, { level: 0 }),
      zipSync(
        { [MANIFEST]: strToU8('null'), [SIGNATURE]: strToU8('x'), [PUBLIC_KEY]: strToU8('x') },
        { level: 0 },
      ),
    ])
      expect(codes(bytes).length).toBeGreaterThan(0);
  });

  it('refuses names that would leave its folder', () => {
    for (const name of ['../x', '/x', 'a/../x', 'a/b/c', '.x', 'a\\b', ''])
      expect(() => buildPackage([{ name, bytes: new Uint8Array() }], ABOUT, temporarySigner())).toThrow(
        'name',
      );
  });
});

describe('a whole package', () => {
  it('is the same bytes for the same referral, with Word and Excel files', async () => {
    const options = packageOptions({ letters: ['docx', 'html'] });
    const [first, second] = [
      await writePackage(sampleReferral(), NO_EVIDENCE, options),
      await writePackage(sampleReferral(), NO_EVIDENCE, options),
    ];
    expect(Buffer.compare(first, second)).toBe(0);
    expect([...verifyPackage(first, null).files.keys()]).toEqual([
      'manifest.json',
      'manifest.sig',
      'public-key.pem',
      'README.txt',
      'letter.docx',
      'letter.html',
      'checklist.docx',
      'checklist.html',
      'addresses.xlsx',
      'referral.json',
      'SHA256SUMS',
    ]);
  });

  it('can be checked without rigwatch, as its README says', async () => {
    const bytes = await writePackage(sampleReferral(), NO_EVIDENCE, packageOptions());
    const folder = temporaryFolder();
    for (const [name, content] of verifyPackage(bytes, null).files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const run = (command: string, args: string[]) =>
      spawnSync(command, args, { cwd: folder, encoding: 'utf8' }).status;
    if (run('openssl', ['version']) !== 0) return;
    const check =
      'pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig';
    expect(run('openssl', check.split(' '))).toBe(0);
    expect(run('sha256sum', ['-c', 'SHA256SUMS'])).toBe(0);
    writeFileSync(join(folder, 'manifest.json'), '{}');
    expect(run('openssl', check.split(' '))).not.toBe(0);
  });
});
