import { phrase } from '../../base/phrase.js';
import type { TableFaults } from './faults.js';
import { MAX_COLUMNS, MAX_ROWS } from './limits.js';
import type { RowVisitor } from './table.js';

/** An array of objects, or one object a line; keys are the columns. Lists become text with `;` between. */
export function readJson(text: string, visitor: RowVisitor, faults: TableFaults): void {
  const objects = text.trimStart().startsWith('[') ? readArray(text, faults) : readLines(text, faults);
  if (objects === null) return;
  const keys = keysOf(objects, faults);
  if (keys === null || !visitor.header(keys, 1)) return;
  for (const { value, line } of objects)
    visitor.row(
      keys.map((key) => cellOf(value[key])),
      line,
    );
}

interface JsonRow {
  readonly value: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** Null, after a fault, where there are none, or too many. */
function keysOf(objects: readonly JsonRow[], faults: TableFaults): string[] | null {
  const keys = new Set<string>();
  for (const { value } of objects) {
    for (const key of Object.keys(value)) keys.add(key);
    if (keys.size > MAX_COLUMNS) break;
  }
  if (objects.length === 0) faults.add(0, phrase`expected at least one object`);
  else if (objects.length > MAX_ROWS)
    faults.add(0, phrase`expected at most ${MAX_ROWS} objects, found ${objects.length}`);
  else if (keys.size > MAX_COLUMNS) faults.add(0, phrase`expected at most ${MAX_COLUMNS} different keys`);
  else return [...keys];
  return null;
}

/** Lines of an array are its places, counted from 1: what a person can count too. */
function readArray(text: string, faults: TableFaults): JsonRow[] | null {
  const whole = parsed(text);
  if (!Array.isArray(whole)) {
    faults.add(0, phrase`expected a JSON array of objects`);
    return null;
  }
  return rowsOf(whole, faults);
}

function readLines(text: string, faults: TableFaults): JsonRow[] {
  const rows: JsonRow[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (isObject(value)) rows.push({ value, line: at + 1 });
    else faults.add(at + 1, phrase`expected one JSON object a line`);
  }
  return rows;
}

function rowsOf(values: readonly unknown[], faults: TableFaults): JsonRow[] {
  return values.flatMap((value, at) => {
    if (isObject(value)) return [{ value, line: at + 1 }];
    faults.add(at + 1, phrase`expected an object`);
    return [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(cellOf).join(';');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
