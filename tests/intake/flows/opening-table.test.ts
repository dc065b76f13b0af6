import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { OpeningTable } from '../../../src/intake/flows/opening-table.js';
import { createFlowFields, type FlowFields } from '../../../src/model/flow-fields.js';
import type { Session } from '../../../src/model/session.js';
import { WAKE_ALWAYS, WAKE_EARLY } from '../../../src/model/wake.js';
import { addressBytes } from '../../support/frames.js';

const WAKE = new Uint8Array(256);
WAKE['{'.charCodeAt(0)] = WAKE_EARLY | WAKE_ALWAYS;
WAKE['G'.charCodeAt(0)] = WAKE_EARLY;

const HELLO = Buffer.from('{"method":"mining.subscribe"}\n');
const REPLY = Buffer.from('{"result":[]}\n');
const NONE = Buffer.alloc(0);

function fields(
  src: string,
  srcPort: number,
  dst: string,
  dstPort: number,
  more: Partial<FlowFields> = {},
): FlowFields {
  const out = createFlowFields();
  addressBytes(src).copy(out.bytes, 0);
  addressBytes(dst).copy(out.bytes, 16);
  return { ...out, ipVersion: 4, protocol: 6, srcPort, dstPort, startUs: 5e6, ...more };
}

const THERE = fields('10.0.0.1', 50_000, '198.51.100.7', 3333);
const BACK = fields('198.51.100.7', 3333, '10.0.0.1', 50_000, { startUs: 6e6 });

function read(
  feed: (table: OpeningTable) => void,
  options = {},
): { seen: string[]; sessions: Session[]; counters: Counters } {
  const seen: string[] = [];
  const sessions: Session[] = [];
  const hooks = {
    wake: WAKE,
    session: (session: Session) => {
      sessions.push(session);
      return {
        feed: (direction: string, bytes: Buffer) => seen.push(`${direction} ${bytes.toString().trim()}`) > 0,
        gap: () => undefined,
        end: () => seen.push('end'),
      };
    },
  };
  const table = new OpeningTable(hooks, options);
  table.setOrigin('a.nfcapd', 'nfcapd');
  feed(table);
  table.end();
  const counters = new Counters();
  table.report(counters);
  return { seen, sessions, counters };
}

describe('the first payload of flow records', () => {
  it('is read at once where a record carries both directions', () => {
    const { seen, sessions } = read((table) => {
      expect(table.add({ ...THERE, isOriented: true }, HELLO, REPLY, 7)).toBe(true);
    });
    expect(seen).toEqual([
      `to-server ${HELLO.toString().trim()}`,
      `to-client ${REPLY.toString().trim()}`,
      'end',
    ]);
    expect(sessions[0]).toMatchObject({
      client: { ip: '10.0.0.1', port: 50_000 },
      server: { ip: '198.51.100.7', port: 3333 },
      orientedBy: 'handshake',
      startUs: 5e6,
      bothDirections: true,
      origin: { source: 'a.nfcapd', format: 'nfcapd', record: 7 },
    });
  });

  it('waits for the other direction, whichever comes first', () => {
    for (const order of [
      [THERE, HELLO, BACK, REPLY],
      [BACK, REPLY, THERE, HELLO],
    ] as const) {
      const { seen, sessions } = read((table) => {
        table.add(order[0], order[1], NONE, 1);
        table.add(order[2], order[3], NONE, 2);
      });
      expect(seen[0]).toBe(`to-server ${HELLO.toString().trim()}`);
      expect(sessions.map(({ client, bothDirections }) => [client.ip, bothDirections])).toEqual([
        ['10.0.0.1', true],
      ]);
    }
  });

  it('is read one-sided at the end, and says so', () => {
    const { sessions, counters } = read((table) => table.add(THERE, HELLO, NONE, 1));
    expect(sessions[0]?.bothDirections).toBe(false);
    expect(counters.toObject()).toEqual({ 'records.payload-read': 1, 'records.payload-one-direction': 1 });
  });

  it('of sampled packets belongs to the session of the first', () => {
    const { sessions } = read((table) => {
      for (const startUs of [5e6, 65e6, 125e6]) {
        table.add({ ...THERE, startUs }, HELLO, NONE, 1);
        table.add({ ...BACK, startUs }, REPLY, NONE, 1);
      }
      table.add({ ...THERE, startUs: 5e9 }, HELLO, REPLY, 1);
    });
    expect(sessions.map(({ startUs }) => startUs)).toEqual([5e6, 5e6, 5e6, 5e9]);
  });

  it('is passed by where nobody could read it, and only JSON keeps its record', () => {
    const { sessions } = read((table) => {
      expect(table.add(THERE, Buffer.from('SSH-2.0'), NONE, 1)).toBe(false);
      expect(table.add({ ...THERE, protocol: 17 }, HELLO, NONE, 1)).toBe(false);
      expect(table.add({ ...THERE, srcPort: 50_001 }, Buffer.from('GET / HTTP/1.1'), NONE, 1)).toBe(false);
    });
    expect(sessions).toHaveLength(1);
  });

  it('is bounded: the one that waits longest is read as it is', () => {
    const { sessions } = read(
      (table) => {
        for (let at = 0; at < 20; at++) table.add({ ...THERE, srcPort: 50_000 + at }, HELLO, NONE, at);
      },
      { maxOpenings: 4 },
    );
    expect(sessions.map(({ client }) => client.port)).toEqual(
      Array.from({ length: 20 }, (_, at) => 50_000 + at),
    );
  });
});
