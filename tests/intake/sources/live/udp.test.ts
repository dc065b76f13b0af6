import { createSocket, type Socket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/base/errors.js';
import { openLive } from '../../../../src/intake/sources/live/index.js';
import type { LiveSource } from '../../../../src/intake/sources/live/live.js';
import { Keeper, until } from './support.js';

const open: (LiveSource | Socket)[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await ('stop' in thing ? thing.stop() : thing.close());
});

async function started(url: string, sink: Keeper): Promise<{ source: LiveSource; port: number }> {
  const source = openLive(url);
  open.push(source);
  await source.start(sink, []);
  return { source, port: Number(/(\d+)$/.exec(String(source.where))?.[1]) };
}

function sender(type: 'udp4' | 'udp6' = 'udp4'): Socket {
  const socket = createSocket(type);
  open.push(socket);
  return socket;
}

const send = (socket: Socket, bytes: Buffer, port: number, host = '127.0.0.1') =>
  new Promise<void>((resolve, reject) =>
    socket.send(bytes, port, host, (error) => (error === null ? resolve() : reject(error))),
  );

const netflow = Buffer.from('0009000000000000', 'hex');
const sflow = Buffer.from('0000000500000001', 'hex');

describe('the UDP source', () => {
  it('hands on each datagram with its exporter and its time', async () => {
    const sink = new Keeper();
    const { source, port } = await started('udp://127.0.0.1:0', sink);
    const socket = sender();
    const sizes = [0, 1, 1400, 65_507];
    for (const size of sizes) await send(socket, Buffer.alloc(size, size & 255), port);
    await until(() => sink.messages.length === sizes.length, 'datagrams');
    expect(sink.messages.map(({ bytes }) => bytes.length)).toEqual(sizes);
    expect(sink.messages[2]?.bytes.equals(Buffer.alloc(1400, 1400 & 255))).toBe(true);
    for (const { exporter, timeUs, isStream } of sink.messages) {
      expect({ exporter, isStream }).toEqual({ exporter: '127.0.0.1', isStream: false });
      expect(Math.abs(timeUs / 1000 - Date.now())).toBeLessThan(10_000);
    }
    expect(source.figures()).toMatchObject({ pieces: 4, bytes: 66_908, lagBytes: 0, open: 1, problems: [] });
  });

  it('takes both families through one socket, and writes IPv4 as IPv4', async () => {
    const sink = new Keeper();
    const { source, port } = await started('udp://[::]:0', sink);
    await send(sender(), netflow, port);
    if (String(source.where).includes('[')) await send(sender('udp6'), netflow, port, '::1');
    await until(() => sink.messages.length === (String(source.where).includes('[') ? 2 : 1), 'datagrams');
    expect(sink.messages.map(({ exporter }) => exporter)).toEqual(
      String(source.where).includes('[') ? ['127.0.0.1', '::1'] : ['127.0.0.1'],
    );
  });

  it('passes over and counts what its scheme does not expect', async () => {
    const sink = new Keeper();
    const flows = await started('netflow://127.0.0.1:0', sink);
    const samples = await started('sflow://127.0.0.1:0', sink);
    const socket = sender();
    for (const { port } of [flows, samples])
      for (const bytes of [netflow, sflow, Buffer.from('x'), Buffer.from('GET /')])
        await send(socket, bytes, port);
    await until(() => flows.source.figures().pieces + samples.source.figures().pieces === 8, 'datagrams');
    expect(sink.messages.map(({ bytes }) => bytes)).toEqual([netflow, sflow]);
    expect(flows.source.figures().problems).toMatchObject([{ code: 'unexpected-datagram', count: 3 }]);
  });

  it('says that its port is taken, and what to do', async () => {
    const { port } = await started('udp://127.0.0.1:0', new Keeper());
    const failure = await openLive(`netflow://127.0.0.1:${port}`)
      .start(new Keeper(), [])
      .catch((error) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure).toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(`sport = :${port}`),
    });
    const elsewhere = await openLive('netflow://192.0.2.1:0')
      .start(new Keeper(), [])
      .catch((error) => error);
    expect(elsewhere).toMatchObject({ code: 'address-missing' });
  });

  it('asks for a large receive buffer and tells what it was given', async () => {
    const { source } = await started('udp://127.0.0.1:0?rcvbuf=64K', new Keeper());
    expect(source.figures().receiveBuffer).toEqual({ asked: 65_536, granted: 65_536 });
    const large = await started('udp://127.0.0.1:0?rcvbuf=1024M', new Keeper());
    const buffer = large.source.figures().receiveBuffer;
    expect(buffer?.asked).toBe(1 << 30);
    expect(buffer?.granted).toBeGreaterThan(0);
  });

  it.skipIf(!existsSync('/proc/net/udp'))('tells what the kernel dropped while it was busy', async () => {
    for (const host of ['127.0.0.1', '[::]']) {
      const sink = new Keeper();
      const { source, port } = await started(`udp://${host}:0?rcvbuf=8K`, sink);
      const socket = sender();
      const sent = 200;
      await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
      // All are in the kernel before this process gets round to reading.
      const burst = Array.from({ length: sent }, () => Buffer.alloc(1000));
      await Promise.all(
        burst.map((bytes) => new Promise<void>((resolve) => socket.send(bytes, () => resolve()))),
      );
      await until(() => sink.messages.length + source.figures().dropped === sent, `drops on ${host}`);
      await source.stop();
      expect(sink.messages.length + source.figures().dropped).toBe(sent);
      expect(source.figures().dropped).toBeGreaterThan(0);
    }
  });

  it('hands on nothing after it was stopped', async () => {
    const sink = new Keeper();
    const { source, port } = await started('udp://127.0.0.1:0', sink);
    await source.stop();
    await source.stop();
    await send(sender(), netflow, port).catch(() => {});
    expect(sink.messages).toEqual([]);
    expect(source.positions()).toEqual([]);
  });
});
