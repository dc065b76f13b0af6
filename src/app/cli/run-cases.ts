import { UsageError } from '../../base/errors.js';
import { parseIp } from '../../base/ip.js';
import { phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { explainCase } from '../../deliver/print/case-brief.js';
import type { ListColumn } from '../../deliver/print/listing.js';
import { officeMessage } from '../../deliver/print/messages/office-messages.js';
import { toCaseObject } from '../../deliver/print/office-json.js';
import { labelled } from '../../deliver/print/translate.js';
import { openStore, type Store } from '../../deliver/store/index.js';
import { LEAST_QUIET_DAYS, MAX_DAYS } from '../../detect/cases/coverage.js';
import { type CaseChange, quietOf } from '../../detect/cases/follow-up.js';
import { type ActionData, isOverdue, nextState, repeatLevel } from '../../detect/cases/states.js';
import { FINDINGS_ZH, METHODS_ZH } from '../../intake/tables/results.js';
import {
  CASE_STATES,
  type Case,
  type CaseAction,
  type CaseState,
  CHECK_METHODS,
  FINDINGS,
} from '../../model/case.js';
import type { Unit } from '../../model/unit.js';
import { type CaseStep, openOn, stepOf, updateCases } from '../pipeline/cases.js';
import { loadRules } from '../pipeline/load-rules.js';
import { loadRegister } from '../pipeline/register.js';
import { positivesOf } from '../pipeline/sightings.js';
import { describeChanges } from './case-changes.js';
import { datesOfDocument, deedOf, parseDay, parseOffset, today } from './deed.js';
import type { DeedOptions } from './deed-options.js';
import { parseCount } from './filters.js';
import { type GlobalOptions, wantsColor } from './globals.js';
import { remark, writeList } from './list-output.js';

interface Chosen extends DeedOptions {
  readonly unit: readonly string[];
}

export interface CasesListOptions {
  readonly state?: string;
  readonly unit?: string;
  readonly region?: string;
  readonly overdue: boolean;
}

export interface CasesReferOptions extends Chosen {
  readonly document: string;
  readonly date?: string;
  readonly deadline?: string;
}

export interface CasesResultOptions extends Chosen {
  readonly finding: string;
  readonly method: string;
  readonly date?: string;
  readonly machines?: string;
  readonly computers?: string;
  readonly coins?: string;
  readonly notes?: string;
}

export interface CasesClaimOptions extends Chosen {
  readonly date?: string;
}

export interface CasesPlanOptions {
  readonly teams: string;
  readonly units: string;
  readonly seed: string;
}

/** Characters of free text in a case. */
const MAX_NOTES = 2000;

export async function updateAll(globals: GlobalOptions): Promise<void> {
  const rules = await loadRules(globals.rules);
  const store = openStore(globals.db);
  try {
    const changes = updateCases(store, rules, loadRegister(store), Date.now() * 1000);
    if (globals.json) await writeChunks(changes.map(changeLine), process.stdout);
    remark(describeChanges(changes, globals.lang), globals);
  } finally {
    store.close();
  }
}

function changeLine({ action, reason, after, before }: CaseChange): string {
  const change = { action, reason, from: before?.state ?? null, to: after.state };
  return `${JSON.stringify({ schema: 'rigwatch.case-change/1', case: after.caseId, ...change })}\n`;
}

export async function openCases(
  texts: readonly string[],
  options: DeedOptions,
  globals: GlobalOptions,
): Promise<void> {
  const ips = texts.map((text) => {
    const ip = parseIp(text);
    if (ip === null)
      throw new UsageError(
        'address-invalid',
        phrase`${text}: expected an IPv4 or IPv6 address with a verdict`,
      );
    return ip;
  });
  const deed = deedOf(options);
  const store = openStore(globals.db);
  try {
    // One after the other: the second may belong to the case of the first.
    for (const ip of new Set(ips)) {
      const opened = openOn(store, ip, deed);
      store.office.saveCases([opened]);
      await tell([opened], globals);
    }
  } finally {
    store.close();
  }
}

interface CaseLine {
  readonly one: Case;
  readonly unit: Unit | null;
  readonly isOverdue: boolean;
}

const day = (timeUs: number | null | undefined) =>
  timeUs === null || timeUs === undefined ? '' : (formatTime(timeUs) ?? '?').slice(0, 10);

const CASE_LIST: readonly ListColumn<CaseLine>[] = [
  { name: 'case', title: 'column.case', align: 'right', value: ({ one }) => String(one.caseId) },
  {
    name: 'state',
    title: 'column.state',
    value: ({ one }) => one.state,
    cell: ({ one, isOverdue: late }, language) =>
      officeMessage(language, `state.${one.state}`) +
      (late ? ` (${officeMessage(language, 'cases.overdue')})` : ''),
  },
  {
    name: 'repeat',
    title: 'column.repeat',
    value: ({ one }) => String(repeatLevel(one)),
    cell: ({ one }, language) => officeMessage(language, `repeat.${repeatLevel(one)}`),
  },
  { name: 'unit_id', title: 'column.unit_id', value: ({ one }) => one.unitId ?? '' },
  { name: 'name', title: 'column.name', value: ({ unit }) => unit?.name ?? '' },
  { name: 'region', title: 'column.region', value: ({ unit }) => unit?.region ?? unit?.regionCode ?? '' },
  {
    name: 'ips',
    title: 'column.ips',
    value: ({ one }) => one.marks.ips.join(','),
    cell: ({ one }) =>
      `${one.marks.ips[0] ?? ''}${one.marks.ips.length > 1 ? ` +${one.marks.ips.length - 1}` : ''}`,
  },
  { name: 'opened', title: 'column.opened', value: ({ one }) => day(one.openedUs) },
  { name: 'document', title: 'column.document', value: ({ one }) => one.referral?.document ?? '' },
  { name: 'deadline', title: 'column.deadline', value: ({ one }) => deadline(one) },
  {
    name: 'result',
    title: 'column.check',
    value: ({ one }) => one.check?.finding ?? '',
    cell: ({ one }, language) =>
      one.check === null ? '' : officeMessage(language, `finding.${one.check.finding}`),
  },
];

/** The last day of the deadline, which is stored as the moment after it. */
function deadline({ referral }: Case): string {
  return referral?.deadlineUs == null ? '' : day(referral.deadlineUs - 1);
}

export async function listCases(options: CasesListOptions, globals: GlobalOptions): Promise<void> {
  const states = options.state === undefined ? undefined : parseStates(options.state);
  const nowUs = Date.now() * 1000;
  const store = openStore(globals.db, { readOnly: true });
  try {
    const units = new Map(store.office.loadUnitNames().map((unit) => [unit.id, unit]));
    const lines = store.office
      .cases({
        ...(states === undefined ? {} : { states }),
        ...(options.unit === undefined ? {} : { unit: options.unit }),
      })
      .map((one) => ({
        one,
        unit: one.unitId === null ? null : (units.get(one.unitId) ?? null),
        isOverdue: isOverdue(one, nowUs),
      }))
      .filter(({ unit }) =>
        options.region === undefined ? true : [unit?.region, unit?.regionCode].includes(options.region),
      )
      .filter((line) => !options.overdue || line.isOverdue);
    await writeList(CASE_LIST, lines, (line) => toCaseObject(line.one), globals);
  } finally {
    store.close();
  }
}

function parseStates(text: string): CaseState[] {
  return text.split(',').map((word) => {
    const state = CASE_STATES.find((name) => name === word.trim().toLowerCase());
    if (state !== undefined) return state;
    throw new UsageError('state-unknown', phrase`--state ${text}: expected some of ${CASE_STATES.join(',')}`);
  });
}

export async function showCase(
  id: string,
  options: Pick<DeedOptions, 'utcOffset'>,
  globals: GlobalOptions,
): Promise<void> {
  const utcOffsetMinutes = parseOffset(options.utcOffset);
  const store = openStore(globals.db, { readOnly: true });
  try {
    const one = loadCase(store, id);
    const trail = store.office.trail(`case ${one.caseId}`);
    if (globals.json)
      return await writeChunks([`${JSON.stringify(toCaseObject(one, trail))}\n`], process.stdout);
    const unit = store.office.loadUnitNames().find((known) => known.id === one.unitId) ?? null;
    const isWatched = one.state === 'claimed' || one.state === 'watch';
    const register = isWatched ? loadRegister(store) : null;
    const positives = (address: { ip: string; unitId: string | null }) =>
      positivesOf(address, store, register);
    const report = isWatched ? quietOf(one, positives, store.coveredTimes(), Date.now() * 1000) : null;
    const quiet = report === null ? null : { ...report, leastDays: LEAST_QUIET_DAYS, mostDays: MAX_DAYS };
    const { stdout } = process;
    const text = explainCase(
      { one, unit, trail, quiet, repeat: repeatLevel(one), utcOffsetMinutes },
      {
        language: globals.lang,
        color: wantsColor(globals, stdout),
        width: stdout.isTTY ? stdout.columns : null,
      },
    );
    await writeChunks([`${text}\n`], stdout);
  } finally {
    store.close();
  }
}

function loadCase(store: Store, text: string): Case {
  const one = store.office.loadCase(parseCount('case', text));
  if (one !== null) return one;
  throw new UsageError(
    'case-unknown',
    phrase`case ${text}: expected the number of a case (see rigwatch cases list)`,
  );
}

export async function referCases(
  ids: readonly string[],
  options: CasesReferOptions,
  globals: GlobalOptions,
): Promise<void> {
  const offset = parseOffset(options.utcOffset);
  const deed = deedOf(options);
  const referral = {
    document: options.document.slice(0, MAX_NOTES),
    ...datesOfDocument(options, offset, deed.atUs),
  };
  await step('refer', ids, options, { referral }, globals);
}

export async function enterResult(
  ids: readonly string[],
  options: CasesResultOptions,
  globals: GlobalOptions,
): Promise<void> {
  const offset = parseOffset(options.utcOffset);
  const deed = deedOf(options);
  const count = (option: string, text: string | undefined) =>
    text === undefined ? null : parseCount(option, text);
  const coins = (options.coins ?? '').toUpperCase().split(/[\s,;]+/);
  const check = {
    method: oneOf('--method', options.method, CHECK_METHODS, METHODS_ZH),
    finding: oneOf('--finding', options.finding, FINDINGS, FINDINGS_ZH),
    dateUs: options.date === undefined ? today(offset, deed.atUs) : parseDay('--date', options.date, offset),
    machinesSealed: count('--machines', options.machines),
    computersSealed: count('--computers', options.computers),
    coins: coins.filter((ticker) => ticker !== ''),
    notes: options.notes?.slice(0, MAX_NOTES) ?? null,
  };
  await step('result', ids, options, { check }, globals);
}

/** In English, or in Chinese as the tables of results have it. */
function oneOf<Word extends string>(
  option: string,
  text: string,
  words: readonly Word[],
  chinese: Readonly<Record<string, Word>>,
): Word {
  const typed = text.trim().toLowerCase();
  const word =
    words.find((one) => one === typed) ?? (Object.hasOwn(chinese, typed) ? chinese[typed] : undefined);
  if (word !== undefined) return word;
  throw new UsageError('word-unknown', phrase`${option} ${text}: expected one of ${words}`);
}

export async function claimRectified(
  ids: readonly string[],
  options: CasesClaimOptions,
  globals: GlobalOptions,
): Promise<void> {
  const offset = parseOffset(options.utcOffset);
  const { atUs } = deedOf(options);
  const from = options.date === undefined ? today(offset, atUs) : parseDay('--date', options.date, offset);
  const claimedUs =
    options.date === undefined ? from + 86_400e6 : parseDay('--date', options.date, offset, true);
  if (from > atUs)
    throw new UsageError('date-invalid', phrase`--date ${options.date ?? ''}: expected a day that has come`);
  await step('rectify', ids, options, { claimedUs }, globals);
}

export async function simpleStep(
  action: 'close' | 'reopen' | 'note',
  ids: readonly string[],
  options: CasesClaimOptions,
  globals: GlobalOptions,
): Promise<void> {
  if ((options.why ?? '').trim() === '')
    throw new UsageError('why-missing', phrase`cases ${action}: expected --why TEXT`);
  await step(action, ids, options, {}, globals);
}

async function step(
  action: CaseAction,
  ids: readonly string[],
  options: Chosen,
  data: ActionData,
  globals: GlobalOptions,
): Promise<void> {
  const deed = deedOf(options);
  await change(globals, (store) =>
    choose(store, action, ids, options.unit).map((one) => stepOf(one, action, deed, data)),
  );
}

/** Cases by number, all of which must be in a state for the action, and those of units that are. */
function choose(store: Store, action: CaseAction, ids: readonly string[], units: readonly string[]): Case[] {
  const chosen = new Map<number, Case>();
  for (const id of ids) {
    const one = loadCase(store, id);
    chosen.set(one.caseId, one);
  }
  for (const unit of units)
    for (const one of store.office.cases({ unit }))
      if (nextState(one.state, action) !== null) chosen.set(one.caseId, one);
  if (chosen.size > 0) return [...chosen.values()];
  throw new UsageError(
    'case-missing',
    units.length === 0
      ? phrase`cases ${action}: expected the number of a case, or --unit ID`
      : phrase`--unit ${units.join(' ')}: expected a unit with a case in a state for ${action}`,
  );
}

/** All steps or none; prints the cases as they are then. */
async function change(globals: GlobalOptions, make: (store: Store) => readonly CaseStep[]): Promise<void> {
  const store = openStore(globals.db);
  try {
    const steps = make(store);
    store.office.saveCases(steps);
    await tell(steps, globals);
  } finally {
    store.close();
  }
}

async function tell(steps: readonly CaseStep[], { json, lang, quiet }: GlobalOptions): Promise<void> {
  if (json) {
    const lines = steps.map(({ after }) => `${JSON.stringify(toCaseObject(after))}\n`);
    return await writeChunks(lines, process.stdout);
  }
  for (const { after } of steps) {
    const title = officeMessage(lang, 'show.title', { id: after.caseId });
    remark(labelled(lang, title, officeMessage(lang, `state.${after.state}`)), { quiet });
  }
}
