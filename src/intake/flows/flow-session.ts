import type { Direction, Endpoint, OrientedBy, Origin } from '../../model/flow.js';
import type { Packet } from '../../model/packet.js';
import type { Session, StreamReader } from '../../model/session.js';
import type { FlowLimits } from './limits.js';
import { type StreamSink, TcpStream } from './stream.js';
import type { StreamTally } from './tally.js';

export interface SessionStart {
  /** Row of the flow table. */
  readonly flow: number;
  /** [side A, side B]. */
  readonly ends: readonly [Endpoint, Endpoint];
  readonly clientSide: 0 | 1;
  readonly orientedBy: OrientedBy;
  readonly startUs: number;
  readonly timeUs: number;
  readonly origin: Origin;
}

/** A TCP conversation that is being read: both streams, put in order, into one reader. */
export class FlowSession implements Session, StreamSink {
  readonly protocol = 6;
  readonly flow: number;
  client: Endpoint;
  server: Endpoint;
  orientedBy: OrientedBy;
  readonly startUs: number;
  endUs: number;
  readonly origin: Origin;
  bothDirections = false;
  /** Place in the SessionPool; -1 outside. */
  slot = -1;
  /** False once the reader has had enough. */
  open = true;
  /** A stream is made with its first payload: most sessions are dismissed after one. */
  #streamA: TcpStream | null = null;
  #streamB: TcpStream | null = null;
  readonly #tally: StreamTally;
  readonly #limits: FlowLimits;
  readonly #ends: readonly [Endpoint, Endpoint];
  #reader: StreamReader | null = null;

  constructor(start: SessionStart, tally: StreamTally, limits: FlowLimits) {
    this.flow = start.flow;
    this.#ends = start.ends;
    this.client = start.ends[start.clientSide];
    this.server = start.ends[start.clientSide === 0 ? 1 : 0];
    this.orientedBy = start.orientedBy;
    this.startUs = start.startUs;
    this.endUs = start.timeUs;
    this.origin = start.origin;
    this.#tally = tally;
    this.#limits = limits;
  }

  attach(reader: StreamReader): void {
    this.#reader = reader;
  }

  get waitingBytes(): number {
    return (this.#streamA?.waitingBytes ?? 0) + (this.#streamB?.waitingBytes ?? 0);
  }

  /** Which side is the client now: a reader may have swapped `client` and `server`. */
  get clientSide(): 0 | 1 {
    const [a, b] = this.#ends;
    if (this.client === a) return 0;
    if (this.client === b) return 1;
    return this.client.ip === a.ip && this.client.port === a.port ? 0 : 1;
  }

  /** A segment with payload; `startSeq` is where the stream begins if this is the first. */
  push(side: number, packet: Packet, startSeq: number): void {
    if (packet.timeUs > this.endUs) this.endUs = packet.timeUs;
    const stream = (side === 0 ? this.#streamA : this.#streamB) ?? this.#start(side, startSeq);
    stream.push(packet);
  }

  /** The sender of `side` acknowledged the other side's stream. */
  acknowledge(side: number, packet: Packet): void {
    if (packet.timeUs > this.endUs) this.endUs = packet.timeUs;
    (side === 0 ? this.#streamB : this.#streamA)?.acknowledge(packet.tcpAck, packet.timeUs);
  }

  deliver(side: number, bytes: Buffer, timeUs: number): boolean {
    if (!this.open || this.#reader === null) return false;
    this.open = this.#reader.feed(this.#direction(side), bytes, timeUs);
    if (!this.open) this.#release();
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

  /** Delivers what waits, then tells the reader that it is over. */
  end(): void {
    if (this.open) this.flush();
    this.#release();
    this.open = false;
    this.#reader?.end(this.endUs);
    this.#reader = null;
  }

  #start(side: number, seq: number): TcpStream {
    const stream = new TcpStream({ sink: this, side, tally: this.#tally, limits: this.#limits }, seq);
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
