import { formatRange } from '../../base/address-range.js';
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
  replaceAtUs: number | null = null,
): RangeChanges {
  const entries = new Map<string, Entry[]>();
  for (const { rangeId, ...range } of known)
    push(entries, keyOf(range), { range, rangeId, state: 'kept', isListed: false });
  const replaced: number[] = [];
  const conflicts: Phrase[] = [];
  let unchanged = 0;
  for (const range of listed) {
    const key = keyOf(range);
    const same = entries.get(key) ?? [];
    const before = same.find(
      (entry) =>
        entry.state !== 'replaced' &&
        entry.range.unitId === range.unitId &&
        entry.range.fromUs === range.fromUs,
    );
    if (before !== undefined && saysTheSame(before.range, range)) {
      before.isListed = true;
      if (before.rangeId !== null) unchanged++;
      continue;
    }
    if (before !== undefined) {
      if (before.rangeId !== null) replaced.push(before.rangeId);
      before.state = 'replaced';
    }
    const fresh: Entry = { range, rangeId: null, state: 'added', isListed: true };
    for (const other of same) settle(other, fresh, conflicts);
    push(entries, key, fresh);
  }
  const all = [...entries.values()].flat();
  if (replaceAtUs !== null) for (const entry of all) endUnlisted(entry, replaceAtUs);
  return {
    added: all
      .filter(({ state, rangeId }) => state === 'added' || (state === 'ended' && rangeId === null))
      .map(({ range }) => range),
    ended: all.flatMap(({ state, rangeId, range }) =>
      state === 'ended' && rangeId !== null && range.toUs !== null ? [{ rangeId, toUs: range.toUs }] : [],
    ),
    replaced,
    unchanged,
    conflicts,
  };
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

function push(entries: Map<string, Entry[]>, key: string, entry: Entry): void {
  const known = entries.get(key);
  if (known === undefined) entries.set(key, [entry]);
  else known.push(entry);
}

function keyOf({ first, last, portFrom, portTo }: UnitRange): string {
  const range = first === last ? first : `${first} ${last}`;
  return portFrom === null ? range : `${range} ${portFrom}-${portTo}`;
}

function saysTheSame(a: UnitRange, b: UnitRange): boolean {
  return a.toUs === b.toUs && a.kind === b.kind && a.isp === b.isp;
}

const startOf = ({ fromUs }: UnitRange) => fromUs ?? Number.NEGATIVE_INFINITY;
const endOf = ({ toUs }: UnitRange) => toUs ?? Number.POSITIVE_INFINITY;

function overlap(a: UnitRange, b: UnitRange): boolean {
  return startOf(a) < endOf(b) && startOf(b) < endOf(a);
}
