import { createHash, type Hash } from 'node:crypto';

/**
 * Identity of an input whatever its name, so that a rescan doubles nothing. Hashing all bytes would cost as much as
 * analysing them, so it is SHA-256 over a sample: the whole first MiB, the first 4 KiB of every later MiB, and the
 * length (8 bytes, little endian). Captures carry timestamps all through, so two that differ differ in the sample.
 * Taken from the underlying (compressed) bytes; the same for a file and for a pipe.
 */
const STRIDE_BYTES = 1 << 20;
const SAMPLE_BYTES = 4096;

export class ContentId {
  readonly #hash: Hash = createHash('sha256');
  #length = 0;

  update(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const within = this.#length % STRIDE_BYTES;
      const sampled = this.#length < STRIDE_BYTES ? STRIDE_BYTES : SAMPLE_BYTES;
      const isSampled = within < sampled;
      const take = Math.min((isSampled ? sampled : STRIDE_BYTES) - within, chunk.length - at);
      if (isSampled) this.#hash.update(chunk.subarray(at, at + take));
      this.#length += take;
      at += take;
    }
  }

  /** Lower-case hex. */
  digest(): string {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(this.#length));
    return this.#hash.copy().update(length).digest('hex');
  }
}
