import { describe, expect, it } from 'vitest';
import { declaredBy, parseRegistry } from '../../../src/app/pipeline/registry.js';
import { markSharedWallets } from '../../../src/app/pipeline/shared-wallets.js';
import { sampleVerdict } from '../../deliver/samples.js';

const HEAD = 'address,name,from,until,notes\n';

describe('the registry of declared research', () => {
  it('says who may mine, and until when', () => {
    const cleared = declaredBy(
      parseRegistry(
        'r.csv',
        `${HEAD}10.8.3.0/28,Project 7,2021-07-01,2021-12-31,doc 12\n10.8.3.1,Project 8,2021-01-01,2022-01-31,\n2001:db8::7,Six,2021-01-01,2021-12-31,\n`,
      ),
    );
    expect(cleared('10.8.3.15')).toEqual({
      atUs: Date.UTC(2021, 6, 1) * 1000,
      untilUs: Date.UTC(2022, 0, 1) * 1000 - 1,
      reason: 'Project 7',
      isDeclared: true,
    });
    expect(cleared('10.8.3.1')?.reason).toBe('Project 8');
    expect(cleared('2001:db8::7')?.reason).toBe('Six');
    expect(cleared('10.8.3.16')).toBeNull();
  });

  it.each([
    ['10.8.3.0/99,P,2021-01-01,2021-12-31,', /r\.csv:2: .*address or a block/],
    ['10.8.3.1,,2021-01-01,2021-12-31,', /name/],
    ['10.8.3.1,P,2021-01-01,,', /dates/],
    ['10.8.3.1,P,2021-13-01,2021-12-31,', /dates/],
    ['10.8.3.1,P,2021-02-01,2021-01-31,', /until/],
    ['10.8.3.1,P,2021-02-01,2099-01-31,', /at most 10 years/],
    ['10.8.3.1,P,2021-02-01,2021-03-31', /expected 5 cells/],
    ['', /at least one declaration/],
  ])('refuses %s', (line, message) => {
    expect(() => parseRegistry('r.csv', `${HEAD}${line}\n`)).toThrow(message);
  });
});

describe('a wallet that several networks are paid to', () => {
  const nature = { active: [], passive: [], research: [] };
  const verdict = (ip: string, wallets: string[]) => sampleVerdict({ ip, wallets, nature });

  it('is a hint from three networks on, earlier verdicts counted', () => {
    const two = [verdict('10.0.1.1', ['W']), verdict('10.0.2.1', ['W', 'V'])];
    expect(markSharedWallets(two, () => [])).toEqual(two);
    // Another address of a network that is counted already.
    expect(markSharedWallets(two, () => [{ wallet: 'W', ip: '10.0.1.200' }])).toEqual(two);
    const asked: (readonly string[])[] = [];
    const marked = markSharedWallets(two, (wallets) => {
      asked.push(wallets);
      return [{ wallet: 'W', ip: '2001:db8:7::1' }];
    });
    expect(asked).toEqual([['W', 'V']]);
    for (const { nature: signs } of marked)
      expect(signs?.passive).toEqual([{ code: 'shared-wallet', values: { wallet: 'W', networks: 3 } }]);
  });
});
