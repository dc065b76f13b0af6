/** Streams that are not being read now, but were: ended, or read before a restart. */
import { type Fingerprint, formatFingerprint, hashOf, parseFingerprint, placeOf } from './fingerprint.js';
import { MAX_REMEMBERED } from './limits.js';
import type { StreamPosition } from './live.js';

export interface PastStream {
  readonly id: string;
  /** Path by which it was known last. */
  readonly name: string;
  /** Bytes that became whole records. */
  readonly bytes: number;
  readonly fingerprint: Fingerprint;
}

/** Knows streams again by where they lie and by how they begin. Bounded: the oldest are forgotten. */
export class StreamMemory {
  /** In the order in which they came. */
  readonly #streams = new Map<string, PastStream>();
  readonly #byPlace = new Map<string, PastStream>();
  readonly #byContent = new Map<string, PastStream>();
  /** How many streams have a hash over so many bytes. */
  readonly #lengths = new Map<number, number>();

  /** From before a restart. What cannot be understood is left out. */
  restore({ id, name, bytes, fingerprint }: StreamPosition): void {
    const parsed = parseFingerprint(fingerprint);
    if (parsed !== null) this.put({ id, name, bytes, fingerprint: parsed });
  }

  put(stream: PastStream): void {
    const before = this.#streams.get(stream.id);
    if (before !== undefined) this.take(before);
    if (this.#streams.size >= MAX_REMEMBERED)
      for (const oldest of this.#streams.values()) {
        this.take(oldest);
        break;
      }
    const { device, inode, length } = stream.fingerprint;
    this.#streams.set(stream.id, stream);
    this.#byPlace.set(placeOf(device, inode), stream);
    this.#byContent.set(contentOf(stream), stream);
    this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1);
  }

  /** It is being read again: no longer past. */
  take(stream: PastStream): void {
    if (!this.#streams.delete(stream.id)) return;
    const { device, inode, length } = stream.fingerprint;
    const place = placeOf(device, inode);
    if (this.#byPlace.get(place) === stream) this.#byPlace.delete(place);
    if (this.#byContent.get(contentOf(stream)) === stream) this.#byContent.delete(contentOf(stream));
    const left = (this.#lengths.get(length) ?? 1) - 1;
    if (left === 0) this.#lengths.delete(length);
    else this.#lengths.set(length, left);
  }

  get(id: string): PastStream | null {
    return this.#streams.get(id) ?? null;
  }

  /** What lay at this place, whatever is there now. */
  at(place: string): PastStream | null {
    return this.#byPlace.get(place) ?? null;
  }

  /** The stream that began like `head`, the first bytes of some file. */
  beginningLike(head: Buffer): PastStream | null {
    let best: PastStream | null = null;
    for (const length of this.#lengths.keys()) {
      if (length === 0 || length > head.length || length <= (best?.fingerprint.length ?? 0)) continue;
      best = this.#byContent.get(`${length}:${hashOf(head.subarray(0, length))}`) ?? best;
    }
    return best;
  }

  positions(): StreamPosition[] {
    return [...this.#streams.values()].map(({ id, name, bytes, fingerprint }) => ({
      id,
      name,
      bytes,
      fingerprint: formatFingerprint(fingerprint),
    }));
  }
}

const contentOf = ({ fingerprint }: PastStream) => `${fingerprint.length}:${fingerprint.hash}`;

/** Whether `head`, the first bytes of a file of `size` bytes, is how the stream began, with all that was read of it. */
export function isSameStream(stream: PastStream, head: Buffer, size: number): boolean {
  const { length, hash } = stream.fingerprint;
  return size >= stream.bytes && head.length >= length && hashOf(head.subarray(0, length)) === hash;
}
