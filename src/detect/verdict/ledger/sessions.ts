import { type Endpoint, sessionKey } from '../../../model/flow.js';
import { mergeMachines, NO_MACHINES } from '../../../model/machines.js';
import {
  type CoinHint,
  NO_ROLES,
  type Observation,
  type RoleCounts,
  type ShareSum,
  type StratumObservation,
} from '../../../model/observation.js';
import type { SuspectSession } from '../../../model/verdict.js';
import { compareText, countOf, timeOf } from '../numbers.js';

/** Longest list of names (logins, workers, agents …) that is kept of one session. */
export const MAX_NAMES = 256;

/** Texts of coinbases that are kept of one session. */
const MAX_TEXTS = 16;

const ROLE_NAMES = Object.keys(NO_ROLES) as (keyof RoleCounts)[];

/** The part of a session that one observation tells of; null for what belongs to no session (DNS, patterns of many records). */
export function sessionOf(observation: Observation): SuspectSession | null {
  switch (observation.kind) {
    case 'stratum':
      return stratumSession(observation);
    case 'tls':
      return {
        ...blank(observation, observation.session, observation.timeUs),
        tls: true,
        host: observation.serverName,
      };
    case 'http':
      return { ...blank(observation, observation.session, observation.timeUs), host: observation.host };
    case 'node':
      return blank(observation, observation.session, observation.timeUs);
    case 'flow': {
      const { client, server, startUs, toServer, toClient, samplingInterval, told, clientStack } =
        observation;
      return {
        ...blank(observation, sessionKey(client, server, startUs), startUs),
        lastUs: timeOf(Math.max(startUs, observation.endUs)),
        orientedBy: observation.orientedBy,
        bothDirections: toServer.payloadPackets > 0 && (toClient?.payloadPackets ?? 0) > 0,
        bytesToServer: countOf(toServer.bytes - (told?.toServer ?? 0)),
        bytesToClient: toClient === null ? null : countOf(toClient.bytes - (told?.toClient ?? 0)),
        ...(samplingInterval > 1 ? { samplingInterval } : {}),
        ...(clientStack === undefined ? {} : { machines: { ...NO_MACHINES, stack: clientStack } }),
      };
    }
    case 'dns':
    case 'flow-pattern':
      return null;
  }
}

function blank(
  ends: { readonly client: Endpoint; readonly server: Endpoint },
  session: string,
  timeUs: number,
): SuspectSession {
  return {
    session,
    suspect: ends.client.ip,
    suspectPort: ends.client.port,
    peer: ends.server,
    host: null,
    orientedBy: 'first-packet',
    firstUs: timeOf(timeUs),
    lastUs: timeOf(timeUs),
    dialect: null,
    wrappers: [],
    tls: false,
    bothDirections: false,
    roles: NO_ROLES,
    logins: [],
    workers: [],
    agents: [],
    options: [],
    algorithms: [],
    coins: [],
    shares: [],
    reportedHps: null,
    bytesToServer: null,
    bytesToClient: null,
  };
}

function stratumSession(observation: StratumObservation): SuspectSession {
  return {
    ...blank(observation, observation.session, observation.startUs),
    host: observation.namedHosts[0]?.host ?? null,
    orientedBy: observation.orientedBy,
    lastUs: timeOf(Math.max(observation.startUs, observation.endUs)),
    dialect: observation.dialect,
    wrappers: observation.wrappers,
    bothDirections: observation.bothDirections,
    roles: addRoles(NO_ROLES, observation.roles),
    logins: union(observation.logins, []),
    workers: union(observation.workers, []),
    agents: union(observation.agents, []),
    options: union(observation.options, []),
    algorithms: union(observation.algorithms, []),
    coins: joinCoins(observation.coins, []),
    shares: joinShares(observation.shares, []),
    reportedHps: observation.reportedHps,
    ...(observation.clues === undefined ? {} : { clues: observation.clues }),
    ...(observation.machines === undefined ? {} : { machines: observation.machines }),
  };
}

/** The same conversation, seen from its other end. */
export function reverseSession(session: SuspectSession): SuspectSession {
  return {
    ...session,
    suspect: session.peer.ip,
    suspectPort: session.peer.port,
    peer: { ip: session.suspect, port: session.suspectPort },
    bytesToServer: session.bytesToClient,
    bytesToClient: session.bytesToServer,
  };
}

/** Two parts of one session: counts add, lists unite, times widen. Independent of the order of the parts. */
export function mergeSessions(a: SuspectSession, b: SuspectSession): SuspectSession {
  const [early, late] = startsBefore(a, b) ? [a, b] : [b, a];
  const machines = mergeMachines(early.machines, late.machines);
  const sampling = Math.max(a.samplingInterval ?? 1, b.samplingInterval ?? 1);
  return {
    ...early,
    host: early.host ?? late.host,
    orientedBy: early.dialect === null && late.dialect !== null ? late.orientedBy : early.orientedBy,
    firstUs: Math.min(a.firstUs, b.firstUs),
    lastUs: Math.max(a.lastUs, b.lastUs),
    dialect: early.dialect ?? late.dialect,
    wrappers: early.wrappers.length > 0 ? early.wrappers : late.wrappers,
    tls: a.tls || b.tls,
    bothDirections: a.bothDirections || b.bothDirections,
    ...joinContents(early, late),
    reportedHps: late.reportedHps ?? early.reportedHps,
    ...(sampling > 1 ? { samplingInterval: sampling } : {}),
    ...joinClues(early, late),
    ...(machines === undefined ? {} : { machines }),
  };
}

/** Adds what `extra` counted to `kept`, a session with the same peer, without making `kept` any longer. */
export function foldSession(kept: SuspectSession, extra: SuspectSession): SuspectSession {
  return { ...kept, ...joinContents(kept, extra) };
}

function joinContents(a: SuspectSession, b: SuspectSession) {
  return {
    roles: addRoles(a.roles, b.roles),
    logins: union(a.logins, b.logins),
    workers: union(a.workers, b.workers),
    agents: union(a.agents, b.agents),
    options: union(a.options, b.options),
    algorithms: union(a.algorithms, b.algorithms),
    coins: joinCoins(a.coins, b.coins),
    shares: joinShares(a.shares, b.shares),
    bytesToServer: addKnown(a.bytesToServer, b.bytesToServer),
    bytesToClient: addKnown(a.bytesToClient, b.bytesToClient),
  };
}

/** The earlier ones; texts of both: a pool may sign in several ways. */
function joinClues(early: SuspectSession, late: SuspectSession): Pick<SuspectSession, 'clues'> {
  const clues = early.clues ?? late.clues;
  if (clues === undefined) return {};
  const texts = [...new Set([...clues.texts, ...(late.clues?.texts ?? [])])].slice(0, MAX_TEXTS);
  return { clues: { ...clues, texts } };
}

function startsBefore(a: SuspectSession, b: SuspectSession): boolean {
  if (a.firstUs !== b.firstUs) return a.firstUs < b.firstUs;
  if (a.lastUs !== b.lastUs) return a.lastUs < b.lastUs;
  return compareText(JSON.stringify([a.dialect, a.host]), JSON.stringify([b.dialect, b.host])) <= 0;
}

function addRoles(a: RoleCounts, b: RoleCounts): RoleCounts {
  const sum: Record<keyof RoleCounts, number> = { ...NO_ROLES };
  for (const name of ROLE_NAMES) sum[name] = countOf(countOf(a[name]) + countOf(b[name]));
  return sum;
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : countOf(a + b);
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0 && a.length <= 1) return a;
  const names = new Set(a.length > MAX_NAMES ? a.slice(0, MAX_NAMES) : a);
  for (const name of b) {
    if (names.size >= MAX_NAMES) break;
    names.add(name);
  }
  return [...names];
}

function joinCoins(a: readonly CoinHint[], b: readonly CoinHint[]): readonly CoinHint[] {
  if (b.length === 0 && a.length <= 1) return a;
  const best = new Map<string, CoinHint>();
  for (const hint of [...a, ...b]) {
    const key = `${hint.ticker} ${hint.basis}`;
    const known = best.get(key);
    if (known === undefined ? best.size < MAX_NAMES : hint.confidence > known.confidence) best.set(key, hint);
  }
  return [...best.values()];
}

/** Sums by difficulty; beyond MAX_NAMES difficulties the rest counts as of unknown difficulty. */
function joinShares(a: readonly ShareSum[], b: readonly ShareSum[]): readonly ShareSum[] {
  if (a.length === 0 && b.length === 0) return a;
  const sums = new Map<string, ShareSum>();
  for (const share of [...a, ...b]) {
    const own = `${share.difficulty} ${share.hashesPerShare}`;
    const known = sums.has(own) || sums.size < MAX_NAMES;
    const key = known ? own : '';
    const sum = sums.get(key) ?? { submitted: 0, accepted: 0, rejected: 0 };
    sums.set(key, {
      difficulty: known ? share.difficulty : null,
      ...(known && share.hashesPerShare !== undefined ? { hashesPerShare: share.hashesPerShare } : {}),
      submitted: countOf(sum.submitted + countOf(share.submitted)),
      accepted: countOf(sum.accepted + countOf(share.accepted)),
      rejected: countOf(sum.rejected + countOf(share.rejected)),
    });
  }
  return [...sums.values()];
}
