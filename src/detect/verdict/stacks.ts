import { formatEndpoint } from '../../base/ip.js';
import type { SuspectSession } from '../../model/verdict.js';
import { compareText } from './numbers.js';

/** Initial times to live that systems use. */
const INITIAL_TTLS = [32, 64, 128, 255] as const;
/** Zeros of one clock, measured by two connections, are this close. */
const SAME_CLOCK_US = 1e6;

/**
 * The client's TCP implementation as one word: initial time to live and whether timestamps are used. Hops are left
 * out, as routes change; empty where it was not seen.
 */
export function stackOf({ machines }: SuspectSession): string[] {
  const stack = machines?.stack ?? null;
  if (stack === null) return [];
  const initial = INITIAL_TTLS.find((ttl) => stack.ttl <= ttl) ?? 255;
  return [`${initial}${stack.hasTimestamps ? ' timestamps' : ''}`];
}

/**
 * The same with the options of the SYN; empty where the SYN was not seen, so that one system that was seen with and
 * without its SYN is not taken for two.
 */
export function synOf(session: SuspectSession): string[] {
  const syn = session.machines?.stack?.syn;
  return syn === undefined ? [] : stackOf(session).map((stack) => `${stack} ${syn}`);
}

/**
 * Distinct clocks of TCP timestamps towards one server. Many systems start a clock of its own for every connection:
 * then lines tell nothing. So they count only where two connections are seen to share one.
 */
export function clockLines(sessions: readonly SuspectSession[]): number {
  const byServer = new Map<string, number[]>();
  for (const { machines, peer } of sessions) {
    const zero = machines?.stack?.clockZeroUs ?? null;
    if (zero === null) continue;
    // Clocks of different rates are different clocks.
    const key = `${formatEndpoint(peer.ip, peer.port)} ${machines?.stack?.clockHz}`;
    byServer.set(key, [...(byServer.get(key) ?? []), zero]);
  }
  let most = 0;
  const servers = [...byServer].sort(([a], [b]) => compareText(a, b));
  for (const [, zeros] of servers) {
    const sorted = zeros.sort((a, b) => a - b);
    const lines = sorted.filter(
      (zero, at) => at === 0 || zero - (sorted[at - 1] ?? 0) > SAME_CLOCK_US,
    ).length;
    if (lines < sorted.length) most = Math.max(most, lines);
  }
  return most;
}
