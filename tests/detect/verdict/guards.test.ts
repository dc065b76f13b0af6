import { describe, expect, it } from 'vitest';
import { createContext, learnFrom } from '../../../src/detect/verdict/context.js';
import { fuse } from '../../../src/detect/verdict/fuse.js';
import { registrableDomain } from '../../../src/detect/verdict/guards.js';
import type { SuspectSession } from '../../../src/model/verdict.js';
import {
  context,
  file,
  flowSession,
  item,
  lookUp,
  MINING,
  roles,
  SECOND,
  START,
  session,
} from './builders.js';

const reasonsOf = (verdict: ReturnType<typeof fuse>) => verdict?.reasons.map(({ code }) => code) ?? [];

/** `count` short handshakes with different pools, `gapSeconds` apart. */
function probes(count: number, gapSeconds: number, over: Partial<SuspectSession> = {}) {
  const sessions = Array.from({ length: count }, (_, n) => {
    const firstUs = START + n * gapSeconds * SECOND;
    return session({
      session: `p${n}`,
      peer: { ip: `203.0.113.${n}`, port: 3333 },
      firstUs,
      lastUs: firstUs + 2 * SECOND,
      ...over,
    });
  });
  return file(
    sessions.map(({ session: key, peer }) => item('P3', { session: key, peer })),
    sessions,
  );
}

describe('N1, the prober', () => {
  const isProber = (probed: ReturnType<typeof probes>) =>
    reasonsOf(fuse(probed, context())).includes('prober');

  it('needs ten endpoints within an hour', () => {
    expect(isProber(probes(10, 60))).toBe(true);
    expect(isProber(probes(9, 60))).toBe(false);
    const greets = (gap: number) => {
      const probed = probes(10, gap);
      const last = probed.sessions.map((one, n) => (n < 3 ? { ...one, lastUs: one.firstUs + 90e6 } : one));
      return isProber({ ...probed, sessions: last });
    };
    expect(greets(399)).toBe(true);
    expect(greets(401)).toBe(false);
  });

  it('is a monitor, too, that looks at the same pool again and again', () => {
    const ofOne = { peer: { ip: '203.0.113.1', port: 3333 } };
    const monitor = fuse(probes(10, 3600, ofOne), context());
    expect(monitor?.level).toBe('suspected');
    expect(monitor?.reasons.find(({ code }) => code === 'prober')?.text).toMatch(/this looks like a monitor/);
    expect(isProber(probes(9, 3600, ofOne))).toBe(false);
    const long = probes(40, 3600, ofOne);
    const stayed = long.sessions.map((one, n) => (n === 7 ? { ...one, lastUs: one.firstUs + 60e6 } : one));
    expect(isProber({ ...long, sessions: stayed })).toBe(false);
  });

  it('is no farm of which a short capture saw the beginning', () => {
    const ofOne = { peer: { ip: '203.0.113.1', port: 3333 } };
    expect(fuse(probes(40, 1, { ...ofOne, lastUs: START + 50 * SECOND }), context())?.level).toBe(
      'confirmed',
    );
  });

  it('is no miner that its pool turns away: it says what it is', () => {
    const named = { peer: { ip: '203.0.113.1', port: 3333 }, agents: ['XMRig/6.21.0 (Linux)'] };
    const programOf = (agent: string) =>
      agent.startsWith('XMRig')
        ? {
            program: 'XMRig',
            device: null,
            tokens: ['xmrig'],
            examples: { positive: [], negative: [] },
            file: '',
            line: 1,
          }
        : null;
    const verdict = fuse(probes(40, 10, named), context({ programOf }));
    expect(verdict?.level).toBe('confirmed');
  });

  it('is whoever reads the work of many pools for long', () => {
    const watching = (count: number, seconds: number) => {
      const brief = probes(count, 5);
      const sessions = brief.sessions.map((one) => ({ ...one, lastUs: one.firstUs + seconds * SECOND }));
      return { ...brief, sessions };
    };
    expect(fuse(watching(10, 1800), context())?.level).toBe('suspected');
    expect(isProber(watching(10, 1799))).toBe(false);
    expect(isProber(watching(9, 9000))).toBe(false);
  });

  it('needs short sessions', () => {
    const long = probes(12, 60);
    const sessions = long.sessions.map((one) => ({ ...one, lastUs: one.firstUs + 61 * SECOND }));
    expect(isProber({ ...long, sessions })).toBe(false);
  });

  it('asks how long the middle one of its sessions was', () => {
    const lasting = (seconds: readonly number[]) => {
      const probed = probes(seconds.length, 60);
      const sessions = probed.sessions.map((one, at) => ({
        ...one,
        lastUs: one.firstUs + (seconds[at] ?? 0) * SECOND,
      }));
      return isProber({ ...probed, sessions });
    };
    const [short, long] = [new Array<number>(5).fill(2), new Array<number>(5).fill(600)];
    expect(lasting([...short, 59, ...long])).toBe(true);
    expect(lasting([...short, 60, ...long])).toBe(false);
    expect(lasting([...short, 58, 61, ...long])).toBe(true);
    expect(lasting([...short, 58, 62, ...long])).toBe(false);
  });

  it('finds the window of a probe in a longer history', () => {
    const probed = probes(30, 5);
    const early = session({ session: 'early', firstUs: START - 1e12, lastUs: START - 1e12 + 4000 * SECOND });
    expect(isProber({ ...probed, sessions: [early, ...probed.sessions] })).toBe(true);
  });

  it('cannot hide a miner that submits shares', () => {
    const probed = probes(30, 5);
    const rig = session({ session: 'rig', roles: MINING });
    const verdict = fuse(
      file([...probed.evidence, item('P2', { session: 'rig' })], [...probed.sessions, rig]),
      context(),
    );
    expect(verdict?.level).toBe('confirmed');
    expect(reasonsOf(verdict)).not.toContain('prober');
  });

  it('lets nothing pass suspected, other kinds of decisive items included', () => {
    const probed = probes(12, 5);
    const more = ['P4', 'P5', 'E3'].map((name) => item(name, { session: 'p0', weight: 12 }));
    expect(fuse(file([...probed.evidence, ...more], probed.sessions), context())?.level).toBe('suspected');
  });
});

describe('N2, a resolver', () => {
  it('takes its look-ups away, not its mining', () => {
    const resolver = item('N2', { session: null, peer: null });
    expect(fuse(file([lookUp('pool.example'), resolver]), context())).toBeNull();
    const mining = fuse(file([item('P3'), resolver], [session()]), context());
    expect(mining?.level).toBe('confirmed');
    expect(mining?.score).toBeGreaterThan(0.99);
    expect(reasonsOf(mining)).toContain('resolver');
  });
});

describe('N3, attempts', () => {
  const silent = flowSession({ bothDirections: false, bytesToServer: 180, bytesToClient: 0 });
  const hit = item('E7', { bothDirections: false });

  it('are said to be attempts when nothing ever came back', () => {
    const verdict = fuse(file([hit], [silent]), context());
    expect(reasonsOf(verdict)).toEqual(expect.arrayContaining(['attempted', 'list-without-payload']));
    expect(verdict?.level).toBe('suspected');
  });

  it('not where the other direction was not observed, or one contact succeeded', () => {
    expect(reasonsOf(fuse(file([hit], [{ ...silent, bytesToClient: null }]), context()))).not.toContain(
      'attempted',
    );
    const answered = flowSession({ session: 's2', peer: { ip: '203.0.113.9', port: 1 } });
    const good = item('E7', { session: 's2', peer: answered.peer });
    expect(reasonsOf(fuse(file([hit, good], [silent, answered]), context()))).not.toContain('attempted');
  });

  it('not where one listed contact belongs to no session, or went both ways', () => {
    const failed = item('N3', { session: null });
    expect(reasonsOf(fuse(file([hit, failed]), context()))).toContain('attempted');
    for (const over of [{ session: null }, { bothDirections: true }])
      expect(
        reasonsOf(fuse(file([item('E7', { bothDirections: false, ...over }), failed]), context())),
      ).not.toContain('attempted');
  });

  it('are taken on the word of a rule', () => {
    expect(reasonsOf(fuse(file([hit, item('N3')]), context()))).toContain('attempted');
  });
});

describe('N4, a known application', () => {
  it('takes weight from behaviour only', () => {
    expect(fuse(file([item('B1'), item('N4')]), context())).toBeNull();
    expect(fuse(file([item('P3'), item('N4')], [session()]), context())?.level).toBe('confirmed');
  });
});

describe('N6, nodes and wallets', () => {
  const node = item('N6', { session: 'node' });
  const nodeSession = flowSession({ session: 'node' });

  it('gives no verdict where there is nothing else', () => {
    const evidence = ['P4', 'B1', 'C1', 'E7'].map((name) => item(name, { session: 'node' }));
    expect(fuse(file([...evidence, node], [nodeSession]), context())).toBeNull();
    expect(fuse(file(evidence, [nodeSession]), context())).not.toBeNull();
  });

  it('takes payload, behaviour and clock of that session only', () => {
    const verdict = fuse(
      file([item('P4', { session: 'node' }), item('P3'), node], [nodeSession, session()]),
      context(),
    );
    expect(verdict?.arithmetic.find(({ part }) => part === 'P')?.bans).toBe(6.5);
    expect(verdict?.level).toBe('confirmed');
    expect(reasonsOf(verdict)).toContain('node-or-wallet');
  });

  it('does not cover a session with answered shares', () => {
    const verdict = fuse(file([item('P2'), item('N6')], [session({ roles: MINING })]), context());
    expect(verdict?.level).toBe('confirmed');
  });
});

describe('E10, the web site of a pool', () => {
  it('cancels look-ups of the same operator', () => {
    const visit = item('E10', { host: 'www.pool.example' });
    expect(fuse(file([lookUp('eu.pool.example'), visit]), context())).toBeNull();
    expect(fuse(file([lookUp('eu.other.example'), visit]), context())?.level).toBe('suspected');
  });

  it.each([
    ['eu.pool.example', 'pool.example'],
    ['Pool.Example', 'pool.example'],
    ['a.b.pool.com.cn', 'pool.com.cn'],
    ['localhost', 'localhost'],
    ['', ''],
  ])('%s belongs to %s', (host, domain) => {
    expect(registrableDomain(host)).toBe(domain);
  });
});

describe('a pool server', () => {
  const SERVER = '10.0.0.13';
  const rig = file(
    [item('P2', { peer: { ip: SERVER, port: 3333 } })],
    [session({ roles: MINING, peer: { ip: SERVER, port: 3333 } })],
  );
  const daemon = { ip: '10.0.0.40', port: 9333 };
  const polling = session({
    session: 'poll',
    suspect: SERVER,
    peer: daemon,
    dialect: 'getblocktemplate',
    roles: roles({ poll: 40 }),
  });
  const server = file([item('P5', { suspect: SERVER, session: 'poll', peer: daemon })], [polling], SERVER);

  it('is no rig for polling its coin daemon', () => {
    const knowing = createContext(learnFrom([rig, server]));
    const verdict = fuse(server, knowing);
    expect(verdict?.level).toBe('suspected');
    expect(reasonsOf(verdict)).toContain('pool-server');
    expect(verdict?.evidence[0]?.strength).toBe('strong');
    expect(verdict?.miners).toBeNull();
    expect(fuse(rig, knowing)?.level).toBe('confirmed');
  });

  it('is a solo miner where nobody mines at it', () => {
    expect(fuse(server, createContext(learnFrom([server])))?.level).toBe('confirmed');
  });

  it('does not teach its daemon as a pool', () => {
    const known = learnFrom([rig, server]);
    expect(known.learned.map(({ ip }) => ip)).toEqual([SERVER]);
  });

  it('that is a farm’s proxy, and mines itself upstream, stays confirmed', () => {
    const upstream = file(
      [item('P2', { suspect: SERVER })],
      [session({ suspect: SERVER, roles: MINING })],
      SERVER,
    );
    expect(fuse(upstream, createContext(learnFrom([rig, upstream])))?.level).toBe('confirmed');
  });

  it('is remembered from earlier runs', () => {
    const later = learnFrom([server], { learned: [], poolServers: [SERVER] });
    expect(fuse(server, createContext(later))?.level).toBe('suspected');
  });
});
