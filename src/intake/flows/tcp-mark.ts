import type { TcpStack } from '../../model/machines.js';
import type { Packet } from '../../model/packet.js';

/** Ticks a second that systems use (RFC 7323 §5.4 allows 1 to 1000; Linux and BSD kernels 100, 250, 1000). */
const CLOCKS = [100, 250, 1000] as const;
/** How far a measured rate may be from one of them. */
const TOLERANCE = 0.05;
/** A shorter stretch tells no rate. */
const LEAST_SPAN_US = 10e6;
const TCP = 6;
const KIND_TIMESTAMP = 8;
const TIMESTAMP_LENGTH = 10;
const MAX_OPTIONS = 20;

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
function timestampOf({ bytes, view, ipVersion, srcOffset, payloadOffset }: Packet): number {
  // IPv4: 12 bytes before the source address; IPv6: 8, extension headers not looked through.
  const isFour = ipVersion === 4;
  const ip = srcOffset - (isFour ? 12 : 8);
  if (ip < 0 || payloadOffset < 0) return -1;
  const start = ip + (isFour ? ((bytes[ip] ?? 0) & 15) * 4 : 40);
  if (bytes[isFour ? ip + 9 : ip + 6] !== TCP) return -1;
  const end = start + ((bytes[start + 12] ?? 0) >> 4) * 4;
  if (end > bytes.length || end !== payloadOffset) return -1;
  let at = start + 20;
  for (let options = 0; at < end && options < MAX_OPTIONS; options++) {
    const kind = bytes[at] ?? 0;
    if (kind === 0) return -1;
    const length = kind === 1 ? 1 : (bytes[at + 1] ?? 0);
    if (length < 1 || (kind !== 1 && length < 2) || at + length > end) return -1;
    if (kind === KIND_TIMESTAMP && length === TIMESTAMP_LENGTH) return view.getUint32(at + 2);
    at += length;
  }
  return -1;
}
