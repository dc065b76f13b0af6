import { describe, expect, it } from 'vitest';
import { Counters } from '../../../../src/base/counters.js';
import { type Fault, RuleError } from '../../../../src/base/errors.js';
import {
  explainMapping,
  mappingFormat,
  readMapping,
} from '../../../../src/intake/formats/records/mapping.js';
import { formatOf, readAll } from './read.js';

const CSV = [
  'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in',
  '2024-05-20 08:00:30,2024-05-20 08:18:41,1091.419,192.0.2.1,198.51.100.7,46838,3333,TCP,...AP.S.,0,0,159,140929,0,0,0',
  '2024-05-20 08:00:31,2024-05-20 08:00:32,1.000,2001:db8::1,2001:db8:0:1::ffff,53,40000,UDP,........,0,0,2,200,1,90,0',
  'Summary',
  'flows,bytes,packets,avg_bps,avg_pps,avg_bpp',
  '2,141219,162,1,1,1',
  '',
].join('\r\n');

const PRETTY = `[\n{\n\t"type" : "FLOW",\n\t"first" : "2024-05-20T08:00:30.000",\n\t"last" : "2024-05-20T08:18:41.419",
\t"in_packets" : 159,\n\t"in_bytes" : 140929,\n\t"proto" : 6,\n\t"tcp_flags" : "...AP.S.",\n\t"src_port" : 46838,
\t"dst_port" : 3333,\n\t"src4_addr" : "192.0.2.1",\n\t"dst4_addr" : "198.51.100.7",\n\t"label" : "a}\\"{"\n},
{ "type":"FLOW","first":"2024-05-20T08:00:30.000","last":"2024-05-20T08:00:31.000","in_packets":1,"in_bytes":40,"proto":6,"nested":{"proto":[1,{"x":2}]},"src_port":1,"dst_port":2,"src6_addr":"::1","dst6_addr":"::2"}]\n`;

const AWS = '2 1 eni-1 192.0.2.1 198.51.100.7 46838 3333 6 20 4249 1418530010 1418530070 REJECT OK\n';

function read(text: string, chunkBytes = 65536) {
  const input = Buffer.from(text);
  const format = formatOf(input);
  if (format === null) throw new Error('no format fits');
  return readAll(format, input, chunkBytes);
}

describe('records from tools', () => {
  it('reads nfdump CSV: addresses, times to the millisecond, both directions', () => {
    const { flows, problems } = read(CSV);
    expect(problems).toEqual([]);
    expect(flows).toHaveLength(2);
    expect(flows[0]).toMatchObject({
      src: 'c0000201',
      dst: 'c6336407',
      srcPort: 46838,
      dstPort: 3333,
      protocol: 6,
      tcpFlags: 0x1a,
      startUs: 1716192030000000,
      endUs: 1716193121419000,
      reversePackets: -1,
    });
    expect(flows[1]).toMatchObject({
      ipVersion: 6,
      dst: '20010db800000001000000000000ffff',
      reversePackets: 1,
      reverseOctets: 90,
    });
  });

  it.each([
    ['nfdump CSV', CSV],
    ['nfdump JSON', PRETTY],
    ['a cloud log without a header', AWS.repeat(3)],
  ])('reads the same whatever the chunks: %s', (_, text) => {
    const whole = read(text);
    expect(whole.flows.length).toBeGreaterThan(1);
    for (const size of [1, 2, 3, 7, 64, 100]) expect(read(text, size)).toEqual(whole);
  });

  it.each([1, 7, 65_536])(
    'reads pmacct times with blanks in them, and those it does not know, in pieces of %i',
    (chunk) => {
      const zone = new Date('2023-11-14T22:13:33.914Z').getTimezoneOffset() * 60e6;
      const startUs = Date.parse('2023-11-14T22:13:33.914Z') * 1000 + zone;
      const expected = { src: 'c0000201', dstPort: 3333, startUs, packets: 4, octets: 1500 };
      const times = ['2023-11-14 22:13:33.914000', '0000-00-00 00:00:00.000000'];
      const texts = [
        'SRC_IP       DST_IP        SRC_PORT  DST_PORT  PROTOCOL    TIMESTAMP_START                TIMESTAMP_END                  PACKETS               BYTES\n' +
          `192.0.2.1    198.51.100.7  443       3333      tcp         ${times[0]}     ${times[1]}     4                     1500\n`,
        `SRC_IP,DST_IP,SRC_PORT,DST_PORT,PROTOCOL,TIMESTAMP_START,TIMESTAMP_END,PACKETS,BYTES\n192.0.2.1,198.51.100.7,443,3333,tcp,${times},4,1500\n`,
        `{"event_type": "purge", "ip_src": "192.0.2.1", "ip_dst": "198.51.100.7", "port_src": 443, "port_dst": 3333, "ip_proto": "tcp", "timestamp_start": "${times[0]}", "timestamp_end": "${times[1]}", "packets": 4, "bytes": 1500}\n`,
      ];
      for (const text of texts) {
        const { flows, problems } = read(text, chunk);
        expect(problems).toEqual([]);
        expect(flows).toMatchObject([expected]);
      }
      // A day that is none stays a fault.
      expect(read(texts[1]?.replaceAll('0000-00-00', '2023-00-00') ?? '').problems).toHaveLength(1);
    },
  );

  it('reads what Argus takes UDP to carry as UDP', () => {
    const header = 'StartTime,LastTime,Proto,SrcAddr,Sport,DstAddr,Dport,SrcPkts,DstPkts,SrcBytes,DstBytes\n';
    const { flows } = read(
      `${header}1700000000.5,1700000001.5,rtcp,192.0.2.1,5005,198.51.100.7,5005,3,0,300,0\n`,
    );
    expect(flows).toMatchObject([{ protocol: 17, packets: 3 }]);
  });

  it('marks what a filter refused', () => {
    expect(read(AWS).flows[0]?.isRefused).toBe(true);
  });

  it('counts a line that does not fit, names the first, and reads on', () => {
    const { flows, problems, counters } = read(CSV.replace('192.0.2.1', '192.0.2.256\u009b2J'));
    expect(flows).toHaveLength(1);
    expect(counters['records.bad-line']).toBe(1);
    expect(String(problems[0]?.message)).toContain('line 2');
    expect(String(problems[0]?.message)).not.toMatch(/[\u0080-\u009f]/);
  });

  it('keeps the packets that joy lists, with their times', () => {
    const head = '{"version":"2.0","bidir":1,"num_pkts":50,"end-config":1}';
    const line = (packets: string) =>
      `{"sa":"192.0.2.1","da":"198.51.100.7","pr":6,"sp":46838,"dp":3333,"bytes_out":98,"num_pkts_out":2,"bytes_in":62,"num_pkts_in":1,"time_start":1716192030.5,"time_end":1716192031.0,"packets":${packets}}`;
    const input = Buffer.from(
      [
        head,
        line('[{"b":98,"dir":">","ipt":80},{"b":62,"dir":"<","ipt":83}]'),
        line('[]'),
        line('[{"b":"x"}]'),
        '',
      ].join('\n'),
    );
    const format = formatOf(input);
    const { flows } = readAll(format ?? mappingFormat(readMapping('', '')), input);
    expect(flows.map(({ sequence }) => sequence)).toEqual([
      { timesUs: [1716192030580000, 1716192030663000], sizes: [98, -62], flags: [] },
      null,
      null,
    ]);
  });

  it('keeps the packets and the payload that UniRec lists', () => {
    const input = Buffer.from(
      'ipaddr DST_IP,ipaddr SRC_IP,uint64 BYTES,uint64 BYTES_REV,time TIME_FIRST,time TIME_LAST,uint32 PACKETS,uint32 PACKETS_REV,uint16 DST_PORT,uint16 SRC_PORT,uint8 PROTOCOL,bytes IDP_CONTENT,bytes IDP_CONTENT_REV,int8* PPI_PKT_DIRECTIONS,uint8* PPI_PKT_FLAGS,uint16* PPI_PKT_LENGTHS,time* PPI_PKT_TIMES\n' +
        '198.51.100.7,192.0.2.1,463,707,2024-05-20T08:00:30.25,2024-05-20T08:00:31,6,4,3333,46838,6,7b7d,5b5d,[1|-1],[24|24],[98|62],[2024-05-20T08:00:30.25|2024-05-20T08:00:30.5]\n' +
        '198.51.100.7,192.0.2.1,463,707,2024-05-20T08:00:30,2024-05-20T08:00:31,6,4,3333,46838,6,,,[],[],[],[]\n',
    );
    const format = formatOf(input);
    const payloads: string[] = [];
    const sequences: unknown[] = [];
    const reader = format?.open(
      {
        flow: ({ sequence }) => sequences.push(sequence),
        payload: (_fields, there, back) => payloads.push(`${there} ${back}`),
        frame: () => {},
        observation: () => {},
      },
      new Counters(),
    );
    reader?.feed(input);
    reader?.end();
    expect(payloads).toEqual(['{} []']);
    expect(sequences).toEqual([
      { timesUs: [1716192030250000, 1716192030500000], sizes: [98, -62], flags: [24, 24] },
      null,
    ]);
  });

  it('takes no capture for a log, nor a log of another kind', () => {
    const pcap = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
    expect(formatOf(pcap)).toBeNull();
    expect(formatOf(Buffer.from('{"ts":1.5,"id.orig_h":"192.0.2.1"}\n'))).toBeNull();
    expect(formatOf(Buffer.from('a,b,c\n1,2,3\n'))).toBeNull();
  });

  it('survives 2000 mutations', () => {
    let seed = 12345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const inputs = [CSV, PRETTY].map((text) => ({ text, format: formatOf(Buffer.from(text)) }));
    for (let round = 0; round < 2000; round++) {
      const { text, format } = inputs[round % 2] ?? { text: '', format: null };
      const input = Buffer.from(text);
      for (let hit = 0; hit <= random(4); hit++) input[random(input.length)] = random(256);
      const result = format === null ? null : readAll(format, input, 1 + random(200));
      expect(result?.flows.length).toBeLessThanOrEqual(2);
      for (const flow of result?.flows ?? []) expect(flow.endUs).toBeGreaterThanOrEqual(flow.startUs);
    }
  });
});

describe('mapping files', () => {
  const MAPPING =
    'format: csv\ndelimiter: ";"\nzone: Asia/Shanghai\nfields:\n  src: From\n  dst: To\n  start: When\n  bytes: Size\n';

  it('reads a CSV of one’s own, quotes too', () => {
    const input = Buffer.from('When;"From";To;Size\n"2024-05-20 16:00:30";"192.0.2.1";198.51.100.7;"12"\n');
    const format = mappingFormat(readMapping(MAPPING, 'm.yaml'));
    expect(format.probe(input)).toBe('yes');
    expect(readAll(format, input).flows[0]).toMatchObject({
      octets: 12,
      startUs: 1716192030000000,
      src: 'c0000201',
    });
  });

  const faultsOf = (text: string): readonly Fault[] => {
    try {
      readMapping(text, 'm.yaml');
    } catch (error) {
      if (error instanceof RuleError) return error.faults;
      throw error;
    }
    return [];
  };

  it('tells all faults at once', () => {
    const faults = faultsOf('format: xml\nzone: Mars/Base\nfields:\n  src: a\n  colour: b\n');
    expect(faults.map((one) => one.message).join('\n')).toMatch(
      /format[\s\S]*zone[\s\S]*colour[\s\S]*fields\.dst/,
    );
    expect(faults.map(({ line }) => line)).toEqual([1, 2, 5, 4]);
    expect(() => readMapping('[', 'm.yaml')).toThrow();
  });

  it('explains itself against an input', () => {
    const fields = explainMapping(readMapping(MAPPING, 'm.yaml'), Buffer.from('When;From;Size\n'));
    expect(fields.find(({ field }) => field === 'dst')).toEqual({
      field: 'dst',
      column: 'To',
      isMissing: true,
    });
    expect(fields.find(({ field }) => field === 'src')?.isMissing).toBe(false);
    expect(fields.find(({ field }) => field === 'packets')?.column).toBeNull();
  });
});
