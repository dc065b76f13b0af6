import { phrase } from '../../base/phrase.js';
import { excessesOf, type Registry } from '../../detect/cases/registry.js';
import type { RuleSet } from '../../detect/rules/index.js';
import { superseding } from '../../detect/rules/match/superseded.js';
import { createContext, type FuseContext, type Knowledge, learnFrom } from '../../detect/verdict/context.js';
import { fuse } from '../../detect/verdict/fuse.js';
import { reason } from '../../detect/verdict/reasons.js';
import type { SuspectFile, Verdict } from '../../model/verdict.js';
import { type Register, withUnit } from './register.js';
import { markSharedWallets, type WalletUse } from './shared-wallets.js';

/** What is known besides the traffic. */
export interface JudgeOptions {
  /** Who owns addresses and what is declared. */
  readonly register?: Register | null;
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
    estimates: rules.estimates,
    programOf: (agent) => rules.programOf(agent),
    coins: rules.coins,
    guards: rules.guards,
    malwareOf: (indicator) => rules.malware.of(indicator),
  });
  const { register = null } = options;
  const standing = superseding(rules);
  const verdicts = files
    .map((file) => ({ ...file, evidence: standing(file.evidence) }))
    .map((file) => (register === null ? fuse(file, context) : judgeRegistered(file, context, register)))
    .filter((verdict) => verdict !== null);
  const marked = markSharedWallets(
    verdicts,
    (wallets) => options.usesOf?.(wallets) ?? [],
    (ip, timeUs) => register?.ownerAt(ip, timeUs) ?? null,
  );
  return [...marked].sort(byScore);
}

function judgeRegistered(file: SuspectFile, context: FuseContext, register: Register): Verdict | null {
  const verdict = fuseDeclared(file, context, register.registry);
  return verdict === null ? null : withUnit(verdict, file.sessions, register);
}

/** A declaration covers what it says and no more: where the verdict goes beyond it, the address stands uncovered. */
function fuseDeclared(file: SuspectFile, context: FuseContext, registry: Registry): Verdict | null {
  const lastUs = file.evidence.reduce((last, fact) => Math.max(last, fact.lastUs), Number.NEGATIVE_INFINITY);
  const declared = registry(file.ip, lastUs) ?? expired(file, registry);
  if (declared === null) return fuse(file, context);
  const verdict = fuse(file, { ...context, cleared: () => declared });
  if (verdict === null || verdict.level !== 'cleared') return verdict;
  const uncovered = flaggedTimes(outsideOf(file, registry), context);
  const excesses = excessesOf(declared.declaration, verdict, file.sessions, uncovered);
  if (excesses.length === 0) return verdict;
  const undeclared = fuse(file, context);
  if (undeclared === null) return null;
  return {
    ...undeclared,
    reasons: [
      ...undeclared.reasons,
      reason(
        'declaration-exceeded',
        phrase`Declared as ${declared.declaration.reference}, but exceeded: ${excesses.map(({ text }) => text).join('; ')}.`,
      ),
    ],
  };
}

/** What began when nothing was declared. A declaration that was renewed covers what its forerunner covered. */
function outsideOf(file: SuspectFile, registry: Registry): SuspectFile {
  const isOutside = ({ firstUs }: { readonly firstUs: number }) => registry(file.ip, firstUs) === null;
  return {
    ip: file.ip,
    sessions: file.sessions.filter(isOutside),
    evidence: file.evidence.filter(isOutside),
  };
}

/** First times of the evidence, where it is by itself enough for a referral. */
function flaggedTimes(file: SuspectFile, context: FuseContext): number[] {
  const level = fuse(file, context)?.level;
  const isFlagged = level === 'confirmed' || level === 'probable';
  return isFlagged ? file.evidence.map(({ firstUs }) => firstUs) : [];
}

/** A declaration that covered the beginning and has ended since: the verdict says that it was reopened. */
function expired(file: SuspectFile, registry: Registry): ReturnType<Registry> {
  const firstUs = file.evidence.reduce(
    (first, fact) => Math.min(first, fact.firstUs),
    Number.POSITIVE_INFINITY,
  );
  return registry(file.ip, firstUs);
}

function byScore(a: Verdict, b: Verdict): number {
  return b.score - a.score || b.lastUs - a.lastUs || (a.ip < b.ip ? -1 : 1);
}
