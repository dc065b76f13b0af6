import { readFile, stat } from 'node:fs/promises';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { printable } from '../../base/text.js';
import { readPublicKey } from '../../deliver/evidence/key.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { heading, labelled, translate } from '../../deliver/print/translate.js';
import { referMessage, referWord } from '../../deliver/refer/messages.js';
import {
  MAX_PACKAGE_BYTES,
  type PackageReport,
  REFERRAL,
  verifyPackage,
} from '../../deliver/refer/package.js';
import { unreadable } from './deed.js';
import type { GlobalOptions } from './globals.js';

/** Options of `rigwatch refer verify` and `show`. */
export interface ReferVerifyOptions {
  readonly key?: string;
}

/** Faults of a package that are told. */
const MAX_FAULTS = 50;

export async function verifyPackages(
  files: readonly string[],
  { key }: ReferVerifyOptions,
  globals: GlobalOptions,
): Promise<void> {
  const expected = key === undefined ? null : readPublicKey(key).pem;
  for (const file of files) {
    const report = verifyPackage(await readBounded(file, MAX_PACKAGE_BYTES), expected);
    if (report.faults.length > 0) process.exitCode = 1;
    await writeChunks(
      globals.json ? [jsonLine(file, report)] : textLines(file, report, globals),
      process.stdout,
    );
  }
}

/** What the package says, and whether it holds. */
export async function showPackage(
  file: string,
  { key }: ReferVerifyOptions,
  globals: GlobalOptions,
): Promise<void> {
  const expected = key === undefined ? null : readPublicKey(key).pem;
  const report = verifyPackage(await readBounded(file, MAX_PACKAGE_BYTES), expected);
  if (report.faults.length > 0) process.exitCode = 1;
  const referral = report.files.get(REFERRAL);
  if (globals.json && referral !== undefined && report.faults.length === 0) {
    const value: unknown = JSON.parse(Buffer.from(referral).toString('utf8'));
    return await writeChunks([`${JSON.stringify(value)}\n`], process.stdout);
  }
  const { lang } = globals;
  const { manifest } = report;
  const lines = [...textLines(file, report, globals)];
  if (manifest !== null) {
    const line = (key: 'list.document' | 'list.unit' | 'show.profile', text: string) =>
      `${labelled(lang, referMessage(lang, key), printable(text))}\n`;
    lines.push(
      line('show.profile', referWord(lang, 'profile', manifest.profile)),
      line('list.document', `${manifest.document} · ${manifest.created}`),
      line('list.unit', manifest.unit ?? '-'),
      `${heading(lang, referMessage(lang, 'show.files'))}\n`,
      ...manifest.files.map(
        ({ name, bytes, sha256 }) => `  ${printable(sha256)}  ${bytes}  ${printable(name)}\n`,
      ),
    );
  }
  await writeChunks(lines, process.stdout);
}

function* textLines(file: string, report: PackageReport, { lang }: GlobalOptions): Generator<string> {
  const { faults, manifest, fingerprint, isExpectedKey } = report;
  const name = printable(file);
  if (faults.length === 0)
    yield `${referMessage(lang, 'verify.holds', { file: name, files: manifest?.files.length ?? 0 })}\n`;
  else yield `${referMessage(lang, 'verify.fails', { file: name })}\n`;
  for (const { code, subject } of faults.slice(0, MAX_FAULTS))
    yield `  ${referWord(lang, 'fault', code, {
      subject: printable(typeof subject === 'string' ? subject : translate(lang, subject)),
    })}\n`;
  if (fingerprint === null) return;
  const whose = isExpectedKey === null ? 'verify.key-unchecked' : 'verify.key-is';
  const told = referMessage(lang, 'verify.key', { fingerprint });
  const known = phrase`${told}; ${referMessage(lang, whose)}`;
  yield `  ${isExpectedKey === false ? told : translate(lang, known)}\n`;
}

/** `rigwatch.referral-verify/1`. */
function jsonLine(file: string, { faults, manifest, fingerprint, isExpectedKey }: PackageReport): string {
  const about =
    manifest === null
      ? null
      : {
          profile: manifest.profile,
          document: manifest.document,
          unit: manifest.unit,
          created: manifest.created,
        };
  return `${JSON.stringify({
    schema: 'rigwatch.referral-verify/1',
    file,
    holds: faults.length === 0,
    faults,
    package: about,
    fingerprint,
    expected_key: isExpectedKey,
  })}\n`;
}

async function readBounded(path: string, limit: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > limit)
      throw new UsageError('package-too-large', phrase`${path}: expected at most ${limit} bytes`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError('package-unreadable', unreadable(path, error), {
      cause: error,
    });
  }
}
