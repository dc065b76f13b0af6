import type { Database } from './open.js';
import { integer } from './values.js';

export type RunState = 'complete' | 'interrupted';

export interface NewRun {
  readonly startedUs: number;
  /** Version of rigwatch. */
  readonly version: string;
  readonly rulesVersion: string;
  /** What the run was asked to do, for the record. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The run summary, of which only the duration is looked at here. */
export interface RunSummary {
  readonly seconds: number;
}

/** One row for each scan. */
export class Runs {
  readonly #begin;
  readonly #finish;

  constructor(db: Database) {
    this.#begin = db.prepare<[number, string, string, string]>(
      `INSERT INTO runs (started_us, version, rules_version, options, state) VALUES (?, ?, ?, ?, 'running')`,
    );
    this.#finish = db.prepare<[number, string, RunState, number]>(
      'UPDATE runs SET seconds = ?, summary = ?, state = ? WHERE run_id = ?',
    );
  }

  begin(run: NewRun): number {
    const options = JSON.stringify(run.options ?? {});
    return Number(
      this.#begin.run(integer(run.startedUs), run.version, run.rulesVersion, options).lastInsertRowid,
    );
  }

  finish(runId: number, summary: RunSummary, state: RunState): void {
    this.#finish.run(summary.seconds, JSON.stringify(summary), state, runId);
  }
}
