import { type Phrase, phrase } from '../../../base/phrase.js';
import type { Evidence } from '../../../model/evidence.js';
import { NO_ROLES, type RoleCounts, type StratumObservation } from '../../../model/observation.js';
import type { ShareProof } from '../../../model/proof.js';
import type { Role, RuleSet, StratumRule } from '../../../model/rule.js';
import { idFor, matchesStratum, type StratumFacts } from '../kinds/stratum.js';
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
    const proved = seen.proof === undefined ? 0 : (seen.proofs?.verified ?? 0);
    const facts: StratumFacts = { ...seen, proved, roles: seen.rolesSoFar };
    const before: StratumFacts = { ...facts, roles: subtract(seen.rolesSoFar, seen.roles) };
    const matched = this.#rulesFor(seen.dialect).filter((rule) => matchesStratum(rule, facts));
    const superseded = new Set(
      matched.flatMap((rule) => rule.supersedes.filter((item) => item !== rule.item)),
    );
    return matched
      .filter((rule) => !superseded.has(rule.item))
      .map((rule) => {
        const weighed = { ...rule, id: idFor(rule, seen.dialect) };
        const where = { ...scene, encrypted: scene.encrypted || rule.encrypted };
        if (rule.match.proved > 0 && seen.proof !== undefined) {
          const said = { host, excerpt: proofText(seen.proof), count: proved };
          return { ...evidenceOf(weighed, rule.weight, where, said), proof: seen.proof };
        }
        // A session counts once, however many parts it is told in.
        const count = seen.part > 0 && matchesStratum(rule, before) ? 0 : 1;
        return evidenceOf(weighed, rule.weight, where, { host, excerpt: excerptOf(seen), count });
      });
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

/** What was computed, in one line; the record itself goes with the evidence. */
function proofText(proof: ShareProof): Phrase {
  if (proof.kind === 'result') {
    const { job, submit, target } = proof;
    return phrase`result ${submit.result} (nonce ${submit.nonce}, job ${job.id}) is below ${target}, the target of the job (${job.target})`;
  }
  const { algorithm, hash, target, difficulty, job } = proof;
  const stated = difficulty === null ? target : phrase`${target} (difficulty ${difficulty})`;
  return phrase`${algorithm} of the rebuilt header is ${hash}, not above ${stated}, job ${job.id}`;
}

function excerptOf({ quotes, rolesSoFar, dialect }: StratumObservation): string {
  for (const role of TELLING) {
    const quote = quotes.find((one) => one.role === role);
    if (quote !== undefined) return quote.text;
  }
  const counts = ROLES.filter((role) => rolesSoFar[role] > 0).map((role) => `${role} ${rolesSoFar[role]}`);
  return `${dialect}: ${counts.join(', ')}`;
}
