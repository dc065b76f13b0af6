import { describe, expect, it } from 'vitest';
import { cluesOf } from '../../../../src/detect/inspect/stratum/coinbase.js';
import type { HeaderJob } from '../../../../src/model/proof.js';
import { randomFrom } from '../../../support/random.js';
import { run } from './harness.js';
import { BITCOIN_0, sessionOf } from './published-blocks.js';

const INPUT = `01000000${'01'}${'00'.repeat(32)}ffffffff`;
/** P2WPKH 5 BTC, a commitment, P2PKH 1 BTC. */
const OUTPUTS = [
  `${'00e1f50500000000'}19${`76a914${'22'.repeat(20)}88ac`}`,
  `${'0000000000000000'}26${`6a24aa21a9ed${'33'.repeat(32)}`}`,
  `${'0065cd1d00000000'}16${`0014${'11'.repeat(20)}`}`,
];

/** A job whose coinbase script holds a height, an extranonce of `extranonce` bytes and a text. */
function job(text: string, extranonce = 8, height = '03b4f20c'): HeaderJob {
  const signature = Buffer.from(text, 'utf8').toString('hex');
  const length = height.length / 2 + extranonce + signature.length / 2;
  return {
    kind: 'header',
    id: 'j',
    previousHash: '00'.repeat(32),
    coinbase1: `${INPUT}${length.toString(16).padStart(2, '0')}${height}`,
    coinbase2: `${signature}ffffffff03${OUTPUTS.join('')}00000000`,
    branches: [],
    version: '20000000',
    bits: '17035d18',
    time: '667359c0',
  };
}

describe('cluesOf', () => {
  it('reads height, signature and outputs, whatever the size of the extranonce', () => {
    for (const extranonce of [0, 4, 8, 12, 16, 32]) {
      expect(cluesOf(job('/F2Pool/', extranonce))).toEqual({
        bits: '17035d18',
        height: 848_564,
        time: 0x667359c0,
        texts: ['/F2Pool/'],
        outputs: [`0014${'11'.repeat(20)}`, `76a914${'22'.repeat(20)}88ac`],
        mergeMined: false,
      });
    }
  });

  it('sees merged mining, and texts in other scripts', () => {
    const clues = cluesOf(job('七彩神仙鱼'));
    expect(clues.texts).toEqual(['七彩神仙鱼']);
    const merged = job('');
    const mark = `fabe6d6d${'44'.repeat(32)}`;
    const longer = (4 + 8 + mark.length / 2).toString(16);
    expect(cluesOf({ ...merged, coinbase1: `${INPUT}${longer}03b4f20c${mark}` }).mergeMined).toBe(true);
  });

  it('takes nothing from what is no coinbase', () => {
    const none = { height: null, texts: [], outputs: [], mergeMined: false };
    expect(cluesOf({ ...job('/pool/'), coinbase1: 'ab'.repeat(60) })).toMatchObject(none);
    expect(cluesOf({ ...job('/pool/'), coinbase1: '' })).toMatchObject(none);
    expect(cluesOf({ ...job('/pool/'), coinbase2: 'ff'.repeat(60) })).toMatchObject(none);
  });

  it('survives any bytes', () => {
    const random = randomFrom(5);
    for (let round = 0; round < 2000; round++) {
      const spoilt = (hex: string) => {
        const bytes = Buffer.from(hex, 'hex').subarray(0, Math.floor(random() * hex.length));
        for (let at = 0; at < 3 && bytes.length > 0; at++)
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        return bytes.toString('hex');
      };
      const good = job('/pool/');
      const clues = cluesOf({
        ...good,
        coinbase1: spoilt(good.coinbase1),
        coinbase2: spoilt(good.coinbase2),
      });
      expect(clues.texts.every((text) => /^\P{C}*$/u.test(text))).toBe(true);
      expect(clues.outputs.length).toBeLessThanOrEqual(4);
    }
  });

  it('goes with the session', () => {
    expect(run(sessionOf(BITCOIN_0)).stratum[0]?.clues).toMatchObject({
      bits: '1d00ffff',
      texts: [expect.stringContaining('The Times 03/Jan/2009')],
    });
  });
});
