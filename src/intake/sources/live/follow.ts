/**
 * Followed files: hands on what is new in them. Polled: notifications of the system go blind when a file is renamed.
 */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import { explain, READ_BYTES } from '../raw.js';
import { deferred } from './deferred.js';
import { FileTable } from './file-table.js';
import { type FollowedFile, ReadFailed, type ReadOutcome } from './followed-file.js';
import { FOLLOW_TIMING, type FollowTiming, MAX_OPEN_FILES } from './limits.js';
import type { LiveFigures, LiveSink, LiveSource, StreamPosition } from './live.js';
import { statOf } from './targets.js';
import { Trouble } from './trouble.js';
import type { FileInput } from './url.js';

/** Bytes read of one file before the others get their turn. */
const TURN_BYTES = 16 * READ_BYTES;

/** After so many milliseconds the rest of the process (sockets above all) gets its turn. */
const TURN_MS = 5;

/** Looks at very many files are spaced out: between two, at least so many times as long as one takes. */
const LOOK_SHARE = 4;

export class FollowSource implements LiveSource {
  readonly kind = 'file';
  readonly url: string;
  where: Phrase;
  readonly #end = deferred();
  readonly ended = this.#end.promise;
  readonly #pollMs: number;
  readonly #timing: FollowTiming;
  readonly #trouble = new Trouble();
  readonly #table: FileTable;
  readonly #stopping = new AbortController();
  /** Open ones; those that were closed since are left out when it matters. */
  readonly #open = new Set<FollowedFile>();
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  #running: Promise<void> | null = null;
  #bytes = 0;
  #pieces = 0;

  constructor(input: FileInput, timing = FOLLOW_TIMING) {
    this.url = input.url;
    this.#pollMs = input.pollMs;
    this.#timing = timing;
    this.#table = new FileTable({
      source: this,
      path: input.path,
      trouble: this.#trouble,
      timing,
      onBytes: (bytes) => {
        this.#bytes += bytes;
        this.#pieces++;
      },
    });
    this.where = phrase`file ${this.#table.targets.path}`;
  }

  async start(sink: LiveSink, known: readonly StreamPosition[]): Promise<void> {
    const { targets } = this.#table;
    targets.check();
    if (targets.list(Date.now()).length === 0 && targets.refused.size === 0)
      this.where = phrase`file ${targets.path} (no such file yet: it is waited for)`;
    this.#table.restore(known, Date.now());
    this.#running = this.#run(sink);
    this.#running.then(this.#end.resolve, this.#end.reject);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#table.packed.stop();
    await this.#running?.catch(() => {});
    for (const file of this.#table.followed.values()) file.putAway();
  }

  positions(): StreamPosition[] {
    return this.#table.positions();
  }

  figures(): LiveFigures {
    let lagBytes = this.#table.packed.lagBytes;
    for (const file of this.#table.followed.values()) lagBytes += file.lagBytes;
    return {
      bytes: this.#bytes,
      pieces: this.#pieces,
      dropped: 0,
      lagBytes,
      receiveBuffer: null,
      open: this.#openCount() + (this.#table.packed.isOpen ? 1 : 0),
      problems: this.#trouble.list(),
    };
  }

  async #run(sink: LiveSink): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      const nowMs = Date.now();
      const untilMs = nowMs + this.#pollMs;
      this.#table.look(nowMs);
      const leastRestMs = LOOK_SHARE * (Date.now() - nowMs);
      this.#table.packed.pump(sink, this.#end.reject);
      const isLeft = await this.#readDirty(sink, untilMs);
      const restMs = isLeft ? 0 : Math.max(untilMs - Date.now(), leastRestMs);
      if (restMs <= 0) await nextTurn();
      else if (!signal.aborted) await delay(restMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
  }

  /** Whether something was left to be read at once. */
  async #readDirty(sink: LiveSink, untilMs: number): Promise<boolean> {
    const startMs = Date.now();
    const dirty = [...this.#table.followed.values()].filter(
      (file) => file.isDirty && file.retryMs <= startMs,
    );
    dirty.sort((a, b) => a.modifiedMs - b.modifiedMs);
    let isLeft = false;
    let turnMs = startMs;
    for (const file of dirty) {
      if (!file.isOpen && !this.#reopen(file, startMs)) continue;
      let outcome: ReadOutcome = 'more';
      for (let left = TURN_BYTES; left > 0 && outcome === 'more'; left -= READ_BYTES) {
        outcome = this.#read(file, sink);
        if (Date.now() - turnMs < TURN_MS) continue;
        await nextTurn();
        turnMs = Date.now();
        if (this.#stopping.signal.aborted) return false;
        if (turnMs >= untilMs) return true;
      }
      isLeft ||= outcome === 'more';
    }
    return isLeft;
  }

  #read(file: FollowedFile, sink: LiveSink): ReadOutcome {
    const before = file.offset;
    let outcome: ReadOutcome;
    try {
      outcome = file.read(this, sink, this.#buffer);
    } catch (error) {
      if (!(error instanceof ReadFailed)) throw error;
      this.#trouble.add('read-failed', explain(printable(file.path), error.cause).phrase);
      file.putAway();
      file.isDirty = false;
      return 'drained';
    }
    if (outcome === 'more' && file.offset > before) {
      this.#pieces++;
      this.#bytes += file.offset - before;
    } else if (outcome === 'replaced') this.#table.cut(file, Date.now());
    return outcome;
  }

  /** False where it cannot be opened now; it stays to be read. */
  #reopen(file: FollowedFile, nowMs: number): boolean {
    if (this.#openCount() >= MAX_OPEN_FILES && !this.#makeRoom()) return false;
    try {
      if (!file.open()) return false;
      this.#open.add(file);
      return true;
    } catch (error) {
      if (statOf(file.path) !== null) {
        this.#trouble.add('file-unreadable', explain(printable(file.path), error).phrase);
        file.retryMs = nowMs + this.#timing.retryMs;
      }
      return false;
    }
  }

  #openCount(): number {
    for (const file of this.#open) if (!file.isOpen) this.#open.delete(file);
    return this.#open.size;
  }

  /** Puts the longest quiet file away. */
  #makeRoom(): boolean {
    let quietest: FollowedFile | null = null;
    for (const file of this.#open)
      if (
        !file.isDirty &&
        file.movedMs === null &&
        (quietest === null || file.changedMs < quietest.changedMs)
      )
        quietest = file;
    quietest?.putAway();
    return quietest !== null;
  }
}
