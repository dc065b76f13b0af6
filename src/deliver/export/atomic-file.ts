import { createWriteStream, existsSync, realpathSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { isSystemError, systemReason } from '../../base/system-error.js';

/**
 * Writes a file whole or not at all: to a temporary name beside it, to the disk, then in its place.
 * What is not a regular file (a pipe, /dev/null) is written to directly.
 */
export async function writeAtomically(path: string, write: (out: Writable) => Promise<void>): Promise<void> {
  try {
    const target = existsSync(path) ? realpathSync(path) : path;
    if (existsSync(target) && !statSync(target).isFile()) return await fill(target, write);
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      await fill(temporary, write);
      await sync(temporary);
      await rename(temporary, target);
      await sync(dirname(target));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(
      'output-unwritable',
      phrase`${path}: cannot be written (${systemReason(error)}); nothing was changed`,
      {
        cause: error,
      },
    );
  }
}

async function fill(path: string, write: (out: Writable) => Promise<void>): Promise<void> {
  const out = createWriteStream(path, { mode: 0o644 });
  // Seen by whoever awaits: here only so that a failure between two writes is not an unhandled event.
  out.on('error', () => undefined);
  try {
    await write(out);
    out.end();
    await finished(out);
  } finally {
    out.destroy();
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
