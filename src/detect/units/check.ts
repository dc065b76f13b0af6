import { addressRange, formatRange } from '../../base/address-range.js';
import { PrefixMap } from '../../base/prefix-map.js';
import type { Unit, UnitRange } from '../../model/unit.js';
import { isValid, UnitMap } from './unit-map.js';

/** Findings of one kind that are told one by one; the rest is counted. */
const MAX_TOLD = 1000;
/** A hole of more addresses is taken for somebody else's, not for one that was forgotten. */
const MAX_HOLE = 1024n;

export type CheckCode =
  | 'crossing'
  | 'nested'
  | 'hole'
  | 'outside-home'
  | 'no-range'
  | 'too-deep'
  | 'ports-overlap';

export interface CheckFinding {
  readonly code: CheckCode;
  /** The range that is meant, or the unit. */
  readonly subject: string;
  readonly units: readonly string[];
  /** The other range, where there is one. */
  readonly other: string | null;
}

export interface CheckReport {
  readonly units: number;
  readonly ranges: number;
  readonly counts: Readonly<Record<CheckCode, number>>;
  /** At most MAX_TOLD of each code. */
  readonly findings: readonly CheckFinding[];
}

/**
 * What a careful eye would find in the register at a time: ranges that cross (neither holds the other), a unit's
 * range inside another unit's, small holes between owned ranges, monitored addresses of nobody, units without a range,
 * port blocks that overlap. None of them stops a look-up: the narrowest range decides.
 */
export function checkUnits(
  units: readonly Unit[],
  ranges: readonly UnitRange[],
  timeUs: number,
  home: readonly string[],
): CheckReport {
  const report = new Findings();
  const current = ranges.filter((range) => isValid(range, timeUs));
  const map = new UnitMap(units, current, (outer, inner, crossing) => {
    if (outer.every(({ kind }) => kind === 'inner') && inner.every(({ kind }) => kind === 'inner')) return;
    const owners = unitsOf([...outer, ...inner]);
    if (!crossing && owners.length === 1) return;
    report.add({
      code: crossing ? 'crossing' : 'nested',
      subject: nameOf(inner),
      units: owners,
      other: nameOf(outer),
    });
  });
  for (let at = 0; at < map.dropped; at++)
    report.add({ code: 'too-deep', subject: '', units: [], other: null });
  for (const { first, last } of map.holes(timeUs)) {
    if (sizeOf(first, last) > MAX_HOLE) continue;
    report.add({ code: 'hole', subject: formatRange({ first, last }), units: [], other: null });
  }
  findUnowned(current, home, report);
  findPortOverlaps(current, report);
  const owners = new Set(current.map(({ unitId }) => unitId));
  for (const { id } of units)
    if (!owners.has(id)) report.add({ code: 'no-range', subject: id, units: [id], other: null });
  return { units: units.length, ranges: current.length, counts: report.counts, findings: report.told };
}

class Findings {
  readonly told: CheckFinding[] = [];
  readonly counts: Record<CheckCode, number> = {
    crossing: 0,
    nested: 0,
    hole: 0,
    'outside-home': 0,
    'no-range': 0,
    'too-deep': 0,
    'ports-overlap': 0,
  };

  add(finding: CheckFinding): void {
    if (this.counts[finding.code]++ < MAX_TOLD) this.told.push(finding);
  }
}

/** Stretches that a monitored network holds and no unit does. */
function findUnowned(current: readonly UnitRange[], home: readonly string[], report: Findings): void {
  const networks = home.map((text) => addressRange(text)).filter((range) => range !== null);
  if (networks.length === 0) return;
  const map = new PrefixMap([...current, ...networks]);
  let hole = null as { first: string; last: string; network: string } | null;
  const tell = () => {
    if (hole !== null)
      report.add({ code: 'outside-home', subject: formatRange(hole), units: [], other: hole.network });
    hole = null;
  };
  for (const { first, last, ranges } of map.stretches()) {
    const [narrowest] = ranges;
    const network = networks[(narrowest ?? 0) - current.length];
    if (narrowest === undefined || network === undefined) tell();
    else {
      const name = formatRange(network);
      if (hole !== null && hole.network !== name) tell();
      hole = { first: hole?.first ?? first, last, network: name };
    }
  }
  tell();
}

function findPortOverlaps(current: readonly UnitRange[], report: Findings): void {
  const blocks = new Map<string, UnitRange[]>();
  for (const range of current) {
    if (range.portFrom === null) continue;
    const key = `${range.first} ${range.last}`;
    const known = blocks.get(key);
    if (known === undefined) blocks.set(key, [range]);
    else known.push(range);
  }
  for (const list of blocks.values()) {
    list.sort((a, b) => (a.portFrom ?? 0) - (b.portFrom ?? 0));
    for (const [at, block] of list.entries()) {
      const next = list[at + 1];
      if (next === undefined || (next.portFrom ?? 0) > (block.portTo ?? 0)) continue;
      report.add({
        code: 'ports-overlap',
        subject: `${formatRange(next)} ports ${next.portFrom}-${next.portTo}`,
        units: unitsOf([block, next]),
        other: `ports ${block.portFrom}-${block.portTo}`,
      });
    }
  }
}

function nameOf([range]: readonly UnitRange[]): string {
  return range === undefined ? '' : formatRange(range);
}

function unitsOf(ranges: readonly UnitRange[]): string[] {
  return [...new Set(ranges.map(({ unitId }) => unitId))].sort();
}

function numberOf(ip: string): bigint {
  if (!ip.includes(':')) return ip.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = ip.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const all = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function sizeOf(first: string, last: string): bigint {
  return numberOf(last) - numberOf(first) + 1n;
}
