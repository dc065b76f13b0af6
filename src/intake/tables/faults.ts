import { type Fault, TableError } from '../../base/errors.js';
import type { Phrase } from '../../base/phrase.js';
import { printable } from '../../base/text.js';
import { MAX_FAULTS } from './limits.js';

/** Characters of a title in a message. */
const MAX_TITLE = 60;

/** Collects what is wrong in one table, so that all is told at once; beyond MAX_FAULTS only the number. */
export class TableFaults {
  readonly #file: string;
  readonly #faults: Fault[] = [];
  readonly #titles = new Map<string, string>();
  #more = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get count(): number {
    return this.#faults.length + this.#more;
  }

  /** `line` counts from 1 as a spreadsheet shows it; 0: the whole file. */
  add(line: number, message: Phrase): void {
    if (this.#faults.length === MAX_FAULTS) this.#more++;
    else this.#faults.push({ file: this.#file, line, ruleId: null, message });
  }

  /** What the file itself calls a column. */
  entitle(column: string, title: string): void {
    this.#titles.set(column, printable(title.trim(), MAX_TITLE));
  }

  titleOf(column: string): string {
    return this.#titles.get(column) ?? column;
  }

  /** Throws TableError where anything was wrong. */
  throwIfAny(): void {
    if (this.count > 0) throw new TableError(this.#faults, this.#more);
  }
}

/** Text of a cell in a message: in quotes, short, printable. */
export function quoted(text: string): string {
  const short = printable(text, 60);
  return `"${short}${text.length > 60 ? '…' : ''}"`;
}
