import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';

/** Standard input is that of a process of its own: the built source (`npm test` builds it first). */
const BUILT = fileURLToPath(new URL('../../../../dist/intake/sources/live/index.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-stdin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCRIPT = `
import { openLive } from ${JSON.stringify(BUILT)};
const told = { text: '', isFinal: null };
const source = openLive('-');
await source.start({
  message() {},
  open: (_source, info) => ({
    from: info.resumeAt,
    position: 0,
    chunk(bytes) {
      told.text += bytes.toString();
      if (process.argv[2] === 'stop') setTimeout(() => source.stop(), 50);
    },
    end(isFinal, problems) { Object.assign(told, { isFinal, problems }); },
  }),
}, []);
await source.ended;
const { bytes, open } = source.figures();
console.log(JSON.stringify({ ...told, bytes, open, positions: source.positions() }));
`;

function run(command: string): Record<string, unknown> {
  const main = join(folder, 'main.mjs');
  writeFileSync(main, SCRIPT);
  const line = command.replaceAll('WATCH', `"${process.execPath}" "${main}"`);
  return JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8', timeout: 20_000 }));
}

describe.skipIf(!existsSync(BUILT))('standard input', () => {
  it('is read until the other side closes it', () => {
    expect(run("(printf 'one\\n'; sleep 0.2; printf 'two\\n') | WATCH")).toEqual({
      text: 'one\ntwo\n',
      isFinal: true,
      problems: [],
      bytes: 8,
      open: 0,
      positions: [],
    });
    expect(run('WATCH < /dev/null')).toMatchObject({ text: '', isFinal: true });
  });

  it('is decompressed, and damage is told', () => {
    const path = join(folder, 'a.gz');
    writeFileSync(path, gzipSync('packed\n').subarray(0, -3));
    expect(run(`cat "${path}" | WATCH`)).toMatchObject({
      text: 'packed\n',
      problems: [{ code: 'truncated-compression' }],
    });
  });

  it('can be stopped while it is silent', async () => {
    const main = join(folder, 'main.mjs');
    writeFileSync(main, SCRIPT);
    const child = spawn(process.execPath, [main, 'stop'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write('first\n');
    let told = '';
    child.stdout.on('data', (text: Buffer) => {
      told += text.toString();
    });
    await new Promise((resolve) => child.once('close', resolve));
    child.stdin.destroy();
    expect(JSON.parse(told)).toMatchObject({ text: 'first\n', isFinal: false });
  });
});
