import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { NotifyTarget } from './target.js';

/** A pipe that nobody reads is an error, not a wait without end. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** `file:PATH`: a line each at the end of a file, made where it is missing. Opened anew each time, so it may be rotated. */
export function fileTarget(path: string, key: string): NotifyTarget {
  return {
    name: `file:${path}`,
    key,
    async send(bodies) {
      const file = await open(path, APPEND, 0o640);
      try {
        await appendWhole(file, lines(bodies));
        await file.datasync().catch(ignoreUnsyncable);
      } finally {
        await file.close();
      }
    },
    close: async () => undefined,
  };
}

/** `-`: standard output. */
export function stdoutTarget(key: string): NotifyTarget {
  return {
    name: '-',
    key,
    send: (bodies) =>
      new Promise((resolve, reject) => {
        process.stdout.write(lines(bodies), (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => undefined,
  };
}

/** All of it or nothing: on a full disk half a line would stand before the next. */
async function appendWhole(file: FileHandle, text: string): Promise<void> {
  const { size } = await file.stat();
  try {
    await file.appendFile(text);
  } catch (error) {
    const now = await file.stat();
    if (now.size > size) await file.truncate(size);
    throw error;
  }
}

function lines(bodies: readonly string[]): string {
  return bodies.map((body) => `${body}\n`).join('');
}

/** Pipes and devices cannot be synced. */
function ignoreUnsyncable(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP') throw error;
}
