import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { StoreError, UsageError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { isSystemError, systemReason } from '../../base/system-error.js';

/** Longest key file that is read; an Ed25519 key takes 120 bytes. */
const MAX_KEY_BYTES = 16_384;

export interface PublicKey {
  readonly key: KeyObject;
  readonly pem: string;
  /** SHA-256 of the SubjectPublicKeyInfo (RFC 8410), lower-case hex: what people compare over the telephone. */
  readonly fingerprint: string;
}

export interface SigningKey {
  readonly secret: KeyObject;
  readonly public: PublicKey;
}

/** Where the key of the log at `logPath` lies. */
export function keyPathOf(logPath: string): string {
  return `${logPath}.key`;
}

/**
 * The signing key at `path`, made there (PKCS #8 PEM, mode 0600) if there is none. Throws StoreError where others may
 * read it, or it cannot be read or written.
 */
export function openKey(path: string): SigningKey {
  return (
    readKey(path) ?? makeKey(path) ?? refuse(path, phrase`it appeared and went away again`, phrase`try again`)
  );
}

/** The same without making one; null where there is none. */
export function readKey(path: string): SigningKey | null {
  try {
    const file = openSync(path, 'r');
    try {
      const { mode, size } = fstatSync(file);
      if (process.platform !== 'win32' && (mode & 0o077) !== 0)
        refuse(
          path,
          phrase`others than its owner may read it`,
          phrase`run "chmod 600 ${path}", or replace it`,
        );
      if (size > MAX_KEY_BYTES) refuse(path, phrase`it is no key`, phrase`restore it`);
      return signingKey(createPrivateKey(readFileSync(file)), path);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    if (error instanceof StoreError) throw error;
    return refuse(
      path,
      isSystemError(error) ? phrase`it cannot be read (${systemReason(error)})` : phrase`it is no key`,
      phrase`restore it`,
      error,
    );
  }
}

/** Null where another process was quicker. */
function makeKey(path: string): SigningKey | null {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(path, 0o600);
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return readKey(path);
    if (!isSystemError(error)) throw error;
    return refuse(
      path,
      phrase`it cannot be written (${systemReason(error)})`,
      phrase`check the folder`,
      error,
    );
  }
  return signingKey(privateKey, path);
}

function signingKey(secret: KeyObject, path: string): SigningKey {
  if (secret.asymmetricKeyType !== 'ed25519') refuse(path, phrase`it is no Ed25519 key`, phrase`restore it`);
  return { secret, public: publicKeyOf(createPublicKey(secret)) };
}

function publicKeyOf(key: KeyObject): PublicKey {
  const der = key.export({ format: 'der', type: 'spki' });
  return {
    key,
    pem: key.export({ format: 'pem', type: 'spki' }).toString(),
    fingerprint: createHash('sha256').update(der).digest('hex'),
  };
}

/** A public key from its PEM text; null where it is none. */
export function parsePublicKey(pem: unknown): PublicKey | null {
  if (typeof pem !== 'string' || pem.length > MAX_KEY_BYTES || !pem.includes('PUBLIC KEY')) return null;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? publicKeyOf(key) : null;
  } catch {
    return null;
  }
}

/** The public key in a file that somebody gives. Throws UsageError where there is none. */
export function readPublicKey(path: string): PublicKey {
  try {
    const key = parsePublicKey(readFileSync(path, 'utf8'));
    if (key !== null) return key;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError('evidence-key', phrase`${path}: cannot be read (${systemReason(error)})`, {
      cause: error,
    });
  }
  throw new UsageError(
    'evidence-key',
    phrase`${path}: expected the public key that "rigwatch evidence key" prints`,
  );
}

function refuse(path: string, what: Phrase, advice: Phrase, cause?: unknown): never {
  throw new StoreError('evidence-key', phrase`evidence key ${path}: ${what}; ${advice}`, { cause });
}
