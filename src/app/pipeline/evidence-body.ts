import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.js';
import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import { toVerdictObject } from '../../deliver/print/verdict-json.js';
import type { EvidenceSource, Store, StoredVerdict } from '../../deliver/store/index.js';
import type { Evidence } from '../../model/evidence.js';
import type { PacketExcerpt } from '../../model/evidence-log.js';
import { LEVELS, type Level, type Verdict } from '../../model/verdict.js';

/** Excerpts, facts, proofs and inputs that one entry carries at most. */
const MAX_ENTRY_EXCERPTS = 4;
const MAX_ENTRY_FACTS = 16;
const MAX_ENTRY_PROOFS = 2;
const MAX_ENTRY_SOURCES = 64;
/** Characters of the proofs of one entry; a longer one stays in the database alone. */
const MAX_PROOF_TEXT = 65_536;

/** The machine that looked, as its operator states it. */
export interface SensorStatement {
  readonly name: string;
  /** Seconds that its clock was ahead of the true time; null: nobody said. */
  readonly clockOffsetSeconds: number | null;
}

/** What must change before an address is logged again: not counts, times and scores, which move all the time. */
export function materialOf(verdict: Verdict): string {
  const { level, coins, wallets, pools, evidence, unit } = verdict;
  const decisive = evidence
    .filter(({ strength }) => strength === 'decisive')
    .map(({ rule, item }) => `${rule} ${item}`);
  const sorted = (texts: readonly string[]) => [...new Set(texts)].sort();
  const material = {
    coins: sorted(coins.map(({ ticker }) => ticker)),
    wallets: sorted(wallets.map((wallet) => printable(wallet))),
    pools: sorted(pools.map(({ address, port }) => `${address} ${port}`)),
    rules: sorted(decisive),
    unit: unit?.id ?? null,
  };
  return `${level} ${createHash('sha256').update(canonicalJson(material)).digest('hex')}`;
}

export type Change = 'new' | 'raised' | 'lowered' | 'changed';

export function changeOf(level: Level, logged: string | null): { change: Change; before: Level | null } {
  // Written by materialOf() alone.
  const before = logged === null ? null : (logged.slice(0, logged.indexOf(' ')) as Level);
  if (before === null) return { change: 'new', before };
  const step = LEVELS.indexOf(level) - LEVELS.indexOf(before);
  return { change: step < 0 ? 'raised' : step > 0 ? 'lowered' : 'changed', before };
}

/** What an entry says of a verdict: all that it rests on, so that it can be read without the database. */
export function evidenceBody(
  store: Store,
  verdict: StoredVerdict,
  sensor: SensorStatement,
  versions: { readonly rigwatch: string; readonly rules: string },
): Record<string, unknown> {
  const sources = store.evidenceLog.sources(verdict.ip, MAX_ENTRY_SOURCES);
  const excerpts = store.packetExcerpts(verdict.ip, MAX_ENTRY_EXCERPTS);
  return {
    rigwatch: versions.rigwatch,
    rules: versions.rules,
    verdict: toVerdictObject(verdict),
    facts: factsOf(verdict).map(factObject),
    proofs: proofsOf(store, verdict.ip),
    sensor: { name: printable(sensor.name), clock_offset_seconds: sensor.clockOffsetSeconds },
    sources: sources.map(sourceObject),
    excerpts: excerpts.map(excerptObject),
  };
}

/** The decisive ones; where nothing is, the heaviest. */
function factsOf({ evidence }: Verdict): readonly Evidence[] {
  const decisive = evidence.filter(({ strength }) => strength === 'decisive');
  const chosen = decisive.length > 0 ? decisive : evidence.filter(({ weight }) => weight > 0);
  return [...chosen].sort((a, b) => b.weight - a.weight).slice(0, MAX_ENTRY_FACTS);
}

/** Of flow records and logs the excerpt holds the fields that counted, and `record` says which record it was. */
function factObject(fact: Evidence) {
  return {
    rule: printable(fact.rule),
    item: fact.item,
    strength: fact.strength,
    bans: fact.weight,
    peer: fact.peer === null ? null : printable(formatEndpoint(fact.peer.ip, fact.peer.port)),
    host: fact.host === null ? null : printable(fact.host),
    session: fact.session,
    both_directions: fact.bothDirections,
    encrypted: fact.encrypted,
    count: fact.count,
    first: formatTime(fact.firstUs),
    last: formatTime(fact.lastUs),
    excerpt: printable(fact.excerpt),
    source: printable(fact.origin.source, MAX_PATH),
    format: fact.origin.format,
    record: fact.origin.record,
  };
}

const MAX_PATH = 4096;

function proofsOf(store: Store, ip: string): unknown[] {
  const proofs: unknown[] = [];
  for (const { rule, session, count, proof } of store.proofs(ip)) {
    if (proofs.length >= MAX_ENTRY_PROOFS) break;
    const text = JSON.stringify(proof);
    if (text.length <= MAX_PROOF_TEXT) proofs.push({ rule, session, shares: count, proof });
  }
  return proofs;
}

function sourceObject(source: EvidenceSource) {
  const { path, contentId, sha256, format, bytes, firstUs, lastUs, rulesVersion, state, summary } = source;
  // Written by the store from a run summary's entry.
  const told = summary === null ? {} : (JSON.parse(summary) as Record<string, unknown>);
  return {
    path: printable(path, MAX_PATH),
    sha256,
    content_id: contentId,
    format,
    bytes,
    first: firstUs === null ? null : formatTime(firstUs),
    last: lastUs === null ? null : formatTime(lastUs),
    packets: told.packets ?? null,
    flow_records: told.flow_records ?? null,
    complete: told.complete ?? state === 'complete',
    rules: rulesVersion,
  };
}

function excerptObject({ session, rules, frames, firstUs, lastUs, pcapng }: PacketExcerpt) {
  return {
    session,
    rules,
    frames,
    first: formatTime(firstUs),
    last: formatTime(lastUs),
    sha256: createHash('sha256').update(pcapng).digest('hex'),
    pcapng: pcapng.toString('base64'),
  };
}
