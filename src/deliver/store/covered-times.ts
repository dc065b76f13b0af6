import type { Database } from './open.js';

export interface CoveredTime {
  readonly fromUs: number;
  readonly toUs: number;
}

interface InputTimes extends CoveredTime {
  readonly isLive: 0 | 1;
}

interface WatchRun {
  readonly startedUs: number;
  /** Null: it runs still, or it was killed. */
  readonly seconds: number | null;
}

/**
 * When somebody looked. A file: from its first packet to its last. A live input has one row for all the time it was ever
 * watched: of that, the times in which a watch ran. When one that was killed had ended is not known: it counts for
 * nothing, unless it is the last, which then lasted as long as its data.
 */
export function coveredTimes(db: Database): CoveredTime[] {
  const inputs = db
    .prepare<[], InputTimes>(
      `SELECT first_us AS fromUs, last_us AS toUs, content_id LIKE 'live %' AS isLive FROM inputs
       WHERE state <> 'open' AND first_us IS NOT NULL AND last_us IS NOT NULL ORDER BY first_us`,
    )
    .all();
  const runs = db
    .prepare<[], WatchRun>(
      `SELECT started_us AS startedUs, seconds FROM runs WHERE json_extract(options, '$.watch') IS NOT NULL
       ORDER BY started_us`,
    )
    .all();
  return inputs
    .flatMap((input) => (input.isLive === 1 ? watched(input, runs) : [input]))
    .map(({ fromUs, toUs }) => ({ fromUs, toUs }));
}

function watched({ fromUs, toUs }: CoveredTime, runs: readonly WatchRun[]): CoveredTime[] {
  return runs.flatMap(({ startedUs, seconds }, at) => {
    if (seconds === null && at < runs.length - 1) return [];
    const endUs = seconds === null ? toUs : startedUs + seconds * 1e6;
    const both = { fromUs: Math.max(fromUs, startedUs), toUs: Math.min(toUs, endUs) };
    return both.fromUs < both.toUs ? [both] : [];
  });
}
