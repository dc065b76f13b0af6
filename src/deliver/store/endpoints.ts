import type { VerdictPool } from '../../model/verdict.js';
import type { Database } from './open.js';
import { flag, integer } from './values.js';

/** A server that answered monitored clients as a pool does, by the evidence stored (item E1 of docs/verdicts.md). */
export interface LearnedServer {
  readonly ip: string;
  readonly port: number;
  readonly lastUs: number;
  readonly clients: number;
}

/** Evidence that teaches: payload in clear, both sides speaking, from an input that was read. */
const DECISIVE = `evidence.strength = 'decisive' AND evidence.grp = 'P'
  AND evidence.item IN ('P1', 'P2', 'P3', 'P4', 'P5', 'P7')
  AND evidence.both_directions = 1 AND evidence.encrypted = 0 AND evidence.peer_ip IS NOT NULL
  AND evidence.input_id IN (SELECT input_id FROM inputs WHERE state <> 'open')`;

const POOL_SERVERS = `SELECT DISTINCT peer_ip FROM evidence WHERE ${DECISIVE}`;

/**
 * Behind a relay or a web front the address is not the pool's own, so the session teaches nothing; and a pool
 * that polls its coin daemon (P5) would teach us the daemon.
 */
const LEARNED = `
  SELECT evidence.peer_ip AS ip, evidence.peer_port AS port, max(evidence.last_us) AS lastUs,
    count(DISTINCT evidence.ip_id) AS clients
  FROM evidence
  JOIN addresses ON addresses.ip_id = evidence.ip_id
  LEFT JOIN sessions ON sessions.ip_id = evidence.ip_id AND sessions.session = evidence.session
  WHERE ${DECISIVE}
    AND NOT EXISTS (SELECT 1 FROM json_each(coalesce(sessions.wrappers, '[]'))
      WHERE value IN ('http', 'websocket', 'socks5', 'socks4', 'connect'))
    AND NOT (evidence.item = 'P5' AND addresses.ip IN (${POOL_SERVERS}))
  GROUP BY evidence.peer_ip, evidence.peer_port`;

/** Pool endpoints: what verdicts name, and what the network itself taught. */
export class Endpoints {
  readonly #upsert;
  readonly #unlearn;
  readonly #learn;
  readonly #learned;
  readonly #poolServers;

  constructor(db: Database) {
    this.#upsert = db.prepare<unknown[]>(
      `INSERT INTO endpoints (ip, port, host, operator, country, tls) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (ip, port) DO UPDATE SET host = coalesce(excluded.host, host),
         operator = coalesce(excluded.operator, operator), country = coalesce(excluded.country, country),
         tls = max(tls, excluded.tls)`,
    );
    this.#unlearn = db.prepare<[]>('UPDATE endpoints SET last_decisive_us = NULL, clients = 0');
    this.#learn = db.prepare<[]>(
      `INSERT INTO endpoints (ip, port, last_decisive_us, clients) SELECT ip, port, lastUs, clients FROM (${LEARNED})
       WHERE true ON CONFLICT (ip, port) DO UPDATE SET last_decisive_us = excluded.last_decisive_us,
         clients = excluded.clients`,
    );
    this.#learned = db.prepare<[], LearnedServer>(`${LEARNED} ORDER BY 1, 2`);
    this.#poolServers = db.prepare<[], string>(`${POOL_SERVERS} ORDER BY 1`).pluck();
  }

  learned(): LearnedServer[] {
    return this.#learned.all();
  }

  poolServers(): string[] {
    return this.#poolServers.all();
  }

  save(pools: Iterable<VerdictPool>): void {
    for (const pool of pools) {
      this.#upsert.run(
        pool.address,
        integer(pool.port),
        pool.host,
        pool.operator,
        pool.country,
        flag(pool.tls),
      );
    }
  }

  /** Brings the learned columns in line with the evidence. */
  refresh(): void {
    this.#unlearn.run();
    this.#learn.run();
  }
}
