import { createHash } from 'node:crypto';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { Phrase, phrase } from '../../base/phrase.js';
import type { LogHead } from '../../model/evidence-log.js';
import type { ReferralProfile } from '../../model/referral.js';
import { ZIP_EPOCH } from './office-file.js';
import { canonicalPublicKey, fingerprintOf, isSigned, type Signer } from './signer.js';

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';
export const PUBLIC_KEY = 'public-key.pem';
export const SUMS = 'SHA256SUMS';
export const REFERRAL = 'referral.json';

/** What a package may hold. Entries are stored as they are, so this bounds memory too. */
export const MAX_PACKAGE_BYTES = 512 * 1024 * 1024;
const MAX_PACKAGE_FILES = 10_000;
const FILE_NAME = /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,120}\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/;

export interface PackageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `rigwatch.package/1`: what is signed. */
export interface Manifest {
  readonly schema: 'rigwatch.package/1';
  readonly profile: ReferralProfile;
  readonly document: string;
  readonly unit: string | null;
  /** UTC ISO 8601, when it was built. */
  readonly created: string;
  readonly generator: string;
  readonly language: string;
  /** How far the evidence log had come: whoever keeps the package can tell if the log is cut later. Null: there is none. */
  readonly evidence_log: LogHead | null;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * A zip of the files with their hashes, and a signature over those. The same input gives the same bytes, and there is
 * one way only to write it: verifyPackage() compares with that.
 */
export function buildPackage(
  files: readonly PackageFile[],
  about: Omit<Manifest, 'schema' | 'files'>,
  signer: Signer,
): Uint8Array {
  const sums = files.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join('');
  const all = [...files, { name: SUMS, bytes: strToU8(sums) }];
  for (const { name } of all) if (!FILE_NAME.test(name)) throw new Error(`not a name for a package: ${name}`);
  const manifest: Manifest = {
    schema: 'rigwatch.package/1',
    ...about,
    files: all.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(bytes) })),
  };
  const text = strToU8(`${JSON.stringify(manifest, null, 1)}\n`);
  return zipped([
    { name: MANIFEST, bytes: text },
    { name: SIGNATURE, bytes: signer.sign(text) },
    { name: PUBLIC_KEY, bytes: strToU8(signer.publicKey) },
    ...all,
  ]);
}

function zipped(files: readonly PackageFile[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), {
    level: 0,
    mtime: ZIP_EPOCH,
  });
}

export type PackageFault =
  | 'not-a-package'
  | 'container'
  | 'manifest'
  | 'signature'
  | 'key'
  | 'missing'
  | 'altered'
  | 'extra';

export interface PackageReport {
  readonly faults: readonly { readonly code: PackageFault; readonly subject: string | Phrase }[];
  /** Null where they could not be read. */
  readonly manifest: Manifest | null;
  readonly fingerprint: string | null;
  /** Whether the key is the one expected; null: none was. */
  readonly isExpectedKey: boolean | null;
  /** As found, whether they hold or not. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Whether every byte is as it was signed: those of the files, and those of the zip around them. Never throws on what is
 * in the package. `expectedKey`: PEM of the public key that the sender is known by.
 */
export function verifyPackage(bytes: Uint8Array, expectedKey: string | null): PackageReport {
  const faults: { code: PackageFault; subject: string | Phrase }[] = [];
  const files = unpacked(bytes);
  if (files instanceof Phrase)
    return {
      faults: [{ code: 'not-a-package', subject: files }],
      manifest: null,
      fingerprint: null,
      isExpectedKey: null,
      files: new Map(),
    };
  const fault = (code: PackageFault, subject = '') => faults.push({ code, subject });
  for (const name of [MANIFEST, SIGNATURE, PUBLIC_KEY]) if (!files.has(name)) fault('missing', name);
  const signed = files.get(MANIFEST);
  const key = keyOf(files.get(PUBLIC_KEY));
  if (key === null && files.has(PUBLIC_KEY)) fault('altered', PUBLIC_KEY);
  const signature = files.get(SIGNATURE);
  if (signed !== undefined && signature !== undefined && key !== null && !isSigned(signed, signature, key))
    fault('signature');
  const manifest = signed === undefined ? null : manifestOf(signed);
  if (signed !== undefined && manifest === null) fault('manifest');
  const listed = manifest?.files ?? [];
  for (const { name, bytes: length, sha256: hash } of listed) {
    const found = files.get(name);
    if (found === undefined) fault('missing', name);
    else if (found.length !== length || sha256(found) !== hash) fault('altered', name);
  }
  const known = new Set([MANIFEST, SIGNATURE, PUBLIC_KEY, ...listed.map(({ name }) => name)]);
  if (manifest !== null) for (const name of files.keys()) if (!known.has(name)) fault('extra', name);
  if (faults.length === 0 && !isAsWritten(bytes, files, [...known])) fault('container');
  const isExpectedKey = expectedKey === null ? null : canonicalPublicKey(expectedKey) === key;
  if (isExpectedKey === false) fault('key');
  return { faults, manifest, fingerprint: key === null ? null : fingerprintOf(key), isExpectedKey, files };
}

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;

/** The files by name, or what is wrong with the zip. */
function unpacked(bytes: Uint8Array): Map<string, Uint8Array> | Phrase {
  if (bytes.length > MAX_PACKAGE_BYTES) return phrase`more than ${MAX_PACKAGE_BYTES} bytes`;
  // A package has no remark behind its end record (APPNOTE 4.3.16): what ends otherwise was cut, or never was one.
  const end = Buffer.from(bytes.subarray(-END_RECORD_BYTES));
  if (end.length < END_RECORD_BYTES || end.readUInt32LE(0) !== END_RECORD) return phrase`no zip file, or cut`;
  let count = 0;
  let total = 0;
  let refused: Phrase | null = null;
  try {
    const entries = unzipSync(bytes, {
      filter: ({ name, compression, size, originalSize }) => {
        count++;
        total += size;
        if (count > MAX_PACKAGE_FILES) refused ??= phrase`more than ${MAX_PACKAGE_FILES} files`;
        else if (compression !== 0 || size !== originalSize) refused ??= phrase`a compressed entry`;
        // Entries that overlap would be copied again and again.
        else if (total > bytes.length) refused ??= phrase`entries larger than the file`;
        else if (!FILE_NAME.test(name)) refused ??= phrase`a name that no package has`;
        return refused === null;
      },
    });
    return refused ?? new Map(Object.entries(entries));
  } catch {
    return phrase`no zip file, or cut`;
  }
}

function keyOf(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined) return null;
  const text = Buffer.from(bytes).toString('latin1');
  return canonicalPublicKey(bytes) === text ? text : null;
}

function isAsWritten(
  bytes: Uint8Array,
  files: ReadonlyMap<string, Uint8Array>,
  names: readonly string[],
): boolean {
  const again = zipped(names.map((name) => ({ name, bytes: files.get(name) ?? new Uint8Array() })));
  return Buffer.compare(again, bytes) === 0;
}

function manifestOf(bytes: Uint8Array): Manifest | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isManifest(value) ? value : null;
  } catch {
    return null;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Partial<Record<keyof Manifest, unknown>>;
  return (
    one.schema === 'rigwatch.package/1' &&
    (one.profile === 'unit' || one.profile === 'office') &&
    typeof one.document === 'string' &&
    (one.unit === null || typeof one.unit === 'string') &&
    typeof one.created === 'string' &&
    Array.isArray(one.files) &&
    one.files.every(
      (file: Partial<Manifest['files'][number]> | null) =>
        typeof file?.name === 'string' &&
        FILE_NAME.test(file.name) &&
        typeof file.bytes === 'number' &&
        typeof file.sha256 === 'string',
    )
  );
}
