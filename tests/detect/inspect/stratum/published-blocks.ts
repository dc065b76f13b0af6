/**
 * Published blocks as shares: headers, coinbases and transaction ids as every node of these chains has them. A share of
 * the session that is built from one rebuilds exactly that block's header.
 */
import { createHash } from 'node:crypto';
import type { Line } from './harness.js';

export interface Block {
  readonly name: string;
  readonly algorithm: 'sha256d' | 'scrypt';
  /** Most significant byte first. */
  readonly hash: string;
  readonly version: string;
  readonly previous: string;
  readonly coinbase: string;
  /** Ids of the other transactions, as explorers show them. */
  readonly others: readonly string[];
  readonly time: string;
  readonly bits: string;
  readonly nonce: string;
  /** Share difficulty that the block meets, in the pools' unit. */
  readonly difficulty: number;
}

export const BITCOIN_0: Block = {
  name: 'Bitcoin 0',
  algorithm: 'sha256d',
  hash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
  version: '00000001',
  previous: '0'.repeat(64),
  coinbase:
    '01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000',
  others: [],
  time: '495fab29',
  bits: '1d00ffff',
  nonce: '7c2bac1d',
  difficulty: 1,
};

export const BITCOIN_125552: Block = {
  name: 'Bitcoin 125552',
  algorithm: 'sha256d',
  hash: '00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d',
  version: '00000001',
  previous: '00000000000008a3a41b85b8b29ad444def299fee21793cd8b9e567eab02cd81',
  coinbase:
    '01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0804f2b9441a022a01ffffffff014034152a01000000434104d879d5ef8b70cf0a33925101b64429ad7eb370da8ad0b05c9cd60922c363a1eada85bcc2843b7378e226735048786c790b30b28438d22acfade24ef047b5f865ac00000000',
  others: [
    '60c25dda8d41f8d3d7d5c6249e2ea1b05a25bf7ae2ad6d904b512b31f997e1a1',
    '01f314cdd8566d3e5dbdd97de2d9fbfbfd6873e916a00d48758282cbb81a45b9',
    'b519286a1040da6ad83c783eb2872659eaf57b1bec088e614776ffe7dc8f6d01',
  ],
  time: '4dd7f5c7',
  bits: '1a44b9f2',
  nonce: '9546a142',
  difficulty: 244_112,
};

export const LITECOIN_29255: Block = {
  name: 'Litecoin 29255',
  algorithm: 'scrypt',
  hash: '0000000110c8357966576df46f3b802ca897deb7ad18b12f1c24ecff6386ebd9',
  version: '00000001',
  previous: '279f6330ccbbb9103b9e3a5350765052081ddbae898f1ef6b8c64f3bcef715f6',
  coinbase:
    '01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0804b217bb4e022309ffffffff0100f2052a010000004341044870341873accab7600d65e204bb4ae47c43d20c562ebfbf70cbcb188da98dec8b5ccf0526c8e4d954c6b47b898cc30adf1ff77c2e518ddc9785b87ccb90b8cdac00000000',
  others: [],
  time: '4ebb17b8',
  bits: '1d018ea7',
  nonce: 'd4592d01',
  difficulty: 32_768,
};

export const BLOCKS = [BITCOIN_0, BITCOIN_125552, LITECOIN_29255];

const reversed = (hex: string) => Buffer.from(hex, 'hex').reverse();
const sha256d = (bytes: Buffer) =>
  createHash('sha256').update(createHash('sha256').update(bytes).digest()).digest();

/** The hashes that a pool sends: those that the first transaction is joined with, level by level. */
function branchesOf(others: readonly string[]): string[] {
  const branches: string[] = [];
  let level: (Buffer | null)[] = [null, ...others.map(reversed)];
  while (level.length > 1) {
    branches.push(level[1]!.toString('hex'));
    if (level.length % 2 === 1) level.push(level.at(-1)!);
    const next: (Buffer | null)[] = [null];
    for (let at = 2; at < level.length; at += 2)
      next.push(sha256d(Buffer.concat([level[at]!, level[at + 1]!])));
    level = next;
  }
  return branches;
}

export interface SessionOptions {
  /** Digits of the coinbase before the extranonce, and how long its two parts are. */
  readonly cut?: number;
  readonly extranonce1?: number;
  readonly extranonce2?: number;
  readonly answer?: object;
  readonly versionBits?: string;
  /** As the job has it, where the share rolls bits. */
  readonly jobVersion?: string;
  readonly nonce?: string;
  readonly difficulty?: number;
}

/** A whole session in which the block is found as a share. Times in seconds. */
export function sessionOf(block: Block, options: SessionOptions = {}): Line[] {
  const { cut = 84, extranonce1 = 8, extranonce2 = 8 } = options;
  const [one, two] = [cut + extranonce1, cut + extranonce1 + extranonce2];
  const coinbase = block.coinbase;
  const words = Buffer.from(reversed(block.previous)).swap32().toString('hex');
  const line = (direction: Line['direction'], atSeconds: number, message: object): Line => ({
    direction,
    atSeconds,
    bytes: Buffer.from(`${JSON.stringify(message)}\n`),
  });
  const share = ['account.rig1', 'j1', coinbase.slice(one, two), block.time, options.nonce ?? block.nonce];
  return [
    line('to-server', 0, { id: 1, method: 'mining.subscribe', params: ['cgminer/4.11.1'] }),
    line('to-client', 0.1, {
      id: 1,
      result: [[['mining.notify', 'a1']], coinbase.slice(cut, one), extranonce2 / 2],
      error: null,
    }),
    line('to-server', 0.2, { id: 2, method: 'mining.authorize', params: ['account.rig1', 'x'] }),
    line('to-client', 0.3, { id: 2, result: true, error: null }),
    line('to-client', 0.4, {
      id: null,
      method: 'mining.set_difficulty',
      params: [options.difficulty ?? block.difficulty],
    }),
    line('to-client', 0.5, {
      id: null,
      method: 'mining.notify',
      params: [
        'j1',
        words,
        coinbase.slice(0, cut),
        coinbase.slice(two),
        branchesOf(block.others),
        options.jobVersion ?? block.version,
        block.bits,
        block.time,
        true,
      ],
    }),
    line('to-server', 9, {
      id: 3,
      method: 'mining.submit',
      params: options.versionBits === undefined ? share : [...share, options.versionBits],
    }),
    line('to-client', 9.1, { id: 3, ...(options.answer ?? { result: true, error: null }) }),
  ];
}
