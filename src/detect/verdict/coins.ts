import type { CoinBasis } from '../../model/observation.js';
import type { Payout, SuspectSession, VerdictCoin, VerdictPool } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { canSpeak, ETH_MERGE_US, isEthash, jobAlgorithms } from './estimates/algorithms.js';
import { chainsOf } from './estimates/chains.js';
import { compareText, timeOf } from './numbers.js';
import type { Identities, Wallet } from './wallets.js';

const MAX_COINS = 16;

const WALLET_CONFIDENCE = { verified: 0.95, shaped: 0.7 } as const;
/** Of an address that several coins share: the first coin of the rule files has the larger part. */
const SHARED_MAIN = 0.6;
/** Of the coin that an algorithm is mostly used for. */
const MAIN_COIN_CONFIDENCE = 0.6;
const ENDPOINT_CONFIDENCE = 0.6;
/** Height, time and difficulty of the job are those of one chain. */
const CHAIN_CONFIDENCE = 0.95;
/** What the algorithm suggests counts for less where the job is of another chain (a test net, a smaller coin). */
const OTHER_CHAIN = 0.5;
const PAYOUT_OPTION = /^(?:c|coin)=([a-z0-9]{2,8})$/i;
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
  [/^equihash(?:[-_/]?200[-_,/]9)?$/, ['ZEC', 'ZEN', 'KMD']],
  [/^(?:equihash[-_/]?)?125[-_,/]4$/, ['FLUX']],
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

/** KawPow for an account: Quai alone has such addresses (go-quai stratum). */
const KAWPOW_ACCOUNT_COINS = ['QUAI', 'RVN'];

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
  const claims = [
    ...sessionClaims(sessions, wallets, pools, context),
    ...walletClaims(wallets, context),
  ].sort(compareClaims);
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
  wallets: Identities['wallets'],
  pools: readonly VerdictPool[],
  context: FuseContext,
): Claim[] {
  const claims: Claim[] = [];
  for (const session of sessions) {
    const add = (ticker: string, basis: CoinBasis, confidence: number) => {
      if (canBeMined(ticker, session)) claims.push({ ticker, basis, confidence, trust: TRUST[basis] });
    };
    const chains = chainsOf(session.clues, context.estimates);
    for (const [rank, { ticker }] of chains.entries()) {
      add(ticker, 'job', chains.length === 1 ? CHAIN_CONFIDENCE : rank === 0 ? KNOWN_CONFIDENCE : 0.25);
    }
    const payouts = optionPayouts(session, context);
    for (const hint of session.coins) {
      if (!payouts.includes(hint.ticker)) add(hint.ticker, hint.basis, hint.confidence);
    }
    const families = jobAlgorithms(session).map((algorithm) => coinsOfAlgorithm(algorithm, context));
    const paid = kinOf(session, wallets, context);
    const kin =
      chains.length === 0 && isKawpowForAccount(session, wallets)
        ? KAWPOW_ACCOUNT_COINS
        : coinsOfDialect(session);
    for (const coins of [...families, ...(paid.length > 0 ? [] : [kin])]) {
      for (const [rank, ticker] of coins.entries()) {
        const whole = rank === 0 ? MAIN_COIN_CONFIDENCE : 0.3 / coins.length;
        add(ticker, 'algorithm', whole * (isOfOtherChain(ticker, session, context) ? OTHER_CHAIN : 1));
      }
    }
  }
  for (const { address, port, host } of pools) {
    const listed = context.poolOf({ ip: address, port, ...(host === null ? {} : { host }) })?.coins ?? [];
    if (listed.length > MAX_COINS_OF_A_POOL) continue;
    for (const ticker of listed) {
      if (!sessions.some((session) => canBeMined(ticker, session))) continue;
      const confidence = ENDPOINT_CONFIDENCE / listed.length;
      claims.push({ ticker, basis: 'endpoint', confidence, trust: TRUST.endpoint });
    }
  }
  return claims;
}

function walletClaims(wallets: Identities['wallets'], context: FuseContext): Claim[] {
  return wallets.flatMap(({ wallet, session, payout }) =>
    spoken(wallet.coins, session, context).flatMap((ticker): Claim[] => {
      const rank = wallet.coins.indexOf(ticker);
      const mined = minedCoins(session, context);
      const isKin = kinOf(session, wallets, context).includes(ticker);
      const isContradicted = mined.length > 0 && !mined.includes(ticker) && !isKin;
      // The mere shape of another coin's address that the session belies is a coincidence.
      if (isContradicted && payout === null && (!wallet.verified || rank > 0)) return [];
      // All EVM coins share their addresses: where the session tells which, the address adds nothing.
      if (ticker === 'ETH' && mined.length > 0) return [];
      if (!canBeMined(ticker, session)) return [];
      const isPayout = isContradicted || payout !== null;
      const confidence = isPayout ? PAYOUT_CONFIDENCE : walletConfidence(wallet, ticker, rank);
      const isProven = wallet.verified && wallet.coins.length === 1 && !isPayout;
      return [{ ticker, basis: 'wallet', confidence, trust: isProven ? PROVEN_WALLET_TRUST : TRUST.wallet }];
    }),
  );
}

/** ETH was mined until the merge, ETHW is mined since; a session that spans it may be either. */
function canBeMined(ticker: string, { firstUs, lastUs }: SuspectSession): boolean {
  if (ticker.toUpperCase() === 'ETH') return timeOf(firstUs) < ETH_MERGE_US;
  return ticker.toUpperCase() !== 'ETHW' || timeOf(lastUs) >= ETH_MERGE_US;
}

/** Coins that speak Ethereum's dialects with addresses of their own: not what the dialect alone suggests. */
function kinOf(
  session: SuspectSession,
  wallets: Identities['wallets'],
  context: FuseContext,
): readonly string[] {
  if (!isEthash(session.dialect)) return [];
  const paid = wallets.filter((one) => one.session === session).flatMap(({ wallet }) => wallet.coins);
  return paid.filter((ticker) => {
    const algorithms = context.coins.get(ticker)?.algorithms ?? [];
    return ticker !== 'ETH' && algorithms.length > 0 && canSpeak(session.dialect, algorithms);
  });
}

function isKawpowForAccount(session: SuspectSession, wallets: Identities['wallets']): boolean {
  if (session.dialect !== 'stratum-v1-kawpow' || session.options.some((text) => PAYOUT_OPTION.test(text)))
    return false;
  return wallets.some(
    (one) => one.session === session && one.payout === null && one.wallet.coins[0] === 'ETH',
  );
}

/** Coins of an address whose shape several share: those that can be mined in this session, if there are any. */
function spoken(coins: readonly string[], session: SuspectSession, context: FuseContext): readonly string[] {
  const mined = minedCoins(session, context);
  const own = coins.filter((ticker) => mined.includes(ticker));
  if (own.length > 0) return own;
  const fitting = coins.filter((ticker) =>
    canSpeak(session.dialect, context.coins.get(ticker)?.algorithms ?? []),
  );
  return fitting.length > 0 ? fitting : coins;
}

/** The job is for a chain, and the height and difficulty of this coin's are others. */
function isOfOtherChain(ticker: string, { clues }: SuspectSession, { estimates }: FuseContext): boolean {
  if (clues?.height == null || !estimates.chains.some((chain) => chain.ticker === ticker)) return false;
  return !chainsOf(clues, estimates).some((chain) => chain.ticker === ticker);
}

/** Coins that the password asks to be paid in (`c=`), where the session shows that another is mined. */
function optionPayouts(session: SuspectSession, context: FuseContext): string[] {
  const asked = session.options.flatMap((option) => PAYOUT_OPTION.exec(option)?.[1]?.toUpperCase() ?? []);
  if (asked.length === 0) return [];
  const mined = shownCoins(session, context);
  return mined.length === 0 ? [] : asked.filter((ticker) => !mined.includes(ticker));
}

/** Money that goes out in another coin than the one mined: wallet, login or option says so. */
export function payoutsOf(
  sessions: readonly SuspectSession[],
  wallets: Identities['wallets'],
  context: FuseContext,
): Payout[] {
  const found = new Map<string, Payout>();
  const add = (ticker: string, basis: Payout['basis']) => {
    if (!found.has(ticker)) found.set(ticker, { ticker, basis });
  };
  for (const session of sessions) for (const ticker of optionPayouts(session, context)) add(ticker, 'option');
  for (const { wallet, session, payout } of wallets) {
    const mined = minedCoins(session, context);
    if (payout !== null && !mined.includes(payout)) add(payout, 'login');
    const [ticker] = wallet.coins;
    if (payout !== null || mined.length === 0 || ticker === undefined || !wallet.verified) continue;
    // Of coins that share their addresses any may be meant.
    if (ticker !== 'ETH' && !wallet.coins.some((coin) => mined.includes(coin))) add(ticker, 'wallet');
  }
  return [...found.values()].sort((a, b) => compareText(a.ticker, b.ticker));
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
  if (isEthash(dialect)) return timeOf(firstUs) < ETH_MERGE_US ? ['ETH', 'ETC'] : ['ETC', 'ETHW'];
  return DIALECT_COINS.get(dialect) ?? [];
}

/** The coins that the session can have mined, as far as it tells; another coin's wallet is where the money goes. */
function minedCoins(session: SuspectSession, context: FuseContext): readonly string[] {
  const payouts = optionPayouts(session, context);
  const told = session.coins.filter(
    ({ ticker, basis, confidence }) =>
      (basis === 'job' || basis === 'handshake') &&
      confidence >= KNOWN_CONFIDENCE &&
      !payouts.includes(ticker) &&
      canBeMined(ticker, session),
  );
  if (told.length > 0) return told.map(({ ticker }) => ticker.toUpperCase());
  return shownCoins(session, context);
}

/** By chain, algorithm or dialect: what no option or login can change. */
function shownCoins(session: SuspectSession, context: FuseContext): readonly string[] {
  const chains = chainsOf(session.clues, context.estimates).map(({ ticker }) => ticker);
  if (chains.length > 0) return chains;
  const byAlgorithm = jobAlgorithms(session)
    .flatMap((algorithm) => coinsOfAlgorithm(algorithm, context))
    .filter((ticker) => canBeMined(ticker, session));
  return byAlgorithm.length > 0 ? byAlgorithm : coinsOfDialect(session);
}

function clamp(confidence: number): number {
  return confidence > 0 ? Math.min(1, confidence) : 0;
}
