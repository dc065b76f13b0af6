/** Entries that are remembered so as not to be written twice; beyond, one may come again. */
const MAX_REMEMBERED = 262_144;

/** Says whether a text comes for the first time, within a bound of memory. */
export class Once {
  readonly #seen = new Set<string>();

  isFirst(text: string): boolean {
    if (this.#seen.has(text)) return false;
    if (this.#seen.size < MAX_REMEMBERED) this.#seen.add(text);
    return true;
  }
}
