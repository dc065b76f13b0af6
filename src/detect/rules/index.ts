import type { RuleSet, RuleText } from '../../model/rule.js';
import type { PoolEndpoint } from '../../model/verdict.js';
import { endpointKind } from './kinds/endpoint.js';
import { flowPatternKind } from './kinds/flow-pattern.js';
import { collectGuards, guardKind } from './kinds/guard.js';
import { pushKind } from './kinds/pushes.js';
import type { RuleKind } from './kinds/rule-kind.js';
import { stratumKind } from './kinds/stratum.js';
import { tlsKind } from './kinds/tls.js';
import { readRuleFiles } from './parse.js';
import type { ExampleResult } from './syntax/examples.js';
import type { JsonSchema } from './syntax/shape.js';
import { agentExamples, programOf } from './tables/agents.js';
import { normalName, PoolIndex } from './tables/pool-book.js';

export type { RuleSet } from '../../model/rule.js';
export type { DnsRecall } from './match/dns-memory.js';
export { Matcher } from './match/matcher.js';

/** Every kind of rule in YAML files. */
export const RULE_KINDS: readonly RuleKind[] = [
  stratumKind,
  endpointKind,
  tlsKind,
  flowPatternKind,
  pushKind,
  guardKind,
];

/**
 * Checks and compiles rule files; a later file overrides an earlier one. Pure: reads no disk.
 * Throws RuleError with every fault of every file.
 */
export function parseRules(texts: readonly RuleText[]): RuleSet {
  const reading = readRuleFiles(texts, RULE_KINDS);
  const { rules } = reading;
  const pools = new PoolIndex(reading.pools);
  return {
    ...reading,
    pools,
    guards: collectGuards(rules),
    programOf: (agent) => programOf(reading.agents, agent),
    poolOf({ ip = null, port = null, host = null }): PoolEndpoint | null {
      const row =
        (host === null ? null : pools.ofName(normalName(host))) ?? (ip === null ? null : pools.ofIp(ip));
      if (row === null) return null;
      const { operator, country, coins } = row;
      const named = host ?? (row.kind === 'ip' ? null : row.host);
      return {
        address: ip ?? (row.kind === 'ip' ? row.host : null),
        port,
        host: named,
        operator,
        country,
        coins,
      };
    },
  };
}

/** What came of the examples of one rule or agent. */
export interface ExampleRun {
  readonly id: string;
  readonly file: string;
  readonly results: readonly ExampleResult[];
}

/** Runs the examples that rules and agents carry. */
export function runExamples(rules: RuleSet): ExampleRun[] {
  const kinds = new Map(RULE_KINDS.map((kind) => [kind.name, kind]));
  const ofRules = rules.rules.map((rule) => {
    return { id: rule.id, file: rule.file, results: kinds.get(rule.kind)?.examples(rule, rules) ?? [] };
  });
  const ofAgents = rules.agents.map((agent) => {
    return { id: agent.program, file: agent.file, results: agentExamples(rules.agents, agent) };
  });
  return [...ofRules, ...ofAgents];
}

/** JSON Schema of each kind of YAML file, for editors. */
export function schemas(): { readonly name: string; readonly schema: JsonSchema }[] {
  return RULE_KINDS.map(({ name, summary, schema }) => ({
    name,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: `rigwatch rules: ${name}`,
      description: summary,
      type: 'object',
      properties: {
        kind: { const: name },
        rules: {
          type: 'array',
          items: {
            anyOf: [
              withEnabled(schema),
              {
                type: 'object',
                properties: { id: { type: 'string' }, enabled: { const: false } },
                required: ['id', 'enabled'],
                additionalProperties: false,
              },
            ],
          },
        },
      },
      required: ['kind', 'rules'],
      additionalProperties: false,
    },
  }));
}

function withEnabled(schema: JsonSchema): JsonSchema {
  const properties = typeof schema.properties === 'object' ? schema.properties : {};
  return { ...schema, properties: { ...properties, enabled: { type: 'boolean' } } };
}
