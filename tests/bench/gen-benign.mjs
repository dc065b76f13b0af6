/**
 * Makes traffic that does not mine and looks as if it did: flow records of long sessions as nfdump CSV; captures of
 * sessions that nobody can read, with sizes near those of Stratum V2, and of services that use the words of mining. The
 * same options give the same bytes.
 */
const START_S = 1_760_000_400;
const PIECE_S = 300;
/** Ports where mining is looked for, and others that long sessions have. */
const POOL_PORTS = [443, 3333, 4444, 5555, 7777, 8888, 9999, 14_433, 14_444, 20_535, 45_700];

export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * What a kind of session is like, per minute and packet, towards the server: [least, most], drawn on a log scale.
 * `spread`: how far a piece may be from the mean, as a factor; `idle`: pieces without a packet; `reopen`: pieces that
 * begin on a new connection; `port`: of the server.
 */
export const KINDS = {
  push: { rate: [0.2, 3], size: [52, 90], spread: 2, idle: 0.3, reopen: 0.01, port: [443, 5228, 5223] },
  ticker: { rate: [5, 600], size: [52, 60], spread: 1.3, idle: 0, reopen: 0.005, port: [443, 8443, 9443] },
  chat: { rate: [0.5, 30], size: [60, 220], spread: 4, idle: 0.2, reopen: 0.02, port: [443, 5222] },
  shell: { rate: [0.3, 200], size: [76, 130], spread: 5, idle: 0.2, reopen: 0, port: [22, 2222] },
  telemetry: {
    rate: [0.2, 12],
    size: [70, 180],
    spread: 1.2,
    idle: 0.05,
    reopen: 0,
    port: [1883, 8883, 443],
  },
  industry: {
    rate: [10, 500],
    size: [52, 80],
    spread: 1.05,
    idle: 0,
    reopen: 0,
    port: [502, 2404, 4840, 20_000],
  },
  replica: {
    rate: [4, 300],
    size: [60, 200],
    spread: 1.5,
    idle: 0,
    reopen: 0,
    port: [5432, 3306, 27_017, 6379],
  },
  tunnel: { rate: [20, 3000], size: [80, 700], spread: 3, idle: 0.05, reopen: 0.01, port: [443, 1194, 4433] },
  node: {
    rate: [10, 400],
    size: [60, 250],
    spread: 2,
    idle: 0,
    reopen: 0.02,
    port: [8333, 18_080, 30_303, 16_111],
  },
  stream: { rate: [2, 200], size: [56, 140], spread: 1.5, idle: 0, reopen: 0.002, port: [50_051, 443, 8080] },
  game: {
    rate: [100, 1500],
    size: [56, 120],
    spread: 1.5,
    idle: 0.1,
    reopen: 0.02,
    port: [25_565, 7777, 5055],
  },
  desktop: { rate: [20, 2000], size: [60, 180], spread: 4, idle: 0.1, reopen: 0.01, port: [3389, 5900, 443] },
  poller: { rate: [2, 60], size: [80, 400], spread: 1.2, idle: 0, reopen: 1, port: [80, 443, 8080, 8332] },
  // As near to a pool session as it goes: the middle of every range that the rule file favours.
  near: { rate: [2, 60], size: [60, 140], spread: 1.15, idle: 0, reopen: 0, port: POOL_PORTS },
};
const NAMES = Object.keys(KINDS);

/** Beside those: near-sessions with an address that is listed still, and many of them behind one address. */
export const SPECIAL = { reuse: 0.02, nat: 0.0005 };
const NAT_SESSIONS = 300;

const HEAD =
  'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr\n';
const NO_MAC = '00:00:00:00:00:00';
const TAIL = `0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,${Array(4).fill(NO_MAC)},${Array(10).fill('0-0-0')},    0.000,    0.000,    0.000,127.0.0.1,0/0,1,2025-10-09 09:00:00.000\n`;
const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
const between = (random, [least, most]) => least * (most / least) ** random();
const pick = (random, list) => list[Math.floor(random() * list.length)];
export const addressOf = (at) => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;

/** Kind of an address: by its number, so that whoever counts verdicts knows it, too. */
export function kindOf(at) {
  const part = (Math.imul(at, 0x9e3779b1) >>> 0) / 2 ** 32;
  if (part < SPECIAL.nat) return 'nat';
  if (part < SPECIAL.nat + SPECIAL.reuse) return 'reuse';
  return NAMES[at % NAMES.length];
}

/** Servers of a kind: few, as of a service, so that each has many clients; or one a session. */
function serverOf(random) {
  const isShared = random() < 0.5;
  const at = Math.floor(random() * (isShared ? 500 : 2 ** 17));
  return `198.${18 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;
}

function session(random, kind, address, hours, listed) {
  const { rate, size, spread, idle, reopen, port } = KINDS[kind];
  const [server, serverPort] = listed ?? [serverOf(random), pick(random, port)];
  const perMinute = between(random, rate);
  const perPacket = between(random, size);
  let clientPort = 32_768 + Math.floor(random() * 28_000);
  const lines = [];
  const offset = Math.floor(random() * PIECE_S);
  for (let piece = 0; piece < (hours * 3600) / PIECE_S; piece++) {
    if (random() < idle) continue;
    const isNew = piece === 0 || random() < reopen;
    if (isNew && piece > 0) clientPort = 32_768 + Math.floor(random() * 28_000);
    const packets = Math.max(1, Math.round(((perMinute * PIECE_S) / 60) * spread ** (2 * random() - 1)));
    const octets = Math.round(packets * Math.max(41, perPacket * (0.95 + 0.1 * random())));
    const back = Math.max(1, Math.round(packets * (0.7 + 0.6 * random())));
    const start = START_S + offset + piece * PIECE_S;
    const flags = isNew ? '...AP.S.' : '...AP...';
    lines.push([
      start,
      `${clock(start)},${clock(start + PIECE_S - 1)},299.000,${address},${server},${clientPort},${serverPort},TCP,${flags},0,0,${packets},${octets},${back},${back * (60 + Math.floor(400 * random()))},${TAIL}`,
    ]);
  }
  return lines;
}

/** `listed`: address and port of pools that a list still names. In the order of time, as collectors write. */
export function* flowRecords({ from, count, hours, seed, listed }) {
  const lines = [];
  for (let at = from; at < from + count; at++) {
    const random = randomFrom(seed + at);
    const kind = kindOf(at);
    const address = addressOf(at);
    const add = (name, pool) => lines.push(...session(random, name, address, hours, pool));
    if (kind === 'nat') for (let n = 0; n < NAT_SESSIONS; n++) add('near');
    if (kind === 'nat' || kind === 'reuse') add('near', pick(random, listed));
    else {
      add(kind);
      if (random() < 0.5) add(pick(random, NAMES));
    }
  }
  lines.sort(([left], [right]) => left - right);
  yield HEAD;
  for (let at = 0; at < lines.length; at += 1000)
    yield lines
      .slice(at, at + 1000)
      .map(([, line]) => line)
      .join('');
}

const MAC = Buffer.from('020000000001020000000002', 'hex');

function frame(timeUs, fromClient, client, server, clientPort, seq, ack, flags, payload) {
  const out = Buffer.alloc(16 + 54 + payload.length);
  out.writeUInt32LE(Math.floor(timeUs / 1e6), 0);
  out.writeUInt32LE(timeUs % 1e6, 4);
  out.writeUInt32LE(54 + payload.length, 8);
  out.writeUInt32LE(54 + payload.length, 12);
  MAC.copy(out, 16);
  out.writeUInt16BE(0x0800, 28);
  out[30] = 0x45;
  out.writeUInt16BE(40 + payload.length, 32);
  out[38] = 64;
  out[39] = 6;
  const [source, target] = fromClient ? [client, server] : [server, client];
  out.writeUInt32BE(source, 42);
  out.writeUInt32BE(target, 46);
  out.writeUInt16BE(fromClient ? clientPort : 3336, 50);
  out.writeUInt16BE(fromClient ? 3336 : clientPort, 52);
  out.writeUInt32BE(seq, 54);
  out.writeUInt32BE(ack, 58);
  out[62] = 0x50;
  out[63] = flags;
  out.writeUInt16BE(0xffff, 64);
  payload.copy(out, 70);
  return out;
}

/** Sizes of turns, client first: `any` is drawn at random, `close` follows the handshake of Stratum V2 with odd steps. */
function turns(random, isClose) {
  const any = () => 1 + Math.floor(random() * 400);
  if (!isClose) return Array.from({ length: 16 }, any);
  const step = (right) => (random() < 0.9 ? right : any());
  const share = 60 + Math.floor(random() * 40);
  const odd = () => step(share + (random() < 0.3 ? Math.floor(random() * 8) : 0));
  return [
    ...[64, step(pick(random, [234, 170, 64, 80, 96, 128])), step(55 + Math.floor(random() * 340)), step(44)],
    ...[step(79 + Math.floor(random() * 260)), any()],
    ...Array.from({ length: 5 }, () => [odd(), 47 + Math.floor(random() * 200)]).flat(),
  ];
}

const hex = (random, digits) =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** Alternating turns of random bytes. */
function noise(random, at) {
  return turns(random, at % 2 === 0).map((size, turn) => ({
    isClient: turn % 2 === 0,
    bytes: Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256))),
    restUs: turn > 5 ? 2.5e6 : 0,
  }));
}

const METHODS = [
  ...[
    'login',
    'submit',
    'job',
    'getjob',
    'keepalived',
    'subscribe',
    'authorize',
    'notify',
    'hello',
    'status',
    'list',
  ],
  ...[
    'mining.subscribe',
    'mining.authorize',
    'mining.notify',
    'mining.submit',
    'mining.set_difficulty',
    'mining.ping',
  ],
  ...[
    'eth_submitLogin',
    'eth_getWork',
    'eth_submitWork',
    'client.get_version',
    'getwork',
    'solution',
    'job.update',
  ],
];
const FIELDS = [
  ...[
    'id',
    'job_id',
    'nonce',
    'result',
    'target',
    'blob',
    'login',
    'pass',
    'agent',
    'algo',
    'height',
    'status',
    'worker',
  ],
  ...['hash', 'difficulty', 'user', 'token', 'data', 'job', 'params', 'seed_hash', 'name', 'size', 'type'],
];

/** A value such as services send: hash sums, numbers, names, times; rarely nested. */
function value(random, depth = 0) {
  const kinds = depth > 1 ? 7 : 9;
  switch (Math.floor(random() * kinds)) {
    case 0:
      return hex(random, pick(random, [8, 16, 32, 40, 64, 64, 128, 152]));
    case 1:
      return Math.floor(random() * 1e6);
    case 2:
      return pick(random, ['OK', 'ok', true, false, null, '', 'x', 'alice', 'node-7.rack2', 'Client/1.4']);
    case 3:
      return `0x${hex(random, pick(random, [1, 8, 16, 40, 64, 64]))}`;
    case 4:
      return `${pick(random, ['task', 'job', 'w'])}-${Math.floor(random() * 1000)}`;
    case 5:
      return random();
    case 6:
      return Math.floor(random() * 2) === 1;
    case 7:
      return Array.from({ length: Math.floor(random() * 6) }, () => value(random, depth + 1));
    default:
      return fields(random, depth + 1);
  }
}

function fields(random, depth = 0) {
  return Object.fromEntries(
    Array.from({ length: 1 + Math.floor(random() * 6) }, () => [pick(random, FIELDS), value(random, depth)]),
  );
}

const params = (random) =>
  random() < 0.5 ? fields(random) : Array.from({ length: Math.floor(random() * 7) }, () => value(random));

/** A service of few methods of its own: it asks with them, is answered, and pushes some. */
function words(random, isPushing = true) {
  const methods = Array.from({ length: 3 }, () => pick(random, METHODS));
  const pushed = pick(random, METHODS);
  const line = (isClient, body) => ({
    isClient,
    bytes: Buffer.from(`${JSON.stringify(body)}\n`),
    restUs: 1e6,
  });
  return Array.from({ length: 8 }, (_, id) => [
    line(true, { id, jsonrpc: '2.0', method: pick(random, methods), params: params(random) }),
    line(false, {
      id,
      jsonrpc: '2.0',
      result: random() < 0.3 ? { status: 'OK' } : value(random),
      error: null,
    }),
    ...(isPushing && random() < 0.5
      ? [line(false, { id: null, method: pushed, params: params(random) })]
      : []),
  ]).flat();
}

/** The same by HTTP, as nodes are asked; some with what old nodes give as work. */
function http(random) {
  const ofNode = { data: hex(random, 256), target: hex(random, 64) };
  const work = [0, 1, 2].map(() => `0x${hex(random, 64)}`);
  const given = pick(random, [null, null, ofNode, work]);
  return words(random, false).map(({ isClient, bytes, restUs }) => {
    const said = JSON.parse(bytes);
    const body = JSON.stringify(isClient || given === null ? said : { ...said, result: given });
    const head = isClient
      ? 'POST / HTTP/1.1\r\nHost: node.example'
      : 'HTTP/1.1 200 OK\r\nContent-Type: application/json';
    return {
      isClient,
      bytes: Buffer.from(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
      restUs,
    };
  });
}

/** Sessions of a capture, by their kind. */
export const TALKS = { unreadable: noise, words: (random) => words(random), http };

/** Whole TCP sessions of one kind. */
export function* talks(kind, { from, count, seed }) {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  yield head;
  for (let at = from; at < from + count; at++) {
    const random = randomFrom(seed + at);
    const client = 0x0a000000 + (at & 0xffffff);
    // One each: what is taken for a pool once is taken for one by its other clients, too.
    const server = 0xc6120000 + (at & 0x1ffff);
    const clientPort = 32_768 + (at % 28_000);
    let timeUs = START_S * 1e6 + at * 1000;
    const next = { client: 1, server: 1 };
    const frames = [];
    const say = (isClient, flags, payload) => {
      const [seq, ack] = isClient ? [next.client, next.server] : [next.server, next.client];
      frames.push(frame(timeUs, isClient, client, server, clientPort, seq, ack, flags, payload));
      next[isClient ? 'client' : 'server'] += payload.length + (flags & 3 ? 1 : 0);
      timeUs += 30_000;
    };
    const none = Buffer.alloc(0);
    say(true, 2, none);
    say(false, 0x12, none);
    say(true, 0x10, none);
    for (const { isClient, bytes, restUs } of TALKS[kind](random, at)) {
      say(isClient, 0x18, bytes);
      timeUs += restUs;
    }
    say(true, 0x11, none);
    say(false, 0x11, none);
    yield Buffer.concat(frames);
  }
}
