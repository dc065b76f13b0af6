import { formatEndpoint } from '../../base/ip.js';
import type { Evidence, EvidenceGroup } from '../../model/evidence.js';
import type { SuspectSession } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { type Findings, isDemoted, registrableDomain } from './guards.js';
import { bansOf, compareText, countOf, timeOf } from './numbers.js';
import { isDecisive, rankOf } from './strength.js';

/** One piece of evidence as it counts, after the guards. */
export interface Item {
  readonly evidence: Evidence;
  /** What it adds to its group before the discount, in bans. */
  readonly bans: number;
  /** Payload went both ways, as far as the sensor saw. */
  readonly bothWays: boolean;
  readonly encrypted: boolean;
  /** Can never carry more than suspected: demoted, tunnelled, sampled to a shared address, or of a client that only listens. */
  readonly capped: 'demoted' | 'tunnelled' | 'sampled-shared' | 'no-login' | null;
}

/** Wrappers that hide what is inside: verdicts on them stay at suspected. */
const TUNNELS: ReadonlySet<string> = new Set(['vpn', 'tor', 'shadowsocks', 'vless', 'tunnel']);
/** These bear on other items, see guardedBans and findGuards; they add nothing of their own. */
const AIMED: ReadonlySet<string> = new Set(['N2', 'N3', 'N4', 'N6', 'N7', 'E10']);

export interface SessionIndex {
  readonly byKey: ReadonlyMap<string, SuspectSession>;
  /** Endpoints with which payload went both ways in some session. */
  readonly answeredPeers: ReadonlySet<string>;
}

export function indexSessions(sessions: readonly SuspectSession[]): SessionIndex {
  return {
    byKey: new Map(sessions.map((session) => [session.session, session])),
    answeredPeers: new Set(
      sessions
        .filter((session) => session.bothDirections)
        .map(({ peer }) => formatEndpoint(peer.ip, peer.port)),
    ),
  };
}

/** Weighs evidence under the guards: heaviest first, in an order that does not depend on that of the input. */
export function weighItems(
  evidence: readonly Evidence[],
  sessions: SessionIndex,
  guards: Findings,
  context: FuseContext,
): Item[] {
  return evidence.map((one) => weighItem(one, sessions, guards, context)).sort(compareItems);
}

function weighItem(raw: Evidence, sessions: SessionIndex, guards: Findings, context: FuseContext): Item {
  const session = raw.session === null ? undefined : sessions.byKey.get(raw.session);
  const demoted = raw.group === 'P' && isDemoted(raw, session, guards);
  const evidence: Evidence = {
    ...raw,
    strength: demoted && raw.strength === 'decisive' ? 'strong' : raw.strength,
    count: countOf(raw.count),
    firstUs: timeOf(raw.firstUs),
    lastUs: Math.max(timeOf(raw.firstUs), timeOf(raw.lastUs)),
  };
  const isAnsweredPeer =
    raw.session === null &&
    raw.peer !== null &&
    sessions.answeredPeers.has(formatEndpoint(raw.peer.ip, raw.peer.port));
  return {
    evidence,
    bans: guardedBans(raw, guards),
    bothWays: raw.bothDirections || session?.bothDirections === true || isAnsweredPeer,
    encrypted: raw.encrypted || session?.tls === true,
    capped: capOf(raw, session, demoted, context),
  };
}

/** The weight of one item after N2, N4, N6 and E10: what they bear on, and never below nothing. */
function guardedBans(evidence: Evidence, guards: Findings): number {
  const bans = bansOf(evidence.weight);
  const { item, group, session, host } = evidence;
  if (AIMED.has(item) || (item === 'N1' && guards.prober !== null)) return 0;
  if (bans <= 0) return bans;
  if (session !== null && guards.nodes.has(session) && (group === 'P' || group === 'B' || group === 'C'))
    return 0;
  if (item === 'E9' && host !== null && guards.websites.has(registrableDomain(host))) return 0;
  if (item === 'E8' || item === 'E9') return Math.max(0, bans + bansOf(guards.resolverBans));
  return group === 'B' ? Math.max(0, bans + bansOf(guards.knownApplicationBans)) : bans;
}

function capOf(
  evidence: Evidence,
  session: SuspectSession | undefined,
  demoted: boolean,
  context: FuseContext,
): Item['capped'] {
  if (demoted) return 'demoted';
  if (session?.wrappers.some((wrapper) => TUNNELS.has(wrapper))) return 'tunnelled';
  if (evidence.group === 'P' && session !== undefined && isOnlyListening(evidence, session, context))
    return 'no-login';
  const isSampled = (session?.samplingInterval ?? 1) > 1;
  return isSampled && evidence.peer !== null && context.isShared(evidence.peer.ip) ? 'sampled-shared' : null;
}

/**
 * Greeted at most, and by no program that is known to mine: a scanner, a monitor, or a page that shows the jobs of a pool.
 * Encrypted sessions do not show log-ins; nor do those whose beginning was not captured.
 */
function isOnlyListening(
  evidence: Evidence,
  { dialect, roles, agents }: SuspectSession,
  { programOf }: FuseContext,
): boolean {
  if (dialect === null || evidence.encrypted) return false;
  const { hello, login, share, shareAccepted, shareRejected, poll } = roles;
  if ([login, share, shareAccepted, shareRejected, poll].some((count) => countOf(count) > 0)) return false;
  return countOf(hello) > 0 ? agents.every((agent) => programOf(agent) === null) : !isDecisive(evidence);
}

function compareItems(a: Item, b: Item): number {
  return (
    b.bans - a.bans ||
    rankOf(b.evidence.strength) - rankOf(a.evidence.strength) ||
    Number(b.bothWays) - Number(a.bothWays) ||
    Number(a.encrypted) - Number(b.encrypted) ||
    compareText(a.evidence.item, b.evidence.item) ||
    a.evidence.firstUs - b.evidence.firstUs ||
    compareText(identityOf(a.evidence), identityOf(b.evidence))
  );
}

/** Every field, so that only equals are equal. */
function identityOf(evidence: Evidence): string {
  return JSON.stringify(Object.entries(evidence).sort(([a], [b]) => compareText(a, b)));
}

/**
 * One fact counts once: one item of a session, however many rules name it. Endpoint, behaviour and block clock are
 * facts of the server, so they count once a server; flow patterns once an address: of the many servers that are
 * visited from behind a NAT some always look like a pool. `items` come heaviest first; the heaviest stays.
 */
export function countOnce(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter(({ evidence }) => {
    const { item, group, session, peer, host } = evidence;
    const server = peer === null ? `name ${host ?? ''}` : formatEndpoint(peer.ip, peer.port);
    const isOfSession = session !== null && (group === 'P' || group === 'T');
    const key = item === 'B19' ? item : `${item} ${isOfSession ? session : server}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Items of a group come from the same bytes or the same list, so each further one counts a quarter of the last. */
export function groupSum(
  items: readonly Item[],
  group: EvidenceGroup,
  cap = Number.POSITIVE_INFINITY,
): number {
  let positive = 0;
  let negative = 0;
  let share = 1;
  for (const { evidence, bans } of items) {
    if (evidence.group !== group) continue;
    if (bans > 0) {
      positive += bans * share;
      share /= 4;
    } else negative += bans;
  }
  return Math.min(cap, positive) + negative;
}
