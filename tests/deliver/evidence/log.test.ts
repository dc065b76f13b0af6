import { appendFileSync, chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifyFiles } from '../../../src/deliver/evidence/verify.js';
import type { LogHead } from '../../../src/model/evidence-log.js';
import { content, open, sampleLog } from './samples.js';

const NOTHING = { fingerprint: null, heads: [] };
const kinds = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).kind);
const codes = (path: string) => verifyFiles([path], NOTHING).faults.map(({ code }) => code);

/** Opens and closes, and tells how the log took it. */
function reopen(path: string, known: LogHead | null) {
  const log = open(path, known);
  const { isBroken, ahead } = log;
  log.close();
  return { isBroken, ahead: ahead.map(({ seq }) => seq) };
}

describe('the evidence log', () => {
  it('begins with its public key, and goes on where it was left', () => {
    const { path, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    expect(reopen(path, heads[2] ?? null)).toEqual({ isBroken: false, ahead: [] });
    const log = open(path, heads[2] ?? null);
    log.append([content('10.0.0.3')]);
    log.close();
    expect(kinds(path)).toEqual(['start', 'verdict', 'verdict', 'verdict']);
    expect(verifyFiles([path], NOTHING)).toMatchObject({ entries: 4, verdicts: 3, faultCount: 0 });
    expect(statSync(`${path}.key`).mode & 0o777).toBe(0o600);
  });

  it('takes up what was written just before a kill', () => {
    const { path, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    expect(reopen(path, heads[0] ?? null)).toEqual({ isBroken: false, ahead: [2, 3] });
    expect(verifyFiles([path], NOTHING).faultCount).toBe(0);
  });

  it('cuts off a torn write, wherever it was torn, says so, and goes on', () => {
    const { path, bytes, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
    const [, second = 0, third = 0] = ends;
    for (let length = second + 1; length < third; length += length > third - 20 ? 1 : 23) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(reopen(path, heads[1] ?? null)).toEqual({ isBroken: false, ahead: [] });
      const found = verifyFiles([path], NOTHING);
      expect(found).toMatchObject({ entries: 3, repairs: 1, faultCount: 0 });
      const repair = JSON.parse(readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '');
      expect(repair.body.cut_bytes).toBe(length - second);
    }
  });

  it('puts on record that entries which the database knew are gone', () => {
    const { path, bytes, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    writeFileSync(path, bytes.subarray(0, bytes.indexOf('\n') + 1));
    expect(reopen(path, heads[2] ?? null).isBroken).toBe(true);
    expect(kinds(path)).toEqual(['start', 'break']);
    expect(codes(path)).toEqual(['break-recorded']);
  });

  it('does the same where the log was torn below what the database knew', () => {
    const { path, bytes, heads } = sampleLog('10.0.0.1', '10.0.0.2');
    writeFileSync(path, bytes.subarray(0, bytes.length - 5));
    expect(reopen(path, heads[2] ?? null).isBroken).toBe(true);
    expect(kinds(path)).toEqual(['start', 'verdict', 'break', 'repair']);
  });

  it('says in a new log that there was another one', () => {
    const { path, heads } = sampleLog('10.0.0.1');
    rmSync(path);
    expect(reopen(path, heads[1] ?? null).isBroken).toBe(true);
    expect(JSON.parse(readFileSync(path, 'utf8')).body.follows).toEqual(heads[1]);
    expect(codes(path)).toEqual(['break-recorded']);
  });

  it('is not gone on with where its end was changed, or it is another’s', () => {
    const { path, bytes } = sampleLog('10.0.0.1');
    writeFileSync(path, bytes.toString().replace('10.0.0.1', '10.0.0.9'));
    expect(() => open(path)).toThrow(/its last entry was changed/);
    writeFileSync(path, 'something else\n');
    expect(() => open(path)).toThrow(/does not begin like a log/);
    writeFileSync(path, bytes);
    rmSync(`${path}.key`);
    expect(() => open(path)).toThrow(/another key/);
    const other = 'x'.repeat(3 << 20);
    writeFileSync(path, other);
    expect(() => open(path)).toThrow(/it ends in no line of a log/);
    expect(readFileSync(path, 'utf8')).toBe(other);
  });

  it.runIf(process.platform !== 'win32')('refuses a key that others may read', () => {
    const { path } = sampleLog('10.0.0.1');
    chmodSync(`${path}.key`, 0o644);
    expect(() => open(path)).toThrow(/others than its owner may read it/);
    chmodSync(`${path}.key`, 0o600);
    appendFileSync(`${path}.key`, 'x'.repeat(20_000));
    expect(() => open(path)).toThrow(/it is no key/);
  });
});
