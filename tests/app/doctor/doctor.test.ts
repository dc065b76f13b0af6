import { createSocket } from 'node:dgram';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkDatabase, checkMachine, checkNode } from '../../../src/app/pipeline/doctor/doctor.js';
import { checkSources, clockOffset } from '../../../src/app/pipeline/doctor/listen.js';
import { loadRules } from '../../../src/app/pipeline/load-rules.js';
import { DOCTOR_MESSAGES, doctorMessage } from '../../../src/deliver/print/messages/doctor-messages.js';
import { WATCH_MESSAGES } from '../../../src/deliver/print/messages/watch-messages.js';
import { openStore } from '../../../src/deliver/store/index.js';
import { openLive } from '../../../src/intake/sources/live/index.js';
import type { RuleSet } from '../../../src/model/rule.js';
import { netflow5 } from '../watch/exports.js';

let rules: RuleSet;
beforeAll(async () => {
  rules = await loadRules([]);
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rigwatch-doctor-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('the machine', () => {
  it('is told of an old Node.js, never refused for it', () => {
    expect(checkNode('20.20.2')).toMatchObject({ state: 'warning', key: 'node.old' });
    expect(checkNode('24.1.0')).toMatchObject({ state: 'ok' });
  });

  it('has a database that can be written, or is told why not', async () => {
    const dir = folder();
    const path = join(dir, 'db.sqlite');
    expect(await checkDatabase(path)).toMatchObject({ key: 'database.none', state: 'ok' });
    openStore(path).close();
    expect(await checkDatabase(path)).toMatchObject({ key: 'database.ok' });
    const other = join(dir, 'text');
    writeFileSync(other, 'no database at all, but long enough to look like a file of its own '.repeat(40));
    expect(await checkDatabase(other)).toMatchObject({ key: 'database.bad', state: 'problem' });
    const nowhere = join(dir, 'none', 'all.sqlite');
    expect(await checkDatabase(nowhere)).toMatchObject({ key: 'database.no-folder', state: 'problem' });
    const { findings } = await checkMachine({ nodeVersion: '24.0.0', path: dir }, nowhere, []);
    expect(findings.map(({ check }) => check)).not.toContain('disk');
    if (process.getuid?.() !== 0) {
      chmodSync(path, 0o400);
      expect(await checkDatabase(path)).toMatchObject({ key: 'database.unwritable' });
    }
  });

  it('is told the first fault of its rules, and that a capture program is missing', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'bad.yaml'), 'kind: endpoint\nrules:\n  - id: 7\n');
    const machine = { nodeVersion: '24.0.0', path: dir };
    const { findings, rules: none } = await checkMachine(machine, join(dir, 'db.sqlite'), [dir]);
    expect(none).toBeNull();
    expect(findings.find(({ check }) => check === 'rules')).toMatchObject({
      key: 'rules.bad',
      state: 'problem',
    });
    expect(findings.find(({ check }) => check === 'capture')).toMatchObject({ key: 'capture.none' });
    writeFileSync(join(dir, 'tcpdump'), '#!/bin/sh\n', { mode: 0o755 });
    const again = await checkMachine(machine, join(dir, 'db.sqlite'), []);
    expect(again.findings.find(({ check }) => check === 'capture')).toMatchObject({ key: 'capture.ok' });
  });
});

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
  return port;
}

/** What doctor finds of a socket to which `datagrams` are sent. */
async function listened(port: number, datagrams: readonly Buffer[], nowMs = Date.now()) {
  const source = openLive(`udp://127.0.0.1:${port}`);
  const wait = async () => {
    const socket = createSocket('udp4');
    for (const bytes of datagrams)
      await new Promise<void>((resolve) => {
        socket.send(bytes, port, '127.0.0.1', () => resolve());
      });
    await sleep(500);
    socket.close();
  };
  const findings = await checkSources([source], rules, 1, wait, () => nowMs);
  return findings.filter(({ key }) => key !== 'source.small-buffer');
}

/** A NetFlow v9 datagram with a data set of a template that nobody has told. */
function withoutTemplate(): Buffer {
  const bytes = Buffer.alloc(20 + 4 + 8);
  bytes.writeUInt16BE(9, 0);
  bytes.writeUInt16BE(1, 2);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 8);
  bytes.writeUInt16BE(300, 20);
  bytes.writeUInt16BE(12, 22);
  return bytes;
}

describe('a live input', () => {
  const nowSeconds = Date.now() / 1000;

  it('that brings nothing is told how to look for what should come', async () => {
    const port = await freePort();
    const keys = (await listened(port, [])).map(({ key, values }) => [key, values.port]);
    expect(keys).toEqual([
      ['source.opened', undefined],
      ['source.silent', String(port)],
    ]);
  });

  it('that gets what is no export is told that nothing in it can be read', async () => {
    const findings = await listened(await freePort(), [Buffer.from('hello'), Buffer.alloc(0)]);
    expect(findings).toMatchObject([
      { key: 'source.opened' },
      { key: 'source.nothing', state: 'problem', values: { bytes: 5 } },
    ]);
  });

  it('that is well is told so, exporter by exporter', async () => {
    const findings = await listened(await freePort(), [
      netflow5(0, 10, nowSeconds),
      netflow5(10, 10, nowSeconds),
    ]);
    expect(findings.map(({ key }) => key)).toEqual(['source.opened', 'source.read', 'exporter.ok']);
    expect(findings[2]?.values).toMatchObject({ exporter: '127.0.0.1', formats: 'netflow-5', records: 20 });
  });

  it('is told of templates that never came, of loss and of clocks', async () => {
    const lacking = await listened(await freePort(), [withoutTemplate()]);
    expect(lacking.find(({ key }) => key === 'exporter.no-template')).toMatchObject({
      state: 'problem',
      values: { misses: 1, ids: '300' },
    });
    const lossy = await listened(await freePort(), [
      netflow5(0, 10, nowSeconds),
      netflow5(35, 10, nowSeconds),
    ]);
    expect(lossy.find(({ key }) => key === 'exporter.lost')?.values).toMatchObject({ lost: 25 });
    const late = await listened(await freePort(), [netflow5(0, 10, nowSeconds - 7200)]);
    const skew = late.find(({ key }) => key === 'exporter.skew')?.values.seconds;
    expect(Number(skew)).toBeGreaterThan(7190);
    expect(Number(skew)).toBeLessThan(7300);
  });

  it('whose port is taken is told who may have it', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => {
      socket.bind(0, '127.0.0.1', resolve);
    });
    const { port } = socket.address();
    onTestFinished(() => {
      socket.close();
    });
    const findings = await listened(port, []);
    expect(findings).toMatchObject([{ key: 'source.cannot', state: 'problem' }]);
    expect(String(findings[0]?.values.reason)).toContain(String(port));
  });

  it('that is a file of no known kind is told so', async () => {
    const path = join(folder(), 'x.log');
    writeFileSync(path, 'nothing that anybody knows\n'.repeat(400));
    const findings = await checkSources([openLive(`file://${path}`)], rules, 1, () => sleep(900), Date.now);
    expect(findings.map(({ key }) => key)).toContain('source.trouble');
    expect(findings.map(({ key }) => key)).toContain('source.nothing');
  });
});

it('knows the clock of each format by its header', () => {
  const v5 = netflow5(0, 1, 1_700_000_000);
  expect(clockOffset(v5, 0, v5.length, 1_700_000_010e6)).toBeCloseTo(10);
  const ipfix = Buffer.alloc(16);
  ipfix.writeUInt16BE(10, 0);
  ipfix.writeUInt32BE(1_700_000_000, 4);
  expect(clockOffset(ipfix, 0, 16, 1_700_000_000e6 - 5e6)).toBeCloseTo(-5);
  expect(clockOffset(Buffer.alloc(40), 0, 40, 1)).toBeNull();
  expect(clockOffset(v5, 0, 4, 1)).toBeNull();
});

it.each([
  [0, null],
  [1, 8],
  [5, 8],
  [9, 8],
  [10, 4],
  [11, null],
])('of version %i finds the seconds at byte %s', (version, at) => {
  const message = Buffer.alloc(16);
  message.writeUInt16BE(version, 0);
  if (at !== null) message.writeUInt32BE(1_700_000_000, at);
  expect(clockOffset(message, 0, 16, 1_700_000_003e6)).toBe(at === null ? null : 3);
});

it('says everything in both languages, with the same values', () => {
  for (const catalogue of [DOCTOR_MESSAGES, WATCH_MESSAGES]) {
    const values = (text: string) => [...new Set(text.match(/\{[\w-]+\}/g))].sort();
    for (const [key, text] of Object.entries(catalogue.en)) {
      const chinese = (catalogue['zh-CN'] as Record<string, string>)[key] ?? '';
      expect([key, values(chinese)]).toEqual([key, values(text)]);
    }
  }
  expect(doctorMessage('en', 'source.cannot', { reason: 'x' })).toBe('x');
});
