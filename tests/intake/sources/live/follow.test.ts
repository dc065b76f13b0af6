import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FollowSource } from '../../../../src/intake/sources/live/follow.js';
import { openLive } from '../../../../src/intake/sources/live/index.js';
import { FOLLOW_TIMING, MAX_OPEN_FILES } from '../../../../src/intake/sources/live/limits.js';
import type { LiveSource, StreamPosition } from '../../../../src/intake/sources/live/live.js';
import { hasProgram, piped } from '../support.js';
import { Keeper, pause, saved, until } from './support.js';

const root = mkdtempSync(join(tmpdir(), 'rigwatch-follow-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const running: LiveSource[] = [];
afterEach(async () => {
  for (const source of running.splice(0)) await source.stop();
});

let folders = 0;
function newFolder(): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  return folder;
}

async function follow(
  path: string,
  sink: Keeper,
  known: readonly StreamPosition[] = [],
): Promise<LiveSource> {
  const source = openLive(`${path}?poll=20`);
  running.push(source);
  await source.start(sink, known);
  return source;
}

/** Stops as a kill would: positions are those of the last checkpoint. */
async function killed(source: LiveSource): Promise<StreamPosition[]> {
  const positions = saved(source);
  await source.stop();
  return positions;
}

const POLL = 20;
const settle = () => pause(5 * POLL);
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at} ${'x'.repeat((from + at) % 90)}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('following a file', () => {
  it('hands on what is there and what is appended; a line in the making does not count yet', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, 'one\ntwo\nthr');
    const sink = new Keeper();
    const source = await follow(path, sink);
    await until(() => sink.lines.length === 2, 'the first lines');
    expect(source.positions()).toMatchObject([{ name: path, bytes: 8 }]);
    appendFileSync(path, 'ee\nfour\n');
    await until(() => sink.lines.length === 4, 'the appended lines');
    expect(sink.lines).toEqual(['one', 'two', 'three', 'four']);
    expect(sink.streams.map(({ info }) => info)).toMatchObject([
      { name: path, isCompressed: false, resumeAt: 0 },
    ]);
    expect(source.figures()).toMatchObject({ bytes: 19, lagBytes: 0, open: 1, problems: [] });
    await source.stop();
    expect(sink.streams[0]?.isFinal).toBe(false);
    expect(saved(source)).toMatchObject([{ bytes: 19 }]);
  });

  it('waits for one that is not there yet, and for the first byte of an empty one', async () => {
    const path = join(newFolder(), 'late.log');
    const sink = new Keeper();
    const source = await follow(path, sink);
    expect(String(source.where)).toBe(`file ${path} (no such file yet: it is waited for)`);
    await settle();
    writeFileSync(path, '');
    await settle();
    expect(sink.streams).toEqual([]);
    appendFileSync(path, 'here\n');
    await until(() => sink.lines.length === 1, 'the line');
  });

  it('says what cannot ever come', async () => {
    const folder = newFolder();
    for (const path of [join(folder, 'missing/eve.json'), join(folder, 'missing/*.json')])
      await expect(openLive(path).start(new Keeper(), [])).rejects.toMatchObject({ code: 'input-missing' });
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    await expect(openLive(join(folder, 'fifo')).start(new Keeper(), [])).rejects.toMatchObject({
      code: 'input-unreadable',
    });
    expect(() => openLive(join(folder, '[z-a]*'))).toThrow('is no pattern');
  });

  it('reads the rest of a file that was renamed, then the new one at its path', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, text(numbered(0, 10)));
    const sink = new Keeper();
    await follow(path, sink);
    await until(() => sink.lines.length === 10, 'the first lines');
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, text(numbered(10, 20)));
    writeFileSync(path, text(numbered(20, 30)));
    // Its writer has not heard of the rotation yet.
    await settle();
    appendFileSync(`${path}.1`, text(numbered(30, 40)));
    await until(() => sink.lines.length === 40, 'all lines');
    expect(sink.streams.map(({ lines }) => lines)).toEqual([
      [...numbered(0, 20), ...numbered(30, 40)],
      numbered(20, 30),
    ]);
  });

  it('reads the rest of a file that was deleted', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, text(numbered(0, 10)));
    const sink = new Keeper();
    await follow(path, sink);
    await until(() => sink.lines.length === 10, 'the first lines');
    const late = spawnSync(
      'sh',
      ['-c', 'exec 3>>"$0"; rm "$0"; printf "%s\\n" last >&3; printf "new\\n" > "$0"', path],
      {},
    );
    expect(late.status).toBe(0);
    await until(() => sink.lines.length === 12, 'all lines');
    expect(sink.lines.slice(10)).toEqual(['last', 'new']);
  });

  it('begins anew where the file was truncated, and says so', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, text(numbered(0, 10)));
    const sink = new Keeper();
    const source = await follow(path, sink);
    await until(() => sink.lines.length === 10, 'the first lines');
    truncateSync(path, 0);
    await settle();
    appendFileSync(path, 'after\n');
    await until(() => sink.lines.length === 11, 'the line after');
    expect(sink.streams.map(({ isFinal }) => isFinal)).toEqual([false, null]);
    expect(sink.streams[0]?.problems).toMatchObject([{ code: 'file-cut-short', count: 1 }]);
    expect(source.figures().problems).toMatchObject([{ code: 'file-cut-short', count: 1 }]);
  });

  it('sees a file that was written anew in place, longer than before', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, text(numbered(0, 10)));
    const sink = new Keeper();
    await follow(path, sink);
    await until(() => sink.lines.length === 10, 'the first lines');
    writeFileSync(path, text(numbered(100, 150)));
    await until(() => sink.lines.length === 60, 'the new lines');
    expect(sink.lines.slice(10)).toEqual(numbered(100, 150));
  });

  it('gets from the copy what copytruncate cut off before it was read', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, text(numbered(0, 100)));
    const sink = new Keeper();
    const source = await follow(path, sink);
    await until(() => sink.lines.length === 100, 'the first lines');
    // All at once, so that no poll comes between.
    appendFileSync(path, text(numbered(100, 120)));
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
    appendFileSync(path, text(numbered(120, 130)));
    await until(() => sink.lines.length === 130, 'all lines');
    expect([...sink.lines].sort()).toEqual(numbered(0, 130).sort());
    expect(new Set(source.positions().map(({ id }) => id)).size).toBe(2);
  });

  it('reads what was written anew in a file that is moved away before it was looked at', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, text(numbered(0, 100)));
    const sink = new Keeper();
    await follow(path, sink);
    await until(() => sink.lines.length === 100, 'the first lines');
    truncateSync(path, 0);
    appendFileSync(path, text(numbered(100, 110)));
    renameSync(path, `${path}.1`);
    writeFileSync(path, text(numbered(110, 120)));
    await until(() => sink.lines.length === 120, 'all lines');
    expect([...sink.lines].sort()).toEqual(numbered(0, 120).sort());
  });
});

describe('resuming', () => {
  it('goes on at the exact byte, with the head for those who need it', async () => {
    const path = join(newFolder(), 'conn.log');
    writeFileSync(path, text(['#fields a b', ...numbered(0, 5), 'unfini']).slice(0, -1));
    const first = new Keeper();
    const before = await follow(path, first);
    await until(() => first.lines.length === 6, 'the first lines');
    const positions = await killed(before);
    appendFileSync(path, 'shed\nnext\n');
    for (const fromStart of [false, true]) {
      const sink = new Keeper(fromStart);
      const source = await follow(path, sink, positions);
      await until(() => sink.lines.length === 2, 'the rest');
      expect(sink.lines).toEqual(['unfinished', 'next']);
      const { info } = sink.streams[0] ?? {};
      expect(info).toMatchObject({ id: first.streams[0]?.info.id, resumeAt: positions[0]?.bytes });
      expect(info?.head.toString()).toBe(text(first.lines));
      await source.stop();
    }
  });

  it('reads nothing where nothing is new', async () => {
    const path = join(newFolder(), 'conn.log');
    writeFileSync(path, text(numbered(0, 50)));
    const first = new Keeper();
    const before = await follow(path, first);
    await until(() => first.lines.length === 50, 'the lines');
    const positions = await killed(before);
    const sink = new Keeper();
    const source = await follow(path, sink, positions);
    await settle();
    expect(sink.streams).toEqual([]);
    expect(saved(source)).toEqual(positions);
  });

  it('finds the rest where the file was rotated while nobody watched: renamed, copied, compressed', async () => {
    for (const rotate of [
      (path: string) => renameSync(path, `${path}.1`),
      (path: string) => {
        copyFileSync(path, `${path}-20261126`);
        truncateSync(path, 0);
      },
      (path: string) => {
        writeFileSync(`${path}.1.gz`, gzipSync(readFileSync(path)));
        unlinkSync(path);
      },
    ]) {
      const path = join(newFolder(), 'eve.json');
      writeFileSync(path, text(numbered(0, 50)));
      const first = new Keeper();
      const before = await follow(path, first);
      await until(() => first.lines.length === 50, 'the first lines');
      const positions = await killed(before);
      appendFileSync(path, text(numbered(50, 60)));
      rotate(path);
      appendFileSync(path, text(numbered(60, 70)));
      const sink = new Keeper();
      const source = await follow(path, sink, positions);
      await until(() => sink.lines.length >= 20, 'the rest');
      await settle();
      expect([...sink.lines].sort()).toEqual(numbered(50, 70));
      expect(source.figures().problems).toEqual([]);
      await source.stop();
    }
  });

  it('says of which file the rest is missing, once', async () => {
    const folder = newFolder();
    for (const name of ['a.log', 'b.log']) writeFileSync(join(folder, name), text([`line of ${name}`]));
    const first = new Keeper();
    const before = await follow(folder, first);
    await until(() => first.lines.length === 2, 'the lines');
    const positions = await killed(before);
    rmSync(join(folder, 'a.log'));
    const source = await follow(folder, new Keeper(), positions);
    await settle();
    const { problems } = source.figures();
    expect(problems).toMatchObject([{ code: 'file-gone', count: 1, atByte: 14 }]);
    expect(String(problems[0]?.message)).toContain('a.log');
    const again = await follow(folder, new Keeper(), await killed(source));
    await settle();
    expect(again.figures().problems).toEqual([]);
  });

  it('takes another file for another, whatever its inode', async () => {
    const path = join(newFolder(), 'eve.json');
    writeFileSync(path, text(numbered(0, 50)));
    const first = new Keeper();
    const positions = await (async () => {
      const source = await follow(path, first);
      await until(() => first.lines.length === 50, 'the first lines');
      return killed(source);
    })();
    // Same inode, other content, as long.
    writeFileSync(path, text(numbered(50, 150)));
    const sink = new Keeper();
    await follow(path, sink, positions);
    await until(() => sink.lines.length === 100, 'all of it');
    expect(sink.lines).toEqual(numbered(50, 150));
  });

  it('passes over saved positions that it cannot understand', async () => {
    const path = join(newFolder(), 'a.log');
    writeFileSync(path, 'one\n');
    const sink = new Keeper();
    const source = await follow(path, sink, [{ id: 'x', name: path, bytes: 4, fingerprint: 'nonsense' }]);
    await until(() => sink.lines.length === 1, 'the line');
    expect(saved(source)).toHaveLength(1);
  });
});

describe('following a folder or a pattern', () => {
  it('reads all that is there and what comes, but not what is hidden', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    writeFileSync(join(folder, 'a.log'), 'a\n');
    writeFileSync(join(folder, 'deep/er/b.log'), 'b\n');
    writeFileSync(join(folder, '.a.log.tmp'), 'hidden\n');
    symlinkSync('..', join(folder, 'deep/loop'));
    const sink = new Keeper();
    const source = await follow(folder, sink);
    await until(() => sink.lines.length === 2, 'what is there');
    mkdirSync(join(folder, 'new'));
    writeFileSync(join(folder, 'new/c.log'), 'c\n');
    appendFileSync(join(folder, 'a.log'), 'a2\n');
    await until(() => sink.lines.length === 4, 'what came');
    await settle();
    expect([...sink.lines].sort()).toEqual(['a', 'a2', 'b', 'c']);
    expect(source.figures()).toMatchObject({ open: 3, lagBytes: 0, problems: [] });
  });

  it.each(['', 'nfcapd*'])('reads what nfcapd writes once, when it has its name (%j)', async (pattern) => {
    const folder = newFolder();
    const undone = join(folder, 'nfcapd.current.4711');
    writeFileSync(undone, 'head 0\n');
    const sink = new Keeper();
    await follow(join(folder, pattern), sink);
    appendFileSync(undone, 'records\n');
    await settle();
    expect(sink.lines).toEqual([]);
    writeFileSync(undone, 'head 1\nrecords\n');
    renameSync(undone, join(folder, 'nfcapd.202611270900'));
    await until(() => sink.lines.length === 2, 'the records');
    await settle();
    expect(sink.lines).toEqual(['head 1', 'records']);
  });

  it('reads only what fits a pattern', async () => {
    const folder = newFolder();
    for (const name of ['day1', 'day2', 'day2/x']) mkdirSync(join(folder, name), { recursive: true });
    const written = [
      'conn.log',
      'conn.1.log',
      'dns.log',
      'day1/conn.log',
      'day2/x/conn.log',
      'day2/conn.txt',
    ];
    for (const name of written) writeFileSync(join(folder, name), `${name}\n`);
    for (const [pattern, names] of [
      ['conn*.log', ['conn.1.log', 'conn.log']],
      ['c?nn.log', ['conn.log']],
      ['[a-d]*.log', ['conn.1.log', 'conn.log', 'dns.log']],
      ['[!c]*.log', ['dns.log']],
      ['*/conn.log', ['day1/conn.log']],
      ['**/conn.log', ['conn.log', 'day1/conn.log', 'day2/x/conn.log']],
      ['day[12]/**', ['day1/conn.log', 'day2/conn.txt', 'day2/x/conn.log']],
    ] as const) {
      const sink = new Keeper();
      const source = await follow(join(folder, pattern), sink);
      await until(() => sink.lines.length >= names.length, pattern);
      await settle();
      expect([...sink.lines].sort(), pattern).toEqual(names);
      await source.stop();
    }
  });

  it('knows a file under its new name, and its compressed copy', async () => {
    const folder = newFolder();
    const path = join(folder, 'eve.json');
    writeFileSync(path, text(numbered(0, 100)));
    const sink = new Keeper();
    const source = await follow(folder, sink);
    await until(() => sink.lines.length === 100, 'the first lines');
    renameSync(path, join(folder, 'eve.json.1'));
    writeFileSync(path, text(numbered(100, 110)));
    appendFileSync(join(folder, 'eve.json.1'), text(numbered(110, 120)));
    await until(() => sink.lines.length === 120, 'the rest');
    // As gzip does: the copy first, then the original goes.
    writeFileSync(join(folder, 'eve.json.1.gz'), gzipSync(readFileSync(join(folder, 'eve.json.1'))));
    unlinkSync(join(folder, 'eve.json.1'));
    await until(
      () => source.positions().some(({ name }) => name.endsWith('.gz')),
      'the .gz to be known',
      20_000,
    );
    expect([...sink.lines].sort()).toEqual(numbered(0, 120).sort());
    expect(sink.streams).toHaveLength(2);
    // Nor after a restart.
    const positions = await killed(source);
    const again = new Keeper();
    const later = await follow(folder, again, positions);
    await pause(1500);
    expect(again.streams).toEqual([]);
    expect(later.figures().lagBytes).toBe(0);
  });

  it('reads a copy of a followed file not at all, until it goes on alone', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'b.log'), text(numbered(0, 100)));
    const sink = new Keeper();
    await follow(folder, sink);
    await until(() => sink.lines.length === 100, 'the first lines');
    copyFileSync(join(folder, 'b.log'), join(folder, 'a.log'));
    linkSync(join(folder, 'b.log'), join(folder, 'c.log'));
    symlinkSync('b.log', join(folder, 'd.log'));
    appendFileSync(join(folder, 'b.log'), text(numbered(100, 110)));
    await until(() => sink.lines.length === 110, 'what was appended');
    await settle();
    expect(sink.lines).toEqual(numbered(0, 110));
  });

  it('keeps apart files that begin alike', async () => {
    const folder = newFolder();
    const names = Array.from({ length: 8 }, (_, at) => `${at}.log`);
    const sink = new Keeper();
    await follow(folder, sink);
    for (const name of names) writeFileSync(join(folder, name), '#separator \\x09\n');
    await settle();
    for (const name of names) appendFileSync(join(folder, name), `#path ${name}\nrow of ${name}\n`);
    await until(() => sink.lines.filter((line) => line.startsWith('row')).length === 8, 'all rows');
    await settle();
    expect(sink.lines.filter((line) => line.startsWith('row')).sort()).toEqual(
      names.map((name) => `row of ${name}`),
    );
  });

  it('holds few files open, whatever their number, and loses none', async () => {
    const folder = newFolder();
    const count = 3 * MAX_OPEN_FILES;
    for (let at = 0; at < count; at++) writeFileSync(join(folder, `${at}.log`), `first ${at}\nhalf ${at}`);
    const sink = new Keeper();
    const source = await follow(folder, sink);
    let most = 0;
    await until(() => {
      most = Math.max(most, source.figures().open);
      return sink.lines.length === count;
    }, 'all first lines');
    for (let at = 0; at < count; at++) appendFileSync(join(folder, `${at}.log`), ' done\n');
    await until(() => {
      most = Math.max(most, source.figures().open);
      return sink.lines.length >= 2 * count;
    }, 'all second lines');
    expect(most).toBeLessThanOrEqual(MAX_OPEN_FILES);
    expect([...sink.lines].sort()).toEqual(
      Array.from({ length: count }, (_, at) => [`first ${at}`, `half ${at} done`])
        .flat()
        .sort(),
    );
    expect(source.figures()).toMatchObject({ lagBytes: 0, problems: [] });
  });

  it.skipIf(process.seteuid === undefined)(
    'counts what it may not read, and reads it once it may',
    async () => {
      const folder = newFolder();
      const secret = join(folder, 'secret.log');
      writeFileSync(secret, 'secret\n');
      writeFileSync(join(folder, 'open.log'), 'open\n');
      chmodSync(root, 0o755);
      chmodSync(secret, 0);
      const sink = new Keeper();
      const input = { kind: 'file', url: folder, path: folder, pollMs: POLL } as const;
      const source = new FollowSource(input, { ...FOLLOW_TIMING, retryMs: 100 });
      running.push(source);
      const isRoot = process.geteuid?.() === 0;
      // Nothing is forbidden to root.
      if (isRoot) process.seteuid?.('nobody');
      try {
        await source.start(sink, []);
        await until(() => sink.lines.length === 1, 'the other file');
        await pause(500);
      } finally {
        if (isRoot) process.seteuid?.('root');
      }
      expect(sink.lines).toEqual(['open']);
      const { problems } = source.figures();
      expect(problems).toMatchObject([{ code: 'file-unreadable', count: 1 }]);
      expect(String(problems[0]?.message)).toContain('permission denied');
      chmodSync(secret, 0o644);
      await until(() => sink.lines.length === 2, 'the file');
    },
  );

  it.skipIf(process.seteuid === undefined)('says which folder it may not look into', async () => {
    const folder = newFolder();
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    writeFileSync(join(closed, 'dns.log'), 'line\n');
    chmodSync(root, 0o755);
    chmodSync(closed, 0);
    const isRoot = process.geteuid?.() === 0;
    const sink = new Keeper();
    if (isRoot) process.seteuid?.('nobody');
    let source: LiveSource;
    try {
      await expect(openLive(join(closed, 'dns.log')).start(sink, [])).rejects.toMatchObject({
        code: 'input-unreadable',
      });
      source = await follow(folder, sink);
      await settle();
    } finally {
      if (isRoot) process.seteuid?.('root');
      chmodSync(closed, 0o755);
    }
    const { problems } = source.figures();
    expect(problems).toMatchObject([{ code: 'file-unreadable', count: 1 }]);
    expect(String(problems[0]?.message)).toBe(`${closed}: cannot be read (permission denied)`);
    await until(() => sink.lines.length === 1, 'the line');
  });
});

describe('compressed files', () => {
  it('are read once, when they are whole', async () => {
    const folder = newFolder();
    const packed = gzipSync(text(numbered(0, 2000)));
    const path = join(folder, 'conn.log.gz');
    const sink = new Keeper();
    const source = await follow(folder, sink);
    const half = Math.floor(packed.length / 2);
    writeFileSync(path, packed.subarray(0, half));
    await pause(2000);
    expect(sink.streams).toEqual([]);
    expect(source.figures().lagBytes).toBe(half);
    appendFileSync(path, packed.subarray(half));
    await until(() => sink.streams[0]?.isFinal === true, 'its lines');
    expect(sink.lines).toEqual(numbered(0, 2000));
    expect(sink.streams).toMatchObject([{ isFinal: true, info: { isCompressed: true, name: path } }]);
    // Its twin by another tool, or another name, is the same content.
    writeFileSync(join(folder, 'again.gz'), gzipSync(text(numbered(0, 2000)), { level: 1 }));
    await until(() => source.figures().lagBytes === 0, 'the twin');
    expect(sink.streams).toHaveLength(1);
    expect(source.figures().problems).toEqual([]);
  });

  it('go on where they were left by a restart', async () => {
    const folder = newFolder();
    const lines = numbered(0, 40_000);
    writeFileSync(join(folder, 'conn.log.gz'), gzipSync(text(lines)));
    const first = new Keeper();
    const before = await follow(folder, first);
    await until(() => first.lines.length > 0, 'some lines');
    const positions = await killed(before);
    const done = first.lines.length;
    const counted = numbered(0, done).reduce((sum, line) => sum + line.length + 1, 0);
    expect(positions[0]?.bytes).toBeLessThanOrEqual(counted);
    const sink = new Keeper();
    await follow(folder, sink, saved(before));
    await until(() => done + sink.lines.length >= lines.length, 'the rest');
    expect([...first.lines, ...sink.lines]).toEqual(lines);
  });

  it.skipIf(!hasProgram('xz') || !hasProgram('zstd'))('are read whatever packed them', async () => {
    const folder = newFolder();
    const sink = new Keeper();
    await follow(folder, sink);
    for (const [at, name] of ['xz', 'zstd', 'gzip'].entries()) {
      const plain = Buffer.from(text(numbered(1000 * at, 1000 * at + 500)));
      writeFileSync(join(folder, `old.${name}`), piped(name, ['-c'], plain));
    }
    await until(() => sink.streams.filter(({ isFinal }) => isFinal).length === 3, 'all three');
    const expected = [numbered(0, 500), numbered(1000, 1500), numbered(2000, 2500)].flat();
    expect([...sink.lines].sort()).toEqual(expected.sort());
  });

  it('are known when no more than their first bytes are there', async () => {
    const folder = newFolder();
    const path = join(folder, 'slow.log.gz');
    const packed = gzipSync(text(numbered(0, 10)));
    const sink = new Keeper();
    await follow(folder, sink);
    for (const end of [1, 2, 3, 5]) {
      writeFileSync(path, packed.subarray(0, end));
      await settle();
    }
    writeFileSync(join(folder, 'short.log'), 'P\n');
    await until(() => sink.lines.length === 1, 'the short file');
    expect(sink.lines).toEqual(['P']);
    writeFileSync(path, packed);
    await until(() => sink.lines.length === 11, 'its lines');
    expect(sink.lines.slice(1)).toEqual(numbered(0, 10));
  });

  it('are told where they stay broken', async () => {
    const folder = newFolder();
    const path = join(folder, 'old.gz');
    writeFileSync(path, gzipSync(text(numbered(0, 5000))).subarray(0, -20));
    const past = Date.now() / 1000 - 3600;
    utimesSync(path, past, past);
    const sink = new Keeper();
    const source = await follow(folder, sink);
    await until(() => sink.streams[0]?.isFinal === true, 'the end');
    expect(sink.streams[0]?.problems).toMatchObject([{ code: 'truncated-compression' }]);
    expect(sink.lines.length).toBeGreaterThan(4000);
    expect(source.figures().problems).toMatchObject([{ code: 'truncated-compression', count: 1 }]);
    expect(readdirSync(folder)).toEqual(['old.gz']);
  });
});
