import { describe, expect, it } from 'vitest';
import { RecordTable } from '../../../src/intake/flows/record-table.js';
import type { FlowRecord } from '../../../src/model/flow.js';
import { createFlowFields, type FlowFields } from '../../../src/model/flow-fields.js';
import { randomFrom } from '../../support/random.js';

const HOUR_US = 3600e6;

/** A record of made-up addresses; `isReverse`: of what came back. */
function record(startUs: number, octets: number, isReverse = false): FlowFields {
  const bytes = Buffer.from([10, 0, 0, 1, 198, 51, 100, 7]);
  return {
    ...createFlowFields(),
    ipVersion: 4,
    bytes,
    srcOffset: isReverse ? 4 : 0,
    dstOffset: isReverse ? 0 : 4,
    srcPort: isReverse ? 3333 : 40_000,
    dstPort: isReverse ? 40_000 : 3333,
    protocol: 6,
    packets: 10,
    octets,
    startUs,
    endUs: startUs + 60e6,
  };
}

function table() {
  const told: FlowRecord[] = [];
  return { told, records: new RecordTable({ opened: () => true, closed: (one) => void told.push(one) }) };
}

const fresh = ({ toServer, toClient, told }: FlowRecord) => [
  toServer.bytes - (told?.toServer ?? 0),
  (toClient?.bytes ?? 0) - (told?.toClient ?? 0),
];

describe('conversations told in parts', () => {
  it.each([1, 2, 3, 4])('come to what they come to when told at once (%i)', (seed) => {
    const random = randomFrom(seed);
    const [parts, whole] = [table(), table()];
    for (let at = 0; at < 200; at++) {
      const fields = record(1e15 + at * 60e6, Math.floor(random() * 9000), random() < 0.5);
      parts.records.add(fields, at + 1);
      whole.records.add(fields, at + 1);
      if (random() < 0.2) parts.records.tell(at);
    }
    parts.records.end();
    whole.records.end();
    const sums = parts.told.map(fresh).reduce((a, b) => [a[0]! + b[0]!, a[1]! + b[1]!], [0, 0]);
    expect(sums).toEqual(fresh(whole.told[0]!));
    const names = parts.told.map(({ client, server, startUs }) => JSON.stringify([client, server, startUs]));
    expect(new Set(names).size).toBe(1);
    expect(parts.told.at(-1)?.endUs).toBe(whole.told[0]?.endUs);
  });

  it('keep their name when what was first comes late', () => {
    const { told, records } = table();
    records.add(record(1e15 + 5e6, 900, true), 1);
    records.tell(1);
    records.add({ ...record(1e15, 500), isOriented: true }, 2);
    records.tell(2);
    expect(told).toHaveLength(2);
    expect(told[1]?.startUs).toBe(told[0]?.startUs);
    expect(told[1]?.client).toEqual(told[0]?.client);
    expect(told.map(fresh)).toEqual([
      [0, 900],
      [500, 0],
    ]);
  });

  it('are not told again when nothing came, nor at their end', () => {
    const { told, records } = table();
    records.add(record(1e15, 500), 1);
    records.tell(1);
    records.tell(2);
    records.end();
    expect(told).toHaveLength(1);
  });

  it('are forgotten once they were silent for longer than the gap that ends them', () => {
    const { told, records } = table();
    records.add(record(1e15, 500), 1);
    records.tell(1e15);
    records.tell(1e15 + HOUR_US / 4);
    expect(records.size).toBe(1);
    records.tell(1e15 + HOUR_US);
    expect(records.size).toBe(0);
    expect(told).toHaveLength(1);
  });
});
