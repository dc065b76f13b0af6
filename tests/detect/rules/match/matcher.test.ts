import { describe, expect, it } from 'vitest';
import { Counters } from '../../../../src/base/counters.js';
import { Matcher } from '../../../../src/detect/rules/index.js';
import type { Evidence } from '../../../../src/model/evidence.js';
import { sessionKey } from '../../../../src/model/flow.js';
import {
  DAY,
  dns,
  flow,
  MINER,
  NOW,
  ORIGIN,
  OTHER,
  POOLS,
  RESOLVER,
  rulesWith,
  stratum,
  tls,
} from '../support.js';

const rules = rulesWith(POOLS);
const fresh = () => new Matcher(rules);
const items = (evidence: readonly Evidence[]) => evidence.map(({ item, weight }) => `${item} ${weight}`);
const SHARED = '203.0.113.50';

describe('certificates', () => {
  const certificate = (...names: string[]) => ({ subject: 'CN=pool', issuer: 'CN=ca', names });

  it.each([
    [null, ['xmr.pool.example'], ['E4 5']],
    [null, ['www.example.org', 'xmr.pool.example'], ['E4 5']],
    ['anybody.example.org', ['xmr.pool.example'], ['E4 5']],
    // One certificate for the whole domain: this host of it is not known.
    [null, ['*.pool.example'], ['E4 2']],
    [null, ['*.site.example'], []],
    [null, ['www.pool.example'], []],
    // What the client calls decides.
    ['www.site.example', ['eu.site.example'], []],
    ['xmr.pool.example', ['eu.site.example'], ['E3 5']],
    [null, [], []],
  ])('%s with a certificate for %j: %j', (name, names, expected) => {
    expect(items(fresh().match(tls(name, 4444, { certificate: certificate(...names) })))).toEqual(
      expected.length > 0 && name === null ? [...expected, 'T1 0.3'] : expected,
    );
  });

  it('tell of a pool also over QUIC by its name', () => {
    expect(fresh().match(tls('xmr.pool.example', 3333, { transport: 'quic' }))).toMatchObject([
      { item: 'E3', encrypted: true, excerpt: expect.stringContaining('QUIC server name') },
    ]);
  });
});

describe('stratum observations', () => {
  it('give the strongest rule, named by the dialect, to the client', () => {
    const [evidence, ...rest] = fresh().match(
      stratum({ login: 1, loginAccepted: 1, job: 2, share: 1, shareAccepted: 1 }),
    );
    expect(rest).toEqual([]);
    expect(evidence).toMatchObject({
      rule: 'stratum.cryptonote.mining',
      item: 'P2',
      group: 'P',
      strength: 'decisive',
      weight: 8,
      suspect: MINER.ip,
      peer: { ip: '203.0.113.9', port: 3333 },
      session: 'stratum-session',
      count: 1,
      firstUs: NOW,
      lastUs: NOW + 60e6,
      excerpt: 'cryptonote: login 1, loginAccepted 1, job 2, share 1, shareAccepted 1',
    });
  });

  it.each([
    ['P3', { login: 1, job: 1 }, {}],
    ['P4', { job: 1, share: 1 }, {}],
    ['P4', { job: 2 }, { bothDirections: false }],
    ['P5', { poll: 2 }, {}],
    ['P6', { login: 1 }, { bothDirections: false }],
    ['P6', { hello: 1, login: 1, loginRejected: 1 }, {}],
    ['P7', { job: 1, share: 1 }, { wrappers: ['http', 'websocket'] }],
    ['P8', { hello: 1 }, { dialect: 'stratum-v2-noise' }],
  ])('%s: %j', (item, roles, more) => {
    expect(
      fresh()
        .match(stratum(roles, more))
        .map((one) => one.item),
    ).toEqual([item]);
  });

  it('say nothing of a lone message', () => {
    for (const roles of [{ job: 1 }, { share: 1 }, { target: 2 }, { poll: 1 }, { liveness: 9 }])
      expect(fresh().match(stratum(roles))).toEqual([]);
  });

  it('mark one direction as strong only, Noise as encrypted', () => {
    expect(fresh().match(stratum({ job: 2 }, { bothDirections: false }))).toMatchObject([
      { strength: 'strong' },
    ]);
    expect(fresh().match(stratum({ hello: 1 }, { dialect: 'stratum-v2-noise' }))).toMatchObject([
      { encrypted: true },
    ]);
  });

  it('count a session once over its parts, and again when it shows more', () => {
    const matcher = fresh();
    const part = (number: number, now: object, soFar: object) =>
      matcher.match(stratum(now, { part: number, rolesSoFar: stratum(soFar).roles }));
    expect(part(0, { login: 1, job: 1 }, { login: 1, job: 1 })).toMatchObject([{ item: 'P3', count: 1 }]);
    expect(part(1, { job: 1 }, { login: 1, job: 2 })).toMatchObject([{ item: 'P3', count: 0 }]);
    expect(
      part(2, { share: 1, shareAccepted: 1 }, { login: 1, job: 2, share: 1, shareAccepted: 1 }),
    ).toMatchObject([{ item: 'P2', count: 1 }]);
  });

  it('quote the most telling message', () => {
    const quotes = [
      { timeUs: NOW, direction: 'to-server' as const, role: 'hello' as const, text: 'hello' },
      { timeUs: NOW, direction: 'to-server' as const, role: 'login' as const, text: '{"method":"login"}' },
    ];
    expect(fresh().match(stratum({ hello: 1, login: 1 }, { quotes }))).toMatchObject([
      { excerpt: '{"method":"login"}' },
    ]);
  });

  it('add E3 for a pool that the client names, not for its site', () => {
    const named = (host: string) => stratum({ login: 1, job: 1 }, { namedHosts: [{ host, port: 3333 }] });
    expect(items(fresh().match(named('xmr.pool.example')))).toEqual(['P3 6.5', 'E3 5']);
    expect(items(fresh().match(named('www.site.example')))).toEqual(['P3 6.5']);
    expect(fresh().match(named('xmr.pool.example'))[1]).toMatchObject({
      rule: 'endpoint.named',
      host: 'xmr.pool.example',
    });
  });
});

describe('TLS and HTTP names (E3, E10)', () => {
  it.each([
    ['a Stratum host', 'xmr.pool.example', 3333, ['E3 5']],
    ['on a web port that the list gives', 'xmr.pool.example', 443, ['E3 5']],
    ['on a web port that it does not', 'eth.pool.example', 443, ['E3 2.5']],
    ['in another spelling', 'XMR.Pool.Example.', 3333, ['E3 5']],
    ["an unknown host of a pool's domain", 'asia.pool.example', 3333, ['E3 2']],
    ['a row of one list only', 'weak.example', 3333, ['E3 2.5']],
    ["a pool's site", 'www.site.example', 443, []],
    ['a Stratum host below a site', 'eu.site.example', 5555, ['E3 5']],
    ['the domain itself, where its hosts are listed', 'pool.example', 443, []],
    ['a web host of the domain', 'www.pool.example', 443, []],
    ['an exchange', 'api.market.example', 443, []],
    ['browser mining', 'cdn.scripts.example', 443, ['E9 0.5']],
    ['a name that ends alike', 'notpool.example', 3333, []],
    ['no name', null, 3333, []],
  ])('%s', (_what, name, port, expected) => {
    expect(items(fresh().match(tls(name, port)))).toEqual(expected);
  });

  it('is encrypted, and halved without an answer', () => {
    expect(fresh().match(tls('xmr.pool.example'))).toMatchObject([
      { encrypted: true, bothDirections: true, strength: 'strong' },
    ]);
    expect(fresh().match(tls('xmr.pool.example', 3333, { answered: false }))).toMatchObject([
      { weight: 2.5, bothDirections: false },
    ]);
    expect(fresh().match(tls('asia.pool.example', 3333, { answered: false }))).toMatchObject([
      { weight: 1, strength: 'weak' },
    ]);
  });

  it('reads HTTP Host with its port', () => {
    const http = {
      ...tls(null, 4444),
      kind: 'http' as const,
      host: 'eth.pool.example:4444',
      method: 'POST',
      userAgent: null,
    };
    expect(fresh().match(http)).toMatchObject([{ rule: 'endpoint.http-host', weight: 5, encrypted: false }]);
    expect(fresh().match({ ...http, host: null })).toEqual([]);
  });

  it('tells of a TLS client only at a pool (group T)', () => {
    const bare = { alpn: [], server: { ip: '198.51.100.7', port: 3333 } };
    expect(items(fresh().match(tls(null, 3333, bare)))).toEqual(['T1 0.3', 'T2 0.1']);
    expect(fresh().match(tls(null, 443, { alpn: [] }))).toEqual([]);
  });

  it('tells of site visits only where they explain a look-up', () => {
    const matcher = fresh();
    expect(matcher.match(tls('www.site.example', 443))).toEqual([]);
    matcher.match(dns('eu.site.example'));
    expect(matcher.match(tls('www.site.example', 443))).toMatchObject([
      { item: 'E10', weight: 0, strength: 'against', host: 'www.site.example' },
    ]);
  });
});

describe('DNS (E9, N2)', () => {
  it.each([
    ['xmr.pool.example', ['E9 1.5']],
    ['asia.pool.example', ['E9 0.75']],
    ['cdn.scripts.example', ['E9 1']],
    ['site.example', []],
    ['market.example', []],
    ['0.pool.ntp.org', []],
  ])('%s', (name, expected) => {
    expect(items(fresh().match(dns(name)))).toEqual(expected);
  });

  it('is weak, has no peer, and quotes the answer', () => {
    expect(fresh().match(dns('xmr.pool.example', ['203.0.113.9']))).toMatchObject([
      {
        strength: 'weak',
        peer: null,
        session: null,
        suspect: MINER.ip,
        excerpt: expect.stringContaining('203.0.113.9'),
      },
    ]);
  });

  it("does not judge a resolver's own look-ups", () => {
    const matcher = fresh();
    matcher.match(dns('www.example.org'));
    expect(
      matcher.match(dns('xmr.pool.example', [], { client: RESOLVER, server: { ip: '192.0.2.1', port: 53 } })),
    ).toEqual([]);
  });

  it('does not judge a resolver that asks from the root on', () => {
    const asked = dns('xmr.pool.example', ['198.51.100.7'], { iterates: true });
    expect(fresh().match(asked)).toEqual([]);
  });

  it('takes a look-up back when the client turns out to be a resolver', () => {
    const matcher = fresh();
    const upstream = { client: RESOLVER, server: { ip: '192.0.2.1', port: 53 } };
    expect(items(matcher.match(dns('xmr.pool.example', [], upstream)))).toEqual(['E9 1.5']);
    expect(matcher.match(dns('www.example.org'))).toMatchObject([
      { item: 'N2', rule: 'guard.resolver', suspect: RESOLVER.ip, weight: -1.5 },
    ]);
    expect(matcher.match(dns('www.example.org'))).toEqual([]);
  });
});

describe('connections after DNS (E5, E6)', () => {
  const told = (matcher: Matcher, name = 'xmr.pool.example', ip = '203.0.113.9') =>
    matcher.match(dns(name, [ip]));

  it('by the client that asked', () => {
    const matcher = fresh();
    told(matcher);
    expect(matcher.match(flow('203.0.113.9', 3333))).toMatchObject([
      {
        rule: 'endpoint.dns-flow',
        item: 'E5',
        weight: 5,
        host: 'xmr.pool.example',
        bothDirections: true,
        strength: 'strong',
      },
    ]);
  });

  it('within TTL and an hour; later as anyone, for a day', () => {
    const matcher = fresh();
    told(matcher);
    const at = (seconds: number) =>
      items(
        matcher.match(
          flow('203.0.113.9', 3333, { startUs: NOW + seconds * 1e6, endUs: NOW + seconds * 1e6 + 1 }),
        ),
      );
    expect(at(3900)).toEqual(['E5 5']);
    expect(at(3901)).toEqual(['E6 4']);
    expect(at(86_400)).toEqual(['E6 4']);
    expect(at(86_401)).toEqual([]);
    expect(at(-1)).toEqual([]);
  });

  it.each([0, -300])('within an hour where the answer lives for %i seconds', (ttl) => {
    const matcher = fresh();
    matcher.match(dns('xmr.pool.example', [], { addresses: [{ ip: '203.0.113.9', ttl }] }));
    const at = (seconds: number) => {
      const startUs = NOW + seconds * 1e6;
      return items(matcher.match(flow('203.0.113.9', 3333, { startUs, endUs: startUs + 1 })));
    };
    expect(at(3600)).toEqual(['E5 5']);
    expect(at(3601)).toEqual(['E6 4']);
  });

  it('for longer where it is told again meanwhile', () => {
    const matcher = fresh();
    told(matcher);
    matcher.match(dns('xmr.pool.example', ['203.0.113.9'], { timeUs: NOW + 3000e6 }));
    const at = (seconds: number) => {
      const startUs = NOW + seconds * 1e6;
      return items(matcher.match(flow('203.0.113.9', 3333, { startUs, endUs: startUs + 1 })));
    };
    expect(at(6900)).toEqual(['E5 5']);
    expect(at(6901)).toEqual(['E6 4']);
  });

  it('finds the answer that came before a long connection', () => {
    const matcher = fresh();
    told(matcher);
    matcher.match(dns('xmr.pool.example', ['203.0.113.9'], { timeUs: NOW + 10 * 3600e6 }));
    expect(items(matcher.match(flow('203.0.113.9', 3333, { endUs: NOW + 11 * 3600e6 })))).toEqual(['E5 5']);
  });

  it('by other clients', () => {
    const matcher = fresh();
    told(matcher);
    expect(matcher.match(flow('203.0.113.9', 3333, { client: OTHER }))).toMatchObject([
      { item: 'E6', weight: 4, suspect: OTHER.ip },
    ]);
  });

  it('with one packet of payload each way have gone both ways; with one way only, not', () => {
    const matcher = fresh();
    told(matcher);
    const of = (toServer: number, toClient: number) => {
      const side = (payloadPackets: number) => ({ packets: 3, bytes: 180, payloadPackets });
      const seen = flow('203.0.113.9', 3333, { toServer: side(toServer), toClient: side(toClient) });
      return matcher.match(seen).map(({ bothDirections, weight }) => [bothDirections, weight]);
    };
    expect(of(1, 1)).toEqual([[true, 5]]);
    expect(of(0, 1)).toEqual([[false, 5]]);
    expect(of(1, 0)).toEqual([[false, 2.5]]);
  });

  it('halved where the pool did not answer', () => {
    const matcher = fresh();
    told(matcher);
    const silent = { toClient: { packets: 3, bytes: 180, payloadPackets: 0 } };
    expect(matcher.match(flow('203.0.113.9', 3333, silent))).toMatchObject([
      { weight: 2.5, bothDirections: false },
    ]);
    expect(matcher.match(flow('203.0.113.9', 3333, { toClient: null }))).toMatchObject([{ weight: 2.5 }]);
  });

  it('not at a shared address, unless the connection names the pool', () => {
    const matcher = fresh();
    told(matcher, 'xmr.pool.example', SHARED);
    matcher.match(dns('a.example.org', [SHARED]));
    expect(items(matcher.match(flow(SHARED, 3333)))).toEqual(['E5 2.5']);
    matcher.match(dns('b.example.org', [SHARED]));
    expect(matcher.match(flow(SHARED, 3333))).toEqual([]);
    const record = flow(SHARED, 3333);
    matcher.match(
      tls('xmr.pool.example', 3333, { session: sessionKey(record.client, record.server, record.startUs) }),
    );
    expect(items(matcher.match(record))).toEqual(['E5 5']);
  });

  it('not at an address that DNS gives to other names too, known only by their hashes', () => {
    const matcher = fresh();
    told(matcher, 'xmr.pool.example', SHARED);
    const bytes = Uint8Array.of(203, 0, 113, 50);
    matcher.named(1, bytes, 0, 4, NOW);
    matcher.named(1, bytes, 0, 4, NOW);
    expect(items(matcher.match(flow(SHARED, 3333)))).toEqual(['E5 2.5']);
    matcher.named(2, bytes, 0, 4, NOW);
    expect(matcher.match(flow(SHARED, 3333))).toEqual([]);
    expect(items(matcher.match(flow('198.51.100.7', 3333)))).toEqual(['E7 3.5']);
  });

  it('not in the ranges of a CDN', () => {
    const matcher = fresh();
    told(matcher, 'xmr.pool.example', '104.16.3.4');
    expect(matcher.match(flow('104.16.3.4', 3333))).toEqual([]);
    told(matcher, 'xmr.pool.example', '2606:4700::6810:1');
    expect(matcher.match(flow('2606:4700::6810:1', 3333))).toEqual([]);
  });

  it('by way of a name that is an alias of the pool’s', () => {
    const matcher = fresh();
    const seen = dns('innocent.example.org', ['203.0.113.9'], {
      aliases: ['x.example.net', 'xmr.pool.example'],
    });
    expect(matcher.match(seen)).toMatchObject([
      {
        item: 'E9',
        host: 'xmr.pool.example',
        excerpt: expect.stringContaining('innocent.example.org, an alias of'),
      },
    ]);
    expect(matcher.match(flow('203.0.113.9', 3333))).toMatchObject([
      { item: 'E5', host: 'xmr.pool.example' },
    ]);
  });

  it('forgets names of the address after 30 days', () => {
    const matcher = fresh();
    matcher.match(dns('a.example.org', [SHARED], { timeUs: NOW - 31 * DAY }));
    told(matcher, 'xmr.pool.example', SHARED);
    expect(items(matcher.match(flow(SHARED, 3333)))).toEqual(['E5 5']);
  });

  it.each(['0.0.0.0', '127.0.0.1', '10.1.1.1', '192.168.0.1', '::1', 'fd00::1'])(
    'not to %s, as blocked names are answered',
    (ip) => {
      const matcher = fresh();
      told(matcher, 'xmr.pool.example', ip);
      expect(matcher.match(flow(ip, 3333))).toEqual([]);
    },
  );

  it('not for sites, nor over UDP', () => {
    const matcher = fresh();
    told(matcher, 'www.site.example');
    expect(matcher.match(flow('203.0.113.9', 443))).toEqual([]);
    told(matcher);
    expect(matcher.match(flow('203.0.113.9', 3333, { protocol: 17 }))).toEqual([]);
  });
});

describe('connections to listed addresses (E7, E8)', () => {
  it.each([
    ['address and port', '198.51.100.7', 3333, 0, ['E7 3.5']],
    ['IPv6', '2001:db8::7', 3333, 0, ['E7 3.5']],
    ['another port', '198.51.100.7', 5555, 0, ['E8 1.5']],
    ['a web port', '198.51.100.7', 443, 0, ['E8 0.75']],
    ['30 days after the list', '198.51.100.7', 3333, 60 * DAY, ['E7 1.75']],
    ['30 days before the list', '198.51.100.7', 3333, -61 * DAY, ['E7 1.75']],
    ['a year after', '198.51.100.7', 3333, 395 * DAY, []],
    ['an undated row', '198.51.100.8', 3333, 0, ['E7 1.75']],
    ['an address that nobody lists', '203.0.113.77', 3333, 0, []],
  ])('%s', (_what, ip, port, laterUs, expected) => {
    const aligned = Date.parse('2026-09-01T00:00:00Z') * 1000 + laterUs;
    expect(items(fresh().match(flow(ip, port, { startUs: aligned, endUs: aligned + 60e6 })))).toEqual(
      expected,
    );
  });

  it('strong only from 2 bans on', () => {
    expect(fresh().match(flow('198.51.100.7', 3333))).toMatchObject([{ strength: 'strong' }]);
    expect(fresh().match(flow('198.51.100.8', 3333))).toMatchObject([{ strength: 'weak' }]);
  });

  it('judge the other side where the orientation was a guess', () => {
    const swapped = { client: { ip: '198.51.100.7', port: 3333 }, orientedBy: 'first-packet' as const };
    expect(fresh().match(flow('10.0.0.9', 40_001, swapped))).toMatchObject([
      { item: 'E7', suspect: '10.0.0.9', peer: { ip: '198.51.100.7', port: 3333 } },
    ]);
    expect(fresh().match(flow('10.0.0.9', 40_001, { ...swapped, orientedBy: 'handshake' }))).toEqual([]);
  });

  it('not where other names live at the address', () => {
    const matcher = fresh();
    matcher.match(dns('www.example.org', ['198.51.100.7']));
    expect(matcher.match(flow('198.51.100.7', 3333))).toEqual([]);
  });
});

describe('nodes (N6)', () => {
  it('are marked, at no weight', () => {
    const node = {
      kind: 'node' as const,
      timeUs: NOW,
      client: MINER,
      server: OTHER,
      origin: ORIGIN,
      session: 's',
    };
    expect(fresh().match({ ...node, protocol: 'bitcoin-p2p', coin: 'BTC' })).toMatchObject([
      { item: 'N6', weight: 0, group: 'N', strength: 'against', session: 's', suspect: MINER.ip },
    ]);
  });
});

describe('a connection that names a host', () => {
  const contact = flow('203.0.113.9', 3333);
  const session = sessionKey(contact.client, contact.server, contact.startUs);
  const learn = (matcher: Matcher) =>
    matcher.match(dns('updates.example.net', [contact.server.ip], { aliases: ['xmr.pool.example'] }));
  const e5 = (matcher: Matcher, name: string) => {
    matcher.match(tls(name, 3333, { session }));
    return items(matcher.match(contact));
  };

  it('counts a quarter where the name is another', () => {
    const matcher = fresh();
    learn(matcher);
    expect(e5(matcher, 'quotes.example.org')).toEqual(['E5 1.25']);
  });

  it('counts in full where the name is an alias of the pool, also after a restart or under new rules', () => {
    const matcher = fresh();
    learn(matcher);
    const restarted = fresh();
    restarted.restore(JSON.parse(JSON.stringify(matcher.recall())));
    for (const one of [matcher, restarted, new Matcher(rules, { before: matcher })])
      expect(e5(one, 'updates.example.net')).toEqual(['E5 5']);
  });
});

describe('bounds', () => {
  it('hold under floods of answers, and are counted', () => {
    const matcher = new Matcher(rules, {
      dns: { answers: 10, poolAddresses: 10, namedAddresses: 10, namesOfAddress: 4 },
    });
    for (let at = 0; at < 100; at++) matcher.match(dns('xmr.pool.example', [`203.0.113.${at}`]));
    for (let at = 0; at < 100; at++) matcher.match(dns(`h${at}.example.org`, [SHARED]));
    const counters = new Counters();
    matcher.report(counters);
    expect(counters.toObject()).toMatchObject({
      'rules.dns.answers-evicted': 90,
      'rules.dns.pool-addresses-evicted': 90,
      'rules.evidence.e9': 100,
    });
    expect(items(matcher.match(flow('203.0.113.99', 3333)))).toEqual(['E5 5']);
    expect(matcher.match(flow('203.0.113.1', 3333))).toEqual([]);
  });

  it('knows names of the lists, however spelt', () => {
    expect(fresh().isInterestingName('XMR.pool.example.')).toBe(true);
    expect(fresh().isInterestingName('www.example.org')).toBe(false);
  });
});
