import {
  createContext,
  type DEFAULT_CONTEXT,
  type FuseContext,
} from '../../../src/detect/verdict/context.js';
import type { Evidence, EvidenceGroup, Strength } from '../../../src/model/evidence.js';
import { NO_ROLES, type RoleCounts, type StratumObservation } from '../../../src/model/observation.js';
import type { SuspectFile, SuspectSession } from '../../../src/model/verdict.js';

export const SUSPECT = '10.8.3.17';
export const POOL = { ip: '198.51.100.7', port: 3333 };
export const ORIGIN = { source: 'test.pcap', format: 'pcap', record: 1 };
export const START = Date.UTC(2021, 6, 3, 2) * 1000;
export const SECOND = 1_000_000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

const WEIGHTS: Readonly<Record<string, readonly [number, Strength]>> = {
  P1: [9, 'decisive'],
  P2: [8, 'decisive'],
  P3: [6.5, 'decisive'],
  P4: [6, 'decisive'],
  P5: [6, 'decisive'],
  P6: [3.5, 'strong'],
  P7: [6, 'decisive'],
  P8: [2.5, 'strong'],
  E1: [6, 'strong'],
  E3: [5, 'strong'],
  E6: [4, 'strong'],
  E7: [3.5, 'strong'],
  E8: [1.5, 'weak'],
  E9: [1.5, 'weak'],
  E10: [0, 'weak'],
  T1: [1, 'weak'],
  B1: [2.5, 'weak'],
  B14: [2.5, 'weak'],
  B19: [1.5, 'weak'],
  E5: [5, 'strong'],
  C1: [6, 'weak'],
  N2: [-1.5, 'against'],
  N3: [0, 'against'],
  N4: [-4, 'against'],
  N5: [-1.7, 'against'],
  N6: [0, 'against'],
  N7: [0, 'against'],
};

/** Evidence of one item at its table weight; a session of its own for each `session` name. */
export function item(name: string, over: Partial<Evidence> = {}): Evidence {
  const [weight, strength] = WEIGHTS[name] ?? [0, 'weak'];
  return {
    rule: `test.${name.toLowerCase()}`,
    item: name,
    group: name[0] as EvidenceGroup,
    strength,
    weight,
    suspect: SUSPECT,
    peer: POOL,
    host: null,
    session: 's1',
    bothDirections: true,
    encrypted: false,
    count: 1,
    firstUs: START,
    lastUs: START + 60 * SECOND,
    excerpt: `excerpt of ${name}`,
    origin: ORIGIN,
    ...over,
  };
}

export const lookUp = (host: string, over: Partial<Evidence> = {}) =>
  item('E9', { peer: null, session: null, bothDirections: false, host, ...over });

export function roles(over: Partial<RoleCounts>): RoleCounts {
  return { ...NO_ROLES, ...over };
}

export const MINING = roles({
  hello: 1,
  login: 1,
  loginAccepted: 1,
  job: 5,
  share: 3,
  shareLinked: 3,
  shareAccepted: 3,
});
export const GREETING = roles({ hello: 1, login: 1, loginAccepted: 1, job: 1 });

export function session(over: Partial<SuspectSession> = {}): SuspectSession {
  return {
    session: 's1',
    suspect: SUSPECT,
    suspectPort: 40000,
    peer: POOL,
    host: null,
    orientedBy: 'handshake',
    firstUs: START,
    lastUs: START + 600 * SECOND,
    dialect: 'stratum-v1',
    wrappers: [],
    tls: false,
    bothDirections: true,
    roles: GREETING,
    logins: [],
    workers: [],
    agents: [],
    options: [],
    algorithms: [],
    coins: [],
    shares: [],
    reportedHps: null,
    bytesToServer: null,
    bytesToClient: null,
    ...over,
  };
}

/** A session of which only the flow, or the flow and its TLS greeting, is known. */
export const flowSession = (over: Partial<SuspectSession> = {}) =>
  session({ dialect: null, roles: NO_ROLES, ...over });

export function file(
  evidence: readonly Evidence[],
  sessions: readonly SuspectSession[] = [],
  ip = SUSPECT,
): SuspectFile {
  return { ip, sessions, evidence };
}

export function context(
  over: Partial<Omit<typeof DEFAULT_CONTEXT, 'learned' | 'poolServers'>> = {},
): FuseContext {
  return createContext({ learned: [], poolServers: [] }, over);
}

export function stratum(over: Partial<StratumObservation> = {}): StratumObservation {
  const part = { ...GREETING, ...over.roles };
  return {
    kind: 'stratum',
    timeUs: START,
    client: { ip: SUSPECT, port: 40000 },
    server: POOL,
    origin: ORIGIN,
    session: 's1',
    part: 0,
    startUs: START,
    endUs: START + 60 * SECOND,
    orientedBy: 'handshake',
    dialect: 'stratum-v1',
    wrappers: [],
    rolesSoFar: part,
    bothDirections: true,
    logins: [],
    workers: [],
    agents: [],
    options: [],
    algorithms: [],
    coins: [],
    namedHosts: [],
    shares: [],
    reportedHps: null,
    quotes: [],
    ...over,
    roles: part,
  };
}
