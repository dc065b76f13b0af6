import type { Counters } from '../../../base/counters.js';
import { phrase } from '../../../base/phrase.js';
import type { FormatReader, InputFormat, Probe, Problem, RecordSink } from '../format.js';
import { PROBE_BYTES } from '../format.js';
import { BadLines } from './bad-lines.js';
import { FlowBuilder } from './builder.js';
import { DelimitedLine } from './delimited-line.js';
import { MAX_COLUMNS, MAX_LINE_BYTES } from './limits.js';
import { LineFeed, wholeLines } from './lines.js';
import { type DelimitedSchema, hasRequired, type RecordOptions } from './schema.js';
import { Zone } from './zone.js';

/** Blank lines and comments that may stand before the header. */
const MAX_LEADING_LINES = 8;

export function delimitedFormat(schema: DelimitedSchema, options: RecordOptions = {}): InputFormat {
  return {
    name: schema.name,
    probe: (head) => probe(schema, head),
    resumeHead: wholeLines,
    open: (sink, counters) => new DelimitedReader(schema, options, sink, counters),
  };
}

function probe(schema: DelimitedSchema, head: Buffer): Probe {
  const text = head.toString('latin1', 0, PROBE_BYTES).replace(/^\u00ef\u00bb\u00bf/, '');
  if (/[^\t\n\r -~\u0080-\u00ff]/.test(text)) return 'no';
  const lines = text.split('\n');
  const isWhole = head.length >= PROBE_BYTES;
  for (const [index, line] of lines.entries()) {
    const isCut = index === lines.length - 1;
    if (index < MAX_LEADING_LINES && (line.trim() === '' || line.startsWith('#'))) continue;
    const whole = line.replace(/\r$/, '');
    if (namesOf(schema, whole) !== null || (schema.headerless?.(whole) ?? null) !== null) return 'yes';
    return isCut && !isWhole ? 'more' : 'no';
  }
  return isWhole ? 'no' : 'more';
}

/** The columns, where this line is a header (or its like); null otherwise. */
function namesOf(schema: DelimitedSchema, line: string): readonly string[] | null {
  const names = splitHeader(line, schema.delimiter);
  if (names.length <= MAX_COLUMNS && hasRequired(schema, new Set(names))) return names;
  return null;
}

/** Column names in lower case, unquoted. */
export function splitHeader(line: string, delimiter: string): readonly string[] {
  const parts = delimiter === ' ' ? line.trim().split(/\s+/) : line.split(delimiter);
  return parts.map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
}

class DelimitedReader implements FormatReader {
  readonly #schema: DelimitedSchema;
  readonly #counters: Counters;
  readonly #builder: FlowBuilder;
  readonly #bad = new BadLines();
  readonly #lines: LineFeed;
  readonly #row: DelimitedLine;
  /** Codes by column, up to the last one wanted; null until the header was read. */
  #plan: Uint16Array | null = null;
  #names: readonly string[] = [];
  #skipLines = 0;

  constructor(schema: DelimitedSchema, options: RecordOptions, sink: RecordSink, counters: Counters) {
    this.#schema = schema;
    this.#counters = counters;
    const zone = new Zone(schema.zone ?? options.tz);
    this.#builder = new FlowBuilder(sink, zone, schema.octetsOf ?? 'ip');
    this.#row = new DelimitedLine(this.#builder, zone, schema.delimiter.charCodeAt(0));
    this.#lines = new LineFeed((bytes, from, end, number) => this.#line(bytes, from, end, number));
  }

  get problems(): readonly Problem[] {
    return this.#bad.problems.list;
  }

  get records(): number {
    return this.#builder.told;
  }

  get pendingBytes(): number {
    return this.#lines.pendingBytes;
  }

  feed(chunk: Buffer): void {
    this.#lines.feed(chunk);
  }

  end(): void {
    this.#lines.end();
    this.#builder.count(this.#counters);
    this.#counters.add('records.bad-line', this.#bad.count);
    this.#counters.add('records.long-line', this.#lines.tooLong);
    if (this.#lines.tooLong > 0) {
      this.#bad.problems.add(
        'long-line',
        0,
        phrase`${this.#lines.tooLong} lines are longer than ${MAX_LINE_BYTES} bytes and were left out`,
      );
    }
    if (this.#builder.noProtocol > 0 && this.#names.some((name) => name === 'pr' || name === 'proto')) {
      this.#bad.problems.add(
        'aggregated-records',
        0,
        phrase`${this.#builder.noProtocol} records name no protocol (0), as aggregated output does; export without aggregation`,
      );
    }
  }

  #line(bytes: Buffer, from: number, end: number, number: number): void {
    if (this.#skipLines > 0) {
      this.#skipLines--;
      return;
    }
    const plan = this.#plan;
    if (plan === null) this.#takeHeader(bytes, from, end, number);
    else if (this.#row.scan(plan, bytes, from, end)) this.#builder.finish();
    else this.#judge(bytes, from, end, number);
  }

  /** A line that does not fit: blank, comment, summary, another header, or bad. */
  #judge(bytes: Buffer, from: number, end: number, number: number): void {
    if (end === from || bytes[from] === 35 /* # */) return;
    const text = bytes.toString('latin1', from, Math.min(end, from + PROBE_BYTES));
    if (text.trim() === '') return;
    const footer = this.#schema.footer?.(text) ?? 0;
    if (footer > 0) this.#skipLines = footer - 1;
    else if (!this.#plans(namesOf(this.#schema, text))) {
      const { badColumn, badFrom, badEnd } = this.#row;
      const name = this.#names[badColumn] ?? '';
      const what =
        badFrom === end && badEnd === end
          ? phrase`it ends before column "${name}"`
          : phrase`column "${name}" does not fit`;
      this.#bad.add(number, what, bytes, badFrom === end ? from : badFrom, badEnd);
    }
  }

  #takeHeader(bytes: Buffer, from: number, end: number, number: number): void {
    let at = from;
    if (number === 1 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    if (at >= end || bytes[at] === 35) return;
    const text = bytes.toString('latin1', at, Math.min(end, at + PROBE_BYTES * 4));
    if (text.trim() === '') return;
    if (this.#plans(namesOf(this.#schema, text))) return;
    if (this.#plans(this.#schema.headerless?.(text) ?? null)) this.#line(bytes, at, end, number);
    else if ((this.#schema.footer?.(text) ?? 0) === 0) {
      this.#bad.add(number, phrase`a header line was expected`, bytes, at, end);
    }
  }

  #plans(names: readonly string[] | null): boolean {
    if (names === null) return false;
    const codes = names.map((name) =>
      Object.hasOwn(this.#schema.columns, name) ? (this.#schema.columns[name] ?? 0) : 0,
    );
    const last = codes.findLastIndex((code) => code !== 0);
    this.#plan = Uint16Array.from(codes.slice(0, last + 1));
    this.#names = names;
    return true;
  }
}
