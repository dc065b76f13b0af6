import { closeSync, existsSync, openSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Line, linesOf, reading } from './lines.js';

/** What a log is called; other files, packages say, have no segments. */
const LOG_NAME = /\.evidence$/;
const SEGMENT = /^[1-9]\d{0,14}$/;

/**
 * The files that make up a log, in order: those that rotation closed, which lie beside it as `PATH.N`, N being the number
 * of the first entry, then the log itself where it is there.
 */
export function segmentsOf(path: string): string[] {
  const itself = existsSync(path) ? [path] : [];
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  if (!LOG_NAME.test(path) || !existsSync(folder)) return itself;
  const closed = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && SEGMENT.test(name.slice(prefix.length)))
    .sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
    .map((name) => join(folder, name))
    // Killed in the middle of a rotation, the log has two names.
    .filter((file) => itself.every((active) => !isSame(file, active)));
  return [...closed, ...itself];
}

export function isSame(a: string, b: string): boolean {
  const [one, other] = [statSync(a), statSync(b)];
  return one.ino === other.ino && one.dev === other.dev;
}

/** The lines of files, one after the other. */
export function* linesOfFiles(paths: readonly string[]): Generator<Line> {
  for (const path of paths) {
    const file = openSync(path, 'r');
    try {
      yield* linesOf(reading(file), path);
    } finally {
      closeSync(file);
    }
  }
}
