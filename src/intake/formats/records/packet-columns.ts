import { MAX_SEQUENCE, type PacketSequence } from '../../../model/flow.js';
import { parseScaled } from './numbers.js';
import { parseTime } from './times.js';
import type { Zone } from './zone.js';

/** Which list a column holds. */
export const PacketColumn = { SIZES: 0, TIMES: 1, FLAGS: 2, DIRECTIONS: 3 } as const;
const LISTS = 4;
const BAR = 124;

/** Packets that a record lists in columns of their own, `[a|b|c]` (UniRec of CESNET's NEMEA). */
export class PacketColumns {
  readonly #zone: Zone;
  readonly #lists: number[][] = Array.from({ length: LISTS }, () => []);
  #isUsed = false;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  begin(): void {
    if (!this.#isUsed) return;
    for (const list of this.#lists) list.length = 0;
    this.#isUsed = false;
  }

  /** Takes the first MAX_SEQUENCE values of `[a|b|c]`; false where one does not fit. */
  set(column: number, bytes: Buffer, from: number, end: number): boolean {
    const list = this.#lists[column]!;
    this.#isUsed = true;
    list.length = 0;
    const close = end - 1;
    for (let at = from + 1; at < close && list.length < MAX_SEQUENCE; ) {
      let stop = at;
      while (stop < close && bytes[stop] !== BAR) stop++;
      const value =
        column === PacketColumn.TIMES
          ? parseTime(bytes, at, stop, 0, this.#zone)
          : parseScaled(bytes, at, stop, 1);
      if (Number.isNaN(value)) return false;
      list.push(value);
      at = stop + 1;
    }
    return true;
  }

  /** From the source positive; null where none were told, or the lists are not of one length. */
  sequence(): PacketSequence | null {
    if (!this.#isUsed) return null;
    const [sizes = [], times = [], flags = [], directions = []] = this.#lists;
    if (sizes.length === 0) return null;
    if (times.length !== sizes.length || directions.length !== sizes.length) return null;
    return {
      timesUs: [...times],
      sizes: sizes.map((size, index) => (directions[index]! < 0 ? -size : size)),
      flags: flags.length === sizes.length ? [...flags] : [],
    };
  }
}
