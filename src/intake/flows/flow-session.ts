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
  readonly streams: readonly [TcpStream, TcpStream];
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
    this.streams = [new TcpStream(this, 0, tally, limits), new TcpStream(this, 1, tally, limits)];
  }

  attach(reader: StreamReader): void {
    this.#reader = reader;
  }

  get waitingBytes(): number {
    return this.streams[0].waitingBytes + this.streams[1].waitingBytes;
  }

  /** Which side is the client now: a reader may have swapped `client` and `server`. */
  get clientSide(): 0 | 1 {
    const [a, b] = this.#ends;
    if (this.client === a) return 0;
    if (this.client === b) return 1;
    return this.client.ip === a.ip && this.client.port === a.port ? 0 : 1;
  }

  push(side: number, packet: Packet): void {
    if (packet.timeUs > this.endUs) this.endUs = packet.timeUs;
    this.#stream(side).push(packet);
  }

  /** The sender of `side` acknowledged the other side's stream. */
  acknowledge(side: number, packet: Packet): void {
    if (packet.timeUs > this.endUs) this.endUs = packet.timeUs;
    this.#stream(1 - side).acknowledge(packet.tcpAck, packet.timeUs);
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
    for (const stream of this.streams) stream.flush(this.endUs);
  }

  /** Delivers what waits, then tells the reader that it is over. */
  end(): void {
    if (this.open) this.flush();
    this.#release();
    this.open = false;
    this.#reader?.end(this.endUs);
    this.#reader = null;
  }

  #stream(side: number): TcpStream {
    return side === 0 ? this.streams[0] : this.streams[1];
  }

  #direction(side: number): Direction {
    return side === this.clientSide ? 'to-server' : 'to-client';
  }

  #release(): void {
    for (const stream of this.streams) stream.release();
  }
}
