import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Phrase, phrase } from '../../base/phrase.js';
import {
  type Compression,
  DamagedStream,
  type Decoder,
  detectCompression,
  MAGIC_BYTES,
  type Reread,
} from './compression.js';
import { ContentId } from './content-id.js';
import { gunzip } from './gzip.js';
import { type Chunks, Puller } from './pull.js';
import { explain, openRaw, type Raw, READ_BYTES } from './raw.js';
import type { Source, SourceProblem } from './source.js';
import { unxz } from './xz.js';
import { unzstd } from './zstd.js';

/** Folders in folders that are entered. */
const MAX_FOLDER_DEPTH = 64;

const OWN_ENDING = /^(|-wal|-shm|-journal|\.evidence(|\.key|\.\d+))$/;

const DECODERS: Readonly<Record<Compression, Decoder>> = { gzip: gunzip, zstd: unzstd, xz: unxz };

/**
 * The inputs that paths stand for: `-` and anything that is not a folder as given, folders as the files below them,
 * sorted. Links are followed, each folder entered once on a way down; devices, pipes and sockets inside folders are
 * left out, and so are `database` and what lies beside it under its name. What cannot be looked at and a folder that holds
 * nothing stay in the list, so that opening them says why. Throws `input-missing`.
 */
export async function expandInputs(paths: readonly string[], database?: string): Promise<string[]> {
  const isOwn = database === undefined ? () => false : filesOf(database);
  return paths.flatMap((path) => {
    if (path === '-') return [path];
    let stats: Stats;
    try {
      stats = statSync(path);
    } catch (error) {
      throw explain(path, error);
    }
    if (!stats.isDirectory()) return [path];
    const files = [...filesBelow(path, [identityOf(stats)])];
    return files.length === 0 ? [path] : files.filter((file) => !isOwn(file));
  });
}

/** Tells the files of our own database: SQLite's log and index beside it, the evidence log with its key and segments. */
function filesOf(database: string): (path: string) => boolean {
  const folder = statSync(dirname(database), { throwIfNoEntry: false });
  const name = basename(database);
  return (path) => {
    if (folder === undefined || !basename(path).startsWith(name)) return false;
    const isOurs = OWN_ENDING.test(basename(path).slice(name.length));
    return isOurs && identityOf(statSync(dirname(path))) === identityOf(folder);
  };
}

function* filesBelow(folder: string, above: readonly string[]): Generator<string> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    yield folder;
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.isFile()) yield path;
    else if (stats.isDirectory()) {
      const identity = identityOf(stats);
      if (above.length < MAX_FOLDER_DEPTH && !above.includes(identity))
        yield* filesBelow(path, [...above, identity]);
    }
  }
}

const identityOf = (stats: Stats) => `${stats.dev}:${stats.ino}`;

/**
 * Opens a file, FIFO or device by its path, or standard input by `-`. gzip, zstd and xz are recognised by content and
 * undone on the way. Throws InputError `input-missing` or `input-unreadable`; all later trouble goes to `problems`.
 */
export async function openSource(path: string, options: { readonly sha256: boolean }): Promise<Source> {
  return new ByteSource(path, await openRaw(path), options.sha256);
}

class ByteSource implements Source {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly problems: SourceProblem[] = [];
  bytesRead = 0;
  #sent = 0;
  readonly #raw: Raw;
  readonly #wantsHash: boolean;
  readonly #identity = new ContentId();
  #digest: string | null = null;
  #isStopped = false;
  #isBroken = false;
  #isComplete = false;

  constructor(name: string, raw: Raw, wantsHash: boolean) {
    this.name = name;
    this.sizeBytes = raw.sizeBytes;
    this.#raw = raw;
    this.#wantsHash = wantsHash;
  }

  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    const raw = this.#measured();
    try {
      try {
        for await (const chunk of decoded(raw, this.#reread)) {
          if (this.#isStopped) return;
          this.#sent += chunk.length;
          yield chunk;
        }
      } catch (error) {
        if (!(error instanceof DamagedStream)) throw error;
        this.#problem(error.code, phrase`${error.said}; what it held before, ${this.#sent} bytes, was read`);
      }
      // Identity and hash are those of the whole file, whatever a decoder left unread.
      while ((await raw.next()).done !== true);
      this.#isComplete = !this.#isStopped && !this.#isBroken;
    } finally {
      await raw.return();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#raw.stop();
  }

  contentId(): string {
    return this.#identity.digest();
  }

  async sha256(): Promise<string | null> {
    if (!this.#isComplete) return null;
    return this.#digest;
  }

  /** The raw bytes, counted and identified. What the system refuses becomes a problem and an end. */
  async *#measured(): AsyncGenerator<Buffer, void, undefined> {
    const hash = this.#wantsHash ? createHash('sha256') : null;
    try {
      for await (const chunk of this.#raw.read()) {
        this.bytesRead += chunk.length;
        this.#identity.update(chunk);
        hash?.update(chunk);
        yield chunk;
      }
      this.#digest = hash?.digest('hex') ?? null;
    } catch (error) {
      if (this.#isStopped) return;
      this.#isBroken = true;
      const said = error instanceof Error ? error.message : String(error);
      this.#problem('read-failed', phrase`reading stopped at byte ${this.bytesRead}: ${said}`);
    }
  }

  /** The same file once more, for a decoder that met damage; null where that cannot be. */
  readonly #reread = async (): Promise<Puller | null> => {
    if (this.#raw.path === null || this.#isStopped) return null;
    const again = await openRaw(this.#raw.path);
    return new Puller(again.read());
  };

  #problem(code: string, message: Phrase): void {
    this.problems.push({ code, atByte: this.#sent, count: 1, message });
  }
}

async function* decoded(raw: Chunks, reread: Reread): AsyncGenerator<Buffer, void, undefined> {
  const input = new Puller(raw);
  const head = await input.peek(MAGIC_BYTES);
  const compression = detectCompression(head);
  if (compression !== null) {
    yield* DECODERS[compression](input, reread);
    return;
  }
  for (let chunk = await input.some(READ_BYTES); chunk.length > 0; chunk = await input.some(READ_BYTES))
    yield chunk;
}
