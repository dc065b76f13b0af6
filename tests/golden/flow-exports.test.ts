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
