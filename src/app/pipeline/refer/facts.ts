import type { Store } from '../../../deliver/store/index.js';
import type { RuleSet } from '../../../detect/rules/index.js';
import type { Unit } from '../../../model/unit.js';
import type { SuspectFile, Verdict } from '../../../model/verdict.js';
import { judge } from '../judge.js';
import { partsByOwner } from '../owned-facts.js';
import type { Register } from '../register.js';
import { isFlagged } from '../sightings.js';

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
  if (whole === null || stored === null) return null;
  const isRegistered = register !== null && register.units.size > 0;
  const file = isRegistered ? partsByOwner(whole, register.units).get(unitId) : whole;
  if (file === undefined) return null;
  const foreign = whole.sessions.length - file.sessions.length;
  if (foreign === 0 && file.evidence.length === whole.evidence.length)
    return isFlagged(stored) ? { file: whole, verdict: stored, foreign } : null;
  const known = { learned: store.learnedServers(), poolServers: store.poolServers() };
  const usesOf = (wallets: readonly string[]) => store.walletUses(wallets);
  const [verdict] = judge([file], rules, known, { register, usesOf });
  return verdict !== undefined && isFlagged(verdict) ? { file, verdict, foreign } : null;
}
