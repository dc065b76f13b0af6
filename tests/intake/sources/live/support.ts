import type {
  LiveSink,
  LiveSource,
  StreamInfo,
  StreamPosition,
  StreamSink,
} from '../../../../src/intake/sources/live/live.js';
import type { SourceProblem } from '../../../../src/intake/sources/source.js';

const LF = 10;

export interface Message {
  readonly exporter: string;
  readonly bytes: Buffer;
  readonly timeUs: number;
  readonly isStream: boolean;
}

/** What a live source brings, kept: messages, and of each stream its whole lines. */
export class Keeper implements LiveSink {
  readonly messages: Message[] = [];
  readonly streams: KeptStream[] = [];
  readonly disconnections: string[] = [];
  /** How streams that are resumed are read: from where they stopped, or from the start and muted. */
  readonly fromStart: boolean;

  constructor(fromStart = false) {
    this.fromStart = fromStart;
  }

  message(
    _source: LiveSource,
    exporter: string,
    bytes: Buffer,
    offset: number,
    length: number,
    timeUs: number,
    isStream: boolean,
  ): void {
    this.messages.push({
      exporter,
      bytes: Buffer.from(bytes.subarray(offset, offset + length)),
      timeUs,
      isStream,
    });
  }

  disconnected(exporter: string): void {
    this.disconnections.push(exporter);
  }

  open(_source: LiveSource, info: StreamInfo): StreamSink {
    const stream = new KeptStream(info, this.fromStart);
    this.streams.push(stream);
    return stream;
  }

  /** Lines of all streams, in the order of the streams. */
  get lines(): string[] {
    return this.streams.flatMap(({ lines }) => lines);
  }
}

export class KeptStream implements StreamSink {
  readonly info: StreamInfo;
  readonly from: number;
  readonly lines: string[] = [];
  bytes = Buffer.alloc(0);
  position: number;
  isFinal: boolean | null = null;
  problems: readonly SourceProblem[] = [];
  #at: number;
  #rest = Buffer.alloc(0);

  constructor(info: StreamInfo, fromStart: boolean) {
    this.info = info;
    this.from = fromStart ? 0 : info.resumeAt;
    this.position = info.resumeAt;
    this.#at = this.from;
  }

  chunk(chunk: Buffer): void {
    if (this.isFinal !== null) throw new Error('a chunk after the end');
    this.bytes = Buffer.concat([this.bytes, chunk]);
    let rest = Buffer.concat([this.#rest, chunk]);
    for (let stop = rest.indexOf(LF); stop >= 0; stop = rest.indexOf(LF)) {
      this.#line(rest.toString('utf8', 0, stop), stop + 1);
      rest = rest.subarray(stop + 1);
    }
    this.#rest = rest;
  }

  #line(text: string, size: number): void {
    const isMuted = this.#at < this.info.resumeAt;
    this.#at += size;
    if (isMuted) return;
    this.lines.push(text);
    this.position = this.#at;
  }

  end(isFinal: boolean, problems: readonly SourceProblem[]): void {
    if (this.isFinal !== null) throw new Error('ended twice');
    this.isFinal = isFinal;
    this.problems = problems;
    if (isFinal && this.#rest.length > 0) this.#line(this.#rest.toString('utf8'), this.#rest.length);
  }
}

export async function until(condition: () => boolean, what: string, limitMs = 15_000): Promise<void> {
  const startMs = Date.now();
  while (!condition()) {
    if (Date.now() - startMs > limitMs) throw new Error(`waited too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** As a store would give them back. */
export const saved = (source: LiveSource): StreamPosition[] =>
  JSON.parse(JSON.stringify(source.positions())) as StreamPosition[];
