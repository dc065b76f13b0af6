import { type Interval, isOneConversation } from '../../../model/flow.js';
import type { SuspectSession } from '../../../model/verdict.js';
import { AgedSet } from './aged-set.js';

/** Pairs of ends whose conversations are remembered. */
const MAX_NAMED_ENDS = 131_072;
/** Conversations remembered of one pair of ends (a client port is used again after hours). */
const MAX_NAMES_OF_ENDS = 16;

interface Named extends Interval {
  readonly session: string;
}

/**
 * One name for one conversation, however its sightings round its start: packets and flow records of it, or the logs
 * of several tools, are then counted once. Bounded; the ends seen first are forgotten first.
 */
export class SessionNames {
  readonly #byEnds = new Map<string, Named[]>();
  readonly #ends = new AgedSet();

  /** The name by which this conversation was met first. */
  nameOf(sighting: SuspectSession): string {
    const { session, firstUs, lastUs } = sighting;
    const ends = endsOf(sighting);
    const known = this.#byEnds.get(ends);
    if (known === undefined) {
      this.#byEnds.set(ends, [{ session, firstUs, lastUs }]);
      this.#ends.add(ends);
      if (this.#byEnds.size > MAX_NAMED_ENDS) this.#forgetOldest();
      return session;
    }
    const at = nearest(known, sighting);
    const found = known[at];
    if (found === undefined) {
      known.push({ session, firstUs, lastUs });
      if (known.length > MAX_NAMES_OF_ENDS) known.shift();
      return session;
    }
    known[at] = {
      session: found.session,
      firstUs: Math.min(found.firstUs, firstUs),
      lastUs: Math.max(found.lastUs, lastUs),
    };
    return found.session;
  }

  #forgetOldest(): void {
    const oldest = this.#ends.oldest() ?? '';
    this.#ends.delete(oldest);
    this.#byEnds.delete(oldest);
  }
}

/** The same from whichever end it is seen. */
function endsOf({ suspect, suspectPort, peer }: SuspectSession): string {
  const [a, b] = [`${suspect}|${suspectPort}`, `${peer.ip}|${peer.port}`];
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

/** Of the same name, else one conversation with the nearest start; -1: none. */
function nearest(known: readonly Named[], sighting: SuspectSession): number {
  const same = known.findIndex(({ session }) => session === sighting.session);
  if (same >= 0) return same;
  let [best, bestUs] = [-1, Number.POSITIVE_INFINITY];
  for (const [at, one] of known.entries()) {
    const apartUs = Math.abs(one.firstUs - sighting.firstUs);
    if (apartUs < bestUs && isOneConversation(one, sighting)) [best, bestUs] = [at, apartUs];
  }
  return best;
}
