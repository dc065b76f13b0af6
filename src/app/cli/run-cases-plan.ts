import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import type { ListColumn } from '../../deliver/print/listing.js';
import { officeMessage } from '../../deliver/print/messages/office-messages.js';
import { beside } from '../../deliver/print/translate.js';
import { openStore, type Store } from '../../deliver/store/index.js';
import { type Pick, type PlanCase, planInspections } from '../../detect/cases/plan.js';
import type { Case } from '../../model/case.js';
import { LEVELS, type Level } from '../../model/verdict.js';
import { parseCount } from './filters.js';
import type { GlobalOptions } from './globals.js';
import { remark, writeList } from './list-output.js';
import type { CasesPlanOptions } from './run-cases.js';

const MAX_TEAMS = 1000;

interface PlanLine extends Pick {
  readonly team: number;
}

const PLAN_LIST: readonly ListColumn<PlanLine>[] = [
  { name: 'team', title: 'column.team', align: 'right', value: ({ team }) => String(team) },
  { name: 'region', title: 'column.region', value: ({ unit }) => unit.region ?? unit.regionCode ?? '' },
  { name: 'unit_id', title: 'column.unit_id', value: ({ unit }) => unit.id },
  { name: 'name', title: 'column.name', value: ({ unit }) => unit.name },
  { name: 'score', title: 'column.score', align: 'right', value: ({ score }) => String(score) },
  {
    name: 'reasons',
    title: 'column.reasons',
    value: ({ reasons }) => reasons.join(','),
    cell: ({ reasons }, language) =>
      beside(
        language,
        reasons.map((reason) => officeMessage(language, `plan.reason.${reason}`)),
      ),
  },
  { name: 'cases', title: 'column.case', value: ({ cases }) => cases.join(',') },
  {
    name: 'ips',
    title: 'column.ips',
    value: ({ ips }) => ips.join(','),
    cell: ({ ips }) => `${ips[0] ?? ''}${ips.length > 1 ? ` +${ips.length - 1}` : ''}`,
  },
];

export async function planCases(options: CasesPlanOptions, globals: GlobalOptions): Promise<void> {
  const teams = parseCount('--teams', options.teams);
  const count = parseCount('--units', options.units);
  if (teams < 1 || teams > MAX_TEAMS)
    throw new UsageError('number-invalid', phrase`--teams ${options.teams}: expected 1 to ${MAX_TEAMS}`);
  const store = openStore(globals.db, { readOnly: true });
  try {
    const plan = planInspections(planCasesOf(store), {
      teams,
      count,
      seed: options.seed,
      nowUs: Date.now() * 1000,
    });
    const lines = plan.flatMap(({ team, picks }) => picks.map((pick) => ({ team, ...pick })));
    await writeList(PLAN_LIST, lines, toPlanObject, globals);
    const unowned = store.office
      .cases()
      .filter(({ unitId, state }) => unitId === null && state !== 'closed' && state !== 'rectified').length;
    if (unowned > 0) remark(officeMessage(globals.lang, 'plan.unowned', { count: unowned }), globals);
    remark(officeMessage(globals.lang, 'plan.secret'), globals);
  } finally {
    store.close();
  }
}

function toPlanObject({ team, unit, score, reasons, cases, ips }: PlanLine) {
  const { id, name, region, regionCode } = unit;
  return {
    schema: 'rigwatch.plan/1',
    drawn: formatTime(Date.now() * 1000)?.slice(0, 10),
    team,
    region: region ?? regionCode,
    unit: id,
    name,
    score,
    reasons,
    cases,
    ips,
  };
}

function planCasesOf(store: Store): PlanCase[] {
  const units = new Map(store.office.loadUnitNames().map((unit) => [unit.id, unit]));
  return store.office.cases().flatMap((one) => {
    const unit = one.unitId === null ? undefined : units.get(one.unitId);
    return unit === undefined ? [] : [{ case: one, unit, ...standing(store, one) }];
  });
}

function standing(store: Store, { marks }: Case): { level: Level | null; minersHigh: number | null } {
  let level: Level | null = null;
  let minersHigh: number | null = null;
  for (const ip of marks.ips) {
    const verdict = store.loadVerdict(ip);
    if (verdict === null) continue;
    if (level === null || LEVELS.indexOf(verdict.level) < LEVELS.indexOf(level)) level = verdict.level;
    if (verdict.miners !== null) minersHigh = (minersHigh ?? 0) + verdict.miners.high;
  }
  return { level, minersHigh };
}
