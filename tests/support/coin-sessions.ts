/** Pool sessions as current miners, pools and proxies of single coins speak, each with what must be read of it. All values made up. */
import { c, notifyParams, rounds, type Said, s } from './dialect-sessions.js';
import { hex } from './sessions.js';

export interface CoinSession {
  readonly dialect: string;
  /** First of the coins; null where nothing tells. */
  readonly coin: string | null;
  readonly wallet: string;
  readonly agent: string | null;
  readonly said: readonly Said[];
}

const yes = (id: unknown) => s({ id, result: true, error: null });
const notify = (params: unknown, root: object = {}) =>
  s({ id: null, method: 'mining.notify', params, ...root });
const difficulty = (value: unknown) => s({ id: null, method: 'mining.set_difficulty', params: [value] });
const submit = (id: number, params: unknown) => c({ id, method: 'mining.submit', params });
const subscribe = (params: unknown, result: unknown): Said[] => [
  c({ id: 1, method: 'mining.subscribe', params }),
  s({ id: 1, result, error: null }),
];
const authorize = (params: unknown): Said[] => [c({ id: 2, method: 'mining.authorize', params }), yes(2)];
const subscription = (extranonce: string, size: number) => [
  [
    ['mining.set_difficulty', 'b4b6'],
    ['mining.notify', 'ae68'],
  ],
  extranonce,
  size,
];
const hash = (n: number) => hex(64, n);
const prefixed = (digits: number, n: number) => `0x${hex(digits, n)}`;
const BOUNDARY = `0000000112e0be82${'6'.repeat(48)}`;

/** subscribe, authorize, then job, share and answer. */
function listSession(
  greeting: readonly Said[],
  job: (n: number) => unknown,
  share: (n: number) => unknown,
  jobRoot: object = {},
): Said[] {
  return rounds(greeting, (n) => [notify(job(n), jobRoot), submit(5 + n, share(n)), yes(5 + n)]);
}

const TARI = '125ohcEDcG8sL4DcdtqZ6YLbSgVYFJWtGeCfHmRocTcyGNYRqMYidnfs1JQPijqQvqV5SLygC5ynxZH3zED5Rr9fPAW';
function tari(algo: string, extra: object, share: (n: number) => object, ok: unknown): Said[] {
  const job = (n: number) => ({
    algo,
    blob: hash(n),
    height: 30_000 + n,
    job_id: hex(14, n),
    target: 'e0a70000a7c50000',
    ...extra,
  });
  const root = { jsonrpc: '2.0' };
  return rounds(
    [
      c({
        id: 1,
        ...root,
        method: 'login',
        params: { login: TARI, pass: 'worker1', agent: 'sha3x-miner/3.0', algo: [algo] },
      }),
      s({ id: 1, ...root, error: null, result: { id: 'sess', job: job(0), status: 'OK' } }),
    ],
    (n) => [
      s({ ...root, method: 'job', params: job(n + 1) }),
      c({ id: n + 2, ...root, method: 'submit', params: { id: TARI, job_id: hex(14, n + 1), ...share(n) } }),
      s({ id: n + 2, ...root, error: null, result: ok }),
    ],
  );
}

const NEXA = `nexa:nqtsq5g5${'s'.repeat(40)}`;
const NEXA_GREETING = (agent: string): Said[] => [
  ...subscribe([agent], subscription('ffffffff', 4)),
  ...authorize([`${NEXA}.w`, 'x']),
  difficulty(0.1),
];
const XELIS = `xel:${'v'.repeat(60)}`;
const xelisGreeting = (subscribed: unknown, agent: unknown[] = ['rigel/1.19.1']): Said[] => [
  ...subscribe(agent, subscribed),
  ...authorize([XELIS, 'rig7', 'x']),
  difficulty('250000'),
];
const xelisAnswer = ['', hash(3), 32, hash(4)];

const PEARL = `prl1p${'f'.repeat(58)}`;
/** Base64 without padding. */
const proof = (length: number, n: number) => Buffer.from(hex((length / 4) * 6, n), 'hex').toString('base64');
const pearlJob = (n: number) => ({
  job_id: `${hex(8, n)}_262144`,
  header: hex(152, n),
  target: `0000000000003fffc0${'0'.repeat(46)}`,
  height: 99 + n,
  cert_version: 3,
});
const pearlGreeting = (params: unknown): Said[] => [
  ...subscribe(['rgminer/1.0.1'], true),
  ...authorize(params),
];
/** Longer than a JSON value is read. */
const LONG_PROOF = 150_000;

const KASPA = `kaspa:q${'q'.repeat(62)}`;
const kaspa = (subscribed: unknown, job: (n: number) => unknown[], nonce: (n: number) => string): Said[] =>
  listSession(
    [
      ...subscribe(['lolMiner 1.76'], subscribed),
      ...authorize([`${KASPA}.w`, 'x']),
      s({ id: null, method: 'mining.set_extranonce', params: ['ffff', 6] }),
      difficulty(10),
    ],
    (n) => [`${n}`, ...job(n)],
    (n) => [`${KASPA}.w`, `${n}`, nonce(n)],
  );
const fourWords = (n: number) => [[17_845_093_221_112_345_000, 2 ** 60 + n, 5e18, 77], 1_760_000_000_000 + n];

const AETERNITY = 'ak_2mwRmUeYmfuW93ti9HMSUJzCk1EYcQEfikVSzgo6k2VghsWhgU';
const edges = (n: number) =>
  Array.from({ length: 42 }, (_, at) => (n * 1000 + at * 7777).toString(16).padStart(8, '0'));

const CONFLUX = `cfx:aa${'j'.repeat(40)}`;
const BITCOIN = `bc1q${'q'.repeat(38)}`;
const ALEPHIUM = '1CsutTzw8WVhqr1PB6F1tYinuLihAm6V5FCV6xtZMEUKB';
const ETHEREUM = `0x${hex(40, 2)}`;
const SIA = hex(76, 3);
const MONERO = `4${'A'.repeat(94)}`;
const bitcoinShare = (user: string, n: number) => [user, `j${n}`, hex(8, n), '66f2a1b3', hex(8, n + 3)];

function alephiumLists(): Said[] {
  const job = (n: number) => [
    { jobId: `a${n}`, fromGroup: 0, toGroup: 1, headerBlob: hex(604, n), txsBlob: '', targetBlob: '' },
  ];
  return listSession(
    [...subscribe(['lolMiner 1.98'], [null, 'ab12']), ...authorize([`${ALEPHIUM}.rig`, 'x']), difficulty(16)],
    job,
    (n) => ({ jobId: `a${n}`, fromGroup: 0, toGroup: 1, nonce: hex(48, n), worker: `${ALEPHIUM}.rig` }),
  );
}

function alephiumStratum(): Said[] {
  return rounds(
    [
      c({ id: '0', method: 'mining.hello', params: ['bzminer/21', 'AlephiumStratum/1.0.0'] }),
      s({ id: '0', result: ['AlephiumStratum/1.0.0', false, '12c', '5', 'node/1'] }),
      c({ id: '2', method: 'mining.subscribe', params: '' }),
      s({ id: '2', result: 'abcd' }),
      c({ id: '3', method: 'mining.authorize', params: [`${ALEPHIUM}.rig`, 'x'] }),
      s({ id: '3', result: 'w1' }),
    ],
    (n) => [
      s({ method: 'mining.notify', params: [`j${n}`, '0f', hex(604, n)] }),
      c({ id: `${4 + n}`, method: 'mining.submit', params: [`j${n}`, hex(44, n), 'w1'] }),
      s({ id: `${4 + n}`, result: true }),
    ],
  );
}

function ironFish(): Said[] {
  return rounds(
    [
      c({
        id: 1,
        method: 'mining.subscribe',
        body: { version: 3, agent: 'bzminer/21', publicAddress: `${hash(5)}.rig1` },
      }),
      s({ id: 1, method: 'mining.subscribed', body: { clientId: 12, xn: 'ab12' } }),
      s({ id: 2, method: 'mining.set_target', body: { target: BOUNDARY } }),
    ],
    (n) => [
      s({ id: 3 + 2 * n, method: 'mining.notify', body: { miningRequestId: n + 1, header: hex(360, n) } }),
      c({ id: 2, method: 'mining.submit', body: { miningRequestId: n + 1, randomness: hex(16, n) } }),
      s({ id: 4 + 2 * n, method: 'mining.submitted', body: { id: 2, result: true } }),
    ],
  );
}

function cortex(): Said[] {
  return rounds(
    [
      c({ id: 72, jsonrpc: '2.0', method: 'ctxc_submitLogin', params: [ETHEREUM], worker: 'rig4' }),
      s({ jsonrpc: '2.0', id: 72, result: true }),
      c({ id: 100, jsonrpc: '2.0', method: 'ctxc_getWork', params: [''] }),
    ],
    (n) => [
      s({
        jsonrpc: '2.0',
        id: n === 0 ? 100 : 0,
        result: [prefixed(64, n), prefixed(64, 90), `0x${BOUNDARY}`],
      }),
      c({
        id: 73,
        jsonrpc: '2.0',
        method: 'ctxc_submitWork',
        params: [prefixed(16, n), prefixed(64, n), prefixed(336, n)],
      }),
      s({ jsonrpc: '2.0', id: 73, result: true }),
    ],
  );
}

/** A pool of many algorithms answers the login of CryptoNote and goes on as KawPow. */
function chosenAlgorithm(): Said[] {
  return listSession(
    [
      c({
        jsonrpc: '2.0',
        id: 1,
        method: 'login',
        params: { login: MONERO, pass: 'x~kawpow', agent: 'SRBMiner-MULTI/3.6.9', algo: ['kawpow1', 'rx/0'] },
      }),
      s({
        jsonrpc: '2.0',
        id: 1,
        error: null,
        result: { id: '5122080', algo: 'kawpow', extra_nonce: 'ff81' },
      }),
    ],
    (n) => [
      `203${n}`,
      hash(n),
      hash(90),
      `0000005eb993eef1${'0'.repeat(48)}`,
      true,
      4_390_582 + n,
      '1b01e5f2',
    ],
    (n) => [MONERO, `203${n}`, prefixed(16, n), prefixed(64, n), prefixed(64, n + 5)],
    { algo: 'kawpow' },
  );
}

const say = (
  dialect: string,
  coin: string | null,
  wallet: string,
  agent: string | null,
  said: readonly Said[],
): CoinSession => ({ dialect, coin, wallet, agent, said });

/** Name → session. */
export const COIN_SESSIONS: Readonly<Record<string, CoinSession>> = {
  'Tari, SHA3x': say(
    'cryptonote',
    'XTM',
    TARI,
    'sha3x-miner/3.0',
    tari('sha3x', { xn: 'ad49' }, (n) => ({ nonce: hex(16, n), result: hash(n + 70) }), { status: 'OK' }),
  ),
  'Tari, Cuckaroo': say(
    'cryptonote',
    null,
    TARI,
    'sha3x-miner/3.0',
    tari(
      'cuckaroo',
      {},
      (n) => ({ nonce: hex(16, n), pow: edges(n).map((edge) => Number.parseInt(edge, 16)) }),
      true,
    ),
  ),
  'Nexa, five fields': say(
    'nexa',
    'NEXA',
    NEXA,
    'BzMiner-v17.0.0',
    listSession(
      NEXA_GREETING('BzMiner-v17.0.0'),
      (n) => [`${n}`, hash(n), '1a2b3c4d', '000000006425fe9e', true],
      (n) => [`${NEXA}.w`, `${n}`, hex(24, n), '000000006425fe9e'],
    ),
  ),
  'Nexa, four fields': say(
    'nexa',
    'NEXA',
    NEXA,
    'WildRig/0.36.6L',
    listSession(
      NEXA_GREETING('WildRig/0.36.6L'),
      (n) => [`${n}`, hash(n), 300_000 + n, '1a2b3c4d'],
      (n) => [`${NEXA}.w`, `${n}`, 'ffffffff', hex(8, n), hex(16, n)],
    ),
  ),
  Warthog: say(
    'warthog',
    'WART',
    hex(48, 4),
    'BzMiner-v21.2.1',
    listSession(
      [
        ...subscribe(['BzMiner-v21.2.1', null], [[['mining.notify', 'a1b2']], 'a1b2c3d4', 6]),
        ...authorize([`${hex(48, 4)}.rig1`, 'x']),
      ],
      (n) => [hex(8, n), hash(n), hex(120, n), '00000002', '1a2b3c4d', '66f2a1b3', false],
      (n) => [`${hex(48, 4)}.rig1`, hex(8, n), hex(12, n), '66f2a1b3', hex(8, n + 9)],
    ),
  ),
  'XELIS, algorithms in the greeting': say(
    'xelis',
    'XEL',
    XELIS,
    'tnn-miner/0.5.4',
    listSession(
      xelisGreeting(xelisAnswer, ['tnn-miner/0.5.4', ['xel/v3']]),
      (n) => [hex(32, n), '19726D97F49', hash(n), 'XEL/V3', true],
      (n) => ['rig7', hex(32, n), hex(16, n)],
    ),
  ),
  'XELIS, pings between': say(
    'xelis',
    'XEL',
    XELIS,
    'rigel/1.19.1',
    rounds(xelisGreeting(xelisAnswer), (n) => [
      s({ id: 90 + n, method: 'mining.ping', params: null }),
      c({ id: 90 + n, method: 'mining.pong' }),
      notify([hex(32, n), '190f3e1b6a8', hash(n), 'xel/0', true]),
      submit(5 + n, ['rig7', hex(32, n), hex(16, n)]),
      s({ id: 5 + n, result: true }),
    ]),
  ),
  'XELIS, first draft': say(
    'xelis',
    'XEL',
    XELIS,
    'rigel/1.19.1',
    listSession(
      xelisGreeting(['ABC123', 'ab12', 32]),
      (n) => [`j${n}`, hash(n), hash(7), true],
      (n) => ['rig7', `j${n}`, hex(16, n), hex(16, n + 3)],
    ),
  ),
  'Conflux, pool without authorize': say(
    'conflux',
    'CFX',
    CONFLUX,
    null,
    listSession(
      subscribe([`${CONFLUX}.w`, 'x'], true),
      (n) => [`00000${n}`, 120_000_000 + n, prefixed(64, n), `0x${BOUNDARY}`],
      (n) => [`${CONFLUX}.w`, `00000${n}`, prefixed(16, n), prefixed(64, n)],
    ),
  ),
  'Conflux, node with height': say(
    'conflux',
    'CFX',
    'miner7',
    'miner7',
    listSession(
      subscribe(['miner7', ''], 'true'),
      (n) => [prefixed(64, n), `${120_000_000 + n}`, prefixed(64, n), `0x${BOUNDARY.slice(7)}`],
      (n) => ['miner7', prefixed(64, n), prefixed(64, n + 5), prefixed(64, n)],
    ),
  ),
  'Conflux, node with a short boundary': say(
    'conflux',
    'CFX',
    'miner7',
    'miner7',
    listSession(
      subscribe(['miner7', ''], 'true'),
      (n) => [prefixed(64, n), prefixed(64, n), `0x${BOUNDARY.slice(7)}`],
      (n) => ['miner7', prefixed(64, n), prefixed(64, n + 5), prefixed(64, n)],
    ),
  ),
  Cortex: say('cortex', 'CTXC', ETHEREUM, null, cortex()),
  'Kaspa, subscribed with a lone yes': say(
    'kaspa',
    'KAS',
    KASPA,
    'lolMiner 1.76',
    kaspa([true], fourWords, (n) => hex(16, n)),
  ),
  'Kaspa, hash in one': say(
    'kaspa',
    'KAS',
    KASPA,
    'lolMiner 1.76',
    kaspa(
      [null, '', 8],
      (n) => [hex(80, n)],
      (n) => prefixed(16, n),
    ),
  ),
  'Aeternity, edges in hex': say(
    'aeternity',
    'AE',
    AETERNITY,
    null,
    listSession(
      [
        ...subscribe(undefined, [null, 'a1b2c3d4', 4]),
        ...authorize([`${AETERNITY}.rig`, 'x']),
        difficulty(10),
      ],
      (n) => [`00000${n}`, hash(n), 800_000 + n, '1a2b3c4d', true],
      (n) => [`${AETERNITY}.rig`, `00000${n}`, hex(8, n), edges(n)],
    ),
  ),
  'Pearl, objects': say(
    'pearl',
    'PRL',
    PEARL,
    'rgminer/1.0.1',
    listSession(pearlGreeting({ wallet: PEARL, worker: 'rig1', pass: 'x' }), pearlJob, (n) => ({
      job_id: pearlJob(n).job_id,
      plain_proof: proof(LONG_PROOF, n),
      hs: 137e12,
    })),
  ),
  'Pearl, lists of stratum v1 in front': say(
    'pearl',
    'PRL',
    PEARL,
    'rgminer/1.0.1',
    listSession(
      pearlGreeting([`${PEARL}.rig`, 'x']),
      (n) => ({ ...pearlJob(n), target: `7ff${'f'.repeat(48)}` }),
      (n) => ({ worker: `${PEARL}.rig`, job_id: pearlJob(n).job_id, plain_proof: proof(4000, n) }),
    ),
  ),
  'Pearl, a puzzle first': say(
    'pearl',
    'PRL',
    PEARL,
    null,
    listSession(
      [
        c({ id: 1, method: 'mining.configure', params: [['pearl/v1'], {}] }),
        s({ id: 1, result: { 'pearl/v1': true, 'pearl/v1.share_format': 'base64' }, error: null }),
        c({ id: 2, method: 'mining.subscribe', params: [`${PEARL}.rig`, 'x'] }),
        s({ id: 2, result: subscription('', 0), error: null }),
        s({ jsonrpc: '2.0', id: null, method: 'pearl.challenge', params: { seed: hash(4), difficulty: 32 } }),
        c({ id: 3, method: 'pearl.challenge_response', params: { seed: hash(4), nonce: '123456789' } }),
        yes(3),
        c({ id: 4, method: 'mining.authorize', params: [`${PEARL}.rig`, 'x'] }),
        yes(4),
        difficulty(10_000),
      ],
      (n) => [`${hex(8, n)}-${hex(16, n)}`, hash(n), hex(152, n), 64_233 + n, hex(8, n), '1b014f8a', true],
      (n) => [`${PEARL}.rig`, `${hex(8, n)}-${hex(16, n)}`, proof(LONG_PROOF, n)],
    ),
  ),
  'Sia, as Bitcoin with a long time': say(
    'sia',
    'SC',
    SIA,
    'sgminer/4.4.2',
    listSession(
      [
        ...subscribe(['sgminer/4.4.2'], subscription('08000002', 4)),
        ...authorize([`${SIA}.w`, 'x']),
        difficulty(64),
      ],
      (n) => [
        `b${n}`,
        hash(1),
        `${'0'.repeat(128)}0100`,
        '0'.repeat(16),
        [hash(8)],
        '',
        '1a08645a',
        '58258e5700000000',
        true,
      ],
      (n) => [`${SIA}.w`, `b${n}`, hex(8, n), '58258e5700000000', hex(16, n)],
    ),
  ),
  'Sia, as rented': say(
    'sia',
    'SC',
    BITCOIN,
    'sgminer/5.6.1',
    listSession(
      [
        ...subscribe(['sgminer/5.6.1'], subscription('0800', 2)),
        ...authorize([`${BITCOIN}.w`, 'x']),
        difficulty(64),
      ],
      (n) => [`b${n}`, hash(1), hash(2), '', [], '', '', '58258e5700000000', true],
      (n) => [`${BITCOIN}.w`, `b${n}`, '0001', '58258e5700000000', hex(8, n)],
    ),
  ),
  'Alephium, no target in the job': say('alephium', 'ALPH', ALEPHIUM, 'lolMiner 1.98', alephiumLists()),
  'Alephium, one chain at a time': say('alephium', 'ALPH', ALEPHIUM, 'bzminer/21', alephiumStratum()),
  'Iron Fish, a machine behind the address': say('ironfish', 'IRON', hash(5), 'bzminer/21', ironFish()),
  'Bitcoin, login called auth': say(
    'stratum-v1',
    null,
    BITCOIN,
    'ckpool/0.9.9',
    rounds(
      [
        ...subscribe(['ckpool/0.9.9', null], [[['mining.notify', '6679']], '6679fd25', 8]),
        c({ id: 2, method: 'mining.auth', params: [BITCOIN, 'x'] }),
        yes(2),
      ],
      (n) => [
        notify(notifyParams(`j${n}`)),
        submit(5 + n, bitcoinShare(BITCOIN, n)),
        s(
          n % 2 === 0
            ? { result: true, error: null, id: 5 + n }
            : { result: false, error: 'Above target', id: 5 + n },
        ),
      ],
    ),
  ),
  'Bitcoin, more subscriptions, difficulty as a text': say(
    'stratum-v1',
    null,
    BITCOIN,
    'bitaxe/BM1370/v2.6.0',
    listSession(
      [
        ...subscribe(
          ['bitaxe/BM1370/v2.6.0'],
          [
            [
              'mining.set_difficulty',
              'mining.notify',
              'mining.set_extranonce',
              'mining.set_version_mask',
            ].map((name) => [name, 's']),
            '6679fd25',
            4,
          ],
        ),
        ...authorize([`${BITCOIN}.axe`, 'x']),
        difficulty('512.5'),
      ],
      (n) => notifyParams(`j${n}`),
      (n) => bitcoinShare(`${BITCOIN}.axe`, n),
    ),
  ),
  'Bitcoin, the size of the extranonce as a text': say(
    'stratum-v1',
    null,
    BITCOIN,
    'cgminer/4.12.1',
    listSession(
      [
        ...subscribe(['cgminer/4.12.1'], [[['mining.notify', 'ae68']], '08000002', '4']),
        ...authorize([BITCOIN, 'x']),
      ],
      (n) => notifyParams(`j${n}`),
      (n) => bitcoinShare(BITCOIN, n),
    ),
  ),
  'Bitcoin, a subscription without names': say(
    'stratum-v1',
    null,
    BITCOIN,
    'cgminer/4.12.1',
    listSession(
      [...subscribe(['cgminer/4.12.1'], [[], '08000002', 4]), ...authorize([BITCOIN, 'x'])],
      (n) => notifyParams(`j${n}`),
      (n) => bitcoinShare(BITCOIN, n),
    ),
  ),
  'Bitcoin, shares without a user': say(
    'stratum-v1',
    null,
    BITCOIN,
    'sha3x-miner/3.0',
    listSession(
      [...subscribe(['sha3x-miner/3.0'], subscription('08000002', 4)), ...authorize([BITCOIN, ''])],
      (n) => notifyParams(`j${n}`),
      (n) => bitcoinShare('', n),
    ),
  ),
  'Etchash, extranonce beside the subscription': say(
    'ethereumstratum-1',
    'ETC',
    ETHEREUM,
    'SRBMiner-MULTI/3.6.9',
    listSession(
      [
        ...subscribe(['SRBMiner-MULTI/3.6.9'], [[['mining.notify', '1'], '080c'], '080c', 6]),
        ...authorize([`${ETHEREUM}.w`, 'x']),
        difficulty(1),
      ],
      (n) => [`203${n}`, hash(90), hash(n), true],
      (n) => [`${ETHEREUM}.w`, `203${n}`, `0x080c${hex(12, n)}`, prefixed(64, n), prefixed(64, n + 5)],
    ),
  ),
  'Quai, KawPow': say(
    'stratum-v1-kawpow',
    'QUAI',
    ETHEREUM,
    'kawpowminer/1.2.4',
    listSession(
      [
        ...subscribe(['kawpowminer/1.2.4', 'EthereumStratum/1.0.0'], [null, '0001']),
        ...authorize([`${ETHEREUM}.w`, 'kawpow']),
      ],
      (n) => [`j${n}`, hash(n), hash(90), `00000000ffff${'0'.repeat(52)}`, true, 4_087_754 + n, '1b0127c1'],
      (n) => [`${ETHEREUM}.w`, `j${n}`, prefixed(16, n), prefixed(64, n), prefixed(64, n + 5)],
    ),
  ),
  'KawPow after a login of CryptoNote': say(
    'stratum-v1-kawpow',
    'RVN',
    MONERO,
    'SRBMiner-MULTI/3.6.9',
    chosenAlgorithm(),
  ),
};
