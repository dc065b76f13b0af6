import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anchorLine, parseAnchors } from '../../../src/deliver/evidence/anchor.js';
import { entryLine } from '../../../src/deliver/evidence/entry.js';
import { openKey } from '../../../src/deliver/evidence/key.js';
import { linesOf } from '../../../src/deliver/evidence/lines.js';
import { packageLines } from '../../../src/deliver/evidence/package.js';
import { entriesOf } from '../../../src/deliver/evidence/read.js';
import { type Expected, verifyFiles, verifyLines } from '../../../src/deliver/evidence/verify.js';
import type { LogHead } from '../../../src/model/evidence-log.js';
import { content, sampleLog, TIME } from './samples.js';

const ALONE: Expected = { fingerprint: null, heads: [] };

function samplePackage() {
  const { path, heads } = sampleLog('10.0.0.1', '10.0.0.2', '10.0.0.3');
  const key = openKey(`${path}.key`);
  const entries = [...entriesOf(path)].filter(({ seq }) => seq === 2 || seq === 4);
  const list = entries.map(({ seq, hash }): [number, string] => [seq, hash]);
  const head = heads.at(-1) as LogHead;
  const bytes = Buffer.from([...packageLines(entries, list, { head, time: TIME, key })].join(''));
  return { path: `${path}.package`, bytes };
}

/** Every way to change one byte that matters, and to take or add one. */
function* changes(bytes: Buffer): Generator<readonly [string, Buffer]> {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    for (const other of new Set([byte ^ 1, byte ^ 0x20, byte ^ 0x80, 0x0a, 0x20, 0x30])) {
      if (other === byte) continue;
      const changed = Buffer.from(bytes);
      changed[at] = other;
      yield [`byte ${at} = ${other}`, changed];
    }
    yield [`byte ${at} removed`, Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])];
    yield [`byte ${at} doubled`, Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at)])];
    if (bytes[at + 1] !== undefined && bytes[at + 1] !== byte) {
      const swapped = Buffer.from(bytes);
      swapped[at] = bytes[at + 1] ?? 0;
      swapped[at + 1] = byte;
      yield [`bytes ${at} and ${at + 1} exchanged`, swapped];
    }
  }
}

/** Lines removed, doubled, exchanged. */
function* moves(bytes: Buffer): Generator<readonly [string, Buffer]> {
  const lines = bytes.toString().split(/(?<=\n)/);
  for (let a = 0; a < lines.length; a++) {
    // The end of a log is another test's.
    if (a < lines.length - 1) yield [`line ${a} removed`, Buffer.from(lines.toSpliced(a, 1).join(''))];
    yield [`line ${a} doubled`, Buffer.from(lines.toSpliced(a, 0, lines[a] ?? '').join(''))];
    for (let b = a + 1; b < lines.length; b++) {
      const moved = lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '');
      yield [`lines ${a} and ${b} exchanged`, Buffer.from(moved.join(''))];
    }
  }
}

const verifyBytes = (bytes: Buffer, expected = ALONE) =>
  verifyLines(
    linesOf((into, at) => bytes.copy(into, 0, at)),
    expected,
  );

function undetected(all: Iterable<readonly [string, Buffer]>, expected = ALONE): string[] {
  const missed: string[] = [];
  for (const [name, bytes] of all) {
    if (verifyBytes(bytes, expected).faultCount === 0) missed.push(name);
  }
  return missed;
}

describe('a log', () => {
  it('holds as written', () => {
    const { path, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    expect(verifyFiles([path], ALONE)).toMatchObject({
      kind: 'log',
      entries: 3,
      faultCount: 0,
      head: heads[2],
    });
  });

  it('tells of every byte that was changed, taken, added or exchanged', { timeout: 300_000 }, () => {
    const { bytes } = sampleLog('10.0.0.1');
    expect(undetected(changes(bytes))).toEqual([]);
  });

  it('tells of every line that was removed, doubled or exchanged', () => {
    const { bytes } = sampleLog('10.0.0.1', '10.0.0.2', '10.0.0.3');
    expect(undetected(moves(bytes))).toEqual([]);
  });

  it('cut off anywhere, tells so by itself or by a head that was kept elsewhere', () => {
    const { path, bytes, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    const key = openKey(`${path}.key`).public.fingerprint;
    const kept = heads.map((head) => ({ ...head, key, source: 'kept', isValid: true }));
    for (let length = 0; length < bytes.length; length++) {
      const { faultCount, heads: checked } = verifyBytes(bytes.subarray(0, length), {
        fingerprint: null,
        heads: kept,
      });
      expect(faultCount + checked.filter(({ result }) => result !== 'holds').length).toBeGreaterThan(0);
      expect(checked.at(-1)?.result).not.toBe('holds');
    }
  });

  it('written anew with another key shows by the key, and by every head', () => {
    const [own, other] = [sampleLog('10.0.0.1'), sampleLog('10.0.0.1')];
    const { fingerprint } = openKey(`${own.path}.key`).public;
    const heads = own.heads.map((head) => ({ ...head, key: fingerprint, source: 'kept', isValid: true }));
    const found = verifyFiles([other.path], { fingerprint, heads });
    expect(found).toMatchObject({ isKeyKnown: false, faultCount: 1 });
    expect(found.heads.map(({ result }) => result)).toEqual(['other-log', 'other-log']);
  });

  it('written anew with the right key shows by the heads alone', () => {
    const { path, bytes, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    const key = openKey(`${path}.key`);
    const [start = '', first = ''] = bytes.toString().split(/(?<=\n)/);
    const forged = entryLine(heads[1] as LogHead, content('10.0.0.99'), key).line;
    writeFileSync(path, start + first + forged);
    const kept = heads.map((head) => ({
      ...head,
      key: key.public.fingerprint,
      source: 'kept',
      isValid: true,
    }));
    const found = verifyFiles([path], { fingerprint: key.public.fingerprint, heads: kept });
    expect(found.faultCount).toBe(0);
    expect(found.heads.map(({ result }) => result)).toEqual(['holds', 'holds', 'differs']);
  });

  it('of hostile bytes is an answer, and no crash', () => {
    const { path, bytes } = sampleLog('10.0.0.1');
    const line = bytes.toString().split('\n')[1] ?? '';
    for (const text of [
      '',
      '\n',
      '[]\n',
      'null\n',
      '{}\n',
      `${'['.repeat(100_000)}\n`,
      `${'x'.repeat(3 << 20)}\n`,
      `${line.replace('"seq":2', '"seq":2,"seq":2')}\n`,
      `{"body":null,"schema":"rigwatch.evidence/1"}\n`,
      '{"schema":"rigwatch.evidence-package/1","entries":[null],"head":null,"public_key":1}\n',
    ]) {
      writeFileSync(path, text);
      expect(verifyFiles([path], ALONE).faultCount).toBeGreaterThan(0);
    }
  });
});

describe('an exported package', () => {
  it('holds as written, without log and database', () => {
    const { path, bytes } = samplePackage();
    writeFileSync(path, bytes);
    expect(verifyFiles([path], ALONE)).toMatchObject({ kind: 'package', entries: 2, faultCount: 0 });
  });

  it('tells of every byte that was changed, taken, added or exchanged', { timeout: 300_000 }, () => {
    const { bytes } = samplePackage();
    expect(undetected(changes(bytes))).toEqual([]);
  });

  it('tells of every line that was moved, and of every byte cut off', () => {
    const { bytes } = samplePackage();
    expect(undetected(moves(bytes))).toEqual([]);
    const cuts = Array.from(
      { length: bytes.length },
      (_, at) => [`${at} bytes`, bytes.subarray(0, at)] as const,
    );
    expect(undetected(cuts)).toEqual([]);
  });
});

describe('anchors', () => {
  it('tell of every byte that was changed in them', () => {
    const { path, heads } = sampleLog('10.0.0.1');
    const line = Buffer.from(anchorLine(heads[1] as LogHead, TIME, openKey(`${path}.key`)));
    expect(parseAnchors(line)).toMatchObject([{ ...heads[1], isValid: true }]);
    const missed: string[] = [];
    // The last byte is the line feed: taken away, the anchor still stands.
    for (const [name, bytes] of changes(line.subarray(0, -1))) {
      const found = parseAnchors(bytes);
      if (found.length === 1 && found.every(({ isValid }) => isValid)) missed.push(name);
    }
    expect(missed).toEqual([]);
  });
});
