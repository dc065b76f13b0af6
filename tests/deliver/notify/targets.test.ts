import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTarget } from '../../../src/deliver/notify/index.js';
import { formatSyslog } from '../../../src/deliver/notify/syslog.js';
import { webhookTarget } from '../../../src/deliver/notify/webhook.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import type { NoticeObject } from '../../../src/model/verdict-object.js';
import { HOSTILE, sampleVerdict } from '../samples.js';

const notice = (ip = '10.8.3.17', worker = 'rig-01'): NoticeObject => ({
  ...toVerdictObject(sampleVerdict({ ip, workers: [worker] })),
  notice: { change: 'new', before: null, at: '2026-03-02T01:02:03.000Z' },
});
const bodies = (...ips: string[]) => ips.map((ip) => JSON.stringify(notice(ip)));

async function webServer(answer: (path: string, body: string) => number) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk;
    });
    request.on('end', () => {
      const status = answer(request.headers.authorization ?? '', body);
      if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end('x'.repeat(1000));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('a web hook', () => {
  it('is given NDJSON, with the password of its address in a header', async () => {
    const got: string[] = [];
    const port = await webServer((authorization, body) => {
      got.push(authorization, body);
      return 204;
    });
    const target = openTarget(`http://me:s%20cret@127.0.0.1:${port}/hook?token=1`);
    expect(target.name).toBe(`http://127.0.0.1:${port}`);
    await target.send(bodies('10.0.0.1', '10.0.0.2'));
    expect(got[0]).toBe(`Basic ${Buffer.from('me:s cret').toString('base64')}`);
    const objects = got[1]
      ?.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as NoticeObject);
    expect(objects?.map(({ ip }) => ip)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it.each([500, 404, 302])('that answers %i has not taken it', async (status) => {
    const port = await webServer(() => status);
    await expect(openTarget(`http://127.0.0.1:${port}/`).send(bodies('10.0.0.1'))).rejects.toThrow(
      `answered ${status}`,
    );
  });

  it('that never answers is given up', async () => {
    const port = await webServer(() => 0);
    const target = webhookTarget(new URL(`http://127.0.0.1:${port}/`), 'key', 100);
    await expect(target.send(bodies('10.0.0.1'))).rejects.toThrow(/timeout|aborted/i);
  });

  it('that is not there has not taken it', async () => {
    await expect(openTarget('http://127.0.0.1:9/').send(bodies('10.0.0.1'))).rejects.toThrow();
  });
});

describe('syslog', () => {
  const PATTERN =
    /^<132>1 2026-03-02T01:02:03\.000Z \S+ rigwatch \d+ VERDICT \[rigwatch@32473( \w+="(?:[^"\\\]]|\\["\\\]])*")+\] confirmed: \S+ with \S+$/;

  it('is RFC 5424 whatever the traffic said', () => {
    const plain = formatSyslog(notice(), 'host', 7);
    expect(plain).toMatch(PATTERN);
    expect(plain).toContain('ip="10.8.3.17" level="confirmed"');
    const hostile = { ...notice(), dialects: [HOSTILE], pools: [{ ...notice().pools[0]!, host: 'a"]\\b' }] };
    const line = formatSyslog(hostile, 'ho st\n', 7);
    expect(line).toContain('pool="a\\"\\]\\\\b"');
    expect(line.split(' ')[2]).toBe('host');
    expect(line).not.toMatch(/[\x00-\x1f\x7f\u202e]/);
  });

  it('goes as datagrams', async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    onTestFinished(() => {
      socket.close();
    });
    const got: string[] = [];
    socket.on('message', (message) => got.push(message.toString()));
    await openTarget(`syslog://127.0.0.1:${socket.address().port}`).send(bodies('10.0.0.1', '10.0.0.2'));
    await expect.poll(() => got.length).toBe(2);
    expect(got[0]).toMatch(PATTERN);
  });

  it('goes over one connection with its lengths counted, and over a new one when that is closed', async () => {
    let received = '';
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      sockets.push(socket);
      socket.on('data', (chunk: Buffer) => {
        received += chunk;
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const target = openTarget(`syslog+tcp://127.0.0.1:${port}`);
    await target.send(bodies('10.0.0.1'));
    await target.send(bodies('10.0.0.2', '10.0.0.3'));
    await expect.poll(() => frames(received).length).toBe(3);
    expect(sockets).toHaveLength(1);
    sockets[0]?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await target.send(bodies('10.0.0.4'));
    await expect.poll(() => frames(received).length).toBe(4);
    for (const frame of frames(received)) expect(frame).toMatch(PATTERN);
    await target.close();
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
    await expect(target.send(bodies('10.0.0.5'))).rejects.toThrow(/ECONNREFUSED/);
  });
});

/** Messages of an octet-counted stream (RFC 6587 §3.4.1). */
function frames(text: string): string[] {
  const found: string[] = [];
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    const space = rest.indexOf(32);
    const length = Number(rest.subarray(0, space).toString());
    if (!(length > 0) || rest.length < space + 1 + length) break;
    found.push(rest.subarray(space + 1, space + 1 + length).toString());
    rest = rest.subarray(space + 1 + length);
  }
  return found;
}

it('a file is added to, also after it was moved away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'out.ndjson');
  const target = openTarget(`file:${path}`);
  await target.send(bodies('10.0.0.1'));
  await target.send(bodies('10.0.0.2'));
  renameSync(path, `${path}.1`);
  await target.send(bodies('10.0.0.3'));
  expect(readFileSync(`${path}.1`, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ ip: '10.0.0.3' });
  await expect(openTarget(`file:${folder}/none/x`).send(bodies('10.0.0.1'))).rejects.toThrow(/ENOENT/);
  // A pipe without a reader must not hold the process for ever.
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(openTarget(`file:${folder}/pipe`).send(bodies('10.0.0.1'))).rejects.toThrow(/ENXIO/);
});

it.each(['', 'ftp://x', 'syslog:', 'syslog://', 'syslog://h/path', 'file:', 'kafka://h/t'])(
  'refuses %j in one line',
  (text) => {
    expect(() => openTarget(text)).toThrow(/^--notify .*expected file:PATH/);
  },
);
