import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../base/errors.js';

/** Who answers for a package: an Ed25519 key (RFC 8032). */
export interface Signer {
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
  /** SHA-256 of the public key's DER form, hex. */
  readonly fingerprint: string;
  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** The key in this file, which is made (mode 0600) where there is none. Throws UsageError where it is no such key. */
export function loadSigner(path: string): Signer {
  try {
    if (!existsSync(path)) {
      const { privateKey } = generateKeyPairSync('ed25519');
      writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { flag: 'wx', mode: 0o600 });
    }
    if ((lstatSync(path).mode & 0o077) !== 0)
      throw new UsageError('key-invalid', `${path}: expected a key that nobody else can read (chmod 600)`);
    return signerOf(createPrivateKey(readFileSync(path)), path);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError('key-invalid', `${path}: expected an Ed25519 private key, PEM (${error.message})`, {
      cause: error,
    });
  }
}

function signerOf(key: KeyObject, path: string): Signer {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new UsageError('key-invalid', `${path}: expected an Ed25519 key, found ${key.asymmetricKeyType}`);
  const publicKey = pemOf(createPublicKey(key));
  return { publicKey, fingerprint: fingerprintOf(publicKey), sign: (bytes) => sign(null, bytes, key) };
}

const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

/** The one way to write this public key; null where it is none of Ed25519. */
export function canonicalPublicKey(pem: string | Uint8Array): string | null {
  try {
    const key = createPublicKey(Buffer.from(pem));
    return key.asymmetricKeyType === 'ed25519' ? pemOf(key) : null;
  } catch {
    return null;
  }
}

export function fingerprintOf(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}

export function isSigned(bytes: Uint8Array, signature: Uint8Array, publicKey: string): boolean {
  return signature.length === 64 && verify(null, bytes, createPublicKey(publicKey), signature);
}
