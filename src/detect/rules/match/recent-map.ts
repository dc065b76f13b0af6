/** A map of at most `limit` entries: the one not used for longest goes first, and is counted. */
export class RecentMap<V> {
  evicted = 0;
  readonly #limit: number;
  readonly #entries = new Map<string, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many went since this was asked last. */
  takeEvicted(): number {
    const { evicted } = this;
    this.evicted = 0;
    return evicted;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#entries.delete(key) && this.#entries.size >= this.#limit) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
      this.evicted++;
    }
    this.#entries.set(key, value);
  }

  entries(): IterableIterator<[string, V]> {
    return this.#entries.entries();
  }
}
