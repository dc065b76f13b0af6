import type { RuleSet } from '../../detect/rules/index.js';
import { type Clearance, createContext, type Knowledge, learnFrom } from '../../detect/verdict/context.js';
import { fuse } from '../../detect/verdict/fuse.js';
import type { SuspectFile, Verdict } from '../../model/verdict.js';
import { markSharedWallets, type WalletUse } from './shared-wallets.js';

/** What is known besides the traffic. */
export interface JudgeOptions {
  /** What a person or the registry of declared research says of an address. */
  cleared?(ip: string): Clearance | null;
  /** Addresses that earlier verdicts tie to these wallets. */
  usesOf?(wallets: readonly string[]): Iterable<WalletUse>;
}

/** Verdicts for these suspects; `known` is what earlier runs learnt of servers. Sorted as they are printed. */
export function judge(
  files: readonly SuspectFile[],
  rules: RuleSet,
  known?: Knowledge,
  options: JudgeOptions = {},
): Verdict[] {
  const context = createContext(learnFrom(files, known), {
    poolOf: (query) => rules.poolOf(query),
    wallets: rules.wallets,
    coins: rules.coins,
    guards: rules.guards,
    programOf: (agent) => rules.programOf(agent),
    malwareOf: (indicator) => rules.malware.of(indicator),
    cleared: (ip) => options.cleared?.(ip) ?? null,
  });
  const verdicts = files.map((file) => fuse(file, context)).filter((verdict) => verdict !== null);
  return [...markSharedWallets(verdicts, (wallets) => options.usesOf?.(wallets) ?? [])].sort(byScore);
}

function byScore(a: Verdict, b: Verdict): number {
  return b.score - a.score || b.lastUs - a.lastUs || (a.ip < b.ip ? -1 : 1);
}
