/** Data sets that came before their template: kept for a bounded time, in bounded memory. */
import type { Domain, Exporter, Held } from './exporter.js';
import { MAX_HELD_BYTES, MAX_HELD_BYTES_IN_ALL, MAX_HELD_SETS, MAX_HELD_US } from './limits.js';
import { type Message, viewOf } from './message.js';

export class HeldSets {
  /** Sets given up since the beginning: too old or too many. */
  dropped = 0;
  #bytes = 0;

  /** Keeps the records at [from, end) of the message's bytes; the oldest of the same exporter make room. */
  hold(
    exporter: Exporter,
    domain: Domain,
    templateId: number,
    message: Message,
    from: number,
    end: number,
  ): void {
    const size = end - from;
    this.expire(exporter, message.arrivalUs);
    while (
      exporter.held.length > 0 &&
      (exporter.heldBytes + size > MAX_HELD_BYTES || exporter.held.length >= MAX_HELD_SETS)
    )
      this.#dropOldest(exporter);
    if (this.#bytes + size > MAX_HELD_BYTES_IN_ALL) {
      this.dropped++;
      return;
    }
    const bytes = Buffer.from(message.bytes.subarray(from, end));
    exporter.held.push({ domain, templateId, message: { ...message, bytes, view: viewOf(bytes) } });
    exporter.heldBytes += size;
    this.#bytes += size;
  }

  /** Takes out what waited for this template, oldest first. */
  release(exporter: Exporter, domain: Domain, templateId: number): Held[] {
    if (exporter.held.length === 0) return [];
    const released = exporter.held.filter((set) => set.domain === domain && set.templateId === templateId);
    if (released.length === 0) return released;
    const kept = exporter.held.filter((set) => set.domain !== domain || set.templateId !== templateId);
    exporter.held.splice(0, exporter.held.length, ...kept);
    for (const set of released) this.#forget(exporter, set);
    return released;
  }

  expire(exporter: Exporter, nowUs: number): void {
    for (;;) {
      const oldest = exporter.held[0];
      if (oldest === undefined || nowUs - oldest.message.arrivalUs <= MAX_HELD_US) return;
      this.#dropOldest(exporter);
    }
  }

  /** The exporter is forgotten. */
  dropAll(exporter: Exporter): void {
    while (exporter.held.length > 0) this.#dropOldest(exporter);
  }

  #dropOldest(exporter: Exporter): void {
    const oldest = exporter.held.shift();
    if (oldest === undefined) return;
    this.#forget(exporter, oldest);
    this.dropped++;
  }

  #forget(exporter: Exporter, set: Held): void {
    exporter.heldBytes -= set.message.bytes.length;
    this.#bytes -= set.message.bytes.length;
  }
}
