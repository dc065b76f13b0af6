import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/errors.js';
import { ContentId } from '../../../src/intake/sources/content-id.js';
import { expandInputs, openSource } from '../../../src/intake/sources/index.js';
import { READ_BYTES } from '../../../src/intake/sources/raw.js';
import { readSource, scratch } from './support.js';

const files = scratch();
const large = randomBytes(6 * READ_BYTES + 17);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('expandInputs', () => {
  it('walks folders in order, through links, and keeps what is given', async () => {
    mkdirSync(files.path('tree/b/deep'), { recursive: true });
    for (const name of ['tree/c.pcap', 'tree/a.pcap', 'tree/b/deep/x', 'tree/b/y']) files.write(name, '');
    symlinkSync('..', files.path('tree/b/loop'));
    symlinkSync('a.pcap', files.path('tree/link'));
    symlinkSync('nowhere', files.path('tree/broken'));
    execFileSync('mkfifo', [files.path('tree/fifo')]);
    const tree = files.path('tree');
    expect(await expandInputs(['-', tree, files.path('tree/c.pcap')])).toEqual([
      '-',
      ...['a.pcap', 'b/deep/x', 'b/y', 'broken', 'c.pcap', 'link'].map((name) => `${tree}/${name}`),
      `${tree}/c.pcap`,
    ]);
    expect(await expandInputs([files.path('tree/fifo')])).toEqual([files.path('tree/fifo')]);
  });

  it('names what is missing', async () => {
    const missing = files.path('no-such-file');
    const failure = await expandInputs([missing]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure).toMatchObject({ code: 'input-missing', message: expect.stringContaining(missing) });
  });
});

describe('openSource', () => {
  it('reads a file, counts it and knows its hash', async () => {
    const { source, bytes } = await readSource(files.write('large', large), true);
    expect(bytes.equals(large)).toBe(true);
    expect(source).toMatchObject({ sizeBytes: large.length, bytesRead: large.length, problems: [] });
    expect(await source.sha256()).toBe(sha256(large));
  });

  it('hashes only where that is wanted', async () => {
    const { source } = await readSource(files.write('large', large));
    expect(await source.sha256()).toBeNull();
  });

  it('reads an empty file', async () => {
    const { source, bytes } = await readSource(files.write('empty', ''), true);
    expect(bytes.length).toBe(0);
    expect(await source.sha256()).toBe(sha256(Buffer.alloc(0)));
  });

  it('says what cannot be opened', async () => {
    const open = (path: string) => openSource(path, { sha256: false }).catch((error: unknown) => error);
    expect(await open(files.path('absent'))).toMatchObject({ code: 'input-missing' });
    expect(await open(files.path('.'))).toMatchObject({ code: 'input-unreadable' });
  });

  it('reads a FIFO', async () => {
    const path = files.path('fifo');
    execFileSync('mkfifo', [path]);
    spawn('sh', ['-c', `cat "${files.write('large', large)}" > "${path}"`]);
    const { source, bytes } = await readSource(path, true);
    expect(bytes.equals(large)).toBe(true);
    expect(source.sizeBytes).toBeNull();
    expect(await source.sha256()).toBe(sha256(large));
  });

  it('can be stopped while a FIFO is silent', async () => {
    const path = files.path('silent');
    execFileSync('mkfifo', [path]);
    const writer = spawn('sh', ['-c', `exec 3> "${path}"; echo first >&3; exec sleep 60`]);
    const source = await openSource(path, { sha256: true });
    const parts: string[] = [];
    for await (const chunk of source.chunks()) {
      parts.push(chunk.toString());
      setTimeout(() => source.stop(), 20);
    }
    writer.kill();
    expect(parts).toEqual(['first\n']);
    expect(source.problems).toEqual([]);
    expect(await source.sha256()).toBeNull();
  });

  it('can be stopped between chunks of a file', async () => {
    const source = await openSource(files.write('large', large), { sha256: true });
    let seen = 0;
    for await (const chunk of source.chunks()) {
      seen += chunk.length;
      source.stop();
    }
    expect(seen).toBe(READ_BYTES);
    expect(source.problems).toEqual([]);
  });
});

describe('contentId', () => {
  it('is the same for a file and for any pieces of it', async () => {
    const { source } = await readSource(files.write('large', large));
    for (const size of [1 << 20, 4097, 65536]) {
      const id = new ContentId();
      for (let at = 0; at < large.length; at += size) id.update(large.subarray(at, at + size));
      expect(id.digest()).toBe(source.contentId());
    }
  });

  it('sees any change in the first MiB, the head of later ones, and the length', () => {
    const idOf = (bytes: Buffer) => {
      const id = new ContentId();
      id.update(bytes);
      return id.digest();
    };
    const changedAt = (at: number) => {
      const changed = Buffer.from(large);
      changed[at]! ^= 1;
      return idOf(changed);
    };
    const ids = [
      idOf(large),
      changedAt(0),
      changedAt(1_048_575),
      changedAt(1_048_576 + 4095),
      idOf(large.subarray(1)),
      idOf(large.subarray(0, -1)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is that of the compressed bytes', async () => {
    const { source } = await readSource(files.write('cut.gz', Buffer.from('1f8b0800', 'hex')));
    const id = new ContentId();
    id.update(Buffer.from('1f8b0800', 'hex'));
    expect(source.contentId()).toBe(id.digest());
  });
});

/** Standard input can only be tried in a process of its own; its TypeScript is run from what tsc makes of it. */
describe('standard input', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const out = `${root}node_modules/.cache/rigwatch-sources-test`;
  const compiled = () => {
    const made = spawnSync(
      process.execPath,
      [`${root}node_modules/typescript/bin/tsc`, '-p', files.path('tsconfig.json')],
      { encoding: 'utf8' },
    );
    expect(made.stdout).toBe('');
  };
  const script = `
    import { openSource } from '${out}/intake/sources/index.js';
    const source = await openSource(process.argv[2], { sha256: true });
    let total = 0;
    for await (const chunk of source.chunks()) total += chunk.length;
    console.log(JSON.stringify([total, source.contentId(), await source.sha256(), source.problems]));
  `;

  it('is read from a pipe, a file, a slow and a non-blocking writer, and nothing', async () => {
    writeFileSync(
      files.path('tsconfig.json'),
      JSON.stringify({
        extends: `${root}tsconfig.json`,
        compilerOptions: {
          rootDir: `${root}src`,
          outDir: out,
          noEmit: false,
          typeRoots: [`${root}node_modules/@types`],
        },
        include: [],
        files: [`${root}src/intake/sources/index.ts`],
      }),
    );
    compiled();
    const path = files.write('large', large);
    const main = files.write('main.mjs', script);
    const run = (command: string) =>
      JSON.parse(
        execFileSync('sh', ['-c', command.replaceAll('RIG', `"${process.execPath}" "${main}"`)], {
          encoding: 'utf8',
        }),
      );
    const { source } = await readSource(path);
    const expected = [large.length, source.contentId(), sha256(large), []];
    expect(run(`cat "${path}" | RIG -`)).toEqual(expected);
    expect(run(`RIG - < "${path}"`)).toEqual(expected);
    expect(run(`cat "${path}" | RIG /dev/stdin`)).toEqual(expected);
    expect(run(`(head -c 3 "${path}"; sleep 0.2; tail -c +4 "${path}") | RIG -`)).toEqual(expected);
    expect(run('RIG - < /dev/null')[0]).toBe(0);
  });
});
