import type { EvidenceGroup } from '../../model/evidence.js';
import type { Level, SuspectSession } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import type { Findings } from './guards.js';
import { groupSum, type Item, type SessionIndex } from './items.js';
import { countOf } from './numbers.js';
import { isDecisive, rankOf } from './strength.js';

/** Needed for probable and confirmed (detection.md §3.6). */
const FLAGGING_PROBABILITY = 0.99;
const SUSPECTING_PROBABILITY = 0.5;
/** Bans that each of two groups must bring for probable, and that behaviour must bring to be shown at all. */
const INDEPENDENT_BANS = 2;
/** Lighter than this, no single item is worth a look. */
const MIN_SHOWN_BANS = 0.5;
/** Above this much conflict the two sides are shown, and nothing is flagged (§3.3). */
const MAX_CONFLICT = 0.5;

/** The shape of the positive evidence, where that alone holds the level down. */
export type Shape =
  | 'dns-only'
  | 'list-without-payload'
  | 'endpoint-only'
  | 'one-direction'
  | 'tls-fingerprint-only'
  | 'behaviour-only'
  | 'block-clock-only'
  | 'clock-unsupported';

/** Everything that the level was drawn from. */
export interface Standing {
  readonly probability: number;
  readonly conflict: number;
  readonly isConflicting: boolean;
  /** Items that would confirm. */
  readonly decisive: readonly Item[];
  /** Groups that count as independent for probable. */
  readonly independent: readonly EvidenceGroup[];
  readonly shape: Shape | null;
  readonly level: Exclude<Level, 'cleared'> | null;
}

/** What the level depends on besides the items. */
interface Surroundings {
  readonly sessions: SessionIndex;
  /** Days with activity. */
  readonly days: number;
  readonly guards: Findings;
  readonly context: FuseContext;
}

/** `items` are those that count, heaviest first; bans zero or less are no evidence for mining. */
export function standingOf(
  items: readonly Item[],
  { probability, conflict }: Pick<Standing, 'probability' | 'conflict'>,
  { sessions, days, guards, context }: Surroundings,
): Standing {
  const positive = items.filter((item) => item.bans > 0 && item.evidence.group !== 'N');
  const decisive = positive.filter((item) => confirms(item, sessions));
  const independent = independentGroups(positive, context);
  const shape = shapeOf(positive, isClockSupported(positive, days, context));
  const isConflicting = conflict > MAX_CONFLICT;
  const isFlaggable = probability >= FLAGGING_PROBABILITY && !isConflicting && guards.prober === null;
  let level: Standing['level'] = null;
  if (isFlaggable && decisive.length > 0) level = 'confirmed';
  else if (isFlaggable && independent.length >= 2 && shape === null) level = 'probable';
  else if (probability >= SUSPECTING_PROBABILITY || isWorthALook(positive, context)) level = 'suspected';
  return { probability, conflict, isConflicting, decisive, independent, shape, level };
}

/** A decisive item with the server's answer on the same session, in clear. */
function confirms(item: Item, sessions: SessionIndex): boolean {
  if (item.capped !== null || item.encrypted || !isDecisive(item.evidence)) return false;
  const session = item.evidence.session === null ? undefined : sessions.byKey.get(item.evidence.session);
  // A session that was not kept, or is known by its flow only: the evidence says itself that both sides spoke.
  return session === undefined || session.dialect === null || isAnswered(session);
}

function isAnswered({ roles }: SuspectSession): boolean {
  const answers = [
    roles.job,
    roles.target,
    roles.loginAccepted,
    roles.shareAccepted,
    roles.shareRejected,
    roles.poll,
  ];
  return answers.some((count) => countOf(count) > 0);
}

/** Groups with enough weight in items that payload went both ways for. A look-up is no contact. */
function independentGroups(positive: readonly Item[], context: FuseContext): EvidenceGroup[] {
  const carried = positive.filter(
    ({ evidence, bothWays, capped }) => bothWays && capped === null && evidence.item !== 'E9',
  );
  const groups: EvidenceGroup[] = ['P', 'E', 'B', 'C'];
  return groups.filter((group) => {
    const cap = group === 'B' || group === 'C' ? context.caps[group] : Number.POSITIVE_INFINITY;
    return groupSum(carried, group, cap) >= INDEPENDENT_BANS;
  });
}

/**
 * Behaviour and block clock alone make a wallet's feed as well as a miner's. It needs two clients or two days, and
 * a re-job timer or answered submissions (features F14 and F12, items B14 and B12).
 */
function isClockSupported(positive: readonly Item[], days: number, context: FuseContext): boolean {
  const behaviour = positive.filter(({ evidence }) => evidence.group === 'B' || evidence.group === 'C');
  const isRepeated =
    days >= 2 ||
    behaviour.some(({ evidence }) => evidence.peer !== null && context.clientsAt(evidence.peer) >= 2);
  return isRepeated && behaviour.some(({ evidence }) => evidence.item === 'B12' || evidence.item === 'B14');
}

function shapeOf(positive: readonly Item[], clockSupported: boolean): Shape | null {
  const groups = new Set(positive.map(({ evidence }) => evidence.group));
  const answered = positive.some(({ bothWays, evidence }) => bothWays && evidence.item !== 'E9');
  if (groups.size === 0) return null;
  if (groups.has('P')) return answered ? null : 'one-direction';
  if (groups.has('E')) {
    if (positive.every(({ evidence }) => evidence.item === 'E9' || evidence.group === 'T')) return 'dns-only';
    if (!answered) return 'list-without-payload';
    return groups.has('B') || groups.has('C') ? null : 'endpoint-only';
  }
  if (groups.has('B') && groups.has('C')) return clockSupported ? null : 'clock-unsupported';
  if (groups.has('B')) return 'behaviour-only';
  return groups.has('C') ? 'block-clock-only' : 'tls-fingerprint-only';
}

/** What age has worn away is kept as evidence without a verdict; so is a rhythm that many services have. */
function isWorthALook(positive: readonly Item[], context: FuseContext): boolean {
  if (groupSum(positive, 'B', context.caps.B) >= INDEPENDENT_BANS) return true;
  return positive.some(
    ({ bans, evidence }) =>
      bans >= MIN_SHOWN_BANS && (evidence.group !== 'B' || rankOf(evidence.strength) >= rankOf('strong')),
  );
}
