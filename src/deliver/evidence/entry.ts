import { createHash, sign, verify } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.js';
import {
  ENTRY_SCHEMA,
  type Entry,
  type EntryContent,
  type EntryKind,
  type LogHead,
} from '../../model/evidence-log.js';
import type { PublicKey, SigningKey } from './key.js';

/** What is wrong with a line, in the order in which it is looked for. */
export type LineFault = 'not-json' | 'not-canonical' | 'not-an-entry' | 'hash-differs' | 'signature-wrong';

/** Base64 of 64 bytes, in the one spelling that there is. */
const SIGNATURE = /^[A-Za-z0-9+/]{85}[AQgw]==$/;
const HASH = /^[0-9a-f]{64}$/;

/** An object with the hash and the signature of its canonical JSON added: one line of a log, line feed included. */
export function sealed(unsealed: object, key: SigningKey): { readonly line: string; readonly hash: string } {
  const bytes = Buffer.from(canonicalJson(unsealed));
  const hash = createHash('sha256').update(bytes).digest('hex');
  const signature = sign(null, bytes, key.secret).toString('base64');
  return { line: `${canonicalJson({ ...unsealed, hash, signature })}\n`, hash };
}

/** The line of an entry that follows `before`. */
export function entryLine(
  before: LogHead,
  content: EntryContent,
  key: SigningKey,
): { readonly line: string; readonly head: LogHead } {
  const seq = before.seq + 1;
  const { kind, time, body } = content;
  const entry = { schema: ENTRY_SCHEMA, log: before.log, seq, time, kind, previous: before.hash, body };
  const { line, hash } = sealed(entry, key);
  return { line, head: { log: before.log, seq, hash } };
}

/** A line without its line feed, as an object; its bytes must be the canonical ones. */
export function parseLine(bytes: Buffer): Record<string, unknown> | LineFault {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'not-json';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not-an-entry';
  try {
    if (!Buffer.from(canonicalJson(value)).equals(bytes)) return 'not-canonical';
  } catch {
    return 'not-canonical';
  }
  // Checked above: an object of JSON.
  return value as Record<string, unknown>;
}

/** Whether hash and signature are those of the rest. */
export function sealFault(value: Readonly<Record<string, unknown>>, key: PublicKey): LineFault | null {
  const { hash, signature, ...unsealed } = value;
  if (typeof hash !== 'string' || !HASH.test(hash)) return 'not-an-entry';
  const bytes = Buffer.from(canonicalJson(unsealed));
  if (createHash('sha256').update(bytes).digest('hex') !== hash) return 'hash-differs';
  return isSigned(bytes, signature, key) ? null : 'signature-wrong';
}

export function isSigned(bytes: Buffer, signature: unknown, key: PublicKey): boolean {
  return (
    typeof signature === 'string' &&
    SIGNATURE.test(signature) &&
    verify(null, bytes, key.key, Buffer.from(signature, 'base64'))
  );
}

const KINDS: ReadonlySet<string> = new Set<EntryKind>(['start', 'verdict', 'repair', 'break', 'segment']);

/** Whether an object has the form of an entry; its seal is another question. */
export function isEntry(value: Readonly<Record<string, unknown>>): boolean {
  const { schema, log, seq, time, kind, previous, body } = value;
  return (
    schema === ENTRY_SCHEMA &&
    typeof log === 'string' &&
    Number.isSafeInteger(seq) &&
    typeof time === 'string' &&
    typeof kind === 'string' &&
    KINDS.has(kind) &&
    typeof previous === 'string' &&
    typeof body === 'object' &&
    body !== null &&
    Object.keys(value).length === 9
  );
}

/** A line as an entry; its seal is not looked at. */
export function parseEntry(bytes: Buffer): Entry | LineFault {
  const value = parseLine(bytes);
  if (typeof value === 'string') return value;
  // Checked by isEntry(), member by member.
  return isEntry(value) ? (value as unknown as Entry) : 'not-an-entry';
}
