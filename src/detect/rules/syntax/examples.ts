import { type Phrase, phrase } from '../../../base/phrase.js';

/** Whether an embedded example holds: `wrong` says why not. */
export interface ExampleResult {
  readonly name: string;
  readonly line: number;
  readonly wrong: Phrase | null;
}

/** Runs the examples of a rule: the positive ones must match, the negative ones must not. */
export function runExamples<E extends { readonly name: string; readonly line: number }>(
  examples: { readonly positive: readonly E[]; readonly negative: readonly E[] },
  matches: (example: E) => boolean,
): ExampleResult[] {
  const run = (all: readonly E[], wanted: boolean, fault: Phrase) =>
    all.map((example) => ({
      name: example.name,
      line: example.line,
      wrong: matches(example) === wanted ? null : fault,
    }));
  return [
    ...run(examples.positive, true, phrase`expected a match, found none`),
    ...run(examples.negative, false, phrase`expected no match, found one`),
  ];
}
