import { createHash } from 'node:crypto';
import type { Case } from '../../model/case.js';
import type { Unit } from '../../model/unit.js';
import type { Level } from '../../model/verdict.js';
import { isOverdue, ONGOING } from './states.js';

/** Points of each reason to look at a unit on site. Published: who is picked can see why. */
export const PLAN_POINTS = {
  recurred: 50,
  overdue: 30,
  contradicted: 40,
  confirmed: 20,
  probable: 8,
  'never-inspected': 10,
  'many-miners': 15,
  'several-cases': 10,
  'public-duty': 10,
} as const;
export type PlanReason = keyof typeof PLAN_POINTS;

/** From this many machines on it is a farm. */
const MANY_MINERS = 10;
const PUBLIC_DUTY = new Set(['party-government', 'public-institution', 'state-enterprise']);

export interface PlanCase {
  readonly case: Case;
  readonly unit: Unit;
  /** Highest level now of the addresses of the case; null: no verdict any more. */
  readonly level: Level | null;
  readonly minersHigh: number | null;
}

export interface Pick {
  readonly unit: Unit;
  readonly score: number;
  readonly reasons: readonly PlanReason[];
  readonly cases: readonly number[];
  readonly ips: readonly string[];
}

export interface Team {
  readonly team: number;
  readonly regions: readonly string[];
  readonly picks: readonly Pick[];
}

/**
 * Which units to inspect without notice: the `count` highest scores, ties broken by a hash of seed and unit, then
 * shared among `teams` so that each stays in as few regions as the numbers allow. The same cases and seed give the
 * same plan. For the inspectors only: nothing of it is stored.
 */
export function planInspections(
  cases: readonly PlanCase[],
  { teams, count, seed, nowUs }: { teams: number; count: number; seed: string; nowUs: number },
): Team[] {
  const byUnit = new Map<string, PlanCase[]>();
  for (const one of cases) {
    if (!ONGOING.includes(one.case.state) && one.case.state !== 'claimed' && one.case.state !== 'watch')
      continue;
    const list = byUnit.get(one.unit.id);
    if (list === undefined) byUnit.set(one.unit.id, [one]);
    else list.push(one);
  }
  const picks = [...byUnit.values()].map((list) => scoreUnit(list, nowUs));
  const lot = (unit: Unit) => createHash('sha256').update(`${seed}\n${unit.id}`).digest('hex');
  const ranked = picks
    .map((pick) => ({ pick, lot: lot(pick.unit) }))
    .sort((a, b) => b.pick.score - a.pick.score || (a.lot < b.lot ? -1 : 1))
    .slice(0, count)
    .map(({ pick }) => pick);
  return shareOut(ranked, teams);
}

function scoreUnit(list: readonly PlanCase[], nowUs: number): Pick {
  const unit = (list[0] as PlanCase).unit;
  const reasons = new Set<PlanReason>();
  for (const { case: one, level, minersHigh } of list) {
    if (one.recurrences > 0) reasons.add('recurred');
    if (isOverdue(one, nowUs)) reasons.add('overdue');
    const isFlagged = level === 'confirmed' || level === 'probable';
    if (one.check?.method === 'self-check' && one.check.finding === 'not-found' && isFlagged)
      reasons.add('contradicted');
    if (level === 'confirmed') reasons.add('confirmed');
    if (level === 'probable') reasons.add('probable');
    if ((minersHigh ?? 0) >= MANY_MINERS) reasons.add('many-miners');
  }
  if (!list.some(({ case: one }) => one.check?.method === 'inspection')) reasons.add('never-inspected');
  if (list.length > 1) reasons.add('several-cases');
  if (unit.category !== null && PUBLIC_DUTY.has(unit.category)) reasons.add('public-duty');
  const ordered = [...reasons].sort((a, b) => PLAN_POINTS[b] - PLAN_POINTS[a] || (a < b ? -1 : 1));
  return {
    unit,
    reasons: ordered,
    score: ordered.reduce((sum, reason) => sum + PLAN_POINTS[reason], 0),
    cases: list.map(({ case: one }) => one.caseId),
    ips: [...new Set(list.flatMap(({ case: one }) => one.marks.ips))].sort(),
  };
}

/** Regions side by side, largest first, dealt into teams of equal size: a region is split only where it must be. */
function shareOut(ranked: readonly Pick[], teams: number): Team[] {
  const regions = new Map<string, Pick[]>();
  for (const pick of ranked) {
    const region = regionOf(pick.unit);
    regions.set(region, [...(regions.get(region) ?? []), pick]);
  }
  const most = Math.ceil(ranked.length / teams);
  const piles: Pick[][] = Array.from({ length: teams }, () => []);
  const bySize = [...regions].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  for (const [, picks] of bySize) {
    let left = picks;
    while (left.length > 0) {
      const room = (pile: readonly Pick[]) => most - pile.length;
      // A pile with just enough room keeps the large gaps for large regions; where none has, the region is split.
      const fitting = piles.filter((pile) => room(pile) >= left.length);
      const pile =
        fitting.length > 0
          ? fitting.reduce((a, b) => (room(b) < room(a) ? b : a))
          : piles.reduce((a, b) => (room(b) > room(a) ? b : a));
      const taken = left.slice(0, room(pile));
      pile.push(...taken);
      left = left.slice(taken.length);
    }
  }
  return piles.map((picks, at) => ({
    team: at + 1,
    regions: [...new Set(picks.map(({ unit }) => regionOf(unit)))].sort(),
    picks: [...picks].sort((a, b) => b.score - a.score || (a.unit.id < b.unit.id ? -1 : 1)),
  }));
}

function regionOf(unit: Unit): string {
  return unit.region ?? unit.regionCode ?? '';
}
