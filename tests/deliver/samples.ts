import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../src/deliver/store/index.js';
import type { Evidence } from '../../src/model/evidence.js';
import { NO_ROLES } from '../../src/model/observation.js';
import type { SuspectFile, SuspectSession, Verdict } from '../../src/model/verdict.js';

/** 2021-07-03T02:11:09.120Z */
export const START_US = 1_625_278_269_120_000;

/** A folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function sampleSession(changes: Partial<SuspectSession> = {}): SuspectSession {
  return {
    session: '10.8.3.17|50000|198.51.100.7|3333|1625278269',
    suspect: '10.8.3.17',
    suspectPort: 50_000,
    peer: { ip: '198.51.100.7', port: 3333 },
    host: 'pool.example',
    orientedBy: 'handshake',
    firstUs: START_US,
    lastUs: START_US + 60_000_000,
    dialect: 'cryptonote',
    wrappers: [],
    tls: false,
    bothDirections: true,
    roles: { ...NO_ROLES, login: 1, loginAccepted: 1, job: 4, share: 3, shareLinked: 3, shareAccepted: 3 },
    logins: ['4Abc.rig-01'],
    workers: ['rig-01'],
    agents: ['XMRig/6.21.0'],
    options: [],
    algorithms: ['rx/0'],
    coins: [{ ticker: 'XMR', basis: 'handshake', confidence: 0.99 }],
    shares: [{ difficulty: 120_001, submitted: 3, accepted: 3, rejected: 0 }],
    reportedHps: null,
    bytesToServer: 1200,
    bytesToClient: null,
    ...changes,
  };
}

export function sampleEvidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    rule: 'stratum.cryptonote.login',
    item: 'P2',
    group: 'P',
    strength: 'decisive',
    weight: 8,
    suspect: '10.8.3.17',
    peer: { ip: '198.51.100.7', port: 3333 },
    host: 'pool.example',
    session: '10.8.3.17|50000|198.51.100.7|3333|1625278269',
    bothDirections: true,
    encrypted: false,
    count: 12,
    firstUs: START_US,
    lastUs: START_US + 60_000_000,
    excerpt: '{"id":1,"method":"login"}',
    origin: { source: 'a.pcap', format: 'pcap', record: 4 },
    ...changes,
  };
}

export function sampleSuspect(ip = '10.8.3.17', changes: Partial<SuspectSession> = {}): SuspectFile {
  const session = sampleSession({ suspect: ip, ...changes });
  return {
    ip,
    sessions: [session],
    evidence: [sampleEvidence({ suspect: ip, session: session.session, peer: session.peer })],
  };
}

export function sampleVerdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    ip: '10.8.3.17',
    level: 'confirmed',
    score: 0.998,
    arithmetic: [
      { part: 'prior', bans: -3.82 },
      { part: 'P', bans: 8 },
      { part: 'E', bans: 0 },
      { part: 'total', bans: 4.18 },
    ],
    firstUs: START_US,
    lastUs: START_US + 60_000_000,
    activeSeconds: 60,
    coins: [{ ticker: 'XMR', basis: 'handshake', confidence: 0.99 }],
    algorithms: ['rx/0'],
    dialects: ['cryptonote'],
    pools: [
      {
        address: '198.51.100.7',
        port: 3333,
        host: 'pool.example',
        operator: 'Example Pool',
        country: 'US',
        tls: false,
      },
    ],
    agents: ['XMRig/6.21.0'],
    wallets: ['4Abc'],
    workers: ['rig-01'],
    sessions: 1,
    miners: { low: 1, high: 3, basis: 'worker-names, parallel-sessions' },
    reasons: [{ code: 'job-answered', text: 'a log-in was answered with a job' }],
    evidence: [sampleEvidence()],
    ...changes,
  };
}

/** What could act on a terminal, in a table, in SQL, in HTML or in a spreadsheet. */
export const HOSTILE =
  "=cmd|'/c calc'!A1\u001b]0;owned\u0007\u001b[31m\r\n\t\u202egnp.exe\"; DROP TABLE verdicts; -- <script>%_\\\u0000";

/** A database of these verdicts and the facts of sampleSuspect(); its path. */
export function databaseOf(verdicts: readonly Verdict[]): string {
  const path = join(temporaryFolder(), 'db.sqlite');
  const store = openStore(path);
  const run = store.beginRun({ startedUs: START_US, version: '0', rulesVersion: '0' });
  const summary = {
    path: 'a.pcap',
    sha256: null,
    format: 'pcap',
    first: null,
    last: null,
    complete: true,
    problems: [],
  };
  store.saveInput(run, { contentId: 'a', rulesVersion: '0', summary, suspects: [sampleSuspect()] });
  store.saveVerdicts(verdicts, run);
  store.close();
  return path;
}
