import type { Counters } from '../../base/counters.js';
import { encodePcapng } from '../../deliver/evidence/pcapng.js';
import type { Evidence } from '../../model/evidence.js';
import type { KeptFrame, SuspectExcerpt } from '../../model/evidence-log.js';
import type { StratumObservation } from '../../model/observation.js';

/** Sessions of one suspect whose frames wait to be saved; the heaviest stay. */
const MAX_WAITING_PER_SUSPECT = 4;
/** Suspects of whom frames wait. */
const MAX_WAITING_SUSPECTS = 16_384;
/** Bytes of frames that wait in all. */
const MAX_WAITING_BYTES = 128 << 20;

interface Waiting {
  readonly ip: string;
  readonly session: string;
  readonly rules: readonly string[];
  readonly weight: number;
  readonly frames: readonly KeptFrame[];
}

/** Frames of sessions that rules found to be of a pool protocol, until they are saved. Bounded; the rest is counted. */
export class Excerpts {
  #waiting = new Map<string, Map<string, Waiting>>();
  /** Drained and not saved after all: encoded already. */
  #returned: readonly SuspectExcerpt[] = [];
  #bytes = 0;
  #dropped = 0;

  /** What rules made of an observation; nothing is kept where none of it is payload. */
  add({ frames = [], session }: StratumObservation, evidence: readonly Evidence[]): void {
    const payload = evidence.filter(({ group, weight }) => group === 'P' && weight > 0);
    const ip = payload[0]?.suspect;
    if (ip === undefined || frames.length === 0) return;
    const weight = Math.max(...payload.map((fact) => fact.weight));
    const rules = [...new Set(payload.map(({ rule, item }) => `${rule} (${item})`))];
    this.#keep({ ip, session, rules, weight, frames });
  }

  drain(): SuspectExcerpt[] {
    const fresh = [...this.#waiting.values()].flatMap((sessions) => [...sessions.values()].map(encoded));
    const all = [...this.#returned, ...fresh];
    this.#returned = [];
    this.#waiting = new Map();
    this.#bytes = 0;
    return all;
  }

  /** What was drained could not be saved. */
  restore(excerpts: readonly SuspectExcerpt[]): void {
    const kept = [...excerpts, ...this.#returned].slice(0, MAX_WAITING_SUSPECTS);
    this.#dropped += excerpts.length + this.#returned.length - kept.length;
    this.#returned = kept;
  }

  report(counters: Counters): void {
    counters.add('excerpt.session-dropped', this.#dropped);
    this.#dropped = 0;
  }

  #keep(one: Waiting): void {
    const sessions = this.#waiting.get(one.ip) ?? new Map<string, Waiting>();
    const before = sessions.get(one.session);
    if (before !== undefined) this.#forget(sessions, before);
    const lightest = [...sessions.values()].reduce<Waiting | null>(
      (least, other) => (least === null || other.weight < least.weight ? other : least),
      null,
    );
    if (sessions.size >= MAX_WAITING_PER_SUSPECT && lightest !== null) {
      this.#dropped++;
      if (lightest.weight >= one.weight) return;
      this.#forget(sessions, lightest);
    }
    const bytes = sizeOf(one);
    const isNew = !this.#waiting.has(one.ip);
    if (this.#bytes + bytes > MAX_WAITING_BYTES || (isNew && this.#waiting.size >= MAX_WAITING_SUSPECTS)) {
      this.#dropped++;
      return;
    }
    this.#bytes += bytes;
    sessions.set(one.session, one);
    this.#waiting.set(one.ip, sessions);
  }

  #forget(sessions: Map<string, Waiting>, one: Waiting): void {
    sessions.delete(one.session);
    this.#bytes -= sizeOf(one);
  }
}

function sizeOf({ frames }: Waiting): number {
  return frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function encoded({ ip, session, rules, weight, frames }: Waiting): SuspectExcerpt {
  const times = frames.map(({ timeUs }) => timeUs);
  return {
    ip,
    session,
    rules,
    weight,
    firstUs: Math.min(...times),
    lastUs: Math.max(...times),
    frames: frames.length,
    pcapng: encodePcapng(frames, `rigwatch excerpt of ${session}; rules: ${rules.join(', ')}`),
  };
}
