import { printable } from '../../base/text.js';
import { formatDay, formatZoned } from '../../base/time.js';
import type { Case, CaseEvent } from '../../model/case.js';
import type { Language } from '../../model/language.js';
import { categoryTitle } from '../../model/titles.js';
import type { Unit } from '../../model/unit.js';
import { bold } from './format.js';
import type { ListOptions } from './listing.js';
import { type OfficeKey, officeMessage, officeWord } from './messages/office-messages.js';
import { enumerated, labelled } from './translate.js';
import { wrapToWidth } from './width.js';

/** Names of one kind, and lines of the trail, that are shown; the rest is counted. */
const MAX_NAMES = 12;
const MAX_TRAIL = 100;
const DEFAULT_WIDTH = 100;
const DAY_US = 86_400e6;

export interface CaseFacts {
  readonly one: Case;
  readonly unit: Unit | null;
  readonly trail: readonly CaseEvent[];
  readonly quiet: {
    readonly quietDays: number;
    readonly neededDays: number;
    readonly coverage: number;
    /** The longest pause before the claim, and its days that the inputs cover. */
    readonly pause: {
      readonly fromUs: number;
      readonly toUs: number;
      readonly coveredDays: number;
    } | null;
    /** Needed in any case; looked at, at most. */
    readonly leastDays: number;
    readonly mostDays: number;
  } | null;
  readonly repeat: 0 | 1 | 2 | 3;
  /** Zone in which days and times are told. */
  readonly utcOffsetMinutes: number;
}

/** One case for people; ends without a line feed. */
export function explainCase(facts: CaseFacts, options: ListOptions): string {
  const { one, unit, trail, quiet, repeat, utcOffsetMinutes } = facts;
  const { language, color } = options;
  const width = Math.max(40, options.width ?? DEFAULT_WIDTH);
  const say = (key: OfficeKey, values: Record<string, string | number> = {}) =>
    officeMessage(language, key, values);
  const dayOf = (timeUs: number, end = false) => formatDay(timeUs, utcOffsetMinutes, end) ?? '?';
  const lines: string[] = [];
  const add = (key: OfficeKey, text: string) =>
    lines.push(labelled(language, say(key), printable(text, 2000)));
  if (one.unitId !== null) {
    const category = unit?.category == null ? null : categoryTitle(language, unit.category);
    const facts = [one.unitId, unit?.name ?? null, category, unit?.region ?? null];
    add('show.unit', facts.filter((text) => text !== null).join(' · '));
  }
  const level = say(`repeat.${repeat}`);
  add('show.state', `${say(`state.${one.state}`)}${level === '' ? '' : ` (${level})`}`);
  if (one.referral !== null) {
    const { document, dateUs, deadlineUs } = one.referral;
    const due = deadlineUs === null ? '' : ` · ${say('column.deadline')} ${dayOf(deadlineUs, true)}`;
    add('show.referral', `${document} · ${dayOf(dateUs)}${due}`);
  }
  if (one.check !== null) {
    const { method, finding, dateUs, machinesSealed, computersSealed, coins, notes } = one.check;
    const sealed =
      machinesSealed === null && computersSealed === null
        ? null
        : say('show.sealed', { machines: machinesSealed ?? '?', computers: computersSealed ?? '?' });
    const facts = [
      say(`finding.${finding}`),
      say(`method.${method}`),
      dayOf(dateUs),
      sealed,
      coins.join(' '),
      notes,
    ];
    add('show.check', facts.filter((text) => text !== null && text !== '').join(' · '));
  }
  if (one.claimedUs !== null) add('show.claimed', dayOf(one.claimedUs, true));
  if (quiet !== null) lines.push(...quietLines(one.caseId, quiet, say, dayOf));
  const marks = (['ips', 'wallets', 'workers', 'peers'] as const).flatMap((kind) =>
    one.marks[kind].length === 0
      ? []
      : [labelled(language, say(`mark.${kind}`), listed(one.marks[kind], language))],
  );
  const events = trail
    .slice(-MAX_TRAIL)
    .map(({ atUs, actor, action, why, detail }) =>
      printable(
        [
          formatZoned(atUs, utcOffsetMinutes) ?? '?',
          actor,
          officeWord(language, 'action', action),
          officeWord(language, 'why', why),
          listed(addedAddresses(detail), language),
        ]
          .filter((part) => part !== '')
          .join(' · '),
        2000,
      ),
    );
  const section = (title: string, body: readonly string[]) =>
    body.length === 0 ? [] : ['', bold(title, color), ...body.flatMap((line) => indented(line, width))];
  return [
    bold(say('show.title', { id: one.caseId }), color),
    ...lines.flatMap((line) => indented(line, width)),
    ...section(say('show.marks'), marks),
    ...section(say('show.trail'), events),
  ].join('\n');
}

/** Addresses that an entry of the trail brought to the case. */
function addedAddresses({ marks }: CaseEvent['detail']): string[] {
  const ips = typeof marks === 'object' && marks !== null && 'ips' in marks ? marks.ips : null;
  return Array.isArray(ips) ? ips.map(String) : [];
}

/** How far the quiet has come, why so much of it is asked for, and what to do where that never comes. */
function quietLines(
  id: number,
  quiet: NonNullable<CaseFacts['quiet']>,
  say: (key: OfficeKey, values?: Record<string, string | number>) => string,
  dayOf: (timeUs: number) => string,
): string[] {
  const { quietDays, neededDays, coverage, pause, leastDays, mostDays } = quiet;
  const lines = [
    say('show.quiet', { quiet: quietDays, needed: neededDays, coverage: Math.floor(coverage * 100) }),
  ];
  if (pause === null || neededDays <= leastDays) lines.push(say('show.quiet-least', { least: leastDays }));
  else {
    const days = Math.ceil((pause.toUs - pause.fromUs) / DAY_US);
    const { coveredDays: covered } = pause;
    lines.push(say('show.quiet-pause', { days, from: dayOf(pause.fromUs), to: dayOf(pause.toUs), covered }));
    if (covered < days / 2) lines.push(say('show.quiet-unseen'));
  }
  if (neededDays > mostDays)
    lines.push(say('show.quiet-never', { most: mostDays }), `rigwatch cases close ${id} --why …`);
  return lines;
}

function indented(line: string, width: number): string[] {
  const [first = '', ...rest] = wrapToWidth(line, width - 4);
  return [`  ${first}`, ...rest.map((text) => `    ${text}`)];
}

function listed(values: readonly string[], language: Language): string {
  const shown = values.slice(0, MAX_NAMES).map((value) => printable(value));
  return enumerated(language, shown) + (values.length > MAX_NAMES ? ` +${values.length - MAX_NAMES}` : '');
}
