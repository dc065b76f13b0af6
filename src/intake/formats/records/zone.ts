import { MAX_ZONE_ENTRIES } from './limits.js';

const QUARTER_HOUR_SECONDS = 900;
const DAY_SECONDS = 86400;

/** Throws RangeError on a name that is neither UTC nor an IANA name. */
export function assertZone(name: string | undefined): void {
  if (name !== undefined && name !== 'UTC') new Intl.DateTimeFormat('en-US', { timeZone: name });
}

/** Local clock time to UTC. Offsets change on quarter hours, so one lookup serves all times of a quarter. */
export class Zone {
  /** The day parsed last, as YYYYMMDD, and its local seconds. */
  dayKey = 0;
  daySeconds = 0;
  readonly #format: Intl.DateTimeFormat | null;
  readonly #offsets = new Map<number, number>();
  #lastQuarter = Number.NaN;
  #lastOffset = 0;

  /** `name`: an IANA name or `UTC`; the system's zone where left out. Throws RangeError on an unknown name. */
  constructor(name?: string) {
    this.#format =
      name === 'UTC'
        ? null
        : new Intl.DateTimeFormat('en-US', {
            ...(name === undefined ? {} : { timeZone: name }),
            hourCycle: 'h23',
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            second: 'numeric',
          });
  }

  /** Seconds to subtract from a local time (counted as if it were UTC) to have the epoch time; NaN of what is no time. */
  offsetSeconds(localSeconds: number): number {
    const quarter = Math.floor(localSeconds / QUARTER_HOUR_SECONDS);
    if (quarter === this.#lastQuarter) return this.#lastOffset;
    if (Number.isNaN(quarter)) return Number.NaN;
    this.#lastQuarter = quarter;
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      offset = this.#find(quarter * QUARTER_HOUR_SECONDS);
      if (this.#offsets.size >= MAX_ZONE_ENTRIES) this.#offsets.clear();
      this.#offsets.set(quarter, offset);
    }
    this.#lastOffset = offset;
    return offset;
  }

  /** An hour that occurs twice is taken as its first, one that never occurs as the hour before the change. */
  #find(localSeconds: number): number {
    if (this.#format === null) return 0;
    const before = this.#offsetAt(localSeconds - DAY_SECONDS);
    const after = this.#offsetAt(localSeconds + DAY_SECONDS);
    if (before === after) return before;
    return this.#offsetAt(localSeconds - before) === before ? before : after;
  }

  #offsetAt(epochSeconds: number): number {
    const parts = this.#format?.formatToParts(epochSeconds * 1000) ?? [];
    const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return Number.isFinite(local) ? local / 1000 - epochSeconds : 0;
  }
}
