import { describe, expect, it } from 'vitest';
import { Continuation } from '../../../src/app/pipeline/watch/continuation.js';
import type { FlowRecord } from '../../../src/model/flow.js';
import { NO_ROLES, type Observation, type StratumObservation } from '../../../src/model/observation.js';
import { START_US, sampleSession } from '../../deliver/samples.js';

const MINUTE_US = 60e6;
const client = { ip: '10.8.3.17', port: 50_000 };
const server = { ip: '198.51.100.7', port: 3333 };
const origin = { source: 'x', format: 'y', record: 1 };
/** Sampled at START_US, one minute long. */
const earlier = sampleSession();

function flow(changes: Partial<FlowRecord> = {}): FlowRecord {
  return {
    kind: 'flow',
    origin,
    startUs: START_US + 10 * MINUTE_US,
    endUs: START_US + 20 * MINUTE_US,
    protocol: 6,
    client,
    server,
    orientedBy: 'port',
    toServer: { packets: 10, bytes: 1000, payloadPackets: 5 },
    toClient: { packets: 8, bytes: 800, payloadPackets: 4 },
    tcpFlags: 0x18,
    samplingInterval: 1,
    ...changes,
  };
}

function stratum(changes: Partial<StratumObservation> = {}): StratumObservation {
  return {
    kind: 'stratum',
    timeUs: START_US,
    client,
    server,
    origin,
    session: `10.8.3.17|50000|198.51.100.7|3333|${START_US / 1e6 + 300}`,
    part: 0,
    startUs: START_US + 5 * MINUTE_US,
    endUs: START_US + 6 * MINUTE_US,
    orientedBy: 'content',
    dialect: 'cryptonote',
    wrappers: [],
    roles: { ...NO_ROLES, share: 2 },
    rolesSoFar: { ...NO_ROLES, share: 2 },
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
    ...changes,
  };
}

const rename = (observation: Observation) => new Continuation([earlier]).rename(observation);

describe('after a restart', () => {
  it('a conversation that goes on keeps its start, and counts as a part', () => {
    expect(rename(flow())).toMatchObject({ startUs: START_US, told: { toServer: 0, toClient: 0 } });
  });

  it('one that is taken for the other way round is turned', () => {
    const turned = rename(flow({ client: server, server: client, told: { toServer: 7, toClient: 9 } }));
    expect(turned).toMatchObject({
      ...{ client, server, startUs: START_US },
      toServer: { bytes: 800 },
      toClient: { bytes: 1000 },
      told: { toServer: 9, toClient: 7 },
    });
  });

  it.each([
    ['that is seen to begin', { tcpFlags: 0x1a }],
    ['long after', { startUs: START_US + 40 * MINUTE_US, endUs: START_US + 50 * MINUTE_US }],
    ['from before', { startUs: START_US - MINUTE_US }],
    ['of other ends', { client: { ip: '10.8.3.17', port: 50_001 } }],
  ] as const)('one %s is a new one', (_, changes) => {
    const observation = flow(changes);
    expect(rename(observation)).toBe(observation);
  });

  it('a session of a pool protocol goes on with the roles it has shown', () => {
    expect(rename(stratum())).toMatchObject({
      session: earlier.session,
      part: 1,
      rolesSoFar: { login: 1, loginAccepted: 1, job: 4, share: 5 },
    });
    const begins = stratum({ orientedBy: 'handshake' });
    expect(rename(begins)).toBe(begins);
  });

  it('keys that are none change nothing', () => {
    const odd = new Continuation([sampleSession({ session: '' }), sampleSession({ session: 'a|b|x' })]);
    const observation = flow();
    expect(odd.rename(observation)).toBe(observation);
  });
});
