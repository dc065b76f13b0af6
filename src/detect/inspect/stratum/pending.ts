import type { Fact, Target } from './dialect.js';
import type { Message } from './message.js';

/** Requests that wait for an answer, per direction of a session. */
export const MAX_PENDING_KEYS = 256;
/** Several requests may share one id (many miners send all shares with the same). */
export const MAX_PENDING_PER_KEY = 8;

/** A request as it was asked. */
export interface Asked {
  readonly fact: Fact;
  readonly timeUs: number;
  /** What its share was measured by. */
  readonly target: Target | null;
  /** Shown if it comes to be counted; null where it was counted when asked. */
  readonly quote: string | null;
}

export interface Settled {
  readonly asked: Asked;
  readonly answer: Fact | 'neutral';
}

export class Pending {
  readonly #byKey = new Map<string, Asked[]>();

  add(key: string, asked: Asked): void {
    const waiting = this.#byKey.get(key) ?? [];
    if (waiting.length >= MAX_PENDING_PER_KEY) waiting.shift();
    waiting.push(asked);
    this.#byKey.delete(key);
    this.#byKey.set(key, waiting);
    if (this.#byKey.size > MAX_PENDING_KEYS) {
      for (const oldest of this.#byKey.keys()) {
        this.#byKey.delete(oldest);
        break;
      }
    }
  }

  /** The first request of that id whose grammar the answer fits; it waits no longer. */
  settle(key: string, message: Message): Settled | null {
    const waiting = this.#byKey.get(key) ?? [];
    for (const [at, asked] of waiting.entries()) {
      const answer = asked.fact.answer?.(message) ?? null;
      if (answer !== null) {
        this.#remove(key, waiting, at);
        return { asked, answer };
      }
    }
    return null;
  }

  /** The oldest request of that key, whatever the answer. */
  take(key: string): Asked | null {
    const waiting = this.#byKey.get(key);
    const asked = waiting?.[0];
    if (waiting === undefined || asked === undefined) return null;
    this.#remove(key, waiting, 0);
    return asked;
  }

  /** An answer came that no grammar fits: what was held under that id was something else. */
  refute(key: string): void {
    const waiting = this.#byKey.get(key);
    const at = waiting?.findIndex((asked) => asked.quote !== null) ?? -1;
    if (waiting !== undefined && at >= 0) this.#remove(key, waiting, at);
  }

  /** What was held back and never refuted, in the order it was asked. */
  unrefuted(): Asked[] {
    const held = [...this.#byKey.values()].flat().filter((asked) => asked.fact.hold === 'unless-refuted');
    return held.sort((left, right) => left.timeUs - right.timeUs);
  }

  /** Requests for work of family K that are still unanswered, in the order they were asked. */
  asksForWork(): Asked[] {
    const asked = [...this.#byKey.values()].flat().filter(({ fact }) => fact.asksForWork);
    return asked.sort((left, right) => left.timeUs - right.timeUs);
  }

  get holds(): boolean {
    for (const waiting of this.#byKey.values())
      if (waiting.some((asked) => asked.quote !== null)) return true;
    return false;
  }

  #remove(key: string, waiting: Asked[], at: number): void {
    waiting.splice(at, 1);
    if (waiting.length === 0) this.#byKey.delete(key);
  }
}
