/** Which files a file:// input stands for: one file, all below a folder, or those that fit a pattern. */
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { InputError, UsageError } from '../../../base/errors.js';
import { phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import { explain } from '../raw.js';
import { placeOf } from './fingerprint.js';
import { MAX_FOLDER_DEPTH, MAX_FOLLOWED_FILES, MAX_SIBLINGS } from './limits.js';

/** nfcapd writes the head of its file anew when it is done, and then renames it: the same records would come twice. */
const NFCAPD_UNDONE = /^nfcapd\.current(\.\d+)?$/;

const WILDCARD = /[*?[]/;

/** A folder's time of change can lag behind its content within this, in milliseconds (ticks, file servers' clocks). */
const UNSURE_MS = 2000;
/** Read again after so long whatever its time says, in milliseconds. */
const RELIST_MS = 10_000;

interface Entry {
  readonly name: string;
  readonly path: string;
  /** What the folder says it is; a link can lead to anything. */
  readonly kind: Dirent;
}

interface Listing {
  readonly modifiedMs: number;
  readonly readMs: number;
  readonly entries: readonly Entry[];
}

export class Targets {
  /** Absolute. */
  readonly path: string;
  /** Files beyond MAX_FOLLOWED_FILES at the last listing. */
  overLimit = 0;
  /** Folders that could not be listed the last time, and why. */
  readonly refused = new Map<string, unknown>();
  readonly #pattern: Pattern | null;
  readonly #listings = new Map<string, Listing>();
  #found: string[] = [];
  /** Folders of this listing, by place: each is entered once, however many links lead there. */
  readonly #entered = new Set<string>();

  constructor(path: string) {
    this.path = resolve(path);
    this.#pattern = WILDCARD.test(path) && statOf(this.path) === null ? compile(this.path) : null;
  }

  /** Throws InputError where nothing can ever be found: the folder is not there, or closed. A file may come later. */
  check(): void {
    const stats = statOf(this.path);
    if (stats !== null && !stats.isFile() && !stats.isDirectory())
      throw new InputError(
        'input-unreadable',
        phrase`${printable(this.path)}: is neither a file nor a folder; a pipe can be read through standard input (-)`,
      );
    if (stats !== null) return;
    const folder = this.#pattern?.folder ?? dirname(this.path);
    try {
      statSync(folder);
    } catch (error) {
      throw explain(printable(folder), error);
    }
    if (this.#pattern !== null) return;
    try {
      statSync(this.path, { throwIfNoEntry: false });
    } catch (error) {
      throw explain(printable(this.path), error);
    }
  }

  /** Whether all below a folder is meant. */
  get isFolder(): boolean {
    return this.#pattern === null && statOf(this.path)?.isDirectory() === true;
  }

  /** Paths of all files that are meant and there now. Hidden ones are not, nor those that nfcapd writes: they are not done. */
  list(nowMs: number): readonly string[] {
    this.#found = [];
    this.overLimit = 0;
    this.refused.clear();
    this.#entered.clear();
    if (this.#pattern !== null) this.#walk(this.#pattern.folder, '', 0, nowMs, this.#pattern);
    else {
      const stats = statOf(this.path);
      if (stats?.isFile()) this.#found.push(this.path);
      else if (stats?.isDirectory()) this.#walk(this.path, '', 0, nowMs, null);
    }
    return this.#found;
  }

  #walk(folder: string, relative: string, depth: number, nowMs: number, pattern: Pattern | null): void {
    const stats = statOf(folder);
    if (stats === null) return;
    const place = placeOf(stats.dev, stats.ino);
    if (this.#entered.has(place)) return;
    this.#entered.add(place);
    const deepest = Math.min(pattern?.depth ?? MAX_FOLDER_DEPTH, MAX_FOLDER_DEPTH);
    for (const entry of this.#entries(folder, stats, nowMs)) {
      const isHidden = entry.name.startsWith('.') && pattern?.wantsHidden !== true;
      if (isHidden || NFCAPD_UNDONE.test(entry.name)) continue;
      const { path } = entry;
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const kind = entry.kind.isSymbolicLink() ? statOf(path) : entry.kind;
      if (kind === null) continue;
      if (kind.isDirectory()) {
        if (depth < deepest) this.#walk(path, name, depth + 1, nowMs, pattern);
      } else if (kind.isFile() && (pattern === null || pattern.fits.test(name))) this.#add(path);
    }
  }

  #add(path: string): void {
    if (this.#found.length < MAX_FOLLOWED_FILES) this.#found.push(path);
    else this.overLimit++;
  }

  #entries(folder: string, { mtimeMs }: Stats, nowMs: number): readonly Entry[] {
    const known = this.#listings.get(folder);
    if (
      known !== undefined &&
      known.modifiedMs === mtimeMs &&
      known.readMs - mtimeMs > UNSURE_MS &&
      nowMs - known.readMs < RELIST_MS
    )
      return known.entries;
    try {
      const found = readdirSync(folder, { withFileTypes: true });
      const entries = found.map((kind) => ({ name: kind.name, path: join(folder, kind.name), kind }));
      if (this.#listings.size > MAX_FOLLOWED_FILES) this.#listings.clear();
      this.#listings.set(folder, { modifiedMs: mtimeMs, readMs: nowMs, entries });
      return entries;
    } catch (error) {
      this.#listings.delete(folder);
      if (this.refused.size < MAX_FOLLOWED_FILES && statOf(folder) !== null) this.refused.set(folder, error);
      return [];
    }
  }
}

/** Null where nothing can be seen there. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/**
 * Files beside `path` that may hold what it held: `eve.json.1`, `eve.json-20261126.gz`, `conn.12-00.log` for `conn.log`.
 */
export function siblingsOf(path: string): string[] {
  const folder = dirname(path);
  const name = basename(path);
  const dot = name.indexOf('.', 1);
  const stem = dot < 0 ? name : name.slice(0, dot);
  try {
    return readdirSync(folder)
      .filter((other) => other !== name && other.startsWith(stem) && /^[._-]/.test(other.slice(stem.length)))
      .slice(0, MAX_SIBLINGS)
      .map((other) => join(folder, other));
  } catch {
    return [];
  }
}

interface Pattern {
  /** The deepest folder that holds all matches. */
  readonly folder: string;
  /** Of paths below it, with `/` between names. */
  readonly fits: RegExp;
  /** Folders below it that matches can lie in. */
  readonly depth: number;
  readonly wantsHidden: boolean;
}

/** `*` and `?` within a name, `[a-z]`, `[!a-z]`, and `**` for any folders between. */
function compile(path: string): Pattern {
  const names = path.split(sep);
  const first = names.findIndex((name) => WILDCARD.test(name));
  const folder = names.slice(0, first).join(sep) || sep;
  const rest = names.slice(first);
  let text = '';
  rest.forEach((name, at) => {
    const isLast = at === rest.length - 1;
    if (name === '**') text += isLast ? '.*' : '(?:[^/]*/)*';
    else text += nameExpression(name) + (isLast ? '' : '/');
  });
  return {
    folder,
    fits: expressionOf(path, text),
    depth: rest.includes('**') ? MAX_FOLDER_DEPTH : rest.length - 1,
    wantsHidden: rest.some((name) => name.startsWith('.')),
  };
}

function expressionOf(path: string, text: string): RegExp {
  try {
    return new RegExp(`^${text}$`, 's');
  } catch (error) {
    const said = phrase`is no pattern: expected names with *, ?, [a-z], [!a-z], or ** for any folders`;
    throw new UsageError('input-url-invalid', phrase`${printable(path)}: ${said}`, { cause: error });
  }
}

function nameExpression(name: string): string {
  return name.replace(/\*+|\?|\[!?[^\]]+\]|[\\^$+.()|{}[\]]/g, (part) => {
    if (part.startsWith('*')) return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 2)
      return `[${part[1] === '!' ? '^/' : ''}${part.slice(part[1] === '!' ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&')}]`;
    return `\\${part}`;
  });
}
