/** Small sessions of every dialect, written for the tests: `>` client, `<` server. Values are made up. */
import type { Line } from './harness.js';

/** `digits` hex digits that differ by `seed`. */
export function h(digits: number, seed = 1): string {
  let out = '';
  let state = (seed * 2654435761) >>> 0;
  while (out.length < digits) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out += state.toString(16).padStart(8, '0');
  }
  return out.slice(0, digits);
}

export const x = (digits: number, seed = 1) => `0x${h(digits, seed)}`;

/** A target worth 2^32 hashes. */
export const TARGET = `00000001${'0'.repeat(56)}`;
const ok = (id: unknown, result: unknown = true) => ({ id, result, error: null });
const call = (id: unknown, method: string, params: unknown) => ({ id, method, params });
const push = (method: string, params: unknown) => ({ id: null, method, params });

type Said = readonly ['>' | '<', unknown];

export interface Sample {
  readonly dialect: string;
  readonly said: readonly Said[];
  /** Where the session first shows a job and a share after the handshake: late starts begin here at the latest. */
  readonly handshake: number;
  readonly login?: string;
  readonly worker?: string;
  readonly agent?: string;
  readonly coin?: string;
  readonly hashes?: number;
  readonly algorithm?: string;
  readonly wrapper?: 'websocket' | 'http';
  /** Nobody answers shares here. */
  readonly unanswered?: boolean;
  /** Name by the client's messages alone, or the server's, where it differs. */
  readonly clientOnly?: string;
  readonly serverOnly?: string;
  /** Shares that count without any word of the server. */
  readonly clientShares?: number;
}

const subscribed = [
  [
    ['mining.set_difficulty', 'a1'],
    ['mining.notify', 'a1'],
  ],
  h(8),
  4,
];
const bytes = (count: number) => Array.from({ length: count }, (_, at) => (at * 37 + 11) & 255);
const USER = 'account.rig1';
const WALLET = 'W4lletOfNobody';
const PEARL_WALLET = `prl1p${'q'.repeat(58)}`;

interface ArraySpec extends Omit<Sample, 'said' | 'handshake'> {
  readonly agentParams?: unknown;
  readonly subscribeResult?: unknown;
  readonly target?: Said;
  readonly authorize?: unknown;
  readonly job: (n: number) => unknown;
  readonly share: (n: number) => unknown;
}

/** subscribe, authorize, target, two jobs with a share each, one of them refused. */
function arraySession(spec: ArraySpec): Sample {
  const { job, share, agentParams, subscribeResult, target, authorize, ...rest } = spec;
  const said: Said[] = [
    ['>', call(1, 'mining.subscribe', agentParams ?? ['testminer/1.0'])],
    ['<', ok(1, subscribeResult ?? subscribed)],
    ['>', call(2, 'mining.authorize', authorize ?? [USER, 'x'])],
    ['<', ok(2)],
    target ?? ['<', push('mining.set_difficulty', [1])],
    ['<', push('mining.notify', job(1))],
    ['>', call(3, 'mining.submit', share(1))],
    ['<', ok(3)],
    ['<', push('mining.notify', job(2))],
    ['>', call(4, 'mining.submit', share(2))],
    ['<', { id: 4, result: null, error: [21, 'Job not found', null] }],
  ];
  return { login: USER, worker: 'rig1', agent: 'testminer/1.0', ...rest, said, handshake: 5 };
}

const bitcoinJob = (n: number) => [
  `j${n}`,
  h(64, n),
  `01000000010${h(79, n)}`,
  h(120, n),
  [h(64, 3), h(64, 4)],
  '20000000',
  '17035d18',
  h(8, n),
  true,
];
const setTarget: Said = ['<', push('mining.set_target', [TARGET])];
const cnJob = (n: number) => ({
  blob: h(152, n),
  job_id: `cn${n}`,
  target: 'b88d0600',
  algo: 'rx/0',
  height: n,
});
const cnShare = (n: number) => ({ id: 'sess', job_id: `cn${n}`, nonce: h(8, n), result: h(64, n) });
const work = (n: number) => [x(64, n), x(64, 99), `0x${TARGET}`];
const template = { version: 1, previousblockhash: h(64), transactions: [], bits: '17035d18', height: 1 };

export const SAMPLES: readonly Sample[] = [
  arraySession({
    dialect: 'stratum-v1',
    authorize: [USER, 'c=LTC,d=32'],
    coin: 'LTC',
    job: bitcoinJob,
    share: (n) => [USER, `j${n}`, h(8, n), h(8, n), h(8, n)],
  }),
  arraySession({
    dialect: 'decred',
    coin: 'DCR',
    hashes: 2 ** 32,
    job: (n) => [`j${n}`, h(64, n), h(216, n), '', [], h(8), h(8), h(8), true],
    share: (n) => [USER, `j${n}`, h(24, n), h(8, n), h(8, n)],
    clientOnly: 'stratum-v1',
  }),
  arraySession({
    dialect: 'handshake',
    coin: 'HNS',
    job: (n) => [`j${n}`, h(64, n), h(120, n), h(180, n), [], h(64), h(64), h(64), h(8), h(8), h(8), true],
    share: (n) => [USER, `j${n}`, h(8, n), h(8, n), h(8, n), '0'.repeat(64)],
  }),
  arraySession({
    dialect: 'zip-301',
    agentParams: ['testminer/1.0', null, 'pool.example.net', '3333'],
    subscribeResult: [h(10), h(10)],
    target: setTarget,
    hashes: 2 ** 32,
    algorithm: 'equihash-200-9',
    job: (n) => [`j${n}`, '04000000', h(64, n), h(64, n), h(64, n), h(8), h(8), true],
    share: (n) => [USER, `j${n}`, h(8), h(54, n), `fd4005${h(2688, n)}`],
  }),
  arraySession({
    dialect: 'stratum-v1-kawpow',
    subscribeResult: [null, '0a3f'],
    target: setTarget,
    hashes: 2 ** 32,
    job: (n) => [`j${n}`, h(64, n), h(64, 5), TARGET, true, 3_500_000 + n, '1b00a1f2'],
    share: (n) => [USER, `j${n}`, x(16, n), x(64, n), x(64, n + 7)],
  }),
  arraySession({
    dialect: 'stratum-v1-ethash',
    job: (n) => [`j${n}`, x(64, n), x(64, 5), `0x${TARGET}`, true],
    share: (n) => [USER, `j${n}`, x(16, n), x(64, n), x(64, n + 7)],
    hashes: 2 ** 32,
    clientOnly: 'stratum-v1-kawpow',
  }),
  arraySession({
    dialect: 'ergo',
    coin: 'ERG',
    subscribeResult: [null, '2d0a', 6],
    job: (n) => [`j${n}`, 760_100 + n, h(64, n), '', '', 2, (2n ** 224n).toString(), '', true],
    hashes: 2 ** 32,
    share: (n) => [USER, `j${n}`, h(12, n), '00000000', h(16, n)],
  }),
  arraySession({
    dialect: 'kaspa',
    coin: 'KAS',
    subscribeResult: [true, 'EthereumStratum/1.0.0'],
    hashes: 2 ** 32,
    job: (n) => [`${n}`, [9_973_181_945, 12_881_310, 15_118_455, 12_662_020], 1_768_000_000_000 + n],
    share: (n) => [USER, `${n}`, x(16, n)],
  }),
  arraySession({
    dialect: 'ckb',
    coin: 'CKB',
    subscribeResult: ['null', h(8), 12],
    target: setTarget,
    hashes: 2 ** 32,
    job: (n) => [`j${n}`, h(64, n), 12_000 + n, h(64, 9), true],
    share: (n) => [USER, `j${n}`, h(24, n)],
  }),
  arraySession({
    dialect: 'kadena',
    coin: 'KDA',
    subscribeResult: [null, '012345', 5],
    target: setTarget,
    hashes: 2 ** 32,
    job: (n) => [`j${n}`, h(572, n), false],
    share: (n) => [USER, `j${n}`, h(10, n)],
    clientOnly: 'ethereumstratum-1',
  }),
  arraySession({
    dialect: 'sia',
    coin: 'SC',
    subscribeResult: true,
    hashes: 2 ** 32,
    job: (n) => [`${n}`, x(160, n), `0x${TARGET}`],
    share: (n) => [USER, `${n}`, x(160, n)],
  }),
  arraySession({
    dialect: 'aleo',
    coin: 'ALEO',
    agentParams: ['testminer/1.0', 'AleoStratum/1.0.0', null],
    subscribeResult: ['s-1', null],
    target: ['<', push('mining.set_target', [35_184_372_088])],
    job: (n) => [`${n}f`, h(64, n), h(64, 2), h(64, 3), h(64, 4), h(64, 5), true],
    share: (n) => [USER, `${n}f`, h(64, n), h(1542, n)],
  }),
  arraySession({
    dialect: 'aeternity',
    agentParams: ['testminer/1.0', null, 'pool.example.net', 3333],
    subscribeResult: ['sess', h(8)],
    target: setTarget,
    hashes: 2 ** 32,
    job: (n) => [`j${n}`, 5, h(64, n), true],
    share: (n) => [USER, `j${n}`, h(8, n), Array.from({ length: 42 }, (_, at) => at * 1000 + n)],
  }),
  arraySession({
    dialect: 'xelis',
    coin: 'XEL',
    authorize: [WALLET, 'rig1', 'x'],
    login: WALLET,
    job: (n) => [`j${n}`, '190f3e1b6a8', h(64, n), 'xel/1', true],
    share: (n) => ['rig1', `j${n}`, h(16, n)],
    clientOnly: 'ethereumstratum-1',
  }),
  arraySession({
    dialect: 'nexa',
    coin: 'NEXA',
    hashes: 2 ** 32,
    job: (n) => [`j${n}`, h(64, n), '1b02fab2', `00000000${h(8, n)}`, true],
    share: (n) => [USER, `j${n}`, h(32, n), `00000000${h(8, n)}`],
  }),
  arraySession({
    dialect: 'warthog',
    coin: 'WART',
    job: (n) => [`j${n}`, h(64, n), h(120, n), '00000002', '1a2b3c4d', h(8, n), false],
    share: (n) => [USER, `j${n}`, h(12, n), h(8, n), h(8, n)],
    clientOnly: 'stratum-v1',
  }),
  arraySession({
    dialect: 'pearl',
    coin: 'PRL',
    agentParams: ['testminer/1.0'],
    subscribeResult: true,
    authorize: { wallet: PEARL_WALLET, worker: 'rig1', pass: 'x' },
    login: PEARL_WALLET,
    hashes: 2 ** 32,
    job: (n) => ({ job_id: `${h(8, n)}_262144`, header: h(152, n), target: TARGET, height: n }),
    share: (n) => ({ job_id: `${h(8, n)}_262144`, plain_proof: h(2000, n) }),
  }),
  arraySession({
    dialect: 'conflux',
    coin: 'CFX',
    subscribeResult: 'true',
    hashes: 2 ** 32,
    job: (n) => [x(64, n), x(64, n), `0x${TARGET}`],
    share: (n) => [USER, x(64, n), x(64, n + 3), x(64, n)],
  }),
  arraySession({
    dialect: 'ethereumstratum-1',
    agentParams: ['testminer/1.0', 'EthereumStratum/1.0.0'],
    subscribeResult: [['mining.notify', h(32), 'EthereumStratum/1.0.0'], h(6)],
    hashes: 2 ** 32,
    job: (n) => [`j${n}`, h(64, 9), h(64, n), true],
    share: (n) => [USER, `j${n}`, h(10, n)],
  }),
  {
    dialect: 'ethereumstratum-2',
    handshake: 7,
    agent: 'testminer/1.0',
    login: USER,
    worker: 'rig1',
    hashes: 2 ** 32,
    said: [
      [
        '>',
        call(1, 'mining.hello', {
          agent: 'testminer/1.0',
          host: 'pool.example.net',
          port: 'd05',
          proto: 'EthereumStratum/2.0.0',
        }),
      ],
      [
        '<',
        { id: 1, result: { proto: 'EthereumStratum/2.0.0', encoding: 'plain', resume: '0', timeout: 'b4' } },
      ],
      ['>', { id: 2, method: 'mining.subscribe' }],
      ['<', { id: 2, result: 's-12345' }],
      ['>', call(3, 'mining.authorize', [USER, 'x'])],
      ['<', { id: 3, result: 'w-123' }],
      [
        '<',
        { method: 'mining.set', params: { epoch: '1a', target: TARGET, algo: 'ethash', extranonce: 'ab' } },
      ],
      ['<', { method: 'mining.notify', params: ['bf0488aa', '6526d5', h(64, 1), '0'] }],
      ['>', call(40, 'mining.submit', ['bf0488aa', h(12, 2), 'w-123'])],
      ['<', { id: 40, result: true }],
      ['<', { method: 'mining.notify', params: ['bf0488ab', '6526d6', h(64, 2), '1'] }],
      ['>', call(41, 'mining.submit', ['bf0488ab', h(12, 3), 'w-123'])],
      ['<', { id: 41, error: { code: 406, message: 'Bad nonce' } }],
    ],
  },
  {
    dialect: 'ethproxy',
    handshake: 4,
    login: '0xwallet',
    worker: 'rig1',
    hashes: 2 ** 32,
    said: [
      ['>', { ...call(1, 'eth_submitLogin', ['0xwallet', 'x']), worker: 'rig1' }],
      ['<', { id: 1, jsonrpc: '2.0', result: true }],
      ['>', call(5, 'eth_getWork', [])],
      ['<', { id: 5, jsonrpc: '2.0', result: work(1) }],
      ['<', { id: 0, jsonrpc: '2.0', result: work(2) }],
      ['>', { ...call(40, 'eth_submitWork', [x(16), work(2)[0], x(64, 5)]), worker: 'rig1' }],
      ['<', { id: 40, jsonrpc: '2.0', result: true }],
      ['>', { ...call(9, 'eth_submitHashrate', ['0x5f5e100', x(64, 6)]), worker: 'rig1' }],
      ['<', { id: 9, jsonrpc: '2.0', result: true }],
      ['<', { id: 0, jsonrpc: '2.0', result: work(3) }],
      ['>', call(40, 'eth_submitWork', [x(16, 2), work(3)[0], x(64, 5)])],
      ['<', { id: 40, jsonrpc: '2.0', result: false }],
    ],
  },
  {
    dialect: 'cortex',
    handshake: 4,
    login: '0xwallet',
    worker: 'rig1',
    coin: 'CTXC',
    hashes: 2 ** 32,
    serverOnly: 'ethproxy',
    said: [
      ['>', { ...call(72, 'ctxc_submitLogin', ['0xwallet']), worker: 'rig1' }],
      ['<', { id: 72, jsonrpc: '2.0', result: true }],
      ['>', call(100, 'ctxc_getWork', [''])],
      ['<', { id: 100, jsonrpc: '2.0', result: work(1) }],
      ['<', { id: 0, jsonrpc: '2.0', result: work(2) }],
      ['>', { ...call(73, 'ctxc_submitWork', [x(16), work(2)[0], x(336, 5)]), worker: 'rig1' }],
      ['<', { id: 73, jsonrpc: '2.0', result: true }],
      ['<', { id: 0, jsonrpc: '2.0', result: work(3) }],
      ['>', call(73, 'ctxc_submitWork', [x(16, 2), work(3)[0], x(336, 6)])],
      ['<', { id: 73, jsonrpc: '2.0', result: false }],
    ],
  },
  {
    dialect: 'cryptonote',
    handshake: 2,
    login: `${WALLET}.rig1`,
    worker: 'rig1',
    agent: 'XMRig/6.26.0 (Linux x86_64)',
    coin: 'XMR',
    algorithm: 'rx/0',
    hashes: 10_000,
    said: [
      [
        '>',
        {
          id: 1,
          jsonrpc: '2.0',
          method: 'login',
          params: {
            login: `${WALLET}.rig1`,
            pass: 'x',
            agent: 'XMRig/6.26.0 (Linux x86_64)',
            algo: ['rx/0'],
          },
        },
      ],
      ['<', { id: 1, jsonrpc: '2.0', error: null, result: { id: 'sess', job: cnJob(1), status: 'OK' } }],
      ['<', { jsonrpc: '2.0', method: 'job', params: cnJob(2) }],
      ['>', { id: 2, jsonrpc: '2.0', method: 'submit', params: cnShare(2) }],
      ['<', { id: 2, jsonrpc: '2.0', error: null, result: { status: 'OK' } }],
      ['>', { id: 3, jsonrpc: '2.0', method: 'keepalived', params: { id: 'sess' } }],
      ['<', { id: 3, jsonrpc: '2.0', error: null, result: { status: 'KEEPALIVED' } }],
      ['<', { jsonrpc: '2.0', method: 'job', params: cnJob(3) }],
      ['>', { id: 4, jsonrpc: '2.0', method: 'submit', params: cnShare(3) }],
      ['<', { id: 4, jsonrpc: '2.0', error: { code: -1, message: 'Low difficulty share' } }],
    ],
  },
  {
    dialect: 'bytom',
    handshake: 2,
    login: USER,
    worker: 'rig1',
    coin: 'BTM',
    clientOnly: 'cryptonote',
    said: [
      ['>', { id: 1, method: 'login', params: { login: USER, pass: '1', agent: 'bmminer/1.0' } }],
      ['<', ok(1, { id: USER, job: bytomJob(1), status: 'OK' })],
      ['<', { method: 'job', params: bytomJob(2) }],
      ['>', { id: 2, method: 'submit', params: { id: USER, job_id: '2', nonce: h(16), result: h(64) } }],
      ['<', ok(2, { status: 'OK' })],
      ['<', { method: 'job', params: bytomJob(3) }],
      ['>', { id: 3, method: 'submit', params: { id: USER, job_id: '3', nonce: h(16), result: h(64) } }],
      ['<', { id: 3, result: null, error: { code: 22, message: 'duplicate' } }],
    ],
  },
  {
    dialect: 'grin',
    handshake: 4,
    login: USER,
    worker: 'rig1',
    agent: 'grin-miner',
    said: [
      [
        '>',
        { id: '0', jsonrpc: '2.0', method: 'login', params: { agent: 'grin-miner', login: USER, pass: '' } },
      ],
      ['<', { id: '0', jsonrpc: '2.0', method: 'login', result: 'ok', error: null }],
      ['>', { id: '1', jsonrpc: '2.0', method: 'getjobtemplate', params: null }],
      ['<', { id: '1', jsonrpc: '2.0', method: 'getjobtemplate', result: grinJob(1), error: null }],
      ['<', { id: 'Stratum', jsonrpc: '2.0', method: 'job', params: grinJob(2) }],
      ['>', { id: '2', jsonrpc: '2.0', method: 'submit', params: grinShare(2) }],
      ['<', { id: '2', jsonrpc: '2.0', method: 'submit', result: 'ok', error: null }],
      ['<', { id: 'Stratum', jsonrpc: '2.0', method: 'job', params: grinJob(3) }],
      ['>', { id: '3', jsonrpc: '2.0', method: 'submit', params: grinShare(3) }],
      [
        '<',
        { id: '3', jsonrpc: '2.0', method: 'submit', error: { code: -32501, message: 'low difficulty' } },
      ],
    ],
  },
  {
    dialect: 'epic',
    handshake: 4,
    login: USER,
    worker: 'rig1',
    agent: 'epic-miner',
    coin: 'EPIC',
    said: [
      [
        '>',
        { id: '0', jsonrpc: '2.0', method: 'login', params: { agent: 'epic-miner', login: USER, pass: '' } },
      ],
      ['<', { id: '0', jsonrpc: '2.0', method: 'login', result: 'ok', error: null }],
      ['>', { id: '1', jsonrpc: '2.0', method: 'getjobtemplate', params: { algorithm: 'randomx' } }],
      ['<', { id: '1', jsonrpc: '2.0', method: 'getjobtemplate', result: epicJob(1), error: null }],
      ['<', { id: 'Stratum', jsonrpc: '2.0', method: 'job', params: epicJob(2) }],
      ['>', { id: '2', jsonrpc: '2.0', method: 'submit', params: epicShare(2, { RandomX: bytes(32) }) }],
      ['<', { id: '2', jsonrpc: '2.0', method: 'submit', result: 'ok', error: null }],
      ['<', { id: 'Stratum', jsonrpc: '2.0', method: 'job', params: epicJob(3) }],
      ['>', { id: '3', jsonrpc: '2.0', method: 'submit', params: epicShare(3, { Cuckoo: [19, bytes(42)] }) }],
      [
        '<',
        { id: '3', jsonrpc: '2.0', method: 'submit', error: { code: -32501, message: 'low difficulty' } },
      ],
    ],
  },
  {
    dialect: 'beam',
    handshake: 2,
    login: 'beamkey.rig1',
    worker: 'rig1',
    coin: 'BEAM',
    said: [
      ['>', { api_key: 'beamkey.rig1', id: 'login', jsonrpc: '2.0', method: 'login' }],
      ['<', { id: 'login', jsonrpc: '2.0', method: 'result', code: 0, description: 'Login successful' }],
      ['<', { id: '1', jsonrpc: '2.0', method: 'job', difficulty: 159_383_552, input: h(64), height: 10 }],
      ['>', { id: '1', jsonrpc: '2.0', method: 'solution', nonce: h(16), output: h(208) }],
      ['<', { id: '1', jsonrpc: '2.0', method: 'result', code: 1, description: 'accepted' }],
      ['<', { id: '2', jsonrpc: '2.0', method: 'job', difficulty: 159_383_552, input: h(64, 2), height: 11 }],
      ['>', { id: '2', jsonrpc: '2.0', method: 'solution', nonce: h(16, 2), output: h(208, 2) }],
      ['<', { id: '2', jsonrpc: '2.0', method: 'result', code: -1, description: 'rejected' }],
    ],
  },
  {
    dialect: 'ironfish',
    handshake: 3,
    login: h(64, 8),
    worker: 'rig1',
    coin: 'IRON',
    hashes: 2 ** 32,
    said: [
      [
        '>',
        { id: 0, method: 'mining.subscribe', body: { version: 1, name: 'rig1', publicAddress: h(64, 8) } },
      ],
      ['<', { id: 99, method: 'mining.subscribed', body: { clientId: 20, graffiti: 'x' } }],
      ['<', { id: 100, method: 'mining.set_target', body: { target: TARGET } }],
      ['<', { id: 101, method: 'mining.notify', body: { miningRequestId: 40, header: h(368) } }],
      ['>', { id: 1, method: 'mining.submit', body: { miningRequestId: 40, randomness: h(16) } }],
      ['<', { id: 102, method: 'mining.submitted', body: { id: 1, result: true } }],
      ['<', { id: 103, method: 'mining.notify', body: { miningRequestId: 41, header: h(368, 2) } }],
      ['>', { id: 2, method: 'mining.submit', body: { miningRequestId: 41, randomness: h(16, 2) } }],
      ['<', { id: 104, method: 'mining.submitted', body: { id: 2, result: false, message: 'stale' } }],
    ],
  },
  {
    dialect: 'alephium',
    handshake: 1,
    login: USER,
    worker: 'rig1',
    coin: 'ALPH',
    said: [
      ['<', push('mining.set_difficulty', [2])],
      ['<', push('mining.notify', [chain(0), chain(1)])],
      ['>', call(1, 'mining.submit', { jobId: 'c1', fromGroup: 0, toGroup: 1, nonce: h(48), worker: USER })],
      ['<', { id: 1, method: 'mining.submit_result', result: true, error: null }],
      ['<', push('mining.notify', [chain(2), chain(3)])],
      ['>', call(2, 'mining.submit', { jobId: 'c3', fromGroup: 0, toGroup: 1, nonce: h(48), worker: USER })],
      ['<', { id: 2, method: 'mining.submit_result', result: false, error: [20, 'no'] }],
    ],
  },
  {
    dialect: 'hathor',
    handshake: 2,
    coin: 'HTR',
    login: 'Hwallet',
    said: [
      [
        '>',
        { jsonrpc: '2.0', id: 'a', method: 'subscribe', params: { address: 'Hwallet', mine_txs: false } },
      ],
      ['<', { jsonrpc: '2.0', id: 'a', result: 'ok' }],
      ['<', { jsonrpc: '2.0', id: null, method: 'job', params: htrJob(1) }],
      ['>', { jsonrpc: '2.0', id: 'b', method: 'submit', params: { job_id: 'ht1', nonce: h(16) } }],
      ['<', { jsonrpc: '2.0', id: 'b', result: 'ok' }],
      ['<', { jsonrpc: '2.0', id: null, method: 'job', params: htrJob(2) }],
      ['>', { jsonrpc: '2.0', id: 'c', method: 'submit', params: { job_id: 'ht2', nonce: h(16) } }],
      ['<', { jsonrpc: '2.0', id: 'c', error: { code: 30, message: 'stale' } }],
    ],
    clientShares: 0,
  },
  {
    dialect: 'dero',
    wrapper: 'websocket',
    handshake: 0,
    coin: 'DERO',
    unanswered: true,
    hashes: 5000,
    said: [
      ['<', { jobid: 'd1', blockhashing_blob: h(96), difficulty: '5000', height: 1 }],
      ['>', { jobid: 'd1', mbl_blob: h(96, 2) }],
      ['<', { jobid: 'd2', blockhashing_blob: h(96, 3), difficulty: '5000', height: 1 }],
      ['>', { jobid: 'd2', mbl_blob: h(96, 4) }],
    ],
  },
  {
    dialect: 'xelis-getwork',
    wrapper: 'websocket',
    handshake: 0,
    coin: 'XEL',
    unanswered: true,
    hashes: 5000,
    said: [
      [
        '<',
        {
          new_job: { algorithm: 'xel/v3', miner_work: h(224), height: 1, difficulty: '5000', topoheight: 1 },
        },
      ],
      ['>', { miner_work: h(64) + h(160, 2) }],
      [
        '<',
        {
          new_job: {
            algorithm: 'xel/v3',
            miner_work: h(224, 3),
            height: 2,
            difficulty: '5000',
            topoheight: 2,
          },
        },
      ],
      ['>', { block_template: h(64, 3) + h(160, 4) }],
    ],
  },
  {
    dialect: 'btcagent',
    handshake: 0,
    agent: 'agent/1',
    login: 'account',
    coin: 'BTC',
    unanswered: true,
    clientOnly: 'btcagent',
    serverOnly: 'stratum-v1',
    said: [
      ['>', call(1, 'agent.get_capabilities', [['verrol']])],
      ['<', { id: 1, result: { capabilities: ['verrol'] } }],
      ['>', call(2, 'mining.subscribe', ['agent/1'])],
      ['<', ok(2, subscribed)],
      ['>', call(3, 'mining.authorize', ['account', ''])],
      ['<', ok(3)],
      ['<', push('mining.notify', ['17', ...bitcoinJob(1).slice(1)])],
      ['>', frame(0x01, Buffer.from('\0\0bm/2\0account.rack1\0', 'latin1'))],
      ['<', frame(0x05, Buffer.from([16, 1, 0, 0, 0]))],
      ['>', frame(0x02, Buffer.from([17, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]))],
      ['>', frame(0x12, Buffer.from([17, 0, 0, 0x7b, 0x22, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))],
    ],
    worker: 'rack1',
  },
  {
    dialect: 'browser-coinhive',
    wrapper: 'websocket',
    handshake: 2,
    login: 'SITEKEYofnobody',
    hashes: 256,
    said: [
      [
        '>',
        { type: 'auth', params: { site_key: 'SITEKEYofnobody', type: 'anonymous', user: null, goal: 0 } },
      ],
      ['<', { type: 'authed', params: { token: '', hashes: 0 } }],
      ['<', { type: 'job', params: { blob: h(152), job_id: 'b1', target: 'ffffff00' } }],
      ['>', { type: 'submit', params: { job_id: 'b1', nonce: h(8), result: h(64) } }],
      ['<', { type: 'hash_accepted', params: { hashes: 256 } }],
      ['<', { type: 'job', params: { blob: h(152, 2), job_id: 'b2', target: 'ffffff00' } }],
      ['>', { type: 'submit', params: { job_id: 'b2', nonce: h(8), result: h(64) } }],
      ['<', { type: 'hash_accepted', params: { hashes: 512 } }],
    ],
  },
  {
    dialect: 'browser-webminerpool',
    wrapper: 'websocket',
    handshake: 1,
    login: WALLET,
    hashes: 1024,
    said: [
      [
        '>',
        {
          identifier: 'handshake',
          pool: 'pool.example.net',
          login: WALLET,
          password: 'x',
          userid: '',
          version: 8,
        },
      ],
      [
        '<',
        {
          identifier: 'job',
          job_id: 'b1',
          algo: 'cn',
          variant: 1,
          height: 1,
          blob: h(152),
          target: 'ffff3f00',
        },
      ],
      ['>', { identifier: 'solved', job_id: 'b1', nonce: h(8), result: h(64) }],
      ['<', { identifier: 'hashsolved' }],
      [
        '<',
        {
          identifier: 'job',
          job_id: 'b2',
          algo: 'cn',
          variant: 1,
          height: 1,
          blob: h(152, 2),
          target: 'ffff3f00',
        },
      ],
      ['>', { identifier: 'solved', job_id: 'b2', nonce: h(8), result: h(64) }],
      ['<', { identifier: 'hashsolved' }],
    ],
  },
  {
    dialect: 'getwork',
    wrapper: 'http',
    handshake: 0,
    said: [
      ['>', { method: 'getwork', params: [], id: 0 }],
      ['<', ok(0, { data: h(256), target: TARGET, midstate: h(64) })],
      ['>', { method: 'getwork', params: [h(256, 2)], id: 1 }],
      ['<', ok(1)],
      ['>', { method: 'getwork', params: [], id: 0 }],
      ['<', ok(0, { data: h(256, 3), target: TARGET, midstate: h(64) })],
      ['>', { method: 'getwork', params: [h(256, 4)], id: 1 }],
      ['<', ok(1, false)],
    ],
  },
  {
    dialect: 'getblocktemplate',
    wrapper: 'http',
    handshake: 0,
    said: [
      ['>', call(0, 'getblocktemplate', [{ capabilities: ['coinbasetxn'], rules: ['segwit'] }])],
      ['<', ok(0, template)],
      ['>', call(0, 'getblocktemplate', [{ capabilities: ['coinbasetxn'], rules: ['segwit'] }])],
      ['<', ok(0, template)],
      ['>', call(1, 'submitblock', [h(400)])],
      ['<', ok(1, null)],
    ],
  },
  {
    dialect: 'eth-getwork',
    wrapper: 'http',
    handshake: 0,
    hashes: 2 ** 32,
    said: [
      ['>', call(1, 'eth_getWork', [])],
      ['<', { id: 1, jsonrpc: '2.0', result: work(1) }],
      ['>', call(1, 'eth_getWork', [])],
      ['<', { id: 1, jsonrpc: '2.0', result: work(2) }],
      ['>', call(40, 'eth_submitWork', [x(16), work(2)[0], x(64, 5)])],
      ['<', { id: 40, jsonrpc: '2.0', result: true }],
    ],
  },
  {
    dialect: 'monero-daemon',
    clientOnly: 'getblocktemplate',
    wrapper: 'http',
    handshake: 0,
    login: `4${'A'.repeat(94)}`,
    said: [
      ['>', call(1, 'getblocktemplate', { wallet_address: `4${'A'.repeat(94)}`, extra_nonce: h(8) })],
      ['<', ok(1, moneroTemplate(1))],
      ['>', call(2, 'getblocktemplate', { wallet_address: `4${'A'.repeat(94)}`, extra_nonce: h(8) })],
      ['<', ok(2, moneroTemplate(2))],
      ['>', call(3, 'submitblock', [h(400)])],
      ['<', ok(3, { status: 'OK' })],
    ],
  },
];

function bytomJob(n: number) {
  return {
    version: h(16),
    height: h(16, n),
    previous_block_hash: h(64, n),
    timestamp: h(16),
    transactions_merkle_root: h(64),
    transaction_status_hash: h(64),
    nonce: h(16),
    bits: h(16),
    job_id: `${n}`,
    seed: h(64),
    target: h(62),
  };
}

function grinJob(n: number) {
  return { difficulty: 1, height: 100 + n, job_id: n, pre_pow: h(476, n) };
}

function epicJob(n: number) {
  return {
    algorithm: 'randomx',
    block_difficulty: [['randomx', 4_000_000]],
    difficulty: [['randomx', 1000]],
    epochs: [[0, 10, bytes(32)]],
    height: 100 + n,
    job_id: n,
    pre_pow: h(476, n),
  };
}

function epicShare(n: number, pow: object) {
  return { height: 100 + n, job_id: n, nonce: 12_345_678_901 + n, pow };
}

function grinShare(n: number) {
  const pow = Array.from({ length: 42 }, (_, at) => at * 77 + n);
  return { edge_bits: 32, height: 100 + n, job_id: n, nonce: 1.2e18 + n, pow };
}

function htrJob(n: number) {
  return { data: h(200, n), job_id: `ht${n}`, nonce_size: 16, weight: 60.5 };
}

function chain(n: number) {
  return {
    fromGroup: 0,
    toGroup: n,
    jobId: `c${n}`,
    headerBlob: h(400, n),
    txsBlob: h(40),
    targetBlob: h(24),
  };
}

function moneroTemplate(n: number) {
  return {
    blocktemplate_blob: h(400, n),
    blockhashing_blob: h(152, n),
    difficulty: 480_123,
    height: n,
    seed_hash: h(64),
    status: 'OK',
  };
}

function frame(command: number, body: Buffer): Buffer {
  const head = Buffer.from([0x7f, command, 0, 0]);
  head.writeUInt16LE(4 + body.length, 2);
  return Buffer.concat([head, body]);
}

export type Writer = (value: unknown) => string;
export const compact: Writer = (value) => `${JSON.stringify(value)}\n`;

/** The session as bytes, one message a second; `write` spells each JSON message. */
export function linesOf(sample: Pick<Sample, 'said'>, write: Writer = compact): Line[] {
  return sample.said.map(([side, value], index) => ({
    direction: side === '>' ? 'to-server' : 'to-client',
    atSeconds: index,
    bytes: Buffer.isBuffer(value) ? value : Buffer.from(write(value), 'utf8'),
  }));
}

/** The same value with its keys in another order and blanks strewn in, by the numbers of `random`. */
export function respell(value: unknown, random: () => number): string {
  const blank = () => ' '.repeat(Math.floor(random() * 3));
  if (Array.isArray(value)) {
    return `[${blank()}${value.map((element) => respell(element, random) + blank()).join(`,${blank()}`)}]`;
  }
  if (typeof value !== 'object' || value === null) return escapeSome(JSON.stringify(value), random);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  for (let at = entries.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [entries[at], entries[other]] = [entries[other]!, entries[at]!];
  }
  const members = entries.map(
    ([name, inner]) => `${JSON.stringify(name)}${blank()}:${blank()}${respell(inner, random)}${blank()}`,
  );
  return `{${blank()}${members.join(`,${blank()}`)}}`;
}

/** Now and then a letter as `\uXXXX`: the same string to a parser. */
function escapeSome(text: string, random: () => number): string {
  if (!text.startsWith('"') || random() > 0.2) return text;
  return text.replace(/[a-z]/, (letter) =>
    text.includes('\\') ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
