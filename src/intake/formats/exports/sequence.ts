/** Sequence numbers of one stream of export messages: what is missing, late, or came twice. */

const RECENT = 64;
/** Steps further than this, either way, are restarts of the exporter, not loss. */
const MAX_STEP = 4_000_000;

export const Order = { IN_TURN: 0, AFTER_GAP: 1, LATE: 2, DUPLICATE: 3, RESTARTED: 4 } as const;
export type Order = (typeof Order)[keyof typeof Order];

export class Sequence {
  /** Sequence units missing so far; what comes late is taken off again. */
  lost = 0;
  readonly #hashes = new Int32Array(RECENT);
  #turn = 0;
  /** What the next message should carry; -1: any. */
  #next = -1;
  #order: Order = Order.IN_TURN;

  /** A message, before its records are read. `hash` is of the whole message. */
  see(sequence: number, hash: number): Order {
    const step = this.#next < 0 ? 0 : (sequence - this.#next) | 0;
    if ((step !== 0 || this.#next < 0) && this.#hashes.includes(hash)) return Order.DUPLICATE;
    this.#hashes[this.#turn] = hash;
    this.#turn = (this.#turn + 1) % RECENT;
    if (step === 0) this.#order = Order.IN_TURN;
    else if (Math.abs(step) > MAX_STEP) this.#order = Order.RESTARTED;
    else if (step > 0) {
      this.#order = Order.AFTER_GAP;
      this.lost += step;
    } else this.#order = this.lost > 0 ? Order.LATE : Order.RESTARTED;
    return this.#order;
  }

  /** After its records: how far it moves the count; -1 where that is not known (no template). */
  advance(sequence: number, units: number): void {
    if (this.#order === Order.LATE) this.lost = Math.max(0, this.lost - Math.max(units, 0));
    else this.#next = units < 0 ? -1 : (sequence + units) >>> 0;
  }
}
