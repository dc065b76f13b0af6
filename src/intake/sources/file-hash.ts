import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { alignedMemory } from '../../base/aligned-memory.js';
import { READ_BYTES } from './raw.js';

/** A thread costs more than hashing so much does. */
const SMALL_BYTES = 16 * 1024 * 1024;

/**
 * SHA-256 of a whole file in a thread of its own, so that the thread that analyses is not slowed. The worker is given
 * as text: the same runs from source, from dist and inside a bundle.
 */
const WORKER = `
const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');
const { parentPort, workerData: { path, memory, offset, size } } = require('node:worker_threads');
const hash = createHash('sha256');
const buffer = Buffer.from(memory, offset, size);
const file = openSync(path, 'r');
for (let got; (got = readSync(file, buffer, 0, size, null)) > 0; ) hash.update(buffer.subarray(0, got));
parentPort.postMessage(hash.digest('hex'));
`;

export interface FileHash {
  /** Lower-case hex, or null where the file could not be read again or the work was cancelled. */
  result(): Promise<string | null>;
  cancel(): void;
}

/** Large files start at once, without keeping the process alive unless their result is awaited; small ones when asked. */
export function hashFile(path: string, size: number): FileHash {
  return size <= SMALL_BYTES ? hashWhenAsked(path) : hashInThread(path);
}

function hashWhenAsked(path: string): FileHash {
  let isCancelled = false;
  return {
    async result() {
      if (isCancelled) return null;
      try {
        return createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
      } catch {
        return null;
      }
    },
    cancel() {
      isCancelled = true;
    },
  };
}

function hashInThread(path: string): FileHash {
  const { memory, offset } = alignedMemory(READ_BYTES);
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: { path, memory, offset, size: READ_BYTES },
    transferList: [memory],
  });
  worker.unref();
  const done = new Promise<string | null>((resolve) => {
    worker.once('message', (digest: string) => resolve(digest));
    worker.once('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
  return {
    result: () => {
      worker.ref();
      return done;
    },
    cancel: () => void worker.terminate(),
  };
}
