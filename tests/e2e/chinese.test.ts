import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The built command for people who read Chinese. `npm test` builds it first. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function rigwatch(args: readonly string[], locale = 'C.UTF-8') {
  const env = { PATH: process.env.PATH, LC_ALL: locale };
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${ROOT}bin/rigwatch.js`, ...args], {
    env,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

describe('rigwatch in Chinese', () => {
  it('shows help where --lang or the locale says so, and English else', () => {
    const asked = rigwatch(['cases', 'plan', '--lang', 'zh-CN', '--help']);
    expect(asked).toMatchObject({ code: 0, err: '' });
    expect(asked.out).toContain('用法：rigwatch cases plan [选项]\n');
    expect(asked.out).toContain('\n  --teams <N>    小组数（默认："1"）\n');
    expect(asked.out).toContain('\n  -h, --help     显示命令的帮助\n');
    expect(rigwatch(['cases', 'plan', '--help'], 'zh_CN.UTF-8').out).toBe(asked.out);
    expect(rigwatch(['cases', 'plan', '--help']).out).toMatch(/^Usage: rigwatch cases plan \[options\]\n/);
    expect(rigwatch(['--help', '--lang=en'], 'zh_CN.UTF-8').out).toMatch(/^Usage: /);
    expect(rigwatch(['--lang', 'zh-CN', '--help']).out).toContain('\n命令：\n  scan [选项] <INPUT...>  读取');
  });

  it('says what is wrong with a command line, with the same exit code', () => {
    const text = '错误：未知命令“scna”\n（您是否要用 scan？）\n（用法见 --help）\n';
    expect(rigwatch(['scna', '--lang', 'zh-CN'])).toEqual({ code: 2, out: '', err: text });
    expect(rigwatch(['scna', '--json', '--lang=zh-CN']).err).toBe(text);
    const wrong = rigwatch(['--lang', 'fr', 'doctor']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("error: option '--lang <LANG>' argument 'fr' is invalid.");
    const group = rigwatch(['units'], 'zh_CN.UTF-8');
    expect(group.code).toBe(2);
    expect(group.err).toMatch(/^用法：rigwatch units \[选项\] \[命令\]\n/);
  });

  it('is nothing that an English start reads', () => {
    expect(readFileSync(`${ROOT}dist/bundle/cli/main.cjs`, 'utf8')).not.toContain('用法');
  });
});
