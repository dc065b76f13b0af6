import { phrase } from '../../../base/phrase.js';
import type { Strength } from '../../../model/evidence.js';
import type { Rule, RuleMeta, RuleSet } from '../../../model/rule.js';
import type { ExampleResult } from '../syntax/examples.js';
import {
  type JsonSchema,
  type Located,
  list,
  number,
  object,
  oneOf,
  type Report,
  type Shape,
  text,
} from '../syntax/shape.js';

/** Where a rule stands; the rest of RuleMeta is written in it. */
export type Place = Pick<RuleMeta, 'file' | 'line' | 'overrides'>;

/** One kind of rule in YAML files: how an entry of `rules:` is written, what it means, whether its examples hold. */
export interface RuleKind {
  /** As in `kind:` at the head of a file. */
  readonly name: Rule['kind'];
  readonly summary: string;
  /** Of one entry of `rules:`. */
  readonly schema: JsonSchema;
  read(node: Located, report: Report, place: Place): Rule;
  /** Empty for kinds without examples, and for rules of other kinds. */
  examples(rule: Rule, rules: RuleSet): readonly ExampleResult[];
}

const ID = /^[a-z0-9*]+(?:[.-][a-z0-9*]+){1,7}$/;

/** Keys that every rule has. */
export const head = {
  id: text(phrase`a dotted, lower-case id`, { max: 80, pattern: ID }),
  title: object({
    en: text(phrase`a title in English`, { max: 200 }),
    'zh-CN': text(phrase`a title in Chinese`, { max: 200 }),
  }),
  references: list(text(phrase`a reference: document, section or address`, { max: 300 }), 20),
};

const strength: Shape<Strength> = oneOf(['decisive', 'strong', 'weak', 'against']);

/** Keys of rules that give weight. */
export const weighing = {
  item: text(phrase`a row of the evidence table, such as P3`, { max: 4, pattern: /^[PETBCN][0-9]{1,2}$/ }),
  weight: number(phrase`a weight in bans (log10 of the likelihood ratio)`, -9, 9),
  strength,
};

/** Examples that `rules test` runs: what must match, what must not. */
export function examplesOf<E>(example: Shape<E>) {
  return object({ positive: list(example, 50), negative: list(example, 50) });
}

/** A rule without an example that matches may match nothing. */
export function requireExample(
  { examples }: { readonly examples: { readonly positive: readonly unknown[] } },
  report: Report,
  { line }: Place,
): void {
  if (examples.positive.length === 0) report(line, phrase`expected at least one positive example`);
}
