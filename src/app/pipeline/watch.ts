import { randomUUID } from 'node:crypto';
import { Counters } from '../../base/counters.js';
import { InputError, RigwatchError, StoreError } from '../../base/errors.js';
import { formatTime } from '../../base/time.js';
import type { NotifyTarget } from '../../deliver/notify/target.js';
import type { LearnedServer, Store } from '../../deliver/store/index.js';
import { Matcher, type RuleSet } from '../../detect/rules/index.js';
import { compactFile, exceedsLimits } from '../../detect/verdict/ledger/compact.js';
import { evidenceKey, mergeEvidence } from '../../detect/verdict/ledger/merge.js';
import { mergeSessions } from '../../detect/verdict/ledger/sessions.js';
import type { ExporterFigures } from '../../intake/formats/exports/exporter.js';
import type { DomainRecall } from '../../intake/formats/exports/recall.js';
import type { InputFormat } from '../../intake/formats/format.js';
import { FORMATS } from '../../intake/formats/index.js';
import type { LiveSource } from '../../intake/sources/live/live.js';
import type { SuspectExcerpt } from '../../model/evidence-log.js';
import type { NodeSighting } from '../../model/node.js';
import type { Level, SuspectFile, Verdict } from '../../model/verdict.js';
import { updateCases } from './cases.js';
import { CONTINUES_WITHIN_US, Continuation, MAX_CONTINUED } from './continuation.js';
import { Deliverer, type TargetFigures } from './deliverer.js';
import { EVIDENCE_BROKEN, type EvidenceRecorder } from './evidence-recorder.js';
import { Feed, type FeedFigures, type FeedTotals, NO_TOTALS } from './feed.js';
import { judge } from './judge.js';
import { isNews, type News, toNotice } from './news.js';
import { recalledNames, WATCHED_NAMES } from './recalled-names.js';
import { loadRegister, type Register } from './register.js';
import type { Matching } from './sensor.js';

export interface WatchRequest {
  readonly sources: readonly LiveSource[];
  readonly rules: RuleSet;
  readonly store: Store;
  readonly version: string;
  /** Null: by content. */
  readonly format: InputFormat | null;
  /** Those that content is probed for; default: all, local times in the system's zone. */
  readonly formats?: readonly InputFormat[];
  readonly intervalMs: number;
  /** The lowest level that is printed and sent. */
  readonly minLevel: Level;
  readonly targets: readonly NotifyTarget[];
  /** Writes the evidence log; absent: none is kept. */
  readonly evidence?: EvidenceRecorder;
  isHome(ip: string): boolean;
  /** Epoch milliseconds. */
  nowMs(): number;
  onNews(news: readonly News[]): void;
  onTrouble(error: RigwatchError): void;
}

/** Verdicts on addresses of which only more of the same came are worked out again this often. */
const REJUDGE_MS = 60_000;
/** Verdicts worked out in one checkpoint; the rest come with the next. */
const MAX_JUDGED = 2000;
/** What was learnt of DNS is saved with everything else; where it is long (characters), only this often. */
const LONG_RECALL = 1_000_000;
const RECALL_MS = 60_000;
/** Servers that answered as pools are looked up again this often, and when a new one shows. */
const LEARNED_MS = 600_000;
/** How long the last messages may take at the end. */
const LAST_SEND_MS = 5000;
/** Templates are taken up again after a pause no longer than this: exporters may have started anew with others. */
const TEMPLATES_KEPT_MS = 30 * 60_000;
/** Epoch milliseconds of the last checkpoint. */
const SAVED_STATE = 'saved';
const templateState = (inputId: number) => `templates ${inputId}`;

const MERGING = {
  sessions: mergeSessions,
  evidence: mergeEvidence,
  keyOf: evidenceKey,
  exceeds: exceedsLimits,
  compact: (file: SuspectFile) => compactFile(file),
};

/** Of which state the DNS memory was saved last. */
interface Recalled {
  readonly matcher: Matcher | null;
  readonly revision: number;
  readonly length: number;
  readonly atMs: number;
}

const NOT_RECALLED: Recalled = { matcher: null, revision: 0, length: 0, atMs: 0 };

/** What one source has found since the last checkpoint. */
interface Drained {
  readonly feed: Feed;
  readonly files: readonly SuspectFile[];
  readonly nodes: readonly NodeSighting[];
  readonly excerpts: readonly SuspectExcerpt[];
}

interface Pools {
  readonly learned: readonly LearnedServer[];
  readonly poolServers: readonly string[];
}

/** Where a watch stands, for health and metrics. */
export interface WatchFigures {
  readonly startedMs: number;
  /** Null before the first. */
  readonly checkpointMs: number | null;
  /** Why the last checkpoint could not be saved; null where it was. */
  readonly checkpointError: string | null;
  readonly checkpointSeconds: number;
  readonly rulesVersion: string;
  readonly feeds: readonly FeedFigures[];
  readonly exporters: readonly ExporterFigures[];
  readonly targets: readonly TargetFigures[];
  readonly levels: readonly { readonly level: Level; readonly count: number }[];
  readonly counters: Readonly<Record<string, number>>;
  /** Suspects whose facts wait for the next checkpoint. */
  readonly unsaved: number;
}

/**
 * Live sources → sensors → store, for months. At every checkpoint one transaction takes the facts found since, the verdicts
 * they lead to, how far each stream was read and what is to be told: whatever kills the process, all of it is there or
 * nothing, so that at most one interval is read again and nothing counts twice.
 */
export class Watch {
  readonly #request: WatchRequest;
  readonly #counters = new Counters();
  readonly #matching: Matching;
  readonly #feeds: readonly Feed[];
  readonly #deliverer: Deliverer;
  readonly #owner = randomUUID();
  readonly #startedMs: number;
  #rules: RuleSet;
  /** Who owns addresses and what is declared, as it stood at the start or when the rules were read again. */
  #register: Register | null = null;
  #casesMs: number;
  #runId = 0;
  #timer: NodeJS.Timeout | null = null;
  #checkpointMs: number | null = null;
  #checkpointSeconds = 0;
  #checkpointError: RigwatchError | null = null;
  #evidenceError: RigwatchError | null = null;
  /** Under way; null: none. */
  #anchoring: Promise<void> | null = null;
  #judgedMs = 0;
  #templatesMs = 0;
  #recalled: Recalled = NOT_RECALLED;
  #learnedMs = Number.NEGATIVE_INFINITY;
  #known: Pools = { learned: [], poolServers: [] };
  #exporters: readonly ExporterFigures[] = [];
  #levels: WatchFigures['levels'] = [];
  #fail: (error: RigwatchError) => void = () => undefined;

  constructor(request: WatchRequest) {
    this.#request = request;
    this.#rules = request.rules;
    this.#startedMs = request.nowMs();
    this.#casesMs = this.#startedMs;
    this.#matching = { matcher: new Matcher(request.rules) };
    this.#deliverer = new Deliverer(request.store, request.targets, (message) =>
      request.onTrouble(new InputError('notify-failed', message)),
    );
    this.#feeds = request.sources.map((source) => new Feed(source));
  }

  /** Takes up what was saved, then opens every source. Rejects where one cannot be opened. */
  async start(): Promise<void> {
    const { store, version, sources } = this.#request;
    store.atomically(() => {
      store.live.takeOver(this.#owner);
      this.#runId = store.beginRun({
        startedUs: this.#startedMs * 1000,
        version,
        rulesVersion: this.#rules.version,
        options: { watch: sources.map(({ url }) => url) },
      });
    });
    this.#register = loadRegister(store);
    this.#refreshKnown();
    this.#restoreDns();
    for (const feed of this.#feeds) this.#prepare(feed);
    this.#levels = store.live.countLevels();
    try {
      for (const feed of this.#feeds) await feed.source.start(feed, store.live.positions(feed.inputId));
    } catch (error) {
      await this.#stopSources();
      throw error;
    }
    this.#deliverer.kick();
  }

  /**
   * Runs until `stop` is aborted or every source has ended by itself; saves what is known, and resolves. Rejects where the
   * last of the sources failed, or another process has taken over.
   */
  async run(stop: AbortSignal): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    failed.catch(() => undefined);
    const stopped = new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      else stop.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#schedule();
    try {
      await Promise.race([stopped, failed, this.#allEnded()]);
    } finally {
      if (this.#timer !== null) clearTimeout(this.#timer);
      await this.#finish();
    }
  }

  /** Saves everything found so far. False: it could not be saved, and is kept for the next time. */
  checkpoint(): boolean {
    const nowMs = this.#request.nowMs();
    const begun = performance.now();
    const drained = this.#feeds.map((feed) => ({
      feed,
      files: feed.drain(nowMs * 1000),
      nodes: feed.drainNodes(),
      excerpts: feed.drainExcerpts(),
    }));
    this.#count();
    let news: readonly News[] = [];
    try {
      news = this.#request.store.atomically(() => {
        const found = this.#save(drained, nowMs);
        this.#updateCases(nowMs);
        return found;
      });
      this.#checkpointMs = nowMs;
      this.#checkpointError = null;
    } catch (error) {
      if (!(error instanceof RigwatchError)) throw error;
      for (const { feed, files, nodes, excerpts } of drained) feed.restore(files, nodes, excerpts);
      // What was rolled back is due again.
      this.#judgedMs = this.#templatesMs = 0;
      this.#recalled = NOT_RECALLED;
      this.#troubled(error);
    }
    if (this.#checkpointError === null) this.#record();
    this.#checkpointSeconds = (performance.now() - begun) / 1000;
    if (news.length > 0) this.#request.onNews(news);
    this.#deliverer.kick();
    return this.#checkpointError === null;
  }

  /** From now on these rules hold; what is known stays known, and no byte is missed meanwhile. */
  useRules(rules: RuleSet): void {
    this.#register = loadRegister(this.#request.store);
    this.#rules = rules;
    this.#matching.matcher = new Matcher(rules, { before: this.#matching.matcher });
    this.#judgedMs = 0;
  }

  figures(): WatchFigures {
    this.#count();
    return {
      startedMs: this.#startedMs,
      checkpointMs: this.#checkpointMs,
      checkpointError: this.#checkpointError?.message ?? null,
      checkpointSeconds: this.#checkpointSeconds,
      rulesVersion: this.#rules.version,
      feeds: this.#feeds.map((feed) => feed.figures()),
      exporters: this.#exporters,
      targets: this.#deliverer.figures(),
      levels: this.#levels,
      counters: this.#counters.toObject(),
      unsaved: this.#feeds.reduce((sum, feed) => sum + feed.suspects, 0),
    };
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      try {
        this.checkpoint();
      } catch (error) {
        // A fault of ours must end the process, not hide in a timer.
        this.#fail(error as RigwatchError);
        return;
      }
      this.#schedule();
    }, this.#request.intervalMs);
  }

  /** Resolves once every source has ended by itself; rejects with why the last that failed did. */
  async #allEnded(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => this.#ended(feed)));
    const failure = this.#feeds.find(({ failed }) => failed !== null)?.failed ?? null;
    if (failure !== null) throw failure;
  }

  async #ended(feed: Feed): Promise<void> {
    try {
      await feed.source.ended;
    } catch (error) {
      if (!(error instanceof RigwatchError)) throw error;
      feed.failed = error;
      // The others go on; the last one's error is the caller's to tell.
      if (this.#feeds.some(({ isOver, failed }) => !isOver && failed === null))
        this.#request.onTrouble(error);
    }
    feed.isOver = true;
  }

  async #finish(): Promise<void> {
    const { store } = this.#request;
    await this.#stopSources();
    for (const feed of this.#feeds) feed.end();
    this.#recalled = NOT_RECALLED;
    this.#judgedMs = 0;
    this.#casesMs = Number.NEGATIVE_INFINITY;
    const isSaved = this.#isOurs() && this.checkpoint();
    if (isSaved) {
      const seconds = (this.#request.nowMs() - this.#startedMs) / 1000;
      try {
        store.finishRun(this.#runId, this.#summary(seconds), 'interrupted');
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#request.onTrouble(error);
      }
    }
    await this.#anchoring;
    if (isSaved)
      await this.#request.evidence?.anchor().catch((error: unknown) => this.#evidenceTrouble(error));
    await this.#deliverer.stop(LAST_SEND_MS);
  }

  /** The evidence log and its anchor: their trouble is told once, and ends nothing. */
  #record(): void {
    const { evidence } = this.#request;
    if (evidence === undefined) return;
    let isRecorded = false;
    try {
      const { isBroken } = evidence.record(this.#rules.version);
      if (isBroken) this.#request.onTrouble(new InputError('evidence-broken', EVIDENCE_BROKEN));
      isRecorded = true;
    } catch (error) {
      this.#evidenceTrouble(error);
    }
    // One that is slow to arrive is not overtaken; the next checkpoint sends what it missed.
    this.#anchoring ??= evidence
      .anchor()
      .then(() => {
        if (isRecorded) this.#evidenceError = null;
      })
      .catch((error: unknown) => this.#evidenceTrouble(error))
      .finally(() => {
        this.#anchoring = null;
      });
  }

  #evidenceTrouble(error: unknown): void {
    if (!(error instanceof RigwatchError)) throw error;
    if (this.#evidenceError?.code !== error.code) this.#request.onTrouble(error);
    this.#evidenceError = error;
  }

  async #stopSources(): Promise<void> {
    await Promise.allSettled(this.#feeds.map(({ source }) => source.stop()));
  }

  #isOurs(): boolean {
    return this.#checkpointError?.code !== 'store-conflict';
  }

  #troubled(error: RigwatchError): void {
    // The same trouble is told once, however long it lasts.
    if (this.#checkpointError?.code !== error.code) this.#request.onTrouble(error);
    this.#checkpointError = error;
    if (error.code === 'store-conflict') this.#fail(error);
  }

  #summary(seconds: number) {
    return {
      schema: 'rigwatch.watch/1' as const,
      started: formatTime(this.#startedMs * 1000),
      seconds,
      inputs: this.#feeds.map((feed) => feed.summary()),
      counters: this.#counters.toObject(),
    };
  }

  /** The input of a source, its sensor, and what of it was open before. */
  #prepare(feed: Feed): void {
    const { store, format, formats = FORMATS, isHome, onTrouble } = this.#request;
    const { url } = feed.source;
    const inputId = store.atomically(() =>
      store.live.goOn(this.#runId, {
        contentId: `live ${url}`,
        path: url,
        rulesVersion: this.#rules.version,
      }),
    );
    const recent = store.live.recentSessions(inputId, CONTINUES_WITHIN_US, MAX_CONTINUED);
    const continuation = new Continuation(recent);
    const sinceUs = recent.at(-1)?.firstUs ?? 0;
    if (recent.length > 0)
      this.#matching.matcher.rememberContacts(store.live.recentContacts(inputId, sinceUs, MAX_CONTINUED * 4));
    feed.prepare({
      inputId,
      before: this.#totalsOf(inputId),
      matching: this.#matching,
      counters: this.#counters,
      format,
      formats,
      sensor: {
        isHome,
        poolServers: this.#known.learned.map(({ ip }) => ip),
        rename: (observation) => continuation.rename(observation),
      },
      expected: recent.map((session) => ({ ip: session.suspect, sessions: [session] })),
      nowMs: () => this.#request.nowMs(),
      onTrouble: (code, message) => onTrouble(new InputError(code, message)),
    });
    this.#restoreTemplates(feed);
  }

  #restoreTemplates(feed: Feed): void {
    const { store, nowMs } = this.#request;
    const pauseMs = nowMs() - Number(store.live.state(SAVED_STATE) ?? Number.NaN);
    const text = store.live.state(templateState(feed.inputId));
    if (text === null || !(pauseMs >= 0 && pauseMs <= TEMPLATES_KEPT_MS)) return;
    // Written by #save() alone, from Feed.templates().
    feed.restoreTemplates(JSON.parse(text) as DomainRecall[], nowMs() * 1000);
  }

  #totalsOf(inputId: number): FeedTotals {
    const text = this.#request.store.live.noted(inputId);
    // Written by #save() alone, from Feed.summary().
    return text === null ? NO_TOTALS : (JSON.parse(text) as FeedTotals);
  }

  #save(drained: readonly Drained[], nowMs: number): readonly News[] {
    const { store } = this.#request;
    store.live.assertOwner(this.#owner);
    const changed = new Set<string>();
    // Sampling may be told without a template.
    const isTemplateTime = nowMs - this.#templatesMs >= RECALL_MS;
    if (isTemplateTime) this.#templatesMs = nowMs;
    for (const { feed, files, nodes, excerpts } of drained) {
      const saved = store.live.save(feed.inputId, files, MERGING);
      store.live.saveNodes(feed.inputId, nodes);
      store.saveExcerpts(feed.inputId, excerpts);
      for (const ip of saved.changed) changed.add(ip);
      this.#counters.add('live.sessions-folded', saved.foldedSessions);
      this.#counters.add('live.evidence-folded', saved.foldedEvidence);
      store.live.note(feed.inputId, feed.summary(), feed.source.figures().bytes);
      store.live.savePositions(feed.inputId, feed.source.positions());
      const templates = feed.templates(isTemplateTime || this.#checkpointError !== null);
      if (templates !== null) store.live.saveState(templateState(feed.inputId), JSON.stringify(templates));
    }
    store.live.saveState(SAVED_STATE, String(nowMs));
    this.#saveDns(nowMs);
    this.#learn(drained, nowMs);
    const verdicts = this.#judge(changed, nowMs);
    if (verdicts.length > 0) this.#levels = store.live.countLevels();
    return this.#tell(verdicts, nowMs);
  }

  #saveDns(nowMs: number): void {
    const { matcher } = this.#matching;
    if (this.#recalled.matcher === matcher && this.#recalled.revision === matcher.revision) return;
    if (this.#recalled.length > LONG_RECALL && nowMs - this.#recalled.atMs < RECALL_MS) return;
    const text = JSON.stringify(matcher.recall());
    this.#request.store.live.saveState(WATCHED_NAMES, text);
    this.#recalled = { matcher, revision: matcher.revision, length: text.length, atMs: nowMs };
  }

  /** Where cases are kept, they are brought up to date from time to time, and at the end. */
  #updateCases(nowMs: number): void {
    const { store } = this.#request;
    if (nowMs - this.#casesMs < LEARNED_MS || store.nextCaseId() === 1) return;
    this.#casesMs = nowMs;
    updateCases(store, this.#rules, this.#register, nowMs * 1000);
  }

  /** Verdicts on those of whom something new is known, and from time to time on all whose facts changed. */
  #judge(changed: ReadonlySet<string>, nowMs: number): readonly Verdict[] {
    const { store } = this.#request;
    const ips = new Set(changed);
    if (nowMs - this.#judgedMs >= REJUDGE_MS) {
      this.#judgedMs = nowMs;
      for (const ip of store.staleSuspects()) ips.add(ip);
    }
    if (ips.size === 0) return [];
    const chosen = [...ips].slice(0, MAX_JUDGED);
    if (ips.size > chosen.length) this.#judgedMs = 0;
    const files = chosen.map((ip) => store.loadSuspect(ip)).filter((file) => file !== null);
    const verdicts = judge(files, this.#rules, this.#known, {
      register: this.#register,
      usesOf: (wallets) => (wallets.length === 0 ? [] : store.walletUses(wallets)),
    });
    store.saveVerdicts(verdicts, this.#runId);
    const judged = new Set(verdicts.map(({ ip }) => ip));
    store.deleteVerdicts(chosen.filter((ip) => !judged.has(ip)));
    return verdicts;
  }

  #tell(verdicts: readonly Verdict[], nowMs: number): readonly News[] {
    const { store, minLevel } = this.#request;
    const news: News[] = [];
    for (const verdict of verdicts) {
      const before = store.live.notifiedLevel(verdict.ip);
      if (!isNews(verdict.level, before, minLevel)) continue;
      const one: News = { verdict, before };
      news.push(one);
      store.live.saveNotified(verdict.ip, verdict.level, nowMs * 1000);
      this.#deliverer.add(JSON.stringify(toNotice(one, nowMs * 1000)), nowMs * 1000);
    }
    return news;
  }

  /** Pools that showed themselves are watched by every sensor, whichever saw them. */
  #learn(drained: readonly { readonly files: readonly SuspectFile[] }[], nowMs: number): void {
    const learned = new Set(this.#known.learned.map(({ ip, port }) => `${ip} ${port}`));
    const fresh = new Set<string>();
    for (const { files } of drained)
      for (const { evidence } of files)
        for (const { strength, group, peer } of evidence)
          if (
            strength === 'decisive' &&
            group === 'P' &&
            peer !== null &&
            !learned.has(`${peer.ip} ${peer.port}`)
          )
            fresh.add(peer.ip);
    if (fresh.size === 0 && nowMs - this.#learnedMs < LEARNED_MS) return;
    for (const feed of this.#feeds) feed.watchServers(fresh);
    this.#refreshKnown();
    this.#request.store.refreshEndpoints();
    this.#learnedMs = nowMs;
  }

  #refreshKnown(): void {
    const { store } = this.#request;
    this.#known = { learned: store.learnedServers(), poolServers: store.poolServers() };
  }

  #restoreDns(): void {
    for (const recall of recalledNames(this.#request.store)) this.#matching.matcher.restore(recall);
  }

  #count(): void {
    this.#exporters = this.#feeds.flatMap((feed) => feed.report());
  }
}
