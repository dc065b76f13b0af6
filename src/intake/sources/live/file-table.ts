/**
 * What a file:// input knows of its files: which are followed, which rest, which are compressed; and which are the same
 * content under another name. Looks and decides; reading is left to others.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import { detectCompression, mayBecomeCompressed } from '../compression.js';
import { explain } from '../raw.js';
import { placeOf } from './fingerprint.js';
import { FollowedFile } from './followed-file.js';
import { FollowedHeads } from './followed-heads.js';
import { FINGERPRINT_BYTES, type FollowTiming, MAX_FOLLOWED_FILES, SLEEPY_POLLS } from './limits.js';
import type { LiveSource, StreamPosition } from './live.js';
import { PackedFiles } from './packed-files.js';
import { type Resting, RestingFiles } from './resting-files.js';
import { isSameStream, type PastStream, StreamMemory } from './stream-memory.js';
import { siblingsOf, statOf, Targets } from './targets.js';
import type { Trouble } from './trouble.js';

/** What a path led to when it was looked at last. */
interface Seen {
  seen: number;
  readonly changedMs: number;
}

interface Arrival {
  readonly path: string;
  readonly stats: Stats;
  readonly isLeftover: boolean;
}

/** A stream whose file was cut short, or that was read before a restart. */
interface CutShort {
  readonly untilMs: number;
  /** Where it lay: what stands there now is new, under whatever name. Null: before a restart. */
  readonly place: string | null;
}

export interface FileTableOptions {
  readonly source: LiveSource;
  readonly path: string;
  readonly trouble: Trouble;
  readonly timing: FollowTiming;
  /** Decompressed bytes were handed on. */
  onBytes(bytes: number): void;
}

export class FileTable {
  readonly targets: Targets;
  readonly packed: PackedFiles;
  /** By place (device and inode). */
  readonly followed = new Map<string, FollowedFile>();
  readonly #memory = new StreamMemory();
  readonly #trouble: Trouble;
  readonly #timing: FollowTiming;
  readonly #resting = new RestingFiles();
  readonly #heads = new FollowedHeads();
  readonly #byPath = new Map<string, Seen>();
  /** Streams cut short, by id: the rest of them is looked for beside their path. */
  readonly #cutShort = new Map<string, CutShort>();
  /** Streams read before a restart that had not ended: those that are not found again are told. Null: told. */
  #awaited: Set<string> | null = null;
  #round = 0;
  #toldOverLimit = 0;
  /** Folders whose refusal was told. */
  #refused: ReadonlySet<string> = new Set();

  constructor({ source, path, trouble, timing, onBytes }: FileTableOptions) {
    this.targets = new Targets(path);
    this.#trouble = trouble;
    this.#timing = timing;
    this.packed = new PackedFiles({
      source,
      memory: this.#memory,
      trouble,
      timing,
      isFollowed: (head) => this.#heads.twinOf(head) !== null,
      createId,
      onBytes,
    });
  }

  /** Before the first look: what was read before a restart. */
  restore(known: readonly StreamPosition[], nowMs: number): void {
    this.#awaited = new Set();
    for (const position of known) {
      this.#memory.restore(position);
      if (this.#memory.get(position.id)?.fingerprint.isEnded === false) this.#awaited.add(position.id);
      // Rotated while nobody watched: the rest may lie beside.
      if (!this.targets.isFolder) this.#cutShort.set(position.id, { untilMs: nowMs, place: null });
    }
  }

  positions(): StreamPosition[] {
    const followed = [...this.followed.values()].map((file) => file.saved());
    return [...followed, ...this.packed.positions(), ...this.#memory.positions()];
  }

  /** What there is, what is new, what is gone. */
  look(nowMs: number): void {
    const round = ++this.#round;
    const arrivals: Arrival[] = [];
    this.targets.list(nowMs).forEach((path, at) => {
      const before = this.#byPath.get(path);
      if (
        before !== undefined &&
        nowMs - before.changedMs > this.#timing.sleepyMs &&
        (round + at) % SLEEPY_POLLS !== 0
      ) {
        before.seen = round;
        return;
      }
      const stats = statOf(path);
      if (stats?.isFile()) this.#see(path, stats, nowMs, arrivals);
    });
    this.#admitAll(arrivals, nowMs);
    this.#seekCutShort(nowMs);
    this.#sweep(nowMs);
    this.#tellMissing();
    this.#tellRefused();
    const more = this.targets.overLimit - this.#toldOverLimit;
    if (more <= 0) return;
    this.#toldOverLimit += more;
    const message = phrase`${printable(this.targets.path)}: files beyond the first ${MAX_FOLLOWED_FILES} are not followed`;
    this.#trouble.add('too-many-files', message, 0, more);
  }

  #tellRefused(): void {
    const { refused } = this.targets;
    for (const [folder, error] of refused)
      if (!this.#refused.has(folder))
        this.#trouble.add('file-unreadable', explain(printable(folder), error).phrase);
    this.#refused = new Set(refused.keys());
  }

  #see(path: string, stats: Stats, nowMs: number, arrivals: Arrival[]): void {
    const round = this.#round;
    const place = placeOf(stats.dev, stats.ino);
    const file = this.followed.get(place);
    const packed = this.packed.at(place);
    if (file !== undefined) {
      // A second name of the same file: one is enough.
      if (file.seen !== round) file.look(path, stats, nowMs);
      file.seen = round;
      this.#byPath.set(path, file);
    } else if (packed !== null) {
      packed.look(path, stats, round, nowMs);
      this.#byPath.set(path, packed);
    } else {
      const resting = this.#resting.at(place, stats, nowMs);
      if (resting === null) arrivals.push({ path, stats, isLeftover: false });
      else {
        resting.seen = round;
        this.#byPath.set(path, resting);
      }
    }
  }

  /** Those that lie where they lay go first, so that a copy does not take their place; then the oldest. */
  #admitAll(arrivals: Arrival[], nowMs: number): void {
    const isHome = ({ stats }: Arrival) => Number(this.#memory.at(placeOf(stats.dev, stats.ino)) !== null);
    arrivals.sort((a, b) => isHome(b) - isHome(a) || a.stats.mtimeMs - b.stats.mtimeMs);
    for (const arrival of arrivals) {
      const place = placeOf(arrival.stats.dev, arrival.stats.ino);
      if (!this.followed.has(place) && this.packed.at(place) === null) this.#admit(arrival, place, nowMs);
    }
  }

  #admit(arrival: Arrival, place: string, nowMs: number): void {
    const { path, stats, isLeftover } = arrival;
    const head = this.#readHead(arrival, place, nowMs);
    if (head === null) return;
    // Nothing yet, or too little to tell what it is.
    if (head.length === 0 || (detectCompression(head) === null && mayBecomeCompressed(head))) {
      this.#rest(arrival, place, nowMs);
    } else if (detectCompression(head) !== null) {
      this.#resting.wake(place);
      const file = this.packed.add(path, stats, isLeftover, this.#round, nowMs);
      this.#byPath.set(path, file);
    } else this.#admitPlain(arrival, place, head, nowMs);
  }

  #admitPlain(arrival: Arrival, place: string, head: Buffer, nowMs: number): void {
    const { stats, isLeftover } = arrival;
    const before = this.#memory.at(place);
    if (before !== null && isSameStream(before, head, stats.size)) {
      this.#follow(arrival, head, before.id, before, nowMs);
      return;
    }
    const twin = this.#heads.twinOf(head);
    if (twin !== null) {
      this.#admitTwin(arrival, place, head, twin, nowMs);
      return;
    }
    const past = this.#memory.beginningLike(head);
    const isCutInPlace = past !== null && past === before && stats.size < past.bytes;
    if (past === null || isCutInPlace) {
      const isOurs = !isLeftover || [...this.#cutShort.values()].some((cut) => cut.place === place);
      if (!isOurs) this.#rest(arrival, place, nowMs);
      else this.#follow(arrival, head, createId(), null, nowMs);
      return;
    }
    // A copy of what was read before: all of it, or not yet.
    if (stats.size < past.bytes) this.#rest(arrival, place, nowMs);
    else this.#follow(arrival, head, past.id, past, nowMs);
  }

  /** A copy of a file that is followed: not read, unless it goes on where the other one has stopped. */
  #admitTwin(arrival: Arrival, place: string, head: Buffer, twin: FollowedFile, nowMs: number): void {
    // Copied and then cut short, perhaps since it was looked at: ask before believing that it stands still.
    this.#refresh(twin, nowMs);
    const goesOn = arrival.stats.size > twin.size;
    if (goesOn && !twin.isDirty && nowMs - twin.changedMs >= this.#timing.lingerMs)
      this.#follow(arrival, head, createId(), twin.past(), nowMs);
    else {
      // A young twin may turn out to be none.
      const isSure = twin.head.length >= FINGERPRINT_BYTES && !goesOn;
      this.#rest(arrival, place, nowMs, isSure ? Number.POSITIVE_INFINITY : nowMs);
    }
  }

  #follow(arrival: Arrival, head: Buffer, id: string, past: PastStream | null, nowMs: number): void {
    const { path, stats, isLeftover } = arrival;
    const file = new FollowedFile(path, stats, { id, head, past, isLeftover, nowMs });
    file.seen = this.#round;
    if (past !== null && past.id === id) this.#memory.take(past);
    this.#resting.wake(file.place);
    this.followed.set(file.place, file);
    this.#byPath.set(path, file);
    this.#heads.add(file, head);
  }

  #rest({ stats }: Arrival, place: string, nowMs: number, retryMs = Number.POSITIVE_INFINITY): Resting {
    return this.#resting.rest(place, stats, this.#round, nowMs, retryMs);
  }

  /** Null where it cannot be read, which is told once. */
  #readHead(arrival: Arrival, place: string, nowMs: number): Buffer | null {
    const { path } = arrival;
    try {
      const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const now = fstatSync(file);
        // Replaced since it was looked at: the next round sees what it is.
        if (placeOf(now.dev, now.ino) !== place) return null;
        const head = Buffer.alloc(FINGERPRINT_BYTES);
        return head.subarray(0, readSync(file, head, 0, head.length, 0));
      } finally {
        closeSync(file);
      }
    } catch (error) {
      const { phrase } = explain(printable(path), error);
      if (statOf(path) === null) return null;
      const resting = this.#rest(arrival, place, nowMs, nowMs + this.#timing.retryMs);
      if (!resting.isRefused) this.#trouble.add('file-unreadable', phrase);
      resting.isRefused = true;
      return null;
    }
  }

  /** Ends what is gone and read; forgets what is gone and was never read. */
  #sweep(nowMs: number): void {
    const round = this.#round;
    for (const file of this.followed.values()) if (file.seen !== round) this.#lookAfterMoved(file, nowMs);
    this.#resting.sweep(round);
    this.packed.sweep(round, nowMs);
    if (this.#byPath.size > 2 * (this.followed.size + this.#resting.size) + MAX_FOLLOWED_FILES)
      this.#byPath.clear();
  }

  /** Once all that was there at the start has been considered. */
  #tellMissing(): void {
    if (this.#awaited === null || this.#round < 2 || !this.packed.areKnown) return;
    for (const id of this.#awaited) {
      const past = this.#memory.get(id);
      if (past === null || past.fingerprint.isEnded) continue;
      const message = phrase`${printable(past.name)}: was read to byte ${past.bytes} before the restart and is not there any more; what was written behind that is missing`;
      this.#trouble.add('file-gone', message, past.bytes);
      this.#memory.put({ ...past, fingerprint: { ...past.fingerprint, isEnded: true } });
    }
    this.#awaited = null;
  }

  /** One that no target leads to any more. */
  #lookAfterMoved(file: FollowedFile, nowMs: number): void {
    const there = this.#refresh(file, nowMs);
    if (there !== null && placeOf(there.dev, there.ino) === file.place) {
      if (file.isLeftover && !file.isDirty && nowMs - file.changedMs >= this.#timing.lingerMs)
        this.#finish(file);
      return;
    }
    file.movedMs ??= nowMs;
    if (!file.isOpen) {
      if (nowMs - file.movedMs >= this.#timing.movingMs) this.#lose(file);
      return;
    }
    if (file.isDirty) return;
    const quietMs = nowMs - Math.max(file.changedMs, file.movedMs);
    const isReplaced = file.links === 0 || there !== null;
    if (quietMs >= (isReplaced ? this.#timing.lingerMs : this.#timing.movedAwayMs)) this.#finish(file);
  }

  /** How the file stands now; says what is at its path, which can be another. */
  #refresh(file: FollowedFile, nowMs: number): Stats | null {
    const there = statOf(file.path);
    if (there !== null && placeOf(there.dev, there.ino) === file.place) file.look(file.path, there, nowMs);
    else file.lookInside(nowMs);
    return there;
  }

  #lose(file: FollowedFile): void {
    const { lagBytes, path } = file;
    if (lagBytes > 0) {
      const message = phrase`${printable(path)}: was gone before its last ${lagBytes} bytes were read`;
      this.#trouble.add('file-vanished', message, file.offset);
    }
    this.#finish(file);
  }

  /** Its content was replaced in place. */
  cut(file: FollowedFile, nowMs: number): void {
    const message = phrase`was cut short or written anew in place; lines written just before can be missing`;
    const problem = { code: 'file-cut-short', atByte: file.offset, count: 1, message };
    this.#trouble.add(problem.code, phrase`${printable(file.path)}: ${message}`, problem.atByte);
    file.putAway([problem]);
    file.settle();
    this.#forget(file);
    this.#cutShort.set(file.id, { untilMs: nowMs + this.#timing.lingerMs, place: file.place });
  }

  #finish(file: FollowedFile): void {
    file.finish();
    this.#forget(file);
  }

  /** It is followed no longer, but will be known again. */
  #forget(file: FollowedFile): void {
    this.followed.delete(file.place);
    this.#heads.delete(file);
    if (this.#byPath.get(file.path) === file) this.#byPath.delete(file.path);
    this.#memory.put(file.past());
    this.#resting.streamEnded();
  }

  #seekCutShort(nowMs: number): void {
    if (this.#cutShort.size === 0) return;
    this.#seekRests([...this.#cutShort.keys()], nowMs);
    for (const [id, { untilMs }] of this.#cutShort) if (nowMs >= untilMs) this.#cutShort.delete(id);
  }

  /** Looks beside the paths of ended streams for files that go on with them. */
  #seekRests(ids: readonly string[], nowMs: number): void {
    const names = new Set(ids.flatMap((id) => this.#memory.get(id)?.name ?? []));
    const arrivals: Arrival[] = [];
    for (const name of names)
      for (const path of siblingsOf(name)) {
        const stats = statOf(path);
        if (!stats?.isFile()) continue;
        const place = placeOf(stats.dev, stats.ino);
        if (this.followed.has(place) || this.packed.at(place) !== null) continue;
        if (this.#resting.at(place, stats, nowMs) !== null) continue;
        arrivals.push({ path, stats, isLeftover: true });
      }
    this.#admitAll(arrivals, nowMs);
  }
}

const createId = () => randomBytes(8).toString('hex');
