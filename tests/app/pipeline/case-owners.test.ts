import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/app/cli/main.js';
import { temporaryFolder } from '../../deliver/samples.js';
import { type Frame, pcapFile, tcpSession } from '../../support/frames.js';
import { jsonLines, saidBy } from '../../support/said.js';
import { moneroSession } from '../../support/sessions.js';

const IP = '10.1.0.9';
const WALLETS = { A: `48${'aliceWallet'.repeat(8)}12345`, B: `48${'boertWallet'.repeat(8)}12345` };
const us = (day: string) => Date.parse(`${day}T01:00:00Z`) * 1000;

const mining = (day: string, whose: keyof typeof WALLETS, port: number): Frame[] =>
  tcpSession(moneroSession(WALLETS[whose], `rig-${whose}`, 12, port), {
    client: IP,
    clientPort: port,
    server: '198.51.100.44',
    serverPort: 14_444,
    startUs: us(day),
  });

async function rigwatch(db: string, ...words: string[]): Promise<Record<string, unknown>[]> {
  const program = createProgram();
  const args = ['--db', db, '--json', '-q', ...words];
  return jsonLines((await saidBy(() => program.parseAsync(args, { from: 'user' }))).stdout);
}

/** A database with these units' ranges, the header apart, into which `scan` puts captures one by one. */
async function office(rows: readonly string[]) {
  const folder = temporaryFolder();
  const db = join(folder, 'd.sqlite');
  const units = join(folder, 'units.csv');
  writeFileSync(units, ['unit_id,name,range,valid_from,valid_to,kind,ports', ...rows].join('\n'));
  await rigwatch(db, 'units', 'import', units);
  let captures = 0;
  const scan = async (...frames: Frame[][]) => {
    const path = join(folder, `${++captures}.pcap`);
    writeFileSync(path, pcapFile(frames.flat()));
    await rigwatch(db, 'scan', path);
    return await rigwatch(db, 'cases', 'update');
  };
  const cases = async () =>
    (await rigwatch(db, 'cases', 'list')).map(({ id, unit, state, wallets }) => {
      const who = (wallets as string[]).map((wallet) => (wallet === WALLETS.A ? 'A' : 'B')).sort();
      return `${String(id)} ${String(unit)} ${String(state)} ${who.join('')}`;
    });
  return { db, scan, cases };
}

const MOVED = [`A,Alpha,${IP},2020-01-01,2026-03-31,,`, `B,Beta,${IP},2026-04-01,,,`];

describe('cases of an address that changed hands', () => {
  it('follow who owned it when it mined, however the captures come', async () => {
    const both = await office(MOVED);
    await both.scan(mining('2026-03-02', 'A', 41_001), mining('2026-04-02', 'B', 41_002));
    expect(await both.cases()).toEqual(['1 A open A', '2 B open B']);
    expect(await rigwatch(both.db, 'cases', 'update')).toEqual([]);
    const late = await office(MOVED);
    await late.scan(mining('2026-04-02', 'B', 41_002));
    await late.scan(mining('2026-03-02', 'A', 41_001));
    expect(await late.cases()).toEqual(['1 B open B', '2 A open A']);
    expect(await rigwatch(late.db, 'cases', 'update')).toEqual([]);
  }, 60_000);

  it('give the present owner no case for what its forerunner did', async () => {
    const { scan, cases } = await office([MOVED[0] ?? '', `B,Beta,${IP},2026-04-01,,,`]);
    await scan(mining('2026-03-02', 'A', 41_001));
    expect(await cases()).toEqual(['1 A open A']);
  }, 60_000);

  it('are of the former owner also where nobody has it now, and of the present one where it was not known whose it was', async () => {
    const left = await office([MOVED[0] ?? '']);
    await left.scan(mining('2026-03-02', 'A', 41_001), mining('2026-04-02', 'B', 41_002));
    expect(await left.cases()).toEqual(['1 null open B', '2 A open A']);
    expect(await rigwatch(left.db, 'cases', 'update')).toEqual([]);
    const begun = await office([MOVED[1] ?? '']);
    await begun.scan(mining('2026-03-02', 'A', 41_001));
    expect(await begun.cases()).toEqual(['1 null open A']);
    await begun.scan(mining('2026-04-02', 'B', 41_002));
    expect(await begun.cases()).toEqual(['1 B open AB']);
    expect(await rigwatch(begun.db, 'cases', 'update')).toEqual([]);
  }, 60_000);

  it('do not recur by what the next owner does, and its mining does not hold up their quiet', async () => {
    const { db, scan, cases } = await office(MOVED);
    await scan(mining('2026-03-02', 'A', 41_001));
    await rigwatch(db, 'cases', 'result', '1', '--finding', 'passive', '--date', '2026-03-10');
    await rigwatch(db, 'cases', 'rectify', '1', '--date', '2026-03-12');
    // The same wallet, so that only the owner tells the two apart; then three weeks that are looked at.
    const days = Array.from({ length: 21 }, (_, day) => `2026-04-${String(day + 2).padStart(2, '0')}`);
    await scan(...days.map((day, at) => mining(day, 'A', 42_000 + at)));
    expect(await cases()).toEqual(['1 A rectified A', '2 B open A']);
    // Evidence from A's own days after its claim, come late, is recurrence.
    await scan(mining('2026-03-20', 'A', 43_000));
    expect(await cases()).toEqual(['1 A recurred A', '2 B open A']);
  }, 60_000);

  it('are of each subscriber where a carrier shares the address by port', async () => {
    const { db, scan, cases } = await office([
      `A,Alpha,${IP},,,carrier-nat,41000-41999`,
      `B,Beta,${IP},,,carrier-nat,42000-42999`,
    ]);
    await scan(mining('2026-03-02', 'A', 41_001), mining('2026-03-03', 'B', 42_001));
    expect(await cases()).toEqual(['1 A open A', '2 B open B']);
    expect(await rigwatch(db, 'cases', 'update')).toEqual([]);
  }, 60_000);

  it('open for the former owner where the present one has declared what it does', async () => {
    const { db, scan, cases } = await office(MOVED);
    const filing = ['--purpose', 'course', '--approver', 'office', '--from', '2026-04-01'];
    await rigwatch(db, 'registry', 'add', 'R-1', '--unit', 'B', ...filing);
    await scan(mining('2026-03-02', 'A', 41_001), mining('2026-04-02', 'B', 41_002));
    expect(await cases()).toEqual(['1 A open A']);
  }, 60_000);
});
