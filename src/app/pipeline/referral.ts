import { basename } from 'node:path';
import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { formatOffset, formatTime } from '../../base/time.js';
import { toVerdictObject } from '../../deliver/print/verdict-json.js';
import type { Store, StoredVerdict } from '../../deliver/store/index.js';
import { siteChecks } from '../../detect/cases/on-site.js';
import { repeatLevel } from '../../detect/cases/states.js';
import type { RuleSet } from '../../detect/rules/index.js';
import type { Case } from '../../model/case.js';
import type { Evidence } from '../../model/evidence.js';
import type {
  Referral,
  ReferralAddress,
  ReferralCapture,
  ReferralCase,
  ReferralFigures,
  ReferralSession,
  ReferralUnit,
  ReferralUnitFigures,
} from '../../model/referral.js';
import type { Unit } from '../../model/unit.js';
import type { SuspectFile, SuspectSession, Verdict } from '../../model/verdict.js';
import { judge } from './judge.js';
import type { Register } from './register.js';

/** Connections of one address in a package: the latest; and facts: the heaviest. The rest is counted. */
export const MAX_REFERRAL_SESSIONS = 20_000;
export const MAX_REFERRAL_EVIDENCE = 5_000;
/** Characters of what people entered: names, contacts. */
const MAX_TEXT = 1000;

/** What the sender says of the document. */
export interface ReferralRequest {
  readonly document: string;
  readonly date: string;
  readonly deadline: string | null;
  readonly utcOffsetMinutes: number;
  readonly office: string | null;
  readonly contact: string | null;
}

/** What goes to one unit. */
export interface UnitReferral {
  readonly referral: Referral;
  /** Those of whose addresses something goes out. */
  readonly cases: readonly Case[];
  /** Facts by address, heaviest first. */
  readonly records: ReadonlyMap<string, readonly Evidence[]>;
}

export interface ReferralSources {
  readonly store: Store;
  readonly rules: RuleSet;
  readonly register: Register | null;
  /** Units by id. */
  readonly units: ReadonlyMap<string, Unit>;
}

/**
 * What each unit gets on its cases: only conversations and facts from times when the address was its own. Where that leaves
 * out a part, the address is judged anew on the rest; only confirmed and probable ones go out. By unit id; addresses of no
 * unit go out by case.
 */
export function gatherUnits(
  cases: readonly Case[],
  request: ReferralRequest,
  sources: ReferralSources,
): UnitReferral[] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = one.unitId === null ? `case ${one.caseId}` : `unit ${one.unitId}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .map((group) => gatherUnit(group, request, sources))
    .sort((a, b) => compare(a.referral.unit?.id ?? '\uffff', b.referral.unit?.id ?? '\uffff'));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function gatherUnit(
  cases: readonly Case[],
  request: ReferralRequest,
  sources: ReferralSources,
): UnitReferral {
  const unitId = cases[0]?.unitId ?? null;
  const leftOut: Record<string, number> = {};
  const leave = (code: string, count: number) => {
    if (count > 0) leftOut[code] = (leftOut[code] ?? 0) + count;
  };
  const records = new Map<string, readonly Evidence[]>();
  const addresses: ReferralAddress[] = [];
  for (const one of cases) {
    for (const ip of one.marks.ips) {
      if (records.has(ip)) continue;
      const own = ownFacts(ip, unitId, sources);
      if (own === null) {
        leave('addresses-not-flagged', 1);
        continue;
      }
      leave('sessions-of-other-owners', own.foreign);
      leave('evidence-beyond-limit', Math.max(0, own.file.evidence.length - MAX_REFERRAL_EVIDENCE));
      const heaviest = [...own.file.evidence].sort(
        (a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.firstUs - b.firstUs,
      );
      records.set(ip, heaviest.slice(0, MAX_REFERRAL_EVIDENCE));
      const address = toAddress(one, own, sources);
      leave('sessions-beyond-limit', address.sessions_left_out);
      addresses.push(address);
    }
  }
  addresses.sort((a, b) => b.verdict.score - a.verdict.score || compare(a.verdict.ip, b.verdict.ip));
  const involved = cases.filter(({ caseId }) => addresses.some((address) => address.case === caseId));
  const unit = unitId === null ? null : (sources.units.get(unitId) ?? null);
  const sessions = addresses.reduce((sum, one) => sum + one.sessions.length + one.sessions_left_out, 0);
  const referral: Referral = {
    schema: 'rigwatch.referral/1',
    profile: 'unit',
    ...headOf(request),
    unit: unitId === null ? null : toUnit(unitId, unit),
    figures: { ...figuresOf(addresses.map(({ verdict }) => verdict)), sessions },
    cases: involved.map((one) => toCase(one, addresses)),
    addresses,
    units: [],
    left_out: leftOut,
  };
  return { referral, cases: involved, records };
}

function headOf(request: ReferralRequest) {
  const { document, date, deadline, utcOffsetMinutes, office, contact } = request;
  return {
    document: printable(document, MAX_TEXT),
    date,
    deadline,
    utc_offset: formatOffset(utcOffsetMinutes),
    office: office === null ? null : printable(office, MAX_TEXT),
    contact: contact === null ? null : printable(contact, MAX_TEXT),
  };
}

interface OwnFacts {
  readonly file: SuspectFile;
  readonly verdict: Verdict;
  /** Conversations that were of others. */
  readonly foreign: number;
}

/** Null where what is the unit's own does not make a flagged verdict. */
function ownFacts(
  ip: string,
  unitId: string | null,
  { store, rules, register }: ReferralSources,
): OwnFacts | null {
  const whole = store.loadSuspect(ip);
  const stored = store.loadVerdict(ip);
  if (whole === null || stored === null || !isFlagged(stored)) return null;
  const isOwn = ({ firstUs, lastUs }: { firstUs: number; lastUs: number }, port: number | null) =>
    register === null ||
    register.units.size === 0 ||
    [firstUs, lastUs].every(
      (timeUs) => (register.units.ownerAt(ip, timeUs, port).unit?.id ?? null) === unitId,
    );
  const sessions = whole.sessions.filter((session) => isOwn(session, session.suspectPort));
  const kept = new Set(sessions.map(({ session }) => session));
  const evidence = whole.evidence.filter((fact) =>
    fact.session === null ? isOwn(fact, null) : kept.has(fact.session),
  );
  const foreign = whole.sessions.length - sessions.length;
  if (foreign === 0 && evidence.length === whole.evidence.length)
    return { file: whole, verdict: stored, foreign };
  const file = { ip, sessions, evidence };
  const known = { learned: store.learnedServers(), poolServers: store.poolServers() };
  const usesOf = (wallets: readonly string[]) => store.walletUses(wallets);
  const [verdict] = judge([file], rules, known, { register, usesOf });
  return verdict !== undefined && isFlagged(verdict) ? { file, verdict, foreign } : null;
}

const isFlagged = ({ level }: Pick<Verdict, 'level'>) => level === 'confirmed' || level === 'probable';

function toAddress(
  one: Case,
  { file, verdict }: OwnFacts,
  { store, register }: ReferralSources,
): ReferralAddress {
  const captures = new Map(store.captures(file.ip).map((capture) => [capture.session, capture]));
  const quotes = quotesOf(file.evidence);
  const sorted = suspicious(file).sort((a, b) => a.firstUs - b.firstUs || compare(a.session, b.session));
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
    verdict: toVerdictObject(verdict),
    behind,
    isp: range?.isp == null ? null : printable(range.isp),
    sessions: latest.map((session) =>
      toSession(session, verdict, quotes.get(session.session), captures.get(session.session)?.sha256 ?? null),
    ),
    sessions_left_out: sorted.length - latest.length,
    captures: [...distinct.values()],
    checks: siteChecks(verdict, sorted, behind),
  };
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

/** The heaviest fact of each conversation that has words. */
function quotesOf(evidence: readonly Evidence[]): Map<string, Evidence> {
  const quotes = new Map<string, Evidence>();
  for (const fact of evidence) {
    if (fact.session === null || fact.excerpt === '') continue;
    const known = quotes.get(fact.session);
    if (known === undefined || fact.weight > known.weight) quotes.set(fact.session, fact);
  }
  return quotes;
}

function toSession(
  session: SuspectSession,
  verdict: Verdict,
  fact: Evidence | undefined,
  capture: string | null,
): ReferralSession {
  const { peer, host } = session;
  const pool = verdict.pools.find(({ address, port }) => address === peer.ip && port === peer.port);
  const texts = (all: readonly string[]) => [...new Set(all)].map((text) => printable(text));
  const name = host ?? pool?.host ?? null;
  const sum = (key: 'submitted' | 'accepted') =>
    session.shares.reduce((total, share) => total + share[key], 0);
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
    coins: texts(session.coins.flatMap(({ ticker }) => (ticker === null ? [] : [ticker]))),
    wallets: texts(
      verdict.wallets.filter((wallet) => session.logins.some((login) => login.includes(wallet))),
    ),
    logins: texts(session.logins),
    workers: texts(session.workers),
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

function toUnit(unitId: string, unit: Unit | null): ReferralUnit {
  const text = (value: string | null | undefined) => (value == null ? null : printable(value, MAX_TEXT));
  return {
    id: printable(unitId, MAX_TEXT),
    name: printable(unit?.name ?? unitId, MAX_TEXT),
    category: unit?.category ?? null,
    region: text(unit?.region ?? unit?.regionCode),
    contacts: text(unit?.contacts),
  };
}

function toCase(one: Case, addresses: readonly ReferralAddress[]): ReferralCase {
  return {
    id: one.caseId,
    state: one.state,
    opened: formatTime(one.openedUs),
    repeat_level: repeatLevel(one),
    addresses: addresses.filter((address) => address.case === one.caseId).map(({ verdict }) => verdict.ip),
  };
}

type Counted = Pick<
  Referral['addresses'][number]['verdict'],
  'level' | 'sessions' | 'first_seen' | 'last_seen' | 'coins' | 'miners' | 'energy'
>;

function figuresOf(verdicts: readonly Counted[]): ReferralFigures {
  const miners = verdicts.flatMap((one) => (one.miners === null ? [] : [one.miners]));
  const energy = verdicts.flatMap((one) => (one.energy === null ? [] : [one.energy.kwh_per_day]));
  const times = (key: 'first_seen' | 'last_seen') =>
    verdicts
      .map((one) => one[key])
      .filter((time) => time !== null)
      .sort();
  return {
    addresses: verdicts.length,
    confirmed: verdicts.filter(({ level }) => level === 'confirmed').length,
    probable: verdicts.filter(({ level }) => level === 'probable').length,
    sessions: verdicts.reduce((sum, one) => sum + one.sessions, 0),
    first_seen: times('first_seen').at(0) ?? null,
    last_seen: times('last_seen').at(-1) ?? null,
    coins: [...new Set(verdicts.flatMap(({ coins }) => coins.map(({ ticker }) => ticker)))].sort(),
    miners:
      miners.length === 0
        ? null
        : {
            addresses: miners.length,
            low: miners.reduce((sum, { low }) => sum + low, 0),
            high: miners.reduce((sum, { high }) => sum + high, 0),
          },
    energy:
      energy.length === 0
        ? null
        : {
            addresses: energy.length,
            kwh_per_day: Number(energy.reduce((sum, one) => sum + one, 0).toPrecision(3)),
          },
  };
}

/** What an upper office gets: figures of each unit, and nothing that names a machine. */
export function gatherOffice(
  cases: readonly Case[],
  request: ReferralRequest,
  { store, units }: ReferralSources,
): Referral {
  const groups = new Map<string | null, Case[]>();
  for (const one of cases) groups.set(one.unitId, [...(groups.get(one.unitId) ?? []), one]);
  const all = new Map<string, Counted>();
  const lines = [...groups]
    .sort(([a], [b]) => compare(a ?? '\uffff', b ?? '\uffff'))
    .map(([unitId, group]): ReferralUnitFigures => {
      const verdicts = [...new Set(group.flatMap(({ marks }) => marks.ips))]
        .map((ip) => store.loadVerdict(ip))
        .filter((verdict): verdict is StoredVerdict => verdict !== null && isFlagged(verdict))
        .filter(({ unit }) => (unit?.id ?? null) === unitId)
        .map((verdict) => toVerdictObject(verdict));
      for (const verdict of verdicts) all.set(verdict.ip, verdict);
      const states: Record<string, number> = {};
      for (const { state } of group) states[state] = (states[state] ?? 0) + 1;
      return {
        unit: unitId === null ? null : withoutContacts(toUnit(unitId, units.get(unitId) ?? null)),
        cases: group.length,
        states,
        highest_repeat_level: Math.max(...group.map(repeatLevel)),
        ...figuresOf(verdicts),
      };
    });
  return {
    schema: 'rigwatch.referral/1',
    profile: 'office',
    ...headOf(request),
    unit: null,
    figures: figuresOf([...all.values()]),
    cases: [],
    addresses: [],
    units: lines,
    left_out: {},
  };
}

function withoutContacts({ id, name, category, region }: ReferralUnit): Omit<ReferralUnit, 'contacts'> {
  return { id, name, category, region };
}
