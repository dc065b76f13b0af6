/** One plain file that grows: its descriptor, how far it was handed on, and whether it still is what it was. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { SourceProblem } from '../source.js';
import { type Fingerprint, formatFingerprint, hashOf, placeOf } from './fingerprint.js';
import { FINGERPRINT_BYTES } from './limits.js';
import { HEAD_BYTES, type LiveSink, type LiveSource, type StreamPosition, type StreamSink } from './live.js';
import type { PastStream } from './stream-memory.js';

/**
 * `more`: there may be more at once. `drained`: nothing for now. `replaced`: other content stands in the same file, or
 * less than was read (copytruncate): this stream has ended.
 */
export type ReadOutcome = 'more' | 'drained' | 'replaced';

export interface Beginning {
  readonly id: string;
  /** Its first bytes: FINGERPRINT_BYTES, or all. */
  readonly head: Buffer;
  /** How far it was read, under whatever name; null: not at all. */
  readonly past: PastStream | null;
  readonly isLeftover: boolean;
  readonly nowMs: number;
}

/** The system refused to read; `cause` says why. */
export class ReadFailed extends Error {
  override readonly name = 'ReadFailed';
}

const checked = Buffer.allocUnsafeSlow(FINGERPRINT_BYTES);

export class FollowedFile {
  readonly id: string;
  readonly place: string;
  path: string;
  /** As they were looked at last. */
  size: number;
  modifiedMs: number;
  links: number;
  /** When it was seen to change last, and when it was no longer at its path; epoch milliseconds. */
  changedMs: number;
  movedMs: number | null = null;
  /** Round of the last look that found it at a path. */
  seen = 0;
  /** Something may be there that was not read. */
  isDirty = true;
  /** One that is no target: it holds the rest of what was read before, and ends with that. */
  readonly isLeftover: boolean;
  /** After it could not be opened: not before this, epoch milliseconds. */
  retryMs = 0;
  readonly #device: number;
  readonly #inode: number;
  /** First bytes of the stream. */
  #head: Buffer;
  #isEnded = false;
  #fingerprint: Fingerprint | null = null;
  #fingerprintText = '';
  /** Offset of the next byte to hand on. */
  #offset: number;
  /** Bytes that became whole records, while no sink can be asked. */
  #position: number;
  #file: number | null = null;
  #sink: StreamSink | null = null;

  constructor(path: string, stats: Stats, { id, head, past, isLeftover, nowMs }: Beginning) {
    this.id = id;
    this.isLeftover = isLeftover;
    this.path = path;
    this.place = placeOf(stats.dev, stats.ino);
    this.#device = stats.dev;
    this.#inode = stats.ino;
    this.size = stats.size;
    this.modifiedMs = stats.mtimeMs;
    this.links = stats.nlink;
    this.changedMs = Math.min(stats.mtimeMs, nowMs);
    this.#head = head;
    this.#position = past?.bytes ?? 0;
    this.#offset = this.#position;
  }

  get isOpen(): boolean {
    return this.#file !== null;
  }

  /** First bytes of the content: at most FINGERPRINT_BYTES, all where it is shorter. */
  get head(): Buffer {
    return this.#head;
  }

  get position(): number {
    return this.#sink?.position ?? this.#position;
  }

  get offset(): number {
    return this.#offset;
  }

  get lagBytes(): number {
    return Math.max(0, this.size - this.#offset);
  }

  /** Takes what a look has shown. */
  look(path: string, stats: Stats, nowMs: number): void {
    this.path = path;
    this.movedMs = null;
    this.links = stats.nlink;
    this.#note(stats, nowMs);
  }

  /** The same for one that has no path any more. */
  lookInside(nowMs: number): void {
    if (this.#file === null) return;
    try {
      const stats = fstatSync(this.#file);
      this.links = stats.nlink;
      this.#note(stats, nowMs);
    } catch {
      // A file server has forgotten it: nothing more can come of it.
      this.links = 0;
      this.isDirty = false;
    }
  }

  #note({ size, mtimeMs }: Stats, nowMs: number): void {
    if (size === this.size && mtimeMs === this.modifiedMs) return;
    this.size = size;
    this.modifiedMs = mtimeMs;
    this.changedMs = nowMs;
    this.isDirty = true;
  }

  /** Throws what the system says. False: another file is at the path now. */
  open(): boolean {
    // Without waiting, should a pipe have taken its place.
    const file = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (placeOf(stats.dev, stats.ino) === this.place) {
      this.#file = file;
      return true;
    }
    closeSync(file);
    return false;
  }

  /** Hands on at most buffer.length bytes. Throws ReadFailed, or what the sink throws. */
  read(source: LiveSource, sink: LiveSink, buffer: Buffer): ReadOutcome {
    const file = this.#file;
    if (file === null) return 'drained';
    const got = this.#pull(file, buffer);
    if (got === null) return 'replaced';
    if (got === 0) {
      this.isDirty = false;
      return 'drained';
    }
    if (this.#sink === null) {
      // Its reader may need what lies before: read again from there.
      this.#begin(source, sink, file);
      return 'more';
    }
    const chunk = buffer.subarray(0, got);
    this.#learn(chunk);
    this.#offset += got;
    this.#sink.chunk(chunk);
    return 'more';
  }

  /** Bytes read at the offset; null where the content is no longer that which was read before. */
  #pull(file: number, buffer: Buffer): number | null {
    // The order matters: bytes that were read before the check are those of the content that passes it.
    const got = this.#readAt(file, buffer, buffer.length, this.#offset);
    return this.#isUnchanged(file) ? got : null;
  }

  #readAt(file: number, buffer: Buffer, length: number, offset: number): number {
    try {
      return readSync(file, buffer, 0, length, offset);
    } catch (error) {
      throw new ReadFailed('the system cannot read on', { cause: error });
    }
  }

  #isUnchanged(file: number): boolean {
    const { size } = fstatSync(file);
    if (size < this.#offset) return false;
    const length = this.#head.length;
    return (
      this.#readAt(file, checked, length, 0) === length && checked.subarray(0, length).equals(this.#head)
    );
  }

  #begin(source: LiveSource, sink: LiveSink, file: number): void {
    const resumeAt = this.#position;
    const head = Buffer.alloc(Math.min(HEAD_BYTES, resumeAt));
    const got = this.#readAt(file, head, head.length, 0);
    const { path: name, id } = this;
    this.#sink = sink.open(source, { name, id, isCompressed: false, resumeAt, head: head.subarray(0, got) });
    this.#offset = Math.max(0, Math.min(this.#sink.from, resumeAt));
  }

  /** Adds to the head what of the chunk belongs there. */
  #learn(chunk: Buffer): void {
    const known = this.#head.length;
    const from = known - this.#offset;
    if (known >= FINGERPRINT_BYTES || from < 0 || from >= chunk.length) return;
    this.#head = Buffer.concat([this.#head, chunk.subarray(from, from + FINGERPRINT_BYTES - known)]);
    this.#fingerprint = null;
  }

  /** Closes it; what was read of an unfinished record is read again when it is opened again. */
  putAway(problems: readonly SourceProblem[] = []): void {
    const sink = this.#sink;
    this.#sink = null;
    sink?.end(false, problems);
    this.#position = sink?.position ?? this.#position;
    this.#offset = this.#position;
    this.#close();
  }

  /** It has ended: all that was read counts. */
  finish(): void {
    const sink = this.#sink;
    this.#sink = null;
    sink?.end(true, []);
    this.#position = sink === null ? this.#position : this.#offset;
    this.#close();
    this.settle();
  }

  /** Nothing more is expected of it. */
  settle(): void {
    this.#isEnded = true;
    this.#fingerprint = null;
  }

  #close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  /** Kept until the head grows: asked for at every checkpoint. */
  #known(): { fingerprint: Fingerprint; text: string } {
    if (this.#fingerprint === null) {
      const hash = hashOf(this.#head);
      const { length } = this.#head;
      this.#fingerprint = {
        device: this.#device,
        inode: this.#inode,
        length,
        hash,
        isEnded: this.#isEnded,
        packed: null,
      };
      this.#fingerprintText = formatFingerprint(this.#fingerprint);
    }
    return { fingerprint: this.#fingerprint, text: this.#fingerprintText };
  }

  /** How it is remembered once it is no longer followed. */
  past(): PastStream {
    return { id: this.id, name: this.path, bytes: this.position, fingerprint: this.#known().fingerprint };
  }

  saved(): StreamPosition {
    return { id: this.id, name: this.path, bytes: this.position, fingerprint: this.#known().text };
  }
}
