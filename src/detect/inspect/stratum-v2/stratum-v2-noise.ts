import { type Direction, sessionKey } from '../../../model/flow.js';
import { NO_ROLES } from '../../../model/observation.js';
import type { StreamReader } from '../../../model/session.js';
import type { Inspector, InspectorContext, Probe } from '../inspector.js';

/** Act 1: an ElligatorSwift key (sv2-spec 04). Act 2: key, encrypted static key, certificate; 170 in older drafts. */
export const NOISE_ACT_1 = 64;
const ACT_2 = [234, 170] as const;
/** Distinct values that random bytes nearly always reach (64 bytes: 57 on average; 170: 124). */
const MIN_DISTINCT = { act1: 44, act2: 100 };

/** Ciphertext of SetupConnection, SetupConnection.Success, Open…Channel (sv2-spec 03, 05: 22 + payload + 16). */
const SETUP: Range = [55, 400];
const SETUP_SUCCESS = 44;
const OPEN_CHANNEL: Range = [79, 340];
/** SubmitSharesStandard is 62 bytes, Extended 63 and its extranonce of up to 32. */
const SHARE: Range = [62, 95];
/** Shares that one write may carry. */
const MAX_SHARES_TOGETHER = 4;
/** Shares, all of one size, and the time they take: sizes of a handshake alone never decide. */
const MIN_SHARES = 4;
const MIN_SHARES_US = 8e6;
/** Submit answers, targets, jobs, prev-hashes (58, 74, 83, 87, 86), errors, channel successes, extended jobs. */
const SMALLEST_ANSWER = 47;
const MAX_ANSWER = 4096;
/** Bytes that follow their like within this time were written together. */
const TURN_US = 200e3;

type Range = readonly [number, number];

/**
 * Stratum V2 under Noise: nothing can be read, so this looks at sizes and rhythm (stratum-v2.md §4) and tells of the
 * session once: that its handshake and its first shares have the form, no more.
 */
export const stratumV2Noise: Inspector = {
  name: 'stratum-v2-noise',
  probe(toServer, toClient): Probe {
    if (toServer.length > NOISE_ACT_1 || toServer.length === 0) return 'no';
    if (toServer.length < NOISE_ACT_1) return toClient.length > 0 || !isUnlikeText(toServer) ? 'no' : 'more';
    if (countDistinct(toServer) < MIN_DISTINCT.act1) return 'no';
    if (ACT_2.some((size) => size === toClient.length) && countDistinct(toClient) >= MIN_DISTINCT.act2)
      return 'yes';
    return toClient.length < ACT_2[0] ? 'more' : 'no';
  },
  start: (context) => new NoiseReader(context),
};

/** The very first bytes: text and the other binary protocols are told apart by them soon enough. */
function isUnlikeText(bytes: Buffer): boolean {
  return bytes.length < 8 || countDistinct(bytes) >= bytes.length * 0.6;
}

function countDistinct(bytes: Buffer): number {
  return new Set(bytes).size;
}

function isWithin(size: number, [least, most]: Range): boolean {
  return size >= least && size <= most;
}

interface Turn {
  readonly direction: Direction;
  size: number;
  readonly startUs: number;
  endUs: number;
}

/** Cuts the session into turns (bytes of one direction, together in time) and checks each one's size in order. */
class NoiseReader implements StreamReader {
  readonly #context: InspectorContext;
  #turn: Turn | null = null;
  #turns = 0;
  /** Shares of one size so far. */
  #shareSize = 0;
  #shares = 0;
  #firstShareUs = 0;
  #isCut = false;

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    if (this.#isCut) return false;
    const turn = this.#turn;
    if (turn !== null && turn.direction === direction && timeUs - turn.endUs <= TURN_US) {
      turn.size += bytes.length;
      turn.endUs = timeUs;
      return true;
    }
    this.#turn = { direction, size: bytes.length, startUs: timeUs, endUs: timeUs };
    return turn === null || this.#judge(turn);
  }

  gap(): void {
    this.#isCut = true;
  }

  end(): void {
    if (this.#turn !== null && !this.#isCut) this.#judge(this.#turn);
    this.#isCut = true;
  }

  /** False: not the form, or told already. */
  #judge({ direction, size, startUs }: Turn): boolean {
    const isClient = direction === 'to-server';
    switch (this.#turns++) {
      case 0:
        return isClient && size === NOISE_ACT_1;
      case 1:
        return !isClient && ACT_2.some((act) => act === size);
      case 2:
        return isClient && isWithin(size, SETUP);
      case 3:
        return !isClient && size === SETUP_SUCCESS;
      case 4:
        return isClient && isWithin(size, OPEN_CHANNEL);
      case 5:
        return !isClient && isWithin(size, [SMALLEST_ANSWER, MAX_ANSWER]);
      default:
        return isClient ? this.#judgeShares(size, startUs) : isWithin(size, [SMALLEST_ANSWER, MAX_ANSWER]);
    }
  }

  #judgeShares(size: number, timeUs: number): boolean {
    if (this.#shareSize === 0) {
      if (!isWithin(size, SHARE)) return false;
      this.#shareSize = size;
      this.#firstShareUs = timeUs;
    }
    const count = size / this.#shareSize;
    if (!Number.isInteger(count) || count > MAX_SHARES_TOGETHER) return false;
    this.#shares += count;
    if (this.#shares < MIN_SHARES || timeUs - this.#firstShareUs < MIN_SHARES_US) return true;
    this.#tell(timeUs);
    return false;
  }

  #tell(endUs: number): void {
    const { session, hints } = this.#context;
    const roles = { ...NO_ROLES, hello: 1 };
    this.#context.emit({
      kind: 'stratum',
      timeUs: session.startUs,
      client: session.client,
      server: session.server,
      origin: session.origin,
      session: sessionKey(session.client, session.server, session.startUs),
      part: 0,
      startUs: session.startUs,
      endUs,
      orientedBy: session.orientedBy,
      dialect: 'stratum-v2-noise',
      wrappers: [...hints.wrappers],
      roles,
      rolesSoFar: roles,
      bothDirections: session.bothDirections,
      logins: [],
      workers: [],
      agents: [...hints.agents],
      options: [],
      algorithms: [],
      coins: [{ ticker: 'BTC', basis: 'handshake', confidence: 0.5 }],
      namedHosts: [...hints.namedHosts],
      shares: [],
      reportedHps: null,
      quotes: [],
    });
  }
}
