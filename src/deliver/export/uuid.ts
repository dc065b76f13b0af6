import { hash } from 'node:crypto';

/** Namespace of identifiers that rigwatch makes: the same thing has the same identifier in every export. */
export const RIGWATCH_NAMESPACE = 'c9a2f0de-6f0b-5a0e-9a3b-3f4f7f2d8f11';

/**
 * A name-based UUID (RFC 9562 §5.5, version 5). In one call: the hash objects of `createHash` are streams, which outlive
 * short collections, and an export makes millions of them.
 */
export function uuidV5(namespace: string, name: string): string {
  const bytes = Buffer.concat([Buffer.from(namespace.replace(/-/g, ''), 'hex'), Buffer.from(name)]);
  const hex = hash('sha1', bytes, 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
