import { phrase } from '../../../src/base/phrase.js';
import type {
  LiveFigures,
  LiveKind,
  LiveSink,
  LiveSource,
  StreamPosition,
  StreamSink,
} from '../../../src/intake/sources/live/live.js';
import type { SourceProblem } from '../../../src/intake/sources/source.js';

/** What a fake source brings, one after the other. */
export interface FakeFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A live source that brings what a test tells it to: files in pieces of any size, and messages. */
export class FakeSource implements LiveSource {
  readonly kind: LiveKind;
  readonly url: string;
  readonly where = phrase`a test`;
  readonly ended: Promise<void>;
  bytes = 0;
  /** Bytes handed on, those that were replayed included. */
  handedOn = 0;
  lagBytes = 0;
  problems: readonly SourceProblem[] = [];
  end: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;
  #sink: LiveSink | null = null;
  #known = new Map<string, StreamPosition>();
  readonly #open = new Map<string, { sink: StreamSink; at: number }>();
  readonly #over = new Map<string, number>();

  constructor(url = 'file:///fake', kind: LiveKind = 'file') {
    this.kind = kind;
    this.url = url;
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    this.ended.catch(() => undefined);
  }

  async start(sink: LiveSink, known: readonly StreamPosition[]): Promise<void> {
    this.#sink = sink;
    this.#known = new Map(known.map((position) => [position.id, position]));
  }

  /** Hands on up to `length` bytes of a file, from where the last call (or the last process) stopped. False: it is read. */
  bring({ name, bytes }: FakeFile, length: number): boolean {
    if (this.#over.has(name)) return false;
    const stream = this.#open.get(name) ?? this.#begin(name, bytes);
    const piece = Buffer.from(bytes.subarray(stream.at, stream.at + length));
    stream.at += piece.length;
    this.bytes += piece.length;
    this.handedOn += piece.length;
    if (piece.length > 0) stream.sink.chunk(piece);
    // The bytes are only theirs during the call.
    piece.fill(0xee);
    return stream.at < bytes.length;
  }

  finish({ name }: FakeFile): void {
    const stream = this.#open.get(name);
    if (stream === undefined) return;
    stream.sink.end(true, []);
    this.#open.delete(name);
    this.#over.set(name, stream.sink.position);
  }

  message(exporter: string, bytes: Buffer, timeUs: number): void {
    this.bytes += bytes.length;
    this.#sink?.message(this, exporter, bytes, 0, bytes.length, timeUs, false);
  }

  positions(): readonly StreamPosition[] {
    const position = (name: string, bytes: number) => ({ id: name, name, bytes, fingerprint: 'fake' });
    return [
      ...[...this.#open].map(([name, { sink }]) => position(name, sink.position)),
      ...[...this.#over].map(([name, bytes]) => position(name, bytes)),
    ];
  }

  async stop(): Promise<void> {
    for (const { sink } of this.#open.values()) sink.end(false, []);
    this.end();
  }

  figures(): LiveFigures {
    const { bytes, lagBytes, problems } = this;
    return {
      bytes,
      pieces: 0,
      dropped: 0,
      lagBytes,
      receiveBuffer: null,
      open: this.#open.size,
      problems,
    };
  }

  #begin(name: string, bytes: Buffer): { sink: StreamSink; at: number } {
    if (this.#sink === null) throw new Error('not started');
    const resumeAt = this.#known.get(name)?.bytes ?? 0;
    const head = Buffer.from(bytes.subarray(0, Math.min(resumeAt, 65_536)));
    const sink = this.#sink.open(this, { name, id: name, isCompressed: false, resumeAt, head });
    if (sink.from !== 0 && sink.from !== resumeAt) throw new Error(`odd place to go on: ${sink.from}`);
    const stream = { sink, at: sink.from };
    this.#open.set(name, stream);
    return stream;
  }
}
