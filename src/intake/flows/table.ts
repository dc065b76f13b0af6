import type { Counters } from '../../base/counters.js';
import type { Packet } from '../../model/packet.js';
import { WAKE_EARLY } from '../../model/wake.js';
import { EndsProbe } from './ends-probe.js';
import { expiredRows, liveRows, longestIdle, SweepClock } from './expiry.js';
import {
  BYTES,
  BYTES_HIGH,
  CLOSED,
  FIN_FROM_A,
  FLAGS_SHIFT,
  FlowStore,
  ISN,
  KEEP,
  META,
  NEXT_SEQ,
  PACKETS,
  PAYLOADS,
  RARE_WORDS,
  ROW_WORDS,
  SEQ_KNOWN_A,
  SESSION,
  SYN_ACK_FROM_A,
  SYN_FROM_A,
} from './flow-store.js';
import type { FlowHooks } from './hooks.js';
import {
  DEFAULT_LIMITS,
  EARLY_PAYLOADS,
  type FlowLimits,
  MAX_FLOWS,
  MAX_WINDOW_BYTES,
  REUSE_IDLE_US,
} from './limits.js';
import { Origins } from './origins.js';
import { PushTable } from './push-table.js';
import { Readings } from './readings.js';
import { payloadSeq } from './stream.js';
import { SynBook } from './syn-book.js';
import { FlowTally } from './tally.js';
import { ACK, FIN, RST, SYN } from './tcp-flags.js';
import { ToldFlows } from './told-flows.js';

/** Of a capture, for a first guess at how many conversations it holds. */
const BYTES_PER_FLOW = 16_384;

export interface FlowTableOptions {
  readonly limits?: Partial<FlowLimits>;
  readonly source?: string;
  readonly format?: string;
  /** Size of what will be read, where known: room is made for it at once. */
  readonly expectedBytes?: number;
}

/**
 * The conversations of a trace, both directions in one, TCP and UDP: counts every packet, reads the few whose first
 * bytes ask for it. Memory is bounded by FlowLimits; time is the trace's own and may jump either way.
 *
 * Cost: one call of add() per packet and nothing allocated in it, but for sessions that are read; bench:
 * tests/bench/bench.mjs. `!` after an index: see FlowStore.
 */
export class FlowTable {
  readonly #hooks: FlowHooks;
  readonly #limits: FlowLimits;
  /** Seeded at random, so that nobody can prepare addresses that collide; results do not depend on it. */
  readonly #store: FlowStore;
  /** Silence up to here ends no conversation. */
  readonly #shortestIdleUs: number;
  readonly #flows = new FlowTally();
  readonly #origins = new Origins();
  readonly #told = new ToldFlows();
  readonly #sweeps = new SweepClock();
  readonly #pushes = new PushTable();
  readonly #ends = new EndsProbe();
  readonly #syns = new SynBook(Math.floor(Math.random() * 2 ** 32) | 0);
  readonly #readings: Readings;

  constructor(hooks: FlowHooks, options: FlowTableOptions = {}) {
    this.#hooks = hooks;
    this.#store = new FlowStore(
      Math.floor(Math.random() * 2 ** 32) | 0,
      (options.expectedBytes ?? 0) / BYTES_PER_FLOW,
    );
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#limits = { ...limits, maxFlows: Math.max(1, Math.min(limits.maxFlows, MAX_FLOWS)) };
    this.#shortestIdleUs = Math.min(limits.tcpIdleUs, limits.udpIdleUs);
    this.#readings = new Readings({
      hooks,
      limits: this.#limits,
      store: this.#store,
      origins: this.#origins,
      syns: this.#syns,
      tally: this.#flows,
    });
    this.setOrigin(options.source ?? '', options.format ?? '');
  }

  /** What the following packets were read from. Conversations may go on from one input into the next. */
  setOrigin(source: string, format: string): void {
    this.#origins.set(source, format);
  }

  /** A decoded TCP or UDP packet; anything else is ignored. `record` is its frame number in the input, from 1. */
  add(packet: Packet, record: number): void {
    const isTcp = packet.protocol === 6;
    if (packet.ipVersion === 0 || (!isTcp && packet.protocol !== 17)) return;
    const { timeUs } = packet;
    if (this.#sweeps.tick()) {
      const nowUs = this.#sweeps.dueUs(timeUs, this.#store.live);
      if (!Number.isNaN(nowUs)) this.#sweep(nowUs);
    }

    const store = this.#store;
    let id = store.find(packet);
    if (id < 0) id = this.#create(packet, record);
    else {
      const lastUs = store.lastUs(id);
      const idleUs = Math.abs(timeUs - lastUs);
      if ((idleUs > this.#shortestIdleUs || packet.tcpFlags & SYN) && this.#isOver(id, packet, idleUs))
        this.#restart(id, packet, record);
      else if (timeUs > lastUs) store.setLastUs(id, timeUs);
    }
    const row = id * ROW_WORDS;
    const { words, side } = store;
    words[row + PACKETS + side]!++;
    const before = words[row + BYTES + side]! >>> 0;
    const bytes = (before + packet.wireLength) >>> 0;
    words[row + BYTES + side] = bytes;
    if (bytes < before) store.rare[id * RARE_WORDS + BYTES_HIGH + side]!++;

    if (isTcp) this.#addTcp(id, packet);
    else if (packet.payloadLength > 0) {
      const seen = words[row + PAYLOADS + side]!++;
      if (packet.srcPort === 53 || packet.dstPort === 53) this.#hooks.datagram(packet, record);
      else if (seen < EARLY_PAYLOADS)
        this.#hooks.opening?.(packet, record, (words[row + META]! & KEEP) !== 0);
    }
  }

  /** Input is over: every conversation is. The table is empty afterwards and can be used again. */
  end(): void {
    this.#closeAll(liveRows(this.#store));
    this.#store.clear();
  }

  /**
   * Tells what is known so far of the conversations that are wanted and went on since the last call: for live inputs,
   * whose state is saved while they run. Parts add up (FlowRecord.told). Looks at every row.
   */
  tell(): void {
    const { words } = this.#store;
    for (let id = 0; id < this.#store.used; id++) {
      if (!this.#store.isLive(id)) continue;
      const row = id * ROW_WORDS;
      const slot = words[row + SESSION]!;
      if (slot !== 0) {
        const session = this.#readings.at(slot);
        session.tell();
        this.#readings.keepOrientation(session);
      }
      if ((words[row + META]! & KEEP) === 0) {
        if (!this.#hooks.opened(this.#ends.of(this.#store, id))) continue;
        words[row + META]! |= KEEP;
      }
      const record = this.#told.part(this.#store, id, this.#origins.of(this.#store, id), this.#syns);
      if (record !== null) this.#hooks.closed(this.#pushes.with(record, this.#store, id));
    }
  }

  /** Ends what was silent too long at `nowUs`, in the trace's own time: for when no packet comes to say so. */
  expire(nowUs: number): void {
    this.#sweep(nowUs);
  }

  /** Conversations held, and those being read. */
  get sizes(): { readonly flows: number; readonly sessions: number } {
    return { flows: this.#store.live, sessions: this.#readings.count };
  }

  /** Adds what was counted since the last call. */
  report(counters: Counters): void {
    this.#flows.report(counters);
    this.#readings.report(counters);
    this.#pushes.report(counters);
    this.#syns.report(counters);
  }

  #addTcp(id: number, packet: Packet): void {
    const row = id * ROW_WORDS;
    const { words, side } = this.#store;
    const flags = packet.tcpFlags;
    words[row + META]! |= (flags & 255) << FLAGS_SHIFT;
    if (flags & (SYN | FIN | RST)) this.#control(id, packet);
    const slot = words[row + SESSION]!;
    if (slot !== 0 && flags & ACK) this.#readings.at(slot).acknowledge(side, packet);
    if (packet.payloadWireLength === 0) return;

    const seen = words[row + PAYLOADS + side]!++;
    if (slot !== 0) {
      // The first payload of this direction may be ahead of its turn; a stream that has begun knows better.
      const isKnown = (words[row + META]! & (SEQ_KNOWN_A << side)) !== 0;
      const startSeq = isKnown ? words[row + NEXT_SEQ + side]! : payloadSeq(packet);
      this.#readings.read(this.#readings.at(slot), packet, startSeq);
    } else if (packet.payloadLength > 0) {
      let wake = this.#hooks.wake[packet.view.getUint8(packet.payloadOffset)]!;
      if (wake === 0 && seen === 0 && this.#hooks.invites?.(packet) === true) wake = WAKE_EARLY;
      if (wake !== 0 || seen < EARLY_PAYLOADS)
        this.#readings.consider(id, packet, wake, seen < EARLY_PAYLOADS);
    }
    const fresh = this.#advance(id, packet);
    // What is read whole needs no counting.
    if (fresh > 0 && slot === 0 && (words[row + META]! & KEEP) !== 0)
      this.#pushes.add(this.#store, id, side, fresh, packet.timeUs);
  }

  /**
   * Keeps the sequence number that comes next in order; a jump too far is followed, it may be a new beginning. Gives how
   * many bytes that is further than before, those between that are late or were not captured with them.
   */
  #advance(id: number, packet: Packet): number {
    const row = id * ROW_WORDS;
    const { words, side } = this.#store;
    const length = packet.payloadWireLength;
    const end = (payloadSeq(packet) + length) | 0;
    const known = SEQ_KNOWN_A << side;
    let fresh = length;
    if (words[row + META]! & known) {
      const ahead = (end - words[row + NEXT_SEQ + side]!) | 0;
      if (ahead <= 0 && ahead >= -MAX_WINDOW_BYTES) return 0;
      if (ahead > 0 && ahead <= MAX_WINDOW_BYTES) fresh = ahead;
    }
    words[row + META]! |= known;
    words[row + NEXT_SEQ + side] = end;
    return fresh;
  }

  /** SYN, FIN and RST: who began, what is over. */
  #control(id: number, packet: Packet): void {
    const row = id * ROW_WORDS;
    const { words, side, rare } = this.#store;
    const flags = packet.tcpFlags;
    let meta = words[row + META]!;
    if (flags & SYN) {
      meta |= (flags & ACK ? SYN_ACK_FROM_A : SYN_FROM_A) << side;
      meta &= ~CLOSED;
      rare[id * RARE_WORDS + ISN + side] = packet.tcpSeq | 0;
      if ((flags & ACK) === 0 && this.#store.synKind(id) === 0)
        this.#store.setSyn(id, packet.ttl, this.#syns.numberOf(packet));
      words[row + META] = meta;
      this.#advance(id, packet);
      return;
    }
    if (flags & FIN) meta |= FIN_FROM_A << side;
    const other = 1 - side;
    const otherIsDone = (meta & (FIN_FROM_A << other)) !== 0 || words[row + PACKETS + other] === 0;
    if (flags & RST || (flags & FIN && otherIsDone)) meta |= CLOSED;
    words[row + META] = meta;
  }

  #create(packet: Packet, record: number): number {
    const store = this.#store;
    store.retainKey();
    if (store.live >= this.#limits.maxFlows) this.#evict();
    const id = store.create();
    this.#begin(id, packet, record);
    return id;
  }

  #begin(id: number, packet: Packet, record: number): void {
    const store = this.#store;
    store.begin(id, packet);
    this.#origins.mark(store, id, record);
    if (packet.protocol === 6) this.#flows.tcp++;
    else this.#flows.udp++;
    if (this.#hooks.opened(packet)) store.words[id * ROW_WORDS + META]! |= KEEP;
  }

  /** Whether a packet of known addresses and ports begins a new conversation. */
  #isOver(id: number, packet: Packet, idleUs: number): boolean {
    const isTcp = packet.protocol === 6;
    if (idleUs > (isTcp ? this.#limits.tcpIdleUs : this.#limits.udpIdleUs)) {
      this.#flows.expired++;
      return true;
    }
    if ((packet.tcpFlags & SYN) === 0 || !this.#isNewSyn(id, packet, idleUs)) return false;
    this.#flows.reused++;
    return true;
  }

  /** A SYN of another sequence number on a conversation that is closed or silent: the ports are used again. */
  #isNewSyn(id: number, packet: Packet, idleUs: number): boolean {
    const row = id * ROW_WORDS;
    const { words, side, rare } = this.#store;
    const meta = words[row + META]!;
    const isKnown = (meta & (((packet.tcpFlags & ACK) === 0 ? SYN_FROM_A : SYN_ACK_FROM_A) << side)) !== 0;
    if (isKnown && rare[id * RARE_WORDS + ISN + side] === (packet.tcpSeq | 0)) return false;
    if (meta & CLOSED) return true;
    return idleUs > REUSE_IDLE_US && (isKnown || words[row + PAYLOADS + side] !== 0);
  }

  #restart(id: number, packet: Packet, record: number): void {
    this.#close(id);
    this.#begin(id, packet, record);
  }

  /** Ends the session, if any, and tells of the conversation if that is wanted. */
  #close(id: number): void {
    const row = id * ROW_WORDS;
    const { words } = this.#store;
    const slot = words[row + SESSION]!;
    if (slot !== 0) this.#readings.end(this.#readings.at(slot));
    // What is watched grows while a trace is read: DNS answers, pools that another conversation gave away.
    if ((words[row + META]! & KEEP) === 0 && !this.#hooks.opened(this.#ends.of(this.#store, id))) return;
    const record = this.#told.last(this.#store, id, this.#origins.of(this.#store, id), this.#syns);
    if (record !== null) this.#hooks.closed(this.#pushes.with(record, this.#store, id));
    this.#pushes.forget(id);
  }

  #sweep(nowUs: number): void {
    const { words } = this.#store;
    const ids = expiredRows(this.#store, nowUs, this.#limits);
    for (const id of ids) if ((words[id * ROW_WORDS + META]! & CLOSED) === 0) this.#flows.expired++;
    this.#removeAll(ids);
  }

  /** The table is full: the longest idle go, those that are being read only if they fill it themselves. */
  #evict(): void {
    const sparesRead = this.#readings.count * 2 <= this.#store.live;
    const ids = longestIdle(this.#store, sparesRead);
    this.#flows.evicted += ids.length;
    this.#removeAll(ids);
  }

  #removeAll(ids: readonly number[]): void {
    this.#closeAll(ids);
    for (const id of ids) this.#store.remove(id);
  }

  /** The one loop that ends conversations, so that it is compiled once and not anew for the end of the input. */
  #closeAll(ids: readonly number[]): void {
    for (const id of ids) this.#close(id);
  }
}
