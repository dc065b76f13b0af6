import { formatEndpoint } from '../../base/ip.js';
import { phrase } from '../../base/phrase.js';
import { DAY_US, formatTime } from '../../base/time.js';
import type { Evidence } from '../../model/evidence.js';
import type { SuspectFile, SuspectSession } from '../../model/verdict.js';
import { compareText, timeOf } from './numbers.js';
import { isDecisive } from './strength.js';

/** A server that answered a monitored client as a pool does. Plain data, kept from run to run. */
export interface LearnedServer {
  readonly ip: string;
  readonly port: number;
  readonly lastUs: number;
  /** Distinct clients that it answered, at least. */
  readonly clients: number;
}

export type LearnedIndex = ReadonlyMap<string, readonly LearnedServer[]>;

/** E1, E2: bans when the lesson is fresh; half of it after a week (detection.md §2.2). */
const LEARNED_BANS = 6;
const OTHER_PORT_BANS = 3;
const HALF_LIFE_US = 7 * DAY_US;
/** A lesson that weighs less than this is forgotten. */
const MIN_LEARNED_BANS = 0.05;

/**
 * Behind these the server's address is that of a relay or of a shared web front, not of the pool: whoever else
 * goes there goes elsewhere.
 */
const SHARED_FRONTS: ReadonlySet<string> = new Set(['http', 'websocket', 'socks5', 'socks4', 'connect']);

/** The addresses that were themselves the server of a decisive session (a private pool, a farm's proxy). */
export function findPoolServers(files: Iterable<SuspectFile>): Set<string> {
  const servers = new Set<string>();
  for (const file of files) {
    for (const evidence of file.evidence) {
      if (evidence.peer !== null && isDecisive(evidence)) servers.add(evidence.peer.ip);
    }
  }
  return servers;
}

/** What the decisive sessions of all suspects, added to what was `known` before, say of servers. */
export function learnServers(
  files: Iterable<SuspectFile>,
  poolServers: ReadonlySet<string>,
  known: Iterable<LearnedServer>,
): LearnedServer[] {
  const servers = new Map<string, LearnedServer & { readonly seen: Set<string> }>();
  const learn = (server: LearnedServer, client: string | null) => {
    const key = formatEndpoint(server.ip, server.port);
    const before = servers.get(key);
    const seen = before?.seen ?? new Set<string>();
    if (client !== null) seen.add(client);
    servers.set(key, {
      ip: server.ip,
      port: server.port,
      lastUs: Math.max(before?.lastUs ?? Number.NEGATIVE_INFINITY, timeOf(server.lastUs)),
      clients: Math.max(before?.clients ?? 0, server.clients, seen.size),
      seen,
    });
  };
  for (const server of known) learn(server, null);
  for (const file of files) {
    const sessions = new Map(file.sessions.map((session) => [session.session, session]));
    for (const evidence of file.evidence) {
      const { peer } = evidence;
      if (peer === null || !isDecisive(evidence)) continue;
      const session = evidence.session === null ? undefined : sessions.get(evidence.session);
      if (session?.wrappers.some((wrapper) => SHARED_FRONTS.has(wrapper))) continue;
      // A pool that polls its coin daemon teaches us the daemon, which is no pool.
      if (evidence.item === 'P5' && poolServers.has(file.ip)) continue;
      learn({ ip: peer.ip, port: peer.port, lastUs: evidence.lastUs, clients: 1 }, file.ip);
    }
  }
  return [...servers.values()]
    .map(({ ip, port, lastUs, clients }) => ({ ip, port, lastUs, clients }))
    .sort((a, b) => compareText(a.ip, b.ip) || a.port - b.port);
}

export function indexLearned(servers: Iterable<LearnedServer>): LearnedIndex {
  const index = new Map<string, LearnedServer[]>();
  for (const server of servers) {
    const list = index.get(server.ip);
    if (list === undefined) index.set(server.ip, [server]);
    else list.push(server);
  }
  return index;
}

/**
 * E1 and E2 for the sessions of a suspect that did not teach them: one item per server, however many sessions.
 * What the suspect alone has taught is its own payload evidence over again, and earns nothing.
 * `isExcluded` names sessions that earn none (nodes and wallets).
 */
export function learnedEvidence(
  file: SuspectFile,
  learned: LearnedIndex,
  isExcluded: (session: SuspectSession) => boolean,
): Evidence[] {
  if (learned.size === 0) return [];
  const lessons = file.evidence.filter(isDecisive);
  const taught = new Set(lessons.map(({ session }) => session));
  const ownPools = new Set(
    lessons.map(({ peer }) => (peer === null ? '' : formatEndpoint(peer.ip, peer.port))),
  );
  const isTaughtByOthers = ({ ip, port, clients }: LearnedServer) =>
    clients > (ownPools.has(formatEndpoint(ip, port)) ? 1 : 0);
  const found = new Map<string, Evidence>();
  const sessions = [...file.sessions].sort((a, b) => compareText(a.session, b.session));
  for (const session of sessions) {
    if (taught.has(session.session) || isExcluded(session)) continue;
    const servers = learned.get(session.peer.ip) ?? [];
    const evidence = lessonFor(session, servers.filter(isTaughtByOthers));
    if (evidence === null) continue;
    const key = `${evidence.item} ${formatEndpoint(session.peer.ip, session.peer.port)}`;
    const before = found.get(key);
    found.set(key, before === undefined ? evidence : addContact(before, evidence));
  }
  return [...found.values()];
}

function lessonFor(session: SuspectSession, servers: readonly LearnedServer[]): Evidence | null {
  let best: LearnedServer | null = null;
  let bestBans = MIN_LEARNED_BANS;
  for (const server of servers) {
    const taughtUs = timeOf(server.lastUs);
    const ageUs = Math.max(0, timeOf(session.firstUs) - taughtUs, taughtUs - timeOf(session.lastUs));
    const fresh = server.port === session.peer.port ? LEARNED_BANS : OTHER_PORT_BANS;
    const bans = fresh * 2 ** (-ageUs / HALF_LIFE_US);
    if (bans > bestBans) [best, bestBans] = [server, bans];
  }
  if (best === null) return null;
  const isSamePort = best.port === session.peer.port;
  const clients = best.clients === 1 ? phrase`1 client` : phrase`${best.clients} clients`;
  const server = formatEndpoint(best.ip, best.port);
  const last = formatTime(best.lastUs) ?? phrase`at an unknown time`;
  return {
    rule: isSamePort ? 'learned.pool' : 'learned.pool-other-port',
    item: isSamePort ? 'E1' : 'E2',
    group: 'E',
    strength: isSamePort ? 'strong' : 'weak',
    weight: Math.round(bestBans * 1000) / 1000,
    suspect: session.suspect,
    peer: session.peer,
    host: session.host,
    session: session.session,
    bothDirections: session.bothDirections,
    encrypted: session.tls,
    count: 1,
    firstUs: session.firstUs,
    lastUs: session.lastUs,
    excerpt: phrase`${server} answered ${clients} as a pool, last ${last}`.toString(),
    origin: { source: 'learned', format: 'rigwatch', record: 0 },
  };
}

function addContact(a: Evidence, b: Evidence): Evidence {
  const heavier = b.weight > a.weight ? b : a;
  return {
    ...heavier,
    // A session that both sides spoke in is the one that is worth naming.
    session: a.bothDirections || !b.bothDirections ? a.session : b.session,
    bothDirections: a.bothDirections || b.bothDirections,
    encrypted: a.encrypted && b.encrypted,
    count: a.count + b.count,
    firstUs: Math.min(a.firstUs, b.firstUs),
    lastUs: Math.max(a.lastUs, b.lastUs),
  };
}
