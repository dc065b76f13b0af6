import type { HashRate, RateUnit, ReportedRate, SuspectSession } from '../../../model/verdict.js';
import { countOf } from '../numbers.js';
import { intervalOf, unionSeconds } from './activity.js';
import { poissonLimits } from './poisson.js';

/** A session and what it computes; `hashesPerDifficulty` null: only shares that state their own worth count. */
export interface Work {
  readonly session: SuspectSession;
  readonly algorithm: string;
  readonly unit: RateUnit;
  readonly hashesPerDifficulty: number | null;
}

interface Sum {
  readonly algorithm: string;
  readonly unit: RateUnit;
  readonly sessions: SuspectSession[];
  hashes: number;
  squares: number;
  shares: number;
  /** Shares that count, but are of unknown worth. */
  unknown: number;
  unanswered: boolean;
}

/**
 * H = Σ hashes per share / time, of each algorithm (hashrate.md §1), the most shares first. Shares found in
 * sessions that ran at the same time add up; the 95 % limits are those of the Poisson law.
 */
export function ratesOf(works: readonly Work[]): HashRate[] {
  const sums = new Map<string, Sum>();
  for (const work of works) {
    const sum = sums.get(work.algorithm) ?? emptySum(work);
    sums.set(work.algorithm, sum);
    sum.sessions.push(work.session);
    addShares(sum, work);
  }
  return [...sums.values()]
    .map(rateOf)
    .filter((rate) => rate !== null)
    .sort((a, b) => b.shares - a.shares || (a.algorithm < b.algorithm ? -1 : 1));
}

function emptySum({ algorithm, unit }: Work): Sum {
  return {
    algorithm,
    unit,
    sessions: [],
    hashes: 0,
    squares: 0,
    shares: 0,
    unknown: 0,
    unanswered: false,
  };
}

/** Accepted shares; where nobody was heard to answer, all that were not refused. */
function addShares(sum: Sum, { session, hashesPerDifficulty }: Work): void {
  const answered = session.shares.some(({ accepted, rejected }) => countOf(accepted) + countOf(rejected) > 0);
  for (const share of session.shares) {
    const count = countOf(answered ? share.accepted : share.submitted);
    if (count === 0) continue;
    if (!answered) sum.unanswered = true;
    const own =
      share.hashesPerShare ?? (share.difficulty ?? Number.NaN) * (hashesPerDifficulty ?? Number.NaN);
    if (!(own > 0 && Number.isFinite(own))) {
      sum.unknown += count;
      continue;
    }
    sum.hashes += count * own;
    sum.squares += count * own * own;
    sum.shares += count;
  }
}

function rateOf(sum: Sum): HashRate | null {
  const { hashes, squares, shares, unknown, algorithm, unit } = sum;
  const whole = unionSeconds(sum.sessions.map(intervalOf));
  // Pools aim at a steady pace of shares, so those of known worth took their part of the time.
  const seconds = (whole * shares) / (shares + unknown);
  if (!(shares > 0 && seconds > 0)) return null;
  const value = hashes / seconds;
  // Shares of unequal worth tell less than as many of equal worth.
  const count = (hashes * hashes) / squares;
  const { low, high } = poissonLimits(count);
  return {
    value,
    low: (value * low) / count,
    high: (value * high) / count,
    unit,
    algorithm,
    basis: sum.unanswered ? 'submitted-shares, not all answered' : 'submitted-shares',
    shares,
    seconds: Math.round(whole),
  };
}

/** What miners state of themselves: the most that was stated at one moment, of each algorithm. */
export function reportedRates(
  sessions: readonly SuspectSession[],
  workOf: (session: SuspectSession) => Pick<Work, 'algorithm' | 'unit'> | null,
): ReportedRate[] {
  const groups = new Map<string, { first: Omit<ReportedRate, 'value'>; sessions: SuspectSession[] }>();
  for (const session of sessions) {
    if (session.reportedHps === null || !(session.reportedHps > 0)) continue;
    const work = workOf(session);
    const key = work?.algorithm ?? '';
    const group = groups.get(key) ?? {
      first: { unit: work?.unit ?? 'H/s', algorithm: work?.algorithm ?? null },
      sessions: [],
    };
    groups.set(key, group);
    group.sessions.push(session);
  }
  return [...groups.values()].map(({ first, sessions: stated }) => ({ value: peakSum(stated), ...first }));
}

/** The largest sum of what sessions state that are open at one moment. */
function peakSum(sessions: readonly SuspectSession[]): number {
  const events = sessions.flatMap((session) => {
    const { startUs, endUs } = intervalOf(session);
    const hps = session.reportedHps ?? 0;
    return [
      { atUs: startUs, change: hps },
      { atUs: endUs, change: -hps },
    ];
  });
  events.sort((a, b) => a.atUs - b.atUs || b.change - a.change);
  let sum = 0;
  let peak = 0;
  for (const { change } of events) {
    sum += change;
    peak = Math.max(peak, sum);
  }
  return peak;
}
