import type { Counters } from '../../../base/counters.js';
import type { InputError } from '../../../base/errors.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import type { FormatReader, InputFormat, RecordSink } from '../../../intake/formats/format.js';
import { PROBE_BYTES } from '../../../intake/formats/format.js';
import { detectFormat, FORMATS } from '../../../intake/formats/index.js';
import type { StreamInfo, StreamSink } from '../../../intake/sources/live/live.js';
import type { SourceProblem } from '../../../intake/sources/source.js';
import type { FlowFields } from '../../../model/flow-fields.js';
import type { Observation } from '../../../model/observation.js';
import type { Packet } from '../../../model/packet.js';
import { unknownFormat } from '../read-input.js';
import type { Sensor } from '../sensor.js';

export interface LiveStreamOptions {
  /** Null: by content. */
  readonly format: InputFormat | null;
  /** Those that content is probed for; default: all, local times in the system's zone. */
  readonly formats?: readonly InputFormat[];
  readonly counters: Counters;
  /** Once for a stream that is of no known format, or that was damaged. */
  onTrouble(code: string, message: Phrase): void;
  /** Before bytes of it are read. */
  onBytes(): void;
  onEnd(): void;
}

/**
 * One byte stream of a live input, from bytes to records. A stream that is resumed shows its reader what it must have seen
 * before (InputFormat.resumeHead), muted, so that nothing is told twice.
 */
export class LiveStream implements StreamSink, RecordSink {
  readonly from: number;
  readonly #info: StreamInfo;
  readonly #sensor: Sensor;
  readonly #options: LiveStreamOptions;
  #reader: FormatReader | null = null;
  #format: InputFormat | null = null;
  /** First bytes, while the format is not known. */
  #head: Buffer = Buffer.alloc(0);
  #isUnknown = false;
  #isMuted = false;
  /** Offset in the stream of the next byte that chunk() will be given. */
  #fed: number;
  /** Where the records that are not told yet begin. */
  readonly #resumeAt: number;

  constructor(info: StreamInfo, sensor: Sensor, options: LiveStreamOptions) {
    this.#info = info;
    this.#sensor = sensor;
    this.#options = options;
    this.#resumeAt = info.resumeAt;
    this.from = this.#resume();
    this.#fed = this.from;
  }

  get name(): string {
    return this.#info.name;
  }

  /** See StreamSink: never inside a record. */
  get position(): number {
    if (this.#isUnknown) return this.#fed;
    if (this.#reader === null) return this.#resumeAt;
    return Math.max(this.#resumeAt, this.#fed - this.#reader.pendingBytes);
  }

  chunk(bytes: Buffer): void {
    this.#options.onBytes();
    const muted = this.#resumeAt - this.#fed;
    if (muted > 0 && muted < bytes.length) {
      this.#feed(bytes.subarray(0, muted), true);
      this.#feed(bytes.subarray(muted), false);
    } else this.#feed(bytes, muted > 0);
  }

  /** Called before what is known is saved: a short stream may be all there is, though a format would like to see more. */
  settle(): void {
    if (this.#reader === null && !this.#isUnknown && this.#head.length > 0) {
      const format = this.#options.format ?? detectFormat(this.#head, this.#options.formats);
      if (format !== null) this.#open(format, this.#mutedHead());
    }
  }

  end(isFinal: boolean, problems: readonly SourceProblem[]): void {
    this.#options.onEnd();
    for (const { code, message } of problems) this.#options.onTrouble(code, phrase`${this.name}: ${message}`);
    if (!isFinal) return;
    this.settle();
    if (this.#reader === null) {
      if (this.#head.length > 0) this.#refuse(unknownFormat(this.name, this.#head));
      return;
    }
    this.#sensor.setOrigin(this.name, this.#format?.name ?? '');
    this.#reader.end();
    for (const { code, message } of this.#reader.problems)
      this.#options.onTrouble(code, phrase`${this.name}: ${message}`);
    this.#reader = null;
    this.#isUnknown = true;
  }

  frame(packet: Packet): void {
    if (!this.#isMuted) this.#sensor.frame(packet);
  }

  flow(fields: FlowFields): void {
    if (!this.#isMuted) this.#sensor.flow(fields);
  }

  payload(fields: FlowFields, there: Buffer, back: Buffer): void {
    if (!this.#isMuted) this.#sensor.payload(fields, there, back);
  }

  observation(observation: Observation): void {
    if (!this.#isMuted) this.#sensor.observation(observation);
  }

  /** Opens a reader for a stream that was read before; returns the offset it wants to go on at. */
  #resume(): number {
    const { head } = this.#info;
    if (this.#resumeAt === 0) return 0;
    const format = this.#options.format ?? detectFormat(head, this.#options.formats);
    if (format === null) return 0;
    const needed = format.resumeHead?.(head);
    if (needed === undefined || needed > Math.min(head.length, this.#resumeAt)) return 0;
    this.#head = head.subarray(0, needed);
    this.#open(format, needed);
    return this.#resumeAt;
  }

  #feed(bytes: Buffer, isMuted: boolean): void {
    this.#fed += bytes.length;
    if (this.#isUnknown) return;
    if (this.#reader !== null) {
      this.#sensor.setOrigin(this.name, this.#format?.name ?? '');
      this.#isMuted = isMuted;
      this.#reader.feed(bytes);
      this.#isMuted = false;
    } else {
      this.#head = Buffer.concat([this.#head, bytes]);
      const format = this.#options.format ?? surely(this.#head, this.#options.formats);
      if (format !== null) this.#open(format, this.#mutedHead());
      else if (this.#head.length >= PROBE_BYTES) this.#refuse(unknownFormat(this.name, this.#head));
    }
  }

  /** How much of the head was told before. */
  #mutedHead(): number {
    const start = this.#fed - this.#head.length;
    return Math.min(Math.max(this.#resumeAt - start, 0), this.#head.length);
  }

  #open(format: InputFormat, mutedBytes: number): void {
    const head = this.#head;
    this.#head = Buffer.alloc(0);
    this.#format = format;
    this.#sensor.setOrigin(this.name, format.name);
    this.#reader = format.open(this, this.#options.counters);
    if (mutedBytes > 0) {
      this.#isMuted = true;
      this.#reader.feed(head.subarray(0, mutedBytes));
      this.#isMuted = false;
    }
    if (mutedBytes < head.length) this.#reader.feed(head.subarray(mutedBytes));
  }

  #refuse(error: InputError): void {
    this.#isUnknown = true;
    this.#head = Buffer.alloc(0);
    this.#options.onTrouble(error.code, error.phrase);
  }
}

/** The format, if none that is asked before it may still turn out to fit: a stream may begin with a few bytes. */
function surely(head: Buffer, formats: readonly InputFormat[] = FORMATS): InputFormat | null {
  if (head.length >= PROBE_BYTES) return detectFormat(head, formats);
  for (const format of formats) {
    const answer = format.probe(head);
    if (answer === 'yes') return format;
    if (answer === 'more') return null;
  }
  return null;
}
