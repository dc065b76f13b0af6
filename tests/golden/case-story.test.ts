import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/app/cli/main.js';
import { HOSTILE, temporaryFolder } from '../deliver/samples.js';
import { type Frame, pcapFile, tcpSession } from '../support/frames.js';
import { jsonLines, type Said, saidBy } from '../support/said.js';
import { moneroSession, webSession } from '../support/sessions.js';

/** From raw captures to a closed case, with the commands as an office uses them. */

const at = (text: string) => Date.parse(text) * 1000;
const wallet = (letter: string) => `4${'A'}${letter.repeat(93)}`;
const POOL = { server: '203.0.113.44', serverPort: 14444 };
let seed = 100;

const miner = (client: string, name: string, rig: string, time: string): Frame[] =>
  tcpSession(moneroSession(name, rig, 6, ++seed), {
    ...POOL,
    client,
    startUs: at(time),
    clientPort: 40_000 + seed,
  });
const visit = (time: string): Frame[] =>
  tcpSession(webSession('www.example.org'), { client: '10.200.0.1', startUs: at(time), clientPort: 50_000 });

/** 200 units, one /24 each, as a Chinese spreadsheet would give them. */
function register(): string {
  const rows = Array.from(
    { length: 200 },
    (_, n) => `U${n},单位${n},${n % 2 ? '学校' : '党政机关'},区${n % 7},10.${n}.0.0/24,2020-01-01`,
  );
  return `\ufeff单位编号,单位名称,单位类别,所属地区,IP地址段,启用日期\n${rows.join('\n')}\n`;
}

class Office {
  readonly #folder = temporaryFolder();

  async run(...words: string[]): Promise<Record<string, unknown>[]> {
    return jsonLines((await this.print('--json', ...words)).stdout);
  }

  print(...words: string[]): Promise<Said> {
    const args = ['--db', join(this.#folder, 'db.sqlite'), ...words];
    return saidBy(() => createProgram().parseAsync(args, { from: 'user' }));
  }

  file(name: string, content: string | Buffer): string {
    const path = this.path(name);
    writeFileSync(path, content);
    return path;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  scan(name: string, ...sessions: Frame[][]): Promise<Record<string, unknown>[]> {
    const frames = sessions.flat().sort((a, b) => a.timeUs - b.timeUs);
    return this.run('scan', '--no-progress', this.file(name, pcapFile(frames)));
  }

  async cases(): Promise<string[]> {
    const all = await this.run('cases', 'list');
    return all.map(({ id, unit, state, recurrences }) => `${id} ${unit} ${state} ${recurrences}`);
  }
}

interface TrailLine {
  readonly actor: string;
  readonly action: string;
  readonly why: string;
}

const trailOf = (shown: Record<string, unknown> | undefined) => (shown?.trail ?? []) as TrailLine[];

/** Two units mine: U7 with wallet B, U11 with wallet C. Both are referred, answer, and claim the 10th of March. */
async function claimed(): Promise<Office> {
  const office = new Office();
  await office.run('units', 'import', office.file('units.csv', register()), '--utc-offset', '+08:00');
  const verdicts = await office.scan(
    'first.pcap',
    miner('10.7.0.5', wallet('B'), 'office-pc', '2026-03-02T01:00:00Z'),
    miner('10.11.0.9', wallet('C'), 'library-4', '2026-03-02T02:00:00Z'),
    visit('2026-03-02T02:30:00Z'),
  );
  expect(verdicts.map(({ ip, unit }) => [ip, (unit as { id: string } | null)?.id])).toEqual([
    ['10.11.0.9', 'U11'],
    ['10.7.0.5', 'U7'],
  ]);
  await office.run('cases', 'update', '--lang', 'en');
  expect(await office.cases()).toEqual(['1 U11 open 0', '2 U7 open 0']);
  await office.run(
    'cases',
    'refer',
    '--unit',
    'U7',
    '--unit',
    'U11',
    '--document',
    '通报〔2026〕17号',
    '--deadline',
    '2026-03-15',
  );
  const answers = office.file(
    'answers.csv',
    '案件编号,核查结果,核查日期,查封计算机,备注,整改完成日期\n1,被动,2026-03-09,1,木马,2026-03-10\n2,主动,2026-03-09,1,,2026-03-10\n',
  );
  expect(await office.run('cases', 'import', answers, '--by', 'Li')).toEqual([
    expect.objectContaining({ results: 2, claims: 2 }),
  ]);
  expect(await office.cases()).toEqual(['1 U11 claimed 0', '2 U7 claimed 0']);
  return office;
}

describe('from captures to a closed case', () => {
  it('recurs as the same case: the same wallet on another address of the unit', async () => {
    const office = await claimed();
    await office.scan('new.pcap', miner('10.7.0.77', wallet('B'), 'pc-2', '2026-03-20T01:00:00Z'));
    expect(await office.cases()).toEqual(['1 U11 watch 0', '2 U7 recurred 1']);
    const [shown] = await office.run('cases', 'show', '2');
    expect(shown).toMatchObject({ ips: ['10.7.0.5', '10.7.0.77'], wallets: [wallet('B')] });
    const trail = trailOf(shown).map(
      ({ actor, action, why }) =>
        `${actor === 'rigwatch' || actor === 'Li' ? actor : 'me'} ${action} ${why.split(' ')[0]}`,
    );
    expect(trail).toEqual([
      'rigwatch open flagged',
      'me refer ',
      'Li result answers.csv',
      'Li rectify answers.csv',
      'rigwatch recur new-evidence',
    ]);
  });

  it('is a new case with another wallet, on the same address', async () => {
    const office = await claimed();
    await office.scan('new.pcap', miner('10.7.0.5', wallet('D'), 'other', '2026-03-20T01:00:00Z'));
    expect(await office.cases()).toEqual(['1 U11 watch 0', '2 U7 watch 0', '3 U7 open 0']);
    const [shown] = await office.run('cases', 'show', '3');
    expect(shown).toMatchObject({ wallets: [wallet('D')] });
    expect(trailOf(shown)[0]?.why).toBe('same-ip-other-wallet');
  });

  it('is neither where an old capture comes late', async () => {
    const office = await claimed();
    await office.scan('late.pcap', miner('10.7.0.99', wallet('B'), 'pc-9', '2026-03-01T01:00:00Z'));
    expect(await office.cases()).toEqual(['1 U11 claimed 0', '2 U7 claimed 0']);
    const [shown] = await office.run('cases', 'show', '2');
    expect(shown?.ips).toEqual(['10.7.0.5', '10.7.0.99']);
  });

  it('is rectified once it was quiet for fourteen covered days, and recurs even then', async () => {
    const office = await claimed();
    // Covered from the 10th to the 23rd: thirteen days and a bit.
    await office.scan('quiet-1.pcap', visit('2026-03-10T12:00:00Z'), visit('2026-03-24T12:00:00Z'));
    expect(await office.cases()).toEqual(['1 U11 watch 0', '2 U7 watch 0']);
    await office.scan('quiet-2.pcap', visit('2026-03-24T12:00:00Z'), visit('2026-03-25T12:00:00Z'));
    expect(await office.cases()).toEqual(['1 U11 rectified 0', '2 U7 rectified 0']);
    await office.scan('back.pcap', miner('10.11.0.9', wallet('C'), 'library-4', '2026-05-01T01:00:00Z'));
    expect(await office.cases()).toEqual(['1 U11 recurred 1', '2 U7 rectified 0']);
  });

  it('changes nothing when everything is scanned and updated again', async () => {
    const office = await claimed();
    const before = await office.cases();
    await office.run('scan', '--no-progress', office.path('first.pcap'));
    expect(await office.run('cases', 'update')).toEqual([]);
    expect(await office.cases()).toEqual(before);
  });

  it('refuses what a case is not ready for, in one line, and stores nothing of a file with a fault', async () => {
    const office = await claimed();
    await expect(office.run('cases', 'result', '1', '--finding', 'active')).rejects.toThrow(
      'case 1 is claimed: expected one of rectify, close, note, found result',
    );
    const bad = office.file('bad.csv', 'case_id,finding,date\n2,active,2026-03-11\n77,active,2026-03-11\n');
    await expect(office.run('cases', 'import', bad)).rejects.toThrow('nothing was imported');
    await expect(office.run('cases', 'close', '1')).rejects.toThrow('--why');
    expect(await office.cases()).toEqual(['1 U11 claimed 0', '2 U7 claimed 0']);
  });
});

describe('declared research', () => {
  const declared = async (...limits: string[]) => {
    const office = new Office();
    await office.run('units', 'import', office.file('units.csv', register()));
    await office.scan('lab.pcap', miner('10.3.0.5', wallet('B'), 'lab', '2026-03-02T01:00:00Z'));
    await office.run(
      'registry',
      'add',
      'R-1',
      '--unit',
      'U3',
      '--purpose',
      'course',
      '--approver',
      'dean',
      '--from',
      '2026-01-01',
      ...limits,
    );
    return office;
  };
  const level = async (office: Office) => (await office.run('verdicts', '10.3.0.5'))[0];

  it('clears the address, with the filing as its reason, and opens no case', async () => {
    const office = await declared('--coins', 'XMR', '--max-miners', '1', '--to', '2026-06-30');
    const verdict = await level(office);
    expect(verdict?.level).toBe('cleared');
    expect(JSON.stringify(verdict?.reasons)).toContain('R-1 (course), approved by dean');
    await office.run('cases', 'update');
    expect(await office.cases()).toEqual([]);
  });

  it('does not where the traffic goes beyond it', async () => {
    const office = await declared('--coins', 'BTC');
    expect(await level(office)).toMatchObject({ level: 'confirmed' });
    expect(JSON.stringify((await level(office))?.reasons)).toContain('exceeded: coin XMR, declared BTC');
    await office.run('cases', 'update');
    expect(await office.cases()).toEqual(['1 U3 open 0']);
  });

  it('ends with its date: what was closed as research comes back', async () => {
    const office = await declared('--to', '2026-06-30');
    await office.run('cases', 'open', '10.3.0.5', '--why', 'to be looked at');
    await office.run('cases', 'result', '1', '--finding', 'research', '--method', 'inspection');
    await office.run('cases', 'close', '1', '--why', 'declared as R-1');
    await office.run('cases', 'update');
    expect(await office.cases()).toEqual(['1 U3 closed 0']);
    await office.scan('on.pcap', miner('10.3.0.5', wallet('B'), 'lab', '2026-07-15T01:00:00Z'));
    expect(await level(office)).toMatchObject({ level: 'confirmed' });
    expect(await office.cases()).toEqual(['1 U3 open 0']);
  });

  it('is not covered before it was declared, unless an earlier filing was renewed', async () => {
    const office = await declared('--to', '2026-06-30');
    await office.scan('early.pcap', miner('10.3.0.5', wallet('B'), 'lab', '2025-12-01T01:00:00Z'));
    expect(await level(office)).toMatchObject({ level: 'confirmed' });
    expect(JSON.stringify((await level(office))?.reasons)).toContain('when nothing was declared');
    const forerunner = ['--unit', 'U3', '--purpose', 'course', '--approver', 'dean', '--from', '2025-09-01'];
    await office.run('registry', 'add', 'R-0', ...forerunner, '--to', '2025-12-31');
    expect(await level(office)).toMatchObject({ level: 'cleared' });
  });

  it('can be ended by hand', async () => {
    const office = await declared();
    expect(await level(office)).toMatchObject({ level: 'cleared' });
    await office.run('registry', 'end', 'R-1', '--on', '2026-02-01', '--why', 'withdrawn');
    expect(await level(office)).toMatchObject({ level: 'confirmed' });
  });
});

describe('accounting', () => {
  it('sets a period beside another, groups of either', async () => {
    const office = new Office();
    await office.run('units', 'import', office.file('units.csv', register()));
    await office.scan('march.pcap', miner('10.7.0.5', wallet('B'), 'a', '2026-03-02T01:00:00Z'));
    await office.scan(
      'april.pcap',
      miner('10.8.0.5', wallet('C'), 'b', '2026-04-02T01:00:00Z'),
      miner('10.8.0.6', wallet('D'), 'c', '2026-04-02T01:00:00Z'),
    );
    const periods = ['--since', '2026-04-01', '--until', '2026-05-01', '--compare-since', '2026-03-01'];
    const words = ['report', 'accounting', '--by', 'unit', ...periods, '--compare-until', '2026-04-01'];
    const [report] = await office.run(...words, '--assume', 'zhejiang-2021', '--factors', 'zhejiang-2021');
    interface Row {
      readonly group: string;
      readonly ips: number;
      readonly before: { readonly ips: number };
      readonly measured: { readonly ips: number } | null;
      readonly assumed: { readonly ips: number } | null;
    }
    const rows = report?.rows as Row[];
    expect(rows.map(({ group, ips, before }) => [group, ips, before.ips])).toEqual([
      ['U8', 2, 0],
      ['U7', 0, 1],
      ['total', 2, 1],
    ]);
    // What the shares do not tell is assumed, and each address counts once.
    expect((rows[2]?.measured?.ips ?? 0) + (rows[2]?.assumed?.ips ?? 0)).toBe(2);
    expect(rows[2]).toMatchObject({ kwh_per_day: { value: expect.any(Number) } });
    expect(report).toMatchObject({ factors: { id: 'zhejiang-2021' }, assumption: { id: 'zhejiang-2021' } });
    const { stdout } = await office.print('--lang', 'zh-CN', ...words);
    expect(stdout).toContain('+100 %');
    const campaign = ['--ips', '4699', '--assume', 'zhejiang-2021', '--factors', 'zhejiang-2021'];
    expect((await office.print('--lang', 'en', 'report', 'estimate', ...campaign)).stdout).toMatch(
      /^4,699 IPs → 148,500 kWh\/day → 60 t standard coal\/day → 54,000 t CO2\/year\n/,
    );
  });
});

describe('carrier NAT', () => {
  it('is told apart by the source ports of the sessions, before and after an import', async () => {
    const office = new Office();
    const blocks = (split: number) =>
      office.file(
        'blocks.csv',
        `unit_id,name,range,ports\nA,Anna,100.64.0.1,1-${split}\nB,Bert,100.64.0.1,${split + 1}-65535\n`,
      );
    await office.run('units', 'import', blocks(1023));
    const session = () => miner('100.64.0.1', wallet('B'), 'pc', '2026-03-02T01:00:00Z');
    const unitOf = ([verdict]: Record<string, unknown>[]) =>
      (verdict?.unit as { id: string } | null)?.id ?? null;
    expect(unitOf(await office.scan('a.pcap', session()))).toBe('B');
    // Both blocks are now used by the same miner's sessions: whose it is cannot be said.
    await office.run('units', 'import', blocks(40_000 + seed), '--replace');
    expect(unitOf(await office.run('verdicts', '100.64.0.1'))).toBe('A');
    expect(unitOf(await office.scan('b.pcap', session()))).toBeNull();
  });
});

describe('hostile names', () => {
  it('act nowhere: units, cases, plan and accounts', async () => {
    const office = new Office();
    const units = office.file(
      'units.json',
      JSON.stringify([
        { unit_id: 'U1', name: HOSTILE, region: HOSTILE, category: 'school', range: '10.0.0.0/8' },
      ]),
    );
    await office.run('units', 'import', units);
    await office.scan(
      'a.pcap',
      miner('10.7.0.5', `${wallet('B')}.${HOSTILE}`, HOSTILE, '2026-03-02T01:00:00Z'),
    );
    await office.run('cases', 'update');
    await office.run('cases', 'note', '1', '--why', HOSTILE, '--by', HOSTILE);
    for (const words of [
      ['units', 'list'],
      ['units', 'lookup', '10.7.0.5'],
      ['cases', 'list'],
      ['cases', 'show', '1'],
      ['cases', 'plan'],
      ['verdicts', '10.7.0.5'],
      ['verdicts'],
      ['report', 'accounting', '--by', 'unit'],
      ['report', 'accounting', '--by', 'unit', '--csv'],
    ]) {
      for (const json of [[], ['--json']]) {
        const { stdout } = await office.print(...json, ...words);
        expect(stdout, words.join(' ')).not.toBe('');
        expect(stdout, words.join(' ')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
    }
    const { stdout } = await office.print('report', 'accounting', '--by', 'unit', '--csv');
    expect(stdout).toContain(`"'=cmd`);
    expect(stdout).not.toMatch(/[,"\n]=cmd/);
    expect(await office.cases()).toEqual(['1 U1 open 0']);
  });
});

describe('an inspection plan', () => {
  it('leaves no trace in what a unit may get to see', async () => {
    const office = await claimed();
    const before = JSON.stringify([await office.run('cases', 'show', '1'), await office.run('verdicts')]);
    const plan = await office.run('cases', 'plan', '--teams', '2', '--units', '2');
    expect(plan.map(({ unit, team }) => [unit, team])).toEqual(
      expect.arrayContaining([
        ['U7', expect.any(Number)],
        ['U11', expect.any(Number)],
      ]),
    );
    expect(JSON.stringify([await office.run('cases', 'show', '1'), await office.run('verdicts')])).toBe(
      before,
    );
  });
});
