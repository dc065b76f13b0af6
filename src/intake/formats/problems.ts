import type { Phrase } from '../../base/phrase.js';
import type { Problem } from './format.js';

/** Problems by code: the first of a kind is kept with its offset and words, the others are counted. */
export class ProblemList {
  readonly list: Problem[] = [];

  add(code: string, atByte: number, message: Phrase): void {
    const known = this.list.find((problem) => problem.code === code);
    if (known === undefined) this.list.push({ code, atByte, count: 1, message });
    else known.count++;
  }
}
