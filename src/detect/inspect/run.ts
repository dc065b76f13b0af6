import type { Counters } from '../../base/counters.js';
import type { Direction } from '../../model/flow.js';
import type { Observation } from '../../model/observation.js';
import type { Session, StreamReader } from '../../model/session.js';
import { createHints, type Inspector, type InspectorContext, PROBE_LIMIT, type Probe } from './inspector.js';

/** Wrappers around one another, at most; what is wrapped deeper is not read. */
const MAX_WRAPPERS = 4;
/** Inner readers of one session, one inside the other; a WebSocket takes two (its HTTP upgrade and its frames). */
const MAX_DEPTH = 2 * MAX_WRAPPERS;

const EMPTY = Buffer.alloc(0);

export function opposite(direction: Direction): Direction {
  return direction === 'to-server' ? 'to-client' : 'to-server';
}

/** What all sessions share. `chosen` counts by inspector; `unclaimed` sessions nobody wanted. */
export interface Runner {
  readonly inspectors: readonly Inspector[];
  readonly counters: Counters;
  readonly chosen: number[];
  sessions: number;
  unclaimed: number;
  emit(observation: Observation): void;
  wantsName(name: string): boolean;
}

/** A reader that offers the session to the inspectors, then hands everything to the one that wants it. */
export function inspect(runner: Runner, session: Session): StreamReader {
  runner.sessions++;
  return new ProbingReader(new SessionContext(runner, session), 0);
}

/** State of one session that its readers, the inner ones too, have in common. */
class SessionContext {
  readonly runner: Runner;
  readonly session: Session;
  readonly hints = createHints();
  swapped = false;

  constructor(runner: Runner, session: Session) {
    this.runner = runner;
    this.session = session;
  }

  swapSides(): boolean {
    const { session } = this;
    if (this.swapped || session.orientedBy === 'handshake') return false;
    this.swapped = true;
    [session.client, session.server] = [session.server, session.client];
    session.orientedBy = 'content';
    return true;
  }
}

interface Held {
  readonly direction: Direction;
  readonly bytes: Buffer;
  readonly timeUs: number;
}

/**
 * Holds the first bytes of both directions until an inspector says yes, then replays them to it. A gap while probing
 * starts that direction anew behind it: sessions begin in the middle. At most PROBE_LIMIT bytes a direction are held
 * (and the piece that crosses the limit).
 */
class ProbingReader implements StreamReader {
  readonly #shared: SessionContext;
  readonly #depth: number;
  /** Bit per inspector that has not said no yet. */
  #open: number;
  #held: Held[] = [];
  #toServer: Buffer = EMPTY;
  #toClient: Buffer = EMPTY;
  #missing = { 'to-server': 0, 'to-client': 0 };
  #reader: StreamReader | null = null;
  #dismissed = false;

  constructor(shared: SessionContext, depth: number) {
    this.#shared = shared;
    this.#depth = depth;
    this.#open = 2 ** shared.runner.inspectors.length - 1;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    if (this.#dismissed) return false;
    if (this.#reader !== null) return this.#pass(this.#reader.feed(direction, bytes, timeUs));
    if (bytes.length === 0) return true;
    // Nearly every session is decided by its first piece: that one is not copied.
    const first = this.#held.length === 0;
    const toServer = direction === 'to-server' ? join(this.#toServer, bytes) : this.#toServer;
    const toClient = direction === 'to-client' ? join(this.#toClient, bytes) : this.#toClient;
    const chosen = this.#probe(toServer, toClient);
    if (chosen !== null) {
      const held = { direction, bytes, timeUs };
      return this.#start(chosen, first ? [held] : [...this.#held, held]);
    }
    if (this.#open === 0 || toServer.length >= PROBE_LIMIT || toClient.length >= PROBE_LIMIT) {
      this.#shared.runner.unclaimed++;
      return this.#pass(false);
    }
    // Two pieces at least make up the beginning: the first of them is gone once it is understood.
    this.#shared.session.frames?.start();
    const copy = Buffer.from(bytes);
    this.#held.push({ direction, bytes: copy, timeUs });
    if (direction === 'to-server') this.#toServer = toServer === bytes ? copy : toServer;
    else this.#toClient = toClient === bytes ? copy : toClient;
    return true;
  }

  gap(direction: Direction, byteCount: number, timeUs: number): void {
    if (this.#dismissed) return;
    if (this.#reader !== null) {
      this.#reader.gap(direction, byteCount, timeUs);
      return;
    }
    this.#missing[direction] += Math.max(1, byteCount);
    this.#held = this.#held.filter((held) => held.direction !== direction);
    if (direction === 'to-server') this.#toServer = EMPTY;
    else this.#toClient = EMPTY;
    this.#open = 2 ** this.#shared.runner.inspectors.length - 1;
  }

  tell(): void {
    if (!this.#dismissed) this.#reader?.tell?.();
  }

  end(timeUs: number): void {
    const reader = this.#reader;
    this.#pass(false);
    reader?.end(timeUs);
    this.#reader = null;
  }

  /** The first inspector that says yes; those that say no are not asked again. */
  #probe(toServer: Buffer, toClient: Buffer): number | null {
    const { inspectors } = this.#shared.runner;
    for (let at = 0; at < inspectors.length; at++) {
      if ((this.#open & (1 << at)) === 0) continue;
      const answer: Probe = inspectors[at]?.probe(toServer, toClient, this.#shared.hints) ?? 'no';
      if (answer === 'yes') return at;
      if (answer === 'no') this.#open &= ~(1 << at);
    }
    return null;
  }

  #start(chosen: number, held: readonly Held[]): boolean {
    const { runner } = this.#shared;
    runner.chosen[chosen] = (runner.chosen[chosen] ?? 0) + 1;
    const inspector = runner.inspectors[chosen];
    if (inspector?.keepsFrames === true) this.#shared.session.frames?.start();
    const reader = inspector?.start(this.#context()) ?? null;
    this.#reader = reader;
    this.#held = [];
    this.#toServer = EMPTY;
    this.#toClient = EMPTY;
    if (reader === null) return this.#pass(false);
    const swappedBefore = this.#shared.swapped;
    const now = (direction: Direction) =>
      this.#shared.swapped === swappedBefore ? direction : opposite(direction);
    const startUs = held[0]?.timeUs ?? this.#shared.session.startUs;
    for (const direction of ['to-server', 'to-client'] as const) {
      if (this.#missing[direction] > 0) reader.gap(now(direction), this.#missing[direction], startUs);
    }
    for (const { direction, bytes, timeUs } of joinNeighbours(held)) {
      // The reader may swap the sides while it reads: what was held before it did so is relabelled.
      if (!reader.feed(now(direction), bytes, timeUs)) return this.#pass(false);
    }
    return true;
  }

  #context(): InspectorContext {
    const shared = this.#shared;
    const { runner, session, hints } = shared;
    return {
      session,
      hints,
      counters: runner.counters,
      emit: (observation) => runner.emit(observation),
      unwrap: (wrapper) => this.#unwrap(wrapper),
      swapSides: () => this.#depth === 0 && shared.swapSides(),
      wantsName: (name) => runner.wantsName(name),
    };
  }

  #unwrap(wrapper: string): StreamReader {
    const { hints, runner } = this.#shared;
    if (hints.wrappers.at(-1) !== wrapper) hints.wrappers.push(wrapper);
    const inner = new ProbingReader(this.#shared, this.#depth + 1);
    if (hints.wrappers.length > MAX_WRAPPERS || inner.#depth > MAX_DEPTH) {
      hints.wrappers.length = Math.min(hints.wrappers.length, MAX_WRAPPERS);
      runner.counters.add('inspect.too-deep');
      inner.#dismissed = true;
    }
    return inner;
  }

  /** Remembers a dismissal; what was held is freed. The chosen reader stays for its end(). */
  #pass(wanted: boolean): boolean {
    if (!wanted && !this.#dismissed) {
      this.#dismissed = true;
      this.#held = [];
      this.#toServer = EMPTY;
      this.#toClient = EMPTY;
    }
    return wanted;
  }
}

/** Pieces of one direction that follow each other become one, so that a reader's first piece is what was probed. */
function joinNeighbours(held: readonly Held[]): readonly Held[] {
  if (held.length < 2) return held;
  const runs: { direction: Direction; pieces: Buffer[]; timeUs: number }[] = [];
  for (const { direction, bytes, timeUs } of held) {
    const last = runs.at(-1);
    if (last?.direction === direction) last.pieces.push(bytes);
    else runs.push({ direction, pieces: [bytes], timeUs });
  }
  return runs.map(({ direction, pieces, timeUs }) => ({ direction, bytes: Buffer.concat(pieces), timeUs }));
}

function join(head: Buffer, bytes: Buffer): Buffer {
  return head.length === 0 ? bytes : Buffer.concat([head, bytes]);
}
