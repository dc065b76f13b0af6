import { Kind, type Row, unescapeTsv } from '../ndjson.js';
import { MAX_COLUMNS } from '../records/limits.js';
import { type LogName, logOf, SLOT_OF, SLOTS } from './fields.js';

const TAB = 9;

/** The lines of Zeek's ASCII logs, by the header in force: several logs may follow each other in one input. */
export class TsvRow implements Row {
  bytes: Buffer = Buffer.alloc(0);
  readonly start = new Int32Array(SLOTS);
  readonly end = new Int32Array(SLOTS);
  readonly kind = new Uint8Array(SLOTS);
  /** Null before the first #fields. */
  log: LogName | null = null;
  setSeparator = ',';
  #separator = TAB;
  #unset: Buffer = Buffer.from('-');
  #empty: Buffer = Buffer.from('(empty)');
  /** Slot of each column; -1: not wanted. */
  #slots = new Int16Array(0);

  /** A line that begins with `#`. */
  header(text: string): void {
    const [name, rest] = cutHeader(text, String.fromCharCode(this.#separator));
    if (name === '#separator') {
      this.#separator = unescapeTsv(rest).charCodeAt(0) & 255 || TAB;
      // What follows is another log: nothing of the one before holds.
      this.log = null;
      this.setSeparator = ',';
      this.#unset = Buffer.from('-');
      this.#empty = Buffer.from('(empty)');
    } else if (name === '#set_separator') this.setSeparator = unescapeTsv(rest) || ',';
    else if (name === '#unset_field') this.#unset = Buffer.from(rest);
    else if (name === '#empty_field') this.#empty = Buffer.from(rest);
    else if (name === '#fields') {
      const names = rest.split(String.fromCharCode(this.#separator)).slice(0, MAX_COLUMNS);
      this.#slots = Int16Array.from(names, (field) => SLOT_OF.get(field) ?? -1);
      this.log = logOf((slot) => this.#slots.includes(slot));
    }
  }

  /** False where the line has not as many columns as the header. */
  read(bytes: Buffer, from: number, end: number): boolean {
    this.bytes = bytes;
    this.kind.fill(Kind.ABSENT);
    const slots = this.#slots;
    const separator = this.#separator;
    let column = 0;
    let start = from;
    for (let at = from; at <= end; at++) {
      if (at < end && bytes[at] !== separator) continue;
      if (column >= slots.length) return slots.length === MAX_COLUMNS;
      const slot = slots[column++]!;
      if (slot >= 0) this.#set(slot, start, at);
      start = at + 1;
    }
    return column === slots.length;
  }

  #set(slot: number, from: number, end: number): void {
    if (equals(this.bytes, from, end, this.#unset)) return;
    this.start[slot] = from;
    this.end[slot] = equals(this.bytes, from, end, this.#empty) ? from : end;
    if (this.end[slot]! > from) this.kind[slot] = Kind.TSV;
  }
}

function equals(bytes: Buffer, from: number, end: number, word: Buffer): boolean {
  if (end - from !== word.length) return false;
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word[at]) return false;
  return true;
}

/** `#separator` is always followed by a blank, the others by the separator. */
function cutHeader(text: string, separator: string): readonly [name: string, rest: string] {
  if (text.startsWith('#separator ')) return ['#separator', text.slice('#separator '.length)];
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
