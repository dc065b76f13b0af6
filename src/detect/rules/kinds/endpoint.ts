import { phrase } from '../../../base/phrase.js';
import { DAY_US } from '../../../base/time.js';
import type { EndpointBasis, EndpointExample, EndpointRule, Guards, Rule } from '../../../model/rule.js';
import { POOL_KINDS, POOL_ROLES, type PoolRow, type PoolUse } from '../../../model/rule-table.js';
import { runExamples } from '../syntax/examples.js';
import { count, list, located, nullable, number, object, oneOf, optional, text } from '../syntax/shape.js';
import { lists, normalName, PoolIndex } from '../tables/pool-book.js';
import { examplesOf, head, type RuleKind, requireExample, weighing } from './rule-kind.js';

export const BASES: readonly [EndpointBasis, ...EndpointBasis[]] = [
  'sni',
  'certificate',
  'http-host',
  'named',
  'dns-lookup',
  'dns-flow',
  'dns-flow-shared',
  'ip-port',
  'ip',
  'web-miner',
];

const port = count(phrase`a port`, 0, 65_535);

const example = located(
  object({
    name: text(phrase`what the example shows`, { max: 120 }),
    pool: object({
      host: text(phrase`a name or an address`, { max: 253 }),
      kind: oneOf(POOL_KINDS),
      role: oneOf(POOL_ROLES),
      ports: optional(list(port, 64), []),
    }),
    host: nullable(text(phrase`the name that was looked up, or that the client gave`, { max: 253 })),
    port: optional(port, 0),
  }),
);

const shape = object({
  ...head,
  ...weighing,
  basis: oneOf(BASES),
  domainWeight: optional(number(phrase`a weight in bans`, 0, 9), 0),
  halfLifeDays: nullable(number(phrase`days`, 1, 36_500)),
  examples: examplesOf(example),
});

/** What contact with a listed pool weighs: group E. */
export const endpointKind: RuleKind = {
  name: 'endpoint',
  summary: 'what contact with a listed pool weighs',
  schema: shape.schema,
  read(node, report, place): Rule {
    const rule = shape.read(node, report);
    if (rule.strength === 'decisive')
      report(place.line, phrase`expected strength strong or weak, found decisive`);
    requireExample(rule, report, place);
    return { kind: 'endpoint', ...rule, ...place };
  },
  examples: (rule, rules) =>
    rule.kind === 'endpoint' ? runExamples(rule.examples, (facts) => holds(rule, facts, rules.guards)) : [],
};

function holds(rule: EndpointRule, { pool, host, port }: EndpointExample, guards: Guards): boolean {
  const row: PoolRow = {
    ...pool,
    tlsPorts: [],
    operator: null,
    coins: [],
    region: null,
    country: null,
    confidence: 'high',
    source: '',
    firstUs: 0,
    lastUs: 0,
    file: rule.file,
    line: rule.line,
  };
  const book = new PoolIndex([row]);
  const name = host === null ? null : normalName(host);
  const found = name === null ? row : book.ofName(name);
  if (found === null || (rule.basis === 'ip-port' && !lists(found, port))) return false;
  const use = book.useOf(found, name);
  return (
    weighContact(rule, { row, use, port: port || null, timeUs: 0, exclusivity: 1, answered: true }, guards) >
    0
  );
}

/** How an address met a listed endpoint. */
export interface Contact {
  readonly row: PoolRow;
  readonly use: PoolUse;
  /** Of the pool; null where no connection was seen, or content speaks for itself. */
  readonly port: number | null;
  readonly timeUs: number;
  /** Share of the names of the address that belong to the pool; 1 where the client named the pool. */
  readonly exclusivity: number;
  /** The connection itself names another host. */
  readonly namesOther?: boolean;
  /** The pool's side sent payload. */
  readonly answered: boolean;
}

/** How old a row without dates is taken to be. */
const UNDATED_DAYS = 30;

/** Bans: the rule's weight, made smaller by what is uncertain about the list, the address and the contact. */
export function weighContact(rule: EndpointRule, contact: Contact, guards: Guards): number {
  const { row, use, port, exclusivity } = contact;
  if (use === 'site' || (use === 'web-miner') !== (rule.basis === 'web-miner')) return 0;
  if (exclusivity < guards.sharedHosting.minExclusivity) return 0;
  let weight = use === 'domain' ? rule.domainWeight : rule.weight;
  weight *= guards.listConfidence[row.confidence] * exclusivity;
  if (rule.halfLifeDays !== null) weight *= 2 ** (-ageDays(row, contact.timeUs) / rule.halfLifeDays);
  if (port !== null && guards.webPort.ports.includes(port) && !lists(row, port))
    weight *= guards.webPort.factor;
  if (contact.namesOther === true) weight *= guards.otherName.factor;
  return contact.answered ? weight : weight * guards.attempted.factor;
}

/** Days between the traffic and the time in which sources listed the row; 0 inside. */
function ageDays(row: PoolRow, timeUs: number): number {
  if (row.firstUs === null && row.lastUs === null) return UNDATED_DAYS;
  const first = row.firstUs ?? row.lastUs ?? 0;
  const last = row.lastUs ?? first;
  return Math.max(0, first - timeUs, timeUs - last) / DAY_US;
}
