import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openLive } from '../../../../src/intake/sources/live/index.js';
import type { LiveSource } from '../../../../src/intake/sources/live/live.js';
import { MessageCutter } from '../../../../src/intake/sources/live/message-cutter.js';
import { Keeper, until } from './support.js';

/** An IPFIX message of a whole length, filled with one byte. */
function ipfix(length: number, fill = 1): Buffer {
  const message = Buffer.alloc(length, fill);
  message.writeUInt16BE(10, 0);
  message.writeUInt16BE(length, 2);
  return message;
}

const open: (LiveSource | Socket)[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await ('stop' in thing ? thing.stop() : thing.destroy());
});

async function started(sink: Keeper, options = ''): Promise<{ source: LiveSource; port: number }> {
  const source = openLive(`ipfix+tcp://127.0.0.1:0${options}`);
  open.push(source);
  await source.start(sink, []);
  return { source, port: Number(/(\d+)$/.exec(String(source.where))?.[1]) };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  open.push(socket);
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

describe('MessageCutter', () => {
  it('finds the same messages however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 16, max: 5000 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 60 }),
        (lengths, cuts) => {
          const sent = lengths.map((length, at) => ipfix(length, at));
          const stream = Buffer.concat(sent);
          const got: Buffer[] = [];
          const cutter = new MessageCutter((bytes, offset, length) =>
            got.push(Buffer.from(bytes.subarray(offset, offset + length))),
          );
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            expect(cutter.feed(stream.subarray(at, Math.min(at + cut, stream.length)))).toBe(true);
            at = Math.min(at + cut, stream.length);
          }
          expect(got).toEqual(sent);
          expect(cutter.isMidMessage).toBe(false);
        },
      ),
    );
  });

  it('takes the longest message, byte by byte', () => {
    let taken = 0;
    const cutter = new MessageCutter((_bytes, _offset, length) => {
      taken += length;
    });
    const message = ipfix(65_535);
    for (let at = 0; at < message.length; at++) cutter.feed(message.subarray(at, at + 1));
    expect(taken).toBe(65_535);
  });

  it('gives up at what is no message, whole ones before it handed on', () => {
    for (const bad of ['000a000f', '000a0000', '0009ffff', '47455420'])
      for (const cut of [1, 2, 3, 4, 7]) {
        let taken = 0;
        const cutter = new MessageCutter(() => {
          taken++;
        });
        const stream = Buffer.concat([ipfix(20), Buffer.from(bad, 'hex'), Buffer.alloc(40)]);
        let isBelieved = true;
        for (let at = 0; at < stream.length && isBelieved; at += cut)
          isBelieved = cutter.feed(stream.subarray(at, at + cut));
        expect([isBelieved, taken]).toEqual([false, 1]);
      }
  });
});

describe('the IPFIX over TCP source', () => {
  it('hands on whole messages as of a stream, and tells exporters apart by their connections', async () => {
    const sink = new Keeper();
    const { source, port } = await started(sink);
    const [first, second] = [await dial(port), await dial(port)];
    await until(() => source.figures().open === 2, 'connections');
    first.write(ipfix(100, 1).subarray(0, 50));
    second.write(ipfix(200, 2));
    await until(() => sink.messages.length === 1, 'the second');
    first.write(ipfix(100, 1).subarray(50));
    await until(() => sink.messages.length === 2, 'the first');
    expect(sink.messages.map(({ exporter, isStream, bytes }) => [exporter, isStream, bytes.length])).toEqual([
      ['127.0.0.1#2', true, 200],
      ['127.0.0.1', true, 100],
    ]);
    first.end();
    await until(() => source.figures().open === 1, 'the end');
    expect(sink.disconnections).toEqual(['127.0.0.1']);
    (await dial(port)).write(ipfix(16));
    await until(() => sink.messages.length === 3, 'the restarted exporter');
    expect(sink.messages[2]?.exporter).toBe('127.0.0.1');
    expect(source.figures()).toMatchObject({ pieces: 3, bytes: 316, problems: [] });
  });

  it('closes a connection that speaks something else, and keeps the others', async () => {
    const sink = new Keeper();
    const { source, port } = await started(sink);
    const [good, bad] = [await dial(port), await dial(port)];
    bad.resume();
    const closed = new Promise((resolve) => bad.once('close', resolve));
    bad.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    good.write(ipfix(40));
    await until(() => sink.messages.length === 1, 'the good one');
    expect(source.figures().problems).toMatchObject([{ code: 'malformed-message', count: 1 }]);
  });

  it('counts a message that breaks off', async () => {
    const { source, port } = await started(new Keeper());
    (await dial(port)).end(ipfix(40).subarray(0, 39));
    await until(() => source.figures().problems.length > 0, 'the cut message');
    expect(source.figures().problems).toMatchObject([{ code: 'cut-message', count: 1 }]);
  });

  it('refuses more connections of one exporter than it may have', async () => {
    const { source, port } = await started(new Keeper());
    for (let number = 0; number < 20; number++) (await dial(port)).resume();
    await until(() => source.figures().problems.length > 0, 'refusals');
    await until(() => source.figures().problems[0]?.count === 4, 'four refusals');
    expect(source.figures()).toMatchObject({ open: 16, problems: [{ code: 'too-many-connections' }] });
  });

  it('cuts off who says nothing', async () => {
    const { source, port } = await started(new Keeper(), '?idle=1');
    const socket = await dial(port);
    await new Promise((resolve) => socket.resume().once('close', resolve));
    expect(source.figures().problems).toMatchObject([{ code: 'idle-connection', count: 1 }]);
  });

  it('says that its port is taken', async () => {
    const { port } = await started(new Keeper());
    const failure = await openLive(`ipfix+tcp://127.0.0.1:${port}`)
      .start(new Keeper(), [])
      .catch((error) => error);
    expect(failure).toMatchObject({ code: 'port-taken', message: expect.stringContaining('-ltnp') });
  });

  it('closes everything when stopped', async () => {
    const { source, port } = await started(new Keeper());
    const socket = await dial(port);
    const closed = new Promise((resolve) => socket.resume().once('close', resolve));
    await source.stop();
    await closed;
    expect(source.figures().open).toBe(0);
  });
});
