import { type Phrase, phrase } from '../../../base/phrase.js';
import { PUSH_FEATURES, type PushFeature, type PushFeatures } from '../../../model/pushes.js';
import { type PushRule, type Rule, UNBOUNDED } from '../../../model/rule.js';
import { runExamples } from '../syntax/examples.js';
import { list, located, number, object, oneOf, optional, text } from '../syntax/shape.js';
import { examplesOf, head, type RuleKind, requireExample, weighing } from './rule-kind.js';

/** As long as it is not calibrated on a million conversations of one's own (detection.md §2.4). */
const MOST_BANS = 2.5;

const value = number(phrase`a value of the feature`, 0, UNBOUNDED);

const range = object({
  feature: oneOf(PUSH_FEATURES),
  min: optional(value, 0),
  max: optional(value, UNBOUNDED),
});

const features: Record<PushFeature, typeof value> = {
  count: value,
  seconds: value,
  modalShare: value,
  modalBytes: value,
  medianSeconds: value,
  serverShare: value,
  bytesPerMinute: value,
  answered: value,
  answeredShare: value,
  timerShare: value,
  timerSeconds: value,
};

const example = located(
  object({ name: text(phrase`what the example shows`, { max: 120 }), features: object(features) }),
);

const shape = object({
  ...head,
  ...weighing,
  ranges: list(range, 50),
  examples: examplesOf(example),
});

/** What a server that speaks unasked weighs: group B. */
export const pushKind: RuleKind = {
  name: 'pushes',
  summary: 'what a server that speaks unasked weighs',
  schema: shape.schema,
  read(node, report, place): Rule {
    const rule = shape.read(node, report);
    if (rule.strength === 'decisive')
      report(place.line, phrase`expected strength strong or weak, found decisive`);
    if (rule.weight > MOST_BANS)
      report(place.line, phrase`expected a weight of at most ${MOST_BANS}, found ${rule.weight}`);
    if (rule.ranges.length === 0) report(place.line, phrase`expected at least one entry in ranges`);
    requireExample(rule, report, place);
    return { kind: 'pushes', ...rule, ...place };
  },
  examples: (rule) =>
    rule.kind === 'pushes'
      ? runExamples(rule.examples, ({ features }) => weighPushes(rule, features) !== null)
      : [],
};

/** What was seen, for the excerpt; null where a range does not hold. */
export function weighPushes({ ranges }: PushRule, features: PushFeatures): Phrase | null {
  if (!ranges.every(({ feature, min, max }) => features[feature] >= min && features[feature] <= max))
    return null;
  const { count, seconds, modalShare, modalBytes, medianSeconds, timerShare, timerSeconds } = features;
  const alike = Math.round(modalShare * count);
  const minutes = Math.round(seconds / 60);
  const prompt = percent(features.answeredShare);
  return phrase`unasked, the server sent ${count} messages in ${minutes} min, ${alike} of them of ${modalBytes} ± 8 bytes; half of the pauses are shorter than ${shown(medianSeconds)} s, ${percent(timerShare)} % are ${shown(timerSeconds)} s ± 10 %; ${prompt} % of the client's messages got a short answer within 1 s`;
}

function percent(share: number): number {
  return Math.round(share * 100);
}

function shown(seconds: number): string {
  return String(seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds));
}
