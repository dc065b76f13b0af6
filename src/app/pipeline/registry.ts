import { RuleError } from '../../base/errors.js';
import { type Cidr, isInCidr, parseCidr, parseIp } from '../../base/ip.js';
import { parseTime } from '../../base/time.js';
import { readCsv, readTable, type TableKind } from '../../detect/rules/csv.js';
import { Faults } from '../../detect/rules/faults.js';
import type { Clearance } from '../../detect/verdict/context.js';

/** A line of the registry of declared research: who may, where, from when until when. */
export interface Declaration {
  readonly block: Cidr;
  readonly name: string;
  readonly fromUs: number;
  /** End of its last day. */
  readonly untilUs: number;
}

/** A declaration without an end would never be asked for again. */
const MAX_YEARS = 10;
const DAY_US = 86_400e6;
const MAX_NAME = 200;

/** `address,name,from,until`: an address or a block, a name for the verdict, two dates (UTC, both days included). */
export const registryTable: TableKind<Declaration> = {
  name: 'registry',
  summary: 'declared research: addresses whose mining is known and allowed, with an end',
  columns: {
    address: 'address or block, such as 10.8.3.0/28',
    name: 'of the project, as verdicts show it',
    from: 'first day, YYYY-MM-DD (UTC)',
    until: `last day, at most ${MAX_YEARS} years later`,
    notes: 'for people: document number, contact',
  },
  required: ['address', 'name', 'from', 'until'],
  readRow(cell, report) {
    const text = cell('address');
    const block =
      parseIp(text) === null ? parseCidr(text) : parseCidr(`${text}/${text.includes(':') ? 128 : 32}`);
    const [from, until] = [dayOf(cell('from')), dayOf(cell('until'))];
    const name = cell('name').trim();
    if (block === null) report(`address: expected an address or a block, found "${text}"`);
    else if (name === '' || name.length > MAX_NAME) report(`name: expected 1 to ${MAX_NAME} characters`);
    else if (from === null || until === null) report('from, until: expected dates, YYYY-MM-DD');
    else if (until < from || until - from > MAX_YEARS * 366 * DAY_US)
      report(`until: expected a day from "from" on, at most ${MAX_YEARS} years later`);
    else return { block, name, fromUs: from, untilUs: until + DAY_US - 1 };
    return null;
  },
};

function dayOf(text: string): number | null {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? parseTime(`${text}T00:00:00Z`) : null;
}

/** Reads a registry. Throws RuleError with every fault. */
export function parseRegistry(path: string, text: string): readonly Declaration[] {
  const faults = new Faults();
  const rows = readTable(registryTable, readCsv(path, text, faults), faults);
  faults.throwIfAny();
  if (rows.length === 0)
    throw new RuleError([
      { file: path, line: 0, ruleId: null, message: 'expected at least one declaration' },
    ]);
  return rows.map(({ row }) => row);
}

/** What the registry says of an address: of several declarations the one that lasts longest. */
export function declaredBy(declarations: readonly Declaration[]): (ip: string) => Clearance | null {
  return (ip) => {
    const last = declarations
      .filter(({ block }) => isInCidr(ip, block))
      .reduce<Declaration | null>((a, b) => (a === null || b.untilUs > a.untilUs ? b : a), null);
    if (last === null) return null;
    return { atUs: last.fromUs, untilUs: last.untilUs, reason: last.name, isDeclared: true };
  };
}
