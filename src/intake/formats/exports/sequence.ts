/** Sequence numbers of one stream of export messages: what is missing, late, or came twice. */

const RECENT = 64;
/** Steps further than this, either way, are restarts of the exporter, not loss. */
const MAX_STEP = 4_000_000;

export class Sequence {
  /** Sequence units missing so far; what comes late is taken off again. */
  lost = 0;
  readonly #hashes = new Int32Array(RECENT);
  #turn = 0;
  /** What the next message should carry; -1: any. */
  #next = -1;
  /** What the message before carried. */
  #last = 0;

  /** Whether the message has been seen before. Asked before its records are read; `hash` is of the whole message. */
  isDuplicate(sequence: number, hash: number): boolean {
    if (sequence !== this.#next && this.#hashes.includes(hash)) return true;
    this.#hashes[this.#turn] = hash;
    this.#turn = (this.#turn + 1) % RECENT;
    return false;
  }

  /**
   * After its records: `units` is how far it moves the count; -1 where that is not known (no template). softflowd's
   * IPFIX counts a message's own `flows` already, and no options records.
   */
  advance(sequence: number, units: number, flows = units): void {
    const step = this.#next < 0 ? 0 : (sequence - this.#next) | 0;
    const isCountedAhead = units > 0 && ((sequence - this.#last) | 0) === flows;
    if (step < 0 && step >= -MAX_STEP && !isCountedAhead && this.lost > 0) {
      // Late: it was taken for lost.
      this.lost = Math.max(0, this.lost - Math.max(units, 0));
      return;
    }
    if (step > 0 && step <= MAX_STEP && !isCountedAhead) this.lost += step;
    this.#last = sequence;
    this.#next = units < 0 ? -1 : (sequence + units) >>> 0;
  }
}
