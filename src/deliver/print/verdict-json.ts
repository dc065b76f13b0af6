import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { Evidence } from '../../model/evidence.js';
import type { UnitRef } from '../../model/unit.js';
import type { Verdict } from '../../model/verdict.js';
import type { EvidenceObject, VerdictObject } from '../../model/verdict-object.js';
import { energyOrNull, rateOrNull, toEstimateObjects } from './estimates-json.js';
import { natureObject } from './nature.js';

/** A posterior is never certainty: this is the most that is printed. */
const MAX_SCORE = 0.999999;

/** The contract's verdict object, heaviest evidence first; text from traffic is made printable (again: that is idempotent). */
export function toVerdictObject(verdict: Verdict & { readonly evidenceCount?: number }): VerdictObject {
  const evidence = [...verdict.evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return {
    schema: 'rigwatch.verdict/1',
    ip: printable(verdict.ip),
    level: verdict.level,
    score: Math.min(MAX_SCORE, rounded(verdict.score, 6)),
    first_seen: formatTime(verdict.firstUs),
    last_seen: formatTime(verdict.lastUs),
    active_seconds: rounded(verdict.activeSeconds, 3),
    coins: verdict.coins.map(({ ticker, basis, confidence }) => ({
      ticker: printable(ticker),
      basis,
      confidence,
    })),
    algorithms: texts(verdict.algorithms),
    dialects: texts(verdict.dialects),
    pools: verdict.pools.map((pool) => ({
      address: printable(pool.address),
      port: pool.port,
      host: textOrNull(pool.host),
      operator: textOrNull(pool.operator),
      country: textOrNull(pool.country),
      tls: pool.tls,
      operator_basis: pool.operator === null ? null : (pool.operatorBasis ?? 'endpoint'),
      reward_address: textOrNull(pool.rewardAddress ?? null),
    })),
    agents: texts(verdict.agents),
    wallets: texts(verdict.wallets),
    workers: texts(verdict.workers),
    sessions: verdict.sessions,
    miners:
      verdict.miners === null
        ? null
        : { low: verdict.miners.low, high: verdict.miners.high, basis: printable(verdict.miners.basis) },
    hashrate: rateOrNull(verdict.estimates?.hashrate),
    energy: energyOrNull(verdict.estimates?.energy),
    nature: verdict.nature ? natureObject(verdict.nature) : null,
    unit: unitOrNull(verdict.unit),
    evidence: evidence.filter((fact) => fact.strength !== 'against').map(toEvidenceObject),
    reasons: verdict.reasons.map(({ code, text }) => ({ code, text: printable(text) })),
    arithmetic: verdict.arithmetic.map(({ part, bans }) => ({ part, bans: rounded(bans, 4) })),
    against: evidence.filter((fact) => fact.strength === 'against').map(toEvidenceObject),
    evidence_count: verdict.evidenceCount ?? evidence.length,
    ...toEstimateObjects(verdict.estimates),
  };
}

function unitOrNull(unit: UnitRef | null | undefined): UnitRef | null {
  if (unit === null || unit === undefined) return null;
  const { id, name, category, region } = unit;
  return {
    id: printable(id),
    name: printable(name),
    category: textOrNull(category),
    region: textOrNull(region),
  };
}

function toEvidenceObject(fact: Evidence): EvidenceObject {
  return {
    rule: printable(fact.rule),
    strength: fact.strength,
    peer: fact.peer === null ? null : printable(formatEndpoint(fact.peer.ip, fact.peer.port)),
    count: fact.count,
    first: formatTime(fact.firstUs),
    last: formatTime(fact.lastUs),
    excerpt: printable(fact.excerpt),
  };
}

function texts(list: readonly string[]): string[] {
  return list.map((text) => printable(text));
}

function textOrNull(text: string | null): string | null {
  return text === null ? null : printable(text);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
