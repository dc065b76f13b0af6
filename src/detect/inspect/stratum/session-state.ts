import { MAX_TRAFFIC_TEXT } from '../../../base/text.js';
import type { Direction } from '../../../model/flow.js';
import { NO_ROLES, type RoleCounts } from '../../../model/observation.js';
import { withoutSecrets } from './claims.js';
import { type Certainty, type Dialect, type Fact, sideOf, type Target } from './dialect.js';
import type { Message } from './message.js';
import { Pending } from './pending.js';
import { Part, Told } from './tally.js';

/** Job ids of a session that a share may still be made for (Kaspa sends ten a second, Alephium sixteen at once). */
export const MAX_JOBS = 1024;
/** Answers with rising ids that, with jobs and nothing of the client, are taken for verdicts (§11). */
const VERDICT_STREAK = 5;

const OPPOSITE = { 'to-server': 'to-client', 'to-client': 'to-server' } as const;

/** What a message did: `counted`, `held` until its answer, `silent` where it means nothing here. */
export type Effect = 'counted' | 'held' | 'silent' | 'wrong-side';

/** A message, its quote where it was held back, or null for a binary frame. */
type Source = Message | string | null;

interface Vote {
  readonly dialect: Dialect;
  readonly rank: number;
  certainty: Certainty;
  count: number;
}

/** Understands the messages of one session one after the other: roles, who answers whom, which job a share is for. */
export class SessionState {
  part = new Part();
  readonly told = new Told();
  readonly soFar = { ...NO_ROLES } as { -readonly [Key in keyof RoleCounts]: number };
  /** Times of answered polls: first, last. */
  firstPollUs = 0;
  lastPollUs = 0;
  readonly #dialects: readonly Dialect[];
  readonly #pending = { 'to-server': new Pending(), 'to-client': new Pending() };
  readonly #jobs = new Map<string, Target | null>();
  readonly #votes = new Map<string, Vote>();
  #best: Vote | null = null;
  #target: Target | null = null;
  #clientSpoke = false;
  #streak = 0;
  #streakId = Number.NEGATIVE_INFINITY;

  constructor(dialects: readonly Dialect[]) {
    this.#dialects = dialects;
  }

  /** The dialect best supported so far; null while nothing was counted. */
  get dialect(): Dialect | null {
    return this.#best?.dialect ?? null;
  }

  /** How surely it is known: HELLO and above name a coin. */
  get certainty(): Certainty {
    return this.#best?.certainty ?? 0;
  }

  get anyCounted(): boolean {
    return this.#best !== null;
  }

  get anyHeld(): boolean {
    return this.#pending['to-server'].holds;
  }

  read(message: Message, direction: Direction, timeUs: number): Effect {
    if (direction === 'to-server') this.#clientSpoke = true;
    if (message.answers && message.key !== null && this.#settle(message, direction, timeUs)) return 'counted';
    const fact = this.#recognise(message);
    if (fact === null) {
      // What was cut off could have made it the right answer: it refutes nothing.
      if (!message.answers || message.key === null || message.partial) return 'silent';
      this.#pending[OPPOSITE[direction]].refute(message.key);
      return this.#readStray(message, direction, timeUs);
    }
    return this.readFact(fact, message, direction, timeUs);
  }

  /** Counts what a message (or a binary frame: null) was recognised as, if its side may say it. */
  readFact(fact: Fact, message: Message | null, direction: Direction, timeUs: number): Effect {
    if (fact.within !== undefined && fact.within !== this.dialect?.name) return 'silent';
    const side = sideOf(fact);
    if (side !== 'either' && side !== (direction === 'to-server' ? 'client' : 'server')) return 'wrong-side';
    if (direction === 'to-client' && fact.key !== undefined) return this.#readKeyed(fact, message, timeUs);
    const key = fact.key ?? (fact.answer === undefined ? null : (message?.key ?? null));
    if (fact.hold !== undefined && key !== null) {
      this.#pending[direction].add(key, { fact, timeUs, target: null, quote: quoteOf(message) });
      return 'held';
    }
    if (fact.hold === 'until-confirmed') return 'silent';
    const target = fact.role === 'share' ? this.#targetOf(fact) : null;
    this.#count(fact, direction, timeUs, message, target);
    if (key !== null) this.#pending[direction].add(key, { fact, timeUs, target, quote: null });
    return 'counted';
  }

  /** The session is over: what was asked and never refuted counts after all. */
  end(): void {
    for (const asked of this.#pending['to-server'].unrefuted()) {
      this.#count(asked.fact, 'to-server', asked.timeUs, asked.quote ?? '', null);
    }
  }

  /** A new part begins; what the session is known to be stays known. */
  nextPart(): void {
    this.part = new Part();
  }

  #recognise(message: Message): Fact | null {
    const first = this.#best?.dialect.recognise(message) ?? null;
    if (first !== null) return first;
    for (const dialect of this.#dialects) {
      const fact = dialect.recognise(message);
      if (fact !== null) return fact;
    }
    return null;
  }

  #settle(message: Message, direction: Direction, timeUs: number): boolean {
    const asking = OPPOSITE[direction];
    const settled = message.key === null ? null : this.#pending[asking].settle(message.key, message);
    if (settled === null) return false;
    const { asked, answer } = settled;
    if (asked.quote !== null) this.#count(asked.fact, asking, asked.timeUs, asked.quote, null);
    if (answer !== 'neutral') this.#count(answer, direction, timeUs, message, asked.target);
    return true;
  }

  /** An answer that names its request by the dialect's own key. */
  #readKeyed(fact: Fact, message: Message | null, timeUs: number): Effect {
    const asked = this.#pending['to-server'].take(fact.key ?? '');
    const verdict = fact.role === 'shareAccepted' || fact.role === 'shareRejected';
    if (asked === null && verdict) return 'silent';
    if (asked !== null && asked.quote !== null) {
      this.#count(asked.fact, 'to-server', asked.timeUs, asked.quote, null);
    }
    this.#count(fact, 'to-client', timeUs, message, asked?.target ?? null);
    return 'counted';
  }

  /** Answers to requests that were not captured: verdicts, if jobs are seen and there are enough of them. */
  #readStray(message: Message, direction: Direction, timeUs: number): Effect {
    if (direction !== 'to-client' || this.#clientSpoke || this.soFar.job === 0 || message.method !== null) {
      return 'silent';
    }
    const id = Number(message.key?.slice(1));
    const yes = message.result === true && message.error === null;
    if (!yes || !(id > this.#streakId)) return 'silent';
    this.#streakId = id;
    if (++this.#streak < VERDICT_STREAK) return 'held';
    const dialect = this.dialect?.name ?? '';
    const fact: Fact = { dialect, certainty: 0, role: 'shareAccepted' };
    const due = this.#streak === VERDICT_STREAK ? VERDICT_STREAK : 1;
    for (let count = 0; count < due; count++) {
      this.#count(fact, direction, timeUs, message, this.#worth(this.#target));
    }
    return 'counted';
  }

  #count(fact: Fact, direction: Direction, timeUs: number, source: Source, target: Target | null): void {
    this.#vote(fact);
    this.#add(fact.role);
    if (this.part.wantsQuote(fact.role)) this.part.quote(fact.role, direction, timeUs, quoteOf(source));
    this.told.add(fact.claims);
    if (fact.role === 'share') this.#countShare(fact, target);
    else if (fact.role === 'shareAccepted') this.part.addShare(target, 'accepted');
    else if (fact.role === 'shareRejected') this.part.addShare(target, 'rejected');
    else if (fact.role === 'target') this.#target = fact.target ?? this.#target;
    else if (fact.role === 'job' || fact.role === 'poll') this.#countWork(fact, timeUs);
    for (const other of fact.also ?? []) this.#count(other, direction, timeUs, source, null);
  }

  #countShare(fact: Fact, target: Target | null): void {
    if (fact.jobs?.some((job) => this.#jobs.has(job))) this.#add('shareLinked');
    this.part.addShare(target, 'submitted');
  }

  #countWork(fact: Fact, timeUs: number): void {
    if (fact.role === 'poll') {
      if (this.soFar.poll === 1) this.firstPollUs = timeUs;
      this.lastPollUs = timeUs;
    }
    for (const job of fact.jobs ?? []) {
      this.#jobs.delete(job);
      this.#jobs.set(job, fact.target ?? this.#target);
    }
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size <= MAX_JOBS) break;
      this.#jobs.delete(oldest);
    }
  }

  #targetOf(fact: Fact): Target | null {
    const job = fact.jobs?.find((id) => this.#jobs.has(id));
    return this.#worth((job === undefined ? null : this.#jobs.get(job)) ?? this.#target);
  }

  /** Where the dialect fixes the worth of difficulty 1, in hashes too. */
  #worth(target: Target | null): Target | null {
    const factor = this.#best?.dialect.hashesPerDifficulty ?? null;
    if (target === null || target.hashes !== null || factor === null) return target;
    return { difficulty: target.difficulty, hashes: target.difficulty * factor };
  }

  #add(role: keyof RoleCounts): void {
    this.part.roles[role]++;
    this.soFar[role]++;
  }

  #vote(fact: Fact): void {
    let vote = this.#votes.get(fact.dialect);
    if (vote === undefined) {
      const rank = this.#dialects.findIndex((dialect) => dialect.name === fact.dialect);
      const dialect = this.#dialects[rank];
      if (dialect === undefined) return;
      vote = { dialect, rank, certainty: fact.certainty, count: 0 };
      this.#votes.set(fact.dialect, vote);
    }
    if (fact.certainty > vote.certainty) {
      vote.certainty = fact.certainty;
      vote.count = 0;
    }
    if (fact.certainty === vote.certainty) vote.count++;
    if (this.#best === null || isBetter(vote, this.#best)) this.#best = vote;
  }
}

function isBetter(vote: Vote, best: Vote): boolean {
  if (vote.certainty !== best.certainty) return vote.certainty > best.certainty;
  return vote.count !== best.count ? vote.count > best.count : vote.rank < best.rank;
}

/** Enough of the message for a quote; what may hold a password is rewritten. */
function quoteOf(source: Source): string {
  if (source === null || typeof source === 'string') return source ?? '';
  return (source.answers ? source.text : withoutSecrets(source)).slice(0, MAX_TRAFFIC_TEXT);
}
