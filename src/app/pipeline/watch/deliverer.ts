import { RigwatchError, StoreError } from '../../../base/errors.js';
import { type Phrase, type PhraseValue, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import type { NotifyTarget } from '../../../deliver/notify/target.js';
import type { Store } from '../../../deliver/store/index.js';

/** Messages that wait for one target, in the database; of more the oldest go, counted. */
export const MAX_NOTICES = 10_000;
/** Messages of one delivery. */
const BATCH = 100;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300_000;
/** A target that fails now and then is told of this often, milliseconds. */
const QUIET_MS = 600_000;

export interface TargetFigures {
  readonly name: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly failures: number;
  readonly dropped: number;
}

interface Line {
  readonly target: NotifyTarget;
  delivered: number;
  failures: number;
  dropped: number;
  waitMs: number;
  isSending: boolean;
  /** Whether it was told that it fails now, and when it was told last; milliseconds of the steady clock. */
  isTold: boolean;
  toldMs: number;
  timer: NodeJS.Timeout | null;
}

/**
 * Sends what stands in the outbox of the database, each target at its own pace, again and again until it arrives. What was
 * delivered is struck off; a process killed in between sends it once more.
 */
export class Deliverer {
  readonly #store: Store;
  readonly #lines: readonly Line[];
  readonly #onTrouble: (message: Phrase) => void;
  #isStopped = false;

  constructor(store: Store, targets: readonly NotifyTarget[], onTrouble: (message: Phrase) => void) {
    this.#store = store;
    this.#onTrouble = onTrouble;
    this.#lines = targets.map((target) => ({
      target,
      delivered: 0,
      failures: 0,
      dropped: 0,
      waitMs: 0,
      isSending: false,
      isTold: false,
      toldMs: Number.NEGATIVE_INFINITY,
      timer: null,
    }));
  }

  /** To be called within the transaction that saves what is told. */
  add(body: string, timeUs: number): void {
    for (const line of this.#lines)
      line.dropped += this.#store.live.addNotice(line.target.key, body, timeUs, MAX_NOTICES);
  }

  /** There may be something to send. */
  kick(): void {
    for (const line of this.#lines) if (!line.isSending && line.timer === null) void this.#drain(line);
  }

  figures(): TargetFigures[] {
    return this.#lines.map(({ target, delivered, failures, dropped }) => ({
      name: target.name,
      waiting: this.#store.live.pendingCount(target.key),
      delivered,
      failures,
      dropped,
    }));
  }

  /** One last attempt for what waits, for at most `graceMs`; the rest is sent after the next start. */
  async stop(graceMs: number): Promise<void> {
    for (const line of this.#lines) {
      if (line.timer !== null) clearTimeout(line.timer);
      line.timer = null;
    }
    this.kick();
    const untilMs = performance.now() + graceMs;
    while (this.#lines.some(({ isSending }) => isSending) && performance.now() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, 20));
    this.#isStopped = true;
    for (const { timer } of this.#lines) if (timer !== null) clearTimeout(timer);
    await Promise.all(this.#lines.map(({ target }) => target.close().catch(() => undefined)));
  }

  async #drain(line: Line): Promise<void> {
    line.isSending = true;
    try {
      while (!this.#isStopped) {
        const notices = this.#store.live.pendingNotices(line.target.key, BATCH);
        if (notices.length === 0) break;
        await line.target.send(notices.map(({ body }) => body));
        if (this.#isStopped) break;
        this.#store.atomically(() => this.#store.live.delivered(notices.map(({ noticeId }) => noticeId)));
        line.delivered += notices.length;
        line.waitMs = 0;
        line.isTold = false;
      }
    } catch (error) {
      this.#retryLater(line, error);
    } finally {
      line.isSending = false;
    }
  }

  #retryLater(line: Line, error: unknown): void {
    line.failures++;
    line.waitMs = line.waitMs === 0 ? FIRST_WAIT_MS : Math.min(LONGEST_WAIT_MS, line.waitMs * 2);
    // Silence after the first complaint: the figures tell the rest.
    if (!line.isTold && performance.now() - line.toldMs >= QUIET_MS) {
      line.isTold = true;
      line.toldMs = performance.now();
      this.#onTrouble(phrase`--notify ${line.target.name}: ${reasonOf(error)}; trying again`);
    }
    if (this.#isStopped) return;
    const jittered = line.waitMs * (0.75 + Math.random() / 2);
    line.timer = setTimeout(() => {
      line.timer = null;
      if (!this.#isStopped) void this.#drain(line);
    }, jittered);
    line.timer.unref();
  }
}

function reasonOf(error: unknown): PhraseValue {
  if (!(error instanceof Error)) return printable(String(error), 1024);
  const said = error instanceof RigwatchError ? error.lines : printable(error.message, 1024);
  if (error instanceof StoreError || !(error.cause instanceof Error)) return said;
  return phrase`${said} (${printable(error.cause.message, 1024)})`;
}
