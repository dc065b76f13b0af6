import { ReadableStream } from 'node:stream/web';
import { crc32 } from 'node:zlib';
import xzDecompress from 'xz-decompress';
import { DamagedStream } from './compression.js';
import type { Puller } from './pull.js';

/** Bytes handed to the decoder at once. */
const SLICE_BYTES = 1 << 16;

/** The .xz file format §2.1.2: CRC32, backward size, flags, "YZ". */
const FOOTER = { CRC: 0, SUMMED: 4, MAGIC: 10, SIZE: 12 } as const;

/** Steps without output after the last input: the decoder is stuck. */
const MAX_IDLE_STEPS = 64;

/** .xz, any number of streams, with stream padding between them. */
export async function* unxz(input: Puller): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.from(await input.some(SLICE_BYTES));
  while (rest.length > 0) {
    const feed = new Feed(input, rest);
    yield* stream(feed);
    rest = await withoutPadding(input, feed.afterFooter());
  }
}

/**
 * The decoder takes what it wants and does not tell how much of the last slice belonged to its stream, so the last
 * slice, and the end of the one before, are kept here to look for the stream's footer in them.
 */
class Feed {
  readonly #input: Puller;
  #first: Buffer | null;
  #tail: Buffer = Buffer.alloc(0);
  #last: Buffer = Buffer.alloc(0);
  isDone = false;

  constructor(input: Puller, first: Buffer) {
    this.#input = input;
    this.#first = first;
  }

  async next(): Promise<Buffer | null> {
    const slice = this.#first ?? Buffer.from(await this.#input.some(SLICE_BYTES));
    this.#first = null;
    if (slice.length === 0) {
      this.isDone = true;
      return null;
    }
    this.#tail = Buffer.concat([this.#tail, this.#last]).subarray(-(FOOTER.SIZE - 1));
    this.#last = slice;
    return slice;
  }

  /** What the last slice holds after the footer. */
  afterFooter(): Buffer {
    const bytes = Buffer.concat([this.#tail, this.#last]);
    for (let at = 0; at + FOOTER.SIZE <= bytes.length; at++) {
      if (bytes[at + FOOTER.MAGIC] !== 0x59 || bytes[at + FOOTER.MAGIC + 1] !== 0x5a) continue;
      if (
        crc32(bytes.subarray(at + FOOTER.SUMMED, at + FOOTER.MAGIC)) === bytes.readUInt32LE(at + FOOTER.CRC)
      )
        return bytes.subarray(at + FOOTER.SIZE);
    }
    return Buffer.alloc(0);
  }
}

async function* stream(feed: Feed): AsyncGenerator<Buffer, void, undefined> {
  const compressed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const slice = await feed.next();
        if (slice === null) controller.close();
        else controller.enqueue(slice);
      },
    },
    { highWaterMark: 0 },
  );
  const reader = new xzDecompress.XzReadableStream(compressed).getReader();
  let idle = 0;
  try {
    for (;;) {
      const step = await reader.read();
      if (step.done) return;
      if (step.value.length > 0) {
        yield Buffer.from(step.value.buffer, step.value.byteOffset, step.value.byteLength);
      } else if (feed.isDone && ++idle > MAX_IDLE_STEPS) {
        throw new Error('no more output');
      }
    }
  } catch (error) {
    if (feed.isDone) throw new DamagedStream('truncated-compression', 'the xz stream breaks off');
    throw new DamagedStream(
      'damaged-compression',
      `the xz stream is damaged (${error instanceof Error ? error.message : String(error)})`,
    );
  } finally {
    // Frees the decoder's memory; without it the next stream would wait for ever.
    await reader.cancel().catch(() => {});
  }
}

/** The .xz file format §2.2: padding between streams is null bytes. */
async function withoutPadding(input: Puller, first: Buffer): Promise<Buffer> {
  let rest = first;
  for (;;) {
    const at = rest.findIndex((byte) => byte !== 0);
    if (at >= 0) return Buffer.from(rest.subarray(at));
    rest = await input.some(SLICE_BYTES);
    if (rest.length === 0) return Buffer.alloc(0);
  }
}
