import { formatEndpoint } from '../../base/ip.js';
import type { Level, SuspectFile, SuspectSession, Verdict } from '../../model/verdict.js';
import { clearanceFor, declarationOf } from './clearance.js';
import { coinsOf } from './coins.js';
import { DEFAULT_PRIOR, type FuseContext } from './context.js';
import { activeDays, activeSeconds } from './estimates/activity.js';
import { estimate } from './estimates/estimates.js';
import { explain } from './explain.js';
import { type Findings, findGuards } from './guards.js';
import { countOnce, groupSum, type Item, indexSessions, weighItems } from './items.js';
import { learnedEvidence } from './learned.js';
import { MAX_NAMES } from './ledger/sessions.js';
import { standingOf } from './level.js';
import { minersOf } from './miners.js';
import { natureOf } from './nature.js';
import { bansOf, sortedUnion } from './numbers.js';
import { poolsOf } from './pools.js';
import { identitiesOf } from './wallets.js';

/** The smaller of behaviour and block clock: both read the same packet times (ρ of detection.md §3.2). */
const SHARED_CLOCK = 0.5;
const BANS_PER_FURTHER_DAY = 0.5;
const MAX_PERSISTENCE_BANS = 1.5;

/**
 * What is concluded of one address, or null: nothing speaks for mining, or too little to trouble a person with.
 * Pure: the same facts, in any order, give the same verdict.
 */
export function fuse(file: SuspectFile, context: FuseContext): Verdict | null {
  const guards = findGuards(file, context);
  const evidence = [
    ...file.evidence,
    ...learnedEvidence(file, context.learned, (session) => guards.nodes.has(session.session)),
  ];
  const sessions = indexSessions(file.sessions);
  const all = weighItems(evidence, sessions, guards, context);
  const items = countOnce(all);
  const positive = items.filter((item) => item.bans > 0 && item.evidence.group !== 'N');
  if (positive.length === 0 || positive.every((item) => isOfNode(item, guards))) return null;

  const relevant = relevantSessions(file.sessions, positive, guards);
  const seen = all
    .filter((item) => item.bans > 0 && item.evidence.group !== 'N')
    .map((item) => item.evidence);
  const days = activeDays(seen, relevant).size;
  const sum = sumUp(items, days, guards, context);
  const standing = standingOf(items, sum, { sessions, days, guards, context });
  if (standing.level === null) return null;

  const clearance = clearanceFor(file, context, standing.decisive);
  const level: Level = clearance.holds ? 'cleared' : standing.level;
  const identities = identitiesOf(relevant, context.wallets);
  const pools = poolsOf(relevant, positive, context);
  const coins = coinsOf(relevant, identities.wallets, pools, context);
  const miners =
    guards.prober === null ? minersOf(relevant, guards.isPoolServer, poolVisits(positive)) : null;
  const lastUs = seen.reduce((last, one) => Math.max(last, one.lastUs), Number.NEGATIVE_INFINITY);
  const declared = declarationOf(clearance);
  const names = (list: (session: SuspectSession) => readonly string[]) =>
    sortedUnion(relevant.map(list), MAX_NAMES);
  const agents = names((session) => session.agents);
  const { wallets } = identities;
  const basis = { sessions: relevant, wallets, coins, agents, miners, level, lastUs };
  const estimates = estimate(basis, context);
  return {
    ip: file.ip,
    level,
    score: sum.probability,
    arithmetic: sum.arithmetic,
    firstUs: seen.reduce((first, { firstUs }) => Math.min(first, firstUs), Number.POSITIVE_INFINITY),
    lastUs,
    activeSeconds: activeSeconds(relevant),
    coins,
    algorithms: names((session) => session.algorithms),
    dialects: names((session) => (session.dialect === null ? [] : [session.dialect])),
    pools,
    agents,
    wallets: identities.names,
    workers: identities.workers,
    sessions: relevant.length,
    miners,
    nature: natureOf({ sessions: relevant, evidence, identities, coins, miners, guards, declared, context }),
    reasons: explain({
      items,
      relevant,
      standing,
      level,
      days,
      guards,
      clearance,
      coins,
      pools,
      hasRate: estimates.hashrate !== null,
      context,
    }),
    evidence: all.map((item) => item.evidence),
    estimates,
  };
}

/** Everything that is known of a node's or wallet's session is interest in the chain. */
function isOfNode({ evidence }: Item, guards: Findings): boolean {
  return evidence.session !== null && guards.nodes.has(evidence.session);
}

/** Sessions that belong to the suspicion: pool protocol, or a flow that evidence names. */
function relevantSessions(
  sessions: readonly SuspectSession[],
  positive: readonly Item[],
  guards: Findings,
): SuspectSession[] {
  const named = new Set<string>();
  const peers = new Set<string>();
  for (const { evidence } of positive) {
    if (evidence.session !== null) named.add(evidence.session);
    if (evidence.peer !== null && evidence.item !== 'E9')
      peers.add(`${evidence.peer.ip}|${evidence.peer.port}`);
  }
  return sessions
    .filter(
      ({ session, dialect, peer }) =>
        !guards.nodes.has(session) &&
        (dialect !== null || named.has(session) || peers.has(`${peer.ip}|${peer.port}`)),
    )
    .sort((a, b) => a.firstUs - b.firstUs || (a.session < b.session ? -1 : 1));
}

/** Sessions whose server is a pool by a list, by its certificate or by what it said to others: more than a weak sign. */
function poolVisits(positive: readonly Item[]): (session: SuspectSession) => boolean {
  const pools = new Set<string>();
  for (const { evidence } of positive)
    if (
      evidence.group === 'E' &&
      evidence.item !== 'E9' &&
      evidence.strength !== 'weak' &&
      evidence.peer !== null
    )
      pools.add(formatEndpoint(evidence.peer.ip, evidence.peer.port));
  return ({ peer }) => pools.has(formatEndpoint(peer.ip, peer.port));
}

interface Sum {
  readonly probability: number;
  /** Dempster's K of all that speaks for against all that speaks against (§3.3). */
  readonly conflict: number;
  readonly arithmetic: Verdict['arithmetic'];
}

/** Section 3.2: discounted sums within groups, added between them, on the prior log odds. */
function sumUp(items: readonly Item[], days: number, guards: Findings, context: FuseContext): Sum {
  const { caps } = context;
  const prior = priorBans(context.priorProbability);
  const payload = groupSum(items, 'P');
  const endpoint = groupSum(items, 'E');
  const client = groupSum(items, 'T', caps.T);
  const behaviour = groupSum(items, 'B', caps.B);
  const clock = groupSum(items, 'C', caps.C);
  const [behaviourShare, clockShare] = behaviour >= clock ? [1, SHARED_CLOCK] : [SHARED_CLOCK, 1];
  const persistence = Math.min(MAX_PERSISTENCE_BANS, BANS_PER_FURTHER_DAY * Math.max(0, days - 1));
  const against =
    groupSum(items, 'N') + (guards.prober === null ? 0 : Math.min(0, bansOf(context.guards.prober.weight)));
  const parts = [
    { part: 'prior', bans: prior },
    { part: 'P', bans: payload },
    { part: 'E', bans: endpoint },
    { part: 'T', bans: client },
    { part: 'B', bans: behaviour * behaviourShare },
    { part: 'C', bans: clock * clockShare },
    { part: 'persistence', bans: persistence },
    { part: 'N', bans: against },
  ];
  const total = parts.reduce((sum, { bans }) => sum + bans, 0);
  const speaksFor = payload + endpoint + client + behaviour * behaviourShare + clock * clockShare;
  return {
    probability: 1 / (1 + 10 ** -total),
    conflict: (1 - 10 ** -Math.max(0, speaksFor)) * (1 - 10 ** Math.min(0, against)),
    arithmetic: [...parts, { part: 'total', bans: total }],
  };
}

function priorBans(probability: number): number {
  const sane = probability > 0 && probability < 1 ? probability : DEFAULT_PRIOR;
  return Math.log10(sane / (1 - sane));
}
