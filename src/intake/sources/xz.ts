import { phrase } from '../../base/phrase.js';
import { DamagedStream } from './compression.js';
import type { Puller } from './pull.js';

/** Bytes handed to the decoder at once. */
const SLICE_BYTES = 1 << 16;

/** Steps without output after the last input: the decoder is stuck. */
const MAX_IDLE_STEPS = 64;

/** The .xz file format, any number of streams with padding between them. One decoder at a time runs in a process. */
export async function* unxz(input: Puller): AsyncGenerator<Buffer, void, undefined> {
  let isDone = false;
  const compressed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // The decoder keeps what it is given for some steps; chunks are reused.
        const slice = Buffer.from(await input.some(SLICE_BYTES));
        isDone = slice.length === 0;
        if (isDone) controller.close();
        else controller.enqueue(slice);
      },
    },
    { highWaterMark: 0 },
  );
  const { default: xzDecompress } = await import('xz-decompress');
  const reader = new xzDecompress.XzReadableStream(compressed).getReader();
  let idle = 0;
  try {
    for (;;) {
      const step = await reader.read();
      if (step.done) return;
      if (step.value.length > 0) {
        yield Buffer.from(step.value.buffer, step.value.byteOffset, step.value.byteLength);
      } else if (isDone && ++idle > MAX_IDLE_STEPS) {
        throw new Error('no more output');
      }
    }
  } catch (error) {
    throw isDone
      ? new DamagedStream('truncated-compression', phrase`the xz stream breaks off`)
      : new DamagedStream(
          'damaged-compression',
          phrase`the xz stream is damaged (${error instanceof Error ? error.message : String(error)})`,
        );
  } finally {
    // Frees the decoder's memory; without it the next one would wait for ever.
    await reader.cancel().catch(() => {});
  }
}
