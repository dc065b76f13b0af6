import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../../../src/app/cli/main.js';
import { temporaryFolder } from '../../deliver/samples.js';
import { pcapFile, tcpSession } from '../../support/frames.js';
import { type Said, saidBy } from '../../support/said.js';
import { moneroSession } from '../../support/sessions.js';

async function rigwatch(db: string, ...words: string[]): Promise<Said> {
  const args = ['--db', db, '--json', '-q', ...words];
  return saidBy(() => createProgram().parseAsync(args, { from: 'user' }));
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
  expect(whole.code).toBe(0);
  expect(JSON.parse(whole.stdout)).toMatchObject({ whole: true, verdicts: 3, fault_count: 0 });
  const listed = (await rigwatch(db, 'evidence', 'list')).stdout.trim().split('\n');
  expect(listed.map((line) => (JSON.parse(line) as { ip: string | null }).ip)).toEqual([
    null,
    '10.0.0.1',
    null,
    '10.0.0.2',
    null,
    null,
    '10.0.0.3',
  ]);
  expect((await rigwatch(db, 'evidence', 'show', '10.0.0.1')).stdout).toContain('10.0.0.1');
  // Kept elsewhere, they are named in their order.
  const away = join(temporaryFolder(), 'first');
  renameSync(`${log}.1`, away);
  expect((await rigwatch(db, 'evidence', 'verify')).code).toBe(1);
  const order = [away, `${log}.3`, `${log}.5`, log];
  expect((await rigwatch(db, 'evidence', 'verify', ...order)).code).toBe(0);
  expect((await rigwatch(db, 'evidence', 'verify', ...order.toReversed())).code).toBe(1);
}, 60_000);
