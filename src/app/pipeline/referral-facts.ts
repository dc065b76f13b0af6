import type { Store } from '../../deliver/store/index.js';
import type { RuleSet } from '../../detect/rules/index.js';
import type { Unit } from '../../model/unit.js';
import type { SuspectFile, Verdict } from '../../model/verdict.js';
import { judge } from './judge.js';
import type { Register } from './register.js';

/** What referrals are made from. */
export interface ReferralSources {
  readonly store: Store;
  readonly rules: RuleSet;
  readonly register: Register | null;
  /** Units by id. */
  readonly units: ReadonlyMap<string, Unit>;
}

/** What is known of one address from times when it was one unit's. */
export interface OwnFacts {
  readonly file: SuspectFile;
  readonly verdict: Verdict;
  /** Conversations that were of others. */
  readonly foreign: number;
}

/** Null where what is the unit's own does not make a flagged verdict. */
export function ownFacts(
  ip: string,
  unitId: string | null,
  { store, rules, register }: ReferralSources,
): OwnFacts | null {
  const whole = store.loadSuspect(ip);
  const stored = store.loadVerdict(ip);
  if (whole === null || stored === null || !isFlagged(stored)) return null;
  const isOwn = ({ firstUs, lastUs }: { firstUs: number; lastUs: number }, port: number | null) =>
    register === null ||
    register.units.size === 0 ||
    [firstUs, lastUs].every(
      (timeUs) => (register.units.ownerAt(ip, timeUs, port).unit?.id ?? null) === unitId,
    );
  const sessions = whole.sessions.filter((session) => isOwn(session, session.suspectPort));
  const kept = new Set(sessions.map(({ session }) => session));
  const evidence = whole.evidence.filter((fact) =>
    fact.session === null ? isOwn(fact, null) : kept.has(fact.session),
  );
  const foreign = whole.sessions.length - sessions.length;
  if (foreign === 0 && evidence.length === whole.evidence.length)
    return { file: whole, verdict: stored, foreign };
  const file = { ip, sessions, evidence };
  const known = { learned: store.learnedServers(), poolServers: store.poolServers() };
  const usesOf = (wallets: readonly string[]) => store.walletUses(wallets);
  const [verdict] = judge([file], rules, known, { register, usesOf });
  return verdict !== undefined && isFlagged(verdict) ? { file, verdict, foreign } : null;
}

const isFlagged = ({ level }: Pick<Verdict, 'level'>) => level === 'confirmed' || level === 'probable';
