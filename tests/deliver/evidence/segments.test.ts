import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKey } from '../../../src/deliver/evidence/key.js';
import { entriesOf } from '../../../src/deliver/evidence/read.js';
import { segmentsOf } from '../../../src/deliver/evidence/segments.js';
import { type KeptHead, type Verification, verifyFiles } from '../../../src/deliver/evidence/verify.js';
import type { LogHead } from '../../../src/model/evidence-log.js';
import { content, open, sampleLog, TIME } from './samples.js';

/** Three files: `.1` holds entries 1 to 3, `.4` 4 to 6, the log itself 7 and 8. */
function rotated(): { path: string; heads: LogHead[] } {
  const { path, heads: first } = sampleLog('10.0.0.1', '10.0.0.2');
  const heads = [...first];
  for (const ips of [['10.0.0.3', '10.0.0.4'], ['10.0.0.5']]) {
    const before = open(path, heads.at(-1) ?? null);
    before.rotate(TIME);
    heads.push(before.head);
    before.close();
    const log = open(path, before.head);
    expect([log.isBroken, log.ahead]).toEqual([false, []]);
    heads.push(...log.append(ips.map(content)));
    log.close();
  }
  return { path, heads };
}

function verified(path: string, heads: readonly LogHead[] = []): Verification {
  const key = heads.length === 0 ? '' : (readKey(`${path}.key`)?.public.fingerprint ?? '');
  const kept = heads.map((head): KeptHead => ({ ...head, source: 'db', key, isValid: true }));
  return verifyFiles(segmentsOf(path), { fingerprint: null, heads: kept });
}
const holds = ({ faultCount, heads }: Verification) =>
  faultCount === 0 && heads.every(({ result }) => result === 'holds');

describe('a log of several files', () => {
  it('is one log: one chain, one list, every head in it', () => {
    const { path, heads } = rotated();
    expect(segmentsOf(path).map((file) => basename(file))).toEqual([
      'db.evidence.1',
      'db.evidence.4',
      'db.evidence',
    ]);
    const found = verified(path, heads);
    expect(found).toMatchObject({ entries: 8, verdicts: 5, faultCount: 0, head: heads.at(-1) });
    expect(found.heads.map(({ result }) => result)).toEqual(heads.map(() => 'holds'));
    expect([...entriesOf(path)].map(({ seq, kind }) => `${seq} ${kind}`)).toEqual([
      '1 start',
      '2 verdict',
      '3 verdict',
      '4 segment',
      '5 verdict',
      '6 verdict',
      '7 segment',
      '8 verdict',
    ]);
    // Put together again it is the same log.
    const whole = Buffer.concat(segmentsOf(path).map((file) => readFileSync(file)));
    const joined = `${path}.joined`;
    writeFileSync(joined, whole);
    expect(verifyFiles([joined], { fingerprint: null, heads: [] })).toMatchObject({
      entries: 8,
      faultCount: 0,
    });
  });

  it('shows a file that is missing, exchanged, doubled or in another order', () => {
    for (const name of ['.1', '.4']) {
      const { path, heads } = rotated();
      rmSync(path + name);
      expect(verified(path).faultCount, name).toBeGreaterThan(0);
      expect(verified(path, heads).heads.some(({ result }) => result === 'missing')).toBe(true);
    }
    const last = rotated();
    rmSync(last.path);
    // Cut off at its end, as ever: heads tell.
    expect(verified(last.path).faultCount).toBe(0);
    expect(holds(verified(last.path, last.heads))).toBe(false);

    const { path } = rotated();
    const [a, b, c] = segmentsOf(path) as [string, string, string];
    for (const order of [[b, a, c], [a, c, b], [c, b, a], [a, a, b, c], [a, b, b, c], [b, c], [c], [a, c]])
      expect(
        verifyFiles(order, { fingerprint: null, heads: [] }).faultCount,
        order.map((file) => basename(file)).join(),
      ).toBeGreaterThan(0);
    renameSync(a, `${path}.x`);
    renameSync(b, a);
    renameSync(`${path}.x`, b);
    expect(verified(path).faultCount).toBeGreaterThan(0);
  });

  it('shows a file of another log, and what was cut off or changed in one that was closed', () => {
    const [{ path }, other] = [rotated(), rotated()];
    const file = `${path}.4`;
    const bytes = readFileSync(file);
    copyFileSync(`${other.path}.4`, file);
    expect(verified(path).faultCount).toBeGreaterThan(0);
    for (let at = 0; at < bytes.length; at += 7) {
      writeFileSync(file, bytes.subarray(0, at));
      expect(verified(path).faultCount, `cut at ${at}`).toBeGreaterThan(0);
    }
    for (let at = bytes.indexOf(10); at < bytes.length - 1; at = bytes.indexOf(10, at + 1)) {
      writeFileSync(file, bytes.subarray(0, at + 1));
      expect(verified(path).faultCount, `cut behind the line at ${at}`).toBeGreaterThan(0);
    }
    for (let at = 0; at < bytes.length; at += 11) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(file, changed);
      const [fault] = verified(path).faults;
      expect(fault?.file, `byte ${at}`).toBe(file);
    }
    writeFileSync(file, bytes);
    expect(verified(path).faultCount).toBe(0);
  });

  it('is the same log after a kill at any step of its rotation', () => {
    // Before the new file has the name: nothing happened, though the former has two.
    const { path, heads } = sampleLog('10.0.0.1');
    linkSync(path, `${path}.1`);
    writeFileSync(`${path}.new`, 'half of a li');
    const known = heads.at(-1) ?? null;
    expect(segmentsOf(path)).toEqual([path]);
    const again = open(path, known);
    again.append([content('10.0.0.2')]);
    expect(verified(path)).toMatchObject({ entries: 3, faultCount: 0 });
    // After it, before the database knows: one entry is ahead.
    expect(again.rotate(TIME)).toBe(`${path}.1`);
    again.close();
    expect(existsSync(`${path}.new`)).toBe(false);
    const next = open(path, known);
    expect(next.isBroken).toBe(false);
    expect(next.ahead.map(({ kind }) => kind)).toEqual(['verdict', 'segment']);
    next.close();
    expect(verified(path)).toMatchObject({ entries: 4, faultCount: 0 });
  });

  it('closes no file over one that is there already', () => {
    const { path, heads } = sampleLog('10.0.0.1');
    writeFileSync(`${path}.1`, 'theirs');
    const log = open(path, heads.at(-1) ?? null);
    expect(() => log.rotate(TIME)).toThrow(/\.1 is there already/);
    log.close();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('theirs');
    expect([...entriesOf(`${path}`)].map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('says that it is broken where the entries that the database knows went with a file', () => {
    const { path, heads } = rotated();
    const known = heads[4] ?? null;
    rmSync(`${path}.4`);
    const log = open(path, known);
    expect(log.isBroken).toBe(true);
    log.close();
    expect(verified(path).faults.map(({ code }) => code)).toContain('break-recorded');
  });
});
