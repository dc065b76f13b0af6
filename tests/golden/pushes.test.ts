import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/app/pipeline/load-rules.js';
import { weighPushes } from '../../src/detect/rules/kinds/pushes.js';
import { PushCounter } from '../../src/intake/flows/push-counter.js';
import { ethernet, type Frame, type Message, pcapFile, tcpSession, udp } from '../support/frames.js';
import { scanBytes } from '../support/scan-frames.js';
import { dnsExchange, tlsSession } from '../support/sessions.js';
import { HAS_SHARED, SHARED } from '../support/transcripts.js';

/** Pushes against real flows, and what they change in a verdict. */
const rules = (await loadRules([])).rules.filter((rule) => rule.kind === 'pushes');

/** Items that a flow of `flows.csv` gets. */
function itemsOf(row: Record<string, string>): string[] {
  const counter = new PushCounter(0, 0);
  for (const [seconds, bytes] of JSON.parse(row.ppi ?? '[]') as [number, number][])
    counter.add(bytes > 0 ? 0 : 1, Math.abs(bytes), seconds * 1e6);
  const features = counter.features();
  return rules.filter((rule) => weighPushes(rule, features) !== null).map(({ item }) => item);
}

describe.skipIf(!HAS_SHARED)('real flows', () => {
  const rows: Record<string, string>[] = HAS_SHARED
    ? parse(readFileSync(join(SHARED, 'behaviour-data', 'flows.csv')), { columns: true })
    : [];

  it('none of those that do not mine is taken for a pool', () => {
    const others = rows.filter(({ label, ppi }) => label !== 'mining' && JSON.parse(ppi ?? '[]').length >= 4);
    expect(others.length).toBeGreaterThan(2600);
    expect(others.filter((row) => itemsOf(row).length > 0)).toEqual([]);
  });

  it('sessions of some length are, encrypted ones all', () => {
    const sessions = rows.filter(({ label, phase }) => label === 'mining' && phase === 'session');
    const found = sessions.filter((row) => itemsOf(row).includes('B1'));
    expect([found.length, sessions.length]).toEqual([7, 9]);
    const encrypted = sessions.filter((row) => row.encrypted === '1');
    expect(encrypted.length).toBeGreaterThan(0);
    for (const row of encrypted) expect(itemsOf(row)).toContain('B1');
  });

  it('probes of a mining program are not', () => {
    const probes = rows.filter(({ phase }) => phase === 'probe');
    expect(probes.length).toBeGreaterThan(700);
    expect(probes.filter((row) => itemsOf(row).length > 0)).toEqual([]);
  });
});

const POOL = 'pool.supportxmr.com';
const CLIENT = '10.1.2.3';

async function levelOf(frames: readonly Frame[]): Promise<[string | undefined, string[]]> {
  const { verdicts } = await scanBytes(pcapFile(frames));
  const verdict = verdicts.find(({ ip }) => ip === CLIENT);
  return [verdict?.level, [...new Set(verdict?.evidence.map(({ item }) => item))].sort()];
}

describe('a conversation in TLS with a listed pool', () => {
  const session = (messages: readonly Message[]) =>
    tcpSession(messages, { client: CLIENT, server: '203.0.113.7', serverPort: 443 });

  it('is probable where the server pushes like a pool, never more', async () => {
    const [level, items] = await levelOf(session(tlsSession(POOL, 20, 40, 3)));
    expect(level).toBe('probable');
    expect(items).toEqual(expect.arrayContaining(['E3', 'B1', 'B12']));
  });

  it('stays suspected where the client asks and is answered', async () => {
    const hello = tlsSession(POOL, 0.01, 40, 3).slice(0, 2);
    const page = (at: number): Message[] => [
      { direction: 'to-server', atSeconds: at, bytes: Buffer.alloc(500, 0x17) },
      { direction: 'to-client', atSeconds: at + 0.2, bytes: Buffer.alloc(400, 0x17) },
    ];
    const visit = Array.from({ length: 40 }, (_, at) => page(5 + at * 20)).flat();
    const [level, items] = await levelOf(session([...hello, ...visit]));
    expect(level).toBe('suspected');
    expect(items.filter((item) => item.startsWith('B'))).toEqual([]);
  });

  it('stays suspected where it was too short to tell', async () => {
    const [level] = await levelOf(session(tlsSession(POOL, 1.5, 40, 3)));
    expect(level).toBe('suspected');
  });
});

/** A look-up whose answer is an address; with `alias`, that of a name which is an alias of it (RFC 1035 §4.1). */
function lookup(name: string, ip: string, alias?: string): Frame[] {
  const [question, answer] = dnsExchange(name, ip);
  const packet = (src: string, dst: string, payload: Buffer, srcPort: number, dstPort: number) =>
    ethernet(udp(payload, { src, dst, srcPort, dstPort }), { vlans: [] });
  const said = alias === undefined ? answer : aliasAnswer(alias, name, ip);
  return [
    { timeUs: 1.7e15 - 3e6, bytes: packet(CLIENT, '10.1.0.53', question, 40_053, 53) },
    { timeUs: 1.7e15 - 2e6, bytes: packet('10.1.0.53', CLIENT, said, 53, 40_053) },
  ];
}

/** A DNS answer: `alias` is an alias of `name`, which has the address. */
function aliasAnswer(alias: string, name: string, ip: string): Buffer {
  const labels = (text: string) =>
    Buffer.concat([
      ...text.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
      Buffer.from([0]),
    ]);
  const u16 = (...values: number[]) => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
  const target = labels(name);
  return Buffer.concat([
    u16(7, 0x8180, 1, 2, 0, 0),
    ...[labels(alias), u16(1, 1)],
    // A pointer to the question, as servers write it.
    ...[u16(0xc00c), u16(5, 1, 0, 300, target.length), target],
    ...[target, u16(1, 1, 0, 300, 4), Buffer.from(ip.split('.').map(Number))],
  ]);
}

describe('a conversation with the address that DNS gave for a pool', () => {
  const to = (name: string) =>
    tcpSession(tlsSession(name, 20, 40, 3), { client: CLIENT, server: '203.0.113.7', serverPort: 443 });

  it('is no more than suspected where it calls another host by name', async () => {
    const [level, items] = await levelOf([...lookup(POOL, '203.0.113.7'), ...to('quotes.example.org')]);
    expect(level).toBe('suspected');
    expect(items).toEqual(expect.arrayContaining(['E5', 'B1']));
  });

  it('is probable where the name is the pool’s, or DNS told that it is an alias of it', async () => {
    expect((await levelOf([...lookup(POOL, '203.0.113.7'), ...to(POOL)]))[0]).toBe('probable');
    const alias = 'updates.example.net';
    const frames = [...lookup(POOL, '203.0.113.7', alias), ...to(alias)];
    expect((await levelOf(frames))[0]).toBe('probable');
  });

  it('is no more than suspected where the client is a browser, whose page is fed', async () => {
    for (const alpn of ['h2', 'http/1.1']) {
      const page = tcpSession(tlsSession(POOL, 20, 40, 3, alpn), { client: CLIENT, server: '203.0.113.7' });
      const [level, items] = await levelOf([...lookup(POOL, '203.0.113.7'), ...page]);
      expect(level).toBe('suspected');
      expect(items).not.toContain('B1');
    }
  });

  it('is no more than suspected where it asks a web site of another host', async () => {
    const request = (at: number): Message => ({
      direction: 'to-server',
      atSeconds: at,
      bytes: Buffer.from(
        'GET /events HTTP/1.1\r\nHost: quotes.example.org\r\nAccept: text/event-stream\r\n\r\n',
      ),
    });
    const events = Array.from(
      { length: 30 },
      (_, at): Message => ({
        direction: 'to-client',
        atSeconds: 5 + at * 20,
        bytes: Buffer.from(
          `${at === 0 ? 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n' : ''}data: ${'7'.repeat(300)}\n\n`,
        ),
      }),
    );
    const session = tcpSession([request(0), ...events], {
      client: CLIENT,
      server: '203.0.113.7',
      serverPort: 80,
    });
    expect((await levelOf([...lookup(POOL, '203.0.113.7'), ...session]))[0]).toBe('suspected');
  });
});

describe('a conversation with a server that nobody knows', () => {
  it('gets no verdict by its rhythm', async () => {
    const frames = tcpSession(tlsSession('quotes.example.org', 30, 40, 3), {
      client: CLIENT,
      server: '203.0.113.8',
      serverPort: 443,
    });
    expect(await levelOf(frames)).toEqual([undefined, []]);
  });
});
