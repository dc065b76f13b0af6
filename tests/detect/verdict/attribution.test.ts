import { describe, expect, it } from 'vitest';
import { coinsOf } from '../../../src/detect/verdict/coins.js';
import { peakOf } from '../../../src/detect/verdict/estimates/activity.js';
import { fuse } from '../../../src/detect/verdict/fuse.js';
import { minersOf } from '../../../src/detect/verdict/miners.js';
import { poolsOf } from '../../../src/detect/verdict/pools.js';
import { identitiesOf } from '../../../src/detect/verdict/wallets.js';
import { type Machines, NO_MACHINES } from '../../../src/model/machines.js';
import type { SuspectSession } from '../../../src/model/verdict.js';
import {
  context,
  file,
  flowSession,
  HOUR,
  item,
  lookUp,
  MINING,
  POOL,
  roles,
  START,
  session,
} from './builders.js';
import { FORMATS } from './formats.js';

const GENESIS = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
const SEGWIT = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';

function coins(sessions: readonly SuspectSession[], listed: readonly string[] = []) {
  const pool = {
    address: POOL.ip,
    port: POOL.port,
    host: null,
    operator: null,
    country: null,
    coins: listed,
  };
  const known = context({ wallets: FORMATS, poolOf: () => (listed.length > 0 ? pool : null) });
  return coinsOf(sessions, identitiesOf(sessions, FORMATS).wallets, poolsOf(sessions, [], known), known);
}

describe('coins', () => {
  it('none without a basis', () => {
    expect(coins([session({ logins: ['farm.rig1'] })])).toEqual([]);
  });

  it('wallet with checksum before job before algorithm before endpoint', () => {
    const hints = [{ ticker: 'BTC', basis: 'job', confidence: 0.9 }] as const;
    const one = session({ logins: [SEGWIT], algorithms: ['sha256d'], coins: hints });
    expect(coins([one], ['BTC'])[0]).toEqual({ ticker: 'BTC', basis: 'wallet', confidence: 0.95 });
    expect(coins([{ ...one, logins: [] }], ['BTC'])[0]).toEqual({
      ticker: 'BTC',
      basis: 'job',
      confidence: 0.9,
    });
    expect(coins([{ ...one, logins: [], coins: [] }], ['BTC'])[0]?.basis).toBe('algorithm');
    expect(coins([session()], ['BTC'])).toEqual([{ ticker: 'BTC', basis: 'endpoint', confidence: 0.6 }]);
  });

  it('lists several', () => {
    const kas = [{ ticker: 'KAS', basis: 'handshake', confidence: 0.9 }] as const;
    const found = coins([session({ coins: kas }), session({ session: 's2', algorithms: ['rx/0'] })]);
    expect(found.map(({ ticker }) => ticker)).toEqual(['KAS', 'XMR']);
  });

  it('an address that several coins share names each with less confidence', () => {
    const found = coins([session({ logins: [GENESIS] })]);
    expect(found.map(({ ticker, confidence }) => [ticker, confidence])).toEqual([
      ['BTC', 0.57],
      ['RXD', 0.38],
    ]);
  });

  it('names the better basis with the greatest confidence', () => {
    const hints = [{ ticker: 'BTC', basis: 'job', confidence: 0.9 }] as const;
    const [first] = coins([session({ logins: [GENESIS], coins: hints })], ['BTC']);
    expect(first).toEqual({ ticker: 'BTC', basis: 'job', confidence: 0.9 });
  });

  it('takes no coin from a pool of many', () => {
    expect(coins([session()], ['BTC', 'LTC', 'XMR', 'ETC', 'RVN'])).toEqual([]);
  });

  it('a wallet that the algorithm cannot mine only says where the money goes', () => {
    const found = coins([session({ logins: [SEGWIT], algorithms: ['kawpow'] })]);
    expect(found[0]).toMatchObject({ ticker: 'RVN', basis: 'algorithm' });
    expect(found.find(({ ticker }) => ticker === 'BTC')?.confidence).toBe(0.1);
  });

  it('KawPow for an account is Quai, unless the account is what another coin is paid out to', () => {
    const account = '0x52908400098527886E0F7030069857D2E4169EE7';
    const first = (over: Partial<SuspectSession>) =>
      coins([session({ dialect: 'stratum-v1-kawpow', ...over })])[0]?.ticker;
    expect(first({ logins: [`${account}.rig1`], options: ['kawpow'] })).toBe('QUAI');
    expect(first({ logins: [] })).toBe('RVN');
    expect(first({ logins: [`ETH:${account}.rig1`] })).toBe('RVN');
    expect(first({ logins: [account], options: ['c=ETC'] })).not.toBe('QUAI');
    expect(first({ logins: [account], dialect: 'stratum-v1' })).not.toBe('QUAI');
  });

  it('a shape that the session belies is a coincidence', () => {
    const hints = [{ ticker: 'ETC', basis: 'job', confidence: 0.9 }] as const;
    const found = coins([session({ logins: ['0x52908400098527886E0F7030069857D2E4169EE7'], coins: hints })]);
    expect(found.map(({ ticker }) => ticker)).toEqual(['ETC']);
  });

  it('a coin written before the address is the coin paid out', () => {
    expect(coins([session({ logins: [`BTC:${SEGWIT}.rig1`] })])).toEqual([
      { ticker: 'BTC', basis: 'wallet', confidence: 0.1 },
    ]);
  });

  it('a list of what the program can do says nothing of what it does', () => {
    expect(coins([session({ algorithms: ['rx/0', 'cn/r', 'kawpow', 'ghostrider'] })])).toEqual([]);
  });

  it('nothing that is said makes a session after the merge one of ETH, nor one before it of ETHW', () => {
    const tickers = (over: Partial<SuspectSession>, listed: string[] = []) =>
      coins([session(over)], listed).map(({ ticker }) => ticker);
    const hints = [
      { ticker: 'ETH', basis: 'handshake', confidence: 0.9 },
      { ticker: 'ETHW', basis: 'job', confidence: 0.5 },
    ] as const;
    const after = Date.UTC(2024, 0, 1) * 1000;
    const later = { firstUs: after, lastUs: after + HOUR };
    for (const dialect of ['ethproxy', 'stratum-v1']) {
      const said = { dialect, coins: hints, algorithms: ['ethash'] };
      expect(tickers({ ...said, ...later }, ['ETH', 'ETC'])).not.toContain('ETH');
      expect(tickers({ ...said, ...later }, ['ETH', 'ETC'])).toContain('ETC');
      expect(tickers(said, ['ETH'])).toContain('ETH');
      expect(tickers(said)).not.toContain('ETHW');
    }
    const account = '0x52908400098527886E0F7030069857D2E4169EE7';
    expect(tickers({ dialect: 'stratum-v1', logins: [account], ...later })).toEqual([]);
    expect(tickers({ ...later }, ['ETH'])).toEqual([]);
  });

  it('the dialects of Ethereum are those of ETC after its merge', () => {
    const after = Date.UTC(2024, 0, 1) * 1000;
    const account = { dialect: 'ethproxy', logins: ['0x52908400098527886E0F7030069857D2E4169EE7'] };
    expect(coins([session(account)]).map(({ ticker }) => ticker)).toEqual(['ETH']);
    expect(coins([session({ ...account, firstUs: after })])).toEqual([
      { ticker: 'ETC', basis: 'algorithm', confidence: 0.6 },
    ]);
  });

  it('a dialect of one algorithm names its main coin', () => {
    expect(coins([session({ dialect: 'zip-301' })])[0]).toEqual({
      ticker: 'ZEC',
      basis: 'algorithm',
      confidence: 0.6,
    });
  });

  it('takes coins of rule files for algorithms it does not know', () => {
    const fact = { ticker: 'ZZZ', name: { en: 'Z', 'zh-CN': 'Z' }, algorithms: ['zhash9'], hardware: [] };
    const known = context({ coins: new Map([['ZZZ', fact]]) });
    expect(coinsOf([session({ algorithms: ['zhash9'] })], [], [], known)[0]?.ticker).toBe('ZZZ');
  });

  it('survives confidences that are none', () => {
    const bad = [Number.NaN, -1, 7].map(
      (confidence) => ({ ticker: `C${confidence}`, basis: 'job', confidence }) as const,
    );
    expect(coins([session({ coins: bad })])).toEqual([{ ticker: 'C7', basis: 'job', confidence: 1 }]);
  });
});

describe('pools', () => {
  it('names servers with what the lists know, the most visited first', () => {
    const second = { ip: '203.0.113.5', port: 443 };
    const sessions = [
      session({ peer: second, session: 's2', tls: true, host: 'eu.pool.example' }),
      session(),
      session({ session: 's3' }),
    ];
    const pool = {
      address: null,
      port: null,
      host: 'pool.example',
      operator: 'Example',
      country: 'FR',
      coins: [],
    };
    const verdict = fuse(
      file([item('P3'), item('E3', { session: 's2', peer: second }), lookUp('x.example')], sessions),
      context({ poolOf: ({ ip }) => (ip === second.ip ? pool : null) }),
    );
    expect(verdict?.pools).toEqual([
      { address: POOL.ip, port: 3333, host: null, operator: null, country: null, tls: false },
      {
        address: second.ip,
        port: 443,
        host: 'eu.pool.example',
        operator: 'Example',
        country: 'FR',
        tls: true,
      },
    ]);
  });
});

describe('miners', () => {
  const rig = (name: string, over: Partial<SuspectSession> = {}) =>
    session({ session: name, workers: [name], roles: MINING, ...over });

  it('null where the pool protocol was not answered', () => {
    expect(minersOf([flowSession()], false)).toBeNull();
    expect(minersOf([session({ roles: roles({ login: 1 }) })], false)).toBeNull();
  });

  it('counts names and sessions at once', () => {
    const three = ['a', 'b', 'c'].map((name) => rig(name));
    expect(minersOf(three, false)).toEqual({ low: 3, high: 3, basis: 'worker-names, parallel-sessions' });
  });

  it('a machine that reconnects is one', () => {
    const later = rig('a', { session: 'again', firstUs: START + HOUR, lastUs: START + HOUR });
    expect(minersOf([rig('a'), later], false)).toMatchObject({ low: 1, high: 1 });
  });

  it('names in different hours are not added', () => {
    const later = rig('b', { firstUs: START + 5 * HOUR, lastUs: START + 6 * HOUR });
    expect(minersOf([rig('a'), later], false)).toMatchObject({ low: 1, high: 2 });
  });

  it('a spare pool is no second machine', () => {
    const spare = rig('a', { session: 's2', peer: { ip: '203.0.113.5', port: 443 } });
    expect(minersOf([rig('a'), spare], false)?.low).toBe(1);
  });

  it('one program under two names is one machine', () => {
    expect(minersOf([rig('a', { agents: ['bmminer/2.0.0', 'cgminer/4.9.0'] })], false)).toMatchObject({
      low: 1,
    });
  });

  it('a donation is no second machine', () => {
    const donation = rig('', {
      session: 's2',
      dialect: 'cryptonote',
      logins: ['b2'.repeat(32)],
      workers: [],
    });
    expect(minersOf([rig('a'), donation], false)).toMatchObject({ low: 1, high: 1 });
  });

  it('a proxy may hide 256 a session', () => {
    expect(minersOf([rig('a', { agents: ['xmrig-proxy/6.22.0'] })], false)).toMatchObject({
      low: 1,
      high: 256,
    });
  });

  const tells = (over: Partial<Machines>) => ({ machines: { ...NO_MACHINES, ...over } });
  const PROXY = { agents: ['xmrig-proxy/6.22.0'] };

  it('counts what a proxy tells apart, and nothing like it of a lone miner', () => {
    expect(minersOf([rig('a', { ...PROXY, ...tells({ partitions: 17 }) })], false)).toEqual({
      low: 17,
      high: 256,
      basis: 'nonce-partition, proxy',
    });
    expect(minersOf([rig('a', tells({ partitions: 17 }))], false)).toMatchObject({ low: 1, high: 1 });
  });

  it('counts the machines that a farm agent registers, and hash counters that rise apart', () => {
    expect(minersOf([rig('a', tells({ devices: 40 }))], false)).toMatchObject({
      low: 40,
      basis: 'registered-machines',
    });
    expect(minersOf([rig('a', tells({ counters: 3 }))], false)).toMatchObject({
      low: 3,
      basis: 'hash-counters',
    });
  });

  it('counts clocks only of systems that keep one for all connections, and kinds of systems', () => {
    const at = (name: string, clockZeroUs: number, ttl = 60) =>
      rig('x', {
        session: name,
        firstUs: START + clockZeroUs / 1e3,
        lastUs: START + clockZeroUs / 1e3,
        ...tells({ stack: { ttl, hasTimestamps: true, clockHz: 1000, clockZeroUs } }),
      });
    const own = [at('1', 0), at('2', 50e6), at('3', 90e6)];
    expect(minersOf(own, false)).toMatchObject({ low: 1 });
    expect(minersOf([...own, at('4', 90.3e6)], false)).toMatchObject({ low: 3, basis: 'tcp-clocks' });
    const windows = rig('x', {
      session: 'w',
      ...tells({ stack: { ttl: 126, hasTimestamps: false, clockHz: null, clockZeroUs: null } }),
    });
    const far = at('1', 0, 52);
    expect(minersOf([at('1', 0), far], false)).toMatchObject({ low: 1 });
    expect(minersOf([at('1', 0), windows], false)).toMatchObject({ low: 2 });
  });

  it('tells systems apart by the options of their SYNs, but not one that was seen with and without', () => {
    const from = (name: string, syn: string | undefined, more: Partial<SuspectSession> = {}) => {
      const stack = { ttl: 62, hasTimestamps: true, clockHz: null, clockZeroUs: null };
      return rig('x', {
        session: name,
        peer: { ip: `192.0.2.${name}`, port: 3333 },
        ...tells({ stack: syn === undefined ? stack : { ...stack, syn } }),
        ...more,
      });
    };
    const [linux, older] = ['1460:*,7:mss,sok,ts,nop,ws', '1400:*,10:mss,sok,ts,nop,ws'];
    expect(minersOf([from('1', linux), from('2', older)], false)).toMatchObject({
      low: 2,
      basis: expect.stringContaining('syn-options'),
    });
    expect(minersOf([from('1', linux), from('2', undefined)], false)).toMatchObject({ low: 1 });
    const later = { firstUs: START + 9 * HOUR, lastUs: START + 10 * HOUR };
    expect(minersOf([from('1', linux), from('2', older, later)], false)).toMatchObject({ low: 1 });
    // Encrypted: the systems are all that can be told apart, and only where the server is a pool.
    const tls = { dialect: null, tls: true, roles: roles({}) };
    const closed = [from('1', linux, tls), from('2', older, tls), from('3', older, tls)];
    expect(minersOf(closed, false, () => true)).toEqual({ low: 2, high: 3, basis: 'syn-options' });
    expect(minersOf(closed, false)).toBeNull();
    expect(minersOf(closed.slice(0, 1), false, () => true)).toBeNull();
    expect(minersOf([{ ...closed[0]!, machines: NO_MACHINES }], false, () => true)).toBeNull();
  });

  it('a fee of the program’s author is no second machine', () => {
    const agents = ['lolMiner 1.72'];
    const main = rig('a', { agents, logins: ['0xaa.a'], lastUs: START + 3 * HOUR });
    const fee = rig('fee', {
      agents,
      logins: ['0xbb.fee'],
      workers: ['fee'],
      firstUs: START + HOUR,
      lastUs: START + HOUR + 60e6,
    });
    expect(minersOf([main, fee], false)).toMatchObject({
      low: 1,
      high: 1,
      basis: expect.stringContaining('fees-left-out'),
    });
    // Another program, or one that stays, is another machine.
    expect(minersOf([main, { ...fee, agents: ['t-rex/0.24.7'] }], false)).toMatchObject({ low: 2 });
    expect(minersOf([main, { ...fee, lastUs: START + 2 * HOUR }], false)).toMatchObject({ low: 2 });
  });

  it('the donation server of XMRig is no pool of the machine’s', () => {
    const donation = rig('b', {
      session: 's2',
      host: 'donate.v2.xmrig.com',
      peer: { ip: '192.0.2.1', port: 3333 },
    });
    expect(minersOf([rig('a'), donation], false)).toMatchObject({ low: 1 });
  });

  it('finds the peak of what is open at once', () => {
    const spans = [
      [0, 10],
      [5, 6],
      [6, 20],
      [21, 22],
    ].map(([startUs = 0, endUs = 0], n) => ({ startUs, endUs, name: `${n}` }));
    expect(
      peakOf(
        spans,
        (span) => span,
        ({ name }) => [name],
      ),
    ).toBe(3);
    expect(
      peakOf(
        [],
        (span: { startUs: number; endUs: number }) => span,
        () => ['x'],
      ),
    ).toBe(0);
  });
});
