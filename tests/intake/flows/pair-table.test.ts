import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { PairTable } from '../../../src/intake/flows/pair-table.js';
import { createFlowFields, type FlowFields } from '../../../src/model/flow-fields.js';
import type { FlowPattern } from '../../../src/model/flow-pattern.js';
import { addressBytes } from '../../support/frames.js';

const START_S = 1_700_000_400;
const ACK_PSH = 0x18;
const SYN = 2;

function fields(client: string, server: string, more: Partial<FlowFields> = {}): FlowFields {
  const out = createFlowFields();
  addressBytes(client).copy(out.bytes, 0);
  addressBytes(server).copy(out.bytes, 16);
  return {
    ...out,
    ipVersion: client.includes(':') ? 6 : 4,
    protocol: 6,
    srcPort: 50_000,
    dstPort: 3333,
    packets: 60,
    octets: 6000,
    tcpFlags: ACK_PSH,
    ...more,
  };
}

/** Both directions of a session in pieces of five minutes. */
function pieces(client: string, server: string, count: number, more: Partial<FlowFields> = {}): FlowFields[] {
  return Array.from({ length: count }, (_, at) => {
    const startUs = (START_S + at * 300) * 1e6;
    const there = fields(client, server, { startUs, endUs: startUs + 299e6, ...more });
    const back = fields(server, client, {
      startUs,
      endUs: startUs + 299e6,
      srcPort: there.dstPort,
      dstPort: there.srcPort,
      samplingInterval: there.samplingInterval,
      octets: 15_000,
    });
    return [there, back];
  }).flat();
}

function told(records: readonly FlowFields[], options = {}): { patterns: FlowPattern[]; counters: Counters } {
  const patterns: FlowPattern[] = [];
  const table = new PairTable((pattern) => patterns.push(pattern), options);
  table.setOrigin('export.pcap', 'pcap');
  for (const [at, record] of records.entries()) table.add(record, at + 1);
  table.tell();
  const counters = new Counters();
  table.report(counters);
  return { patterns, counters };
}

describe('the pattern of flow records', () => {
  it.each([
    ['IPv4', '10.0.0.1', '198.51.100.7'],
    ['IPv6', '2001:db8::1', '2001:db8:f::7'],
  ])('sums up a long session (%s)', (_name, client, server) => {
    const { patterns } = told(pieces(client, server, 24));
    expect(patterns).toEqual([
      {
        kind: 'flow-pattern',
        startUs: START_S * 1e6,
        timeUs: (START_S + 24 * 300 - 1) * 1e6,
        client: { ip: client, port: 50_000 },
        server: { ip: server, port: 3333 },
        origin: { source: 'export.pcap', format: 'pcap', record: 48 },
        records: 24,
        newRecords: 24,
        features: {
          bytesPerPacket: 100,
          packetsPerMinute: expect.closeTo(12, 1),
          underwayShare: 1,
          openedShare: 0,
          closedShare: 0,
          coverage: 1,
          longestGapSeconds: 1,
          variation: expect.closeTo(0, 3),
          portChangesPerHour: 0,
          clients: 1,
          serverPort: 3333,
        },
      },
    ]);
  });

  it('tells bursts, gaps, changing ports, fresh connections and company apart', () => {
    const bursts = Array.from({ length: 10 }, (_, at) =>
      pieces('10.0.0.1', '198.51.100.7', 1, {
        srcPort: 50_000 + at,
        tcpFlags: SYN,
        octets: at % 5 === 0 ? 90_000 : 50,
      }).map((record) => ({
        ...record,
        startUs: record.startUs + at * 1800e6,
        endUs: record.endUs + at * 1800e6,
      })),
    ).flat();
    const { patterns } = told([...bursts, ...pieces('10.0.0.2', '198.51.100.7', 12)]);
    expect(patterns[0]?.features).toMatchObject({
      underwayShare: 0,
      openedShare: 1,
      longestGapSeconds: 1501,
      clients: 2,
    });
    expect(patterns[0]?.features.variation).toBeGreaterThan(1.5);
    expect(patterns[0]?.features.portChangesPerHour).toBeGreaterThan(1.5);
  });

  it('says nothing of what was short, unanswered, sampled, refused, UDP or without known client', () => {
    const both = (more: Partial<FlowFields>) => pieces('10.0.0.1', '198.51.100.7', 24, more);
    expect(told(pieces('10.0.0.1', '198.51.100.7', 5)).patterns).toEqual([]);
    expect(told(both({}).filter(({ srcPort }) => srcPort === 50_000)).patterns).toEqual([]);
    expect(told(both({ samplingInterval: 100 })).counters.get('records.sampled')).toBe(48);
    expect(told(both({ isRefused: true })).patterns).toEqual([]);
    expect(told(both({ protocol: 17 })).patterns).toEqual([]);
    const unoriented = told(both({ srcPort: 3334 }));
    expect([unoriented.patterns, unoriented.counters.get('records.unoriented')]).toEqual([[], 48]);
  });

  it('looks back on a day at most, and tells each half day', () => {
    const { patterns } = told(pieces('10.0.0.1', '198.51.100.7', 12 * 60));
    expect(patterns.length).toBeGreaterThanOrEqual(4);
    for (const { startUs, timeUs } of patterns)
      expect(timeUs - startUs).toBeLessThanOrEqual(86_400e6 + 18_000e6);
    expect(patterns.at(-1)?.features.coverage).toBe(1);
  });

  it('is not moved by a single damaged time', () => {
    const far = fields('10.0.0.9', '198.51.100.7', { startUs: 4e15, endUs: 4e15 });
    const [first, ...rest] = pieces('10.0.0.1', '198.51.100.7', 24);
    const { patterns } = told([first as FlowFields, far, ...rest]);
    expect(patterns.map(({ records }) => records)).toEqual([24]);
  });

  it('is bounded: what has few records goes first', () => {
    const steady = pieces('10.0.0.1', '198.51.100.7', 24);
    const crowd = Array.from({ length: 5000 }, (_, at) =>
      fields(`10.1.${at >> 8}.${at & 255}`, '198.51.100.8', {
        startUs: START_S * 1e6,
        endUs: (START_S + 20) * 1e6,
      }),
    );
    const { patterns, counters } = told([...steady.slice(0, 24), ...crowd, ...steady.slice(24)], {
      maxPairs: 100,
    });
    expect(patterns.map(({ records }) => records)).toEqual([24]);
    expect(counters.get('records.pairs-evicted')).toBe(4901);
  });
});
