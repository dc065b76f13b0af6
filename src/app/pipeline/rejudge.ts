import type { Store, StoredVerdict } from '../../deliver/store/index.js';
import type { RuleSet } from '../../detect/rules/index.js';
import { judge } from './judge.js';
import { loadRegister, type Register } from './register.js';

/**
 * Judges anew every stored verdict on which the registry says, or said, something. `before`: the register as it was.
 * Each keeps the run that it is of. Returns how many were judged.
 */
export function rejudgeDeclared(store: Store, rules: RuleSet, before: Register | null): number {
  const after = loadRegister(store);
  const isTouched = ({ ip, firstUs, lastUs }: StoredVerdict) =>
    [before, after].some(
      (register) => register?.registry(ip, firstUs) != null || register?.registry(ip, lastUs) != null,
    );
  const byRun = new Map<number, string[]>();
  for (const verdict of store.listVerdicts()) {
    if (!isTouched(verdict) && verdict.level !== 'cleared') continue;
    const ips = byRun.get(verdict.runId);
    if (ips === undefined) byRun.set(verdict.runId, [verdict.ip]);
    else ips.push(verdict.ip);
  }
  const known = { learned: store.learnedServers(), poolServers: store.poolServers() };
  let count = 0;
  for (const [runId, ips] of byRun) {
    const files = ips.map((ip) => store.loadSuspect(ip)).filter((file) => file !== null);
    store.saveVerdicts(
      judge(files, rules, known, {
        register: after,
        usesOf: (wallets) => store.walletUses(wallets),
      }),
      runId,
    );
    count += files.length;
  }
  return count;
}
