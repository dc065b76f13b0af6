import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { guardFormula } from '../../deliver/export/csv.js';
import {
  accountsCsv,
  type ComparedLine,
  formatAccounts,
  roundedFigure,
  toAccountObject,
} from '../../deliver/print/accounting.js';
import { officeMessage } from '../../deliver/print/messages/office-messages.js';
import { toVerdictObject } from '../../deliver/print/verdict-json.js';
import { openStore, type Store, type VerdictFilter } from '../../deliver/store/index.js';
import { type AccountOptions, Accounts, estimate, GROUPINGS } from '../../detect/accounting/account.js';
import type { AccountingFactors, Assumption, FactorSet } from '../../detect/accounting/factors.js';
import type { AccountRow } from '../../model/accounting.js';
import { loadFactors } from '../pipeline/load-factors.js';
import { parseCategory, parseCount, parseLevels, parseWhen } from './filters.js';
import { type GlobalOptions, wantsColor } from './globals.js';

export interface FactorsOptions {
  readonly factorsFile?: string;
}

export interface AccountingCommandOptions extends FactorsOptions {
  readonly by: string;
  readonly level: string;
  readonly since?: string;
  readonly until?: string;
  readonly compareSince?: string;
  readonly compareUntil?: string;
  readonly unit?: string;
  readonly category?: string;
  readonly region?: string;
  readonly factors: string;
  readonly assume?: string;
  readonly csv: boolean;
}

export interface EstimateOptions extends FactorsOptions {
  readonly ips: string;
  readonly assume: string;
  readonly factors: string;
}

const KG_PER_TONNE = 1000;

export async function reportAccounting(
  options: AccountingCommandOptions,
  globals: GlobalOptions,
): Promise<void> {
  const by = GROUPINGS.find((name) => name === options.by);
  if (by === undefined)
    throw new UsageError('group-unknown', phrase`--by ${options.by}: expected one of ${GROUPINGS}`);
  const known = await loadFactors(options.factorsFile);
  const factors = factorsById(known, options.factors);
  const assumption = options.assume === undefined ? null : assumptionById(known, options.assume);
  const now = { by, factors, assumption, ...period('', options.since, options.until) };
  const isCompared = options.compareSince !== undefined || options.compareUntil !== undefined;
  const before = isCompared
    ? { ...now, ...period('compare-', options.compareSince, options.compareUntil) }
    : null;
  const filter: VerdictFilter = {
    levels: parseLevels(options.level),
    ...(options.unit === undefined ? {} : { unit: options.unit }),
    ...(options.category === undefined ? {} : { category: parseCategory(options.category) }),
    ...(options.region === undefined ? {} : { region: options.region }),
  };
  const store = openStore(globals.db, { readOnly: true });
  try {
    const accounts = account(store, filter, now);
    const compared = before === null ? null : account(store, filter, before);
    await print(accounts, compared, options.csv, globals);
  } finally {
    store.close();
  }
}

function account(store: Store, filter: VerdictFilter, options: AccountOptions): Accounts {
  const accounts = new Accounts(options);
  for (const verdict of store.listVerdicts(filter)) accounts.add(toVerdictObject(verdict));
  return accounts;
}

function period(prefix: string, since: string | undefined, until: string | undefined) {
  const time = (option: string, text: string | undefined) =>
    text === undefined ? null : formatTime(parseWhen(`--${prefix}${option}`, text, Date.now()));
  return { since: time('since', since), until: time('until', until) };
}

/** Groups of either period, then the sum; where a period has nothing of a group, that is a row of nothing. */
function linesOf(accounts: Accounts, compared: Accounts | null): ComparedLine[] {
  const total = { ...accounts.total(), key: 'total' };
  if (compared === null) return [...accounts.rows(), total].map((now) => ({ now, before: null }));
  const nothing = new Accounts(accounts.options).total();
  const [rows, earlier] = [accounts.rows(), compared.rows()];
  const before = new Map(earlier.map((row) => [row.key, row]));
  const known = new Set(rows.map(({ key }) => key));
  const empty = ({ key, name }: AccountRow): AccountRow => ({ ...nothing, key, name });
  return [
    ...rows.map((now) => ({ now, before: before.get(now.key) ?? empty(now) })),
    ...earlier.filter(({ key }) => !known.has(key)).map((row) => ({ now: empty(row), before: row })),
    { now: total, before: { ...compared.total(), key: 'total' } },
  ];
}

async function print(
  accounts: Accounts,
  compared: Accounts | null,
  csv: boolean,
  globals: GlobalOptions,
): Promise<void> {
  const { options } = accounts;
  const before = compared?.options ?? null;
  const lines = linesOf(accounts, compared);
  const { stdout } = process;
  if (globals.json)
    return await writeChunks([`${JSON.stringify(toReport(lines, options, before))}\n`], stdout);
  if (csv) {
    const names = { factors: options.factors.id, assumption: options.assumption?.id ?? null };
    return await writeChunks(accountsCsv(lines, names, guardFormula), stdout);
  }
  const say = (key: Parameters<typeof officeMessage>[1], values: Record<string, string | number> = {}) =>
    officeMessage(globals.lang, key, values);
  const spoken = ({ since, until }: AccountOptions) => ({
    since: since ?? say('report.start'),
    until: until ?? say('report.end'),
  });
  const table = formatAccounts(lines, options.by, {
    language: globals.lang,
    color: wantsColor(globals, stdout),
    width: stdout.isTTY ? stdout.columns : null,
  });
  const text = [
    say('report.title', { by: say(`by.${options.by}`) }),
    say('report.period', spoken(options)),
    ...(before === null ? [] : [say('report.compare', spoken(before))]),
    '',
    table,
    '',
    ...footnotes(accounts.total(), options, globals),
  ];
  await writeChunks([`${text.join('\n')}\n`], stdout);
}

/** Where the figures of energy come from, and of how many addresses there are none. */
function footnotes(
  total: AccountRow,
  { factors, assumption }: AccountOptions,
  { lang }: GlobalOptions,
): string[] {
  const notes = [
    officeMessage(lang, 'report.factors', {
      id: factors.id,
      title: factors.title[lang],
      source: factors.source[lang],
    }),
  ];
  const measured = total.measuredKwhPerDay?.ips ?? 0;
  if (measured > 0) notes.push(officeMessage(lang, 'report.measured', { ips: measured }));
  const others = total.ips - measured;
  if (others > 0 && assumption !== null)
    notes.push(
      officeMessage(lang, 'report.assumption', {
        ips: others,
        id: assumption.id,
        title: assumption.title[lang],
        source: assumption.source[lang],
      }),
    );
  else if (others > 0) notes.push(officeMessage(lang, 'report.not-measured', { ips: others }));
  return notes;
}

function toReport(lines: readonly ComparedLine[], options: AccountOptions, before: AccountOptions | null) {
  const named = (options: AccountOptions) => ({ since: options.since, until: options.until });
  const { factors, assumption } = options;
  return {
    schema: 'rigwatch.accounting/1',
    by: options.by,
    period: named(options),
    compared_with: before === null ? null : named(before),
    factors: toFactorsObject(factors),
    assumption: assumption === null ? null : toAssumptionObject(assumption),
    rows: lines.map(({ now, before: earlier }) => ({
      ...toAccountObject(now),
      before: earlier === null ? null : toAccountObject(earlier),
    })),
  };
}

export async function reportEstimate(options: EstimateOptions, globals: GlobalOptions): Promise<void> {
  const known = await loadFactors(options.factorsFile);
  const factors = factorsById(known, options.factors);
  const assumption = assumptionById(known, options.assume);
  const ips = parseCount('--ips', options.ips);
  const { kwhPerDay, coalKgPerDay, co2KgPerYear } = estimate(ips, assumption, factors);
  if (globals.json) {
    const object = {
      schema: 'rigwatch.estimate/1',
      ips,
      kwh_per_day: Math.round(kwhPerDay),
      coal_kg_per_day: roundedFigure(coalKgPerDay),
      co2_kg_per_year: roundedFigure(co2KgPerYear),
      factors: toFactorsObject(factors),
      assumption: toAssumptionObject(assumption),
    };
    return await writeChunks([`${JSON.stringify(object)}\n`], process.stdout);
  }
  const text = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });
  const lines = [
    officeMessage(globals.lang, 'estimate.line', {
      ips: text(ips),
      kwh: text(Math.round(kwhPerDay)),
      coal: text(roundedFigure(coalKgPerDay / KG_PER_TONNE)),
      co2: text(roundedFigure(co2KgPerYear / KG_PER_TONNE)),
    }),
    officeMessage(globals.lang, 'report.factors', {
      id: factors.id,
      title: factors.title[globals.lang],
      source: factors.source[globals.lang],
    }),
    officeMessage(globals.lang, 'report.assumption', {
      ips: text(ips),
      id: assumption.id,
      title: assumption.title[globals.lang],
      source: assumption.source[globals.lang],
    }),
  ];
  await writeChunks([`${lines.join('\n')}\n`], process.stdout);
}

export async function listFactors(options: FactorsOptions, globals: GlobalOptions): Promise<void> {
  const { factors, assumptions } = await loadFactors(options.factorsFile);
  const lines = globals.json
    ? [
        ...factors.map((one) => JSON.stringify({ schema: 'rigwatch.factors/1', ...toFactorsObject(one) })),
        ...assumptions.map((one) =>
          JSON.stringify({ schema: 'rigwatch.assumption/1', ...toAssumptionObject(one) }),
        ),
      ]
    : [
        ...factors.map((one) =>
          [
            'factors',
            one.id,
            one.coalKgPerKwh,
            one.co2KgPerKwh,
            one.title[globals.lang],
            one.source[globals.lang],
          ].join('\t'),
        ),
        ...assumptions.map((one) =>
          ['assume', one.id, one.kwhPerIpDay, '', one.title[globals.lang], one.source[globals.lang]].join(
            '\t',
          ),
        ),
      ];
  await writeChunks(
    lines.map((line) => `${line}\n`),
    process.stdout,
  );
}

function toFactorsObject({ id, year, source, coalKgPerKwh, co2KgPerKwh }: FactorSet) {
  return { id, year, source: source.en, coal_kg_per_kwh: coalKgPerKwh, co2_kg_per_kwh: co2KgPerKwh };
}

function toAssumptionObject({ id, source, kwhPerIpDay }: Assumption) {
  return { id, source: source.en, kwh_per_ip_day: kwhPerIpDay };
}

function factorsById({ factors }: AccountingFactors, id: string): FactorSet {
  const found = factors.find((one) => one.id === id);
  if (found !== undefined) return found;
  const known = factors.map((one) => one.id);
  throw new UsageError('factors-unknown', phrase`--factors ${id}: expected one of ${known}`);
}

function assumptionById({ assumptions }: AccountingFactors, id: string): Assumption {
  const found = assumptions.find((one) => one.id === id);
  if (found !== undefined) return found;
  const known = assumptions.map((one) => one.id);
  throw new UsageError('assumption-unknown', phrase`--assume ${id}: expected one of ${known}`);
}
