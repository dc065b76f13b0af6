import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/deliver/store/index.js';
import type { VerdictPool } from '../../../src/model/verdict.js';
import { databaseOf, START_US, sampleEvidence, sampleVerdict } from '../samples.js';

const pool = (changes: Partial<VerdictPool> = {}): VerdictPool => ({
  address: '198.51.100.7',
  port: 3333,
  host: null,
  operator: null,
  country: null,
  tls: false,
  ...changes,
});

describe('pools of the store', () => {
  it('count each verdict once, whatever names it gives, and keep a bounded number of names', () => {
    const verdicts = Array.from({ length: 40 }, (_, at) =>
      sampleVerdict({
        ip: `10.1.0.${at + 1}`,
        score: at / 100,
        level: at === 39 ? 'confirmed' : 'probable',
        firstUs: START_US + at,
        lastUs: START_US + at,
        evidence: [],
        pools: [pool({ host: `h${at}.example`, tls: at === 5 })],
      }),
    );
    const store = openStore(databaseOf(verdicts), { readOnly: true });
    const [only, ...others] = [...store.listPools()];
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      address: '198.51.100.7',
      suspects: 40,
      score: 0.39,
      level: 'confirmed',
      tls: true,
      firstUs: START_US,
      lastUs: START_US + 39,
      isJudged: false,
    });
    expect(only?.hosts).toHaveLength(16);
    store.close();
  });

  it('take their times from the evidence that names them, and leave out what is older than asked', () => {
    const named = sampleEvidence({ firstUs: START_US + 10, lastUs: START_US + 20 });
    const verdict = sampleVerdict({
      pools: [pool(), pool({ port: 80 })],
      evidence: [named],
      lastUs: START_US + 99,
    });
    const store = openStore(databaseOf([verdict]), { readOnly: true });
    expect([...store.listPools()].map(({ port, firstUs, lastUs }) => [port, firstUs, lastUs])).toEqual([
      [80, START_US, START_US + 99],
      [3333, START_US + 10, START_US + 20],
    ]);
    expect([...store.listPools({ sinceUs: START_US + 50 })].map(({ port }) => port)).toEqual([80]);
    expect(store.conversations('10.8.3.17')).toMatchObject([{ port: 50_000, peerPort: 3333 }]);
    expect(store.conversations('10.9.9.9')).toEqual([]);
    store.close();
  });

  it('leave the connection to others where nobody wants the rest', () => {
    const path = databaseOf([sampleVerdict({ pools: [pool(), pool({ port: 80 }), pool({ port: 81 })] })]);
    const store = openStore(path);
    for (const _ of store.listPools()) break;
    store.beginRun({ startedUs: START_US, version: '0', rulesVersion: '0' });
    expect([...store.listPools()]).toHaveLength(3);
    store.close();
  });

  it('stay as they were for who holds still while others write', () => {
    const path = databaseOf([sampleVerdict({ pools: [pool()] })]);
    const reader = openStore(path, { readOnly: true });
    reader.holdStill();
    const writer = openStore(path);
    const run = writer.beginRun({ startedUs: START_US, version: '0', rulesVersion: '0' });
    writer.saveVerdicts([sampleVerdict({ ip: '10.0.0.9', pools: [pool({ port: 1 })] })], run);
    expect([...reader.listPools()]).toHaveLength(1);
    expect([...writer.listPools()]).toHaveLength(2);
    reader.close();
    writer.close();
  });
});
