/** Sequence numbers of one stream of export messages: what is missing, late, or came twice; when the exporter began anew. */

const RECENT = 64;
/** Gaps of one life that late messages may still fill. */
const MAX_GAPS = 64;
/** Steps forward further than this are restarts of the exporter, not loss. */
const MAX_STEP = 4_000_000;
/** By how much two messages of one life may differ in when it began: v9 tells whole seconds, and clocks drift. */
const BOOT_SLACK_MS = 5000;

/** One run of the exporter's process. */
interface Life {
  /** What its next message should carry; -1: any. */
  next: number;
  /** What its message before carried. */
  last: number;
  /** When it began, epoch milliseconds modulo 2^32, and its age; NaN: not told. */
  bootMs: number;
  uptimeMs: number;
  /** Units missing: first, and how many. */
  readonly gaps: { from: number; size: number }[];
}

/** What the headers of v5 and v9 tell of the exporter's age, milliseconds. */
export interface Age {
  readonly bootMs: number;
  readonly uptimeMs: number;
}

const NO_AGE: Age = { bootMs: Number.NaN, uptimeMs: Number.NaN };

export class Sequence {
  /** Sequence units missing so far; what comes late is taken off again. */
  lost = 0;
  readonly #hashes = new Int32Array(RECENT);
  #turn = 0;
  #life = createLife();
  /** The life before: its last messages may come after the first of the new one. */
  #before = createLife();

  /** Whether the message has been seen before. Asked before its records are read; `hash` is of the whole message. */
  isDuplicate(sequence: number, hash: number): boolean {
    if (sequence !== this.#life.next && this.#hashes.includes(hash)) return true;
    this.#hashes[this.#turn] = hash;
    this.#turn = (this.#turn + 1) % RECENT;
    return false;
  }

  /**
   * After its records: `units` is how far it moves the count; -1 where that is not known (no template). softflowd's
   * IPFIX counts a message's own `flows` already, and no options records. A number that goes back without filling a gap is
   * the exporter's restart; so is an uptime that does.
   */
  advance(sequence: number, units: number, flows = units, age: Age = NO_AGE): void {
    if (isOf(this.#before, age) && !isOf(this.#life, age)) this.#swap();
    if (isYounger(age, this.#life)) this.#begin();
    if (this.#goesOnBefore(sequence)) this.#swap();
    let life = this.#life;
    const step = life.next < 0 ? 0 : (sequence - life.next) | 0;
    const isCountedAhead = units > 0 && ((sequence - life.last) | 0) === flows;
    if (step !== 0 && !isCountedAhead) {
      if (this.#fill(life, sequence, units) || this.#fill(this.#before, sequence, units)) return;
      if (step > 0 && step <= MAX_STEP) this.#miss(life, step);
      else life = this.#begin();
    }
    life.last = sequence;
    life.next = units < 0 ? -1 : (sequence + units) >>> 0;
    life.bootMs = age.bootMs;
    life.uptimeMs = age.uptimeMs;
  }

  /** Whether the life before goes on with it, or loses less with it. */
  #goesOnBefore(sequence: number): boolean {
    const [life, before] = [this.#life.next, this.#before.next];
    if (life < 0 || before < 0 || sequence === life) return false;
    const [step, stepBefore] = [(sequence - life) | 0, (sequence - before) | 0];
    return stepBefore === 0 || (stepBefore > 0 && step > stepBefore);
  }

  #begin(): Life {
    this.#before = this.#life;
    this.#life = createLife();
    return this.#life;
  }

  #swap(): void {
    const life = this.#life;
    this.#life = this.#before;
    this.#before = life;
  }

  #miss(life: Life, size: number): void {
    this.lost += size;
    life.gaps.push({ from: life.next, size });
    if (life.gaps.length > MAX_GAPS) life.gaps.shift();
  }

  /** Whether the message was taken for lost: then it no longer is. */
  #fill(life: Life, sequence: number, units: number): boolean {
    const at = life.gaps.findIndex(({ from, size }) => {
      const offset = (sequence - from) | 0;
      return offset >= 0 && offset < size;
    });
    const gap = life.gaps[at];
    if (gap === undefined) return false;
    const before = (sequence - gap.from) >>> 0;
    const found = Math.min(Math.max(units, 0), gap.size - before);
    const after = gap.size - before - found;
    this.lost -= found;
    const rest = [
      { from: gap.from, size: before },
      { from: (sequence + found) >>> 0, size: after },
    ].filter(({ size }) => size > 0);
    life.gaps.splice(at, 1, ...rest);
    if (life.gaps.length > MAX_GAPS) life.gaps.shift();
    return true;
  }
}

function createLife(): Life {
  return { next: -1, last: 0, bootMs: Number.NaN, uptimeMs: Number.NaN, gaps: [] };
}

function isOf(life: Life, age: Age): boolean {
  return Math.abs((age.bootMs - life.bootMs) | 0) <= BOOT_SLACK_MS && !Number.isNaN(age.bootMs - life.bootMs);
}

/** An uptime that has wrapped began at the same time still (modulo 2^32). */
function isYounger(age: Age, life: Life): boolean {
  return age.uptimeMs < life.uptimeMs && !isOf(life, age);
}
