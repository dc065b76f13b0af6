import { parseTime } from '../../base/time.js';
import type { EvidenceTable } from './evidence.js';
import type { Nodes } from './nodes.js';
import type { Database } from './open.js';
import type { PacketExcerpts } from './packet-excerpts.js';
import type { Sessions } from './sessions.js';
import { integer, integerOrNull } from './values.js';

/** `partial`: reading was stopped; the next scan of the same content replaces it. */
export type InputState = 'partial' | 'complete';

/** What is known of an input before it is read. */
export interface NewInput {
  /** The same for the same bytes, whatever the file is called. */
  readonly contentId: string;
  readonly path: string;
  readonly rulesVersion: string;
}

/** What is known once it was read: an entry of `inputs` in the run summary. Times are ISO 8601. */
export interface InputSummary {
  readonly sha256: string | null;
  readonly format: string | null;
  readonly first: string | null;
  readonly last: string | null;
}

export interface StoredInput extends NewInput {
  readonly inputId: number;
  readonly state: InputState;
  readonly sha256: string | null;
  readonly format: string | null;
  readonly size: number | null;
  readonly firstUs: number | null;
  readonly lastUs: number | null;
}

/**
 * Inputs, identified by content. One that is read to its end is `open` while it is written, and finishing it puts
 * its facts in the place of those of an earlier scan of the same content. All in one transaction: at any moment either
 * the old facts are seen or the new ones.
 */
export class Inputs {
  readonly #sessions: Sessions;
  readonly #evidence: EvidenceTable;
  readonly #nodes: Nodes;
  readonly #excerpts: PacketExcerpts;
  readonly #find;
  readonly #open;
  readonly #close;
  readonly #goOn;
  readonly #summary;
  readonly #delete;
  readonly #markStale;

  constructor(
    db: Database,
    tables: { sessions: Sessions; evidence: EvidenceTable; nodes: Nodes; excerpts: PacketExcerpts },
  ) {
    this.#sessions = tables.sessions;
    this.#evidence = tables.evidence;
    this.#nodes = tables.nodes;
    this.#excerpts = tables.excerpts;
    this.#find = db.prepare<[string], StoredInput>(
      `SELECT input_id AS inputId, content_id AS contentId, path, rules_version AS rulesVersion, state, sha256, format, size,
         first_us AS firstUs, last_us AS lastUs
       FROM inputs WHERE content_id = ? AND state <> 'open'`,
    );
    this.#open = db.prepare<[number, string, string, string]>(
      `INSERT INTO inputs (run_id, content_id, path, rules_version, state) VALUES (?, ?, ?, ?, 'open')`,
    );
    this.#close = db.prepare<unknown[]>(
      `UPDATE inputs SET sha256 = ?, format = ?, size = ?, first_us = ?, last_us = ?, summary = ?, state = ?
       WHERE input_id = ?`,
    );
    this.#goOn = db.prepare<[number, string, string, string]>(
      `INSERT INTO inputs (run_id, content_id, path, rules_version, state) VALUES (?, ?, ?, ?, 'partial')
       ON CONFLICT (content_id) WHERE state <> 'open' DO UPDATE SET run_id = excluded.run_id,
         path = excluded.path, rules_version = excluded.rules_version, state = 'partial'`,
    );
    this.#summary = db
      .prepare<[number], string | null>('SELECT summary FROM inputs WHERE input_id = ?')
      .pluck();
    this.#delete = db.prepare<[number]>('DELETE FROM inputs WHERE input_id = ?');
    this.#markStale = db.prepare<[number, number]>(
      `UPDATE addresses SET is_stale = 1 WHERE is_stale = 0 AND ip_id IN
         (SELECT ip_id FROM evidence WHERE input_id = ? UNION SELECT ip_id FROM sightings WHERE input_id = ?)`,
    );
  }

  find(contentId: string): StoredInput | null {
    return this.#find.get(contentId) ?? null;
  }

  begin(runId: number, input: NewInput): number {
    return Number(this.#open.run(runId, input.contentId, input.path, input.rulesVersion).lastInsertRowid);
  }

  /** An input that is never finished, and whose facts are seen at once. Goes on where an earlier run left it. */
  goOn(runId: number, input: NewInput): number {
    this.#goOn.run(runId, input.contentId, input.path, input.rulesVersion);
    return this.find(input.contentId)?.inputId ?? 0;
  }

  /** What note() or finish() said last, as JSON; null where nothing was said. */
  summary(inputId: number): string | null {
    return this.#summary.get(inputId) ?? null;
  }

  /** What is known of an unfinished input so far. */
  note(inputId: number, summary: InputSummary, size: number): void {
    this.#close.run(
      summary.sha256,
      summary.format,
      integer(size),
      timeOf(summary.first),
      timeOf(summary.last),
      JSON.stringify(summary),
      'partial',
      inputId,
    );
  }

  /** A scan that was stopped does not take the place of one that was complete: it is then forgotten. */
  finish(
    inputId: number,
    contentId: string,
    { summary, size, state }: { summary: InputSummary; size: number | null; state: InputState },
  ): void {
    const before = this.find(contentId);
    if (state === 'partial' && before?.state === 'complete') {
      this.#drop(inputId);
      return;
    }
    if (before !== null) {
      this.#markStale.run(before.inputId, before.inputId);
      this.#drop(before.inputId);
    }
    this.#close.run(
      summary.sha256,
      summary.format,
      integerOrNull(size),
      timeOf(summary.first),
      timeOf(summary.last),
      JSON.stringify(summary),
      state,
      inputId,
    );
    this.#sessions.publish(inputId);
    this.#markStale.run(inputId, inputId);
  }

  #drop(inputId: number): void {
    this.#evidence.drop(inputId);
    this.#sessions.drop(inputId);
    this.#nodes.drop(inputId);
    this.#excerpts.drop(inputId);
    this.#delete.run(inputId);
  }
}

function timeOf(text: string | null): number | null {
  const timeUs = text === null ? null : parseTime(text);
  return timeUs === null ? null : integer(timeUs);
}
