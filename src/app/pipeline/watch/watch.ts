import { randomUUID } from 'node:crypto';
import { Counters } from '../../../base/counters.js';
import { InputError, RigwatchError, StoreError } from '../../../base/errors.js';
import { formatTime } from '../../../base/time.js';
import type { NotifyTarget } from '../../../deliver/notify/target.js';
import type { Store } from '../../../deliver/store/index.js';
import { Matcher, type RuleSet } from '../../../detect/rules/index.js';
import { compactFile, exceedsLimits } from '../../../detect/verdict/ledger/compact.js';
import { evidenceKey, mergeEvidence } from '../../../detect/verdict/ledger/merge.js';
import { mergeSessions } from '../../../detect/verdict/ledger/sessions.js';
import type { ExporterFigures } from '../../../intake/formats/exports/exporter.js';
import type { InputFormat } from '../../../intake/formats/format.js';
import { FORMATS } from '../../../intake/formats/index.js';
import type { LiveSource } from '../../../intake/sources/live/live.js';
import type { SuspectExcerpt } from '../../../model/evidence-log.js';
import type { NodeSighting } from '../../../model/node.js';
import type { Level, SuspectFile } from '../../../model/verdict.js';
import type { EvidenceRecorder } from '../evidence-recorder.js';
import type { Matching } from '../sensor.js';
import { CONTINUES_WITHIN_US, Continuation, MAX_CONTINUED } from './continuation.js';
import { Deliverer, type TargetFigures } from './deliverer.js';
import { WatchEvidence } from './evidence.js';
import { Feed, type FeedFigures, type FeedTotals, NO_TOTALS } from './feed.js';
import type { News } from './news.js';
import { WatchRecall } from './recall.js';
import { type LevelCounts, WatchVerdicts } from './verdicts.js';

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

/** How long the last messages may take at the end. */
const LAST_SEND_MS = 5000;

const MERGING = {
  sessions: mergeSessions,
  evidence: mergeEvidence,
  keyOf: evidenceKey,
  exceeds: exceedsLimits,
  compact: (file: SuspectFile) => compactFile(file),
};

/** What one source has found since the last checkpoint. */
interface Drained {
  readonly feed: Feed;
  readonly files: readonly SuspectFile[];
  readonly nodes: readonly NodeSighting[];
  readonly excerpts: readonly SuspectExcerpt[];
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
  readonly levels: LevelCounts;
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
  readonly #verdicts: WatchVerdicts;
  readonly #recall: WatchRecall;
  readonly #evidence: WatchEvidence;
  readonly #owner = randomUUID();
  readonly #startedMs: number;
  #rules: RuleSet;
  #runId = 0;
  #timer: NodeJS.Timeout | null = null;
  #checkpointMs: number | null = null;
  #checkpointSeconds = 0;
  #checkpointError: RigwatchError | null = null;
  #exporters: readonly ExporterFigures[] = [];
  /** Makes run() reject; null: it does not run. */
  #fail: ((error: RigwatchError) => void) | null = null;

  constructor(request: WatchRequest) {
    this.#request = request;
    this.#rules = request.rules;
    this.#startedMs = request.nowMs();
    this.#matching = { matcher: new Matcher(request.rules) };
    this.#deliverer = new Deliverer(request.store, request.targets, (message) =>
      request.onTrouble(new InputError('notify-failed', message)),
    );
    this.#verdicts = new WatchVerdicts({
      store: request.store,
      rules: request.rules,
      minLevel: request.minLevel,
      deliverer: this.#deliverer,
      startedMs: this.#startedMs,
    });
    this.#recall = new WatchRecall(request.store);
    this.#evidence = new WatchEvidence(request.evidence, (error) => request.onTrouble(error));
    this.#feeds = request.sources.map((source) => new Feed(source));
  }

  /** Takes up what was saved, then opens every source. Rejects where one cannot be opened: who watched before goes on. */
  async start(): Promise<void> {
    const { store, version, sources } = this.#request;
    const before = store.atomically(() => {
      const before = store.live.takeOver(this.#owner);
      this.#runId = store.beginRun({
        startedUs: this.#startedMs * 1000,
        version,
        rulesVersion: this.#rules.version,
        options: { watch: sources.map(({ url }) => url) },
      });
      return before;
    });
    try {
      this.#verdicts.start(this.#runId);
      this.#recall.restoreNames(this.#matching.matcher);
      for (const feed of this.#feeds) this.#prepare(feed);
      for (const feed of this.#feeds) await feed.source.start(feed, store.live.positions(feed.inputId));
    } catch (error) {
      await this.#stopSources();
      store.atomically(() => store.live.giveBack(this.#owner, before));
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
      this.#fail = null;
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
    for (const feed of this.#feeds) feed.tellTroubles();
    let news: readonly News[] = [];
    try {
      news = this.#request.store.atomically(() => {
        const found = this.#save(drained, nowMs);
        this.#verdicts.updateCases(nowMs);
        return found;
      });
      this.#verdicts.commit();
      this.#checkpointMs = nowMs;
      this.#checkpointError = null;
    } catch (error) {
      if (!(error instanceof RigwatchError)) throw error;
      for (const { feed, files, nodes, excerpts } of drained) feed.restore(files, nodes, excerpts);
      // What was rolled back is due again.
      this.#verdicts.rollBack();
      this.#recall.makeDue();
      this.#troubled(error);
    }
    if (this.#checkpointError === null) this.#evidence.record(this.#rules.version);
    this.#checkpointSeconds = (performance.now() - begun) / 1000;
    if (news.length > 0) this.#request.onNews(news);
    this.#deliverer.kick();
    return this.#checkpointError === null;
  }

  /** From now on these rules hold; what is known stays known, and no byte is missed meanwhile. */
  useRules(rules: RuleSet): void {
    this.#rules = rules;
    this.#verdicts.useRules(rules);
    this.#matching.matcher = new Matcher(rules, { before: this.#matching.matcher });
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
      levels: this.#verdicts.levels,
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
        this.#fail?.(error as RigwatchError);
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
    this.#recall.makeDue();
    this.#verdicts.makeFinal();
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
    await this.#evidence.end(isSaved);
    await this.#deliverer.stop(LAST_SEND_MS);
  }

  async #stopSources(): Promise<void> {
    await Promise.allSettled(this.#feeds.map(({ source }) => source.stop()));
  }

  #isOurs(): boolean {
    return this.#checkpointError?.code !== 'store-conflict';
  }

  #troubled(error: RigwatchError): void {
    const before = this.#checkpointError?.code;
    this.#checkpointError = error;
    // The caller of run() tells why it ended; the same trouble is told once, however long it lasts.
    if (error.code === 'store-conflict' && this.#fail !== null) this.#fail(error);
    else if (before !== error.code) this.#request.onTrouble(error);
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
        poolServers: this.#verdicts.poolServers,
        rename: (observation) => continuation.rename(observation),
      },
      expected: recent.map((session) => ({ ip: session.suspect, sessions: [session] })),
      nowMs: () => this.#request.nowMs(),
      onTrouble: (code, message) => onTrouble(new InputError(code, message)),
    });
    this.#recall.restoreTemplates(feed, this.#request.nowMs());
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
    for (const { feed, files, nodes, excerpts } of drained) {
      const saved = store.live.save(feed.inputId, files, MERGING);
      store.live.saveNodes(feed.inputId, nodes);
      store.saveExcerpts(feed.inputId, excerpts);
      for (const ip of saved.changed) changed.add(ip);
      this.#counters.add('live.sessions-folded', saved.foldedSessions);
      this.#counters.add('live.evidence-folded', saved.foldedEvidence);
      store.live.note(feed.inputId, feed.summary(), feed.source.figures().bytes);
      store.live.savePositions(feed.inputId, feed.source.positions());
    }
    this.#recall.save(this.#feeds, this.#matching.matcher, nowMs);
    const found = drained.flatMap(({ files }) => files);
    this.#verdicts.learn(found, this.#feeds, nowMs);
    return this.#verdicts.judge(changed, nowMs);
  }

  #count(): void {
    this.#exporters = this.#feeds.flatMap((feed) => feed.report());
  }
}
