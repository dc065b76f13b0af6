/** Between our values and SQLite's: small, total functions, so that no hostile value fails a whole save. */

/** A count or a time as SQLite keeps it: whole, exact as a double; 0 where it is no number. */
export function integer(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.round(value)));
}

export function integerOrNull(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : integer(value);
}

/** SQLite has no NaN: 0 stands for it. */
export function real(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** Most lists are empty, and JSON.stringify is the dearest part of a save. */
export function json(value: readonly unknown[]): string {
  return value.length === 0 ? '[]' : JSON.stringify(value);
}

/**
 * The other way round. The claim holds because only this folder writes these columns, from values of type T;
 * a file that another hand has changed is refused when it is not even JSON.
 */
export function parsed<T>(text: string): T {
  return text === '[]' ? ([] as unknown as T) : (JSON.parse(text) as T);
}
