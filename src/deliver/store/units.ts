import type { RangeKind, Unit, UnitCategory, UnitRange } from '../../model/unit.js';
import type { Database } from './open.js';
import { integer, integerOrNull } from './values.js';

export interface StoredRange extends UnitRange {
  readonly rangeId: number;
}

/** What an import changes: units are taken over as they are, ranges added, ended or dropped by number. */
export interface UnitChanges {
  readonly units: readonly Unit[];
  readonly added: readonly UnitRange[];
  readonly ended: readonly { readonly rangeId: number; readonly toUs: number }[];
  readonly replaced: readonly number[];
}

interface UnitRow {
  readonly unit_id: string;
  readonly name: string;
  readonly category: string | null;
  readonly region_code: string | null;
  readonly region: string | null;
  readonly contacts: string | null;
}

type RangeRow = [
  number,
  string,
  string,
  string,
  number | null,
  number | null,
  number | null,
  number | null,
  string,
  string | null,
];

/** Ranges of one statement: half of the time of one each. */
const BATCH = 20;

const insertRanges = (count: number) =>
  `INSERT INTO unit_ranges (unit_id, first_ip, last_ip, from_us, to_us, port_from, port_to, kind, isp)
   VALUES ${Array(count).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`;

/** Units and their ranges. */
export class Units {
  readonly #upsert;
  readonly #all;
  readonly #any;
  readonly #insertRange;
  readonly #insertBatch;
  readonly #endRange;
  readonly #dropRange;
  readonly #ranges;
  readonly #assigned;
  readonly #assign;

  constructor(db: Database) {
    this.#upsert = db.prepare<unknown[]>(
      `INSERT INTO units (unit_id, name, category, region_code, region, contacts) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (unit_id) DO UPDATE SET name = excluded.name, category = coalesce(excluded.category, category),
         region_code = coalesce(excluded.region_code, region_code), region = coalesce(excluded.region, region),
         contacts = coalesce(excluded.contacts, contacts)`,
    );
    this.#all = db.prepare<[], UnitRow>('SELECT * FROM units ORDER BY unit_id');
    this.#any = db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM unit_ranges)').pluck();
    this.#insertRange = db.prepare<unknown[]>(insertRanges(1));
    this.#insertBatch = db.prepare<unknown[]>(insertRanges(BATCH));
    this.#endRange = db.prepare<[number, number]>('UPDATE unit_ranges SET to_us = ? WHERE range_id = ?');
    this.#dropRange = db.prepare<[number]>('DELETE FROM unit_ranges WHERE range_id = ?');
    this.#ranges = db
      .prepare<[], RangeRow>(
        `SELECT range_id, unit_id, first_ip, last_ip, from_us, to_us, port_from, port_to, kind, isp
         FROM unit_ranges ORDER BY range_id`,
      )
      .raw();
    this.#assigned = db.prepare<[], { ip_id: number; ip: string; last_us: number; unit_id: string | null }>(
      'SELECT ip_id, ip, last_us, unit_id FROM verdicts ORDER BY ip_id',
    );
    this.#assign = db.prepare<[string | null, number]>('UPDATE verdicts SET unit_id = ? WHERE ip_id = ?');
  }

  hasRanges(): boolean {
    return this.#any.get() === 1;
  }

  units(): Unit[] {
    return this.#all.all().map((row) => ({
      id: row.unit_id,
      name: row.name,
      // Written by save() alone, from a UnitCategory.
      category: row.category as UnitCategory | null,
      regionCode: row.region_code,
      region: row.region,
      contacts: row.contacts,
    }));
  }

  ranges(): StoredRange[] {
    const ranges: StoredRange[] = [];
    for (const [
      rangeId,
      unitId,
      first,
      last,
      fromUs,
      toUs,
      portFrom,
      portTo,
      kind,
      isp,
    ] of this.#ranges.iterate())
      ranges.push({
        rangeId,
        unitId,
        first,
        last,
        fromUs,
        toUs,
        portFrom,
        portTo,
        // The schema allows nothing else.
        kind: kind as RangeKind,
        isp,
      });
    return ranges;
  }

  save({ units, added, ended, replaced }: UnitChanges): void {
    for (const unit of units)
      this.#upsert.run(unit.id, unit.name, unit.category, unit.regionCode, unit.region, unit.contacts);
    for (const rangeId of replaced) this.#dropRange.run(rangeId);
    for (const { rangeId, toUs } of ended) this.#endRange.run(integer(toUs), rangeId);
    const whole = added.length - (added.length % BATCH);
    for (let at = 0; at < whole; at += BATCH) this.#insertBatch.run(valuesOf(added, at, at + BATCH));
    for (let at = whole; at < added.length; at++) this.#insertRange.run(valuesOf(added, at, at + 1));
  }

  /** Gives every verdict its owner anew; returns how many changed hands. */
  assign(ownerAt: (ip: string, timeUs: number) => string | null): number {
    const changes: [string | null, number][] = [];
    // All rows first: `ownerAt` may ask the database too.
    for (const { ip_id, ip, last_us, unit_id } of this.#assigned.all()) {
      const owner = ownerAt(ip, last_us);
      if (owner !== unit_id) changes.push([owner, ip_id]);
    }
    for (const change of changes) this.#assign.run(...change);
    return changes.length;
  }
}

function valuesOf(ranges: readonly UnitRange[], start: number, end: number): unknown[] {
  const values: unknown[] = [];
  for (let at = start; at < end; at++) {
    const { unitId, first, last, fromUs, toUs, portFrom, portTo, kind, isp } = ranges[at] as UnitRange;
    values.push(unitId, first, last, integerOrNull(fromUs), integerOrNull(toUs), portFrom, portTo, kind, isp);
  }
  return values;
}
