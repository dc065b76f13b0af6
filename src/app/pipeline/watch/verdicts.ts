import { isDue } from '../../../base/time.js';
import type { LearnedServer, Store } from '../../../deliver/store/index.js';
import type { RuleSet } from '../../../detect/rules/index.js';
import type { Level, SuspectFile, Verdict } from '../../../model/verdict.js';
import { updateCases } from '../cases.js';
import { judge } from '../judge.js';
import { loadRegister, type Register } from '../register.js';
import type { Deliverer } from './deliverer.js';
import type { Feed } from './feed.js';
import { isNews, type News, toNotice } from './news.js';

/** Verdicts on addresses of which only more of the same came are worked out again this often. */
const REJUDGE_MS = 60_000;
/** Verdicts worked out in one checkpoint; the rest come with the next. */
const MAX_JUDGED = 2000;
/** Servers that answered as pools are looked up again this often, and when a new one shows; cases are brought up to date. */
const LEARNED_MS = 600_000;

export type LevelCounts = readonly { readonly level: Level; readonly count: number }[];

interface Pools {
  readonly learned: readonly LearnedServer[];
  readonly poolServers: readonly string[];
}

export interface WatchVerdictsOptions {
  readonly store: Store;
  readonly rules: RuleSet;
  /** The lowest level that is printed and sent. */
  readonly minLevel: Level;
  readonly deliverer: Deliverer;
  readonly startedMs: number;
}

/** What a watch concludes at its checkpoints, within their transactions: verdicts, news of them, pools learnt, cases. */
export class WatchVerdicts {
  /** Verdicts in the database, by level, as they were saved last. */
  levels: LevelCounts = [];
  readonly #options: WatchVerdictsOptions;
  #rules: RuleSet;
  /** Who owns addresses and what is declared, as it stood at the start or when the rules were read again. */
  #register: Register | null = null;
  #known: Pools = { learned: [], poolServers: [] };
  #runId = 0;
  /** The same with those that are being saved. */
  #counted: LevelCounts = [];
  #judgedMs = Number.NEGATIVE_INFINITY;
  #learnedMs = Number.NEGATIVE_INFINITY;
  #casesMs: number;

  constructor(options: WatchVerdictsOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#casesMs = options.startedMs;
  }

  /** Before the first checkpoint; verdicts will be of this run. */
  start(runId: number): void {
    const { store } = this.#options;
    this.#runId = runId;
    this.#register = loadRegister(store);
    this.#refreshKnown();
    this.#counted = store.live.countLevels();
    this.commit();
  }

  /** Addresses of servers that answered as pools. */
  get poolServers(): string[] {
    return this.#known.learned.map(({ ip }) => ip);
  }

  useRules(rules: RuleSet): void {
    this.#register = loadRegister(this.#options.store);
    this.#rules = rules;
    this.#judgedMs = Number.NEGATIVE_INFINITY;
  }

  /** What was concluded last is saved. */
  commit(): void {
    this.levels = this.#counted;
  }

  /** It is not: everything is due again. */
  rollBack(): void {
    this.#judgedMs = Number.NEGATIVE_INFINITY;
    this.#counted = this.levels;
  }

  /** The next checkpoint is the last. */
  makeFinal(): void {
    this.#judgedMs = Number.NEGATIVE_INFINITY;
    this.#casesMs = Number.NEGATIVE_INFINITY;
  }

  /** Pools that showed themselves are watched by every sensor, whichever saw them. */
  learn(found: readonly SuspectFile[], feeds: readonly Feed[], nowMs: number): void {
    const learned = new Set(this.#known.learned.map(({ ip, port }) => `${ip} ${port}`));
    const fresh = new Set<string>();
    for (const { evidence } of found)
      for (const { strength, group, peer } of evidence) {
        const isPool = strength === 'decisive' && group === 'P' && peer !== null;
        if (isPool && !learned.has(`${peer.ip} ${peer.port}`)) fresh.add(peer.ip);
      }
    if (fresh.size === 0 && !isDue(this.#learnedMs, LEARNED_MS, nowMs)) return;
    for (const feed of feeds) feed.watchServers(fresh);
    this.#refreshKnown();
    this.#options.store.refreshEndpoints();
    this.#learnedMs = nowMs;
  }

  /** Verdicts on those of whom something new is known, and from time to time on all whose facts changed. */
  judge(changed: ReadonlySet<string>, nowMs: number): readonly News[] {
    const { store } = this.#options;
    const ips = new Set(changed);
    if (isDue(this.#judgedMs, REJUDGE_MS, nowMs)) {
      this.#judgedMs = nowMs;
      for (const ip of store.staleSuspects()) ips.add(ip);
    }
    if (ips.size === 0) return [];
    const chosen = [...ips].slice(0, MAX_JUDGED);
    if (ips.size > chosen.length) this.#judgedMs = Number.NEGATIVE_INFINITY;
    const files = chosen.map((ip) => store.loadSuspect(ip)).filter((file) => file !== null);
    const verdicts = judge(files, this.#rules, this.#known, {
      register: this.#register,
      usesOf: (wallets) => (wallets.length === 0 ? [] : store.walletUses(wallets)),
    });
    store.saveVerdicts(verdicts, this.#runId);
    const judged = new Set(verdicts.map(({ ip }) => ip));
    store.deleteVerdicts(chosen.filter((ip) => !judged.has(ip)));
    if (verdicts.length > 0) this.#counted = store.live.countLevels();
    return this.#tell(verdicts, nowMs);
  }

  /** Where cases are kept, they are brought up to date from time to time, and at the end. */
  updateCases(nowMs: number): void {
    const { store } = this.#options;
    if (!isDue(this.#casesMs, LEARNED_MS, nowMs) || store.office.nextCaseId() === 1) return;
    this.#casesMs = nowMs;
    updateCases(store, this.#rules, this.#register, nowMs * 1000);
  }

  #tell(verdicts: readonly Verdict[], nowMs: number): readonly News[] {
    const { store, minLevel, deliverer } = this.#options;
    const news: News[] = [];
    for (const verdict of verdicts) {
      const before = store.live.notifiedLevel(verdict.ip);
      if (!isNews(verdict.level, before, minLevel)) continue;
      const one: News = { verdict, before };
      news.push(one);
      store.live.saveNotified(verdict.ip, verdict.level, nowMs * 1000);
      deliverer.add(JSON.stringify(toNotice(one, nowMs * 1000)), nowMs * 1000);
    }
    return news;
  }

  #refreshKnown(): void {
    const { store } = this.#options;
    this.#known = { learned: store.learnedServers(), poolServers: store.poolServers() };
  }
}
