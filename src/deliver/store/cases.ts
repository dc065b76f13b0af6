import type { Case, CaseMarks, CaseState, CheckMethod, Finding } from '../../model/case.js';
import type { Database } from './open.js';
import { integer, integerOrNull, json, parsed } from './values.js';

/** A case before and after a change; `before` null: a new one. */
export interface StoredChange {
  readonly before: Pick<Case, 'caseId' | 'state'> | null;
  readonly after: Case;
}

export interface CaseFilter {
  readonly states?: readonly CaseState[];
  readonly unit?: string;
}

interface CaseRow {
  readonly case_id: number;
  readonly unit_id: string | null;
  readonly state: string;
  readonly opened_us: number;
  readonly recurrences: number;
  readonly document: string | null;
  readonly referred_us: number | null;
  readonly deadline_us: number | null;
  readonly method: string | null;
  readonly finding: string | null;
  readonly checked_us: number | null;
  readonly machines_sealed: number | null;
  readonly computers_sealed: number | null;
  readonly coins: string;
  readonly notes: string | null;
  readonly claimed_us: number | null;
  readonly closed_us: number | null;
}

interface MarkRow {
  readonly case_id: number;
  readonly kind: 'ip' | 'wallet' | 'worker' | 'peer';
  readonly value: string;
}

const COLUMNS = `unit_id, state, opened_us, recurrences, document, referred_us, deadline_us, method, finding, checked_us,
  machines_sealed, computers_sealed, coins, notes, claimed_us, closed_us`;

/** Cases and the marks they are known again by. */
export class Cases {
  readonly #all;
  readonly #one;
  readonly #marks;
  readonly #marksOf;
  readonly #insert;
  readonly #update;
  readonly #insertMark;
  readonly #last;

  constructor(db: Database) {
    this.#all = db.prepare<[], CaseRow>('SELECT * FROM cases ORDER BY case_id');
    this.#one = db.prepare<[number], CaseRow>('SELECT * FROM cases WHERE case_id = ?');
    this.#marks = db.prepare<[], MarkRow>('SELECT * FROM case_marks ORDER BY case_id, kind, value');
    this.#marksOf = db.prepare<[number], MarkRow>(
      'SELECT * FROM case_marks WHERE case_id = ? ORDER BY kind, value',
    );
    this.#insert = db.prepare<unknown[]>(
      `INSERT INTO cases (case_id, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare<unknown[]>(
      `UPDATE cases SET (${COLUMNS}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE case_id = ? AND state = ?`,
    );
    this.#insertMark = db.prepare<[number, string, string]>(
      'INSERT OR IGNORE INTO case_marks (case_id, kind, value) VALUES (?, ?, ?)',
    );
    this.#last = db.prepare<[], number>('SELECT coalesce(max(case_id), 0) FROM cases').pluck();
  }

  nextId(): number {
    return (this.#last.get() ?? 0) + 1;
  }

  list({ states, unit }: CaseFilter): Case[] {
    const marks = new Map<number, MarkRow[]>();
    for (const mark of this.#marks.iterate()) {
      const list = marks.get(mark.case_id);
      if (list === undefined) marks.set(mark.case_id, [mark]);
      else list.push(mark);
    }
    return this.#all
      .all()
      .map((row) => toCase(row, marks.get(row.case_id) ?? []))
      .filter((one) => states === undefined || states.includes(one.state))
      .filter((one) => unit === undefined || one.unitId === unit);
  }

  load(caseId: number): Case | null {
    const row = this.#one.get(caseId);
    return row === undefined ? null : toCase(row, this.#marksOf.all(caseId));
  }

  /** False where the case is no longer in the state it was thought to be in: somebody else was faster. */
  save({ before, after }: StoredChange): boolean {
    const values = valuesOf(after);
    if (before === null) this.#insert.run(after.caseId, ...values);
    else if (this.#update.run(...values, before.caseId, before.state).changes !== 1) return false;
    const { ips, wallets, workers, peers } = after.marks;
    for (const value of ips) this.#insertMark.run(after.caseId, 'ip', value);
    for (const value of wallets) this.#insertMark.run(after.caseId, 'wallet', value);
    for (const value of workers) this.#insertMark.run(after.caseId, 'worker', value);
    for (const value of peers) this.#insertMark.run(after.caseId, 'peer', value);
    return true;
  }
}

function valuesOf(one: Case): unknown[] {
  const { referral, check } = one;
  return [
    one.unitId,
    one.state,
    integer(one.openedUs),
    one.recurrences,
    referral?.document ?? null,
    integerOrNull(referral?.dateUs),
    integerOrNull(referral?.deadlineUs),
    check?.method ?? null,
    check?.finding ?? null,
    integerOrNull(check?.dateUs),
    check?.machinesSealed ?? null,
    check?.computersSealed ?? null,
    json(check?.coins ?? []),
    check?.notes ?? null,
    integerOrNull(one.claimedUs),
    integerOrNull(one.closedUs),
  ];
}

function toCase(row: CaseRow, marks: readonly MarkRow[]): Case {
  return {
    caseId: row.case_id,
    unitId: row.unit_id,
    // The schema allows nothing else; finding and method are written by valuesOf() alone.
    state: row.state as CaseState,
    openedUs: row.opened_us,
    recurrences: row.recurrences,
    marks: toMarks(marks),
    referral:
      row.document === null || row.referred_us === null
        ? null
        : { document: row.document, dateUs: row.referred_us, deadlineUs: row.deadline_us },
    check:
      row.finding === null || row.checked_us === null
        ? null
        : {
            method: row.method as CheckMethod,
            finding: row.finding as Finding,
            dateUs: row.checked_us,
            machinesSealed: row.machines_sealed,
            computersSealed: row.computers_sealed,
            coins: parsed(row.coins),
            notes: row.notes,
          },
    claimedUs: row.claimed_us,
    closedUs: row.closed_us,
  };
}

function toMarks(rows: readonly MarkRow[]): CaseMarks {
  const of = (kind: MarkRow['kind']) => rows.filter((row) => row.kind === kind).map(({ value }) => value);
  return { ips: of('ip'), wallets: of('wallet'), workers: of('worker'), peers: of('peer') };
}
