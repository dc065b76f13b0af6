import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { RecordTable } from '../../../src/intake/flows/record-table.js';
import type { FlowRecord } from '../../../src/model/flow.js';
import { createFlowFields, type FlowFields } from '../../../src/model/flow-fields.js';
import { addressBytes } from '../../support/frames.js';

const MINUTE_US = 60e6;

function fields(src: string, dst: string, more: Partial<FlowFields> = {}): FlowFields {
  const out = createFlowFields();
  addressBytes(src).copy(out.bytes, 0);
  addressBytes(dst).copy(out.bytes, 16);
  const ports = { srcPort: 50_000, dstPort: 3333, protocol: 6 };
  return { ...out, ipVersion: src.includes(':') ? 6 : 4, ...ports, packets: 10, octets: 2000, ...more };
}

function joined(records: readonly FlowFields[], options = {}): { told: FlowRecord[]; counters: Counters } {
  const told: FlowRecord[] = [];
  const table = new RecordTable({ opened: () => true, closed: (record) => told.push(record) }, options);
  table.setOrigin('export.pcap', 'pcap');
  for (const [at, record] of records.entries()) table.add(record, at + 1);
  table.end();
  const counters = new Counters();
  table.report(counters);
  return { told, counters };
}

const BACK = { srcPort: 3333, dstPort: 50_000 };

describe('the records of a conversation', () => {
  it('are joined: both directions, and pieces that an active timeout cut', () => {
    const { told, counters } = joined([
      fields('10.0.0.1', '198.51.100.7', { startUs: 0, endUs: 30 * MINUTE_US, tcpFlags: 2 }),
      fields('198.51.100.7', '10.0.0.1', {
        ...BACK,
        startUs: 0,
        endUs: 30 * MINUTE_US,
        octets: 900,
        tcpFlags: 16,
      }),
      fields('10.0.0.1', '198.51.100.7', { startUs: 30 * MINUTE_US, endUs: 50 * MINUTE_US, tcpFlags: 16 }),
    ]);
    expect(told).toEqual([
      expect.objectContaining({
        client: { ip: '10.0.0.1', port: 50_000 },
        server: { ip: '198.51.100.7', port: 3333 },
        orientedBy: 'port',
        startUs: 0,
        endUs: 50 * MINUTE_US,
        toServer: { packets: 20, bytes: 4000, payloadPackets: 1 },
        toClient: { packets: 10, bytes: 900, payloadPackets: 1 },
        tcpFlags: 18,
        origin: { source: 'export.pcap', format: 'pcap', record: 1 },
      }),
    ]);
    expect(counters.get('records.joined')).toBe(2);
  });

  it('are two conversations after a long silence', () => {
    const { told } = joined([
      fields('10.0.0.1', '198.51.100.7', { endUs: MINUTE_US }),
      fields('10.0.0.1', '198.51.100.7', { startUs: 60 * MINUTE_US, endUs: 61 * MINUTE_US }),
    ]);
    expect(told).toHaveLength(2);
  });

  it('tell of no answer where none was exported, and of no payload where only headers passed', () => {
    const { told } = joined([fields('2001:db8::1', '2001:db8:f::7', { packets: 10, octets: 600 })]);
    expect(told[0]).toMatchObject({
      client: { ip: '2001:db8::1' },
      toClient: null,
      toServer: { payloadPackets: 0 },
    });
  });

  it('follow the word of an exporter that knows who began', () => {
    const { told } = joined([
      fields('198.51.100.7', '10.0.0.1', {
        ...BACK,
        isOriented: true,
        reversePackets: 3,
        reverseOctets: 700,
      }),
    ]);
    expect(told[0]).toMatchObject({
      client: { ip: '198.51.100.7' },
      orientedBy: 'handshake',
      toClient: { packets: 3 },
    });
  });

  it('keep the coarsest sampling beside unscaled counters', () => {
    const { told } = joined([
      fields('10.0.0.1', '198.51.100.7', { samplingInterval: 100 }),
      fields('10.0.0.1', '198.51.100.7', { samplingInterval: 1000 }),
    ]);
    expect(told[0]).toMatchObject({ samplingInterval: 1000, toServer: { packets: 20 } });
  });

  it('are bounded: the oldest conversation is told first', () => {
    const many = Array.from({ length: 50 }, (_, at) => fields(`10.0.0.${at}`, '198.51.100.7'));
    const { told, counters } = joined(many, { maxConversations: 10 });
    expect(told).toHaveLength(50);
    expect(told[0]?.client.ip).toBe('10.0.0.0');
    expect(counters.get('records.evicted')).toBe(40);
  });

  it('of others than the watched, or without addresses, are passed by', () => {
    const told: FlowRecord[] = [];
    const table = new RecordTable({ opened: () => false, closed: (record) => told.push(record) });
    table.add(fields('10.0.0.1', '198.51.100.7'), 1);
    table.end();
    expect(told).toEqual([]);
    expect(joined([fields('10.0.0.1', '198.51.100.7', { ipVersion: 0 })]).told).toEqual([]);
  });
});

describe('packets that records list', () => {
  const list = (...sizes: number[]) => ({
    timesUs: sizes.map((_, at) => at),
    sizes,
    flags: sizes.map(() => 24),
  });

  it('are kept, from the client positive, whichever side the record is told from', () => {
    const { told } = joined([
      fields('198.51.100.7', '10.0.0.1', { ...BACK, sequence: list(-250, 400) }),
      fields('10.0.0.1', '198.51.100.7', { startUs: MINUTE_US, endUs: MINUTE_US, sequence: list(180) }),
    ]);
    expect(told[0]?.sequence).toEqual({ timesUs: [0, 1, 0], sizes: [250, -400, 180], flags: [24, 24, 24] });
    expect(joined([fields('10.0.0.1', '198.51.100.7')]).told[0]).not.toHaveProperty('sequence');
  });

  it('are bounded', () => {
    const many = Array.from({ length: 20 }, () =>
      fields('10.0.0.1', '198.51.100.7', { sequence: list(...new Array(30).fill(1)) }),
    );
    expect(joined(many).told[0]?.sequence?.sizes).toHaveLength(200);
  });
});
