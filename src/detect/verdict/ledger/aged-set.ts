/**
 * A set of names that can say which is the oldest, in constant time. A fresh iterator of a Set walks over the gaps
 * of everything deleted before; this one keeps its place.
 */
export class AgedSet {
  readonly #names = new Set<string>();
  #cursor = this.#names.values();
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
  }

  delete(name: string): void {
    this.#names.delete(name);
    if (name === this.#oldest) this.#oldest = undefined;
  }

  clear(): void {
    this.#names.clear();
    this.#oldest = undefined;
    this.#cursor = this.#names.values();
  }

  /** Undefined where the set is empty. */
  oldest(): string | undefined {
    if (this.#oldest !== undefined || this.#names.size === 0) return this.#oldest;
    let next = this.#cursor.next();
    if (next.done) {
      // An iterator that has come to its end stays there.
      this.#cursor = this.#names.values();
      next = this.#cursor.next();
    }
    this.#oldest = next.done ? undefined : next.value;
    return this.#oldest;
  }
}
