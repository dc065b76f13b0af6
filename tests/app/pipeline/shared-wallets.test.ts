import { describe, expect, it } from 'vitest';
import { markSharedWallets } from '../../../src/app/pipeline/shared-wallets.js';
import { NATURE_MESSAGES } from '../../../src/deliver/print/messages/nature-messages.js';
import { sampleVerdict } from '../../deliver/samples.js';

const NATURE = { active: [], passive: [], research: [] };
const paidTo = (wallet: string, ...ips: string[]) =>
  ips.map((ip) => sampleVerdict({ ip, wallets: [wallet], nature: NATURE }));
const passive = (
  verdicts: Parameters<typeof markSharedWallets>[0],
  uses: Parameters<typeof markSharedWallets>[1],
  unitOf: Parameters<typeof markSharedWallets>[2] = () => null,
) => markSharedWallets(verdicts, uses, unitOf)[0]?.nature?.passive;

describe('one wallet in several places', () => {
  const verdicts = paidTo('w', '10.1.0.1', '10.1.1.1', '10.1.2.1');
  const nobody = () => [];

  it('counts networks where owners are not known', () => {
    expect(passive(verdicts, nobody)).toEqual([
      { code: 'shared-wallet', values: { wallet: 'w', networks: 3 } },
    ]);
    expect(passive(paidTo('w', '10.1.0.1', '10.1.0.2', '10.1.0.3'), nobody)).toEqual([]);
    const stored = [{ wallet: 'w', ip: '10.9.0.1' }];
    expect(passive(verdicts.slice(0, 2), () => stored)).toMatchObject([{ values: { networks: 3 } }]);
  });

  it('counts units where the register knows them: networks of one unit are one', () => {
    const one = () => 'U1';
    expect(passive(verdicts, nobody, one)).toEqual([]);
    const each = (ip: string) => `U${ip}`;
    expect(passive(verdicts, nobody, each)).toEqual([
      { code: 'wallet-of-units', values: { wallet: 'w', units: 3 } },
    ]);
    // Two units and somebody else: not known to be three units.
    const some = (ip: string) => (ip === '10.1.2.1' ? null : `U${ip}`);
    expect(passive(verdicts, nobody, some)).toMatchObject([
      { code: 'shared-wallet', values: { networks: 3 } },
    ]);
  });

  it('has a sentence for each', () => {
    for (const code of ['shared-wallet', 'wallet-of-units']) expect(NATURE_MESSAGES[code]).toBeDefined();
  });
});
