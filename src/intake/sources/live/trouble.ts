import type { Phrase } from '../../../base/phrase.js';
import type { SourceProblem } from '../source.js';
import { MAX_PROBLEM_CODES } from './limits.js';

/** What a live source met that it could not take in: one entry a code, counted, with the words of the first. */
export class Trouble {
  readonly #byCode = new Map<string, { -readonly [Key in keyof SourceProblem]: SourceProblem[Key] }>();

  add(code: string, message: Phrase, atByte = 0, count = 1): void {
    const known = this.#byCode.get(code);
    if (known !== undefined) known.count += count;
    else if (this.#byCode.size < MAX_PROBLEM_CODES) this.#byCode.set(code, { code, atByte, count, message });
  }

  list(): readonly SourceProblem[] {
    return [...this.#byCode.values()].map((problem) => ({ ...problem }));
  }
}
