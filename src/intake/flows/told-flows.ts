import type { FlowRecord, Origin, Traffic } from '../../model/flow.js';
import { flowRecordOf, orientationOf } from './flow-record.js';
import type { FlowStore } from './flow-store.js';
import type { Orientation } from './orient.js';
import type { SynBook } from './syn-book.js';

/** What a conversation had come to when it was told last. Its orientation stays: it names the session. */
interface Told {
  readonly orientation: Orientation;
  readonly bytes: { readonly toServer: number; readonly toClient: number };
  readonly packets: number;
}

/** The conversations of a flow table that are told in parts while they go on. Parts add up (FlowRecord.told). */
export class ToldFlows {
  readonly #told = new Map<number, Told>();

  /** The next part of a conversation; null where nothing came since the last. */
  part(store: FlowStore, id: number, origin: Origin, syns: SynBook): FlowRecord | null {
    const before = this.#told.get(id);
    const orientation = before?.orientation ?? orientationOf(store, id);
    const record = flowRecordOf(store, id, origin, syns, orientation);
    const packets = packetsOf(record);
    if (before?.packets === packets) return null;
    const bytes = { toServer: record.toServer.bytes, toClient: bytesOf(record.toClient) };
    this.#told.set(id, { orientation, bytes, packets });
    return { ...record, told: before?.bytes ?? { toServer: 0, toClient: 0 } };
  }

  /** The whole of a conversation that is over, or its last part; null where all of it was told. */
  last(store: FlowStore, id: number, origin: Origin, syns: SynBook): FlowRecord | null {
    if (!this.#told.has(id)) return flowRecordOf(store, id, origin, syns);
    const record = this.part(store, id, origin, syns);
    this.#told.delete(id);
    return record;
  }
}

function packetsOf({ toServer, toClient }: FlowRecord): number {
  return toServer.packets + (toClient?.packets ?? 0);
}

function bytesOf(traffic: Traffic | null): number {
  return traffic?.bytes ?? 0;
}
