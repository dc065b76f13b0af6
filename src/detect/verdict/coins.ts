import type { CoinBasis } from '../../model/observation.js';
import type { SuspectSession, VerdictCoin } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { compareText } from './numbers.js';
import type { Identities } from './wallets.js';

const MAX_COINS = 16;
/** An `algo` list this long says what the program can do, not what it does. */
const MAX_ALGORITHMS_OF_A_JOB = 2;

const WALLET_CONFIDENCE = { verified: 0.95, shaped: 0.7 } as const;
/** Of the coin that an algorithm is mostly used for. */
const MAIN_COIN_CONFIDENCE = 0.6;
const ENDPOINT_CONFIDENCE = 0.6;
/** Addresses of every EVM coin look alike. */
const EVM_CONFIDENCE = 0.25;
/** A wallet of a coin that this algorithm cannot mine only says where the money goes. */
const PAYOUT_CONFIDENCE = 0.1;

/** What each algorithm mines, main coin first; families where a prefix is enough. */
const ALGORITHM_COINS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(rx\/0|randomx|rx)$/, ['XMR', 'ZEPH']],
  [/^rx\/wow$/, ['WOW']],
  [/^rx\/arq$/, ['ARQ']],
  [/^(cn|cryptonight)(\/(0|1|2|r|4))?$/, ['XMR']],
  [/^(sha-?256d?)$/, ['BTC', 'BCH', 'XEC', 'BSV']],
  [/^scrypt$/, ['LTC', 'DOGE']],
  [/^(x11)$/, ['DASH']],
  [/^(kawpow|progpow.?rvn)$/, ['RVN']],
  [/^etchash$/, ['ETC']],
  [/^(ethash|daggerhashimoto)$/, ['ETH', 'ETC', 'ETHW']],
  [/^(equihash|equihash[_/]?200[_,/]9)$/, ['ZEC', 'ZEN', 'KMD']],
  [/^(equihash[_/]?)?125[_,/]4$/, ['FLUX']],
  [/^autolykos/, ['ERG']],
  [/^(kheavyhash|kaspa)$/, ['KAS']],
  [/^eaglesong$/, ['CKB']],
  [/^beamhash/, ['BEAM']],
  [/^blake3.?alph/, ['ALPH']],
  [/^ghostrider$|^gr$/, ['RTM']],
  [/^verushash/, ['VRSC']],
];

/** Order of trust (detection.md §6.2). A handshake that names the coin is as good as its job. */
const TRUST: Readonly<Record<CoinBasis, number>> = {
  wallet: 4,
  job: 3,
  handshake: 3,
  algorithm: 2,
  endpoint: 1,
};

/** Every coin that something points to, the most trustworthy first; none without a basis. */
export function coinsOf(
  sessions: readonly SuspectSession[],
  wallets: Identities['wallets'],
  context: FuseContext,
): VerdictCoin[] {
  const found = new Map<string, VerdictCoin>();
  const add = (ticker: string, basis: CoinBasis, confidence: number) => {
    const coin = { ticker: ticker.toUpperCase(), basis, confidence: clamp(confidence) };
    const known = found.get(coin.ticker);
    if (coin.confidence > 0 && (known === undefined || compareCoins(coin, known) < 0))
      found.set(coin.ticker, coin);
  };
  for (const session of sessions) {
    for (const hint of session.coins) add(hint.ticker, hint.basis, hint.confidence);
    const algorithms = jobAlgorithms(session);
    for (const algorithm of algorithms) {
      const coins = coinsOfAlgorithm(algorithm, context);
      for (const [rank, ticker] of coins.entries())
        add(ticker, 'algorithm', rank === 0 ? MAIN_COIN_CONFIDENCE : 0.3 / coins.length);
    }
    const { peer, host } = session;
    const pool = context.poolOf({ ...peer, ...(host === null ? {} : { host }) });
    const listed = pool?.coins ?? [];
    for (const ticker of listed) add(ticker, 'endpoint', ENDPOINT_CONFIDENCE / listed.length);
  }
  for (const { wallet, session, payout } of wallets) {
    for (const ticker of wallet.coins) {
      const isPayout = payout !== null || contradicts(session, ticker, context);
      add(ticker, 'wallet', isPayout ? PAYOUT_CONFIDENCE : walletConfidence(wallet, ticker));
    }
  }
  return [...found.values()].sort(compareCoins).slice(0, MAX_COINS);
}

function walletConfidence(wallet: Identities['wallets'][number]['wallet'], ticker: string): number {
  if (ticker === 'ETH') return EVM_CONFIDENCE;
  return (wallet.verified ? WALLET_CONFIDENCE.verified : WALLET_CONFIDENCE.shaped) / wallet.coins.length;
}

/** Certain claims first; among claims of about the same worth, the better basis. */
function compareCoins(a: VerdictCoin, b: VerdictCoin): number {
  const isWeak = (coin: VerdictCoin) => (coin.confidence < 0.5 ? 1 : 0);
  return (
    isWeak(a) - isWeak(b) ||
    TRUST[b.basis] - TRUST[a.basis] ||
    b.confidence - a.confidence ||
    compareText(a.ticker, b.ticker) ||
    compareText(a.basis, b.basis)
  );
}

function jobAlgorithms({ algorithms }: SuspectSession): readonly string[] {
  return algorithms.length <= MAX_ALGORITHMS_OF_A_JOB ? algorithms : [];
}

/** By the table above, else by the coins of the rule files. */
function coinsOfAlgorithm(algorithm: string, context: FuseContext): readonly string[] {
  const name = algorithm.toLowerCase();
  const known = ALGORITHM_COINS.find(([pattern]) => pattern.test(name));
  if (known !== undefined) return known[1];
  const facts = [...context.coins.values()].filter((coin) => coin.algorithms.includes(name));
  return facts.map((coin) => coin.ticker).sort(compareText);
}

/** What the session mined cannot be this coin: an auto-exchange pool pays out in another. */
function contradicts(session: SuspectSession, ticker: string, context: FuseContext): boolean {
  const told = session.coins.filter(
    ({ basis, confidence }) => (basis === 'job' || basis === 'handshake') && confidence >= 0.5,
  );
  if (told.length > 0) return !told.some((hint) => hint.ticker.toUpperCase() === ticker);
  const mined = jobAlgorithms(session).flatMap((algorithm) => coinsOfAlgorithm(algorithm, context));
  return mined.length > 0 && !mined.includes(ticker);
}

function clamp(confidence: number): number {
  return confidence > 0 ? Math.min(1, confidence) : 0;
}
