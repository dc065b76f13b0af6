/** The errors an operator can meet. Everything else that is thrown is a fault of rigwatch itself (exit code 70). */
export abstract class RigwatchError extends Error {
  /** Stable, kebab-case; listed in docs/outputs.md. */
  readonly code: string;
  /** Process exit code, as in the contract. */
  abstract readonly exitCode: number;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
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
  readonly message: string;
}

/** Rule files are read to their end; all faults are reported at once. */
export class RuleError extends RigwatchError {
  override readonly exitCode = 2;
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super('rules-invalid', faults.map(formatFault).join('\n'));
    this.faults = faults;
  }
}

/** A table that people filled in is read to its end; its faults are reported at once, and nothing of it is taken. */
export class TableError extends RigwatchError {
  override readonly exitCode = 2;
  readonly faults: readonly Fault[];

  /** `more`: faults beyond those that are listed. */
  constructor(faults: readonly Fault[], more = 0) {
    const lines = faults.map(formatFault);
    if (more > 0) lines.push(`and ${more} more faults`);
    super('table-invalid', `nothing was imported\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

/** `file:line: [rule] message`, the form editors jump to. */
export function formatFault(fault: Fault): string {
  const rule = fault.ruleId === null ? '' : `[${fault.ruleId}] `;
  return `${fault.file}:${fault.line}: ${rule}${fault.message}`;
}
