import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { type Phrase, phrase } from '../../base/phrase.js';
import { DamagedStream, isSkippableFrame, ZSTD_MAGIC } from './compression.js';
import { damage, OUTPUT_BYTES } from './gzip.js';
import type { Puller } from './pull.js';

/** Largest block, compressed or plain (RFC 8878 §3.1.1.2.4). */
const MAX_BLOCK_BYTES = 1 << 17;

/** Largest window, as the zstd program has it without `--long=31`: bounds memory. */
const MAX_WINDOW_BYTES = 1 << 27;

/**
 * fzstd moves its whole window with every block, so tiny blocks under a large window would hang it. A frame may cost so
 * many moved bytes for each byte of output, beyond a first allowance.
 */
const MAX_MOVED_PER_BYTE = 16384;
const FREE_MOVED_BYTES = 2 ** 32;

const BlockType = { RAW: 0, RLE: 1, COMPRESSED: 2 } as const;

/** Node before 22.15 has no zstd of its own. */
type ZstdFactory = (options: { chunkSize: number }) => Transform;
const createNative = (zlib as { createZstdDecompress?: ZstdFactory }).createZstdDecompress ?? null;

/** RFC 8878, any number of frames; skippable frames are skipped. */
export async function* unzstd(input: Puller): AsyncGenerator<Buffer, void, undefined> {
  for (;;) {
    const magic = await input.take(4);
    if (magic.length === 0) return;
    if (magic.length < 4) throw cut();
    const value = magic.readUInt32LE(0);
    if (isSkippableFrame(value)) await skip(input, (await exactly(input, 4)).readUInt32LE(0));
    else if (value === ZSTD_MAGIC) yield* frame(input);
    else throw wrong(phrase`bytes that are no zstd frame`);
  }
}

async function* frame(input: Puller): AsyncGenerator<Buffer, void, undefined> {
  const header = await readFrameHeader(input);
  const decoder = createNative === null ? portable() : native(createNative);
  try {
    await decoder.feed(header.bytes);
    let moved = 0;
    let produced = 0;
    for (let isLast = false; !isLast; ) {
      const blockHeader = Buffer.from(await exactly(input, 3));
      const word = blockHeader.readUIntLE(0, 3);
      isLast = (word & 1) === 1;
      const type = (word >>> 1) & 3;
      const size = word >>> 3;
      if (type > BlockType.COMPRESSED || size > MAX_BLOCK_BYTES)
        throw wrong(phrase`an impossible block header`);
      const body = await exactly(input, type === BlockType.RLE ? 1 : size);
      moved += createNative === null ? header.windowBytes : 0;
      if (moved > FREE_MOVED_BYTES + produced * MAX_MOVED_PER_BYTE)
        throw wrong(phrase`blocks far too small for their window`);
      for (const output of await decoder.feed(Buffer.concat([blockHeader, body]))) {
        produced += output.length;
        yield output;
      }
    }
    const checksum = header.hasChecksum ? Buffer.from(await exactly(input, 4)) : Buffer.alloc(0);
    yield* await decoder.end(checksum);
  } finally {
    decoder.close();
  }
}

interface FrameHeader {
  /** From the magic on. */
  readonly bytes: Buffer;
  readonly windowBytes: number;
  readonly hasChecksum: boolean;
}

/** RFC 8878 §3.1.1.1, after the magic. */
async function readFrameHeader(input: Puller): Promise<FrameHeader> {
  const descriptor = (await exactly(input, 1)).readUInt8(0);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  const windowLength = isSingleSegment ? 0 : 1;
  const dictionaryLength = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeLength = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
  const rest = Buffer.from(await exactly(input, windowLength + dictionaryLength + sizeLength));
  let windowBytes = 0;
  if (isSingleSegment) {
    windowBytes = Number(readUnsigned(rest.subarray(dictionaryLength)));
  } else {
    const windowDescriptor = rest.readUInt8(0);
    const base = 2 ** (10 + (windowDescriptor >>> 3));
    windowBytes = base + (base / 8) * (windowDescriptor & 7);
  }
  if (windowBytes > MAX_WINDOW_BYTES) {
    throw new DamagedStream(
      'unsupported-compression',
      phrase`a zstd frame wants a window of ${windowBytes} bytes, at most ${MAX_WINDOW_BYTES} are given`,
    );
  }
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(ZSTD_MAGIC);
  return {
    bytes: Buffer.concat([magic, Buffer.from([descriptor]), rest]),
    windowBytes,
    hasChecksum: (descriptor & 4) !== 0,
  };
}

function readUnsigned(bytes: Buffer): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return value;
}

/** One frame's decoder. It is fed a block at a time, so a step gives at most one block's output. */
interface FrameDecoder {
  feed(bytes: Buffer): Promise<Buffer[]> | Buffer[];
  end(bytes: Buffer): Promise<Buffer[]> | Buffer[];
  close(): void;
}

/** fzstd keeps what it is fed: never feed it a buffer that will be reused. It does not check checksums. */
function portable(): FrameDecoder {
  let ready: Buffer[] = [];
  const decoder = new Decompress((output) => {
    ready.push(Buffer.from(output.buffer, output.byteOffset, output.byteLength));
  });
  const push = (bytes: Buffer, isLast: boolean) => {
    ready = [];
    try {
      decoder.push(bytes, isLast);
    } catch (error) {
      throw damage('zstd', error);
    }
    return ready;
  };
  return {
    feed: (bytes) => push(bytes, false),
    end: (bytes) => push(bytes, true),
    close: () => {},
  };
}

function native(create: ZstdFactory): FrameDecoder {
  const transform = create({ chunkSize: OUTPUT_BYTES });
  let ready: Buffer[] = [];
  let fail = (_error: Error) => {};
  let finish = () => {};
  transform.on('data', (output: Buffer) => ready.push(output));
  transform.on('error', (error) => fail(error));
  transform.on('end', () => finish());
  const step = async (start: (done: () => void) => void) => {
    ready = [];
    await new Promise<void>((resolve, reject) => {
      fail = (error) => reject(damage('zstd', error));
      finish = resolve;
      start(resolve);
    });
    return ready;
  };
  return {
    feed: (bytes) => step((done) => transform.write(bytes, () => done())),
    end: (bytes) => step(() => transform.end(bytes)),
    close: () => transform.destroy(),
  };
}

async function exactly(input: Puller, count: number): Promise<Buffer> {
  const bytes = await input.take(count);
  if (bytes.length < count) throw cut();
  return bytes;
}

async function skip(input: Puller, count: number): Promise<void> {
  for (let left = count; left > 0; ) {
    const part = await input.some(left);
    if (part.length === 0) throw cut();
    left -= part.length;
  }
}

function cut(): DamagedStream {
  return new DamagedStream('truncated-compression', phrase`the zstd stream breaks off`);
}

function wrong(what: Phrase): DamagedStream {
  return new DamagedStream('damaged-compression', phrase`the zstd stream is damaged (${what})`);
}
