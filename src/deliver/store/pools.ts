import type { Level } from '../../model/verdict.js';
import { LEVELS } from '../../model/verdict.js';
import type { Database } from './open.js';
import { integer } from './values.js';
import { conditions, type VerdictFilter } from './verdicts.js';

/** Names of one endpoint that are kept. */
const MAX_HOSTS = 16;
/** Conversations of one address that are told with its verdict, the latest. */
const MAX_CONVERSATIONS = 16;

/** An endpoint over all verdicts that name it. */
export interface StoredPool {
  readonly address: string;
  readonly port: number;
  readonly hosts: readonly string[];
  readonly operator: string | null;
  readonly country: string | null;
  readonly tls: boolean;
  readonly coins: readonly string[];
  readonly level: Level;
  readonly score: number;
  readonly suspects: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** There is a verdict on this very address. */
  readonly isJudged: boolean;
}

/** The ends of a stored conversation, and little else. */
export interface Conversation {
  readonly port: number;
  readonly peerIp: string;
  readonly peerPort: number;
  readonly host: string | null;
  readonly dialect: string | null;
  readonly tls: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly bytesToServer: number | null;
  readonly bytesToClient: number | null;
}

interface PoolRow {
  readonly address: string;
  readonly port: number;
  readonly host: string | null;
  readonly operator: string | null;
  readonly country: string | null;
  readonly tls: number;
  readonly coins: string | null;
  readonly rank: number;
  readonly score: number;
  readonly suspects: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

const RANK = `CASE level ${LEVELS.map((level, at) => `WHEN '${level}' THEN ${at}`).join(' ')} END`;

/** When evidence names this endpoint; the verdict's own time where none that is kept does. */
const evidenceTime = (edge: 'min' | 'max', key: string, column: string) =>
  `coalesce((SELECT ${edge}(json_extract(fact.value, '$.${key}')) FROM json_each(verdicts.evidence) AS fact
     WHERE json_extract(fact.value, '$.peer.ip') = json_extract(pool.value, '$.address')
       AND json_extract(fact.value, '$.peer.port') = json_extract(pool.value, '$.port')), ${column})`;

/** SQLite groups and sorts, beyond its cache in a temporary file: any number of verdicts fits in memory. */
const poolsSql = (where: string) => `
  SELECT address, port, host, operator, country, max(tls) AS tls, group_concat(DISTINCT coin) AS coins,
    min(rank) AS rank, max(score) AS score, count(*) AS suspects, min(firstUs) AS firstUs, max(lastUs) AS lastUs
  FROM (
    SELECT json_extract(pool.value, '$.address') AS address, json_extract(pool.value, '$.port') AS port,
      json_extract(pool.value, '$.host') AS host, json_extract(pool.value, '$.operator') AS operator,
      json_extract(pool.value, '$.country') AS country, json_extract(pool.value, '$.tls') AS tls,
      CASE json_array_length(coins) WHEN 1 THEN json_extract(coins, '$[0].ticker') END AS coin,
      ${RANK} AS rank, score,
      ${evidenceTime('min', 'firstUs', 'first_us')} AS firstUs, ${evidenceTime('max', 'lastUs', 'last_us')} AS lastUs
    FROM (SELECT * FROM verdicts ${where}) AS verdicts, json_each(verdicts.pools) AS pool)
  GROUP BY address, port, host, operator, country ORDER BY address, port, host, operator, country`;

const CONVERSATIONS = `
  SELECT sessions.port AS port, peer_ip AS peerIp, peer_port AS peerPort, sessions.host AS host, dialect, sessions.tls AS tls,
    sessions.first_us AS firstUs, sessions.last_us AS lastUs, bytes_to_server AS bytesToServer, bytes_to_client AS bytesToClient
  FROM addresses JOIN sessions USING (ip_id) JOIN verdicts USING (ip_id)
  WHERE addresses.ip = ? AND EXISTS (SELECT 1 FROM json_each(verdicts.pools) AS pool
    WHERE json_extract(pool.value, '$.address') = peer_ip AND json_extract(pool.value, '$.port') = peer_port)
  ORDER BY sessions.last_us DESC, session LIMIT ${MAX_CONVERSATIONS}`;

/** Endpoints and conversations that verdicts name. */
export class Pools {
  readonly #db: Database;
  readonly #isJudged;
  readonly #conversations;

  constructor(db: Database) {
    this.#db = db;
    this.#isJudged = db
      .prepare<[string], number>(
        'SELECT EXISTS (SELECT 1 FROM addresses JOIN verdicts USING (ip_id) WHERE addresses.ip = ?)',
      )
      .pluck();
    this.#conversations = db.prepare<[string], Conversation>(CONVERSATIONS);
  }

  /** Of the verdicts that `filter` chooses; by address, as text, then port. */
  *list(filter: VerdictFilter): Generator<StoredPool> {
    const { where, values } = conditions(filter);
    const since = filter.sinceUs === undefined ? Number.NEGATIVE_INFINITY : integer(filter.sinceUs);
    let group: PoolRow[] = [];
    for (const row of this.#db.prepare<unknown[], PoolRow>(poolsSql(where)).iterate(...values)) {
      const [first] = group;
      if (first !== undefined && (first.address !== row.address || first.port !== row.port)) {
        yield* this.#told(group, since);
        group = [];
      }
      // One more than is kept of names: their counts and times are taken in all the same.
      group = group.length <= MAX_HOSTS ? [...group, row] : [joined(group[0] ?? row, row), ...group.slice(1)];
    }
    yield* this.#told(group, since);
  }

  conversations(ip: string): Conversation[] {
    return this.#conversations.all(ip);
  }

  *#told(rows: readonly PoolRow[], sinceUs: number): Generator<StoredPool> {
    const [first, ...others] = rows;
    if (first === undefined) return;
    const all = others.reduce(joined, first);
    if (all.lastUs < sinceUs) return;
    const hosts = new Set(rows.map(({ host }) => host).filter((host) => host !== null));
    yield {
      address: all.address,
      port: all.port,
      hosts: [...hosts].slice(0, MAX_HOSTS),
      operator: all.operator,
      country: all.country,
      tls: all.tls !== 0,
      coins: [...new Set((all.coins ?? '').split(',').filter((coin) => coin !== ''))].sort(),
      level: LEVELS[all.rank] ?? 'suspected',
      score: all.score,
      suspects: all.suspects,
      firstUs: all.firstUs,
      lastUs: all.lastUs,
      isJudged: this.#isJudged.get(all.address) === 1,
    };
  }
}

function joined(a: PoolRow, b: PoolRow): PoolRow {
  return {
    ...a,
    operator: a.operator ?? b.operator,
    country: a.country ?? b.country,
    tls: Math.max(a.tls, b.tls),
    coins: [a.coins, b.coins].filter((coins) => coins !== null).join(','),
    rank: Math.min(a.rank, b.rank),
    score: Math.max(a.score, b.score),
    suspects: a.suspects + b.suspects,
    firstUs: Math.min(a.firstUs, b.firstUs),
    lastUs: Math.max(a.lastUs, b.lastUs),
  };
}
