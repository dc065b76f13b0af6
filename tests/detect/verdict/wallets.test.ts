import { describe, expect, it } from 'vitest';
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
} from '../../../src/detect/verdict/checksums.js';
import { identitiesOf, parseLogin, recogniseWallet } from '../../../src/detect/verdict/wallets.js';
import { session } from './builders.js';
import { FORMATS } from './formats.js';

/** Published: the first block's, BIP 173's first vector, the Monero project's donations, EIP-55's, Ergo's documentation. */
const GENESIS = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
const SEGWIT = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const XMR = '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A';
const ETH = '0x52908400098527886E0F7030069857D2E4169EE7';
const ERG = '9f4QF8AD1nQ3nJahQVkMj8hFSVVzVom77b52JU7EW71Zexg6N8v';
/** The same with one letter changed. */
const mistyped = (address: string) =>
  `${address.slice(0, 30)}${address[30] === 'A' ? 'B' : 'A'}${address.slice(31)}`;

describe('checksums', () => {
  it('base58check', () => {
    expect(isBase58Check(GENESIS)).toBe(true);
    expect(isBase58Check(GENESIS.replace('P1', 'P2'))).toBe(false);
    expect(isBase58Check('0OIl')).toBe(false);
    expect(isBase58Check('')).toBe(false);
    expect(isBase58Check('1'.repeat(5000))).toBe(false);
    expect(isBase58Check('rrrrrrrrrrrrrrrrrrrrrhoLvTp', 'ripple')).toBe(true);
  });

  it('bech32 and bech32m', () => {
    for (const valid of [
      SEGWIT,
      SEGWIT.toUpperCase(),
      'A12UEL5L',
      'a1lqfn3a',
      'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w',
      'split1checkupstagehandshakeupstreamerranterredcaperredlc445v',
    ]) {
      expect(isBech32(valid)).toBe(true);
    }
    for (const invalid of [
      'A12uEL5L',
      'x1b4n0q5v',
      '1pzry9x0s0muk',
      `${SEGWIT.slice(0, -1)}5`,
      '',
      '1',
      'b1',
    ]) {
      expect(isBech32(invalid)).toBe(false);
    }
  });

  it('cashaddr, with and without its prefix', () => {
    const address = 'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a';
    expect(isCashAddr(address, 'bitcoincash')).toBe(true);
    expect(isCashAddr(address.slice(12), 'bitcoincash')).toBe(true);
    expect(isCashAddr(address.slice(12), 'ecash')).toBe(false);
    expect(isCashAddr('kaspa:qqqqqqqqqqqqqqq', 'kaspa')).toBe(false);
    const kaspa = `kaspa:${'q'.repeat(53)}kx9awp4e`;
    expect([isCashAddr(kaspa, 'kaspa'), isCashAddr(mistyped(kaspa), 'kaspa')]).toEqual([true, false]);
  });

  it.each([
    ['CryptoNote', isCryptonoteAddress, XMR],
    [
      'CryptoNote, a subaddress',
      isCryptonoteAddress,
      '888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H',
    ],
    ['BLAKE2b-256 (Ergo)', isBlake2bBase58, ERG],
    ['BLAKE-256 (Decred)', isBlakeBase58, 'DsUZxxoHJSty8DCfwfartwTYbuhmVct7tJu'],
    ['CRC-16 (TON)', isTonAddress, 'EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N'],
    ['mod 97 (Nimiq)', isMod97, `NQ07${' 0000'.repeat(8)}`],
    ['Sia', isSiaAddress, `${'0'.repeat(64)}89eb0d6a8a69`],
  ] as const)('%s', (_name, check, address) => {
    expect(check(address)).toBe(true);
    expect(check(mistyped(address))).toBe(false);
    for (const text of ['', '0', 'é'.repeat(99), '1'.repeat(95), 'z'.repeat(5000)])
      expect(check(text)).toBe(false);
  });

  it('EIP-55, which only mixed case carries', () => {
    const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
    expect([isEip55(address), isEip55('0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359')]).toEqual([true, true]);
    expect(isEip55(address.replace('5aA', '5aa'))).toBe(false);
    expect([isEip55(ETH), isEip55(address.toLowerCase())]).toEqual([null, null]);
  });
});

describe('recogniseWallet', () => {
  it('verifies where it can', () => {
    expect(recogniseWallet(GENESIS, FORMATS)).toEqual({
      address: GENESIS,
      coins: ['BTC', 'RXD'],
      verified: true,
    });
    expect(recogniseWallet(SEGWIT, FORMATS)).toEqual({ address: SEGWIT, coins: ['BTC'], verified: true });
    expect(recogniseWallet(XMR, FORMATS)).toEqual({ address: XMR, coins: ['XMR'], verified: true });
    expect(recogniseWallet(ERG, FORMATS)).toMatchObject({ coins: ['ERG'], verified: true });
  });

  it('takes the shape where it cannot', () => {
    expect(recogniseWallet(ETH, FORMATS)).toMatchObject({ coins: ['ETH'], verified: false });
  });

  it('takes no address with a wrong checksum', () => {
    expect(recogniseWallet(GENESIS.replace('P1', 'P2'), FORMATS)).toBeNull();
    expect(recogniseWallet(mistyped(XMR), FORMATS)).toBeNull();
    expect(recogniseWallet('x'.repeat(100_000), FORMATS)).toBeNull();
  });
});

describe('parseLogin', () => {
  it.each([
    [GENESIS, GENESIS, null],
    [`${GENESIS}.rig1`, GENESIS, 'rig1'],
    [`${GENESIS}_rig1`, GENESIS, 'rig1'],
    [`${XMR}+120000`, XMR, null],
    [`${XMR}.rig1+120000`, XMR, 'rig1'],
    [`${XMR}+120000.rig1`, XMR, 'rig1'],
    [`${XMR}.${'ab'.repeat(32)}+rig1`, XMR, 'rig1'],
    [`${ETH}/rig1/me@mail.example`, ETH, 'rig1'],
    [`${ETH}.rig1/me@mail.example`, ETH, 'rig1'],
    [`${ETH}.rig01 #ref`, ETH, 'rig01'],
    [`${ETH}/farm.rig01/me@mail.example`, ETH, 'farm.rig01'],
    ['farm_one.s19x017', 'farm_one', 's19x017'],
    [`${mistyped(XMR)}.rig1`, mistyped(XMR), 'rig1'],
    [`${mistyped(XMR)}+120000.rig1`, mistyped(XMR), 'rig1'],
    ['farm_one', 'farm_one', null],
    ['.hidden', '.hidden', null],
    ['me@mail.example/rig1', 'me@mail.example', 'rig1'],
    ['me@mail.example', 'me@mail.example', null],
    ['me@mail.example.rig1', 'me@mail.example', 'rig1'],
  ])('%s', (text, account, worker) => {
    expect(parseLogin(text, FORMATS)).toMatchObject({ account, worker, payout: null });
  });

  it('COIN:address.worker#referral', () => {
    expect(parseLogin(`XMR:${XMR}.rig1#abcd-1234`, FORMATS)).toMatchObject({
      account: XMR,
      worker: 'rig1',
      payout: 'XMR',
      wallet: { coins: ['XMR'] },
    });
    expect(parseLogin(`doge:${GENESIS}`, FORMATS)?.payout).toBe('DOGE');
  });

  it('takes a prefix that belongs to the address for one', () => {
    const address = 'kaspa:qqkqkzjvr7zwxxmjxjkmxxdwju9kjs6e9u82uh59z07vgaks6gg62v8707g73';
    expect(parseLogin(`${address}.rig1`, FORMATS)).toMatchObject({
      account: address,
      worker: 'rig1',
      payout: null,
    });
  });

  it('empty, hostile', () => {
    expect(parseLogin('', FORMATS)).toBeNull();
    expect(parseLogin('   ', FORMATS)).toBeNull();
    expect(parseLogin('.'.repeat(100_000), FORMATS)?.worker ?? null).toBeNull();
    expect(parseLogin(`${'a.'.repeat(50_000)}`, FORMATS)?.account).toBe('a');
  });
});

describe('identitiesOf', () => {
  it('lists wallets, accounts and workers, printable and sorted', () => {
    const sessions = [
      session({ logins: [`${GENESIS}.ignored`], workers: ['c', `${'ab'.repeat(32)}.d`] }),
      session({ session: 's2', logins: [`${GENESIS}.b`, 'farm.a\u001b[31m'] }),
    ];
    const { names, workers, wallets } = identitiesOf(sessions, FORMATS);
    expect(names).toEqual([GENESIS, 'farm']);
    expect(workers).toEqual(['a\\x1b[31m', 'b', 'c', 'd']);
    expect(wallets).toHaveLength(2);
  });

  it('leaves out the donations of XMRig', () => {
    const donation = session({ dialect: 'cryptonote', logins: ['b2'.repeat(32)] });
    expect(identitiesOf([donation], FORMATS).names).toEqual([]);
    expect(identitiesOf([{ ...donation, dialect: 'iron' }], FORMATS).names).toHaveLength(1);
  });
});
