import { isDue } from '../../../base/time.js';
import type { Store } from '../../../deliver/store/index.js';
import type { Matcher } from '../../../detect/rules/index.js';
import type { DomainRecall } from '../../../intake/formats/exports/recall.js';
import { recalledNames, WATCHED_NAMES } from '../recalled-names.js';
import type { Feed } from './feed.js';

/** What was learnt of DNS is saved with everything else; where it is long (characters), only this often. */
const LONG_RECALL = 1_000_000;
const RECALL_MS = 60_000;
/** Templates are taken up again after a pause no longer than this: exporters may have started anew with others. */
const TEMPLATES_KEPT_MS = 30 * 60_000;
/** Epoch milliseconds of the last checkpoint. */
const SAVED_STATE = 'saved';
const templateState = (inputId: number) => `templates ${inputId}`;

/** Of which state the DNS memory was saved last. */
interface SavedNames {
  readonly matcher: Matcher | null;
  readonly revision: number;
  readonly length: number;
  readonly atMs: number;
}

const NOTHING_SAVED: SavedNames = { matcher: null, revision: 0, length: 0, atMs: 0 };

/** What a watch must know to go on after a restart, besides facts: names of pools, and what exporters announced. */
export class WatchRecall {
  readonly #store: Store;
  #names = NOTHING_SAVED;
  #templatesMs = Number.NEGATIVE_INFINITY;

  constructor(store: Store) {
    this.#store = store;
  }

  restoreNames(matcher: Matcher): void {
    for (const recall of recalledNames(this.#store)) matcher.restore(recall);
  }

  restoreTemplates(feed: Feed, nowMs: number): void {
    const pauseMs = nowMs - Number(this.#store.live.state(SAVED_STATE) ?? Number.NaN);
    const text = this.#store.live.state(templateState(feed.inputId));
    if (text === null || !(pauseMs >= 0 && pauseMs <= TEMPLATES_KEPT_MS)) return;
    // Written by save() alone, from Feed.templates().
    feed.restoreTemplates(JSON.parse(text) as DomainRecall[], nowMs * 1000);
  }

  /** Within the transaction of a checkpoint: what has changed. */
  save(feeds: readonly Feed[], matcher: Matcher, nowMs: number): void {
    const { live } = this.#store;
    // Sampling may be told without a template.
    const isTemplateTime = isDue(this.#templatesMs, RECALL_MS, nowMs);
    if (isTemplateTime) this.#templatesMs = nowMs;
    for (const feed of feeds) {
      const templates = feed.templates(isTemplateTime);
      if (templates !== null) live.saveState(templateState(feed.inputId), JSON.stringify(templates));
    }
    live.saveState(SAVED_STATE, String(nowMs));
    this.#saveNames(matcher, nowMs);
  }

  /** The next save() is to write everything: the last was rolled back, or it is the last. */
  makeDue(): void {
    this.#names = NOTHING_SAVED;
    this.#templatesMs = Number.NEGATIVE_INFINITY;
  }

  #saveNames(matcher: Matcher, nowMs: number): void {
    const saved = this.#names;
    if (saved.matcher === matcher && saved.revision === matcher.revision) return;
    if (saved.length > LONG_RECALL && !isDue(saved.atMs, RECALL_MS, nowMs)) return;
    const text = JSON.stringify(matcher.recall());
    this.#store.live.saveState(WATCHED_NAMES, text);
    this.#names = { matcher, revision: matcher.revision, length: text.length, atMs: nowMs };
  }
}
