import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContext, learnFrom } from '../../../src/detect/verdict/context.js';
import { fuse } from '../../../src/detect/verdict/fuse.js';
import { Ledger } from '../../../src/detect/verdict/ledger/ledger.js';
import type { Evidence, Strength } from '../../../src/model/evidence.js';
import type { SuspectSession } from '../../../src/model/verdict.js';
import { cpuMs } from '../../support/cpu.js';
import { file, item, roles, START, session, stratum } from './builders.js';
import { FORMATS } from './formats.js';

const PEERS = [1, 2, 3].map((n) => ({ ip: `198.51.100.${n}`, port: 3333 + (n % 2) }));
const KEYS = ['s0', 's1', 's2', 's3'];
const POSITIVE = [
  'P1',
  'P2',
  'P3',
  'P4',
  'P5',
  'P6',
  'P7',
  'P8',
  'E1',
  'E3',
  'E6',
  'E7',
  'E8',
  'E9',
  'T1',
  'B1',
  'B14',
  'C1',
];
const AGAINST = ['N2', 'N3', 'N4', 'N5', 'N6', 'E10'];

const arbitraryEvidence = (names: readonly string[]) =>
  fc
    .record({
      name: fc.constantFrom(...names),
      key: fc.constantFrom(...KEYS),
      peer: fc.constantFrom(...PEERS),
      host: fc.constantFrom(null, 'a.pool.example', 'b.other.example'),
      bothDirections: fc.boolean(),
      encrypted: fc.boolean(),
      day: fc.integer({ min: 0, max: 5 }),
      scale: fc.constantFrom(0.2, 0.5, 1),
    })
    .map(({ name, key, day, scale, ...rest }) => {
      const base = item(name);
      const at = START + day * 86_400e6;
      return item(name, {
        ...rest,
        session: key,
        weight: base.weight * scale,
        firstUs: at,
        lastUs: at + 1e6,
      });
    });

const arbitrarySession = fc
  .record({
    key: fc.constantFrom(...KEYS),
    peer: fc.constantFrom(...PEERS),
    dialect: fc.constantFrom(null, 'stratum-v1', 'cryptonote', 'getblocktemplate'),
    tls: fc.boolean(),
    bothDirections: fc.boolean(),
    job: fc.integer({ min: 0, max: 3 }),
    share: fc.integer({ min: 0, max: 2 }),
    hours: fc.integer({ min: 0, max: 50 }),
    workers: fc.subarray(['a', 'b', 'c']),
    algorithms: fc.subarray(['rx/0', 'kawpow']),
    host: fc.constantFrom(null, 'a.pool.example'),
  })
  .map(({ key, job, share, hours, ...rest }) =>
    session({
      ...rest,
      session: key,
      lastUs: START + hours * 3600e6,
      roles: roles({ login: 1, job, share }),
    }),
  );

const arbitraryFile = fc.record({
  evidence: fc.array(arbitraryEvidence([...POSITIVE, ...AGAINST]), { maxLength: 12 }),
  sessions: fc.uniqueArray(arbitrarySession, { maxLength: 4, selector: (one) => one.session }),
});

describe('fuse', () => {
  it('does not depend on the order of sessions and evidence', () => {
    fc.assert(
      fc.property(
        arbitraryFile.chain(({ evidence, sessions }) =>
          fc.record({
            evidence: fc.constant(evidence),
            sessions: fc.constant(sessions),
            shuffledEvidence: fc.shuffledSubarray(evidence, { minLength: evidence.length }),
            shuffledSessions: fc.shuffledSubarray(sessions, { minLength: sessions.length }),
          }),
        ),
        ({ evidence, sessions, shuffledEvidence, shuffledSessions }) => {
          const one = file(evidence, sessions);
          const other = file(shuffledEvidence, shuffledSessions);
          expect(fuse(other, createContext(learnFrom([other])))).toEqual(
            fuse(one, createContext(learnFrom([one]))),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never takes a verdict back for more evidence of mining', () => {
    const positive = arbitraryEvidence(POSITIVE);
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 8 }), positive, (evidence, more) => {
        const known = createContext({ learned: [], poolServers: [] });
        const before = fuse(file(evidence), known);
        const after = fuse(file([...evidence, more]), known);
        if (before === null) return;
        expect(after).not.toBeNull();
        expect(after?.score ?? 0).toBeGreaterThanOrEqual(before.score);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every promise of the levels', () => {
    fc.assert(
      fc.property(arbitraryFile, ({ evidence, sessions }) => {
        const verdict = fuse(file(evidence, sessions), createContext({ learned: [], poolServers: [] }));
        if (verdict === null) return;
        const clear = evidence.filter(
          (one) => !one.encrypted && one.bothDirections && one.strength === 'decisive',
        );
        if (verdict.level === 'confirmed') expect(clear.length).toBeGreaterThan(0);
        if (verdict.level !== 'suspected') {
          expect(verdict.score).toBeGreaterThanOrEqual(0.99);
          expect(verdict.reasons.map(({ code }) => code)).not.toContain('conflicting');
        } else {
          expect(verdict.reasons.length).toBeGreaterThan(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes hostile text and numbers, through the ledger as well', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308));
    const text = fc.string({ unit: 'binary', maxLength: 600 });
    const hostile = fc.record({
      weight: number,
      count: number,
      firstUs: number,
      lastUs: number,
      host: text,
      excerpt: text,
      strength: fc.constantFrom<Strength>('decisive', 'strong', 'weak', 'against'),
      name: fc.constantFrom(...POSITIVE, ...AGAINST, 'P99', 'N1', 'N7'),
    });
    const numbers = fc.record({
      start: number,
      end: number,
      share: number,
      job: number,
      texts: fc.array(text),
    });
    fc.assert(
      fc.property(
        fc.array(hostile, { minLength: 1, maxLength: 6 }),
        numbers,
        (many, { start, end, share, job, texts }) => {
          const evidence = many.map(({ name, ...over }): Evidence => item(name, over));
          const lists = { logins: texts, workers: texts, agents: texts, algorithms: texts, options: texts };
          const parts = { roles: roles({ share, job, login: job }), reportedHps: share };
          const ledger = new Ledger();
          ledger.add(stratum({ ...lists, ...parts, startUs: start, endUs: end }), evidence);
          const raw: SuspectSession = session({ ...lists, ...parts, firstUs: start, lastUs: end });
          for (const suspect of [...ledger.drain(), file(evidence, [raw])]) {
            const verdict = fuse(suspect, createContext(learnFrom([suspect]), { wallets: FORMATS }));
            if (verdict === null) continue;
            const figures = [
              verdict.score,
              verdict.firstUs,
              verdict.lastUs,
              verdict.activeSeconds,
              verdict.sessions,
            ];
            figures.push(
              ...verdict.arithmetic.map((line) => line.bans),
              ...verdict.coins.map((coin) => coin.confidence),
            );
            expect(figures.filter((figure) => !Number.isFinite(figure))).toEqual([]);
            expect(verdict.score).toBeGreaterThanOrEqual(0);
            expect(verdict.score).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stays quick on a suspect filled to its bounds', () => {
    const names = Array.from({ length: 256 }, (_, n) => `${'x.'.repeat(100)}${n}`);
    const sessions = Array.from({ length: 512 }, (_, n) =>
      session({
        session: `s${n}`,
        logins: names.map((name) => `${n}${name}`),
        workers: names,
        agents: names,
      }),
    );
    const evidence = Array.from({ length: 1024 }, (_, n) => item('P3', { session: `s${n}` }));
    const started = cpuMs();
    const known = createContext({ learned: [], poolServers: [] }, { wallets: FORMATS });
    expect(fuse(file(evidence, sessions), known)?.level).toBe('confirmed');
    expect(cpuMs() - started).toBeLessThan(3000);
  });
});
