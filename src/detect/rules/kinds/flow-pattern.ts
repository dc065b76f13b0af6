import { type Phrase, phrase } from '../../../base/phrase.js';
import {
  type FlowPattern,
  PATTERN_FEATURES,
  type PatternFeature,
  type PatternFeatures,
} from '../../../model/flow-pattern.js';
import {
  type FlowPatternRule,
  type PatternExample,
  type PatternPoint,
  type Rule,
  UNBOUNDED,
} from '../../../model/rule.js';
import { runExamples } from '../syntax/examples.js';
import { count, list, located, nullable, number, object, oneOf, optional, text } from '../syntax/shape.js';
import { examplesOf, head, type RuleKind, requireExample, weighing } from './rule-kind.js';

/** No single group of weak features may say more (detection.md §4.3). */
const MOST_BANS = 1.5;

const value = number(phrase`a value of the feature`, 0, UNBOUNDED);

const point = object({
  feature: oneOf(PATTERN_FEATURES),
  min: optional(value, 0),
  max: optional(value, UNBOUNDED),
  bans: number(phrase`bans`, -3, MOST_BANS),
});

const features: Record<PatternFeature, typeof value> = {
  bytesPerPacket: value,
  packetsPerMinute: value,
  underwayShare: value,
  openedShare: value,
  closedShare: value,
  coverage: value,
  longestGapSeconds: value,
  variation: value,
  portChangesPerHour: value,
  clients: value,
  serverPort: value,
};

const example = located(
  object({
    name: text(phrase`what the example shows`, { max: 120 }),
    features: object({
      ...features,
      underwayShare: nullable(value),
      openedShare: nullable(value),
      closedShare: nullable(value),
      variation: nullable(value),
    }),
  }),
);

const shape = object({
  ...head,
  ...weighing,
  minRecords: count(phrase`records`, 3, 100_000),
  minMinutes: count(phrase`minutes`, 30, 1440),
  least: number(phrase`bans`, 0, MOST_BANS),
  points: list(point, 100),
  examples: examplesOf(example),
});

/** What the flow records of a client with a server weigh: group B, never more than weak. */
export const flowPatternKind: RuleKind = {
  name: 'flow-pattern',
  summary: 'what the flow records between a client and a server port weigh',
  schema: shape.schema,
  read(node, report, place): Rule {
    const rule = shape.read(node, report);
    if (rule.strength !== 'weak') report(place.line, phrase`expected strength: weak, found ${rule.strength}`);
    if (rule.weight > MOST_BANS)
      report(place.line, phrase`expected a weight of at most ${MOST_BANS}, found ${rule.weight}`);
    if (rule.points.length === 0) report(place.line, phrase`expected at least one entry in points`);
    requireExample(rule, report, place);
    return { kind: 'flow-pattern', ...rule, ...place };
  },
  examples: (rule) =>
    rule.kind === 'flow-pattern' ? runExamples(rule.examples, (facts) => holds(rule, facts)) : [],
};

function holds(rule: FlowPatternRule, facts: PatternExample): boolean {
  return bansOf(rule, pointsOf(rule, facts.features)) >= rule.least;
}

/** Null: too little was seen, or it does not look like mining. `excerpt` names every point. */
export function weighPattern(
  rule: FlowPatternRule,
  { records, startUs, timeUs, features }: FlowPattern,
): { readonly bans: number; readonly excerpt: Phrase } | null {
  const minutes = (timeUs - startUs) / 60e6;
  if (records < rule.minRecords || minutes < rule.minMinutes) return null;
  const points = pointsOf(rule, features);
  const bans = bansOf(rule, points);
  if (bans < rule.least) return null;
  const named = points.map(
    ({ feature, bans }) => `${feature} ${shown(features[feature])} ${bans < 0 ? '' : '+'}${bans}`,
  );
  return { bans, excerpt: phrase`${records} records in ${Math.round(minutes)} min: ${named.join('; ')}` };
}

/** Of each feature the first range that holds. */
function pointsOf(rule: FlowPatternRule, features: PatternFeatures): readonly PatternPoint[] {
  const found = new Map<PatternFeature, PatternPoint>();
  for (const point of rule.points) {
    const known = features[point.feature];
    if (known !== null && !found.has(point.feature) && known >= point.min && known <= point.max)
      found.set(point.feature, point);
  }
  return [...found.values()];
}

function bansOf(rule: FlowPatternRule, points: readonly PatternPoint[]): number {
  const sum = points.reduce((total, { bans }) => total + bans, 0);
  return Math.round(Math.min(rule.weight, sum) * 1000) / 1000;
}

function shown(value: number | null): string {
  return value === null ? 'unknown' : String(value < 10 ? Math.round(value * 100) / 100 : Math.round(value));
}
