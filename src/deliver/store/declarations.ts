import type { Declaration } from '../../model/declaration.js';
import type { Database } from './open.js';
import { integer, integerOrNull, json, parsed } from './values.js';

interface DeclarationRow {
  readonly reference: string;
  readonly unit_id: string | null;
  readonly first_ip: string | null;
  readonly last_ip: string | null;
  readonly purpose: string;
  readonly approver: string;
  readonly from_us: number;
  readonly to_us: number | null;
  readonly coins: string;
  readonly max_miners: number | null;
  readonly hours_from: number | null;
  readonly hours_to: number | null;
  readonly utc_offset_minutes: number;
}

/** The registry of declared projects. */
export class Declarations {
  readonly #replace;
  readonly #all;
  readonly #end;

  constructor(db: Database) {
    this.#replace = db.prepare<unknown[]>(
      `INSERT OR REPLACE INTO declarations (reference, unit_id, first_ip, last_ip, purpose, approver, from_us, to_us, coins,
         max_miners, hours_from, hours_to, utc_offset_minutes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#all = db.prepare<[], DeclarationRow>('SELECT * FROM declarations ORDER BY reference');
    this.#end = db.prepare<[number, string]>('UPDATE declarations SET to_us = ? WHERE reference = ?');
  }

  all(): Declaration[] {
    return this.#all.all().map((row) => ({
      reference: row.reference,
      unitId: row.unit_id,
      range:
        row.first_ip === null || row.last_ip === null ? null : { first: row.first_ip, last: row.last_ip },
      purpose: row.purpose,
      approver: row.approver,
      fromUs: row.from_us,
      toUs: row.to_us,
      coins: parsed(row.coins),
      maxMiners: row.max_miners,
      hours:
        row.hours_from === null || row.hours_to === null ? null : { from: row.hours_from, to: row.hours_to },
      utcOffsetMinutes: row.utc_offset_minutes,
    }));
  }

  save(one: Declaration): void {
    this.#replace.run(
      one.reference,
      one.unitId,
      one.range?.first ?? null,
      one.range?.last ?? null,
      one.purpose,
      one.approver,
      integer(one.fromUs),
      integerOrNull(one.toUs),
      json(one.coins),
      one.maxMiners,
      one.hours?.from ?? null,
      one.hours?.to ?? null,
      one.utcOffsetMinutes,
    );
  }

  /** False where there is none of that reference. */
  end(reference: string, toUs: number): boolean {
    return this.#end.run(integer(toUs), reference).changes === 1;
  }
}
