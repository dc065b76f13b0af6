import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { describeHead, detectFormat, formatByName } from '../../../src/intake/formats/index.js';
import { pcap } from '../../../src/intake/formats/pcap.js';
import { pcapng } from '../../../src/intake/formats/pcapng.js';
import { pcapFile, pcapngFile } from '../../support/frames.js';
import { SHARED } from '../../support/transcripts.js';
import { section } from './blocks.js';
import { codesOf, plainFrame, readAll } from './support.js';

const CAPTURES = join(SHARED, 'corpus/captures');

describe('formats', () => {
  it('are recognised by content', () => {
    for (const bigEndian of [false, true]) {
      expect(detectFormat(pcapFile([], { bigEndian }))?.name).toBe('pcap');
      expect(detectFormat(pcapFile([], { bigEndian, nanoseconds: true }))?.name).toBe('pcap');
      expect(detectFormat(section(bigEndian))?.name).toBe('pcapng');
    }
    expect(detectFormat(pcapngFile([plainFrame(0)]))?.name).toBe('pcapng');
    expect(detectFormat(Buffer.from('a1b2c3d4', 'hex'))?.name).toBe('pcap');
  });

  it('ask for more where a head is too short to tell', () => {
    const file = pcapngFile([plainFrame(0)]);
    const answers = (head: Buffer) => [pcapng, pcap].map((format) => format.probe(head));
    expect(answers(file.subarray(0, 3))).toEqual(['more', 'more']);
    expect(answers(file.subarray(0, 11))).toEqual(['more', 'no']);
    expect(answers(Buffer.from('0a0d0d0a1c000000ffffffff', 'hex'))).toEqual(['no', 'no']);
  });

  it('are found by name, pcap-parser too', () => {
    for (const name of ['pcap', 'pcapng', 'pcap-parser']) expect(formatByName(name)?.name).toBe(name);
    expect(formatByName('PCAP ')).toBeNull();
  });

  it('are not seen in anything else, which is described', () => {
    const others: [Buffer, string][] = [
      [Buffer.alloc(0), 'empty file'],
      [gzipSync('x'), 'gzip'],
      [Buffer.from('7f454c460201', 'hex'), 'ELF program'],
      [Buffer.from('hello\nworld'), 'text, beginning "hello\\nworld"'],
      [
        Buffer.from('version https://git-lfs.github.com/spec/v1'),
        'Git LFS pointer: the file itself was not fetched',
      ],
      [
        Buffer.from('snoop\0\0\0\0\x02'),
        'capture of snoop, which editcap -F pcapng of Wireshark makes readable',
      ],
      [Buffer.alloc(100), 'null bytes'],
      [Buffer.from('deadbeef00', 'hex'), 'unknown, beginning with bytes deadbeef00'],
    ];
    for (const [head, text] of others) {
      expect(detectFormat(head)).toBeNull();
      expect(String(describeHead(head))).toBe(text);
    }
  });

  it('never let a head act on the terminal', () => {
    expect(String(describeHead(Buffer.from('\x1b[2J')))).toBe('unknown, beginning with bytes 1b5b324a');
  });
});

describe.skipIf(!existsSync(CAPTURES))('real captures', () => {
  const files = existsSync(CAPTURES)
    ? readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /\.(pcap|pcapng|cap)$/.test(name),
      )
    : [];

  it('are read without an exception, alike in any chunks, and as pcap-parser reads them', () => {
    const parser = formatByName('pcap-parser')!;
    let agreed = 0;
    const strange: string[] = [];
    for (const name of files) {
      const input = readFileSync(join(CAPTURES, name));
      const format = detectFormat(input);
      if (format === null) {
        strange.push(name);
        continue;
      }
      const result = readAll(format, input);
      if (input.length < 100_000) expect(readAll(format, input, [1009, 13]).frames).toEqual(result.frames);
      if (format.name !== 'pcap') continue;
      const theirs = readAll(parser, input);
      if (codesOf(theirs).includes('unreadable') || codesOf(result).includes('bad-record-length')) continue;
      expect({ name, frames: result.frames }).toEqual({ name, frames: theirs.frames });
      agreed++;
    }
    expect(files.length).toBeGreaterThan(100);
    expect(agreed).toBeGreaterThan(files.length / 2);
    expect(strange.length).toBeLessThan(files.length / 20);
  });
});
