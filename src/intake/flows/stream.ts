import type { Packet } from '../../model/packet.js';
import {
  ACKED_WAIT_SEGMENTS,
  ACKED_WAIT_US,
  type FlowLimits,
  MAX_WINDOW_BYTES,
  RESYNC_SEGMENTS,
  UNACKED_WAIT_US,
} from './limits.js';
import type { StreamTally } from './tally.js';
import { SYN } from './tcp-flags.js';

/**
 * One direction of a TCP conversation put back in order (RFC 9293 §3.4, §3.10.7.4, as an onlooker who misses packets).
 * Where bytes come twice the first ones count. Sequence numbers wrap: they are compared by their signed difference.
 */

/** Where ordered bytes go, and what they are counted and bounded by. */
export interface StreamSink {
  readonly tally: StreamTally;
  readonly limits: FlowLimits;
  /** False: no more of this is wanted. */
  deliver(side: number, bytes: Buffer, timeUs: number): boolean;
  gap(side: number, byteCount: number, timeUs: number): void;
}

/** A segment, or a part of one, that came before its turn. */
interface Waiting {
  readonly seq: number;
  readonly bytes: Buffer;
  /** Wire bytes after `bytes` that the snap length cut off. */
  readonly cutBytes: number;
}

/** What a waiting segment costs besides its bytes; also bounds floods of one-byte segments. */
const WAITING_OVERHEAD = 256;

const NONE: readonly Waiting[] = [];
const wireBytes = (segment: Waiting) => segment.bytes.length + segment.cutBytes;

/** Sequence number of the first payload byte: a SYN takes one of its own. */
export function payloadSeq(packet: Packet): number {
  return (packet.tcpSeq + (packet.tcpFlags & SYN ? 1 : 0)) | 0;
}

export class TcpStream {
  readonly #sink: StreamSink;
  readonly #side: number;
  #next: number;
  /** Sorted by sequence number, not overlapping. */
  #waiting: readonly Waiting[] = NONE;
  #waitingBytes = 0;
  #acknowledged = false;
  #holeSinceUs = 0;
  #holeSegments = 0;
  #strays = 0;
  #strayNext = 0;
  #strayBytes = 0;

  /** `side` is handed back to the sink; `startSeq` is the sequence number of the first byte that is wanted. */
  constructor(sink: StreamSink, side: number, startSeq: number) {
    this.#sink = sink;
    this.#side = side;
    this.#next = startSeq | 0;
  }

  /** Bytes that wait for a missing segment, with overhead. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** A segment with payload (on the wire; the capture may have cut all of it). */
  push(packet: Packet): void {
    const seq = payloadSeq(packet);
    const ahead = (seq - this.#next) | 0;
    if (ahead > MAX_WINDOW_BYTES || ahead < -MAX_WINDOW_BYTES) {
      this.#stray(packet, seq, ahead);
      return;
    }
    this.#strays = 0;
    if (ahead > 0) this.#hold(packet, seq);
    else if (ahead + packet.payloadWireLength > 0) this.#take(packet, seq, -ahead);
    else if (ahead === -1 && packet.payloadWireLength === 1) this.#sink.tally.keepAlives++;
    else this.#sink.tally.retransmissions++;
    if (this.#waiting.length > 0) this.#judgeHole(packet.timeUs);
  }

  /** The other side acknowledged up to here: a hole below is the capture's, not the network's. */
  acknowledge(ack: number, timeUs: number): void {
    if (this.#waiting.length === 0) return;
    const ahead = (ack - this.#next) | 0;
    if (ahead > 0 && ahead <= MAX_WINDOW_BYTES) this.#acknowledged = true;
    this.#judgeHole(timeUs);
  }

  /** Holes count as lost; what waits is delivered. */
  flush(timeUs: number): void {
    while (this.#waiting.length > 0) this.#skipHole(timeUs);
  }

  /** Forgets what waits. */
  release(): void {
    this.#sink.tally.waitingBytes -= this.#waitingBytes;
    this.#waitingBytes = 0;
    this.#waiting = NONE;
  }

  /** The segment brings the next bytes, after `skip` known ones. */
  #take(packet: Packet, seq: number, skip: number): void {
    if (skip > 0) this.#sink.tally.overlaps++;
    if (this.#waiting.length === 0) {
      this.#accept(packet, skip);
      return;
    }
    // Through the queue, so that what already waits wins over the same bytes here.
    this.#enqueue(packet, seq, skip);
    this.#drain(packet.timeUs);
  }

  #accept(packet: Packet, skip: number): void {
    const { payloadOffset: at, payloadLength: captured, payloadWireLength: wire, timeUs } = packet;
    this.#next = (this.#next + wire - skip) | 0;
    if (
      captured > skip &&
      !this.#sink.deliver(this.#side, packet.bytes.subarray(at + skip, at + captured), timeUs)
    )
      return;
    this.#cut(wire - Math.max(captured, skip), timeUs);
  }

  #cut(byteCount: number, timeUs: number): void {
    if (byteCount <= 0) return;
    this.#sink.tally.snapped++;
    this.#sink.gap(this.#side, byteCount, timeUs);
  }

  /** The segment is ahead of its turn. */
  #hold(packet: Packet, seq: number): void {
    this.#sink.tally.outOfOrder++;
    if (this.#waiting.length === 0) this.#openHole(packet.timeUs);
    this.#holeSegments++;
    if (!this.#enqueue(packet, seq, 0)) this.#sink.tally.retransmissions++;
  }

  /** Keeps a copy of what, from byte `skip` of the segment on, is not waiting yet. False: nothing. */
  #enqueue(packet: Packet, seq: number, skip: number): boolean {
    const wire = packet.payloadWireLength;
    const kept: Waiting[] = [];
    let from = skip;
    for (const segment of this.#waiting) {
      const start = (segment.seq - seq) | 0;
      if (start > from && from < wire) kept.push(this.#part(packet, seq, from, Math.min(start, wire)));
      from = Math.max(from, start + wireBytes(segment));
      kept.push(segment);
    }
    if (from < wire) kept.push(this.#part(packet, seq, from, wire));
    const isNew = kept.length > this.#waiting.length;
    this.#waiting = kept;
    return isNew;
  }

  /** Bytes `from` to `to`, exclusive, of a segment's payload. */
  #part(packet: Packet, seq: number, from: number, to: number): Waiting {
    const { payloadOffset: at, payloadLength: captured } = packet;
    const bytes = Buffer.from(
      packet.bytes.subarray(at + Math.min(from, captured), at + Math.min(to, captured)),
    );
    this.#account(bytes.length + WAITING_OVERHEAD);
    return { seq: (seq + from) | 0, bytes, cutBytes: to - from - bytes.length };
  }

  /** Delivers what waits and is next: nothing that waits reaches below `#next`. */
  #drain(timeUs: number): void {
    let done = 0;
    for (const { seq, bytes, cutBytes } of this.#waiting) {
      if (seq !== this.#next) break;
      done++;
      this.#account(-bytes.length - WAITING_OVERHEAD);
      this.#next = (seq + bytes.length + cutBytes) | 0;
      if (bytes.length > 0 && !this.#sink.deliver(this.#side, bytes, timeUs)) return;
      this.#cut(cutBytes, timeUs);
    }
    if (done === 0) return;
    this.#waiting = this.#waiting.slice(done);
    this.#openHole(timeUs);
  }

  #openHole(timeUs: number): void {
    this.#acknowledged = false;
    this.#holeSinceUs = timeUs;
    this.#holeSegments = 0;
  }

  #judgeHole(timeUs: number): void {
    const { maxOutOfOrderBytes, maxOutOfOrderSegments } = this.#sink.limits;
    const waitedUs = Math.abs(timeUs - this.#holeSinceUs);
    const lost = this.#acknowledged
      ? waitedUs > ACKED_WAIT_US || this.#holeSegments > ACKED_WAIT_SEGMENTS
      : waitedUs > UNACKED_WAIT_US;
    if (lost) this.#skipHole(timeUs);
    while (this.#waitingBytes > maxOutOfOrderBytes || this.#waiting.length > maxOutOfOrderSegments)
      this.#skipHole(timeUs);
  }

  #skipHole(timeUs: number): void {
    const first = this.#waiting[0];
    if (first === undefined) return;
    this.#lose((first.seq - this.#next) | 0, timeUs);
    this.#next = first.seq;
    this.#drain(timeUs);
  }

  #lose(byteCount: number, timeUs: number): void {
    if (byteCount <= 0) return;
    this.#sink.tally.gaps++;
    this.#sink.tally.gapBytes += byteCount;
    this.#sink.gap(this.#side, byteCount, timeUs);
  }

  /** Far from the expected place: ignored, unless several in a row continue each other. */
  #stray(packet: Packet, seq: number, ahead: number): void {
    this.#sink.tally.outOfWindow++;
    const distance = (seq - this.#strayNext) | 0;
    const agrees = this.#strays > 0 && distance >= 0 && distance <= MAX_WINDOW_BYTES;
    this.#strays = agrees ? this.#strays + 1 : 1;
    this.#strayBytes = (agrees ? this.#strayBytes : 0) + packet.payloadWireLength;
    this.#strayNext = (seq + packet.payloadWireLength) | 0;
    if (this.#strays < RESYNC_SEGMENTS) return;
    this.#sink.tally.resyncs++;
    this.flush(packet.timeUs);
    this.#lose(
      ahead > 0 ? (seq - this.#next) | 0 : this.#strayBytes - packet.payloadWireLength,
      packet.timeUs,
    );
    this.#next = seq;
    this.#strays = 0;
    this.#accept(packet, 0);
  }

  #account(byteCount: number): void {
    this.#waitingBytes += byteCount;
    this.#sink.tally.waitingBytes += byteCount;
  }
}
