import type { Phrase } from '../../base/phrase.js';
import type { Puller } from './pull.js';

/** Enough of an input to know its compression. */
export const MAGIC_BYTES = 6;

/** Thrown by decoders: the compressed stream breaks off or is wrong. All output before it has been yielded. */
export class DamagedStream extends Error {
  /** See SourceProblem. */
  readonly code: string;
  readonly said: Phrase;

  constructor(code: string, said: Phrase) {
    super(said.toString());
    this.name = 'DamagedStream';
    this.code = code;
    this.said = said;
  }
}

/** Opens the input again from its start; null where that cannot be done. */
export type Reread = () => Promise<Puller | null>;

/** Compressed bytes in, plain bytes out. Throws DamagedStream. */
export type Decoder = (input: Puller, reread: Reread) => AsyncGenerator<Buffer, void, undefined>;

export type Compression = 'gzip' | 'zstd' | 'xz';

/** By the magic bytes: RFC 1952 §2.3.1, RFC 8878 §3.1, the .xz file format §2.1.1.1. Null: not compressed. */
export function detectCompression(head: Buffer): Compression | null {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (head.length >= 4) {
    const magic = head.readUInt32LE(0);
    if (magic === ZSTD_MAGIC || isSkippableFrame(magic)) return 'zstd';
  }
  return head.length >= 6 && head.subarray(0, 6).equals(XZ_MAGIC) ? 'xz' : null;
}

/** Whether fewer bytes than MAGIC_BYTES, all there is of a file that grows, can be the beginning of a compressed one. */
export function mayBecomeCompressed(head: Buffer): boolean {
  if (head.length === 0 || head.length >= MAGIC_BYTES) return false;
  const first = head[0] ?? 0;
  return MAGICS.some((magic) => {
    const isSkippable = magic === SKIPPABLE_MAGIC && first >>> 4 === 5;
    const from = isSkippable ? 1 : 0;
    return head.subarray(from).equals(magic.subarray(from, Math.min(head.length, magic.length)));
  });
}

export const ZSTD_MAGIC = 0xfd2fb528;
const XZ_MAGIC = Buffer.from('fd377a585a00', 'hex');
const SKIPPABLE_MAGIC = Buffer.from('502a4d18', 'hex');
const MAGICS = [Buffer.from('1f8b08', 'hex'), Buffer.from('28b52ffd', 'hex'), XZ_MAGIC, SKIPPABLE_MAGIC];

/** RFC 8878 §3.1.2: 0x184D2A50 to 0x184D2A5F. */
export function isSkippableFrame(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5;
}
