import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import type { Evidence } from '../../model/evidence.js';
import type { Language } from '../../model/language.js';
import type { NodeSighting } from '../../model/node.js';
import { categoryTitle, levelTitle } from '../../model/titles.js';
import type { SuspectFile, SuspectSession, Verdict, VerdictPool } from '../../model/verdict.js';
import { estimateLines } from './estimates.js';
import { certainLines, leadLines, likelyLines } from './findings.js';
import {
  bold,
  colored,
  formatDuration,
  formatScore,
  formatSecond,
  HOME_COUNTRY,
  poolName,
} from './format.js';
import { ESTIMATE_MESSAGES } from './messages/estimate-messages.js';
import { coinText, finding, machinesText, strengthText } from './messages/finding-messages.js';
import { CATALOGUE, type MessageKey, message } from './messages/messages.js';
import { officeMessage } from './messages/office-messages.js';
import { natureLines } from './nature.js';
import { nodeLine } from './nodes.js';
import { retell } from './retell.js';
import type { TableOptions } from './table.js';
import { enumerated, labelled } from './translate.js';
import { padToWidth, widthOf, wrapToWidth } from './width.js';

/** Longest lists of a brief; the rest is counted. */
const MAX_SESSIONS = 20;
const MAX_EVIDENCE = 20;
const MAX_NAMES = 12;
const DEFAULT_WIDTH = 100;
const LEAST_WIDTH = 40;

export interface BriefOptions extends TableOptions {
  /** Nodes and wallets of coins at this address. */
  readonly nodes?: readonly NodeSighting[];
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * An inspector's brief on one address: the verdict, what is certain, likely and not known, signs of who set it up and
 * what to look for on site; then the grounds: the reasons, the sum, with whom and when, the words on the wire. Either argument may be null. Ends without a line feed.
 */
export function explainVerdict(
  ip: string,
  verdict: Verdict | null,
  file: SuspectFile | null,
  options: BriefOptions,
): string {
  const { language, color } = options;
  const width = Math.max(LEAST_WIDTH, options.width ?? DEFAULT_WIDTH);
  const say = (key: MessageKey, values: Record<string, string | number> = {}) =>
    message(language, key, values);
  const sections: Section[] = [];
  if (verdict !== null) sections.push({ title: say('brief.verdict'), lines: summary(verdict, options) });
  sections.push({
    title: finding(language, 'certain'),
    lines: [
      ...certainLines(file, language),
      ...(options.nodes ?? []).map((node) => nodeLine(node, language)),
    ],
  });
  if (verdict !== null) {
    const { nature } = verdict;
    sections.push(
      { title: finding(language, 'likely'), lines: likelyLines(verdict, language) },
      {
        title: say('brief.unknown'),
        lines: [
          ...reasons(verdict, language, true),
          ...(verdict.unit == null ? [say('brief.not-estimated')] : []),
        ],
      },
      { title: finding(language, 'nature'), lines: nature ? natureLines(nature, language) : [] },
      { title: say('brief.on-site'), lines: onSite(verdict, file?.sessions ?? [], language) },
      { title: say('brief.reasons'), lines: reasons(verdict, language, false) },
      { title: say('brief.arithmetic'), lines: arithmetic(verdict, language) },
      { title: say('brief.pools'), lines: pools(verdict, language) },
      {
        title: ESTIMATE_MESSAGES.title[language],
        lines: estimateLines(verdict.estimates, language),
      },
    );
  }
  const evidence = verdict?.evidence ?? file?.evidence ?? [];
  const against = evidence.filter(({ strength }) => strength === 'against');
  const forMining = evidence.filter(({ strength }) => strength !== 'against');
  sections.push(
    { title: say('brief.sessions'), lines: timeline(file?.sessions ?? [], language) },
    { title: say('brief.evidence'), lines: quotes(forMining, language) },
    { title: say('brief.against'), lines: quotes(against, language) },
  );
  const head = [bold(say('brief.title', { ip: printable(ip) }), color)];
  if (verdict !== null) head.push(say('brief.zone'));
  else
    head.push(
      file === null
        ? say('brief.no-verdict', { ip: printable(ip) })
        : say('brief.facts-only', { ip: printable(ip) }),
    );
  const body = sections
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) =>
      ['', bold(title, color), ...lines.flatMap((line) => indented(line, width))].join('\n'),
    );
  return [...head, ...body].join('\n');
}

/** Two blanks before a line, four before what it is continued in. Coloured lines are short and stay whole. */
function indented(line: string, width: number): string[] {
  if (line.includes('\u001b')) return [`  ${line}`];
  const [first = '', ...rest] = wrapToWidth(line, width - 4);
  return [`  ${first}`, ...rest.map((text) => `    ${text}`)];
}

function summary(verdict: Verdict, { language, color }: TableOptions): string[] {
  const say = (key: MessageKey, values: Record<string, string | number> = {}) =>
    message(language, key, values);
  const level = `${levelTitle(language, verdict.level)} ${formatScore(verdict.score)}`;
  const named = (key: MessageKey, names: readonly string[]) =>
    names.length === 0 ? [] : [labelled(language, say(key), listed(names, language))];
  const { miners } = verdict;
  return [
    colored(level, verdict.level, color),
    say(`level.${verdict.level}.meaning`),
    ...unitLine(verdict, language),
    labelled(
      language,
      say('brief.period'),
      say('brief.period.text', {
        first: formatSecond(verdict.firstUs),
        last: formatSecond(verdict.lastUs),
        active: formatDuration(verdict.activeSeconds, language),
        sessions: verdict.sessions,
      }),
    ),
    ...named(
      'brief.coins',
      verdict.coins.map((coin) => coinText(language, coin)),
    ),
    ...named('brief.algorithms', verdict.algorithms),
    ...named('brief.dialects', verdict.dialects),
    ...(miners === null
      ? []
      : [labelled(language, say('brief.miners'), printable(machinesText(language, miners)))]),
    ...named('brief.wallets', verdict.wallets),
    ...named('brief.workers', verdict.workers),
    ...named('brief.agents', verdict.agents),
  ];
}

function unitLine({ unit }: Verdict, language: Language): string[] {
  if (unit === null || unit === undefined) return [];
  const category = unit.category === null ? null : categoryTitle(language, unit.category);
  const facts = [unit.id, unit.name, category, unit.region].filter((text) => text !== null);
  return [labelled(language, officeMessage(language, 'brief.unit'), printable(facts.join(' · ')))];
}

function listed(names: readonly string[], language: Language): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => printable(name));
  if (names.length > MAX_NAMES) shown.push(message(language, 'more', { count: names.length - MAX_NAMES }));
  return enumerated(language, shown);
}

/** Reasons for the level, or (`unknown`) those that say what is not known. */
function reasons(verdict: Verdict, language: Language, unknown: boolean): string[] {
  return verdict.reasons
    .filter(({ code }) => code.startsWith('unknown-') === unknown)
    .map((reason) => printable(retell(language, reason.text)));
}

/** Every number that was added, and the sum as it stands in the verdict; groups that brought nothing are left out. */
function arithmetic({ arithmetic: parts }: Verdict, language: Language): string[] {
  const rows = parts
    .filter(({ part, bans }) => bans !== 0 || part === 'prior' || part === 'total')
    .map(({ part, bans }) => ({ name: partName(part, language), bans }));
  const width = Math.max(...rows.map(({ name }) => widthOf(name)));
  return rows.map(({ name, bans }) => {
    const text = bans >= 0 ? `+${bans.toFixed(2)}` : bans.toFixed(2);
    return `${padToWidth(name, width)}  ${text.padStart(7)}`;
  });
}

/** Name of a line of the arithmetic. */
export function partName(part: string, language: Language): string {
  const key = `part.${part}`;
  return key in CATALOGUE[language] ? message(language, key as MessageKey) : printable(part);
}

function pools({ pools: all }: Verdict, language: Language): string[] {
  const lines = all.slice(0, MAX_NAMES).map((pool) => {
    const operator = operatorText(pool, language);
    const overseas = pool.country === HOME_COUNTRY ? '' : ` (${message(language, 'overseas')})`;
    const country =
      pool.country === null ? message(language, 'brief.unknown-country') : `${pool.country}${overseas}`;
    const address = formatEndpoint(pool.address, pool.port);
    const name = pool.host === null ? address : `${poolName(pool)} = ${address}`;
    return printable(`${name} · ${operator} · ${country}`);
  });
  return withRest(lines, all.length, MAX_NAMES, language);
}

function operatorText({ operator, operatorBasis }: VerdictPool, language: Language): string {
  if (operator === null) return message(language, 'brief.unknown-operator');
  return operatorBasis === undefined ? operator : message(language, 'brief.operator-signed', { operator });
}

function timeline(sessions: readonly SuspectSession[], language: Language): string[] {
  const sorted = [...sessions].sort((a, b) => a.firstUs - b.firstUs);
  const lines = sorted.slice(0, MAX_SESSIONS).map((session) => {
    const submitted = session.shares.reduce((sum, share) => sum + share.submitted, 0);
    const accepted = session.shares.reduce((sum, share) => sum + share.accepted, 0);
    const parts = [
      formatSecond(session.firstUs),
      formatDuration((session.lastUs - session.firstUs) / 1e6, language),
      message(language, 'brief.session.port', { port: session.suspectPort }),
      `→ ${formatEndpoint(session.peer.ip, session.peer.port)}`,
      session.dialect ?? (session.tls ? 'TLS' : ''),
      submitted > 0 ? message(language, 'brief.session.shares', { accepted, submitted }) : '',
    ];
    return printable(parts.filter((part) => part !== '').join(' · '));
  });
  return withRest(lines, sessions.length, MAX_SESSIONS, language);
}

function quotes(evidence: readonly Evidence[], language: Language): string[] {
  const heaviest = [...evidence].sort(
    (a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.firstUs - b.firstUs,
  );
  const lines = heaviest.slice(0, MAX_EVIDENCE).flatMap((fact) => {
    const peer = fact.peer === null ? '' : ` → ${formatEndpoint(fact.peer.ip, fact.peer.port)}`;
    const { source, format, record } = fact.origin;
    const where =
      record > 0 ? message(language, 'brief.seen-in', { source: printable(source), format, record }) : '';
    const head = `${fact.item} ${fact.rule} · ${strengthText(language, fact.strength)} · ×${fact.count}${peer} · ${formatSecond(fact.firstUs)}`;
    return [
      printable(head),
      ...(fact.excerpt === '' ? [] : [`  » ${printable(retell(language, fact.excerpt))}`]),
      ...(where === '' ? [] : [`  ${printable(where)}`]),
    ];
  });
  return evidence.length > MAX_EVIDENCE
    ? [...lines, message(language, 'more', { count: evidence.length - MAX_EVIDENCE })]
    : lines;
}

function onSite(verdict: Verdict, sessions: readonly SuspectSession[], language: Language): string[] {
  const ports = [...new Set(sessions.map(({ suspectPort }) => String(suspectPort)))];
  const peers = verdict.pools.map((pool) => formatEndpoint(pool.address, pool.port));
  const lines = [
    message(language, 'brief.on-site.times', {
      first: formatSecond(verdict.firstUs),
      last: formatSecond(verdict.lastUs),
    }),
  ];
  if (ports.length > 0)
    lines.push(
      message(language, ports.length === 1 ? 'brief.on-site.port' : 'brief.on-site.ports', {
        ports: listed(ports, language),
      }),
    );
  if (peers.length > 0)
    lines.push(message(language, 'brief.on-site.peers', { peers: listed(peers, language) }));
  for (const [key, names] of [
    ['brief.on-site.names', verdict.workers],
    ['brief.on-site.programs', verdict.agents],
  ] as const) {
    if (names.length > 0) lines.push(message(language, key, { names: listed(names, language) }));
  }
  return [...lines, ...leadLines(sessions, language), message(language, 'brief.on-site.alive')];
}

function withRest(lines: string[], total: number, limit: number, language: Language): string[] {
  return total > limit ? [...lines, message(language, 'more', { count: total - limit })] : lines;
}
