import type { Counters } from '../../../base/counters.js';
import { phrase } from '../../../base/phrase.js';
import type { FormatReader, InputFormat, Probe, Problem, RecordSink } from '../format.js';
import { PROBE_BYTES } from '../format.js';
import { BadLines } from './bad-lines.js';
import { FlowBuilder } from './builder.js';
import { keyTree, ObjectScan, Scan } from './json-scan.js';
import { MAX_OBJECT_BYTES } from './limits.js';
import { hasRequired, type JsonSchema, type RecordOptions } from './schema.js';
import { Zone } from './zone.js';

const LF = 10;
const OPEN = 123;

/** One object a line, or objects in an array over any number of lines. */
export function jsonFormat(schema: JsonSchema, options: RecordOptions = {}): InputFormat {
  return {
    name: schema.name,
    probe: (head) => probe(schema, head),
    // Objects stand for themselves, in a list as on lines.
    resumeHead: () => 0,
    open: (sink, counters) => new JsonReader(schema, options, sink, counters),
  };
}

function probe(schema: JsonSchema, head: Buffer): Probe {
  const text = head.toString('latin1', 0, Math.min(head.length, PROBE_BYTES));
  if (!/^(\u00ef\u00bb\u00bf)?[\s[]*(\{|$)/.test(text) || /[^\t\n\r -~\u0080-\u00ff]/.test(text)) return 'no';
  const names = new Set<string>();
  for (const match of text.matchAll(/"([^"\\]{1,128})"\s*:/g)) names.add(match[1] ?? '');
  if (hasRequired(schema, names)) return 'yes';
  return head.length < PROBE_BYTES ? 'more' : 'no';
}

class JsonReader implements FormatReader {
  readonly #counters: Counters;
  readonly #builder: FlowBuilder;
  readonly #scan: ObjectScan;
  readonly #bad = new BadLines();
  #carry = Buffer.allocUnsafeSlow(4096);
  #kept = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #line = 1;
  #isPassing = false;
  /** Place of the next line feed in the bytes being read; -1: not looked for. */
  #lineFeedAt = -1;

  constructor(schema: JsonSchema, options: RecordOptions, sink: RecordSink, counters: Counters) {
    this.#counters = counters;
    this.#builder = new FlowBuilder(sink, new Zone(schema.zone ?? options.tz), schema.octetsOf ?? 'ip');
    this.#scan = new ObjectScan(keyTree(schema.columns), this.#builder);
  }

  get problems(): readonly Problem[] {
    return this.#bad.problems.list;
  }

  get records(): number {
    return this.#builder.told;
  }

  get pendingBytes(): number {
    return this.#kept;
  }

  feed(chunk: Buffer): void {
    let at = 0;
    while (this.#kept > 0 && at < chunk.length) at = this.#completeCarry(chunk, at);
    this.#lineFeedAt = -1;
    this.#walk(chunk, at, chunk.length);
  }

  end(): void {
    if (this.#kept > 0) {
      this.#bad.add(
        this.#line,
        phrase`a record is cut short by the end of the input`,
        this.#carry,
        0,
        this.#kept,
      );
      this.#kept = 0;
    }
    this.#builder.count(this.#counters);
    this.#counters.add('records.bad-line', this.#bad.count);
  }

  /** Objects of bytes[from, end); an unfinished one is carried. */
  #walk(bytes: Buffer, from: number, end: number): void {
    let at = from;
    while (at < end) {
      if (this.#isPassing) {
        const stop = bytes.indexOf(LF, at);
        if (stop < 0) return;
        this.#isPassing = false;
        at = stop;
      }
      const byte = bytes[at]!;
      if (byte === OPEN) {
        const next = this.#take(bytes, at, end);
        if (next === Scan.UNFINISHED) {
          this.#depth = 0;
          this.#isInString = false;
          this.#isEscaped = false;
          if (this.#frame(bytes, at, end) < 0) {
            this.#keep(bytes, at, end);
            return;
          }
          this.#bad.add(this.#line, phrase`no JSON object`, bytes, at, lineEnd(bytes, at, end));
          this.#isPassing = true;
          at++;
        } else at = next;
      } else {
        if (byte === LF) this.#line++;
        else if (byte > 32 && byte !== 44 && byte !== 91 && byte !== 93 && !this.#isMark(byte, at)) {
          this.#bad.add(this.#line, phrase`an object was expected`, bytes, at, lineEnd(bytes, at, end));
          this.#isPassing = true;
        }
        at++;
      }
    }
  }

  /** The byte order mark, at the beginning only. */
  #isMark(byte: number, at: number): boolean {
    return this.#line === 1 && at < 3 && (byte === 0xef || byte === 0xbb || byte === 0xbf);
  }

  /** Reads the object at `at`; the place after it, or Scan.UNFINISHED. */
  #take(bytes: Buffer, at: number, end: number): number {
    this.#builder.begin();
    const next = this.#scan.scan(bytes, at, end);
    if (next === Scan.UNFINISHED) return next;
    if (next === Scan.MALFORMED) {
      this.#bad.add(this.#line, phrase`no JSON object`, bytes, at, lineEnd(bytes, at, end));
      this.#isPassing = true;
      return at + 1;
    }
    if (this.#scan.badFrom >= 0) {
      this.#bad.add(this.#line, phrase`a value does not fit`, bytes, this.#scan.badFrom, this.#scan.badEnd);
    } else this.#builder.finish();
    this.#countLines(bytes, at, next);
    return next;
  }

  /** Looks for each line feed once, however many objects stand on a line. */
  #countLines(bytes: Buffer, from: number, end: number): void {
    if (this.#lineFeedAt < from) this.#findLineFeed(bytes, from);
    while (this.#lineFeedAt < end) {
      this.#line++;
      this.#findLineFeed(bytes, this.#lineFeedAt + 1);
    }
  }

  #findLineFeed(bytes: Buffer, from: number): void {
    const at = bytes.indexOf(LF, from);
    this.#lineFeedAt = at < 0 ? Number.POSITIVE_INFINITY : at;
  }

  /** Adds the chunk up to the end of the carried object, and reads that once. */
  #completeCarry(chunk: Buffer, at: number): number {
    const close = this.#frame(chunk, at, chunk.length);
    const stop = close < 0 ? chunk.length : close;
    if (!this.#keep(chunk, at, stop) || close < 0) return stop;
    const kept = this.#kept;
    this.#kept = 0;
    this.#lineFeedAt = -1;
    if (this.#take(this.#carry, 0, kept) === Scan.UNFINISHED) {
      this.#bad.add(this.#line, phrase`no JSON object`, this.#carry, 0, lineEnd(this.#carry, 0, kept));
      this.#isPassing = true;
    }
    return stop;
  }

  /** Where the object ends whose beginning was framed before; -1: not here. A line feed in a string ends it too. */
  #frame(bytes: Buffer, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (this.#isInString) {
        if (byte === LF) return at;
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === 92) this.#isEscaped = true;
        else if (byte === 34) this.#isInString = false;
      } else if (byte === 34) this.#isInString = true;
      else if (byte === OPEN) this.#depth++;
      else if (byte === 125 && --this.#depth <= 0) return at + 1;
    }
    return -1;
  }

  #keep(chunk: Buffer, from: number, end: number): boolean {
    const length = this.#kept + end - from;
    if (length > MAX_OBJECT_BYTES) {
      this.#bad.add(
        this.#line,
        phrase`a record is longer than ${MAX_OBJECT_BYTES} bytes`,
        this.#carry,
        0,
        this.#kept,
      );
      this.#kept = 0;
      this.#isPassing = true;
      return false;
    }
    if (length > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
      this.#carry.copy(larger, 0, 0, this.#kept);
      this.#carry = larger;
    }
    chunk.copy(this.#carry, this.#kept, from, end);
    this.#kept = length;
    return true;
  }
}

function lineEnd(bytes: Buffer, from: number, end: number): number {
  const stop = bytes.indexOf(LF, from);
  return stop < 0 || stop > end ? end : stop;
}
