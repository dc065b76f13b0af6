import type { Counters } from '../../base/counters.js';
import type { Endpoint } from '../../model/flow.js';
import type { NodeSighting } from '../../model/node.js';
import type { NodeObservation } from '../../model/observation.js';

/** Addresses and protocols that are kept apart; what comes later is counted. */
export const MAX_NODES = 65_536;
/** Sessions of one node that are told apart, so that one is counted once. */
const MAX_SESSIONS = 4096;

interface Entry {
  readonly ip: string;
  readonly protocol: string;
  readonly coin: string | null;
  readonly peer: Endpoint;
  readonly sessions: Set<string>;
  readonly peers: Set<string>;
  firstUs: number;
  lastUs: number;
}

/** Gathers which addresses run a coin's node or wallet: told apart from suspects, and never a verdict. */
export class NodeLedger {
  readonly #isHome: (ip: string) => boolean;
  readonly #entries = new Map<string, Entry>();
  #dropped = 0;

  /** `isHome`: whose nodes are of interest; the one who called, else the one who was called. */
  constructor(isHome: (ip: string) => boolean = () => true) {
    this.#isHome = isHome;
  }

  add({ client, server, protocol, coin, session, timeUs }: NodeObservation): void {
    const [own, peer] = this.#isHome(client.ip) ? [client, server] : [server, client];
    if (!this.#isHome(own.ip)) return;
    const key = `${own.ip}|${protocol}|${coin ?? ''}`;
    const known = this.#entries.get(key);
    if (known === undefined) {
      if (this.#entries.size >= MAX_NODES) {
        this.#dropped++;
        return;
      }
      const peers = new Set([peer.ip]);
      const sessions = new Set([session]);
      this.#entries.set(key, {
        ip: own.ip,
        protocol,
        coin,
        peer,
        sessions,
        peers,
        firstUs: timeUs,
        lastUs: timeUs,
      });
      return;
    }
    if (known.sessions.size < MAX_SESSIONS) known.sessions.add(session);
    if (known.peers.size < MAX_SESSIONS) known.peers.add(peer.ip);
    known.firstUs = Math.min(known.firstUs, timeUs);
    known.lastUs = Math.max(known.lastUs, timeUs);
  }

  /** Everything gathered so far; starts anew. */
  drain(): NodeSighting[] {
    const nodes = [...this.#entries.values()].map(({ sessions, peers, ...rest }) => ({
      ...rest,
      sessions: sessions.size,
      peers: peers.size,
    }));
    this.#entries.clear();
    return nodes;
  }

  report(counters: Counters): void {
    counters.add('ledger.nodes-dropped', this.#dropped);
    this.#dropped = 0;
  }
}
