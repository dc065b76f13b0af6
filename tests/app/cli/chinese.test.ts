import { readFileSync } from 'node:fs';
import type { Command, CommanderError } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { speakChinese } from '../../../src/app/cli/chinese.js';
import { languageOf } from '../../../src/app/cli/globals.js';
import { everyCommand, rewriteHelp } from '../../../src/app/cli/help-texts.js';
import { createProgram } from '../../../src/app/cli/main.js';
import { chineseFault } from '../../../src/deliver/print/messages/help/faults.js';
import { chineseHelp, HELP_PARTS } from '../../../src/deliver/print/messages/help/index.js';
import { cutToWidth, widthOf } from '../../../src/deliver/print/width.js';

const COLUMNS = 80;
const CHINESE = /\p{Script=Han}/u;

function quiet(program: Command): Command {
  for (const command of everyCommand(program))
    command.configureOutput({ writeOut: () => {}, writeErr: () => {}, getOutHelpWidth: () => COLUMNS });
  return program;
}

/** Everything that `--help` prints of each command, by its name. */
function helpOf(program: Command): Map<string, string> {
  const helps = new Map<string, string>();
  for (const command of everyCommand(program)) {
    const names: string[] = [];
    for (let each: Command | null = command; each !== null; each = each.parent) names.unshift(each.name());
    let text = '';
    command.configureOutput({ writeOut: (written) => (text += written), getOutHelpWidth: () => COLUMNS });
    command.outputHelp();
    helps.set(names.join(' '), text);
  }
  return helps;
}

/** Plain English that looks like something to type. */
const PROSE = new Set(
  'e.g URLs file:line address:port first-last machine-readable append-only hash-chained time-stamp'.split(
    ' ',
  ),
);

const texts: string[] = [];
let english: Map<string, string>;
let chinese: Map<string, string>;
beforeAll(() => {
  rewriteHelp(createProgram(), (text) => {
    texts.push(text);
    return text;
  });
  english = helpOf(createProgram());
  const program = createProgram();
  speakChinese(program);
  chinese = helpOf(program);
});

/** Lines under `Examples:`, which are for shells. */
const withoutExamples = (help: string) => help.replace(/\n(示例：|Examples?:)(\n {2}.*)+/g, '');
const isExample = (text: string) => /\brigwatch [a-z]/.test(text) && !text.includes('"rigwatch');

describe('help in Chinese', () => {
  it('is there for every text of every command', () => {
    expect(english.size).toBeGreaterThan(40);
    expect(texts.length).toBeGreaterThan(300);
    const missing = texts.filter((text) => !isExample(text) && !CHINESE.test(chineseHelp(text)));
    expect([...new Set(missing)]).toEqual([]);
  });

  it('leaves no English sentence in what is printed', () => {
    for (const [name, help] of chinese) {
      const left = withoutExamples(help.replace(/^.*\n/, '')).match(/[a-z]{2,} [a-z]{2,} [a-z]{2,}.*/g) ?? [];
      expect(left, name).toEqual([]);
    }
    expect([...english.values()].join('')).not.toMatch(/default: (false|\[\])/);
    expect(withoutExamples(english.get('rigwatch scan') ?? '')).toMatch(/[a-z]{2,} [a-z]{2,} [a-z]{2,}/);
  });

  it('has no entry for a text that is nowhere, and none twice', () => {
    const printed = [...english.values(), '(see --help)'].join('\n');
    const keys = HELP_PARTS.flatMap((part) => Object.keys(part));
    expect(keys.filter((key) => !texts.includes(key) && !printed.includes(key))).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('loses no option, file, address, number, name or word to type', () => {
    // What holds a digit or a mark inside, options, and words in capitals; of lists with commas each word.
    const code = /--?[a-z][\w-]*|[A-Za-z0-9_+]+(?:[-./:_+@]+[A-Za-z0-9_]+)+|[A-Z]{2,}\w*|\w*\d\w*/g;
    const list = /[a-z-]+(?:,[a-z-]+)+/g;
    const faults = HELP_PARTS.flatMap((part) => Object.entries(part)).flatMap(([from, to]) =>
      [...(from.match(code) ?? []), ...(from.match(list) ?? []).flatMap((words) => words.split(','))]
        .filter((word) => !PROSE.has(word) && !to.includes(word))
        .map((word) => `${word}: ${to}`),
    );
    expect(faults).toEqual([]);
  });

  it('shows the same choices and defaults', () => {
    for (const [index, command] of everyCommand(createProgram()).entries()) {
      const shown = [...chinese.values()][index]?.replace(/\n */g, '') ?? '';
      for (const { argChoices = [], defaultValue, presetArg, long } of command.options)
        for (const value of [...argChoices, defaultValue, presetArg])
          if (typeof value === 'string') expect(shown, `${command.name()} ${long}`).toContain(value);
    }
  });

  it('stands in columns, in lines of at most the width', () => {
    for (const [name, help] of chinese) {
      const [listed = ''] = help.split(/\n(?:示例|退出码)：/);
      for (const line of listed.split('\n'))
        expect(widthOf(line), `${name}: ${line}`).toBeLessThanOrEqual(80);
      const terms = listed.split('\n').filter((line) => /^ {2}\S.* {2}\S/.test(line));
      const columns = terms.map((line) => {
        const [term = ''] = /^ {2}\S.*? {2,}(?=\S)/.exec(line) ?? [];
        return widthOf(term);
      });
      expect(new Set(columns).size, `${name}\n${help}`).toBe(1);
      const column = columns[0] ?? 0;
      for (const line of listed.split('\n').filter((line) => /^ {5}/.test(line)))
        expect(cutToWidth(line, column + 1).trim(), line).toBe('…');
    }
  });

  it('keeps headings, examples and what is behind them', () => {
    const help = chinese.get('rigwatch doctor') ?? '';
    expect(help.startsWith('用法：rigwatch doctor [选项] [URL...]\n')).toBe(true);
    expect(help).toContain(
      '\n示例：\n  rigwatch doctor\n  rigwatch doctor netflow://127.0.0.1:2055 --listen 60s\n\n退出码：0 ',
    );
    expect(chinese.get('rigwatch')).toContain('\n  scan [选项] <INPUT...>  读取');
  });
});

describe('a wrong command line in Chinese', () => {
  const faultOf = async (args: readonly string[]): Promise<[string, CommanderError]> => {
    const program = quiet(createProgram());
    speakChinese(program);
    let written = '';
    for (const command of everyCommand(program))
      command.configureOutput({ writeErr: (text) => (written += text) });
    try {
      await program.parseAsync(['node', 'rigwatch', ...args]);
    } catch (error) {
      return [written, error as CommanderError];
    }
    throw new Error(`${args.join(' ')}: expected a fault`);
  };

  it.each([
    [['--bogus'], '错误：未知选项“--bogus”'],
    [['scan', 'x', '--jsom'], '错误：未知选项“--jsom”\n（您是否要用 --json？）'],
    [['cases', 'list', '--regio', 'x'], '错误：未知选项“--regio”\n（您是否要用 --region？）'],
    [['scna'], '错误：未知命令“scna”\n（您是否要用 scan？）'],
    [['cases', 'resu'], '错误：未知命令“resu”\n（您是否要用 result？）'],
    [['units', 'nonsense'], '错误：未知命令“nonsense”'],
    [['scan'], '错误：缺少参数“INPUT”'],
    [['scan', 'x', '--format'], '错误：选项“--format <NAME>”缺少值'],
    [['refer', 'build', '--all'], '错误：缺少必需的选项“--document <NUMBER>”'],
    [['--lang', 'fr', 'scan'], '错误：选项“--lang <LANG>”的值“fr”无效，可选：en, zh-CN'],
    [['cases', 'show', '1', '2'], '错误：“show”的参数过多：应为 1 个，实为 2 个'],
    [['completion', 'tcsh'], '错误：参数“SHELL”的值“tcsh”无效，可选：bash, zsh, fish'],
    [['registry', 'list', '1'], '错误：“list”的参数过多：应为 0 个，实为 1 个'],
  ])('%j', async (args, text) => {
    const [written, error] = await faultOf(args);
    expect(written).toBe(`${text}\n（用法见 --help）\n`);
    expect(error.code).toMatch(/^commander\./);
    expect(error.exitCode).toBe(1);
  });

  it('knows every sentence that commander has for what this program declares', () => {
    const source = readFileSync(
      new URL('../../../node_modules/commander/lib/command.js', import.meta.url),
      'utf8',
    );
    const sentences = [...source.matchAll(/`(error: .*)`;/g)].map(([, sentence = '']) => sentence);
    expect(sentences.length).toBe(10);
    // Values from the environment are declared nowhere.
    const own = sentences.filter((sentence) => !sentence.includes('from env'));
    expect(own.length).toBe(9);
    for (const sentence of own) {
      const said = sentence
        .replace(/\$\{forSubcommand\}/, " for 'list'")
        .replace(/\$\{getErrorMessage\(option\)\}/, "option '-a'")
        .replace(/\$\{getErrorMessage\(conflictingOption\)\}/, "option '-b'")
        .replace(/\$\{suggestion\}/, '')
        .replace(/Expected .* but got .*\.$/, 'Expected 1 argument but got 2.')
        .replace(/\$\{[\w.()]+\}/g, 'X')
        .replace(/(is invalid|for argument 'X')\.$/, '$1. Allowed choices are a, b.');
      expect(chineseFault(said), sentence).toMatch(/^错误：[^a-z]*[^:']*$/);
    }
  });

  it('leaves what it does not know as it is', () => {
    expect(chineseFault('error: something new')).toBe('error: something new');
    expect(chineseFault("error: unknown option '$1$&'")).toBe('错误：未知选项“$1$&”');
  });
});

describe('the language of a command line', () => {
  const zh = { LANG: 'zh_CN.UTF-8' };
  it.each([
    [['scan', 'x'], {}, 'en'],
    [['scan', 'x'], zh, 'zh-CN'],
    [['--lang', 'zh-CN', 'scan'], {}, 'zh-CN'],
    [['scan', 'x', '--lang=zh-CN'], {}, 'zh-CN'],
    [['scan', '--help', '--lang', 'en'], zh, 'en'],
    [['--lang', 'en', 'scan', '--lang', 'zh-CN'], {}, 'zh-CN'],
    [['--lang', 'fr'], zh, 'zh-CN'],
    [['--lang'], {}, 'en'],
    [['scan', '--', '--lang=zh-CN'], {}, 'en'],
  ])('%j with %j is %s', (args, env, language) => {
    expect(languageOf(args, env)).toBe(language);
  });
});
