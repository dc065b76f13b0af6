import { formatRange, isSameRange } from '../../base/address-range.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import type { UnitRange } from '../../model/unit.js';

export interface KnownRange extends UnitRange {
  readonly rangeId: number;
}

/** What an import changes in the register. */
export interface RangeChanges {
  readonly added: readonly UnitRange[];
  /** Assignments that end: superseded by a later one of another unit, or (`replace`) no longer listed. */
  readonly ended: readonly { readonly rangeId: number; readonly toUs: number }[];
  /** Rows that say anew what was known: other end, kind or carrier. */
  readonly replaced: readonly number[];
  readonly unchanged: number;
  /** One sentence each: two units hold the same range at the same time. */
  readonly conflicts: readonly Phrase[];
}

interface Entry {
  range: UnitRange;
  rangeId: number | null;
  state: 'kept' | 'added' | 'ended' | 'replaced';
  isListed: boolean;
  /** The entry with the same key before it. */
  readonly before: Entry | null;
}

/**
 * Lays an imported register over the one that is known. Of one range and port block: the same unit from the same
 * day is the same assignment, said anew; another unit from a later day supersedes an assignment without an end; other
 * units at the same time are a conflict (inner ranges excepted: many units use the same ones).
 * `replaceAtUs`: assignments that are valid then and are not listed end then; null: they stay.
 */
export function mergeRanges(
  known: Iterable<KnownRange>,
  listed: Iterable<UnitRange>,
  replaceAtUs: number | null,
): RangeChanges {
  const latest = new Map<string, Entry>();
  const keep = (key: string, range: UnitRange, rangeId: number | null): Entry => {
    const entry: Entry = {
      range,
      rangeId,
      state: rangeId === null ? 'added' : 'kept',
      isListed: rangeId === null,
      before: latest.get(key) ?? null,
    };
    latest.set(key, entry);
    return entry;
  };
  for (const range of known) keep(keyOf(range), range, range.rangeId);
  const replaced: number[] = [];
  const conflicts: Phrase[] = [];
  let unchanged = 0;
  for (const range of listed) {
    const key = keyOf(range);
    const begun = latest.get(key);
    const same = begun === undefined ? [] : upTo(begun).filter((entry) => isOfSame(entry.range, range));
    const said = same.find(
      (entry) =>
        entry.state !== 'replaced' &&
        entry.range.unitId === range.unitId &&
        entry.range.fromUs === range.fromUs,
    );
    if (said !== undefined && saysTheSame(said.range, range)) {
      said.isListed = true;
      if (said.rangeId !== null) unchanged++;
      continue;
    }
    if (said !== undefined) {
      if (said.rangeId !== null) replaced.push(said.rangeId);
      said.state = 'replaced';
    }
    const fresh = keep(key, range, null);
    for (const other of same) settle(other, fresh, conflicts);
  }
  const added: UnitRange[] = [];
  const ended: { rangeId: number; toUs: number }[] = [];
  const conclude = (entry: Entry): void => {
    if (replaceAtUs !== null) endUnlisted(entry, replaceAtUs);
    const { range, rangeId, state } = entry;
    if (rangeId === null) {
      if (state !== 'replaced') added.push(range);
    } else if (state === 'ended' && range.toUs !== null) ended.push({ rangeId, toUs: range.toUs });
  };
  for (const last of latest.values())
    if (last.before === null) conclude(last);
    else upTo(last).forEach(conclude);
  return { added, ended, replaced, unchanged, conflicts };
}

/** The entries of one key, in the order they came. */
function upTo(last: Entry): Entry[] {
  const entries: Entry[] = [];
  for (let entry: Entry | null = last; entry !== null; entry = entry.before) entries.push(entry);
  return entries.reverse();
}

/** Of two assignments of one range, the earlier ends where the later begins; else they must not overlap. */
function settle(other: Entry, fresh: Entry, conflicts: Phrase[]): void {
  if (other.state === 'replaced' || other.range.unitId === fresh.range.unitId) return;
  if (other.range.kind === 'inner' && fresh.range.kind === 'inner') return;
  if (!overlap(other.range, fresh.range)) return;
  const [early, late] = startOf(other.range) < startOf(fresh.range) ? [other, fresh] : [fresh, other];
  if (early.range.toUs === null && startOf(early.range) < startOf(late.range)) {
    early.range = { ...early.range, toUs: late.range.fromUs };
    if (early.state === 'kept') early.state = 'ended';
    return;
  }
  const at = (late.range.fromUs === null ? null : formatTime(late.range.fromUs)) ?? phrase`the same time`;
  conflicts.push(
    phrase`${formatRange(fresh.range)}: expected one unit at a time, found ${other.range.unitId} and ${fresh.range.unitId} from ${at}; give valid_from and valid_to`,
  );
}

function endUnlisted(entry: Entry, atUs: number): void {
  const { range } = entry;
  if (entry.isListed || entry.rangeId === null || entry.state === 'replaced') return;
  if (range.toUs !== null && range.toUs <= atUs) return;
  if (startOf(range) >= atUs) return;
  entry.range = { ...range, toUs: atUs };
  entry.state = 'ended';
}

/** A text that is there already, for most: few ranges begin at the same address. Blocks of ports are many. */
function keyOf({ first, portFrom }: UnitRange): string {
  return portFrom === null ? first : `${first} ${portFrom}`;
}

function isOfSame(a: UnitRange, b: UnitRange): boolean {
  return isSameRange(a, b) && a.portFrom === b.portFrom && a.portTo === b.portTo;
}

function saysTheSame(a: UnitRange, b: UnitRange): boolean {
  return a.toUs === b.toUs && a.kind === b.kind && a.isp === b.isp;
}

const startOf = ({ fromUs }: UnitRange) => fromUs ?? Number.NEGATIVE_INFINITY;
const endOf = ({ toUs }: UnitRange) => toUs ?? Number.POSITIVE_INFINITY;

function overlap(a: UnitRange, b: UnitRange): boolean {
  return startOf(a) < endOf(b) && startOf(b) < endOf(a);
}
