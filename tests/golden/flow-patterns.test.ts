import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/app/pipeline/load-rules.js';
import { weighPattern } from '../../src/detect/rules/kinds/flow-pattern.js';
import { PairTable } from '../../src/intake/flows/pair-table.js';
import { createFlowFields } from '../../src/model/flow-fields.js';
import type { FlowPattern, PatternFeatures } from '../../src/model/flow-pattern.js';
import { scanFile } from '../support/scan-frames.js';
import { HAS_SHARED, SHARED } from '../support/transcripts.js';

/** The scorecard of flow records against real triplets of miners, and against whatever else there is. */
const DATA = join(SHARED, 'behaviour-data');
const rule = (await loadRules([])).rules.find((one) => one.kind === 'flow-pattern');
if (rule === undefined) throw new Error('no rule for flow patterns');

const read = (name: string): Record<string, string>[] =>
  parse(readFileSync(join(DATA, name)), { columns: true });

/** What a triplet does not tell is taken as undecided. */
function ofTriplet(row: Record<string, string>): FlowPattern {
  const features: PatternFeatures = {
    bytesPerPacket: Number(row.bytes_per_pkt),
    packetsPerMinute: Number(row.pkts_per_min),
    underwayShare: Number(row.ackpush_pct) / 100,
    openedShare: Number(row.syn_pct) / 100,
    closedShare: Math.max(Number(row.rst_pct), Number(row.fin_pct)) / 100,
    coverage: 0.7,
    longestGapSeconds: 1800,
    variation: null,
    portChangesPerHour: 5,
    clients: 5,
    serverPort: 0,
  };
  return {
    kind: 'flow-pattern',
    timeUs: 3600e6,
    startUs: 0,
    client: { ip: '10.0.0.1', port: 1 },
    server: { ip: '198.51.100.7', port: 0 },
    origin: { source: '', format: '', record: 1 },
    records: 100,
    newRecords: 100,
    features,
  };
}

const ACTIVE_TIMEOUT = 300;
type Packet = readonly [number, number, number];

/** The pattern that the payload packets of one flow would make, exported in pieces of five minutes. */
function ofFlow(row: Record<string, string>): FlowPattern | null {
  let told: FlowPattern | null = null;
  const table = new PairTable((pattern) => {
    told = pattern;
  });
  const pieces = new Map<number, Packet[]>();
  for (const packet of JSON.parse(row.ppi ?? '[]') as Packet[]) {
    const piece = Math.floor(packet[0] / ACTIVE_TIMEOUT);
    pieces.set(piece, [...(pieces.get(piece) ?? []), packet]);
  }
  for (const packets of pieces.values()) {
    const ends = packets.map(([at]) => 1.7e15 + at * 1e6);
    const [up, down] = [packets.filter(([, size]) => size > 0), packets.filter(([, size]) => size < 0)];
    const octets = (all: readonly Packet[]) => all.reduce((sum, [, size]) => sum + Math.abs(size) + 52, 0);
    const fields = createFlowFields();
    table.add(
      {
        ...fields,
        ipVersion: 4,
        protocol: 6,
        isOriented: true,
        srcPort: Number(row.client_port),
        dstPort: Number(row.server_port),
        startUs: Math.min(...ends),
        endUs: Math.max(...ends),
        // Each packet is acknowledged by one without payload.
        packets: up.length + down.length,
        octets: octets(up) + 52 * down.length,
        reversePackets: down.length + up.length,
        reverseOctets: octets(down) + 52 * up.length,
        tcpFlags: packets.reduce((flags, packet) => flags | packet[2], 0),
      },
      1,
    );
  }
  table.tell();
  return told;
}

describe.skipIf(!HAS_SHARED)('flow patterns', () => {
  it('fit most of the triplets of real miners', () => {
    const rows = read('netflow_triplets_miners.csv');
    const fitting = rows.filter((row) => weighPattern(rule, ofTriplet(row)) !== null);
    console.log(`triplets of miners: ${fitting.length} of ${rows.length} fit`);
    expect(fitting.length / rows.length).toBeGreaterThan(0.75);
  });

  it('fit none of the other flows of public captures', () => {
    let told = 0;
    const fitting = read('flows.csv').filter((row) => {
      const pattern = ofFlow(row);
      if (pattern === null) return false;
      told++;
      return weighPattern(rule, pattern) !== null;
    });
    console.log(`flows.csv: ${told} long enough, ${fitting.length} fit`);
    expect(fitting.filter(({ label }) => label === 'other')).toEqual([]);
  });

  it('show nobody by themselves, in no log and no export', { timeout: 120_000 }, async () => {
    const folders = ['corpus/logs', 'flows/generated', 'flows/generated/nfcapd', 'flows/public/zeek'];
    const paths = folders
      .map((folder) => join(SHARED, folder))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) =>
        readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(folder, entry.name)),
      );
    let patterns = 0;
    const fitting: string[] = [];
    const shown: string[] = [];
    for (const path of paths) {
      try {
        const { verdicts, counters } = await scanFile(path);
        patterns += counters['records.patterns'] ?? 0;
        if (counters['rules.evidence.b19']) fitting.push(`${path} ${counters['rules.evidence.b19']}`);
        for (const { ip, evidence } of verdicts)
          if (evidence.every(({ group }) => group === 'B')) shown.push(`${path} ${ip}`);
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'InputError') throw error;
      }
    }
    console.log(`${paths.length} files: ${patterns} patterns, fit in: ${fitting.join(', ') || 'none'}`);
    expect(patterns).toBeGreaterThan(0);
    expect(shown).toEqual([]);
  });
});
