import type { Endpoint } from './flow.js';

/** What one address showed of a coin's node or wallet: interest in a chain, which is not mining. */
export interface NodeSighting {
  readonly ip: string;
  /** `bitcoin-p2p`, `monero-levin`, `ethereum-devp2p`, `electrum`, `eth-rpc` … */
  readonly protocol: string;
  /** Upper-case ticker; null where several chains speak alike. */
  readonly coin: string | null;
  readonly sessions: number;
  /** Distinct addresses spoken to, at least. */
  readonly peers: number;
  /** The first of them. */
  readonly peer: Endpoint;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** One sighting an address and protocol, where several inputs told of it. */
export function mergeNodes(all: Iterable<NodeSighting>): NodeSighting[] {
  const merged = new Map<string, NodeSighting>();
  for (const node of all) {
    const key = `${node.ip}|${node.protocol}|${node.coin ?? ''}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, node);
    else
      merged.set(key, {
        ...(known.firstUs <= node.firstUs ? known : node),
        sessions: known.sessions + node.sessions,
        peers: Math.max(known.peers, node.peers),
        firstUs: Math.min(known.firstUs, node.firstUs),
        lastUs: Math.max(known.lastUs, node.lastUs),
      });
  }
  return [...merged.values()];
}
