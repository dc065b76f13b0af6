import { UsageError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import type { NewEvent, Store, StoredChange } from '../../deliver/store/index.js';
import { type CaseChange, followUp } from '../../detect/cases/follow-up.js';
import { marksOf } from '../../detect/cases/identity.js';
import { type ActionData, act, actionsFrom, ONGOING } from '../../detect/cases/states.js';
import type { RuleSet } from '../../detect/rules/index.js';
import type { Case, CaseAction, CaseState } from '../../model/case.js';
import type { Register } from './register.js';
import { positivesOf, Sightings } from './sightings.js';

/** The actor where a rule does something, not a person; and what only rules do. */
const RULE_ACTOR = 'rigwatch';
const RULE_ACTIONS: ReadonlySet<CaseAction> = new Set(['watch', 'confirm', 'recur', 'join']);

/**
 * Brings the cases up to date with the stored verdicts (detect/cases/follow-up.ts says how) and stores what changed, in
 * one transaction. Run again with nothing new, it changes nothing.
 */
export function updateCases(
  store: Store,
  rules: RuleSet,
  register: Register | null,
  nowUs: number,
): readonly CaseChange[] {
  const sightings = new Sightings(store, rules, register);
  const changes = followUp({
    cases: store.office.cases(),
    sightings: [...sightings.all()],
    judgeSince: (sighting, sinceUs) => sightings.since(sighting, sinceUs),
    positivesOf: (address) => positivesOf(address, store, register),
    inputs: store.coveredTimes(),
    nowUs,
    nextCaseId: store.office.nextCaseId(),
  });
  store.office.saveCases(changes.map((change) => ({ ...change, event: eventOf(change, nowUs) })));
  return changes;
}

function eventOf({ action, after, reason, detail, before }: CaseChange, atUs: number): NewEvent {
  return {
    atUs,
    actor: RULE_ACTOR,
    subject: `case ${after.caseId}`,
    action,
    why: reason,
    detail: { ...detail, from: before?.state ?? null, to: after.state },
  };
}

/** Who does something, when, and why. */
export interface Deed {
  readonly actor: string;
  readonly atUs: number;
  readonly why: string;
}

export type CaseStep = StoredChange & { readonly event: NewEvent };

/** The states of a case in words. */
export const STATE_PHRASES: Readonly<Record<CaseState, Phrase>> = {
  open: phrase`open`,
  referred: phrase`referred`,
  inspected: phrase`inspected`,
  claimed: phrase`claimed`,
  watch: phrase`watch`,
  rectified: phrase`rectified`,
  recurred: phrase`recurred`,
  closed: phrase`closed`,
};

/** One step of a person; throws UsageError where the case is not in a state that allows it. */
export function stepOf(one: Case, action: CaseAction, deed: Deed, data: ActionData = {}): CaseStep {
  const after = act(one, action, deed.atUs, data);
  if (after === null) {
    const allowed = actionsFrom(one.state).filter((name) => !RULE_ACTIONS.has(name));
    throw new UsageError(
      'case-action',
      phrase`case ${one.caseId} is ${STATE_PHRASES[one.state]}: expected one of ${allowed}, found ${action}`,
    );
  }
  return {
    before: one,
    after,
    event: {
      ...deed,
      subject: `case ${one.caseId}`,
      action,
      detail: { from: one.state, to: after.state, ...data },
    },
  };
}

/** Opens a case on an address by a person's decision, whatever the level of its verdict. */
export function openOn(store: Store, ip: string, deed: Deed): CaseStep {
  const verdict = store.loadVerdict(ip);
  if (verdict === null)
    throw new UsageError('case-no-verdict', phrase`${ip}: expected an address with a verdict`);
  const unitId = verdict.unit?.id ?? null;
  const ongoing = store.office
    .cases()
    .find((one) => ONGOING.includes(one.state) && one.unitId === unitId && one.marks.ips.includes(ip));
  if (ongoing !== undefined)
    throw new UsageError(
      'case-exists',
      phrase`${ip}: case ${ongoing.caseId} is already ${STATE_PHRASES[ongoing.state]}`,
    );
  const after: Case = {
    caseId: store.office.nextCaseId(),
    unitId,
    state: 'open',
    openedUs: deed.atUs,
    recurrences: 0,
    marks: marksOf(verdict),
    referral: null,
    check: null,
    claimedUs: null,
    closedUs: null,
  };
  return {
    before: null,
    after,
    event: {
      ...deed,
      subject: `case ${after.caseId}`,
      action: 'open',
      detail: { from: null, to: 'open', marks: after.marks },
    },
  };
}
