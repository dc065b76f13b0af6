import { MAX_TRAFFIC_TEXT } from '../../../base/text.js';
import type { Direction } from '../../../model/flow.js';
import { NO_ROLES, type RoleCounts } from '../../../model/observation.js';
import { withoutSecrets } from './claims.js';
import { cluesOf } from './coinbase.js';
import { recogniseCut } from './cut.js';
import { type Certainty, type Dialect, type Fact, sideOf, type Target } from './dialect.js';
import { MachineClues } from './machines.js';
import type { CutMessage, Message } from './message.js';
import { MAX_PENDING_KEYS, Pending } from './pending.js';
import { Prover } from './prover.js';
import { Part, Told } from './tally.js';

/** Job ids of a session that a share may still be made for (Kaspa sends ten a second, Alephium sixteen at once). */
export const MAX_JOBS = 1024;
/** Answers with rising ids that, with jobs and nothing of the client, are taken for verdicts (§11). */
const VERDICT_STREAK = 5;

/** So many messages of something else make a client foreign. */
const MIN_FOREIGN = 2;
/** Methods that a variant of a known dialect may spell in its own way. */
const OWN_WORDS =
  /^(?:mining|client|agent|pearl)\.|^(?:login|submit|solution|solved|keepalive|getjob|status|block_template|(?:eth|ctxc)_submit|eth_login|(?:eth|ctxc)_getWork|hashrate)/i;

/** Methods by which servers give work, whatever its form. */
const WORK_WORDS = /notify|job|work|template|block/i;

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
  readonly machines = new MachineClues();
  readonly told = new Told();
  readonly prover = new Prover();
  /** Roles that were seen for the first time since the reader last asked. */
  readonly newRoles: (keyof RoleCounts)[] = [];
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

  /** Messages that counted, by the side that said them. */
  readonly #spoke = { 'to-server': 0, 'to-client': 0 };
  #wrongSide = 0;
  #sidesAreKnown = false;
  #isAnswered = false;
  #isOffered = false;
  #turnedByGreeting = false;
  /** Ids of the client's questions that are of no pool protocol and wait for their answers. */
  readonly #askedElse = new Set<string>();
  /** Messages of the client, or of the server, that are well-formed and of no pool protocol. */
  readonly #foreign = { 'to-server': 0, 'to-client': 0 };

  constructor(dialects: readonly Dialect[]) {
    this.#dialects = dialects;
  }

  get bothSpoke(): boolean {
    return this.#spoke['to-server'] > 0 && this.#spoke['to-client'] > 0;
  }

  /**
   * One side says what miners say and what pools say: a log on its way to a collector, an echo, a replay. Not where
   * shares name jobs of the other side and were answered, so that a false line hides no miner.
   */
  get isRecording(): boolean {
    if (this.#turnedByGreeting && !this.bothSpoke) return true;
    const { shareLinked, shareAccepted, shareRejected } = this.soFar;
    if (this.#wrongSide === 0 || (shareLinked > 0 && shareAccepted + shareRejected > 0)) return false;
    return this.#wrongSide > Math.min(this.#spoke['to-server'], this.#spoke['to-client']);
  }

  /** Work goes to a client that speaks, and speaks of something else. */
  get isForeign(): boolean {
    return this.#spoke['to-server'] === 0 && this.asksOtherThings;
  }

  get asksOtherThings(): boolean {
    return this.#foreign['to-server'] >= MIN_FOREIGN;
  }

  /** Work is handed in to a server that answers and never gave any; to one that was greeted, not even in a form that is not known. */
  get isUnprompted(): boolean {
    const { hello, login, job, share, poll } = this.soFar;
    const isOffered = this.#isOffered && hello + login > 0;
    return this.bothSpoke && share > 0 && job + poll === 0 && !isOffered;
  }

  /** The sides were taken for each other: what seemed wrong was right. */
  swapped(byGreeting: boolean): void {
    this.#turnedByGreeting = byGreeting;
    this.#wrongSide = 0;
    this.#spoke['to-server'] = 0;
    const { 'to-server': left, 'to-client': right } = this.#foreign;
    this.#foreign['to-server'] = right;
    this.#foreign['to-client'] = left;
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

  /** Something was counted that only one of the two says: signs of life tell nothing of who is who. */
  get sidesAreKnown(): boolean {
    return this.#sidesAreKnown;
  }

  get anyHeld(): boolean {
    return this.#pending['to-server'].holds;
  }

  /** `cut`: the same message with what came of its last member, where its end was lost. */
  read(message: Message, direction: Direction, timeUs: number, cut: CutMessage | null = null): Effect {
    if (direction === 'to-server') this.#clientSpoke = true;
    if (message.answers && message.key !== null && this.#settle(message, direction, timeUs)) return 'counted';
    if (direction === 'to-client' && message.answers) this.#isAnswered = true;
    // The answer to a question of another kind is no work, whatever its form.
    if (direction === 'to-client' && message.answers && this.#askedElse.delete(message.key ?? ''))
      return 'silent';
    const fact = this.#recognise(message);
    // A list that was cut short may fit the share of another dialect, a login be more telling than what is complete of it.
    const isOpen = fact === null || fact.hold === 'until-confirmed' || message.method === 'mining.submit';
    const begun = isOpen && cut !== null ? recogniseCut(cut) : null;
    if (begun !== null && cut !== null) return this.readFact(begun, cut.message, direction, timeUs);
    if (fact === null && direction === 'to-client' && WORK_WORDS.test(message.method ?? ''))
      this.#isOffered = true;
    if (fact === null && isForeign(message)) this.#noteForeign(message, direction);
    if (fact === null) {
      // What was cut off could have made it the right answer: it refutes nothing.
      if (!message.answers || message.key === null || message.partial) return 'silent';
      this.#pending[OPPOSITE[direction]].refute(message.key);
      return this.#readStray(message, direction, timeUs);
    }
    return this.readFact(fact, message, direction, timeUs);
  }

  #noteForeign({ key }: Message, direction: Direction): void {
    this.#foreign[direction]++;
    if (direction === 'to-server' && key !== null && this.#askedElse.size < MAX_PENDING_KEYS)
      this.#askedElse.add(key);
  }

  /** Counts what a message (or a binary frame: null) was recognised as, if its side may say it. */
  readFact(fact: Fact, message: Message | null, direction: Direction, timeUs: number): Effect {
    if (fact.within !== undefined && fact.within !== this.dialect?.name) return 'silent';
    const side = sideOf(fact);
    if (side !== 'either' && side !== (direction === 'to-server' ? 'client' : 'server')) {
      this.#wrongSide++;
      return 'wrong-side';
    }
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

  /** The client logged in by the path it opened, and jobs were the answer. */
  opened(login: Fact, path: string, timeUs: number): void {
    this.#count(login, 'to-server', timeUs, path, null);
    this.#count({ ...login, role: 'loginAccepted' }, 'to-client', timeUs, null, null);
  }

  /** The session is over: what was asked and never refuted counts after all. */
  end(): void {
    this.#countAsked();
    // A server that answers, and not one word of it is a pool's, refutes without naming a request.
    if (this.#foreign['to-client'] > 0 && this.#spoke['to-client'] === 0) return;
    for (const asked of this.#pending['to-server'].unrefuted()) {
      this.#count(asked.fact, 'to-server', asked.timeUs, asked.quote ?? '', null);
    }
  }

  /** Only the client's side was captured: what asked for work, again and again, is a greeting nobody is seen to answer. */
  #countAsked(): void {
    if (this.#spoke['to-client'] > 0 || this.#foreign['to-client'] > 0 || this.#isAnswered) return;
    for (const { fact, timeUs, quote } of this.#pending['to-server'].asksForWork()) {
      this.#count({ ...fact, role: 'hello' }, 'to-server', timeUs, quote ?? '', null);
      this.firstPollUs = this.soFar.hello === 1 ? timeUs : this.firstPollUs;
      this.lastPollUs = timeUs;
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
    if (answer !== 'neutral') this.#count(answer, direction, timeUs, message, asked.target, asked.fact);
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
    this.#count(fact, 'to-client', timeUs, message, asked?.target ?? null, asked?.fact);
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

  /** `share`: the request that a verdict answers. */
  #count(
    fact: Fact,
    direction: Direction,
    timeUs: number,
    source: Source,
    target: Target | null,
    share?: Fact,
  ): void {
    this.#vote(fact);
    // Whoever echoes what either side may say has not spoken.
    if (sideOf(fact) !== 'either') this.#sidesAreKnown = true;
    if (sideOf(fact) !== 'either' || direction === 'to-server') this.#spoke[direction]++;
    this.#add(fact.role);
    if (this.part.wantsQuote(fact.role)) this.part.quote(fact.role, direction, timeUs, quoteOf(source));
    this.told.add(fact.claims);
    this.#prepareProof(fact);
    if (fact.role === 'share' && typeof source === 'object' && source !== null) this.machines.share(source);
    if (fact.role === 'share') this.#countShare(fact, target);
    else if (fact.role === 'shareAccepted') {
      this.part.addShare(target, 'accepted');
      this.#prove(share, target, timeUs);
    } else if (fact.role === 'shareRejected') this.part.addShare(target, 'rejected');
    else if (fact.role === 'target') this.#target = fact.target ?? this.#target;
    else if (fact.role === 'job' || fact.role === 'poll') this.#countWork(fact, timeUs);
    for (const other of fact.also ?? []) this.#count(other, direction, timeUs, source, null);
  }

  #prepareProof({ extranonce1, versionMask, work, clues }: Fact): void {
    if (clues !== undefined) this.part.clues ??= clues;
    if (extranonce1 !== undefined) this.prover.extranonce(extranonce1);
    if (versionMask !== undefined) this.prover.versionMask(versionMask);
    if (work != null) this.prover.job(work);
    if (work?.kind === 'header') this.part.clues ??= cluesOf(work);
  }

  #prove(share: Fact | undefined, target: Target | null, timeUs: number): void {
    const job = share?.jobs?.[0];
    if (share?.solution == null || job === undefined) return;
    const before = this.prover.proof;
    this.prover.accepted(job, share.solution, [target, this.#target], timeUs);
    const { algorithm } = this.prover;
    if (before === null && algorithm !== null) this.told.add({ algorithms: [algorithm] });
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
    if (fact.role === 'job' && this.soFar.poll === 0) {
      if (this.soFar.job === 1) this.firstPollUs = timeUs;
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
    if (this.soFar[role]++ === 0) this.newRoles.push(role);
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

/** A whole message, not an answer by id, with a method that no pool protocol has (or none at all). */
function isForeign({ partial, answers, method, root }: Message): boolean {
  if (partial || answers) return false;
  return !OWN_WORDS.test(method ?? String(root.type ?? root.identifier ?? ''));
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
