import { Argument } from 'commander';
import { RigwatchError } from '../../base/errors.js';
import { CASE_STATES, CHECK_METHODS, FINDINGS } from '../../model/case.js';
import { REFERRAL_PROFILES } from '../../model/referral.js';
import type { RuleSet } from '../../model/rule.js';
import { LEVELS } from '../../model/verdict.js';
import type { Candidate, Place } from './candidates.js';
import type { GlobalOptions } from './globals.js';

type Known = readonly (string | Candidate)[];
type Globals = Pick<GlobalOptions, 'db' | 'rules' | 'lang'>;

/** Values of options that are not declared as choices, by the option as it is declared. */
const OF_OPTION: Readonly<Record<string, (globals: Globals) => Known | Promise<Known>>> = {
  '--level <LEVELS>': () => LEVELS,
  '--state <STATES>': () => CASE_STATES,
  '--finding <WORD>': () => FINDINGS,
  '--method <WORD>': () => CHECK_METHODS,
  '--profile <WORD>': () => [...REFERRAL_PROFILES, 'both'],
  '--letter <FORMATS>': () => ['docx', 'html'],
  '--by <GROUP>': async () => (await import('../../detect/accounting/account.js')).GROUPINGS,
  '--format <NAME>': async () =>
    (await import('../../intake/formats/index.js')).FORMATS.map(({ name }) => name),
  '--coin <TICKER>': async (globals) => [...(await rulesOf(globals)).coins.keys()],
  '--factors <ID>': async () => (await factors()).factors.map(({ id }) => id),
  '--assume <ID>': async () => (await factors()).assumptions.map(({ id }) => id),
  '--co2-factor <NAME>': async (globals) => factorNames(await rulesOf(globals), 'co2'),
  '--coal-factor <NAME>': async (globals) => factorNames(await rulesOf(globals), 'coal'),
  '--unit <ID>': units,
};

/** The same of arguments, by command and name. */
const OF_ARGUMENT: typeof OF_OPTION = {
  'export FORMAT': async () =>
    (await import('../../deliver/export/index.js')).EXPORTERS.map(({ name }) => name),
  'explain ID': async (globals) =>
    (await rulesOf(globals)).rules.map(({ id, title }) => ({ word: id, text: title[globals.lang] })),
  'schema KIND': async () => (await import('../../detect/rules/index.js')).schemas().map(({ name }) => name),
};

/** Options whose values are lists with commas. */
const LIST = /<(LEVELS|STATES|FORMATS)>$/;

/** What can stand for the value at this place; nothing where that is not known, or cannot be read. */
export async function valuesAt({ command, asked, typed }: Place, globals: Globals): Promise<Candidate[]> {
  if (asked === null) return [];
  const isArgument = asked instanceof Argument;
  const find = isArgument ? OF_ARGUMENT[`${command.name()} ${asked.name()}`] : OF_OPTION[asked.flags];
  const head = !isArgument && LIST.test(asked.flags) ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  try {
    const known = (await find?.(globals)) ?? [];
    return known
      .map((value) => (typeof value === 'string' ? { word: value, text: '' } : value))
      .map(({ word, text }) => ({ word: head + word, text }));
  } catch (error) {
    // No database yet, a fault in a rule file: whoever runs the command is told.
    if (error instanceof RigwatchError) return [];
    throw error;
  }
}

async function rulesOf({ rules }: Globals): Promise<RuleSet> {
  const { loadRules } = await import('../pipeline/load-rules.js');
  return await loadRules(rules);
}

async function factors() {
  const { loadFactors } = await import('../pipeline/load-factors.js');
  return await loadFactors();
}

function factorNames({ estimates }: RuleSet, kind: 'co2' | 'coal'): string[] {
  return estimates.factors.filter((factor) => factor.kind === kind).map(({ name }) => name);
}

async function units({ db }: Globals): Promise<Candidate[]> {
  const { openStore } = await import('../../deliver/store/index.js');
  const store = openStore(db, { readOnly: true });
  try {
    return store.office.loadUnitNames().map(({ id, name }) => ({ word: id, text: name }));
  } finally {
    store.close();
  }
}
