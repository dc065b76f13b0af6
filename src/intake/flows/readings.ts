import type { Counters } from '../../base/counters.js';
import { Glance } from '../../model/glance.js';
import type { Packet } from '../../model/packet.js';
import { WAKE_ALWAYS, WAKE_EARLY } from '../../model/wake.js';
import { endpointOf, synStackOf } from './flow-record.js';
import { FlowSession, type SessionContext } from './flow-session.js';
import {
  BY_CONTENT,
  CLIENT_IS_B,
  DISMISSED,
  type FlowStore,
  KEEP,
  META,
  NEXT_SEQ,
  PAYLOADS,
  PORTS,
  READINGS_ONE,
  READINGS_SHIFT,
  ROW_WORDS,
  SEQ_KNOWN_A,
  SESSION,
} from './flow-store.js';
import type { FlowHooks } from './hooks.js';
import { EARLY_HOLE_BYTES, type FlowLimits, MAX_READINGS } from './limits.js';
import { orient } from './orient.js';
import type { Origins } from './origins.js';
import { SessionPool } from './session-pool.js';
import { payloadSeq } from './stream.js';
import type { SynBook } from './syn-book.js';
import { type FlowTally, StreamTally } from './tally.js';

/** What readings share with the table they belong to. */
export interface ReadingsContext {
  readonly hooks: FlowHooks;
  readonly limits: FlowLimits;
  readonly store: FlowStore;
  readonly origins: Origins;
  readonly syns: SynBook;
  readonly tally: FlowTally;
}

/** The few conversations whose bytes are read: which are, by whom, until when. `!` after an index: see FlowStore. */
export class Readings {
  readonly #hooks: FlowHooks;
  readonly #limits: FlowLimits;
  readonly #store: FlowStore;
  readonly #origins: Origins;
  readonly #tally: FlowTally;
  readonly #context: SessionContext;
  readonly #pool = new SessionPool();
  readonly #streams = new StreamTally();

  constructor({ hooks, limits, store, origins, syns, tally }: ReadingsContext) {
    this.#hooks = hooks;
    this.#limits = limits;
    this.#store = store;
    this.#origins = origins;
    this.#tally = tally;
    this.#context = {
      tally: this.#streams,
      limits,
      endpoint: (flow, side) => endpointOf(store, flow, side),
      synStack: (flow, side) => synStackOf(store, flow, side, syns),
    };
  }

  get count(): number {
    return this.#pool.sessions.length;
  }

  /** What reads the conversation with this value in its SESSION word, which is not 0. */
  at(slot: number): FlowSession {
    return this.#pool.sessions[slot - 1]!;
  }

  /** Adds what was counted since the last call. */
  report(counters: Counters): void {
    this.#streams.report(counters);
  }

  /** Whether an early or inviting payload makes the conversation worth reading; if so, it is read from here. */
  consider(id: number, packet: Packet, wake: number, isEarly: boolean): void {
    const row = id * ROW_WORDS;
    const { words, side } = this.#store;
    const meta = words[row + META]!;
    const seq = payloadSeq(packet);
    const next = words[row + NEXT_SEQ + side]!;
    const ahead = meta & (SEQ_KNOWN_A << side) ? (seq - next) | 0 : 0;
    // What is missing before an early segment may be the first line, only late: a reader must wait for it.
    const hasHole = ahead > 0 && ahead <= EARLY_HOLE_BYTES;
    const isWanted =
      (wake & WAKE_ALWAYS) !== 0 ||
      (isEarly && (meta & DISMISSED) === 0 && ((wake & WAKE_EARLY) !== 0 || hasHole));
    if (!isWanted || ((meta >>> READINGS_SHIFT) & 15) >= MAX_READINGS) return;
    words[row + META] = meta + READINGS_ONE;
    if (!hasHole && this.#isDismissedAtGlance(id, packet)) return;
    const session = this.#openSession(id, packet);
    if (session === null) return;
    this.read(session, packet, hasHole ? next : seq);
  }

  /** Whether the payload alone tells that no session need be made for it. */
  #isDismissedAtGlance(id: number, packet: Packet): boolean {
    const row = id * ROW_WORDS;
    const { words, side } = this.#store;
    const meta = words[row + META]!;
    const glance = this.#hooks.glance?.(packet, (meta & KEEP) !== 0) ?? Glance.READ;
    if (glance === Glance.READ) return false;
    this.#tally.sessionsGlanced++;
    words[row + META] = meta | DISMISSED;
    if (glance === Glance.DISMISS_CLIENT) {
      // A handshake knows better; and where the guess was right, it stays what it is.
      const ports = words[row + PORTS]!;
      const guess = orient(meta, ports >>> 16, ports & 0xffff);
      if (guess.by !== 'handshake' && guess.clientSide !== side) this.#clientIs(id, side);
    }
    return true;
  }

  #openSession(id: number, packet: Packet): FlowSession | null {
    if (this.#pool.sessions.length >= this.#limits.maxSessions) this.#giveUpOne();
    const row = id * ROW_WORDS;
    const { words } = this.#store;
    const ports = words[row + PORTS]!;
    const { clientSide, by } = orient(words[row + META]!, ports >>> 16, ports & 0xffff);
    const session = new FlowSession(
      {
        flow: id,
        clientSide,
        orientedBy: by,
        startUs: this.#store.startUs(id),
        timeUs: packet.timeUs,
        origin: this.#origins.of(this.#store, id),
        watched: (words[row + META]! & KEEP) !== 0,
      },
      this.#context,
    );
    const reader = this.#hooks.session(session);
    if (reader === null) {
      words[row + META]! |= DISMISSED;
      return null;
    }
    this.#tally.sessionsOpened++;
    session.attach(reader);
    this.#pool.add(session);
    words[row + SESSION] = session.slot + 1;
    return session;
  }

  read(session: FlowSession, packet: Packet, startSeq: number): void {
    const row = session.flow * ROW_WORDS;
    const { words, side } = this.#store;
    session.bothDirections ||= words[row + PAYLOADS] !== 0 && words[row + PAYLOADS + 1] !== 0;
    session.push(side, packet, startSeq);
    if (!session.open) this.#dismiss(session);
    if (this.#streams.waitingBytes > this.#limits.maxStreamBytes) this.#relieve();
  }

  /** Too much waits for missing segments in all: the holes count as lost until a quarter of the budget is free. */
  #relieve(): void {
    for (const session of [...this.#pool.sessions]) {
      if (this.#streams.waitingBytes <= this.#limits.maxStreamBytes * 0.75) return;
      if (session.waitingBytes === 0) continue;
      this.#tally.sessionsOverBudget++;
      session.flush();
      if (!session.open) this.#dismiss(session);
    }
  }

  #dismiss(session: FlowSession): void {
    this.#tally.sessionsDismissed++;
    this.#store.words[session.flow * ROW_WORDS + META]! |= DISMISSED;
    this.end(session);
  }

  #giveUpOne(): void {
    const session = this.#pool.longestSilent();
    if (session === null) return;
    this.#tally.sessionsOverLimit++;
    this.end(session);
  }

  end(session: FlowSession): void {
    session.end();
    const { words } = this.#store;
    this.keepOrientation(session);
    words[session.flow * ROW_WORDS + SESSION] = 0;
    const moved = this.#pool.remove(session);
    if (moved !== null) words[moved.flow * ROW_WORDS + SESSION] = moved.slot + 1;
  }

  /** What a session knows of its ends stays with the row. */
  keepOrientation(session: FlowSession): void {
    const { words } = this.#store;
    const row = session.flow * ROW_WORDS;
    if (session.orientedBy === 'content') this.#clientIs(session.flow, session.clientSide);
    if (session.isNamed) words[row + META]! |= KEEP;
  }

  /** The content told which side is the client. */
  #clientIs(id: number, side: number): void {
    const row = id * ROW_WORDS;
    const { words } = this.#store;
    words[row + META] = (words[row + META]! & ~CLIENT_IS_B) | BY_CONTENT | (side === 1 ? CLIENT_IS_B : 0);
  }
}
