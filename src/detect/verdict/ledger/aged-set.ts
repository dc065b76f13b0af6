/** Additions after which a cursor that was not moved is given up. */
const MAX_IDLE_ADDS = 4096;

/**
 * A set of names that can say which is the oldest, in constant time. A fresh iterator of a Set walks over the gaps
 * of everything deleted before; this one keeps its place. It is not kept for ever, though: one that is not moved holds
 * every table that the Set has outgrown since.
 */
export class AgedSet {
  readonly #names = new Set<string>();
  #cursor: Iterator<string> | null = null;
  #idleAdds = 0;
  #oldest: string | undefined;

  get size(): number {
    return this.#names.size;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** A name that is in already keeps its age. */
  add(name: string): void {
    this.#names.add(name);
    if (this.#cursor !== null && ++this.#idleAdds > MAX_IDLE_ADDS) this.#cursor = null;
  }

  delete(name: string): void {
    this.#names.delete(name);
    if (name === this.#oldest) this.#oldest = undefined;
  }

  clear(): void {
    this.#names.clear();
    this.#oldest = undefined;
    this.#cursor = null;
  }

  /** Undefined where the set is empty. */
  oldest(): string | undefined {
    if (this.#oldest !== undefined || this.#names.size === 0) return this.#oldest;
    let next = this.#cursor?.next();
    if (next === undefined || next.done === true) {
      // An iterator that has come to its end stays there.
      this.#cursor = this.#names.values();
      next = this.#cursor.next();
    }
    this.#idleAdds = 0;
    this.#oldest = next.done === true ? undefined : next.value;
    return this.#oldest;
  }
}
