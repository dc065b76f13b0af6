/** Chunks that come when asked for. Unlike `for await`, stopping half way leaves the rest to be read. */
export type Chunks = AsyncIterator<Buffer, unknown, undefined>;

/** Asks a stream of chunks for so many bytes at a time. */
export class Puller {
  readonly #input: Chunks;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #taken = 0;

  constructor(input: Chunks) {
    this.#input = input;
  }

  /** Bytes handed out so far. */
  get taken(): number {
    return this.#taken;
  }

  /** `count` bytes, or as many as are left. Valid until the next call. */
  async take(count: number): Promise<Buffer> {
    const first = this.#cut(count);
    if (first.length === count) return first;
    const parts = [Buffer.from(first)];
    for (let missing = count - first.length; missing > 0; ) {
      if (!(await this.#refill())) break;
      const part = Buffer.from(this.#cut(missing));
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** The next `count` bytes, or as many as are left, without taking them. */
  async peek(count: number): Promise<Buffer> {
    while (this.#chunk.length - this.#at < count) {
      const kept = Buffer.from(this.#chunk.subarray(this.#at));
      if (!(await this.#refill())) {
        this.#chunk = kept;
        break;
      }
      if (kept.length > 0) this.#chunk = Buffer.concat([kept, this.#chunk]);
    }
    return this.#chunk.subarray(this.#at, this.#at + count);
  }

  /** No more will be asked for: releases the input. */
  async close(): Promise<void> {
    await this.#input.return?.();
  }

  /** Whatever is at hand, `most` bytes of it; empty at the end. Valid until the next call. */
  async some(most: number): Promise<Buffer> {
    if (this.#at === this.#chunk.length) await this.#refill();
    return this.#cut(most);
  }

  async #refill(): Promise<boolean> {
    const next = await this.#input.next();
    this.#chunk = next.done === true ? Buffer.alloc(0) : next.value;
    this.#at = 0;
    return next.done !== true;
  }

  #cut(most: number): Buffer {
    const end = Math.min(this.#at + most, this.#chunk.length);
    const part = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    this.#taken += part.length;
    return part;
  }
}
