/**
 * Named counters: what was dropped, cut short or not understood. Names are lower-case, dotted, stable
 * (`decode.not-ip`, `tcp.gap`). Hot loops keep plain numbers of their own and add them here at the end.
 */
export class Counters {
  readonly #counts = new Map<string, number>();

  add(name: string, amount = 1): void {
    if (amount !== 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + amount);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Sorted by name, so that two runs print alike. */
  toObject(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
