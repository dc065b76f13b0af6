/** What tells a followed file from others, over restarts, renames, copies and compression. */
import { createHash } from 'node:crypto';

/** Where a stream's bytes lie now, and how its content begins. */
export interface Fingerprint {
  readonly device: number;
  readonly inode: number;
  /** How many first bytes of the (decompressed) stream were hashed; at most FINGERPRINT_BYTES. */
  readonly length: number;
  /** SHA-256 of them, cut to 32 hexadecimal digits. */
  readonly hash: string;
  /** Nothing more was to come of it, or what is missing was told. */
  readonly isEnded: boolean;
  /** The compressed file that held the stream when it was read last; null: it was plain. */
  readonly packed: PackedState | null;
}

/** A compressed file that is not changed is not decompressed again to know it. */
export interface PackedState {
  readonly size: number;
  readonly modifiedMs: number;
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** `device:inode:length:hash:ended`, for a compressed file `:size:modified` behind it. */
export function formatFingerprint({ device, inode, length, hash, isEnded, packed }: Fingerprint): string {
  const text = `${device}:${inode}:${length}:${hash}:${isEnded ? 1 : 0}`;
  return packed === null ? text : `${text}:${packed.size}:${packed.modifiedMs}`;
}

/** Null where the text is none: saved by another version, or damaged. */
export function parseFingerprint(text: string): Fingerprint | null {
  const match =
    /^(\d{1,16}):(\d{1,20}):(\d{1,4}):([0-9a-f]{32}):([01])(?::(\d{1,16}):(\d{1,16}(?:\.\d{1,9})?))?$/.exec(
      text,
    );
  if (match === null) return null;
  const [, device, inode, length, hash = '', ended, size, modified] = match;
  const packed = size === undefined ? null : { size: Number(size), modifiedMs: Number(modified) };
  return {
    device: Number(device),
    inode: Number(inode),
    length: Number(length),
    hash,
    isEnded: ended === '1',
    packed,
  };
}

export const placeOf = (device: number, inode: number) => `${device}:${inode}`;
