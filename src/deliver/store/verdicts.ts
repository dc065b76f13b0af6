import type { Evidence } from '../../model/evidence.js';
import type { Nature } from '../../model/nature.js';
import type { UnitRef } from '../../model/unit.js';
import type { Estimates, Level, Verdict } from '../../model/verdict.js';
import type { Addresses } from './addresses.js';
import type { Database } from './open.js';
import { flag, integer, json, parsed, real } from './values.js';

/** Heaviest first; the rest of an address's evidence is in the evidence table. */
const MAX_VERDICT_EVIDENCE = 64;

export interface StoredVerdict extends Verdict {
  readonly runId: number;
  /** All evidence that the verdict rests on; `evidence` holds at most MAX_VERDICT_EVIDENCE of it. */
  readonly evidenceCount: number;
  readonly unitId: string | null;
  readonly unit: UnitRef | null;
}

/** All given conditions must hold; lists are alternatives. */
export interface VerdictFilter {
  readonly levels?: readonly Level[];
  /** Ticker, any letter case. */
  readonly coin?: string;
  readonly unit?: string;
  /** Category, region (name or code) of its unit. */
  readonly category?: string;
  readonly region?: string;
  /** Seen at or after / before this time. */
  readonly sinceUs?: number;
  readonly untilUs?: number;
  /** Each word must occur in the address, a wallet, worker, agent, pool address, host or operator; any letter case. */
  readonly words?: readonly string[];
  readonly minScore?: number;
  readonly limit?: number;
  readonly offset?: number;
}

interface VerdictRow {
  readonly run_id: number;
  readonly ip: string;
  readonly level: Level;
  readonly score: number;
  readonly first_us: number;
  readonly last_us: number;
  readonly active_seconds: number;
  readonly coins: string;
  readonly algorithms: string;
  readonly dialects: string;
  readonly pools: string;
  readonly agents: string;
  readonly wallets: string;
  readonly workers: string;
  readonly sessions: number;
  readonly miners: string | null;
  readonly reasons: string;
  readonly arithmetic: string;
  readonly evidence: string;
  readonly evidence_count: number;
  readonly unit_id: string | null;
  readonly hashrate: string | null;
  readonly energy: string | null;
  readonly estimates: string | null;
  readonly unit_name: string | null;
  readonly unit_category: string | null;
  readonly unit_region: string | null;
  readonly nature: string | null;
}

const SELECT = `SELECT verdicts.*, units.name AS unit_name, units.category AS unit_category,
  coalesce(units.region, units.region_code) AS unit_region FROM verdicts LEFT JOIN units USING (unit_id)`;

const UPSERT = `
  INSERT INTO verdicts (ip_id, ip, run_id, level, score, first_us, last_us, active_seconds, coins, algorithms, dialects,
    pools, agents, wallets, workers, sessions, miners, reasons, arithmetic, evidence, evidence_count, unit_id,
    hashrate, energy, estimates, nature)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (ip_id) DO UPDATE SET run_id = excluded.run_id, level = excluded.level, score = excluded.score,
    first_us = excluded.first_us, last_us = excluded.last_us, active_seconds = excluded.active_seconds,
    coins = excluded.coins, algorithms = excluded.algorithms, dialects = excluded.dialects, pools = excluded.pools,
    agents = excluded.agents, wallets = excluded.wallets, workers = excluded.workers, sessions = excluded.sessions,
    miners = excluded.miners, reasons = excluded.reasons, arithmetic = excluded.arithmetic,
    evidence = excluded.evidence, evidence_count = excluded.evidence_count, hashrate = excluded.hashrate,
    energy = excluded.energy, estimates = excluded.estimates, nature = excluded.nature,
    unit_id = iif(?, excluded.unit_id, unit_id)`;

/** The last verdict on each address. */
export class Verdicts {
  readonly #db: Database;
  readonly #addresses: Addresses;
  readonly #upsert;
  readonly #load;
  readonly #byId;
  readonly #settle;
  readonly #any;
  readonly #stale;
  readonly #markStale;
  readonly #deleteOf;
  readonly #levels;
  readonly #walletUses;
  readonly #markDue;

  constructor(db: Database, addresses: Addresses) {
    this.#db = db;
    this.#addresses = addresses;
    this.#upsert = db.prepare<unknown[]>(UPSERT);
    this.#load = db.prepare<[string], VerdictRow>(
      `${SELECT} WHERE ip_id = (SELECT ip_id FROM addresses WHERE addresses.ip = ?)`,
    );
    this.#any = db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM verdicts)').pluck();
    this.#settle = db.prepare<[string]>(
      'UPDATE addresses SET is_stale = 0 WHERE is_stale = 1 AND ip_id IN (SELECT value FROM json_each(?))',
    );
    this.#markStale = db.prepare<[string]>(
      'UPDATE addresses SET is_stale = 1 WHERE is_stale = 0 AND ip_id IN (SELECT value FROM json_each(?))',
    );
    this.#deleteOf = db.prepare<[string]>(
      'DELETE FROM verdicts WHERE ip_id IN (SELECT value FROM json_each(?))',
    );
    this.#levels = db.prepare<[], { level: Level; count: number }>(
      'SELECT level, count(*) AS count FROM verdicts GROUP BY level ORDER BY level',
    );
    this.#byId = db.prepare<[number], VerdictRow>(`${SELECT} WHERE ip_id = ?`);
    this.#stale = db.prepare<[], string>('SELECT ip FROM addresses WHERE is_stale = 1 ORDER BY ip').pluck();
    this.#markDue = db.prepare<[string]>(
      `INSERT OR IGNORE INTO evidence_due (ip_id) SELECT ip_id FROM verdicts
       WHERE ip_id IN (SELECT value FROM json_each(?)) AND
         (level IN ('confirmed', 'probable') OR ip_id IN (SELECT ip_id FROM evidence_logged))`,
    );
    this.#walletUses = db.prepare<[string], { wallet: string; ip: string }>(
      `SELECT wallet, ip FROM verdict_wallets JOIN addresses USING (ip_id)
       WHERE wallet IN (SELECT value FROM json_each(?))`,
    );
  }

  /** In one transaction; their addresses are no longer stale. What is or was flagged is due for the evidence log. */
  save(verdicts: readonly Verdict[], runId: number): void {
    const ids = verdicts.map((verdict) => this.#save(verdict, runId));
    this.#settle.run(JSON.stringify(ids));
    this.#markDue.run(JSON.stringify(ids));
  }

  #save(verdict: Verdict, runId: number): number {
    const ipId = this.#addresses.idOf(verdict.ip);
    this.#upsert.run(
      ipId,
      verdict.ip,
      runId,
      verdict.level,
      real(verdict.score),
      integer(verdict.firstUs),
      integer(verdict.lastUs),
      real(verdict.activeSeconds),
      json(verdict.coins),
      json(verdict.algorithms),
      json(verdict.dialects),
      json(verdict.pools),
      json(verdict.agents),
      json(verdict.wallets),
      json(verdict.workers),
      integer(verdict.sessions),
      verdict.miners === null ? null : JSON.stringify(verdict.miners),
      json(verdict.reasons),
      json(verdict.arithmetic),
      json(heaviest(verdict.evidence)),
      verdict.evidence.length,
      verdict.unit?.id ?? null,
      textOrNull(verdict.estimates?.hashrate),
      textOrNull(verdict.estimates?.energy),
      textOrNull(verdict.estimates),
      verdict.nature ? JSON.stringify(verdict.nature) : null,
      // Judged without a register of units: whoever owned the address before still does.
      flag(verdict.unit !== undefined),
    );
    return ipId;
  }

  load(ip: string): StoredVerdict | null {
    const row = this.#load.get(ip);
    return row === undefined ? null : toVerdict(row);
  }

  /**
   * By score, then last seen, then address. Only the numbers of the rows are sorted and held; each row is read when
   * it is asked for, so one that went away meanwhile is left out, and the connection stays free for other work.
   */
  *list(filter: VerdictFilter): Generator<StoredVerdict> {
    const { where, values } = conditions(filter);
    const page = [filter.limit ?? -1, filter.offset ?? 0];
    const found = this.#db
      .prepare<unknown[], number>(
        `SELECT ip_id FROM verdicts ${where} ORDER BY score DESC, last_us DESC, ip LIMIT ? OFFSET ?`,
      )
      .pluck();
    for (const id of numbersOf(found.iterate(...values, ...page))) {
      const row = this.#byId.get(id);
      if (row !== undefined) yield toVerdict(row);
    }
  }

  walletUses(wallets: readonly string[]): { readonly wallet: string; readonly ip: string }[] {
    return wallets.length === 0 ? [] : this.#walletUses.all(JSON.stringify(wallets));
  }

  hasAny(): boolean {
    return this.#any.get() === 1;
  }

  stale(): string[] {
    return this.#stale.all();
  }

  /** These addresses' facts changed: their verdicts are to be worked out again. */
  markStale(ipIds: readonly number[]): void {
    this.#markStale.run(JSON.stringify(ipIds));
  }

  /** Deletes what there is on these, which are then no longer stale. Returns how many verdicts went. */
  deleteOf(ips: readonly string[]): number {
    const ids = JSON.stringify(ips.map((ip) => this.#addresses.find(ip)).filter((id) => id !== null));
    const { changes } = this.#deleteOf.run(ids);
    this.#settle.run(ids);
    return changes;
  }

  /** How many there are of each level. */
  countLevels(): { readonly level: Level; readonly count: number }[] {
    return this.#levels.all();
  }
}

/** All of them, at 8 bytes each: a list of a million values of the driver takes four times as much for a moment. */
function numbersOf(found: Iterable<number>): Float64Array {
  let numbers = new Float64Array(1024);
  let size = 0;
  for (const number of found) {
    if (size === numbers.length) {
      const wider = new Float64Array(2 * size);
      wider.set(numbers);
      numbers = wider;
    }
    numbers[size++] = number;
  }
  return numbers.subarray(0, size);
}

/** Lists in which a word is looked for. */
const NAME_LISTS = ['wallets', 'workers', 'agents'];
const POOL_NAMES = ['address', 'host', 'operator'];

/** The filter as SQL over the columns of `verdicts`, and the values it binds. */
export function conditions(filter: VerdictFilter): { where: string; values: unknown[] } {
  const terms: string[] = [];
  const values: unknown[] = [];
  const add = (term: string, ...bound: unknown[]) => {
    terms.push(term);
    values.push(...bound);
  };
  if (filter.levels !== undefined)
    add('level IN (SELECT value FROM json_each(?))', JSON.stringify(filter.levels));
  if (filter.coin !== undefined) {
    add(
      `EXISTS (SELECT 1 FROM json_each(coins) WHERE json_extract(value, '$.ticker') = ?)`,
      filter.coin.toUpperCase(),
    );
  }
  if (filter.unit !== undefined) add('unit_id = ?', filter.unit);
  if (filter.category !== undefined)
    add('unit_id IN (SELECT unit_id FROM units WHERE category = ?)', filter.category);
  if (filter.region !== undefined)
    add('unit_id IN (SELECT unit_id FROM units WHERE ? IN (region, region_code))', filter.region);
  if (filter.sinceUs !== undefined) add('last_us >= ?', integer(filter.sinceUs));
  if (filter.untilUs !== undefined) add('first_us < ?', integer(filter.untilUs));
  if (filter.minScore !== undefined) add('score >= ?', filter.minScore);
  for (const word of filter.words ?? []) {
    const like = "LIKE ? ESCAPE '\\'";
    const places = [
      `ip ${like}`,
      ...NAME_LISTS.map((list) => `EXISTS (SELECT 1 FROM json_each(${list}) WHERE value ${like})`),
      ...POOL_NAMES.map(
        (name) => `EXISTS (SELECT 1 FROM json_each(pools) WHERE json_extract(value, '$.${name}') ${like})`,
      ),
    ];
    add(`(${places.join(' OR ')})`, ...places.map(() => containing(word)));
  }
  return { where: terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`, values };
}

/** A LIKE pattern in which nothing of the word acts as a wildcard. */
function containing(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

function textOrNull(value: object | null | undefined): string | null {
  return value == null ? null : JSON.stringify(value);
}

function heaviest(evidence: readonly Evidence[]): readonly Evidence[] {
  const kept =
    evidence.length <= MAX_VERDICT_EVIDENCE
      ? evidence
      : [...evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, MAX_VERDICT_EVIDENCE);
  // The record of a proof is long, and stands in the evidence table.
  return kept.map(({ proof: _, ...fact }) => fact);
}

function toVerdict(row: VerdictRow): StoredVerdict {
  return {
    ip: row.ip,
    level: row.level,
    score: row.score,
    arithmetic: parsed(row.arithmetic),
    firstUs: row.first_us,
    lastUs: row.last_us,
    activeSeconds: row.active_seconds,
    coins: parsed(row.coins),
    algorithms: parsed(row.algorithms),
    dialects: parsed(row.dialects),
    pools: parsed(row.pools),
    agents: parsed(row.agents),
    wallets: parsed(row.wallets),
    workers: parsed(row.workers),
    sessions: row.sessions,
    miners: row.miners === null ? null : parsed(row.miners),
    ...(row.nature === null ? {} : { nature: parsed<Nature>(row.nature) }),
    reasons: parsed(row.reasons),
    evidence: parsed(row.evidence),
    runId: row.run_id,
    evidenceCount: row.evidence_count,
    unitId: row.unit_id,
    ...(row.estimates === null ? {} : { estimates: parsed<Estimates>(row.estimates) }),
    unit:
      row.unit_id === null || row.unit_name === null
        ? null
        : { id: row.unit_id, name: row.unit_name, category: row.unit_category, region: row.unit_region },
  };
}
