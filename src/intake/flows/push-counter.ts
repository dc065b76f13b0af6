import type { PushFeatures } from '../../model/pushes.js';
import { Modes } from './modes.js';

/** The handshake, the log-in and the first job: not counted. */
const SKIPPED_US = 2_000_000;
/** Segments of one direction no further apart are one message. */
const MESSAGE_GAP_US = 50_000;
/** Messages of the client that may wait for an answer, and for how long. */
const MAX_WAITING = 4;
const WAITING_US = 30_000_000;
/** An answer to a share: `{"result":true}` and the like, with what TLS puts around it. */
const SHORT_ANSWER_BYTES = 150;
const PROMPT_US = 1_000_000;
/** Jobs of one pool differ by a digit or two. */
const SAME_LENGTH_BYTES = 8;
const SAME_INTERVAL = 0.1;

/** Intervals by their logarithm, four bins an octave from a tenth of a second on: up to two hours. */
const BINS = 64;
const BINS_PER_OCTAVE = 4;
const LEAST_SECONDS = 0.1;

/** Counts the pushes of one conversation (model/pushes.ts) in constant memory. Times may go back a little. */
export class PushCounter {
  readonly clientSide: 0 | 1;
  readonly #fromUs: number;
  #lastUs: number;
  #bytes = 0;
  readonly #messages = [0, 0];
  #pushes = 0;
  #lastPushUs = 0;
  #answers = 0;
  readonly #lengths = new Modes();
  readonly #intervals = new Modes();
  readonly #spread = new Uint16Array(BINS);

  /** Messages of the client without an answer; when the last of them began. */
  #waiting = 0;
  #askedUs = 0;
  /** The message that is being sent: by whom (-1: none yet), its length, and what it is. */
  #side = -1;
  #length = 0;
  #beganUs = 0;
  #isPush = false;

  constructor(clientSide: 0 | 1, startUs: number) {
    this.clientSide = clientSide;
    this.#fromUs = startUs + SKIPPED_US;
    this.#lastUs = this.#fromUs;
  }

  /** Payload that was not seen before. */
  add(side: number, bytes: number, timeUs: number): void {
    if (timeUs < this.#fromUs) return;
    const goesOn = side === this.#side && timeUs - this.#lastUs <= MESSAGE_GAP_US;
    this.#bytes += bytes;
    if (goesOn) this.#length += bytes;
    else {
      this.#finish();
      this.#begin(side, bytes, timeUs);
    }
    if (timeUs > this.#lastUs) this.#lastUs = timeUs;
  }

  /** So far; the message under way is left out. */
  features(): PushFeatures {
    const intervals = Math.max(1, this.#pushes - 1);
    const seconds = (this.#lastUs - this.#fromUs) / 1e6;
    const length = this.#lengths.top;
    const timer = this.#intervals.top;
    const asked = this.#messages[this.clientSide]!;
    const all = this.#messages[0]! + this.#messages[1]!;
    return {
      count: this.#pushes,
      seconds,
      modalShare: length.count / Math.max(1, this.#pushes),
      modalBytes: length.value,
      medianSeconds: this.#median(),
      serverShare: (all - asked) / Math.max(1, all),
      bytesPerMinute: (this.#bytes * 60) / Math.max(1, seconds),
      answered: this.#answers,
      answeredShare: Math.min(1, this.#answers / Math.max(1, asked)),
      timerShare: timer.count / intervals,
      timerSeconds: timer.value,
    };
  }

  #begin(side: number, bytes: number, timeUs: number): void {
    this.#side = side;
    this.#length = bytes;
    this.#beganUs = timeUs;
    this.#messages[side]!++;
    this.#isPush = false;
    if (side === this.clientSide) {
      this.#waiting = Math.min(this.#waiting + 1, MAX_WAITING);
      this.#askedUs = timeUs;
      return;
    }
    if (timeUs - this.#askedUs > WAITING_US) this.#waiting = 0;
    if (this.#waiting === 0) this.#isPush = true;
    else this.#waiting--;
  }

  /** The message under way is over: its length is known now. */
  #finish(): void {
    const { clientSide } = this;
    if (this.#side >= 0 && this.#side !== clientSide) {
      if (this.#isPush) this.#push();
      else if (this.#length <= SHORT_ANSWER_BYTES && this.#beganUs - this.#askedUs <= PROMPT_US)
        this.#answers++;
    }
    this.#side = -1;
  }

  #push(): void {
    this.#lengths.add(this.#length, SAME_LENGTH_BYTES);
    if (this.#pushes++ > 0) {
      const seconds = Math.max(0, this.#beganUs - this.#lastPushUs) / 1e6;
      this.#intervals.add(seconds, seconds * SAME_INTERVAL);
      const bin = Math.floor(BINS_PER_OCTAVE * Math.log2(Math.max(LEAST_SECONDS, seconds) / LEAST_SECONDS));
      const at = Math.min(BINS - 1, bin);
      if (this.#spread[at]! < 0xffff) this.#spread[at]!++;
    }
    this.#lastPushUs = this.#beganUs;
  }

  #median(): number {
    const all = this.#spread.reduce((sum, count) => sum + count, 0);
    let below = 0;
    for (let bin = 0; bin < BINS; bin++) {
      below += this.#spread[bin]!;
      if (below * 2 >= all && all > 0) return LEAST_SECONDS * 2 ** ((bin + 0.5) / BINS_PER_OCTAVE);
    }
    return 0;
  }
}
