import { hashOf } from './fingerprint.js';
import type { FollowedFile } from './followed-file.js';
import { FINGERPRINT_BYTES } from './limits.js';

/** Finds followed files by how they begin. */
export class FollowedHeads {
  /** By the hash of a whole head; and those that are shorter than that yet. */
  readonly #byHead = new Map<string, FollowedFile>();
  readonly #young = new Set<FollowedFile>();

  add(file: FollowedFile, head: Buffer): void {
    if (head.length < FINGERPRINT_BYTES) this.#young.add(file);
    else this.#byHead.set(hashOf(head), file);
  }

  delete(file: FollowedFile): void {
    this.#young.delete(file);
    const headHash = hashOf(file.head);
    if (this.#byHead.get(headHash) === file) this.#byHead.delete(headHash);
  }

  /** A file that begins like this. Short beginnings are compared as far as both go. */
  twinOf(head: Buffer): FollowedFile | null {
    for (const file of this.#young) {
      if (file.head.length >= FINGERPRINT_BYTES) {
        this.#young.delete(file);
        this.#byHead.set(hashOf(file.head), file);
      } else {
        const both = Math.min(file.head.length, head.length);
        if (file.head.subarray(0, both).equals(head.subarray(0, both))) return file;
      }
    }
    if (head.length < FINGERPRINT_BYTES) return null;
    return this.#byHead.get(hashOf(head.subarray(0, FINGERPRINT_BYTES))) ?? null;
  }
}
