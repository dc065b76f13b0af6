import type { Direction, Endpoint, OrientedBy, Origin } from '../../model/flow.js';
import type { TcpStack } from '../../model/machines.js';
import type { Packet } from '../../model/packet.js';
import type { Session, StreamReader } from '../../model/session.js';
import { FrameRing } from './frame-ring.js';
import type { FlowLimits } from './limits.js';
import { type StreamSink, TcpStream } from './stream.js';
import type { StreamTally } from './tally.js';
import { TcpMark } from './tcp-mark.js';

export interface SessionStart {
  /** Row of the flow table. */
  readonly flow: number;
  readonly clientSide: 0 | 1;
  readonly orientedBy: OrientedBy;
  readonly startUs: number;
  readonly timeUs: number;
  readonly origin: Origin;
  readonly watched: boolean;
}

/** What all sessions of a table share. */
export interface SessionContext {
  readonly tally: StreamTally;
  readonly limits: FlowLimits;
  endpoint(flow: number, side: 0 | 1): Endpoint;
  /** Marks of the SYN that an end sent. */
  synStack(flow: number, side: 0 | 1): TcpStack | null;
}

/**
 * A TCP conversation that is being read: both streams, put in order, into one reader. Its ends become text when a
 * reader first asks for them: of a hundred TLS sessions one may be worth it.
 */
export class FlowSession implements Session, StreamSink {
  readonly protocol = 6;
  readonly flow: number;
  orientedBy: OrientedBy;
  readonly startUs: number;
  endUs: number;
  readonly origin: Origin;
  bothDirections = false;
  readonly watched: boolean;
  /** Place in the SessionPool; -1 outside. */
  slot = -1;
  /** False once the reader has had enough. */
  open = true;
  /** A stream is made with its first payload: most sessions are dismissed after one. */
  #streamA: TcpStream | null = null;
  #streamB: TcpStream | null = null;
  /** Of each side; made when it first speaks. */
  readonly #marks: [TcpMark | null, TcpMark | null] = [null, null];
  #client: Endpoint | null = null;
  #server: Endpoint | null = null;
  #guessed: readonly [Endpoint, Endpoint] | null = null;
  #isSwapped = false;
  #isOver = false;
  readonly #guess: 0 | 1;
  readonly #context: SessionContext;
  #reader: StreamReader | null = null;
  /** Made when a reader first asks for it. */
  #frames: FrameRing | null = null;
  /** Being read now; it changes with the next frame. */
  #packet: Packet | null = null;

  constructor(start: SessionStart, context: SessionContext) {
    this.flow = start.flow;
    this.orientedBy = start.orientedBy;
    this.startUs = start.startUs;
    this.endUs = start.timeUs;
    this.origin = start.origin;
    this.watched = start.watched;
    this.#guess = start.clientSide;
    this.#context = context;
  }

  get client(): Endpoint {
    return this.#client ?? this.#ends()[0];
  }

  set client(client: Endpoint) {
    const [, server] = this.#ends();
    this.#client = client;
    this.#isSwapped = client === server || (client.ip === server.ip && client.port === server.port);
  }

  get server(): Endpoint {
    return this.#server ?? this.#ends()[1];
  }

  set server(server: Endpoint) {
    this.#server = server;
  }

  get clientStack(): TcpStack | null {
    const side = this.clientSide;
    const mark = this.#marks[side]?.stack ?? null;
    // The row of the table may be another conversation's by now.
    const syn = this.#isOver ? null : this.#context.synStack(this.flow, side);
    if (mark === null || syn?.syn === undefined) return mark ?? syn;
    return { ...mark, ttl: syn.ttl, hasTimestamps: mark.hasTimestamps || syn.hasTimestamps, syn: syn.syn };
  }

  get frames(): FrameRing {
    if (this.#frames !== null) return this.#frames;
    this.#frames = new FrameRing(this.#context.tally);
    this.#frames.reading(this.#packet);
    return this.#frames;
  }

  get tally(): StreamTally {
    return this.#context.tally;
  }

  get limits(): FlowLimits {
    return this.#context.limits;
  }

  /** Whether a reader asked who speaks here. */
  get isNamed(): boolean {
    return this.#guessed !== null;
  }

  attach(reader: StreamReader): void {
    this.#reader = reader;
  }

  get waitingBytes(): number {
    return (this.#streamA?.waitingBytes ?? 0) + (this.#streamB?.waitingBytes ?? 0);
  }

  /** Which side is the client now: a reader may have swapped `client` and `server`. */
  get clientSide(): 0 | 1 {
    return (this.#guess === 0) === this.#isSwapped ? 1 : 0;
  }

  /** A segment with payload; `startSeq` is where the stream begins if this is the first. */
  push(side: number, packet: Packet, startSeq: number): void {
    if (packet.timeUs > this.endUs) this.endUs = packet.timeUs;
    this.#mark(side).add(packet);
    const stream = (side === 0 ? this.#streamA : this.#streamB) ?? this.#start(side, startSeq);
    this.#packet = packet;
    this.#frames?.reading(packet);
    stream.push(packet);
    this.#packet = null;
    this.#frames?.reading(null);
  }

  /** The sender of `side` acknowledged the other side's stream. */
  acknowledge(side: number, packet: Packet): void {
    if (packet.timeUs > this.endUs) this.endUs = packet.timeUs;
    (side === 0 ? this.#streamB : this.#streamA)?.acknowledge(packet.tcpAck, packet.timeUs);
  }

  deliver(side: number, bytes: Buffer, timeUs: number): boolean {
    if (!this.open || this.#reader === null) return false;
    this.open = this.#reader.feed(this.#direction(side), bytes, timeUs);
    if (!this.open) {
      this.#release();
      this.#frames?.release();
    }
    return this.open;
  }

  gap(side: number, byteCount: number, timeUs: number): void {
    if (this.open) this.#reader?.gap(this.#direction(side), byteCount, timeUs);
  }

  /** Gives up all holes and delivers what waits. */
  flush(): void {
    this.#streamA?.flush(this.endUs);
    this.#streamB?.flush(this.endUs);
  }

  /** What was read so far is about to be saved. */
  tell(): void {
    if (this.open) this.#reader?.tell?.();
  }

  /** Delivers what waits, then tells the reader that it is over. */
  end(): void {
    if (this.open) this.flush();
    this.#release();
    this.open = false;
    this.#reader?.end(this.endUs);
    this.#frames?.release();
    this.#reader = null;
    this.#isOver = true;
  }

  /** Client and server as guessed at first. */
  #ends(): readonly [Endpoint, Endpoint] {
    if (this.#guessed !== null) return this.#guessed;
    // The row of the table may be another conversation's by now.
    if (this.#isOver) throw new Error('a session was asked for its ends after it was over');
    const { flow } = this;
    const a = this.#context.endpoint(flow, 0);
    const b = this.#context.endpoint(flow, 1);
    this.#guessed = this.#guess === 0 ? [a, b] : [b, a];
    return this.#guessed;
  }

  #mark(side: number): TcpMark {
    const known = this.#marks[side === 0 ? 0 : 1];
    if (known !== null) return known;
    const mark = new TcpMark();
    this.#marks[side === 0 ? 0 : 1] = mark;
    return mark;
  }

  #start(side: number, seq: number): TcpStream {
    const stream = new TcpStream(this, side, seq);
    if (side === 0) this.#streamA = stream;
    else this.#streamB = stream;
    return stream;
  }

  #direction(side: number): Direction {
    return side === this.clientSide ? 'to-server' : 'to-client';
  }

  #release(): void {
    this.#streamA?.release();
    this.#streamB?.release();
  }
}
