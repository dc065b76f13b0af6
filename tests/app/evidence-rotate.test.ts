import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createProgram } from '../../src/app/cli/main.js';
import { temporaryFolder } from '../deliver/samples.js';
import { pcapFile, tcpSession } from '../support/frames.js';
import { moneroSession } from '../support/sessions.js';

async function rigwatch(db: string, ...words: string[]): Promise<{ exit: unknown; text: string }> {
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    await createProgram().parseAsync(['--db', db, '--json', '-q', ...words], { from: 'user' });
    return { exit: process.exitCode ?? 0, text: out.mock.calls.map(([chunk]) => String(chunk)).join('') };
  } finally {
    out.mockRestore();
    err.mockRestore();
    process.exitCode = 0;
  }
}

it('evidence rotate: scans go on in a new file, and every command reads all of them', async () => {
  const folder = temporaryFolder();
  const [db, log] = [join(folder, 'd.sqlite'), join(folder, 'd.sqlite.evidence')];
  await expect(rigwatch(db, 'evidence', 'rotate')).rejects.toThrow('there is no evidence log');
  const scan = async (client: string) => {
    const path = join(folder, `${client}.pcap`);
    const ends = { client, clientPort: 41_001, server: '198.51.100.44', serverPort: 14_444 };
    const startUs = Date.parse('2026-04-02T01:00:00Z') * 1000;
    writeFileSync(
      path,
      pcapFile(tcpSession(moneroSession(`48${'x'.repeat(93)}`, 'rig', 4, 1), { ...ends, startUs })),
    );
    await rigwatch(db, 'scan', path);
  };
  await scan('10.0.0.1');
  await rigwatch(db, 'evidence', 'rotate');
  await scan('10.0.0.2');
  await rigwatch(db, 'evidence', 'rotate');
  await rigwatch(db, 'evidence', 'rotate');
  await scan('10.0.0.3');
  const files = readdirSync(folder).filter((name) => /evidence(\.\d+)?$/.test(name));
  expect(files).toHaveLength(4);
  const whole = await rigwatch(db, 'evidence', 'verify');
  expect(whole.exit).toBe(0);
  expect(JSON.parse(whole.text)).toMatchObject({ whole: true, verdicts: 3, fault_count: 0 });
  const listed = (await rigwatch(db, 'evidence', 'list')).text.trim().split('\n');
  expect(listed.map((line) => (JSON.parse(line) as { ip: string | null }).ip)).toEqual([
    null,
    '10.0.0.1',
    null,
    '10.0.0.2',
    null,
    null,
    '10.0.0.3',
  ]);
  expect((await rigwatch(db, 'evidence', 'show', '10.0.0.1')).text).toContain('10.0.0.1');
  // Kept elsewhere, they are named in their order.
  const away = join(temporaryFolder(), 'first');
  renameSync(`${log}.1`, away);
  expect((await rigwatch(db, 'evidence', 'verify')).exit).toBe(1);
  const order = [away, `${log}.3`, `${log}.5`, log];
  expect((await rigwatch(db, 'evidence', 'verify', ...order)).exit).toBe(0);
  expect((await rigwatch(db, 'evidence', 'verify', ...order.toReversed())).exit).toBe(1);
}, 60_000);
