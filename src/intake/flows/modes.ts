const CELLS = 4;

/**
 * The most frequent among numbers that lie close together, in constant memory (Misra and Gries, 1982): what more than a
 * fifth of them have in common is found, and counted too low rather than too high.
 */
export class Modes {
  readonly #centres = new Float64Array(CELLS);
  readonly #counts = new Uint32Array(CELLS);

  /** Numbers no further than `tolerance` apart are taken for one. */
  add(value: number, tolerance: number): void {
    let free = -1;
    for (let cell = 0; cell < CELLS; cell++) {
      if (this.#counts[cell] === 0) free = cell;
      else if (Math.abs(value - this.#centres[cell]!) <= tolerance) {
        this.#counts[cell]!++;
        return;
      }
    }
    if (free >= 0) {
      this.#centres[free] = value;
      this.#counts[free] = 1;
    } else for (let cell = 0; cell < CELLS; cell++) this.#counts[cell]!--;
  }

  /** The most frequent, and how often it came at least; 0 and 0 where none is. */
  get top(): { readonly value: number; readonly count: number } {
    let best = 0;
    for (let cell = 1; cell < CELLS; cell++) if (this.#counts[cell]! > this.#counts[best]!) best = cell;
    const count = this.#counts[best]!;
    return { value: count === 0 ? 0 : this.#centres[best]!, count };
  }
}
