import { isInnerIp } from '../../../base/ip.js';
import type { Estimate, Estimates, Level, SuspectSession, VerdictCoin } from '../../../model/verdict.js';
import { payoutsOf } from '../coins.js';
import type { FuseContext } from '../context.js';
import { countOf, sortedUnion } from '../numbers.js';
import type { Identities } from '../wallets.js';
import { activeSeconds, activityOf } from './activity.js';
import { algorithmOf, factOf } from './algorithms.js';
import { earningsOf } from './earnings.js';
import { energyOf } from './energy.js';
import { ratesOf, reportedRates, type Work } from './hashrate.js';
import { programsOf } from './programs.js';

/** What of a verdict the estimates rest on. */
export interface EstimateBasis {
  readonly sessions: readonly SuspectSession[];
  readonly wallets: Identities['wallets'];
  readonly coins: readonly VerdictCoin[];
  readonly agents: readonly string[];
  readonly miners: Estimate | null;
  readonly level: Level;
  readonly lastUs: number;
}

/** How much, how long, for how many coins and at what cost: each null or empty where the traffic does not tell. */
export function estimate(basis: EstimateBasis, context: FuseContext): Estimates {
  const { sessions, wallets, coins, agents, miners, level, lastUs } = basis;
  const working = sessions.filter(isWorking);
  const works = new Map(working.map((session) => [session, workOf(session, wallets, context)]));
  const known = [...works.values()].filter((work) => work !== null);
  const rates = ratesOf(known);
  const programs = programsOf(agents, context);
  const clues = working.flatMap((session) => (session.clues === undefined ? [] : [session.clues]));
  return {
    hashrate: rates[0] ?? null,
    hashrates: rates,
    reported: reportedRates(working, (session) => works.get(session) ?? null),
    energy: energyOf(
      {
        rates,
        devices: machineKinds(working, programs),
        hardware: hardwareOf(coins, context),
        miners,
        activeSeconds: activeSeconds(sessions),
        isFlagged: level === 'confirmed' || level === 'probable',
      },
      context.estimates,
    ),
    activity: activityOf(sessions),
    earnings: earningsOf(rates, coins, clues, lastUs, context),
    payouts: payoutsOf(working, wallets, context),
    programs,
    relays: sortedUnion([working.map(({ peer }) => peer.ip).filter(isInnerIp)], MAX_RELAYS),
  };
}

const MAX_RELAYS = 16;
/** Work was given or handed in. */
function isWorking({ dialect, roles }: SuspectSession): boolean {
  return dialect !== null && countOf(roles.job) + countOf(roles.share) + countOf(roles.poll) > 0;
}

function workOf(session: SuspectSession, wallets: Identities['wallets'], context: FuseContext): Work | null {
  const named = algorithmOf(session, wallets, context);
  if (named === null) return null;
  const fact = factOf(named, context);
  const isAlias = fact?.aliases.includes(named) === true;
  return {
    session,
    algorithm: isAlias ? fact.algorithm : named,
    unit: fact?.unit ?? 'H/s',
    hashesPerDifficulty: fact?.hashesPerDifficulty ?? null,
  };
}

/** Less sure coins say nothing of the machine. */
const MIN_CONFIDENCE = 0.5;

function hardwareOf(coins: readonly VerdictCoin[], context: FuseContext): readonly string[] {
  const sure = coins.find(({ confidence }) => confidence >= MIN_CONFIDENCE);
  return sure === undefined ? [] : (context.coins.get(sure.ticker)?.hardware ?? []);
}

/** A proxy draws nothing that counts; a page mines on whatever opens it. */
function machineKinds(
  sessions: readonly SuspectSession[],
  programs: Estimates['programs'],
): readonly string[] {
  const kinds = new Set<string>();
  if (sessions.length > 0 && sessions.every(({ dialect }) => dialect?.startsWith('browser-')))
    kinds.add('browser');
  for (const { device } of programs) if (device !== null && device !== 'proxy') kinds.add(device);
  return [...kinds].sort();
}
