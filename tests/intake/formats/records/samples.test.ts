import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { HAS_SHARED, SHARED } from '../../../support/transcripts.js';
import { formatOf, readAll } from './read.js';

const OURS =
  /^(generated\/(nfcapd|pmacct|joy)\/|generated\/argus\/.*csv$|generated\/nfdump-text\/.*(csv|json)|constructed\/(?!.*\.pb$)|public\/(vpc|unirec)\/)/;
/** Argus counts 14 bytes of Ethernet with each packet; told are IP bytes. */
const ETHERNET_HEADER = 14;

/** What the index counts otherwise, and why. */
const DIFFERENT: Readonly<Record<string, number>> = {
  'public/vpc/aws-accept-reject-traffic.log': 4, // the index counts lines: the header too
  'public/vpc/aws-custom-nat-gateway.log': 2,
  'public/vpc/aws-custom-transit-gateway.log': 1,
  'public/vpc/aws-tcp-flag-sequence.log': 1,
  'public/vpc/aws-no-data-skip-data.log': 0, // lines that tell of no flow
};

interface Row {
  readonly path: string;
  readonly flows: string;
  readonly bytes: string;
  readonly packets: string;
}

const rows: readonly Row[] = HAS_SHARED
  ? parse<Row>(readFileSync(join(SHARED, 'flows/INDEX.csv')), { columns: true }).filter((row) =>
      OURS.test(row.path),
    )
  : [];

describe.skipIf(!HAS_SHARED)('samples with totals that other tools counted', () => {
  it('finds them', () => expect(rows.length).toBeGreaterThan(40));

  it.each(rows.map((row) => [row.path, row] as const))('%s', (path, row) => {
    const stored = readFileSync(join(SHARED, 'flows', path));
    const input = path.endsWith('.gz') ? gunzipSync(stored) : stored;
    const format = formatOf(input);
    expect(format).not.toBeNull();
    if (format === null) return;
    const read = readAll(format, input);
    const wanted = DIFFERENT[path];
    if (row.flows !== '') expect(read.flows.length).toBe(wanted ?? Number(row.flows));
    if (wanted === 0) {
      expect(read.problems.length + (read.counters['records.no-flow'] ?? 0)).toBeGreaterThan(0);
      return;
    }
    if (row.packets !== '') expect(read.packets).toBe(Number(row.packets));
    const header = path.includes('argus') ? ETHERNET_HEADER * read.packets : 0;
    if (row.bytes !== '') expect(read.octets + header).toBe(Number(row.bytes));
    expect(read.counters['records.bad-line']).toBeUndefined();
  });

  it.each(['csv', 'json'])('tells a flow of local time at its true time (%s)', (kind) => {
    const input = readFileSync(join(SHARED, `flows/generated/nfdump-text/tz-shanghai-1.7.1.${kind}`));
    const format = formatOf(input, 'Asia/Shanghai');
    expect(format === null ? 0 : readAll(format, input).flows[0]?.startUs).toBe(1716192030000000);
  });
});
