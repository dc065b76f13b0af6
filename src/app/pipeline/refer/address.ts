import { basename } from 'node:path';
import { formatEndpoint } from '../../../base/ip.js';
import { phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import { formatTime } from '../../../base/time.js';
import { toVerdictObject } from '../../../deliver/print/verdict-json.js';
import { siteChecks } from '../../../detect/cases/on-site.js';
import { identitiesOf } from '../../../detect/verdict/wallets.js';
import type { Case } from '../../../model/case.js';
import type { Evidence } from '../../../model/evidence.js';
import type { ReferralAddress, ReferralCapture, ReferralSession } from '../../../model/referral.js';
import type { SuspectFile, SuspectSession, Verdict } from '../../../model/verdict.js';
import type { VerdictObject } from '../../../model/verdict-object.js';
import type { OwnFacts, ReferralSources } from './facts.js';

/** Connections of one address in a package: the latest; the rest is counted. */
const MAX_REFERRAL_SESSIONS = 20_000;
/** A coin of the address is one of its connections where it is at least so likely. */
const LIKELY_COIN = 0.5;

/** One address of a case, with its connections and what to do on site. */
export function toAddress(
  one: Case,
  { file, verdict }: OwnFacts,
  { store, rules, register }: ReferralSources,
): ReferralAddress {
  const captures = new Map(store.captures(file.ip).map((capture) => [capture.session, capture]));
  const quotes = quotesOf(file.evidence);
  const sorted = suspicious(file).sort((a, b) => a.firstUs - b.firstUs || (a.session < b.session ? -1 : 1));
  const latest = sorted.slice(-MAX_REFERRAL_SESSIONS);
  const range = register?.units.ownerAt(file.ip, verdict.lastUs, file.sessions[0]?.suspectPort ?? null).range;
  const distinct = new Map<string, ReferralCapture>();
  for (const { session } of sorted) {
    const capture = captures.get(session);
    if (capture === undefined) continue;
    const name = printable(basename(capture.path));
    distinct.set(`${capture.sha256} ${name}`, { name, format: capture.format, sha256: capture.sha256 });
  }
  const behind = range?.kind ?? null;
  return {
    case: one.caseId,
    verdict: withoutOthers(toVerdictObject(verdict)),
    behind,
    isp: range?.isp == null ? null : printable(range.isp),
    sessions: latest.map((session) =>
      toSession(
        session,
        verdict,
        identitiesOf([session], rules.wallets).workers,
        quotes.get(session.session),
        captures.get(session.session)?.sha256 ?? null,
      ),
    ),
    sessions_left_out: sorted.length - latest.length,
    captures: [...distinct.values()],
    checks: siteChecks(verdict, sorted, behind),
  };
}

/** That a server is a pool may have been learned from other owners' traffic: how many they are, and when, is theirs. */
export function withoutOthers(verdict: VerdictObject): VerdictObject {
  let { reasons } = verdict;
  const evidence = verdict.evidence.map((fact) => {
    if (!fact.rule.startsWith('learned.')) return fact;
    const [server = ''] = fact.excerpt.split(' answered ');
    const excerpt = phrase`${server} answered as a pool in monitored traffic`.toString();
    reasons = reasons.map((one) => ({ ...one, text: one.text.replace(fact.excerpt, excerpt) }));
    return { ...fact, excerpt };
  });
  return { ...verdict, evidence, reasons };
}

/** Conversations that belong to the suspicion: read as mining, named by a fact, or with a server that a fact names. */
function suspicious({ sessions, evidence }: SuspectFile): SuspectSession[] {
  const positive = evidence.filter(({ weight }) => weight > 0);
  const named = new Set(positive.map(({ session }) => session));
  const peers = new Set(
    positive.flatMap(({ peer, session }) =>
      peer === null || session !== null ? [] : [formatEndpoint(peer.ip, peer.port)],
    ),
  );
  return sessions.filter(
    ({ session, dialect, peer }) =>
      dialect !== null || named.has(session) || peers.has(formatEndpoint(peer.ip, peer.port)),
  );
}

/** The heaviest fact of each conversation that has words: words of the traffic before those about the proof of a share. */
function quotesOf(evidence: readonly Evidence[]): Map<string, Evidence> {
  const quotes = new Map<string, Evidence>();
  for (const fact of evidence) {
    if (fact.session === null || fact.excerpt === '') continue;
    const known = quotes.get(fact.session);
    const later =
      known === undefined ? 0 : Number(known.proof !== undefined) - Number(fact.proof !== undefined);
    if (known === undefined || later > 0 || (later === 0 && fact.weight > known.weight))
      quotes.set(fact.session, fact);
  }
  return quotes;
}

function toSession(
  session: SuspectSession,
  verdict: Verdict,
  workers: readonly string[],
  fact: Evidence | undefined,
  capture: string | null,
): ReferralSession {
  const { peer, host } = session;
  const pool = verdict.pools.find(({ address, port }) => address === peer.ip && port === peer.port);
  const texts = (all: readonly string[]) => [...new Set(all)].map((text) => printable(text));
  const name = host ?? pool?.host ?? null;
  const sum = (key: 'submitted' | 'accepted') =>
    session.shares.reduce((total, share) => total + share[key], 0);
  const stated = session.coins.flatMap(({ ticker }) => (ticker === null ? [] : [ticker]));
  const likely = verdict.coins.filter(({ confidence }) => confidence >= LIKELY_COIN);
  const [only, ...others] = new Set(likely.map(({ ticker }) => ticker));
  // A miner of one coin mines it in each of its sessions.
  const isTold = stated.length > 0 || session.dialect === null || only === undefined || others.length > 0;
  const tickers = isTold ? stated : [only];
  return {
    start: formatTime(session.firstUs),
    end: formatTime(session.lastUs),
    seconds: Math.round((session.lastUs - session.firstUs) / 1e3) / 1e3,
    source_ip: session.suspect,
    source_port: session.suspectPort,
    destination_ip: peer.ip,
    destination_port: peer.port,
    host: name === null ? null : printable(name),
    operator: pool?.operator == null ? null : printable(pool.operator),
    country: pool?.country ?? null,
    protocol: session.dialect ?? (session.tls ? 'tls' : null),
    coins: texts(tickers),
    wallets: texts(
      verdict.wallets.filter((wallet) => session.logins.some((login) => login.includes(wallet))),
    ),
    logins: texts(session.logins),
    workers,
    agents: texts(session.agents),
    bytes_to_server: session.bytesToServer,
    bytes_to_client: session.bytesToClient,
    shares_submitted: sum('submitted'),
    shares_accepted: sum('accepted'),
    quote: fact === undefined ? null : printable(fact.excerpt),
    rule: fact?.rule ?? null,
    capture_sha256: capture,
  };
}
