import { describe, expect, it } from 'vitest';
import type { RoleCounts } from '../../../../src/model/observation.js';
import { type Line, run } from './harness.js';
import { h, linesOf, SAMPLES, TARGET, x } from './sessions.js';

const say = (side: '>' | '<', value: unknown, atSeconds = 0): Line => ({
  direction: side === '>' ? 'to-server' : 'to-client',
  atSeconds,
  bytes: Buffer.from(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`),
});
const sample = (dialect: string) => SAMPLES.find((entry) => entry.dialect === dialect)!;
const job = (id: string) => ({
  id: null,
  method: 'mining.notify',
  params: [id, h(64), h(90), h(90), [], h(8), h(8), h(8), true],
});
const share = (id: number, jobId: string) => ({
  id,
  method: 'mining.submit',
  params: ['account.rig1', jobId, h(8), h(8), h(8)],
});

describe('what only looks like mining', () => {
  const silent: Record<string, Line[]> = {
    'a game that logs in': [
      say('>', {
        id: 1,
        method: 'login',
        params: { login: 'hero', pass: 'x', version: '3.1', locale: 'zh' },
      }),
      say('<', { id: 1, result: { id: 'p1', status: 'OK', gold: 12 } }),
      say('>', { id: 3, method: 'keepalived', params: { id: 'p1', x: 1, y: 2 } }),
    ],
    'a shop with the two plain fields': [
      say('>', { id: 1, method: 'login', params: { login: 'me', pass: 'x' } }),
      say('<', { id: 1, result: { status: 'OK' } }),
    ],
    'the same, unanswered': [say('>', { id: 1, method: 'login', params: { login: 'me', pass: 'x' } })],
    'an agent that logs in elsewhere': [
      say('>', { id: 1, method: 'login', params: { login: 'me', pass: 'x', agent: 'sync/2' } }),
      say('<', { id: 1, result: { token: 'abc' } }),
    ],
    'a data service with the same method names': [
      say('>', { id: 1, method: 'mining.subscribe', params: { topic: 'news' } }),
      say('<', { id: 1, result: { subscribed: true } }),
      say('>', { id: 2, method: 'mining.submit', params: { query: 'coal' } }),
      say('<', { id: 2, result: true, error: null }),
    ],
    'the same with a list': [
      say('>', { id: 1, method: 'mining.subscribe', params: ['news'] }),
      say('<', { id: 1, result: { subscribed: true } }),
    ],
    'a server that does not know the method': [
      say('>', { id: 1, method: 'mining.subscribe', params: ['probe/1.0'] }),
      say('<', { id: 1, error: { code: -32601, message: 'Method not found' } }),
    ],
    'a tool that speaks of jobs': [
      say('>', {
        id: 1,
        method: 'tools/call',
        params: { name: 'submit', arguments: { job_id: 'a', nonce: h(8) } },
      }),
      say('<', { id: 1, result: { content: [{ text: JSON.stringify(job('a')) }] } }),
    ],
    'messages inside strings': [
      say('>', { id: 1, method: 'log', params: [JSON.stringify(job('a')), JSON.stringify(share(1, 'a'))] }),
      say('<', { id: 1, result: JSON.stringify(job('b')) }),
    ],
    'messages in a chat': [
      say('<', `:nick PRIVMSG #c :${JSON.stringify(job('a'))}`),
      say('>', `PRIVMSG #c :${JSON.stringify(share(1, 'a'))}`),
    ],
    'verdicts that nobody asked for': Array.from({ length: 9 }, (_, id) =>
      say('<', { id, result: true, error: null }),
    ),
    'a queue with job ids': [
      say('<', { jsonrpc: '2.0', method: 'job', params: { job_id: 'a', target: 'gpu', blob: 'x' } }),
      say('>', { id: 1, method: 'submit', params: { job_id: 'a', nonce: h(8) } }),
      say('<', { id: 1, result: 'ok' }),
    ],
    'one look at the work of a node': [
      say('>', { id: 1, method: 'eth_getWork', params: [] }),
      say('<', { id: 1, result: [x(64), x(64), x(64)] }),
    ],
    'telemetry with the word': [say('>', { stratum: 2, offset: 0.1, difficulty: null })],
  };

  it.each(Object.entries(silent))('%s', (_, lines) => {
    expect(run(lines).stratum).toEqual([]);
    expect(run(lines, { orientedBy: 'port' }).stratum).toEqual([]);
  });

  it('knows its relatives, and stops reading them', () => {
    const cases = [
      [{ id: 0, method: 'server.version', params: ['electrum/4', '1.4'] }, 'electrum'],
      [{ id: 0, method: 'blockchain.headers.subscribe', params: [] }, 'electrum'],
      [{ id: 0, method: 'eth_blockNumber', params: [] }, 'eth-rpc'],
      [{ command: 'summary' }, 'miner-api'],
    ] as const;
    for (const [message, protocol] of cases) {
      const outcome = run([say('>', message), ...linesOf(sample('ethproxy'))]);
      expect(outcome.stratum).toEqual([]);
      expect(outcome.nodes.map((node) => node.protocol)).toEqual([protocol]);
      expect(outcome.fed).toBe(1);
    }
  });

  it('leaves a session of other JSON, or of none', () => {
    const chatter = Array.from({ length: 40 }, (_, id) => say('>', { id, method: 'ping' }));
    expect(run(chatter).fed).toBe(16);
    const noise = Array.from({ length: 40 }, () => say('>', 'z'.repeat(1000)));
    expect(run(noise).fed).toBeLessThan(12);
  });

  it('does not leave a mining session for the noise in it', () => {
    const noise = Array.from({ length: 40 }, (_, id) => say('<', { id, method: 'client.news', params: [] }));
    const lines = linesOf(sample('stratum-v1'));
    const roles = run([...lines.slice(0, 6), ...noise, ...lines.slice(6)]).stratum[0]?.roles;
    expect(roles).toMatchObject({ job: 2, share: 2 });
  });
});

describe('strictness', () => {
  const notify = (change: (params: unknown[]) => void) => {
    const message = job('a');
    change(message.params);
    return run([say('<', message), say('<', message)]).stratum;
  };

  it('wants the types of a job, not its name', () => {
    expect(notify(() => undefined)).toHaveLength(1);
    expect(notify((params) => params.splice(8, 1))).toEqual([]);
    expect(notify((params) => params.splice(1, 1, h(63)))).toEqual([]);
    expect(notify((params) => params.splice(2, 1, 'coinbase'))).toEqual([]);
    expect(notify((params) => params.splice(4, 1, ['branch']))).toEqual([]);
    expect(notify((params) => params.splice(8, 1, 'yes'))).toEqual([]);
    expect(notify((params) => params.splice(0, 1, true))).toEqual([]);
  });

  it('wants the right side, where a handshake said which', () => {
    const outcome = run([say('>', job('a')), say('>', job('b')), say('<', share(1, 'a'))]);
    expect(outcome.stratum).toEqual([]);
    expect(outcome.counters.get('stratum.wrong-side')).toBe(3);
  });

  it('is not sure of the sides by a sign of life, which either gives', () => {
    const said = [say('<', { id: 1, method: 'mining.ping' }), say('<', job('a')), say('>', share(1, 'a'))];
    const { stratum } = run(said, { reversed: true, orientedBy: 'port' });
    expect(stratum[0]).toMatchObject({ bothDirections: true, roles: { job: 1, share: 1, shareLinked: 1 } });
    const alone = run(said.slice(0, 2), { reversed: true, orientedBy: 'port' });
    expect(alone.stratum[0]).toMatchObject({ bothDirections: false, roles: { job: 1 } });
  });

  it('counts the beginning of a share that is longer than is read, of a pool that asks for such', () => {
    const { dialect, said } = sample('pearl');
    const notice = said.find(([, value]) => (value as { method?: string }).method === 'mining.notify')!;
    const long = (method: string, jobId: string) =>
      say('>', { id: 7, method, params: { job_id: jobId, plain_proof: 'A'.repeat(70_000) } });
    const shares = (...more: Line[]) => run([say('<', notice[1]), ...more]).stratum[0]?.roles.share;
    expect(shares(long('mining.submit', 'any'))).toBe(1);
    expect(shares(long('mining.other', 'any'))).toBe(0);
    expect(run([long('mining.submit', 'any')]).stratum).toEqual([]);
    expect(run([long('mining.submit', 'b548ea75_262144')]).stratum[0]?.dialect).toBe(dialect);
  });

  it('takes a wallet for a login and a program for a program, whatever the greeting has first', () => {
    const greet = (first: string) =>
      run([
        say('>', { id: 1, method: 'mining.subscribe', params: [first, 'x'] }),
        say('<', { id: 1, result: true }),
      ]).stratum[0];
    const wallet = `cfx:aa${'j'.repeat(40)}`;
    expect(greet(`${wallet}.rig1`)).toMatchObject({
      agents: [],
      logins: [`${wallet}.rig1`],
      workers: ['rig1'],
    });
    const firmware = '2022-09-27-0-26ba61b9-22.08.1-plus;bosminer-plus-am1-s9 0.9.0-26ba61b9';
    expect(greet(firmware)).toMatchObject({ agents: [firmware], logins: [] });
  });

  it('counts an answer once, for the request it answers', () => {
    const lines = [
      say('<', job('a')),
      say('>', share(7, 'a')),
      say('<', { id: 8, result: true, error: null }),
      say('<', { id: '7', result: true, error: null }),
      say('<', { id: 7, result: true, error: null }),
      say('<', { id: 7, result: true, error: null }),
    ];
    expect(run(lines).stratum[0]?.roles).toMatchObject({ share: 1, shareAccepted: 1, shareLinked: 1 });
  });

  it('tells shares of one id apart by their order', () => {
    const lines = [
      say('<', job('a')),
      say('>', share(4, 'a')),
      say('>', share(4, 'a')),
      say('>', share(4, 'x')),
    ];
    const answers = [true, false, true].map((result) => say('<', { id: 4, result, error: null }));
    expect(run([...lines, ...answers]).stratum[0]?.roles).toMatchObject({
      share: 3,
      shareLinked: 2,
      shareAccepted: 2,
      shareRejected: 1,
    });
  });

  it('takes verdicts without the client for shares only after jobs, five in a row', () => {
    const verdict = (id: number) => say('<', { id, result: true, error: null });
    const lines = [say('<', job('a')), say('<', job('b')), ...[1, 2, 3, 4].map(verdict)];
    expect(run(lines).stratum[0]?.roles.shareAccepted).toBe(0);
    expect(run([...lines, verdict(5), verdict(6)]).stratum[0]?.roles.shareAccepted).toBe(6);
    expect(run([...lines, verdict(3), verdict(2)]).stratum[0]?.roles.shareAccepted).toBe(0);
  });

  it('keeps a refused login apart from one never answered and one accepted', () => {
    const authorize = say('>', { id: 2, method: 'mining.authorize', params: ['account.rig1', 'x'] });
    const roles = (...answer: unknown[]): RoleCounts | undefined =>
      run([authorize, ...answer.map((value) => say('<', value))]).stratum[0]?.roles;
    expect(roles()).toMatchObject({ login: 1, loginAccepted: 0, loginRejected: 0 });
    expect(roles({ id: 2, result: true, error: null })).toMatchObject({ login: 1, loginAccepted: 1 });
    expect(roles({ id: 2, result: null, error: [24, 'Unauthorized', null] })).toMatchObject({
      login: 1,
      loginAccepted: 0,
      loginRejected: 1,
    });
  });

  it('knows the full answer to a subscription without its request', () => {
    const server = linesOf(sample('stratum-v1')).filter((line) => line.direction === 'to-client');
    expect(run(server).stratum[0]?.roles).toMatchObject({ hello: 0, loginAccepted: 1, job: 2 });
    const plain = server.filter((_, index) => index !== 0);
    expect(run(plain).stratum[0]?.roles).toMatchObject({ loginAccepted: 0, job: 2 });
  });

  it('reads a batch as its messages', () => {
    const roles = run([say('<', [job('a'), job('b')]), say('>', [share(1, 'a'), share(2, 'b')])]).stratum[0]
      ?.roles;
    expect(roles).toMatchObject({ job: 2, share: 2, shareLinked: 2 });
  });
});

describe('what is told', () => {
  it('never holds a password', () => {
    const secret = 'hunter2secret';
    const logins = [
      { id: 1, method: 'mining.subscribe', params: ['miner/1', secret] },
      { id: 2, method: 'mining.authorize', params: ['account.rig1', secret] },
      { id: 3, method: 'mining.authorize', params: ['xel:wallet', 'rig2', secret] },
      { id: 4, method: 'eth_submitLogin', params: ['0xwallet', secret] },
      { id: 5, method: 'login', params: { login: 'wallet', pass: secret, agent: 'XMRig/6' } },
      { identifier: 'handshake', pool: 'p', login: 'wallet', password: secret, version: 8 },
      { type: 'auth', params: { site_key: 'SITEKEYofnobody', password: secret } },
    ];
    for (const login of logins) {
      const [told] = run([say('>', login)]).stratum;
      expect(told?.roles.hello === 1 || told?.roles.login === 1).toBe(true);
      expect(JSON.stringify(told)).not.toContain(secret);
    }
  });

  it('keeps options of a password, and the coin in them', () => {
    const [told] = run(linesOf(sample('stratum-v1'))).stratum;
    expect(told?.options).toEqual(['c=LTC', 'd=32']);
    expect(told?.coins).toEqual([{ ticker: 'LTC', basis: 'handshake', confidence: 0.6 }]);
    expect(told?.quotes.find((quote) => quote.role === 'login')?.text).toContain('c=LTC,d=32');
  });

  it('tells machine and pool where the configuration names them', () => {
    const info = {
      'info.connection-url': 'stratum+tcp://pool.example:3333',
      'info.hw-version': 'Antminer S19',
      'info.sw-version': 'cgminer/4.11.1',
    };
    const configure = { id: 1, method: 'mining.configure', params: [['info', 'version-rolling'], info] };
    const answer = { id: 1, error: null, result: { info: true, 'version-rolling.mask': '1fffe000' } };
    const [told] = run([say('>', configure), say('<', answer)]).stratum;
    expect(told?.agents).toEqual(['cgminer/4.11.1', 'Antminer S19']);
    expect(told?.namedHosts).toEqual([{ host: 'pool.example', port: 3333 }]);
  });

  it('keeps what a mining pool pays in apart from what is mined', () => {
    const login = { id: 2, method: 'mining.authorize', params: ['w.rig', 'c=BTC,mc=RVN'] };
    const [told] = run([say('>', login)]).stratum;
    expect(told?.coins).toEqual([{ ticker: 'RVN', basis: 'handshake', confidence: 0.9 }]);
  });

  it('is printable and bounded', () => {
    const login = `a\u001b[31m${'w'.repeat(2000)}`;
    const [told] = run([
      say('>', { id: 2, method: 'mining.authorize', params: [login.slice(0, 500), 'x'] }),
    ]).stratum;
    expect(told?.logins[0]).toMatch(/^a\\x1b\[31mw+$/);
    const farm = Array.from({ length: 3000 }, (_, id) =>
      say('>', { id, method: 'mining.authorize', params: [`farm.r${id}`, 'x'] }, id / 100),
    ).flatMap((line, id) => [line, say('<', { id, result: true, error: null }, id / 100)]);
    const [bounded] = run(farm).stratum;
    expect(bounded?.roles.loginAccepted).toBe(3000);
    expect(bounded?.logins.length).toBe(64);
    expect(bounded?.workers.length).toBe(512);
    expect(bounded?.quotes.length).toBeLessThanOrEqual(8);
  });

  it('adds up over the parts of a long session', () => {
    const lines = [say('<', { id: null, method: 'mining.set_difficulty', params: [16] }, 0)];
    for (let at = 0; at < 40; at++) {
      lines.push(say('<', job(`j${at}`), at * 60), say('>', share(at, `j${at}`), at * 60 + 20));
      lines.push(say('<', { id: at, result: at % 4 !== 0, error: null }, at * 60 + 21));
    }
    const parts = run(lines).stratum;
    expect(parts.map((part) => part.part)).toEqual([0, 1, 2, 3]);
    const sum = (role: keyof RoleCounts) => parts.reduce((total, part) => total + part.roles[role], 0);
    expect([sum('job'), sum('share'), sum('shareAccepted'), sum('shareRejected')]).toEqual([40, 40, 30, 10]);
    expect(parts.at(-1)?.rolesSoFar).toMatchObject({ job: 40, share: 40 });
    expect(parts.flatMap((part) => part.shares).map((group) => group.difficulty)).toEqual([16, 16, 16, 16]);
    for (const [at, part] of parts.entries()) {
      expect(part.startUs).toBe(parts[at - 1]?.endUs ?? 1.7e15);
      expect(part.logins).toEqual(['account.rig1']);
    }
  });

  it('sums shares by the difficulty their job was sent with', () => {
    const difficulty = (value: number) =>
      say('<', { id: null, method: 'mining.set_difficulty', params: [value] });
    const lines = [
      difficulty(8),
      say('<', job('a')),
      difficulty(32),
      say('>', share(1, 'a')),
      say('<', job('b')),
      say('>', share(2, 'b')),
      say('>', share(3, 'b')),
      say('<', { id: 3, result: true, error: null }),
    ];
    expect(run(lines).stratum[0]?.shares).toEqual([
      { difficulty: 8, submitted: 1, accepted: 0, rejected: 0 },
      { difficulty: 32, submitted: 2, accepted: 1, rejected: 0 },
    ]);
  });

  it('adds the rates that the miners of a session report', () => {
    const report = (rate: string, worker: string) =>
      say('>', { id: 9, method: 'eth_submitHashrate', params: [rate, x(64)], worker });
    const lines = [
      ...linesOf(sample('ethproxy')).slice(0, 2),
      report('0x64', 'a'),
      report('0xc8', 'b'),
      report('0x96', 'a'),
    ];
    expect(run(lines).stratum[0]?.reportedHps).toBe(350);
  });

  it('names the pool that the client names', () => {
    const subscribe = (params: unknown[]) =>
      run([say('>', { id: 1, method: 'mining.subscribe', params })]).stratum[0]?.namedHosts;
    const pool = [{ host: 'pool.example.net', port: 3333 }];
    expect(subscribe(['miner/1', null, 'pool.example.net', '3333'])).toEqual(pool);
    expect(subscribe(['miner/1', null, 'pool.example.net', 3333])).toEqual(pool);
    expect(subscribe(['miner/1', null, 'pool.example.net:3333', null])).toEqual(pool);
    expect(subscribe(['pool.example.net', 3333, 'miner/1', 'NULL'])).toEqual(pool);
  });
});

describe('loss', () => {
  it('goes on behind a gap, keeps what was whole, and counts what was begun', () => {
    const lines = linesOf(sample('stratum-v1'));
    const cut = { ...lines[8]!, bytes: lines[8]!.bytes.subarray(0, 100) };
    const outcome = run([...lines.slice(0, 8), cut, lines[5]!, ...lines.slice(9)], {
      gapBefore: new Set([9]),
    });
    expect(outcome.stratum[0]?.roles).toMatchObject({ job: 3, share: 2 });
    expect(outcome.counters.get('stratum.cut-counted')).toBe(1);
    expect(outcome.counters.get('stratum.json-gap')).toBe(1);
  });
});

describe('work over HTTP', () => {
  const http = { hints: { wrappers: ['http'] } };
  const template = [
    say('>', { id: 1, method: 'getblocktemplate', params: [{ rules: ['segwit'] }] }),
    say('<', { id: 1, result: { version: 1, previousblockhash: h(64), transactions: [] }, error: null }),
  ];
  const wallet = (at: number) => [
    say('>', { id: 1, method: 'getblocktemplate', params: { wallet_address: '4'.repeat(95) } }, at),
    say(
      '<',
      {
        id: 1,
        result: { blocktemplate_blob: h(400), blockhashing_blob: h(152), difficulty: 1000, height: 1 },
      },
      at,
    ),
  ];

  it('is a node that someone looks at', () => {
    const outcome = run([...template, ...template, ...template], http);
    expect(outcome.stratum).toEqual([]);
    expect(outcome.nodes.map((node) => [node.protocol, node.coin])).toEqual([['bitcoin-rpc', null]]);
    const slow = run([0, 60, 120, 180, 240].flatMap(wallet), http);
    expect([slow.stratum, slow.nodes.map((node) => node.protocol)]).toEqual([[], ['monero-rpc']]);
  });

  it('is mining with the mark of a miner', () => {
    const marked = {
      hints: { wrappers: ['http'], marks: new Set(['x-mining-extensions']), logins: ['account'] },
    };
    const [told] = run([...template, ...template], marked).stratum;
    expect(told).toMatchObject({ dialect: 'getblocktemplate', wrappers: ['http'], logins: ['account'] });
    expect(told?.roles.poll).toBe(2);
    const agent = { hints: { wrappers: ['http'], agents: ['cgminer 3.7.2'] } };
    expect(run([...template, ...template], agent).stratum[0]?.agents).toEqual(['cgminer 3.7.2']);
  });

  it('is mining at the pace of a miner', () => {
    const [told] = run([0, 1, 2, 3, 4].flatMap(wallet), http).stratum;
    expect(told).toMatchObject({ dialect: 'monero-daemon', logins: ['4'.repeat(95)] });
    expect(told?.roles.poll).toBe(5);
  });

  it('accepts no other grammar there', () => {
    const lines = linesOf(sample('stratum-v1'));
    expect(run(lines, http).stratum).toEqual([]);
  });

  it('has nothing to say of answers without work', () => {
    const refused = Array.from({ length: 5 }, () => [
      say('>', { id: 1, method: 'eth_getWork', params: [] }),
      say('<', { id: 1, error: { code: -32601, message: 'the method eth_getWork does not exist' } }),
    ]).flat();
    const outcome = run(refused, http);
    expect([outcome.stratum, outcome.nodes]).toEqual([[], []]);
  });

  it('takes the wallet in the path of a WebSocket that jobs answer for a login', () => {
    const wallet = `dero1q${'y'.repeat(60)}`;
    const jobs = linesOf(sample('dero')).filter(({ direction }) => direction === 'to-client');
    const told = (path: string, wrapper = 'websocket') =>
      run(jobs, { hints: { wrappers: ['http', wrapper], path } }).stratum[0];
    expect(told(`/ws/${wallet}`)).toMatchObject({
      roles: { login: 1, loginAccepted: 1, job: 2 },
      logins: [wallet],
    });
    for (const path of ['/ws/', '/proxy', '/ws/dero1q', `/miner/${wallet}`]) {
      expect(told(path)).toMatchObject({ roles: { login: 0, loginAccepted: 0, job: 2 }, logins: [] });
    }
    expect(told(`/ws/${wallet}`, 'connect')).toMatchObject({ roles: { login: 0 }, logins: [] });
  });

  it('reads the worker from the path', () => {
    const path = `/0x${'a'.repeat(40)}/rig7`;
    const [told] = run(linesOf(sample('eth-getwork')), { hints: { wrappers: ['http'], path } }).stratum;
    expect([told?.logins, told?.workers]).toEqual([[`0x${'a'.repeat(40)}`], ['rig7']]);
    expect(told?.shares[0]?.hashesPerShare).toBe(2 ** 32);
    expect(TARGET.length).toBe(64);
  });
});
