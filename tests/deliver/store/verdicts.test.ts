import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore, type Store, type VerdictFilter } from '../../../src/deliver/store/index.js';
import type { Verdict } from '../../../src/model/verdict.js';
import { START_US, sampleEvidence, sampleVerdict, temporaryFolder } from '../samples.js';

function storeOf(verdicts: readonly Verdict[]): Store {
  const store = openStore(join(temporaryFolder(), 'db.sqlite'));
  onTestFinished(() => store.close());
  store.saveVerdicts(verdicts, store.beginRun({ startedUs: START_US, version: '0.1.0', rulesVersion: 'r1' }));
  return store;
}

const addresses = (store: Store, filter: VerdictFilter = {}) =>
  [...store.listVerdicts(filter)].map(({ ip }) => ip);

describe('stored verdicts', () => {
  it('come back as they were, the last one standing', () => {
    const verdict = sampleVerdict({ miners: null });
    const store = storeOf([sampleVerdict({ score: 0.5 }), verdict]);
    expect(store.loadVerdict(verdict.ip)).toEqual({
      ...verdict,
      runId: 1,
      evidenceCount: 1,
      unitId: null,
      unit: null,
    });
    expect(store.loadVerdict('10.9.9.9')).toBeNull();
  });

  it('quote the heaviest evidence and count all of it', () => {
    const evidence = Array.from({ length: 100 }, (_, at) => sampleEvidence({ weight: at }));
    const stored = storeOf([sampleVerdict({ evidence })]).loadVerdict('10.8.3.17');
    expect(stored?.evidenceCount).toBe(100);
    expect(stored?.evidence).toHaveLength(64);
    expect(stored?.evidence[0]?.weight).toBe(99);
  });

  it('tell who is paid to a wallet, as long as they say so', () => {
    const store = storeOf([
      sampleVerdict({ ip: '10.0.0.1', wallets: ['a', 'b'] }),
      sampleVerdict({ ip: '10.0.0.2', wallets: ['b', 'b'] }),
      sampleVerdict({ ip: '10.0.0.3', wallets: [] }),
    ]);
    const uses = () => [...store.walletUses(['b', 'c'])].map(({ wallet, ip }) => `${wallet} ${ip}`).sort();
    expect(uses()).toEqual(['b 10.0.0.1', 'b 10.0.0.2']);
    const runId = store.beginRun({ startedUs: START_US, version: '0.1.0', rulesVersion: 'r1' });
    store.saveVerdicts([sampleVerdict({ ip: '10.0.0.1', wallets: ['a'] })], runId);
    store.saveVerdicts([sampleVerdict({ ip: '10.0.0.3', wallets: ['c'] })], runId);
    expect(uses()).toEqual(['b 10.0.0.2', 'c 10.0.0.3']);
    store.deleteVerdicts(['10.0.0.2', '10.0.0.3']);
    expect(uses()).toEqual([]);
  });

  it('are listed by score, last seen and address, page by page', () => {
    const store = storeOf([
      sampleVerdict({ ip: '10.0.0.4', score: 0.5 }),
      sampleVerdict({ ip: '10.0.0.3', score: 0.9, lastUs: START_US + 5 }),
      sampleVerdict({ ip: '10.0.0.2', score: 0.9, lastUs: START_US + 9 }),
      sampleVerdict({ ip: '10.0.0.1', score: 0.9, lastUs: START_US + 5 }),
    ]);
    expect(addresses(store)).toEqual(['10.0.0.2', '10.0.0.1', '10.0.0.3', '10.0.0.4']);
    expect(addresses(store, { limit: 2, offset: 1 })).toEqual(['10.0.0.1', '10.0.0.3']);
    expect(addresses(store, { limit: 0 })).toEqual([]);
  });

  it('are filtered by level, coin, unit, time and score', () => {
    const coin = { basis: 'job', confidence: 1 } as const;
    const store = storeOf([
      sampleVerdict({ ip: '10.0.0.1', level: 'confirmed', coins: [{ ...coin, ticker: 'XMR' }] }),
      sampleVerdict({ ip: '10.0.0.2', level: 'probable', score: 0.9, coins: [{ ...coin, ticker: 'BTC' }] }),
      sampleVerdict({ ip: '10.0.0.3', level: 'suspected', score: 0.2, coins: [], firstUs: 5, lastUs: 10 }),
    ]);
    expect(addresses(store, { levels: ['confirmed', 'suspected'] })).toEqual(['10.0.0.1', '10.0.0.3']);
    expect(addresses(store, { levels: [] })).toEqual([]);
    expect(addresses(store, { coin: 'btc' })).toEqual(['10.0.0.2']);
    expect(addresses(store, { unit: 'u1' })).toEqual([]);
    expect(addresses(store, { minScore: 0.9 })).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(addresses(store, { sinceUs: 11 })).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(addresses(store, { sinceUs: 10, untilUs: 6 })).toEqual(['10.0.0.3']);
    expect(addresses(store, { untilUs: 5 })).toEqual([]);
  });

  it('are found by words in addresses and names, in which nothing is a wildcard', () => {
    const store = storeOf([
      sampleVerdict({
        ip: '10.0.0.1',
        score: 0.9,
        workers: ['100%_rig\\"a"'],
        wallets: [],
        agents: [],
        pools: [],
      }),
      sampleVerdict({
        ip: '10.0.0.2',
        score: 0.8,
        workers: ['100xxrig'],
        wallets: ['钱包'],
        agents: [],
        pools: [],
      }),
      sampleVerdict({ ip: '10.0.0.3', score: 0.7, workers: [], wallets: [], agents: ['XMRig/6'] }),
    ]);
    const found = (...words: string[]) => addresses(store, { words });
    expect(found('100%')).toEqual(['10.0.0.1']);
    expect(found('%_')).toEqual(['10.0.0.1']);
    expect(found('rig\\"A"')).toEqual(['10.0.0.1']);
    expect(found('_')).toEqual(['10.0.0.1']);
    expect(found('钱包')).toEqual(['10.0.0.2']);
    expect(found('0.0.3')).toEqual(['10.0.0.3']);
    expect(found('POOL.example', 'xmrig')).toEqual(['10.0.0.3']);
    expect(found('198.51.100.7')).toEqual(['10.0.0.3']);
    expect(found('example pool')).toEqual(['10.0.0.3']);
    // Names of keys are not text.
    expect(found('operator')).toEqual([]);
    expect(found("' OR 1=1 --")).toEqual([]);
  });
});
