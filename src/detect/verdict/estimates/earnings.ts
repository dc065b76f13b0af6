import { DAY_US } from '../../../base/time.js';
import type { EstimateRules } from '../../../model/estimate-rule.js';
import type { JobClues } from '../../../model/observation.js';
import type { Earnings, HashRate, VerdictCoin } from '../../../model/verdict.js';
import type { FuseContext } from '../context.js';
import { networkDifficulty } from './chains.js';

/** A row of the economics table further away from the traffic than this says nothing of it. */
const MAX_AGE_US = 120 * DAY_US;
/** Less sure coins are not reckoned with. */
const MIN_CONFIDENCE = 0.5;
/** A block of Bitcoin pays half as much after each of these. */
const HALVING_BLOCKS = 210_000;
const FIRST_REWARD = 50;
const HASHES_PER_DIFFICULTY = 2 ** 32;

interface Network {
  /** Hashes that the whole network needs for one coin. */
  readonly hashesPerCoin: number;
  readonly date: string;
  readonly source: string;
}

/** What the measured work finds on average, before fees, of each coin that it is known to be for. */
export function earningsOf(
  rates: readonly HashRate[],
  coins: readonly VerdictCoin[],
  clues: readonly JobClues[],
  lastUs: number,
  context: FuseContext,
): Earnings[] {
  return rates.flatMap((rate): Earnings[] => {
    const coin = coins.find(
      ({ ticker, confidence }) =>
        confidence >= MIN_CONFIDENCE && context.coins.get(ticker)?.algorithms.includes(rate.algorithm),
    );
    if (coin === undefined) return [];
    const network = networkOf(coin.ticker, clues, lastUs, context.estimates);
    if (network === null) return [];
    const { hashesPerCoin, date, source } = network;
    const found = (hps: number) => (hps * rate.seconds) / hashesPerCoin;
    return [
      {
        ticker: coin.ticker,
        coins: found(rate.value),
        low: found(rate.low),
        high: found(rate.high),
        basis: 'hash rate, network',
        date,
        source,
      },
    ];
  });
}

function networkOf(
  ticker: string,
  clues: readonly JobClues[],
  lastUs: number,
  rules: EstimateRules,
): Network | null {
  const own = ticker === 'BTC' ? fromJob(clues) : null;
  return own ?? fromTable(ticker, lastUs, rules);
}

/** Bitcoin's jobs tell its difficulty and, by the height, what a block pays. */
function fromJob(clues: readonly JobClues[]): Network | null {
  const job = clues.find(({ height }) => height !== null);
  const difficulty = job === undefined ? null : networkDifficulty(job.bits);
  if (job?.height == null || difficulty === null) return null;
  const reward = FIRST_REWARD / 2 ** Math.floor(job.height / HALVING_BLOCKS);
  return {
    hashesPerCoin: (difficulty * HASHES_PER_DIFFICULTY) / reward,
    date: new Date(job.time * 1000).toISOString().slice(0, 10),
    source: `difficulty and height (${job.height}) of the job itself`,
  };
}

/** The nearest day for which hash rate, reward and time between blocks are known. */
function fromTable(ticker: string, lastUs: number, rules: EstimateRules): Network | null {
  let nearest: Network | null = null;
  let distance = MAX_AGE_US;
  for (const row of rules.networks) {
    const { hashrate, reward, blockSeconds, date, source } = row;
    const away = Math.abs(row.timeUs - lastUs);
    if (row.ticker !== ticker || away > distance) continue;
    if (hashrate === null || reward === null || blockSeconds === null) continue;
    nearest = { hashesPerCoin: (hashrate * blockSeconds) / reward, date, source };
    distance = away;
  }
  return nearest;
}
