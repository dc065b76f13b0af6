import type { Evidence } from '../../../model/evidence.js';
import type { RuleSet, StratumRule } from '../../../model/rule.js';

/**
 * Makes a filter that leaves out facts which a stronger one of the same session takes the place of. A session that is told
 * in parts may have shown a log-in first and mining later: at the end it says what it would have said told at once.
 */
export function superseding(
  rules: Pick<RuleSet, 'rules'>,
): (facts: readonly Evidence[]) => readonly Evidence[] {
  const byId = new Map<string, StratumRule>();
  for (const rule of rules.rules) if (rule.kind === 'stratum') byId.set(rule.id, rule);
  const ruleOf = (id: string) => byId.get(id) ?? byId.get(id.replace(/^stratum\.[^.]+\./, 'stratum.*.'));
  return (facts) => {
    const gone = new Map<string, Set<string>>();
    for (const { session, group, rule: id } of facts) {
      if (session === null || group !== 'P') continue;
      const rule = ruleOf(id);
      for (const item of rule?.supersedes ?? [])
        if (item !== rule?.item) gone.set(session, (gone.get(session) ?? new Set()).add(item));
    }
    if (gone.size === 0) return facts;
    return facts.filter(
      ({ session, group, item }) =>
        session === null || group !== 'P' || gone.get(session)?.has(item) !== true,
    );
  };
}
