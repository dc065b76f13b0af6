import { type Phrase, type PhraseValue, phrase } from '../../../base/phrase.js';
import { quote } from './faults.js';
import { suggest } from './suggest.js';

/** A value of a rule file and the line it stands on, so that every fault can name its line. */
export interface Located {
  readonly line: number;
  readonly value: string | number | boolean | null | readonly Located[] | ReadonlyMap<string, Located>;
}

/** Takes a fault: what was found and what was expected. */
export type Report = (line: number, message: Phrase) => void;

/** A JSON Schema (draft 2020-12) as far as editors need it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What a value must look like. `read` reports what is wrong and returns a stand-in, so that reading goes on and
 * finds the next fault; the stand-in is never used, because any fault fails the whole set. One description gives
 * check, type and JSON Schema; a schema library that does the same takes 90 ms to load at every start.
 */
export interface Shape<T> {
  readonly schema: JsonSchema;
  read(node: Located, report: Report): T;
  /** Given where the key may be left out. */
  readonly absent?: () => T;
}

type Of<S> = S extends Shape<infer T> ? T : never;

function kindOf({ value }: Located): PhraseValue {
  if (value === null) return phrase`nothing`;
  if (Array.isArray(value)) return phrase`a list`;
  if (value instanceof Map) return phrase`a mapping`;
  return quote(value);
}

function expected(what: Phrase, node: Located, report: Report, hint: PhraseValue = ''): void {
  report(node.line, phrase`expected ${what}, found ${kindOf(node)}${hint}`);
}

export function text(what: Phrase, options: { max?: number; pattern?: RegExp } = {}): Shape<string> {
  const { max = 512, pattern } = options;
  return {
    schema: {
      type: 'string',
      description: what.toString(),
      minLength: 1,
      maxLength: max,
      ...(pattern ? { pattern: pattern.source } : {}),
    },
    read(node, report) {
      const { value } = node;
      if (typeof value === 'string' && value !== '' && value.length <= max && (pattern?.test(value) ?? true))
        return value;
      expected(phrase`${what} (text of 1 to ${max} characters)`, node, report);
      return '';
    },
  };
}

export function number(what: Phrase, min: number, max: number): Shape<number> {
  return {
    schema: { type: 'number', description: what.toString(), minimum: min, maximum: max },
    read(node, report) {
      const { value } = node;
      if (typeof value === 'number' && value >= min && value <= max) return value;
      expected(phrase`${what} (a number from ${min} to ${max})`, node, report);
      return min;
    },
  };
}

export function count(what: Phrase, min: number, max: number): Shape<number> {
  const inner = number(what, min, max);
  return {
    schema: { ...inner.schema, type: 'integer' },
    read(node, report) {
      if (typeof node.value === 'number' && Number.isInteger(node.value)) return inner.read(node, report);
      expected(phrase`${what} (a whole number from ${min} to ${max})`, node, report);
      return min;
    },
  };
}

export function boolean(what: Phrase): Shape<boolean> {
  return {
    schema: { type: 'boolean', description: what.toString() },
    read(node, report) {
      if (typeof node.value === 'boolean') return node.value;
      expected(phrase`${what} (true or false)`, node, report);
      return false;
    },
  };
}

export function oneOf<const T extends string>(values: readonly [T, ...T[]]): Shape<T> {
  return {
    schema: { enum: values },
    read(node, report) {
      const found = values.find((value) => value === node.value);
      if (found !== undefined) return found;
      const hint = typeof node.value === 'string' ? suggest(node.value, values) : '';
      expected(phrase`one of ${values}`, node, report, hint);
      return values[0];
    },
  };
}

export function list<T>(of: Shape<T>, max = 1000): Shape<readonly T[]> {
  return {
    schema: { type: 'array', items: of.schema, maxItems: max },
    read(node, report) {
      const { value } = node;
      if (!Array.isArray(value)) {
        expected(phrase`a list`, node, report);
        return [];
      }
      if (value.length > max)
        report(node.line, phrase`expected at most ${max} entries, found ${value.length}`);
      return value.slice(0, max).map((entry: Located) => of.read(entry, report));
    },
  };
}

/** A key that may be left out. */
export function optional<T>(of: Shape<T>, fallback: T): Shape<T> {
  return { schema: of.schema, read: of.read, absent: () => fallback };
}

/** A key that may be left out, or given as null. */
export function nullable<T>(of: Shape<T>): Shape<T | null> {
  return {
    schema: { anyOf: [of.schema, { type: 'null' }] },
    read: (node, report) => (node.value === null ? null : of.read(node, report)),
    absent: () => null,
  };
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type ObjectOf<F extends Fields> = { readonly [K in keyof F]: Of<F[K]> };

/** A mapping with these keys and no others. */
export function object<F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const names = Object.keys(fields);
  const required = names.filter((name) => fields[name]?.absent === undefined);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, fields[name]?.schema])),
      required,
      additionalProperties: false,
    },
    read(node, report) {
      const { value } = node;
      const entries: ReadonlyMap<string, Located> = value instanceof Map ? value : new Map();
      if (!(value instanceof Map))
        expected(phrase`a mapping with ${required.length > 0 ? required : names}`, node, report);
      else {
        for (const [key, entry] of entries)
          if (!names.includes(key))
            report(entry.line, phrase`unknown key ${quote(key)}${suggest(key, names)}; expected ${names}`);
      }
      const read = (name: string, shape: Shape<unknown>): unknown => {
        const entry = entries.get(name);
        if (entry !== undefined) return shape.read(entry, report);
        if (shape.absent !== undefined) return shape.absent();
        if (value instanceof Map)
          report(node.line, phrase`expected the key ${quote(name)}, which is missing`);
        return shape.read({ line: node.line, value: null }, () => {});
      };
      return Object.fromEntries(
        Object.entries(fields).map(([name, shape]) => [name, read(name, shape)]),
      ) as ObjectOf<F>;
    },
  };
}

/** A mapping whose keys are some of `names`, all values of one shape. */
export function someOf<const K extends string, T>(
  names: readonly K[],
  of: Shape<T>,
): Shape<Partial<Record<K, T>>> {
  const fields = Object.fromEntries(names.map((name) => [name, { ...of, absent: () => undefined }]));
  const inner = object(fields);
  return {
    schema: inner.schema,
    read(node, report) {
      const whole = inner.read(node, report);
      return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as Partial<
        Record<K, T>
      >;
    },
  };
}

/** A shape that also knows its line. */
export function located<T extends object>(of: Shape<T>): Shape<T & { readonly line: number }> {
  return { schema: of.schema, read: (node, report) => ({ ...of.read(node, report), line: node.line }) };
}
