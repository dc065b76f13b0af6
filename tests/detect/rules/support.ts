import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED_RULES } from '../../../src/app/pipeline/load-rules.js';
import { RuleError } from '../../../src/base/errors.js';
import { parseRules } from '../../../src/detect/rules/index.js';
import type { FlowRecord } from '../../../src/model/flow.js';
import {
  type DnsObservation,
  NO_ROLES,
  type RoleCounts,
  type StratumObservation,
  type TlsObservation,
} from '../../../src/model/observation.js';
import type { RuleSet, RuleText } from '../../../src/model/rule.js';

export const DAY = 86_400e6;
export const NOW = Date.parse('2026-09-01T12:00:00Z') * 1000;
export const MINER = { ip: '10.0.0.9', port: 40_001 };
export const OTHER = { ip: '10.0.0.10', port: 40_002 };
export const RESOLVER = { ip: '10.0.0.53', port: 53 };
export const ORIGIN = { source: 'a.pcap', format: 'pcap', record: 1 };

export const bundled = (name: string): RuleText => {
  const path = join(BUNDLED_RULES, name);
  return { path: `/bundled/${name}`, text: readFileSync(path, 'utf8') };
};

/** The bundled weights, with a pool list of the test's own. */
export function rulesWith(pools: string): RuleSet {
  const files = ['endpoints.yaml', 'guards.yaml', 'handshakes.yaml', 'tls.yaml'].map(bundled);
  return parseRules([...files, { path: '/test/pools.csv', text: pools }]);
}

export const POOLS = `host,kind,ports,tls_ports,operator,coins,country,role,confidence,first_seen,last_seen
xmr.pool.example,fqdn,3333,443,Pool,XMR,DE,pool,high,2026-08-01,2026-09-30
eth.pool.example,fqdn,4444,,Pool,ETC,,pool,high,2026-08-01,2026-09-30
pool.example,domain-suffix,,,Pool,,,pool,medium,2026-08-01,2026-09-30
other.example,domain-suffix,,,Other,,,pool,medium,2026-08-01,2026-09-30
site.example,domain-suffix,,,Site,,,dashboard-only,medium,2026-08-01,2026-09-30
eu.site.example,fqdn,5555,,Site,,,pool,high,2026-08-01,2026-09-30
weak.example,fqdn,3333,,Weak,,,pool,low,2026-08-01,2026-09-30
scripts.example,domain-suffix,,,Scripts,,,web-miner,high,2026-08-01,2026-09-30
market.example,domain-suffix,,,Market,,,exchange,medium,2026-08-01,2026-09-30
198.51.100.7,ip,3333,,Pool,XMR,DE,pool,high,2026-08-01,2026-09-30
2001:db8::7,ip,3333,,Pool,XMR,,pool,high,2026-08-01,2026-09-30
198.51.100.8,ip,3333,,Pool,XMR,,pool,high,,
`;

export function tls(
  serverName: string | null,
  port = 3333,
  more: Partial<TlsObservation> = {},
): TlsObservation {
  const server = { ip: '203.0.113.9', port };
  return {
    kind: 'tls',
    timeUs: NOW,
    client: MINER,
    server,
    origin: ORIGIN,
    session: 'tls-session',
    serverName,
    alpn: ['h2'],
    ja3: null,
    ja4: null,
    answered: true,
    ...more,
  };
}

export function dns(
  question: string,
  addresses: string[] = [],
  more: Partial<DnsObservation> = {},
): DnsObservation {
  return {
    kind: 'dns',
    timeUs: NOW,
    client: MINER,
    server: RESOLVER,
    origin: ORIGIN,
    question,
    questionType: 1,
    answered: true,
    addresses: addresses.map((ip) => ({ ip, ttl: 300 })),
    ...more,
  };
}

export function flow(ip: string, port: number, more: Partial<FlowRecord> = {}): FlowRecord {
  return {
    kind: 'flow',
    origin: ORIGIN,
    startUs: NOW + 1e6,
    endUs: NOW + 60e6,
    protocol: 6,
    client: MINER,
    server: { ip, port },
    orientedBy: 'handshake',
    toServer: { packets: 10, bytes: 1000, payloadPackets: 4 },
    toClient: { packets: 10, bytes: 1000, payloadPackets: 4 },
    tcpFlags: 0x1b,
    samplingInterval: 1,
    ...more,
  };
}

export function stratum(
  roles: Partial<RoleCounts>,
  more: Partial<StratumObservation> = {},
): StratumObservation {
  const all = { ...NO_ROLES, ...roles };
  return {
    kind: 'stratum',
    timeUs: NOW,
    client: MINER,
    server: { ip: '203.0.113.9', port: 3333 },
    origin: ORIGIN,
    session: 'stratum-session',
    part: 0,
    startUs: NOW,
    endUs: NOW + 60e6,
    orientedBy: 'handshake',
    dialect: 'cryptonote',
    wrappers: [],
    roles: all,
    rolesSoFar: all,
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
    ...more,
  };
}

/** The faults of texts that must not parse, as `path:line [rule] message`. */
export function faultsOf(...texts: readonly RuleText[]): string[] {
  try {
    parseRules(texts);
  } catch (error) {
    if (error instanceof RuleError)
      return error.faults.map(
        ({ file, line, ruleId, message }) => `${file}:${line} [${ruleId ?? ''}] ${message}`,
      );
    throw error;
  }
  return [];
}
