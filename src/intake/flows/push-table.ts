import type { Counters } from '../../base/counters.js';
import type { FlowRecord } from '../../model/flow.js';
import { endpointOf, orientationOf } from './flow-record.js';
import type { FlowStore } from './flow-store.js';
import { PushCounter } from './push-counter.js';

/** Conversations whose pushes are counted at once; half a kilobyte each. */
export const MAX_COUNTED_FLOWS = 32_768;

/** Counts pushes in those conversations that are wanted. */
export class PushTable {
  readonly #counters = new Map<number, PushCounter>();
  #dropped = 0;

  /** Payload of `side` in conversation `id` that was not seen before. */
  add(store: FlowStore, id: number, side: number, bytes: number, timeUs: number): void {
    let counter = this.#counters.get(id);
    if (counter === undefined) {
      if (this.#counters.size >= MAX_COUNTED_FLOWS) {
        this.#dropped++;
        return;
      }
      counter = new PushCounter(orientationOf(store, id).clientSide, store.startUs(id));
      this.#counters.set(id, counter);
    }
    counter.add(side, bytes, timeUs);
  }

  /** What is told of a conversation, with its pushes. */
  with(record: FlowRecord, store: FlowStore, id: number): FlowRecord {
    const counter = this.#counters.get(id);
    // Where the client is not heard, all that the server says seems unasked.
    if (counter === undefined || record.toServer.packets === 0) return record;
    // Whoever took the server for the client counted its messages as pushes.
    const client = endpointOf(store, id, counter.clientSide);
    if (client.ip !== record.client.ip || client.port !== record.client.port) return record;
    const pushes = counter.features();
    return pushes.count === 0 ? record : { ...record, pushes };
  }

  forget(id: number): void {
    this.#counters.delete(id);
  }

  /** Adds what was counted since the last call. */
  report(counters: Counters): void {
    counters.add('flow.pushes-not-counted', this.#dropped);
    this.#dropped = 0;
  }
}
