import { Worker } from 'node:worker_threads';

/**
 * SHA-256 of a whole file in a thread of its own, so that the thread that analyses is not slowed. The worker is given
 * as text: the same runs from source, from dist and inside a bundle.
 */
const WORKER = `
const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const hash = createHash('sha256');
const buffer = Buffer.allocUnsafeSlow(1 << 19);
const file = openSync(workerData, 'r');
for (let got; (got = readSync(file, buffer, 0, buffer.length, null)) > 0; ) hash.update(buffer.subarray(0, got));
parentPort.postMessage(hash.digest('hex'));
`;

export interface FileHash {
  /** Lower-case hex, or null where the file could not be read again or the work was cancelled. */
  result(): Promise<string | null>;
  cancel(): void;
}

/** Starts at once; does not keep the process alive unless its result is awaited. */
export function hashFile(path: string): FileHash {
  const worker = new Worker(WORKER, { eval: true, workerData: path });
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
