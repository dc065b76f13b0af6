import { describe, expect, it } from 'vitest';
import {
  type CaseChange,
  type FollowUpInput,
  followUp,
  type Sighting,
} from '../../../src/detect/cases/follow-up.js';
import { likeness } from '../../../src/detect/cases/identity.js';
import type { Case } from '../../../src/model/case.js';
import { DAY, marks, START, sampleCase, sighting } from './samples.js';

const CLAIMED = START + 10 * DAY;

function run(changes: Partial<FollowUpInput>): CaseChange[] {
  return followUp({
    cases: [],
    sightings: [],
    judgeSince: () => null,
    positivesOf: () => [],
    inputs: [],
    nowUs: START + 12 * DAY,
    nextCaseId: 1 + Math.max(0, ...(changes.cases ?? []).map(({ caseId }) => caseId)),
    ...changes,
  });
}

const told = (changes: readonly CaseChange[]) =>
  changes.map(({ action, reason, after }) => `${after.caseId} ${action} ${reason} ${after.state}`);
const settled = (changes: Partial<Case> = {}) =>
  sampleCase({ state: 'watch', claimedUs: CLAIMED, ...changes });
const newer = (changes: Partial<Sighting> = {}) =>
  sighting({ firstUs: CLAIMED + DAY, lastUs: CLAIMED + 2 * DAY, ...changes });

/** What the store would hold then. */
function apply(cases: readonly Case[], changes: readonly CaseChange[]): Case[] {
  const byId = new Map(cases.map((one) => [one.caseId, one]));
  for (const change of changes) byId.set(change.after.caseId, change.after);
  return [...byId.values()];
}

describe('likeness', () => {
  it.each([
    ['a shared wallet', { wallets: ['W', 'X'] }, { wallets: ['X'] }, 'wallet'],
    ['other wallets', { wallets: ['W'] }, { wallets: ['X'] }, null],
    [
      'the same two workers with other wallets',
      { wallets: ['W'], workers: ['a', 'b'] },
      { wallets: ['X'], workers: ['b', 'a'] },
      'workers',
    ],
    [
      'one worker name with other wallets',
      { wallets: ['W'], workers: ['a'] },
      { wallets: ['X'], workers: ['a'] },
      null,
    ],
    [
      'one worker name, a wallet not known',
      { workers: ['a'] },
      { wallets: ['X'], workers: ['a'] },
      'workers',
    ],
    ['part of a set of workers', { workers: ['a', 'b'] }, { workers: ['a'] }, null],
    ['server and program', { peers: ['p'] }, { peers: ['q', 'p'] }, 'peer'],
    [
      'server and program with other wallets',
      { wallets: ['W'], peers: ['p'] },
      { wallets: ['X'], peers: ['p'] },
      null,
    ],
    ['nothing known', {}, {}, null],
  ])('%s', (_name, a, b, expected) => {
    expect(likeness(marks(a), marks(b))).toBe(expected);
    expect(likeness(marks(b), marks(a))).toBe(expected);
  });
});

describe('followUp', () => {
  it('opens one case for a unit, whatever its wallets, and changes nothing when it is run again', () => {
    const sightings = [
      sighting(),
      sighting({ ip: '10.0.0.2', marks: marks({ ips: ['10.0.0.2'], wallets: ['W2'] }) }),
      sighting({ ip: '10.9.0.1', unitId: null, marks: marks({ ips: ['10.9.0.1'] }) }),
    ];
    const changes = run({ sightings });
    expect(told(changes)).toEqual([
      '1 open flagged open',
      '1 join more-evidence open',
      '2 open flagged open',
    ]);
    expect(run({ sightings, cases: apply([], changes) })).toEqual([]);
  });

  it('tells recurrence by the same wallet on another address', () => {
    const seen = newer({ ip: '10.0.0.77', marks: marks({ ips: ['10.0.0.77'], wallets: ['W1'] }) });
    const input = { cases: [settled()], sightings: [seen], judgeSince: () => seen };
    const changes = run(input);
    expect(told(changes)).toEqual(['1 recur new-evidence recurred']);
    expect(changes[0]?.after).toMatchObject({ recurrences: 1, marks: { ips: ['10.0.0.1', '10.0.0.77'] } });
    expect(run({ ...input, cases: apply([settled()], changes) })).toEqual([]);
  });

  it('opens a new case for the same address with another wallet, and keeps the two apart', () => {
    const fresh = newer({ marks: marks({ wallets: ['W2'] }) });
    const whole = sighting({ lastUs: fresh.lastUs, marks: marks({ wallets: ['W1', 'W2'] }) });
    const input = { cases: [settled()], sightings: [whole], judgeSince: () => fresh };
    const changes = run(input);
    expect(told(changes)).toEqual(['2 open same-ip-other-wallet open']);
    expect(changes[0]?.after.marks.wallets).toEqual(['W2']);
    expect(run({ ...input, cases: apply([settled()], changes) })).toEqual([]);
  });

  it('takes older evidence that came late for neither', () => {
    const old = sighting({ ip: '10.0.0.9', marks: marks({ ips: ['10.0.0.9'], wallets: ['W1'] }) });
    const changes = run({ cases: [settled()], sightings: [old] });
    expect(told(changes)).toEqual(['1 join late-evidence watch']);
    const sameIp = sighting({ marks: marks({ wallets: ['W7'] }) });
    expect(run({ cases: [settled()], sightings: [sameIp] })).toEqual([]);
  });

  it('does not take weak evidence after the claim for recurrence', () => {
    const looked = sighting({ lastUs: CLAIMED + 3 * DAY });
    expect(run({ cases: [settled()], sightings: [looked], judgeSince: () => null })).toEqual([]);
  });

  it('asks for what is newer than the claim, no more', () => {
    const asked: [string, number][] = [];
    const judgeSince = ({ ip }: Sighting, sinceUs: number) => {
      asked.push([ip, sinceUs]);
      return null;
    };
    run({ cases: [settled()], sightings: [newer()], judgeSince });
    expect(new Set(asked.map(String))).toEqual(new Set([`10.0.0.1,${CLAIMED}`]));
  });

  it('counts every recurrence, also of what had held or was closed', () => {
    for (const one of [
      settled({ state: 'rectified' }),
      settled({ state: 'closed', closedUs: CLAIMED }),
      settled({ state: 'claimed' }),
    ]) {
      const [change] = run({ cases: [one], sightings: [newer()], judgeSince: () => newer() });
      expect(change?.after).toMatchObject({ state: 'recurred', recurrences: 1 });
    }
  });

  it('opens a case of its own for another unit with the same wallet, and names the first', () => {
    const elsewhere = sighting({
      ip: '10.5.0.1',
      unitId: 'U5',
      marks: marks({ ips: ['10.5.0.1'], wallets: ['W1'] }),
    });
    const [change] = run({ cases: [settled()], sightings: [elsewhere] });
    expect(change).toMatchObject({ action: 'open', after: { caseId: 2, unitId: 'U5' } });
    expect(change?.detail.same_wallet_elsewhere).toEqual([1]);
  });

  it('enters the unit of a case once it is known whose the address is', () => {
    const ownerless = sampleCase({ unitId: null, state: 'referred' });
    const changes = run({ cases: [ownerless], sightings: [sighting()] });
    expect(told(changes)).toEqual(['1 join more-evidence referred']);
    expect(changes[0]?.after.unitId).toBe('U1');
    expect(run({ cases: apply([ownerless], changes), sightings: [sighting()] })).toEqual([]);
  });

  it('reopens what was closed as research once the registry no longer covers it', () => {
    const check = {
      method: 'inspection',
      finding: 'research',
      dateUs: START,
      machinesSealed: null,
      computersSealed: null,
      coins: [],
      notes: null,
    } as const;
    const closed = sampleCase({ state: 'closed', closedUs: CLAIMED, check });
    const changes = run({ cases: [closed], sightings: [sighting()] });
    expect(told(changes)).toEqual(['1 reopen registry-no-longer-covers open']);
    expect(run({ cases: [closed], sightings: [] })).toEqual([]);
  });

  it('watches a claim once there is data, and calls it rectified once it has held', () => {
    const claimed = settled({ state: 'claimed' });
    const inputs = [{ fromUs: START, toUs: CLAIMED + 15 * DAY }];
    expect(run({ cases: [claimed], inputs: [{ fromUs: START, toUs: CLAIMED }] })).toEqual([]);
    expect(told(run({ cases: [claimed], inputs, nowUs: CLAIMED + 5 * DAY }))).toEqual([
      '1 watch data-after-claim watch',
    ]);
    expect(told(run({ cases: [claimed], inputs, nowUs: CLAIMED + 15 * DAY }))).toEqual([
      '1 watch data-after-claim watch',
      '1 confirm quiet rectified',
    ]);
    const positivesOf = () => [{ fromUs: CLAIMED + 9 * DAY, toUs: CLAIMED + 9 * DAY }];
    expect(told(run({ cases: [claimed], inputs, positivesOf, nowUs: CLAIMED + 15 * DAY }))).toHaveLength(1);
  });
});
