import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { MAX_FILE_BYTES } from '../../intake/tables/limits.js';
import type { TableBytes } from '../../intake/tables/table.js';
import { unreadable } from './deed.js';

const PIECE = 1 << 16;

/** A table that a person names, of which parts are read when they are asked for. Throws UsageError. */
export class TableFile implements TableBytes {
  readonly length: number;
  readonly #path: string;
  readonly #fd: number;
  /** All of it, where it is no file but a pipe. */
  readonly #piped: Uint8Array<ArrayBuffer> | null;

  constructor(path: string) {
    this.#path = path;
    this.#fd = this.#tried(() => openSync(path, 'r'));
    const stats = this.#tried(() => fstatSync(this.#fd));
    this.#piped = stats.isFile() ? null : this.#tried(() => readFileSync(this.#fd));
    this.length = this.#piped?.length ?? stats.size;
    if (this.length <= MAX_FILE_BYTES) return;
    this.close();
    throw new UsageError('table-too-large', phrase`${path}: expected at most ${MAX_FILE_BYTES} bytes`);
  }

  /** The bytes from `start` on, before `end`. */
  subarray(start = 0, end = this.length): Uint8Array<ArrayBuffer> {
    if (this.#piped !== null) return this.#piped.subarray(start, end);
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.length) - start));
    for (let size = 0; size < bytes.length; ) {
      const got = this.#tried(() => readSync(this.#fd, bytes, size, bytes.length - size, start + size));
      if (got === 0)
        throw new UsageError('table-unreadable', phrase`${this.#path}: it became shorter while it was read`);
      size += got;
    }
    return bytes;
  }

  /** SHA-256 of the bytes, in hexadecimal. */
  hash(): string {
    const hash = createHash('sha256');
    for (let at = 0; at < this.length; at += PIECE) hash.update(this.subarray(at, at + PIECE));
    return hash.digest('hex');
  }

  close(): void {
    closeSync(this.#fd);
  }

  #tried<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      throw new UsageError('table-unreadable', unreadable(this.#path, error), {
        cause: error,
      });
    }
  }
}
