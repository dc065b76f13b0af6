import { Phrase, phrase } from './phrase.js';

/** The errors an operator can meet. Everything else that is thrown is a fault of rigwatch itself (exit code 70). */
export abstract class RigwatchError extends Error {
  /** Stable, kebab-case; listed in docs/outputs.md. */
  readonly code: string;
  /** What is printed, line by line, in the language of the reader; `message` is the same in English. */
  readonly lines: readonly Phrase[];
  /** The first of them; mostly the only one. */
  readonly phrase: Phrase;
  /** Process exit code, as in the contract. */
  abstract readonly exitCode: number;

  constructor(code: string, said: Phrase | readonly Phrase[], options?: ErrorOptions) {
    const lines = said instanceof Phrase ? [said] : said;
    super(lines.join('\n'), options);
    this.name = new.target.name;
    this.code = code;
    this.lines = lines;
    this.phrase = lines[0] ?? phrase`${code}`;
  }
}

/** Wrong flags or configuration: says which, and what was expected. */
export class UsageError extends RigwatchError {
  override readonly exitCode = 2;
}

/** A source cannot be read, or no format fits it. Exit 3 if other inputs were read, else 2. */
export class InputError extends RigwatchError {
  override readonly exitCode = 3;
}

/** The database refuses. */
export class StoreError extends RigwatchError {
  override readonly exitCode = 2;
}

/** One fault in a rule, unit or mapping file. `line` counts from 1; 0 where the whole file is meant. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly ruleId: string | null;
  /** What was found and what was expected, in one sentence. */
  readonly message: Phrase;
}

/** Rule files are read to their end; all faults are reported at once. */
export class RuleError extends RigwatchError {
  override readonly exitCode = 2;
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super('rules-invalid', faults.map(formatFault));
    this.faults = faults;
  }
}

/** A table that people filled in is read to its end; its faults are reported at once, and nothing of it is taken. */
export class TableError extends RigwatchError {
  override readonly exitCode = 2;
  readonly faults: readonly Fault[];

  /** `more`: faults beyond those that are listed. */
  constructor(faults: readonly Fault[], more: number) {
    const others = more > 0 ? [moreFaults(more)] : [];
    super('table-invalid', [phrase`nothing was imported`, ...faults.map(formatFault), ...others]);
    this.faults = faults;
  }
}

/** What stands for the faults beyond those that are listed. */
export function moreFaults(count: number): Phrase {
  return count === 1 ? phrase`and one more fault` : phrase`and ${count} more faults`;
}

/** `file:line: [rule] message`, the form editors jump to. */
export function formatFault({ file, line, ruleId, message }: Fault): Phrase {
  if (line === 0 && ruleId === null) return phrase`${file}: ${message}`;
  return ruleId === null
    ? phrase`${file}:${line}: ${message}`
    : phrase`${file}:${line}: [${ruleId}] ${message}`;
}
