import type { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { phrase } from '../../base/phrase.js';
import { DamagedStream, type Reread } from './compression.js';
import type { Puller } from './pull.js';

/** Output buffer of zlib; its default of 16 KiB halves the speed. */
export const OUTPUT_BYTES = 1 << 18;

/** Compressed bytes handed to zlib at once. Deflate reaches 1032:1, so this bounds what one step can produce. */
const SLICE_BYTES = 1 << 15;

/** The same, when looking for the last good byte before damage, in one run after the other. */
const FINE_BYTES = [64, 1] as const;

/** What a run of the decoder left: output so far, and where the slice begins in which it failed. */
interface Progress {
  sent: number;
  failedFrom: number;
}

/**
 * RFC 1952, any number of members. zlib drops the output of the step in which it meets damage; where the input can
 * be read again, that step is done over in small bites, so that every byte before the damage is got.
 */
export async function* gunzip(input: Puller, reread: Reread): AsyncGenerator<Buffer, void, undefined> {
  const progress: Progress = { sent: 0, failedFrom: 0 };
  try {
    yield* run(input, SLICE_BYTES, progress);
  } catch (error) {
    const found = damage('gzip', error);
    if (found.code === 'damaged-compression') yield* salvage(reread, progress);
    throw found;
  }
}

/** Decodes again from the start, finely where it failed, and yields what was not yet sent. */
async function* salvage(reread: Reread, progress: Progress): AsyncGenerator<Buffer, void, undefined> {
  for (const fineBytes of FINE_BYTES) {
    const again = await reread();
    if (again === null) return;
    try {
      yield* run(again, fineBytes, progress);
    } catch {
      // The damage is known already; this run only fetches what lies before it.
    } finally {
      await again.close();
    }
  }
}

/** Decodes in large slices up to where an earlier run failed, then in slices of `bytes`. */
async function* run(
  input: Puller,
  bytes: number,
  progress: Progress,
): AsyncGenerator<Buffer, void, undefined> {
  const { failedFrom } = progress;
  let seen = 0;
  const sliceBytes = () => {
    const left = failedFrom - input.taken;
    progress.failedFrom = Math.max(failedFrom, input.taken);
    return left > 0 ? Math.min(SLICE_BYTES, left) : bytes;
  };
  for await (const output of transformed(createGunzip({ chunkSize: OUTPUT_BYTES }), input, sliceBytes)) {
    const from = Math.max(0, progress.sent - seen);
    seen += output.length;
    progress.sent = Math.max(progress.sent, seen);
    if (from < output.length) yield output.subarray(from);
  }
}

/** Whether zlib or a zstd of the same interface broke off, or found something wrong. */
export function damage(name: string, error: unknown): DamagedStream {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'Z_BUF_ERROR'
    ? new DamagedStream('truncated-compression', phrase`the ${name} stream breaks off`)
    : new DamagedStream(
        'damaged-compression',
        phrase`the ${name} stream is damaged (${error instanceof Error ? error.message : String(error)})`,
      );
}

/**
 * Runs input through a zlib transform: while one slice is worked on in zlib's thread, the output of the one before is
 * consumed here. `sliceBytes` is asked before each slice.
 */
async function* transformed(
  transform: Transform,
  input: Puller,
  sliceBytes: () => number,
): AsyncGenerator<Buffer, void, undefined> {
  let ready: Buffer[] = [];
  let isEnded = false;
  let wake = () => {};
  let failure: Error | null = null;
  transform.on('data', (output: Buffer) => ready.push(output));
  transform.on('end', () => {
    isEnded = true;
    wake();
  });
  transform.on('error', (error) => {
    failure = error;
    wake();
  });
  // After the last member zlib may end without calling back, so `end` and `error` wake the writer too.
  const step = (start: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      start(resolve);
    });
  try {
    while (!isEnded && failure === null) {
      const slice = await input.some(sliceBytes());
      const output = ready;
      ready = [];
      const working =
        slice.length === 0
          ? step(() => transform.end())
          : step((done) => transform.write(slice, () => done()));
      yield* output;
      await working;
    }
    yield* ready;
    if (failure !== null) throw failure;
  } finally {
    transform.destroy();
  }
}
