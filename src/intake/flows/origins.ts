import type { Origin } from '../../model/flow.js';
import { type FlowStore, ORIGIN, RARE_WORDS, RECORD } from './flow-store.js';
import { MAX_ORIGINS } from './limits.js';

/** What a table's packets were read from. Conversations may go on from one input into the next. */
export class Origins {
  readonly #known: { readonly source: string; readonly format: string }[] = [];
  #current = -1;

  /** What the following packets are read from. */
  set(source: string, format: string): void {
    const known = this.#known.findIndex((one) => one.source === source && one.format === format);
    this.#current = known < 0 ? this.#add({ source, format }) : known;
  }

  /** Above MAX_ORIGINS the oldest gives its place: conversations that began there, if any go on, are told of the new one. */
  #add(origin: { readonly source: string; readonly format: string }): number {
    const place = this.#known.length < MAX_ORIGINS ? this.#known.length : (this.#current + 1) % MAX_ORIGINS;
    this.#known[place] = origin;
    return place;
  }

  /** A conversation begins with frame `record`. */
  mark(store: FlowStore, id: number, record: number): void {
    store.rare[id * RARE_WORDS + RECORD] = record;
    store.rare[id * RARE_WORDS + ORIGIN] = this.#current;
  }

  /** Where a conversation began. */
  of(store: FlowStore, id: number): Origin {
    const { source, format } = this.#known[store.originOf(id)]!;
    return { source, format, record: store.rare[id * RARE_WORDS + RECORD]! >>> 0 };
  }
}
