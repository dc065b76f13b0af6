import type { Counters } from '../../base/counters.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { createPacket } from '../../model/packet.js';
import type { InputFormat, Probe, RecordSink } from './format.js';
import { MAX_BLOCK_BYTES, MAX_INTERFACES, MAX_RECORD_BYTES } from './limits.js';
import { type Interface, readInterface, timeOf } from './pcapng-interface.js';
import { ProblemList } from './problems.js';
import { RecordReader, type RecordWalker, type Remainder } from './record-reader.js';
import { Resync, Run } from './resync.js';

/** Block types (draft-ietf-opsawg-pcapng §4, §11.1). Up to ENHANCED, but for 4 and 5, they are read. */
const Block = {
  SECTION: 0x0a0d0d0a,
  INTERFACE: 1,
  /** Obsolete (§C). */
  PACKET: 2,
  SIMPLE: 3,
  ENHANCED: 6,
  SECRETS: 10,
} as const;

/** Every block: type, total length, body, total length again (§3.1). */
const BLOCK = { TYPE: 0, LENGTH: 4, BODY: 8, TRAILER: 4, MIN_SIZE: 12 } as const;
const SECTION = { MAGIC: 8, MIN_SIZE: 28 } as const;
const ENHANCED = { INTERFACE: 8, TIME_HIGH: 12, TIME_LOW: 16, CAPTURED: 20, ORIGINAL: 24, DATA: 28 } as const;
/** The obsolete block differs in its interface (16 bits, then 16 bits of drops). */
const PACKET = ENHANCED;
const SIMPLE = { ORIGINAL: 8, DATA: 12 } as const;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Largest block believed after damage: a frame and its options. */
const RESYNC_BLOCK_BYTES = MAX_RECORD_BYTES + 65536;

/** Next-generation capture file: any sections, interfaces, byte orders and time resolutions. */
export const pcapng: InputFormat = {
  name: 'pcapng',
  probe,
  open: (sink, counters) => new RecordReader(new PcapngWalker(sink, counters)),
};

function probe(head: Buffer): Probe {
  if (head.length >= 4 && head.readUInt32BE(0) !== Block.SECTION) return 'no';
  if (head.length < SECTION.MAGIC + 4) return 'more';
  const isMagic = [head.readUInt32LE(SECTION.MAGIC), head.readUInt32BE(SECTION.MAGIC)].includes(
    BYTE_ORDER_MAGIC,
  );
  return isMagic ? 'yes' : 'no';
}

class PcapngWalker implements RecordWalker {
  need: number = BLOCK.MIN_SIZE;
  records = 0;
  readonly problems = new ProblemList();
  readonly #sink: RecordSink;
  readonly #counters: Counters;
  readonly #packet = createPacket();
  readonly #resync: Resync;
  #little = true;
  #hasSection = false;
  #interfaces: Interface[] = [];
  #noTimestamp = 0;
  #blocksSkipped = 0;
  #trailerMismatch = 0;
  #clamped = 0;

  constructor(sink: RecordSink, counters: Counters) {
    this.#sink = sink;
    this.#counters = counters;
    this.#resync = new Resync('pcapng', counters, this.#isRun);
  }

  finish({ atByte, length }: Remainder): void {
    if (length > 0) {
      this.problems.add(
        'truncated-tail',
        atByte,
        phrase`a block is cut short by the end of the input, at byte ${atByte}; it was left out`,
      );
    }
    this.#counters.add('pcapng.no-timestamp', this.#noTimestamp);
    this.#counters.add('pcapng.blocks-skipped', this.#blocksSkipped);
    this.#counters.add('pcapng.trailer-mismatch', this.#trailerMismatch);
    this.#counters.add('pcapng.captured-length-clamped', this.#clamped);
  }

  walk(bytes: Buffer, view: DataView, from: number, end: number, base: number, isLast: boolean): number {
    let at = from;
    do {
      if (this.#resync.isLost) at = this.#resync.search(view, at, end, base, isLast);
      if (this.#resync.isLost) {
        this.need = this.#resync.need;
        return at;
      }
      at = this.#walkBlocks(bytes, view, at, end, base);
    } while (this.#resync.isLost);
    return at;
  }

  #walkBlocks(bytes: Buffer, view: DataView, from: number, end: number, base: number): number {
    this.#packet.bytes = bytes;
    this.#packet.view = view;
    let at = from;
    while (end - at >= BLOCK.MIN_SIZE) {
      const type = view.getUint32(at, this.#little);
      if (type === Block.SECTION ? !this.#readByteOrder(view, at) : !this.#hasSection) {
        return this.#lose('bad-section', base + at, at, phrase`no section header where one must stand`);
      }
      const length = view.getUint32(at + BLOCK.LENGTH, this.#little);
      const isRead = type <= Block.ENHANCED || type === Block.SECTION;
      if (length < BLOCK.MIN_SIZE || length % 4 !== 0 || (isRead && length > MAX_BLOCK_BYTES)) {
        return this.#lose('bad-block-length', base + at, at, phrase`a block that claims ${length} bytes`);
      }
      const next = at + length;
      if (next <= end) {
        if (view.getUint32(next - BLOCK.TRAILER, this.#little) !== length) this.#trailerMismatch++;
        this.#readBlock(type, view, at, next - BLOCK.TRAILER, base);
      } else if (isRead) {
        this.need = length;
        return at;
      } else {
        this.#blocksSkipped++;
        return next;
      }
      at = next;
    }
    this.need = BLOCK.MIN_SIZE;
    return at;
  }

  /** `end`: where the block's trailing length stands. */
  #readBlock(type: number, view: DataView, at: number, end: number, base: number): void {
    switch (type) {
      case Block.ENHANCED:
        this.#readPacket(
          view,
          at,
          end,
          base,
          end - at >= ENHANCED.DATA ? view.getUint32(at + ENHANCED.INTERFACE, this.#little) : -1,
        );
        break;
      case Block.PACKET:
        this.#readPacket(
          view,
          at,
          end,
          base,
          end - at >= PACKET.DATA ? view.getUint16(at + PACKET.INTERFACE, this.#little) : -1,
        );
        break;
      case Block.SIMPLE:
        this.#readSimple(view, at, end, base);
        break;
      case Block.INTERFACE:
        this.#addInterface(view, at, end, base);
        break;
      case Block.SECTION:
        this.#interfaces = [];
        this.#hasSection = true;
        break;
      default:
        this.#blocksSkipped++;
    }
  }

  /** The byte order of the section that begins at `at`; false where there is none. */
  #readByteOrder(view: DataView, at: number): boolean {
    const isLittle = view.getUint32(at + SECTION.MAGIC, true) === BYTE_ORDER_MAGIC;
    if (!isLittle && view.getUint32(at + SECTION.MAGIC, false) !== BYTE_ORDER_MAGIC) return false;
    this.#little = isLittle;
    return true;
  }

  #addInterface(view: DataView, at: number, end: number, base: number): void {
    if (this.#interfaces.length === MAX_INTERFACES) {
      this.problems.add(
        'too-many-interfaces',
        base + at,
        phrase`a section has more than ${MAX_INTERFACES} interfaces; frames of the others were left out`,
      );
      return;
    }
    this.#interfaces.push(readInterface(view, at + BLOCK.BODY, end, this.#little));
  }

  /** An Enhanced Packet Block (§4.3) or the obsolete Packet Block. */
  #readPacket(view: DataView, at: number, end: number, base: number, interfaceId: number): void {
    const little = this.#little;
    const source = this.#interfaceOf(interfaceId, base + at);
    if (source === null) return;
    const timeUs = timeOf(
      source,
      view.getUint32(at + ENHANCED.TIME_HIGH, little),
      view.getUint32(at + ENHANCED.TIME_LOW, little),
    );
    let length = view.getUint32(at + ENHANCED.CAPTURED, little);
    if (length > end - at - ENHANCED.DATA) {
      length = end - at - ENHANCED.DATA;
      this.#clamped++;
    }
    this.#packet.timeUs = timeUs;
    this.#hand(source, at + ENHANCED.DATA, length, view.getUint32(at + ENHANCED.ORIGINAL, little), base + at);
  }

  /** A Simple Packet Block (§4.4): of the first interface, without a time, so it gets that of the frame before it. */
  #readSimple(view: DataView, at: number, end: number, base: number): void {
    const source = this.#interfaceOf(end - at >= SIMPLE.DATA ? 0 : -1, base + at);
    if (source === null) return;
    const wireLength = view.getUint32(at + SIMPLE.ORIGINAL, this.#little);
    const kept = source.snapLength > 0 ? Math.min(wireLength, source.snapLength) : wireLength;
    this.#noTimestamp++;
    this.#hand(source, at + SIMPLE.DATA, Math.min(kept, end - at - SIMPLE.DATA), wireLength, base + at);
  }

  #interfaceOf(id: number, atByte: number): Interface | null {
    const found = id < 0 ? undefined : this.#interfaces[id];
    if (found !== undefined) return found;
    if (id < 0)
      this.problems.add(
        'bad-block-length',
        atByte,
        phrase`the packet block at byte ${atByte} is too short for its own fields; it was left out`,
      );
    else
      this.problems.add(
        'unknown-interface',
        atByte,
        phrase`the packet block at byte ${atByte} names interface ${id}, which its section does not have; it was left out`,
      );
    return null;
  }

  #hand(source: Interface, offset: number, length: number, wireLength: number, atByte: number): void {
    if (length > MAX_RECORD_BYTES) {
      this.problems.add(
        'bad-record-length',
        atByte,
        phrase`the packet block at byte ${atByte} holds ${length} bytes, at most ${MAX_RECORD_BYTES} are taken; it was left out`,
      );
      return;
    }
    const packet = this.#packet;
    packet.linkType = source.linkType;
    packet.frameOffset = offset;
    packet.frameLength = length;
    packet.wireLength = wireLength < length ? length : wireLength;
    this.records++;
    this.#sink.frame(packet);
  }

  #lose(code: string, atByte: number, at: number, what: Phrase): number {
    this.problems.add(
      code,
      atByte,
      phrase`at byte ${atByte} stands ${what}; reading goes on where blocks look right again`,
    );
    this.#resync.begin(atByte);
    return at;
  }

  /** Whether a block of a usual type whose two lengths agree stands at `at`. */
  readonly #isRun = (view: DataView, at: number, end: number, isLast: boolean): number => {
    if (end - at < BLOCK.MIN_SIZE) return isLast ? Run.NO : BLOCK.MIN_SIZE;
    const type = view.getUint32(at, this.#little);
    let little = this.#little;
    if (type === Block.SECTION) {
      little = view.getUint32(at + SECTION.MAGIC, true) === BYTE_ORDER_MAGIC;
      if (view.getUint32(at + SECTION.MAGIC, little) !== BYTE_ORDER_MAGIC) return Run.NO;
    } else if (type === 0 || type > Block.SECRETS || !this.#hasSection) return Run.NO;
    const length = view.getUint32(at + BLOCK.LENGTH, little);
    if (length < BLOCK.MIN_SIZE || length % 4 !== 0 || length > RESYNC_BLOCK_BYTES) return Run.NO;
    if (at + length > end) return isLast ? Run.NO : length;
    return view.getUint32(at + length - BLOCK.TRAILER, little) === length ? Run.YES : Run.NO;
  };
}
