import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Who answers for a package: an Ed25519 key (RFC 8032). */
export interface Signer {
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
  /** SHA-256 of the public key's DER form, hex. */
  readonly fingerprint: string;
  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
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
