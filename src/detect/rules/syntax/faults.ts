import { type Fault, moreFaults, RuleError } from '../../../base/errors.js';
import type { Phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';

/** Faults kept; a file of a million wrong rows says enough with these. */
export const MAX_FAULTS = 1000;

/** Gathers the faults of all files, so that they are reported at once. */
export class Faults {
  readonly #faults: Fault[] = [];
  #dropped = 0;

  add(file: string, line: number, ruleId: string | null, message: Phrase): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ file, line, ruleId, message });
    else this.#dropped++;
  }

  get count(): number {
    return this.#faults.length + this.#dropped;
  }

  /** In the order of files given and of lines. */
  throwIfAny(): void {
    if (this.#faults.length === 0) return;
    const last = this.#faults.at(-1);
    const more =
      this.#dropped === 0 || last === undefined
        ? []
        : [{ file: last.file, line: 0, ruleId: null, message: moreFaults(this.#dropped) }];
    throw new RuleError([...this.#faults, ...more]);
  }
}

/** How a value is shown in a message: printable, quoted, short. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return printable(text, 80);
}
