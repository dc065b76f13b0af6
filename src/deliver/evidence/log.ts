import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { RigwatchError, StoreError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { isSystemError, systemReason } from '../../base/system-error.js';
import { type Entry, type EntryContent, type LogHead, NO_HASH } from '../../model/evidence-log.js';
import { entryLine, parseEntry, sealFault } from './entry.js';
import { keyPathOf, openKey, type PublicKey, parsePublicKey, type SigningKey } from './key.js';
import { linesOf, MAX_LINE_BYTES, reading } from './lines.js';
import { isSame, linesOfFiles, segmentsOf } from './segments.js';

const LINE_FEED = 0x0a;
/** Entries of a log that is ahead of the database: what one batch writes, and some. */
const MAX_AHEAD = 100_000;

/** Where the log of a database lies. */
export function logPathOf(database: string): string {
  return `${database}.evidence`;
}

export interface Opening {
  /** UTC ISO 8601. */
  readonly time: string;
  readonly version: string;
  /** The last head that the database knows; null: none. */
  readonly known: LogHead | null;
}

/**
 * The log, opened to go on with it. Not safe against a second writer: whoever appends holds the write lock of the
 * database meanwhile. What was cut or changed since the database last knew it is itself put on record.
 */
export class EvidenceLog {
  readonly path: string;
  readonly key: SigningKey;
  /** Whole entries that the database does not know of: its process was killed between the two. */
  readonly ahead: readonly Entry[];
  /** The log is not what the database knew; says so in a `break` or, where it is gone, in its `start`. */
  readonly isBroken: boolean;
  readonly #file: number;
  readonly #version: string;
  /** Number of the first entry of this file. */
  readonly #firstSeq: number;
  #head: LogHead;

  private constructor(path: string, key: SigningKey, file: number, { time, version, known }: Opening) {
    this.path = path;
    this.key = key;
    this.#file = file;
    this.#version = version;
    const repair = this.#cutTornLine();
    const first = this.#first();
    this.#firstSeq = first?.seq ?? 1;
    if (first === null) {
      this.#head = { log: randomUUID(), seq: 0, hash: NO_HASH };
      this.ahead = [];
      this.isBroken = known !== null;
      const body = { public_key: key.public.pem, rigwatch: version, follows: known };
      this.append([{ kind: 'start', time, body }]);
    } else {
      this.#head = this.#last(first.key);
      const standing = known === null ? [] : this.#since(known);
      this.isBroken = standing === null;
      this.ahead = standing ?? [];
      if (standing === null) this.append([{ kind: 'break', time, body: { expected: known } }]);
    }
    if (repair !== null) this.append([{ kind: 'repair', time, body: repair }]);
  }

  /** Opens, or begins, the log at `path`; its key lies beside it. Throws StoreError with one clear line. */
  static open(path: string, opening: Opening): EvidenceLog {
    return guarded(path, () => {
      const key = openKey(keyPathOf(path));
      // Not for appending: a torn line is cut off. 'r+' would not make it, 'a+' would not cut.
      const file = openSync(path, 'a+', 0o640);
      closeSync(file);
      const log = openSync(path, 'r+');
      try {
        return new EvidenceLog(path, key, log, opening);
      } catch (error) {
        closeSync(log);
        throw error;
      }
    });
  }

  get head(): LogHead {
    return this.#head;
  }

  /** Adds entries, and returns once they are on the disk. */
  append(contents: readonly EntryContent[]): readonly LogHead[] {
    if (contents.length === 0) return [];
    return guarded(this.path, () => {
      const heads: LogHead[] = [];
      const lines: string[] = [];
      let head = this.#head;
      for (const content of contents) {
        const made = entryLine(head, content, this.key);
        head = made.head;
        heads.push(head);
        lines.push(made.line);
      }
      const bytes = Buffer.from(lines.join(''));
      const at = fstatSync(this.#file).size;
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
      fsyncSync(this.#file);
      if (this.#head.seq === 0) syncFolder(this.path);
      this.#head = head;
      return heads;
    });
  }

  /**
   * Goes on in a new file, whose first entry follows the last of this one, which is kept beside it under the name returned.
   * The log has its name at every moment. Nothing can be appended to this object any more.
   */
  rotate(time: string): string {
    return guarded(this.path, () => {
      const [closed, fresh] = [`${this.path}.${this.#firstSeq}`, `${this.path}.new`];
      const body = { public_key: this.key.public.pem, rigwatch: this.#version, before: basename(closed) };
      const { line, head } = entryLine(this.#head, { kind: 'segment', time, body }, this.key);
      writeFileSync(fresh, line, { mode: 0o640, flush: true });
      if (!existsSync(closed)) linkSync(this.path, closed);
      else if (!isSame(this.path, closed)) damaged(this.path, phrase`${closed} is there already`);
      renameSync(fresh, this.path);
      syncFolder(this.path);
      this.#head = head;
      return closed;
    });
  }

  close(): void {
    closeSync(this.#file);
  }

  /** A write that was cut short leaves a line without an end: it goes, and what it was is told. */
  #cutTornLine(): Record<string, unknown> | null {
    const { size } = fstatSync(this.#file);
    const start = this.#lineStart(size);
    if (start === size) return null;
    const torn = Buffer.alloc(Math.min(size - start, MAX_LINE_BYTES));
    readSync(this.#file, torn, 0, torn.length, start);
    ftruncateSync(this.#file, start);
    fsyncSync(this.#file);
    return { cut_bytes: size - start, sha256: createHash('sha256').update(torn).digest('hex') };
  }

  /** Where the line that ends before `end` begins. */
  #lineStart(end: number): number {
    const tail = Buffer.alloc(Math.min(end, MAX_LINE_BYTES + 1));
    readSync(this.#file, tail, 0, tail.length, end - tail.length);
    const found = tail.lastIndexOf(LINE_FEED);
    if (found < 0 && tail.length < end) return damaged(this.path, phrase`it ends in no line of a log`);
    return end - tail.length + found + 1;
  }

  #first(): { readonly key: PublicKey; readonly seq: number } | null {
    const [line] = linesOf(reading(this.#file));
    if (line === undefined) return null;
    const entry = line.isTooLong ? 'not-an-entry' : parseEntry(line.bytes);
    const key = typeof entry === 'string' ? null : parsePublicKey(entry.body.public_key);
    if (typeof entry === 'string' || !['start', 'segment'].includes(entry.kind) || key === null)
      return damaged(this.path, phrase`it does not begin like a log`);
    if (key.fingerprint !== this.key.public.fingerprint)
      return damaged(this.path, phrase`it was signed with another key than ${keyPathOf(this.path)}`);
    return { key, seq: entry.seq };
  }

  #last(key: PublicKey): LogHead {
    const { size } = fstatSync(this.#file);
    const start = this.#lineStart(size - 1);
    const bytes = Buffer.alloc(size - 1 - start);
    readSync(this.#file, bytes, 0, bytes.length, start);
    const entry = parseEntry(bytes);
    if (typeof entry === 'string' || sealFault({ ...entry }, key) !== null)
      return damaged(this.path, phrase`its last entry was changed`);
    return { log: entry.log, seq: entry.seq, hash: entry.hash };
  }

  /** Entries after the known head; null where that head is not in the log. */
  #since({ log, seq, hash }: LogHead): readonly Entry[] | null {
    if (log !== this.#head.log || seq > this.#head.seq) return null;
    if (seq === this.#head.seq) return hash === this.#head.hash ? [] : null;
    const ahead: Entry[] = [];
    let isKnown = false;
    // The known head may be the last of the file before.
    for (const { bytes } of linesOfFiles(segmentsOf(this.path))) {
      const entry = parseEntry(bytes);
      if (typeof entry === 'string') return null;
      if (isKnown && ahead.length < MAX_AHEAD) ahead.push(entry);
      isKnown ||= entry.seq === seq && entry.hash === hash;
    }
    return isKnown ? ahead : null;
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RigwatchError || !isSystemError(error)) throw error;
    const what = phrase`evidence log ${path}: it cannot be written (${systemReason(error)})`;
    throw new StoreError('evidence-unwritable', phrase`${what}; what is missing is added by the next run`, {
      cause: error,
    });
  }
}

function damaged(path: string, what: Phrase): never {
  throw new StoreError(
    'evidence-damaged',
    phrase`evidence log ${path}: ${what}; run "rigwatch evidence verify", keep it, and move it away: a new one then begins, and says so`,
  );
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
