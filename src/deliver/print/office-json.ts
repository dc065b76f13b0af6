import { formatRange } from '../../base/address-range.js';
import { printable } from '../../base/text.js';
import { formatOffset, formatTime } from '../../base/time.js';
import type { Case, CaseEvent } from '../../model/case.js';
import type { DayHours, Declaration } from '../../model/declaration.js';
import type { Unit, UnitRange } from '../../model/unit.js';

/** What programs get of units, declarations and cases; texts of tables and traffic are made printable. */

const MAX_TEXT = 2000;
const text = (value: string | null) => (value === null ? null : printable(value, MAX_TEXT));
/** Depth of what a line of the trail keeps. */
const MAX_DEPTH = 8;
const time = (timeUs: number | null) => (timeUs === null ? null : formatTime(timeUs));

/** `rigwatch.unit/1`. */
export function toUnitObject(unit: Unit, ranges: number) {
  return {
    schema: 'rigwatch.unit/1',
    id: text(unit.id),
    name: text(unit.name),
    category: unit.category,
    region_code: text(unit.regionCode),
    region: text(unit.region),
    contacts: text(unit.contacts),
    ranges,
  };
}

/** A range as part of other objects. */
export function toRangeObject(range: UnitRange) {
  return {
    range: formatRange(range),
    unit: text(range.unitId),
    valid_from: time(range.fromUs),
    valid_to: time(range.toUs),
    ports: range.portFrom === null ? null : `${range.portFrom}-${range.portTo}`,
    kind: range.kind,
    isp: text(range.isp),
  };
}

/** `rigwatch.declaration/1`. */
export function toDeclarationObject(one: Declaration) {
  return {
    schema: 'rigwatch.declaration/1',
    reference: text(one.reference),
    unit: text(one.unitId),
    range: one.range === null ? null : formatRange(one.range),
    purpose: text(one.purpose),
    approver: text(one.approver),
    valid_from: time(one.fromUs),
    valid_to: time(one.toUs),
    coins: one.coins.map((ticker) => printable(ticker)),
    max_miners: one.maxMiners,
    hours: one.hours === null ? null : formatHours(one.hours),
    utc_offset: formatOffset(one.utcOffsetMinutes),
  };
}

/** `rigwatch.case/1`. */
export function toCaseObject(one: Case, trail: readonly CaseEvent[] = []) {
  const { referral, check, marks } = one;
  const texts = (values: readonly string[]) => values.map((value) => printable(value));
  return {
    schema: 'rigwatch.case/1',
    id: one.caseId,
    unit: text(one.unitId),
    state: one.state,
    opened: time(one.openedUs),
    recurrences: one.recurrences,
    ips: texts(marks.ips),
    wallets: texts(marks.wallets),
    workers: texts(marks.workers),
    peers: texts(marks.peers),
    referral:
      referral === null
        ? null
        : {
            document: text(referral.document),
            date: time(referral.dateUs),
            deadline: time(referral.deadlineUs),
          },
    check:
      check === null
        ? null
        : {
            method: check.method,
            finding: check.finding,
            date: time(check.dateUs),
            machines_sealed: check.machinesSealed,
            computers_sealed: check.computersSealed,
            coins: texts(check.coins),
            notes: text(check.notes),
          },
    claimed: time(one.claimedUs),
    closed: time(one.closedUs),
    trail: trail.map(({ eventId, atUs, actor, action, why, detail }) => ({
      event: eventId,
      at: time(atUs),
      actor: text(actor),
      action,
      why: text(why),
      detail: printableValue(detail, MAX_DEPTH),
    })),
  };
}

/** The same value with every text in it made printable. */
export function printableValue(value: unknown, depth = MAX_DEPTH): unknown {
  if (typeof value === 'string') return printable(value, MAX_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((item) => printableValue(item, depth - 1));
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
    printable(key),
    printableValue(item, depth - 1),
  ]);
  return Object.fromEntries(entries);
}

/** `08:00-20:00`. */
export function formatHours({ from, to }: DayHours): string {
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return `${clock(from)}-${clock(to)}`;
}
