import { printable } from '../../base/text.js';
import type { Checksum, WalletFormat } from '../../model/rule-table.js';
import type { SuspectSession } from '../../model/verdict.js';
import {
  isBase58Check,
  isBech32,
  isBlake2bBase58,
  isBlakeBase58,
  isCashAddr,
  isCryptonoteAddress,
  isEip55,
  isMod97,
  isSiaAddress,
  isTonAddress,
} from './checksums.js';
import { MAX_NAMES } from './ledger/sessions.js';
import { sortedUnion } from './numbers.js';

/** No address in use is longer; longer text is not tried against patterns. */
const MAX_ADDRESS = 520;
const MIN_ADDRESS = 20;
const MAX_LOGIN = 512;
/** An address ends at one of the first separators of its login. */
const MAX_SEPARATORS = 8;
/** Distinct logins of one suspect that are taken apart. */
const MAX_LOGINS = 1024;

/** An address found in a login, and the coins whose addresses look so. */
export interface Wallet {
  readonly address: string;
  /** Upper-case tickers, in the order of the rule files: the likelier first. */
  readonly coins: readonly string[];
  /** The address carries a checksum and it is right; false: it has the shape only. */
  readonly verified: boolean;
}

/** A login field taken apart as pools do. */
export interface Login {
  /** What stands before the worker: an address, a pool account or an e-mail address. */
  readonly account: string;
  readonly wallet: Wallet | null;
  readonly worker: string | null;
  /** Ticker written before the address (`XMR:4…`): the coin paid out, which need not be the one mined. */
  readonly payout: string | null;
}

const SEPARATORS = /[./+,;#|_\s]/g;
const TICKER_PREFIX = /^([A-Za-z0-9]{2,8}):(.+)$/;
const EMAIL = /^([^\s/@:]+@[^\s/@]+)(?:\/(.*))?$/;

/**
 * `wallet.worker`, `wallet/worker`, `wallet+difficulty`, `wallet.worker/mail`, `wallet.paymentid+worker`,
 * `COIN:wallet.worker#referral`, `account.worker`, `mail@host/worker`.
 */
export function parseLogin(text: string, formats: readonly WalletFormat[]): Login | null {
  const login = text.slice(0, MAX_LOGIN).trim();
  if (login === '') return null;
  const plain = splitWallet(login, formats);
  if (plain !== null) return { ...plain, payout: null };
  const prefixed = TICKER_PREFIX.exec(login);
  if (prefixed !== null) {
    const [, ticker = '', rest = ''] = prefixed;
    const inner = splitWallet(rest, formats);
    if (inner !== null) return { ...inner, payout: ticker.toUpperCase() };
  }
  return splitAccount(login);
}

/** The longest beginning, up to a separator, that is an address. */
function splitWallet(login: string, formats: readonly WalletFormat[]): Omit<Login, 'payout'> | null {
  const cuts = [...login.matchAll(SEPARATORS)].slice(0, MAX_SEPARATORS).map((match) => match.index);
  const ends = [login.length, ...cuts.reverse()];
  for (const end of ends) {
    const address = login.slice(0, end);
    const wallet = recogniseWallet(address, formats);
    if (wallet !== null) return { account: address, wallet, worker: workerIn(login.slice(end)) };
  }
  // With a wrong checksum it proves nothing, but it is still what stands before the worker.
  for (const end of ends) {
    const account = login.slice(0, end);
    if (hasShape(account, formats)) return { account, wallet: null, worker: workerIn(login.slice(end)) };
  }
  return null;
}

/** CryptoNote logins may carry one before the worker. */
const PAYMENT_ID = /^[0-9a-f]{64}(?:[.+]|$)/i;

/** The first part that names a machine: not a difficulty, a payment id, a referral or an e-mail address. */
function workerIn(rest: string): string | null {
  for (const [, mark = '', text = ''] of rest.matchAll(/([./+,;#|\s]|^_)([^/+,;#|\s]*)/g)) {
    if (mark === '#' || text.includes('@')) continue;
    const part = text.replace(mark === '+' ? /^\d+(?:\.|$)/ : PAYMENT_ID, '');
    if (part !== '') return part;
  }
  return null;
}

function splitAccount(login: string): Login {
  const mail = EMAIL.exec(login);
  if (mail !== null) {
    const [, address = '', worker = ''] = mail;
    // `me@example.com.rig1`: a last label that no top-level domain looks like is a worker.
    const last = address.slice(address.lastIndexOf('.') + 1);
    const isWorker =
      worker === '' && !/^[a-z]{2,}$/i.test(last) && address.slice(0, -last.length - 1).includes('.');
    return {
      account: isWorker ? address.slice(0, -last.length - 1) : address,
      wallet: null,
      worker: isWorker ? last : worker === '' ? null : worker,
      payout: null,
    };
  }
  const cut = login.search(/[./]/);
  const account = cut > 0 ? login.slice(0, cut) : login;
  return { account, wallet: null, worker: cut > 0 ? workerIn(login.slice(cut)) : null, payout: null };
}

/** As some coin writes its addresses, whatever the checksum. */
function hasShape(address: string, formats: readonly WalletFormat[]): boolean {
  if (address.length < MIN_ADDRESS || address.length > MAX_ADDRESS) return false;
  return compile(formats).some(
    ({ minLength, maxLength, pattern }) =>
      address.length >= minLength && address.length <= maxLength && pattern.test(address),
  );
}

interface CompiledFormat {
  readonly coin: string;
  readonly minLength: number;
  readonly maxLength: number;
  readonly pattern: RegExp;
  readonly check: (address: string) => boolean | null;
}

const compiledFormats = new WeakMap<readonly WalletFormat[], readonly CompiledFormat[]>();

/** The address and its candidate coins; null where no format fits or its checksum is wrong. */
export function recogniseWallet(address: string, formats: readonly WalletFormat[]): Wallet | null {
  if (address.length < MIN_ADDRESS || address.length > MAX_ADDRESS) return null;
  const verified: string[] = [];
  const shaped: string[] = [];
  for (const { coin, minLength, maxLength, pattern, check } of compile(formats)) {
    if (address.length < minLength || address.length > maxLength || !pattern.test(address)) continue;
    const isRight = check(address);
    if (isRight === true) verified.push(coin);
    else if (isRight === null) shaped.push(coin);
  }
  const coins = verified.length > 0 ? verified : shaped;
  if (coins.length === 0) return null;
  return { address, coins: [...new Set(coins)], verified: verified.length > 0 };
}

function compile(formats: readonly WalletFormat[]): readonly CompiledFormat[] {
  const known = compiledFormats.get(formats);
  if (known !== undefined) return known;
  const compiled: CompiledFormat[] = [];
  for (const { coin, pattern, checksum, minLength, maxLength } of formats) {
    // Formats of accounts, which no coin owns.
    if (!/^[A-Z0-9]{2,10}$/.test(coin)) continue;
    compiled.push({
      coin,
      minLength,
      maxLength,
      pattern: new RegExp(pattern),
      check: checkerOf(coin, checksum),
    });
  }
  compiledFormats.set(formats, compiled);
  return compiled;
}

/** Coins whose Base58 ends in another hash than Bitcoin's. */
const OTHER_BASE58: ReadonlyMap<string, (address: string) => boolean> = new Map([
  ['DCR', isBlakeBase58],
  ['ERG', isBlake2bBase58],
]);

/** Null: a checksum that cannot be verified here (Groestl), or none. */
function checkerOf(coin: string, checksum: Checksum): CompiledFormat['check'] {
  switch (checksum) {
    case 'base58check':
      // Aeternity's stands behind a prefix that is not part of it.
      return (address) => isBase58Check(address.replace(/^ak_/, ''), coin === 'XRP' ? 'ripple' : 'bitcoin');
    case 'bech32':
    case 'bech32m':
      return isBech32;
    case 'cashaddr':
      // Conflux writes another alphabet.
      return coin === 'CFX' ? () => null : (address) => isCashAddr(address, 'bitcoincash');
    case 'cryptonote':
      return isCryptonoteAddress;
    case 'eip55':
      return isEip55;
    case 'base58-other':
    case 'blake2b':
      return coin === 'SC' ? isSiaAddress : (OTHER_BASE58.get(coin) ?? (() => null));
    case 'crc16':
      return isTonAddress;
    case 'mod97':
      return isMod97;
    case 'none':
      return () => null;
  }
}

export interface Identities {
  readonly wallets: readonly {
    readonly wallet: Wallet;
    readonly session: SuspectSession;
    readonly payout: string | null;
  }[];
  /** Addresses, and the accounts of logins that carry none, as sent. */
  readonly names: readonly string[];
  readonly workers: readonly string[];
}

/** Who is paid, and the names of the machines, from the logins of all sessions. */
export function identitiesOf(
  sessions: readonly SuspectSession[],
  formats: readonly WalletFormat[],
): Identities {
  const wallets: Identities['wallets'][number][] = [];
  const names = new Set<string>();
  const workers = new Set<string>();
  const parsed = new Map<string, Login | null>();
  for (const session of sessions) {
    for (const worker of session.workers) workers.add(worker.replace(PAYMENT_ID, ''));
    for (const text of session.logins) {
      if (isDonation(session, text)) continue;
      if (!parsed.has(text) && parsed.size < MAX_LOGINS) parsed.set(text, parseLogin(text, formats));
      const login = parsed.get(text) ?? null;
      if (login === null) continue;
      names.add(login.account);
      if (login.worker !== null && session.workers.length === 0) workers.add(login.worker);
      if (login.wallet !== null) wallets.push({ wallet: login.wallet, session, payout: login.payout });
    }
  }
  return { wallets, names: listed(names), workers: listed(workers) };
}

function listed(texts: ReadonlySet<string>): string[] {
  return sortedUnion([texts], MAX_NAMES).map((text) => printable(text));
}

/** XMRig gives one minute in a hundred to its author, under a hash of the user (xmrig DonateStrategy.cpp). */
export function isDonation(session: SuspectSession, login: string): boolean {
  return session.dialect === 'cryptonote' && /^[0-9a-f]{64}$/.test(login);
}
