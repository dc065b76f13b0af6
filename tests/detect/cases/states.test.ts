import { describe, expect, it } from 'vitest';
import {
  act,
  actionsFrom,
  isOverdue,
  nextState,
  repeatLevel,
  settledUntil,
} from '../../../src/detect/cases/states.js';
import {
  CASE_ACTIONS,
  CASE_STATES,
  type Case,
  type CaseAction,
  type CaseState,
} from '../../../src/model/case.js';
import { sampleCase } from './samples.js';

/** The whole table, written out: what is not here is refused. */
const ALLOWED: Readonly<Record<CaseState, Partial<Record<CaseAction, CaseState>>>> = {
  open: { refer: 'referred', result: 'inspected', close: 'closed', note: 'open', join: 'open' },
  referred: { refer: 'referred', result: 'inspected', close: 'closed', note: 'referred', join: 'referred' },
  inspected: {
    result: 'inspected',
    rectify: 'claimed',
    close: 'closed',
    note: 'inspected',
    join: 'inspected',
  },
  claimed: {
    rectify: 'claimed',
    watch: 'watch',
    recur: 'recurred',
    close: 'closed',
    note: 'claimed',
    join: 'claimed',
  },
  watch: { confirm: 'rectified', recur: 'recurred', close: 'closed', note: 'watch', join: 'watch' },
  rectified: { recur: 'recurred', reopen: 'open', close: 'closed', note: 'rectified', join: 'rectified' },
  recurred: { refer: 'referred', result: 'inspected', close: 'closed', note: 'recurred', join: 'recurred' },
  closed: { recur: 'recurred', reopen: 'open', note: 'closed', join: 'closed' },
};

describe('the states of a case', () => {
  it.each(CASE_STATES.flatMap((state) => CASE_ACTIONS.map((action) => ({ state, action }))))(
    '$state, $action',
    ({ state, action }) => {
      const expected = ALLOWED[state][action] ?? null;
      expect(nextState(state, action)).toBe(expected);
      expect(act(sampleCase({ state }), action, 5)?.state ?? null).toBe(expected);
      expect(actionsFrom(state).includes(action)).toBe(expected !== null);
    },
  );

  it('carry what an action brings, and when', () => {
    const one = sampleCase({ state: 'inspected' });
    const claimed = act(one, 'rectify', 9, { claimedUs: 100 }) as Case;
    expect(claimed).toEqual({ ...one, state: 'claimed', claimedUs: 100 });
    expect(settledUntil(claimed)).toBe(100);
    const recurred = act(claimed, 'recur', 200) as Case;
    expect(recurred.recurrences).toBe(1);
    const closed = act(recurred, 'close', 300) as Case;
    expect(closed.closedUs).toBe(300);
    expect(settledUntil(closed)).toBe(300);
    expect((act(closed, 'reopen', 400) as Case).closedUs).toBeNull();
  });

  it('count repeats as reminder, escalation and list', () => {
    const levels = [0, 1, 2, 3, 7].map((recurrences) => repeatLevel(sampleCase({ recurrences })));
    expect(levels).toEqual([0, 1, 2, 3, 3]);
  });

  it('are overdue only while an answer is awaited', () => {
    const referral = { document: 'D', dateUs: 0, deadlineUs: 100 };
    expect(isOverdue(sampleCase({ state: 'referred', referral }), 100)).toBe(true);
    expect(isOverdue(sampleCase({ state: 'referred', referral }), 99)).toBe(false);
    expect(isOverdue(sampleCase({ state: 'inspected', referral }), 100)).toBe(false);
    expect(
      isOverdue(sampleCase({ state: 'referred', referral: { ...referral, deadlineUs: null } }), 100),
    ).toBe(false);
  });
});
