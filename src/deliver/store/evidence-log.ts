import type { LogHead } from '../../model/evidence-log.js';
import type { Addresses } from './addresses.js';
import { guarded } from './failures.js';
import type { Database } from './open.js';
import { integer } from './values.js';

/** An input that evidence of an address was found in. */
export interface EvidenceSource {
  readonly path: string;
  readonly contentId: string;
  readonly sha256: string | null;
  readonly format: string | null;
  readonly bytes: number | null;
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  readonly rulesVersion: string;
  readonly state: string;
  /** The run summary's entry, JSON; null where there is none yet. */
  readonly summary: string | null;
}

/** A head, and when it was written. */
export interface StoredHead extends LogHead {
  /** SHA-256 of the public key, hex. */
  readonly key: string;
  readonly atUs: number;
}

/**
 * What the database knows of the evidence log, which is a file beside it: what is still to be logged, what was logged of
 * an address last, and every head. Heads are only ever added: triggers refuse the rest.
 */
export class EvidenceLogTable {
  readonly #path: string;
  readonly #addresses: Addresses;
  readonly #due;
  readonly #settle;
  readonly #logged;
  readonly #saveLogged;
  readonly #heads;
  readonly #addHead;
  readonly #sources;

  constructor(db: Database, path: string, addresses: Addresses) {
    this.#path = path;
    this.#addresses = addresses;
    this.#due = db
      .prepare<[number], string>(
        'SELECT ip FROM evidence_due JOIN addresses USING (ip_id) ORDER BY ip_id LIMIT ?',
      )
      .pluck();
    this.#settle = db.prepare<[number]>('DELETE FROM evidence_due WHERE ip_id = ?');
    this.#logged = db
      .prepare<[string], string>(
        'SELECT state FROM evidence_logged JOIN addresses USING (ip_id) WHERE ip = ?',
      )
      .pluck();
    this.#saveLogged = db.prepare<[number, string]>(
      'INSERT OR REPLACE INTO evidence_logged (ip_id, state) VALUES (?, ?)',
    );
    this.#heads = db.prepare<[number], StoredHead>(
      `SELECT log_id AS log, seq, hash, key_id AS key, at_us AS atUs FROM evidence_heads
       ORDER BY head_id DESC LIMIT ?`,
    );
    this.#addHead = db.prepare<unknown[]>(
      'INSERT INTO evidence_heads (log_id, seq, hash, key_id, at_us) VALUES (?, ?, ?, ?, ?)',
    );
    this.#sources = db.prepare<[string, number], EvidenceSource>(
      `SELECT path, content_id AS contentId, sha256, format, size AS bytes, first_us AS firstUs, last_us AS lastUs,
         rules_version AS rulesVersion, state, summary
       FROM inputs WHERE state <> 'open' AND input_id IN
         (SELECT input_id FROM evidence JOIN addresses USING (ip_id) WHERE ip = ?)
       ORDER BY first_us, input_id LIMIT ?`,
    );
  }

  /** Addresses whose verdict was worked out since it was last looked at for the log. */
  due(limit: number): string[] {
    return guarded(this.#path, () => this.#due.all(limit));
  }

  /** What was logged of an address last, in the words of whoever logs; null: nothing. */
  logged(ip: string): string | null {
    return guarded(this.#path, () => this.#logged.get(ip) ?? null);
  }

  saveLogged(ip: string, state: string): void {
    guarded(this.#path, () => this.#saveLogged.run(this.#addresses.idOf(ip), state));
  }

  settle(ips: readonly string[]): void {
    guarded(this.#path, () => {
      for (const ip of ips) this.#settle.run(this.#addresses.idOf(ip));
    });
  }

  /** The latest first. */
  heads(limit: number): StoredHead[] {
    return guarded(this.#path, () => this.#heads.all(limit));
  }

  addHead({ log, seq, hash, key, atUs }: StoredHead): void {
    guarded(this.#path, () => this.#addHead.run(log, seq, hash, key, integer(atUs)));
  }

  sources(ip: string, limit: number): EvidenceSource[] {
    return guarded(this.#path, () => this.#sources.all(ip, limit));
  }
}
