/** What is counted and collected of one session, bounded. */
import { MAX_TRAFFIC_TEXT, printable } from '../../../base/text.js';
import type { Direction } from '../../../model/flow.js';
import {
  type CoinHint,
  type JobClues,
  NO_ROLES,
  type Quote,
  type RoleCounts,
  type ShareSum,
} from '../../../model/observation.js';
import type { Claims, Target } from './dialect.js';

const MAX_LOGINS = 64;
const MAX_WORKERS = 512;
const MAX_AGENTS = 64;
const MAX_OPTIONS = 16;
const MAX_ALGORITHMS = 16;
const MAX_COINS = 8;
const MAX_HOSTS = 8;
const MAX_REPORTERS = 256;
const MAX_SHARE_GROUPS = 64;
const MAX_QUOTES = 8;
const MAX_NAME = 128;

type MutableCounts = { -readonly [Key in keyof RoleCounts]: number };

/** Counts, shares and quotes of one part of a session. */
export class Part {
  readonly roles: MutableCounts = { ...NO_ROLES };
  readonly quotes: Quote[] = [];
  /** Of the first job of Bitcoin's form. */
  clues: JobClues | null = null;
  readonly #shares = new Map<
    string,
    { target: Target | null; submitted: number; accepted: number; rejected: number }
  >();

  /** Difficulties beyond the limit fall into the group without one. */
  addShare(target: Target | null, outcome: 'submitted' | 'accepted' | 'rejected'): void {
    let key = target === null ? '' : `${target.difficulty} ${target.hashes}`;
    if (!this.#shares.has(key) && this.#shares.size >= MAX_SHARE_GROUPS) key = '';
    let group = this.#shares.get(key);
    if (group === undefined) {
      group = { target: key === '' ? null : target, submitted: 0, accepted: 0, rejected: 0 };
      this.#shares.set(key, group);
    }
    group[outcome]++;
  }

  /** Whether the first message of this role is still to be quoted. */
  wantsQuote(role: keyof RoleCounts): boolean {
    return this.roles[role] === 1 && this.quotes.length < MAX_QUOTES;
  }

  quote(role: keyof RoleCounts, direction: Direction, timeUs: number, text: string): void {
    if (text === '') return;
    this.quotes.push({ timeUs, direction, role, text: printable(text.slice(0, MAX_TRAFFIC_TEXT)) });
  }

  get shares(): ShareSum[] {
    return [...this.#shares.values()].map(({ target, submitted, accepted, rejected }) => ({
      difficulty: target?.difficulty ?? null,
      submitted,
      accepted,
      rejected,
      ...(target?.hashes == null ? {} : { hashesPerShare: target.hashes }),
    }));
  }
}

/** Texts in the order they were first seen; those beyond the limit are dropped. */
class Texts {
  /** As sent, and as shown: most messages repeat what is known. */
  readonly #seen = new Map<string, string>();
  readonly #limit: number;
  readonly #length: number;

  constructor(limit: number, length = MAX_NAME) {
    this.#limit = limit;
    this.#length = length;
  }

  add(texts: readonly string[] | undefined): void {
    if (texts === undefined) return;
    for (const text of texts) {
      const sent = text.length > this.#length ? text.slice(0, this.#length) : text;
      if (this.#seen.has(sent) || this.#seen.size >= this.#limit) continue;
      this.#seen.set(sent, printable(sent, this.#length));
    }
  }

  get all(): string[] {
    return [...new Set(this.#seen.values())];
  }
}

/** Who mines what with what, over the whole session. */
export class Told {
  readonly #logins = new Texts(MAX_LOGINS, MAX_TRAFFIC_TEXT);
  readonly #workers = new Texts(MAX_WORKERS);
  readonly #agents = new Texts(MAX_AGENTS, MAX_TRAFFIC_TEXT);
  readonly #options = new Texts(MAX_OPTIONS);
  readonly #algorithms = new Texts(MAX_ALGORITHMS);
  readonly #coins = new Map<string, CoinHint>();
  readonly #hosts = new Map<string, { host: string; port: number | null }>();
  readonly #reported = new Map<string, number>();

  add(claims: Claims | undefined): void {
    if (claims === undefined) return;
    this.#logins.add(claims.logins);
    this.#workers.add(claims.workers);
    this.#agents.add(claims.agents);
    this.#options.add(claims.options);
    this.#algorithms.add(claims.algorithms);
    for (const coin of claims.coins ?? []) this.addCoin(coin);
    for (const { host, port } of claims.hosts ?? []) this.addHost(host, port);
    const reported = claims.reportedHps;
    if (reported === undefined || !Number.isFinite(reported.hps)) return;
    const key = reported.reporter.slice(0, MAX_NAME);
    if (this.#reported.has(key) || this.#reported.size < MAX_REPORTERS) this.#reported.set(key, reported.hps);
  }

  addCoin(coin: CoinHint): void {
    const known = this.#coins.get(coin.ticker);
    if (known === undefined ? this.#coins.size < MAX_COINS : known.confidence < coin.confidence) {
      this.#coins.set(coin.ticker, coin);
    }
  }

  addHost(host: string, port: number | null): void {
    const shown = printable(host.slice(0, MAX_TRAFFIC_TEXT), 253);
    if (this.#hosts.size < MAX_HOSTS) this.#hosts.set(`${shown} ${port}`, { host: shown, port });
  }

  get hasReportedRate(): boolean {
    return this.#reported.size > 0;
  }

  get lists() {
    const rates = [...this.#reported.values()];
    return {
      logins: this.#logins.all,
      workers: this.#workers.all,
      agents: this.#agents.all,
      options: this.#options.all,
      algorithms: this.#algorithms.all,
      coins: [...this.#coins.values()],
      namedHosts: [...this.#hosts.values()],
      reportedHps: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    };
  }
}
