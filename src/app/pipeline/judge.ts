import type { RuleSet } from '../../detect/rules/index.js';
import { createContext, type Knowledge, learnFrom } from '../../detect/verdict/context.js';
import { fuse } from '../../detect/verdict/fuse.js';
import type { SuspectFile, Verdict } from '../../model/verdict.js';

/** Verdicts for these suspects; `known` is what earlier runs learnt of servers. Sorted as they are printed. */
export function judge(files: readonly SuspectFile[], rules: RuleSet, known?: Knowledge): Verdict[] {
  const context = createContext(learnFrom(files, known), {
    poolOf: (query) => rules.poolOf(query),
    wallets: rules.wallets,
    estimates: rules.estimates,
    programOf: (agent) => rules.programOf(agent),
    coins: rules.coins,
    guards: rules.guards,
  });
  return files
    .map((file) => fuse(file, context))
    .filter((verdict) => verdict !== null)
    .sort(byScore);
}

function byScore(a: Verdict, b: Verdict): number {
  return b.score - a.score || b.lastUs - a.lastUs || (a.ip < b.ip ? -1 : 1);
}
