import { type Phrase, phrase } from '../../../base/phrase.js';
import { printableBytes } from '../../../base/text.js';
import { ProblemList } from '../problems.js';

/** Words of a value that are shown. */
const SHOWN_BYTES = 48;

/** Lines that do not fit: the first is kept in words, the others are counted. */
export class BadLines {
  readonly problems = new ProblemList();
  count = 0;

  add(line: number, what: Phrase, bytes: Buffer, from: number, end: number): void {
    this.count++;
    const seen = this.count > 1 ? '' : printableBytes(bytes.subarray(from, end), SHOWN_BYTES);
    const message = phrase`line ${line}: ${what}, found "${seen}"; the record was left out`;
    this.problems.add('bad-line', line, message);
  }
}
