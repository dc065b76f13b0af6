import { describe, expect, it } from 'vitest';
import { compactFile } from '../../../src/detect/verdict/ledger/compact.js';
import type { SuspectFile, SuspectSession } from '../../../src/model/verdict.js';
import { START_US, sampleEvidence, sampleSession } from '../../deliver/samples.js';

const HOUR_US = 3600e6;
const LIMITS = { sessions: 40, evidence: 60 };

/** Sessions of ten minutes, `gapUs` apart, each with a fact of its own. */
function reconnecting(count: number, gapUs: number, peerOf = (_: number) => '198.51.100.7'): SuspectFile {
  const sessions = Array.from({ length: count }, (_, at) => {
    const firstUs = START_US + at * (600e6 + gapUs);
    const peer = { ip: peerOf(at), port: 3333 };
    return sampleSession({ session: `s${at}`, peer, firstUs, lastUs: firstUs + 600e6, bytesToServer: 100 });
  });
  const evidence = sessions.map(({ session, firstUs, lastUs, peer }) =>
    sampleEvidence({ session, firstUs, lastUs, peer, count: 1 }),
  );
  return { ip: '10.8.3.17', sessions, evidence };
}

const sum = (sessions: readonly SuspectSession[], pick: (one: SuspectSession) => number) =>
  sessions.reduce((total, one) => total + pick(one), 0);

describe('a suspect of months', () => {
  it('is left alone within bounds', () => {
    expect(compactFile(reconnecting(40, HOUR_US), LIMITS)).toBeNull();
  });

  it.each([60e6, HOUR_US])('keeps every count when its oldest sessions are folded (gap %d µs)', (gapUs) => {
    const file = reconnecting(41, gapUs);
    const compacted = compactFile(file, LIMITS);
    expect(compacted).not.toBeNull();
    const { sessions, evidence } = compacted!.file;
    expect(sessions.length).toBeLessThanOrEqual(40);
    expect(compacted!.foldedSessions).toBe(41 - sessions.length);
    for (const pick of [
      (one: SuspectSession) => one.bytesToServer ?? 0,
      (one: SuspectSession) => one.roles.share,
    ])
      expect(sum(sessions, pick)).toBe(sum(file.sessions, pick));
    expect(evidence.reduce((total, { count }) => total + count, 0)).toBe(41);
    // Facts stand with sessions that are there.
    const keys = new Set(sessions.map(({ session }) => session));
    expect(evidence.filter(({ session }) => session !== null && !keys.has(session))).toEqual([]);
    // The newest are as they were.
    expect(sessions).toContainEqual(file.sessions.at(-1));
  });

  it('keeps the active time of a miner that connects again and again', () => {
    const { sessions } = compactFile(reconnecting(41, 60e6), LIMITS)!.file;
    const folded = sessions.find(({ session }) => session === 's0');
    expect(folded!.lastUs - folded!.firstUs).toBe(11 * 600e6 + 10 * 60e6);
  });

  it('lets the oldest visits of a prober go', () => {
    const prober = reconnecting(300, HOUR_US, (at) => `198.51.${at >> 8}.${at & 255}`);
    const { file, foldedSessions, foldedEvidence } = compactFile(prober, LIMITS)!;
    expect(file.sessions.length).toBeLessThanOrEqual(40);
    expect(file.evidence.length).toBeLessThanOrEqual(60);
    expect(foldedSessions).toBe(300 - file.sessions.length);
    expect(foldedEvidence).toBe(300 - file.evidence.length);
    expect(file.evidence.reduce((total, { count }) => total + count, 0)).toBe(300);
  });

  it('never lets go what speaks against mining', () => {
    const file = reconnecting(300, HOUR_US, (at) => `198.51.${at >> 8}.${at & 255}`);
    const against = sampleEvidence({
      rule: 'guard.node',
      item: 'N6',
      strength: 'against',
      weight: -0.1,
      session: null,
    });
    const { evidence } = compactFile({ ...file, evidence: [...file.evidence, against] }, LIMITS)!.file;
    expect(evidence).toContainEqual(against);
  });
});
