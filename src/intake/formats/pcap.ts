import type { Counters } from '../../base/counters.js';
import { phrase } from '../../base/phrase.js';
import { createPacket } from '../../model/packet.js';
import type { InputFormat, Probe, RecordSink } from './format.js';
import { MAX_RECORD_BYTES } from './limits.js';
import { ProblemList } from './problems.js';
import { RecordReader, type RecordWalker, type Remainder } from './record-reader.js';
import { Resync, Run } from './resync.js';

/** File header (draft-ietf-opsawg-pcap §4), in bytes from its start. */
const FILE = { MAGIC: 0, MAJOR: 4, MINOR: 6, SNAP_LENGTH: 16, LINK_TYPE: 20, SIZE: 24 } as const;

/** Record header (§5). Kuznetzov's has the interface, protocol and packet type after it. */
const RECORD = { SECONDS: 0, FRACTION: 4, CAPTURED: 8, ORIGINAL: 12, SIZE: 16, MODIFIED_SIZE: 24 } as const;

const Magic = { MICROSECONDS: 0xa1b2c3d4, NANOSECONDS: 0xa1b23c4d, MODIFIED: 0xa1b2cd34 } as const;
const MAGICS: ReadonlySet<number> = new Set(Object.values(Magic));

/** The link type's field keeps the length of the frame check sequence in its upper bits. */
const LINK_TYPE_MASK = 0xffff;

/** Files before version 2.3 have the two lengths the other way round (libpcap, sf-pcap.c). */
const FIRST_MINOR_IN_ORDER = 3;

/** Record headers in a row that look right before they are believed, after damage. */
const RESYNC_RUN = 3;
/** Neighbouring records are no further apart than this, in seconds, when judging after damage. */
const RESYNC_SECONDS = 86400;

/** Classic capture file: microseconds or nanoseconds, both byte orders, Kuznetzov’s variant. */
export const pcap: InputFormat = {
  name: 'pcap',
  probe,
  resumeHead: () => FILE.SIZE,
  open: (sink, counters) => new RecordReader(new PcapWalker(sink, counters)),
};

function probe(head: Buffer): Probe {
  if (head.length < 4) return 'more';
  return MAGICS.has(head.readUInt32LE(0)) || MAGICS.has(head.readUInt32BE(0)) ? 'yes' : 'no';
}

class PcapWalker implements RecordWalker {
  need: number = FILE.SIZE;
  records = 0;
  readonly problems = new ProblemList();
  readonly #sink: RecordSink;
  readonly #counters: Counters;
  readonly #packet = createPacket();
  readonly #resync: Resync;
  #hasHeader = false;
  #little = true;
  #headerSize: number = RECORD.SIZE;
  #capturedAt: number = RECORD.CAPTURED;
  #originalAt: number = RECORD.ORIGINAL;
  /** Units of the fraction in a microsecond. */
  #perMicrosecond = 1;
  #usualLength = MAX_RECORD_BYTES;
  #lastSeconds = -1;
  #overSnapLength = 0;

  constructor(sink: RecordSink, counters: Counters) {
    this.#sink = sink;
    this.#counters = counters;
    this.#resync = new Resync('pcap', counters, this.#isRun);
  }

  finish({ atByte, length }: Remainder): void {
    if (length > 0) {
      const what = this.#hasHeader ? phrase`a record` : phrase`the file header`;
      this.problems.add(
        'truncated-tail',
        atByte,
        phrase`${what} beginning at byte ${atByte} is cut short by the end of the input; it was left out`,
      );
    }
    this.#counters.add('pcap.over-snap-length', this.#overSnapLength);
  }

  walk(bytes: Buffer, view: DataView, from: number, end: number, base: number, isLast: boolean): number {
    let at = from;
    if (!this.#hasHeader) {
      if (end - at < FILE.SIZE) return at;
      this.#readHeader(view, at);
      at += FILE.SIZE;
    }
    do {
      if (this.#resync.isLost) at = this.#resync.search(view, at, end, base, isLast);
      if (this.#resync.isLost) {
        this.need = this.#resync.need;
        return at;
      }
      at = this.#walkRecords(bytes, view, at, end, base);
    } while (this.#resync.isLost);
    return at;
  }

  /** Hands on whole records; stops at an unfinished one, or, having begun to resync, at a damaged one. */
  #walkRecords(bytes: Buffer, view: DataView, from: number, end: number, base: number): number {
    const sink = this.#sink;
    const packet = this.#packet;
    const little = this.#little;
    const headerSize = this.#headerSize;
    const capturedAt = this.#capturedAt;
    const originalAt = this.#originalAt;
    const perMicrosecond = this.#perMicrosecond;
    const usualLength = this.#usualLength;
    packet.bytes = bytes;
    packet.view = view;
    let at = from;
    while (end - at >= headerSize) {
      const length = view.getUint32(at + capturedAt, little);
      if (length > usualLength && !this.#isTolerable(view, at, length, base)) return at;
      const next = at + headerSize + length;
      if (next > end) {
        this.need = next - at;
        return at;
      }
      const wireLength = view.getUint32(at + originalAt, little);
      const seconds = view.getUint32(at, little);
      const fraction = view.getUint32(at + RECORD.FRACTION, little);
      packet.timeUs = seconds * 1e6 + Math.floor(fraction / perMicrosecond);
      packet.frameOffset = at + headerSize;
      packet.frameLength = length;
      packet.wireLength = wireLength < length ? length : wireLength;
      this.#lastSeconds = seconds;
      this.records++;
      sink.frame(packet);
      at = next;
    }
    this.need = headerSize;
    return at;
  }

  #readHeader(view: DataView, at: number): void {
    this.#little = MAGICS.has(view.getUint32(at + FILE.MAGIC, true));
    const little = this.#little;
    const magic = view.getUint32(at + FILE.MAGIC, little);
    this.#headerSize = magic === Magic.MODIFIED ? RECORD.MODIFIED_SIZE : RECORD.SIZE;
    this.#perMicrosecond = magic === Magic.NANOSECONDS ? 1000 : 1;
    if (
      view.getUint16(at + FILE.MAJOR, little) === 2 &&
      view.getUint16(at + FILE.MINOR, little) < FIRST_MINOR_IN_ORDER
    ) {
      this.#capturedAt = RECORD.ORIGINAL;
      this.#originalAt = RECORD.CAPTURED;
    }
    const snapLength = view.getUint32(at + FILE.SNAP_LENGTH, little);
    if (snapLength > 0 && snapLength < MAX_RECORD_BYTES) this.#usualLength = snapLength;
    this.#packet.linkType = view.getUint32(at + FILE.LINK_TYPE, little) & LINK_TYPE_MASK;
    this.#hasHeader = true;
  }

  /**
   * A record longer than the snap length: writers lie about that, and then it is read. Not where its time is impossible
   * too, nor above the bound: then it is no record.
   */
  #isTolerable(view: DataView, at: number, length: number, base: number): boolean {
    if (length <= MAX_RECORD_BYTES && this.#isFraction(view.getUint32(at + RECORD.FRACTION, this.#little))) {
      this.#overSnapLength++;
      return true;
    }
    this.problems.add(
      'bad-record-length',
      base + at,
      phrase`the record at byte ${base + at} claims ${length} bytes, at most ${MAX_RECORD_BYTES} are taken; reading goes on where records look right again`,
    );
    this.#resync.begin(base + at);
    return false;
  }

  #isFraction(fraction: number): boolean {
    return fraction < 1e6 * this.#perMicrosecond;
  }

  /** Whether RESYNC_RUN record headers, or fewer up to the end of the input, follow each other from `start` on. */
  readonly #isRun = (view: DataView, start: number, end: number, isLast: boolean): number => {
    let seconds = this.#lastSeconds;
    let at = start;
    for (let seen = 0; seen < RESYNC_RUN; seen++) {
      if (end - at < this.#headerSize) {
        if (!isLast) return at + this.#headerSize - start;
        return seen > 0 && at <= end && (at === end || seen > 1) ? Run.YES : Run.NO;
      }
      if (!this.#isPlausible(view, at, seconds)) return Run.NO;
      seconds = view.getUint32(at + RECORD.SECONDS, this.#little);
      at += this.#headerSize + view.getUint32(at + this.#capturedAt, this.#little);
    }
    return Run.YES;
  };

  #isPlausible(view: DataView, at: number, lastSeconds: number): boolean {
    const length = view.getUint32(at + this.#capturedAt, this.#little);
    if (length === 0 || length > MAX_RECORD_BYTES) return false;
    const wireLength = view.getUint32(at + this.#originalAt, this.#little);
    if (wireLength < length || wireLength > MAX_RECORD_BYTES) return false;
    if (!this.#isFraction(view.getUint32(at + RECORD.FRACTION, this.#little))) return false;
    const seconds = view.getUint32(at + RECORD.SECONDS, this.#little);
    return lastSeconds < 0 || Math.abs(seconds - lastSeconds) <= RESYNC_SECONDS;
  }
}
