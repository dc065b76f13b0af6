import { formatEndpoint } from '../../base/ip.js';
import { HOUR_US } from '../../base/time.js';
import type { Estimate, SuspectSession } from '../../model/verdict.js';
import { type Interval, intervalOf, peakOf } from './estimates/activity.js';
import { isPolling } from './guards.js';
import { countOf } from './numbers.js';
import { clockLines, stackOf, synOf } from './stacks.js';
import { isDonation } from './wallets.js';

/** xmrig-proxy gives each miner its own value of one nonce byte. */
const MINERS_PER_PROXY_SESSION = 256;
const PROXY_AGENT = /proxy|agent\/|gateway|switcher/i;
/** A second account of the same program for so small a part of the time is its author's fee (attribution.md §6). */
const FEE_PART = 0.05;

/** Whether a session that nobody could read went to a pool. */
export type IsTowardsPool = (session: SuspectSession) => boolean;

/**
 * How many machines, at least and at most, as far as the pool protocol shows it (detection.md §6.3). A pool's own polling
 * of its daemon is not a machine; nor are donations and fees. Of encrypted sessions only the systems that opened them can
 * be told apart. Null where no session was answered, and encrypted ones
 * do not show several systems.
 */
export function minersOf(
  all: readonly SuspectSession[],
  isPoolServer: boolean,
  isTowardsPool: IsTowardsPool = () => false,
): Estimate | null {
  const sessions = all.filter((session) => isMining(session) && !(isPoolServer && isPolling(session)));
  const paid = sessions.filter((session) => !isDonationSession(session));
  const own = paid.filter((session) => !isFee(session, paid));
  const closed = all.filter((session) => session.dialect === null && isTowardsPool(session));
  if (own.length === 0) return systemsOf(closed);

  const proxied = own.filter(isProxied);
  const most = (of: readonly SuspectSession[], count: (session: SuspectSession) => number) =>
    of.reduce((peak, session) => Math.max(peak, count(session)), 0);
  // Further agents of one session are the same program under its other name, or those behind a proxy.
  const bounds = [
    { basis: 'worker-names', low: peakOf(own, withinHour, ({ workers }) => workers) },
    { basis: 'parallel-sessions', low: parallelSessions(own) },
    { basis: 'agents', low: peakOf(own, withinHour, ({ agents }) => agents.slice(0, 1)) },
    { basis: 'registered-machines', low: most(own, ({ machines }) => machines?.devices ?? 0) },
    // A lone miner's counter runs through values too: only a proxy's mean machines.
    { basis: 'nonce-partition', low: most(proxied, ({ machines }) => machines?.partitions ?? 0) },
    { basis: 'hash-counters', low: most(own, ({ machines }) => machines?.counters ?? 0) },
    { basis: 'tcp-clocks', low: clockLines(own) },
    ...stackBounds([...own, ...closed]),
  ];
  const low = Math.max(1, ...bounds.map((bound) => bound.low));
  const workers = new Set(own.flatMap((session) => session.workers)).size;
  const atOnce = peakOf(own, intervalOf, ({ session }) => [session]);
  const high = Math.max(low, workers, atOnce, proxied.length * MINERS_PER_PROXY_SESSION);
  const basis = bounds.filter((bound) => bound.low === low).map((bound) => bound.basis);
  if (proxied.length > 0) basis.push('proxy');
  if (own.length < sessions.length) basis.push('fees-left-out');
  return { low, high, basis: basis.join(', ') };
}

/** Kinds of system towards pools: the same machine has one, whatever it runs and whichever pool it turns to. */
function stackBounds(sessions: readonly SuspectSession[]): { basis: string; low: number }[] {
  return [
    { basis: 'tcp-stacks', low: peakOf(sessions, withinHour, stackOf) },
    { basis: 'syn-options', low: peakOf(sessions, withinHour, synOf) },
  ];
}

/** Machines behind sessions that could not be read: that there is one is all that a single kind of system would tell. */
function systemsOf(closed: readonly SuspectSession[]): Estimate | null {
  const bounds = stackBounds(closed);
  const low = Math.max(...bounds.map((bound) => bound.low));
  if (low < 2) return null;
  const basis = bounds.filter((bound) => bound.low === low).map((bound) => bound.basis);
  const atOnce = peakOf(closed, intervalOf, ({ session }) => [session]);
  return { low, high: Math.max(low, atOnce), basis: basis.join(', ') };
}

function withinHour(session: SuspectSession): Interval {
  const { startUs, endUs } = intervalOf(session);
  return { startUs, endUs: endUs + HOUR_US };
}

function isProxied({ agents }: SuspectSession): boolean {
  return agents.some((agent) => PROXY_AGENT.test(agent));
}

/** The pool answered it: an attempt counts no machine. */
function isMining({ dialect, roles }: SuspectSession): boolean {
  const answers = [roles.job, roles.loginAccepted, roles.share, roles.shareAccepted, roles.poll];
  return dialect !== null && answers.some((count) => countOf(count) > 0);
}

/** XMRig's donation: a hash for a login, or its author's own server. */
function isDonationSession(session: SuspectSession): boolean {
  if (/^donate\.(?:[\w-]+\.)*xmrig\.com$/.test(session.host ?? '')) return true;
  return session.logins.length > 0 && session.logins.every((login) => isDonation(session, login));
}

/** A short session of the same program under another account, inside a long one. */
function isFee(session: SuspectSession, all: readonly SuspectSession[]): boolean {
  const { startUs, endUs } = intervalOf(session);
  const [agent] = session.agents;
  if (agent === undefined || session.logins.length === 0) return false;
  return all.some((other) => {
    const main = intervalOf(other);
    return (
      other !== session &&
      other.agents[0] === agent &&
      startUs >= main.startUs &&
      endUs <= main.endUs &&
      endUs - startUs <= FEE_PART * (main.endUs - main.startUs) &&
      other.logins.length > 0 &&
      !session.logins.some((login) => other.logins.includes(login))
    );
  });
}

/** The most sessions open at once with one pool: a second pool may be the spare of the same machine. */
function parallelSessions(sessions: readonly SuspectSession[]): number {
  return Math.max(0, ...byPool(sessions).map((list) => peakOf(list, intervalOf, ({ session }) => [session])));
}

function byPool(sessions: readonly SuspectSession[]): SuspectSession[][] {
  const pools = new Map<string, SuspectSession[]>();
  for (const session of sessions) {
    const key = formatEndpoint(session.peer.ip, session.peer.port);
    const list = pools.get(key);
    if (list === undefined) pools.set(key, [session]);
    else list.push(session);
  }
  return [...pools.values()];
}
