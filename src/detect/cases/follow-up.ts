import type { Case, CaseMarks } from '../../model/case.js';
import { type Interval, type QuietReport, quietSince } from './coverage.js';
import { likeness, mergeMarks, newMarks } from './identity.js';
import { act, ONGOING, settledUntil } from './states.js';

/** What was seen of a flagged address in the time of one owner. */
export interface Sighting {
  readonly ip: string;
  /** Null: nobody known. */
  readonly unitId: string | null;
  /** The owner had it at the time of its last evidence; false: it has moved on to another since. */
  readonly isCurrent: boolean;
  readonly marks: CaseMarks;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** Why a case was opened or changed; the catalogue has a sentence for each. */
export type FollowUpReason =
  | 'flagged'
  | 'same-ip-other-wallet'
  | 'other-miner'
  | 'more-evidence'
  | 'late-evidence'
  | 'new-evidence'
  | 'registry-no-longer-covers'
  | 'data-after-claim'
  | 'quiet';

export interface CaseChange {
  readonly action: 'open' | 'join' | 'recur' | 'reopen' | 'watch' | 'confirm';
  readonly before: Case | null;
  readonly after: Case;
  readonly reason: FollowUpReason;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface FollowUpInput {
  readonly cases: readonly Case[];
  /** Confirmed or probable now; an address of several owners has one for each. */
  readonly sightings: readonly Sighting[];
  /** The same judged on what was seen after `sinceUs` alone; null: that is neither confirmed nor probable. */
  readonly judgeSince: (sighting: Sighting, sinceUs: number) => Sighting | null;
  /** When positive items (of any weight) were seen of an address, that may be this unit's. */
  readonly positivesOf: (address: Pick<Sighting, 'ip' | 'unitId'>) => readonly Interval[];
  /** First and last times of all inputs. */
  readonly inputs: readonly Interval[];
  readonly nowUs: number;
  /** Number of the next new case. */
  readonly nextCaseId: number;
}

/**
 * Brings cases up to date with what is known, without a person: opens one for each flagged address that belongs to
 * none, joins evidence to those being worked on, tells what recurred after a claim, and what has held. Pure, and
 * repeated with the same facts it changes nothing more.
 */
export function followUp(input: FollowUpInput): CaseChange[] {
  const pass = new Pass(input);
  const order = [...input.sightings].sort(
    (a, b) => byText(a.ip, b.ip) || byText(a.unitId ?? '', b.unitId ?? ''),
  );
  for (const sighting of order) pass.see(sighting);
  pass.watchClaims();
  return pass.changes;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Cases of other units with the same wallet that a new case names. */
const MAX_ELSEWHERE = 100;

class Pass {
  readonly changes: CaseChange[] = [];
  readonly #input: FollowUpInput;
  readonly #cases = new Map<number, Case>();
  readonly #byOwner = new Map<string, number[]>();
  readonly #byWallet = new Map<string, number[]>();
  #nextCaseId: number;

  constructor(input: FollowUpInput) {
    this.#input = input;
    this.#nextCaseId = input.nextCaseId;
    for (const one of input.cases) this.#keep(one);
  }

  see(sighting: Sighting): void {
    const own = this.#casesOf(sighting);
    const ongoing = own.filter(({ state }) => ONGOING.includes(state));
    const settled = own.filter(
      (one) =>
        !ONGOING.includes(one.state) && (isOf(one, sighting) || likeness(one.marks, sighting.marks) !== null),
    );
    for (const one of settled) if (this.#recurs(one, sighting)) return;

    // What is newer than everything that was dealt with; with nothing dealt with, all of it.
    const untilUs = settled.reduce(
      (latest, one) => Math.max(latest, settledUntil(one)),
      Number.NEGATIVE_INFINITY,
    );
    const fresh = settled.length === 0 ? sighting : this.#since(sighting, untilUs);
    if (fresh === null) {
      const like = settled.find((one) => likeness(one.marks, sighting.marks) !== null);
      if (like !== undefined) this.#join(like, sighting, sighting.marks, own, 'late-evidence');
      return;
    }
    const its =
      ongoing.find((one) => likeness(one.marks, fresh.marks) !== null) ??
      ongoing.find((one) => one.state === 'open' || isOf(one, sighting));
    if (its === undefined) this.#open(sighting, fresh, own);
    else this.#join(its, sighting, fresh.marks, own, 'more-evidence');
  }

  /** Claims that have data after them are watched; watched ones that stayed quiet long enough have held. */
  watchClaims(): void {
    const { inputs, nowUs } = this.#input;
    for (const one of [...this.#cases.values()].sort((a, b) => a.caseId - b.caseId)) {
      const { claimedUs } = one;
      if (claimedUs === null || (one.state !== 'claimed' && one.state !== 'watch')) continue;
      let current = one;
      if (current.state === 'claimed') {
        if (!inputs.some(({ toUs }) => toUs > claimedUs)) continue;
        current = this.#change(current, 'watch', 'data-after-claim', {});
      }
      const quiet = quietOf(current, this.#input.positivesOf, inputs, nowUs);
      if (quiet?.isQuiet) this.#change(current, 'confirm', 'quiet', { ...quiet });
    }
  }

  /** The same miner after the claim or the closing; a case closed as research also when the registry no longer covers it. */
  #recurs(one: Case, sighting: Sighting): boolean {
    const isResearch = one.state === 'closed' && one.check?.finding === 'research';
    const seen = isResearch ? sighting : this.#since(sighting, settledUntil(one));
    if (seen === null) return false;
    const same = likeness(one.marks, seen.marks);
    if (same === null && !(isResearch && isOf(one, sighting))) return false;
    const { ip, firstUs, lastUs, marks } = seen;
    this.#change(
      { ...one, unitId: one.unitId ?? sighting.unitId, marks: mergeMarks(one.marks, marks) },
      isResearch ? 'reopen' : 'recur',
      isResearch ? 'registry-no-longer-covers' : 'new-evidence',
      { ip, same, first_us: firstUs, last_us: lastUs, marks: newMarks(one.marks, marks) },
      one,
    );
    return true;
  }

  #since(sighting: Sighting, untilUs: number): Sighting | null {
    return sighting.lastUs > untilUs ? this.#input.judgeSince(sighting, untilUs) : null;
  }

  /** Names that another case of the owner goes by stay with that one; an owner that was not known is entered. */
  #join(
    one: Case,
    { unitId }: Sighting,
    marks: CaseMarks,
    own: readonly Case[],
    reason: FollowUpReason,
  ): void {
    const others = own.filter(({ caseId }) => caseId !== one.caseId).map((other) => other.marks);
    const free = (key: 'wallets' | 'workers' | 'peers') =>
      marks[key].filter((value) => !others.some((other) => other[key].includes(value)));
    const joined = {
      ips: marks.ips,
      wallets: free('wallets'),
      workers: free('workers'),
      peers: free('peers'),
    };
    const added = newMarks(one.marks, joined);
    const isAdopted = one.unitId === null && unitId !== null;
    if (added === null && !isAdopted) return;
    const after = { ...one, unitId: one.unitId ?? unitId, marks: mergeMarks(one.marks, joined) };
    this.#change(after, 'join', reason, { ...(isAdopted ? { unit: unitId } : {}), marks: added }, one);
    if (isAdopted) push(this.#byOwner, `unit ${unitId}`, one.caseId);
  }

  #open(sighting: Sighting, fresh: Sighting, own: readonly Case[]): void {
    const sameIp = own.filter(({ marks }) => marks.ips.includes(sighting.ip)).map(({ caseId }) => caseId);
    const reason: FollowUpReason =
      sameIp.length > 0 ? 'same-ip-other-wallet' : own.length > 0 ? 'other-miner' : 'flagged';
    const elsewhere = fresh.marks.wallets
      .flatMap((wallet) => this.#byWallet.get(wallet) ?? [])
      .filter((id) => this.#cases.get(id)?.unitId !== sighting.unitId);
    const opened: Case = {
      caseId: this.#nextCaseId++,
      unitId: sighting.unitId,
      state: 'open',
      openedUs: this.#input.nowUs,
      recurrences: 0,
      marks: fresh.marks,
      referral: null,
      check: null,
      claimedUs: null,
      closedUs: null,
    };
    this.#keep(opened);
    this.changes.push({
      action: 'open',
      before: null,
      after: opened,
      reason,
      detail: {
        marks: fresh.marks,
        same_ip: sameIp,
        same_wallet_elsewhere: [...new Set(elsewhere)].sort((a, b) => a - b).slice(0, MAX_ELSEWHERE),
      },
    });
  }

  #change(
    one: Case,
    action: Exclude<CaseChange['action'], 'open'>,
    reason: FollowUpReason,
    detail: Readonly<Record<string, unknown>>,
    before: Case = one,
  ): Case {
    const after = act(one, action, this.#input.nowUs) ?? one;
    this.#cases.set(after.caseId, after);
    this.changes.push({ action, before, after, reason, detail });
    return after;
  }

  #keep(one: Case): void {
    this.#cases.set(one.caseId, one);
    const keys = one.unitId === null ? one.marks.ips.map((ip) => `ip ${ip}`) : [`unit ${one.unitId}`];
    for (const key of keys) push(this.#byOwner, key, one.caseId);
    for (const wallet of one.marks.wallets) push(this.#byWallet, wallet, one.caseId);
  }

  /** Cases of the unit; of its present owner those of the address too, from the time before it was known whose it is. */
  #casesOf({ ip, unitId, isCurrent }: Sighting): Case[] {
    const ids = new Set([
      ...(unitId === null ? [] : (this.#byOwner.get(`unit ${unitId}`) ?? [])),
      ...(isCurrent || unitId === null ? (this.#byOwner.get(`ip ${ip}`) ?? []) : []),
    ]);
    return [...ids].sort((a, b) => a - b).flatMap((id) => this.#cases.get(id) ?? []);
  }
}

function isOf({ marks }: Case, { ip }: Sighting): boolean {
  return marks.ips.includes(ip);
}

function push(lists: Map<string, number[]>, key: string, id: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}

/** How far the quiet of a claimed case has come; null where nothing was claimed. */
export function quietOf(
  { claimedUs, marks, unitId }: Case,
  positivesOf: FollowUpInput['positivesOf'],
  inputs: readonly Interval[],
  nowUs: number,
): QuietReport | null {
  if (claimedUs === null) return null;
  const positives = marks.ips.flatMap((ip) => positivesOf({ ip, unitId }));
  return quietSince(claimedUs, positives, inputs, nowUs);
}
