import type { TcpStack } from '../../model/machines.js';
import type { Packet } from '../../model/packet.js';
import { Kind, optionLength, optionsOf } from './tcp-options.js';

/** Ticks a second that systems use (RFC 7323 §5.4 allows 1 to 1000; Linux and BSD kernels 100, 250, 1000). */
const CLOCKS = [100, 250, 1000] as const;
/** How far a measured rate may be from one of them. */
const TOLERANCE = 0.05;
/** A shorter stretch tells no rate. */
const LEAST_SPAN_US = 10e6;
const TIMESTAMP_LENGTH = 10;

/** The TCP implementation of one sender, by its packets: time to live, and the clock of its timestamps. */
export class TcpMark {
  #ttl = -1;
  #hasTimestamps = false;
  #firstUs = 0;
  #firstTick = 0;
  #lastUs = 0;
  #lastTick = 0;

  /** A decoded TCP packet of that sender, in the order of capture. */
  add(packet: Packet): void {
    if (this.#ttl < 0) this.#ttl = packet.ttl;
    const tick = timestampOf(packet);
    if (tick < 0) return;
    if (!this.#hasTimestamps) {
      this.#hasTimestamps = true;
      [this.#firstUs, this.#firstTick] = [packet.timeUs, tick];
    }
    [this.#lastUs, this.#lastTick] = [packet.timeUs, tick];
  }

  /** Null before the first packet. */
  get stack(): TcpStack | null {
    if (this.#ttl < 0) return null;
    const clockHz = this.#rate();
    return {
      ttl: this.#ttl,
      hasTimestamps: this.#hasTimestamps,
      clockHz,
      clockZeroUs: clockHz === null ? null : Math.round(this.#lastUs - (this.#lastTick / clockHz) * 1e6),
    };
  }

  #rate(): number | null {
    const spanUs = this.#lastUs - this.#firstUs;
    const ticks = (this.#lastTick - this.#firstTick) >>> 0;
    if (!this.#hasTimestamps || spanUs < LEAST_SPAN_US) return null;
    const rate = ticks / (spanUs / 1e6);
    return CLOCKS.find((hz) => Math.abs(rate / hz - 1) <= TOLERANCE) ?? null;
  }
}

/** TSval of the packet's timestamp option; -1: none, or the header is not where it is looked for. */
function timestampOf(packet: Packet): number {
  const { bytes, view } = packet;
  let at = optionsOf(packet);
  for (let seen = 0; ; seen++) {
    const length = optionLength(packet, at, seen);
    if (length === 0 || bytes[at] === Kind.END) return -1;
    if (bytes[at] === Kind.TIMESTAMP && length === TIMESTAMP_LENGTH) return view.getUint32(at + 2);
    at += length;
  }
}
