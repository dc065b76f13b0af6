import { describe, expect, it } from 'vitest';
import { eve } from '../../../../src/intake/formats/eve/eve.js';
import { zeek } from '../../../../src/intake/formats/zeek/zeek.js';
import { HAS_SHARED } from '../../../support/transcripts.js';
import { indexRows, readLog, sharedFile } from '../zeek/read-log.js';

const at = (seconds: number) => `2023-11-14T23:13:${String(20 + seconds).padStart(2, '0')}.123456+0100`;
const START_US = 1_700_000_000_123_456;
const event = (type: string, rest: object, ends: readonly [string, number, string, number] = ENDS) =>
  JSON.stringify({
    timestamp: at(5),
    flow_id: 1234567890123456,
    event_type: type,
    src_ip: ends[0],
    src_port: ends[1],
    dest_ip: ends[2],
    dest_port: ends[3],
    proto: 'TCP',
    ...rest,
  });
const ENDS = ['10.1.2.3', 40000, '198.51.100.7', 443] as const;
const BACK = ['198.51.100.7', 443, '10.1.2.3', 40000] as const;
const FLOW = event('flow', {
  flow: {
    pkts_toserver: 12,
    pkts_toclient: 14,
    bytes_toserver: 1500,
    bytes_toclient: 4700,
    start: at(0),
    end: at(9),
    age: 9,
    state: 'closed',
  },
  tcp: { tcp_flags: '1b', tcp_flags_ts: '1b', syn: true },
});
const netflow = (pkts: number, ends = ENDS as readonly [string, number, string, number]) =>
  event(
    'netflow',
    { netflow: { pkts, bytes: pkts * 100, start: at(0), end: at(9), age: 9 }, tcp: { tcp_flags: '1e' } },
    ends,
  );
const TLS = event('tls', {
  tls: {
    sni: 'Pool.Example.',
    version: 'TLS 1.2',
    subject: 'CN=x',
    ja3: { hash: '0123456789abcdef0123456789abcdef' },
    ja4: 't13d1516h2_8daaf6152771_b186095e22b6',
    client_alpns: ['h2', 'http/1.1'],
  },
});
const http = {
  hostname: 'Web.example',
  url: '/',
  http_method: 'POST',
  http_user_agent: 'xm\u001big/6',
  status: 200,
};
const dns = (type: string, part: object, ends: readonly [string, number, string, number] = DNS_ENDS) =>
  event('dns', { proto: 'UDP', dns: { type, id: 1, ...part } }, ends);
const DNS_ENDS = ['10.1.2.3', 5000, '10.1.2.1', 53] as const;
const DNS_BACK = ['10.1.2.1', 53, '10.1.2.3', 5000] as const;

describe('eve', () => {
  it('tells a flow with both directions', () => {
    expect(readLog(eve, FLOW).flows).toMatchObject([
      {
        src: '10.1.2.3',
        dst: '198.51.100.7',
        srcPort: 40000,
        dstPort: 443,
        protocol: 6,
        tcpFlags: 27,
        startUs: START_US,
        endUs: START_US + 9e6,
        packets: 12,
        octets: 1500,
        reversePackets: 14,
        reverseOctets: 4700,
        isOriented: true,
      },
    ]);
    expect(readLog(eve, FLOW.replace('"tcp_flags":"1b"', '"tcp_flags":"18"')).flows[0]?.isOriented).toBe(
      false,
    );
  });

  it('takes netflow where there is no flow, and never both', () => {
    const both = [netflow(12), netflow(14, BACK)];
    const alone = readLog(eve, both.join('\n'));
    expect(alone.flows).toMatchObject([
      { src: '10.1.2.3', packets: 12, octets: 1200, reversePackets: -1, isOriented: false },
      { src: '198.51.100.7', packets: 14, octets: 1400, tcpFlags: 30 },
    ]);
    const beside = readLog(eve, [...both, FLOW, ...both].join('\n'));
    expect(beside.flows.length).toBe(1);
    expect(beside.counters.get('eve.netflow-beside-flow')).toBe(4);
    const many = readLog(eve, Array.from({ length: 1000 }, () => both[0]).join('\n'));
    expect(many.flows.length).toBe(1000);
  });

  it('tells TLS and HTTP under the session of their flow', () => {
    const { seen } = readLog(eve, [FLOW, TLS, event('http', { http })].join('\n'));
    const session = '10.1.2.3|40000|198.51.100.7|443|1700000000';
    expect(seen).toMatchObject([
      {
        kind: 'tls',
        session,
        serverName: 'pool.example',
        alpn: ['h2', 'http/1.1'],
        ja3: '0123456789abcdef0123456789abcdef',
        ja4: 't13d1516h2_8daaf6152771_b186095e22b6',
        answered: true,
        timeUs: START_US + 5e6,
        origin: { record: 2 },
      },
      {
        kind: 'http',
        session,
        host: 'web.example',
        method: 'POST',
        userAgent: 'xm\\x1big/6',
        answered: true,
      },
    ]);
  });

  it('reads the three forms of DNS alike', () => {
    const name = { rrname: 'A.Example', rrtype: 'A' };
    const chain = [
      { rrname: 'a.example', rrtype: 'CNAME', ttl: 20, rdata: 'b.example' },
      { rrname: 'b.example', rrtype: 'A', ttl: 300, rdata: '203.0.113.9' },
      { rrname: 'stray.example', rrtype: 'A', ttl: 300, rdata: '203.0.113.10' },
    ];
    const forms = [
      dns('answer', { rcode: 'NOERROR', ...name, ttl: 20, rdata: '203.0.113.9' }, DNS_BACK),
      dns(
        'answer',
        { version: 2, rcode: 'NOERROR', ...name, answers: chain, grouped: { A: ['203.0.113.9'] } },
        DNS_BACK,
      ),
      dns('response', { version: 3, rcode: 'NOERROR', queries: [name], answers: chain }),
    ];
    for (const form of forms) {
      expect(readLog(eve, form).seen).toMatchObject([
        {
          kind: 'dns',
          question: 'a.example',
          questionType: 1,
          answered: true,
          client: { ip: '10.1.2.3', port: 5000 },
          server: { ip: '10.1.2.1', port: 53 },
          addresses: [{ ip: '203.0.113.9', ttl: 20 }],
        },
      ]);
    }
    expect(readLog(eve, dns('query', name)).seen).toMatchObject([{ answered: false, addresses: [] }]);
    expect(
      readLog(eve, dns('answer', { ...name, rcode: 'NXDOMAIN', rdata: '203.0.113.9' }, DNS_BACK)).seen,
    ).toMatchObject([{ addresses: [] }]);
    expect(readLog(eve, dns('request', { version: 3, queries: [name] })).seen).toMatchObject([
      { answered: false },
    ]);
  });

  it('gives alerts of both directions the session of their flow', () => {
    const alert = { signature_id: 1 };
    const sessionOf = (direction: string, ends: typeof ENDS | typeof BACK) =>
      readLog(eve, event('alert', { alert, http, direction }, ends)).seen.map(
        (one) => 'session' in one && one.session,
      );
    expect(sessionOf('to_client', BACK)).toEqual(sessionOf('to_server', ENDS));
    expect(sessionOf('to_server', ENDS)).toEqual([
      expect.stringContaining('10.1.2.3|40000|198.51.100.7|443'),
    ]);
  });

  it('turns alerts on answers round, and leaves those whose direction nobody knows', () => {
    const alert = { signature_id: 1 };
    const client = { client: { ip: '10.1.2.3', port: 40000 } };
    expect(readLog(eve, event('alert', { alert, http, direction: 'to_client' }, BACK)).seen).toMatchObject([
      client,
    ]);
    expect(readLog(eve, event('alert', { alert, http }, BACK)).seen).toMatchObject([client]);
    expect(readLog(eve, event('alert', { alert, http, direction: 'to_server' })).seen).toMatchObject([
      client,
    ]);
    const odd = readLog(eve, event('alert', { alert, http }, ['10.1.2.3', 40000, '198.51.100.7', 3333]));
    expect([odd.seen.length, odd.counters.get('eve.alert-unoriented')]).toEqual([0, 1]);
  });

  it('counts what does not fit, reads pieces of any size, and is not thrown by damage', {
    timeout: 300_000,
  }, () => {
    const input = Buffer.from(
      [
        FLOW,
        '{"x',
        TLS,
        dns('query', { rrname: 'a.example', rrtype: 'A' }),
        event('http', { http }),
        event('stats', {}),
      ].join('\n'),
    );
    const whole = readLog(eve, input);
    expect(whole.records).toBe(4);
    expect(whole.problems).toMatchObject([{ code: 'bad-line', count: 1 }]);
    expect(String(whole.problems[0]?.message)).toContain('line 2 ');
    for (const step of [1, 5, 333]) expect(readLog(eve, input, step).seen).toEqual(whole.seen);
    let state = 3;
    const next = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    let told = 0;
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.from(input.subarray(0, round % 3 === 0 ? next(input.length) : input.length));
      for (let edit = 0; edit < 4 && bytes.length > 0; edit++) bytes[next(bytes.length)] = next(256);
      told += readLog(eve, bytes, 1 + next(900)).records;
    }
    expect(told).toBeGreaterThan(2000);
  });

  it('knows its own by content', () => {
    expect(eve.probe(Buffer.from(FLOW))).toBe('yes');
    expect(zeek.probe(Buffer.from(FLOW))).toBe('no');
    for (const text of ['{"ts":1,"id.orig_h":"x"}', '{"event_type":"purge","timestamp":1}', 'x', '{}'])
      expect(eve.probe(Buffer.from(text))).toBe('no');
  });
});

describe.skipIf(!HAS_SHARED)('eve, samples', () => {
  it('accounts for every line', () => {
    const rows = [
      ...indexRows('suricata-eve').map(({ path, flows }) => [`flows/${path}`, flows] as const),
      ['corpus/logs/slips__test6-malicious.suricata.eve.json', 2200] as const,
    ];
    expect(rows.length).toBe(4);
    for (const [path, lines] of rows) {
      const bytes = sharedFile(path);
      expect([path, eve.probe(bytes.subarray(0, 4096))]).toEqual([path, 'yes']);
      const { flows, seen, counters, problems } = readLog(eve, bytes);
      const types = [...bytes.toString('latin1').matchAll(/"event_type":"(\w+)"/g)].map((match) => match[1]);
      const count = (...names: string[]) => types.filter((type) => names.includes(type ?? '')).length;
      expect(types.length).toBe(lines);
      expect([path, flows.length, problems]).toEqual([path, count('flow'), []]);
      expect([path, counters.get('eve.other-event')]).toEqual([
        path,
        count('stats', 'ssh', 'fileinfo', 'anomaly'),
      ]);
      const ofAlerts = seen.filter((one) => types[one.origin.record - 1] === 'alert').length;
      expect([path, seen.length - ofAlerts + counters.get('eve.no-name')]).toEqual([
        path,
        count('dns', 'tls', 'http'),
      ]);
      const sum = bytes
        .toString('latin1')
        .split('\n')
        .filter((line) => line.includes('"event_type":"flow"'))
        .map((line) => JSON.parse(line).flow);
      expect(flows.reduce((all, { octets, reverseOctets }) => all + octets + reverseOctets, 0)).toBe(
        sum.reduce((all, flow) => all + flow.bytes_toserver + flow.bytes_toclient, 0),
      );
    }
  });
});
