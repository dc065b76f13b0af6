import { sign } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { canonicalJson } from '../../base/canonical-json.js';
import { StoreError, UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { isSystemError, systemReason } from '../../base/system-error.js';
import { ANCHOR_SCHEMA, type Anchor, type LogHead } from '../../model/evidence-log.js';
import { isSigned, parseLine } from './entry.js';
import { parsePublicKey, type SigningKey } from './key.js';

const POST_TIMEOUT_MS = 10_000;
/** Longest file of anchors that is read. */
const MAX_ANCHOR_BYTES = 64 << 20;

/** One line, line feed included. */
export function anchorLine({ log, seq, hash }: LogHead, time: string, key: SigningKey): string {
  const { fingerprint, pem } = key.public;
  const unsigned = { schema: ANCHOR_SCHEMA, log, seq, hash, time, key: fingerprint, public_key: pem };
  const signature = sign(null, Buffer.from(canonicalJson(unsigned)), key.secret).toString('base64');
  return `${canonicalJson({ ...unsigned, signature })}\n`;
}

/**
 * Puts an anchor where an insider of this machine should not reach: at the end of a file (another disk, a mount, a log that
 * is shipped), or as the body of a POST to http(s)://. Throws StoreError where it does not arrive.
 */
export async function putAnchor(target: string, line: string): Promise<void> {
  const url = anchorUrl(target);
  if (url !== null) return await post(url, line);
  try {
    const file = openSync(target.replace(/^file:(\/\/)?/, ''), 'a', 0o644);
    try {
      writeSync(file, line);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // Pipes and devices cannot be synced.
    if (error.syscall === 'fsync') return;
    throw new StoreError(
      'anchor-failed',
      phrase`anchor ${target}: cannot be written (${systemReason(error)})`,
      {
        cause: error,
      },
    );
  }
}

/** The URL that a target is, null where it is a file. Throws UsageError where it is a URL that cannot be. */
export function anchorUrl(target: string): URL | null {
  if (!/^https?:\/\//i.test(target)) return null;
  try {
    return new URL(target);
  } catch {
    throw new UsageError('anchor-invalid', phrase`anchor: expected a file, or http(s)://HOST[:PORT]/PATH`);
  }
}

async function post(url: URL, line: string): Promise<void> {
  const { origin, username, password, href } = url;
  // fetch() takes no address that holds a password.
  const address = username === '' ? href : href.replace(/\/\/[^/@]*@/, '//');
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(username === '' ? {} : { authorization }) },
      body: line,
      redirect: 'manual',
      signal: AbortSignal.timeout(POST_TIMEOUT_MS),
    });
    await answer.body?.cancel();
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new StoreError('anchor-failed', phrase`anchor ${origin}: ${cause}`, { cause: error });
  }
  if (!answer.ok) throw new StoreError('anchor-failed', phrase`anchor ${origin}: answered ${answer.status}`);
}

/** An anchor as it was found: what is none is not valid. */
export interface FoundAnchor extends LogHead {
  readonly key: string;
  /** Its own signature holds. */
  readonly isValid: boolean;
}

/** Anchors of a file. Throws StoreError where it cannot be read. */
export function readAnchors(path: string): FoundAnchor[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path).subarray(0, MAX_ANCHOR_BYTES);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new StoreError('anchor-missing', phrase`anchors ${path}: cannot be read (${systemReason(error)})`, {
      cause: error,
    });
  }
  return parseAnchors(bytes);
}

export function parseAnchors(bytes: Buffer): FoundAnchor[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseAnchor(Buffer.from(line, 'latin1')));
}

function parseAnchor(bytes: Buffer): FoundAnchor {
  const value = parseLine(bytes);
  const none = { log: '', seq: 0, hash: '', key: '', isValid: false };
  if (typeof value === 'string' || value.schema !== ANCHOR_SCHEMA) return none;
  const { signature, ...unsigned } = value as Readonly<Record<string, unknown>> & Partial<Anchor>;
  const { log, seq, hash, key } = unsigned;
  if (typeof log !== 'string' || typeof seq !== 'number' || typeof hash !== 'string') return none;
  const publicKey = parsePublicKey(unsigned.public_key);
  const isValid =
    publicKey !== null &&
    publicKey.fingerprint === key &&
    isSigned(Buffer.from(canonicalJson(unsigned)), signature, publicKey);
  return { log, seq, hash, key: key ?? '', isValid };
}
