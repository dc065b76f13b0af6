import { phrase } from '../../../base/phrase.js';
import type { Guards, Rule } from '../../../model/rule.js';
import {
  count,
  type Located,
  list,
  nullable,
  number,
  object,
  optional,
  type Report,
  type Shape,
  text,
} from '../syntax/shape.js';
import { head, type RuleKind } from './rule-kind.js';

const weight = number(phrase`a weight in bans, 0 or less`, -9, 0);
const factor = number(phrase`a factor`, 0, 1);
const cidr = text(phrase`an address block`, { max: 43, pattern: /^[0-9a-f.:]+\/[0-9]{1,3}$/ });
const seconds = count(phrase`seconds`, 1, 31_536_000);

/** The numbers of each guard, by the last part of its id. */
const LIMITS: { readonly [K in keyof Guards]: Shape<Guards[K]> } = {
  prober: object({
    weight,
    minEndpoints: count(phrase`distinct pool endpoints`, 2, 100_000),
    windowSeconds: seconds,
    medianSeconds: seconds,
    minChecks: optional(count(phrase`handshakes`, 2, 100_000), 10),
    watchSeconds: optional(seconds, 1800),
  }),
  resolver: object({ weight }),
  attempted: object({ factor }),
  node: object({ weight }),
  site: object({ weight }),
  sharedHosting: object({
    minExclusivity: factor,
    windowDays: count(phrase`days`, 1, 3650),
    cdn: optional(list(cidr, 1000), []),
  }),
  otherName: object({ factor }),
  webPort: object({ factor, ports: list(count(phrase`a port`, 1, 65_535), 64) }),
  listConfidence: object({ low: factor, medium: factor, high: factor }),
  dnsAnswer: object({ graceSeconds: seconds, sharedSeconds: seconds, maxTtlSeconds: seconds }),
};

/** `guard.shared-hosting` → `sharedHosting`. */
function keyOf(id: string): keyof Guards | undefined {
  const name = id.replace(/^guard\./, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return GUARD_NAMES.find((one) => one === name);
}

const GUARD_NAMES = Object.keys(LIMITS) as readonly (keyof Guards)[];
export const GUARD_IDS = GUARD_NAMES.map(
  (name) => `guard.${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
);

const anyLimits: Shape<unknown> = {
  schema: { type: 'object', anyOf: GUARD_NAMES.map((name) => LIMITS[name].schema) },
  read: () => undefined,
};

const shape = object({
  ...head,
  item: nullable(text(phrase`a row of the evidence table, such as N1`, { max: 4 })),
  limits: anyLimits,
});

/** Guards as read; the numbers of all of them together are the `Guards` of a rule set. */
type GuardEntry = Extract<Rule, { kind: 'guard' }> & { readonly limits: Partial<Guards> };

export const guardKind: RuleKind = {
  name: 'guard',
  summary: 'thresholds and factors that hold evidence down',
  schema: shape.schema,
  read(node, report, place): GuardEntry {
    const rule = shape.read(node, report);
    const { limits: _unread, ...meta } = rule;
    const key = keyOf(rule.id);
    if (key === undefined) report(place.line, phrase`expected one of the guards ${GUARD_IDS}`);
    const limits = key === undefined ? {} : { [key]: readLimits(LIMITS[key], node, report) };
    return { kind: 'guard', ...meta, limits, ...place };
  },
  examples: () => [],
};

function readLimits(limits: Shape<unknown>, node: Located, report: Report): unknown {
  const given = node.value instanceof Map ? node.value.get('limits') : undefined;
  return given === undefined ? undefined : limits.read(given, report);
}

/** The numbers of all guards; one that no file gives, or that is switched off, holds nothing down. */
export function collectGuards(rules: readonly Rule[]): Guards {
  return Object.assign({ ...OFF }, ...rules.map((rule) => ('limits' in rule ? rule.limits : {})));
}

const OFF: Guards = {
  prober: {
    weight: 0,
    minEndpoints: Number.POSITIVE_INFINITY,
    windowSeconds: 1,
    medianSeconds: 1,
    minChecks: Number.POSITIVE_INFINITY,
    watchSeconds: 1,
  },
  resolver: { weight: 0 },
  attempted: { factor: 1 },
  node: { weight: 0 },
  site: { weight: 0 },
  sharedHosting: { minExclusivity: 0, windowDays: 30, cdn: [] },
  otherName: { factor: 1 },
  webPort: { factor: 1, ports: [] },
  listConfidence: { low: 1, medium: 1, high: 1 },
  dnsAnswer: { graceSeconds: 3600, sharedSeconds: 86_400, maxTtlSeconds: 86_400 },
};
