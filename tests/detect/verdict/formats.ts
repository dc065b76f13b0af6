import type { Checksum, WalletFormat } from '../../../src/model/rule-table.js';

const format = (coin: string, pattern: string, checksum: Checksum): WalletFormat => ({
  coin,
  format: 'test',
  prefix: '',
  pattern,
  checksum,
  minLength: 20,
  maxLength: 120,
  file: 'wallets.csv',
  line: 1,
});

const BASE58 = '[1-9A-HJ-NP-Za-km-z]';
export const FORMATS: readonly WalletFormat[] = [
  format('BTC', `^1${BASE58}{25,33}$`, 'base58check'),
  format('RXD', `^1${BASE58}{25,33}$`, 'base58check'),
  format('BTC', '^bc1q[02-9ac-hj-np-z]{38}$', 'bech32'),
  format('XMR', `^4[0-9AB]${BASE58}{93}$`, 'cryptonote'),
  format('KAS', '^kaspa:[qp][02-9ac-hj-np-z]{60}(?:[02-9ac-hj-np-z]{2})?$', 'cashaddr'),
  format('ETH', '^0x[0-9a-fA-F]{40}$', 'eip55'),
  format('ERG', `^9[efghi]${BASE58}{49}$`, 'blake2b'),
];
