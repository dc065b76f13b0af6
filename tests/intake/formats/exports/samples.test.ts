import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../../src/base/counters.js';
import { ipfixFile } from '../../../../src/intake/formats/exports/ipfix-file.js';
import { HAS_SHARED, SHARED } from '../../../support/transcripts.js';
import { decodeAll, readDatagrams, Sums } from './read-capture.js';

const FLOWS = join(SHARED, 'flows');
const rows: Record<string, string>[] = HAS_SHARED
  ? parse(readFileSync(join(FLOWS, 'INDEX.csv')), { columns: true })
  : [];

/** Where we and the index differ, and why: flows/bytes/packets that we give. */
const DIFFERENT: Record<string, string> = {
  // Malformed on purpose: nothing of v5; nfdump salvages the same two records of v9 (it multiplies by 1:100).
  'vendor/logstash-netflow5-invalid02': '0/0/0',
  'vendor/logstash-netflow9-invalid01': '2/194/2',
  // IN and OUT counters that differ are two directions (nfdump: the same); the golden file sums IN alone.
  'vendor/logstash-netflow9-0length-fields-tpl-data': '10/160/5',
  // Client MAC and one address, no pair: 19 records counted as without addresses.
  'vendor/logstash-netflow9-cisco-wlc-tpl': '0/0/0',
  // UDP over IPv6: the index has no count from nfdump; bytes, packets and pmacct's own counts agree.
  'vendor/pmacct-104-traffic-00': '3/10632/121',
  'vendor/pmacct-106-traffic-00': '3/284557/1227',
  'vendor/pmacct-112-traffic-00': '9/1197/19',
  'vendor/pmacct-401-traffic-01': '716/54213467/294627',
  'vendor/pmacct-402-traffic-00': '716/54213467/294627',
  'vendor/pmacct-403-traffic-00': '480/37595573/208972',
  'vendor/pmacct-501-traffic-00': '74/5141109/27813',
  'vendor/pmacct-502-traffic-00': '75/4989084/26562',
  // Among the sFlow counter datagrams there are five of NetFlow v5.
  'vendor/tcpdump-sflow-multiple-counter-30-pdus': '7/1953/12',
};
/** Records that are packets: handed on as such. Number of samples. */
const SECTIONS: Record<string, number> = { 'vendor/akvorado-datalink': 1, 'vendor/akvorado-evpn': 10 };

const keyOf = (path: string): string =>
  path.startsWith('vendor/') ? path.split('/').slice(0, 2).join('/') : path;
const captures = rows.filter(
  (row) => /^(netflow|ipfix|sflow)$/.test(row.format ?? '') && /\.pcap$/.test(row.path ?? ''),
);

describe.skipIf(!HAS_SHARED)('the samples', () => {
  it.each(captures.map((row) => [row.path ?? '', row] as const))('%s', (path, row) => {
    const { sums, refused, report } = decodeAll(readDatagrams(join(FLOWS, path), Number(row.udp_port)));
    expect(refused).toBe(0);
    const told = `${sums.flows}/${sums.octets}/${sums.packets}`;
    const key = keyOf(path);
    const different = DIFFERENT[key];
    const samples = SECTIONS[key];
    if (different !== undefined) expect(told).toBe(different);
    else if (samples !== undefined) expect([told, sums.samples]).toEqual(['0/0/0', samples]);
    else if (row.format !== 'sflow') expect(told).toBe(`${row.flows}/${row.bytes}/${row.packets}`);
    else if (row.flows !== '') {
      expect(sums.samples).toBe(Number(row.flows));
      // The index counts the frame check sequence that was stripped, 4 bytes a frame.
      if (path.startsWith('generated/')) {
        expect(sums.scaledFrames).toBe(Number(row.packets));
        expect(sums.scaledFrameBytes + 4 * sums.scaledFrames).toBe(Number(row.bytes));
      }
    }
    if (path.startsWith('generated/'))
      expect(report.map(({ lost, lostMessages, malformed }) => [lost, lostMessages, malformed])).toEqual([
        [0, 0, 0],
      ]);
    for (const [start, end] of sums.times) expect(start <= end && start > 9e14).toBe(true);
  });

  it('takes sampling from the header, the options and the sampler that a record names', () => {
    const intervals = (path: string, port: number) => [
      ...decodeAll(readDatagrams(join(FLOWS, path), port)).sums.intervals,
    ];
    expect(intervals('vendor/logstash-netflow5-juniper-mx80/case.pcap', 2055)).toEqual([1000]);
    expect(intervals('generated/soft-v9-s10.pcap', 19991)).toEqual([10]);
    expect(intervals('generated/soft-ipfix-s10.pcap', 19990)).toEqual([10]);
    expect(
      intervals('vendor/akvorado-multiplesamplingrates/akvorado_multiplesamplingrates.pcap', 2055),
    ).toEqual([4000, 2000]);
  });

  it('hands on the first payload bytes that ipfixprobe exports', () => {
    const { sums } = decodeAll(readDatagrams(join(FLOWS, 'generated/ipxprobe-mining.pcap'), 14740));
    expect(sums.payloads.some((text) => text.includes('mining.subscribe'))).toBe(true);
  });

  it('hands on the first packets that ipfixprobe lists (PSTATS)', () => {
    const { sums } = decodeAll(readDatagrams(join(FLOWS, 'generated/ipxprobe-mining.pcap'), 14740));
    expect(sums.sequences.length).toBeGreaterThan(200);
    for (const { timesUs, sizes, flags } of sums.sequences) {
      expect(sizes.length).toBeLessThanOrEqual(30);
      expect([timesUs.length, flags.length]).toEqual([sizes.length, sizes.length]);
      expect(timesUs.every((time) => time > 1.7e15 && time < 1.8e15)).toBe(true);
    }
    // A Stratum server speaks unasked: some sessions get more than they send.
    expect(
      sums.sequences.some(({ sizes }) => sizes.filter((size) => size < 0).length > sizes.length / 2),
    ).toBe(true);
  });

  const files = rows.filter((row) => row.format === 'ipfix-file');
  it.each(files.map((row) => [row.path ?? '', row] as const))('%s', (path, row) => {
    const bytes = readFileSync(join(FLOWS, path));
    expect(ipfixFile.probe(bytes.subarray(0, 4096))).toBe('yes');
    for (const size of [bytes.length, 777]) {
      const sums = new Sums();
      const reader = ipfixFile.open(
        { flow: (fields) => sums.flow(fields), frame: () => {}, observation: () => {} },
        new Counters(),
      );
      for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
      reader.end();
      expect(reader.problems).toEqual([]);
      expect(`${sums.flows}/${sums.octets}/${sums.packets}`).toBe(`${row.flows}/${row.bytes}/${row.packets}`);
    }
  });
});
