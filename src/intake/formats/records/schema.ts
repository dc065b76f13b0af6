import type { OctetsOf } from './builder.js';

export interface Schema {
  readonly name: string;
  /** Columns (lower case) or keys to codes of `column()`. Where several tell the same field, the last in a line counts. */
  readonly columns: Readonly<Record<string, number>>;
  /** Columns without which an input is not of this format; of a group any one will do. */
  readonly required: readonly (string | readonly string[])[];
  readonly octetsOf?: OctetsOf;
  /** Times without a zone are in this one whatever the operator's is. */
  readonly zone?: string;
}

export interface DelimitedSchema extends Schema {
  readonly delimiter: string;
  /** Column names for lines without a header, by such a line; null: not of this format. */
  readonly headerless?: (line: string) => readonly string[] | null;
  /** How many lines, with this one, are a summary and no records; 0: this is none. */
  readonly footer?: (line: string) => number;
}

/** Keys are paths: `id.orig_h` is looked up as key first, `flows.x` as x inside flows. */
export type JsonSchema = Schema;

export interface RecordOptions {
  /** Zone of times that do not say theirs: IANA name or UTC; the system's where left out. */
  readonly tz?: string;
}

export function hasRequired(schema: Schema, names: ReadonlySet<string>): boolean {
  return schema.required.every((need) =>
    typeof need === 'string' ? names.has(need) : need.some((one) => names.has(one)),
  );
}
