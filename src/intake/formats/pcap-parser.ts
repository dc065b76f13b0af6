import { EventEmitter } from 'node:events';
import pcapParserPackage from 'pcap-parser';
import { type Phrase, phrase } from '../../base/phrase.js';
import { createPacket } from '../../model/packet.js';
import type { FormatReader, InputFormat, RecordSink } from './format.js';
import { MAX_RECORD_BYTES } from './limits.js';
import { pcap } from './pcap.js';
import { ProblemList } from './problems.js';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/**
 * Classic microsecond pcap read by the npm package pcap-parser: on request only, and as the independent oracle of our
 * own reader in tests. It knows neither nanoseconds nor pcapng, and does not resynchronise.
 */
export const pcapParser: InputFormat = {
  name: 'pcap-parser',
  probe: pcap.probe,
  open: (sink) => new PcapParserReader(sink),
};

/** What the package takes for a stream. It listens; we emit. */
class Feed extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

class PcapParserReader implements FormatReader {
  records = 0;
  readonly #input = new Feed();
  readonly #problems = new ProblemList();
  readonly #sink: RecordSink;
  readonly #packet = createPacket();
  #fed = 0;
  /** Bytes of the file header and of the records handed on. */
  #used = 0;
  #isOver = false;

  constructor(sink: RecordSink) {
    this.#sink = sink;
    const parser = pcapParserPackage.parse(this.#input);
    parser.on('globalHeader', (header) => {
      this.#used = FILE_HEADER_BYTES;
      this.#packet.linkType = header.linkLayerType & 0xffff;
    });
    parser.on('packetHeader', ({ capturedLength }) => {
      if (capturedLength > MAX_RECORD_BYTES && !this.#isOver) {
        this.#stop(
          'bad-record-length',
          phrase`a record claims ${capturedLength} bytes, at most ${MAX_RECORD_BYTES} are taken`,
        );
      }
    });
    parser.on('packet', ({ header, data }) => {
      if (!this.#isOver) this.#hand(header, data);
    });
    parser.on('error', (error) => this.#stop('unreadable', phrase`pcap-parser says: ${error.message}`));
  }

  get problems() {
    return this.#problems.list;
  }

  get pendingBytes(): number {
    return this.#fed - this.#used;
  }

  feed(chunk: Buffer): void {
    this.#fed += chunk.length;
    // The package keeps what it is given, and would gather bytes without a bound for a record that is too long.
    if (!this.#isOver) this.#input.emit('data', Buffer.from(chunk));
  }

  end(): void {
    this.#input.emit('end');
    if (!this.#isOver && this.#used < this.#fed) {
      this.#problems.add(
        'truncated-tail',
        this.#used,
        phrase`the last record is cut short by the end of the input`,
      );
    }
  }

  #hand(
    header: { timestampSeconds: number; timestampMicroseconds: number; originalLength: number },
    data: Buffer,
  ): void {
    const packet = this.#packet;
    packet.timeUs = header.timestampSeconds * 1e6 + header.timestampMicroseconds;
    packet.bytes = data;
    packet.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    packet.frameOffset = 0;
    packet.frameLength = data.length;
    packet.wireLength = Math.max(header.originalLength, data.length);
    this.#used += RECORD_HEADER_BYTES + data.length;
    this.records++;
    this.#sink.frame(packet);
  }

  #stop(code: string, message: Phrase): void {
    this.#isOver = true;
    this.#problems.add(code, this.#used, phrase`${message}; the rest of the input was not read`);
  }
}
