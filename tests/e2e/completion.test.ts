import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The script of `rigwatch completion bash`, run by bash with the built command on the PATH. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rigwatch-completion-'));
  symlinkSync(fileURLToPath(new URL('../../bin/rigwatch.js', import.meta.url)), join(folder, 'rigwatch'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash would offer for the last of the words, as it cuts a line into words. */
function offered(words: readonly string[], shell = 'bash'): string[] {
  const script = `source <(rigwatch completion ${shell}) && complete -p rigwatch >&2 || exit 9
COMP_WORDS=(rigwatch "$@"); COMP_CWORD=$#; _rigwatch rigwatch; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${folder}:${process.env.PATH}`, LC_ALL: 'C.UTF-8' };
  const child = spawnSync('bash', ['--norc', '-c', script, 'bash', ...words], {
    env,
    encoding: 'utf8',
    cwd: folder,
  });
  expect(child.stderr).toBe('complete -o default -F _rigwatch rigwatch\n');
  expect(child.status).toBe(0);
  return child.stdout.split('\n').filter((line) => line !== '');
}

describe('rigwatch completion bash', () => {
  it('completes commands, options and values', () => {
    expect(offered([''])).toEqual(expect.arrayContaining(['scan', 'watch', 'completion', 'help']));
    expect(offered(['cases', 're'])).toEqual(['refer', 'result', 'rectify', 'reopen']);
    expect(offered(['scan', 'x.pcap', '--fail'])).toEqual(['--fail-on']);
    expect(offered(['scan', '--lang', '=', 'z'])).toEqual(['zh-CN']);
    expect(offered(['rules', 'explain', 'guard.prob'])).toEqual(['guard.prober']);
  });

  it('leaves the names of files to bash', () => {
    expect(offered(['scan', ''])).toEqual([]);
    expect(offered(['scan', '--summary', ''])).toEqual([]);
  });
});
