import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRules } from '../../src/app/pipeline/load-rules.js';
import { openStore } from '../../src/deliver/store/index.js';
import {
  flowsOf,
  ipfix,
  netflow5,
  netflow9,
  nfdumpCsv,
  nfdumpJson,
  zeekConn,
} from '../support/flow-export.js';
import { type Frame, pcapFile, tcpSession } from '../support/frames.js';
import { scanFile } from '../support/scan-frames.js';
import { bitcoinSession, moneroSession, tlsSession, webSession } from '../support/sessions.js';

/** One capture, and what exporters and loggers make of it: the same suspects, the same sessions, counted once. */
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-one-capture-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START_US = Date.parse('2026-03-02T01:00:00.750Z') * 1000;
const LISTED = '198.51.100.21';
const LISTED_V6 = '2001:db8:ffff::44';

mkdirSync(join(folder, 'rules'));
writeFileSync(
  join(folder, 'rules', 'pools.csv'),
  ['host,kind,ports,operator,coins,role,confidence,source,first_seen,last_seen']
    .concat(
      [LISTED, LISTED_V6].map(
        (ip) => `${ip},ip,3333;443;14444,Example,BTC,pool,high,test,2026-03-01,2026-03-03`,
      ),
    )
    .join('\n'),
);
const rules = await loadRules([join(folder, 'rules')]);

const frames: Frame[] = [
  ...tcpSession(bitcoinSession('farm', ['rig01'], 'cgminer/4.11.1', 12, 1), {
    client: '10.20.3.17',
    clientPort: 40_001,
    server: LISTED,
    serverPort: 3333,
    startUs: START_US,
  }),
  ...tcpSession(moneroSession(`48${'fakeDemoAddress'.repeat(6)}123`, 'lab-3', 9, 2), {
    client: '2001:db8:20::33',
    clientPort: 40_002,
    server: LISTED_V6,
    serverPort: 14_444,
    startUs: START_US + 3_200_000,
  }),
  // It names the address and no host: what a name would say, flow records cannot know.
  ...tcpSession(tlsSession(LISTED, 5, 20, 3), {
    client: '10.20.3.18',
    clientPort: 40_003,
    server: LISTED,
    serverPort: 443,
    startUs: START_US + 500_000,
  }),
  // Another's client, and a visit that has nothing to do with it.
  ...tcpSession(webSession('www.example.com'), {
    client: '10.20.3.19',
    clientPort: 40_004,
    server: '203.0.113.9',
    serverPort: 80,
    startUs: START_US + 900_000,
  }),
].sort((a, b) => a.timeUs - b.timeUs);
const flows = flowsOf(frames);

const SUSPECTS = ['10.20.3.17', '10.20.3.18', '2001:db8:20::33'];

const INPUTS: readonly (readonly [name: string, bytes: Buffer, suspects: readonly string[]])[] = [
  ['packets.pcap', pcapFile(frames), SUSPECTS],
  ['netflow5.pcap', netflow5(flows), SUSPECTS.slice(0, 2)], // v5 has no IPv6
  ['netflow9.pcap', netflow9(flows), SUSPECTS],
  ['ipfix.pcap', ipfix(flows), SUSPECTS],
  ['nfdump.csv', nfdumpCsv(flows), SUSPECTS],
  ['nfdump.json', nfdumpJson(flows), SUSPECTS],
  ['conn.log', zeekConn(flows), SUSPECTS],
];
for (const [name, bytes] of INPUTS) writeFileSync(join(folder, name), bytes);

const evidenceFor = (suspects: Awaited<ReturnType<typeof scanFile>>['suspects'], item: string) =>
  suspects
    .flatMap(({ evidence }) => evidence)
    .filter((fact) => fact.item === item)
    .map(({ suspect, peer, weight }) => `${suspect} ${peer?.ip} ${peer?.port} ${weight}`)
    .sort();

const packets = await scanFile(join(folder, 'packets.pcap'), rules);

describe('one capture', () => {
  it.each(INPUTS)('gives its suspects as %s', async (name, _bytes, suspects) => {
    const { verdicts, suspects: files } = await scanFile(join(folder, name), rules);
    expect(verdicts.map(({ ip }) => ip).sort()).toEqual([...suspects].sort());
    const wanted = evidenceFor(packets.suspects, 'E7').filter((line) =>
      suspects.includes(line.split(' ')[0] ?? ''),
    );
    expect(evidenceFor(files, 'E7')).toEqual(wanted);
    if (name !== 'packets.pcap')
      expect(verdicts.map(({ level }) => level)).toEqual(suspects.map(() => 'suspected'));
  });

  it('is counted once, however many inputs tell of it, in any order', async () => {
    for (const order of [INPUTS, [...INPUTS].reverse()]) {
      const path = join(folder, `${order[0]?.[0]}.sqlite`);
      const store = openStore(path);
      const run = store.beginRun({ startedUs: START_US, version: '0', rulesVersion: rules.version });
      for (const [name] of order) {
        const { suspects, summary } = await scanFile(join(folder, name), rules);
        store.saveInput(run, { contentId: name, rulesVersion: rules.version, summary, suspects });
      }
      for (const file of packets.suspects) {
        const known = store.loadSuspect(file.ip);
        expect(known?.sessions.length).toBe(file.sessions.length);
        expect(known?.sessions.map(({ dialect }) => dialect)).toEqual(
          file.sessions.map(({ dialect }) => dialect),
        );
        const items = (evidence: readonly { readonly item: string }[] = []) =>
          evidence.map(({ item }) => item).sort();
        expect(items(known?.evidence)).toEqual(items(file.evidence));
      }
      store.close();
    }
  });
});

const has = (tool: string) => spawnSync(tool, ['-V']).error === undefined;
const hasTools = ['softflowd', 'nfcapd', 'nfdump'].every(has);

describe.skipIf(!hasTools)('one capture through softflowd, nfcapd and nfdump', () => {
  it.each([
    ['5', '-z'],
    ['9', '-y'],
    ['10', '-j'],
  ])('gives the same suspects (NetFlow %s, nfcapd %s)', { timeout: 60_000 }, async (version, compression) => {
    const flowFolder = join(folder, `v${version}`);
    mkdirSync(flowFolder);
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const pidFile = join(flowFolder, 'pid');
    execFileSync('nfcapd', [
      '-D',
      '-P',
      pidFile,
      '-b',
      '127.0.0.1',
      '-p',
      String(port),
      '-w',
      flowFolder,
      '-t',
      '3600',
      compression,
    ]);
    try {
      execFileSync('softflowd', [
        ...[
          '-r',
          join(folder, 'packets.pcap'),
          '-n',
          `127.0.0.1:${port}`,
          '-v',
          version,
          '-6',
          '-a',
          '-A',
          'milli',
        ],
      ]);
      await new Promise((done) => setTimeout(done, 1500));
    } finally {
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
    }
    const file = await written(flowFolder);
    const suspects = version === '5' ? SUSPECTS.slice(0, 2) : SUSPECTS;
    const csv = join(flowFolder, 'nfdump.csv');
    writeFileSync(
      csv,
      execFileSync('nfdump', ['-r', file, '-o', 'csv'], { env: { ...process.env, TZ: 'UTC' } }),
    );
    const json = join(flowFolder, 'nfdump.json');
    writeFileSync(
      json,
      execFileSync('nfdump', ['-r', file, '-o', 'json'], { env: { ...process.env, TZ: 'UTC' } }),
    );
    for (const path of [file, csv, json]) {
      const { verdicts } = await scanFile(path, rules);
      expect(verdicts.map(({ ip }) => ip).sort()).toEqual([...suspects].sort());
    }
  });
});

/** nfcapd renames its file when it ends. */
async function written(where: string): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const name = readdirSync(where).find((one) => /^nfcapd\.\d+$/.test(one));
    if (name !== undefined) return join(where, name);
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`nfcapd left no file in ${where}`);
}
