import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLive } from '../../../../src/intake/sources/live/index.js';
import type { LiveSource } from '../../../../src/intake/sources/live/live.js';
import { Keeper, pause, until } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'rigwatch-capture-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { TMPDIR } = process.env;
const PATH = process.env.PATH ?? '';
const MKFIFO = spawnSync('sh', ['-c', 'command -v mkfifo'], { encoding: 'utf8' }).stdout.trim();
const running: LiveSource[] = [];
let tools = '';
let count = 0;
beforeEach(() => {
  tools = join(folder, String(count++));
  mkdirSync(tools);
  symlinkSync(MKFIFO, join(tools, 'mkfifo'));
});
afterEach(async () => {
  process.env.PATH = PATH;
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  for (const source of running.splice(0)) await source.stop();
});

/** A program of this name that runs a shell script; the only ones of the PATH, but for the shell's own. */
function fake(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
  process.env.PATH = tools;
}

async function capture(url: string, sink = new Keeper()): Promise<LiveSource> {
  const source = openLive(url);
  running.push(source);
  await source.start(sink, []);
  return source;
}

const failureOf = (url: string) =>
  capture(url).then(
    () => null,
    (error: unknown) => error,
  );

const RUN = '/bin/sleep 60 & wait $!';

describe('packets of an interface', () => {
  it('come through tcpdump, called without a shell', async () => {
    const args = join(tools, 'args');
    fake(
      'tcpdump',
      `printf '%s\\n' "$@" > ${args}
trap 'echo "7 packets dropped by kernel" >&2; exit 0' TERM
trap 'echo "tcpdump: 9 packets captured, 9 packets received by filter, 5 packets dropped by kernel" >&2' USR1
echo 'tcpdump: listening on eth0, link-type EN10MB' >&2
printf 'packets\\n'
while :; do ${RUN}; done`,
    );
    const sink = new Keeper();
    const source = await capture('if://eth0?filter=port+3333;+touch+x&snaplen=256', sink);
    await until(() => sink.lines.length === 1, 'the packets');
    expect(sink.streams[0]?.info).toMatchObject({ name: 'eth0', id: null, isCompressed: false, resumeAt: 0 });
    expect(readFileSync(args, 'utf8').trim().split('\n')).toEqual([
      '-i',
      'eth0',
      '-w',
      '-',
      '-U',
      '-B',
      '65536',
      '-s',
      '256',
      '--',
      'port 3333; touch x',
    ]);
    expect(source.kind).toBe('interface');
    expect(String(source.where)).toBe('interface eth0 through tcpdump');
    await source.stop();
    await source.ended;
    expect(source.figures()).toMatchObject({ bytes: 8, pieces: 1, dropped: 7, open: 0, problems: [] });
    expect(sink.streams[0]?.isFinal).toBe(true);
  });

  it('come through dumpcap where there is no tcpdump', async () => {
    fake(
      'dumpcap',
      `trap "echo \\"Packets received/dropped on interface 'eth0': 10/4 (pcap:4/dumpcap:0/flushed:0/ps_ifdrop:0) (71.4%)\\" >&2; exit 0" TERM
echo "Capturing on 'eth0'" >&2
printf 'packets\\n'
while :; do ${RUN}; done`,
    );
    const sink = new Keeper();
    const source = await capture('if://eth0', sink);
    await until(() => sink.lines.length === 1, 'the packets');
    await source.stop();
    expect(String(source.where)).toBe('interface eth0 through dumpcap');
    expect(source.figures().dropped).toBe(4);
  });

  it('cannot come where neither is there', async () => {
    process.env.PATH = tools;
    expect(await failureOf('if://eth0')).toMatchObject({
      code: 'capture-program-missing',
      message: expect.stringContaining('install tcpdump'),
    });
  });

  it.each([
    ['tcpdump: eth9: No such device exists', 'interface-missing', 'no interface eth0'],
    ["tcpdump: eth0: You don't have permission to capture on that device", 'capture-forbidden', 'setcap'],
    ["tcpdump: can't parse filter expression: syntax error", 'filter-invalid', 'pcap-filter'],
    ['tcpdump: something new\x1b[31m', 'capture-ended', 'something new\\x1b[31m'],
  ])('says why they do not: %j', async (words, code, part) => {
    fake('tcpdump', `cat >&2 <<'WORDS'\n${words}\nWORDS\nexit 1`);
    process.env.PATH = `${tools}${delimiter}${PATH}`;
    expect(await failureOf('if://eth0')).toMatchObject({ code, message: expect.stringContaining(part) });
  });

  it('tell when the program dies', async () => {
    fake(
      'tcpdump',
      'echo "tcpdump: listening on eth0" >&2; printf "packets\\n"; /bin/sleep 0.2; echo "tcpdump: pcap_loop: The interface disappeared" >&2; echo "12 packets captured" >&2; echo "12 packets received by filter" >&2; echo "0 packets dropped by kernel" >&2; exit 1',
    );
    const sink = new Keeper();
    const source = await capture('if://eth0', sink);
    await expect(source.ended).rejects.toMatchObject({
      code: 'capture-ended',
      message: 'if://eth0: tcpdump on eth0 ended: tcpdump: pcap_loop: The interface disappeared',
    });
    expect(sink.streams[0]?.isFinal).toBe(true);
    expect(sink.lines).toEqual(['packets']);
  });

  it('come whole and in order, however many there are, and leave no pipe behind', async () => {
    process.env.TMPDIR = tools;
    fake(
      'tcpdump',
      `echo 'listening on eth0' >&2
i=0; while [ $i -lt 60000 ]; do echo "packet $i"; i=$((i+1)); done
exit 1`,
    );
    const sink = new Keeper();
    const source = await capture('if://eth0', sink);
    await expect(source.ended).rejects.toMatchObject({ code: 'capture-ended' });
    expect(sink.lines).toEqual(Array.from({ length: 60_000 }, (_, number) => `packet ${number}`));
    expect(readdirSync(tools).sort()).toEqual(['mkfifo', 'tcpdump']);
  });

  it('cannot come where no pipe can be made', async () => {
    process.env.TMPDIR = join(tools, 'nowhere');
    fake('tcpdump', RUN);
    expect(await failureOf('if://eth0')).toMatchObject({
      code: 'capture-failed',
      message: expect.stringContaining('nowhere'),
    });
  });

  it('end with one that will not end by itself', async () => {
    fake('tcpdump', `trap '' TERM; echo 'listening on eth0' >&2; while :; do ${RUN}; done`);
    const source = await capture('if://eth0');
    const startMs = Date.now();
    await source.stop();
    expect(Date.now() - startMs).toBeLessThan(8000);
    expect(source.figures().open).toBe(0);
  });
});

const mayCapture =
  process.getuid?.() === 0 &&
  /lo/.test(spawnSync('tcpdump', ['-D'], { encoding: 'utf8' }).stdout ?? '') &&
  spawnSync('tcpdump', ['-i', 'lo', '-c', '1', '-w', '/dev/null', '--', 'less', '1'], { timeout: 700 })
    .error !== undefined;

describe.skipIf(!mayCapture)('the real tcpdump on the loopback interface', () => {
  it('sees each packet once', async () => {
    const receiver = createSocket('udp4');
    await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
    const { port } = receiver.address();
    const sink = new Keeper();
    const source = await capture(`if://lo?filter=udp+dst+port+${port}`, sink);
    const sender = createSocket('udp4');
    for (let number = 0; number < 500; number++)
      await new Promise<void>((resolve) =>
        sender.send(`packet ${number};`, port, '127.0.0.1', () => resolve()),
      );
    const seen = () => sink.streams[0]?.bytes.toString('latin1').match(/packet \d+;/g) ?? [];
    await until(() => seen().length >= 500, 'all packets');
    await pause(100);
    expect(new Set(seen()).size).toBe(500);
    expect(seen()).toHaveLength(500);
    expect(sink.streams[0]?.bytes.subarray(0, 4).toString('hex')).toBe('d4c3b2a1');
    await source.stop();
    sender.close();
    receiver.close();
  });

  it('says what is wrong with the name or the filter', async () => {
    expect(await failureOf('if://nosuch0')).toMatchObject({ code: 'interface-missing' });
    expect(await failureOf('if://lo?filter=port+port')).toMatchObject({ code: 'filter-invalid' });
  });
});
