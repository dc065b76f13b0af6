const EMPTY = Buffer.alloc(0);

/**
 * Bytes of one direction that wait for the rest of their message. Appending costs amortised constant time per byte,
 * however small the pieces; when nothing waits, the incoming bytes are passed through without a copy.
 * The caller bounds it: it looks at what join() returns before it lets more wait.
 */
export class ByteQueue {
  #store: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  #borrowed: Buffer | null = null;

  get length(): number {
    return this.#end - this.#start;
  }

  /** All waiting bytes with `bytes` behind them. Valid until used(), which must follow. */
  join(bytes: Buffer): Buffer {
    if (this.#end === this.#start) {
      this.#borrowed = bytes;
      return bytes;
    }
    this.#append(bytes);
    return this.#store.subarray(this.#start, this.#end);
  }

  /** The first `count` bytes of the last join() are done with; the others wait. */
  used(count: number): void {
    const borrowed = this.#borrowed;
    if (borrowed === null) {
      this.#start += count;
      if (this.#start === this.#end) this.clear();
      return;
    }
    this.#borrowed = null;
    this.clear();
    if (count < borrowed.length) this.#append(count === 0 ? borrowed : borrowed.subarray(count));
  }

  /** Forgets everything, a join() that still waits for its used() too. */
  clear(): void {
    this.#borrowed = null;
    this.#start = 0;
    this.#end = 0;
    if (this.#store.length > 4096) this.#store = EMPTY;
  }

  #append(bytes: Buffer): void {
    const needed = this.length + bytes.length;
    if (this.#end + bytes.length > this.#store.length) {
      // Twice what is needed now, so that moving is rare; Buffer.alloc'd memory is never shared with a pool.
      const grown = this.#store.length >= needed * 2 ? this.#store : Buffer.allocUnsafeSlow(needed * 2);
      this.#store.copy(grown, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#store = grown;
    }
    bytes.copy(this.#store, this.#end);
    this.#end += bytes.length;
  }
}
