import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { Ledger } from '../../../src/detect/verdict/ledger/ledger.js';
import { mergeFiles } from '../../../src/detect/verdict/ledger/merge.js';
import { MAX_NAMES } from '../../../src/detect/verdict/ledger/sessions.js';
import { type FlowRecord, sessionKey } from '../../../src/model/flow.js';
import type { TlsObservation } from '../../../src/model/observation.js';
import type { SuspectFile } from '../../../src/model/verdict.js';
import { item, MINING, ORIGIN, POOL, roles, SECOND, START, SUSPECT, stratum } from './builders.js';

const OTHER = '10.8.9.9';
const KEY = sessionKey({ ip: SUSPECT, port: 40000 }, POOL, START);

function flow(over: Partial<FlowRecord> = {}): FlowRecord {
  return {
    kind: 'flow',
    origin: ORIGIN,
    startUs: START,
    endUs: START + 90 * SECOND,
    protocol: 6,
    client: { ip: SUSPECT, port: 40000 },
    server: POOL,
    orientedBy: 'handshake',
    toServer: { packets: 10, bytes: 1000, payloadPackets: 5 },
    toClient: { packets: 12, bytes: 3000, payloadPackets: 6 },
    tcpFlags: 27,
    samplingInterval: 1,
    ...over,
  };
}

function tls(over: Partial<TlsObservation> = {}): TlsObservation {
  return {
    kind: 'tls',
    timeUs: START,
    client: { ip: OTHER, port: 50000 },
    server: POOL,
    origin: ORIGIN,
    session: 'tls1',
    serverName: 'pool.example',
    alpn: [],
    ja3: null,
    ja4: null,
    answered: true,
    ...over,
  };
}

function only(files: readonly SuspectFile[]): SuspectFile {
  expect(files).toHaveLength(1);
  return files[0] as SuspectFile;
}
const counts = (ledger: Ledger) => {
  const counters = new Counters();
  ledger.report(counters);
  return counters.toObject();
};

describe('merging', () => {
  it('adds the parts of a session, its TLS greeting and its flow', () => {
    const ledger = new Ledger();
    ledger.add(stratum({ session: KEY, logins: ['w.rig1'], agents: ['a/1'] }), [
      item('P3', { session: KEY }),
    ]);
    const shares = [{ difficulty: 100, submitted: 3, accepted: 3, rejected: 0 }];
    ledger.add(
      stratum({
        session: KEY,
        part: 1,
        roles: MINING,
        endUs: START + 200 * SECOND,
        workers: ['rig2'],
        shares,
      }),
      [],
    );
    ledger.add(stratum({ session: KEY, part: 2, roles: MINING, shares }), []);
    ledger.add(tls({ session: KEY, client: { ip: SUSPECT, port: 40000 } }), []);
    ledger.add(flow(), []);
    ledger.add(flow({ startUs: START + 1 }), []);
    const { sessions, evidence, ip } = only(ledger.drain());
    expect(ip).toBe(SUSPECT);
    expect(evidence).toHaveLength(1);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({
      session: KEY,
      dialect: 'stratum-v1',
      tls: true,
      host: 'pool.example',
      firstUs: START,
      lastUs: START + 200 * SECOND,
      logins: ['w.rig1'],
      workers: ['rig2'],
      agents: ['a/1'],
      bytesToServer: 2000,
      bytesToClient: 6000,
      shares: [{ difficulty: 100, submitted: 6, accepted: 6, rejected: 0 }],
    });
    expect(sessions[0]?.roles).toMatchObject({ hello: 3, job: 11, share: 6, shareAccepted: 6, poll: 0 });
  });

  it('does not depend on the order of the parts', () => {
    const parts = [
      stratum({ session: KEY }),
      stratum({
        session: KEY,
        part: 1,
        startUs: START + 60 * SECOND,
        endUs: START + 300 * SECOND,
        reportedHps: 7,
      }),
      tls({ session: KEY, client: { ip: SUSPECT, port: 40000 } }),
      flow(),
    ];
    const drained = (order: readonly number[]) => {
      const ledger = new Ledger();
      for (const n of order)
        ledger.add(parts[n] ?? flow(), [item('P3', { session: KEY, firstUs: START + n })]);
      return only(ledger.drain());
    };
    expect(drained([3, 1, 2, 0])).toEqual(drained([0, 1, 2, 3]));
    expect(drained([2, 3, 0, 1])).toEqual(drained([0, 1, 2, 3]));
  });

  it('adds evidence of one rule, peer, host and session', () => {
    const ledger = new Ledger();
    const add = (over: Parameters<typeof item>[1], name = 'P3') =>
      ledger.add(stratum(), [item(name, { rule: 'r', ...over })]);
    add({ count: 2, firstUs: START + 5, lastUs: START + 9, excerpt: 'later' });
    add({ count: 3, firstUs: START, lastUs: START + 7, excerpt: 'earlier' });
    add({ count: 1, firstUs: START + 8, lastUs: START + 20, excerpt: 'heaviest' }, 'P2');
    add({ session: 's2' });
    add({ host: 'pool.example' });
    add({ peer: { ip: POOL.ip, port: 1 } });
    const { evidence } = only(ledger.drain());
    expect(evidence).toHaveLength(4);
    expect(evidence[0]).toMatchObject({
      item: 'P2',
      weight: 8,
      count: 6,
      firstUs: START,
      lastUs: START + 20,
      excerpt: 'earlier',
    });
  });
});

describe('mergeFiles', () => {
  it('makes one file of what two inputs tell of an address', () => {
    const part = (n: number) => {
      const ledger = new Ledger();
      ledger.add(stratum({ session: 'one', part: n, roles: MINING }), [item('P2', { session: 'one' })]);
      const client = { ip: SUSPECT, port: 40_001 + n };
      ledger.add(stratum({ session: `own${n}`, client }), [item('P3', { session: `own${n}` })]);
      return only(ledger.drain());
    };
    const merged = only(mergeFiles([part(0), part(1)]));
    expect(merged.sessions).toHaveLength(3);
    expect(merged.sessions.find(({ session }) => session === 'one')?.roles.share).toBe(6);
    expect(merged.evidence).toHaveLength(3);
    expect(merged.evidence.find(({ session }) => session === 'one')?.count).toBe(2);
  });
});

describe('whose sessions are kept', () => {
  it('those of suspects: pool protocol before the evidence, flows only if evidence names them', () => {
    const ledger = new Ledger();
    ledger.add(stratum({ session: 'early' }), []);
    ledger.add(stratum({ session: 'innocent', client: { ip: OTHER, port: 1 } }), []);
    ledger.add(
      tls({ session: 'web', client: { ip: SUSPECT, port: 2 }, server: { ip: '203.0.113.80', port: 443 } }),
      [],
    );
    ledger.add(tls({ session: 'named', client: { ip: SUSPECT, port: 3 } }), [
      item('E3', { session: 'named' }),
    ]);
    const { ip, sessions } = only(ledger.drain());
    expect(ip).toBe(SUSPECT);
    expect(sessions.map(({ session }) => session).sort()).toEqual(['early', 'named']);
  });

  it('those with a server that answered as a pool, before or after', () => {
    const ledger = new Ledger();
    const later = { client: { ip: '10.8.9.10', port: 5 }, session: 'tls2' };
    ledger.add(tls(), []);
    ledger.add(stratum(), [item('P2')]);
    ledger.add(tls(later), []);
    const files = ledger.drain();
    expect(files.map(({ ip }) => ip).sort()).toEqual(['10.8.3.17', '10.8.9.10', '10.8.9.9']);
    expect(files.find(({ ip }) => ip === OTHER)?.evidence).toEqual([]);
  });

  it('those with a server known from earlier runs', () => {
    const ledger = new Ledger();
    ledger.watch([POOL.ip]);
    ledger.add(tls(), []);
    expect(only(ledger.drain()).sessions[0]?.host).toBe('pool.example');
  });

  it('that of a server which the rules take for the client', () => {
    const ledger = new Ledger();
    const guessed = flow({ client: POOL, server: { ip: SUSPECT, port: 40000 }, orientedBy: 'first-packet' });
    const session = sessionKey(guessed.client, guessed.server, START);
    ledger.add(guessed, [item('E7', { session })]);
    expect(only(ledger.drain()).sessions[0]).toMatchObject({
      suspect: SUSPECT,
      suspectPort: 40000,
      peer: POOL,
      bytesToServer: 3000,
      bytesToClient: 1000,
    });
  });

  it('visits of addresses outside the monitored networks make no suspect', () => {
    const ledger = new Ledger({}, (ip) => ip === SUSPECT);
    ledger.add(stratum(), [item('P2')]);
    ledger.add(tls(), []);
    expect(only(ledger.drain()).ip).toBe(SUSPECT);
  });

  it('a look-up belongs to no session', () => {
    const ledger = new Ledger();
    const question = { question: 'pool.example', questionType: 1, answered: false, addresses: [] };
    const { client, server, timeUs, origin } = tls();
    ledger.add({ kind: 'dns', client, server, timeUs, origin, ...question }, [
      item('E9', { suspect: OTHER }),
    ]);
    expect(only(ledger.drain())).toMatchObject({ ip: OTHER, sessions: [] });
  });
});

describe('drain', () => {
  it('starts anew, and knows the sessions of before', () => {
    const ledger = new Ledger();
    ledger.add(stratum({ session: KEY }), [item('P3', { session: KEY })]);
    expect(ledger.size).toBe(1);
    ledger.drain();
    expect(ledger.drain()).toEqual([]);
    ledger.add(flow(), []);
    expect(only(ledger.drain())).toMatchObject({ evidence: [], sessions: [{ bytesToServer: 1000 }] });
  });
});

describe('one conversation', () => {
  const rounded = START + 120_000;
  const key = (startUs: number) => sessionKey({ ip: SUSPECT, port: 40_000 }, POOL, startUs);

  it('is counted once, however packets and flow records round its start', () => {
    const ledger = new Ledger();
    const record = flow({ startUs: START - SECOND, endUs: START + 61 * SECOND });
    ledger.add(stratum({ session: key(rounded), startUs: rounded }), [item('P3', { session: key(rounded) })]);
    ledger.add(record, [item('E7', { session: key(record.startUs) })]);
    const { sessions, evidence } = only(ledger.drain());
    expect(sessions).toMatchObject([{ session: key(rounded), dialect: 'stratum-v1', bytesToServer: 1000 }]);
    expect(evidence.map(({ session }) => session)).toEqual([key(rounded), key(rounded)]);
  });

  it('is another when the port is used again later', () => {
    const ledger = new Ledger();
    for (const startUs of [START, START + 100 * SECOND, START + 300 * SECOND])
      ledger.add(flow({ startUs, endUs: startUs + 90 * SECOND }), [item('E7', { session: key(startUs) })]);
    expect(only(ledger.drain()).sessions).toHaveLength(3);
  });

  it('is one too where two inputs tell of it, and no store joins them', () => {
    const part = (startUs: number) => {
      const ledger = new Ledger();
      ledger.add(flow({ startUs }), [item('E7', { session: key(startUs) })]);
      return only(ledger.drain());
    };
    const merged = only(mergeFiles([part(START), part(START + 1.5 * SECOND)]));
    expect([merged.sessions.length, merged.evidence.length]).toEqual([1, 1]);
  });
});

describe('bounds', () => {
  it('folds sessions beyond the limit into one with the same peer', () => {
    const ledger = new Ledger({ sessionsPerSuspect: 2 });
    for (let n = 0; n < 10; n++) {
      const client = { ip: SUSPECT, port: 40_000 + n };
      ledger.add(stratum({ session: `s${n}`, client, roles: MINING }), [item('P2', { session: `s${n}` })]);
    }
    const { sessions, evidence } = only(ledger.drain());
    expect(sessions).toHaveLength(2);
    expect(sessions[0]?.roles.share).toBe(27);
    expect(evidence).toHaveLength(10);
    expect(counts(ledger)).toEqual({ 'ledger.sessions-folded': 8 });
    expect(counts(ledger)).toEqual({});
  });

  it('lets light evidence go first, and adds its counts to its rule', () => {
    const ledger = new Ledger({ evidencePerSuspect: 3 });
    for (let n = 0; n < 5; n++) ledger.add(stratum(), [item('E9', { host: `h${n}`, session: null })]);
    ledger.add(stratum(), [item('N6')]);
    ledger.add(stratum(), [item('P2')]);
    const { evidence } = only(ledger.drain());
    expect(evidence).toHaveLength(3);
    expect(evidence.map((one) => one.item)).toContain('P2');
    expect(counts(ledger)['ledger.evidence-folded']).toBeGreaterThan(2);
  });

  it('lets weak suspects go first', () => {
    const ledger = new Ledger({ suspects: 2 });
    const add = (suspect: string, name: string) =>
      ledger.add(stratum({ client: { ip: suspect, port: 1 } }), [item(name, { suspect })]);
    add('10.0.0.1', 'E9');
    add('10.0.0.2', 'E9');
    add('10.0.0.3', 'E9');
    add('10.0.0.4', 'P2');
    add('10.0.0.5', 'P2');
    add('10.0.0.6', 'P2');
    expect(ledger.drain().map(({ ip }) => ip)).toEqual(['10.0.0.4', '10.0.0.5']);
    expect(counts(ledger)).toMatchObject({ 'ledger.suspects-evicted': 2, 'ledger.suspects-dropped': 2 });
  });

  it('bounds lists, pending sessions and servers', () => {
    const ledger = new Ledger({ pendingSessions: 3, watchedServers: 1 });
    const names = Array.from({ length: 1000 }, (_, n) => `n${n}`);
    for (let n = 0; n < 5; n++)
      ledger.add(tls({ session: `t${n}`, client: { ip: OTHER, port: 50_000 + n } }), []);
    const difficulties = names.map((_, difficulty) => ({
      difficulty,
      submitted: 1,
      accepted: 1,
      rejected: 0,
    }));
    ledger.add(stratum({ workers: names, shares: difficulties }), [item('P2')]);
    ledger.watch(['203.0.113.1', '203.0.113.2']);
    const [first] = ledger.drain().find(({ ip }) => ip === SUSPECT)?.sessions ?? [];
    expect(first?.workers).toHaveLength(MAX_NAMES);
    expect(first?.shares.length).toBeLessThanOrEqual(MAX_NAMES + 1);
    expect(first?.shares.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1000);
    expect(counts(ledger)).toMatchObject({ 'ledger.pending-evicted': 2, 'ledger.servers-dropped': 2 });
  });

  it('takes absurd numbers', () => {
    const ledger = new Ledger();
    const absurd = { hello: Number.NaN, job: -5, share: 1e308, login: Number.POSITIVE_INFINITY };
    for (let n = 0; n < 3; n++) {
      ledger.add(stratum({ roles: roles(absurd), startUs: Number.NaN, endUs: Number.POSITIVE_INFINITY }), [
        item('P2', { count: Number.NaN, firstUs: Number.NaN, lastUs: Number.NaN }),
      ]);
    }
    const { sessions, evidence } = only(ledger.drain());
    expect(sessions[0]?.roles).toMatchObject({ hello: 0, job: 0, share: Number.MAX_SAFE_INTEGER });
    expect(evidence[0]).toMatchObject({ count: 0, firstUs: 0, lastUs: 0 });
    expect(Number.isFinite(sessions[0]?.lastUs)).toBe(true);
  });
});
