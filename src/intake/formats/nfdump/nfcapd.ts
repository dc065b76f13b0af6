import { decompress } from 'fzstd';
import type { Counters } from '../../../base/counters.js';
import { phrase } from '../../../base/phrase.js';
import type { InputFormat, Probe, RecordSink } from '../format.js';
import { ProblemList } from '../problems.js';
import { RecordReader, type RecordWalker, type Remainder } from '../record-reader.js';
import { decodeBzip2Block } from './bzip2.js';
import { FlowBytes } from './flow-bytes.js';
import { decodeLz4Block } from './lz4.js';
import { decodeLzoBlock } from './lzo.js';

const MAGIC = 0xa50c;
/** File header of layout 2 (nfdump 1.7, nffileV2.h) and of layout 1 with its statistics (1.6), bytes. */
const LAYOUT_2 = { COMPRESSION: 16, ENCRYPTION: 17, SIZE: 40 } as const;
const LAYOUT_1 = { FLAGS: 4, SIZE: 276, LZO: 1, BZ2: 8, LZ4: 0x10 } as const;
const BLOCK = { SIZE_AT: 4, TYPE: 8, FLAGS: 10, SIZE: 12, PLAIN: 1, RECORDS_1: 2, RECORDS_2: 3 } as const;

const Compression = { NONE: 0, LZO: 1, BZ2: 2, LZ4: 3, ZSTD: 4 } as const;
/** Write the block into a buffer and tell its length, -1 where it is damaged or too large. */
const DECODERS: Readonly<Record<number, (bytes: Uint8Array, into: Uint8Array) => number>> = {
  [Compression.LZO]: decodeLzoBlock,
  [Compression.BZ2]: decodeBzip2Block,
  [Compression.LZ4]: decodeLz4Block,
};

/** Largest block, stored or unpacked, bytes: nfdump's own buffers are 1 MiB, 5 MiB in some builds. */
const MAX_BLOCK_BYTES = 8 * 1024 * 1024;

/** ZSTD frame header: magic, descriptor, then window and content size (RFC 8878 §3.1.1). */
const ZSTD_MAGIC = 0xfd2fb528;

/** nfdump’s own files of 1.6 (layout 1) and 1.7 (layout 2), uncompressed, LZO, BZ2, LZ4 or ZSTD. */
export const nfcapd: InputFormat = {
  name: 'nfcapd',
  probe,
  open: (sink, counters) => new RecordReader(new NfcapdWalker(sink, counters)),
};

function probe(head: Buffer): Probe {
  if (head.length < 4) return head.length >= 2 && !hasMagic(head) ? 'no' : 'more';
  if (!hasMagic(head)) return 'no';
  const layout = head.readUInt16LE(0) === MAGIC ? head.readUInt16LE(2) : head.readUInt16BE(2);
  return layout === 1 || layout === 2 ? 'yes' : 'no';
}

function hasMagic(head: Buffer): boolean {
  return head.readUInt16LE(0) === MAGIC || head.readUInt16BE(0) === MAGIC;
}

class NfcapdWalker implements RecordWalker {
  need: number = LAYOUT_2.SIZE;
  readonly problems = new ProblemList();
  readonly #counters: Counters;
  readonly #flows: FlowBytes;
  #out: Buffer | null = null;
  #layout = 0;
  #little = true;
  #compression: number = Compression.NONE;
  #unread = 0;
  #isBroken = false;

  constructor(sink: RecordSink, counters: Counters) {
    this.#counters = counters;
    this.#flows = new FlowBytes(sink);
  }

  get records(): number {
    return this.#flows.told;
  }

  finish({ atByte, length }: Remainder): void {
    if (length > 0) {
      this.problems.add(
        'truncated-tail',
        atByte,
        phrase`the block at byte ${atByte} is cut short; it was left out`,
      );
    }
    this.#flows.count(this.#counters);
    this.#counters.add('nfcapd.unread-records', this.#unread);
  }

  walk(bytes: Buffer, view: DataView, from: number, end: number, base: number): number {
    let at = from;
    if (this.#layout === 0) {
      if (end - at < LAYOUT_2.SIZE) return at;
      const layout = view.getUint16(at + 2, view.getUint16(at, true) === MAGIC);
      const size = layout === 1 ? LAYOUT_1.SIZE : LAYOUT_2.SIZE;
      this.need = size;
      if (end - at < size) return at;
      this.#readHeader(view, at, layout, base);
      at += size;
    }
    while (!this.#isBroken && end - at >= BLOCK.SIZE) {
      const size = view.getUint32(at + BLOCK.SIZE_AT, this.#little);
      if (size > MAX_BLOCK_BYTES) {
        this.problems.add(
          'bad-block-length',
          base + at,
          phrase`the block at byte ${base + at} claims ${size} bytes, at most ${MAX_BLOCK_BYTES} are taken; the rest was left out`,
        );
        this.#isBroken = true;
        break;
      }
      this.need = BLOCK.SIZE + size;
      if (end - at < this.need) return at;
      this.#readBlock(bytes, view, at, size, base + at);
      at += BLOCK.SIZE + size;
    }
    if (this.#isBroken) return end;
    this.need = BLOCK.SIZE;
    return at;
  }

  #readHeader(view: DataView, at: number, layout: number, base: number): void {
    this.#layout = layout;
    this.#little = view.getUint16(at, true) === MAGIC;
    if (layout === 1) {
      const flags = view.getUint32(at + LAYOUT_1.FLAGS, this.#little);
      if ((flags & LAYOUT_1.LZO) !== 0) this.#compression = Compression.LZO;
      else if ((flags & LAYOUT_1.BZ2) !== 0) this.#compression = Compression.BZ2;
      else if ((flags & LAYOUT_1.LZ4) !== 0) this.#compression = Compression.LZ4;
      return;
    }
    this.#compression = view.getUint8(at + LAYOUT_2.COMPRESSION);
    if (view.getUint8(at + LAYOUT_2.ENCRYPTION) === 0) return;
    this.problems.add('encrypted', base + at, phrase`the nfcapd file is encrypted; nothing of it was read`);
    this.#isBroken = true;
  }

  #readBlock(bytes: Buffer, view: DataView, at: number, size: number, place: number): void {
    const type = view.getUint16(at + BLOCK.TYPE, this.#little);
    const records = view.getUint32(at, this.#little);
    if (type !== BLOCK.RECORDS_1 && type !== BLOCK.RECORDS_2) {
      this.#unread += records;
      this.problems.add(
        'unread-block',
        place,
        phrase`the block at byte ${place} is of type ${type}; it was left out`,
      );
      return;
    }
    const stored = bytes.subarray(at + BLOCK.SIZE, at + BLOCK.SIZE + size);
    const isPlain =
      this.#layout === 2 && (view.getUint16(at + BLOCK.FLAGS, this.#little) & BLOCK.PLAIN) !== 0;
    const block = isPlain ? stored : this.#unpack(stored, place);
    if (block === null) {
      this.#unread += records;
      return;
    }
    const blockView = new DataView(block.buffer, block.byteOffset, block.length);
    if (this.#flows.read(blockView, block.length, this.#little)) return;
    this.problems.add(
      'bad-record-length',
      place,
      phrase`a record in the block at byte ${place} has an impossible length; the rest of the block was left out`,
    );
  }

  /** The block's records; null where they cannot be had, which is then a problem. */
  #unpack(stored: Buffer, place: number): Uint8Array | null {
    const kind = this.#compression;
    if (kind === Compression.NONE) return stored;
    const decode = DECODERS[kind];
    if (decode !== undefined) {
      this.#out ??= Buffer.allocUnsafeSlow(MAX_BLOCK_BYTES);
      const length = decode(stored, this.#out);
      if (length >= 0) return this.#out.subarray(0, length);
    } else if (kind === Compression.ZSTD) {
      const block = unpackZstd(stored);
      if (block !== null) return block;
    } else {
      this.problems.add(
        'unread-compression',
        place,
        phrase`blocks of compression ${kind} are not read; rewrite the file with LZ4: nfdump -r FILE -z=lz4 -w NEWFILE`,
      );
      return null;
    }
    this.problems.add(
      'bad-block',
      place,
      phrase`the block at byte ${place} cannot be unpacked; it was left out`,
    );
    return null;
  }
}

/** Null where the frame is damaged, or does not say that it fits MAX_BLOCK_BYTES. */
function unpackZstd(stored: Buffer): Uint8Array | null {
  if (stored.length < 18 || stored.readUInt32LE(0) !== ZSTD_MAGIC) return null;
  const size = zstdContentSize(stored);
  if (size < 0 || size > MAX_BLOCK_BYTES) return null;
  try {
    const block = decompress(stored, new Uint8Array(size));
    return block.length <= size ? block : null;
  } catch {
    return null;
  }
}

/** The content size that the frame header tells; -1 where it tells none. */
function zstdContentSize(frame: Buffer): number {
  const descriptor = frame[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingle ? 0 : 1) + dictionary;
  switch (descriptor >> 6) {
    case 0:
      return isSingle ? (frame[at] ?? -1) : -1;
    case 1:
      return frame.readUInt16LE(at) + 256;
    case 2:
      return frame.readUInt32LE(at);
    default:
      return Number(frame.readBigUInt64LE(at));
  }
}
