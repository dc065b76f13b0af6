/**
 * Writes a capture (pcap, Ethernet, microseconds) like that of a provider's line, with known mining sessions and
 * look-alikes in it, and a truth file that names them. The same options give the same bytes. Checksums are left out.
 *
 * Clients are in 10.0.0.0/9 and 2001:db8:1::/48, servers in 198.18.0.0/15 and 2001:db8:f000::/48, pools in 192.0.2.0/24,
 * 203.0.113.0/24 and 2001:db8:beef::/64, the resolver is 10.255.255.53; pool names end in `.example`.
 */
import fs from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    truth: { type: 'string' },
    packets: { type: 'string', default: '2000000' },
    seed: { type: 'string', default: '1' },
    snaplen: { type: 'string', default: '262144' },
    'pkts-per-flow': { type: 'string', default: '20' },
  },
});
if (!values.out || !values.truth) {
  process.stderr.write(
    'usage: gen-trace.mjs --out FILE --truth FILE [--packets N] [--seed N] [--snaplen BYTES] [--pkts-per-flow N]\n',
  );
  process.exit(2);
}
const N = Number(values.packets);
if (!Number.isInteger(N) || N < 1) {
  process.stderr.write(`--packets ${values.packets}: expected a whole number, 1 or more\n`);
  process.exit(2);
}
const SEED = Number(values.seed);
const SNAP = Number(values.snaplen);
/** Mean packets of a background flow (heavy tail). */
const PPF = Number(values['pkts-per-flow']);
const PPS = 5000;
const T0 = 1_700_000_000;
/** Addresses inside and outside, Zipf-like popularity. */
const NC = 65_536;
const NS = 131_072;
/** Shares of flows: IPv6, VLAN tag; of mining sessions: TLS, already running, first line cut; of miners: several behind one address. */
const P6 = 0.2;
const PVLAN = 0.3;
const PTLSM = 0.15;
const PMID = 0.1;
const PSPLIT = 0.05;
const PFARM = 0.2;
/** Shares of flows that mine, and that look like it but do not. */
const PMINE = 0.001;
const PDECOY = 0.001;
const FLOWS = Math.max(1, Math.round(N / PPF));
const ACTIVE = Math.min(200_000, Math.max(500, Math.round(FLOWS / 20)));
const DUR = N / PPS;
const DIALECTS = ['v1', 'xmr', 'ethproxy', 'nicehash'];
/** Relative weights of TLS, QUIC, DNS, HTTP and other flows. */
const mixW = [55, 12, 25, 5, 3];
const mixSum = 100;

// ---------------------------------------------------------------- random numbers (sfc32)
function rng(seed, stream) {
  let a = seed >>> 0,
    b = stream >>> 0,
    c = 0x9e3779b9,
    d = 1;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}
const r32 = rng(SEED, 1);
const rnd = () => r32() / 4294967296;
const int = (n) => Math.floor(rnd() * n);
const expo = (mean) => -mean * Math.log(1 - rnd());
const HEX = '0123456789abcdef';
const hex = (n) => {
  let s = '';
  for (let i = 0; i < n; i++) s += HEX[r32() >>> 28];
  return s;
};
const B58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const b58 = (n) => {
  let s = '';
  for (let i = 0; i < n; i++) s += B58[int(58)];
  return s;
};
function zipf(n, s) {
  const cdf = new Float64Array(n);
  let t = 0;
  for (let i = 0; i < n; i++) {
    t += 1 / (i + 1) ** s;
    cdf[i] = t;
  }
  return () => {
    const x = rnd() * t;
    let lo = 0,
      hi = n - 1;
    while (lo < hi) {
      const m = (lo + hi) >> 1;
      if (cdf[m] < x) lo = m + 1;
      else hi = m;
    }
    return lo;
  };
}
const pickClient = zipf(NC, 0.7),
  pickServer = zipf(NS, 1.0),
  pickName = zipf(20000, 1.0);
// popularity rank -> address: an odd multiplier spreads ranks over the range
const scatter = (rank, n) =>
  (n & (n - 1)) === 0 ? ((Math.imul(rank, 40503) + 12345) & (n - 1)) >>> 0 : rank;

// ---------------------------------------------------------------- payload pools
const POOL = 1 << 20;
const poolRnd = (() => {
  const b = new Uint8Array(POOL),
    r = rng(SEED, 2);
  for (let i = 0; i < POOL; i += 4) {
    const x = r();
    b[i] = x;
    b[i + 1] = x >>> 8;
    b[i + 2] = x >>> 16;
    b[i + 3] = x >>> 24;
  }
  return b;
})();
const poolTxt = (() => {
  const words =
    'the of network report item value page class span href data list table index { } " : ; <div> </div> <p> </p> , . = id name type src null true 0 1 2 3'.split(
      ' ',
    );
  const r = rng(SEED, 3);
  let s = '';
  while (s.length < POOL) s += words[r() % words.length] + (r() % 12 === 0 ? '\n' : ' ');
  return new Uint8Array(Buffer.from(s.slice(0, POOL), 'latin1'));
})();

// ---------------------------------------------------------------- output
const fd = fs.openSync(values.out, 'w');
const OUTSZ = 8 << 20;
const ob = new Uint8Array(OUTSZ + 70000);
let op = 0,
  written = 0;
function flush() {
  let o = 0;
  while (o < op) o += fs.writeSync(fd, ob, o, op - o);
  written += op;
  op = 0;
}
function p32(v) {
  ob[op] = v;
  ob[op + 1] = v >>> 8;
  ob[op + 2] = v >>> 16;
  ob[op + 3] = v >>> 24;
  op += 4;
}
p32(0xa1b2c3d4);
p32(0x00040002);
p32(0);
p32(0);
p32(SNAP);
p32(1);

// ---------------------------------------------------------------- flows and frames
const counts = { packets: 0, bytes: 0, captured: 0, byKind: {}, flows: {} };
let ipId = 1;
class Flow {
  constructor(kind, client, server, cport, sport, v6) {
    this.kind = kind;
    this.client = client;
    this.server = server;
    this.cport = cport;
    this.sport = sport;
    this.v6 = v6;
    this.vlan = 0;
    this.qinq = 0;
    this.udp = false;
    this.stage = 0;
    this.left = 0;
    this.seqC = 0;
    this.seqS = 0;
    this.name = '';
    this.bias = 0;
    this.pend = 0;
    this.rem = new Float64Array(2); // bytes left of the current TLS record, per direction
    this.info = null;
    this.hdr = null;
  }
}
function newFlow(kind, client, server, sport, v6, udp) {
  const f = new Flow(kind, client, server, 1024 + int(64511), sport, v6);
  f.udp = udp;
  f.seqC = r32();
  f.seqS = r32();
  if (rnd() < PVLAN) {
    f.vlan = 1 + ((client & 0xfff) % 4094);
    if (rnd() < 0.1) f.qinq = 100;
  }
  counts.flows[kind] = (counts.flows[kind] || 0) + 1;
  f.hdr = header(f);
  return f;
}
// servers: 0..131071 plain, >= 1e6 pools, -1 resolver
function put4(b, o, isClient, id) {
  if (isClient) {
    b[o] = 10;
    b[o + 1] = (id >>> 16) & 127;
    b[o + 2] = id >>> 8;
    b[o + 3] = id;
  } else if (id === -1) {
    b[o] = 10;
    b[o + 1] = 255;
    b[o + 2] = 255;
    b[o + 3] = 53;
  } else if (id >= 1e6) {
    const k = id - 1e6;
    b[o] = k & 1 ? 203 : 192;
    b[o + 1] = 0;
    b[o + 2] = k & 1 ? 113 : 2;
    b[o + 3] = 10 + (k >> 1);
  } else {
    b[o] = 198;
    b[o + 1] = 18 + ((id >>> 16) & 1);
    b[o + 2] = id >>> 8;
    b[o + 3] = id;
  }
}
function put6(b, o, isClient, id) {
  b[o] = 0x20;
  b[o + 1] = 0x01;
  b[o + 2] = 0x0d;
  b[o + 3] = 0xb8;
  for (let i = 4; i < 16; i++) b[o + i] = 0;
  if (isClient) {
    b[o + 5] = 1;
    b[o + 6] = id >>> 16;
    b[o + 7] = id >>> 8;
    b[o + 15] = id & 255;
    b[o + 14] = 1;
  } else if (id === -1) {
    b[o + 4] = 0xf0;
    b[o + 15] = 0x53;
  } else if (id >= 1e6) {
    b[o + 4] = 0xbe;
    b[o + 5] = 0xef;
    b[o + 15] = 10 + (id - 1e6);
  } else {
    b[o + 4] = 0xf0;
    b[o + 13] = id >>> 16;
    b[o + 14] = id >>> 8;
    b[o + 15] = id;
  }
}
function ipText(isClient, id, v6) {
  const b = new Uint8Array(16);
  if (!v6) {
    put4(b, 0, isClient, id);
    return `${b[0]}.${b[1]}.${b[2]}.${b[3]}`;
  }
  put6(b, 0, isClient, id);
  const w = [];
  for (let i = 0; i < 16; i += 2) w.push((b[i] << 8) | b[i + 1]);
  let bs = -1,
    bl = 0;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && w[j] === 0) j++;
    if (j - i > bl) {
      bs = i;
      bl = j - i;
    }
  }
  const h = (a) => a.map((x) => x.toString(16)).join(':');
  return bl > 1 ? `${h(w.slice(0, bs))}::${h(w.slice(bs + bl))}` : h(w);
}
// both directions' L2+L3+L4 header templates of a flow
function header(f) {
  const l2 = 14 + (f.vlan ? 4 : 0) + (f.qinq ? 4 : 0),
    l3 = f.v6 ? 40 : 20,
    l4 = f.udp ? 8 : 32;
  const both = [];
  for (let dir = 0; dir < 2; dir++) {
    const h = new Uint8Array(l2 + l3 + l4);
    h[0] = 2;
    h[5] = dir ? 1 : 2;
    h[6] = 2;
    h[11] = dir ? 2 : 1;
    let o = 12;
    if (f.qinq) {
      h[o] = 0x88;
      h[o + 1] = 0xa8;
      h[o + 3] = f.qinq;
      o += 4;
    }
    if (f.vlan) {
      h[o] = 0x81;
      h[o + 1] = 0;
      h[o + 2] = f.vlan >> 8;
      h[o + 3] = f.vlan;
      o += 4;
    }
    h[o] = f.v6 ? 0x86 : 0x08;
    h[o + 1] = f.v6 ? 0xdd : 0;
    o += 2;
    if (f.v6) {
      h[o] = 0x60;
      h[o + 6] = f.udp ? 17 : 6;
      h[o + 7] = dir ? 57 : 63;
      put6(h, o + 8, dir === 0, dir === 0 ? f.client : f.server);
      put6(h, o + 24, dir === 1, dir === 0 ? f.server : f.client);
    } else {
      h[o] = 0x45;
      h[o + 6] = 0x40;
      h[o + 8] = dir ? 57 : 63;
      h[o + 9] = f.udp ? 17 : 6;
      put4(h, o + 12, dir === 0, dir === 0 ? f.client : f.server);
      put4(h, o + 16, dir === 1, dir === 0 ? f.server : f.client);
    }
    const z = o + l3;
    o = z;
    const sp = dir ? f.sport : f.cport,
      dp = dir ? f.cport : f.sport;
    h[o] = sp >> 8;
    h[o + 1] = sp;
    h[o + 2] = dp >> 8;
    h[o + 3] = dp;
    if (!f.udp) {
      h[o + 12] = 0x80;
      h[o + 14] = 0x7f;
      h[o + 15] = 0xff;
      h[o + 20] = 1;
      h[o + 21] = 1;
      h[o + 22] = 8;
      h[o + 23] = 10;
    }
    both.push({ h, l2, l3, l4 });
  }
  return both;
}
const SYN = 2,
  ACK = 16,
  PSH = 8,
  FIN = 1;
let now = 0; // seconds since start
function emit(f, dir, flags, src, off, len, kind) {
  const t = f.hdr[dir],
    hl = t.h.length,
    total = hl + len;
  const cap = total < SNAP ? total : SNAP;
  const sec = T0 + Math.floor(now),
    frac = now - Math.floor(now);
  p32(sec);
  p32(Math.floor(frac * 1e6));
  p32(cap);
  p32(total);
  const s = op;
  ob.set(t.h, s);
  const o3 = s + t.l2,
    o4 = o3 + t.l3,
    o5 = o4 + t.l4;
  const l4len = t.l4 + len;
  if (f.v6) {
    ob[o3 + 4] = l4len >> 8;
    ob[o3 + 5] = l4len;
  } else {
    const tl = 20 + l4len,
      id = ipId++ & 0xffff;
    ob[o3 + 2] = tl >> 8;
    ob[o3 + 3] = tl;
    ob[o3 + 4] = id >> 8;
    ob[o3 + 5] = id;
  }
  if (f.udp) {
    ob[o4 + 4] = l4len >> 8;
    ob[o4 + 5] = l4len;
  } else {
    const sq = dir ? f.seqS : f.seqC,
      ak = dir ? f.seqC : f.seqS;
    ob[o4 + 4] = sq >>> 24;
    ob[o4 + 5] = sq >>> 16;
    ob[o4 + 6] = sq >>> 8;
    ob[o4 + 7] = sq;
    if (flags & ACK) {
      ob[o4 + 8] = ak >>> 24;
      ob[o4 + 9] = ak >>> 16;
      ob[o4 + 10] = ak >>> 8;
      ob[o4 + 11] = ak;
    }
    ob[o4 + 13] = flags;
    const ts = Math.floor(now * 1000) + f.cport; // TCP timestamps option
    ob[o4 + 24] = ts >>> 24;
    ob[o4 + 25] = ts >>> 16;
    ob[o4 + 26] = ts >>> 8;
    ob[o4 + 27] = ts;
    const adv = len + (flags & (SYN | FIN) ? 1 : 0);
    if (dir) f.seqS = (f.seqS + adv) >>> 0;
    else f.seqC = (f.seqC + adv) >>> 0;
  }
  if (len) ob.set(src.subarray(off, off + len), o5);
  op = s + cap;
  counts.packets++;
  counts.bytes += total;
  counts.captured += cap;
  counts.byKind[kind] = (counts.byKind[kind] || 0) + 1;
  if (op >= OUTSZ) flush();
}
const rpos = (len) => int((POOL - len - 2) >> 1) * 2;
const mss = (f) => (f.v6 ? 1428 : 1448);
// arbitrary bytes over TCP in MSS pieces
function sendTcp(f, dir, bytes, kind, cutAt) {
  let o = 0;
  const m = mss(f);
  if (cutAt && cutAt < bytes.length) {
    emit(f, dir, ACK | PSH, bytes, 0, cutAt, kind);
    o = cutAt;
  }
  while (o < bytes.length) {
    const n = Math.min(m, bytes.length - o);
    emit(f, dir, o + n >= bytes.length ? ACK | PSH : ACK, bytes, o, n, kind);
    o += n;
  }
}
const enc = (s) => new Uint8Array(Buffer.from(s, 'latin1'));

// ---------------------------------------------------------------- application bytes
function hostName(rank) {
  return rank % 7 === 0
    ? `cdn${rank}.static.example.net`
    : rank % 3 === 0
      ? `api-${rank}.example.org`
      : `www.site${rank}.example.com`;
}
function clientHello(host, alpn) {
  const e = [];
  const ext = (type, bytes) => e.push(type >> 8, type & 255, bytes.length >> 8, bytes.length & 255, ...bytes);
  if (host) {
    const h = [...Buffer.from(host)];
    const n = h.length;
    ext(0, [(n + 3) >> 8, (n + 3) & 255, 0, n >> 8, n & 255, ...h]);
  }
  ext(10, [0, 8, 0, 0x1d, 0, 0x17, 0, 0x18, 0, 0x19]);
  ext(11, [1, 0]);
  ext(13, [0, 16, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1]);
  if (alpn) ext(16, [0, 12, 2, 0x68, 0x32, 8, 0x68, 0x74, 0x74, 0x70, 0x2f, 0x31, 0x2e, 0x31]);
  ext(43, [4, 3, 4, 3, 3]);
  ext(45, [1, 1]);
  const key = [];
  for (let i = 0; i < 32; i++) key.push(r32() >>> 24);
  ext(51, [0, 36, 0, 0x1d, 0, 32, ...key]);
  const ciphers = [
    0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9, 0xcc, 0xa8, 0xc0,
    0x13, 0xc0, 0x14, 0, 0x9c, 0, 0x9d, 0, 0x2f, 0, 0x35,
  ];
  let fixed = 2 + 32 + 1 + 32 + 2 + ciphers.length + 2 + 2 + e.length;
  const pad = 512 - 4 - fixed - 4;
  if (pad > 0) {
    ext(21, new Array(pad).fill(0));
    fixed += pad + 4;
  }
  const b = [0x16, 3, 1, (fixed + 4) >> 8, (fixed + 4) & 255, 1, 0, fixed >> 8, fixed & 255, 3, 3];
  for (let i = 0; i < 32; i++) b.push(r32() >>> 24);
  b.push(32);
  for (let i = 0; i < 32; i++) b.push(r32() >>> 24);
  b.push(0, ciphers.length, ...ciphers, 1, 0, e.length >> 8, e.length & 255, ...e);
  return new Uint8Array(b);
}
function serverHello() {
  // ServerHello, ChangeCipherSpec and one encrypted record: three segments
  const m = 133 + 5 + 2880,
    b = new Uint8Array(m),
    o = rpos(m);
  b.set(poolRnd.subarray(o, o + m));
  b.set([0x16, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3], 0);
  b[43] = 32;
  b.set([0x13, 2, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 0x1d, 0, 32], 76);
  b.set([0x14, 3, 3, 0, 1, 1, 0x17, 3, 3, 0x0b, 0x40], 127);
  return b;
}
// n bytes of a TLS stream with well-formed record headers where records begin
const scratch = new Uint8Array(2048);
function sendTls(f, dir, n, push, kind) {
  let at = f.rem[dir];
  if (at >= n) {
    f.rem[dir] -= n;
    emit(f, dir, push ? ACK | PSH : ACK, poolRnd, rpos(n), n, kind);
    return;
  }
  if (n - at < 6) {
    n = at;
    f.rem[dir] = 0;
    if (n) emit(f, dir, ACK | PSH, poolRnd, rpos(n), n, kind);
    return;
  }
  const o = rpos(n);
  scratch.set(poolRnd.subarray(o, o + n));
  while (at < n) {
    if (n - at < 6) {
      n = at;
      break;
    }
    const len = push ? n - at - 5 : rnd() < 0.5 ? 16384 : 200 + int(8000);
    scratch[at] = 0x17;
    scratch[at + 1] = 3;
    scratch[at + 2] = 3;
    scratch[at + 3] = len >> 8;
    scratch[at + 4] = len;
    at += 5 + len;
  }
  f.rem[dir] = at - n;
  emit(f, dir, push ? ACK | PSH : ACK, scratch, 0, n, kind);
}
function tlsRecord(n) {
  const b = new Uint8Array(n + 5),
    o = rpos(n);
  b.set([0x17, 3, 3, n >> 8, n & 255]);
  b.set(poolRnd.subarray(o, o + n), 5);
  return b;
}
function dnsMsg(id, name, answer, v6) {
  // answer: Uint8Array address or null
  const b = [id >> 8, id & 255, answer ? 0x81 : 1, answer ? 0x80 : 0, 0, 1, 0, answer ? 1 : 0, 0, 0, 0, 0];
  for (const l of name.split('.')) b.push(l.length, ...Buffer.from(l));
  b.push(0, 0, v6 ? 28 : 1, 0, 1);
  if (answer) b.push(0xc0, 12, 0, v6 ? 28 : 1, 0, 1, 0, 0, 0, 120, 0, answer.length, ...answer);
  return new Uint8Array(b);
}
function serverAddr(id, v6) {
  const b = new Uint8Array(v6 ? 16 : 4);
  if (v6) put6(b, 0, false, id);
  else put4(b, 0, false, id);
  return b;
}

// ---------------------------------------------------------------- background flows: one step = one packet (or the few of a handshake)
const heavy = (mean) => {
  const a = 1.3;
  return Math.max(2, Math.min(20000, Math.round((mean * (a - 1)) / a / (1 - rnd()) ** (1 / a))));
};
// packets a flow of each kind needs so that the whole mix has the asked mean
const shareLong = (mixW[0] + mixW[1] + mixW[3] + mixW[4]) / mixSum;
const LONG = Math.max(6, ((PPF - 2 * (1 - shareLong)) / Math.max(shareLong, 0.01)) * 1.45);
function startBackground() {
  let x = rnd() * mixSum,
    k = 0;
  while (k < 4 && x >= mixW[k]) {
    x -= mixW[k];
    k++;
  }
  const c = scatter(pickClient(), NC),
    s = scatter(pickServer(), NS),
    v6 = rnd() < P6;
  let f;
  if (k === 0) {
    f = newFlow('tls', c, s, 443, v6, false);
    f.left = heavy(LONG);
  } else if (k === 1) {
    f = newFlow('quic', c, s, 443, v6, true);
    f.left = heavy(LONG);
  } else if (k === 2) {
    f = newFlow('dns', c, -1, 53, v6, true);
    f.left = 2;
    f.bias = int(65536);
  } else if (k === 3) {
    f = newFlow('http', c, s, 80, v6, false);
    f.left = heavy(LONG);
  } else {
    const u = rnd() < 0.4;
    f = newFlow('other', c, s, 1024 + int(60000), v6, u);
    f.left = heavy(LONG);
  }
  f.name = hostName(pickName());
  if (k !== 2) f.bias = k === 3 || rnd() < 0.8 ? 0 : 1; // 1: mostly upload
  return f;
}
const segLen = (f) => (rnd() < 0.68 ? mss(f) : 100 + int(mss(f) - 100));
// returns false when the flow has ended
function step(f) {
  f.left--;
  const st = f.stage++;
  switch (f.kind) {
    case 'dns':
      if (st === 0) {
        const q = dnsMsg(f.bias, f.name, null, f.v6);
        emit(f, 0, 0, q, 0, q.length, 'dns');
        return true;
      }
      {
        const a = dnsMsg(f.bias, f.name, serverAddr(scatter(int(NS), NS), f.v6), f.v6);
        emit(f, 1, 0, a, 0, a.length, 'dns');
        return false;
      }
    case 'quic': {
      if (st < 2) {
        const b = new Uint8Array(1200),
          o = rpos(1200);
        b.set(poolRnd.subarray(o, o + 1200));
        b.set([0xc3, 0, 0, 0, 1, 8], 0);
        b.set([0, 0, 0x44, 0x9e], 14);
        emit(f, st, 0, b, 0, 1200, 'quic');
        return f.left > 0;
      }
      const up = rnd() < 0.35,
        n = up ? (f.bias ? 1100 + int(120) : 30 + int(60)) : rnd() < 0.7 ? 1230 : 60 + int(1100);
      let o = rpos(n);
      while ((poolRnd[o] & 0xc0) !== 0x40) o = rpos(n); // first byte of a short header: 01xxxxxx
      emit(f, up ? 0 : 1, 0, poolRnd, o, n, 'quic');
      return f.left > 0;
    }
    case 'other': {
      if (f.udp) {
        const n = 40 + int(900);
        emit(f, int(2), 0, poolRnd, rpos(n), n, 'other');
        return f.left > 0;
      }
      if (st === 0) {
        emit(f, 0, SYN, null, 0, 0, 'other');
        return true;
      }
      if (st === 1) {
        emit(f, 1, SYN | ACK, null, 0, 0, 'other');
        return true;
      }
      if (f.left <= 0) {
        emit(f, 0, FIN | ACK, null, 0, 0, 'other');
        return false;
      }
      const up = rnd() < 0.5,
        n = up ? int(200) : segLen(f);
      emit(f, up ? 0 : 1, n ? ACK | PSH : ACK, n ? poolRnd : null, n ? rpos(n) : 0, n, 'other');
      return true;
    }
    default: {
      // tls, http
      const k = f.kind;
      if (st === 0) {
        emit(f, 0, SYN, null, 0, 0, k);
        return true;
      }
      if (st === 1) {
        emit(f, 1, SYN | ACK, null, 0, 0, k);
        return true;
      }
      if (st === 2) {
        emit(f, 0, ACK, null, 0, 0, k);
        return true;
      }
      if (st === 3) {
        const b =
          k === 'tls'
            ? clientHello(f.name, true)
            : enc(
                `GET /a/${hex(8)}?v=${int(1000)} HTTP/1.1\r\nHost: ${f.name}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/118.0\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n`,
              );
        sendTcp(f, 0, b, k);
        return true;
      }
      if (st === 4) {
        if (k === 'tls') {
          sendTcp(f, 1, serverHello(), k);
          return true;
        }
        const h = enc(
          `HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: ${f.name.startsWith('api') ? 'application/json' : 'text/html'}\r\nContent-Length: ${f.left * 1448}\r\n\r\n`,
        );
        const b = new Uint8Array(mss(f));
        const o = rpos(b.length);
        b.set(poolTxt.subarray(o, o + b.length));
        b.set(h);
        sendTcp(f, 1, b, k);
        return true;
      }
      if (f.left <= 0) {
        emit(f, 0, FIN | ACK, null, 0, 0, k);
        return false;
      }
      const down = f.bias === 0 ? 1 : 0;
      if (f.pend >= 2) {
        f.pend = 0;
        emit(f, 1 - down, ACK, null, 0, 0, k);
        return true;
      }
      if (k === 'tls') {
        if (rnd() < 0.06) sendTls(f, 1 - down, 80 + int(500), true, k);
        else {
          f.pend++;
          sendTls(f, down, segLen(f), false, k);
        }
      } else {
        f.pend++;
        const n = segLen(f);
        emit(f, down, ACK, poolTxt, rpos(n), n, k);
      }
      return true;
    }
  }
}

// ---------------------------------------------------------------- timed sessions: mining and decoys
class Heap {
  constructor() {
    this.a = [];
  }
  get size() {
    return this.a.length;
  }
  top() {
    return this.a[0];
  }
  push(e) {
    const a = this.a;
    let i = a.length;
    a.push(e);
    while (i) {
      const p = (i - 1) >> 1;
      if (a[p].t < e.t || (a[p].t === e.t && a[p].n < e.n)) break;
      a[i] = a[p];
      i = p;
    }
    a[i] = e;
  }
  pop() {
    const a = this.a,
      r = a[0],
      e = a.pop();
    if (a.length) {
      let i = 0;
      const n = a.length;
      for (;;) {
        let c = 2 * i + 1;
        if (c >= n) break;
        if (c + 1 < n && (a[c + 1].t < a[c].t || (a[c + 1].t === a[c].t && a[c + 1].n < a[c].n))) c++;
        if (e.t < a[c].t || (e.t === a[c].t && e.n < a[c].n)) break;
        a[i] = a[c];
        i = c;
      }
      a[i] = e;
    }
    return r;
  }
}
const heap = new Heap();
let evN = 0;
const at = (t, fn) => {
  if (t < DUR) heap.push({ t, n: evN++, fn });
};

const POOLS = [];
for (let i = 0; i < 24; i++) {
  const d = ['v1', 'xmr', 'ethproxy', 'nicehash'][i % 4];
  POOLS.push({
    id: 1e6 + i,
    dialect: d,
    host: `${['stratum', 'pool', 'eth', 'nh'][i % 4]}${i}.${['btc', 'xmr', 'etc', 'auto'][i % 4]}pool.example`,
    port: [
      [3333, 443, 25],
      [3333, 5555, 8080, 14444],
      [4444, 8008],
      [3353, 9200],
    ][i % 4][(i >> 2) % [3, 4, 2, 2][i % 4]],
    tlsPort: [3334, 443, 5555, 9999][i % 4],
  });
}
const COIN = { v1: 'BTC', xmr: 'XMR', ethproxy: 'ETC', nicehash: 'ETC' };

function dialect(d, s) {
  // the lines of one clear-text dialect
  const J = JSON.stringify;
  if (d === 'v1') {
    const notify = (clean) =>
      `${J({ id: null, method: 'mining.notify', params: [hex(8), hex(64), `01000000${hex(150)}`, hex(280), Array.from({ length: 9 + int(5) }, () => hex(64)), '20000000', '17058ebe', (T0 + Math.floor(now)).toString(16), clean] })}\n`;
    return {
      hello: [
        () => `${J({ id: 1, method: 'mining.subscribe', params: [s.agent] })}\n`,
        () => `${J({ id: 2, method: 'mining.authorize', params: [s.worker, 'x'] })}\n`,
      ],
      reply: [
        () =>
          `${J({
            id: 1,
            result: [
              [
                ['mining.set_difficulty', hex(16)],
                ['mining.notify', hex(16)],
              ],
              hex(8),
              4,
            ],
            error: null,
          })}\n`,
        () =>
          `${J({ id: 2, result: true, error: null })}\n${J({ id: null, method: 'mining.set_difficulty', params: [1 << (10 + int(8))] })}\n${notify(true)}`,
      ],
      job: () => notify(rnd() < 0.2),
      submit: (n) =>
        `${J({ params: [s.worker, hex(8), hex(8), (T0 + Math.floor(now)).toString(16), hex(8)], id: n, method: 'mining.submit' })}\n`,
      ok: (n) => `${J({ id: n, result: true, error: null })}\n`,
    };
  }
  if (d === 'xmr') {
    const id = hex(16),
      job = () => ({
        blob: `1010${hex(148)}`,
        job_id: hex(28),
        target: 'b88d0600',
        algo: 'rx/0',
        height: 3000000 + int(9999),
        seed_hash: hex(64),
      });
    return {
      hello: [
        () =>
          `${J({ id: 1, jsonrpc: '2.0', method: 'login', params: { login: s.worker, pass: 'x', agent: s.agent, algo: ['rx/0', 'cn/2', 'cn/r', 'cn/half', 'argon2/chukwa'] } })}\n`,
      ],
      reply: [
        () =>
          `${J({ id: 1, jsonrpc: '2.0', error: null, result: { id, job: job(), extensions: ['algo', 'nicehash', 'connect', 'keepalive'], status: 'OK' } })}\n`,
      ],
      job: () => `${J({ jsonrpc: '2.0', method: 'job', params: job() })}\n`,
      submit: (n) =>
        `${J({ id: n, jsonrpc: '2.0', method: 'submit', params: { id, job_id: hex(28), nonce: hex(8), result: hex(64) } })}\n`,
      ok: (n) => `${J({ id: n, jsonrpc: '2.0', error: null, result: { status: 'OK' } })}\n`,
    };
  }
  if (d === 'ethproxy') {
    const work = () => [`0x${hex(64)}`, `0x${hex(64)}`, `0x00000000${hex(56)}`];
    return {
      hello: [
        () =>
          `${J({ id: 1, jsonrpc: '2.0', method: 'eth_submitLogin', params: [s.worker], worker: s.rig })}\n`,
        () => `${J({ id: 5, jsonrpc: '2.0', method: 'eth_getWork', params: [] })}\n`,
      ],
      reply: [
        () => `${J({ id: 1, jsonrpc: '2.0', result: true })}\n`,
        () => `${J({ id: 5, jsonrpc: '2.0', result: work() })}\n`,
      ],
      job: () => `${J({ id: 0, jsonrpc: '2.0', result: work() })}\n`,
      submit: () =>
        `${J({ id: 4, jsonrpc: '2.0', method: 'eth_submitWork', params: [`0x${hex(16)}`, `0x${hex(64)}`, `0x${hex(64)}`], worker: s.rig })}\n`,
      ok: () => `${J({ id: 4, jsonrpc: '2.0', result: true })}\n`,
    };
  }
  const notify = (clean) =>
    `${J({ id: null, method: 'mining.notify', params: [hex(8), hex(64), hex(64), clean] })}\n`;
  return {
    hello: [
      () => `${J({ id: 1, method: 'mining.subscribe', params: [s.agent, 'EthereumStratum/1.0.0'] })}\n`,
      () => `${J({ id: 2, method: 'mining.authorize', params: [s.worker, 'x'] })}\n`,
    ],
    reply: [
      () =>
        `${J({ id: 1, result: [['mining.notify', hex(32), 'EthereumStratum/1.0.0'], hex(6)], error: null })}\n`,
      () =>
        `${J({ id: 2, result: true, error: null })}\n${J({ id: null, method: 'mining.set_difficulty', params: [0.5 + int(8)] })}\n${notify(true)}`,
    ],
    job: () => notify(rnd() < 0.3),
    submit: (n) => `${J({ id: n, method: 'mining.submit', params: [s.worker, hex(8), hex(10)] })}\n`,
    ok: (n) => `${J({ id: n, result: true, error: null })}\n`,
  };
}
const AGENT = {
  v1: ['cgminer/4.11.1', 'bmminer/2.0.0/Antminer S19/420', 'cpuminer/2.5.1'],
  xmr: [
    'XMRig/6.21.0 (Linux x86_64) libuv/1.44.2 gcc/11.2.0',
    'XMRig/6.16.4 (Windows NT 10.0; Win64; x64) libuv/1.43.0 msvc/2019',
    'xmr-stak/2.10.8',
  ],
  ethproxy: ['ethminer'],
  nicehash: ['ethminer/0.19.0', 'NiceHash/1.0.0', 'gminer/3.44'],
};
const miners = new Map(),
  decoys = [],
  wireKind = 'mining';
function minerEntry(ip, v6) {
  let e = miners.get(ip);
  if (!e) {
    e = { ip, version: v6 ? 6 : 4, sessions: [] };
    miners.set(ip, e);
  }
  return e;
}
function startMining(client, v6, d, forced) {
  const pools = POOLS.filter((p) => p.dialect === d),
    pool = pools[int(pools.length)];
  const tls = rnd() < PTLSM,
    mid = rnd() < PMID && DUR > 20,
    split = !tls && !mid && rnd() < PSPLIT;
  const wallet = d === 'v1' ? `bc1q${hex(38)}` : d === 'xmr' ? `4${b58(94)}` : `0x${hex(40)}`;
  const rig = `rig${int(1000)}`,
    s = {
      agent: AGENT[d][int(AGENT[d].length)],
      rig,
      worker: forced?.wallet ?? (d === 'xmr' || d === 'ethproxy' ? wallet : `${wallet}.${rig}`),
    };
  const L = dialect(d, s);
  const f = newFlow('mining', client, pool.id, tls ? pool.tlsPort : pool.port, v6, false);
  const rec = {
    dialect: d,
    coin: COIN[d],
    encrypted: tls,
    midstream: mid,
    splitHello: split,
    server: ipText(false, pool.id, v6),
    port: f.sport,
    host: pool.host,
    clientPort: f.cport,
    worker: s.worker,
    agent: s.agent,
    first: 0,
    last: 0,
    packets: 0,
    jobs: 0,
    shares: 0,
  };
  minerEntry(ipText(true, client, v6), v6).sessions.push(rec);
  const t0 = mid ? rnd() * 5 : rnd() * DUR * 0.6,
    end = rnd() < 0.85 ? DUR : t0 + (DUR - t0) * rnd();
  const rtt = 0.03 + rnd() * 0.25,
    shareEvery = Math.min(6 + expo(14), Math.max(2, DUR / 8)),
    jobEvery = Math.min(15 + expo(20), Math.max(3, DUR / 6));
  const ser = (line) => (tls ? tlsRecord(line.length + 17) : enc(line));
  const stamp = () => {
    const t = T0 + now;
    if (!rec.packets) rec.first = +t.toFixed(3);
    rec.last = +t.toFixed(3);
  };
  const say = (dir, line, cut) => {
    stamp();
    const before = counts.packets;
    sendTcp(f, dir, ser(line), wireKind, cut);
    rec.packets += counts.packets - before;
  };
  const bare = (dir, flags) => {
    stamp();
    emit(f, dir, flags, null, 0, 0, wireKind);
    rec.packets++;
  };
  let n = 10;
  const mine = (t) => {
    at(t + shareEvery * (0.2 + rnd()), function share() {
      const num = n++;
      rec.shares++;
      say(0, L.submit(num));
      at(now + rtt, () => {
        say(1, L.ok(num));
        at(now + 0.04, () => bare(0, ACK));
      });
      const nx = now + expo(shareEvery);
      if (nx < end) at(nx, share);
    });
    at(t + jobEvery * rnd(), function job() {
      rec.jobs++;
      say(1, L.job());
      at(now + rtt / 2, () => bare(0, ACK));
      const nx = now + jobEvery * (0.5 + rnd());
      if (nx < end) at(nx, job);
    });
    if (end < DUR)
      at(end + 0.5, () => {
        bare(0, FIN | ACK);
        bare(1, FIN | ACK);
      });
  };
  if (mid) {
    mine(t0);
    return;
  }
  if (rnd() < 0.7) {
    const q = newFlow('dns', client, -1, 53, v6, true),
      id = int(65536);
    at(t0 - 0.01 < 0 ? 0 : t0 - 0.01, () => {
      const b = dnsMsg(id, pool.host, null, v6);
      emit(q, 0, 0, b, 0, b.length, 'dns');
    });
    at(t0 - 0.005 < 0 ? 0 : t0 - 0.005, () => {
      const b = dnsMsg(id, pool.host, serverAddr(pool.id, v6), v6);
      emit(q, 1, 0, b, 0, b.length, 'dns');
    });
  }
  at(t0, () => {
    bare(0, SYN);
    at(now + rtt, () => {
      bare(1, SYN | ACK);
      at(now + 0.0005, () => {
        bare(0, ACK);
        const hello = () => {
          const t = now;
          L.hello.forEach((h, i) => {
            at(t + i * rtt * 1.1 + 0.001, () => {
              say(0, h(), split && i === 0 ? 12 + int(20) : 0);
              at(now + rtt, () => {
                say(1, L.reply[i]());
                at(now + 0.01, () => bare(0, ACK));
              });
            });
          });
          mine(now + rtt * (L.hello.length + 1) * 1.2);
        };
        if (!tls) return hello();
        stamp();
        {
          const b = clientHello(rnd() < 0.5 ? pool.host : '', false);
          sendTcp(f, 0, b, wireKind);
          rec.packets++;
        }
        at(now + rtt, () => {
          sendTcp(f, 1, serverHello(), wireKind);
          rec.packets++;
          at(now + 0.002, () => {
            const b = tlsRecord(53);
            sendTcp(f, 0, b, wireKind);
            rec.packets++;
            hello();
          });
        });
      });
    });
  });
}
const DECOYS = [
  {
    name: 'electrum',
    port: 50001,
    lines: () => [
      [0, '{"jsonrpc":"2.0","method":"server.version","params":["electrum/4.5.2",["1.4","1.4"]],"id":0}\n'],
      [1, '{"jsonrpc":"2.0","result":["ElectrumX 1.16.0","1.4"],"id":0}\n'],
      [0, '{"jsonrpc":"2.0","method":"blockchain.headers.subscribe","params":[],"id":1}\n'],
      [1, `{"jsonrpc":"2.0","result":{"hex":"${hex(160)}","height":810000},"id":1}\n`],
    ],
  },
  {
    name: 'json-log',
    port: 5044,
    lines: () =>
      Array.from({ length: 12 }, (_, i) => [
        0,
        `{"@timestamp":"2023-11-14T22:13:${20 + i}Z","level":"info","method":"submit","message":"job ${hex(8)} accepted","id":${i}}\n`,
      ]),
  },
  {
    name: 'json-rpc-login',
    port: 7777,
    lines: () => [
      [
        0,
        '{"id":1,"jsonrpc":"2.0","method":"login","params":{"user":"operator","password":"x","agent":"scada-hmi/3.1"}}\n',
      ],
      [1, `{"id":1,"jsonrpc":"2.0","result":{"status":"OK","session":"${hex(16)}"}}\n`],
      [0, '{"id":2,"jsonrpc":"2.0","method":"readTags","params":["t1","t2"]}\n'],
      [1, '{"id":2,"jsonrpc":"2.0","result":[12.5,9.1]}\n'],
    ],
  },
  {
    name: 'web-tutorial',
    port: 80,
    lines: () => [
      [0, 'GET /wiki/stratum HTTP/1.1\r\nHost: docs.example.org\r\n\r\n'],
      [
        1,
        'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<pre>{"id":1,"method":"mining.subscribe","params":[]}\n{"id":2,"method":"mining.authorize","params":["w","x"]}\n{"method":"eth_submitLogin"}</pre>\n',
      ],
    ],
  },
  {
    name: 'eth-node-rpc',
    port: 8545,
    lines: () => [
      [
        0,
        'POST / HTTP/1.1\r\nHost: node.example\r\nContent-Type: application/json\r\n\r\n{"jsonrpc":"2.0","method":"eth_blockNumber","params":[],"id":1}',
      ],
      [1, 'HTTP/1.1 200 OK\r\n\r\n{"jsonrpc":"2.0","id":1,"result":"0x11a3f2b"}'],
    ],
  },
];
function startDecoy(k) {
  const d = DECOYS[k % DECOYS.length],
    client = int(NC),
    v6 = rnd() < P6,
    sv = scatter(int(NS), NS);
  const f = newFlow('decoy', client, sv, d.port, v6, false);
  decoys.push({
    kind: d.name,
    client: ipText(true, client, v6),
    server: ipText(false, sv, v6),
    port: d.port,
    clientPort: f.cport,
  });
  let t = rnd() * DUR * 0.8;
  at(t, () => emit(f, 0, SYN, null, 0, 0, 'decoy'));
  at(t + 0.05, () => emit(f, 1, SYN | ACK, null, 0, 0, 'decoy'));
  at(t + 0.051, () => emit(f, 0, ACK, null, 0, 0, 'decoy'));
  for (const [dir, s] of d.lines()) {
    t += 0.06 + rnd() * 0.1;
    at(t, () => sendTcp(f, dir, enc(s), 'decoy'));
  }
  at(t + 0.1, () => emit(f, 0, FIN | ACK, null, 0, 0, 'decoy'));
}
{
  let left = PMINE > 0 ? Math.max(1, Math.round(FLOWS * PMINE)) : 0,
    k = 0;
  while (left > 0) {
    const c = int(NC),
      v6 = rnd() < P6,
      d = DIALECTS[k++ % DIALECTS.length];
    const n = Math.min(left, rnd() < PFARM ? 2 + int(5) : 1);
    const wallet =
      n > 1 && rnd() < 0.5
        ? d === 'v1'
          ? `bc1q${hex(38)}`
          : d === 'xmr'
            ? `4${b58(94)}`
            : `0x${hex(40)}`
        : null;
    for (let i = 0; i < n; i++)
      startMining(
        c,
        v6,
        d,
        wallet ? { wallet: d === 'v1' || d === 'nicehash' ? `${wallet}.w${i}` : wallet } : null,
      );
    left -= n;
  }
  const nd = PDECOY > 0 ? Math.max(1, Math.round(FLOWS * PDECOY)) : 0;
  for (let i = 0; i < nd; i++) startDecoy(i);
}

// ---------------------------------------------------------------- main loop
const active = [];
const dt = DUR / N;
let cur = null,
  burst = 0;
while (counts.packets < N) {
  const t = counts.packets * dt;
  if (heap.size && heap.top().t <= t) {
    const e = heap.pop();
    if (t > now) now = t;
    e.fn();
    continue;
  }
  now = t > now ? t : now;
  if (burst <= 0 || cur === null) {
    const want = Math.min(ACTIVE, 50 + counts.packets);
    if (active.length < want) {
      cur = active.length;
      active.push(startBackground());
    } else cur = int(active.length);
    burst = 1 + Math.floor(expo(2));
  }
  burst--;
  if (!step(active[cur])) {
    active[cur] = startBackground();
    burst = 0;
  }
}
flush();
fs.closeSync(fd);

const list = [...miners.values()].filter((m) => m.sessions.some((s) => s.packets > 0));
for (const m of list) m.sessions = m.sessions.filter((s) => s.packets > 0);
list.sort((a, b) => (a.ip < b.ip ? -1 : 1));
fs.writeFileSync(
  values.truth,
  `${JSON.stringify(
    {
      file_bytes: written,
      duration_s: DUR,
      packets: counts.packets,
      wire_bytes: counts.bytes,
      captured_bytes: counts.captured,
      packets_by_kind: counts.byKind,
      flows_by_kind: counts.flows,
      pools: POOLS.map((p) => ({
        host: p.host,
        port: p.port,
        tls_port: p.tlsPort,
        dialect: p.dialect,
        coin: COIN[p.dialect],
        ip: [ipText(false, p.id, false), ipText(false, p.id, true)],
      })),
      miner_ips: list.map((m) => m.ip),
      miners: list,
      decoys,
    },
    null,
    1,
  )}\n`,
);
