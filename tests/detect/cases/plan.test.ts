import { describe, expect, it } from 'vitest';
import { PLAN_POINTS, type PlanCase, planInspections } from '../../../src/detect/cases/plan.js';
import type { Unit } from '../../../src/model/unit.js';
import { START, sampleCase } from './samples.js';

function unit(number: number, changes: Partial<Unit> = {}): Unit {
  return {
    id: `U${number}`,
    name: `Unit ${number}`,
    category: 'enterprise',
    regionCode: null,
    region: `R${number % 5}`,
    contacts: null,
    ...changes,
  };
}

const planned = (number: number, changes: Partial<PlanCase> = {}): PlanCase => ({
  case: sampleCase({ caseId: number, unitId: `U${number}`, state: 'referred' }),
  unit: unit(number),
  level: 'probable',
  minersHigh: 1,
  ...changes,
});

const options = { teams: 4, count: 20, seed: '1', nowUs: START };

describe('planInspections', () => {
  it('draws the same plan again, another with another seed, and always the asked number', () => {
    const cases = Array.from({ length: 60 }, (_, at) => planned(at));
    const draw = (seed: string, list = cases) => planInspections(list, { ...options, seed });
    const plan = draw('1');
    expect(draw('1', [...cases].reverse())).toEqual(plan);
    const units = (teams: typeof plan) =>
      teams.flatMap(({ picks }) => picks.map((pick) => pick.unit.id)).sort();
    expect(units(draw('2'))).not.toEqual(units(plan));
    expect(new Set(units(plan)).size).toBe(20);
    expect(plan.map(({ picks }) => picks.length)).toEqual([5, 5, 5, 5]);
  });

  it('keeps a team in few regions', () => {
    const cases = Array.from({ length: 20 }, (_, at) =>
      planned(at, { unit: unit(at, { region: `R${at % 4}` }) }),
    );
    const plan = planInspections(cases, options);
    expect(plan.map(({ regions }) => regions)).toEqual([['R0'], ['R1'], ['R2'], ['R3']]);
  });

  it('splits a region only where it must', () => {
    const cases = Array.from({ length: 9 }, (_, at) =>
      planned(at, { unit: unit(at, { region: at < 7 ? 'A' : 'B' }) }),
    );
    const plan = planInspections(cases, { ...options, teams: 3, count: 9 });
    expect(plan.map(({ picks }) => picks.length)).toEqual([3, 3, 3]);
    expect(plan.filter(({ regions }) => regions.includes('B'))).toHaveLength(1);
  });

  it('puts what contradicts, recurred and is overdue first, and says why', () => {
    const check = {
      method: 'self-check',
      finding: 'not-found',
      dateUs: START,
      machinesSealed: 0,
      computersSealed: 0,
      coins: [],
      notes: null,
    } as const;
    const referral = { document: 'D', dateUs: 0, deadlineUs: START - 1 };
    const cases = [
      planned(1),
      planned(2, { case: sampleCase({ caseId: 2, unitId: 'U2', state: 'referred', referral }) }),
      planned(3, {
        case: sampleCase({ caseId: 3, unitId: 'U3', state: 'inspected', check }),
        level: 'confirmed',
      }),
      planned(4, {
        case: sampleCase({ caseId: 4, unitId: 'U4', state: 'recurred', recurrences: 2 }),
        minersHigh: 40,
      }),
      planned(5, { case: sampleCase({ caseId: 5, unitId: 'U5', state: 'closed' }) }),
    ];
    const [team] = planInspections(cases, { ...options, teams: 1 });
    expect(team?.picks.map((pick) => [pick.unit.id, ...pick.reasons])).toEqual([
      ['U4', 'recurred', 'many-miners', 'never-inspected', 'probable'],
      ['U3', 'contradicted', 'confirmed', 'never-inspected'],
      ['U2', 'overdue', 'never-inspected', 'probable'],
      ['U1', 'never-inspected', 'probable'],
    ]);
    expect(team?.picks[3]?.score).toBe(PLAN_POINTS['never-inspected'] + PLAN_POINTS.probable);
  });
});
