import { printable } from '../../base/text.js';
import type { Language } from '../../model/language.js';
import { formatDuration } from './format.js';
import { message } from './messages/messages.js';
import { cutToWidth } from './width.js';

/** Where a run stands. */
export interface ProgressState {
  readonly name: string;
  readonly bytes: number;
  /** Null where the length is not known (a pipe). */
  readonly totalBytes: number | null;
  readonly packets: number;
  readonly suspects: number;
}

/** What is needed of standard error. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** 4 Hz. */
const INTERVAL_MS = 250;
const NARROW = 80;
/** A rate over a shorter time says nothing. */
const LEAST_SECONDS = 0.5;
const CLEAR_LINE = '\r\u001b[K';

/** On a terminal only, and not where somebody asked for silence. */
export function wantsProgress(
  stream: ProgressStream,
  options: { readonly quiet: boolean; readonly progress: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  const isCi = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  return stream.isTTY === true && options.progress && !options.quiet && !isCi && env.TERM !== 'dumb';
}

/** One line on standard error that is written over and over, at most four times a second. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #language: Language;
  readonly #now: () => number;
  readonly #startMs: number;
  #drawnMs: number;
  #isShown = false;

  /** `now` in milliseconds; a monotonic clock. */
  constructor(stream: ProgressStream, language: Language, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#language = language;
    this.#now = now;
    this.#startMs = now();
    this.#drawnMs = this.#startMs;
  }

  update(state: ProgressState): void {
    const nowMs = this.#now();
    if (nowMs - this.#drawnMs < INTERVAL_MS) return;
    this.#drawnMs = nowMs;
    this.#isShown = true;
    const line = formatProgress(state, (nowMs - this.#startMs) / 1000, this.#language);
    this.#stream.write(CLEAR_LINE + cutToWidth(line, (this.#stream.columns ?? NARROW) - 1));
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#isShown) this.#stream.write(CLEAR_LINE);
    this.#isShown = false;
  }
}

/** A progress line where one is wanted (see wantsProgress), else one that stays silent. */
export function createProgress(options: {
  readonly language: Language;
  readonly quiet: boolean;
  readonly progress: boolean;
}): Pick<Progress, 'update' | 'clear'> {
  const { stderr } = process;
  if (wantsProgress(stderr, options)) return new Progress(stderr, options.language);
  return { update: () => undefined, clear: () => undefined };
}

/** `big.pcap  1.2 GB of 4.0 GB (30 %)  812 MB/s  1.9 M packets/s  4s left  3 suspects` */
export function formatProgress(state: ProgressState, seconds: number, language: Language): string {
  const { bytes, totalBytes } = state;
  const parts = [printableName(state.name)];
  if (totalBytes === null || totalBytes <= 0) parts.push(formatBytes(bytes));
  else {
    const percent = Math.min(100, Math.floor((bytes / totalBytes) * 100));
    parts.push(`${formatBytes(bytes)} / ${formatBytes(totalBytes)} (${percent} %)`);
  }
  if (seconds >= LEAST_SECONDS) {
    parts.push(
      `${formatBytes(bytes / seconds)}/s`,
      message(language, 'progress.packets', { count: formatCount(state.packets / seconds) }),
    );
    if (totalBytes !== null && bytes > 0 && totalBytes > bytes) {
      const eta = formatDuration(Math.ceil(((totalBytes - bytes) * seconds) / bytes), language);
      parts.push(message(language, 'progress.left', { eta }));
    }
  }
  parts.push(message(language, 'progress.verdicts', { count: state.suspects }));
  return parts.join('  ');
}

function printableName(name: string): string {
  return printable(name.slice(name.lastIndexOf('/') + 1), NARROW);
}

function formatBytes(bytes: number): string {
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

function formatCount(count: number): string {
  return scaled(count, ['', 'k', 'M', 'G']);
}

function scaled(value: number, units: readonly string[]): string {
  let at = 0;
  let rest = value;
  while (rest >= 999.5 && at < units.length - 1) {
    rest /= 1000;
    at++;
  }
  return `${at === 0 || rest >= 99.5 ? Math.round(rest) : rest.toFixed(1)} ${units[at] ?? ''}`.trimEnd();
}
