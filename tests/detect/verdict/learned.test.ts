import { describe, expect, it } from 'vitest';
import { createContext, type Knowledge, learnFrom } from '../../../src/detect/verdict/context.js';
import { fuse } from '../../../src/detect/verdict/fuse.js';
import type { SuspectFile } from '../../../src/model/verdict.js';
import { DAY, file, flowSession, item, MINING, POOL, START, session } from './builders.js';

const teacher = file([item('P2')], [session({ roles: MINING })]);
const OTHER = '10.8.9.9';

/** Another client whose TLS session with `peer` is all that was seen of it. */
const visitor = (peer = POOL, daysLater = 0): SuspectFile => {
  const at = START + daysLater * DAY;
  return file(
    [],
    [flowSession({ session: 'v1', suspect: OTHER, peer, tls: true, firstUs: at, lastUs: at + 1e8 })],
    OTHER,
  );
};
const knowing = (files: SuspectFile[], known?: Knowledge) => createContext(learnFrom(files, known));
const endpoint = (verdict: ReturnType<typeof fuse>) =>
  verdict?.arithmetic.find(({ part }) => part === 'E')?.bans ?? 0;

describe('self-learned pools', () => {
  it('E1: any client at a server that answered another as a pool', () => {
    const verdict = fuse(visitor(), knowing([teacher, visitor()]));
    expect(verdict?.level).toBe('suspected');
    expect(endpoint(verdict)).toBe(6);
    expect(verdict?.evidence[0]).toMatchObject({ item: 'E1', encrypted: true, suspect: OTHER });
    expect(verdict?.evidence[0]?.excerpt).toBe(
      '198.51.100.7:3333 answered 1 client as a pool, last 2021-07-03T02:01:00.000Z',
    );
    expect(verdict?.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['learned-pool', 'endpoint-only', 'encrypted']),
    );
  });

  it('E1 and behaviour are probable, never confirmed', () => {
    const rhythm = item('B1', { suspect: OTHER, session: 'v1', encrypted: true });
    const seen = { ...visitor(), evidence: [rhythm] };
    expect(fuse(seen, knowing([teacher]))?.level).toBe('probable');
    expect(fuse(seen, knowing([]))?.level).toBe('suspected');
  });

  it('E1 halves in a week, in both directions of time', () => {
    expect(endpoint(fuse(visitor(POOL, 7), knowing([teacher])))).toBeCloseTo(3, 1);
    expect(endpoint(fuse(visitor(POOL, 14), knowing([teacher])))).toBeCloseTo(1.5, 1);
    expect(endpoint(fuse(visitor(POOL, -7), knowing([teacher])))).toBeCloseTo(3, 1);
    expect(fuse(visitor(POOL, 90), knowing([teacher]))).toBeNull();
  });

  it('E2: another port of the server weighs less', () => {
    const verdict = fuse(visitor({ ip: POOL.ip, port: 443 }), knowing([teacher]));
    expect(endpoint(verdict ?? null)).toBe(3);
    expect(verdict?.reasons.map(({ code }) => code)).toContain('learned-pool-other-port');
  });

  it('never count for the session that taught them', () => {
    expect(endpoint(fuse(teacher, knowing([teacher])))).toBe(0);
  });

  it('nor for another session of the client that alone taught them', () => {
    const alsoTls = flowSession({ session: 's2', tls: true });
    const both = { ...teacher, sessions: [...teacher.sessions, alsoTls] };
    expect(endpoint(fuse(both, knowing([both])))).toBe(0);
    const second = { ...teacher, ip: OTHER };
    expect(endpoint(fuse(both, knowing([both, second])))).toBe(6);
  });

  it('count once a server, however many sessions', () => {
    const sessions = [1, 2, 3].map((n) => flowSession({ session: `v${n}`, suspect: OTHER }));
    const verdict = fuse(file([], sessions, OTHER), knowing([teacher]));
    expect(endpoint(verdict)).toBe(6);
    expect(verdict?.evidence).toHaveLength(1);
    expect(verdict?.evidence[0]?.count).toBe(3);
  });

  it('are not learnt from undecided, encrypted or one-sided sessions', () => {
    for (const over of [{ strength: 'strong' }, { encrypted: true }, { bothDirections: false }] as const) {
      expect(learnFrom([file([item('P4', over)], [session()])]).learned).toEqual([]);
    }
  });

  it('are not learnt through a relay or a shared front', () => {
    for (const wrapper of ['connect', 'socks5', 'websocket', 'http']) {
      const relayed = file([item('P2')], [session({ roles: MINING, wrappers: [wrapper] })]);
      expect(learnFrom([relayed]).learned).toEqual([]);
    }
  });

  it('leave node sessions alone', () => {
    const node = item('N6', { suspect: OTHER, session: 'v1' });
    expect(fuse({ ...visitor(), evidence: [node] }, knowing([teacher]))).toBeNull();
  });

  it('add up over clients and runs, as plain data', () => {
    const second = { ...teacher, ip: OTHER };
    const first = learnFrom([teacher, second]);
    expect(first.learned).toEqual([{ ...POOL, lastUs: START + 60e6, clients: 2 }]);
    const restored: Knowledge = JSON.parse(JSON.stringify(first));
    expect(learnFrom([teacher], restored)).toEqual(first);
  });
});
