import type { Case, CaseAction, CaseCheck, CaseReferral, CaseState } from '../../model/case.js';

/** From where each action may be taken, and where it leads; null: it stays where it is. */
const TRANSITIONS: Readonly<
  Record<CaseAction, { readonly from: readonly CaseState[]; readonly to: CaseState | null }>
> = {
  open: { from: [], to: 'open' },
  refer: { from: ['open', 'referred', 'recurred'], to: 'referred' },
  result: { from: ['open', 'referred', 'inspected', 'recurred'], to: 'inspected' },
  rectify: { from: ['inspected', 'claimed'], to: 'claimed' },
  watch: { from: ['claimed'], to: 'watch' },
  confirm: { from: ['watch'], to: 'rectified' },
  recur: { from: ['claimed', 'watch', 'rectified', 'closed'], to: 'recurred' },
  reopen: { from: ['rectified', 'closed'], to: 'open' },
  close: {
    from: ['open', 'referred', 'inspected', 'claimed', 'watch', 'rectified', 'recurred'],
    to: 'closed',
  },
  note: {
    from: ['open', 'referred', 'inspected', 'claimed', 'watch', 'rectified', 'recurred', 'closed'],
    to: null,
  },
  join: {
    from: ['open', 'referred', 'inspected', 'claimed', 'watch', 'rectified', 'recurred', 'closed'],
    to: null,
  },
};

/** Being worked on: new evidence of the same miner belongs to it as it is. */
export const ONGOING: readonly CaseState[] = ['open', 'referred', 'inspected', 'recurred'];

/** The state that an action leads to, or null where it may not be taken. */
export function nextState(state: CaseState, action: CaseAction): CaseState | null {
  const { from, to } = TRANSITIONS[action];
  return from.includes(state) ? (to ?? state) : null;
}

/** What may be done in a state, for the message that refuses the rest. */
export function actionsFrom(state: CaseState): CaseAction[] {
  return (Object.keys(TRANSITIONS) as CaseAction[]).filter((action) => nextState(state, action) !== null);
}

/** What an action brings along. */
export interface ActionData {
  readonly referral?: CaseReferral;
  readonly check?: CaseCheck;
  /** End of the day of the claim. */
  readonly claimedUs?: number;
}

/** The case after the action; null where it may not be taken. Pure: `atUs` is when it is done. */
export function act(one: Case, action: CaseAction, atUs: number, data: ActionData = {}): Case | null {
  const state = nextState(one.state, action);
  if (state === null) return null;
  return {
    ...one,
    state,
    recurrences: one.recurrences + (action === 'recur' ? 1 : 0),
    referral: data.referral ?? one.referral,
    check: data.check ?? one.check,
    claimedUs: data.claimedUs ?? one.claimedUs,
    closedUs: closedAfter(action, atUs, one),
  };
}

function closedAfter(action: CaseAction, atUs: number, { closedUs }: Case): number | null {
  if (action === 'close') return atUs;
  return action === 'recur' || action === 'reopen' ? null : closedUs;
}

/** Facts up to here were dealt with: what is newer speaks against the claim, or the closing. */
export function settledUntil({ state, claimedUs, closedUs }: Case): number {
  if (state === 'closed') return closedUs ?? Number.POSITIVE_INFINITY;
  return claimedUs ?? Number.POSITIVE_INFINITY;
}

export function isOverdue({ state, referral }: Case, nowUs: number): boolean {
  return state === 'referred' && referral?.deadlineUs != null && referral.deadlineUs <= nowUs;
}

/** 0 none, 1 reminder, 2 escalation, 3 the list of the supervising body. */
export function repeatLevel({ recurrences }: Case): 0 | 1 | 2 | 3 {
  return ([0, 1, 2] as const)[recurrences] ?? 3;
}
