import { describe, expect, it } from 'vitest';
import type { Clearance } from '../../../src/detect/verdict/context.js';
import { fuse } from '../../../src/detect/verdict/fuse.js';
import { REASON_CODES } from '../../../src/detect/verdict/reasons.js';
import type { Evidence } from '../../../src/model/evidence.js';
import { NO_ROLES } from '../../../src/model/observation.js';
import type { SuspectSession, Verdict } from '../../../src/model/verdict.js';
import {
  context,
  DAY,
  file,
  flowSession,
  HOUR,
  item,
  lookUp,
  MINING,
  roles,
  SECOND,
  START,
  session,
} from './builders.js';

function judge(evidence: readonly Evidence[], sessions: readonly SuspectSession[] = []): Verdict {
  const verdict = fuse(file(evidence, sessions), context());
  if (verdict === null) throw new Error('no verdict');
  return verdict;
}
const codes = (verdict: Verdict) => verdict.reasons.map(({ code }) => code);
const bans = (verdict: Verdict, part: string) =>
  verdict.arithmetic.find((line) => line.part === part)?.bans ?? Number.NaN;

const tls = { encrypted: true };

describe('the worked numbers of the evidence table', () => {
  const proberEvidence = Array.from({ length: 12 }, (_, n) =>
    item('P3', { session: `p${n}`, peer: { ip: `203.0.113.${n}`, port: 3333 } }),
  );
  const proberSessions = Array.from({ length: 12 }, (_, n) =>
    session({
      session: `p${n}`,
      peer: { ip: `203.0.113.${n}`, port: 3333 },
      firstUs: START + n * 60 * SECOND,
      lastUs: START + n * 60 * SECOND + 2 * SECOND,
    }),
  );
  const rows: [string, Evidence[], SuspectSession[], number, number, string][] = [
    ['DNS look-up', [lookUp('pool.example')], [], -2.3, 0.005, 'suspected'],
    ['fresh list hit, payload both ways', [item('E7')], [flowSession()], -0.3, 0.33, 'suspected'],
    ['unknown server, pushes', [item('B1')], [flowSession()], -1.3, 0.05, 'suspected'],
    [
      'TLS, learned from the DNS of others, and pushes',
      [item('E6', tls), item('B1', tls)],
      [flowSession({ tls: true })],
      2.7,
      0.998,
      'probable',
    ],
    ['TLS to a self-learned pool', [item('E1', tls)], [flowSession({ tls: true })], 2.2, 0.994, 'suspected'],
    ['the same and pushes', [item('E1', tls), item('B1', tls)], [flowSession()], 4.7, 0.99998, 'probable'],
    [
      'pushes with a timer and block clock, two days',
      [item('B14'), item('C1', { lastUs: START + DAY })],
      [],
      3.95,
      0.9999,
      'probable',
    ],
    ['cleartext login answered by a job', [item('P3')], [session()], 2.7, 0.998, 'confirmed'],
    [
      'and a submit answered',
      [item('P3'), item('P2')],
      [session({ roles: MINING })],
      5.8,
      0.999998,
      'confirmed',
    ],
    ['a prober', proberEvidence, proberSessions, -1.1, 0.07, 'suspected'],
  ];
  it.each(rows)('%s', (_name, evidence, sessions, logOdds, p, level) => {
    const verdict = judge(evidence, sessions);
    // The table rounds the prior to -3.8.
    expect(Math.abs(bans(verdict, 'total') - logOdds)).toBeLessThan(0.08);
    expect(Math.abs(Math.log10(verdict.score / p))).toBeLessThan(0.1);
    expect(verdict.level).toBe(level);
    const parts = verdict.arithmetic.filter(({ part }) => part !== 'total');
    expect(parts.reduce((sum, line) => sum + line.bans, 0)).toBeCloseTo(bans(verdict, 'total'), 9);
  });

  it('says why the prober stays suspected, in numbers', () => {
    const verdict = judge(proberEvidence, proberSessions);
    expect(codes(verdict)).toContain('prober');
    expect(verdict.reasons.find(({ code }) => code === 'prober')?.text).toMatch(
      /12 handshakes with 12 different/,
    );
    expect(verdict.evidence.every(({ strength }) => strength === 'strong')).toBe(true);
    expect(verdict.miners).toBeNull();
  });
});

describe('the prior', () => {
  it('is configurable, and falls back where it is no probability', () => {
    const evidence = file([item('P3')], [session()]);
    const score = (priorProbability: number) => fuse(evidence, context({ priorProbability }))?.score ?? 0;
    expect(score(0.5)).toBeGreaterThan(score(1.5e-4));
    expect(score(Number.NaN)).toBe(score(1.5e-4));
    expect(score(1)).toBe(score(1.5e-4));
  });

  it('below the threshold not even decisive evidence confirms', () => {
    const verdict = fuse(file([item('P3')], [session()]), context({ priorProbability: 1e-6 }));
    expect(verdict?.level).toBe('suspected');
    expect(verdict?.reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(['handshake-only']));
  });
});

describe('group arithmetic', () => {
  it('counts each further item of a group a quarter of the last', () => {
    const verdict = judge([item('P2'), item('P3'), item('P5')]);
    expect(bans(verdict, 'P')).toBeCloseTo(8 + 6.5 / 4 + 6 / 16, 9);
  });

  it('counts one item of one session once, whatever rules name it', () => {
    const twice = judge([item('P3'), item('P3', { rule: 'other.rule' })]);
    expect(bans(twice, 'P')).toBe(6.5);
    const sessions = judge([item('P3'), item('P3', { session: 's2' })]);
    expect(bans(sessions, 'P')).toBeCloseTo(6.5 * 1.25, 9);
  });

  it('counts a listed server once, however often it was visited', () => {
    const verdict = judge([1, 2, 3].map((n) => item('E7', { session: `s${n}` })));
    expect(bans(verdict, 'E')).toBe(3.5);
  });

  it('caps T, B and C, and halves the smaller of B and C', () => {
    const peers = [1, 2, 3].map((n) => ({ peer: { ip: `203.0.113.${n}`, port: 443 }, session: `s${n}` }));
    const verdict = judge([
      ...peers.map((over) => item('T1', { ...over, weight: 1.4 })),
      ...peers.map((over) => item('B1', over)),
      ...peers.map((over) => item('C1', over)),
    ]);
    expect(bans(verdict, 'T')).toBe(1.5);
    expect(bans(verdict, 'B')).toBe(1.25);
    expect(bans(verdict, 'C')).toBe(6);
  });

  it('counts flow patterns once an address, however many servers look like it', () => {
    const peers = Array.from({ length: 60 }, (_, n) => ({ ip: `203.0.113.${n}`, port: 443 }));
    const patterns = peers.map((peer) => item('B19', { peer, session: null }));
    const verdict = judge([...patterns, item('E5', { host: 'pool.example' })]);
    expect(bans(verdict, 'B')).toBe(1.5);
    expect(verdict.level).toBe('suspected');
    expect(fuse(file(patterns), context())).toBeNull();
  });

  it('adds half a ban a further day, at most three', () => {
    const on = (day: number) =>
      item('E7', { session: `d${day}`, firstUs: START + day * DAY, lastUs: START + day * DAY });
    const persistence = (days: number) =>
      bans(judge(Array.from({ length: days }, (_, day) => on(day))), 'persistence');
    expect([1, 2, 3, 4, 5, 9].map(persistence)).toEqual([0, 0.5, 1, 1.5, 1.5, 1.5]);
  });
});

describe('never above suspected', () => {
  const many = (name: string, over: Partial<Evidence> = {}) =>
    Array.from({ length: 20 }, (_, n) =>
      item(name, {
        peer: { ip: `203.0.113.${n}`, port: 443 },
        session: `s${n}`,
        weight: 12,
        lastUs: START + n * DAY,
        ...over,
      }),
    );
  const cases: [string, Evidence[], SuspectSession[]][] = [
    [
      'dns-only',
      Array.from({ length: 50 }, (_, n) => lookUp(`p${n}.example`, { weight: 9, lastUs: START + n * DAY })),
      [],
    ],
    ['list-without-payload', many('E7', { bothDirections: false }), []],
    ['endpoint-only', many('E3'), []],
    ['one-direction', many('P4', { bothDirections: false }), []],
    ['tls-fingerprint-only', many('T1'), []],
    ['behaviour-only', many('B14'), []],
    ['block-clock-only', many('C1'), []],
    ['clock-unsupported', [...many('B1'), ...many('C1')], []],
    ['encrypted', many('P8', tls), []],
    [
      'tunnelled',
      [item('B14', { weight: 9 }), item('E3', { weight: 9 })],
      [flowSession({ wrappers: ['vpn'] })],
    ],
    ['no-answer', [item('P6', { bothDirections: false, weight: 9 })], [session({ bothDirections: false })]],
    ['payload-not-decisive', many('P4', { strength: 'strong' }), []],
    [
      // A page of the pool that shows its jobs.
      'no-login',
      [item('P4', { strength: 'strong', bothDirections: false }), item('E3', { host: 'pool.example' })],
      [session({ roles: roles({ job: 9 }) })],
    ],
    [
      // A scanner that leaves after the first job.
      'no-login',
      [item('P6'), item('E5', { host: 'pool.example' })],
      [session({ roles: roles({ hello: 1, loginAccepted: 1, target: 1, job: 1 }) })],
    ],
  ];
  it.each(cases)('%s', (code, evidence, sessions) => {
    const verdict = judge(evidence, sessions);
    expect(verdict.level).toBe('suspected');
    expect(codes(verdict)).toContain(code);
  });

  it('would flag all of these by their probability', () => {
    const score = (evidence: Evidence[], sessions: SuspectSession[]) => judge(evidence, sessions).score;
    const flagged = cases.filter(([, evidence, sessions]) => score(evidence, sessions) >= 0.99);
    // Caps of T and B hold those two below in any case.
    expect(flagged.map(([code]) => code).sort()).toEqual(
      cases
        .map(([code]) => code)
        .filter((code) => !/tls-fing|behaviour/.test(code))
        .sort(),
    );
  });

  it('sampled records to a shared address', () => {
    const sampled = file([item('E3', { weight: 9 }), item('B14')], [flowSession({ samplingInterval: 1000 })]);
    const shared = fuse(sampled, context({ isShared: () => true }));
    expect(shared?.level).toBe('suspected');
    expect(shared?.reasons.map(({ code }) => code)).toContain('sampled-shared');
    expect(fuse(sampled, context())?.level).toBe('probable');
  });
});

describe('confirmed', () => {
  it.each(['P1', 'P2', 'P3', 'P4', 'P5', 'P7'])('by %s, in clear and answered', (name) => {
    expect(judge([item(name)], [session({ roles: MINING })]).level).toBe('confirmed');
  });

  it('never if encrypted', () => {
    expect(judge([item('P2', tls)], [session({ roles: MINING })]).level).toBe('suspected');
    expect(judge([item('P2')], [session({ roles: MINING, tls: true })]).level).toBe('suspected');
    const strongest = [item('E1', tls), item('B14', tls), item('C1', { ...tls, lastUs: START + 5 * DAY })];
    expect(judge(strongest, [flowSession({ tls: true })]).level).toBe('probable');
  });

  it('never without the answer of the server on the same session', () => {
    const asked = session({ roles: roles({ hello: 1, login: 1 }) });
    const other = session({ session: 's2', roles: MINING });
    expect(judge([item('P3')], [asked, other]).level).toBe('suspected');
  });

  it('never by an item that is not decisive, whatever its rule claims', () => {
    expect(judge([item('P6', { strength: 'decisive', weight: 12 })], [session()]).level).toBe('suspected');
    expect(judge([item('E3', { strength: 'decisive', weight: 12 })], [session()]).level).toBe('suspected');
  });

  it('for evidence whose session was not kept, on its own word', () => {
    expect(judge([item('P2', { session: 'gone' })]).level).toBe('confirmed');
  });
});

describe('probable', () => {
  it('needs two groups of two bans each, with payload both ways', () => {
    expect(judge([item('E3'), item('B1')]).level).toBe('probable');
    expect(judge([item('E3', { weight: 8 }), item('B1', { weight: 1.9 })]).level).toBe('suspected');
    expect(judge([item('E3', { weight: 8 }), item('T1')]).level).toBe('suspected');
    const silent = { bothDirections: false };
    expect(judge([item('E3', { weight: 8 }), item('B1', silent)]).level).toBe('suspected');
  });

  it('takes no look-up for a group', () => {
    expect(judge([lookUp('pool.example', { weight: 6 }), item('B1')]).level).toBe('suspected');
  });

  it('takes behaviour and block clock alone only with a timer, on two days or for two clients', () => {
    const both = [item('B14'), item('C1')];
    expect(judge(both).level).toBe('suspected');
    expect(fuse(file(both), context({ clientsAt: () => 2 }))?.level).toBe('probable');
    expect(fuse(file([item('B1'), item('C1')]), context({ clientsAt: () => 2 }))?.level).toBe('suspected');
  });

  it('says which groups agree', () => {
    const verdict = judge([item('E3'), item('B1')]);
    expect(verdict.reasons.find(({ code }) => code === 'independent-groups')?.text).toMatch(
      /endpoint and behaviour/,
    );
  });
});

describe('no verdict', () => {
  it.each([
    ['nothing', []],
    ['only against', [item('N5')]],
    ['a token without grammar', [item('P9')]],
    ['a weak rhythm', [item('B1', { weight: 1.9 })]],
    ['a list hit years old', [item('E8', { weight: 0.01 })]],
    ['a strong item worn away by age', [item('E7', { weight: 0.01 })]],
    ['a common fingerprint', [item('T1', { weight: 0.3 })]],
  ])('%s', (_name, evidence) => {
    expect(fuse(file(evidence), context())).toBeNull();
  });
});

describe('conflict', () => {
  it('caps at suspected above one half, and lists both sides', () => {
    const verdict = judge([item('P3'), item('N5')], [session()]);
    expect(verdict.level).toBe('suspected');
    expect(verdict.reasons.find(({ code }) => code === 'conflicting')?.text).toMatch(/P3 for, N5 against/);
    expect(bans(verdict, 'N')).toBe(-1.7);
  });

  it('leaves a slight doubt alone', () => {
    expect(judge([item('P3'), item('N5', { weight: -0.2 })], [session()]).level).toBe('confirmed');
  });

  it('takes a missing observation for ignorance', () => {
    const silent = session({ dialect: null, roles: NO_ROLES, bytesToClient: null });
    expect(judge([item('E7', { bothDirections: false })], [silent]).score).toBeCloseTo(0.3217, 3);
  });
});

describe('cleared', () => {
  const clearance: Clearance = { atUs: START + HOUR, untilUs: null, reason: 'laboratory of the university' };
  const at = (evidence: readonly Evidence[], over: Partial<Clearance> = {}) =>
    fuse(file(evidence, [session()]), context({ cleared: () => ({ ...clearance, ...over }) }));

  it('holds for what was known, and for new evidence that is not decisive', () => {
    expect(at([item('P3')])?.level).toBe('cleared');
    expect(at([item('P3'), item('E7', { lastUs: START + DAY })])?.level).toBe('cleared');
    expect(at([item('P3')])?.reasons.find(({ code }) => code === 'cleared')?.text).toContain('laboratory');
  });

  it('is reopened by newer decisive evidence', () => {
    const verdict = at([item('P3', { lastUs: START + DAY })]);
    expect(verdict?.level).toBe('confirmed');
    expect(verdict?.reasons.map(({ code }) => code)).toContain('reopened');
  });

  it('ends with its date', () => {
    expect(at([item('P3')], { untilUs: START - DAY })?.level).toBe('confirmed');
  });

  it('by the registry of declared research', () => {
    expect(judge([item('P3'), item('N7', { excerpt: 'registered until 2022' })], [session()]).level).toBe(
      'cleared',
    );
  });
});

describe('the verdict', () => {
  it('tells times of the evidence, active seconds and what is not known', () => {
    const sessions = [
      session(),
      session({ session: 's2', firstUs: START + 300 * SECOND, lastUs: START + 900 * SECOND }),
      session({ session: 's3', firstUs: START + 2000 * SECOND, lastUs: START + 2000 * SECOND }),
    ];
    const verdict = judge(
      [item('P3'), item('P3', { session: 's2', lastUs: START + 900 * SECOND })],
      sessions,
    );
    expect(verdict.firstUs).toBe(START);
    expect(verdict.lastUs).toBe(START + 900 * SECOND);
    expect(verdict.activeSeconds).toBe(900);
    expect(verdict.sessions).toBe(3);
    expect(codes(verdict)).toEqual(
      expect.arrayContaining([
        'job-answered',
        'handshake-only',
        'unknown-machine',
        'unknown-hashrate',
        'unknown-coin',
      ]),
    );
  });

  it('counts no session that carries no suspicion', () => {
    const browsing = flowSession({ session: 'web', peer: { ip: '203.0.113.80', port: 443 } });
    const verdict = judge([item('P3')], [session(), browsing]);
    expect(verdict.sessions).toBe(1);
    expect(verdict.pools.map(({ address }) => address)).toEqual(['198.51.100.7']);
  });

  it('says what sampled records can show, where nothing else was seen', () => {
    const sampled = (samplingInterval?: number) =>
      flowSession(samplingInterval === undefined ? {} : { samplingInterval });
    const verdict = judge([item('E7')], [sampled(1000)]);
    expect(verdict.reasons.find(({ code }) => code === 'sampled')?.text).toContain(
      'one packet in 1000: a mining session leaves 14 to 58 of its packets a day',
    );
    const coarse = judge([item('E7')], [sampled(4096)]);
    expect(coarse.reasons.find(({ code }) => code === 'sampled')?.text).toContain('3.5 to 14');
    expect(codes(judge([item('E7')], [sampled()]))).not.toContain('sampled');
  });

  it('gives every reason a code of the list, once', () => {
    expect(new Set(REASON_CODES).size).toBe(REASON_CODES.length);
    const verdict = judge([item('P3'), lookUp('a.example'), item('N5')], [session()]);
    for (const { code, text } of verdict.reasons) {
      expect(REASON_CODES).toContain(code);
      expect(text).toMatch(/^[A-Z0-9].*[.:]?/);
    }
    expect(new Set(codes(verdict)).size).toBe(verdict.reasons.length);
  });
});
