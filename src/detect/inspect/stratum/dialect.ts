import type { CoinHint, JobClues, RoleCounts } from '../../../model/observation.js';
import type { ProofJob, ProofSubmit } from '../../../model/proof.js';
import type { Message } from './message.js';

/** What a message can count for. `shareLinked` is found by the session, not by a message alone. */
export type Role = Exclude<keyof RoleCounts, 'shareLinked'>;

/** How surely a fact names its dialect; the surest fact of a session names the session. */
export const FAMILY = 0;
export const HELLO = 1;
export const SHARE = 2;
export const JOB = 3;
export type Certainty = 0 | 1 | 2 | 3;

/** What shares are measured by from now on. */
export interface Target {
  /** As the pool states it; a target is stated as the hashes it takes. */
  readonly difficulty: number;
  /** Expected hashes (solutions, graphs) per share; null where that depends on the algorithm. */
  readonly hashes: number | null;
  /** 64 hex digits, most significant first, where the pool states the target itself. */
  readonly threshold?: string;
}

/** What a message says about who mines what with what. Texts are as sent; the session makes them printable. */
export interface Claims {
  readonly logins?: readonly string[];
  readonly workers?: readonly string[];
  readonly agents?: readonly string[];
  readonly options?: readonly string[];
  readonly algorithms?: readonly string[];
  readonly coins?: readonly CoinHint[];
  readonly hosts?: readonly { readonly host: string; readonly port: number | null }[];
  /** Hash rate that `reporter` states of itself. */
  readonly reportedHps?: { readonly reporter: string; readonly hps: number };
}

/** One message, understood. */
export interface Fact {
  readonly dialect: string;
  readonly certainty: Certainty;
  readonly role: Role;
  /** Of a job: the ids it offers. Of a share: the id it was made for. */
  readonly jobs?: readonly string[];
  readonly target?: Target | null;
  /** What a share of this job can be recomputed from, or what this share adds to its job. */
  readonly work?: ProofJob | null;
  readonly solution?: ProofSubmit | null;
  /** What the work itself says of its chain, where it is no job of a pool. */
  readonly clues?: JobClues;
  /** Of an answer to a subscription or a later message of the server: what coinbases begin with from now on. */
  readonly extranonce1?: string;
  readonly versionMask?: string;
  readonly claims?: Claims;
  /** Grammar of the answer, where the message asks for one. */
  readonly answer?: AnswerGrammar;
  /** Ties request and answer where the dialect does not do it by the id of the message. */
  readonly key?: string;
  /**
   * Counted only once its answer came: `unless-refuted`, or the session ended without a contrary one;
   * `until-confirmed`, never without an answer of the dialect's own shape.
   */
  readonly hold?: 'unless-refuted' | 'until-confirmed';
  /** A poll for work over HTTP: repeated by a miner, it tells something even where no answer was captured. */
  readonly asksForWork?: true;
  /** Too plain to be told by itself: counted only where the session is known to speak this dialect. */
  readonly within?: string;
  /** What else the same message counts for. */
  readonly also?: readonly Fact[];
  /** Said by either side (liveness), or by the server only although the role has no side. */
  readonly side?: 'client' | 'server' | 'either';
}

/**
 * Reads the answer to a request. `neutral`: an answer, but it says nothing. Null: not an answer of this
 * dialect, so the request was not what it looked like.
 */
export type AnswerGrammar = (message: Message) => Fact | 'neutral' | null;

/** One spelling of the seven roles (docs/dialects.md). */
export interface Dialect<Name extends string = string> {
  readonly name: Name;
  /** Letter of the family. */
  readonly family: string;
  /** Coin that the dialect alone implies; null where it serves many. */
  readonly coin: { readonly ticker: string; readonly confidence: number } | null;
  /** Expected hashes per share of difficulty 1, where the dialect fixes it; null where the algorithm decides. */
  readonly hashesPerDifficulty: number | null;
  /** Where it is spoken: bare streams and WebSocket, or HTTP bodies. */
  readonly carrier: 'stream' | 'http';
  /** A request, a notification, or an answer that shows by itself what it is. Null: not of this dialect. */
  recognise(message: Message): Fact | null;
}

const SERVER_ROLES: ReadonlySet<Role> = new Set([
  'loginAccepted',
  'loginRejected',
  'job',
  'target',
  'shareAccepted',
  'shareRejected',
  'poll',
]);

/** The side that alone may say this; `either` where both may. */
export function sideOf(fact: Fact): 'client' | 'server' | 'either' {
  return fact.side ?? (SERVER_ROLES.has(fact.role) ? 'server' : 'client');
}
