import type { PacketExcerpt } from '../../model/evidence-log.js';
import type { Database } from './open.js';
import { integer, parsed, real } from './values.js';

/** Sessions of one address and input whose frames are kept; the heaviest stay. */
const MAX_EXCERPTS = 4;

interface ExcerptRow {
  readonly session: string;
  readonly rules: string;
  readonly weight: number;
  readonly first_us: number;
  readonly last_us: number;
  readonly frames: number;
  readonly pcapng: Buffer;
}

/** Decisive frames of sessions, each a capture of its own, by the input they were read from. */
export class PacketExcerpts {
  readonly #upsert;
  readonly #trim;
  readonly #load;
  readonly #forget;

  constructor(db: Database) {
    this.#upsert = db.prepare<unknown[]>(
      // What goes on after a restart has lost its beginning: the fuller excerpt stays.
      `INSERT INTO packet_excerpts (input_id, ip_id, session, rules, weight, first_us, last_us, frames, pcapng)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (input_id, ip_id, session) DO UPDATE SET rules = excluded.rules, weight = excluded.weight,
         first_us = excluded.first_us, last_us = excluded.last_us, frames = excluded.frames, pcapng = excluded.pcapng
       WHERE excluded.frames >= packet_excerpts.frames`,
    );
    this.#trim = db.prepare<[number, number, number, number, number]>(
      `DELETE FROM packet_excerpts WHERE input_id = ? AND ip_id = ? AND session NOT IN
         (SELECT session FROM packet_excerpts WHERE input_id = ? AND ip_id = ?
          ORDER BY weight DESC, first_us, session LIMIT ?)`,
    );
    this.#load = db.prepare<[string, number], ExcerptRow>(
      `SELECT session, rules, weight, packet_excerpts.first_us, packet_excerpts.last_us, frames, pcapng
       FROM packet_excerpts JOIN addresses USING (ip_id) JOIN inputs USING (input_id)
       WHERE ip = ? AND state <> 'open'
       ORDER BY weight DESC, packet_excerpts.first_us, session, input_id LIMIT ?`,
    );
    this.#forget = db.prepare<[number]>('DELETE FROM packet_excerpts WHERE input_id = ?');
  }

  save(inputId: number, ipId: number, excerpt: PacketExcerpt): void {
    const { session, rules, weight, firstUs, lastUs, frames, pcapng } = excerpt;
    const times = [integer(firstUs), integer(lastUs)];
    this.#upsert.run(inputId, ipId, session, JSON.stringify(rules), real(weight), ...times, frames, pcapng);
    this.#trim.run(inputId, ipId, inputId, ipId, MAX_EXCERPTS);
  }

  /** Of an address, the heaviest first. */
  load(ip: string, limit: number): PacketExcerpt[] {
    return this.#load.all(ip, limit).map((row) => ({
      session: row.session,
      rules: parsed(row.rules),
      weight: row.weight,
      firstUs: row.first_us,
      lastUs: row.last_us,
      frames: row.frames,
      pcapng: row.pcapng,
    }));
  }

  drop(inputId: number): void {
    this.#forget.run(inputId);
  }
}
