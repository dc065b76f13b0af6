import { formatEndpoint } from '../../base/ip.js';
import type { Estimate, SuspectSession } from '../../model/verdict.js';
import { intervalOf, peakOf } from './activity.js';
import { isPolling } from './guards.js';
import { countOf, HOUR_US } from './numbers.js';
import { isDonation } from './wallets.js';

/** xmrig-proxy gives each miner its own value of one nonce byte. */
const MINERS_PER_PROXY_SESSION = 256;
const PROXY_AGENT = /proxy|agent\/|gateway|switcher/i;

/**
 * How many machines, at least and at most, as far as the pool protocol shows it (detection.md §6.3); null where no
 * session was answered. A pool's own polling of its daemon is not a machine.
 */
export function minersOf(all: readonly SuspectSession[], isPoolServer: boolean): Estimate | null {
  const sessions = all.filter((session) => isMining(session) && !(isPoolServer && isPolling(session)));
  const own = sessions.filter((session) => !isDonationSession(session));
  if (own.length === 0) return null;

  const withinHour = (session: SuspectSession) => {
    const { startUs, endUs } = intervalOf(session);
    return { startUs, endUs: endUs + HOUR_US };
  };
  // Further agents of one session are the same program under its other name, or those behind a proxy.
  const bounds = [
    { basis: 'worker-names', low: peakOf(own, withinHour, ({ workers }) => workers) },
    { basis: 'parallel-sessions', low: parallelSessions(own) },
    { basis: 'agents', low: peakOf(own, withinHour, ({ agents }) => agents.slice(0, 1)) },
  ];
  const low = Math.max(1, ...bounds.map((bound) => bound.low));
  const proxied = own.filter(({ agents }) => agents.some((agent) => PROXY_AGENT.test(agent))).length;
  const workers = new Set(own.flatMap((session) => session.workers)).size;
  const atOnce = peakOf(own, intervalOf, ({ session }) => [session]);
  const high = Math.max(low, workers, atOnce, proxied * MINERS_PER_PROXY_SESSION);
  const basis = bounds.filter((bound) => bound.low === low).map((bound) => bound.basis);
  if (proxied > 0) basis.push('proxy');
  return { low, high, basis: basis.join(', ') };
}

/** The pool answered it: an attempt counts no machine. */
function isMining({ dialect, roles }: SuspectSession): boolean {
  const answers = [roles.job, roles.loginAccepted, roles.share, roles.shareAccepted, roles.poll];
  return dialect !== null && answers.some((count) => countOf(count) > 0);
}

function isDonationSession(session: SuspectSession): boolean {
  return session.logins.length > 0 && session.logins.every((login) => isDonation(session, login));
}

/** The most sessions open at once with one pool: a second pool may be the spare of the same machine. */
function parallelSessions(sessions: readonly SuspectSession[]): number {
  const byPool = new Map<string, SuspectSession[]>();
  for (const session of sessions) {
    const key = formatEndpoint(session.peer.ip, session.peer.port);
    const list = byPool.get(key);
    if (list === undefined) byPool.set(key, [session]);
    else list.push(session);
  }
  return Math.max(
    0,
    ...[...byPool.values()].map((list) => peakOf(list, intervalOf, ({ session }) => [session])),
  );
}
