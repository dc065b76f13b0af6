import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanFile } from '../support/scan-frames.js';
import { HAS_SHARED, SHARED } from '../support/transcripts.js';

/** Flow records and logs through the whole pipeline: read, counted, and nobody is flagged by them alone. */
const LOGS = join(SHARED, 'corpus', 'logs');
const logs = HAS_SHARED && existsSync(LOGS) ? readdirSync(LOGS) : [];

describe.skipIf(logs.length === 0)('flow records', () => {
  it.each(['mixed.nf5.pcap', 'mixed.nf9.pcap', 'mixed.ipfix.pcap', 'mixed.nfcapd', 'mixed.nfdump.csv'])(
    'are read from %s, the same mix in each',
    async (name) => {
      const { summary } = await scanFile(join(LOGS, name));
      expect(summary.flow_records).toBeGreaterThan(100);
      expect(summary.record_packets).toBeGreaterThan(summary.flow_records);
    },
  );

  it('of every log are read or refused, and flag nobody by themselves', { timeout: 60_000 }, async () => {
    let read = 0;
    const flagged: string[] = [];
    for (const name of logs) {
      try {
        const { verdicts } = await scanFile(join(LOGS, name));
        read++;
        for (const { ip, level } of verdicts)
          if (level !== 'suspected') flagged.push(`${name}: ${ip} ${level}`);
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'InputError') throw new Error(name, { cause: error });
      }
    }
    expect(flagged).toEqual([]);
    expect(read).toBeGreaterThan(logs.length / 2);
  });
});

/** Records that carry payload: what a session said is read as in packets. Miners of shared/flows/truth, nobody else. */
const GENERATED = join(SHARED, 'flows', 'generated');
const hasGenerated = HAS_SHARED && existsSync(GENERATED);
const MINERS = [
  '10.0.0.104',
  '10.0.0.13',
  '10.0.0.40',
  '10.0.2.15',
  '147.229.13.222',
  '192.168.2.148',
  '192.168.2.92',
];

describe.skipIf(!hasGenerated)('payload in flow records', () => {
  it.each([
    ['ipxprobe-mining.pcap', 4, 0],
    ['nfcapd/nfpcapd-1.7.1-payload.nfcapd', 6, 2],
    ['nfcapd/nfpcapd-1.7.8-payload.nfcapd', 7, 5],
    ['sfprobe.pcap', 4, 0],
  ] as const)('is read from %s', async (name, suspects, confirmed) => {
    const { verdicts, counters } = await scanFile(join(GENERATED, name));
    expect(counters['records.payload-read']).toBeGreaterThan(100);
    expect(verdicts.filter(({ ip }) => !MINERS.includes(ip))).toEqual([]);
    expect(verdicts.filter(({ evidence }) => evidence.some(({ group }) => group === 'P'))).toHaveLength(
      suspects,
    );
    expect(verdicts.filter(({ level }) => level === 'confirmed')).toHaveLength(confirmed);
  });
});
