import { printable } from '../../base/text.js';
import { formatDay, formatZoned } from '../../base/time.js';
import type { Case, CaseEvent } from '../../model/case.js';
import type { Language } from '../../model/rule.js';
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

export interface CaseFacts {
  readonly one: Case;
  readonly unit: Unit | null;
  readonly trail: readonly CaseEvent[];
  readonly quiet: {
    readonly quietDays: number;
    readonly neededDays: number;
    readonly coverage: number;
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
  if (quiet !== null)
    lines.push(
      say('show.quiet', {
        quiet: quiet.quietDays,
        needed: quiet.neededDays,
        coverage: Math.floor(quiet.coverage * 100),
      }),
    );
  const marks = (['ips', 'wallets', 'workers', 'peers'] as const).flatMap((kind) =>
    one.marks[kind].length === 0
      ? []
      : [labelled(language, say(`mark.${kind}`), listed(one.marks[kind], language))],
  );
  const events = trail
    .slice(-MAX_TRAIL)
    .map(({ atUs, actor, action, why }) =>
      printable(
        [
          formatZoned(atUs, utcOffsetMinutes) ?? '?',
          actor,
          officeWord(language, 'action', action),
          officeWord(language, 'why', why),
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

function indented(line: string, width: number): string[] {
  const [first = '', ...rest] = wrapToWidth(line, width - 4);
  return [`  ${first}`, ...rest.map((text) => `    ${text}`)];
}

function listed(values: readonly string[], language: Language): string {
  const shown = values.slice(0, MAX_NAMES).map((value) => printable(value));
  return enumerated(language, shown) + (values.length > MAX_NAMES ? ` +${values.length - MAX_NAMES}` : '');
}
