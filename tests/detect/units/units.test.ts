import { describe, expect, it } from 'vitest';
import { addressRange } from '../../../src/base/address-range.js';
import { checkUnits } from '../../../src/detect/units/check.js';
import { type KnownRange, mergeRanges } from '../../../src/detect/units/merge.js';
import { UnitMap } from '../../../src/detect/units/unit-map.js';
import type { Unit, UnitRange } from '../../../src/model/unit.js';

const DAY = 86_400e6;
const unit = (id: string): Unit => ({
  id,
  name: `Unit ${id}`,
  category: 'school',
  regionCode: null,
  region: null,
  contacts: null,
});

function range(unitId: string, text: string, changes: Partial<UnitRange> = {}): UnitRange {
  const found = addressRange(text);
  if (found === null) throw new Error(text);
  return {
    unitId,
    ...found,
    fromUs: null,
    toUs: null,
    portFrom: null,
    portTo: null,
    kind: 'direct',
    isp: null,
    ...changes,
  };
}

const known = (...ranges: UnitRange[]): KnownRange[] => ranges.map((one, rangeId) => ({ ...one, rangeId }));
const owner = (map: UnitMap, ip: string, day: number, port?: number) =>
  map.ownerAt(ip, day * DAY, port ?? null).unit?.id ?? null;

describe('UnitMap', () => {
  it('knows who owned an address when', () => {
    const map = new UnitMap(
      [unit('A'), unit('B'), unit('C')],
      [
        range('A', '10.0.0.0/8'),
        range('B', '10.1.0.0/16', { fromUs: 10 * DAY, toUs: 20 * DAY }),
        range('C', '10.1.0.0/16', { fromUs: 20 * DAY }),
        range('C', '10.1.2.3', { fromUs: 15 * DAY, toUs: 16 * DAY }),
      ],
    );
    expect([5, 10, 15, 16, 20, 99].map((day) => owner(map, '10.1.2.3', day))).toEqual([
      'A',
      'B',
      'C',
      'B',
      'C',
      'C',
    ]);
    expect(owner(map, '11.0.0.1', 15)).toBeNull();
    const history = map.history('10.1.2.3').map((one) => `${one.unitId} ${(one.fromUs ?? 0) / DAY}`);
    expect(history).toEqual(['C 15', 'C 20', 'B 10', 'A 0']);
  });

  it('tells subscribers of a carrier NAT apart by port, and says when it cannot', () => {
    const block = (id: string, portFrom: number, portTo: number) =>
      range(id, '100.64.0.1', { kind: 'carrier-nat', portFrom, portTo });
    const map = new UnitMap([unit('A'), unit('B')], [block('A', 1024, 2047), block('B', 2048, 3071)]);
    expect(owner(map, '100.64.0.1', 1, 2047)).toBe('A');
    expect(owner(map, '100.64.0.1', 1, 2048)).toBe('B');
    expect(map.ownerAt('100.64.0.1', DAY).hint).toMatchObject({ kind: 'port-needed', among: 2 });
    expect(map.ownerAt('100.64.0.1', DAY, 80)).toMatchObject({ unit: null, hint: { kind: 'port-needed' } });
  });

  it('names the inner ranges behind an egress, and inner addresses that several units use', () => {
    const map = new UnitMap(
      [unit('A'), unit('B')],
      [
        range('A', '192.0.2.1', { kind: 'nat' }),
        range('A', '10.0.0.0/24', { kind: 'inner' }),
        range('B', '10.0.0.0/24', { kind: 'inner' }),
        range('B', '10.0.1.0/24', { kind: 'inner' }),
      ],
    );
    const egress = map.ownerAt('192.0.2.1', DAY);
    expect(egress).toMatchObject({ unit: { id: 'A' }, hint: { kind: 'nat' } });
    expect(egress.hint?.inner.map(({ first }) => first)).toEqual(['10.0.0.0']);
    expect(map.ownerAt('10.0.0.9', DAY)).toMatchObject({
      unit: null,
      hint: { kind: 'inner-ambiguous', among: 2 },
    });
    expect(owner(map, '10.0.1.9', 1)).toBe('B');
  });
});

describe('mergeRanges', () => {
  it('lets a later unit supersede an assignment without an end', () => {
    const changes = mergeRanges(
      known(range('A', '10.0.0.0/24')),
      [range('B', '10.0.0.0/24', { fromUs: 5 * DAY })],
      null,
    );
    expect(changes).toMatchObject({
      ended: [{ rangeId: 0, toUs: 5 * DAY }],
      added: [{ unitId: 'B' }],
      conflicts: [],
    });
  });

  it('does so within one file, in whatever order', () => {
    const [a, b] = [range('A', '10.0.0.1'), range('B', '10.0.0.1', { fromUs: 5 * DAY })];
    for (const listed of [
      [a, b],
      [b, a],
    ]) {
      const changes = mergeRanges([], listed, null);
      expect(changes.conflicts).toEqual([]);
      expect(changes.added).toHaveLength(2);
      expect(changes.added).toContainEqual({ ...a, toUs: 5 * DAY });
      expect(changes.added).toContainEqual(b);
    }
  });

  it('changes nothing when a file comes again', () => {
    const ranges = [range('A', '10.0.0.0/24'), range('B', '10.0.1.0/24', { fromUs: DAY })];
    expect(mergeRanges(known(...ranges), ranges, null)).toEqual({
      added: [],
      ended: [],
      replaced: [],
      unchanged: 2,
      conflicts: [],
    });
  });

  it('says an assignment anew where its end or kind differs', () => {
    const changes = mergeRanges(
      known(range('A', '10.0.0.0/24')),
      [range('A', '10.0.0.0/24', { kind: 'nat', toUs: 9 * DAY })],
      null,
    );
    expect(changes).toMatchObject({ replaced: [0], added: [{ kind: 'nat', toUs: 9 * DAY }] });
  });

  it('refuses two units at the same time, but not port blocks, inner ranges or other times', () => {
    const conflict = mergeRanges(known(range('A', '10.0.0.0/24')), [range('B', '10.0.0.0/24')], null);
    expect(conflict.conflicts.map(String)).toEqual([expect.stringContaining('found A and B')]);
    const fine = mergeRanges(
      [],
      [
        range('A', '10.0.0.1', { portFrom: 0, portTo: 9, kind: 'carrier-nat' }),
        range('B', '10.0.0.1', { portFrom: 10, portTo: 19, kind: 'carrier-nat' }),
        range('A', '10.1.0.0/16', { kind: 'inner' }),
        range('B', '10.1.0.0/16', { kind: 'inner' }),
        range('A', '10.2.0.0/16', { toUs: DAY }),
        range('B', '10.2.0.0/16', { fromUs: DAY }),
      ],
      null,
    );
    expect(fine.conflicts).toEqual([]);
    expect(fine.added).toHaveLength(6);
  });

  it('tells ranges apart that begin at the same address, and keeps them in their order', () => {
    const before = known(
      range('A', '10.0.0.0/24'),
      range('A', '10.0.0.0/16'),
      range('A', '10.0.0.0', { portFrom: 0, portTo: 9, kind: 'carrier-nat' }),
      range('A', '10.0.0.0', { portFrom: 0, portTo: 19, kind: 'carrier-nat' }),
    );
    const changes = mergeRanges(
      before,
      [
        range('B', '10.0.0.0/25'),
        range('B', '10.0.0.0/16', { fromUs: 5 * DAY }),
        range('A', '10.0.0.0', { portFrom: 0, portTo: 19, kind: 'carrier-nat', toUs: 9 * DAY }),
        range('C', '10.0.0.0/25', { fromUs: 6 * DAY }),
      ],
      null,
    );
    expect(changes.conflicts).toEqual([]);
    expect(changes).toMatchObject({ ended: [{ rangeId: 1, toUs: 5 * DAY }], replaced: [3], unchanged: 0 });
    expect(changes.added.map(({ unitId, toUs }) => [unitId, toUs])).toEqual([
      ['B', 6 * DAY],
      ['B', null],
      ['C', null],
      ['A', 9 * DAY],
    ]);
  });

  it('ends what a whole register no longer lists', () => {
    const before = known(
      range('A', '10.0.0.0/24'),
      range('A', '10.0.1.0/24'),
      range('A', '10.0.2.0/24', { toUs: DAY }),
    );
    const changes = mergeRanges(before, [range('A', '10.0.0.0/24')], 7 * DAY);
    expect(changes).toMatchObject({ added: [], ended: [{ rangeId: 1, toUs: 7 * DAY }], unchanged: 1 });
  });
});

describe('checkUnits', () => {
  const units = [unit('A'), unit('B'), unit('C')];
  const codes = (ranges: UnitRange[], home: string[] = []) =>
    checkUnits(units, ranges, 5 * DAY, home).findings.map(
      (one) => `${one.code} ${one.subject}${one.other === null ? '' : ` in ${one.other}`}`,
    );

  it('tells crossing and nested ranges of different units', () => {
    expect(
      codes([
        range('A', '10.0.0.0-10.0.0.99'),
        range('B', '10.0.0.50-10.0.0.150'),
        range('A', '10.0.0.1'),
        range('C', '10.0.0.2'),
      ]),
    ).toEqual([
      'nested 10.0.0.2 in 10.0.0.0-10.0.0.99',
      'crossing 10.0.0.50-10.0.0.150 in 10.0.0.0-10.0.0.99',
    ]);
  });

  it('tells small holes, monitored addresses of nobody, and units without a range', () => {
    const ranges = [range('A', '10.0.0.0/25'), range('B', '10.0.0.192/26'), range('C', '10.9.0.0/16')];
    expect(codes(ranges, ['10.0.0.0/23'])).toEqual([
      'hole 10.0.0.128/26',
      'outside-home 10.0.0.128/26 in 10.0.0.0/23',
      'outside-home 10.0.1.0/24 in 10.0.0.0/23',
    ]);
    expect(codes([range('A', '10.0.0.1'), range('B', '10.0.0.2', { toUs: DAY })])).toEqual([
      'no-range B',
      'no-range C',
    ]);
  });

  it('tells overlapping port blocks', () => {
    const block = (id: string, portFrom: number, portTo: number) =>
      range(id, '10.0.0.1', { kind: 'carrier-nat', portFrom, portTo });
    expect(codes([block('A', 0, 99), block('B', 99, 200), block('C', 201, 300)])).toEqual([
      'ports-overlap 10.0.0.1 ports 99-200 in ports 0-99',
    ]);
  });

  it('finds nothing in a clean register', () => {
    expect(
      codes([range('A', '10.0.0.0/24'), range('B', '10.0.1.0/24'), range('C', '2001:db8::/32')]),
    ).toEqual([]);
  });
});
