import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanFile } from '../support/scan-frames.js';
import { HAS_SHARED, SHARED } from '../support/transcripts.js';

/** The same real captures as flow exports of every version: the miners' addresses are suspects, and only by their pools. */
const LOGS = join(SHARED, 'corpus', 'logs');

describe.skipIf(!HAS_SHARED || !existsSync(LOGS))('flow exports in captures', () => {
  it.each(['mixed.nf5.pcap', 'mixed.nf9.pcap', 'mixed.ipfix.pcap'])('are read from %s', async (name) => {
    const { summary, verdicts } = await scanFile(join(LOGS, name));
    expect(summary.flow_records).toBeGreaterThan(100);
    expect(verdicts.filter(({ level }) => level !== 'suspected')).toEqual([]);
  });
});
