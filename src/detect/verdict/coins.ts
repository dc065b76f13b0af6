import type { CoinBasis } from '../../model/observation.js';
import type { SuspectSession, VerdictCoin, VerdictPool } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { compareText, timeOf } from './numbers.js';
import type { Identities, Wallet } from './wallets.js';

const MAX_COINS = 16;
/** An `algo` list this long says what the program can do, not what it does. */
const MAX_ALGORITHMS_OF_A_JOB = 2;

const WALLET_CONFIDENCE = { verified: 0.95, shaped: 0.7 } as const;
/** Of an address that several coins share: the first coin of the rule files has the larger part. */
const SHARED_MAIN = 0.6;
/** Of the coin that an algorithm is mostly used for. */
const MAIN_COIN_CONFIDENCE = 0.6;
const ENDPOINT_CONFIDENCE = 0.6;
/** A pool of more coins than this names none. */
const MAX_COINS_OF_A_POOL = 4;
/** Addresses of every EVM coin look alike. */
const EVM_CONFIDENCE = 0.25;
/** A wallet of a coin that this algorithm cannot mine only says where the money goes. */
const PAYOUT_CONFIDENCE = 0.1;
/** From here on a coin is known well enough to leave out mere possibilities, those below the second number. */
const KNOWN_CONFIDENCE = 0.5;
const POSSIBLE_CONFIDENCE = 0.3;

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

/** Dialects that one algorithm speaks; main coin first. */
const DIALECT_COINS: ReadonlyMap<string, readonly string[]> = new Map([
  ['zip-301', ['ZEC', 'ZEN', 'KMD', 'ARRR', 'BTG', 'FLUX']],
  ['stratum-v1-kawpow', ['RVN']],
  ['grin', ['GRIN']],
  ['browser-coinhive', ['XMR']],
  ['browser-webminerpool', ['XMR']],
]);
const ETHASH_DIALECT = /^(?:eth-?(?:proxy|getwork)|ethereumstratum-\d|stratum-v1-ethash)$/;
/** The block that ended mining of ETH (15 September 2022, 06:42:42 UTC). */
const ETH_MERGE_US = 1_663_224_162e6;

/** Order of trust (detection.md §6.2). A handshake that names the coin is as good as its job. */
const TRUST: Readonly<Record<CoinBasis, number>> = {
  wallet: 2.5,
  job: 3,
  handshake: 3,
  algorithm: 2,
  endpoint: 1,
};
/** An address of one coin, with a right checksum. */
const PROVEN_WALLET_TRUST = 4;

interface Claim extends VerdictCoin {
  readonly trust: number;
}

/**
 * Every coin that something points to, the most trustworthy first; none without a basis. The basis is that of the
 * most trustworthy claim, the confidence that of the most confident one.
 */
export function coinsOf(
  sessions: readonly SuspectSession[],
  wallets: Identities['wallets'],
  pools: readonly VerdictPool[],
  context: FuseContext,
): VerdictCoin[] {
  const found = new Map<string, Claim>();
  const add = (text: string, basis: CoinBasis, raw: number, trust = TRUST[basis]) => {
    const ticker = text.toUpperCase();
    const confidence = clamp(raw);
    if (confidence === 0) return;
    const claim = { ticker, basis, confidence, trust };
    const known = found.get(ticker);
    if (known === undefined) found.set(ticker, claim);
    else {
      const better = compareClaims(claim, known) < 0 ? claim : known;
      found.set(ticker, { ...better, confidence: Math.max(confidence, known.confidence) });
    }
  };
  const claims = [...sessionClaims(sessions, pools, context), ...walletClaims(wallets, context)].sort(
    compareClaims,
  );
  for (const { ticker, basis, confidence, trust } of claims) add(ticker, basis, confidence, trust);
  const isKnown = [...found.values()].some(({ confidence }) => confidence >= KNOWN_CONFIDENCE);
  return [...found.values()]
    .filter(
      ({ confidence, trust }) => !isKnown || trust > TRUST.algorithm || confidence >= POSSIBLE_CONFIDENCE,
    )
    .sort(compareClaims)
    .slice(0, MAX_COINS)
    .map(({ ticker, basis, confidence }) => ({ ticker, basis, confidence }));
}

function sessionClaims(
  sessions: readonly SuspectSession[],
  pools: readonly VerdictPool[],
  context: FuseContext,
): Claim[] {
  const claims: Claim[] = [];
  const add = (ticker: string, basis: CoinBasis, confidence: number) =>
    claims.push({ ticker, basis, confidence, trust: TRUST[basis] });
  for (const session of sessions) {
    for (const hint of session.coins) add(hint.ticker, hint.basis, hint.confidence);
    const families = jobAlgorithms(session).map((algorithm) => coinsOfAlgorithm(algorithm, context));
    for (const coins of [...families, coinsOfDialect(session)]) {
      for (const [rank, ticker] of coins.entries()) {
        add(ticker, 'algorithm', rank === 0 ? MAIN_COIN_CONFIDENCE : 0.3 / coins.length);
      }
    }
  }
  for (const { address, port, host } of pools) {
    const listed = context.poolOf({ ip: address, port, ...(host === null ? {} : { host }) })?.coins ?? [];
    if (listed.length > MAX_COINS_OF_A_POOL) continue;
    for (const ticker of listed) add(ticker, 'endpoint', ENDPOINT_CONFIDENCE / listed.length);
  }
  return claims;
}

function walletClaims(wallets: Identities['wallets'], context: FuseContext): Claim[] {
  return wallets.flatMap(({ wallet, session, payout }) =>
    wallet.coins.flatMap((ticker, rank): Claim[] => {
      const mined = minedCoins(session, context);
      const isContradicted = mined.length > 0 && !mined.includes(ticker);
      // The mere shape of another coin's address that the session belies is a coincidence.
      if (isContradicted && payout === null && (!wallet.verified || rank > 0)) return [];
      // All EVM coins share their addresses: where the session tells which, the address adds nothing.
      if (ticker === 'ETH' && mined.length > 0) return [];
      const isPayout = isContradicted || payout !== null;
      const confidence = isPayout ? PAYOUT_CONFIDENCE : walletConfidence(wallet, ticker, rank);
      const isProven = wallet.verified && wallet.coins.length === 1 && !isPayout;
      return [{ ticker, basis: 'wallet', confidence, trust: isProven ? PROVEN_WALLET_TRUST : TRUST.wallet }];
    }),
  );
}

function walletConfidence({ verified, coins }: Wallet, ticker: string, rank: number): number {
  if (ticker === 'ETH') return EVM_CONFIDENCE;
  const whole = verified ? WALLET_CONFIDENCE.verified : WALLET_CONFIDENCE.shaped;
  if (coins.length === 1) return whole;
  return whole * (rank === 0 ? SHARED_MAIN : (1 - SHARED_MAIN) / (coins.length - 1));
}

/** Well-known claims first; among them the better basis. */
function compareClaims(a: Claim, b: Claim): number {
  const isWeak = ({ confidence }: Claim) => (confidence >= KNOWN_CONFIDENCE ? 0 : 1);
  return (
    isWeak(a) - isWeak(b) ||
    b.trust - a.trust ||
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

/** By the family of Ethereum's dialects, until its end ETH, then ETC. */
function coinsOfDialect({ dialect, firstUs }: SuspectSession): readonly string[] {
  if (dialect === null) return [];
  if (ETHASH_DIALECT.test(dialect)) return timeOf(firstUs) < ETH_MERGE_US ? ['ETH', 'ETC'] : ['ETC', 'ETHW'];
  return DIALECT_COINS.get(dialect) ?? [];
}

/** The coins that the session can have mined, as far as it tells; another coin's wallet is where the money goes. */
function minedCoins(session: SuspectSession, context: FuseContext): readonly string[] {
  const told = session.coins.filter(
    ({ basis, confidence }) => (basis === 'job' || basis === 'handshake') && confidence >= KNOWN_CONFIDENCE,
  );
  if (told.length > 0) return told.map(({ ticker }) => ticker.toUpperCase());
  const byAlgorithm = jobAlgorithms(session).flatMap((algorithm) => coinsOfAlgorithm(algorithm, context));
  return byAlgorithm.length > 0 ? byAlgorithm : coinsOfDialect(session);
}

function clamp(confidence: number): number {
  return confidence > 0 ? Math.min(1, confidence) : 0;
}
