import { sign } from 'node:crypto';
import { openKey } from '../../deliver/evidence/key.js';
import type { Signer } from '../../deliver/refer/signer.js';

/** Signs packages with the key of the evidence log; made where there is none. Throws StoreError where it cannot be used. */
export function signerAt(path: string): Signer {
  const { secret, public: known } = openKey(path);
  return {
    publicKey: known.pem,
    fingerprint: known.fingerprint,
    sign: (bytes) => sign(null, bytes, secret),
  };
}
