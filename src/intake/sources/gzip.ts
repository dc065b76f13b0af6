import type { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DamagedStream, type Reread } from './compression.js';
import type { Puller } from './pull.js';

/** Output buffer of zlib; its default of 16 KiB halves the speed. */
export const OUTPUT_BYTES = 1 << 18;

/** Compressed bytes handed to zlib at once. Deflate reaches 1032:1, so this bounds what one step can produce. */
const SLICE_BYTES = 1 << 15;

/** The same, when looking for the last good byte before damage. */
const FINE_BYTES = 64;

/**
 * RFC 1952, any number of members. zlib drops the output of the step in which it meets damage; where the input can
 * be read again, that step is done over in small bites, so that all but the last few bytes are got.
 */
export async function* gunzip(input: Puller, reread: Reread): AsyncGenerator<Buffer, void, undefined> {
  let sent = 0;
  let fed = 0;
  try {
    for await (const output of transformed(createGunzip({ chunkSize: OUTPUT_BYTES }), input, () => {
      fed = input.taken;
      return SLICE_BYTES;
    })) {
      sent += output.length;
      yield output;
    }
  } catch (error) {
    const found = damage('gzip', error);
    const again = found.code === 'damaged-compression' ? await reread() : null;
    if (again !== null) yield* salvage(again, fed, sent);
    throw found;
  }
}

/** Decodes again from the start, finely from `coarse` compressed bytes on, and yields what comes after `sent` bytes. */
async function* salvage(
  input: Puller,
  coarse: number,
  sent: number,
): AsyncGenerator<Buffer, void, undefined> {
  let seen = 0;
  const sizeOf = () => (input.taken < coarse ? Math.min(SLICE_BYTES, coarse - input.taken) : FINE_BYTES);
  try {
    for await (const output of transformed(createGunzip({ chunkSize: OUTPUT_BYTES }), input, sizeOf)) {
      const from = Math.max(0, sent - seen);
      seen += output.length;
      if (from < output.length) yield output.subarray(from);
    }
  } catch {
    // The damage is known already; this run only fetched what lies before it.
  } finally {
    await input.close();
  }
}

/** Whether zlib or a zstd of the same interface broke off, or found something wrong. */
export function damage(name: string, error: unknown): DamagedStream {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'Z_BUF_ERROR'
    ? new DamagedStream('truncated-compression', `the ${name} stream breaks off`)
    : new DamagedStream(
        'damaged-compression',
        `the ${name} stream is damaged (${error instanceof Error ? error.message : String(error)})`,
      );
}

/**
 * Runs input through a zlib transform: while one slice is worked on in zlib's thread, the output of the one before is
 * consumed here. `sliceBytes` is asked before each slice.
 */
export async function* transformed(
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
