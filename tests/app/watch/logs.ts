import { randomFrom } from '../../support/random.js';

const START = Date.parse('2026-03-02T01:00:00Z') / 1000;
const RESOLVER = '10.20.0.53';
/** A name that the bundled rules list as a pool's. */
const POOL = 'pool.supportxmr.com';
const POOL_IP = '203.0.113.77';

export interface MinerLogs {
  /** Zeek JSON: dns and conn lines in one file, each connection cut into lines as a long-connection script does. */
  readonly conn: Buffer;
  readonly eve: Buffer;
}

/** Clients that look a pool up and stay connected, among many that do not; made up, the same for one seed. */
export function minerLogs(seed: number): MinerLogs {
  const random = randomFrom(seed);
  const conn: string[] = [];
  const eve: string[] = [];
  for (let miner = 0; miner < 12; miner++) {
    const client = `10.20.7.${miner + 1}`;
    const port = 40_000 + miner;
    const start = START + Math.floor(random() * 300) + 0.25;
    const ends = {
      'id.orig_h': client,
      'id.orig_p': port,
      'id.resp_h': POOL_IP,
      'id.resp_p': 3333,
      proto: 'tcp',
    };
    conn.push(
      JSON.stringify({
        ts: start - 2,
        uid: `D${miner}`,
        'id.orig_h': client,
        'id.orig_p': 50_000 + miner,
        'id.resp_h': RESOLVER,
        'id.resp_p': 53,
        proto: 'udp',
        query: POOL,
        trans_id: 7,
        qtype: 1,
        qtype_name: 'A',
        rcode: 0,
        rcode_name: 'NOERROR',
        answers: [POOL_IP],
        TTLs: [300],
      }),
    );
    eve.push(
      JSON.stringify({
        timestamp: stamp(start - 2),
        event_type: 'dns',
        src_ip: client,
        src_port: 50_000 + miner,
        dest_ip: RESOLVER,
        dest_port: 53,
        proto: 'UDP',
        dns: {
          version: 2,
          type: 'answer',
          rrname: POOL,
          rrtype: 'A',
          rcode: 'NOERROR',
          answers: [{ rrname: POOL, rrtype: 'A', ttl: 300, rdata: POOL_IP }],
        },
      }),
    );
    for (let piece = 0; piece < 8; piece++) {
      const ts = start + piece * 600;
      const sent = 1000 + Math.floor(random() * 5000);
      conn.push(
        JSON.stringify({
          ts,
          uid: `C${miner}p${piece}`,
          ...ends,
          duration: 590,
          orig_bytes: sent,
          resp_bytes: 2 * sent,
          conn_state: 'OTH',
          history: 'DadA',
          orig_pkts: 40,
          orig_ip_bytes: sent + 1600,
          resp_pkts: 60,
          resp_ip_bytes: 2 * sent + 2400,
        }),
      );
      eve.push(
        JSON.stringify({
          timestamp: stamp(ts + 600),
          flow_id: 1000 + miner,
          event_type: 'flow',
          src_ip: client,
          src_port: port,
          dest_ip: POOL_IP,
          dest_port: 3333,
          proto: 'TCP',
          flow: {
            pkts_toserver: 40,
            pkts_toclient: 60,
            bytes_toserver: sent + 2000,
            bytes_toclient: 2 * sent + 3000,
            start: stamp(ts),
            end: stamp(ts + 590),
          },
        }),
      );
    }
  }
  for (let other = 0; other < 400; other++)
    conn.push(
      JSON.stringify({
        ts: START + random() * 5000,
        uid: `O${other}`,
        'id.orig_h': `10.20.9.${other % 200}`,
        'id.orig_p': 30_000 + other,
        'id.resp_h': '192.0.2.80',
        'id.resp_p': 443,
        proto: 'tcp',
        duration: 1,
        orig_bytes: 500,
        resp_bytes: 900,
        conn_state: 'SF',
        history: 'ShADadFf',
        orig_pkts: 5,
        orig_ip_bytes: 800,
        resp_pkts: 5,
        resp_ip_bytes: 1200,
      }),
    );
  const byTime = (a: string, b: string) => timeOf(a) - timeOf(b);
  return { conn: file(conn.sort(byTime)), eve: file(eve.sort(byTime)) };
}

function timeOf(line: string): number {
  const { ts, timestamp } = JSON.parse(line) as { ts?: number; timestamp?: string };
  return ts ?? Date.parse(timestamp ?? '') / 1000;
}

function stamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('Z', '000+0000');
}

function file(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}
