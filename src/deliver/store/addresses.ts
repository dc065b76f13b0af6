import type { Database } from './open.js';

/** Addresses whose number is remembered; past that the memory starts anew. */
const REMEMBERED = 262_144;

/** The numbers of addresses: an integer key makes everything else smaller and faster. */
export class Addresses {
  readonly #ids = new Map<string, number>();
  readonly #find;
  readonly #insert;

  constructor(db: Database) {
    this.#find = db.prepare<[string], number>('SELECT ip_id FROM addresses WHERE ip = ?').pluck();
    this.#insert = db.prepare<[string]>('INSERT INTO addresses (ip) VALUES (?)');
  }

  /** Forgets what was remembered: a rolled-back transaction takes its numbers with it. */
  forget(): void {
    this.#ids.clear();
  }

  find(ip: string): number | null {
    return this.#find.get(ip) ?? null;
  }

  /** The number of an address, given one if it has none. */
  idOf(ip: string): number {
    const known = this.#ids.get(ip);
    if (known !== undefined) return known;
    const id = this.#find.get(ip) ?? Number(this.#insert.run(ip).lastInsertRowid);
    if (this.#ids.size >= REMEMBERED) this.#ids.clear();
    this.#ids.set(ip, id);
    return id;
  }
}
