import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pcap } from '../../../../src/intake/formats/pcap.js';
import { zeek } from '../../../../src/intake/formats/zeek/zeek.js';
import { HAS_SHARED, SHARED } from '../../../support/transcripts.js';
import { indexRows, readLog, sharedFile } from './read-log.js';

const ENDS = '"id.orig_h":"10.1.2.3","id.orig_p":40000,"id.resp_h":"198.51.100.7","id.resp_p":3333';
const CONN = `{"ts":1700000000.123456,"uid":"CaB1",${ENDS},"proto":"tcp","service":"ssl","duration":61.5,"orig_bytes":900,"resp_bytes":4000,"conn_state":"SF","missed_bytes":0,"history":"ShADadFf","orig_pkts":12,"orig_ip_bytes":1500,"resp_pkts":14,"resp_ip_bytes":4700,"tunnel_parents":[]}`;
const SSL = `{"ts":1700000001.05,"uid":"CaB1",${ENDS},"version":"TLSv13","server_name":"Pool.Example.","resumed":false,"established":true,"next_protocol":"h2","ja3":"0123456789abcdef0123456789abcdef","ja4":"t13d1516h2_8daaf6152771_b186095e22b6"}`;
const DNS = `{"ts":"2023-11-14T22:13:20.5Z","uid":"CaB2",${ENDS},"proto":"udp","trans_id":7,"query":"x.Example.org","qtype":1,"qtype_name":"A","rcode":0,"answers":["y.example.net","203.0.113.9"],"TTLs":[30.0,600.0],"rejected":false}`;
const HTTP = `{"ts":1700000003,"uid":"CaB1",${ENDS},"trans_depth":1,"method":"POST","host":"Web.example:8080","uri":"/","user_agent":"a \\"b\\"","status_code":200}`;

const head = (path: string, ...fields: string[]) =>
  `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${path}\n#fields\t${fields.join('\t')}\n`;
const ENDS4 = ['id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p'];
const tsv = [
  '### made by hand\n',
  head(
    'conn',
    'ts',
    'uid',
    ...ENDS4,
    'proto',
    'duration',
    'conn_state',
    'history',
    'orig_pkts',
    'resp_pkts',
    'orig_ip_bytes',
    'resp_ip_bytes',
  ),
  'XXXXXXXXXX.XXXXXX\tC1\t2001:db8::1\t5\t2001:db8::2\t443\ttcp\t-\tOTH\t^dD\t3\t4\t300\t400\n',
  '#close\t2023\n',
  head('dns', 'ts', 'uid', ...ENDS4, 'trans_id', 'query', 'qtype', 'rcode', 'answers', 'TTLs'),
  '1700000000.5\tC2\t10.0.0.1\t999\t10.0.0.2\t53\t1\ta\\x2cb.example\t28\t0\tc.example,2001:db8::9\t60.0,120.0\n',
  head('http', 'ts', 'uid', ...ENDS4, 'trans_depth', 'method', 'host', 'user_agent', 'status_code'),
  '1700000001\tC3\t10.0.0.1\t999\t10.0.0.2\t80\t1\tGET\t-\tt\\x09x\\\\y\t-\n',
].join('');

describe('zeek, JSON', () => {
  it('tells a connection with both directions, flags and who spoke', () => {
    const { flows, records } = readLog(zeek, `${CONN}\n`);
    expect(records).toBe(1);
    expect(flows[0]).toMatchObject({
      src: '10.1.2.3',
      srcPort: 40000,
      dst: '198.51.100.7',
      dstPort: 3333,
      protocol: 6,
      tcpFlags: 27,
      startUs: 1_700_000_000_123_456,
      endUs: 1_700_000_061_623_456,
      packets: 12,
      octets: 1500,
      reversePackets: 14,
      reverseOctets: 4700,
      payloadPackets: 1,
      reversePayloadPackets: 1,
      isOriented: true,
    });
  });

  it('tells DNS, TLS and HTTP, all of one connection under one session', () => {
    const { seen, counters } = readLog(zeek, [CONN, SSL, DNS, HTTP].join('\n'));
    expect(seen).toMatchObject([
      {
        kind: 'tls',
        serverName: 'pool.example',
        alpn: ['h2'],
        ja3: '0123456789abcdef0123456789abcdef',
        ja4: 't13d1516h2_8daaf6152771_b186095e22b6',
        answered: true,
        origin: { format: 'zeek', record: 2 },
      },
      {
        kind: 'dns',
        question: 'x.example.org',
        questionType: 1,
        answered: true,
        timeUs: 1_700_000_000_500_000,
        addresses: [{ ip: '203.0.113.9', ttl: 30 }],
      },
      { kind: 'http', host: 'web.example', method: 'POST', userAgent: 'a "b"', answered: true },
    ]);
    const session = '10.1.2.3|40000|198.51.100.7|3333|1700000000';
    expect(seen[0]).toHaveProperty('session', session);
    expect(seen[2]).toHaveProperty('session', session);
    expect(counters.get('zeek.flows')).toBe(1);
  });

  it('reads any order, blanks, escaped names and unknown nested members', () => {
    const turned = JSON.stringify(
      Object.fromEntries(
        Object.entries(JSON.parse(CONN))
          .reverse()
          .concat([['deep', { a: [{ '"}': '\\"' }] }]]),
      ),
      null,
      1,
    ).replaceAll('\n', ' ');
    const escaped = CONN.replace('"history"', '"\\u0068istory"');
    const plain = readLog(zeek, CONN).flows;
    expect(readLog(zeek, turned).flows).toEqual(plain);
    expect(readLog(zeek, escaped).flows).toEqual(plain);
  });

  it('does not take an originator that was seen answering for the client', () => {
    for (const history of ['HcADad', '^dD', 'DadA', 'H']) {
      expect(readLog(zeek, CONN.replace('ShADadFf', history)).flows[0]?.isOriented).toBe(false);
    }
    expect(readLog(zeek, CONN.replace('ShADadFf', 'Sr')).flows[0]).toMatchObject({
      isOriented: true,
      reversePayloadPackets: 0,
    });
  });

  it('asks the state of a connection without a history who opened it, of TCP only', () => {
    const told = (proto: string, state: string) =>
      readLog(
        zeek,
        CONN.replace('"history":"ShADadFf",', '')
          .replace('"SF"', `"${state}"`)
          .replace('"tcp"', `"${proto}"`),
      ).flows[0];
    expect(told('tcp', 'OTH')).toMatchObject({ isOriented: false, tcpFlags: -1 });
    expect(told('tcp', 'S1')).toMatchObject({ isOriented: true, tcpFlags: -1 });
    expect(told('udp', 'OTH')).toMatchObject({ isOriented: true, tcpFlags: -1 });
  });

  it('counts lines that do not fit, and names the first', () => {
    const { records, problems, counters } = readLog(
      zeek,
      [
        CONN,
        '{"ts":',
        CONN.replace('10.1.2.3', '10.1.2'),
        CONN.replace(':40000', ':400000'),
        SSL.replace('1700000001.05', '"soon"'),
        '',
      ].join('\n'),
    );
    expect(records).toBe(1);
    expect(problems).toMatchObject([{ code: 'bad-line', count: 4 }]);
    expect(String(problems[0]?.message)).toContain('line 2 ');
    expect(counters.get('zeek.bad-line')).toBe(4);
  });

  it('passes over other logs, sip among them', () => {
    const sip = `{"ts":1,${ENDS},"trans_depth":0,"method":"INVITE","call_id":"x","request_path":[]}`;
    const { records, counters } = readLog(zeek, `{"ts":1,"note":"Scan::Port_Scan","src":"10.0.0.1"}\n${sip}`);
    expect([records, counters.get('zeek.other-log')]).toEqual([0, 2]);
  });
});

describe('zeek, TSV', () => {
  it('reads several logs in one input by their #fields', () => {
    const { flows, seen, problems, counters } = readLog(zeek, tsv);
    expect(problems).toEqual([]);
    expect(flows).toMatchObject([
      {
        src: '2001:db8::1',
        dst: '2001:db8::2',
        startUs: 0,
        packets: 3,
        reverseOctets: 400,
        isOriented: false,
        reversePayloadPackets: 1,
      },
    ]);
    expect(seen).toMatchObject([
      { kind: 'dns', question: 'a,b.example', addresses: [{ ip: '2001:db8::9', ttl: 60 }] },
      { kind: 'http', host: null, method: 'GET', userAgent: 't\\tx\\y', answered: false },
    ]);
    expect(counters.get('zeek.no-time')).toBe(1);
  });

  it('reads the same in pieces of any size, followed by JSON', () => {
    const input = `${tsv}${CONN}\r\n${SSL}`;
    const whole = readLog(zeek, input);
    expect(whole.records).toBe(5);
    for (const step of [1, 2, 3, 7, 64, 1000]) {
      const { flows, seen } = readLog(zeek, input, step);
      expect(flows).toEqual(whole.flows);
      expect(seen).toEqual(whole.seen);
    }
  });

  it('is not thrown by damage', { timeout: 300_000 }, () => {
    const input = Buffer.from(`${tsv}${[CONN, SSL, DNS, HTTP].join('\n')}`);
    let state = 7;
    const next = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    let told = 0;
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.from(input.subarray(0, round % 3 === 0 ? next(input.length) : input.length));
      for (let edit = 0; edit < 4 && bytes.length > 0; edit++) bytes[next(bytes.length)] = next(256);
      const { flows, records } = readLog(zeek, bytes, 1 + next(900));
      told += records;
      for (const { endUs, startUs, packets, srcPort } of flows) {
        expect(endUs >= startUs && packets >= 0 && srcPort >= 0 && srcPort <= 65535).toBe(true);
      }
    }
    expect(told).toBeGreaterThan(4000);
  });
});

describe('zeek, probe', () => {
  it('knows its own by content', () => {
    for (const text of [CONN, SSL, tsv, head('conn', 'ts')])
      expect(zeek.probe(Buffer.from(text))).toBe('yes');
    const others = [
      '{"event_type":"flow","ts":1,"uid":"x"}',
      '# a comment\nx',
      'ts,te,pr',
      '',
      '{}',
      '\0#separator \\x09',
    ];
    for (const text of others) expect(zeek.probe(Buffer.from(text))).not.toBe('yes');
    expect(zeek.probe(Buffer.from('d4c3b2a1020004000000000000000000', 'hex'))).toBe('no');
    expect(pcap.probe(Buffer.from(tsv))).toBe('no');
  });
});

/** What the samples hold that is no line of conn, dns, ssl or http, or has nothing to tell; by file. */
const OTHER = /files|notice|dpd|known_hosts|x509/;

describe.skipIf(!HAS_SHARED)('zeek, samples', () => {
  it('tells every line of the indexed samples, or says why not', () => {
    const rows = indexRows('zeek');
    expect(rows.length).toBe(26);
    for (const { path, flows } of rows) {
      const bytes = sharedFile(`flows/${path}`);
      expect([path, zeek.probe(bytes.subarray(0, 4096))]).toEqual([path, 'yes']);
      const { records, counters } = readLog(zeek, bytes);
      const lines =
        records +
        counters.get('zeek.other-log') +
        counters.get('zeek.bad-line') +
        counters.get('zeek.no-name');
      expect([path, lines]).toEqual([path, flows]);
      expect([path, counters.get('zeek.other-log')]).toEqual([path, OTHER.test(path) ? flows : 0]);
      // A port of 383341 in a hand-made sample.
      expect([path, counters.get('zeek.bad-line')]).toEqual([
        path,
        path.includes('beats-connection') ? 1 : 0,
      ]);
    }
  });

  it('reads TSV and JSON of the same events alike', () => {
    for (const log of ['dns', 'ssl']) {
      const told = (name: string) =>
        readLog(zeek, sharedFile(`flows/public/zeek/zed-${log}.${name}`)).seen.map((one) =>
          JSON.stringify({ ...one, origin: null }),
        );
      // The JSON sample holds eight lines more: the TSV sample has headers among its 4,000.
      const known = new Set(told('json'));
      expect(told('log').filter((one) => !known.has(one))).toEqual([]);
    }
  });

  it('sums bytes and packets as a plain reading of the lines does', () => {
    const names = ['orig_ip_bytes', 'resp_ip_bytes', 'orig_pkts', 'resp_pkts'];
    const logs = readdirSync(join(SHARED, 'corpus/logs')).filter((file) => /conn\.log$/.test(file));
    expect(logs.length).toBeGreaterThan(8);
    for (const name of logs) {
      const bytes = sharedFile(`corpus/logs/${name}`);
      const lines = bytes.toString('utf8').split('\n');
      const columns =
        lines
          .find((line) => line.startsWith('#fields'))
          ?.split('\t')
          .slice(1) ?? [];
      const sums = names.map((field) =>
        lines.reduce((sum, line) => {
          if (line === '' || line.startsWith('#')) return sum;
          const value = line.startsWith('{')
            ? JSON.parse(line)[field]
            : line.split('\t')[columns.indexOf(field)];
          return sum + (Number(value) || 0);
        }, 0),
      );
      const { flows } = readLog(zeek, bytes);
      const told = [0, 0, 0, 0];
      for (const flow of flows) {
        const parts = [flow.octets, flow.reverseOctets, flow.packets, flow.reversePackets];
        for (const [at, part] of parts.entries()) told[at] = (told[at] ?? 0) + part;
      }
      expect([name, told]).toEqual([name, sums]);
    }
  });

  it('takes the logs of the corpus without a bad line', () => {
    for (const name of readdirSync(join(SHARED, 'corpus/logs')).filter((file) => file.endsWith('.log'))) {
      const bytes = sharedFile(`corpus/logs/${name}`);
      expect([name, zeek.probe(bytes.subarray(0, 4096))]).toEqual([name, 'yes']);
      expect([name, readLog(zeek, bytes).problems]).toEqual([name, []]);
    }
  });
});
