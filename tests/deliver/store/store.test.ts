import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InputResult, openStore, type Store } from '../../../src/deliver/store/index.js';
import { NO_ROLES } from '../../../src/model/observation.js';
import type { SuspectFile } from '../../../src/model/verdict.js';
import { Sqlite } from '../../support/sqlite.js';
import {
  HOSTILE,
  START_US,
  sampleEvidence,
  sampleSession,
  sampleSuspect,
  sampleVerdict,
  temporaryFolder,
} from '../samples.js';

const RUN = { startedUs: START_US, version: '0.1.0', rulesVersion: 'r1' };

function newStore(): { store: Store; path: string } {
  const path = join(temporaryFolder(), 'db.sqlite');
  return { store: openStore(path), path };
}

function input(contentId: string, suspects: readonly SuspectFile[], complete = true): InputResult {
  return {
    contentId,
    rulesVersion: 'r1',
    bytes: 4711,
    suspects,
    summary: {
      path: `${contentId}.pcap`,
      sha256: 'ab',
      format: 'pcap',
      first: '2021-07-03T02:11:09.120Z',
      last: null,
      complete,
      problems: [],
    },
  };
}

function countRows(path: string): Record<string, unknown> {
  const db = new Sqlite(path, { readonly: true });
  const tables = ['addresses', 'inputs', 'sightings', 'sessions', 'evidence', 'verdicts', 'endpoints'];
  const counts = tables.map((table) => [table, db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]);
  db.close();
  return Object.fromEntries(counts);
}

describe('the store', () => {
  it('gives back what it was given', () => {
    const { store } = newStore();
    const file: SuspectFile = {
      ip: '2001:db8::7',
      sessions: [sampleSession({ suspect: '2001:db8::7', samplingInterval: 1000, wrappers: ['socks5'] })],
      evidence: [
        sampleEvidence({ suspect: '2001:db8::7' }),
        sampleEvidence({
          suspect: '2001:db8::7',
          rule: 'dns',
          peer: null,
          host: null,
          session: null,
          weight: 1.5,
        }),
      ],
    };
    store.saveInput(store.beginRun(RUN), input('a', [file]));
    expect(store.loadSuspect('2001:db8::7')).toEqual(file);
    expect(store.loadSuspect('10.0.0.1')).toBeNull();
    expect(store.suspects()).toEqual(['2001:db8::7']);
    expect(store.findInput('a')).toMatchObject({
      state: 'complete',
      size: 4711,
      firstUs: START_US,
      lastUs: null,
    });
    expect(store.findInput('b')).toBeNull();
    store.close();
  });

  it('doubles nothing when the same content is saved again', () => {
    const { store, path } = newStore();
    const scan = () => {
      const run = store.beginRun(RUN);
      store.saveInput(run, input('a', [sampleSuspect(), sampleSuspect('10.0.0.2', { session: 'other' })]));
      store.saveVerdicts([sampleVerdict()], run);
      store.finishRun(run, { seconds: 1 }, 'complete');
    };
    scan();
    const before = countRows(path);
    const file = store.loadSuspect('10.8.3.17');
    scan();
    expect(countRows(path)).toEqual(before);
    expect(before).toMatchObject({ inputs: 1, sessions: 2, evidence: 2, verdicts: 1, endpoints: 1 });
    expect(store.loadSuspect('10.8.3.17')).toEqual(file);
    store.close();
  });

  it('counts a conversation that two inputs saw once, and keeps the fuller sighting', () => {
    const { store, path } = newStore();
    const run = store.beginRun(RUN);
    const full = sampleSuspect();
    const roles = { ...sampleSession().roles, share: 1 };
    const cut: SuspectFile = {
      ip: full.ip,
      sessions: [sampleSession({ roles, workers: ['cut'] })],
      evidence: [sampleEvidence({ count: 5 })],
    };
    store.saveInput(run, input('cut', [cut]));
    store.saveInput(run, input('full', [full]));
    store.saveInput(run, input('cut-again', [cut]));
    expect(countRows(path)).toMatchObject({ sessions: 1, sightings: 3, evidence: 3 });
    expect(store.loadSuspect(full.ip)).toEqual(full);
    // A rescan that no longer finds it in the fuller input leaves what the others saw.
    store.saveInput(run, input('full', []));
    expect(store.loadSuspect(full.ip)).toEqual(cut);
    store.saveInput(run, input('cut', []));
    store.saveInput(run, input('cut-again', []));
    expect(store.loadSuspect(full.ip)).toBeNull();
    store.close();
  });

  it('knows a conversation whose start two inputs round differently', () => {
    const { store, path } = newStore();
    const run = store.beginRun(RUN);
    const full = sampleSuspect();
    const name = '10.8.3.17|50000|198.51.100.7|3333|1625278267';
    const turned = '198.51.100.7|3333|10.8.3.17|50000|1625278300';
    const asFlow = (session: string, firstUs: number): SuspectFile => ({
      ip: full.ip,
      sessions: [
        sampleSession({ session, firstUs, lastUs: START_US + 60e6, roles: NO_ROLES, dialect: null }),
      ],
      evidence: [sampleEvidence({ session, rule: 'endpoint.ip-port', item: 'E7', group: 'E' })],
    });
    store.saveInput(run, input('records', [asFlow(name, START_US - 1.2e6)]));
    store.saveInput(run, input('packets', [full]));
    // Another exporter took the pool for the client, and missed the first half minute.
    store.saveInput(run, input('late', [asFlow(turned, START_US + 31e6)]));
    expect(countRows(path)).toMatchObject({ sessions: 1, sightings: 3 });
    const file = store.loadSuspect(full.ip);
    expect(file?.sessions).toEqual([{ ...full.sessions[0], session: name }]);
    expect(file?.evidence.map(({ item, session }) => `${item} ${session}`).sort()).toEqual([
      `E7 ${name}`,
      `P2 ${name}`,
    ]);
    // A rescan finds the same name again.
    store.saveInput(run, input('records', [asFlow(name, START_US - 1.2e6)]));
    store.saveInput(run, input('packets', [full]));
    expect(countRows(path)).toMatchObject({ sessions: 1, sightings: 3 });
    // Used again an hour later, the port belongs to another conversation.
    store.saveInput(
      run,
      input('next', [
        sampleSuspect(full.ip, {
          session: `${name.slice(0, -10)}1625281867`,
          firstUs: START_US + 3600e6,
          lastUs: START_US + 3660e6,
        }),
      ]),
    );
    expect(countRows(path)).toMatchObject({ sessions: 2 });
    store.close();
  });

  it('adds facts without a session over inputs, unless they are the same', () => {
    const { store } = newStore();
    const run = store.beginRun(RUN);
    const lookup = sampleEvidence({ session: null, peer: null, count: 3 });
    const file = (evidence: typeof lookup) => ({ ip: evidence.suspect, sessions: [], evidence: [evidence] });
    store.saveInput(run, input('a.pcap', [file(lookup)]));
    store.saveInput(run, input('a.pcap.gz', [file(lookup)]));
    expect(store.loadSuspect('10.8.3.17')?.evidence).toEqual([lookup]);
    store.saveInput(run, input('b.pcap', [file({ ...lookup, firstUs: START_US + 5, count: 4 })]));
    expect(store.loadSuspect('10.8.3.17')?.evidence).toEqual([{ ...lookup, count: 7 }]);
    store.close();
  });

  it('never lets a stopped scan take the place of a complete one, but the other way round', () => {
    const { store } = newStore();
    const run = store.beginRun(RUN);
    store.saveInput(run, input('a', [sampleSuspect('10.0.0.1')], false));
    expect(store.findInput('a')?.state).toBe('partial');
    store.saveInput(run, input('a', [sampleSuspect('10.0.0.2')]));
    expect(store.findInput('a')?.state).toBe('complete');
    store.saveInput(run, input('a', [], false));
    expect(store.findInput('a')?.state).toBe('complete');
    expect(store.suspects()).toEqual(['10.0.0.2']);
    store.close();
  });

  it('knows whose verdict is no longer up to date', () => {
    const { store } = newStore();
    const run = store.beginRun(RUN);
    store.saveInput(
      run,
      input('a', [sampleSuspect('10.0.0.1'), sampleSuspect('10.0.0.2', { session: 'x' })]),
    );
    expect(store.staleSuspects()).toEqual(['10.0.0.1', '10.0.0.2']);
    store.saveVerdicts(
      ['10.0.0.1', '10.0.0.2'].map((ip) => sampleVerdict({ ip })),
      run,
    );
    expect(store.staleSuspects()).toEqual([]);
    store.saveInput(run, input('a', [sampleSuspect('10.0.0.2', { session: 'x' })]));
    expect(store.staleSuspects()).toEqual(['10.0.0.1', '10.0.0.2']);
    store.saveVerdicts([sampleVerdict({ ip: '10.0.0.2' })], run);
    expect(store.deleteVerdicts(store.staleSuspects())).toBe(1);
    expect([...store.listVerdicts()].map(({ ip }) => ip)).toEqual(['10.0.0.2']);
    store.close();
  });

  it('learns servers from decisive evidence in clear alone', () => {
    const { store } = newStore();
    const run = store.beginRun(RUN);
    const server = (ip: string) => ({ ip, port: 3333 });
    const suspect = (ip: string, peer: string, session: object, fact: object): SuspectFile => ({
      ip,
      sessions: [sampleSession({ suspect: ip, session: `${ip}>${peer}`, peer: server(peer), ...session })],
      evidence: [sampleEvidence({ suspect: ip, session: `${ip}>${peer}`, peer: server(peer), ...fact })],
    });
    store.saveInput(
      run,
      input('a', [
        suspect('10.0.0.1', '198.51.100.1', {}, {}),
        suspect('10.0.0.2', '198.51.100.1', {}, { lastUs: START_US + 99_000_000 }),
        suspect('10.0.0.3', '198.51.100.2', {}, { encrypted: true }),
        suspect('10.0.0.4', '198.51.100.3', { wrappers: ['websocket'] }, { item: 'P7' }),
        suspect('10.0.0.5', '198.51.100.4', {}, { strength: 'strong', item: 'P6' }),
        // A pool polls its coin daemon: a pool server itself, so the daemon is no pool.
        suspect('198.51.100.1', '198.51.100.5', {}, { item: 'P5' }),
      ]),
    );
    expect(store.learnedServers()).toEqual([
      { ip: '198.51.100.1', port: 3333, lastUs: START_US + 99_000_000, clients: 2 },
    ]);
    expect(store.poolServers()).toEqual(['198.51.100.1', '198.51.100.3', '198.51.100.5']);
    store.close();
  });

  it('keeps hostile text and hostile numbers as they are told', () => {
    const { store } = newStore();
    const run = store.beginRun(RUN);
    const names = [HOSTILE, '挖矿', '\ud83d\ude00'];
    const session = sampleSession({
      session: HOSTILE,
      host: HOSTILE,
      dialect: HOSTILE,
      logins: names,
      workers: names,
      agents: names,
      firstUs: Number.NaN,
      lastUs: Number.POSITIVE_INFINITY,
      bytesToServer: 1e300,
    });
    const fact = sampleEvidence({
      rule: HOSTILE,
      host: HOSTILE,
      excerpt: HOSTILE,
      session: HOSTILE,
      weight: Number.NaN,
    });
    store.saveInput(run, input(HOSTILE, [{ ip: '10.0.0.1', sessions: [session], evidence: [fact] }]));
    const verdict = sampleVerdict({ agents: names, wallets: names, workers: names, score: Number.NaN });
    store.saveVerdicts([verdict], run);
    const file = store.loadSuspect('10.0.0.1');
    expect(file?.sessions[0]).toMatchObject({ session: HOSTILE, host: HOSTILE, workers: names, firstUs: 0 });
    expect(file?.evidence[0]).toMatchObject({ excerpt: HOSTILE, rule: HOSTILE, weight: 0 });
    expect(store.loadVerdict('10.8.3.17')).toMatchObject({ agents: names, wallets: names, score: 0 });
    store.close();
  });
});
