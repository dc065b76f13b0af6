import type { CaseMarks } from '../../model/case.js';
import type { Verdict } from '../../model/verdict.js';

/** Marks of one kind that a case keeps; more are not needed to know it again. */
const MAX_MARKS = 256;

export function marksOf(
  verdict: Pick<Verdict, 'ip' | 'wallets' | 'workers' | 'pools' | 'agents'>,
): CaseMarks {
  const peers = verdict.pools.flatMap(({ address, port }) =>
    verdict.agents.map((agent) => `${address}:${port} ${agent}`),
  );
  return {
    ips: [verdict.ip],
    wallets: verdict.wallets.slice(0, MAX_MARKS),
    workers: verdict.workers.slice(0, MAX_MARKS),
    peers: peers.slice(0, MAX_MARKS),
  };
}

/** A worker name says little by itself (`1`, `x`, `rig1` are everywhere): a set of this many says who it is. */
const TELLING_WORKERS = 2;

export type Likeness = 'wallet' | 'workers' | 'peer' | null;

/**
 * By what two sets of marks are the same miner's: a shared wallet; the same set of workers; or the same server and
 * program. Wallets that are known on both sides and differ outweigh a server and program in common, and a single
 * worker's name; null: not the same.
 */
export function likeness(a: CaseMarks, b: CaseMarks): Likeness {
  if (a.wallets.some((wallet) => b.wallets.includes(wallet))) return 'wallet';
  const differ = a.wallets.length > 0 && b.wallets.length > 0;
  const workers = new Set(a.workers);
  const isSameSet = workers.size === new Set(b.workers).size && b.workers.every((name) => workers.has(name));
  if (isSameSet && workers.size >= (differ ? TELLING_WORKERS : 1)) return 'workers';
  if (!differ && a.peers.some((peer) => b.peers.includes(peer))) return 'peer';
  return null;
}

export function mergeMarks(a: CaseMarks, b: CaseMarks): CaseMarks {
  const union = (x: readonly string[], y: readonly string[]) =>
    [...new Set([...x, ...y])].slice(0, MAX_MARKS);
  return {
    ips: union(a.ips, b.ips),
    wallets: union(a.wallets, b.wallets),
    workers: union(a.workers, b.workers),
    peers: union(a.peers, b.peers),
  };
}

/** Marks of `b` that `a` does not have; null: none. */
export function newMarks(a: CaseMarks, b: CaseMarks): CaseMarks | null {
  const left = (x: readonly string[], y: readonly string[]) => y.filter((value) => !x.includes(value));
  const marks = {
    ips: left(a.ips, b.ips),
    wallets: left(a.wallets, b.wallets),
    workers: left(a.workers, b.workers),
    peers: left(a.peers, b.peers),
  };
  const count = marks.ips.length + marks.wallets.length + marks.workers.length + marks.peers.length;
  return count === 0 ? null : marks;
}
