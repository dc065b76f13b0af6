import { mergeNodes, type NodeSighting } from '../../model/node.js';
import type { Database } from './open.js';
import { integer } from './values.js';

interface NodeRow {
  readonly ip: string;
  readonly protocol: string;
  readonly coin: string;
  readonly sessions: number;
  readonly peers: number;
  readonly peer_ip: string;
  readonly peer_port: number;
  readonly first_us: number;
  readonly last_us: number;
}

/** Nodes and wallets of coins, by input; no verdict rests on them. */
export class Nodes {
  readonly #insert;
  readonly #list;
  readonly #forget;

  constructor(db: Database) {
    this.#insert = db.prepare<unknown[]>(
      `INSERT INTO nodes (input_id, ip_id, protocol, coin, sessions, peers, peer_ip, peer_port, first_us, last_us)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions, peers = max(peers, excluded.peers),
         first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us)`,
    );
    this.#list = db.prepare<[string | null, string | null], NodeRow>(
      `SELECT ip, protocol, coin, sessions, peers, peer_ip, peer_port, nodes.first_us, nodes.last_us
       FROM nodes JOIN addresses USING (ip_id) JOIN inputs USING (input_id)
       WHERE state <> 'open' AND (? IS NULL OR ip = ?) ORDER BY ip, protocol, coin, nodes.first_us`,
    );
    this.#forget = db.prepare<[number]>('DELETE FROM nodes WHERE input_id = ?');
  }

  /** Adds to what the input has told of the node already. */
  save(inputId: number, ipId: number, node: NodeSighting): void {
    const { protocol, coin, sessions, peers, peer, firstUs, lastUs } = node;
    const times = [integer(firstUs), integer(lastUs)];
    this.#insert.run(inputId, ipId, protocol, coin ?? '', sessions, peers, peer.ip, peer.port, ...times);
  }

  /** Of one address, or all; by address. */
  list(ip: string | null): NodeSighting[] {
    const sightings = this.#list.all(ip, ip).map((row) => ({
      ip: row.ip,
      protocol: row.protocol,
      coin: row.coin === '' ? null : row.coin,
      sessions: row.sessions,
      peers: row.peers,
      peer: { ip: row.peer_ip, port: row.peer_port },
      firstUs: row.first_us,
      lastUs: row.last_us,
    }));
    return mergeNodes(sightings);
  }

  drop(inputId: number): void {
    this.#forget.run(inputId);
  }
}
