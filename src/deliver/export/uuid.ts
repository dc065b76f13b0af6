import { createHash } from 'node:crypto';

/** Namespace of identifiers that rigwatch makes: the same thing has the same identifier in every export. */
export const RIGWATCH_NAMESPACE = 'c9a2f0de-6f0b-5a0e-9a3b-3f4f7f2d8f11';

/** A name-based UUID (RFC 9562 §5.5, version 5). */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replace(/-/g, ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
