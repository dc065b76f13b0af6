import { isNode, LineCounter, parseDocument } from 'yaml';
import { type Fault, RuleError } from '../../../base/errors.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { yamlFault } from '../../../base/yaml-fault.js';
import type { InputFormat } from '../format.js';
import { column, Field } from './builder.js';
import { delimitedFormat, splitHeader } from './delimited.js';
import { jsonFormat } from './json.js';
import type { DelimitedSchema, RecordOptions } from './schema.js';
import { TimeUnit } from './times.js';
import { assertZone } from './zone.js';

/** Largest mapping file, characters. */
const MAX_MAPPING_CHARS = 65536;

const FIELDS: Readonly<Record<string, number>> = {
  src: Field.SRC,
  dst: Field.DST,
  srcPort: Field.SRC_PORT,
  dstPort: Field.DST_PORT,
  protocol: Field.PROTOCOL,
  tcpFlags: Field.FLAGS,
  start: Field.START,
  end: Field.END,
  duration: Field.DURATION,
  packets: Field.PACKETS,
  bytes: Field.OCTETS,
  reversePackets: Field.REVERSE_PACKETS,
  reverseBytes: Field.REVERSE_OCTETS,
  sampling: Field.SAMPLING,
};

const UNITS: Readonly<Record<string, number>> = {
  auto: TimeUnit.AUTO,
  s: TimeUnit.SECONDS,
  ms: TimeUnit.MILLISECONDS,
  us: TimeUnit.MICROSECONDS,
  ns: TimeUnit.NANOSECONDS,
};

const KEYS = ['format', 'delimiter', 'zone', 'time', 'fields'];
const REQUIRED_FIELDS = ['src', 'dst'];

/**
 * How the columns of somebody's own CSV or the keys of their JSON are to be read:
 * `{format: csv|json, delimiter?: ',', zone?: IANA name, time?: auto|s|ms|us|ns, fields: {src: COLUMN, …}}`.
 * `time` is the unit of start, end and duration. JSON keys may be paths (`source.ip`).
 */
export interface Mapping {
  readonly format: 'csv' | 'json';
  readonly delimiter: string;
  readonly zone: string | null;
  readonly time: string;
  /** Field to column. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Throws RuleError with all faults. */
export function readMapping(text: string, file: string): Mapping {
  const faults: Fault[] = [];
  const fault = (message: Phrase, line = 0): void => {
    faults.push({ file, line, ruleId: null, message });
  };
  const fields = new Map<string, string>();
  if (text.length > MAX_MAPPING_CHARS) fault(phrase`a mapping has at most ${MAX_MAPPING_CHARS} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text.slice(0, MAX_MAPPING_CHARS), { lineCounter: lines });
  for (const error of document.errors) {
    fault(yamlFault(error), lines.linePos(error.pos[0]).line);
  }
  const lineOf = (...path: readonly string[]): number => {
    const node = document.getIn(path, true);
    return isNode(node) && node.range ? lines.linePos(node.range[0]).line : 0;
  };
  const root: unknown = document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 0 });
  const top = isRecord(root) ? root : {};
  if (!isRecord(root) && faults.length === 0) fault(phrase`expected keys format and fields`);
  for (const key of Object.keys(top))
    if (!KEYS.includes(key)) fault(phrase`unknown key "${key}"; known: ${KEYS}`, lineOf(key));
  const format = top.format === 'json' ? 'json' : 'csv';
  if (top.format !== 'json' && top.format !== 'csv') fault(phrase`format is csv or json`, lineOf('format'));
  const delimiter = top.delimiter ?? ',';
  if (typeof delimiter !== 'string' || !/^[\t\x20-\x7e]$/.test(delimiter))
    fault(phrase`delimiter is one ASCII character`, lineOf('delimiter'));
  const time = top.time ?? 'auto';
  if (typeof time !== 'string' || !Object.hasOwn(UNITS, time))
    fault(phrase`time is auto, s, ms, us or ns`, lineOf('time'));
  const zone = top.zone ?? null;
  if (zone !== null && !isZone(zone))
    fault(phrase`zone is UTC or an IANA name such as Asia/Shanghai`, lineOf('zone'));
  const given = isRecord(top.fields) ? top.fields : {};
  for (const [field, name] of Object.entries(given)) {
    if (!Object.hasOwn(FIELDS, field)) {
      fault(phrase`unknown field "${field}"; known: ${Object.keys(FIELDS)}`, lineOf('fields', field));
    } else if ((typeof name !== 'string' && typeof name !== 'number') || String(name) === '') {
      fault(phrase`fields.${field} is the name of a column`, lineOf('fields', field));
    } else fields.set(field, String(name));
  }
  for (const field of REQUIRED_FIELDS)
    if (!fields.has(field)) fault(phrase`fields.${field} is missing`, lineOf('fields'));
  if (faults.length > 0) throw new RuleError(faults);
  return {
    format,
    delimiter: String(delimiter),
    zone: zone === null ? null : String(zone),
    time: String(time),
    fields,
  };
}

/** The format that a mapping describes; recognised by the presence of all its columns. Throws RangeError on an unknown `tz`. */
export function mappingFormat(mapping: Mapping, options: RecordOptions = {}): InputFormat {
  assertZone(options.tz);
  const unit = UNITS[mapping.time] ?? TimeUnit.AUTO;
  const isCsv = mapping.format === 'csv';
  const names = [...mapping.fields.values()].map((name) => (isCsv ? name.trim().toLowerCase() : name));
  const schema: DelimitedSchema = {
    name: 'mapped',
    delimiter: mapping.delimiter,
    required: isCsv ? names : names.map((name) => [name, name.slice(name.lastIndexOf('.') + 1)]),
    columns: Object.fromEntries(
      [...mapping.fields.keys()].map((field, index) => {
        const code = FIELDS[field] ?? Field.NONE;
        return [names[index] ?? '', column(code, isDuration(code) && unit === 0 ? TimeUnit.SECONDS : unit)];
      }),
    ),
    ...(mapping.zone === null ? {} : { zone: mapping.zone }),
  };
  return isCsv ? delimitedFormat(schema, options) : jsonFormat(schema, options);
}

/** One field of a mapping as an input bears it out. */
export interface MappedField {
  readonly field: string;
  /** Null: the mapping leaves it out. */
  readonly column: string | null;
  /** Not in the first line of the input; false where that is not known (JSON, or no input). */
  readonly isMissing: boolean;
}

/** Every field there is, and where the mapping takes it from; with the head of an input, whether it is there. */
export function explainMapping(mapping: Mapping, head: Buffer | null = null): readonly MappedField[] {
  const first = (head?.toString('utf8') ?? '').split(/\r?\n/, 1)[0] ?? '';
  const present = new Set(splitHeader(first, mapping.delimiter));
  const isKnown = head !== null && mapping.format === 'csv';
  return Object.keys(FIELDS).map((field) => {
    const column = mapping.fields.get(field) ?? null;
    return {
      field,
      column,
      isMissing: isKnown && column !== null && !present.has(column.trim().toLowerCase()),
    };
  });
}

function isDuration(code: number): boolean {
  return code === Field.DURATION;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    assertZone(value);
    return true;
  } catch {
    return false;
  }
}
