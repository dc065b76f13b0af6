import type { Counters } from '../../../base/counters.js';
import type { Endpoint } from '../../../model/flow.js';
import type { NodeSighting } from '../../../model/node.js';
import type { NodeObservation } from '../../../model/observation.js';

/** Addresses and protocols that are kept apart; what comes later is counted. */
export const MAX_NODES = 65_536;
/** Sessions remembered, of all nodes, so that one is counted once; the longest unheard are forgotten. */
const MAX_SESSIONS = 65_536;
/** Peers of one node that are told apart. */
const MAX_PEERS = 4096;

interface Entry {
  readonly ip: string;
  readonly protocol: string;
  readonly coin: string | null;
  readonly peer: Endpoint;
  readonly peers: Set<string>;
  sessions: number;
  /** Distinct peers that a drain before could not save. */
  leastPeers: number;
  firstUs: number;
  lastUs: number;
}

/** Gathers which addresses run a coin's node or wallet: told apart from suspects, and never a verdict. */
export class NodeLedger {
  readonly #isHome: (ip: string) => boolean;
  readonly #entries = new Map<string, Entry>();
  /** Outlives drain(). */
  readonly #sessions = new Set<string>();
  #dropped = 0;

  /** `isHome`: whose nodes are of interest; the one who called, else the one who was called. */
  constructor(isHome: (ip: string) => boolean = () => true) {
    this.#isHome = isHome;
  }

  add({ client, server, protocol, coin, session, timeUs }: NodeObservation): void {
    const [own, peer] = this.#isHome(client.ip) ? [client, server] : [server, client];
    if (!this.#isHome(own.ip)) return;
    const entry = this.#entry({ ip: own.ip, protocol, coin, peer, firstUs: timeUs, lastUs: timeUs });
    if (entry === null) return;
    if (this.#isNew(`${session}|${protocol}|${coin ?? ''}`)) entry.sessions++;
    if (entry.peers.size < MAX_PEERS) entry.peers.add(peer.ip);
  }

  /** Everything gathered so far; starts anew, but counts no session again. */
  drain(): NodeSighting[] {
    const nodes = [...this.#entries.values()].map(({ peers, leastPeers, ...rest }) => ({
      ...rest,
      peers: Math.max(peers.size, leastPeers),
    }));
    this.#entries.clear();
    return nodes;
  }

  /** Takes back what was drained and could not be saved. */
  restore(nodes: readonly NodeSighting[]): void {
    for (const node of nodes) {
      const entry = this.#entry(node);
      if (entry === null) continue;
      entry.sessions += node.sessions;
      entry.leastPeers = Math.max(entry.leastPeers, node.peers);
    }
  }

  report(counters: Counters): void {
    counters.add('ledger.nodes-dropped', this.#dropped);
    this.#dropped = 0;
  }

  /** The entry of this key, with the times in it; `null` above the limit. */
  #entry({
    ip,
    protocol,
    coin,
    peer,
    firstUs,
    lastUs,
  }: Omit<NodeSighting, 'sessions' | 'peers'>): Entry | null {
    const key = `${ip}|${protocol}|${coin ?? ''}`;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.firstUs = Math.min(known.firstUs, firstUs);
      known.lastUs = Math.max(known.lastUs, lastUs);
      return known;
    }
    if (this.#entries.size >= MAX_NODES) {
      this.#dropped++;
      return null;
    }
    const entry = {
      ip,
      protocol,
      coin,
      peer,
      peers: new Set<string>(),
      sessions: 0,
      leastPeers: 0,
      firstUs,
      lastUs,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #isNew(session: string): boolean {
    // Back to the end: what is still heard stays longest.
    if (this.#sessions.delete(session)) {
      this.#sessions.add(session);
      return false;
    }
    this.#sessions.add(session);
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(this.#sessions.values().next().value ?? '');
    return true;
  }
}
