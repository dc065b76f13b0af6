/** IPFIX files (RFC 5655): messages back to back, as YAF, ipfixcol2 and pmacct write them. Also IPFIX over TCP. */
import type { Counters } from '../../../base/counters.js';
import { phrase } from '../../../base/phrase.js';
import type { InputFormat, Probe, RecordSink } from '../format.js';
import { ProblemList } from '../problems.js';
import { RecordReader, type RecordWalker, type Remainder } from '../record-reader.js';
import { ExportDecoder } from './decoder.js';
import { viewOf } from './message.js';
import { areSets, looksLikeExport } from './recognise.js';

const HEADER = 16;
const VERSION = 10;
/** 2000 and 2100. */
const EARLIEST_SECONDS = 946684800;
const LATEST_SECONDS = 4102444800;

/** IPFIX messages in a file (RFC 5655): YAF, ipfixcol2, pmacct. */
export const ipfixFile: InputFormat = {
  name: 'ipfix',
  probe,
  open: (sink, counters) => new RecordReader(new IpfixFileWalker(sink, counters)),
};

/** The first message must be right as far as it is seen, and the second begin where the first ends. */
function probe(head: Buffer): Probe {
  if (head.length >= 2 && head.readUInt16BE(0) !== VERSION) return 'no';
  if (head.length < HEADER) return 'more';
  const view = viewOf(head);
  if (!isHeader(view, 0)) return 'no';
  const length = view.getUint16(2);
  if (length <= HEADER) return 'no';
  if (length <= head.length) {
    if (!looksLikeExport(head, 0, length)) return 'no';
    return head.length < length + HEADER || isHeader(view, length) ? 'yes' : 'no';
  }
  return isFirstSet(view, HEADER, length, head.length) ? 'yes' : head.length < HEADER + 4 ? 'more' : 'no';
}

/** Of a message longer than what is seen of it: its sets as far as they go. */
function isFirstSet(view: DataView, from: number, end: number, seen: number): boolean {
  let at = from;
  while (seen - at >= 4) {
    const next = at + view.getUint16(at + 2);
    if (next > end) return false;
    if (next > seen) return isSetId(view.getUint16(at)) && at + 4 <= next;
    if (!areSets(view, at, next, 2, 3)) return false;
    at = next;
  }
  return at > from;
}

const isSetId = (id: number): boolean => id === 2 || id === 3 || id >= 256;

function isHeader(view: DataView, at: number): boolean {
  const seconds = view.getUint32(at + 4);
  return (
    view.getUint16(at) === VERSION &&
    view.getUint16(at + 2) >= HEADER &&
    seconds >= EARLIEST_SECONDS &&
    seconds < LATEST_SECONDS
  );
}

class IpfixFileWalker implements RecordWalker {
  need: number = HEADER;
  records = 0;
  readonly problems = new ProblemList();
  readonly #decoder: ExportDecoder;
  readonly #counters: Counters;
  #isLost = false;
  #skipped = 0;

  constructor(sink: RecordSink, counters: Counters) {
    this.#counters = counters;
    this.#decoder = new ExportDecoder(
      {
        flow: (fields) => {
          this.records++;
          sink.flow(fields);
        },
        payload: (fields, there, back) => sink.payload?.(fields, there, back),
        sampledPacket: (packet) => {
          this.records++;
          sink.frame(packet);
        },
      },
      counters,
    );
  }

  finish({ atByte, length }: Remainder): void {
    if (length > 0 && !this.#isLost)
      this.problems.add(
        'truncated-tail',
        atByte,
        phrase`the message beginning at byte ${atByte} is cut short by the end of the input; it was left out`,
      );
    this.#counters.add('ipfix.skipped-bytes', this.#skipped);
    this.#decoder.report();
  }

  walk(bytes: Buffer, view: DataView, from: number, end: number, base: number): number {
    let at = from;
    this.need = HEADER;
    while (end - at >= HEADER) {
      if (!isHeader(view, at)) {
        this.#lose(base + at);
        at++;
        this.#skipped++;
        continue;
      }
      const length = view.getUint16(at + 2);
      if (length > end - at) {
        this.need = length;
        return at;
      }
      // After damage only a message that is right throughout is believed.
      if (this.#isLost && !looksLikeExport(bytes, at, length)) {
        at++;
        this.#skipped++;
        continue;
      }
      this.#isLost = false;
      this.#decoder.message('file', bytes, at, length, view.getUint32(at + 4) * 1e6);
      at += length;
    }
    return at;
  }

  #lose(atByte: number): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.problems.add(
      'bad-message',
      atByte,
      phrase`no IPFIX message begins at byte ${atByte}, where the one before ends; reading goes on at the next that is whole`,
    );
  }
}
