import type { Evidence } from '../../model/evidence.js';
import { NO_ROLES, type RoleCounts, type StratumObservation } from '../../model/observation.js';
import type { Role, RuleSet, StratumRule } from '../../model/rule.js';
import { idFor, matchesStratum, type StratumFacts } from './stratum.js';
import { evidenceOf, type Scene } from './weigher.js';

const ROLES = Object.keys(NO_ROLES) as Role[];
/** What a person wants to read first. */
const TELLING: readonly Role[] = [
  'share',
  'login',
  'job',
  'poll',
  'hello',
  'loginAccepted',
  'target',
  'shareAccepted',
];
/** Dialects whose rules are kept sorted out; inspectors know far fewer. */
const MAX_DIALECTS = 1024;

/** What a session of a pool protocol showed: group P. */
export class StratumMatcher {
  readonly #rules: readonly StratumRule[];
  readonly #byDialect = new Map<string, readonly StratumRule[]>();

  constructor(rules: RuleSet) {
    this.#rules = rules.rules.filter((rule) => rule.kind === 'stratum');
  }

  match(seen: StratumObservation, scene: Scene, host: string | null): Evidence[] {
    const facts: StratumFacts = { ...seen, roles: seen.rolesSoFar };
    const before: StratumFacts = { ...seen, roles: subtract(seen.rolesSoFar, seen.roles) };
    const matched = this.#rulesFor(seen.dialect).filter((rule) => matchesStratum(rule, facts));
    const superseded = new Set(
      matched.flatMap((rule) => rule.supersedes.filter((item) => item !== rule.item)),
    );
    return matched
      .filter((rule) => !superseded.has(rule.item))
      .map((rule) =>
        evidenceOf(
          { ...rule, id: idFor(rule, seen.dialect) },
          rule.weight,
          { ...scene, encrypted: scene.encrypted || rule.encrypted },
          // A session counts once, however many parts it is told in.
          { host, excerpt: excerptOf(seen), count: seen.part > 0 && matchesStratum(rule, before) ? 0 : 1 },
        ),
      );
  }

  /** A rule written for this dialect takes the place of the general one of the same name. */
  #rulesFor(dialect: string): readonly StratumRule[] {
    const known = this.#byDialect.get(dialect);
    if (known !== undefined) return known;
    const own = new Set(this.#rules.filter(({ id }) => !id.includes('*')).map(({ id }) => id));
    const rules = this.#rules.filter((rule) => !rule.id.includes('*') || !own.has(idFor(rule, dialect)));
    if (this.#byDialect.size < MAX_DIALECTS) this.#byDialect.set(dialect, rules);
    return rules;
  }
}

function subtract(whole: RoleCounts, part: RoleCounts): Partial<RoleCounts> {
  return Object.fromEntries(ROLES.map((role) => [role, Math.max(0, whole[role] - part[role])]));
}

function excerptOf({ quotes, rolesSoFar, dialect }: StratumObservation): string {
  for (const role of TELLING) {
    const quote = quotes.find((one) => one.role === role);
    if (quote !== undefined) return quote.text;
  }
  const counts = ROLES.filter((role) => rolesSoFar[role] > 0).map((role) => `${role} ${rolesSoFar[role]}`);
  return `${dialect}: ${counts.join(', ')}`;
}
