import { phrase } from '../../../base/phrase.js';
import { NO_ROLES } from '../../../model/observation.js';
import type { Role, Rule, StratumExample, StratumRule } from '../../../model/rule.js';
import { runExamples } from '../syntax/examples.js';
import {
  boolean,
  count,
  list,
  located,
  nullable,
  object,
  oneOf,
  optional,
  someOf,
  text,
} from '../syntax/shape.js';
import { containsToken } from '../tables/agents.js';
import { examplesOf, head, type RuleKind, requireExample, weighing } from './rule-kind.js';

const ROLES = Object.keys(NO_ROLES) as [Role, ...Role[]];
const role = oneOf(ROLES);
const MAX_COUNT = 1_000_000;
const counts = someOf(ROLES, count(phrase`a count`, 0, MAX_COUNT));
const names = list(text(phrase`a name`, { max: 64 }), 64);

const example = located(
  object({
    name: text(phrase`what the example shows`, { max: 120 }),
    dialect: text(phrase`the name of a dialect`, { max: 64 }),
    roles: counts,
    proved: optional(count(phrase`a count`, 0, MAX_COUNT), 0),
    bothDirections: optional(boolean(phrase`payload went both ways`), true),
    wrappers: optional(names, []),
    agents: optional(names, []),
  }),
);

const shape = object({
  ...head,
  ...weighing,
  dialects: optional(names, ['*']),
  exceptDialects: optional(names, []),
  match: object({
    all: optional(counts, {}),
    any: optional(list(list(role, 16), 8), []),
    total: nullable(object({ of: list(role, 16), min: count(phrase`a count`, 1, MAX_COUNT) })),
    proved: optional(count(phrase`a count`, 0, MAX_COUNT), 0),
    bothDirections: nullable(boolean(phrase`payload went both ways`)),
    wrappers: optional(names, []),
    agents: optional(names, []),
  }),
  supersedes: optional(list(text(phrase`an item`, { max: 4 }), 16), []),
  encrypted: optional(boolean(phrase`only the shape of encrypted content was seen`), false),
  examples: examplesOf(example),
});

/** What a pool protocol session must have shown: group P. */
export const stratumKind: RuleKind = {
  name: 'stratum',
  summary: 'what a session of a pool protocol must have shown',
  schema: shape.schema,
  read(node, report, place): Rule {
    const rule = shape.read(node, report);
    requireExample(rule, report, place);
    if (rule.id.includes('*') && !rule.dialects.includes('*') && rule.dialects.length === 0)
      report(place.line, phrase`expected at least one dialect`);
    return { kind: 'stratum', ...rule, ...place };
  },
  examples: (rule) =>
    rule.kind === 'stratum' ? runExamples(rule.examples, (facts) => matchesStratum(rule, facts)) : [],
};

/** The part of a session that stratum rules look at. */
export type StratumFacts = Pick<
  StratumExample,
  'dialect' | 'roles' | 'proved' | 'bothDirections' | 'wrappers' | 'agents'
>;

export function matchesStratum(rule: StratumRule, facts: StratumFacts): boolean {
  if (!speaksOf(rule, facts.dialect)) return false;
  const { all, any, total, proved, bothDirections, wrappers, agents } = rule.match;
  const seen = (one: Role) => facts.roles[one] ?? 0;
  for (const one of ROLES) if (seen(one) < (all[one] ?? 0)) return false;
  if (!any.every((group) => group.some((one) => seen(one) > 0))) return false;
  if (total !== null && total.of.reduce((sum, one) => sum + seen(one), 0) < total.min) return false;
  if (facts.proved < proved) return false;
  if (bothDirections !== null && bothDirections !== facts.bothDirections) return false;
  if (wrappers.length > 0 && !wrappers.some((wrapper) => facts.wrappers.includes(wrapper))) return false;
  return (
    agents.length === 0 || agents.some((token) => facts.agents.some((agent) => containsToken(agent, token)))
  );
}

function speaksOf(rule: StratumRule, dialect: string): boolean {
  return (
    rule.dialects.includes(dialect) || (rule.dialects.includes('*') && !rule.exceptDialects.includes(dialect))
  );
}

/** The id that evidence carries: `stratum.*.login` said of `cryptonote` is `stratum.cryptonote.login`. */
export function idFor(rule: StratumRule, dialect: string): string {
  return rule.id.replace('*', dialect);
}
