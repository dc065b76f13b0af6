import { describe, expect, it } from 'vitest';
import { MAX_COUNTED_FLOWS } from '../../../src/intake/flows/push-table.js';
import { type Frame, type Message, tcpSession } from '../../support/frames.js';
import { Harness } from './harness.js';

const job = (atSeconds: number, bytes = 400): Message => ({
  direction: 'to-client',
  atSeconds,
  bytes: Buffer.alloc(bytes, 0x17),
});
const jobs = (count: number, bytes?: number) =>
  Array.from({ length: count }, (_, at) => job(10 + at * 30, bytes));

describe('a flow table', () => {
  it('counts pushes where the conversation is wanted, and only there', () => {
    const frames = tcpSession(jobs(12));
    expect(new Harness({ keep: true }).add(frames).end().closed[0]?.pushes).toMatchObject({ count: 11 });
    expect(new Harness({ keepAtEnd: () => true }).add(frames).end().closed[0]?.pushes).toBeUndefined();
  });

  it.each([1, 2, 3, 7, 9])('measures messages in pieces, out of order or sent again (%i)', (seed) => {
    const messy = tcpSession(jobs(12), { segmentBytes: 97, shuffleSeed: seed }).flatMap((frame) => [
      frame,
      { ...frame, timeUs: frame.timeUs + 2e6 },
    ]);
    const told = (frames: readonly Frame[]) =>
      new Harness({ keep: true, onFeed: () => false })
        .add([...frames].sort((a, b) => a.timeUs - b.timeUs))
        .end().closed[0]?.pushes;
    expect(told(messy)).toMatchObject({ count: 11, modalShare: 1 });
    // What comes two seconds late is a message of its own.
    expect(told(messy.filter((_, at) => at < 20 || at % 23 > 1))?.count).toBeLessThan(15);
  });

  it('tells nothing where only the server was captured', () => {
    const frames = tcpSession(jobs(12), { only: 'to-client' });
    const { closed } = new Harness({ keep: true }).add(frames).end();
    expect(closed[0]?.toServer.packets).toBe(0);
    expect(closed[0]?.pushes).toBeUndefined();
  });

  it('leaves out what a reader reads', () => {
    const clear = jobs(12).map((message) => ({ ...message, bytes: Buffer.from('{"method":"job"}\n') }));
    const harness = new Harness({ keep: true }).add(tcpSession(clear)).end();
    expect(harness.heard).toHaveLength(1);
    expect(harness.closed[0]?.pushes).toBeUndefined();
  });

  it('begins anew with a conversation that uses the ports again', () => {
    const again = tcpSession(jobs(3), { startUs: 1.7e15 + 3600e6, firstSeq: [9e6, 8e6] });
    const { closed } = new Harness({ keep: true }).add([...tcpSession(jobs(12)), ...again]).end();
    expect(closed.map(({ pushes }) => pushes?.count)).toEqual([11, 2]);
  });

  it('tells parts with all that came since the beginning', () => {
    const frames = tcpSession(jobs(12), { close: false });
    const harness = new Harness({ keep: true }).add(frames.slice(0, 9));
    harness.table.tell();
    harness.add(frames.slice(9)).end();
    expect(harness.closed.map(({ pushes }) => pushes?.count)).toEqual([5, 11]);
  });

  it('counts in a bounded number of conversations, and says where it did not', () => {
    const harness = new Harness({ keep: true });
    for (let at = 0; at < MAX_COUNTED_FLOWS + 5; at++)
      harness.add(
        tcpSession([job(0)], {
          client: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
          handshake: false,
          close: false,
        }),
      );
    expect(harness.counters()['flow.pushes-not-counted']).toBe(5);
  });
});
