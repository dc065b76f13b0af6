/** Conversations that look like mining and are not: nobody who holds one may be accused. All values made up. */
import { c, notifyParams, rounds, type Said, s, talk } from './dialect-sessions.js';
import type { Message } from './frames.js';
import { hex } from './sessions.js';

const rpc = (method: string, params: unknown, id: unknown = 1, root: object = { jsonrpc: '2.0' }): Said =>
  c({ ...root, id, method, params });
const answer = (result: unknown, id: unknown = 1, root: object = { jsonrpc: '2.0' }): Said =>
  s({ ...root, id, result });
const push = (method: string, params: unknown): Said => s({ jsonrpc: '2.0', method, params });
const notFound = (id: unknown) =>
  s({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
const hash = (n: number) => `0x${hex(64, n)}`;

/** Request and answer, `count` times. */
const asks = (method: string, params: unknown, result: (n: number) => unknown, count = 8): Said[] =>
  rounds([], (n) => [rpc(method, params, n), answer(result(n), n)], count);

/** What a miner says, and what a pool says, of one session; for those who keep or copy records. */
const minerLines = (n: number): object[] => [
  { id: 1, method: 'mining.subscribe', params: ['cgminer/4.11.1'] },
  { id: 2, method: 'mining.authorize', params: ['acc.rig1', 'x'] },
  {
    id: 10 + n,
    method: 'mining.submit',
    params: ['acc.rig1', `j${n}`, hex(8, n), '66f2a1b4', hex(8, n + 1)],
  },
];
const poolLines = (n: number): object[] => [
  {
    id: 1,
    result: [
      [
        ['mining.set_difficulty', 'b'],
        ['mining.notify', 'a'],
      ],
      '08000002',
      4,
    ],
    error: null,
  },
  { id: null, method: 'mining.notify', params: notifyParams(`j${n}`) },
  { id: 10 + n, result: true, error: null },
];
const moneroLines = (n: number): object[] => [
  {
    id: 1,
    jsonrpc: '2.0',
    method: 'login',
    params: { login: `4${hex(94, 3)}`, pass: 'x', agent: 'XMRig/6.22.2' },
  },
  {
    jsonrpc: '2.0',
    method: 'job',
    params: { blob: hex(152, n), job_id: `m${n}`, target: 'b88d0600', algo: 'rx/0' },
  },
  {
    id: 2,
    jsonrpc: '2.0',
    method: 'submit',
    params: { id: 's', job_id: `m${n}`, nonce: hex(8, n), result: hex(64, n) },
  },
];
const work = (n: number) => [hash(n), hash(99), `0x0000000112e0be82${hex(48, 9)}`];

const httpMessage = (side: 'c' | 's', head: string, body: string): Said => [
  side,
  Buffer.from(
    `${head}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  ),
];
const post = (body: object, extra = '', path = '/'): Said =>
  httpMessage('c', `POST ${path} HTTP/1.1\r\nHost: node.example:8545${extra}`, JSON.stringify(body));
const ok = (body: object, extra = ''): Said =>
  httpMessage('s', `HTTP/1.1 200 OK${extra}`, JSON.stringify(body));

const template = (n: number) => ({
  version: 0x20000000,
  previousblockhash: hex(64, n),
  transactions: [],
  coinbasevalue: 312500000,
  target: `0000000000000000${hex(48, 1)}`,
  bits: '17026a3d',
  curtime: 1_727_176_115 + n,
  height: 860000,
});

/** Text frames of a WebSocket after its upgrade. */
function webSocket(said: readonly Said[], path = '/ws'): Said[] {
  const frame = (text: string, masked: boolean) => {
    const payload = Buffer.from(text);
    const mask = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
    const bit = masked ? 0x80 : 0;
    const head =
      payload.length < 126
        ? Buffer.from([0x81, bit | payload.length])
        : Buffer.from([0x81, bit | 126, payload.length >> 8, payload.length & 255]);
    const body = masked ? Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))) : payload;
    return Buffer.concat([head, mask, body]);
  };
  return [
    [
      'c',
      Buffer.from(
        `GET ${path} HTTP/1.1\r\nHost: ws.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      ),
    ],
    [
      's',
      Buffer.from(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      ),
    ],
    ...said.map(([side, text]): Said => [side, frame(String(text), side === 'c')]),
  ];
}

const lsp = (side: 'c' | 's', body: object): Said => {
  const text = JSON.stringify(body);
  return [side, Buffer.from(`Content-Length: ${text.length}\r\n\r\n${text}`)];
};

const JSON_SERVICES: Record<string, readonly Said[]> = {
  'ethereum node: blocks and calls': rounds([], (n) => [
    rpc('eth_blockNumber', [], n),
    answer('0x1312d00', n),
    rpc('eth_getBlockByNumber', ['latest', false], n + 50),
    answer({ difficulty: '0x2', nonce: '0x0000000000000000', hash: hash(n), mixHash: hash(n + 1) }, n + 50),
  ]),
  'ethereum node: monitored with eth_getWork once': [
    ...asks('eth_blockNumber', [], () => '0x1', 3),
    rpc('eth_getWork', [], 50),
    answer(work(1), 50),
    ...asks('eth_syncing', [], () => false, 3),
  ],
  'ethereum node: eth_getWork alone, once': [rpc('eth_getWork', [], 50), answer(work(1), 50)],
  'ethereum node: filter changes': asks('eth_getFilterChanges', ['0x1'], (n) => [
    hash(n),
    hash(n + 1),
    hash(n + 2),
  ]),
  'conflux node: filter changes': asks('cfx_getFilterChanges', ['0x1'], (n) => [
    hash(n),
    hash(n + 1),
    hash(n + 2),
  ]),
  'other node: three hashes': asks('klay_getFilterChanges', ['0x1'], (n) => [
    hash(n),
    hash(n + 1),
    hash(n + 2),
  ]),
  'ethereum subscription': [
    rpc('eth_subscribe', ['newHeads']),
    answer('0x9cef478923ff08bf67fde6c64013158d'),
    ...rounds([], (n) => [
      push('eth_subscription', {
        subscription: '0x9c',
        result: { difficulty: '0x15d9223a23aa', nonce: '0x378da40ff335b070', hash: hash(n) },
      }),
    ]),
  ],
  'engine api': rounds([], (n) => [
    rpc(
      'engine_forkchoiceUpdatedV3',
      [{ headBlockHash: hash(n), safeBlockHash: hash(1), finalizedBlockHash: hash(2) }, null],
      n,
    ),
    answer({ payloadStatus: { status: 'VALID' }, payloadId: null }, n),
  ]),
  solana: [
    rpc('slotSubscribe', []),
    answer(0),
    ...rounds([], (n) => [
      push('slotNotification', { result: { parent: n, root: n, slot: n + 1 }, subscription: 0 }),
    ]),
  ],
  substrate: [
    rpc('chain_subscribeNewHeads', []),
    answer('EMQzwmpnNSpFxhnA'),
    ...rounds([], (n) => [
      push('chain_newHead', {
        result: { digest: { logs: [hash(n)] }, extrinsicsRoot: hash(n), number: '0x1', parentHash: hash(n) },
        subscription: 'EMQ',
      }),
    ]),
  ],
  'substrate extrinsics': asks('author_submitExtrinsic', [`0x${hex(200, 3)}`], (n) => hash(n)),
  electrum: rounds(
    [rpc('server.version', ['electrum/4.5', '1.4'], 0), answer(['ElectrumX 1.16', '1.4'], 0)],
    (n) => [
      rpc('blockchain.scripthash.subscribe', [hex(64, n)], n + 1),
      answer(hex(64, n), n + 1),
      push('blockchain.headers.subscribe', [{ hex: hex(160, n), height: n }]),
    ],
  ),
  'electrum one name only': rounds([], (n) => [
    push('blockchain.headers.subscribe', [{ hex: hex(160, n), height: n }]),
  ]),
  'lightning daemon': asks('listpeers', [], () => ({ peers: [] })),
  'lightning payments': asks('pay', { bolt11: `lnbc1${'q'.repeat(80)}` }, (n) => ({
    payment_hash: hex(64, n),
    status: 'complete',
  })),
  aria2: rounds([], (n) => [
    rpc('aria2.addUri', ['token:secret', ['https://example.org/a.iso']], `q${n}`),
    answer('2089b05ecca3d829', `q${n}`),
    push('aria2.onDownloadStart', [{ gid: '2089b05ecca3d829' }]),
  ]),
  transmission: rounds([], (n) => [
    c({ method: 'torrent-get', arguments: { ids: [n], fields: ['hashString'] }, tag: n }),
    s({ arguments: { torrents: [{ hashString: hex(40, n) }] }, result: 'success', tag: n }),
  ]),
  kodi: rounds([], (n) => [
    rpc('Player.GetActivePlayers', {}, n),
    answer([{ playerid: 1 }], n),
    push('Player.OnPlay', { data: {}, sender: 'xbmc' }),
  ]),
  deluge: rounds([], (n) => [
    c({ method: 'auth.login', params: ['deluge'], id: n }),
    s({ id: n, result: true, error: null }),
  ]),
  'deluge status': asks('web.update_ui', [['hash'], {}], () => ({ connected: true })),
  zabbix: rounds([], (n) => [
    rpc('user.login', { username: 'Admin', password: 'zabbix' }, n),
    answer('0424bd59b807674191e7d77572075f33', n),
    rpc('host.get', { output: ['hostid'] }, n + 40),
    answer([{ hostid: '10084' }], n + 40),
  ]),
  'home assistant': [
    s({ type: 'auth_required' }),
    c({ type: 'auth', access_token: hex(180, 2) }),
    s({ type: 'auth_ok' }),
    ...rounds([], (n) => [
      c({ id: n + 1, type: 'subscribe_events' }),
      s({ id: n + 1, type: 'result', success: true, result: null }),
    ]),
  ],
  'graphql subscription': [
    c({ type: 'connection_init', payload: {} }),
    s({ type: 'connection_ack' }),
    ...rounds([], (n) => [
      c({ id: `${n}`, type: 'subscribe', payload: { query: 'subscription { job { id } }' } }),
      s({ id: `${n}`, type: 'next', payload: { data: { job: { id: n } } } }),
    ]),
  ],
  phoenix: rounds([], (n) => [
    c(['1', `${n}`, 'room:lobby', 'phx_join', {}]),
    s(['1', `${n}`, 'room:lobby', 'phx_reply', { status: 'ok' }]),
  ]),
  'browser debugger': rounds([], (n) => [
    c({ id: n, method: 'Runtime.evaluate', params: { expression: '1' } }),
    s({ id: n, result: { result: { type: 'number', value: 1 } } }),
  ]),
  'model context': [
    rpc('initialize', { protocolVersion: '2024-11-05', clientInfo: { name: 'x' } }),
    answer({ protocolVersion: '2024-11-05' }),
    ...rounds([], (n) => [
      rpc('tools/call', { name: 'job', arguments: { job_id: n } }, n + 2),
      answer({ content: [] }, n + 2),
    ]),
  ],
  'market ticker with difficulty': rounds(
    [c({ op: 'subscribe', args: ['btc.stats'] }), s({ event: 'subscribed' })],
    (n) => [
      s({ type: 'stats', coin: 'BTC', difficulty: 9.2e13, hashrate: 6e20, target: hex(64, n), nonce: n }),
    ],
  ),
  'exchange feed': rounds(
    [c({ method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: 1 }), s({ result: null, id: 1 })],
    (n) => [s({ e: 'trade', E: n, s: 'BTCUSDT', p: '60000', q: '1' })],
  ),
  'block feed': rounds([c({ action: 'want', data: ['blocks'] })], (n) => [
    s({
      block: {
        id: hex(64, n),
        height: n,
        nonce: 4242,
        bits: 386043450,
        difficulty: 9e13,
        merkle_root: hex(64, n),
        previousblockhash: hex(64, n + 1),
      },
    }),
  ]),
  'mempool feed': rounds([c({ op: 'unconfirmed_sub' })], (n) => [
    s({ op: 'utx', x: { hash: hex(64, n), lock_time: 0 } }),
  ]),
  'hash feed as lists': rounds([c({ id: 1, method: 'sub', params: [] })], (n) => [
    s({ id: 0, result: [hash(n), hash(n + 1), hash(n + 2)] }),
  ]),
  nostr: rounds([c(['REQ', 'a', { kinds: [1] }])], (n) => [
    s([
      'EVENT',
      'a',
      { id: hex(64, n), pubkey: hex(64, 2), sig: hex(128, n), tags: [['nonce', '77', '20']] },
    ]),
  ]),
  'job queue with nonce and target': rounds(
    [c({ method: 'worker.register', id: 1, params: { name: 'w1' } }), answer({ status: 'OK' })],
    (n) => [
      push('job', { job_id: `${n}`, nonce: hex(8, n), target: 'x86_64-linux', blob: 'ci/build.tar' }),
      rpc('submit', { job_id: `${n}`, result: 'success' }, n + 2),
      answer({ status: 'OK' }, n + 2),
    ],
  ),
  'render farm': rounds(
    [rpc('login', { login: 'artist', pass: 'pw' }), answer({ status: 'OK', id: 'sess' })],
    (n) => [
      rpc('submit', { job_id: `shot-${n}`, frame: n, scene: 'a.blend' }, n + 2),
      answer({ status: 'OK', job_id: `shot-${n}` }, n + 2),
    ],
  ),
  'scheduler with checksums': rounds(
    [rpc('login', { login: 'node7', pass: 'pw', agent: 'sched/2.1' }), answer({ status: 'OK', id: 'sess' })],
    (n) => [
      push('job', { job_id: `t${n}`, cmd: 'sim', hash: hex(64, n) }),
      rpc('submit', { job_id: `t${n}`, exit: 0, result: hex(64, n) }, n + 2),
      answer({ status: 'OK' }, n + 2),
    ],
  ),
  'firmware by jobs': rounds([c({ method: 'hello', params: { dev: 'lamp' } })], (n) => [
    push('job', { job_id: `fw${n}`, blob: hex(400, n), target: '08004000' }),
    c({ method: 'ack', params: { job_id: `fw${n}` } }),
  ]),
  'game log-in with agent': rounds(
    [
      rpc('login', { login: 'player7', pass: 'hunter2', agent: 'Game/1.2' }),
      answer({ status: 'OK', token: hex(32, 1) }),
    ],
    (n) => [rpc('keepalived', { id: 'sess' }, n + 2), answer({ status: 'KEEPALIVED' }, n + 2)],
  ),
  'game log-in refused': [
    rpc('login', { login: 'player7', pass: 'hunter2', agent: 'Game/1.2' }),
    s({ jsonrpc: '2.0', id: 1, error: { code: -1, message: 'Invalid password' } }),
  ],
  'shop log-in answered ok': rounds([rpc('login', { login: 'shop', pass: 'pw' }), answer('ok')], (n) => [
    rpc('status', null, n + 2),
    answer('ok', n + 2),
  ]),
  'service with api key at the root': rounds(
    [
      c({ id: 'login', jsonrpc: '2.0', method: 'login', api_key: hex(32, 1) }),
      s({ id: 'login', status: 'welcome' }),
    ],
    (n) => [c({ id: n, method: 'list' }), s({ id: n, items: [] })],
  ),
  'telephone over sockets': [
    rpc('login', { login: '1008@pbx.example', passwd: '1234', sessid: 'a' }),
    s({ jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'Authentication Required' } }),
    rpc('login', { login: '1008@pbx.example', passwd: '1234', sessid: 'a' }, 2),
    answer({ message: 'logged in', sessid: 'a' }, 2),
  ],
  'chat bot': rounds([c({ type: 'auth', token: 'x' }), s({ type: 'hello' })], (n) => [
    s({ type: 'message', text: '{"id":1,"method":"mining.subscribe","params":["cgminer/4.11.1"]}', id: n }),
    c({ type: 'reply', text: 'nice', id: n }),
  ]),
  'captcha widget': rounds(
    [
      c({ type: 'auth', params: { site_key: hex(32, 1), user: null } }),
      s({ type: 'challenge', params: { nonce: hex(8, 1), difficulty: 4 } }),
    ],
    (n) => [c({ type: 'submit', params: { nonce: hex(8, n) } }), s({ type: 'verified', params: {} })],
  ),
  'widget with handshake': [
    c({ identifier: 'handshake', login: 'visitor', version: 7 }),
    s({ identifier: 'welcome' }),
    c({ identifier: 'join', room: 4 }),
    s({ identifier: 'joined' }),
  ],
  'telemetry with the word stratum': rounds([c({ hello: 'sensor-7' })], (n) => [
    c({ stratum: 2, offset: 0.01, host: 'ntp1', job_id: n }),
    s({ ok: true }),
  ]),
  'process mining': rounds([rpc('mining.subscribe', { dataset: 'orders' }), answer({ ok: true })], (n) => [
    push('mining.notify', { dataset: 'orders', rows: n }),
    rpc('mining.submit', { dataset: 'orders', query: 'q' }, n + 2),
    answer({ rows: [] }, n + 2),
  ]),
  'process mining with lists': rounds(
    [rpc('mining.subscribe', ['orders']), answer({ stream: 's1' })],
    (n) => [
      push('mining.notify', ['orders', n]),
      rpc('mining.submit', ['alice', 'query-1'], n + 2),
      answer({ rows: [] }, n + 2),
    ],
  ),
  'process mining with proofs': rounds(
    [rpc('mining.authorize', { wallet: 'team', worker: 'etl', pass: 'x' }), answer(true)],
    (n) => [
      push('mining.notify', { job_id: `ab12cd3${n}_7`, header: 'time,actor,step', target: 'fe', height: n }),
      rpc('mining.submit', { job_id: `ab12cd3${n}_7`, plain_proof: 'a<b and b<c' }, n + 2),
      answer({ rows: [] }, n + 2),
    ],
  ),
  'process mining with rows of seven': rounds(
    [rpc('mining.hello', ['etl/1', 'EventStratum']), answer({ ok: true })],
    (n) => [
      push('mining.notify', [`${n}`, hex(64, n), 'order paid', 'aabbccdd', '0011', 'x', true]),
      push('mining.notify', [`${n}`, hex(64, n), n, 'paid']),
      push('mining.notify', [`${n}`, n, hex(64, n), 'aabbccdd']),
      rpc('mining.submit', ['alice', `${n}`, 'c0ffee'], n + 2),
      answer({ rows: [] }, n + 2),
    ],
  ),
  'build farm with checksums': rounds(
    [rpc('login', { login: 'builder', pass: 'pw' }), answer({ id: 'b1', algo: 'hs256', token: 'ff81' })],
    (n) => [
      push('job', { job_id: `${n}`, blob: hex(64, n), target: 'deadbeef', algo: 'sha256', height: n }),
      rpc('getjob', { id: 'b1' }, n + 2),
      answer({ job_id: `${n}`, blob: 'UEsDBBQ=', target: 'linux' }, n + 2),
      rpc('done', { job_id: `${n}`, result: hex(64, n + 9) }, n + 9),
      answer('stored', n + 9),
    ],
  ),
  'language model behind a prefix': asks('ctxc_getWork', ['tasks'], () => ({ tasks: [] })),
  'miner management': rounds([], () => [
    c({ command: 'summary+pools' }),
    s({ STATUS: [{ STATUS: 'S' }], SUMMARY: [{ 'MHS av': 1e8, Accepted: 4 }] }),
  ]),
  'web page jobs': rounds([], (n) => [
    s({ type: 'job', params: { title: 'Miner wanted', job_id: `${n}`, blob: 'text', target: 'adults' } }),
  ]),
};

const RECORDS: Record<string, readonly Said[]> = {
  'shipper of alerts': rounds([], (n) => [
    c({
      event_type: 'alert',
      payload_printable: minerLines(n)
        .map((line) => JSON.stringify(line))
        .join('\n'),
      stratum: minerLines(n)[2],
    }),
  ]),
  'shipper of raw lines': rounds([], (n) => [...minerLines(n), ...poolLines(n)].map((line) => c(line))),
  'shipper of raw lines, acknowledged': rounds([], (n) => [
    ...[...minerLines(n), ...poolLines(n)].map((line) => c(line)),
    s('OK'),
  ]),
  'shipper of pool lines, acknowledged in JSON': rounds([], (n) => [
    ...poolLines(n).map((line) => c(line)),
    s({ ack: n }),
  ]),
  'shipper of Monero lines, acknowledged': rounds([], (n) => [
    ...moneroLines(n).map((line) => c(line)),
    s({ status: 'ok', seq: n }),
  ]),
  'log file sent by netcat': rounds([], (n) => [...poolLines(n), ...minerLines(n)].map((line) => c(line))),
  'log file fetched from a server': rounds([c('GET mining.log')], (n) =>
    [...minerLines(n), ...poolLines(n)].map((line) => s(line)),
  ),
  'log of pool lines fetched': rounds([c({ cmd: 'tail', file: 'pool.log' })], (n) => [
    ...poolLines(n).map((line) => s(line)),
    c({ cmd: 'more' }),
  ]),
  echo: rounds([], (n) => minerLines(n).flatMap((line) => [c(line), s(line)])),
  'echo of pool lines': rounds([], (n) => poolLines(n).flatMap((line) => [c(line), s(line)])),
  'replay to a file server': rounds([], (n) => minerLines(n).flatMap((line) => [c(line), s('200 stored')])),
  'replay to a JSON-RPC service': rounds([], (n) =>
    minerLines(n).flatMap((line) => [c(line), notFound((line as { id: number }).id)]),
  ),
  'replay to a service with its own errors': rounds([], (n) =>
    minerLines(n).flatMap((line) => [
      c(line),
      s({ id: (line as { id: number }).id, error: 'unknown method', result: null }),
    ]),
  ),
  'scan answered by a web server': [
    c(minerLines(0)[0]!),
    ['s', Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')],
  ],
  'pasted into a chat of raw lines': rounds([c({ nick: 'ann' }), s({ nick: 'bob' })], (n) => [
    ...minerLines(n)
      .slice(0, 1)
      .map((line) => s(line)),
    c({ say: 'what is this?' }),
  ]),
  'irc with pasted lines': rounds([['c', Buffer.from('NICK a\r\nUSER a 0 * :a\r\n')]], (n) => [
    ['s', Buffer.from(`:b!b@c PRIVMSG #x :${JSON.stringify(minerLines(n)[2])}\r\n`)],
    ['c', Buffer.from(`PRIVMSG #x :${JSON.stringify(poolLines(n)[1])}\r\n`)],
  ]),
  'mail with pasted lines': [
    ['s', Buffer.from('220 mx ESMTP\r\n')],
    ['c', Buffer.from('EHLO a\r\n')],
    ['s', Buffer.from('250 ok\r\n')],
    ['c', Buffer.from(`DATA\r\n`)],
    ['s', Buffer.from('354 go\r\n')],
    ...rounds([], (n) => [...minerLines(n), ...poolLines(n)].map((line) => c(line))),
    ['c', Buffer.from('.\r\n')],
    ['s', Buffer.from('250 queued\r\n')],
  ],
};

const HTTP: Record<string, readonly Said[]> = {
  'bitcoin rpc: explorer with templates': rounds([], (n) => [
    post(
      { id: n, method: 'getblocktemplate', params: [{ rules: ['segwit'] }] },
      '\r\nAuthorization: Basic dTpw',
    ),
    ok({ id: n, error: null, result: template(n) }),
    post({ id: n, method: 'getmininginfo', params: [] }),
    ok({ id: n, error: null, result: { difficulty: 9e13 } }),
  ]),
  'bitcoin rpc: one template': [
    post({ id: 1, method: 'getblocktemplate', params: [{ rules: ['segwit'] }] }),
    ok({ id: 1, error: null, result: template(1) }),
  ],
  'ethereum rpc: work watched every half minute': rounds([], (n) => [
    post({ jsonrpc: '2.0', id: n, method: 'eth_getWork', params: [] }),
    ...Array.from({ length: 14 }, (): Said[] => [
      post({ jsonrpc: '2.0', id: 9, method: 'eth_blockNumber', params: [] }),
      ok({ jsonrpc: '2.0', id: 9, result: '0x1' }),
    ]).flat(),
    ok({ jsonrpc: '2.0', id: n, result: work(n) }),
  ]).slice(1),
  'ethereum rpc: filter changes': rounds([], (n) => [
    post({ jsonrpc: '2.0', id: n, method: 'eth_getFilterChanges', params: ['0x1'] }),
    ok({ jsonrpc: '2.0', id: n, result: [hash(n), hash(n + 1), hash(n + 2)] }),
  ]),
  'monero rpc: wallet': rounds([], (n) => [
    post({ jsonrpc: '2.0', id: '0', method: 'get_info' }, '', '/json_rpc'),
    ok({ id: '0', jsonrpc: '2.0', result: { height: n, difficulty: 3e11 } }),
  ]),
  'monero rpc: templates watched every second': rounds([], (n) => [
    post({ jsonrpc: '2.0', id: n, method: 'get_info' }, '', '/json_rpc'),
    ok({ id: n, jsonrpc: '2.0', result: { height: n, difficulty: 3e11 } }),
    post(
      {
        jsonrpc: '2.0',
        id: n,
        method: 'get_block_template',
        params: { wallet_address: `4${hex(94, 3)}`, reserve_size: 60 },
      },
      '',
      '/json_rpc',
    ),
    ok({
      id: n,
      jsonrpc: '2.0',
      result: {
        blocktemplate_blob: hex(400, n),
        blockhashing_blob: hex(152, n),
        height: n,
        difficulty: 3e11,
        seed_hash: hex(64, 2),
      },
    }),
  ]),
  'bulk of raw lines': rounds([], (n) => [['c', bulk(n)], ok({ errors: false })]),
  'post of a list of lines': rounds([], (n) => [
    post([...minerLines(n), ...poolLines(n)]),
    ok([{ ok: true }]),
  ]),
  'http echo': rounds([], (n) => [
    post({ id: n, method: 'getwork', params: [] }),
    ok({ id: n, method: 'getwork', params: [] }),
  ]),
  'pool statistics': rounds([], () => [
    ['c', Buffer.from('GET /api/stats HTTP/1.1\r\nHost: pool.example\r\nUser-Agent: Mozilla/5.0\r\n\r\n')],
    ok({ hashrate: 1e12, miners: 4, lastShare: 1, worker: 'rig1' }),
  ]),
  'getwork not known': rounds([], (n) => [
    post({ id: n, method: 'getwork', params: [] }),
    ok({ id: n, result: null, error: { code: -32601, message: 'Method not found' } }),
  ]),
  'work service of another kind': rounds([], (n) => [
    post({ id: n, method: 'getwork', params: [] }),
    ok({ id: n, result: { task: n }, error: null }),
  ]),
};

function bulk(n: number): Buffer {
  const body = [...minerLines(n), ...poolLines(n)]
    .map((line) => `{"index":{}}\n${JSON.stringify(line)}\n`)
    .join('');
  return Buffer.from(
    `POST /_bulk HTTP/1.1\r\nHost: es.example:9200\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

const SOCKETS: Record<string, readonly Said[]> = {
  'socket: chat of raw lines': webSocket(
    rounds([c({ join: 1 }), s({ ok: 1 })], (n) => [s(minerLines(n)[0]!), c({ say: 'hm' })]),
  ),
  'socket: echo': webSocket(RECORDS.echo ?? []),
  'socket: captcha': webSocket(JSON_SERVICES['captcha widget'] ?? []),
  'socket: ethereum node': webSocket(JSON_SERVICES['ethereum node: filter changes'] ?? []),
  'socket: hash feed': webSocket(JSON_SERVICES['hash feed as lists'] ?? []),
  'socket: firmware': webSocket(JSON_SERVICES['firmware by jobs'] ?? []),
  'socket: socket.io': webSocket(
    rounds([], (n) => [c(`42["job",{"job_id":"${n}","nonce":"${hex(8, n)}"}]`), s('3')]),
  ),
  'socket: work of a game': webSocket(
    rounds([], (n) => [
      s({ new_job: { name: 'dig', height: n, difficulty: 'hard', miner_work: 'gold' } }),
      c({ miner_work: hex(16, n) }),
      s('"block_accepted"'),
    ]),
  ),
  'socket: work looked at every minute': webSocket(
    rounds([], (n) => [
      rpc('eth_getWork', [], n),
      answer(work(n), n),
      ['c', '{}'],
      ['c', '{}'],
      ['c', '{}'],
      ['c', '{}'],
      ['c', '{}'],
    ]),
  ),
};

const FRAMED: Record<string, readonly Said[]> = {
  'language server': rounds([], (n) => [
    lsp('c', { jsonrpc: '2.0', id: n, method: 'textDocument/hover', params: {} }),
    lsp('s', { jsonrpc: '2.0', id: n, result: null }),
  ]),
  'debug adapter': rounds([], (n) => [
    lsp('c', { seq: n, type: 'request', command: 'threads' }),
    lsp('s', { seq: n, type: 'response', success: true }),
  ]),
  nats: [
    ['s', Buffer.from('INFO {"server_id":"x","nonce":"abc"}\r\n')],
    ['c', Buffer.from('CONNECT {"verbose":false}\r\nSUB jobs 1\r\n')],
    ...rounds([], (n): Said[] => [
      ['s', Buffer.from(`MSG jobs 1 44\r\n${JSON.stringify(poolLines(n)[1])}\r\n`)],
      ['c', Buffer.from('PONG\r\n')],
    ]),
  ],
  redis: rounds([], (n): Said[] => [
    ['c', Buffer.from(`*3\r\n$5\r\nLPUSH\r\n$4\r\njobs\r\n$60\r\n${JSON.stringify(minerLines(n)[2])}\r\n`)],
    ['s', Buffer.from(':1\r\n')],
  ]),
  mqtt: rounds(
    [
      ['c', Buffer.from('101000044d5154540402003c0004636c6931', 'hex')],
      ['s', Buffer.from('20020000', 'hex')],
    ],
    (n): Said[] => {
      const body = JSON.stringify({ job_id: n, nonce: hex(8, n), target: hex(8, n) });
      return [
        [
          'c',
          Buffer.concat([Buffer.from([0x30, body.length + 6, 0, 4]), Buffer.from('jobs'), Buffer.from(body)]),
        ],
      ];
    },
  ),
  git: [
    ['c', Buffer.from('0032git-upload-pack /x.git\0host=git.example\0')],
    ['s', Buffer.from(`00a0${hex(40, 1)} HEAD\0side-band\n`)],
    ['s', Buffer.from(JSON.stringify(minerLines(1)[0]))],
  ],
  'port opened and closed': [],
};

/** Told from mining only where the beginning was heard: nobody logged in, and no work was given out. */
export const UNPROMPTED: readonly Message[] = talk(
  rounds([], (n) => [
    rpc('submit', { id: `${n}`, job_id: `t${n}`, nonce: hex(8, n), result: hex(64, n) }, n),
    answer({ status: 'OK' }, n),
  ]),
);

/** Name → what is said. */
export const BENIGN_SESSIONS: Readonly<Record<string, Message[]>> = Object.fromEntries(
  Object.entries({ ...JSON_SERVICES, ...RECORDS, ...HTTP, ...SOCKETS, ...FRAMED }).map(([name, said]) => [
    name,
    talk(said),
  ]),
);
