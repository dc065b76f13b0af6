import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valuesAt } from '../../../src/app/cli/candidate-values.js';
import { candidatesAt, placeOf } from '../../../src/app/cli/candidates.js';
import { everyCommand } from '../../../src/app/cli/help-texts.js';
import { createProgram } from '../../../src/app/cli/main.js';
import { complete } from '../../../src/app/cli/run-completion.js';
import { openStore } from '../../../src/deliver/store/index.js';

const GLOBALS = { db: '/nowhere/rigwatch.sqlite', rules: [], lang: 'en' } as const;

const words = async (line: string, globals: { db: string } = GLOBALS, shell: 'bash' | 'zsh' = 'zsh') => {
  const found = await complete(createProgram(), shell, line.split(' '), { ...GLOBALS, ...globals });
  return found.map(({ word }) => word);
};

describe('completion', () => {
  it('offers every command and sub-command, and none that is hidden', async () => {
    const program = createProgram();
    for (const command of everyCommand(program).filter((one) => one.commands.length > 0)) {
      const line = command === program ? '' : `${command.name()} `;
      const visible = command.createHelp().visibleCommands(command);
      expect(await words(line)).toEqual(visible.map((one) => one.name()));
    }
    expect(await words('ca')).toEqual(['cases']);
    expect(await words('')).toContain('completion');
    expect(await words('__c')).toEqual([]);
  });

  it('offers options of the command and of all commands', async () => {
    expect(await words('cases plan --')).toEqual(
      expect.arrayContaining(['--teams', '--units', '--seed', '--help', '--db', '--lang']),
    );
    expect(await words('--lang zh-CN cases plan --se')).toEqual(['--seed']);
    expect(await words('scan x --no-')).toEqual(['--no-sha256', '--no-progress', '--no-color']);
    expect(await words('cases --se')).toEqual([]);
  });

  it.each([
    ['--lang ', ['en', 'zh-CN']],
    ['--lang=z', ['--lang=zh-CN']],
    ['scan --reader p', ['pcap-parser']],
    ['scan x --fail-on ', ['confirmed', 'probable', 'suspected']],
    ['verdicts --level confirmed,pro', ['confirmed,probable']],
    ['cases list --state=re', ['--state=referred', '--state=rectified', '--state=recurred']],
    ['cases result 3 --finding n', ['not-found']],
    ['cases result 3 --method ', ['inspection', 'self-check']],
    ['refer build --profile ', ['unit', 'office', 'both']],
    ['refer build --letter docx,h', ['docx,html']],
    ['report accounting --by r', ['region']],
    ['report estimate --assume zh', ['zhejiang-2021']],
    ['report estimate --factors cn-2022', ['cn-2022']],
    ['export st', ['stix']],
    ['export csv --tlp amber+', ['amber+strict']],
    ['verdicts --coin XM', ['XMR']],
    ['rules explain guard.prob', ['guard.prober']],
    ['rules schema stratu', ['stratum']],
    ['scan --format pcapn', ['pcapng']],
    ['completion ', ['bash', 'zsh', 'fish']],
    // Names of files are the shell's affair, and after `--` everything is a name.
    ['scan ', []],
    ['scan --summary ', []],
    ['scan -- --f', []],
    ['cases show ', []],
    // Not an option that takes a value: the next word is a command's.
    ['--json ca', ['cases']],
    ['--lang en ca', ['cases']],
    ['--lang=en ca', ['cases']],
  ])('%j', async (line, expected) => {
    expect(await words(line)).toEqual(expected);
  });

  it('knows the values of each option that it names, as that option is declared', async () => {
    const program = createProgram();
    const named = ['--level', '--state', '--finding', '--method', '--profile', '--letter', '--by', '--coin'];
    const more = ['--factors', '--assume', '--co2-factor', '--coal-factor', '--format'];
    for (const name of [...named, ...more]) {
      const command = everyCommand(program).find((one) =>
        one.options.some(({ long, flags }) => long === name && flags !== '--by <NAME>'),
      );
      const asked = command?.options.find(({ long }) => long === name);
      if (command === undefined || asked === undefined) throw new Error(`${name} is no option`);
      expect(await valuesAt({ command, asked, typed: '' }, GLOBALS), name).not.toEqual([]);
    }
  });

  it('says what a candidate is', () => {
    const [first] = candidatesAt(placeOf(createProgram(), ['doc']));
    expect(first).toEqual({
      word: 'scan',
      text: 'read captures and flow records, print verdicts, store them',
    });
  });

  it('puts values behind what bash leaves standing before `=`', async () => {
    expect(await words('--lang = z', GLOBALS, 'bash')).toEqual(['zh-CN']);
    expect(await words('--lang =', GLOBALS, 'bash')).toEqual(['en', 'zh-CN']);
    expect(await words('--lang = en ca', GLOBALS, 'bash')).toEqual(['cases']);
  });
});

describe('completion of unit ids', () => {
  let folder = '';
  let db = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rigwatch-complete-'));
    db = join(folder, 'units.sqlite');
    const store = openStore(db);
    const rest = { name: 'Example school', category: null, regionCode: null, region: null, contacts: null };
    const units = ['U0001', 'U0002', '杭州-1', '$(touch x)', 'a b', "it's", '-rf;'].map((id) => ({
      ...rest,
      id,
    }));
    const event = { atUs: 0, actor: 'Li', subject: 'units', action: 'import', why: '', detail: {} };
    store.office.saveUnits({ units, added: [], ended: [], replaced: [] }, event);
    store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('offers them from the database, but none that a shell would read as more than a word', async () => {
    expect(await words('verdicts --unit ', { db })).toEqual(['U0001', 'U0002', '杭州-1']);
    expect(await words(`--db ${db} cases list --unit U0001`)).toEqual(['U0001']);
    expect(await words('verdicts --unit ')).toEqual([]);
  });
});
