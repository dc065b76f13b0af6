import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import type { Language } from '../../model/language.js';
import { levelTitle } from '../../model/titles.js';
import type { SuspectFile, SuspectSession, Verdict } from '../../model/verdict.js';
import { formatScore, formatSecond } from './format.js';
import { coinText, type FindingKey, finding, machinesText } from './messages/finding-messages.js';
import { message } from './messages/messages.js';

/** Servers that are named one by one; the rest is counted. */
const MAX_SERVERS = 8;
const MAX_NAMES = 6;
/** Initial times to live that systems use. */
const INITIAL_TTLS = [32, 64, 128, 255];

/** What the sensor saw, without any conclusion: with whom, when, how often, and what of it could be read. */
export function certainLines(file: SuspectFile | null, language: Language): string[] {
  if (file === null) return [];
  const groups = new Map<string, SuspectSession[]>();
  for (const session of file.sessions) {
    const kind = session.dialect ?? (session.tls ? 'tls' : 'flow');
    const key = `${kind} ${formatEndpoint(session.peer.ip, session.peer.port)}`;
    groups.set(key, [...(groups.get(key) ?? []), session]);
  }
  const all = [...groups.values()].sort((a, b) => weightOf(b) - weightOf(a) || startOf(a) - startOf(b));
  const lines = all.slice(0, MAX_SERVERS).flatMap((sessions) => serverLines(sessions, language));
  if (all.length > MAX_SERVERS) lines.push(message(language, 'more', { count: all.length - MAX_SERVERS }));
  const names = namesOf(file.sessions.flatMap(({ logins }) => logins));
  if (names !== '') lines.push(finding(language, 'said-login', { names }));
  const lookUps = new Map<string, number>();
  for (const { item, host, count } of file.evidence)
    if (item === 'E9' && host !== null) lookUps.set(host, (lookUps.get(host) ?? 0) + count);
  for (const [host, count] of [...lookUps].slice(0, MAX_NAMES))
    lines.push(finding(language, 'looked-up', { host: printable(host), count }));
  return lines;
}

/** Sessions that were read first, then by their number. */
function weightOf(sessions: readonly SuspectSession[]): number {
  const [first] = sessions;
  const kind = first?.dialect ? 2 : first?.tls ? 1 : 0;
  return kind * 1e6 + Math.min(sessions.length, 1e5);
}

function startOf(sessions: readonly SuspectSession[]): number {
  return sessions.reduce((first, { firstUs }) => Math.min(first, firstUs), Number.POSITIVE_INFINITY);
}

function serverLines(sessions: readonly SuspectSession[], language: Language): string[] {
  const [first] = sessions;
  if (first === undefined) return [];
  const host = sessions.find((session) => session.host !== null)?.host ?? null;
  const address = formatEndpoint(first.peer.ip, first.peer.port);
  const values = {
    sessions: sessions.length,
    dialect: printable(first.dialect ?? ''),
    peer: host === null ? address : `${printable(host)} (${address})`,
    first: formatSecond(startOf(sessions)),
    last: formatSecond(sessions.reduce((last, { lastUs }) => Math.max(last, lastUs), 0)),
  };
  if (first.dialect === null) return [finding(language, first.tls ? 'session.tls' : 'session.flow', values)];
  return [finding(language, 'session.clear', values), `  ${countsOf(sessions, language)}`];
}

function countsOf(sessions: readonly SuspectSession[], language: Language): string {
  const sum = (count: (session: SuspectSession) => number) =>
    sessions.reduce((total, session) => total + count(session), 0);
  const logins = sum(({ roles }) => roles.login);
  const hellos = sum(({ roles }) => roles.hello);
  const accepted = sum(({ roles }) => roles.loginAccepted);
  const parts = [
    countText('count.hello', hellos),
    countText('count.login', logins),
    countText('count.accepted', accepted),
    countText(
      'count.job',
      sum(({ roles }) => roles.job),
    ),
    countText(
      'count.poll',
      sum(({ roles }) => roles.poll),
    ),
  ];
  const shares = sum(({ roles }) => roles.share);
  if (shares > 0)
    parts.push(
      finding(language, 'count.share', { count: shares, accepted: sum(({ roles }) => roles.shareAccepted) }),
    );
  const rejected = sum(({ roles }) => roles.shareRejected);
  const decided = rejected + sum(({ roles }) => roles.shareAccepted);
  if (rejected > 0)
    parts.push(
      finding(language, 'count.rejected', {
        count: rejected,
        percent: Number(((100 * rejected) / decided).toPrecision(2)),
      }),
    );
  const answered = sum(({ roles }) => roles.job + roles.poll + roles.loginAccepted + roles.shareAccepted) > 0;
  if (!answered) parts.push(finding(language, 'count.none'));
  return parts.filter((part) => part !== '').join(language === 'en' ? ', ' : '，');

  function countText(key: FindingKey, count: number): string {
    return count > 0 ? finding(language, key, { count }) : '';
  }
}

/** What is concluded, and could be wrong. */
export function likelyLines(verdict: Verdict, language: Language): string[] {
  const { coins, miners, agents, pools } = verdict;
  const level = levelTitle(language, verdict.level);
  const score = formatScore(verdict.score);
  // What confirms stands among what is certain.
  const lines = verdict.level === 'confirmed' ? [] : [finding(language, 'likely.level', { score, level })];
  if (coins.length > 0)
    lines.push(
      finding(language, 'likely.coin', { coins: namesOf(coins.map((coin) => coinText(language, coin))) }),
    );
  if (miners !== null)
    lines.push(finding(language, 'likely.miners', { text: printable(machinesText(language, miners)) }));
  if (agents.length > 0) lines.push(finding(language, 'likely.program', { names: namesOf(agents) }));
  const operators = pools.flatMap(({ operator }) => (operator === null ? [] : [operator]));
  if (operators.length > 0) lines.push(finding(language, 'likely.operator', { names: namesOf(operators) }));
  return lines;
}

/** What may lead to the machine behind the address. */
export function leadLines(sessions: readonly SuspectSession[], language: Language): string[] {
  const lines: string[] = [];
  const inner = namesOf(sessions.flatMap(({ machines }) => machines?.inner ?? []));
  if (inner !== '') lines.push(finding(language, 'lead.inner', { names: inner }));
  const stacks = new Map<string, string>();
  for (const { machines } of sessions) {
    const stack = machines?.stack ?? null;
    if (stack === null) continue;
    const ttl = INITIAL_TTLS.find((initial) => stack.ttl <= initial) ?? 255;
    const timestamps = stack.hasTimestamps ? finding(language, 'lead.timestamps') : '';
    stacks.set(
      `${ttl}${timestamps}`,
      finding(language, ttl === 64 ? 'lead.stack-64' : ttl === 128 ? 'lead.stack-128' : 'lead.stack', {
        ttl,
        timestamps,
      }),
    );
  }
  return [...lines, ...[...stacks.values()].slice(0, MAX_NAMES)];
}

function namesOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - MAX_NAMES;
  const shown = distinct.slice(0, MAX_NAMES).map((name) => printable(name));
  return shown.join(', ') + (more > 0 ? ` +${more}` : '');
}
