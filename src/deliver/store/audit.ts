import type { CaseEvent } from '../../model/case.js';
import type { Database } from './open.js';
import { integer, parsed } from './values.js';

/** Who does something, when and why; what it is done to and what changes is added by whoever does it. */
export type NewEvent = Omit<CaseEvent, 'eventId'>;

interface AuditRow {
  readonly event_id: number;
  readonly at_us: number;
  readonly actor: string;
  readonly subject: string;
  readonly action: string;
  readonly why: string;
  readonly detail: string;
}

/** The trail of what was done to cases, units and the registry. Rows are only ever added: triggers refuse the rest. */
export class Audit {
  readonly #insert;
  readonly #load;
  readonly #referrals;

  constructor(db: Database) {
    this.#insert = db.prepare<unknown[]>(
      'INSERT INTO audit (at_us, actor, subject, action, why, detail) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#load = db.prepare<[string], AuditRow>('SELECT * FROM audit WHERE subject = ? ORDER BY event_id');
    this.#referrals = db.prepare<[], AuditRow>(
      `SELECT * FROM audit WHERE action = 'refer' AND json_extract(detail, '$.package') IS NOT NULL ORDER BY event_id`,
    );
  }

  add({ atUs, actor, subject, action, why, detail }: NewEvent): void {
    this.#insert.run(integer(atUs), actor, subject, action, why, JSON.stringify(detail));
  }

  of(subject: string): CaseEvent[] {
    return this.#load.all(subject).map(toEvent);
  }

  /** Of cases that a package was handed over for. */
  referrals(): CaseEvent[] {
    return this.#referrals.all().map(toEvent);
  }
}

function toEvent(row: AuditRow): CaseEvent {
  return {
    eventId: row.event_id,
    atUs: row.at_us,
    actor: row.actor,
    subject: row.subject,
    action: row.action,
    why: row.why,
    detail: parsed(row.detail),
  };
}
