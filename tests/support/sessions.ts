/** Sample conversations in the shapes of real miners, all values made up. Used by the bundled demo capture and by tests. */
import type { Message } from './frames.js';
import { randomFrom } from './random.js';

export type Line = readonly ['c' | 's', number, string];

/** Lines of text, each one message; `c` is the client. The newline is added. */
export function lines(all: readonly Line[]): Message[] {
  return all.map(([side, atSeconds, text]) => ({
    direction: side === 'c' ? 'to-server' : 'to-client',
    atSeconds,
    bytes: Buffer.from(`${text}\n`),
  }));
}

/** Hex digits from a seed. */
export function hex(digits: number, seed: number): string {
  const random = randomFrom(seed);
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

const json = (value: unknown) => JSON.stringify(value);

function bitcoinJob(job: number): string {
  const seconds = (0x66740000 + job * 30).toString(16);
  const coinbase = `01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff2503${hex(6, job)}04${hex(8, job + 1)}08`;
  const branches = Array.from({ length: 4 }, (_, at) => hex(64, job * 10 + at));
  const params = [
    job.toString(16),
    `${hex(48, 77)}0000000000000000`,
    coinbase,
    `${hex(100, job + 2)}ffffffff`,
    branches,
    '20000000',
    '17026a3d',
    seconds,
    job % 4 === 0,
  ];
  return json({ id: null, method: 'mining.notify', params });
}

/** Bitcoin Stratum v1: `workers` authorised in one session, a share of each every few seconds. */
export function bitcoinSession(
  user: string,
  workers: readonly string[],
  agent: string,
  minutes: number,
  seed: number,
): Message[] {
  const random = randomFrom(seed);
  const out: Line[] = [
    ['c', 0, json({ id: 1, method: 'mining.subscribe', params: [agent] })],
    [
      's',
      0.05,
      json({
        id: 1,
        result: [
          [
            ['mining.set_difficulty', '1a'],
            ['mining.notify', '1a'],
          ],
          hex(8, seed),
          8,
        ],
        error: null,
      }),
    ],
  ];
  workers.forEach((worker, at) => {
    out.push([
      'c',
      0.1 + at / 100,
      json({ id: 2 + at, method: 'mining.authorize', params: [`${user}.${worker}`, 'x'] }),
    ]);
    out.push(['s', 0.15 + at / 100, json({ id: 2 + at, result: true, error: null })]);
  });
  out.push(['s', 0.3, json({ id: null, method: 'mining.set_difficulty', params: [65536] })]);
  let id = 100;
  for (let second = 0; second < minutes * 60; second += 30) {
    const job = 0x2f00 + second / 30;
    out.push(['s', second + 0.4, bitcoinJob(job)]);
    for (const worker of workers) {
      const at = second + 1 + random() * 27;
      const params = [
        `${user}.${worker}`,
        job.toString(16),
        hex(16, id + seed),
        (0x66740000 + job * 30).toString(16),
        hex(8, id * 3 + seed),
      ];
      out.push(
        ['c', at, json({ params, id, method: 'mining.submit' })],
        ['s', at + 0.05, json({ id, result: true, error: null })],
      );
      id++;
    }
  }
  return lines(out.sort((a, b) => a[1] - b[1]));
}

function cryptonoteJob(job: number): object {
  return {
    blob: `1010${hex(74, job)}00000000${hex(66, job + 1)}04`,
    job_id: hex(12, job),
    target: 'b6d10000',
    algo: 'rx/0',
    height: 3341000 + job,
    seed_hash: hex(64, 5),
  };
}

/** XMRig to a Monero pool. */
export function moneroSession(login: string, rigId: string, minutes: number, seed: number): Message[] {
  const random = randomFrom(seed);
  const session = hex(16, seed);
  const params = {
    login,
    pass: 'x',
    agent: 'XMRig/6.22.2 (Linux x86_64) libuv/1.48.0 gcc/13.2.0',
    rigid: rigId,
    algo: ['rx/0', 'cn/r'],
  };
  const out: Line[] = [
    ['c', 0, json({ id: 1, jsonrpc: '2.0', method: 'login', params })],
    [
      's',
      0.2,
      json({
        jsonrpc: '2.0',
        id: 1,
        error: null,
        result: { id: session, job: cryptonoteJob(seed), extensions: ['algo', 'keepalive'], status: 'OK' },
      }),
    ],
  ];
  let id = 2;
  let job = seed;
  for (let second = 5; second < minutes * 60; second += 20 + random() * 30) {
    if (second > (job - seed + 1) * 120)
      out.push(['s', second - 1, json({ jsonrpc: '2.0', method: 'job', params: cryptonoteJob(++job) })]);
    const share = {
      id: session,
      job_id: hex(12, job),
      nonce: hex(8, id + seed),
      result: `${hex(56, id)}00000000`,
      algo: 'rx/0',
    };
    out.push(['c', second, json({ id, jsonrpc: '2.0', method: 'submit', params: share })]);
    out.push(['s', second + 0.2, json({ id, jsonrpc: '2.0', error: null, result: { status: 'OK' } })]);
    id++;
  }
  return lines(out);
}

/** Ethereum-Classic rig over ethproxy. */
export function ethproxySession(wallet: string, worker: string, minutes: number, seed: number): Message[] {
  const boundary = `0x0000000112e0be82${hex(48, 9)}`;
  const work = (job: number) => [`0x${hex(64, job)}`, `0x${hex(64, 8)}`, boundary];
  const out: Line[] = [
    ['c', 0, json({ id: 1, method: 'eth_submitLogin', params: [wallet, 'x'], worker })],
    ['s', 0.1, json({ id: 1, jsonrpc: '2.0', result: true })],
    ['c', 0.2, json({ id: 5, method: 'eth_getWork', params: [] })],
    ['s', 0.3, json({ id: 5, jsonrpc: '2.0', result: work(seed) })],
  ];
  for (let round = 1; round < minutes * 4; round++) {
    out.push(['s', round * 15, json({ id: 0, jsonrpc: '2.0', result: work(seed + round) })]);
    const params = [`0x${hex(16, seed + round)}`, work(seed + round)[0], `0x${hex(64, seed + round + 500)}`];
    out.push(['c', round * 15 + 7, json({ id: 40, method: 'eth_submitWork', params, worker })]);
    out.push(['s', round * 15 + 7.1, json({ id: 40, jsonrpc: '2.0', result: true })]);
    if (round % 4 === 0)
      out.push([
        'c',
        round * 15 + 9,
        json({
          id: 9,
          jsonrpc: '2.0',
          method: 'eth_submitHashrate',
          params: ['0x5a995c0', `0x${hex(64, 3)}`],
          worker,
        }),
      ]);
  }
  return lines(out);
}

/** A look-alike: an Electrum wallet, newline JSON-RPC with subscriptions and pushes. */
export function electrumSession(): Message[] {
  return lines([
    ['c', 0, json({ jsonrpc: '2.0', method: 'server.version', params: ['electrum/4.5.5', '1.4'], id: 0 })],
    ['s', 0.1, json({ jsonrpc: '2.0', result: ['ElectrumX 1.16.0', '1.4'], id: 0 })],
    ['c', 0.2, json({ jsonrpc: '2.0', method: 'blockchain.headers.subscribe', params: [], id: 1 })],
    ['s', 0.3, json({ jsonrpc: '2.0', result: { hex: hex(160, 1), height: 850000 }, id: 1 })],
    [
      's',
      300,
      json({
        jsonrpc: '2.0',
        method: 'blockchain.headers.subscribe',
        params: [{ hex: hex(160, 2), height: 850001 }],
      }),
    ],
    ['c', 310, json({ jsonrpc: '2.0', method: 'server.ping', params: [], id: 2 })],
    ['s', 310.1, json({ jsonrpc: '2.0', result: null, id: 2 })],
  ]);
}

/** A look-alike: a game whose log-in words are those of Monero pools. */
export function gameSession(): Message[] {
  const out: Line[] = [
    ['c', 0, json({ id: 1, method: 'login', params: { login: 'player7', pass: 'hunter2' } })],
    ['s', 0.1, json({ id: 1, result: { status: 'OK', token: hex(32, 4) } })],
  ];
  for (let at = 1; at < 6; at++) {
    out.push(
      ['c', at * 60, json({ id: at + 1, method: 'keepalived', params: {} })],
      ['s', at * 60 + 0.1, json({ id: at + 1, result: { status: 'OK' } })],
    );
  }
  return lines(out);
}

/** One try of a prober: subscribe and authorize, answered, then gone; no share. */
export function probeSession(seed: number): Message[] {
  return lines([
    ['c', 0, json({ id: 1, method: 'mining.subscribe', params: ['probe/0.1'] })],
    [
      's',
      0.1,
      json({
        id: 1,
        result: [
          [
            ['mining.set_difficulty', '1'],
            ['mining.notify', '1'],
          ],
          hex(8, seed),
          4,
        ],
        error: null,
      }),
    ],
    ['c', 0.2, json({ id: 2, method: 'mining.authorize', params: ['test', 'x'] })],
    ['s', 0.3, json({ id: 2, result: true, error: null })],
    ['s', 0.4, bitcoinJob(0x100 + seed)],
  ]);
}

/** A page of a pool's web site over plain HTTP: a look at a dashboard is not mining. */
export function webSession(host: string): Message[] {
  const page = '<html><body>Pool statistics: hashrate, workers, payouts</body></html>';
  return [
    {
      direction: 'to-server',
      atSeconds: 0,
      bytes: Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: Mozilla/5.0\r\n\r\n`),
    },
    {
      direction: 'to-client',
      atSeconds: 0.1,
      bytes: Buffer.from(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
      ),
    },
  ];
}

/** TLS 1.2 ClientHello with a server name, ServerHello, then records that nobody can read: a push every `period` seconds. */
export function tlsSession(
  serverName: string,
  minutes: number,
  period: number,
  seed: number,
  alpn = '',
): Message[] {
  const record = (type: number, body: Buffer) =>
    Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body]);
  const out: Message[] = [
    { direction: 'to-server', atSeconds: 0, bytes: clientHello(serverName, seed, alpn) },
    {
      direction: 'to-client',
      atSeconds: 0.1,
      bytes: record(
        22,
        Buffer.concat([
          Buffer.from([2, 0, 0, 38, 3, 3]),
          Buffer.from(hex(64, seed), 'hex'),
          Buffer.from([0, 0xc0, 0x2f, 0]),
        ]),
      ),
    },
  ];
  const random = randomFrom(seed);
  for (let at = 1; at < minutes * 60; at += period * (0.5 + random())) {
    out.push({
      direction: 'to-client',
      atSeconds: at,
      bytes: record(23, Buffer.from(hex(2 * 400, at), 'hex')),
    });
    out.push({
      direction: 'to-server',
      atSeconds: at + 3,
      bytes: record(23, Buffer.from(hex(2 * 190, at + 1), 'hex')),
    });
    out.push({
      direction: 'to-client',
      atSeconds: at + 3.2,
      bytes: record(23, Buffer.from(hex(2 * 90, at + 2), 'hex')),
    });
  }
  return out;
}

export function clientHello(serverName: string, seed: number, alpn = ''): Buffer {
  const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
  const name = Buffer.from(serverName);
  const sni = Buffer.concat([u16(name.length + 3), Buffer.from([0]), u16(name.length), name]);
  const offered = Buffer.concat([Buffer.from([alpn.length]), Buffer.from(alpn)]);
  const extensions = Buffer.concat([
    ...[u16(0), u16(sni.length), sni, u16(10), u16(4), u16(2), u16(29)],
    ...(alpn === '' ? [] : [u16(16), u16(offered.length + 2), u16(offered.length), offered]),
  ]);
  const body = Buffer.concat([
    u16(0x0303),
    Buffer.from(hex(64, seed), 'hex'),
    Buffer.from([0]),
    u16(4),
    u16(0xc02f),
    u16(0xc030),
    Buffer.from([1, 0]),
    u16(extensions.length),
    extensions,
  ]);
  const handshake = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
  return Buffer.concat([Buffer.from([22, 3, 1]), u16(handshake.length), handshake]);
}

/** A DNS question and its answer with one A record: the two UDP payloads. */
export function dnsExchange(name: string, ip: string | null, ttl = 300, id = 7): readonly [Buffer, Buffer] {
  const labels = Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
  const head = (flags: number, answers: number) => {
    const out = Buffer.alloc(12);
    [id, flags, 1, answers].forEach((value, at) => {
      out.writeUInt16BE(value, at * 2);
    });
    return out;
  };
  const question = Buffer.concat([labels, Buffer.from([0, 1, 0, 1])]);
  const record = Buffer.from([
    0xc0,
    12,
    0,
    1,
    0,
    1,
    0,
    0,
    ttl >> 8,
    ttl & 255,
    0,
    4,
    ...(ip ?? '0.0.0.0').split('.').map(Number),
  ]);
  const answer = ip === null ? Buffer.alloc(0) : record;
  return [
    Buffer.concat([head(0x0100, 0), question]),
    Buffer.concat([head(ip === null ? 0x8183 : 0x8180, ip === null ? 0 : 1), question, answer]),
  ];
}
