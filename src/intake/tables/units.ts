import { isSameRange } from '../../base/address-range.js';
import { phrase } from '../../base/phrase.js';
import {
  RANGE_KINDS,
  type RangeKind,
  UNIT_CATEGORIES,
  type Unit,
  type UnitCategory,
  type UnitRange,
} from '../../model/unit.js';
import { RowReader } from './cells.js';
import { type Column, columnVisitor } from './columns.js';
import type { TableFaults } from './faults.js';
import { readTable } from './index.js';
import type { TableBytes } from './table.js';

/** The columns of the register of units, in the order of the template. */
export const UNIT_COLUMNS: readonly Column[] = [
  {
    name: 'unit_id',
    zh: '单位编号',
    also: ['id', '单位ID', '统一社会信用代码', '单位代码'],
    example: 'U0001',
  },
  {
    name: 'name',
    zh: '单位名称',
    also: ['unit', 'unit_name', '单位'],
    example: 'Example School',
    exampleZh: '示例学校',
  },
  {
    name: 'category',
    zh: '单位类别',
    also: ['类别', '单位性质', '单位类型', 'type'],
    example: 'school',
    exampleZh: '学校',
  },
  { name: 'region_code', zh: '行政区划代码', also: ['区划代码', '地区代码'], example: '330106' },
  {
    name: 'region',
    zh: '所属地区',
    also: ['地区', '行政区划', '区县'],
    example: 'West Lake',
    exampleZh: '西湖区',
  },
  {
    name: 'range',
    zh: 'IP地址段',
    also: ['ranges', 'cidr', 'ip', 'IP地址', 'IP段', '地址段', '网段'],
    example: '192.0.2.0/25',
  },
  { name: 'first_ip', zh: '起始IP', also: ['start', 'start_ip', '起始地址', '起始IP地址'], example: '' },
  {
    name: 'last_ip',
    zh: '终止IP',
    also: ['end', 'end_ip', '结束IP', '终止地址', '结束地址', '终止IP地址'],
    example: '',
  },
  {
    name: 'valid_from',
    zh: '启用日期',
    also: ['from', '生效日期', '开始日期', '分配日期'],
    example: '2021-01-01',
  },
  {
    name: 'valid_to',
    zh: '停用日期',
    also: ['to', 'until', '失效日期', '结束日期', '截止日期'],
    example: '',
  },
  { name: 'kind', zh: '地址类型', also: ['nat', 'NAT类型'], example: 'nat', exampleZh: '出口NAT' },
  { name: 'ports', zh: '端口段', also: ['port_range', '端口范围', '端口'], example: '' },
  {
    name: 'isp',
    zh: '运营商',
    also: ['carrier', '接入运营商'],
    example: 'Example Telecom',
    exampleZh: '示例电信',
  },
  {
    name: 'contacts',
    zh: '联系人',
    also: ['contact', '联系方式', '联系电话', '电话', 'phone', 'email', '邮箱'],
    example: 'Network office, 0571-0000000',
    exampleZh: '网络中心 0571-0000000',
  },
];

const CATEGORIES_ZH: Readonly<Record<string, UnitCategory>> = {
  党政机关: 'party-government',
  政府: 'party-government',
  事业单位: 'public-institution',
  国有企业: 'state-enterprise',
  国企: 'state-enterprise',
  学校: 'school',
  高校: 'school',
  医院: 'hospital',
  企业: 'enterprise',
  民营企业: 'enterprise',
  电信运营商: 'carrier',
  数据中心: 'data-centre',
  居民: 'residential',
  住宅: 'residential',
  家庭宽带: 'residential',
  其他: 'other',
};

/** A category by its English or Chinese name; null: there is none of that name. */
export function categoryOf(text: string): UnitCategory | null {
  const word = text.trim().toLowerCase();
  return (
    UNIT_CATEGORIES.find((name) => name === word) ??
    (Object.hasOwn(CATEGORIES_ZH, word) ? (CATEGORIES_ZH[word] ?? null) : null)
  );
}
const KINDS_ZH: Readonly<Record<string, RangeKind>> = {
  直连: 'direct',
  出口nat: 'nat',
  运营商nat: 'carrier-nat',
  内网: 'inner',
};

export interface UnitTable {
  readonly units: readonly Unit[];
  readonly ranges: readonly UnitRange[];
}

/** Reads the whole register or, with TableError, says everything that is wrong with it. Dates at `utcOffsetMinutes`. */
export async function readUnits(
  bytes: TableBytes,
  faults: TableFaults,
  utcOffsetMinutes: number,
): Promise<UnitTable> {
  const units = new Map<string, { unit: Unit; line: number }>();
  const ranges: UnitRange[] = [];
  const own = ownTexts();
  const visitor = columnVisitor(UNIT_COLUMNS, [['unit_id'], ['range', 'first_ip']], faults, (cell, line) => {
    const row = new RowReader(cell, line, faults, utcOffsetMinutes);
    const unit = readUnit(row);
    const read = readRanges(row, own(unit.id), own);
    if (row.isFaulty) return;
    keepUnit(units, unit, line, faults);
    for (const range of read) ranges.push(range);
  });
  await readTable(bytes, visitor, faults);
  for (const { unit, line } of units.values())
    if (unit.name === '')
      faults.add(
        line,
        phrase`${faults.titleOf('name')}: expected the name of unit ${unit.id} in one of its rows`,
      );
  faults.throwIfAny();
  return { units: [...units.values()].map(({ unit }) => unit), ranges };
}

/** One text for all that are equal, with bytes of its own: a cell is a view that keeps its whole piece of the file. */
function ownTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const own = known.get(text) ?? Buffer.from(text).toString();
    if (!known.has(own)) known.set(own, own);
    return own;
  };
}

function readUnit(row: RowReader): Unit {
  return {
    id: row.needed('unit_id'),
    name: row.text('name') ?? '',
    category: row.choice('category', UNIT_CATEGORIES, CATEGORIES_ZH),
    regionCode: row.text('region_code'),
    region: row.text('region'),
    contacts: row.text('contacts'),
  };
}

/** A unit has as many rows as ranges; what one row leaves out another may say, but they must not differ. */
function keepUnit(
  units: Map<string, { unit: Unit; line: number }>,
  unit: Unit,
  line: number,
  faults: TableFaults,
): void {
  const before = units.get(unit.id);
  if (before === undefined) {
    // Copied, so that its texts are its own.
    const copy: Unit = JSON.parse(JSON.stringify(unit));
    units.set(copy.id, { unit: copy, line });
    return;
  }
  const { unit: known } = before;
  if (
    agrees(known.name || null, unit.name || null) &&
    agrees(known.category, unit.category) &&
    agrees(known.regionCode, unit.regionCode) &&
    agrees(known.region, unit.region)
  ) {
    if (isComplete(known)) return;
    units.set(known.id, {
      line: before.line,
      unit: {
        id: known.id,
        name: known.name || unit.name,
        category: known.category ?? unit.category,
        regionCode: known.regionCode ?? unit.regionCode,
        region: known.region ?? unit.region,
        contacts: known.contacts ?? unit.contacts,
      },
    });
  } else
    faults.add(
      line,
      phrase`unit ${unit.id}: expected the same name, category and region as in row ${before.line}`,
    );
}

function agrees(a: string | null, b: string | null): boolean {
  return a === null || b === null || a === b;
}

function isComplete({ name, category, regionCode, region, contacts }: Unit): boolean {
  return name !== '' && category !== null && regionCode !== null && region !== null && contacts !== null;
}

function readRanges(row: RowReader, unitId: string, own: (text: string) => string): UnitRange[] {
  const found = row.ranges('range');
  const [first, last] = [row.text('first_ip'), row.text('last_ip')];
  if (first !== null) {
    const pair = row.pair('first_ip', 'last_ip');
    if (pair !== null && !found.some((range) => isSameRange(range, pair))) found.push(pair);
  } else if (last !== null) row.fault('first_ip', phrase`the first address of the range`);
  if (found.length === 0 && !row.isFaulty) row.fault('range', phrase`a range of addresses`);
  const fromUs = row.date('valid_from');
  const toUs = row.endDate('valid_to');
  if (fromUs !== null && toUs !== null && toUs <= fromUs)
    row.fault('valid_to', phrase`a date after ${row.title('valid_from')}`);
  const ports = row.ports('ports');
  const kind = row.choice('kind', RANGE_KINDS, KINDS_ZH) ?? (ports === null ? 'direct' : 'carrier-nat');
  if (ports !== null && kind !== 'carrier-nat') row.fault('ports', phrase`no ports, or the kind carrier-nat`);
  const isp = row.text('isp');
  return found.map((range) => ({
    unitId,
    first: range.first,
    last: range.last,
    fromUs,
    toUs,
    portFrom: ports?.from ?? null,
    portTo: ports?.to ?? null,
    kind,
    isp: isp === null ? null : own(isp),
  }));
}
