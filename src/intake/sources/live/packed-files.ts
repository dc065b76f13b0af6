/** Compressed files among the followed ones: read once each, whole, and not at all where the content was read before. */
import type { Stats } from 'node:fs';
import { RigwatchError } from '../../../base/errors.js';
import { phrase } from '../../../base/phrase.js';
import { openSource } from '../index.js';
import type { Source, SourceProblem } from '../source.js';
import { type Fingerprint, formatFingerprint, hashOf, placeOf } from './fingerprint.js';
import { FINGERPRINT_BYTES, type FollowTiming } from './limits.js';
import { HEAD_BYTES, type LiveSink, type LiveSource, type StreamPosition, type StreamSink } from './live.js';
import type { PastStream, StreamMemory } from './stream-memory.js';
import { statOf } from './targets.js';
import type { Trouble } from './trouble.js';

/** What the files beside it are asked. */
export interface Neighbours {
  readonly source: LiveSource;
  readonly memory: StreamMemory;
  readonly trouble: Trouble;
  readonly timing: FollowTiming;
  /** Whether a file that begins like this is being followed. */
  isFollowed(head: Buffer): boolean;
  createId(): string;
  onBytes(bytes: number): void;
}

export class PackedFile {
  path: string;
  readonly place: string;
  readonly device: number;
  readonly inode: number;
  /** One that is no target: read only where it goes on with what was read before. */
  readonly isLeftover: boolean;
  readonly addedMs: number;
  readonly #settledMs: number;
  size = -1;
  modifiedMs = 0;
  changedMs = 0;
  /** Not before this, epoch milliseconds. */
  dueMs = 0;
  seen = 0;
  isDone = false;
  /** Decompressed: first bytes, and how many there are. Null: not known. */
  head: Buffer | null = null;
  total: number | null = null;

  constructor(path: string, stats: Stats, isLeftover: boolean, nowMs: number, settledMs: number) {
    this.addedMs = nowMs;
    this.#settledMs = settledMs;
    this.path = path;
    this.place = placeOf(stats.dev, stats.ino);
    this.device = stats.dev;
    this.inode = stats.ino;
    this.isLeftover = isLeftover;
  }

  look(path: string, { size, mtimeMs }: Stats, round: number, nowMs: number): void {
    this.path = path;
    this.seen = round;
    if (size === this.size && mtimeMs === this.modifiedMs) return;
    const isFirst = this.size < 0;
    this.size = size;
    this.modifiedMs = mtimeMs;
    this.changedMs = isFirst ? Math.min(mtimeMs, nowMs) : nowMs;
    this.dueMs = this.changedMs + this.#settledMs;
    this.isDone = false;
    this.head = null;
    this.total = null;
  }

  /** To be begun anew, a little later. */
  postpone(): void {
    this.head = null;
    this.total = null;
    this.dueMs = Date.now() + this.#settledMs;
  }

  /** Of the stream in it. */
  fingerprint(length: number, hash: string, isEnded: boolean): Fingerprint {
    const packed = { size: this.size, modifiedMs: this.modifiedMs };
    return { device: this.device, inode: this.inode, length, hash, isEnded, packed };
  }
}

/** Decompressed bytes that were read, and why not more. */
interface Unpacked {
  readonly bytes: number;
  readonly problems: readonly SourceProblem[];
}

/** Another file is at the path, or none: the next look finds out. */
class Moved extends Error {
  override readonly name = 'Moved';
}

/** The one that is handed on now. */
interface Unpacking {
  readonly file: PackedFile;
  readonly id: string;
  readonly head: Buffer;
  readonly sink: StreamSink;
}

export class PackedFiles {
  readonly #beside: Neighbours;
  readonly #files = new Map<string, PackedFile>();
  #working: Promise<void> | null = null;
  #unpacking: Unpacking | null = null;
  #open: Source | null = null;
  #isStopped = false;

  constructor(beside: Neighbours) {
    this.#beside = beside;
  }

  at(place: string): PackedFile | null {
    return this.#files.get(place) ?? null;
  }

  get isOpen(): boolean {
    return this.#unpacking !== null;
  }

  /** Whether all were looked into. */
  get areKnown(): boolean {
    if (this.#working !== null) return false;
    for (const file of this.#files.values()) if (!file.isDone && file.head === null) return false;
    return true;
  }

  /** Compressed bytes of files that wait. */
  get lagBytes(): number {
    let bytes = 0;
    for (const file of this.#files.values()) if (!file.isDone && !file.isLeftover) bytes += file.size;
    return bytes;
  }

  add(path: string, stats: Stats, isLeftover: boolean, round: number, nowMs: number): PackedFile {
    const file = new PackedFile(path, stats, isLeftover, nowMs, this.#beside.timing.settledMs);
    file.look(path, stats, round, nowMs);
    const before = this.#beside.memory.at(file.place)?.fingerprint;
    const packed = before?.packed;
    file.isDone =
      before?.isEnded === true && packed?.size === file.size && packed.modifiedMs === file.modifiedMs;
    this.#files.set(file.place, file);
    return file;
  }

  /** Forgets those that were not seen in this round, and leftovers that are done with. */
  sweep(round: number, nowMs: number): void {
    for (const file of this.#files.values()) {
      const isOver = file.isLeftover
        ? file.isDone && nowMs - file.addedMs > 2 * this.#beside.timing.lingerMs
        : file.seen !== round;
      if (isOver && this.#unpacking?.file !== file) this.#files.delete(file.place);
    }
  }

  /** Works through those that are due, one at a time, beside everything else. */
  pump(sink: LiveSink, onFailure: (error: unknown) => void): void {
    if (this.#working !== null || this.#isStopped || this.#nextDue() === null) return;
    this.#working = this.#workAll(sink)
      .catch(onFailure)
      .finally(() => {
        this.#working = null;
      });
  }

  async #workAll(sink: LiveSink): Promise<void> {
    for (let file = this.#nextDue(); file !== null && !this.#isStopped; file = this.#nextDue())
      try {
        await this.#work(file, sink);
      } catch (error) {
        if (!(error instanceof Moved)) throw error;
        file.postpone();
      }
  }

  /** The oldest. */
  #nextDue(): PackedFile | null {
    const nowMs = Date.now();
    let next: PackedFile | null = null;
    for (const file of this.#files.values())
      if (!file.isDone && file.dueMs <= nowMs && (next === null || file.modifiedMs < next.modifiedMs))
        next = file;
    return next;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#open?.stop();
    await this.#working;
  }

  positions(): StreamPosition[] {
    if (this.#unpacking === null) return [];
    const { id, file, head, sink } = this.#unpacking;
    const fingerprint = formatFingerprint(file.fingerprint(head.length, hashOf(head), false));
    return [{ id, name: file.path, bytes: sink.position, fingerprint }];
  }

  async #work(file: PackedFile, sink: LiveSink): Promise<void> {
    file.head ??= await this.#beginning(file, FINGERPRINT_BYTES);
    if (this.#isStopped || this.#mustWait(file, file.head)) return;
    if (file.isLeftover && this.#beside.memory.beginningLike(file.head) === null) {
      file.isDone = true;
      return;
    }
    if (file.total === null) {
      const { size } = file;
      const { bytes, problems } = await this.#measure(file);
      // Changed while it was read: look() has set when it is due again.
      if (this.#isStopped || file.size !== size) return;
      const { timing } = this.#beside;
      const stalledMs = Date.now() - file.changedMs;
      if (problems.length > 0 && stalledMs < timing.stalledMs) {
        file.dueMs = Date.now() + Math.min(timing.stalledMs - stalledMs, 10 * timing.settledMs);
        file.head = null;
        return;
      }
      file.total = bytes;
      if (this.#mustWait(file, file.head)) return;
    }
    await this.#handOn(file, file.head, file.total, sink);
  }

  /** The same content is still being followed, plain: gzip keeps its input until it is done. */
  #mustWait(file: PackedFile, head: Buffer): boolean {
    if (head.length === 0 || !this.#beside.isFollowed(head)) return false;
    file.dueMs = Date.now() + this.#beside.timing.settledMs;
    return true;
  }

  async #handOn(file: PackedFile, head: Buffer, total: number, sink: LiveSink): Promise<void> {
    const { memory, source } = this.#beside;
    const past = memory.beginningLike(head);
    if (past !== null && total <= past.bytes) {
      this.#remember(file, past.id, head, past.bytes, past);
      return;
    }
    const resumeAt = past?.bytes ?? 0;
    const first =
      resumeAt === 0 ? Buffer.alloc(0) : await this.#beginning(file, Math.min(HEAD_BYTES, resumeAt));
    if (this.#isStopped) return;
    const id = past?.id ?? this.#beside.createId();
    const { path: name } = file;
    const opened = sink.open(source, { name, id, isCompressed: true, resumeAt, head: first });
    if (past !== null) memory.take(past);
    this.#unpacking = { file, id, head, sink: opened };
    const { bytes, problems } = await this.#unpack(file, opened, resumeAt).catch((error: unknown) => {
      opened.end(false, []);
      this.#unpacking = null;
      if (past !== null) memory.put(past);
      throw error;
    });
    opened.end(!this.#isStopped, problems);
    this.#unpacking = null;
    for (const { code, atByte, message } of problems)
      this.#beside.trouble.add(code, phrase`${name}: ${message}`, atByte);
    this.#remember(file, id, head, this.#isStopped ? opened.position : bytes, null);
  }

  /** All of it, but for what the sink does not want. */
  async #unpack(file: PackedFile, sink: StreamSink, resumeAt: number): Promise<Unpacked> {
    const from = Math.max(0, Math.min(sink.from, resumeAt));
    let bytes = 0;
    const problems = await this.#read(file, (chunk) => {
      const skipped = Math.min(chunk.length, Math.max(0, from - bytes));
      bytes += chunk.length;
      if (skipped === chunk.length) return true;
      this.#beside.onBytes(chunk.length - skipped);
      sink.chunk(chunk.subarray(skipped));
      return true;
    });
    return { bytes, problems };
  }

  #remember(file: PackedFile, id: string, head: Buffer, bytes: number, past: PastStream | null): void {
    const { memory } = this.#beside;
    const length = past?.fingerprint.length ?? head.length;
    const hash = past?.fingerprint.hash ?? hashOf(head);
    file.isDone = !this.#isStopped;
    memory.put({ id, name: file.path, bytes, fingerprint: file.fingerprint(length, hash, file.isDone) });
  }

  async #beginning(file: PackedFile, wanted: number): Promise<Buffer> {
    let head = Buffer.alloc(0);
    await this.#read(file, (chunk) => {
      head = Buffer.concat([head, chunk.subarray(0, wanted - head.length)]);
      return head.length < wanted;
    });
    return head;
  }

  async #measure(file: PackedFile): Promise<Unpacked> {
    let bytes = 0;
    const problems = await this.#read(file, (chunk) => {
      bytes += chunk.length;
      return true;
    });
    return { bytes, problems };
  }

  /** Decompressed bytes for `take`, until it says false. What the system refuses becomes a problem. */
  async #read(file: PackedFile, take: (chunk: Buffer) => boolean): Promise<readonly SourceProblem[]> {
    // A look can change the path while the file is opened.
    const { path } = file;
    let source: Source;
    try {
      source = await openSource(path, { sha256: false });
    } catch (error) {
      if (statOf(path) === null) throw new Moved(path);
      const message = error instanceof RigwatchError ? error.phrase : phrase`${String(error)}`;
      return [{ code: 'read-failed', atByte: 0, count: 1, message }];
    }
    this.#open = source;
    try {
      // Rotators move such files on: another may be at the path by now.
      const there = statOf(path);
      if (there === null || placeOf(there.dev, there.ino) !== file.place) {
        source.stop();
        throw new Moved(path);
      }
      for await (const chunk of source.chunks()) if (this.#isStopped || !take(chunk)) break;
      return source.problems;
    } finally {
      this.#open = null;
    }
  }
}
