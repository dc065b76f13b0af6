import type { Device, Rule } from '../../model/rule.js';
import { head, type RuleKind, runExamples } from './rule-kind.js';
import { list, nullable, object, oneOf, text } from './shape.js';
import { containsToken } from './stratum.js';

const DEVICES: readonly [Device, ...Device[]] = ['asic', 'gpu', 'cpu', 'proxy', 'browser'];
const agentText = text('an agent as a program sends it', { max: 200 });

const shape = object({
  ...head,
  program: text('the name of a program', { max: 80 }),
  device: nullable(oneOf(DEVICES)),
  tokens: list(text('a part of the agent, in lower case', { max: 80, pattern: /^[^A-Z]+$/ }), 32),
  examples: object({ positive: list(agentText, 50), negative: list(agentText, 50) }),
});

/** Which program an agent text names. Plain parts of text, no patterns: nothing here can be slow. */
export const agentKind: RuleKind = {
  name: 'agent',
  summary: 'which program an agent text names, and what it runs on',
  schema: shape.schema,
  read(node, report, place): Rule {
    const rule = shape.read(node, report);
    if (rule.examples.positive.length === 0) report(place.line, 'expected at least one positive example');
    return { kind: 'agent', ...rule, ...place };
  },
  examples(rule) {
    if (rule.kind !== 'agent') return [];
    const named = (name: string) => ({ name, line: rule.line });
    const examples = {
      positive: rule.examples.positive.map(named),
      negative: rule.examples.negative.map(named),
    };
    return runExamples(examples, ({ name }) => rule.tokens.some((token) => containsToken(name, token)));
  },
};
