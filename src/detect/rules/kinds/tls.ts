import { phrase } from '../../../base/phrase.js';
import type { Rule, TlsExample, TlsRule } from '../../../model/rule.js';
import { runExamples } from '../syntax/examples.js';
import { list, located, nullable, object, oneOf, optional, text } from '../syntax/shape.js';
import { examplesOf, head, type RuleKind, requireExample, weighing } from './rule-kind.js';

const prints = optional(list(text(phrase`a fingerprint`, { max: 64, pattern: /^[0-9a-z_]+$/ }), 1000), []);

const example = located(
  object({
    name: text(phrase`what the example shows`, { max: 120 }),
    serverName: nullable(text(phrase`a name`, { max: 253 })),
    alpn: optional(list(text(phrase`a protocol`, { max: 64 }), 16), []),
    ja3: nullable(text(phrase`a fingerprint`, { max: 64 })),
    ja4: nullable(text(phrase`a fingerprint`, { max: 64 })),
  }),
);

const shape = object({
  ...head,
  ...weighing,
  match: object({
    serverName: nullable(oneOf(['absent'])),
    alpn: nullable(oneOf(['absent'])),
    ja3: prints,
    ja4: prints,
  }),
  examples: examplesOf(example),
});

/** What a TLS client weighs: group T, never more than weak. */
export const tlsKind: RuleKind = {
  name: 'tls',
  summary: 'what a TLS client weighs, in a session with a listed pool',
  schema: shape.schema,
  read(node, report, place): Rule {
    const rule = shape.read(node, report);
    const { match } = rule;
    if (match.serverName === null && match.alpn === null && match.ja3.length + match.ja4.length === 0)
      report(place.line, phrase`expected at least one of serverName, alpn, ja3, ja4 in match`);
    if (rule.strength !== 'weak') report(place.line, phrase`expected strength: weak, found ${rule.strength}`);
    requireExample(rule, report, place);
    return { kind: 'tls', ...rule, ...place };
  },
  examples: (rule) =>
    rule.kind === 'tls' ? runExamples(rule.examples, (facts) => matchesTls(rule, facts)) : [],
};

export type TlsFacts = Pick<TlsExample, 'serverName' | 'alpn' | 'ja3' | 'ja4'>;

export function matchesTls({ match }: TlsRule, facts: TlsFacts): boolean {
  if (match.serverName === 'absent' && facts.serverName !== null) return false;
  if (match.alpn === 'absent' && facts.alpn.length > 0) return false;
  const prints = match.ja3.length + match.ja4.length > 0;
  return (
    !prints ||
    (facts.ja3 !== null && match.ja3.includes(facts.ja3)) ||
    (facts.ja4 !== null && match.ja4.includes(facts.ja4))
  );
}
