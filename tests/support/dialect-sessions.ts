/** Pool sessions in spellings that no sample session has: orders of keys, arities, lengths, framings. All values made up. */
import type { Message } from './frames.js';
import { hex } from './sessions.js';

/** `c` the client says, `s` the server; text without its line end, or bytes as they are. */
export type Said = readonly ['c' | 's', string | Buffer];

export const c = (value: object | string): Said => [
  'c',
  typeof value === 'string' ? value : JSON.stringify(value),
];
export const s = (value: object | string): Said => [
  's',
  typeof value === 'string' ? value : JSON.stringify(value),
];

/** One message every `gap` seconds, each with the line end. */
export function talk(said: readonly Said[], end = '\n', gap = 2): Message[] {
  return said.map(([side, text], at) => ({
    direction: side === 'c' ? 'to-server' : 'to-client',
    atSeconds: at * gap,
    bytes: typeof text === 'string' ? Buffer.from(text + end) : text,
  }));
}

/** A greeting, then rounds. */
export function rounds(greeting: readonly Said[], round: (n: number) => readonly Said[], count = 8): Said[] {
  return [...greeting, ...Array.from({ length: count }, (_, n) => round(n)).flat()];
}

const USER = 'pool_account.rig7';
const subscribe = c({ id: 1, method: 'mining.subscribe', params: ['rigminer/1.0'] });
const authorize = c({ id: 2, method: 'mining.authorize', params: [USER, 'x'] });
const pairs = [
  ['mining.set_difficulty', 'b4b6'],
  ['mining.notify', 'ae68'],
];
const subscribed = s({ id: 1, result: [pairs, '08000002', 4], error: null });
const yes = (id: unknown) => s({ id, result: true, error: null });

/** The nine parameters of a job of stratum v1, with what a test changes. */
export function notifyParams(job: unknown, over: Partial<Record<number, unknown>> = {}): unknown[] {
  const plain = [
    job,
    hex(64, 11),
    `01000000010000${hex(80, 12)}`,
    `${hex(60, 13)}00000000`,
    [hex(64, 14), hex(64, 15), hex(64, 16)],
    '20000000',
    '1b04864c',
    '66f2a1b3',
    false,
  ];
  return plain.map((value, at) => (at in over ? over[at] : value));
}

interface Bitcoin {
  notify?: (n: number) => object;
  submit?: (n: number) => object;
  verdict?: (n: number) => object;
  greeting?: readonly Said[];
}

const usualSubmit = (n: number, job: unknown = `j${n}`) => ({
  params: [USER, job, hex(8, n), '66f2a1b4', hex(8, n + 50)],
  id: 10 + n,
  method: 'mining.submit',
});

function bitcoin(spelling: Bitcoin): Said[] {
  const {
    notify = (n) => ({ id: null, method: 'mining.notify', params: notifyParams(`j${n}`) }),
    submit = (n) => usualSubmit(n),
    verdict = (n) => ({ id: 10 + n, result: true, error: null }),
    greeting = [subscribe, subscribed, authorize, yes(2)],
  } = spelling;
  return rounds(greeting, (n) => [s(notify(n)), c(submit(n)), s(verdict(n))]);
}

const withJob = (job: (n: number) => unknown): Bitcoin => ({
  notify: (n) => ({ id: null, method: 'mining.notify', params: notifyParams(job(n)) }),
  submit: (n) => usualSubmit(n, job(n)),
});
const withParams = (over: Partial<Record<number, unknown>>): Bitcoin => ({
  notify: (n) => ({ id: null, method: 'mining.notify', params: notifyParams(`j${n}`, over) }),
});
const family = (
  notify: (n: number) => unknown[],
  submit: (n: number) => unknown[],
  greeting: readonly Said[] = [
    subscribe,
    s({ id: 1, result: [null, '00000001'], error: null }),
    authorize,
    yes(2),
  ],
): Said[] =>
  bitcoin({
    greeting,
    notify: (n) => ({ id: null, method: 'mining.notify', params: notify(n) }),
    submit: (n) => ({ id: 10 + n, method: 'mining.submit', params: submit(n) }),
  });

const compactSize = (bytes: number) =>
  bytes < 0xfd
    ? bytes.toString(16).padStart(2, '0')
    : `fd${Buffer.from([bytes & 255, bytes >> 8]).toString('hex')}`;
const equihash = (bytes: number) =>
  family(
    (n) => [`e${n}`, '04000000', hex(64, 1), hex(64, 2), '0'.repeat(64), '66f2a1b3', '1c02a1b3', true],
    (n) => [USER, `e${n}`, '66f2a1b3', hex(56, n), compactSize(bytes) + hex(bytes * 2, n)],
    [
      subscribe,
      s({ id: 1, result: [null, hex(8, 4)], error: null }),
      authorize,
      yes(2),
      s({ id: null, method: 'mining.set_target', params: [`0000${hex(60, 3)}`] }),
    ],
  );

interface Cryptonote {
  blob?: number;
  target?: string;
  algo?: string | ((n: number) => string);
  job?: object;
  id?: (n: number) => unknown;
  login?: object;
  firstJob?: null;
  root?: object;
  submit?: object;
  ok?: object;
}

function cryptonote(spelling: Cryptonote): Said[] {
  const { root = { jsonrpc: '2.0' }, id = (n) => n } = spelling;
  const algo =
    typeof spelling.algo === 'function' ? spelling.algo : () => spelling.algo as string | undefined;
  const job = (n: number) => ({
    blob: hex(spelling.blob ?? 152, n),
    job_id: `${hex(14, n)}`,
    target: spelling.target ?? 'b88d0600',
    ...(algo(n) === undefined ? {} : { algo: algo(n) }),
    ...spelling.job,
  });
  const login = {
    login: `4${hex(94, 6)}`,
    pass: 'x',
    agent: 'XMRig/6.22.2 (Linux x86_64)',
    ...spelling.login,
  };
  return rounds(
    [
      c({ id: id(1), ...root, method: 'login', params: login }),
      s({
        id: id(1),
        ...root,
        error: null,
        result: { id: 'sess-1', job: spelling.firstJob === null ? null : job(0), status: 'OK' },
      }),
    ],
    (n) => [
      s({ ...root, method: 'job', params: job(n + 1) }),
      c({
        id: id(n + 2),
        ...root,
        method: 'submit',
        params: {
          id: 'sess-1',
          job_id: hex(14, n + 1),
          nonce: hex(8, n),
          result: hex(64, n),
          ...spelling.submit,
        },
      }),
      s({ id: id(n + 2), ...root, error: null, result: spelling.ok ?? { status: 'OK' } }),
    ],
  );
}

const WALLET = `0x${hex(40, 5)}`;
const work = (n: number, height: readonly string[] = []) => [
  `0x${hex(64, n)}`,
  `0x${hex(64, 99)}`,
  `0x0000000112e0be82${hex(48, 9)}`,
  ...height,
];
const ethproxy = (login: object, height: readonly string[] = [], root: object = { jsonrpc: '2.0' }) =>
  rounds([c({ id: 1, ...root, ...login }), s({ id: 1, ...root, result: true })], (n) => [
    s({ id: 0, ...root, result: work(n, height) }),
    c({
      id: 40,
      ...root,
      method: 'eth_submitWork',
      params: [`0x${hex(16, n)}`, work(n)[0], `0x${hex(64, n + 40)}`],
    }),
    s({ id: 40, ...root, result: true }),
  ]);

const ergo = (middle: readonly unknown[], tail: readonly unknown[]) =>
  family(
    (n) => [`g${n}`, 1_300_000 + n, hex(64, n), ...middle, '2', `${'7'.repeat(64)}`, ...tail],
    (n) => [USER, `g${n}`, hex(8, n), '00000000', hex(16, n)],
  );

const kaspaGreeting = [
  subscribe,
  s({ id: 1, result: [true, 'EthereumStratum/1.0.0'], error: null }),
  authorize,
  yes(2),
  s({ id: null, method: 'mining.set_difficulty', params: [4] }),
];

const alephium = rounds(
  [
    c({
      id: 1,
      method: 'mining.hello',
      params: {
        agent: 'alphminer/2',
        host: 'alph.pool.example',
        port: '0x4e1',
        proto: 'AlephiumStratum/2.0.0',
      },
    }),
    s({
      id: 1,
      result: {
        proto: 'AlephiumStratum/2.0.0',
        encoding: 'plain',
        resume: '0',
        timeout: '12c',
        maxerrors: '5',
        node: 'x/1',
      },
      error: null,
    }),
    c({ id: 2, method: 'mining.subscribe', params: [] }),
    s({ id: 2, result: 's-8812', error: null }),
    c({ id: 3, method: 'mining.authorize', params: ['1ABC.rig1', 'x'] }),
    s({ id: 3, result: 'w-1', error: null }),
    s({ id: null, method: 'mining.set', params: { difficulty: '16', extranonce: '0a0b' } }),
  ],
  (n) => [
    s({
      id: null,
      method: 'mining.notify',
      params: [
        {
          jobId: `a${n}`,
          fromGroup: 0,
          toGroup: 1,
          headerBlob: hex(600, n),
          txsBlob: '',
          targetBlob: hex(48, 4),
          height: 9,
        },
      ],
    }),
    c({
      id: 9 + n,
      method: 'mining.submit',
      params: { jobId: `a${n}`, fromGroup: 0, toGroup: 1, nonce: hex(48, n), worker: '1ABC.rig1' },
    }),
    s({ id: 9 + n, result: true, error: null }),
  ],
);

const nodeProxyJob = {
  blocktemplate_blob: hex(3000, 8),
  difficulty: 90000,
  height: 3341000,
  reserved_offset: 130,
  client_nonce_offset: 142,
  client_pool_offset: 138,
  target_diff: 90000,
  target_diff_hex: '00015f90',
};

/** Name → what is said. */
export const DIALECT_SESSIONS: Readonly<Record<string, readonly Said[]>> = {
  'error before result, no ids in notifications': bitcoin({
    greeting: [
      subscribe,
      s({ error: null, id: 1, result: [pairs, '08000002', 4] }),
      authorize,
      s({ error: null, id: 2, result: true }),
    ],
    notify: (n) => ({ method: 'mining.notify', params: notifyParams(`j${n}`) }),
    verdict: (n) => ({ error: null, id: 10 + n, result: true }),
  }),
  'id 0 in notifications, extra root keys': bitcoin({
    notify: (n) => ({
      id: 0,
      jsonrpc: '2.0',
      worker: 'w',
      algo: 'sha256d',
      extra_nonce: '00',
      method: 'mining.notify',
      params: notifyParams(`j${n}`),
    }),
  }),
  'id as an empty string': bitcoin({
    notify: (n) => ({ id: '', method: 'mining.notify', params: notifyParams(`j${n}`) }),
  }),
  'no branches': bitcoin(withParams({ 4: [] })),
  'one branch': bitcoin(withParams({ 4: [hex(64, 2)] })),
  'clean as a string': bitcoin(withParams({ 8: 'true' })),
  'clean as a number': bitcoin(withParams({ 8: 1 })),
  'clean as null': bitcoin(withParams({ 8: null })),
  'hashes in upper case': bitcoin(withParams({ 1: hex(64, 2).toUpperCase() })),
  'a tenth parameter': bitcoin({
    notify: (n) => ({ id: null, method: 'mining.notify', params: [...notifyParams(`j${n}`), 'extra'] }),
  }),
  'empty second half of the coinbase': bitcoin(withParams({ 3: '' })),
  'job ids with hyphens': bitcoin(withJob((n) => `3f2504e0-4f89-11d3-9a0c-0305e82c330${n}`)),
  'job ids of 64 digits': bitcoin(withJob((n) => hex(64, n))),
  'job ids as numbers': bitcoin(withJob((n) => 7000 + n)),
  'job ids with blanks': bitcoin(withJob((n) => `65ae 3 ${n}`)),
  'share with 4 parameters': bitcoin({
    submit: (n) => ({ id: 10 + n, method: 'mining.submit', params: [USER, `j${n}`, '66f2a1b4', hex(8, n)] }),
  }),
  'share with 6 parameters': bitcoin({
    submit: (n) => ({ id: 10 + n, method: 'mining.submit', params: [...usualSubmit(n).params, '1fffe000'] }),
  }),
  'share with 7 parameters': bitcoin({
    submit: (n) => ({
      id: 10 + n,
      method: 'mining.submit',
      params: [...usualSubmit(n).params, '1fffe000', hex(16, n)],
    }),
  }),
  'share with a worker beside': bitcoin({ submit: (n) => ({ ...usualSubmit(n), worker: 'rig7' }) }),
  'share with 0x': bitcoin({
    submit: (n) => ({
      id: 10 + n,
      method: 'mining.submit',
      params: [USER, `j${n}`, `0x${hex(8, n)}`, '0x66f2a1b4', `0x${hex(8, n)}`],
    }),
  }),
  'ids as strings': bitcoin({
    submit: (n) => ({ ...usualSubmit(n), id: `s${n}` }),
    verdict: (n) => ({ id: `s${n}`, result: true, error: null }),
  }),
  'every share rejected': bitcoin({
    verdict: (n) => ({ id: 10 + n, result: null, error: [23, 'Low difficulty share', null] }),
  }),
  'rejected with an object': bitcoin({
    verdict: (n) => ({ id: 10 + n, result: false, error: { code: 21, message: 'Job not found' } }),
  }),
  'rejected with a text': bitcoin({ verdict: (n) => ({ id: 10 + n, result: null, error: 'stale' }) }),
  'method escaped': bitcoin({}).map(
    ([side, text]) => [side, String(text).replaceAll('mining.', 'mi\\u006eing\\u002e')] as const,
  ),
  'very long worker': bitcoin({
    greeting: [
      subscribe,
      subscribed,
      c({ id: 2, method: 'mining.authorize', params: [`acc.${'w'.repeat(900)}`, 'x'] }),
      yes(2),
    ],
    submit: (n) => ({
      ...usualSubmit(n),
      params: [`acc.${'w'.repeat(900)}`, ...usualSubmit(n).params.slice(1)],
    }),
  }),
  'several logins on one connection': bitcoin({
    greeting: [
      subscribe,
      subscribed,
      ...[2, 3, 4, 5].flatMap((id) => [
        c({ id, method: 'mining.authorize', params: [`acc.rig${id}`, 'x'] }),
        yes(id),
      ]),
    ],
  }),
  'subscription with a number': bitcoin({
    greeting: [subscribe, s({ id: 1, result: [pairs, hex(24, 2), 8, 1], error: null }), authorize, yes(2)],
  }),
  'pretty-printed': bitcoin({}).map(
    ([side, text]) => [side, JSON.stringify(JSON.parse(String(text)), null, 2)] as const,
  ),
  batches: bitcoin({}).map(
    ([side, text]) => [side, `[${text},{"id":null,"method":"mining.ping","params":[]}]`] as const,
  ),
  'equihash 210,9': equihash(1408),
  'equihash 184,7': equihash(384),
  'equihash 192,7': equihash(400),
  'equihash 150,5': equihash(104),
  'equihash 150,4': equihash(62),
  'equihash 144,5': equihash(100),
  'equihash 125,4': equihash(52),
  'equihash 96,5': equihash(68),
  verus: family(
    (n) => [
      `v${n}`,
      '04000100',
      hex(64, 1),
      hex(64, 2),
      hex(64, 3),
      '66f2a1b3',
      '1c02a1b3',
      true,
      `07000000${hex(280, 4)}`,
    ],
    (n) => [USER, `v${n}`, '66f2a1b3', hex(56, n), `fd4005${hex(2688, n)}`],
  ),
  'cryptonote plain ids as strings': cryptonote({ root: {}, id: (n) => `${n}` }),
  'cryptonote with rigid': cryptonote({ login: { rigid: 'rig-9' } }),
  'cryptonote with no agent': cryptonote({ login: { agent: undefined, rigid: '' } }),
  'cryptonote long target': cryptonote({ target: hex(64, 2) }),
  'cryptonote 8-byte target': cryptonote({ target: hex(16, 2) }),
  'cryptonote 43-byte blob': cryptonote({ blob: 86 }),
  'cryptonote 72-byte blob': cryptonote({ blob: 144 }),
  'cryptonote 260-byte blob': cryptonote({ blob: 520, algo: 'rx/0' }),
  'cryptonote without a first job': cryptonote({ firstJob: null }),
  'cryptonote job ids as numbers': cryptonote({ job: {}, root: { jsonrpc: '2.0' } }).map(
    ([side, text]) =>
      [
        side,
        String(text).replace(/"job_id":"([0-9a-f]{14})"/, (_, id) => `"job_id":${Number.parseInt(id, 16)}`),
      ] as const,
  ),
  'algorithm switching': cryptonote({
    algo: (n) => ['rx/0', 'cn/r', 'ghostrider', 'panthera'][n % 4] ?? 'rx/0',
    login: { algo: ['rx/0', 'cn/r'], 'algo-perf': { 'rx/0': 900 } },
    submit: { algo: 'rx/0' },
  }),
  'xmr-node-proxy': cryptonote({
    job: { ...nodeProxyJob, blob: undefined, target: undefined },
    submit: { workerNonce: 1, poolNonce: 2 },
  }),
  p2pool: cryptonote({ algo: 'rx/0', job: { height: 3341000, seed_hash: hex(64, 5) }, ok: { status: 'OK' } }),
  'nicehash cryptonote': cryptonote({ job: { extra_nonce: 'ab', pool_wallet: 'x' }, algo: 'rx/0' }),
  'cryptonote answers null': cryptonote({ ok: { status: 'OK', id: 'x' } }),
  salvium: cryptonote({ algo: 'rx/0', submit: { commitment: hex(64, 4), sig: hex(128, 3) } }),
  'kaspa bridge': family(
    (n) => [`k${n}`, [1, 2, 3, 4 + n], 1_700_000_000_000 + n],
    (n) => [USER, `k${n}`, `0x${hex(16, n)}`],
    kaspaGreeting,
  ),
  'kaspa bridge, nonce without 0x': family(
    (n) => [`k${n}`, [1, 2, 3, 4 + n], 1_700_000_000_000 + n],
    (n) => [USER, `k${n}`, hex(16, n)],
    kaspaGreeting,
  ),
  'kaspa bridge, long header and time': family(
    (n) => [`${n}`, hex(80, n), 1_700_000_000_000],
    (n) => [USER, `${n}`, hex(16, n)],
    kaspaGreeting,
  ),
  'kawpow with settings': rounds(
    [
      subscribe,
      s({ id: 1, result: [null, 'a1b2'], error: null }),
      authorize,
      yes(2),
      s({ id: null, method: 'mining.set', params: { algo: 'kawpow', target: hex(64, 1) } }),
      s({ id: null, method: 'mining.set_target', params: [hex(64, 1)] }),
    ],
    (n) => [
      s({
        id: null,
        method: 'mining.notify',
        params: [`r${n}`, hex(64, n), hex(64, 3), `00000000ff${hex(54, 3)}`, true, 3_400_000 + n, '1b00c2a1'],
      }),
      c({
        id: 10 + n,
        method: 'mining.submit',
        params: [USER, `r${n}`, `0x${hex(16, n)}`, `0x${hex(64, n)}`, `0x${hex(64, n + 9)}`],
      }),
      s({ id: 10 + n, result: true, error: null }),
    ],
  ),
  'kawpow, clean as a string, no 0x': family(
    (n) => [`r${n}`, hex(64, n), hex(64, 3), `00000000ff${hex(54, 3)}`, 'true', 3_400_000 + n, '1b00c2a1'],
    (n) => [USER, `r${n}`, hex(16, n), hex(64, n), hex(64, n + 9)],
  ),
  'autolykos, 9 parameters': ergo(['', ''], ['', true]),
  'autolykos, version as a number': family(
    (n) => [`g${n}`, 1_300_000 + n, hex(64, n), '', '', 2, '7'.repeat(64), '', true],
    (n) => [USER, `g${n}`, hex(8, n), '', hex(16, n)],
  ),
  'autolykos, 8 parameters': family(
    (n) => [`g${n}`, 1_300_000 + n, hex(64, n), '', '', 2, '7'.repeat(64), true],
    (n) => [USER, `g${n}`, hex(8, n), '00000000', hex(16, n)],
  ),
  radiant: bitcoin(withParams({ 2: hex(300, 4), 4: [] })),
  'alephium with a greeting': alephium,
  'qubic-like login and job': cryptonote({
    root: {},
    blob: 64,
    target: hex(64, 2),
    job: { seed: hex(64, 3) },
    login: { agent: 'qli/3.1' },
  }),
  'ethproxy with eth_login': ethproxy({ method: 'eth_login', params: [WALLET, 'x'], worker: 'eth1.0' }),
  'ethproxy with height': ethproxy(
    { method: 'eth_submitLogin', params: [`${WALLET}.rig1`], worker: 'rig1' },
    ['0xb1a2c3'],
  ),
  'ethproxy without jsonrpc': ethproxy(
    { method: 'eth_submitLogin', params: [WALLET, 'x'], worker: 'rig1' },
    [],
    {},
  ),
  'ethproxy by mining.notify': rounds(
    [c({ id: 1, method: 'eth_submitLogin', params: [WALLET] }), s({ id: 1, result: true })],
    (n) => [
      s({ id: null, method: 'mining.notify', params: work(n) }),
      c({
        id: 40,
        method: 'eth_submitWork',
        params: [`0x${hex(16, n)}`, work(n)[0], `0x${hex(64, n + 40)}`],
      }),
      s({ id: 40, result: true }),
    ],
  ),
  'zilliqa beside': rounds(
    [
      c({
        id: 1,
        jsonrpc: '2.0',
        method: 'eth_submitLogin',
        params: [`${WALLET}@zil1qqq.rig`, 'x'],
        worker: 'rig',
      }),
      s({ id: 1, jsonrpc: '2.0', result: true }),
    ],
    (n) => [
      c({ id: 5, jsonrpc: '2.0', method: 'eth_getWork', params: [] }),
      s({ id: 5, jsonrpc: '2.0', result: [...work(n), false, 12, 100] }),
      c({
        id: 40,
        jsonrpc: '2.0',
        method: 'eth_submitWork',
        params: [`0x${hex(16, n)}`, work(n)[0], `0x${hex(64, n + 40)}`, `0x${hex(16, 2)}`, WALLET, 'rig'],
      }),
      s({ id: 40, jsonrpc: '2.0', result: true }),
    ],
  ),
};

const plain = bitcoin({});
/** The same session in other framings, as bytes. */
export const FRAMED_SESSIONS: Readonly<Record<string, Message[]>> = {
  'line ends CR LF': talk(plain, '\r\n'),
  'NUL after each line': talk(plain, '\n\0'),
  'NUL alone': talk(plain, '\0'),
  'no line ends': talk(plain, ''),
  'blank lines between': talk(plain, '\n\n\r\n'),
  'blanks before': talk(plain.map(([side, text]) => [side, `  ${text}`] as const)),
  'byte order mark': talk(plain.map(([side, text], at) => [side, at < 2 ? `\ufeff${text}` : text] as const)),
};
